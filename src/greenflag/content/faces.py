"""What a card shows: the faces of a kind of note, and its fields as Markdown (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple


class Section(NamedTuple):
    """One field as a card shows it: under a label, as a quotation, or on one line."""

    field: str
    label: str = ""
    style: Literal["text", "quote", "inline"] = "text"


class Face(NamedTuple):
    """One prompt a kind of note puts: what is shown, what is asked, what the answer holds.

    `ask` is Markdown in which `{field}` stands for a field. A note gives the card only when every
    field in `needs` is there.
    """

    name: str
    shows: tuple[Section, ...]
    ask: str
    answer: tuple[Section, ...]
    needs: tuple[str, ...] = ()


class Card(NamedTuple):
    """One prompt put to the learner: `id` is `<note id>/<face>`, both sides are Markdown."""

    id: str
    face: str
    front: str
    back: str


def front_of(note: object, face: Face) -> str:
    """The front of one face of a note, as Markdown."""
    shown = shown_of(note, face.shows)
    asked = face.ask
    if "{" in asked:
        asked = re.sub(r"\{(\w+)\}", lambda match: one_line(getattr(note, match[1])), asked)
    return "\n\n".join(part for part in (shown, asked) if part)


def items_of(value: object) -> Sequence[str]:
    """A field as a list of Markdown items: a text gives one, a mapping gives `**name**: text`."""
    if value is None or value is False:
        return ()
    if isinstance(value, Mapping):
        return [f"**{name}**: {text}" for name, text in value.items()]
    return (value,) if isinstance(value, str) else [str(item) for item in value]  # type: ignore[attr-defined]


def shown_of(note: object, sections: Sequence[Section]) -> str:
    """Some fields of a note as a card shows them, as Markdown; those it lacks are left out."""
    parts = []
    for section in sections:
        field, label, style = section
        value = getattr(note, field)
        if type(value) is str and not label and style == "text":
            parts.append(value)
        elif items := items_of(value):
            parts.append(_section(section, items))
    return "\n\n".join(parts)


def _section(section: Section, items: Sequence[str]) -> str:
    if section.style == "inline":
        return f"**{section.label}**: {', '.join(items)}"
    body = items[0] if len(items) == 1 else "\n".join(_item(item) for item in items)
    if section.style == "quote":
        body = "\n".join(f"> {line}" for line in body.splitlines())
    return f"**{section.label}**\n\n{body}" if section.label else body


def _item(text: str) -> str:
    """One item of a Markdown list; its later lines are indented, so that they stay in it."""
    return "- " + text.strip().replace("\n", "\n  ")


def italic(text: str) -> str:
    """One line in italics; more lines as they are: stars do not reach over paragraphs."""
    text = text.strip()
    return text if "\n" in text else f"*{text}*"


def one_line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())
