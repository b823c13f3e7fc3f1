"""Words and sentences of a text, with the place of each. The only file that imports simplemma."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from simplemma import is_known, lemmatize, split_sentences

MOST_WORDS = 120
"""The longest sentence; a longer one is cut, so that all later work stays linear."""
LONG_SPEECH = 32
"""Words without a stop after which speech is also cut before an opener such as "and then I"."""


class Token(NamedTuple):
    """A word or mark: its place in the text, its plain lower-case form and its lemma."""

    start: int
    end: int
    word: str
    lemma: str

    @property
    def is_word(self) -> bool:
        """Whether it is a word or number and no punctuation mark."""
        return self.word[0].isalnum()


class Sentence(NamedTuple):
    """The words of one sentence, in order, and where it stands."""

    start: int
    end: int
    tokens: tuple[Token, ...]


_TOKEN = re.compile(
    r"[^\W_]+(?:['’.,:/-][^\W_]+)*[%°]?|[$€£¥]|--+|\.\.\.|[^\w\s]",
)
_SIGNS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_GAP = re.compile(r"\s+|—|--+")
_BULLET = re.compile(r"\s*(?:[-*•‣◦–]|\d{1,2}[.)]|#{1,6}|>)\s+")
_ABBREVIATED = re.compile(
    r"\b(?:approx|no|ca|incl|est|min|max|vol|fig|tel|ext|dept|mrs?|ms|dr)\.$", re.IGNORECASE
)
_OPENERS = frozenset(
    "and so but then because after when now well okay ok anyway also finally first".split()
)
_SUBJECTS = frozenset("i we he she they it you the my our this that there what".split())


def sentences_of(text: str, breaks: Sequence[int] = ()) -> list[Sentence]:
    """The sentences of a text. `breaks` are places where the speaker paused."""
    found: list[Sentence] = []
    for start, end in _spans(text):
        tokens = tuple(_tokens(text, start, end))
        if any(token.is_word for token in tokens):
            found.extend(_shorter(tokens, breaks))
    return found


def count_words(text: str) -> int:
    """How many words a text has: stretches between spaces or dashes with a letter or digit.

    In scripts without spaces each sign counts as a word.
    """
    signs = len(_SIGNS.findall(text))
    return signs + sum(any(map(str.isalnum, p)) for p in _GAP.split(_SIGNS.sub(" ", text)))


def plain(word: str) -> str:
    """A word as rules know it: lower case, straight apostrophe; IT and US are no pronouns."""
    return _CAPITALS.get(word) or word.lower().replace("’", "'")


def is_english(word: str) -> bool:
    """Whether a plain word stands in the English dictionary."""
    return len(word) <= 30 and bool(is_known(word, lang="en"))


@lru_cache(maxsize=20_000)
def lemma_of(word: str) -> str:
    """The dictionary form of a plain word; "we're" and other short forms stay as they are."""
    if not word.isalpha() or len(word) > 30:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    lemma = str(lemmatize(word, lang="en")).lower()
    if lemma == word and word.endswith("ing") and len(word) > 5 and word not in _NO_ING:
        return _without_ing(word)
    return lemma


def _without_ing(word: str) -> str:
    """The verb of an -ing form that the dictionary keeps as a noun: "handling", "planning"."""
    stem = word[:-3]
    undoubled = stem[:-1] if stem[-1] == stem[-2] else stem
    return next((base for base in (undoubled, stem, stem + "e") if is_known(base, lang="en")), word)


_CAPITALS = {"IT": "it-department", "US": "u.s"}
_IRREGULAR = {
    "broke": "break",
    "shook": "shake",
    "won": "win",
    "bent": "bend",
    "felt": "feel",
    "thanked": "thank",
    "developed": "develop",
    "fixed": "fix",
    "rose": "rise",
}
_NO_ING = frozenset(
    "during morning evening nothing something everything anything spring string ceiling"
    " sibling building outgoing upcoming willing pudding wedding".split()
)


# ------------------------------------------------------------------------------- sentences


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Places of sentences: blocks, then lines, then what the library finds in them."""
    for start, end in _blocks(text):
        at = start
        held = -1
        for piece in split_sentences(text[start:end], lang="en"):
            at = text.index(piece, at, end)
            first = at if held < 0 else held
            at += len(piece)
            held = first if _goes_on(text, at, end) else -1
            if held < 0:
                yield first, at
        if held >= 0:
            yield held, at


def _goes_on(text: str, at: int, end: int) -> bool:
    """Whether the stop before `at` only ends a short form: "approx. 60", "No. 1"."""
    after = text[at:end].lstrip() if at < end else ""
    return after[:1].isdigit() and bool(_ABBREVIATED.search(text[max(0, at - 8) : at]))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs, list items and lines that stand alone."""
    start = 0
    for line_start, line_end in _lines(text):
        if line_start > start and _starts_anew(text, start, line_start, line_end):
            yield start, line_start
            start = line_start
    yield start, len(text)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield at, end
        at = end + 1


def _starts_anew(text: str, start: int, line_start: int, line_end: int) -> bool:
    """Whether a line begins a new block: a blank line, a list mark, or a short line before it."""
    line = text[line_start:line_end].strip()
    before = text[max(start, line_start - 400) : line_start - 1].rpartition("\n")[2].strip()
    if not line or not before:
        return True
    if _BULLET.match(line):
        return True
    return (
        len(before) < 70 and before[-1] not in ",;-–—" and (line[0].isupper() or line[0].isdigit())
    )


# ------------------------------------------------------------------------------- words


def _tokens(text: str, start: int, end: int) -> Iterator[Token]:
    for found in _TOKEN.finditer(text, start, end):
        word = plain(found[0])
        yield Token(found.start(), found.end(), word, lemma_of(word))


def _shorter(tokens: tuple[Token, ...], breaks: Sequence[int]) -> Iterator[Sentence]:
    """One sentence, or its parts when it runs on without a stop."""
    first = 0
    paused = set(breaks)
    for number, token in enumerate(tokens):
        length = number - first
        cut = (
            length >= MOST_WORDS
            or (length >= 3 and len(tokens) > LONG_SPEECH and token.start in paused)
            or (length >= 8 and len(tokens) > LONG_SPEECH and _opens(tokens, number))
        )
        if cut:
            yield _sentence(tokens[first:number])
            first = number
    yield _sentence(tokens[first:])


def _opens(tokens: Sequence[Token], at: int) -> bool:
    """Whether speech without stops begins a new thought here: "so i", "and then the"."""
    if tokens[at].word not in _OPENERS or len(tokens) - at < 4:
        return False
    if any(t.word in ".,;:" for t in tokens[max(0, at - 12) : at]):
        return False
    following = [t.word for t in tokens[at + 1 : at + 4]]
    return following[0] in _SUBJECTS or (
        following[0] in _OPENERS | {"um", "uh", "like"} and following[1] in _SUBJECTS
    )


def _sentence(tokens: tuple[Token, ...]) -> Sentence:
    return Sentence(tokens[0].start, tokens[-1].end, tokens)
