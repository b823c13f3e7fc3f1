"""A deck file as text: notes put in, rewritten and taken out, everything else left as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap

from greenflag.content import yamlfile
from greenflag.errors import GreenflagError

WIDEST_LINE = 90
"""Characters of a line after which a text is folded."""


def head(title: str) -> str:
    """The beginning of a new deck file."""
    return f"deck: {json.dumps(title, ensure_ascii=False)}\nlanguage: en\nnotes:"


def as_yaml(fields: Mapping[str, object]) -> str:
    """The fields of a note as the lines of a list item; long texts are folded, to be read."""
    wanted = {name: [*v] if isinstance(v, tuple) else v for name, v in fields.items()}
    for write in (_folded, json_text):
        lines: list[str] = []
        for name, value in wanted.items():
            if isinstance(value, list):
                lines += (f"{name}:", *(f"- {write(each)}" for each in value))
            else:
                lines.append(f"{name}: {write(value)}")
        text = "\n".join(lines)
        held, problems = yamlfile.read(text.encode(), "note")
        if not problems and held == wanted:
            break
    return "- " + text.replace("\n", "\n  ") + "\n"


def _folded(value: object) -> str:
    if not isinstance(value, str) or len(value) < WIDEST_LINE or "\n" in value:
        return json_text(value)
    lines = wrap(value, WIDEST_LINE, break_long_words=False, break_on_hyphens=False)
    return "\n  ".join((">-", *lines))


def json_text(value: object) -> str:
    """A value as JSON, which is YAML too, with its letters as they are."""
    return json.dumps(value, ensure_ascii=False)


def with_note(text: str, note: str) -> tuple[str, int]:
    """A deck with a note put at its end, indented as its notes are, and the line of the note."""
    text = re.sub(r"^notes: *\[\] *$", "notes:", text.rstrip("\r\n"), flags=re.M)
    first = re.search(r"^notes:[^\n]*\n(?:[ \t\r]*(?:#[^\n]*)?\n)*( *)- ", text, re.M)
    lines = _indented(note, first[1] if first else "")
    return "\n".join((text, *lines, "")), text.count("\n") + 2


def with_areas(text: str, areas: Sequence[str]) -> str:
    """A deck whose head names some competencies beside the twelve."""
    head = re.search(r"^competencies:[^\n]*\n(?:[ \t]*#[^\n]*\n)*(?=( +))", text, re.M)
    margin = head[1] if head else "  "
    quoted = [json.dumps(area, ensure_ascii=False) for area in areas]
    lines = [
        f"{margin}{area}: {area}\n"
        for area in quoted
        if not re.search(rf"^ +(?:{re.escape(area)}|{re.escape(area[1:-1])}) *:", text, re.M)
    ]
    if head or not lines:
        at = head.end() if head else 0
        return f"{text[:at]}{''.join(lines)}{text[at:]}"
    return re.sub(
        r"^notes:", lambda _: f"competencies:\n{''.join(lines)}notes:", text, count=1, flags=re.M
    )


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
            _indented(as_yaml(fields), indent) if fields is not None else []
        )
    fresh = [fields for id_, fields in changed.items() if fields is not None and id_ not in places]
    text = "\n".join(lines)
    for fields in fresh:
        text, _ = with_note(text, as_yaml(fields))
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
