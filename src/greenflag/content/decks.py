"""Deck files as notes and problems.

A deck is one YAML file. Reading never stops at the first mistake: every problem of every file is
found in one go, each with its line and a mend, and a deck with a problem gives no notes at all.
"""

from __future__ import annotations

import gc
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import FieldInfo
from msgspec.structs import fields as struct_fields

from greenflag.content import yamlfile
from greenflag.content.notes import COMPETENCIES, KINDS, MOST_ITEMS, AnyNote, Note
from greenflag.content.problem import Problem
from greenflag.content.yamlfile import printable

LARGEST = 64 * 2**20
"""Bytes a deck file may have; a hundred thousand notes take about half of it."""

_HEADER: Mapping[str, tuple[type, str]] = {
    "deck": (str, "the title of the deck"),
    "about": (str, "one sentence"),
    "language": (str, "a code such as en"),
    "competencies": (dict, "names with what they cover"),
    "notes": (list, "a list of notes"),
}


class Placed(NamedTuple):
    """A note and the line (from 1) of its file where it starts."""

    note: Note
    line: int


class Deck(NamedTuple):
    """One deck file, read and found good."""

    file: str
    title: str
    about: str
    language: str
    notes: tuple[Placed, ...]


class Reading(NamedTuple):
    """What reading some deck files gave: the good decks, and every problem."""

    decks: tuple[Deck, ...]
    problems: tuple[Problem, ...]


def deck_paths(folder: Path) -> list[Path]:
    """The deck files of a folder, by name; a missing folder has none."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))


def read_decks(paths: Sequence[Path]) -> Reading:
    """All decks in the files, and all problems; ids must be unique over all of them.

    A deck with a problem is left out whole. Of two files with the same name in different folders
    the later holds the user's versions of some notes of the earlier, and they take their places.
    """
    decks: list[Deck] = []
    problems: list[Problem] = []
    collecting = gc.isenabled()
    gc.disable()  # millions of small values, no cycles: the collector only costs time here
    try:
        for path in paths:
            deck, found = read_deck(path)
            problems += found
            if deck:
                decks.append(deck)
        decks = _with_own_versions(decks)
        doubled = list(_doubled_ids(decks))
    finally:
        if collecting:
            gc.enable()
    broken = {problem.file for problem in doubled}
    return Reading(
        tuple(deck for deck in decks if deck.file not in broken),
        tuple(sorted(problems + doubled, key=lambda problem: (problem.file, problem.line))),
    )


def read_deck(path: Path) -> tuple[Deck | None, list[Problem]]:
    """One deck file as a deck, or the problems that keep it from being one."""
    file = str(path)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            what = "a folder" if stat.S_ISDIR(about.st_mode) else "not a plain file"
            return None, [Problem(file, 1, what, "a deck is a YAML file")]
        if about.st_size > LARGEST:
            size = f"{about.st_size / 2**20:.0f} MB, more than {LARGEST // 2**20}"
            return None, [Problem(file, 1, f"too large: {size}", "split the deck")]
        data = path.read_bytes()
    except OSError as error:
        return None, [Problem(file, 1, f"not readable: {error.strerror}", "check the file")]
    return deck_of(data, file)


def deck_of(data: bytes, file: str) -> tuple[Deck | None, list[Problem]]:
    """The deck in the bytes of a file, or the problems that keep it from being one."""
    value, problems = yamlfile.read(data, file)
    if value is None:
        return None, problems or [Problem(file, 1, "empty", "start with: greenflag deck new NAME")]
    if not isinstance(value, yamlfile.Mapping):
        return None, [
            Problem(file, 1, f"{_a(value)} instead of a deck", "begin with deck: and notes:")
        ]
    problems += _header_problems(value, file)
    notes = value.get("notes")
    placed, found = _read_notes(notes if isinstance(notes, list) else [], _areas(value), file)
    problems += found
    if problems:
        return None, problems
    return Deck(
        file, value["deck"], value.get("about", ""), value.get("language", "en"), placed
    ), []


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a deck file, generated from the kinds of note."""
    (deck,), notes = msgspec.json.schema_components([list[AnyNote]], ref_template="#/$defs/{name}")
    for definition in notes.values():
        competency = definition.get("properties", {}).get("competency")
        if competency:
            competency["examples"] = list(COMPETENCIES)
    kinds = deck["items"]["anyOf"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A greenflag deck",
        "type": "object",
        "additionalProperties": False,
        "required": ["deck", "notes"],
        "properties": {
            "deck": {"type": "string", "minLength": 1, "description": "The title of the deck."},
            "about": {"type": "string", "description": "What it teaches, in a sentence."},
            "language": {"type": "string", "description": "A language code such as `en`."},
            "competencies": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "Areas of your own beside the twelve: name, and what it covers.",
            },
            "notes": {"type": "array", "items": {"anyOf": kinds}},
        },
        "$defs": notes,
    }


