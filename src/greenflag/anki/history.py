"""What was reviewed in Anki, and what our notes say there: read without changing it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from greenflag.anki.ledger import EARLIEST, LATEST, Answered, answer_of
from greenflag.anki.notetypes import guid_of, note_of
from greenflag.anki.packagefile import saying, unpacked
from greenflag.errors import GreenflagError

MOST_REVIEWS, MOST_OF_A_CARD, MOST_OF_OURS = 5_000_000, 10_000, 1_000_000
"""Rows of a log: in all, of one card, of our cards."""

_FIRST, _BEYOND = guid_of(""), guid_of("")[:-1] + "0"  # the guids between them are ours
_OURS = "n.guid >= ? AND n.guid < ?"


class TheirCard(NamedTuple):
    """A card of one of our notes, by Anki's number, with the marks it has there."""

    number: int
    note: str
    ord: int
    suspended: bool
    flag: int


class TheirNote(NamedTuple):
    """One of our notes as Anki has it: its id, when it last changed there (s), its fields."""

    id: str
    changed: int
    fields: list[str]


class Clock(NamedTuple):
    """When a collection's days begin, as far as it says: the hour, and minutes west of UTC."""

    rollover: int | None
    west: int | None


class Collection:
    """A collection to read from; what is wrong with it is one line."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = db, path

    def clock(self) -> Clock:
        """When its days begin."""
        with saying(self._path):
            found = _settings(self._db)
        hour, west = found.get("rollover"), found.get("localOffset")
        modified = next(self._ask("SELECT mod FROM col"), (None,))[0]
        return Clock(
            hour if type(hour) is int and 0 <= hour <= 23 else None,
            west
            if type(west) is int and abs(west) <= 900 and not _is_here(west, modified)
            else None,
        )

    def reviews(self) -> int:
        """How many rows its log has."""
        if next(self._ask("SELECT 1 FROM revlog LIMIT 1 OFFSET ?", MOST_REVIEWS), None):
            raise _refused(self._path, f"more than {MOST_REVIEWS:,} reviews")
        return int(next(self._ask("SELECT count(*) FROM revlog"))[0])

    def cards(self) -> Iterator[TheirCard]:
        """The cards of our notes."""
        rows = self._ask(
            "SELECT c.id, n.guid, c.ord, c.queue, c.flags FROM cards c JOIN notes n ON n.id = c.nid"
            f" WHERE {_OURS} ORDER BY c.id",
            _FIRST,
            _BEYOND,
        )
        for number, guid, ord, queue, flags in rows:
            note = note_of(guid) if type(guid) is str else None
            if note and type(number) is type(ord) is int:
                flag = flags & 7 if type(flags) is int else 0
                yield TheirCard(number, note, ord, queue == -1, flag)

    def answers(self, cards: Iterable[int]) -> Iterator[tuple[int, list[Answered], int]]:
        """The log of some cards, in their order: number, answers in order, rows left out."""
        with saying(self._path):
            self._db.execute("CREATE TEMP TABLE wanted (place INTEGER PRIMARY KEY, card INTEGER)")
            self._db.executemany("INSERT INTO wanted VALUES (?, ?)", enumerate(cards))
        rows = self._ask(
            "SELECT r.cid, r.id, r.ease, r.factor, r.time, r.type FROM wanted w"
            " JOIN revlog r ON r.cid = w.card ORDER BY w.place, r.id"
        )
        count = 0
        for number, group in groupby(rows, itemgetter(0)):
            read = [answer_of(*row) for _, *row in islice(group, MOST_OF_A_CARD + 1)]
            count += len(read)
            if len(read) > MOST_OF_A_CARD or count > MOST_OF_OURS:
                raise _refused(self._path, "more reviews than anybody can have done")
            answers = [answer for answer in read if answer]
            yield number, answers, len(read) - len(answers)

    def notes(self) -> Iterator[TheirNote]:
        """Our notes."""
        rows = self._ask(
            f"SELECT n.guid, n.mod, n.flds FROM notes n WHERE {_OURS}", _FIRST, _BEYOND
        )
        for guid, changed, fields in rows:
            note = note_of(guid) if type(guid) is str else None
            if note and type(changed) is int and type(fields) is str:
                yield TheirNote(note, changed, fields.split("\x1f"))

    def _ask(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with saying(self._path):
            for row in self._db.execute(sql, values):  # noqa: UP028 (it would close the cursor late)
                yield row


@contextmanager
def read_collection(path: Path) -> Iterator[Collection]:
    """The collection in a package, or beside a running Anki; GreenflagError when there is none."""
    with unpacked(path) as package:
        yield Collection(package.db, path)


def _refused(path: Path, why: str) -> GreenflagError:
    return GreenflagError(f"{path}: {why}", "export it from Anki again")


def _settings(db: sqlite3.Connection) -> dict[str, Any]:
    """The collection's settings that tell its clock, in the old format or the new."""
    names = ("rollover", "localOffset")
    try:
        found = json.loads(db.execute("SELECT conf FROM col").fetchone()[0] or "{}")
        if not found:
            rows = db.execute("SELECT key, val FROM config WHERE key IN (?, ?)", names)
            found = {key: json.loads(value) for key, value in rows}
    except (ValueError, TypeError, RecursionError, sqlite3.OperationalError):
        return {}
    return {name: found.get(name) for name in names} if isinstance(found, dict) else {}


def _is_here(west: int, modified: object) -> bool:
    """Whether clocks here stood so far west of UTC when the collection last changed (in ms)."""
    known = type(modified) is int and EARLIEST < modified < LATEST
    offset = time.localtime(modified / 1000 if known else None).tm_gmtoff  # type: ignore[operator]
    return -offset // 60 == west
