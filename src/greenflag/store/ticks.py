"""What is ticked off around an interview."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from greenflag.store import today
from greenflag.store.connection import transaction
from greenflag.store.journal import remember


class Tick(NamedTuple):
    """When an item was ticked off (ms since 1970): done, or left out because it is not needed."""

    at: int
    needed: bool


def ticks_of(db: sqlite3.Connection, interview: int) -> dict[str, Tick]:
    """The ticks of an interview, by item."""
    rows = db.execute("SELECT item, at, needed FROM ticks WHERE interview = ?", (interview,))
    return {item: Tick(at, bool(needed)) for item, at, needed in rows}


def tick(
    db: sqlite3.Connection,
    interview: int,
    items: Sequence[str],
    to: Tick | None,
    *,
    about: str,
    at: int,
) -> int:
    """Tick items off, or open them again (None); says how many that changed."""
    with transaction(db):
        before = put(db, interview, items, to)
        if before:
            list_ = today.leave(db, [])  # what is asked today is as it was
            kept = {"interview": interview, "ticks": before, "today": list_}
            remember(db, at, "tick", about, kept)
    return len(before)


def put(
    db: sqlite3.Connection, interview: int, items: Iterable[str], to: Tick | None
) -> list[tuple[str, int | None, bool]]:
    """Tick items inside a transaction; gives those it changed as they were before."""
    known = ticks_of(db, interview)
    before: list[tuple[str, int | None, bool]] = []
    for item in dict.fromkeys(items):
        old = known.get(item)
        if (old and old.needed) == (to and to.needed):
            continue
        before.append((item, old.at if old else None, old.needed if old else True))
        _put(db, interview, item, to)
    return before


def take_back(db: sqlite3.Connection, before: Mapping[str, Any]) -> None:
    """Put back the ticks an act changed, inside the transaction of undo."""
    for item, at, needed in before["ticks"]:
        _put(db, before["interview"], item, None if at is None else Tick(at, needed))


def _put(db: sqlite3.Connection, interview: int, item: str, to: Tick | None) -> None:
    db.execute("DELETE FROM ticks WHERE interview = ? AND item = ?", (interview, item))
    if to:
        db.execute("INSERT INTO ticks VALUES (?, ?, ?, ?)", (interview, item, to.at, to.needed))
