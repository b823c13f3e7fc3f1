"""YAML text as plain values that know their lines.

Deck files come from anywhere, so this reads a safe part of YAML: text, numbers, booleans, lists and
mappings. No tags, bounded depth, bounded aliases, no doubled keys. It works on the parser's events
without recursion: PyYAML's own composer is several times slower and dies of deep nesting.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from greenflag.content.problem import Problem, shown

try:
    from yaml.cyaml import CParser as _Parser  # type: ignore[attr-defined]
except ImportError:  # PyYAML without libyaml reads the same, slowly
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

DEEPEST = 24
MOST_NODES_BY_ALIAS = 10_000
MOST_DIRECTIVES = 20
MOST_PROBLEMS = 1_000
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Characters with no place in a text: they move the cursor, hide or reorder what is shown."""

_CONSTANTS: dict[str, bool | None] = {"": None, "~": None}
for _word, _value in (
    ("null", None), ("true", True), ("yes", True), ("on", True),
    ("false", False), ("no", False), ("off", False),
):  # fmt: skip
    _CONSTANTS |= {_word: _value, _word.title(): _value, _word.upper(): _value}
_NUMBER_START = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
_FLOAT = re.compile(r"([-+]?[0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?\Z")


class Mapping(dict[str, Any]):
    """A mapping with the line (from 1) it starts on and the line of each of its keys."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class List(list[Any]):
    """A list at the top of a document, such as the notes, with the line (from 1) of each item."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


class NotReadable(Exception):
    """The text is not YAML as we read it: the line (from 1), what is wrong, and the mend."""

    def __init__(self, line: int, what: str, mend: str) -> None:
        super().__init__(what)
        self.line, self.what, self.mend = line, what, mend


def read(data: bytes, file: str) -> tuple[Any, list[Problem]]:
    """The value in YAML bytes, and the problems found; the value is None when unreadable."""
    try:
        value, problems = _compose(_text_of(data))
    except NotReadable as error:
        value, problems = None, [error]
    return value, [Problem(file, found.line, found.what, found.mend) for found in problems]


