"""Notes as an Anki package (.apkg).

genanki gives the schema, the empty collection, the note types and the decks. The rows are written
by our own bulk writer, because a note must keep what genanki cannot: a guid that comes from its id
alone, the time of its own last change, ids that stay, the cards of nested gaps, and equal bytes for
equal notes.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache, partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZipFile
from zlib import crc32

from greenflag.anki import notetypes
from greenflag.anki.media import SHOWN, Media, with_media
from greenflag.anki.notetypes import (
    CHANGED,
    SHAPES,
    face_of,
    fields_of,
    guid_of,
    ords_of,
    with_story,
    words_of_slug,
)
from greenflag.anki.text import clean
from greenflag.content.notes import Note
from greenflag.errors import GreenflagError

if TYPE_CHECKING:
    from greenflag.anki.progress import CardProgress, Study

Subdecks = Literal["kind", "competency"]

_CHUNK = 250
_DAY = 86_400_000
_BEGINNING = 1_577_851_200  # 2020-01-01 4:00 UTC: day 0 of the collection; due days count from it
_CONF = {
    "schedVer": 2,  # without it Anki rewrites the ratings of learning cards
    "sched2021": True,
    "rollover": 4,
    "creationOffset": 0,
    "activeDecks": [1],
    "curDeck": 1,
}
_NOTE = "INSERT INTO notes VALUES (?,?,?,?,-1,?,?,'',0,0,'')"  # Anki works out sort text and sum
_CARD = "INSERT INTO cards VALUES (?,?,?,?,?,-1,0,0,?,0,0,0,0,0,0,0,0,'')"  # a new card
_STUDIED = "INSERT INTO cards VALUES (?,?,?,?,?,-1,?,?,?,?,?,?,?,0,0,0,0,?)"
_ANSWER = "INSERT INTO revlog VALUES (?,?,-1,?,?,?,?,?,?)"
_OF_THE_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
_NOT_IN_A_TAG = re.compile(r'[\s"]+')


class Exported(NamedTuple):
    """A note on its way to Anki: its deck, and when its text last changed and first was there.

    Times are milliseconds since 1970. Anki replaces its own version of a note only when `changed`
    is later than the last change there, so it must not move unless the note does. `progress` is
    what is known of its cards, by face.
    """

    note: Note
    deck: str
    changed: int
    added: int
    progress: Mapping[str, CardProgress] | None = None
    folder: str = ""
    """Where the deck file is, for its pictures and sounds."""
    story: str = ""
    """The story one chose for this question, as Markdown."""


class Written(NamedTuple):
    """How much a package holds."""

    notes: int
    cards: int
    reviews: int
    media: int = 0
    missing: tuple[str, ...] = ()
    """What is wrong with each picture or sound that was left out."""


def write_package(
    path: Path, notes: Iterable[Exported], *, by: Subdecks = "kind", study: Study | None = None
) -> Written:
    """Write notes to an Anki package, in subdecks by kind or competency; all of it or nothing.

    The ids of the notes must differ. A note that gives no card cannot exist in Anki: left out.
    With `study` the progress of the notes goes along; without, all cards are new.
    """
    target = Path(os.path.realpath(path))
    with _saying(path):
        folder = tempfile.TemporaryDirectory(prefix=".greenflag-", dir=target.parent)
    with folder as name:
        collection, package = Path(name, "collection.anki2"), Path(name, "package")
        media = Media(Path(name))
        rows = _StudiedRows(by, media, study) if study else _Rows(by, media)
        written = _write_collection(path, collection, notes, rows)
        with _saying(path):
            _zip(collection, package, media)
            os.replace(package, target)
    return written._replace(media=len(media.files), missing=tuple(media.missing.values()))


def written_whole(path: Path, data: bytes) -> None:
    """Put bytes in the place of a file, all of them or none."""
    target = Path(os.path.realpath(path))
    with (
        _saying(path),
        tempfile.TemporaryDirectory(prefix=".greenflag-", dir=target.parent) as name,
    ):
        Path(name, "file").write_bytes(data)
        os.replace(Path(name, "file"), target)


def anki_id(note: str, added: int) -> int:
    """The id of a note, always the same for the same note unless another has it.

    Anki reads ids as the moment of creation, in milliseconds: ours lie in the day before it.
    """
    return max(added, 2 * _DAY) - crc32(note.encode()) % _DAY


@contextmanager
def _saying(path: Path) -> Iterator[None]:
    """A failure to write as one line for the user."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        if isinstance(error, sqlite3.Error) and error.sqlite_errorcode & 0xFF not in _OF_THE_DISK:
            raise
        why = getattr(error, "strerror", None) or str(error)
        raise GreenflagError(f"{path} cannot be written: {why}", "choose another place") from error


