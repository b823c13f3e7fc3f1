"""What to say about a finding: the mend, fitted to its words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from greenflag.interview.answer.figures import Figure
from greenflag.interview.answer.values import PowerVerb
from greenflag.interview.answer.words import lemma_of, plain

MISSING = {
    "metric": "what was measured",
    "baseline": "where it started",
    "size": "where it ended",
    "period": "in which time",
}
LIGHT = frozenset("be a an the of very also just really".split())
"""Words of a phrase that do not tell which verb it is."""


def said_of(figure: Figure) -> dict[str, str]:
    """What is said with a figure: the measure, its start, its end, the time."""
    return {key: value for key, value in figure._asdict().items() if key in MISSING and value}


def figure_advice(advice: str, figure: Figure) -> str:
    """The advice for a figure, with what is not said beside it."""
    said = said_of(figure)
    missing = [words for key, words in MISSING.items() if key not in said]
    return f"{advice} Not said here: {', '.join(missing)}." if missing else advice


def vague_advice(advice: str, metric: str) -> str:
    """The advice for a vague claim; when the measure is named, only its numbers are missing."""
    if not metric:
        return advice
    return f"Say from what to what “{metric}” went, and in which time."


def verb_advice(
    advice: str, flat: Sequence[str], around: Sequence[str], verbs: Sequence[PowerVerb]
) -> str:
    """The advice for a flat verb, with up to three power verbs of the decks that replace it."""
    ranked = sorted(verbs, key=lambda verb: (-_replaces(verb, flat), -_shared(verb, around)))
    chosen = [verb for verb in ranked if _replaces(verb, flat)][:3] or ranked[:1]
    if not chosen:
        return advice
    scene = chosen[0].use_when
    names = " or ".join(f"“{verb.verb.lower()}”" for verb in chosen)
    return f"{advice} If it is true: {names}. “{chosen[0].verb}” fits a scene like this: {scene}"


def _replaces(verb: PowerVerb, flat: Sequence[str]) -> int:
    """2 when the verb stands for just these words, 1 when it does for their first and last."""
    phrases = [_lemmas(phrase) for phrase in verb.instead_of]
    if tuple(flat) in phrases:
        return 2
    return int(any(_core(flat) == _core(phrase) for phrase in phrases))


def _core(lemmas: Sequence[str]) -> tuple[str, ...]:
    """The verb and its particle: "work closely on" and "was working on" are both "work on"."""
    told = [lemma for lemma in lemmas if lemma not in LIGHT]
    return tuple(told[:1] + told[1:][-1:])


def _shared(verb: PowerVerb, around: Sequence[str]) -> int:
    """How many longer words of the sentence stand in the verb's scene."""
    return len({lemma for lemma in around if len(lemma) > 4} & set(_lemmas(verb.use_when)))


def _lemmas(phrase: str) -> tuple[str, ...]:
    return tuple(lemma_of(plain(word)) for word in re.findall(r"[^\W_]+", phrase))
