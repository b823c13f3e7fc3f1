"""The thank-you note: a script of the decks with its slots filled (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from greenflag.content.notes import Script, from_json

SLOTS = {
    "interviewer": "name", "name": "name", "interviewer name": "name", "first name": "name",
    "highlight": "topic", "topic": "topic", "point": "topic",
    "role": "role", "post": "role", "position": "role",
    "company": "company", "employer": "company",
    "date": "date", "day": "date",
}  # fmt: skip
"""What fills a slot, by its name in lower case."""
_SLOT = re.compile(r"\[([^\[\]\n]{1,60})\](?!\()")


class Letter(NamedTuple):
    """A note to one person; `missing` are the slots left to fill, each with what to put in."""

    to: str
    text: str
    missing: Mapping[str, str]


def letter(script: Script, values: Mapping[str, str]) -> Letter:
    """The script with what is known put in: `name`, `topic`, `role`, `company`, `date`.

    What is not known stays as `[Slot]`.
    """
    missing: dict[str, str] = {}
    hints = script.slots if isinstance(script.slots, dict) else {}

    def fill(found: re.Match[str]) -> str:
        value = values.get(SLOTS.get(found[1].strip().lower(), ""), "")
        if not value:
            missing[found[1]] = hints.get(found[1], "")
        return value or found[0]

    return Letter(values.get("name", ""), _SLOT.sub(fill, script.text), missing)


def thank_you(bodies: Iterable[str]) -> Script | None:
    """The script for a thank-you note among scripts (as JSON): by its id, else by its words."""
    scripts = [script for body in bodies if isinstance(script := from_json(body), Script)]
    named = [each for each in scripts if each.id == "script-thank-you"]
    like = [each for each in scripts if "thank" in f"{each.title} {' '.join(each.tags)}".lower()]
    return next(iter([*named, *like]), None)
