"""What reviews are called in Anki, in every package and every collection: `source_id`, for ever.

A review from there keeps the id it has there. One of ours is named before it first leaves the
house, so that whatever way it comes back it is known.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from greenflag.store.connection import transaction

_IS_NAMED = "source_id NOT GLOB '*[^0-9]*'"  # false for NULL, too
_ENTRY = "CAST(source_id AS INTEGER), rating, day, seconds, kind"

Named = tuple[int, int, int, float | None, str]
"""A review under its name: name, rating (0: a reset), study day, seconds, kind."""


def _free(_: int) -> None:
    """Every name is free where nothing is."""


def name(db: sqlite3.Connection, owner: Callable[[int], str | None] = _free) -> None:
    """Give every review its name in Anki, once and for ever.

    That is its moment, or the next millisecond which is free here and there: Anki drops a row whose
    name is taken. `owner` says which card there has a name (empty: none of ours), None if free.
    """
    rows = db.execute(
        "SELECT id, card, at FROM reviews WHERE source_id IS NULL ORDER BY at, id"
    ).fetchall()
    if not rows:
        return
    with transaction(db):
        used = {id_ for id_, *_ in db.execute(f"SELECT {_ENTRY} FROM reviews WHERE {_IS_NAMED}")}
        given = []
        for number, card, at in rows:
            while at in used or owner(at) not in (None, card):
                at += 1
            used.add(at)
            given.append((str(at), number))
        db.executemany("UPDATE reviews SET source_id = ? WHERE id = ? AND source_id IS NULL", given)


def names(db: sqlite3.Connection) -> dict[int, str]:
    """The name of every review that counts for memory and has one, with its card."""
    rows = db.execute(
        f"SELECT CAST(source_id AS INTEGER), card FROM reviews WHERE kind <> 'cram' AND {_IS_NAMED}"
    )
    return dict(rows.fetchall())


def log(db: sqlite3.Connection, card: str) -> list[Named]:
    """The log of a card under its names, oldest first."""
    rows = db.execute(
        f"SELECT {_ENTRY} FROM reviews WHERE card = ? AND {_IS_NAMED} ORDER BY at", (card,)
    )
    return rows.fetchall()


def logs_of(db: sqlite3.Connection, note: str) -> dict[str, list[Named]]:
    """The log of each of a note's cards under its names, oldest first."""
    rows = db.execute(
        f"SELECT card, {_ENTRY} FROM reviews WHERE card >= ? || '/' AND card < ? || '0'"
        f" AND {_IS_NAMED} ORDER BY card, at",
        (note, note),
    )
    logs: dict[str, list[Named]] = {}
    for card, *entry in rows:
        logs.setdefault(card, []).append(tuple(entry))
    return logs


def withdrawn(db: sqlite3.Connection) -> set[tuple[str, int]]:
    """The reviews taken back here after they were named: as (card, name)."""
    row = db.execute("SELECT value FROM facts WHERE name = 'withdrawn'").fetchone()
    return {(card, id_) for card, id_ in json.loads(row[0])} if row else set()


def take_back(db: sqlite3.Connection, number: int) -> None:
    """Remove a review from the log; what may have gone to Anki under a name is remembered."""
    row = db.execute(
        "DELETE FROM reviews WHERE id = ? RETURNING card, source_id", (number,)
    ).fetchone()
    if row and row[1] is not None:
        taken = sorted(withdrawn(db) | {(row[0], int(row[1]))})
        db.execute("INSERT OR REPLACE INTO facts VALUES ('withdrawn', ?)", (json.dumps(taken),))