def example(name: str) -> str:
    """A deck to start from: two notes that load, and one of every other kind as a comment."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "deck"
    text = (Path(__file__).parent / "example.yaml").read_text("utf-8")
    title = name.replace("-", " ").replace("_", " ").capitalize().replace('"', "'")
    return text.replace("TITLE", title).replace("NAME", slug)


def takes(kind: str, field: str) -> str:
    """What a field of a kind takes: `text`, `list`, `number` or `boolean`."""
    wanted = {each.name: each.type for each in struct_fields(KINDS[kind])}.get(field, str)
    tried: tuple[tuple[str, object], ...] = (
        ("text", "x"), ("list", ["x"]), ("number", 3), ("boolean", True), ("text", "3 days before"),
    )  # fmt: skip
    for name, value in tried:
        try:
            msgspec.convert(value, wanted)
        except msgspec.ValidationError:
            continue
        return name
    return "text"


def _read_notes(
    values: Sequence[object], areas: Sequence[str], file: str
) -> tuple[tuple[Placed, ...], list[Problem]]:
    placed: list[Placed] = []
    problems: list[Problem] = []
    known = frozenset(areas)
    for value in values:
        if isinstance(value, yamlfile.Mapping):
            kind = value.get("kind")
            try:
                note = msgspec.convert(value, KINDS[kind]) if kind in KINDS else None  # type: ignore[index]
            except (msgspec.ValidationError, TypeError):
                note = None
            if note and _sound(note, known):
                placed.append(Placed(note, value.line))
                continue
            problems += _note_problems(value, known, file)
        else:
            problems.append(
                Problem(
                    file, 1, f"{_a(value)} instead of a note", "a note has kind, id and its fields"
                )
            )
    return tuple(placed), problems


def _sound(note: Note, areas: frozenset[str]) -> bool:
    """Whether what the types cannot say holds too; when not, `_note_problems` says why."""
    if note.competency is not None and note.competency not in areas:
        return False
    return all(area in areas for area in getattr(note, "competencies", ()))


def _header_problems(value: yamlfile.Mapping, file: str) -> Iterator[Problem]:
    for name, line in value.lines.items():
        if name not in _HEADER:
            yield Problem(
                file, line, f"unknown field {printable(name)}", f"a deck has {_all_of(_HEADER)}"
            )
            continue
        wanted, mend = _HEADER[name]
        found = value[name]
        if not isinstance(found, wanted) or found == "" or str(found).isspace():
            yield Problem(file, line, f"{name} is {_a(found)}", mend)
    for name in ("deck", "notes"):
        if name not in value:
            yield Problem(file, 1, f"{name} is missing", _HEADER[name][1])


def _areas(value: yamlfile.Mapping) -> list[str]:
    own = value.get("competencies")
    return [*COMPETENCIES, *(own if isinstance(own, dict) else ())]


def _note_problems(value: yamlfile.Mapping, areas: frozenset[str], file: str) -> Iterator[Problem]:
    """Every problem of one note, field by field; the quick road only says that there is one."""
    kind = value.get("kind")
    if kind is None:
        yield Problem(file, value.line, "kind is missing", f"one of {_all_of(KINDS)}")
        return
    if not isinstance(kind, str) or kind not in KINDS:
        line = value.lines["kind"]
        yield Problem(
            file, line, f"unknown kind {printable(str(kind))}", f"one of {_all_of(KINDS)}"
        )
        return
    wanted = {field.name: field for field in struct_fields(KINDS[kind])}
    for name, line in value.lines.items():
        if name == "kind":
            continue
        if name not in wanted:
            mend = f"{kind} has {_all_of(wanted)}"
            yield Problem(file, line, f"unknown field {printable(name)}", mend)
        else:
            what = _field_problem(value[name], wanted[name], areas)
            if what:
                yield Problem(file, line, *what)
    for name, field in wanted.items():
        if field.required and name not in value:
            yield Problem(file, value.line, f"{name} is missing", f"{kind} needs it")


def _field_problem(
    value: object, field: FieldInfo, areas: frozenset[str]
) -> tuple[str, str] | None:
    name = field.name
    try:
        msgspec.convert(value, field.type)
    except msgspec.ValidationError as error:
        return _in_words(name, value, str(error))
    if name in ("competency", "competencies"):
        for area in _texts(value):
            if area not in areas:
                return f"unknown competency {printable(area)}", f"one of {_all_of(areas)}"
    return None


def _in_words(name: str, value: object, error: str) -> tuple[str, str]:
    """What msgspec found, in the words of somebody who writes decks."""
    if name == "id" and isinstance(value, str):
        return f"id {printable(value)} is no good", "a-z, 0-9, - and . only, at most 100 characters"
    if name == "weight":
        return f"weight is {printable(str(value))}", "a whole number from 1 to 5"
    if "matching regex" in error and "due" in error:
        return "due is not a time", "for example: 3 days before"
    if "matching regex" in error and name == "tags":
        return "a tag with a space or quote in it", "join the words with -"
    if "matching regex" in error and "{c" in error:
        return f"no gap in {name}", "write one as {{c1::hidden}}"
    if "length >=" in error or "matching regex" in error:
        return (
            f"{name} has an empty text" if value else f"{name} is empty",
            "write it or remove the line",
        )
    if "length <=" in error:
        return f"{name} is too long", f"at most {MOST_ITEMS} items, 20,000 characters a text"
    if "Invalid enum value" in error:
        return (
            f"{name} is {printable(str(value))}",
            "behavioural, technical, situational or general",
        )
    if found := re.search(r"missing required field `(\w+)`", error):
        return f"{name}: {found[1]} is missing", "every item needs it"
    if found := re.search(r"contains unknown field `(.*)`", error):
        return f"{name}: unknown field {printable(found[1])}", "see: greenflag deck schema"
    found = re.search(r"Expected `([^`]*)`, got `(\w+)`(?: - at `\$(.*)`)?", error)
    if not found:
        return f"{name} is wrong", "see: greenflag deck schema"
    where = f"{name}{found[3] or ''}".replace("[...]", "")
    return f"{where} is {_GOT.get(found[2], found[2])}", _MENDS.get(
        found[1].split(" |")[0], "see: greenflag deck schema"
    )


_GOT = {
    "int": "a number", "float": "a number", "bool": "yes or no", "null": "empty",
    "array": "a list", "object": "a mapping", "str": "a text",
}  # fmt: skip
_MENDS = {
    "str": "write a text; put numbers, yes and no in quotes",
    "array": "write a list: one line each, beginning with -",
    "bool": "write true or false",
    "object": "write name: text pairs",
    "int": "write a whole number",
}


def _a(value: object) -> str:
    if value is None:
        return "empty"
    for kinds, words in (
        (dict, "a mapping"),
        (list, "a list"),
        (bool, "yes or no"),
        ((int, float), "a number"),
    ):
        if isinstance(value, kinds):
            return words
    return "a text" if str(value).strip() else "empty"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _all_of(names: Mapping[str, object] | frozenset[str]) -> str:
    return ", ".join(sorted(names) if isinstance(names, frozenset) else names)


def doubled_elsewhere(
    decks: Sequence[Deck], elsewhere: Mapping[str, tuple[str, int]]
) -> list[Problem]:
    """The notes whose ids other deck files (id → file, line) hold already."""
    return [
        Problem(
            deck.file,
            line,
            "id {} is taken by {}:{}".format(note.id, *elsewhere[note.id]),
            "choose another id",
        )
        for deck in decks
        for note, line in deck.notes
        if note.id in elsewhere
    ]


def _with_own_versions(decks: Sequence[Deck]) -> list[Deck]:
    later: dict[str, set[str]] = {}
    out: list[Deck] = []
    for deck in reversed(decks):
        name = Path(deck.file).name
        taken = later.get(name)
        if taken:
            deck = deck._replace(notes=tuple(p for p in deck.notes if p.note.id not in taken))
        later.setdefault(name, set()).update(placed.note.id for placed in deck.notes)
        out.append(deck)
    return out[::-1]


def _doubled_ids(decks: Sequence[Deck]) -> Iterator[Problem]:
    seen: dict[str, tuple[str, int]] = {}
    for deck in decks:
        for note, line in deck.notes:
            if note.id in seen:
                file, first = seen[note.id]
                yield Problem(
                    deck.file, line, f"id {note.id} is taken by {file}:{first}", "choose another id"
                )
            else:
                seen[note.id] = (deck.file, line)
