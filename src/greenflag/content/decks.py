"""Deck files as notes and problems.

A deck is one YAML file. Reading never stops at the first mistake: every problem of every file is
found in one go, each with its line and a mend, and a deck with a problem gives no notes at all.
"""

from __future__ import annotations

import gc
import json
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from greenflag.content import yamlfile
from greenflag.content.fields import (
    FieldProblem,
    ListOf,
    OneOf,
    Text,
    Whole,
    YesNo,
    kind_of,
    object_schema,
    read_fields,
)
from greenflag.content.notes import COMPETENCIES, KINDS, Note
from greenflag.content.problem import Problem, shown

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
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in (".yaml", ".yml") and not path.name.startswith(".")
    )


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
            Problem(file, 1, f"{kind_of(value)} instead of a deck", "begin with deck: and notes:")
        ]
    problems += _header_problems(value, file)
    notes = value.get("notes")
    if not isinstance(notes, yamlfile.List):
        notes = yamlfile.List()
    placed, found = _read_notes(notes, _areas(value), file)
    problems += found
    if problems:
        return None, problems
    return Deck(
        file, value["deck"], value.get("about", ""), value.get("language", "en"), placed
    ), []


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a deck file, generated from the kinds of note."""
    notes = {name: object_schema(kind, {"kind": name}) for name, kind in KINDS.items()}
    for note in notes.values():
        note["properties"]["competency"]["examples"] = list(COMPETENCIES)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A greenflag deck",
        "type": "object",
        "additionalProperties": False,
        "required": ["deck", "notes"],
        "properties": {
            "deck": {"type": "string", "pattern": r"\S", "description": "The title of the deck."},
            "about": {
                "type": "string",
                "pattern": r"\S",
                "description": "What it teaches, in a sentence.",
            },
            "language": {
                "type": "string",
                "pattern": r"\S",
                "description": "A language code such as `en`.",
            },
            "competencies": {
                "type": "object",
                "propertyNames": {"pattern": r"\S"},
                "additionalProperties": {"type": "string", "pattern": r"\S"},
                "description": "Areas of your own beside the twelve: name, and what it covers.",
            },
            "notes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["kind"],
                    "properties": {"kind": {"enum": list(KINDS)}},
                    "allOf": [
                        {
                            "if": {"properties": {"kind": {"const": name}}},
                            "then": {"$ref": f"#/$defs/{name}"},
                        }
                        for name in KINDS
                    ],
                },
            },
        },
        "$defs": notes,
    }


def example(name: str) -> str:
    """A deck to start from: two notes that load, and one of every other kind as a comment."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower())[:60].strip("-") or "deck"
    text = (Path(__file__).parent / "example.yaml").read_text("utf-8")
    title = name.replace("-", " ").replace("_", " ").strip().capitalize() or "My deck"
    title = json.dumps(title, ensure_ascii=False)
    return text.replace("NAME", slug).replace('"TITLE"', title, 1)


def takes(kind: str, field: str) -> str:
    """What a field of a kind takes: `text`, `list`, `number` or `boolean`."""
    known = KINDS[kind].fields.get(field)
    type_ = known.type if known else None
    if isinstance(type_, OneOf):
        type_ = next(each for each in type_.types if isinstance(each, Text | ListOf))
    if isinstance(type_, Whole):
        return "number"
    if isinstance(type_, YesNo):
        return "boolean"
    return "list" if isinstance(type_, ListOf) else "text"


def _read_notes(
    values: yamlfile.List, areas: frozenset[str], file: str
) -> tuple[tuple[Placed, ...], list[Problem]]:
    placed: list[Placed] = []
    problems: list[Problem] = []
    for value, line in zip(values, values.lines, strict=True):
        if len(problems) > yamlfile.MOST_PROBLEMS:
            what = f"more than {yamlfile.MOST_PROBLEMS:,} problems"
            problems.append(Problem(file, line, what, "mend these first"))
            break
        if not isinstance(value, yamlfile.Mapping):
            what = f"{kind_of(value)} instead of a note"
            problems.append(Problem(file, line, what, "a note has kind, id and its fields"))
            continue
        note, found = _read_note(value, areas)
        if note:
            placed.append(Placed(note, value.line))
        for field, what, mend in found:
            line = value.lines[field] if field else value.line
            problems.append(Problem(file, line, what, mend))
    return tuple(placed), problems


def _read_note(
    value: yamlfile.Mapping, areas: frozenset[str]
) -> tuple[Note | None, list[FieldProblem]]:
    """One note, or its problems, each with the field it is in."""
    given = dict(value)
    kind = given.pop("kind", None)
    if kind is None and "kind" not in value:
        return None, [FieldProblem(None, "kind is missing", f"one of {', '.join(KINDS)}")]
    if not isinstance(kind, str) or kind not in KINDS:
        what = f"unknown kind {shown(str(kind))}"
        return None, [FieldProblem("kind", what, f"one of {', '.join(KINDS)}")]
    note, problems = read_fields(KINDS[kind], given)
    if note is None:
        return None, problems
    unknown = list(_unknown_areas(note, areas))
    return (None if unknown else note), unknown


def _unknown_areas(note: Note, areas: frozenset[str]) -> Iterator[FieldProblem]:
    for field, named in (
        ("competency", (note.competency,) if note.competency is not None else ()),
        ("competencies", getattr(note, "competencies", ())),
    ):
        for area in named:
            if area not in areas:
                mend = f"one of {', '.join([*COMPETENCIES, *sorted(areas - {*COMPETENCIES})[:12]])}"
                yield FieldProblem(field, f"unknown competency {shown(area)}", mend)


def _header_problems(value: yamlfile.Mapping, file: str) -> Iterator[Problem]:
    for name, line in value.lines.items():
        if name not in _HEADER:
            yield Problem(
                file, line, f"unknown field {shown(name)}", f"a deck has {', '.join(_HEADER)}"
            )
            continue
        wanted, mend = _HEADER[name]
        found = value[name]
        if not isinstance(found, wanted) or found == "" or str(found).isspace():
            yield Problem(file, line, f"{name} is {kind_of(found)}", mend)
        elif isinstance(found, yamlfile.Mapping):
            for area, covers in found.items():
                if kind_of(covers) != "a text" or not area.strip():
                    what = f"{name}: {shown(area) or 'the empty name'} is {kind_of(covers)}"
                    yield Problem(file, found.lines[area], what, mend)
    for name in ("deck", "notes"):
        if name not in value:
            yield Problem(file, 1, f"{name} is missing", _HEADER[name][1])


def _areas(value: yamlfile.Mapping) -> frozenset[str]:
    own = value.get("competencies")
    return frozenset((*COMPETENCIES, *(own if isinstance(own, dict) else ())))


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
