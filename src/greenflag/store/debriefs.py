"""What interviews taught: the debriefs, the questions that came up, and drafts of debriefs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from greenflag.errors import GreenflagError
from greenflag.store import ticks, today
from greenflag.store.connection import transaction
from greenflag.store.journal import remember
from greenflag.store.ticks import Tick


class Asked(NamedTuple):
    """A question that came up: its note, empty until it has one, and how the answer went.

    `went` is 1 weak, 2 fine, 3 strong; `story` is the note of the story told; `landed` is 1 flat,
    2 fine, 3 made them ask on.
    """

    note: str
    wording: str
    went: int | None = None
    story: str | None = None
    landed: int | None = None


class Debrief(NamedTuple):
    """What one interview taught; `expected` is the recall that was last expected of it, 0 to 1."""

    interview: int
    answers: Mapping[str, str]
    asked: tuple[Asked, ...] = ()
    outcome: str | None = None
    expected: float | None = None
    at: int = 0


class Came(NamedTuple):
    """A question of the bank that came up: how the answer went, and the interview's moment."""

    note: str
    went: int | None
    at: int


def find(db: sqlite3.Connection, interview: int) -> Debrief | None:
    """The debrief of an interview."""
    row = _row(db, interview, draft=False)
    if row is None:
        return None
    at, answers, outcome, expected = row
    return Debrief(interview, json.loads(answers), _asked(db, interview), outcome, expected, at)


def draft(db: sqlite3.Connection, interview: int) -> Debrief | None:
    """What was answered of a debrief that is not finished."""
    row = _row(db, interview, draft=True)
    if row is None:
        return None
    at, answers, outcome, expected = row
    held = json.loads(answers)
    asked = tuple(Asked._make(each) for each in held.pop("asked"))
    return Debrief(interview, held, asked, outcome, expected, at)


def keep_draft(db: sqlite3.Connection, each: Debrief) -> None:
    """Keep what is answered so far; on the disk when this returns."""
    with transaction(db):
        _put_draft(db, each)


def keep(
    db: sqlite3.Connection,
    each: Debrief,
    held: Debrief | None,
    *,
    about: str,
    whole: bool = True,
    done: Iterable[str] = (),
    files: Sequence[Mapping[str, str | None]] = (),
) -> None:
    """Keep a debrief; the interview is done, and so are some items of its checklist.

    `held` is the debrief it was made of; refused when another program changed that meanwhile.
    A whole one takes the place of its draft, and is one again when it is taken back. `files` is
    what undo needs of the deck files that were changed for it.
    """
    with transaction(db):
        if find(db, each.interview) != held:
            again = f"see what is there: greenflag debrief {each.interview}"
            raise GreenflagError("this debrief was changed by another program meanwhile", again)
        before: dict[str, object] = {
            "interview": each.interview,
            "row": _row(db, each.interview, draft=False),
            "asked": _asked(db, each.interview),
            "written": each if whole else None,
            "state": _finish(db, each.interview),
            "ticks": ticks.put(db, each.interview, done, Tick(each.at, needed=True)),
            "today": today.forget(db),
            "files": list(files),
        }
        _delete(db, each.interview)
        if whole:
            db.execute("DELETE FROM debriefs WHERE interview = ? AND draft", (each.interview,))
        answers = json.dumps(dict(each.answers))
        row = (each.at, answers, each.outcome, each.expected)
        _insert(db, each.interview, row, each.asked)
        remember(db, each.at, "debrief", about, before)


def take_back(db: sqlite3.Connection, before: Mapping[str, Any]) -> None:
    """Put back the earlier debrief, inside undo's transaction; a whole one stays as a draft."""
    interview = before["interview"]
    _delete(db, interview)
    if before["row"]:
        _insert(db, interview, before["row"], [Asked._make(each) for each in before["asked"]])
    if before["state"]:
        db.execute("UPDATE interviews SET state = ? WHERE id = ?", (before["state"], interview))
    if before["written"]:
        _, answers, asked, *rest = before["written"]
        written = tuple(Asked._make(each) for each in asked)
        _put_draft(db, Debrief(interview, answers, written, *rest))
    ticks.take_back(db, before)


def debriefed(db: sqlite3.Connection) -> set[int]:
    """The interviews that have a debrief which says more than the outcome."""
    rows = db.execute(
        "SELECT interview FROM debriefs WHERE NOT draft AND answers != '{}'"
        " UNION SELECT interview FROM asked"
    )
    return {row[0] for row in rows}


def came_up(db: sqlite3.Connection) -> list[Came]:
    """Every question that came up in an interview there is."""
    rows = db.execute(
        "SELECT a.note, a.went, i.at FROM asked a JOIN interviews i ON i.id = a.interview"
    )
    return [Came._make(row) for row in rows]


def told_to(db: sqlite3.Connection, story: str) -> list[str]:
    """The companies a story was told to, the latest first."""
    rows = db.execute(
        "SELECT i.company FROM asked a JOIN interviews i ON i.id = a.interview"
        " WHERE a.story = ? GROUP BY i.company ORDER BY max(i.at) DESC",
        (story,),
    )
    return [row[0] for row in rows]


def _row(db: sqlite3.Connection, interview: int, *, draft: bool) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = db.execute(
        "SELECT at, answers, outcome, expected FROM debriefs WHERE interview = ? AND draft = ?",
        (interview, draft),
    ).fetchone()
    return found


def _asked(db: sqlite3.Connection, interview: int) -> tuple[Asked, ...]:
    rows = db.execute(
        "SELECT note, wording, went, story, landed FROM asked WHERE interview = ?"
        " ORDER BY position",
        (interview,),
    )
    return tuple(Asked._make(row) for row in rows)


def _finish(db: sqlite3.Connection, interview: int) -> str | None:
    """Mark an interview as done; gives the state it had, None when that was done already."""
    row = db.execute(
        "SELECT state FROM interviews WHERE id = ? AND state != 'done'", (interview,)
    ).fetchone()
    db.execute("UPDATE interviews SET state = 'done' WHERE id = ?", (interview,))
    return row[0] if row else None


def _delete(db: sqlite3.Connection, interview: int) -> None:
    db.execute("DELETE FROM debriefs WHERE interview = ? AND NOT draft", (interview,))
    db.execute("DELETE FROM asked WHERE interview = ?", (interview,))


def _insert(
    db: sqlite3.Connection, interview: int, row: Sequence[Any], asked: Sequence[Asked]
) -> None:
    db.execute("INSERT INTO debriefs VALUES (?, 0, ?, ?, ?, ?)", (interview, *row))
    db.executemany(
        "INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(interview, each[0], place, *each[1:]) for place, each in enumerate(asked)],
    )


def _put_draft(db: sqlite3.Connection, each: Debrief) -> None:
    answers = json.dumps({**each.answers, "asked": each.asked})
    db.execute(
        "INSERT OR REPLACE INTO debriefs VALUES (?, 1, ?, ?, ?, ?)",
        (each.interview, each.at, answers, each.outcome, each.expected),
    )
