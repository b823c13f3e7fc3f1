"""What the log says in numbers: evidence for the plan, and how it went."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import pairwise

NEWEST = 5000
"""Reviews that tell how a learner is now."""
LONGEST = 600
"""Seconds of one review counted at the most: beyond that somebody was away."""


def evidence(
    db: sqlite3.Connection, newest: int = NEWEST
) -> Iterator[tuple[int, float | None, bool]]:
    """The newest reviews that count, as (rating, seconds, whether it was the card's first)."""
    rows = db.execute(
        "SELECT r.rating, r.seconds, NOT EXISTS (SELECT 1 FROM reviews e WHERE e.card = r.card"
        " AND e.at < r.at AND e.kind = 'review')"
        " FROM reviews r WHERE r.kind = 'review' ORDER BY r.id DESC LIMIT ?",
        (newest,),
    )
    return ((rating, seconds, bool(first)) for rating, seconds, first in rows)


def count_reviews(db: sqlite3.Connection) -> int:
    """How many reviews count."""
    row = db.execute("SELECT count(*) FROM reviews WHERE kind = 'review'").fetchone()
    return int(row[0])


def seconds_on(db: sqlite3.Connection, day: int) -> float:
    """The seconds spent on reviews on a study day."""
    row = db.execute(
        "SELECT coalesce(sum(min(coalesce(seconds, 10), ?)), 0) FROM reviews"
        " WHERE day = ? AND kind = 'review'",
        (LONGEST, day),
    ).fetchone()
    return float(row[0])


def moments(db: sqlite3.Connection, newest: int = 300) -> list[int]:
    """The moments (in ms) of the newest reviews."""
    rows = db.execute(
        "SELECT at FROM reviews WHERE kind = 'review' ORDER BY id DESC LIMIT ?", (newest,)
    )
    return [row[0] for row in rows]


def totals(db: sqlite3.Connection) -> tuple[int, float | None]:
    """How many reviews there are, and the share of cards seen on an earlier day that were known."""
    known, asked = 0, 0
    for history in histories(db):
        for (_, before), (rating, day) in pairwise(history):
            if day > before:
                asked += 1
                known += rating > 1
    return count_reviews(db), known / asked if asked else None


def histories(db: sqlite3.Connection) -> Iterator[list[tuple[int, int]]]:
    """The (rating, study day) pairs of each card, oldest first, since its last reset."""
    rows = db.execute(
        "SELECT card, rating, day FROM reviews WHERE kind <> 'cram' ORDER BY card, at"
    )
    current: str | None = None
    history: list[tuple[int, int]] = []
    for card, rating, day in rows:
        if card != current:
            if history:
                yield history
            current, history = card, []
        if rating:
            history.append((rating, day))
        else:
            history = []
    if history:
        yield history
