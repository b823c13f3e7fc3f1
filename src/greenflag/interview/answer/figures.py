"""Figures: quantities that show a result, its start or its aim.

Each quantity is judged by its kind and the words around it. Head counts, steps, prices and lengths
of work are no figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from greenflag.interview.answer.grammar import AUXILIARIES, NO_VERB
from greenflag.interview.answer.lexicon import Lexicon
from greenflag.interview.answer.quantities import (
    MONTHS,
    ONES,
    PERIODS,
    ROUGHLY,
    Quantity,
    lead_word,
    quantities,
    word_at,
)
from greenflag.interview.answer.words import Token


class Figure(NamedTuple):
    """A figure: its words, and what is said of it: the measure, the start, the end, the time."""

    first: int
    last: int
    metric: str = ""
    baseline: str = ""
    size: str = ""
    period: str = ""


WAITS = frozenset("wait queue".split())
AIMS = frozenset("to below under".split())
HAVING = frozenset("have get receive see".split())
RATING = frozenset("rate score".split())
LOSING = frozenset("cost lose waste worth".split())
GAINING = frozenset("lose gain win".split())
COUNTED = frozenset("had were was received got".split())
NOT_COUNTED = frozenset("all last first next other these those with".split())
BEFORE = frozenset(
    "about around roughly nearly almost over under below above just only some approximately"
    " circa up at least most than more less by to from of well within an average a mere"
    " fewer".split()
)
LINKS = frozenset(
    tuple(link.split())
    for link in (
        "to|down to|up to|down from|up from|instead of|rather than|against|not|after|compared with"
        "|compared to|to under|to below|to over|to well under"
    ).split("|")
)
"""What stands between the two numbers of one change, without commas and "about"."""
CONTRASTS = frozenset(
    tuple(words.split())
    for words in (
        "had been|it was|they were|to take|to be|it took|compared with|compared to|started at"
    ).split("|")
)
"""What stands before the other side of a figure."""


def figures(tokens: Sequence[Token], letters: str, part: str, lexicon: Lexicon) -> list[Figure]:
    """The figures of a sentence that stands in that part of an answer."""
    judge = _Judge(tokens, letters, part, lexicon)
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
    words = tuple(w for w in words if w != ",")
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


# ------------------------------------------------------------------------------- judging


class _Judge:
    """Tells whether the quantities of one sentence are measures or plain numbers."""

    def __init__(self, tokens: Sequence[Token], letters: str, part: str, lexicon: Lexicon) -> None:
        self._tokens, self._letters, self._part, self._words = tokens, letters, part, lexicon

    def counts(self, quantity: Quantity, grouped: bool) -> bool:
        """Whether a quantity tells a measure."""
        kind = quantity.kind
        if self._part == "action" and kind in ("count", "time", "rate") and self._sets(quantity):
            return False
        if grouped:
            return not self._clock_range(quantity) and not (
                kind == "count" and self._word(quantity.first) == "one"
            )
        if self._word(quantity.first) == "zero":
            return True
        if kind == "percent":
            return not self._idiom(quantity) and self._word(quantity.last) not in self._words.offers
        if kind in ("rating", "times"):
            return True
        if kind == "share":
            return self._shares(quantity)
        if kind == "count" and quantity.unit in self._words.people and self._part != "result":
            return False
        return self._measures(quantity)

    def contrasted(self, quantity: Quantity) -> bool:
        """The other side of a figure in the same sentence: "it had been six", "nine before"."""
        if quantity.unit in self._words.people or quantity.kind not in ("count", "time", "rate"):
            return False
        before = tuple(t.word for t in self._tokens[max(0, quantity.first - 2) : quantity.first])
        if before in CONTRASTS or (
            before[-1:] in (("against",), ("after",)) and quantity.kind == "count"
        ):
            return True
        behind = [t.word for t in self._tokens[quantity.last : quantity.last + 6]]
        return (
            quantity.kind == "count"
            and not quantity.unit
            and ("before" in behind or "earlier" in behind)
        )

    def _word(self, at: int) -> str:
        return word_at(self._tokens, at)

    def _near(self, quantity: Quantity, lemmas: frozenset[str], reach: int) -> bool:
        near = self._tokens[max(0, quantity.first - reach) : quantity.first]
        return any(t.lemma in lemmas or t.word in lemmas for t in near)

    def _changed(self, quantity: Quantity) -> bool:
        return self._near(quantity, self._words.change, 7)

    def _lead(self, quantity: Quantity) -> str:
        lead = lead_word(self._tokens, quantity.first - 1)
        if lead != "to":
            return lead
        words = [t.word for t in self._tokens[max(0, quantity.first - 4) : quantity.first]]
        moved = ("went", "goes", "gone", "go", "is", "was", "were", "are")
        return "up to" if "up" in words and not any(word in moved for word in words) else "to"

    def _own(self, quantity: Quantity) -> bool:
        """Whether the quantity stands right behind an act of the speaker: "I hired six"."""
        for at in range(quantity.first - 1, max(-1, quantity.first - 7), -1):
            lemma = self._tokens[at].lemma
            if lemma in HAVING:
                return False
            if (
                self._letters[at] in "ow"
                or lemma in self._words.being
                or lemma in self._words.lasting
            ):
                return False
            if self._letters[at] == "i":
                return True
        return False

    def _sets(self, quantity: Quantity) -> bool:
        """Whether the speaker sets a number: "I moved the meeting from 9 to 11"."""
        acts = self._letters[: quantity.first].rstrip("-")
        behind = acts[-1:] == "i" and quantity.first - len(acts) < 7
        return behind and not self._of_metric(quantity, 7)

    def _clock_range(self, quantity: Quantity) -> bool:
        """ "From ten to twelve" are hours unless something changes or is measured before it."""
        word = self._tokens[quantity.first].word
        small = word in ONES[:12] or (word.isdigit() and int(word[:4]) <= 24)
        if quantity.kind != "count" or quantity.unit or not small:
            return False
        told = self._near(quantity, self._words.change | self._words.metric, 8)
        return not told and self._word(quantity.first - 1) in ("from", "at")

    def _idiom(self, quantity: Quantity) -> bool:
        first, last = self._tokens[quantity.first].word, self._tokens[quantity.last - 1].word
        if "110" in (first, first.rstrip("%")) or first in ("120%", "150%", "200%", "1000%"):
            return True
        whole = last == "100%" or first in ("100", "hundred", "one", "a")
        return whole and self._word(quantity.last) in (
            "sure",
            "satisfied",
            "committed",
            "certain",
            "happy",
            "honest",
        )

    def _shares(self, quantity: Quantity) -> bool:
        own = self._own(quantity)
        if quantity.unit == "fraction":
            return not own or self._changed(quantity)
        if quantity.unit != "of":
            return True
        if self._tokens[quantity.first].word == "one" or (self._part == "action" and own):
            return False
        return self._of_many(quantity) or self._changed(quantity)

    def _of_many(self, quantity: Quantity) -> bool:
        """19 of 45 callers is a share; four of nine agents may be just four people."""
        whole = self._tokens[quantity.last - 1].word.replace(",", "")
        return int(whole[:9]) >= 8 if whole.isdigit() else whole not in ONES[:7]

    def _measures(self, quantity: Quantity) -> bool:
        """Whether a time, a sum, a rate or a count is a measure by the words around it."""
        lead, own = self._lead(quantity), self._own(quantity)
        if self._is_single(quantity, lead):
            return False
        if self._compared(quantity) or self._is_aim(quantity, lead):
            return True
        if lead in self._words.leads and self._changed(quantity):
            if quantity.unit in self._words.people:
                return False
            aim = lead in AIMS and (quantity.kind == "time" or not quantity.unit)
            return not own or aim or self._of_metric(quantity, 5)
        if quantity.unit == "compound":
            return self._token_lemma(quantity.last) in self._words.metric and not own
        if quantity.kind == "time":
            return self._lasts(quantity, lead, own)
        if quantity.kind == "money":
            return self._costs(quantity, own)
        if quantity.kind == "rate":
            told = not own or quantity.unit in self._words.metric
            return told and self._part in ("result", "situation", "task")
        return self._is_count(quantity, own)

    def _is_single(self, quantity: Quantity, lead: str) -> bool:
        """One of a thing is no measure: "one form"; but "down to one", "one a month" are."""
        if self._word(quantity.first) not in ("one", "1") or lead in ("to", "from", "below"):
            return False
        return quantity.kind == "count" or (
            quantity.kind == "rate" and quantity.last - quantity.first > 3
        )

    def _is_aim(self, quantity: Quantity, lead: str) -> bool:
        """A value right behind its measure or under a limit: "late replies below 12"."""
        if lead in ("below", "under", "at") and self._after_metric(quantity):
            return True
        if lead in ("below", "under") and self._part == "task":
            return quantity.unit not in self._words.people
        upto = lead == "up to" and quantity.kind == "time"
        return upto and self._near(quantity, self._words.metric, 4)

    def _of_metric(self, quantity: Quantity, reach: int) -> bool:
        metric = self._words.metric
        return quantity.unit in metric or self._near(quantity, metric, reach)

    def _compared(self, quantity: Quantity) -> bool:
        """13% less, 30 hours less, 600 more parcels."""
        after, second = self._word(quantity.last), self._word(quantity.last + 1)
        if after in ("early", "late") and self._part != "result":
            return False
        people = after in ("more", "less") and quantity.unit in self._words.people
        return after in self._words.compared and second != "time" and not people

    def _after_metric(self, quantity: Quantity) -> bool:
        """The measure stands right before its value: "late replies below 12"."""
        at = quantity.first - 1
        while at > 0 and self._tokens[at].word in ROUGHLY | {"below", "under", "at", "of"}:
            at -= 1
        lemma = self._tokens[max(0, at)].lemma
        return lemma in self._words.metric and lemma != "call"

    def _lasts(self, quantity: Quantity, lead: str, own: bool) -> bool:
        """ "A refund took nine days", "done in 61 days"; not "for two weeks", "a month later"."""
        words = self._words
        lasting = self._near(quantity, words.lasting, 4)
        spent = self._word(quantity.last) in ("lost", "saved", "wasted")
        limit = lead in ("under", "below") and self._part == "result" and not own
        if limit or (not own and (spent or self._near(quantity, LOSING, 2))):
            return True
        if lead == "for" and not own and self._near(quantity, WAITS, 8):
            return True
        long = self._word(quantity.last) == "long" and self._near(quantity, words.being, 3)
        later = self._word(quantity.last) in words.later and not lasting and not long
        if later or lead in words.no_leads or self._is_own_work(quantity):
            return False
        if lead in ("in", "within", "after", "by"):
            done = self._near(quantity, words.finished, 5)
            return (
                self._part == "result"
                and not own
                and done
                and not self._near(quantity, words.nobody, 8)
            )
        near = range(max(0, quantity.first - 4), quantity.first)
        verbs = [at for at in near if self._tokens[at].lemma in words.lasting]
        return self._letters[verbs[-1]] != "i" if verbs else not own and self._stated(quantity)

    def _is_own_work(self, quantity: Quantity) -> bool:
        """ "It took us six weeks" tells how long the work was and measures nothing."""
        before, unit = self._word(quantity.first - 1), self._word(quantity.last - 1)
        long = not unit.startswith(("min", "sec", "hour"))
        it = self._word(quantity.first - 2) == "it"
        return before in ("us", "me") or (before == "took" and it and long)

    def _costs(self, quantity: Quantity, own: bool) -> bool:
        if self._part == "situation":
            return not own and self._near(quantity, LOSING, 5)
        told = self._near(quantity, self._words.money | self._words.metric, 6) or self._stated(
            quantity
        )
        alone = "i" not in self._letters[: quantity.first]
        return self._part == "result" and ((not own and told) or alone)

    def _is_count(self, quantity: Quantity, own: bool) -> bool:
        if self._stated(quantity):
            return True
        people = quantity.unit in self._words.people
        if own or self._part not in ("result", "situation"):
            return False
        if not people and self._near(quantity, self._words.lasting, 2):
            return True
        if not people and self._near(quantity, GAINING, 2):
            return True
        before = self._word(quantity.first - 1)
        if self._part != "result" or before in NOT_COUNTED:
            return False
        told = quantity.unit in self._words.metric or not quantity.unit
        if told and (before in COUNTED or self._near(quantity, self._words.counting, 3)):
            return True
        return before in ("only", "just") or self._word(quantity.last + 1) == "again"

    def _token_lemma(self, at: int) -> str:
        return self._tokens[at].lemma if at < len(self._tokens) else ""

    def _text(self, quantity: Quantity) -> str:
        return " ".join(token.word for token in self._tokens[quantity.first : quantity.last])

    def _value(self, quantity: Quantity) -> float:
        """The size of a count: exact up to nineteen, else by its digits, else large."""
        word = self._tokens[quantity.first].word
        if word in ONES:
            return ONES.index(word) + 1
        try:
            return float(word.replace(",", "").rstrip("k"))
        except ValueError:
            return 100.0

    def _stated(self, quantity: Quantity) -> bool:
        """The backlog was 95; a wait of seven minutes; CSAT at 84; the lunch scored 8.7."""
        link, words = self._lead(quantity), self._words
        if link in ("scored", "rated", "averaged", "averages"):
            return True
        if "." in self._word(quantity.first) and self._near(quantity, RATING, 5):
            return True
        if link == "at" and self._near(quantity, words.being, 3):
            whole = "." not in self._text(quantity) and "point" not in self._text(quantity)
            hour = (
                whole and self._value(quantity) <= 12 and not self._near(quantity, words.metric, 7)
            )
            return quantity.kind != "count" or (quantity.unit == "" and not hour)
        if link in ("below", "under") and self._near(quantity, words.being, 4):
            return True
        if link == "had" and quantity.unit not in words.metric and quantity.kind == "count":
            return False
        rough = self._word(quantity.first - 1) in ROUGHLY and quantity.kind == "time"
        if link == "," and rough and self._near(quantity, words.metric, 10):
            return True
        reach = self._near(quantity, words.metric, 7) or self._word(quantity.last + 1) == "average"
        return (
            link in words.stating and reach and self._word(quantity.first - 2) not in words.groups
        )


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
