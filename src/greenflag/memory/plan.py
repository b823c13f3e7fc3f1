"""What to study today so that it is there on the day of the interview."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from greenflag.memory.choices import Choices, appeal
from greenflag.memory.deadline import (
    CORNERS,
    Grid,
    Habits,
    Indices,
    Learner,
    Steps,
    final_recall,
    first_look,
    next_look,
    worth,
)
from greenflag.memory.formulae import (
    AGAIN,
    EASIEST,
    GOOD,
    HARDEST,
    LOWEST_STABILITY,
    Array,
    first_memory,
    retrievability,
)
from greenflag.memory.outlook import WORTH, Outlook, PlanDay, Priced, outlook
from greenflag.memory.prices import CLOSED, day_prices

HORIZON = 60  # days; a later interview is planned as if it were this far away
LEVELS = 5  # distinct weights priced exactly; more are gathered into this many
SAMPLE = 100  # seen cards that stand for all of them while prices are searched
SPACING = 8  # other answers between a lapse and its second look, if there are any
TIRED = 0.9  # sittings expected to take place; see `Planner`
USUAL = Habits()
UNSURE = 0.025  # recall, one standard deviation between learners and the model's parameters
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

    `low` to `high` is a 90 % interval for the share of all cards (by weight) that would be
    recalled if each were asked once at the interview: it covers the luck of that test and how
    much learners differ from the parameters. `mean_low` to `mean_high` leaves out the luck.
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
    credits that look with almost nothing, but some learners need it.
    """

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
    ) -> None:
        self._learner = Learner(
            tuple(parameters), tuple(seconds), unseen_recall, habits, second_look=second_look
        )
        self._interview_day, self._gap_days = interview_day, gap_days
        self._attendance = attendance
        self._grid = Grid()
        self._steps = Steps(self._learner, self._grid, 1)
        self._price: Array = np.zeros(0)
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
        self._days_left = max(0, self._interview_day - day)
        self._days = min(self._days_left, HORIZON) if cards else 0
        self._ends = day + min(self._days_left, HORIZON)
        self._budgets = np.zeros(self._days)
        given = np.maximum(np.array(budgets[: self._days], dtype=np.float64), 0.0)
        self._budgets[: len(given)] = given
        self._cards = _Cards(cards, day)
        self._answers = 0
        self._pending = {self._cards.row[card]: -SPACING for card in rated_again}
        self._appeal = np.full(len(cards), -np.inf)
        self._gain = np.zeros(len(cards))
        if self._days:
            self._solve()
            self._judge(np.arange(len(cards)))

    def pick(self) -> str | None:
        """The card to ask now; None: nothing is worth its time today.

        A card rated again comes back once the same day, when that is the best use of the next
        minute and after some others, at the latest when nothing else is left to ask.
        """
        if not self._days or self._budgets[0] <= 0.0:
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
        if self._days and today:
            usual = 4 if not cards.seen[row] else AGAIN - 1 if again else GOOD - 1
            self._budgets[0] = max(self._budgets[0] - self._learner.seconds[usual], 1e-9)
        cards.put(row, card, self._day)
        if again and today:
            self._pending[row] = self._answers
        if self._days:
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
        cards = self._cards
        share = cards.weight / max(len(cards.ids), 1)
        now = float(self._kept(self._interview_day) @ share)
        if not self._days:
            return self._report(self._kept(self._interview_day), now, (), 0.0)
        course = self._outlook()
        spread = self._spread(course)
        return self._report(course.recall, now, course.days, spread)

    # How the prices come about

    def _solve(self) -> None:
        """Price the time that is left, and with it every state a card can come to."""
        if len(self._steps.later) < self._days - 1:
            self._steps = Steps(self._learner, self._grid, self._days - 1)
        days_left = self._ends - self._gap_days - self._day - np.arange(self._days)
        self._final = final_recall(self._learner, self._grid, np.maximum(days_left, 0.0))
        self._price = self._prices()
        price = self._price[:, None] / self._cards.levels
        self._table = worth(self._steps, self._final, price)

    def _prices(self) -> Array:
        budgets = self._budgets * self._attendance
        budgets[0] = self._budgets[0]
        shut = budgets <= 0.0
        if shut.all():
            return np.full(self._days, CLOSED)
        choices, count = self._sample()
        levels, rough = self._cards.levels, self._steps.rough()

        def worth_at(prices: Array) -> Array:
            prices = np.where(shut, CLOSED, prices)
            columns = (prices[:, None] / levels[:, None]).reshape(-1, self._days).T
            table = worth(rough, self._final, columns)
            tables = np.split(table, len(prices), axis=2)
            return np.array(
                [_total(choices, count, *pair) for pair in zip(tables, prices, strict=True)]
            )

        start = self._price[-self._days :]
        known = len(start) == self._days and bool((start < CLOSED).all())
        prices = day_prices(worth_at, budgets, start if known else None)
        return np.where(shut, CLOSED, prices)

    def _sample(self) -> tuple[Choices, Array]:
        """Cards that stand for all while prices are searched, and how many each stands for."""
        cards = self._cards
        seen, new = np.flatnonzero(cards.seen), np.flatnonzero(~cards.seen)
        alike = np.lexsort((cards.stability[seen], cards.last[seen], cards.level[seen]))
        places = (np.arange(min(SAMPLE, len(seen))) + 0.5) * (len(seen) / SAMPLE)
        chosen = seen[alike[places.astype(np.int64)]] if len(seen) > SAMPLE else seen
        _, first, count = np.unique(cards.level[new], return_index=True, return_counts=True)
        rows = np.concatenate((chosen, new[first]))
        many = np.full(len(chosen), len(seen) / max(len(chosen), 1))
        return self._choices(rows), np.concatenate((many, count))

    # What the next look at a card is worth

    def _choices(self, rows: Indices) -> Choices:
        """What looking at these cards on each day leads to."""
        cards, days = self._cards, self._days
        shape = (len(rows), days, CORNERS)
        landing, shares = np.empty(shape, dtype=np.int64), np.empty(shape)
        seconds, closed = np.empty(shape[:2]), np.zeros(shape[:2], dtype=np.bool_)
        fresh = ~cards.seen[rows]
        look = first_look(self._learner)
        landing[fresh], shares[fresh] = self._grid.landing(look)
        seconds[fresh] = look.seconds
        old = rows[~fresh]
        elapsed = (self._day - cards.last[old])[:, None] + np.arange(float(days))
        look = next_look(
            self._learner, cards.stability[old, None], cards.difficulty[old, None], elapsed
        )
        landing[~fresh], shares[~fresh] = self._grid.landing(look)
        seconds[~fresh], closed[~fresh] = look.seconds, elapsed <= 0
        closed[:, 0] &= ~np.isin(rows, list(self._pending))
        never = self._kept(self._ends)[rows]
        return Choices(
            landing, shares, seconds, closed, never, cards.weight[rows], cards.level[rows]
        )

    def _judge(self, rows: Indices) -> None:
        """Work out the order and the gain of these cards anew."""
        for part in np.array_split(rows, max(1, len(rows) // 1000)):
            choices = self._choices(part)
            brings = choices.expect(self._table)
            net = choices.net(brings, self._price)
            wait = np.maximum(choices.never, net[:, 1:].max(axis=1, initial=-np.inf))
            now, seconds = brings[:, 0], choices.seconds[:, 0]
            open_now = ~choices.closed[:, 0]
            won = np.where(open_now, choices.weight * (now - choices.never) / seconds, 0.0)
            order = appeal(choices.weight, now, wait, choices.never, seconds)
            self._appeal[part] = np.where(open_now, order, -np.inf)
            self._gain[part] = np.maximum(won, 0.0) * 60.0 / len(self._appeal)

    def _kept(self, day: int) -> Array:
        """Recall at the interview hour of `day` without another look: (n,)."""
        cards, w = self._cards, self._learner.parameters
        elapsed = day - self._gap_days - cards.last
        kept = retrievability(w, elapsed, cards.stability)
        return np.where(cards.seen, kept, self._learner.unseen_recall)

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

    def _outlook(self) -> Outlook:
        priced = Priced(self._steps, self._final, self._table, self._price, self._cards.levels)
        honest = Steps(self._learner._replace(second_look=1.0), self._grid, 0)
        new = (~self._cards.seen).astype(np.float64)
        rows = np.arange(len(self._cards.ids))
        return outlook(priced, honest, self._choices(rows), new, self._budgets, self._day)

    def _spread(self, course: Outlook) -> float:
        """How far mean recall may be off because this learner is not the usual one (one sd).

        A stated belief: what is still to come is uncertain in full, what is known already less.
        """
        return UNSURE if course.days else UNSURE / 2

    def _report(
        self, recall: Array, now: float, days: tuple[PlanDay, ...], spread: float
    ) -> Forecast:
        cards = self._cards
        share = cards.weight / max(len(cards.ids), 1)
        expected = float(recall @ share)
        luck = float((recall * (1.0 - recall)) @ share**2)
        wide, narrow = 1.645 * np.sqrt(spread**2 + luck), 1.645 * spread
        return Forecast(
            expected=expected,
            low=max(0.0, expected - wide),
            high=min(1.0, expected + wide),
            mean_low=max(0.0, expected - narrow),
            mean_high=min(1.0, expected + narrow),
            now=now,
            cards=dict(zip(cards.ids, recall.tolist(), strict=True)),
            days=days,
            minute=float(self._price[0]) * 60.0 / len(cards.ids) if days else 0.0,
        )


class GreedyPlanner(Planner):
    """The same face without foresight: each look has to pay by itself.

    It takes what gains most recall at the interview per second, as if no later look could be
    afforded. Sound, a few points worse, and a check on the planner.
    """

    def _prices(self) -> Array:
        return np.full(self._days, CLOSED)


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


def _total(choices: Choices, count: Array, table: Array, price: Array) -> float:
    """Worth of all cards at one price of time."""
    net = choices.net(choices.expect(table), price)
    best = np.maximum(choices.never, net.max(axis=1))
    return float((choices.weight * best) @ count)
