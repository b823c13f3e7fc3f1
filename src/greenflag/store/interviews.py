"""The interviews: when, where, how many minutes a day, and on what to lay weight."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from greenflag.store import today
from greenflag.store.connection import transaction
from greenflag.store.journal import remember

COLUMNS = "company, role, at, minutes, days_off, focus, decks, goal, state"


class Interview(NamedTuple):
    """One interview.

    `at` is its moment in ms since 1970; `minutes` are the minutes to study on each weekday, Monday
    first; `days_off` are study days without study; `focus` are competencies that count double;
    `decks` are the titles to study, all of them when empty; `goal` is the recall aimed at, 0 to 1.
    """

    id: int
    company: str
    role: str
    at: int
    minutes: tuple[float, ...]
    days_off: tuple[int, ...] = ()
    focus: tuple[str, ...] = ()
    decks: tuple[str, ...] = ()
    goal: float = 0.9
    state: str = "planned"


def add(db: sqlite3.Connection, interview: Interview, at: int) -> Interview:
    """Keep a new interview; its id is given."""
    with transaction(db):
        cursor = db.execute(
            f"INSERT INTO interviews ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            f"INSERT INTO interviews (id, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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


def any_ahead(db: sqlite3.Connection, at: int) -> bool:
    """Whether an interview is planned after a moment."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM interviews WHERE state = 'planned' AND at > ?)", (at,)
    ).fetchone()
    return bool(row[0])


def _row(interview: Interview) -> tuple[object, ...]:
    return (
        interview.company,
        interview.role,
        interview.at,
        *(json.dumps(list(part)) for part in interview[4:8]),
        interview.goal,
        interview.state,
    )


def _interview(row: Sequence[Any]) -> Interview:
    lists = (tuple(json.loads(text)) for text in row[4:8])
    return Interview._make((*row[:4], *lists, *row[8:]))
