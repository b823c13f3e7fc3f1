"""A form: questions with answers, as a text to fill in an editor and read back (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from greenflag.errors import GreenflagError

LONGEST = 4_000
"""Characters an answer may have."""
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])|\r")
"""What an arrow key leaves in a line, and what else steers a terminal."""


class Field(NamedTuple):
    """One question of a form: its name, what is asked, a hint, and the answer there is."""

    name: str
    asks: str
    hint: str = ""
    value: str = ""


def write_form(head: Sequence[str], fields: Sequence[Field]) -> str:
    """The form as a text: each question under its name in brackets."""
    lines = [f"# {line}" for line in (*head, "Lines that begin with # are not kept.")]
    for field in fields:
        lines += ["", f"[{field.name}]", f"# {field.asks}"]
        lines += [f"# {line}" for line in field.hint.splitlines()]
        lines += [field.value] if field.value else [""]
    return "\n".join(lines) + "\n"


def read_form(text: str, names: Collection[str]) -> dict[str, str]:
    """The answers by name; a question whose bracket is gone is not among them."""
    found: dict[str, list[str]] = {}
    name = None
    for line in text.splitlines():
        bracket = re.fullmatch(r"\[(\w+)\]\s*", line)
        if bracket and bracket[1] in names:
            name = bracket[1]
            found.setdefault(name, [])
        elif name and not line.startswith("#"):
            found[name].append(line)
    return {name: clean("\n".join(lines), name) for name, lines in found.items()}


def clean(text: str, name: str, most: int = LONGEST) -> str:
    """An answer with nothing in it that a terminal would obey; refused when it is too long."""
    text = "".join(
        each for each in _SEQUENCE.sub("", text).replace("\t", " ") if each == "\n" or _shown(each)
    ).strip()
    if len(text) > most:
        raise GreenflagError(f"{name} has {len(text):,} characters", f"at most {most:,}")
    return text


def assignments(given: Sequence[str], names: Collection[str]) -> dict[str, str]:
    """What `--set NAME=TEXT` options say; an empty text takes an answer out."""
    found: Mapping[str, str] = {}
    for each in given:
        name, equals, text = each.partition("=")
        if not equals or name.strip() not in names:
            raise GreenflagError(f"{clean(each, '--set')[:60]!r} sets nothing", _known(names))
        found = {**found, name.strip(): clean(text, name.strip())}
    return dict(found)


def several(text: str) -> tuple[str, ...]:
    """The parts of an answer that may hold several: lines, or parted by semicolons."""
    parts = (re.sub(r"^\s*[-*•]\s+", "", part).strip() for part in re.split(r"[;\n]", text))
    return tuple(part for part in parts if part)


def _known(names: Collection[str]) -> str:
    return f"NAME=TEXT with one of {', '.join(names)}"


def _shown(character: str) -> bool:
    return character.isprintable() or character in "\u200c\u200d\u00a0\u202f\u3000"
