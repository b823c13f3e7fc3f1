"""What the user did, newest last, with what puts it back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from greenflag.errors import NothingToUndo
from greenflag.store.connection import transaction

MOST_ACTS = 1000
"""How many acts undo can take back."""


class Act(NamedTuple):
    """Something the user did, and what puts it back."""

    id: int
    at: int
    what: str
    about: str
    before: dict[str, Any]


def remember(
    db: sqlite3.Connection, at: int, what: str, about: str, before: Mapping[str, object]
) -> None:
    """Add an act to what undo can take back, inside the transaction that does it."""
    cursor = db.execute(
        "INSERT INTO acts (at, what, about, before) VALUES (?, ?, ?, ?)",
        (at, what, about, json.dumps(before)),
    )
    db.execute("DELETE FROM acts WHERE id <= ?", ((cursor.lastrowid or 0) - MOST_ACTS,))


def let_stand(db: sqlite3.Connection) -> Act:
    """Let the last act stand for good, so that undo goes on with the one before it."""
    with transaction(db):
        act = last_act(db)
        db.execute("DELETE FROM acts WHERE id = ?", (act.id,))
    return act


def last_act(db: sqlite3.Connection) -> Act:
    """The act undo would take back; NothingToUndo without any."""
    row = db.execute("SELECT * FROM acts ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        raise NothingToUndo
    id_, at, what, about, before = row
    return Act(id_, at, what, about, json.loads(before))
