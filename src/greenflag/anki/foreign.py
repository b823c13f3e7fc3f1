"""Somebody else's notes as ours: gap texts as `cloze`, everything else as `basic`.

A front is what the template of the card asks. A back is the fields that its answer shows and its
front does not, each under its name when there are several. Two templates that ask each other's
answers give one note for both ways; other templates give a note each. What cannot become a card
that makes sense is skipped, with the reason.
"""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from greenflag.anki.collection import ForeignCard, ForeignNote, Template
from greenflag.anki.markdown import Media, markdown_of
from greenflag.anki.notetypes import face_of, note_of
from greenflag.anki.own import KIND_OF, own_fields
from greenflag.content.fields import read_fields
from greenflag.content.gaps import CLOZE
from greenflag.content.notes import KINDS, Note, cards_of
from greenflag.content.yamlfile import CONTROL

LONGEST_TAG = LONGEST_HEADLINE = 60
MOST_TEMPLATES = 50
_TAG = re.compile(r"\{\{([#^/]?)([^{}]*)\}\}")
_GAPS_OF = re.compile(r"\{\{(?:[\w-]+:)*cloze:(?:[\w-]+:)*([^{}]+)\}\}")
_SCRIPT = re.compile(r"<script", re.IGNORECASE)
_OCCLUSION = "image-occlusion:"
_EMPTY = re.compile(r"(?:\s|&nbsp;|</?(?:br|div|p|span)\b[^>]*>)*\Z", re.IGNORECASE)


class Skipped(NamedTuple):
    """A note that was left out, by its first words, and why."""

    what: str
    why: str


class Adopted(NamedTuple):
    """A note of ours made from one of Anki's, and its cards there: ours by card id, suspended."""

    note: Note
    cards: Mapping[int, str]
    suspended: tuple[str, ...]


def note_id_of(guid: str) -> str:
    """The id a foreign note has for ever here; it depends on nothing but its guid."""
    digest = blake2b(guid.encode("utf-8", "replace"), digest_size=10).digest()
    return f"anki-{b32encode(digest).decode().lower()}"


def adopted(
    note: ForeignNote, media: Media, more_tags: Sequence[str] = ()
) -> Iterator[Adopted | Skipped]:
    """One of Anki's notes as notes of ours, or why it cannot be one."""
    fields = dict(zip(note.type.fields, note.fields, strict=False))
    tags = _tags((*note.tags, *more_tags))
    if note_of(note.guid) and note.type.name in KIND_OF:
        made, tags = _own, ()
    else:
        made = _cloze if note.type.cloze else _basic
    for given, kind, cards in made(note, fields, media):
        if isinstance(given, str):
            yield Skipped(_headline(note), given)
            continue
        if tags:
            given["tags"] = list(tags[:50])
        ours, problems = read_fields(KINDS[kind], given)
        if ours is None:
            yield Skipped(_headline(note), problems[0].what)
            continue
        faces = {card.face for card in cards_of(ours)}
        known = [(card, face) for card, face in cards if face in faces]
        yield Adopted(
            ours,
            {card.id: f"{ours.id}/{face}" for card, face in known},
            tuple(f"{ours.id}/{face}" for card, face in known if card.suspended),
        )


_Made = Iterator[tuple[dict[str, Any] | str, str, list[tuple[ForeignCard, str]]]]


def _own(note: ForeignNote, fields: Mapping[str, str], media: Media) -> _Made:
    """A note that greenflag wrote, as it was."""
    kind = KIND_OF[note.type.name]
    given = own_fields(kind, tuple(fields.values()), note.tags, media)
    given = {"id": note_of(note.guid), **given}
    faces = [(card, face_of(kind, card.ord)) for card in note.cards]
    yield given, kind, [(card, face) for card, face in faces if face]


# --- gap texts


def _cloze(note: ForeignNote, fields: Mapping[str, str], media: Media) -> _Made:
    template = note.type.templates[0] if note.type.templates else Template(0, "", "", "")
    names = [name for name in _gap_fields(template.front) if name in fields]
    texts = [fields[name] for name in names or note.type.fields[:1] if _is_there(fields[name])]
    if any(_OCCLUSION in text for text in texts):
        yield "covered parts of a picture cannot be asked here", "cloze", []
        return
    text = "\n\n".join(markdown_of(text, media) for text in texts)
    if not CLOZE.search(text):
        yield "a gap text without a gap", "cloze", []
        return
    shown = [name for name in _fields_of(template.back, fields) if name not in names]
    given = {"id": note_id_of(note.guid), "text": text}
    if remark := _labelled(shown, fields, media):
        given["note"] = remark
    yield given, "cloze", [(card, f"c{card.ord + 1}") for card in note.cards]


@lru_cache(1000)
def _gap_fields(front: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in _GAPS_OF.findall(front)))


# --- cards with a front and a back


