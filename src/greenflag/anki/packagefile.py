"""A package or a collection from outside, opened within bounds: what it holds, and its media.

Nothing in such a file is trusted. Only the members that are asked for are unpacked, never under
their own names, and never more of them than they may have; the collection is opened from a private
copy, read only, without triggers and views, and all questions to it together have a limit.

Formats: `.apkg` and `.colpkg`, in which the newest of `collection.anki21b` (packed with zstd),
`.anki21` and `.anki2` counts, and `collection.anki2` as Anki works on it, with the journal beside.
"""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import stat
import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from greenflag.errors import GreenflagError

LARGEST_FILE = 4 * 2**30
"""Bytes a package may have."""
LARGEST_COLLECTION = 2**30
"""Bytes its collection may have when unpacked."""
EASILY, DENSEST = 64 * 2**20, 100
"""Beyond so many bytes, how many times its size in the package a collection may have."""
LARGEST_LIST = 8 * 2**20
"""Bytes the list of its members may have, and its list of media: about 100,000 files."""
LARGEST_VALUE = 16 * 2**20
"""Bytes one value in the collection may have."""
MOST_STEPS = 1_000_000_000
"""Steps of SQLite's machine that all questions to a collection may take together: seconds."""
LARGEST_WINDOW = 2**25
"""Bytes a zstd frame may want to keep in memory; Anki's want 2 MB."""

_AT_A_TIME = 1 << 16
_LATEST = 3  # the newest layout of packages there is
_ZSTD = "collection.anki21b"
_SQLITE = b"SQLite format 3\0"
_MEND = "export it again from Anki"
_OF_A_BAD_ZIP = (
    BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError,
    RuntimeError, ValueError, OverflowError, KeyError, IndexError,
)  # fmt: skip


class Stored(NamedTuple):
    """A media file inside a package: its member, and whether that is packed with zstd."""

    member: str
    zstd: bool


class Opened(NamedTuple):
    """A package that is open: its collection, and its media by the names that notes use."""

    db: sqlite3.Connection
    media: Mapping[str, Stored]
    read: Callable[[Stored, int], bytes | None]
    """The bytes of a media file; None when it has more than a number of bytes, or is damaged."""


class _TooLarge(Exception):
    pass


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """A package or collection, to be read; GreenflagError in one line for all that is wrong."""
    with unpacked(path) as package, saying(path):
        yield package


@contextmanager
def unpacked(path: Path) -> Iterator[Opened]:
    """As `opened`, for who asks other databases as well: each question to this one in `saying`."""
    with ExitStack() as stack:
        with saying(path):
            file = stack.enter_context(_plain_file(path))
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="greenflag-"))
            copy = Path(folder, "collection")
            start = file.read(16)
            file.seek(0)
            if start == _SQLITE:
                _copy_live(path, copy)
                package = Opened(_connection(copy, path), {}, lambda kept, most: None)
            elif start.startswith(b"PK"):
                package = _open(stack.enter_context(ZipFile(file)), copy, path)
            else:
                raise GreenflagError(f"{path} is no package of Anki's, and no collection", _MEND)
            stack.callback(package.db.close)
        yield package


def _open(archive: ZipFile, collection: Path, path: Path) -> Opened:
    members = {info.filename for info in archive.infolist()}
    name = _collection_name(archive, members, path)
    zstd = name == _ZSTD
    most = max(EASILY, DENSEST * archive.getinfo(name).compress_size)
    with collection.open("xb") as out:
        for piece in _pieces(archive, Stored(name, zstd), min(most, LARGEST_COLLECTION)):
            out.write(piece)
    media = _media_list(archive, zstd) if "media" in members else {}

    def read(kept: Stored, most: int) -> bytes | None:
        try:
            return b"".join(_pieces(archive, kept, most))
        except Exception as error:
            if not isinstance(error, (_TooLarge, *_damage())):
                raise
            return None

    media = {name: kept for name, kept in media.items() if kept.member in members}
    return Opened(_connection(collection, path), media, read)


@contextmanager
def _plain_file(path: Path) -> Iterator[IO[bytes]]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise GreenflagError(f"{path}: {error.strerror}", "name a package from Anki") from None
    except ValueError:  # a NUL in the name
        raise GreenflagError(f"{str(path)!r} is no file", "name a package from Anki") from None
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST_FILE:
        os.close(handle)
        if not stat.S_ISREG(about.st_mode):
            raise GreenflagError(f"{path} is not a plain file", "name a package from Anki")
        raise GreenflagError(f"{path} has more than 4 GB", "export fewer decks at once")
    with _Careful(handle) as file:
        yield file


