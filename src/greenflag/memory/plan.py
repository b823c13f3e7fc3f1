"""What to study today so that it is there on the day of the interview."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from greenflag.memory.alike import FINE, States, alike, kept
from greenflag.memory.choices import appeal, choices
from greenflag.memory.deadline import Habits, Indices, Learner
from greenflag.memory.doubt import RATINGS, TEST_DOWN, TEST_UP, Doubt, doubt, interval
from greenflag.memory.formulae import (
    AGAIN,
    EASIEST,
    GOOD,
    HARDEST,
    LOWEST_STABILITY,
    Array,
    first_memory,
)
from greenflag.memory.outlook import WORTH, PlanDay
from greenflag.memory.pricing import Pricing
from greenflag.memory.stretch import Days, Prospect, Stretch

HORIZON = 60  # days; a later interview is planned as if it were this far away
LEVELS = 5  # distinct weights priced exactly; more are gathered into this many
AT_ONCE = 1000  # cards judged at a time, so that memory stays small
SPACING = 8  # other answers between a lapse and its second look, if there are any
TIRED = 0.9  # sittings expected to take place; see `Planner`
SOON = (0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 26, 33, 41, 50)  # days that are tried as the next look
LATE = (0, 1, 2, 3, 5, 7, 10)  # and so many days before the last sitting
USUAL = Habits()
HOPE = 2.0  # believed of a second look; see `Planner`


class PlanCard(NamedTuple):
    """What the planner knows of a card."""

    id: str
    weight: float  # importance, 1.0 = normal
    stability: float | None  # None: never seen
    difficulty: float | None
    last_day: int | None  # study day of the last review


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected at the interview, all recall weighted by importance, 0 to 1.

    `low` to `high` is a 90 % interval for what is shown at the interview: it covers how unlike
    the parameters a learner may be, and luck. It is made to hold in about nine of ten cases both
    for the share recalled if each card were asked once, for which it is a little narrow, and for
    the mean chance of recall, for which it is a little wide. `mean_low` to `mean_high` is for
    that mean alone.
    """

    expected: float  # as planned
    low: float
    high: float
    mean_low: float
    mean_high: float
    now: float  # if nothing more were studied
    cards: Mapping[str, float]  # expected recall by card id, as planned
    days: tuple[PlanDay, ...]  # today first
    minute: float  # what one more minute today is worth: added to `expected`

    @property
    def seconds(self) -> float:
        """Seconds the plan is expected to use in all."""
        return sum(day.seconds for day in self.days)