def _write_collection(
    path: Path, collection: Path, notes: Iterable[Exported], rows: _Rows
) -> Written:
    genanki = _genanki()
    # Without indexes: Anki reads a package once and whole, and they would be near half of the file.
    tables = genanki.apkg_schema.APKG_SCHEMA.partition("CREATE INDEX")[0]
    rest = iter(notes)
    with closing(sqlite3.connect(collection, isolation_level=None)) as db:
        with _saying(path):
            # A file nobody else sees, thrown away when anything fails: no journal, no waiting.
            # Large pages, as the ids come in no order: fewer of them are read and written again.
            db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            db.executescript("PRAGMA page_size = 32768; PRAGMA cache_size = -2560")
            db.executescript(f"BEGIN; {tables} {genanki.apkg_col.APKG_COL}")
        while chunk := list(islice(rest, _CHUNK)):
            note_rows, card_rows = rows.of(chunk)
            with _saying(path):
                db.executemany(_NOTE, note_rows)
                db.executemany(rows.card, card_rows)
                db.executemany(_ANSWER, rows.answers)
        with _saying(path):
            rows.finish(db, genanki)
            db.execute("COMMIT")
    return Written(rows.notes, rows.cards, rows.reviews)


class _Rows:
    """Turns notes into rows, and keeps what the rows share: ids taken, decks, kinds."""

    card = _CARD

    def __init__(self, by: Subdecks, media: Media) -> None:
        self.by, self.media = by, media
        self.notes = self.cards = self.reviews = 0
        self.answers: list[tuple[int, ...]] = []
        self.taken: set[int] = set()
        self.decks: dict[tuple[str, str | None], int] = {}
        self.deck_names: dict[int, str] = {}
        self.kinds: dict[str, int] = {}
        self.newest = 0

    def of(self, chunk: list[Exported]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """The note rows and the card rows of some notes."""
        notes: list[tuple[Any, ...]] = []
        cards: list[tuple[Any, ...]] = []
        for each in chunk:
            note, deck, added = each.note, each.deck, each.added
            ords = ords_of(note)
            if not ords:
                continue
            flds, changed = told(each, self.media)
            kind, mod = note.kind, changed // 1000
            if kind not in self.kinds:
                self.kinds[kind] = SHAPES[kind].model
            if changed > self.newest:
                self.newest = changed
            did = self._deck(deck, kind if self.by == "kind" else note.competency)
            nid = self._id(note.id, added, ords)
            tags = tags_of(note)
            notes.append((nid, guid_of(note.id), self.kinds[kind], mod, tags, flds))
            due = self.notes + len(notes)  # new cards come in the order of the notes
            cards += self._cards(each, nid, did, mod, due, ords)
        self.notes += len(notes)
        self.cards += len(cards)
        return notes, cards

    def _cards(
        self, each: Exported, nid: int, did: int, mod: int, due: int, ords: list[int]
    ) -> list[tuple[Any, ...]]:
        """The rows of a note's cards, all of them new."""
        return [(nid + ord, nid, did, ord, mod, due) for ord in ords]

    def _id(self, note: str, added: int, ords: list[int]) -> int:
        """The id of a note; its cards count on from there."""
        nid = anki_id(note, added)
        taken = self.taken
        while nid in taken or not taken.isdisjoint([nid + ord for ord in ords]):
            nid += 1
        taken.add(nid)
        taken.update([nid + ord for ord in ords])
        return nid

    def finish(self, db: sqlite3.Connection, genanki: ModuleType) -> None:
        """Write the row about the collection: its clock, note types and decks."""
        models = {}
        for kind in self.kinds:
            model = genanki.Model(**notetypes.note_type(kind))
            model._req = notetypes.required(kind)  # genanki would render each template many times
            models[model.model_id] = model.to_json(CHANGED, 1)
        decks = json.loads(db.execute("SELECT decks FROM col").fetchone()[0])
        for did, name in self.deck_names.items():
            decks[did] = genanki.Deck(did, name).to_json()
        conf = {**_CONF, "nextPos": self.notes + 1}
        db.execute(
            "UPDATE col SET crt = ?, mod = ?, conf = ?, models = ?, decks = ?",
            (_BEGINNING, self.newest, json.dumps(conf), json.dumps(models), json.dumps(decks)),
        )

    def _deck(self, title: str, part: str | None) -> int:
        """The id of a deck, from its name: Anki knows decks by name, whatever its letters' case."""
        found = self.decks.get((title, part))
        if found is None:
            name = deck_name(title, part, self.by)
            found = (1 << 40) + crc32(name.casefold().encode())
            while self.deck_names.setdefault(found, name).casefold() != name.casefold():
                found += 1
            self.decks[title, part] = found
        return found


def told(each: Exported, media: Media) -> tuple[str, int]:
    """The fields of a note as Anki keeps them, divided by \\x1f, and when it last changed (ms)."""
    fields = fields_of(each.note)
    flds = "\x1f".join(with_story(fields, each.story) if each.story else fields)
    if SHOWN not in flds:
        return flds, each.changed
    flds, newest = with_media(flds, partial(media.take, each.folder))
    return flds, max(each.changed, newest)


def deck_name(title: str, part: str | None, by: Subdecks) -> str:
    """The name of the subdeck in Anki for a part (a kind or a competency) of a deck."""
    if part is None:
        return f"{_deck_title(title)}::Other"
    below = SHAPES[part].title if by == "kind" else _deck_title(words_of_slug(part))
    return f"{_deck_title(title)}::{below}"


def tags_of(note: Note) -> str:
    """The tags of a note as Anki keeps them, between blanks."""
    return _tags(note.kind, note.competency, note.refs, note.tags)


class _StudiedRows(_Rows):
    """As `_Rows`, with the state of the cards, their log, and a preset with our parameters."""

    card = _STUDIED

    def __init__(self, by: Subdecks, media: Media, study: Study) -> None:
        from greenflag.anki.progress import CardProgress, Studied

        super().__init__(by, media)
        self.study, self.studied = study, Studied(study)
        self.unknown = CardProgress(())
        self.presets: dict[int, int] = {}

    def of(self, chunk: list[Exported]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        self.answers = []
        rows = super().of(chunk)
        self.reviews += len(self.answers)
        return rows

    def _cards(
        self, each: Exported, nid: int, did: int, mod: int, due: int, ords: list[int]
    ) -> list[tuple[Any, ...]]:
        self.presets[did] = self.studied.preset(each.deck)
        cards: list[tuple[Any, ...]] = []
        for ord in ords:
            known = (each.progress or {}).get(face_of(each.note.kind, ord) or "", self.unknown)
            columns, rows = self.studied.of(each.deck, known, due)
            changed = max(mod, known.answers[-1].id // 1000) if known.answers else mod
            self.newest = max(self.newest, changed * 1000)
            cards.append((nid + ord, nid, did, ord, changed, *columns))
            self.answers += [(row[0], nid + ord, *row[1:]) for row in rows]
        return cards

    def finish(self, db: sqlite3.Connection, genanki: ModuleType) -> None:
        super().finish(db, genanki)
        decks, presets, conf = map(
            json.loads, db.execute("SELECT decks, dconf, conf FROM col").fetchone()
        )
        for did, preset in self.presets.items():
            decks[str(did)]["conf"] = preset
        presets |= self.studied.configs(presets["1"], self.newest // 1000)
        conf["rollover"] = self.study.rollover
        db.execute(
            "UPDATE col SET decks = ?, dconf = ?, conf = ?",
            (json.dumps(decks), json.dumps(presets), json.dumps(conf)),
        )


@lru_cache(1000)
def _tags(kind: str, competency: str | None, refs: Sequence[str], own: Sequence[str]) -> str:
    tags = [f"competency::{_tag(competency)}"] if competency else []
    tags += [f"kind::{kind}", *[f"ref::{_tag(ref)}" for ref in refs], *map(_tag, own)]
    return f" {' '.join(dict.fromkeys(tags))} "


def _tag(text: str) -> str:
    return _NOT_IN_A_TAG.sub("-", clean(text).strip()) or "-"


def _deck_title(title: str) -> str:
    """A deck title as one level of Anki's tree of decks, which `::` divides."""
    words = " ".join(clean(title).replace('"', "'").split())
    return re.sub(":{2,}", ":", words).strip(": ") or "Greenflag"


def _zip(collection: Path, package: Path, media: Media) -> None:
    """The package file: a member named by `open` bears a fixed time, so equal rows, equal bytes."""
    file = os.open(package, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    large = collection.stat().st_size > ZIP64_LIMIT // 2
    with (
        os.fdopen(file, "wb") as out,
        ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        with (
            collection.open("rb") as rows,
            archive.open("collection.anki2", "w", force_zip64=large) as member,
        ):
            copyfileobj(rows, member, 1 << 16)
        for number, path in enumerate(media.paths):
            with path.open("rb") as shown, archive.open(str(number), "w") as member:
                copyfileobj(shown, member, 1 << 16)
        with archive.open("media", "w") as member:
            names = {str(number): name for number, name in enumerate(media.files)}
            member.write(json.dumps(names).encode())


def _genanki() -> ModuleType:
    """genanki, without paying for modules that our use of it never reaches (half of its time)."""
    names = ("asyncio", "chevron", "hashlib", "yaml")
    unused = [name for name in names if name not in sys.modules]
    sys.modules.update({name: _stand_in(name) for name in unused})
    try:
        import genanki
    finally:
        for name in unused:
            del sys.modules[name]
    package: ModuleType = genanki
    return package


def _stand_in(name: str) -> ModuleType:
    """A module that fetches the real one when something of it is asked for."""
    module = ModuleType(name)
    module.__getattr__ = lambda asked: getattr(import_module(name), asked)  # type: ignore[method-assign]
    return module