class _Careful(io.FileIO):
    """A file of which no more is read at once than the list of members may have.

    zipfile reads that list in one go, as long as the file says it is.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > LARGEST_LIST:
            raise _TooLarge
        found: bytes = super().read(-1 if size is None else size)
        return found


@contextmanager
def saying(path: Path) -> Iterator[None]:
    """What a package from anywhere may do to its readers, as one line."""
    try:
        yield
    except _TooLarge:
        raise GreenflagError(f"{path} is larger than it may be", "export fewer decks") from None
    except sqlite3.Error as error:
        raise _said_by_sqlite(path, error) from None
    except OSError as error:
        raise GreenflagError(f"{path}: {error.strerror or error}", "check the file") from None
    except Exception as error:
        if not isinstance(error, _damage()):
            raise
        raise GreenflagError(f"{path} is no package, or damaged", _MEND) from None


def _said_by_sqlite(path: Path, error: sqlite3.Error) -> GreenflagError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT:
        return GreenflagError(f"{path} takes too long to read", "export fewer decks")
    if code == sqlite3.SQLITE_TOOBIG:
        return GreenflagError(f"{path} holds a text larger than it may be", "export other decks")
    return GreenflagError(f"{path} holds no collection of Anki's", _MEND)


def _damage() -> tuple[type[Exception], ...]:
    """What reading a package that is none, or damaged, may raise."""
    import zstandard

    return (*_OF_A_BAD_ZIP, zstandard.ZstdError)


# --- members


def _collection_name(archive: ZipFile, held: Container[str], path: Path) -> str:
    """The member that holds the collection; in newer packages `collection.anki2` is a dummy."""
    if "meta" in held:
        meta = b"".join(_pieces(archive, Stored("meta", False), 1000))
        version = next((value for number, value in _fields(meta) if number == 1), 0)
        if isinstance(version, int) and version > _LATEST:
            raise GreenflagError(
                f"{path} was made by a newer Anki", "export it with “Support older versions”"
            )
    for name in (_ZSTD, "collection.anki21", "collection.anki2"):
        if name in held:
            return name
    raise GreenflagError(f"{path} is no package of Anki's: no collection in it", _MEND)


def _pieces(archive: ZipFile, kept: Stored, most: int) -> Iterator[bytes]:
    """The bytes of a member in small pieces; _TooLarge after `most` of them."""
    info = archive.getinfo(kept.member)
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or info.flag_bits & 1:
        raise BadZipFile("packed in a way that Anki does not use")
    size = 0
    with archive.open(info) as member:
        source: IO[bytes] = _unpacked(member) if kept.zstd else member
        while piece := source.read(_AT_A_TIME):
            size += len(piece)
            if size > most:
                raise _TooLarge
            yield piece


def _unpacked(member: IO[bytes]) -> IO[bytes]:
    import zstandard

    reader = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW)
    return reader.stream_reader(member, read_size=_AT_A_TIME)


def _media_list(archive: ZipFile, zstd: bool) -> dict[str, Stored]:
    """The media by the names that notes use; a list that cannot be read is damage."""
    data = b"".join(_pieces(archive, Stored("media", zstd), LARGEST_LIST))
    if not zstd:
        listed = json.loads(data or b"{}")
        if not isinstance(listed, dict):
            raise ValueError
        return {
            name: Stored(member, False) for member, name in listed.items() if isinstance(name, str)
        }
    found = {}
    for place, (number, entry) in enumerate(_fields(data)):
        if number != 1 or not isinstance(entry, bytes):
            raise ValueError
        fields = dict(_fields(entry))
        name, member = fields.get(1), fields.get(255, place)
        if isinstance(name, bytes):
            found[name.decode("utf-8")] = Stored(str(member), True)
    return found


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message: number, and a whole number or bytes; ValueError if none."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        kind = key & 7
        if kind == 0:
            value, place = _varint(message, place)
            yield key >> 3, value
            continue
        if kind == 2:
            size, place = _varint(message, place)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError
        if place + size > len(message):
            raise ValueError
        yield key >> 3, message[place : place + size]
        place += size


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(message) or shift > 63:
            raise ValueError
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def message(data: object) -> dict[int, int | bytes]:
    """A protobuf message in a column of a collection; of a repeated field the last, {} when bad."""
    try:
        return dict(_fields(data)) if isinstance(data, bytes) else {}
    except ValueError:
        return {}


# --- the collection


def _copy_live(path: Path, copy: Path) -> None:
    """Copy a collection with the journal of what is not in it yet, even while Anki has it open.

    Anki locks its collection for as long as it runs, so there is no asking SQLite for a copy. One
    taken while Anki wrote is taken again.
    """
    files = {Path(f"{path}{end}"): Path(f"{copy}{end}") for end in ("", "-wal", "-journal")}
    for attempt in range(5):
        before = _states(files)
        for source, target in files.items():
            target.unlink(missing_ok=True)
            if source.exists():
                _copy(source, target)
        if _states(files) == before:
            break
        time.sleep(0.1 * (attempt + 1))
    else:
        raise GreenflagError(f"{path} is being changed just now", "try again in a moment")
    db = sqlite3.connect(copy, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = DELETE")  # what the journal has goes into the copy
    finally:
        db.close()


def _copy(source: Path, target: Path) -> None:
    size = 0
    with _plain_file(source) as held, target.open("xb") as out:
        while piece := held.read(_AT_A_TIME):
            size += len(piece)
            if size > LARGEST_COLLECTION:
                raise _TooLarge
            out.write(piece)


def _states(files: Iterable[Path]) -> list[tuple[int, int] | None]:
    found = []
    for source in files:
        about = source.stat() if source.exists() else None
        found.append((about.st_size, about.st_mtime_ns) if about else None)
    return found


def _connection(file: Path, path: Path) -> sqlite3.Connection:
    """A collection from outside, to be read and nothing else; tables for a while may be made."""
    _check_length(file, path)
    uri = f"{file.as_uri()}?mode=ro&immutable=1"
    db = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        db.text_factory = lambda data: data.decode("utf-8", "replace")
        db.create_collation("unicase", _unicase)
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
        db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for setting in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
            db.execute(f"PRAGMA {setting}")
        _check_schema(db, path)
        db.set_authorizer(_only_reading)
        db.set_progress_handler(_Budget(MOST_STEPS).spend, _Budget.EACH)
    except BaseException:
        db.close()
        raise
    return db


def _check_length(file: Path, path: Path) -> None:
    """Refuse a collection that is cut off: it is shorter than it says itself."""
    with file.open("rb") as source:
        head = source.read(100)
    if not head.startswith(_SQLITE) or len(head) < 100:
        raise GreenflagError(f"{path} holds no collection of Anki's", _MEND)
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    if pages * (65536 if page == 1 else page) > file.stat().st_size:
        raise GreenflagError(f"{path} is cut off", _MEND)


def _check_schema(db: sqlite3.Connection, path: Path) -> None:
    """Refuse what has not Anki's tables, or no row about the collection, or more than tables.

    Views, triggers, virtual tables and computed columns Anki has none.
    """
    odd = False
    names = set()
    for kind, name, sql in db.execute("SELECT type, name, sql FROM sqlite_master LIMIT 1000"):
        odd |= kind not in ("table", "index") or not isinstance(name, str)
        odd |= bool(re.match(r"\s*CREATE\s+VIRTUAL", str(sql), re.IGNORECASE))
        names.add(name)
    if not odd:
        odd = any(
            hidden
            for name in names & {"col", "notes", "cards", "revlog", "decks", "notetypes"}
            for *_, hidden in db.execute("SELECT * FROM pragma_table_xinfo(?)", (name,))
        )
    whole = not odd and {"col", "notes", "cards", "revlog"} <= names
    if not whole or not db.execute("SELECT 1 FROM col LIMIT 1").fetchone():
        raise GreenflagError(f"{path} holds no collection of Anki's", _MEND)


def _only_reading(
    action: int, _: str | None, function: str | None, database: str | None, *__: object
) -> int:
    """Allow to read, and to put rows into temporary tables of one's own."""
    if action == sqlite3.SQLITE_FUNCTION:
        allowed = function != "load_extension"
    else:
        allowed = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ) or database == "temp"
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


class _Budget:
    """Ends a question when all of them together took too many steps; no clock is asked."""

    EACH = 1_000_000

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self) -> int:
        self.left -= self.EACH
        return self.left < 0


def _unicase(one: str, other: str) -> int:
    """Anki's order of names; only there so that its indexes can be read."""
    a, b = one.casefold(), other.casefold()
    return (a > b) - (a < b)
