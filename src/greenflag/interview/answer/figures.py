"""Figures: quantities that show a result, its start or its aim.

Each quantity is judged by its kind and the words around it. Head counts, steps, prices and lengths
of work are no figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from greenflag.interview.answer.grammar import AUXILIARIES, NO_VERB
from greenflag.interview.answer.judging import Judge
from greenflag.interview.answer.lexicon import Lexicon
from greenflag.interview.answer.numbers import MONTHS, PERIODS, ROUGHLY, lead_word, word_at
from greenflag.interview.answer.quantities import Quantity, quantities
from greenflag.interview.answer.words import Token


class Figure(NamedTuple):
    """A figure: its words, and what is said of it: the measure, the start, the end, the time."""

    first: int
    last: int
    metric: str = ""
    baseline: str = ""
    size: str = ""
    period: str = ""


BEFORE = frozenset(
    "about around roughly nearly almost over under below above just only some approximately"
    " circa shy barely up at least most than more less by to from of well within an average a mere"
    " fewer".split()
)
LINKS = frozenset(
    tuple(link.split())
    for link in (
        "to|down to|up to|down from|up from|instead of|rather than|against|not|after|compared with"
        "|compared to|to under|to below|to over|to well under|→|- >|> |until|versus|vs|vs ."
    ).split("|")
)
"""What stands between the two numbers of one change, without commas and "about"."""


def figures(tokens: Sequence[Token], letters: str, part: str, lexicon: Lexicon) -> list[Figure]:
    """The figures of a sentence that stands in that part of an answer."""
    judge = Judge(tokens, letters, part, lexicon)
    groups = list(_groups(tokens, quantities(tokens, lexicon)))
    counted = [any(judge.counts(q, len(group) > 1) for q in group) for group in groups]
    if any(counted) and part in ("result", "situation"):
        counted = [
            c or judge.contrasted(group[0]) for c, group in zip(counted, groups, strict=True)
        ]
    return [
        _figure(tokens, group, lexicon)
        for group, counts in zip(groups, counted, strict=True)
        if counts
    ]


# ------------------------------------------------------------------------------- pairs


def _groups(tokens: Sequence[Token], found: Sequence[Quantity]) -> Iterator[list[Quantity]]:
    """Quantities that tell one change: from 11 to 4; 3.5 minutes, down from 5."""
    group: list[Quantity] = []
    for quantity in found:
        if group and _joined(tokens, group[-1], quantity):
            group.append(quantity)
            continue
        if group:
            yield group
        group = [quantity]
    if group:
        yield group


def _joined(tokens: Sequence[Token], left: Quantity, right: Quantity) -> bool:
    between = [t.word for t in tokens[left.last : right.first]]
    if {left.kind, right.kind} == {"percent", "time"} or len(between) > 6:
        return False
    words = tuple(
        w
        for w in between
        if (w != "," and w not in ROUGHLY and w != "of") or between[-2:] == ["instead", "of"]
    )
    words = tuple(w for w in words if w not in (",", "+", "−"))
    words = words[:-1] if len(words) > 1 and words[-1] == "-" else words
    from_before = "from" in (word_at(tokens, left.first - 1), word_at(tokens, left.first - 2))
    if words in LINKS:
        return words != ("to",) or from_before or left.kind == right.kind
    if from_before and "to" in between[-2:]:
        return True
    if (
        right.kind != left.kind
        and ((right.unit and left.unit) or "percent" in (left.kind, right.kind))
        and right.kind != "count"
    ):
        return False
    pairs = [tuple(between[k : k + 2]) for k in range(len(between))]
    return any(pair in (("down", "from"), ("up", "from"), ("instead", "of")) for pair in pairs)


# ------------------------------------------------------------------------------- what is said of it


def _figure(tokens: Sequence[Token], group: Sequence[Quantity], lexicon: Lexicon) -> Figure:
    first, last = group[0].first, group[-1].last
    while first and tokens[first - 1].word in BEFORE:
        first -= 1
    baseline, size = _ends(tokens, group)
    return Figure(
        first,
        last,
        metric_in(tokens[:first], lexicon),
        baseline,
        size,
        _period(tokens, first, last),
    )


def _ends(tokens: Sequence[Token], group: Sequence[Quantity]) -> tuple[str, str]:
    """Where it started and where it ended, as said."""
    said = [" ".join(t.word for t in tokens[q.first : q.last]) for q in group]
    if len(said) == 1:
        starts = lead_word(tokens, group[0].first - 1) == "from"
        return (said[0], "") if starts else ("", said[0])
    between = [t.word for t in tokens[group[0].last : group[-1].first]]
    return (said[0], said[-1]) if "to" in between else (said[-1], said[0])


def metric_in(tokens: Sequence[Token], lexicon: Lexicon) -> str:
    """The last measure that is named: "average handle time"; nothing when none is."""
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at].lemma in lexicon.metric:
            start = at
            while start and at - start < 2 and _describes(tokens[start - 1]):
                start -= 1
            return " ".join(t.word for t in tokens[start : at + 1])
    return ""


def _describes(token: Token) -> bool:
    return token.is_word and token.word not in NO_VERB and token.word not in AUXILIARIES


def _period(tokens: Sequence[Token], first: int, last: int) -> str:
    """The time in which it happened: "in two months", "by May", "over the same period"."""
    for at, token in enumerate(tokens):
        if token.word not in ("in", "within", "over", "after", "by", "since", "until", "during"):
            continue
        for end in range(at + 1, min(at + 6, len(tokens))):
            word = tokens[end].word
            if first <= end < last or not (tokens[end].is_word):
                break
            if (
                word in MONTHS
                or word.rstrip("s") in PERIODS
                or word
                in ("period", "christmas", "easter", "summer", "winter", "spring", "autumn", "time")
            ):
                return " ".join(t.word for t in tokens[at : end + 1])
    return ""
