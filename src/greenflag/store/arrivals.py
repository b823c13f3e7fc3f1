"""Reviews that come from elsewhere into the log: each once, and memory replayed from all of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from greenflag.store import today
from greenflag.store.connection import transaction
from greenflag.store.journal import remember
from greenflag.store.names import withdrawn
from greenflag.store.reviews import Replay, made_anew
from greenflag.store.rows import MEMORY

SOURCE = "anki"
_AT_ONCE = 10_000


Arrival = tuple[int, int, int, bool]
"""A review from elsewhere: its name there, which is its moment (ms); rated how (0: a reset); ms it
took; whether it counts."""


class Arriving(NamedTuple):
    """The act in which reviews come: `what` for undo, about which file, and what else it needs.

    With `before`, which says what the caller changed beside, there is an act even when no review
    is new. `suspended` are cards that are suspended with it.
    """

    what: str
    about: str
    at: int
    before: Mapping[str, object] | None = None
    suspended: Sequence[str] = ()


class Arrived(NamedTuple):
    """What came of reviews from elsewhere: how many were new, and how many here already."""

    added: int
    known: int
    left_out: int
    cards: tuple[str, ...]
    suspended: int = 0


class _Kept(NamedTuple):
    """A review of the log, as far as one from elsewhere may be the same."""

    at: int
    rating: int
    day: int
    seconds: float | None
    kind: str
    name: str | None


def take_in(
    db: sqlite3.Connection,
    logs: Iterable[tuple[str, Sequence[Arrival]]],
    *,
    day_of: Callable[[int], int],
    replay: Replay,
    act: Arriving | None = None,
) -> Arrived:
    """Add reviews from elsewhere, by card, to the log, and replay the cards they touch.

    What is here already (it came before, or went out from here) is left as it is, and what was
    taken back here after it had gone out stays away. `day_of` tells the study day of a moment.
    Without an act, undo cannot take them back.
    """
    added = known = left_out = 0
    touched: list[str] = []
    rows: list[tuple[object, ...]] = []
    memories: list[tuple[object, ...]] = []
    with transaction(db):
        gone: dict[str, set[int]] = {}
        for card, name in withdrawn(db):
            gone.setdefault(card, set()).add(name)
        for card, arrivals in logs:
            kept = list(map(_Kept._make, db.execute(_LOG, (card,))))
            new, same = _new(kept, arrivals, gone.get(card, ()), day_of)
            added, known = added + len(new), known + same
            left_out += len(arrivals) - same - len(new)
            if new:
                touched.append(card)
                rows += [(card, *review, SOURCE) for review in new]
                log = sorted([review for review in (*kept, *new) if review.kind != "cram"])
                memory = replay(card, [(review.rating, review.day) for review in log])
                memories.append((card, *(memory or ())))
            if len(rows) > _AT_ONCE:
                _write(db, rows, memories)
        _write(db, rows, memories)
        held = _suspend(db, act.suspended) if act else []
        if act and (added or held or act.before):
            _remember(db, act, added, held)
        elif added:
            today.forget(db)
            made_anew(db)
    return Arrived(added, known, left_out, tuple(touched), len(held))


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


def _suspend(db: sqlite3.Connection, cards: Sequence[str]) -> list[str]:
    """Suspend cards; those it changed."""
    return [
        card
        for card in cards
        if db.execute("INSERT OR IGNORE INTO suspended VALUES (?)", (card,)).rowcount
    ]


def _remember(db: sqlite3.Connection, act: Arriving, added: int, held: Sequence[str]) -> None:
    (newest,) = db.execute("SELECT coalesce(max(id), 0) FROM reviews").fetchone()
    span = {"first": newest - added + 1, "last": newest}  # ids count on in a transaction
    before = {**(act.before or {}), **span, "suspended": held, "today": today.forget(db)}
    remember(db, act.at, act.what, act.about, before)


def _new(
    kept: Sequence[_Kept],
    arrivals: Iterable[Arrival],
    away: Collection[int],
    day_of: Callable[[int], int],
) -> tuple[list[_Kept], int]:
    """The reviews of a card that the log has not, as it keeps them; how many it has already.

    The same is what has the same name. One of ours without a name yet went nowhere, unless the log
    is an older one that was restored: then its moment and rating tell.
    """
    taken = {review.at for review in kept}
    names = {review.name for review in kept}
    unnamed = {(review.at, review.rating) for review in kept if review.name is None}
    new: list[_Kept] = []
    known = 0
    for at, rating, milliseconds, counts in arrivals:
        if str(at) in names or at in away or (at, rating) in unnamed:
            known += 1
        elif counts:
            moment = at
            while moment in taken:
                moment += 1
            taken.add(moment)
            kind = "review" if rating else "reset"
            seconds = milliseconds / 1000 if milliseconds else None
            new.append(_Kept(moment, rating, day_of(at), seconds, kind, str(at)))
    return new, known
