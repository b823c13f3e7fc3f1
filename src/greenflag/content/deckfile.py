"""A deck written as a deck file, for decks that come from elsewhere.

Its first line holds a sum of what follows, so that a later import knows whether anybody changed the
file since.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from greenflag.content.fields import given_fields
from greenflag.content.notes import Note

_FIRST = (
    "# From {}, by greenflag. Sum {}: while nothing is changed, it is written anew when imported\n"
)
_SUM = re.compile(rb"# From [^\n]{1,40}, by greenflag\. Sum ([0-9a-f]{16}):[^\n]*\n")
_PLAIN = re.compile(r"[^\W\d_][\w ,.()/'’;!?-]*\Z")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_BLOCK = re.compile(r"[^\s][^\t\r\x85\u2028\u2029\ufeff]*\Z")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def text_of(title: str, notes: Iterable[Note], source: str) -> str:
    """A deck file with these notes; `source` says where they are from."""
    parts = [f"deck: {_scalar(title)}\nnotes:\n"]
    for note in notes:
        fields = {"kind": note.kind, **given_fields(note)}
        lines = [f"{name}: {_value(value)}\n" for name, value in fields.items()]
        parts.append(f"- {'  '.join(lines)}")
    text = "".join(parts) if len(parts) > 1 else f"deck: {_scalar(title)}\nnotes: []\n"
    return _FIRST.format(source, _sum(text.encode())) + text


def is_import(data: bytes) -> bool:
    """Whether a deck file began as one that `text_of` wrote."""
    return _SUM.match(data) is not None


def is_untouched(data: bytes) -> bool:
    """Whether a deck file is as `text_of` wrote it."""
    first = _SUM.match(data)
    return first is not None and first[1].decode() == _sum(data[first.end() :])


def _sum(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()


def _value(value: Any) -> str:
    """A field of a note as YAML: texts plain where they can be, lists and mappings on one line."""
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_quoted(str(k))}: {_quoted(str(v))}" for k, v in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_item(each) for each in value)}]"
    return _value(given_fields(value))


def _item(value: Any) -> str:
    return _quoted(value) if isinstance(value, str) else _value(value)


def _scalar(text: str) -> str:
    """A text as YAML: plain, as a block of lines, or quoted."""
    if _PLAIN.match(text) and not text.endswith(" ") and text.lower() not in _WORDS:
        return text
    lines = text.split("\n")
    if len(lines) > 1 and _BLOCK.match(text) and lines[-1].strip() and not _ESCAPED.search(text):
        return "|-" + "".join(f"\n    {line}" if line else "\n" for line in lines)
    return _quoted(text)


def _quoted(text: str) -> str:
    text = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
