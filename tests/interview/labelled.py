"""The labelled answers of the corpus, and how well an analysis agrees with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from greenflag.interview.answer import Analysis, PowerVerb, analyse, read_rules
from greenflag.interview.answer.parts import PARTS
from greenflag.interview.transcript import Transcript

CORPUS = Path(__file__).parent / "corpus"
VERBS = (
    PowerVerb(
        "Triaged", ("dealt with", "handled"), "Calls came in all at once and you set the order."
    ),
    PowerVerb(
        "Coached", ("helped", "trained"), "An agent asked too late and you practised with her."
    ),
    PowerVerb("Orchestrated", ("managed", "was in charge of"), "Six teams moved in one night."),
)


class Labelled(NamedTuple):
    """One answer as a person labelled it: places of sentences and findings in its text."""

    id: str
    text: str
    sentences: tuple[tuple[int, int, str | None], ...]
    findings: tuple[tuple[str, int, int], ...]


class Score(NamedTuple):
    """How often found and labelled agree: found rightly, found wrongly, seen, missed."""

    right: int = 0
    wrong: int = 0
    seen: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is labelled."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what is labelled that was found."""
        return self.seen / (self.seen + self.missed) if self.seen + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@lru_cache
def answers(name: str) -> tuple[Labelled, ...]:
    """The labelled answers of one corpus file."""
    entries = yaml.safe_load((CORPUS / f"{name}.yaml").read_text("utf-8"))
    return tuple(_labelled(entry) for entry in entries)


@lru_cache
def analysed(name: str) -> tuple[Analysis, ...]:
    """Their analyses."""
    return tuple(analyse(Transcript(one.text), read_rules(), VERBS) for one in answers(name))


def findings_score(name: str, rule: str) -> Score:
    """How well one rule agrees with the labels; overlapping words agree."""
    total = Score()
    for one, analysis in zip(answers(name), analysed(name), strict=True):
        gold = [(start, end) for kind, start, end in one.findings if kind == rule]
        found = [(f.start, f.end) for f in analysis.findings if f.rule == rule]
        right = sum(any(_overlap(f, g) for g in gold) for f in found)
        seen = sum(any(_overlap(f, g) for f in found) for g in gold)
        here = (right, len(found) - right, seen, len(gold) - seen)
        total = Score(*(a + b for a, b in zip(total, here, strict=True)))
    return total


def parts_score(name: str) -> dict[str, float]:
    """F1 by part, over the sentences a person labelled."""
    pairs = list(_pairs(name))
    scores = {}
    for part in PARTS:
        right = sum(gold == told == part for gold, told in pairs)
        either = sum((gold == part) + (told == part) for gold, told in pairs)
        scores[part] = 2 * right / either if either else 1.0
    return scores


def _pairs(name: str) -> Iterator[tuple[str, str | None]]:
    for one, analysis in zip(answers(name), analysed(name), strict=True):
        for start, end, part in one.sentences:
            if part:
                nearest = max(
                    analysis.sentences, key=lambda t: min(end, t.end) - max(start, t.start)
                )
                yield part, nearest.part


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _labelled(entry: dict[str, Any]) -> Labelled:
    join = entry.get("join", " ")
    text = join.join(words for _, words in entry["sentences"])
    sentences: list[tuple[int, int, str | None]] = []
    at = 0
    for part, words in entry["sentences"]:
        sentences.append((at, at + len(words), part))
        at += len(words) + len(join)
    places = tuple(_places(entry["findings"], text, [start for start, _, _ in sentences]))
    return Labelled(entry["id"], text, tuple(sentences), places)


def _places(
    found: Iterable[list[Any]], text: str, starts: list[int]
) -> Iterator[tuple[str, int, int]]:
    for rule, sentence, words, *which in found:
        at = text.index(words, starts[sentence])
        for _ in range(which[0] if which else 0):
            at = text.index(words, at + 1)
        yield rule, at, at + len(words)
