"""What a field of a note may hold: how it is read, what its problem is, and its JSON Schema.

A kind of note is a `Record` whose fields are made by `required` and `optional`. The same types
read deck files, name problems with their mends, and give the schema that editors use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, NoReturn, Protocol, Self, TypeVar

from greenflag.content.problem import shown

LONGEST = 20_000
"""Characters a text may have."""
MOST = 50
"""Texts a list may have."""


class Wrong(Exception):
    """A value that a field cannot hold: what it is instead, and the mend; maybe more of that."""

    def __init__(self, what: str, mend: str, *more: tuple[str, str]) -> None:
        super().__init__(what)
        self.all = ((what, mend), *more)


class Type(Protocol):
    """What a field may hold."""

    def read(self, value: Any) -> Any:
        """The value as the note keeps it; raises Wrong."""

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""

    def words(self) -> str:
        """The type in a reader's words."""


class FieldInfo(NamedTuple):
    """One field of a kind of note."""

    name: str
    type: Type
    about: str
    required: bool
    default: Any


class _Spec(NamedTuple):
    type: Type
    about: str
    required: bool
    default: Any


def required(type_: Type, about: str = "") -> Any:
    """A field that a record must have."""
    return _Spec(type_, about, True, None)


def optional(type_: Type, about: str = "", default: Any = None) -> Any:
    """A field that a record may leave out."""
    return _Spec(type_, about, False, default)


class Record:
    """A frozen value with typed fields, given by name; what is left out is at its default.

    Like a frozen dataclass, but its classes are made without generating code: a dozen dataclasses
    take longer to make than a hundred notes to read.
    """

    fields: ClassVar[Mapping[str, FieldInfo]] = {}
    needed: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        own = {name: spec for name, spec in vars(cls).items() if isinstance(spec, _Spec)}
        for name, spec in own.items():
            if spec.required:
                delattr(cls, name)
            else:
                setattr(cls, name, spec.default)
        cls.fields = {**cls.fields, **{name: FieldInfo(name, *spec) for name, spec in own.items()}}
        cls.needed = frozenset(name for name, field in cls.fields.items() if field.required)

    def __init__(self, **values: Any) -> None:
        if not self.needed <= values.keys() <= self.fields.keys():
            raise TypeError(f"{type(self).__name__} has {', '.join(self.fields)}")
        self.__dict__.update(values)

    def replacing(self, **changes: Any) -> Self:
        """The same record with some fields changed."""
        return type(self)(**{**self.__dict__, **changes})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and given_fields(other) == given_fields(self)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in given_fields(self).items())
        return f"{type(self).__name__}({given})"


T = TypeVar("T", bound=Record)


class FieldProblem(NamedTuple):
    """A problem of one field; the field is None when it is missing."""

    field: str | None
    what: str
    mend: str


def read_fields(kind: type[T], given: Mapping[str, Any]) -> tuple[T | None, list[FieldProblem]]:
    """A record of a kind from a mapping, or every problem of its fields."""
    readers = _readers_of(kind)
    values: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for name, value in given.items():
        read = readers.get(name)
        if read is None:
            problems.append(FieldProblem(name, f"unknown field {shown(name)}", _has(kind)))
            continue
        try:
            values[name] = read(value)
        except Wrong as wrong:
            problems += [FieldProblem(name, f"{name} {what}", mend) for what, mend in wrong.all]
    if not kind.needed <= given.keys():
        what = f"needed: {', '.join(name for name in kind.fields if name in kind.needed)}"
        for name in kind.fields:
            if name in kind.needed and name not in given:
                problems.append(FieldProblem(None, f"{name} is missing", what))
    return (None if problems else kind(**values)), problems


def _readers_of(kind: type[Record]) -> dict[str, Callable[[Any], Any]]:
    """How each field of a kind is read; worked out once."""
    if kind not in _readers:
        _readers[kind] = {name: field.type.read for name, field in kind.fields.items()}
    return _readers[kind]


_readers: dict[type[Record], dict[str, Callable[[Any], Any]]] = {}


