"""The review log, and the memory of each card that follows from it.

The log is the truth: `memory` is a cache that `rebuild` makes anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence

from greenflag.errors import NotShown, Stale
from greenflag.memory.state import Memory
from greenflag.store import today
from greenflag.store.connection import transaction
from greenflag.store.journal import remember
from greenflag.store.rows import MEMORY, Review


def memory_of(db: sqlite3.Connection, card: str) -> Memory | None:
    """The memory of a card; None when it was never reviewed."""
    row = db.execute(f"SELECT {MEMORY} FROM memory WHERE card = ?", (card,)).fetchone()
    return Memory(*row) if row else None


def last_review(db: sqlite3.Connection, card: str) -> int:
    """The number of a card's newest entry in the log that counts for memory; 0 without any.

    The one that came last, whatever its moment: an older review pulled from Anki is news, too.
    """
    row = db.execute(
        "SELECT coalesce(max(id), 0) FROM reviews WHERE card = ? AND kind <> 'cram'", (card,)
    ).fetchone()
    return int(row[0])


def record(
    db: sqlite3.Connection, review: Review, memory: Memory | None, seen: int
) -> tuple[Review, int]:
    """Write one review, the memory after it and the act; durable when it returns.

    `memory` is None for a review that does not count (cram). `seen` is what `last_review` gave when
    the card was shown; a card reviewed since then raises Stale and nothing is written.
    Returns the review as written (its moment is moved on by milliseconds when the clock stood still
    or was set back) and its number in the log.
    """
    with transaction(db):
        if last_review(db, review.card) != seen:
            raise Stale(review.card)
        return _record(db, review, memory)


def rate_showing(
    db: sqlite3.Connection, review: Review, memory: Memory, seen: int, token: str
) -> tuple[Review, int]:
    """As `record`, and the showing `token` answers is used up."""
    with transaction(db):
        if last_review(db, review.card) != seen:
            raise Stale(review.card)
        answered = db.execute(
            "DELETE FROM showings WHERE card = ? AND token = ? RETURNING token",
            (review.card, token),
        ).fetchone()
        return _record(db, review, memory, answered[0] if answered else None)


def _record(
    db: sqlite3.Connection, review: Review, memory: Memory | None, showing: str | None = None
) -> tuple[Review, int]:
    (latest,) = db.execute("SELECT max(at) FROM reviews WHERE card = ?", (review.card,)).fetchone()
    if latest is not None and latest >= review.at:
        review = review._replace(at=latest + 1)
    before: dict[str, object] = {}
    if memory:
        before["memory"] = memory_of(db, review.card)
        before["today"] = today.leave_with_siblings(db, review.card)
    if showing:
        before["showing"] = showing
    cursor = db.execute(
        "INSERT INTO reviews (card, at, day, rating, seconds, kind, source)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        review,
    )
    number = int(cursor.lastrowid or 0)
    if memory:
        put_memory(db, review.card, memory)
    remember(db, review.at, "rate", review.card, before | {"review": number})
    return review, number


def put_memory(db: sqlite3.Connection, card: str, memory: Sequence[float] | None) -> None:
    """Keep the memory of a card, or forget that it has one."""
    if memory is None:
        db.execute("DELETE FROM memory WHERE card = ?", (card,))
    else:
        db.execute(
            f"INSERT INTO memory (card, {MEMORY}) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (card) DO UPDATE SET stability = excluded.stability,"
            " difficulty = excluded.difficulty, due = excluded.due, last_day = excluded.last_day,"
            " reviews = excluded.reviews, lapses = excluded.lapses",
            (card, *memory),
        )


def show(db: sqlite3.Connection, card: str, token: str) -> None:
    """Remember the latest showing of a card by `next`."""
    with transaction(db):
        db.execute("INSERT OR REPLACE INTO showings VALUES (?, ?)", (card, token))


def showing(db: sqlite3.Connection, card: str) -> str:
    """The token of a card's latest showing that is not answered yet; NotShown without one."""
    row = db.execute("SELECT token FROM showings WHERE card = ?", (card,)).fetchone()
    if row is None:
        raise NotShown(card)
    return str(row[0])


