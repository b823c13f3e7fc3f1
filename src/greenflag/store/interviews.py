"""The interviews: when, where, how many minutes a day, and on what to lay weight."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from greenflag.store import today
from greenflag.store.connection import transaction
from greenflag.store.journal import remember

COLUMNS = "company, role, at, minutes, days_off, focus, decks, without, goal, state"


class Interview(NamedTuple):
    """One interview.

    `at` is its moment in ms since 1970; `minutes` are the minutes to study on each weekday, Monday
    first; `days_off` are study days without study; `focus` are competencies that count double;
    `decks` are the titles to study, all of them when empty; `without` are competencies left out;
    `goal` is the recall aimed at, 0 to 1.
    """

    id: int
    company: str
    role: str
    at: int
    minutes: tuple[float, ...]
    days_off: tuple[int, ...] = ()
    focus: tuple[str, ...] = ()
    decks: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    goal: float = 0.9
    state: str = "planned"


class Kept(NamedTuple):
    """What the plan of a study day expected of an interview: recall, and where it likely lies."""

    day: int
    expected: float
    low: float
    high: float


def add(db: sqlite3.Connection, interview: Interview, at: int) -> Interview:
    """Keep a new interview; its id is given."""
    with transaction(db):
        cursor = db.execute(
            f"INSERT INTO interviews ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            _row(interview),
        )
        added = interview._replace(id=int(cursor.lastrowid or 0))
        before = {"interview": added.id, "row": None, "today": today.forget(db)}
        remember(db, at, "interview", added.company, before)
    return added


def change(db: sqlite3.Connection, interview: Interview, at: int) -> None:
    """Put an interview in the place of what was kept under its id."""
    names = [name.strip() for name in COLUMNS.split(",")]
    with transaction(db):
        before = find(db, interview.id)
        db.execute(
            f"UPDATE interviews SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?",
            (*_row(interview), interview.id),
        )
        row = list(_row(before)) if before else None
        act = {"interview": interview.id, "row": row, "today": today.forget(db)}
        remember(db, at, "interview", interview.company, act)


def take_back(db: sqlite3.Connection, before: Mapping[str, object]) -> None:
    """Put back what an act on an interview changed, inside the transaction of undo."""
    db.execute("DELETE FROM interviews WHERE id = ?", (before["interview"],))
    row = before["row"]
    if isinstance(row, list):
        db.execute(
            f"INSERT INTO interviews (id, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (before["interview"], *row),
        )


def find(db: sqlite3.Connection, id_: int) -> Interview | None:
    """An interview by its id."""
    row = db.execute(f"SELECT id, {COLUMNS} FROM interviews WHERE id = ?", (id_,)).fetchone()
    return _interview(row) if row else None


def all_interviews(db: sqlite3.Connection) -> list[Interview]:
    """Every interview, by its moment."""
    rows = db.execute(f"SELECT id, {COLUMNS} FROM interviews ORDER BY at, id")
    return [_interview(row) for row in rows]


def ahead(db: sqlite3.Connection, at: int) -> list[Interview]:
    """The planned interviews that are still to come after a moment, soonest first."""
    return [each for each in all_interviews(db) if each.state == "planned" and each.at > at]


def next_ahead(db: sqlite3.Connection, at: int) -> int | None:
    """The id of the next interview planned after a moment."""
    row = db.execute(
        "SELECT id FROM interviews WHERE state = 'planned' AND at > ? ORDER BY at, id LIMIT 1",
        (at,),
    ).fetchone()
    return row[0] if row else None


def keep_forecasts(
    db: sqlite3.Connection, day: int, forecasts: Sequence[tuple[int, float, float, float]]
) -> None:
    """Keep what a study day's plan expects of each interview: (id, expected, low, high).

    Nothing is written when that is kept already, so that looking at a plan disturbs nobody.
    """
    known = {each[0]: last_forecast(db, each[0]) for each in forecasts}
    if all(known[id_] == (day, *chances) for id_, *chances in forecasts):
        return
    with transaction(db):
        db.executemany(
            "INSERT OR REPLACE INTO forecasts (interview, day, expected, low, high)"
            " VALUES (?, ?, ?, ?, ?)",
            ((id_, day, *chances) for id_, *chances in forecasts),
        )


def last_forecast(db: sqlite3.Connection, id_: int) -> Kept | None:
    """What was last expected of an interview."""
    row = db.execute(
        "SELECT day, expected, low, high FROM forecasts WHERE interview = ?"
        " ORDER BY day DESC LIMIT 1",
        (id_,),
    ).fetchone()
    return Kept._make(row) if row else None


def _row(interview: Interview) -> tuple[object, ...]:
    return (
        interview.company,
        interview.role,
        interview.at,
        *(json.dumps(list(part)) for part in interview[4:9]),
        interview.goal,
        interview.state,
    )


def _interview(row: Sequence[Any]) -> Interview:
    lists = (tuple(json.loads(text)) for text in row[4:9])
    return Interview._make((*row[:4], *lists, *row[9:]))
