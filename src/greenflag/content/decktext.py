"""A deck file as text: notes put in, rewritten and taken out, everything else left as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from greenflag.errors import GreenflagError


def head(title: str) -> str:
    """The beginning of a new deck file."""
    return f"deck: {json.dumps(title, ensure_ascii=False)}\nlanguage: en\nnotes:"


def block(fields: Mapping[str, object]) -> str:
    """A note as the lines of a list item."""
    lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items())
    return "".join(f"{'  ' if number else '- '}{line}" for number, line in enumerate(lines))


def with_note(text: str, note: str) -> tuple[str, int]:
    """A deck with a note put at its end, indented as its notes are, and the line of the note."""
    text = re.sub(r"^notes: *\[\] *$", "notes:", text.rstrip("\r\n"), flags=re.M)
    first = re.search(r"^notes:[^\n]*\n(?:[ \t\r]*(?:#[^\n]*)?\n)*( *)- ", text, re.M)
    lines = _indented(note, first[1] if first else "")
    return "\n".join((text, *lines, "")), text.count("\n") + 2


def with_notes(
    text: str, places: Mapping[str, int], notes: Iterable[tuple[str, Mapping[str, object] | None]]
) -> str:
    """A deck with some notes, given as (id, fields), written anew, added, or taken out (None).

    `places` are the lines (from 1) on which the notes it has begin.
    """
    lines = text.split("\n")
    changed = dict(notes)
    for id_ in sorted(changed.keys() & places.keys(), key=lambda each: -places[each]):
        fields, start = changed[id_], places[id_] - 1
        indent = lines[start][: len(lines[start]) - len(lines[start].lstrip(" "))]
        if not lines[start].startswith(f"{indent}- "):
            raise GreenflagError(f"note {id_} is not on lines of its own", "change it in the file")
        lines[start : _end(lines, start, len(indent))] = (
            _indented(block(fields), indent) if fields is not None else []
        )
    fresh = [fields for id_, fields in changed.items() if fields is not None and id_ not in places]
    text = "\n".join(lines)
    for fields in fresh:
        text, _ = with_note(text, block(fields))
    if not re.search(r"^ *- ", text.partition("\nnotes:")[2], re.M):
        text = re.sub(r"^notes:[ \t]*$", "notes: []", text, flags=re.M)
    return text if text.endswith("\n") else f"{text}\n"


def _indented(note: str, margin: str) -> list[str]:
    return [f"{margin}{line}" if line else "" for line in note.rstrip("\n").split("\n")]


def _end(lines: list[str], start: int, indent: int) -> int:
    """The line after a note: blank lines and comments before the next note are not its own."""
    end = start + 1
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip(" ")) > indent
    ):
        end += 1
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return end