def _text_of(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotReadable(
            line, f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8"
        ) from None
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise NotReadable(line, f"control character U+{ord(found[0]):04X}", "remove it")
    if text.count("\n%") > MOST_DIRECTIVES:  # libyaml compares each directive with all before it
        line = text.count("\n", 0, text.index("\n%") + 1) + 1
        raise NotReadable(
            line, f"more than {MOST_DIRECTIVES} lines that begin with %", "indent them"
        )
    return text


def _compose(text: str) -> tuple[Any, list[NotReadable]]:
    composer = _Composer(_Parser(text))
    try:
        return composer.document(), composer.problems
    except NotReadable as error:
        last = error
    except yaml.MarkedYAMLError as error:
        last = _syntax_problem(error, text)
    except yaml.YAMLError as error:
        last = NotReadable(1, f"not readable as YAML: {shown(str(error))}", "see the format")
    except (ValueError, OverflowError):  # the parser without libyaml, at "\\UFFFFFFFF"
        last = NotReadable(1, "an escape that stands for no character", "remove it")
    return None, [*composer.problems, last]


def _syntax_problem(error: yaml.MarkedYAMLError, text: str) -> NotReadable:
    what = " ".join(filter(None, (error.context, error.problem)))
    unclosed = "end of stream" in what
    mark = (error.context_mark if unclosed else None) or error.problem_mark or error.context_mark
    line = min(mark.line + 1, max(1, len(text.splitlines()))) if mark else 1
    source = (text.split("\n", line)[line - 1 : line] or [""])[0]
    if "\t" in source[: len(source) - len(source.lstrip())] or "'\\t'" in what:
        return NotReadable(line, "a tab in the indentation", "use spaces")
    if "mapping values are not allowed" in what:
        return NotReadable(line, "a colon inside plain text", "put the text in quotes")
    if unclosed:
        return NotReadable(line, "a quote or bracket that is never closed", "close it")
    return NotReadable(line, f"not readable as YAML: {shown(what)}", "check indentation and quotes")


class _Composer:
    """Builds one document from parser events, with an explicit stack instead of recursion."""

    def __init__(self, parser: Any) -> None:
        self._next = parser.get_event
        self._anchored: dict[str, Any] = {}
        self._by_alias = 0
        self.problems: list[NotReadable] = []
        """What is wrong without ending the reading."""

    def document(self) -> Any:
        """The value of the only document; None for an empty stream."""
        self._next()
        if type(self._next()) is yaml.StreamEndEvent:
            return None
        value = self._value()
        self._next()
        event = self._next()
        if type(event) is not yaml.StreamEndEvent:
            raise NotReadable(
                event.start_mark.line + 1, "a second document", "one deck a file: remove the ---"
            )
        return value

    def _value(self) -> Any:
        get, scalar_event = self._next, yaml.ScalarEvent
        stack: list[Any] = []
        keys: list[str | None] = []
        starts: list[int] = []
        while True:
            event = get()
            kind = type(event)
            if kind is scalar_event:
                text = event.value
                if event.tag is not None or event.style == '"':
                    self._check_scalar(event)
                if not keys or keys[-1] is not None or type(stack[-1]) is not Mapping:
                    line = 0
                    value = resolve(text) if event.implicit[0] else text
                    if event.anchor is not None:
                        self._anchored[event.anchor] = value
                else:
                    mapping = stack[-1]
                    if text in mapping.lines:
                        name = shown(text) or "the empty key"
                        self._problem(event, f"{name} stands twice", "keep one of them")
                    mapping.lines[text] = event.start_mark.line + 1
                    keys[-1] = text
                    continue
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if event.tag is not None:
                    self._problem(event, f"a tag ({shown(event.tag)})", "remove it")
                line = event.start_mark.line + 1
                if stack and type(stack[-1]) is Mapping and keys[-1] is None:
                    raise NotReadable(
                        line, "a list or mapping used as a key", "a key is plain text"
                    )
                if len(stack) >= DEEPEST:
                    raise NotReadable(line, f"nested deeper than {DEEPEST} levels", "flatten it")
                if event.anchor is not None:
                    raise NotReadable(
                        line,
                        f"an anchor on a list or mapping (&{shown(event.anchor)})",
                        "write it out",
                    )
                if kind is yaml.MappingStartEvent:
                    stack.append(Mapping(line))
                else:
                    stack.append(List() if len(stack) < 2 else [])
                keys.append(None)
                starts.append(line)
                continue
            elif kind is yaml.AliasEvent:
                if stack and type(stack[-1]) is Mapping and keys[-1] is None:
                    raise NotReadable(
                        event.start_mark.line + 1, "an alias used as a key", "write it out"
                    )
                line = 0
                value = self._aliased(event)
            else:
                value = stack.pop()
                keys.pop()
                line = starts.pop()
            if not stack:
                return value
            holder = stack[-1]
            if type(holder) is list:
                holder.append(value)
            elif type(holder) is List:
                holder.append(value)
                holder.lines.append(line or event.start_mark.line + 1)
            else:
                holder[keys[-1]] = value
                keys[-1] = None

    def _check_scalar(self, event: Any) -> None:
        if event.tag is not None:
            self._problem(event, f"a tag ({shown(event.tag)})", "remove it")
        if found := CONTROL.search(event.value):
            self._problem(event, f"control character U+{ord(found[0]):04X}", "remove it")

    def _problem(self, event: Any, what: str, mend: str) -> None:
        if len(self.problems) == MOST_PROBLEMS:
            what, mend = f"more than {MOST_PROBLEMS:,} problems", "mend these first"
            raise NotReadable(event.start_mark.line + 1, what, mend)
        self.problems.append(NotReadable(event.start_mark.line + 1, what, mend))

    def _aliased(self, event: Any) -> Any:
        """A text used again by `*name`; only single texts can be, so nothing can be blown up."""
        line = event.start_mark.line + 1
        self._by_alias += 1
        if self._by_alias > MOST_NODES_BY_ALIAS:
            raise NotReadable(line, "too many aliases", "write the text out")
        if event.anchor not in self._anchored:
            raise NotReadable(line, f"an alias to nothing (*{shown(event.anchor)})", "write it out")
        return self._anchored[event.anchor]


def resolve(text: str) -> str | int | float | bool | None:
    """What a plain scalar means: null, a boolean, a number, else the text itself.

    As in YAML 1.1 (PyYAML), less what surprises in a text: dates, base 60, other bases (010, 0x1f,
    0b1), 1_000, .inf and .nan stay text, and so do whole numbers of more than 18 digits.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in _NUMBER_START:
        if _INTEGER.match(text):
            return int(text)
        if _FLOAT.match(text):
            return float(text)
    return text
