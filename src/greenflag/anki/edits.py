"""What somebody reworded in Anki: which field of which note, in the words of deck files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from greenflag.anki.markdown import items_of_html, markdown_of
from greenflag.anki.media import Media, with_media
from greenflag.anki.notetypes import SHAPES, fields_of
from greenflag.anki.text import clean
from greenflag.content.fields import LONGEST, ListOf, OneOf, YesNo, read_fields
from greenflag.content.media import names_of
from greenflag.content.notes import KINDS, Note, to_json

_MOST_TAGS = 2000
_HEAD = 2  # the fields before a kind's own: the id and the competency
_NOT_OURS = ("count", "story")
"""Fields that are made from something else: they are mended where that is."""
_SHOWN = re.compile(
    r"""<img\b[^>]{0,500}?\bsrc\s*=\s*["']?([^"'\s>]+)|\[sound:([^\]\n]{1,300})\]""", re.I
)
_NUMBERED = re.compile(r"(step|cue|item|due)_(\d+)")
_SAME = ((re.compile(r"<br\s*/?>\n?"), "<br>"), (re.compile(r"&nbsp;|\xa0"), " "))


class Edit(NamedTuple):
    """One field that was reworded in Anki; `ours` and `theirs` are Markdown.

    `field` is its name in a deck file. `why_not` says why it cannot be taken over, if so.
    """

    note: str
    field: str
    ours: str
    theirs: str
    why_not: str = ""


class Rewording(NamedTuple):
    """A note reworded in Anki: its edits, and the deck fields that change (None: removed)."""

    note: str
    edits: tuple[Edit, ...]
    changes: Mapping[str, Any]


def rewording(note: Note, theirs: Sequence[str], folder: str = "") -> Rewording:
    """How a note differs from what its fields say in Anki; `folder` is that of its deck file."""
    names = ["id", "competency", *SHAPES[note.kind].fields.split()]
    media = _Media(note, folder)
    held = json.loads(to_json(note))
    new = held
    edits: list[Edit] = []
    pairs = zip(names, media.fields(note), theirs, strict=False)
    for place, (name, mine, there) in enumerate(pairs):
        if place < _HEAD or name in _NOT_OURS or not _differ(mine, there):
            continue
        edit = _edit(note, name, mine, there, media)
        if not edit.why_not:
            changed = _with(note, new, name, there, media)
            read, why = _read(note, changed)
            if read and not _differ(mine, media.fields(read)[place]):
                continue  # Anki only wrote the same in other tags
            if read:
                new = changed
            edit = edit._replace(why_not=why)
        edits.append(edit)
    changes = {
        name: new.get(name)
        for name in dict.fromkeys((*held, *new))
        if held.get(name) != new.get(name)
    }
    return Rewording(note.id, tuple(edits), changes)


class _Media:
    """The pictures and sounds of a note, by the names they have in Anki."""

    def __init__(self, note: Note, folder: str) -> None:
        self._take = partial(Media(None).take, folder)
        packed = {name: self._take(name) for name in names_of(note)}
        self._ours = {there.name: name for name, there in packed.items() if there}

    def fields(self, note: Note) -> list[str]:
        """The fields of a note as they are in Anki."""
        return [with_media(html, self._take)[0] for html in fields_of(note)]

    def here(self, name: str) -> str | None:
        """What a file in Anki is called in the note; None when it is none of the note's."""
        return self._ours.get(name)

    def has_others(self, html: str) -> bool:
        """Whether a field shows a picture or plays a sound that is none of the note's."""
        return any((shown or played) not in self._ours for shown, played in _SHOWN.findall(html))


def _differ(mine: str, there: str) -> bool:
    return mine != there and _plain(mine) != _plain(there)


def _plain(html: str) -> str:
    html = clean(html)
    for pattern, text in _SAME:
        html = pattern.sub(text, html)
    return html.replace("&quot;", '"').strip()


def _edit(note: Note, name: str, mine: str, there: str, media: _Media) -> Edit:
    ours = markdown_of(mine, media.here)
    if len(there) > LONGEST or there.count("<") > _MOST_TAGS:
        return Edit(note.id, name, ours, "", "it is too long")
    why = ""
    if "<table" in there.lower():
        why = "a table cannot be taken over"
    elif media.has_others(there):
        why = "pictures and sounds that were added in Anki cannot be taken over"
    return Edit(note.id, name, ours, markdown_of(there, media.here), why)


def _with(
    note: Note, held: Mapping[str, Any], name: str, html: str, media: _Media
) -> dict[str, Any]:
    """The fields of a note with one as Anki has it."""
    if numbered := _NUMBERED.fullmatch(name):
        return _with_part(held, numbered[1], int(numbered[2]), markdown_of(html, media.here))
    value = _value(note, name, html, media)
    if value is None:
        return {field: held[field] for field in held if field != name}
    return {**held, name: value}


def _with_part(held: Mapping[str, Any], part: str, number: int, text: str) -> dict[str, Any]:
    """The fields with one text of a step or of an item of a checklist changed."""
    field = "steps" if part == "step" or "steps" in held else "items"
    key = "text" if part in ("step", "item") else part
    parts = [dict(each) for each in held.get(field, ())]
    if number > len(parts):
        return {**held, field: [*parts, {key: text}]}
    if text:
        parts[number - 1][key] = text
    else:
        parts[number - 1].pop(key, None)
    return {**held, field: parts}


def _value(note: Note, name: str, html: str, media: _Media) -> Any:
    """What a field says, in the shape a deck file gives it; None when it is empty."""
    type_ = note.fields[name].type
    if isinstance(type_, YesNo):
        return bool(markdown_of(html))
    items = items_of_html(html, media.here)
    if not items:
        return None
    types = type_.types if isinstance(type_, OneOf) else (type_,)
    if isinstance(getattr(note, name), Mapping):
        pairs = [re.fullmatch(r"\*\*(.+?)\*\*:\s*(.+)", item, re.S) for item in items]
        if all(pairs):
            return {pair[1]: pair[2] for pair in pairs if pair}
    is_list = any(isinstance(each, ListOf) for each in types)
    may_be_text = len(types) > 1 and not isinstance(getattr(note, name), Mapping)
    if is_list and (len(items) > 1 or not may_be_text):
        return items
    return markdown_of(html, media.here)


def _read(note: Note, held: Mapping[str, Any]) -> tuple[Note | None, str]:
    """The note with such fields; or None, and why a deck file could not hold it."""
    given = {name: value for name, value in held.items() if name != "kind"}
    read, problems = read_fields(KINDS[note.kind], given)
    return read, problems[0].what if problems else ""
