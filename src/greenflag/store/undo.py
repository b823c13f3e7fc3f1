"""Taking back the last act, whenever it was done."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from greenflag.store import debriefs, interviews, rehearsals, ticks, today
from greenflag.store.connection import transaction
from greenflag.store.journal import Act, last_act
from greenflag.store.names import take_back
from greenflag.store.reviews import doubt_memory, doubt_memory_before, put_memory


def undo(db: sqlite3.Connection) -> Act:
    """Take back the last act, whenever it was done; gives the act."""
    with transaction(db):
        act = last_act(db)
        before = act.before
        if act.what == "rate":
            _take_back_review(db, act)
        elif act.what == "reset":
            _take_back_reset(db, act)
        elif act.what == "interview":
            interviews.take_back(db, before)
        elif act.what in rehearsals.ACTS:
            rehearsals.take_back(db, before)
        elif act.what == "tick":
            ticks.take_back(db, before)
        elif act.what == "debrief":
            debriefs.take_back(db, before)
        elif "first" in before:
            _take_back_arrivals(db, before)
        else:
            _take_back_mark(db, before)
        if "today" in before:
            today.put_back(db, before["today"])
        elif act.what not in ("rate", *rehearsals.ACTS):
            today.forget(db)
        db.execute("DELETE FROM acts WHERE id = ?", (act.id,))
    return act


def _take_back_review(db: sqlite3.Connection, act: Act) -> None:
    """The one removal the log knows: the row just written, by the one who wrote it."""
    take_back(db, act.before["review"])
    if "memory" in act.before:  # not when it was cram
        put_memory(db, act.about, act.before["memory"])
        doubt_memory_before(db, act.id)
    if "showing" in act.before:
        db.execute(
            "INSERT OR REPLACE INTO showings VALUES (?, ?)", (act.about, act.before["showing"])
        )


def _take_back_reset(db: sqlite3.Connection, act: Act) -> None:
    for number in _list(act.before, "reviews"):
        take_back(db, number)
    for card, memory in _list(act.before, "memories"):
        put_memory(db, card, memory)
    doubt_memory_before(db, act.id)


def _take_back_arrivals(db: sqlite3.Connection, before: Mapping[str, Any]) -> None:
    """Remove what came from Anki; the memories without it are left to a replay."""
    db.execute("DELETE FROM reviews WHERE id BETWEEN ? AND ?", (before["first"], before["last"]))
    doubt_memory(db)
    _take_back_mark(db, before)


def _take_back_mark(db: sqlite3.Connection, before: Mapping[str, Any]) -> None:
    for card in _list(before, "suspended"):
        db.execute("DELETE FROM suspended WHERE card = ?", (card,))
    for card in _list(before, "resumed"):
        db.execute("INSERT OR IGNORE INTO suspended VALUES (?)", (card,))
    for card, until in [*_list(before, "buried"), *_list(before, "unburied")]:
        db.execute("DELETE FROM buried WHERE card = ?", (card,))
        if until is not None:
            db.execute("INSERT INTO buried VALUES (?, ?)", (card, until))


def _list(before: Mapping[str, Any], name: str) -> list[Any]:
    return before.get(name) or []
