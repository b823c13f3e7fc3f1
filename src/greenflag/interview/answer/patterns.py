"""A small language for patterns over words, and a fast way to try many of them on a sentence.

A pattern is a line of elements with spaces between:

    word|other      one of these words, as written in plain lower case
    @manage|handle  any inflection of one of these
    i:@manage       the same, told as the speaker's own act (`w:` the team's, `o:` of others)
    <degree>        one of a named list of words; the list may hold `*ly` and `@lemma`
    _  ..  ...      any one word; up to two; up to five words, without punctuation
    ? after it      this element may be missing
    !element        the next word is not this
    ^  $            start, end of the sentence
    [ ]             the words that are reported; without them all words are

Patterns run on a line in which each word stands as `word/lemma/letter `.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from greenflag.interview.answer.words import Token

WordLists = Mapping[str, Sequence[str]]
ALWAYS = ""
"""The key of patterns that have no word by which to find them."""


class Encoded(NamedTuple):
    """A sentence as patterns read it, and where each word starts in that line."""

    line: str
    starts: tuple[int, ...]
    keys: frozenset[str]


class Pattern(NamedTuple):
    """One compiled pattern and the words or lemmas of which a match must hold one."""

    source: str
    regex: str
    keys: frozenset[str]

    @property
    def compiled(self) -> re.Pattern[str]:
        """The regular expression, compiled at first use: most patterns meet no text."""
        return _compiled(self.regex)


@lru_cache(maxsize=4096)
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)


class BadPattern(ValueError):
    """A pattern of the rules file cannot be read."""


def encode(tokens: Sequence[Token], letters: str) -> Encoded:
    """The line on which patterns run."""
    pieces, starts, at = [], [], 0
    keys = {ALWAYS}
    for token, letter in zip(tokens, letters, strict=True):
        word = token.word if token.word != "/" else "slash"
        piece = f"{word.replace('/', '|')}/{token.lemma.replace('/', '|')}/{letter} "
        pieces.append(piece)
        starts.append(at)
        at += len(piece)
        keys.add(word)
        keys.add("@" + token.lemma)
    return Encoded("".join(pieces), tuple(starts), frozenset(keys))


def matches(pattern: Pattern, encoded: Encoded) -> Iterator[tuple[int, int]]:
    """First and last word (exclusive) of each match of a pattern."""
    regex = pattern.compiled
    for found in regex.finditer(encoded.line):
        first, last = found.span("span") if "span" in regex.groupindex else found.span()
        if last > first:
            yield bisect_right(encoded.starts, first) - 1, bisect_right(encoded.starts, last - 1)


Value = TypeVar("Value")


class Book(Generic[Value]):
    """Patterns with a value each, found by the words of a sentence."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[tuple[int, Pattern, Value]]] = {}
        self._count = 0

    def add(self, pattern: Pattern, value: Value) -> None:
        """Adds one pattern."""
        for key in pattern.keys:
            self._by_key.setdefault(key, []).append((self._count, pattern, value))
        self._count += 1

    def find(self, encoded: Encoded) -> Iterator[tuple[Value, int, int]]:
        """The value and the words of each match, in the order of the patterns."""
        tried: dict[int, tuple[Pattern, Value]] = {}
        for key in encoded.keys:
            for number, pattern, value in self._by_key.get(key, ()):
                tried[number] = (pattern, value)
        for number in sorted(tried):
            pattern, value = tried[number]
            for first, last in matches(pattern, encoded):
                yield value, first, last


# ------------------------------------------------------------------------------- compiling


def compile_pattern(source: str, lists: WordLists) -> Pattern:
    """A pattern of the rules file, ready to use."""
    if source.split().count("[") != source.split().count("]"):
        raise BadPattern(f"{source!r}: a bracket is missing")
    parts: list[str] = []
    keys: frozenset[str] | None = None
    for element in source.split():
        regex, found = _element(element, lists)
        parts.append(regex)
        if found and (keys is None or _rarity(found) < _rarity(keys)):
            keys = found
    return Pattern(source, r"(?<![^ ])" + "".join(parts), keys or frozenset({ALWAYS}))


_FIXED = {
    "_": r"[^\W_][^ /]*/[^ ]* ",
    "..": r"(?:[^\W_][^ /]*/[^ ]* ){0,2}?",
    "...": r"(?:[^\W_][^ /]*/[^ ]* ){0,5}?",
    "[": "(?P<span>",
    "]": ")",
    "^": r"(?<![\s\S])",
    "$": r"(?![^ /]*[^\W_])",
}


COMMON = frozenset(
    "the a an i we it to of in on at for and was is were be @be not with this that my our had"
    " have @have they them @do by , . as so".split()
)
"""Words by which too many sentences would be found."""


def _rarity(keys: frozenset[str]) -> tuple[int, int]:
    return len(keys & COMMON), len(keys)


def _element(element: str, lists: WordLists) -> tuple[str, frozenset[str]]:
    """The regular expression of one element, and its keys when it must be there."""
    if element in _FIXED:
        return _FIXED[element], frozenset()
    optional = len(element) > 1 and element.endswith("?")
    forbidden = len(element) > 1 and element.startswith("!")
    core = element[forbidden : -1 if optional else None]
    if core in _FIXED:
        return f"(?!{_FIXED[core]})" if forbidden else f"(?:{_FIXED[core]})?", frozenset()
    letter, core = (core[0], core[2:]) if re.match("[iwo]:.", core) else ("", core)
    items = list(_items(core, lists))
    regex = "(?:" + "|".join(_word(item, letter) for item in items) + ")"
    if forbidden:
        return f"(?!{regex})", frozenset()
    if optional:
        return f"(?:{regex})?", frozenset()
    if any("*" in item or item == "#" for item in items):
        return regex, frozenset()
    return regex, frozenset(item.split()[0] for item in items)


def _items(core: str, lists: WordLists) -> Iterator[str]:
    """The single words and `@lemmas` of an element; a named list gives its own."""
    lemmas = core.startswith("@")
    for item in core.removeprefix("@").split("|"):
        if item.startswith("<") and item.endswith(">"):
            if item[1:-1] not in lists:
                raise BadPattern(f"no word list {item}")
            yield from lists[item[1:-1]]
        else:
            yield "@" + item if lemmas and not item.startswith("@") else item


def _word(item: str, letter: str) -> str:
    if " " in item:
        return "".join(_word(part, letter) for part in item.split())
    acts = letter or "[^ ]"
    if item == "#":
        return rf"(?:\d[^ /]*|{_NUMBER})/[^ /]*/{acts} "
    if item.startswith("@"):
        return rf"[^ /]*/{_letters(item[1:])}/{acts} "
    return rf"{_letters(item)}/[^ /]*/{acts} "


_NUMBER = (
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen)"
    "(?:-[a-z]+)?"
)


def _letters(item: str) -> str:
    return re.escape(item).replace(r"\*", "[^ /]*")
