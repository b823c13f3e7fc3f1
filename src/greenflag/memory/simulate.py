"""Seeded what-if days: hidden learners, ways to schedule their study, and what comes of it.

A hidden learner follows FSRS-6 with parameters, card difficulties and habits of his own, drawn
around what is believed of a learner. A schedule sees only ratings, and the memory that the
believed parameters make of them; the recall reported is the hidden, true one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from greenflag.memory.deadline import Habits, Learner
from greenflag.memory.formulae import (
    AGAIN,
    EASIEST,
    EASY,
    GOOD,
    HARD,
    HARDEST,
    LOWEST_STABILITY,
    Array,
    after,
    first_memory,
    retrievability,
)
from greenflag.memory.plan import PlanCard, Planner
from greenflag.memory.schedule import BOUNDS

LATER = 60  # days after the interview at which recall is looked at once more
RELEARNING = 2  # the step of a card that lapsed; its only step is as long as the last one
CHANCES = 128  # random numbers kept for each card's looks


class Nature(NamedTuple):
    """How hidden learners differ from what is believed; the defaults are the usual learner."""

    spread: float = 0.15  # log-normal sd of each parameter
    difficulty: float = 1.0  # sd of a card's hidden difficulty, in FSRS's points
    gain: float = 0.3  # log-normal sd of a card's hidden growth of stability
    memory: float = 0.3  # log-normal sd of the stability of a card seen before
    taste: float = 0.3  # sd of the log-odds of a learner's mixes of ratings
    growth: float = 1.0  # below one: learns slower
    cost: float = 1.0  # above one: answers slower than believed
    decay: float | None = None  # steepness of forgetting, instead of the believed one's
    unseen_lapse: float = 1.0  # stability kept after a lapse without a second look the same day
    same_day: float = 1.0  # chance of recall minutes after a look


USUAL = Nature()


class Stay(NamedTuple):
    """The days from today to an interview; all in study days."""

    today: int
    interview_day: int
    gap_days: float  # from the interview hour back to a usual sitting, less whole days

    @property
    def days(self) -> int:
        """Days with a sitting before the interview, today included."""
        return max(0, self.interview_day - self.today)

    @property
    def moment(self) -> float:
        """The interview hour, counted as sittings are."""
        return self.interview_day - self.gap_days


@dataclass(frozen=True, slots=True)
class Hidden:
    """One hidden learner and his cards: everything about them, luck included."""

    nature: Nature
    learner: Learner  # as he is: his own parameters, seconds and habits
    cards: tuple[PlanCard, ...]  # as they are believed on the first day
    offset: Array  # (n,) hidden difficulty, added to FSRS's
    gain: Array  # (n,) hidden growth
    start: Array  # (n,) hidden factor of the stability a card begins with
    luck: Array  # (n, CHANCES, 2) uniform
    test: Array  # (n,) uniform, for the questions at the interview
    studied: NDArray[np.bool_]  # (days,)
    arrival: NDArray[np.int64]  # (n,) days until a card is added


def meet(
    believed: Learner,
    cards: Sequence[PlanCard],
    days: int,
    seed: int,
    nature: Nature = USUAL,
    *,
    missed: float = 0.0,
    late: float = 0.0,
) -> Hidden:
    """A hidden learner drawn around what is believed: the same for the same seed.

    missed: share of days without a sitting, not known beforehand. late: share of cards that are
    added during the first two thirds of the days.
    """
    n = len(cards)
    rng = np.random.default_rng([seed, n, days])
    w = np.array(believed.parameters) * np.exp(
        rng.normal(0.0, nature.spread, len(believed.parameters))
    )
    if nature.decay is not None:
        w[-1] = nature.decay
    if len(w) == len(BOUNDS[0]):
        w = np.clip(w, *BOUNDS)
    learner = believed._replace(
        parameters=tuple(w.tolist()),
        seconds=tuple(nature.cost * each for each in believed.seconds),
        habits=_habits(believed.habits, np.exp(rng.normal(0.0, nature.taste, 7))),
        same_day_recall=nature.same_day,
    )
    studied = rng.random(days) >= missed
    studied[:1] |= not studied.any()
    comes_late = rng.random(n) < late
    return Hidden(
        nature=nature,
        learner=learner,
        cards=tuple(cards),
        offset=rng.normal(0.0, nature.difficulty, n),
        gain=np.exp(rng.normal(0.0, nature.gain, n)) * nature.growth,
        start=np.exp(rng.normal(0.0, nature.memory, n)),
        luck=rng.random((n, CHANCES, 2)),
        test=rng.random(n),
        studied=studied,
        arrival=np.where(comes_late, rng.integers(0, max(1, days * 2 // 3), n), 0),
    )


def _habits(habits: Habits, tastes: Array) -> Habits:
    first, recalled = np.array(habits.first) * tastes[:4], np.array(habits.recalled) * tastes[4:]
    again, hard, good, easy = (first / first.sum()).tolist()
    h, g, e = (recalled / recalled.sum()).tolist()
    return habits._replace(first=(again, hard, good, easy), recalled=(h, g, e))


class Mind:
    """What a hidden learner remembers, as he goes."""

    def __init__(self, hidden: Hidden) -> None:
        self._hidden, cards = hidden, hidden.cards
        self._looks = [int(card.stability is not None) for card in cards]
        self._last = [card.last_day or 0 for card in cards]
        self._stability = [
            (card.stability or math.nan) * more
            for card, more in zip(cards, hidden.start.tolist(), strict=True)
        ]
        self._difficulty = [
            _difficulty((card.difficulty or math.nan) + more)
            for card, more in zip(cards, hidden.offset.tolist(), strict=True)
        ]
        self._shaky = [False] * len(cards)  # lapsed, and not looked at again the same day

    def look(self, card: int, day: int) -> tuple[int, float]:
        """Ask a card: the rating and the seconds it took."""
        luck = self._hidden.luck[card, self._looks[card] % CHANCES]
        new, seconds = not self._looks[card], self._hidden.learner.seconds
        rating = self._first(card, luck) if new else self._next(card, day, luck)
        self._shaky[card] = rating == AGAIN and (new or day > self._last[card])
        self._looks[card] += 1
        self._last[card] = day
        return rating, seconds[EASY if new else rating - 1]

    def recall(self, moment: float) -> Array:
        """True chance of recall of each card at a moment (in study days): (n,)."""
        learner = self._hidden.learner
        steady = np.where(self._shaky, self._hidden.nature.unseen_lapse, 1.0)
        stability = np.array(self._stability) * steady
        elapsed = moment - np.array(self._last)
        seen = retrievability(learner.parameters, elapsed, stability)
        return np.where(np.array(self._looks) > 0, seen, learner.unseen_recall)

    def _first(self, card: int, luck: Array) -> int:
        shares = np.cumsum(self._hidden.learner.habits.first)[:3]
        rating = AGAIN + int(np.searchsorted(shares, luck[0]))
        self._stability[card], self._difficulty[card] = first_state(self._hidden, card, rating)
        return rating

    def _next(self, card: int, day: int, luck: Array) -> int:
        hidden, w = self._hidden, self._hidden.learner.parameters
        s, d = self._stability[card], self._difficulty[card]
        days = day - self._last[card]
        recall = hidden.learner.same_day_recall
        if days > 0:
            s *= hidden.nature.unseen_lapse if self._shaky[card] else 1.0
            recall = float(retrievability(w, float(days), s))
        rating = AGAIN if luck[0] > recall else self._recalled(d, luck[1])
        new, self._difficulty[card] = after(w, s, d, days, rating)
        if rating > AGAIN and days > 0:
            new = s + (new - s) * float(hidden.gain[card])
        self._stability[card] = max(new, LOWEST_STABILITY)
        return rating

    def _recalled(self, difficulty: float, luck: float) -> int:
        habits = self._hidden.learner.habits
        x = difficulty - habits.middle
        hard = habits.recalled[0] * math.exp(habits.slope[0] * x)
        easy = habits.recalled[2] * math.exp(-habits.slope[1] * x)
        luck *= hard + habits.recalled[1] + easy
        return HARD if luck < hard else EASY if luck < hard + easy else GOOD


def first_state(hidden: Hidden, card: int, rating: int) -> tuple[float, float]:
    """True stability and difficulty of a card after its first look."""
    stability, difficulty = first_memory(hidden.learner.parameters)
    return float(stability[rating - 1]), _difficulty(
        float(difficulty[rating - 1] + hidden.offset[card])
    )


def _difficulty(value: float) -> float:
    return min(max(value, EASIEST), HARDEST)


class Schedule(Protocol):
    """What can run a sitting: the planner's face, as far as a simulation needs it."""

    def open_day(self, day: int, budgets: Sequence[float], cards: Sequence[PlanCard]) -> None:
        """A study day begins."""

    def pick(self) -> str | None:
        """The card to ask now."""

    def update(self, card: PlanCard) -> None:
        """A card was rated and has this memory now."""