def given_fields(value: Any) -> dict[str, Any]:
    """The fields a record has beside their defaults, as a deck file would give them, in order."""
    held = value.__dict__
    return {
        name: held[name]
        for name, field in value.fields.items()
        if name in held and held[name] != field.default
    }


def kind_of(value: Any) -> str:
    """What a value is, in the words of somebody who writes decks."""
    if value is None or value == "" or (isinstance(value, str) and value.isspace()):
        return "empty"
    for types, words in _KINDS_OF_VALUE:
        if isinstance(value, types):
            return words
    return "a text"


_KINDS_OF_VALUE: tuple[tuple[Any, str], ...] = (
    (bool, "yes or no"),
    ((int, float), "a number"),
    (Mapping, "a mapping"),
    ((list, tuple), "a list"),
)
_QUOTE = "write a text; put numbers, yes and no in quotes"


class Text:
    """A text that is not empty, of a form when a pattern is given."""

    __slots__ = ("_fits", "longest", "mend", "pattern")

    def __init__(
        self,
        longest: int = LONGEST,
        pattern: str = r"\S",
        mend: str = "write it or remove the line",
    ) -> None:
        self.longest, self.pattern, self.mend = longest, pattern, mend
        self._fits = re.compile(pattern).search

    def read(self, value: Any) -> str:
        """The text itself."""
        if type(value) is str and self._fits(value) and len(value) <= self.longest:
            return value
        if type(value) is not str:
            raise Wrong(f"is {kind_of(value)}", _QUOTE if value is not None else self.mend)
        if len(value) > self.longest:
            raise Wrong(f"has {len(value):,} characters", f"at most {self.longest:,}")
        raise Wrong(f"is {shown(value) if value.strip() else 'empty'}", self.mend)

    def schema(self) -> dict[str, Any]:
        """A string with the pattern."""
        pattern = self.pattern.replace(r"\A", "^").replace(r"\Z", r"$(?!\n)")  # as editors read it
        return {"type": "string", "maxLength": self.longest, "pattern": pattern}

    def words(self) -> str:
        """Just text."""
        return "text"


class ListOf(NamedTuple):
    """A list with at least one item."""

    item: Type
    most: int = MOST
    may_be_empty: bool = False

    def read(self, value: Any) -> tuple[Any, ...]:
        """The items as a tuple."""
        if not isinstance(value, list):
            raise Wrong(f"is {kind_of(value)}", "write a list: one line each, beginning with -")
        if not value and not self.may_be_empty:
            raise Wrong("is empty", "write it or remove the line")
        if len(value) > self.most:
            raise Wrong(f"has {len(value)} items", f"at most {self.most}")
        read = self.item.read
        try:
            return tuple([read(each) for each in value])
        except Wrong:
            self._say_which(value)

    def _say_which(self, value: list[Any]) -> NoReturn:
        found: list[tuple[str, str]] = []
        for number, each in enumerate(value, 1):
            try:
                self.item.read(each)
            except Wrong as wrong:
                found += [(f"item {number} {what}", mend) for what, mend in wrong.all]
        raise Wrong(*found[0], *found[1:])

    def schema(self) -> dict[str, Any]:
        """An array of the items' schema."""
        least = 0 if self.may_be_empty else 1
        return {
            "type": "array",
            "items": self.item.schema(),
            "minItems": least,
            "maxItems": self.most,
        }

    def words(self) -> str:
        """A list of what the items are."""
        return f"list of {self.item.words()}"


class OneOf(NamedTuple):
    """Any of several types."""

    types: tuple[Type, ...]

    def read(self, value: Any) -> Any:
        """The value as the first type that takes its shape reads it."""
        for number, type_ in enumerate(self.types):
            try:
                return type_.read(value)
            except Wrong:
                if number == len(self.types) - 1 or isinstance(value, _SHAPES[type(type_)]):
                    raise
        raise AssertionError("no type")

    def schema(self) -> dict[str, Any]:
        """Any of the types' schemas."""
        return {"anyOf": [type_.schema() for type_ in self.types]}

    def words(self) -> str:
        """The types joined by `or`."""
        return " or ".join(type_.words() for type_ in self.types)


