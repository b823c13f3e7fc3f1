"""Reviews that come from elsewhere into the log: each once, and memory replayed from all of it."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from greenflag.store import today
from greenflag.store.connection import transaction
from greenflag.store.journal import remember
from greenflag.store.reviews import Replay
from greenflag.store.rows import MEMORY

NEAR = 120_000
"""How far (ms) an export may move a review on, so that no two have the same id there."""
_AT_ONCE = 10_000


Arrival = tuple[int, int, int, bool]
"""A review from elsewhere: when (ms), rated how (0: a reset), ms it took, whether it counts."""


class Arrived(NamedTuple):
    """What came of reviews from elsewhere: how many were new, and how many here already."""

    added: int
    known: int
    left_out: int
    cards: tuple[str, ...]


class _Kept(NamedTuple):
    """A review of the log, as far as one from elsewhere may be the same."""

    at: int
    rating: int
    day: int
    seconds: float | None
    kind: str
    source_id: str | None


def take_in(
    db: sqlite3.Connection,
    logs: Iterable[tuple[str, Sequence[Arrival]]],
    source: str,
    about: str,
    at: int,
    *,
    day_of: Callable[[int], int],
    replay: Replay,
    before: Mapping[str, object],
) -> Arrived:
    """Add reviews from elsewhere, by card, to the log, and replay the cards they touch: one act.

    What is here already (it was pulled before, or came from here) is left as it is. `day_of` tells
    the study day of a moment; `before` is what undo needs beside the reviews, about what the
    caller changed: with it there is an act even when no review is new.
    """
    added = known = left_out = 0
    touched: list[str] = []
    rows: list[tuple[object, ...]] = []
    memories: list[tuple[object, ...]] = []
    with transaction(db):
        for card, arrivals in logs:
            kept = list(map(_Kept._make, db.execute(_LOG, (card,))))
            new, same = _new(kept, arrivals, day_of)
            added, known = added + len(new), known + same
            left_out += len(arrivals) - same - len(new)
            if new:
                touched.append(card)
                rows += [(card, *review, source) for review in new]
                log = sorted([review for review in (*kept, *new) if review.kind != "cram"])
                memory = replay(card, [(review.rating, review.day) for review in log])
                memories.append((card, *(memory or ())))
            if len(rows) > _AT_ONCE:
                _write(db, rows, memories)
        _write(db, rows, memories)
        if added or before:
            (newest,) = db.execute("SELECT coalesce(max(id), 0) FROM reviews").fetchone()
            span = {"first": newest - added + 1, "last": newest}  # ids count on in a transaction
            remember(db, at, "pull", about, {**before, **span, "today": today.forget(db)})
    return Arrived(added, known, left_out, tuple(touched))


def _write(
    db: sqlite3.Connection, rows: list[tuple[object, ...]], memories: list[tuple[object, ...]]
) -> None:
    """Write reviews and the memories after them, and empty both lists."""
    db.executemany(_ADD, rows)
    db.executemany("DELETE FROM memory WHERE card = ?", [row[:1] for row in memories])
    db.executemany(_REMEMBER, [row for row in memories if len(row) > 1])
    rows.clear()
    memories.clear()


_LOG = "SELECT at, rating, day, seconds, kind, source_id FROM reviews WHERE card = ? ORDER BY at"
_ADD = (
    "INSERT INTO reviews (card, at, rating, day, seconds, kind, source_id, source)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_REMEMBER = f"INSERT INTO memory (card, {MEMORY}) VALUES (?, ?, ?, ?, ?, ?, ?)"


def _new(
    kept: Sequence[_Kept], arrivals: Iterable[Arrival], day_of: Callable[[int], int]
) -> tuple[list[_Kept], int]:
    """The reviews of a card that the log has not, as it keeps them; how many it has already.

    The same is what has the same moment and rating. An export moves a review on when its moment is
    taken, so one a little earlier that took as long to the millisecond is the same, too.
    """
    taken = {review.at for review in kept}
    free = {review.at: review for review in kept}
    moments = [review.at for review in kept]
    by_source = {review.source_id: review for review in kept if review.source_id}
    new: list[_Kept] = []
    known = 0
    for at, rating, milliseconds, counts in arrivals:
        if free:
            same = by_source.get(str(at)) or free.get(at)
            if same is None or same.rating != rating or same.at not in free:
                same = _moved_on(free, moments, at, rating, milliseconds)
            if same:
                del free[same.at]
                known += 1
                continue
        if counts:
            moment = at
            while moment in taken:
                moment += 1
            taken.add(moment)
            kind = "review" if rating else "reset"
            seconds = milliseconds / 1000 if milliseconds else None
            new.append(_Kept(moment, rating, day_of(at), seconds, kind, str(at)))
    return new, known


def _moved_on(
    free: Mapping[int, _Kept], moments: Sequence[int], at: int, rating: int, milliseconds: int
) -> _Kept | None:
    """The review that was moved on to a moment for an export; None when there is none."""
    for place in range(bisect_left(moments, at - NEAR), bisect_left(moments, at)):
        review = free.get(moments[place])
        if (
            review
            and review.rating == rating
            and round((review.seconds or 0) * 1000) == milliseconds
        ):
            return review
    return None
