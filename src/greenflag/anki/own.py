"""Notes that greenflag exported, read back from their fields in Anki: the other way of `fields_of`.

For decks of ours that somebody passed on through Anki. The weight does not travel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from greenflag.anki.markdown import Media, items_of_html, markdown_of
from greenflag.anki.notetypes import SHAPES, type_name
from greenflag.content.fields import ListOf, Names, OneOf, Text, YesNo
from greenflag.content.notes import COMPETENCIES, KINDS, MOST_ITEMS

KIND_OF: Mapping[str, str] = {type_name(kind): kind for kind in SHAPES}
"""The kind of note that a note type of ours, by its name, stands for."""

_NAMED = re.compile(r"\*\*([^*\n]+)\*\*: ([\s\S]+)\Z")
_PARTS = {"steps": ("steps", ("step", "cue")), "checklist": ("items", ("item", "due", "cue"))}
"""Where fields are numbered: the field of the note, and what stands in a row."""


def own_fields(
    kind: str, fields: Sequence[str], tags: Sequence[str], media: Media
) -> dict[str, Any]:
    """The fields of a note of a kind, as a deck file would give them; without its id."""
    held = dict(zip(SHAPES[kind].fields.split(), fields[2:], strict=False))
    given: dict[str, Any] = {}
    for name, field in KINDS[kind].fields.items():
        if html := held.get(name, ""):
            given[name] = _value(field.type, html, media)
    if kind in _PARTS:
        name, row = _PARTS[kind]
        given[name] = _rows(held, row, media)
    if kind == "steps" and not held.get("ordered"):
        given["ordered"] = False
    if "competencies" in given:
        given["competencies"] = [each for each in given["competencies"] if each in COMPETENCIES]
    return {**given, **_from_tags(tags)}


def _value(type_: Any, html: str, media: Media) -> Any:
    if isinstance(type_, YesNo):
        return html == "yes"
    if isinstance(type_, ListOf):
        return items_of_html(html, media)
    if isinstance(type_, OneOf):
        items = items_of_html(html, media)
        named = [found for item in items if (found := _NAMED.match(item))]
        if isinstance(type_.types[0], Names) and len(named) == len(items):
            return {found[1]: found[2] for found in named}
        return items[0] if len(items) == 1 and isinstance(type_.types[0], Text) else items
    return markdown_of(html, media)


def _rows(held: Mapping[str, str], row: Sequence[str], media: Media) -> list[dict[str, str]]:
    """The steps or items in numbered fields."""
    found = []
    for number in range(1, MOST_ITEMS + 1):
        texts = [markdown_of(held.get(f"{name}_{number}", ""), media) for name in row]
        if texts[0]:
            names = ("text", *row[1:])
            found.append({name: text for name, text in zip(names, texts, strict=True) if text})
    return found


def _from_tags(tags: Sequence[str]) -> dict[str, Any]:
    """What stands in the tags: the competency, where it is from, and tags of one's own."""
    given: dict[str, Any] = {"refs": [], "tags": []}
    for tag in tags:
        name, _, value = tag.partition("::")
        if name == "competency" and value in COMPETENCIES:
            given["competency"] = value
        elif name == "ref" and value:
            given["refs"].append(value)
        elif name != "kind":
            given["tags"].append(tag)
    return {name: value for name, value in given.items() if value}