def after(db: sqlite3.Connection, at: int) -> int:
    """How many reviews are dated after a moment (in ms)."""
    return int(db.execute("SELECT count(*) FROM reviews WHERE at > ?", (at,)).fetchone()[0])


def history(db: sqlite3.Connection, card: str) -> list[tuple[int, int, str, float | None, int]]:
    """The log of a card, oldest first, as (moment in ms, rating, kind, seconds, study day)."""
    rows = db.execute(
        "SELECT at, rating, kind, seconds, day FROM reviews WHERE card = ? ORDER BY at", (card,)
    )
    return rows.fetchall()


def parameters(db: sqlite3.Connection) -> tuple[str, tuple[float, ...]] | None:
    """The fitted parameters in use (model, numbers); None when the defaults are."""
    row = db.execute("SELECT model, numbers FROM parameters ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0], tuple(json.loads(row[1]))) if row else None


Replay = Callable[[str, Sequence[tuple[int, int]]], Memory | None]
"""The memory of a card after its (rating, study day) pairs, oldest first."""


def replayed(db: sqlite3.Connection, replay: Replay) -> Iterator[tuple[str, Memory | None]]:
    """The memory of every card in the log as its replay gives it."""
    rows = db.execute(
        "SELECT card, rating, day FROM reviews WHERE kind <> 'cram' ORDER BY card, at"
    )
    current: str | None = None
    reviews: list[tuple[int, int]] = []
    for card, rating, day in rows:
        if card != current:
            if current is not None:
                yield current, replay(current, reviews)
            current, reviews = card, []
        reviews.append((rating, day))
    if current is not None:
        yield current, replay(current, reviews)


def differing(db: sqlite3.Connection, replay: Replay) -> list[str]:
    """The cards whose kept memory is not what replaying their reviews gives."""
    kept = {row[0]: row[1:] for row in db.execute(f"SELECT card, {MEMORY} FROM memory")}
    wrong = []
    for card, memory in replayed(db, replay):
        if kept.pop(card, None) != memory:
            wrong.append(card)
    return wrong + list(kept)


def schedule(db: sqlite3.Connection) -> str:
    """What the kept memories were made with, as the caller wrote it; empty for a new store."""
    row = db.execute("SELECT value FROM facts WHERE name = 'schedule'").fetchone()
    return row[0] if row else ""


def rebuild(db: sqlite3.Connection, replay: Replay, made_with: str | None = None) -> int:
    """Make the memory of every card anew from the log; gives the number of cards with memory.

    `made_with` is kept for `schedule`. Undoing an act from before puts back a memory made with what
    was in force then; so it forgets the schedule, and all memories have to be made anew.
    """
    with transaction(db):
        memories = [(card, *memory) for card, memory in replayed(db, replay) if memory]
        db.execute("DELETE FROM memory")
        db.executemany(
            f"INSERT INTO memory (card, {MEMORY}) VALUES (?, ?, ?, ?, ?, ?, ?)", memories
        )
        if made_with is not None:
            db.execute("INSERT OR REPLACE INTO facts VALUES ('schedule', ?)", (made_with,))
        made_anew(db)
        today.forget(db)
    return len(memories)


def doubt_memory(db: sqlite3.Connection) -> None:
    """Let all memories be made anew when they are next needed."""
    db.execute("DELETE FROM facts WHERE name = 'schedule'")


def made_anew(db: sqlite3.Connection) -> None:
    """Note which acts are older than the memories now kept; see `doubt_memory_before`."""
    db.execute(
        "INSERT OR REPLACE INTO facts"
        " SELECT 'rebuilt_after', CAST(coalesce(max(id), 0) AS TEXT) FROM acts"
    )


def doubt_memory_before(db: sqlite3.Connection, act: int) -> None:
    """Forget what the memories were made with when all were made anew since an act."""
    db.execute(
        "DELETE FROM facts WHERE name = 'schedule' AND ? <="
        " (SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'rebuilt_after')",
        (act,),
    )