class Planner:
    """Plans study so that recall at the interview is highest: the next card, and the forecast.

    Each card is planned on its own under a price of time (`deadline`); the prices are such that
    all cards together want the time there is (`prices`). Solved afresh on each study day, so
    missed days, new cards or a moved interview need nothing special.

    parameters: the model's vector (FSRS-6). interview_day and days elsewhere: whole study days.
    gap_days: what whole days leave out between a usual sitting and the interview (a sitting in
    the evening, an interview next morning: 10/24). seconds: expected for again, hard, good, easy
    and a first view. habits: how answers fall among the ratings. attendance: the share of later
    sittings counted on, since people miss some. second_look: how much larger stability is
    believed to be after a card rated again was shown once more the same day, than FSRS says; FSRS
    credits that look with almost nothing, but some learners need it. fitted_on: reviews that the
    parameters were fitted to; the more, the narrower the forecast.
    """

    FORESIGHT = True

    def __init__(
        self,
        *,
        parameters: Sequence[float],
        interview_day: int,
        gap_days: float,
        seconds: Sequence[float],
        unseen_recall: float = 0.2,
        habits: Habits = USUAL,
        attendance: float = TIRED,
        second_look: float = HOPE,
        fitted_on: int = 0,
    ) -> None:
        self._learner = Learner(
            tuple(parameters), tuple(seconds), unseen_recall, habits, second_look=second_look
        )
        self._interview_day, self._gap_days = interview_day, gap_days
        self._attendance, self._fitted_on = attendance, fitted_on
        self._pricing = Pricing(self._learner, foresight=self.FORESIGHT)
        self.open_day(interview_day, (), ())

    def open_day(
        self,
        day: int,
        budgets: Sequence[float],
        cards: Sequence[PlanCard],
        *,
        rated_again: Collection[str] = (),
    ) -> None:
        """Make the plan of a study day.

        budgets[k]: seconds on study day day+k, through the last day before the interview; missing
        ones are 0. rated_again: cards rated again today that had no second look yet, when a day
        is opened anew half-way.
        """
        self._day = day
        self._ends = day + min(max(0, self._interview_day - day), HORIZON)
        count = self._ends - day if cards else 0
        left = np.maximum(self._ends - self._gap_days - day - np.arange(float(count)), 0.0)
        self._days = Days(day, count, left, self._attendance)
        self._budgets = self._days.padded(budgets)
        self._cards = _Cards(cards, day)
        self._answers = 0
        self._pending = {self._cards.row[card]: -SPACING for card in rated_again}
        self._appeal = np.full(len(cards), -np.inf)
        self._gain = np.zeros(len(cards))
        if self._days.number:
            self._solve()
            self._judge_all()

    def pick(self) -> str | None:
        """The card to ask now; None: nothing is worth its time today.

        A card rated again comes back once the same day, when that is the best use of the next
        minute and after some others, at the latest when nothing else is left to ask.
        """
        if not self._days.number or self._budgets[0] <= 0.0:
            return None
        order = self._appeal
        early = [row for row, at in self._pending.items() if self._answers - at < SPACING]
        if early:
            order = order.copy()
            order[early] = -np.inf
        best = int(np.argmax(order))
        if order[best] > WORTH:
            return self._cards.ids[best]
        return self._cards.ids[next(iter(self._pending))] if self._pending else None

    def update(self, card: PlanCard) -> None:
        """Take in a card's new memory after a rating (or its earlier one, after an undo)."""
        cards, row = self._cards, self._cards.row[card.id]
        fresh = not cards.seen[row] or cards.last[row] < self._day
        again = fresh and self._was_again(row, card)
        today = card.last_day is not None and card.last_day >= self._day
        self._pending.pop(row, None)
        self._answers += 1
        if self._days.number and today:
            usual = 4 if not cards.seen[row] else AGAIN - 1 if again else GOOD - 1
            self._budgets[0] = max(self._budgets[0] - self._learner.seconds[usual], 1e-9)
        cards.put(row, card, self._day)
        if again and today:
            self._pending[row] = self._answers
        if self._days.number:
            self._judge(np.array([row]))

    def order(self) -> list[tuple[str, float]]:
        """Cards worth a look today, best first, each with its index (the order's measure)."""
        worthy = np.flatnonzero(self._appeal > WORTH)
        best = worthy[np.argsort(-self._appeal[worthy], kind="stable")]
        return [(self._cards.ids[row], float(self._appeal[row])) for row in best]

    def gain(self, card_id: str) -> float:
        """Readiness (0 to 1) won per minute by asking this card now rather than never again."""
        return float(self._gain[self._cards.row[card_id]])

    def forecast(self) -> Forecast:
        """Expected recall at the interview, in all and by card, if the plan is followed."""
        states, moment = self._states(), self._interview_day - self._gap_days
        grid, untouched = self._pricing.grid, kept(states, self._learner, moment)
        now = float(untouched @ states.weight / max(len(untouched), 1))
        if not self._days.number:
            unsure = (
                doubt(self._learner, grid, states, moment, fitted_on=self._fitted_on)
                if len(untouched)
                else Doubt(0.0, 0.0)
            )
            return self._report(untouched, now, (), unsure)
        few, group = alike(states, self._day, FINE)
        course = self._stretch.course(self._priced, few, self._budgets)
        own = course.left[group] * (states.never - few.never[group])
        unsure = doubt(
            self._learner,
            grid,
            few,
            self._ends - self._gap_days,
            course,
            self._days.left,
            self._fitted_on,
        )
        return self._report(course.recall[group] + own, now, course.days, unsure)

    def prospect(self, *, without: Collection[str] = ()) -> Prospect | None:
        """What to expect of other budgets, some cards left out; None: no cards or no days."""
        rows = np.array([n for n, card in enumerate(self._cards.ids) if card not in without])
        if not self._days.number or not len(rows):
            return None
        return Prospect(copy(self._pricing), self._states(rows), self._cards.levels, self._days)

    # How cards are judged

    def _solve(self) -> None:
        """Price the time that is left, and with it every state a card can come to."""
        self._stretch = Stretch(self._pricing, self._states(), self._cards.levels, self._days)
        self._priced = self._stretch.priced(self._budgets)
        # Tomorrow and the last days matter most: prices move there.
        days = np.arange(self._days.number)
        self._sampled = days[np.isin(days, SOON) | np.isin(self._days.number - 1 - days, LATE)]

    def _states(self, rows: Indices | None = None) -> States:
        """The cards as the plan sees them."""
        cards = self._cards
        again = np.zeros(len(cards.ids), dtype=np.bool_)
        again[list(self._pending)] = True
        states = States(
            cards.seen,
            cards.stability,
            cards.difficulty,
            cards.last,
            again,
            cards.weight,
            cards.level,
            np.ones(len(cards.ids)),
            np.zeros(len(cards.ids)),
        )
        states = states if rows is None else states.take(rows)
        moment = self._ends - self._gap_days
        return replace(states, never=kept(states, self._learner, moment))

    def _judge_all(self) -> None:
        """Work out the order of all cards: never-seen ones of one weight are alike."""
        cards = self._cards
        seen, new = np.flatnonzero(cards.seen), np.flatnonzero(~cards.seen)
        self._judge(seen)
        _, first, like = np.unique(cards.weight[new], return_index=True, return_inverse=True)
        self._judge(new[first])
        self._appeal[new], self._gain[new] = (
            column[new[first]][like] for column in (self._appeal, self._gain)
        )

    def _judge(self, rows: Indices) -> None:
        """Work out the order and the gain of these cards anew."""
        days, priced = self._sampled, self._priced
        for part in np.array_split(rows, len(rows) // AT_ONCE + 1):
            look = choices(self._learner, self._pricing.grid, self._states(part), self._day, days)
            brings = look.expect(priced.table[days])
            net = look.net(brings, priced.price[days])
            wait = np.maximum(look.never, net[:, 1:].max(axis=1, initial=-np.inf))
            now, seconds = brings[:, 0], look.seconds[:, 0]
            open_now = ~look.closed[:, 0]
            won = np.where(open_now, look.weight * (now - look.never) / seconds, 0.0)
            order = appeal(look.weight, now, wait, look.never, seconds)
            self._appeal[part] = np.where(open_now, order, -np.inf)
            self._gain[part] = np.maximum(won, 0.0) * 60.0 / len(self._appeal)

    def _was_again(self, row: int, card: PlanCard) -> bool:
        """Whether a rating was again: stability fell, or it is what a first again gives."""
        if card.stability is None or card.difficulty is None:
            return False
        if self._cards.seen[row]:
            return bool(card.stability < self._cards.stability[row])
        stability, difficulty = first_memory(self._learner.parameters)
        off = np.abs(np.log(stability / card.stability)) + np.abs(difficulty - card.difficulty)
        return int(np.argmin(off)) == AGAIN - 1

    # What the plan is expected to give

    def _report(
        self, recall: Array, now: float, days: tuple[PlanDay, ...], unsure: Doubt
    ) -> Forecast:
        cards = self._cards
        share = cards.weight / max(len(cards.ids), 1)
        expected = float(recall @ share)
        luck = float((recall * (1.0 - recall)) @ share**2)
        perfect = float(np.exp(np.log(np.maximum(recall, 1e-9)).sum()))
        low, high = interval(expected, unsure, (TEST_DOWN * luck, TEST_UP * luck), perfect)
        mean_low, mean_high = interval(expected, unsure, (RATINGS * luck, RATINGS * luck))
        return Forecast(
            expected=expected,
            low=low,
            high=high,
            mean_low=mean_low,
            mean_high=mean_high,
            now=now,
            cards=dict(zip(cards.ids, recall.tolist(), strict=True)),
            days=days,
            minute=float(self._priced.price[0]) * 60.0 / len(cards.ids) if days else 0.0,
        )


class GreedyPlanner(Planner):
    """The same face without foresight: each look has to pay by itself.

    It takes what gains most recall at the interview per second, as if no later look could be
    afforded. Sound, a few points worse, and a check on the planner.
    """

    FORESIGHT = False


class _Cards:
    """The cards of a day as columns; weights are scaled so that their mean is one."""

    def __init__(self, cards: Sequence[PlanCard], day: int) -> None:
        self.ids = [card.id for card in cards]
        self.row = {card: row for row, card in enumerate(self.ids)}
        if len(self.row) < len(cards):
            raise ValueError("two cards have the same id")
        weight = np.array([card.weight for card in cards], dtype=np.float64)
        if not (np.isfinite(weight).all() and (weight > 0.0).all()):
            raise ValueError("weights must be positive numbers")
        self.weight = weight / (weight.mean() if len(cards) else 1.0)
        self.levels, self.level = _levels(self.weight)
        self.stability = np.ones(len(cards))
        self.difficulty = np.ones(len(cards))
        self.last = np.full(len(cards), day)
        self.seen = np.zeros(len(cards), dtype=np.bool_)
        for row, card in enumerate(cards):
            self.put(row, card, day)

    def put(self, row: int, card: PlanCard, day: int) -> None:
        """Set one card's memory; its weight stays."""
        self.seen[row] = card.stability is not None
        self.last[row] = day if card.last_day is None else card.last_day
        if card.stability is not None:
            middle = (EASIEST + HARDEST) / 2
            difficulty = middle if card.difficulty is None else card.difficulty
            self.stability[row] = max(card.stability, LOWEST_STABILITY)
            self.difficulty[row] = min(max(difficulty, EASIEST), HARDEST)


def _levels(weight: Array) -> tuple[Array, Indices]:
    """A few weights that stand for all, and which one stands for each card."""
    levels, level = np.unique(weight, return_inverse=True)
    if len(levels) > LEVELS:
        ends = np.quantile(np.log(weight), np.linspace(0.0, 1.0, LEVELS + 1)[1:-1])
        _, level = np.unique(np.searchsorted(ends, np.log(weight)), return_inverse=True)
        levels = np.bincount(level, weights=weight) / np.bincount(level)
    return levels, level
