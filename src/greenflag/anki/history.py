"""What was reviewed in Anki, read from a package or a collection without changing it.

Files from outside are not trusted: everything is read from a copy of bounded size, with a time
limit, and only plain tables are asked. Formats: `.apkg` and `.colpkg`, in which the newest of
`collection.anki21b` (packed with zstd), `.anki21` and `.anki2` counts, and `collection.anki2` as
Anki works on it, with the journal beside it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from greenflag.anki.ledger import EARLIEST, LATEST, Answered, answer_of
from greenflag.anki.notetypes import guid_of, note_of
from greenflag.errors import GreenflagError

LARGEST = 2**30
"""Bytes of a collection, unpacked."""
MOST_REVIEWS, MOST_OF_A_CARD, MOST_OF_OURS = 5_000_000, 10_000, 1_000_000
"""Rows of a log: in all, of one card, of our cards."""
LONGEST = 60.0
"""Seconds that reading may take."""

_MEMBERS = ("collection.anki21b", "collection.anki21", "collection.anki2")  # the newest first
_MOST_NAMES = 8 * 2**20  # bytes of a package's list of members: about 150,000 pictures
_EASILY, _DENSEST = 64 * 2**20, 100  # beyond so many bytes, how far anything may be packed
_WIDEST = 2**27  # bytes of memory that unpacking may take
_STEP = 1 << 18
_OPERATIONS = 50_000  # of SQLite between two looks at the clock
_TABLES = ("col", "notes", "cards", "revlog")
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
    """A collection to read from; every question is bounded in time."""

    def __init__(self, db: sqlite3.Connection, file: str) -> None:
        self._db, self._file = db, file

    def clock(self) -> Clock:
        """When its days begin."""
        with _saying(self._file):
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
            raise _refused(self._file, f"more than {MOST_REVIEWS:,} reviews")
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
        with _saying(self._file):
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
                raise _refused(self._file, "more reviews than anybody can have done")
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
        with _saying(self._file):
            for row in self._db.execute(sql, values):  # noqa: UP028 (it would close the cursor late)
                yield row


@contextmanager
def read_collection(path: Path) -> Iterator[Collection]:
    """The collection in a package, or beside a running Anki; GreenflagError when there is none."""
    with tempfile.TemporaryDirectory(prefix="greenflag-") as folder:
        copy = Path(folder, "collection")
        try:
            if path.exists() and not path.is_file():  # a pipe would be waited for without end
                raise _refused(str(path), "not a plain file")
            with path.open("rb") as file:
                start = file.read(16)
                if start.startswith(b"PK"):
                    _unpack(path, file, copy)
                elif start == b"SQLite format 3\0":
                    _copy_live(path, copy)
                else:
                    raise _refused(str(path), "neither a package nor a collection of Anki's")
        except OSError as error:
            raise GreenflagError(f"{path}: {error.strerror or error}", "check the file") from None
        db = sqlite3.connect(copy, isolation_level=None)
        try:
            with _saying(str(path)):
                _guard(db)
            yield Collection(db, str(path))
        finally:
            db.close()


def _refused(file: str, why: str) -> GreenflagError:
    return GreenflagError(f"{file}: {why}", "export it from Anki again")


@contextmanager
def _saying(file: str) -> Iterator[None]:
    """What SQLite cannot read, as one line for the user."""
    try:
        yield
    except (sqlite3.Error, UnicodeError, OverflowError, MemoryError) as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            raise _refused(file, f"reading took more than {LONGEST:.0f} seconds") from None
        raise _refused(file, f"the collection in it cannot be read: {error}") from None


# --- from the file to a copy


def _unpack(path: Path, file: IO[bytes], copy: Path) -> None:
    """Copy the newest collection of a package; no other member is touched, whatever its name."""
    broken = "a broken package"
    if _size_of_names(file) > _MOST_NAMES:
        raise _refused(str(path), "a package with too many files")
    try:
        with ZipFile(file) as archive:
            held = set(archive.namelist())
            name = next((name for name in _MEMBERS if name in held), None)
            if name is None:
                raise _refused(str(path), "a package without a collection")
            about = archive.getinfo(name)
            if about.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                raise _refused(str(path), "packed in a way that Anki does not")
            with archive.open(name) as member, copy.open("xb") as out:
                plain = _zstd(member) if name.endswith("b") else member
                _pour(plain.read, out, about.compress_size, str(path))
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error) as e:
        raise _refused(str(path), broken) from e
    except Exception as error:
        if type(error).__name__ not in ("ZstdError", "error"):  # of zstandard, of zlib
            raise
        raise _refused(str(path), broken) from None


def _size_of_names(file: IO[bytes]) -> int:
    """The bytes of a package's list of members, which is read whole; 0 when it has no end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    file.seek(0)
    if end < 0 or len(tail) - end < 22:
        return 0
    (names,) = struct.unpack_from("<I", tail, end + 12)
    return int(size if names == 0xFFFF_FFFF else names)


def _zstd(member: IO[bytes]) -> IO[bytes]:
    try:
        import zstandard
    except ImportError:
        raise GreenflagError("this package needs zstandard", "pip install zstandard") from None
    return zstandard.ZstdDecompressor(max_window_size=_WIDEST).stream_reader(member)


def _pour(read: Callable[[int], bytes], out: IO[bytes], packed: int, file: str) -> None:
    """Write what is read, unless it becomes larger than a collection can honestly be."""
    written = 0
    while data := read(_STEP):
        written += len(data)
        if written > LARGEST:
            raise _refused(file, f"a collection of more than {LARGEST // 2**20:,} MB")
        if written > max(_EASILY, _DENSEST * packed):
            raise _refused(file, "a package that unpacks to far more than it should")
        out.write(data)


def _copy_live(path: Path, copy: Path) -> None:
    """Copy a collection with the journal of what is not in it yet, even while Anki has it open.

    Anki locks its collection for as long as it runs, so there is no asking SQLite for a copy. One
    taken while Anki wrote is taken again.
    """
    journals = ("", "-wal", "-journal")
    files = {Path(f"{path}{end}"): Path(f"{copy}{end}") for end in journals}
    for attempt in range(5):
        before = _states(files)
        for source, target in files.items():
            target.unlink(missing_ok=True)
            if source.exists():
                with source.open("rb") as held, target.open("xb") as out:
                    _pour(held.read, out, LARGEST, str(path))
        if _states(files) == before:
            return
        time.sleep(0.1 * (attempt + 1))
    raise GreenflagError(f"{path} is being changed just now", "try again in a moment")


def _states(files: dict[Path, Path]) -> list[tuple[int, int] | None]:
    found = []
    for source in files:
        about = source.stat() if source.exists() else None
        found.append((about.st_size, about.st_mtime_ns) if about else None)
    return found


# --- asking it


def _guard(db: sqlite3.Connection) -> None:
    """Let nothing in the file run for long, write, or pass for something it is not."""
    end = time.monotonic() + LONGEST
    db.set_progress_handler(lambda: time.monotonic() > end, _OPERATIONS)
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2**26)
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    db.create_collation("unicase", lambda a, b: (a > b) - (a < b))
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.execute("PRAGMA mmap_size = 0")
    rows = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchmany(1000)
    plain = {name for name, sql in rows if str(sql).upper().lstrip().startswith("CREATE TABLE")}
    missing = [table for table in _TABLES if table not in plain]
    if missing:
        raise sqlite3.DatabaseError(f"it has no {', '.join(missing)}")


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
