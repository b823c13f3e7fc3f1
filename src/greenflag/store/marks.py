"""Acts on cards other than reviewing them: suspend, resume, bury, reset."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from greenflag.store import today
from greenflag.store.connection import transaction
from greenflag.store.journal import remember
from greenflag.store.reviews import memory_of, put_memory


def suspend(db: sqlite3.Connection, cards: Sequence[str], about: str, at: int) -> int:
    """Leave cards out until they are resumed; says how many that changed."""
    with transaction(db):
        changed = [
            card
            for card in cards
            if db.execute("INSERT OR IGNORE INTO suspended VALUES (?)", (card,)).rowcount
        ]
        if changed:
            left = today.leave(db, changed)
            remember(db, at, "suspend", about, {"suspended": changed, "today": left})
    return len(changed)


def resume(db: sqlite3.Connection, cards: Sequence[str], about: str, at: int) -> int:
    """Take suspended and buried cards in again; says how many that changed."""
    with transaction(db):
        suspended = [
            card
            for card in cards
            if db.execute("DELETE FROM suspended WHERE card = ?", (card,)).rowcount
        ]
        buried = [
            [card, row[0]]
            for card in cards
            if (
                row := db.execute(
                    "DELETE FROM buried WHERE card = ? RETURNING until", (card,)
                ).fetchone()
            )
        ]
        if suspended or buried:
            before = {"resumed": suspended, "unburied": buried, "today": today.forget(db)}
            remember(db, at, "resume", about, before)
    return len({*suspended, *(card for card, _ in buried)})


def bury(db: sqlite3.Connection, cards: Sequence[str], about: str, until: int, at: int) -> int:
    """Leave cards out until a study day; says how many that changed."""
    with transaction(db):
        earlier = {
            card: row[0]
            for card in cards
            if (row := db.execute("SELECT until FROM buried WHERE card = ?", (card,)).fetchone())
        }
        changed = [card for card in dict.fromkeys(cards) if earlier.get(card) != until]
        db.executemany(
            "INSERT OR REPLACE INTO buried VALUES (?, ?)", [(card, until) for card in changed]
        )
        if changed:
            before = [[card, earlier.get(card)] for card in changed]
            left = today.leave(db, changed)
            remember(db, at, "bury", about, {"buried": before, "today": left})
    return len(changed)


def reset(db: sqlite3.Connection, cards: Sequence[str], about: str, day: int, at: int) -> int:
    """Let cards begin anew: what was reviewed before stays in the log and no longer counts."""
    with transaction(db):
        known = [(card, row) for card in dict.fromkeys(cards) if (row := memory_of(db, card))]
        numbers = []
        for card, _ in known:
            (latest,) = db.execute("SELECT max(at) FROM reviews WHERE card = ?", (card,)).fetchone()
            moment = at if latest is None else max(at, latest + 1)
            cursor = db.execute(
                "INSERT INTO reviews (card, at, day, rating, kind, source)"
                " VALUES (?, ?, ?, 0, 'reset', 'greenflag')",
                (card, moment, day),
            )
            numbers.append(cursor.lastrowid)
            put_memory(db, card, None)
        if known:
            before = {"reviews": numbers, "memories": known, "today": today.forget(db)}
            remember(db, at, "reset", about, before)
    return len(known)


def held_back(db: sqlite3.Connection, card: str, day: int) -> str | None:
    """Why a card is not asked: `suspended`, `buried`, or None."""
    if db.execute("SELECT 1 FROM suspended WHERE card = ?", (card,)).fetchone():
        return "suspended"
    if db.execute("SELECT 1 FROM buried WHERE card = ? AND until > ?", (card, day)).fetchone():
        return "buried"
    return None


def all_held_back(db: sqlite3.Connection, day: int) -> dict[str, str]:
    """Every card that is not asked on a study day, with why: `suspended` or `buried`."""
    buried = db.execute("SELECT card FROM buried WHERE until > ?", (day,))
    held = {card: "buried" for (card,) in buried}
    return held | {card: "suspended" for (card,) in db.execute("SELECT card FROM suspended")}


def out_of_use(db: sqlite3.Connection) -> set[str]:
    """The cards that are not to be asked anywhere: suspended, or of no deck any more."""
    rows = db.execute(
        "SELECT card FROM suspended UNION SELECT id FROM cards WHERE removed IS NOT NULL"
    )
    return {card for (card,) in rows}