def _basic(note: ForeignNote, fields: Mapping[str, str], media: Media) -> _Made:
    if len(note.type.templates) > MOST_TEMPLATES:
        yield f"a note type with more than {MOST_TEMPLATES} cards", "basic", []
        return
    id_ = note_id_of(note.guid)
    by_ord = {card.ord: card for card in note.cards}
    templates = [
        template
        for template in note.type.templates
        if (template.ord in by_ord if note.cards else _asks(template, fields))
    ]
    sides = [_sides(template, fields, media) for template in templates]
    if not sides:
        yield "no card in Anki", "basic", []
    elif len(sides) == 2 and sides[0] == sides[1][::-1]:
        front, back = sides[0]
        given = {"id": id_, "front": front, "back": back, "both_ways": True}
        faces = zip(templates, ("front", "back"), strict=True)
        yield given, "basic", [(by_ord[t.ord], face) for t, face in faces if t.ord in by_ord]
    else:
        for template, (front, back) in zip(templates, sides, strict=True):
            own = id_ if template.ord == 0 else f"{id_}.{template.ord + 1}"
            cards = [(by_ord[template.ord], "front")] if template.ord in by_ord else []
            if not front or not back:
                side = "question" if not front else "answer"
                yield f"its {side} is empty, or nothing but a program", "basic", []
            else:
                yield {"id": own, "front": front, "back": back}, "basic", cards


def _asks(template: Template, fields: Mapping[str, str]) -> bool:
    """Whether Anki would make this card: a field shows in front."""
    return bool(_fields_of(template.front, fields, front=True))


def _sides(template: Template, fields: Mapping[str, str], media: Media) -> tuple[str, str]:
    """Both sides of a card as Markdown."""
    asked = _fields_of(template.front, fields, front=True)
    if _SCRIPT.search(template.front):  # a program may show anything: take only what it is given
        front = _labelled(asked, fields, media)
    else:
        front = markdown_of(_filled(template.front, fields), media)
    shown = [name for name in _fields_of(template.back, fields) if name not in asked]
    if not shown:
        shown = [name for name in fields if name not in asked and _is_there(fields[name])]
    return front, _labelled(shown, fields, media)


def _labelled(names: Sequence[str], fields: Mapping[str, str], media: Media) -> str:
    """Fields as Markdown: one as it is, several each under its name."""
    found = [(name, text) for name in names if (text := markdown_of(fields[name], media))]
    if len(found) == 1:
        return found[0][1]
    return "\n\n".join(
        f"**{_label(name)}**\n\n{text}" if "\n" in text else f"**{_label(name)}**: {text}"
        for name, text in found
    )


def _label(name: str) -> str:
    return re.sub(r"([\\`*_\[\]<])", r"\\\1", " ".join(CONTROL.sub("", name).split()))


# --- templates


def _fields_of(template: str, fields: Mapping[str, str], front: bool = False) -> list[str]:
    """The fields with something in them that a template shows for a note, in order, each once."""
    found = (name for is_field, name in _shown(template, fields, front) if is_field)
    return [name for name in dict.fromkeys(found) if _is_there(fields[name])]


def _filled(template: str, fields: Mapping[str, str]) -> str:
    """The front of a template with the fields of a note in it."""
    shown = _shown(template, fields, front=True)
    return "".join(fields[text] if is_field else text for is_field, text in shown)


def _shown(template: str, fields: Mapping[str, str], front: bool) -> Iterator[tuple[bool, str]]:
    """What a template shows for a note: texts of its own (False) and names of fields (True).

    Sections `{{#Field}}…{{/Field}}` and `{{^Field}}…` are shown as Anki does. In front a hint is
    hidden and what is to be typed is not shown; what is only read aloud is no text.
    """
    hidden: list[tuple[str, bool]] = []
    for kind, text in _parsed(template):
        name = text.strip()
        if kind in ("#", "^"):
            there = name in fields and _is_there(fields[name])
            hidden.append((name, there == (kind == "^")))
        elif kind == "/":
            if hidden and hidden[-1][0] == name:
                hidden.pop()
        elif any(away for _, away in hidden):
            continue
        elif kind == "":
            yield False, text
        else:
            filters, _, field = ("", "", name) if name in fields else name.rpartition(":")
            unseen = front and re.search(r"\b(?:type|hint)\b", filters)
            if field.strip() in fields and not unseen and not filters.startswith("tts"):
                yield True, field.strip()


@lru_cache(1000)
def _parsed(template: str) -> tuple[tuple[str, str], ...]:
    """A template as texts (""), sections (# ^ /) and fields (=)."""
    found: list[tuple[str, str]] = []
    place = 0
    for tag in _TAG.finditer(template):
        found += [("", template[place : tag.start()]), (tag[1] or "=", tag[2])]
        place = tag.end()
    return (*found, ("", template[place:]))


def _is_there(html: str) -> bool:
    return not _EMPTY.match(html)


def _tags(given: Iterable[str]) -> tuple[str, ...]:
    """Each tag once, whatever its letters' case: Anki knows none."""
    found: dict[str, str] = {}
    for each in given:
        if tag := _tag(each):
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def _tag(text: str) -> str:
    return re.sub(r'[\s"*]+', "-", CONTROL.sub("", text).strip())[:LONGEST_TAG].strip("-")


def _headline(note: ForeignNote) -> str:
    text = next((text for text in note.fields if _is_there(text)), "")
    words = " ".join(markdown_of(text[:2000]).split())
    return words[:LONGEST_HEADLINE] or note.type.name[:LONGEST_HEADLINE]
