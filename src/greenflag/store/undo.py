"""Taking back the last act, whenever it was done."""

from __future__ import annotations

import sqlite3

from greenflag.store import today
from greenflag.store.connection import transaction
from greenflag.store.journal import Act, last_act
from greenflag.store.reviews import put_memory


def undo(db: sqlite3.Connection) -> Act:
    """Take back the last act, whenever it was done; gives the act."""
    with transaction(db):
        act = last_act(db)
        before = act.before
        if act.what == "rate":
            _take_back_review(db, act)
        elif act.what == "reset":
            for number in _list(before, "reviews"):
                db.execute("DELETE FROM reviews WHERE id = ?", (number,))
            for card, memory in _list(before, "memories"):
                put_memory(db, card, memory)
            today.forget(db)
        else:
            _take_back_mark(db, before)
        db.execute("DELETE FROM acts WHERE id = ?", (act.id,))
    return act


def _take_back_review(db: sqlite3.Connection, act: Act) -> None:
    """The one removal the log knows: the row just written, by the one who wrote it."""
    (kind,) = db.execute(
        "DELETE FROM reviews WHERE id = ? RETURNING kind", (act.before["review"],)
    ).fetchone()
    if kind == "cram":
        return
    put_memory(db, act.about, act.before["memory"])  # type: ignore[arg-type]
    today.put_back(db, _list(act.before, "today"))


def _take_back_mark(db: sqlite3.Connection, before: dict[str, object]) -> None:
    for card in _list(before, "suspended"):
        db.execute("DELETE FROM suspended WHERE card = ?", (card,))
    for card in _list(before, "resumed"):
        db.execute("INSERT OR IGNORE INTO suspended VALUES (?)", (card,))
    for card, until in [*_list(before, "buried"), *_list(before, "unburied")]:
        db.execute("DELETE FROM buried WHERE card = ?", (card,))
        if until is not None:
            db.execute("INSERT INTO buried VALUES (?, ?)", (card, until))
    if "today" in before:
        today.put_back(db, _list(before, "today"))
    else:
        today.forget(db)


def _list(before: dict[str, object], name: str) -> list:  # type: ignore[type-arg]
    return before.get(name) or []  # type: ignore[return-value]
