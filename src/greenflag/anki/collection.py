"""What an Anki collection holds, as plain values: note types, notes with their cards, reviews.

Reads both layouts there are: note types and decks as JSON in one row (schema 11), or in tables of
their own (15 and later). Columns may hold anything, so every value is taken as what it should be or
left out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from greenflag.anki.ledger import Answered, answer_of
from greenflag.anki.packagefile import message
from greenflag.errors import GreenflagError

MOST_NOTES, MOST_CARDS, MOST_REVIEWS = 100_000, 400_000, 1_000_000
"""How much of each a package may hold."""
LONGEST_NOTE = 500_000
"""Characters all fields of a note may have together."""
MOST_TEXT = 64 * 2**20
"""Characters all notes may have together."""
_FIELD = "\x1f"


class Template(NamedTuple):
    """One card of a note type: its place, and both sides as Anki's template language."""

    ord: int
    name: str
    front: str
    back: str


class NoteType(NamedTuple):
    """A note type: its fields and templates in order, and whether it makes gaps."""

    name: str
    cloze: bool
    fields: tuple[str, ...]
    templates: tuple[Template, ...]


class ForeignCard(NamedTuple):
    """A card as Anki has it; `deck` is its name, levels divided by `::`."""

    id: int
    ord: int
    deck: str
    suspended: bool


class ForeignNote(NamedTuple):
    """A note as Anki has it, its fields as HTML; without cards when it comes from a text file."""

    guid: str
    type: NoteType
    tags: tuple[str, ...]
    fields: tuple[str, ...]
    cards: tuple[ForeignCard, ...] = ()
    deck: str = ""


class ForeignReview(NamedTuple):
    """An answer in Anki's log, and the number of the card there."""

    card: int
    answered: Answered


