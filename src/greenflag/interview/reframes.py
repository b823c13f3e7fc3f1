"""A weakness told as growth: whether its practice and its metric are real, and a first draft."""

from __future__ import annotations

import re
from collections.abc import Iterable

from greenflag.content.notes import Reframe
from greenflag.interview.answer.grammar import AUXILIARIES, SPEAKER, is_ing
from greenflag.interview.answer.rules import read_rules
from greenflag.interview.answer.sight import Sight, sight
from greenflag.interview.answer.words import count_words, sentences_of
from greenflag.interview.faults import is_english, signs
from greenflag.interview.stories import words_of

LEAST_WORDS = 3
INTENDING = frozenset(
    "try hope intend promise work become get pay focus concentrate think want need feel improve"
    " know have mean like stay remain care strive aim good well".split()
)
"""Verbs (lemmas) that tell of an intention and not of something one does."""
DATE = re.compile(
    r"\b(?:[0-3]?\d[./][01]?\d[./](?:19|20)?\d\d|(?:Q[1-4] *)?(?:19|20)\d\d|Q[1-4])\b", re.I
)
"""A year, a quarter or a day: of itself it measures nothing."""


def practice_fault(text: str) -> str:
    """What keeps a practice from being one; empty when it is something one does.

    A text that is not English is taken as it is.
    """
    if not is_english(text, read_rules()):
        return ""
    if count_words(text) < LEAST_WORDS:
        return "that is too short for a practice: what do you do, and when?"
    found = {
        name: any(signs().found(name, one) for one in _sights(text))
        for name in ("practice", "occasion", "act", "hollow")
    }
    if found["practice"] or found["act"] or any(map(_acts, _sights(text))):
        return ""
    if found["occasion"] and not found["hollow"]:
        return ""
    if found["hollow"]:
        return "that is an intention: name the habit or tool, and when you use it"
    return "no habit or tool in it: what do you do, and when?"


def metric_fault(text: str) -> str:
    """What keeps a metric from being one; empty when it has a number other than a date."""
    if any(one.seen.quantities for one in _sights(text)):
        return ""
    if any(character.isnumeric() for character in DATE.sub("", text, count=1)):
        return ""
    but = " but a date" if any(character.isnumeric() for character in text) else ""
    return f"no number in it{but}: from what to what, and in which time?"


def draft(impact: str, practice: str, metric: str) -> str:
    """A growth line to start from: what it cost, what one does now, what came of it."""
    return " ".join(_sentence(text) for text in (impact, practice, metric))


def like(weakness: str, examples: Iterable[Reframe], most: int = 2) -> list[Reframe]:
    """The examples nearest to a weakness, by the words they share; the heaviest when none does."""
    words = words_of(weakness)
    return sorted(
        examples,
        key=lambda each: (-len(words & words_of(f"{each.weakness} {each.reframe}")), -each.weight),
    )[:most]


def _acts(one: Sight) -> bool:
    """Whether the speaker does something in a sentence: more than "I am" or "I try to listen"."""
    tokens = one.seen.tokens
    hollow = {n for first, last in signs().found("hollow", one) for n in range(first, last)}
    return any(
        letter == SPEAKER
        and number not in hollow
        and token.word not in AUXILIARIES | {"i"}
        and token.lemma not in INTENDING
        and not is_ing(token)
        and tokens[number - 1].word != "to"
        for number, (token, letter) in enumerate(zip(tokens, one.seen.letters, strict=True))
    )


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…", "。")) else f"{text}."


def _sights(text: str) -> list[Sight]:
    rules = read_rules()
    return [sight(sentence, rules) for sentence in sentences_of(text)]
