"""Applying the rules: which words of an answer they notice."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from greenflag.interview.answer.advice import figure_advice, said_of, vague_advice, verb_advice
from greenflag.interview.answer.figures import figures, metric_in
from greenflag.interview.answer.rules import Rules
from greenflag.interview.answer.sight import Sight
from greenflag.interview.answer.values import Finding, PowerVerb

QUOTED = re.compile(r"“[^”“]{1,600}”|(?<![\w\"])\"[^\"\n]{1,600}\"")
GIVES_WAY = {"hedge": ("filler",), "figure": ("cliche", "absolute"), "green-flag": ("red-flag",)}
"""A finding of the first rule gives way to an overlapping one of the others."""


class _Hit(NamedTuple):
    """A match of a rule: the sentence and its words."""

    rule: str
    sentence: int
    first: int
    last: int


def find(
    text: str,
    sights: Sequence[Sight],
    parts: Sequence[str | None],
    rules: Rules,
    verbs: Sequence[PowerVerb],
) -> list[Finding]:
    """All findings of an answer, in the order of its words."""
    finder = _Finder(text, sights, parts, rules, verbs)
    found = [*finder.by_patterns(), *finder.by_figures()]
    return sorted(_without_weaker(found), key=lambda f: (f.start, f.end, f.rule))


def counts(found: Iterable[Finding]) -> Mapping[str, int]:
    """How many findings each rule has."""
    total: dict[str, int] = {}
    for finding in found:
        total[finding.rule] = total.get(finding.rule, 0) + 1
    return total


class _Finder:
    """Looks through one answer."""

    def __init__(
        self,
        text: str,
        sights: Sequence[Sight],
        parts: Sequence[str | None],
        rules: Rules,
        verbs: Sequence[PowerVerb],
    ) -> None:
        self._text, self._sights, self._parts = text, sights, parts
        self._rules, self._verbs = rules, verbs
        self._quotes = [found.span() for found in QUOTED.finditer(text)]
        self._figures = [
            figures(s.seen.tokens, s.seen.letters, part or "", rules.lexicon)
            for s, part in zip(sights, parts, strict=True)
        ]

    def by_figures(self) -> Iterator[Finding]:
        """The figures, as findings."""
        if "figure" in self._rules.off:
            return
        rule = self._rules.rules["figure"]
        for sight, row in zip(self._sights, self._figures, strict=True):
            for figure in row:
                start, end = sight.place(figure.first, figure.last)
                advice = figure_advice(rule.advice, figure)
                yield Finding(
                    rule.name,
                    self._text[start:end],
                    start,
                    end,
                    rule.reason,
                    advice,
                    said_of(figure),
                )

    def by_patterns(self) -> Iterator[Finding]:
        """What the patterns of the rules find."""
        for number in range(len(self._sights)):
            for hit in self._hits(number):
                yield self._finding(hit)

    def _hits(self, number: int) -> Iterator[_Hit]:
        encoded = self._sights[number].encoded
        spans: dict[str, list[tuple[int, int]]] = {}
        for kind, first, last in self._rules.patterns.find(encoded):
            if (not kind.parts or self._parts[number] in kind.parts) and self._counts(
                kind.rule, number, first, last
            ):
                spans.setdefault(kind.rule, []).append((first, last))
        if not spans:
            return
        for name, first, last in self._rules.exceptions.find(encoded):
            spans[name] = [s for s in spans.get(name, ()) if s[1] <= first or last <= s[0]]
        for name, found in spans.items():
            yield from (_Hit(name, number, first, last) for first, last in _apart(found))

    def _counts(self, name: str, number: int, first: int, last: int) -> bool:
        rule = self._rules.rules[name]
        if name in self._rules.off or (
            rule.unless == "figure" and any(self._figures[number : number + 2])
        ):
            return False
        return rule.quotes or not self._is_quoted(number, first, last)

    def _is_quoted(self, number: int, first: int, last: int) -> bool:
        if not self._quotes:
            return False
        start, end = self._sights[number].place(first, last)
        return any(left <= start and end <= right for left, right in self._quotes)

    def _finding(self, hit: _Hit) -> Finding:
        sight, rule = self._sights[hit.sentence], self._rules.rules[hit.rule]
        start, end = sight.place(hit.first, hit.last)
        advice = rule.advice
        lemmas = [token.lemma for token in sight.seen.tokens]
        if hit.rule == "flat-verb":
            advice = verb_advice(advice, lemmas[hit.first : hit.last], lemmas, self._verbs)
        elif hit.rule == "vague":
            advice = vague_advice(advice, metric_in(sight.seen.tokens, self._rules.lexicon))
        return Finding(rule.name, self._text[start:end], start, end, rule.reason, advice)


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of one rule without overlaps: the longest of each heap."""
    kept: list[tuple[int, int]] = []
    for span in sorted(set(spans), key=lambda s: (s[0] - s[1], s[0])):
        if all(span[1] <= other[0] or other[1] <= span[0] for other in kept):
            kept.append(span)
    return sorted(kept)


def _without_weaker(found: Sequence[Finding]) -> Iterator[Finding]:
    strong: dict[str, list[tuple[int, int]]] = {}
    for finding in found:
        strong.setdefault(finding.rule, []).append((finding.start, finding.end))
    places = {name: sorted(spans) for name, spans in strong.items()}
    for finding in found:
        names = GIVES_WAY.get(finding.rule, ())
        if not any(_overlaps(places.get(name, ()), finding) for name in names):
            yield finding


def _overlaps(spans: Sequence[tuple[int, int]], finding: Finding) -> bool:
    """Whether one of these spans, apart and in order, overlaps a finding."""
    at = bisect_left(spans, (finding.end, 0)) - 1
    return at >= 0 and spans[at][1] > finding.start
