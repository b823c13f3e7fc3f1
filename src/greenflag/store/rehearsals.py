"""Mock interviews and what was told in them: kept apart from reviews, and no part of memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from greenflag.errors import WentOn
from greenflag.memory.state import Memory
from greenflag.store.connection import transaction
from greenflag.store.journal import remember
from greenflag.store.rows import MEMORY

ACTS = ("mock", "answer")
"""What acts on rehearsals are called in the journal."""


class Mock(NamedTuple):
    """One mock interview: when, the draws as the caller wrote them, and how many steps are kept."""

    id: int
    started: int
    finished: int | None
    plan: list[dict[str, Any]]
    options: dict[str, Any]
    steps: int = 0


class Rehearsal(NamedTuple):
    """One question of a mock interview as far as it was told, or an answer kept without one.

    `at` is in ms since 1970, `day` a study day; `seconds` is None when nobody measured; `said` are
    the key points that were said, from 0, of `points`; `findings` counts by rule, None when there
    are no words to read.
    """

    note: str
    wording: str
    at: int
    day: int
    state: str
    allowed: float
    id: int = 0
    mock: int | None = None
    place: int | None = None
    competency: str | None = None
    source: str = ""
    seconds: float | None = None
    answer: str | None = None
    follow_up: str = ""
    follow_seconds: float | None = None
    follow_answer: str | None = None
    points: int = 0
    said: tuple[int, ...] = ()
    story: str | None = None
    remark: str = ""
    findings: Mapping[str, int] | None = None


COLUMNS = ", ".join(name for name in Rehearsal._fields if name != "id")


def begin(
    db: sqlite3.Connection, plan: list[dict[str, Any]], options: dict[str, Any], at: int, about: str
) -> Mock:
    """Keep a new mock interview; `about` says in words which one, for undo."""
    with transaction(db):
        cursor = db.execute(
            "INSERT INTO mocks (started, plan, options, steps) VALUES (?, ?, ?, 0)",
            (at, json.dumps(plan), json.dumps(options | {"about": about})),
        )
        mock = int(cursor.lastrowid or 0)
        remember(db, at, "mock", about, {"mock": mock})
    return Mock(mock, at, None, plan, options | {"about": about})


def keep(db: sqlite3.Connection, mock: Mock, told: Rehearsal, *, last: bool) -> Mock:
    """Write one step of a mock interview; durable when it returns. `last` ends the interview.

    WentOn when another program kept a step of it meanwhile, or it was taken back.
    """
    with transaction(db):
        finished = max(told.at, mock.started) if last else None
        went = db.execute(
            "UPDATE mocks SET steps = steps + 1, finished = ? WHERE id = ? AND steps = ?"
            " AND finished IS NULL",
            (finished, mock.id, mock.steps),
        )
        if not went.rowcount:
            raise WentOn()
        _write(db, told._replace(mock=mock.id, at=max(told.at, mock.started)))
        _make_newest(db, mock, told.at)
    return mock._replace(steps=mock.steps + 1, finished=finished)


def keep_answer(db: sqlite3.Connection, told: Rehearsal) -> Rehearsal:
    """Keep an answer told outside of a mock interview, as an act of its own."""
    with transaction(db):
        number = _write(db, told)
        remember(db, told.at, "answer", told.note, {"rehearsal": number})
    return told._replace(id=number)


def take_back(db: sqlite3.Connection, before: Mapping[str, object]) -> None:
    """Remove a kept answer or a whole mock interview, inside the transaction of undo."""
    if "rehearsal" in before:
        db.execute("DELETE FROM rehearsals WHERE id = ?", (before["rehearsal"],))
    else:
        db.execute("DELETE FROM rehearsals WHERE mock = ?", (before["mock"],))
        db.execute("DELETE FROM mocks WHERE id = ?", (before["mock"],))


def latest(db: sqlite3.Connection) -> Mock | None:
    """The mock interview begun last."""
    row = db.execute(f"{_MOCK} ORDER BY id DESC LIMIT 1").fetchone()
    return _mock(row) if row else None


def find(db: sqlite3.Connection, id_: int) -> Mock | None:
    """A mock interview by its id."""
    if abs(id_) >= 2**63:  # more than SQLite can hold
        return None
    row = db.execute(f"{_MOCK} WHERE id = ?", (id_,)).fetchone()
    return _mock(row) if row else None


def all_mocks(db: sqlite3.Connection) -> list[Mock]:
    """Every mock interview, newest first."""
    return [_mock(row) for row in db.execute(f"{_MOCK} ORDER BY id DESC")]


def of_mock(db: sqlite3.Connection, mock: int) -> list[Rehearsal]:
    """What was told in a mock interview, in the order of its questions."""
    return list(_rehearsals(db, "WHERE mock = ? ORDER BY place", (mock,)))


def answered(db: sqlite3.Connection, since: int = 0) -> list[Rehearsal]:
    """Every question that was answered, oldest first; with `since`, from that study day on."""
    where = "WHERE state NOT IN ('skipped', 'gone') AND day >= ? ORDER BY id"
    return list(_rehearsals(db, where, (since,)))


def last_answer(db: sqlite3.Connection, note: str) -> Rehearsal | None:
    """The newest answer to a question of which the words are kept."""
    where = "WHERE note = ? AND answer IS NOT NULL ORDER BY id DESC LIMIT 1"
    return next(_rehearsals(db, where, (note,)), None)


def last_told(db: sqlite3.Connection) -> dict[str, tuple[int, str]]:
    """When each question was last answered (study day), and in which wording."""
    rows = db.execute(
        "SELECT note, day, wording, max(id) FROM rehearsals"
        " WHERE state NOT IN ('skipped', 'gone') GROUP BY note"
    )
    return {note: (day, wording) for note, day, wording, _ in rows}


def memories(db: sqlite3.Connection, kind: str) -> dict[str, list[Memory]]:
    """The memories of the seen cards of each note of a kind; notes without any are left out."""
    rows = db.execute(
        f"SELECT c.note, {', '.join('m.' + name.strip() for name in MEMORY.split(','))}"
        " FROM notes n JOIN cards c ON c.note = n.id AND c.removed IS NULL"
        " JOIN memory m ON m.card = c.id WHERE n.kind = ? AND n.removed IS NULL",
        (kind,),
    )
    found: dict[str, list[Memory]] = {}
    for note, *memory in rows:
        found.setdefault(note, []).append(Memory._make(memory))
    return found


_MOCK = "SELECT id, started, finished, plan, options, steps FROM mocks"


def _mock(row: Sequence[Any]) -> Mock:
    return Mock(row[0], row[1], row[2], json.loads(row[3]), json.loads(row[4]), row[5])


def _write(db: sqlite3.Connection, told: Rehearsal) -> int:
    row = told._asdict() | {
        "said": json.dumps(told.said),
        "findings": None if told.findings is None else json.dumps(dict(told.findings)),
    }
    del row["id"]
    names = list(row)
    cursor = db.execute(
        f"INSERT INTO rehearsals ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        " ON CONFLICT (mock, place) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in names if name not in ("at", "day")),
        list(row.values()),
    )
    return int(cursor.lastrowid or 0)


def _make_newest(db: sqlite3.Connection, mock: Mock, at: int) -> None:
    """Let undo take the mock interview back first: it is what was done last, begun when it was."""
    newest = db.execute("SELECT what, before FROM acts ORDER BY id DESC LIMIT 1").fetchone()
    before = {"mock": mock.id}
    if newest == ("mock", json.dumps(before)):
        return
    db.execute("DELETE FROM acts WHERE what = 'mock' AND before = ?", (json.dumps(before),))
    remember(db, at, "mock", str(mock.options.get("about", "")), before)


def _rehearsals(
    db: sqlite3.Connection, where: str, values: Sequence[object]
) -> Iterator[Rehearsal]:
    for id_, *row in db.execute(f"SELECT id, {COLUMNS} FROM rehearsals {where}", values):
        told = dict(zip(COLUMNS.split(", "), row, strict=True))
        told["said"] = tuple(json.loads(told["said"]))
        if told["findings"] is not None:
            told["findings"] = json.loads(told["findings"])
        yield Rehearsal(id=id_, **told)
