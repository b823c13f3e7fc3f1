"""What was practised aloud: by competency for readiness, and what got better since last time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

LATELY = 14
"""Study days that a rehearsal counts as recent."""
GOOD = ("figure", "green-flag")
"""Findings of which more are better."""


class Rehearsed(NamedTuple):
    """One answer told: which question, on which study day, how long, and what was said of it.

    `seconds` is None when nobody measured; `said` of `points` key points; `findings` by rule, None
    when there were no words to read.
    """

    note: str
    competency: str
    day: int
    seconds: float | None
    allowed: float
    said: int
    points: int
    findings: Mapping[str, int] | None = None

    @property
    def in_time(self) -> bool | None:
        """Whether it took no longer than allowed; None when nobody measured."""
        return None if self.seconds is None else self.seconds <= self.allowed

    @property
    def share(self) -> float | None:
        """The share of key points said; None when the question has none."""
        return self.said / self.points if self.points else None


class Asked(NamedTuple):
    """A question that the decks hold."""

    note: str
    competency: str
    weight: int


class Area(NamedTuple):
    """The practice in one competency, of the last `LATELY` days but for `last_day`.

    `share` is the weight of its questions that were rehearsed, 0 to 1; `missing` are the others,
    heaviest first. Of `timed` answers `in_time` kept to their time.
    """

    competency: str
    weight: int
    questions: int
    share: float
    last_day: int | None
    in_time: int
    timed: int
    missing: tuple[str, ...]


class Practice(NamedTuple):
    """The practice in all: the share of the weight rehearsed lately, and each competency."""

    share: float
    areas: tuple[Area, ...]


def practice(rehearsed: Iterable[Rehearsed], questions: Iterable[Asked], today: int) -> Practice:
    """How much of what may be asked was rehearsed in the last 14 study days, and what is missing.

    Rehearsals of questions that no deck holds any more do not count, nor do days still to come
    (a clock that was set back).
    """
    by_area: dict[str, list[Asked]] = {}
    for question in questions:
        by_area.setdefault(question.competency, []).append(question)
    known = {question.note for group in by_area.values() for question in group}
    told: dict[str, list[Rehearsed]] = {}
    for each in rehearsed:
        if each.note in known and each.day <= today:
            told.setdefault(each.note, []).append(each)
    areas = tuple(_area(name, by_area[name], told, today) for name in sorted(by_area))
    weight = sum(area.weight for area in areas)
    done = sum(area.share * area.weight for area in areas)
    return Practice(done / weight if weight else 0.0, areas)


def _area(
    name: str, questions: Sequence[Asked], told: Mapping[str, Sequence[Rehearsed]], today: int
) -> Area:
    every = [each for question in questions for each in told.get(question.note, ())]
    lately = [each for each in every if each.day > today - LATELY]
    notes = {each.note for each in lately}
    weight = sum(question.weight for question in questions)
    done = sum(question.weight for question in questions if question.note in notes)
    timed = [each for each in lately if each.in_time is not None]
    missing = sorted(
        (question for question in questions if question.note not in notes),
        key=lambda question: (-question.weight, question.note),
    )
    return Area(
        competency=name,
        weight=weight,
        questions=len(questions),
        share=done / weight if weight else 0.0,
        last_day=max((each.day for each in every), default=None),
        in_time=sum(each.in_time is True for each in timed),
        timed=len(timed),
        missing=tuple(question.note for question in missing),
    )


class Tally(NamedTuple):
    """Answers counted together, such as those of one competency in one mock interview.

    Of `timed` answers `in_time` kept to their time; `figures` is how many the `read` ones give:
    those whose words are there.
    """

    competency: str
    answers: int
    in_time: int
    timed: int
    said: int
    points: int
    figures: int
    read: int


def tally(competency: str, rehearsed: Sequence[Rehearsed]) -> Tally:
    """Some answers counted together."""
    read = [each.findings for each in rehearsed if each.findings is not None]
    return Tally(
        competency,
        len(rehearsed),
        sum(each.in_time is True for each in rehearsed),
        sum(each.in_time is not None for each in rehearsed),
        sum(each.said for each in rehearsed),
        sum(each.points for each in rehearsed),
        sum(found.get("figure", 0) for found in read),
        len(read),
    )


def tallies(rehearsed: Sequence[Rehearsed]) -> list[Tally]:
    """Answers counted by competency, in alphabetical order."""
    names = sorted({each.competency for each in rehearsed})
    return [tally(name, [e for e in rehearsed if e.competency == name]) for name in names]


class Change(NamedTuple):
    """One thing that can be compared: before and now, and whether now is better (None: the same).

    `what` is `time` (seconds), `points` (a share) or the name of a rule (how often it found
    something). A time counts as better only by what it ran over.
    """

    what: str
    before: float
    now: float
    better: bool | None


def changes(before: Sequence[Rehearsed], now: Sequence[Rehearsed]) -> list[Change]:
    """What differs between some answers and earlier ones, on average, as far as both tell."""
    found: list[Change] = []
    if (times := _both(before, now, lambda each: each.seconds)) is not None:
        over = _both(before, now, lambda each: max(0.0, (each.seconds or 0.0) - each.allowed))
        assert over is not None
        found.append(Change("time", *times, _better(*over, more=False)))
    if (shares := _both(before, now, lambda each: each.share)) is not None:
        found.append(Change("points", *shares, _better(*shares, more=True)))
    rules = sorted({rule for each in (*before, *now) for rule in each.findings or ()})
    for rule in rules:
        counts = _both(before, now, partial(_count, rule))
        if counts is not None:
            found.append(Change(rule, *counts, _better(*counts, more=rule in GOOD)))
    return found


def _both(
    before: Sequence[Rehearsed],
    now: Sequence[Rehearsed],
    measure: Callable[[Rehearsed], float | None],
) -> tuple[float, float] | None:
    """The mean of a measure before and now; None when one of them was never measured."""
    parts = [
        [told for each in part if (told := measure(each)) is not None] for part in (before, now)
    ]
    if not all(parts):
        return None
    first, second = (sum(part) / len(part) for part in parts)
    return first, second


def _count(rule: str, each: Rehearsed) -> float | None:
    return None if each.findings is None else float(each.findings.get(rule, 0))


def _better(before: float, now: float, *, more: bool) -> bool | None:
    return None if before == now else (now > before) == more