@dataclass(frozen=True, slots=True)
class DayLoad:
    """One simulated day."""

    day: int  # study day
    seconds: float
    reviews: float
    new: float
    recall: float  # true recall at the interview, by weight, if nothing were studied afterwards


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a schedule. Recall is weighted by importance."""

    recall: float  # true mean chance of recall at the interview
    shown: float  # share recalled there, every card asked once
    later: float  # true mean chance of recall LATER days after it
    seconds: float
    days: tuple[DayLoad, ...]  # every day, those missed with nothing done


def run(
    hidden: Hidden,
    schedule: Schedule,
    stay: Stay,
    budgets: Sequence[float],
    believed: Sequence[float],
) -> Run:
    """Let a schedule teach a hidden learner until the interview.

    budgets: seconds on each day of the stay. believed: the parameters from which the schedule's
    view of a card comes. A sitting ends with the card that uses its seconds up.
    """
    mind, cards = Mind(hidden), list(hidden.cards)
    row = {card.id: n for n, card in enumerate(cards)}
    share = np.array([card.weight for card in cards])
    share /= share.sum()
    days = []
    for ahead, there in enumerate(hidden.studied.tolist()):
        day, seconds, reviews, new = stay.today + ahead, 0.0, 0, 0
        if there:
            known = [c for c, at in zip(cards, hidden.arrival, strict=True) if at <= ahead]
            schedule.open_day(day, budgets[ahead:], known)
        while there and seconds < budgets[ahead] and (picked := schedule.pick()) is not None:
            n = row[picked]
            rating, took = mind.look(n, day)
            new += cards[n].stability is None
            cards[n] = rated(cards[n], day, rating, believed)
            schedule.update(cards[n])
            seconds, reviews = seconds + took, reviews + 1
        days.append(DayLoad(day, seconds, reviews, new, float(mind.recall(stay.moment) @ share)))
    at_last = mind.recall(stay.moment)
    return Run(
        recall=float(at_last @ share),
        shown=float((hidden.test < at_last) @ share),
        later=float(mind.recall(stay.moment + LATER) @ share),
        seconds=sum(day.seconds for day in days),
        days=tuple(days),
    )


def rated(card: PlanCard, day: int, rating: int, w: Sequence[float]) -> PlanCard:
    """A card after a rating, as these parameters see it."""
    if card.stability is None or card.difficulty is None or card.last_day is None:
        stability, difficulty = (float(values[rating - 1]) for values in first_memory(w))
    else:
        days = day - card.last_day
        stability, difficulty = after(w, card.stability, card.difficulty, days, rating)
    return card._replace(stability=stability, difficulty=difficulty, last_day=day)


class PlainFsrs:
    """FSRS as it is usually run: a desired retention, learning steps, new cards spread evenly.

    Steps are 1 and 10 minutes, relearning 10 minutes (py-fsrs's defaults); without `steps` every
    interval is whole days. New cards come first, `new_per_day` of them or, if that is None, as
    many as spreads them evenly over the days left; then what is due, least likely recalled first.
    """

    def __init__(
        self,
        believed: Learner,
        interview_day: int,
        *,
        retention: float = 0.9,
        steps: bool = True,
        new_per_day: int | None = None,
    ) -> None:
        self._interview_day, self._steps, self._new_per_day = interview_day, steps, new_per_day
        self._w, self._seconds = believed.parameters, believed.seconds
        decay = -self._w[-1]
        self._stretch = (retention ** (1 / decay) - 1) / (0.9 ** (1 / decay) - 1)
        self._step: dict[str, int] = {}  # cards in their steps
        self._day, self._clock = 0, 0.0
        self._cards: dict[str, PlanCard] = {}
        self._queue: list[str] = []  # new cards, then due ones; the next one last
        self._soon: list[tuple[float, str]] = []  # steps to come today, by second of the sitting

    def open_day(self, day: int, budgets: Sequence[float], cards: Sequence[PlanCard]) -> None:
        """A study day begins."""
        self._day, self._clock = day, 0.0
        self._cards = {card.id: card for card in cards}
        new = [card.id for card in cards if card.stability is None]
        evenly = math.ceil(len(new) / max(1, self._interview_day - day))
        new = new[: evenly if self._new_per_day is None else self._new_per_day]
        due = [c for c in cards if c.id not in self._step and self.due(c) <= day]
        due.sort(key=lambda card: (day - (card.last_day or 0)) / (card.stability or 1.0))
        self._queue = [card.id for card in due] + new[::-1]
        self._soon = sorted((0.0, card) for card in self._step if card in self._cards)

    def due(self, card: PlanCard) -> float:
        """The study day a card falls due; never, if it was not seen yet."""
        if card.stability is None or card.last_day is None:
            return math.inf
        interval: float = max(1, round(card.stability * self._stretch))
        return card.last_day + interval

    def pick(self) -> str | None:
        """The card to ask now."""
        if self._soon and (self._soon[0][0] <= self._clock or not self._queue):
            return self._soon[0][1]
        return self._queue[-1] if self._queue else None

    def update(self, card: PlanCard) -> None:
        """A card was rated and has this memory now."""
        before = self._cards[card.id]
        ratings = (HARD, GOOD, EASY)
        rating = next((r for r in ratings if rated(before, self._day, r, self._w) == card), AGAIN)
        self._cards[card.id] = card
        self._clock += self._seconds[EASY if before.stability is None else rating - 1]
        if card.id in self._step:
            self._soon = [entry for entry in self._soon if entry[1] != card.id]
        else:
            self._queue.remove(card.id)
        self._next_step(card.id, rating, new=before.stability is None)

    def _next_step(self, card: str, rating: int, *, new: bool) -> None:
        learning = new or card in self._step
        step = self._step.pop(card, 0)
        done = rating == EASY or (rating > AGAIN and not learning) or (rating == GOOD and step > 0)
        if done or not self._steps:
            return
        if rating == AGAIN:
            step, wait = (0, 60.0) if learning and step < RELEARNING else (RELEARNING, 600.0)
        elif rating == HARD:
            wait = 330.0 if step == 0 else 600.0
        else:
            step, wait = 1, 600.0
        self._step[card] = step
        self._soon = sorted([*self._soon, (self._clock + wait, card)])


def what_if(
    believed: Learner,
    cards: Sequence[PlanCard],
    stay: Stay,
    budgets: Sequence[float],
    *,
    retention: float | None = None,
    missed: float = 0.0,
    seeds: Sequence[int] = (1, 2, 3),
) -> tuple[DayLoad, ...]:
    """Readiness and workload to expect, day by day: the mean over a few simulated learners.

    believed: parameters, seconds, habits and unseen recall to draw hidden learners around. cards:
    as they stand today, never-seen ones too. budgets: seconds on each day of the stay. retention:
    whole-day FSRS intervals at this desired retention, without a plan; None: the planner.
    """
    runs = []
    for seed in seeds:
        hidden = meet(believed, cards, stay.days, seed, missed=missed)
        plain = PlainFsrs(believed, stay.interview_day, retention=retention or 0.9, steps=False)
        schedule: Schedule = plain if retention is not None else planner(believed, stay)
        runs.append(run(hidden, schedule, stay, budgets, believed.parameters))
    return mean_days([each.days for each in runs])


def mean_days(runs: Sequence[Sequence[DayLoad]]) -> tuple[DayLoad, ...]:
    """The mean of several runs of the same days."""
    return tuple(_mean(loads) for loads in zip(*runs, strict=True))


def planner(believed: Learner, stay: Stay) -> Planner:
    """The planner, as it is told what is believed of a learner."""
    return Planner(
        parameters=believed.parameters,
        interview_day=stay.interview_day,
        gap_days=stay.gap_days,
        seconds=believed.seconds,
        unseen_recall=believed.unseen_recall,
        habits=believed.habits,
    )


def _mean(loads: Sequence[DayLoad]) -> DayLoad:
    """The mean of the same day in several runs."""
    return replace(
        loads[0],
        seconds=sum(load.seconds for load in loads) / len(loads),
        reviews=sum(load.reviews for load in loads) / len(loads),
        new=sum(load.new for load in loads) / len(loads),
        recall=sum(load.recall for load in loads) / len(loads),
    )
