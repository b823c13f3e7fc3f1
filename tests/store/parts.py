"""What the tests of the store are made from: small decks, ratings, and the whole of a store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path

from greenflag.memory.schedule import after, replay
from greenflag.memory.state import Memory
from greenflag.store import notes, reviews
from greenflag.store.connection import open_store
from greenflag.store.notes import CardRow, Changes, FileRow, NoteRow
from greenflag.store.rows import Review

DAY = 739_942
"""The study day on which most tests play: 2026-11-23."""

AT = 1_795_420_800_000
"""A moment on that day, in milliseconds."""

HOUR = 3_600_000


def note(
    id_: str,
    *,
    file: str = "decks/mine.yaml",
    position: int = 0,
    words: str = "",
    faces: Sequence[str] = ("card",),
    kind: str = "basic",
    competency: str | None = None,
    weight: int = 3,
    tags: Sequence[str] = (),
) -> NoteRow:
    """A note on its way into the store; its words are what it can be found by."""
    fields = {"kind": kind, "id": id_, "competency": competency, "weight": weight, "tags": [*tags]}
    body = json.dumps(fields | {"front": words, "faces": [*faces]}, ensure_ascii=False)
    return NoteRow(
        id=id_,
        file=file,
        line=position * 3 + 2,
        position=position,
        kind=kind,
        competency=competency,
        weight=weight,
        tags=json.dumps(list(tags)),
        body=body,
        hash=blake2b(body.encode(), digest_size=16).hexdigest(),
        cards=tuple(
            CardRow(f"{id_}/{face}", place, f"{words} {face}?", f"{words} {face}!")
            for place, face in enumerate(faces)
        ),
    )


def keep(
    db: sqlite3.Connection,
    *kept: NoteRow,
    gone: Sequence[str] = (),
    also: Sequence[str] = (),
    at: int = AT,
    titles: dict[str, str] | None = None,
) -> Changes:
    """Keep decks with these notes (and the empty files `also`), as a sync does."""
    files = [
        FileRow(path, 100, at, (titles or {}).get(path, path), "", "en", path.startswith("decks/"))
        for path in sorted({*(note.file for note in kept), *also})
    ]
    return notes.keep_decks(db, files, kept, gone, {}, at)


def a_store(home: Path, *kept: NoteRow) -> sqlite3.Connection:
    """A store in a home folder, with notes in it."""
    db = open_store(str(home))
    if kept:
        keep(db, *kept)
    return db


def rate(
    db: sqlite3.Connection,
    card: str,
    rating: int = 3,
    *,
    day: int = DAY,
    at: int = AT,
    seconds: float | None = 7.5,
) -> Review:
    """Rate a card as it is now."""
    memory = after(reviews.memory_of(db, card), rating, day)
    seen = reviews.last_review(db, card)
    written, _ = reviews.record(db, Review(card, at, day, rating, seconds), memory, seen)
    return written


def cram(db: sqlite3.Connection, card: str, rating: int = 3, *, at: int = AT) -> Review:
    """Rate a card outside the schedule."""
    review = Review(card, at, DAY, rating, 5.0, "cram")
    return reviews.record(db, review, None, reviews.last_review(db, card))[0]


def from_log(_: str, log: Iterable[tuple[int, int]]) -> Memory | None:
    """The memory of a card as the defaults replay it."""
    return replay(log)


def dump(db: sqlite3.Connection, *besides: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for what only counts (and `besides`)."""
    tables = [
        name
        for (name,) in db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"
            " AND name NOT LIKE 'search_%' AND name <> 'sqlite_sequence' ORDER BY name"
        )
        if name not in besides
    ]
    columns = {"search": "rowid, words"}
    return {
        name: sorted(db.execute(f"SELECT {columns.get(name, '*')} FROM {name}"), key=repr)
        for name in tables
    }


def sound(db: sqlite3.Connection) -> bool:
    """Whether SQLite finds the file whole, its references too, and its search index with it."""
    db.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    whole = db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return whole and not db.execute("PRAGMA foreign_key_check").fetchall()
