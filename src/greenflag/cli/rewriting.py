"""Fields of notes changed in deck files, with the rest of the file left as it stands (pure)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from greenflag.content import yamlfile
from greenflag.content.decks import deck_of
from greenflag.content.notes import from_json, to_json


def with_changes(text: str, note_id: str, changes: Mapping[str, Any]) -> str | None:
    """A deck with some fields of a note changed (None: removed); None when that cannot be done.

    Only the lines of those fields are written anew. Where that would not do, as in a note on one
    line, the whole note is.
    """
    place = _find(text, note_id)
    wanted = _changed(text, note_id, changes)
    if place is None or wanted is None:
        return None
    note, end = place
    for attempt in (_with_fields(text, note, end, changes), _written_anew(text, note, end, wanted)):
        if attempt is not None and _note(attempt, note_id) == wanted:
            return attempt
    return None


def _find(text: str, note_id: str) -> tuple[yamlfile.Mapping, int] | None:
    """A note of a deck as it stands in the file, and the line after its last."""
    deck, _ = yamlfile.read(text.encode(), "")
    notes = deck.get("notes") if isinstance(deck, yamlfile.Mapping) else None
    if not isinstance(notes, yamlfile.List):
        return None
    for number, note in enumerate(notes):
        if isinstance(note, yamlfile.Mapping) and note.get("id") == note_id:
            later = notes.lines[number + 1 :]
            beyond = [line for line in deck.lines.values() if line > note.line]
            return note, min((*later, *beyond, text.count("\n") + 2))
    return None


def _note(text: str, note_id: str) -> str | None:
    """A note of a deck as JSON; None when the deck has problems."""
    deck, problems = deck_of(text.encode(), "")
    if deck is None or problems:
        return None
    return next((to_json(note) for note, _ in deck.notes if note.id == note_id), None)


def _changed(text: str, note_id: str, changes: Mapping[str, Any]) -> str | None:
    """What the note is to be, as JSON."""
    held = _note(text, note_id)
    if held is None:
        return None
    fields = json.loads(held) | changes
    given = {name: value for name, value in fields.items() if value is not None}
    return to_json(from_json(json.dumps(given)))


def _with_fields(
    text: str, note: yamlfile.Mapping, end: int, changes: Mapping[str, Any]
) -> str | None:
    """The deck with only the lines of the fields changed; None when they share lines."""
    lines = text.split("\n")
    starts = sorted(note.lines.values())
    if len(set(starts)) < len(starts):
        return None
    first = lines[starts[0] - 1]
    indent = len(first) - len(first.lstrip(" -"))
    for name, start in sorted(note.lines.items(), key=lambda item: -item[1]):
        if name not in changes:
            continue
        line = lines[start - 1]
        if not re.match(rf"[ -]*{re.escape(name)}\s*:", line):
            return None
        beyond = min((*(each for each in starts if each > start), end))
        while beyond - 1 > start and re.match(rf" {{0,{indent}}}(#|\Z)", lines[beyond - 2]):
            beyond -= 1  # blank lines and comments after the field stay
        value = changes[name]
        if value is None and start == starts[0]:
            return None
        new = [] if value is None else [f"{line[:indent]}{name}: {_yaml(value)}"]
        lines[start - 1 : beyond - 1] = new
    added = [
        f"{' ' * indent}{name}: {_yaml(value)}"
        for name, value in changes.items()
        if name not in note.lines and value is not None
    ]
    lines[starts[0] : starts[0]] = added
    return "\n".join(lines)


def _written_anew(text: str, note: yamlfile.Mapping, end: int, wanted: str) -> str:
    """The deck with the whole note written anew."""
    lines = text.split("\n")
    start = note.line - 1
    dash = lines[start]
    margin = dash[: len(dash) - len(dash.lstrip(" "))]
    while end - 1 > start + 1 and not lines[end - 2].strip():
        end -= 1
    fields: Sequence[tuple[str, Any]] = list(json.loads(wanted).items())
    new = [
        f"{margin}{'  ' if place else '- '}{name}: {_yaml(value)}"
        for place, (name, value) in enumerate(fields)
    ]
    return "\n".join([*lines[:start], *new, *lines[end - 1 :]])


def _yaml(value: Any) -> str:
    """A value as YAML on one line: JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)