def read_notes(db: sqlite3.Connection) -> Iterator[ForeignNote]:
    """The notes of a collection, oldest first, each with its cards."""
    for table, most in (("notes", MOST_NOTES), ("cards", MOST_CARDS), ("revlog", MOST_REVIEWS)):
        (count,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
        if count > most:
            what = f"{count:,} rows of {table}, more than {most:,}"
            raise GreenflagError(what, "export one deck at a time")
    (size,) = db.execute("SELECT total(length(flds)) FROM notes").fetchone()
    if size > MOST_TEXT:
        raise GreenflagError("notes of more than 64 MB", "export one deck at a time")
    types = _note_types(db)
    cards = _cards(db, _deck_names(db))
    rows = db.execute(
        "SELECT id, guid, mid, tags, flds FROM notes WHERE length(flds) <= ? ORDER BY id",
        (LONGEST_NOTE,),
    )
    for nid, guid, mid, tags, fields in rows:
        kind = types.get(mid)
        if kind and isinstance(fields, str):
            texts = (*fields.split(_FIELD), *[""] * len(kind.fields))[: len(kind.fields)]
            words = tuple(str(tags).split())
            yield ForeignNote(str(guid), kind, words, texts, tuple(cards.get(nid, ())))


def count_notes(db: sqlite3.Connection) -> int:
    """How many notes a collection has, also those that cannot be read."""
    return int(db.execute("SELECT count(*) FROM notes").fetchone()[0])


def read_reviews(db: sqlite3.Connection) -> Iterator[ForeignReview]:
    """The answers in the log, by card and oldest first.

    Left out: previews in filtered decks, and days moved by hand or by a change of settings. What
    Anki calls Forget is a reset. Of the oldest scheduler the ratings while learning are one lower.
    """
    old = _is_old_scheduler(db)
    rows = db.execute(
        "SELECT id, cid, ease, type, factor, time FROM revlog"
        " WHERE typeof(id) = 'integer' AND typeof(cid) = 'integer'"
        " ORDER BY cid, id"
    )
    for id_, card, ease, kind, factor, time in rows:
        answered = answer_of(id_, ease, factor, time, kind, old=old)
        if answered and answered.counts:
            yield ForeignReview(card, answered)


def _is_old_scheduler(db: sqlite3.Connection) -> bool:
    if _has(db, "config"):
        row = db.execute("SELECT val FROM config WHERE key = 'schedVer'").fetchone()
        return row is not None and _json(row[0]) == 1
    conf = _json(db.execute("SELECT conf FROM col").fetchone()[0])
    return not isinstance(conf, dict) or conf.get("schedVer", 1) == 1


# --- cards and decks


def _cards(db: sqlite3.Connection, decks: Mapping[int, str]) -> dict[int, list[ForeignCard]]:
    rows = db.execute(
        "SELECT id, nid, ord, iif(odid, odid, did), queue FROM cards"
        " WHERE typeof(id) = 'integer' AND typeof(ord) = 'integer' ORDER BY nid, ord"
    )
    found: dict[int, list[ForeignCard]] = {}
    for id_, nid, ord, deck, queue in rows:
        card = ForeignCard(id_, ord, decks.get(deck, ""), queue == -1)
        found.setdefault(nid, []).append(card)
    return found


def _deck_names(db: sqlite3.Connection) -> dict[int, str]:
    if _has(db, "decks"):
        rows = db.execute("SELECT id, name FROM decks").fetchall()
        return {id_: str(name).replace(_FIELD, "::") for id_, name in rows}
    decks = _json(db.execute("SELECT decks FROM col").fetchone()[0])
    return {
        _whole(id_): str(_of(deck, "name", ""))
        for id_, deck in (decks.items() if isinstance(decks, dict) else ())
    }


# --- note types


def _note_types(db: sqlite3.Connection) -> dict[int, NoteType]:
    if _has(db, "notetypes"):
        return _from_tables(db)
    models = _json(db.execute("SELECT models FROM col").fetchone()[0])
    found = {}
    for id_, model in models.items() if isinstance(models, dict) else ():
        fields = [str(_of(field, "name", "")) for field in _list(model, "flds")]
        templates = [
            Template(
                ord, str(_of(each, "name", "")), str(_of(each, "qfmt", "")),
                str(_of(each, "afmt", "")),
            )
            for ord, each in enumerate(_list(model, "tmpls"))
        ]  # fmt: skip
        name, cloze = str(_of(model, "name", "")), _of(model, "type", 0) == 1
        found[_whole(id_)] = NoteType(name, cloze, tuple(fields), tuple(templates))
    return found


def _from_tables(db: sqlite3.Connection) -> dict[int, NoteType]:
    fields: dict[int, list[str]] = {}
    for id_, name in db.execute("SELECT ntid, name FROM fields ORDER BY ntid, ord"):
        fields.setdefault(id_, []).append(str(name))
    templates: dict[int, list[Template]] = {}
    for id_, ord, name, config in db.execute(
        "SELECT ntid, ord, name, config FROM templates ORDER BY ntid, ord"
    ):
        sides = message(config)
        template = Template(_whole(ord), str(name), _text(sides.get(1)), _text(sides.get(2)))
        templates.setdefault(id_, []).append(template)
    return {
        id_: NoteType(
            str(name), message(config).get(1) == 1, tuple(fields.get(id_, ())),
            tuple(templates.get(id_, ())),
        )
        for id_, name, config in db.execute("SELECT id, name, config FROM notetypes")
    }  # fmt: skip


# --- values as they should be


def _has(db: sqlite3.Connection, table: str) -> bool:
    row = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
    return row.fetchone() is not None


def _json(text: object) -> Any:
    try:
        return json.loads(text) if isinstance(text, str | bytes) else None
    except (ValueError, RecursionError):
        return None


def _of(value: Any, name: str, default: object) -> Any:
    return value.get(name, default) if isinstance(value, dict) else default


def _list(value: Any, name: str) -> list[Any]:
    found = _of(value, name, [])
    return found if isinstance(found, list) else []


def _whole(value: object) -> int:
    if isinstance(value, str) and len(value) < 20 and value.lstrip("-").isdecimal():
        return int(value)
    return value if isinstance(value, int) else 0


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