class Names(NamedTuple):
    """Names with a text each."""

    most: int = MOST

    def read(self, value: Any) -> dict[str, str]:
        """The names and texts."""
        if not isinstance(value, Mapping):
            raise Wrong(f"is {kind_of(value)}", "write a list, or name: text pairs")
        if not value or len(value) > self.most:
            raise Wrong(f"has {len(value)} names", f"1 to {self.most}")
        found: list[tuple[str, str]] = []
        for name, text in value.items():
            for each, where in ((name, "a name"), (text, shown(name))):
                try:
                    TEXT.read(each)
                except Wrong as wrong:
                    found += [(f"has a problem: {where} {what}", mend) for what, mend in wrong.all]
        if found:
            raise Wrong(*found[0], *found[1:])
        return dict(value)

    def schema(self) -> dict[str, Any]:
        """An object of strings."""
        return {
            "type": "object",
            "minProperties": 1,
            "maxProperties": self.most,
            "propertyNames": TEXT.schema(),
            "additionalProperties": TEXT.schema(),
        }

    def words(self) -> str:
        """Names with texts."""
        return "names with texts"


class Whole(NamedTuple):
    """A whole number in a range."""

    low: int
    high: int

    def read(self, value: Any) -> int:
        """The number."""
        if type(value) is not int or not self.low <= value <= self.high:
            raise Wrong(f"is {shown(str(value))}", f"a whole number from {self.low} to {self.high}")
        return value

    def schema(self) -> dict[str, Any]:
        """An integer with its bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def words(self) -> str:
        """The range."""
        return f"{self.low} to {self.high}"


class YesNo(NamedTuple):
    """True or false."""

    def read(self, value: Any) -> bool:
        """The truth value."""
        if type(value) is not bool:
            raise Wrong(f"is {kind_of(value)}", "write true or false")
        return value

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}

    def words(self) -> str:
        """True or false."""
        return "true or false"


class Choice(NamedTuple):
    """One of some words."""

    words_: tuple[str, ...]

    def read(self, value: Any) -> str:
        """The word."""
        if value not in self.words_:
            raise Wrong(f"is {shown(str(value))}", f"one of {self.words()}")
        return str(value)

    def schema(self) -> dict[str, Any]:
        """An enum."""
        return {"enum": list(self.words_)}

    def words(self) -> str:
        """The words."""
        return ", ".join(self.words_)


class Each(NamedTuple):
    """A value with fields of its own, such as a step."""

    kind: type[Record]

    def read(self, value: Any) -> Any:
        """The value, every field read."""
        if not isinstance(value, Mapping):
            raise Wrong(f"is {kind_of(value)}", _has(self.kind))
        read, problems = read_fields(self.kind, value)
        if problems:
            found = [(f"has a problem: {problem.what}", problem.mend) for problem in problems]
            raise Wrong(*found[0], *found[1:])
        return read

    def schema(self) -> dict[str, Any]:
        """An object of its fields."""
        return object_schema(self.kind)

    def words(self) -> str:
        """Its fields."""
        fields = self.kind.fields.values()
        return f"({', '.join(f'{f.name}*' if f.required else f.name for f in fields)})"


TEXT = Text()
TEXTS = ListOf(TEXT)
ONE_OR_MORE = OneOf((TEXT, TEXTS))
_SHAPES: Mapping[type, Any] = {Text: str, ListOf: list, Names: Mapping}
"""The shape of value that each type in a `OneOf` is meant for."""


def object_schema(kind: type[Record], constants: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON Schema of a value with fields; constants are fields of one fixed text."""
    fixed = {name: {"const": value} for name, value in (constants or {}).items()}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [*fixed, *(f.name for f in kind.fields.values() if f.required)],
        "properties": fixed | dict(_properties(kind)),
    }


def _properties(kind: type[Record]) -> Iterator[tuple[str, dict[str, Any]]]:
    for field in kind.fields.values():
        about = {"description": field.about} if field.about else {}
        yield field.name, field.type.schema() | about


def _has(kind: Any) -> str:
    return f"known are {', '.join(kind.fields)}"
