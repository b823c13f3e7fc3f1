"""What nobody can beat: the bound of a schedule that knows everything but the luck.

A Lagrangian dual with everything known: parameters, habits, each card's difficulty and gain,
which days will be missed and when cards arrive. Any prices give a bound; the search makes it
tight. Exact but for the grid, which is finer than the planner's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from greenflag.memory.deadline import Grid, Indices, Looks, Steps, final_recall, worth
from greenflag.memory.formulae import EASY, Array
from greenflag.memory.prices import CLOSED, day_prices
from greenflag.memory.simulate import Hidden, Stay, first_state

GAINS = 5  # hidden gains worked out; between them the value is interpolated
SLACK = 6.0  # seconds: the last card of a sitting may run over by about that much
POLISH = 2  # more rounds of the price search than a planner has time for


def bound(hidden: Hidden, stay: Stay, budgets: Sequence[float]) -> float:
    """Weighted mean recall at the interview that no schedule can exceed on average.

    All cards are never-seen ones. budgets: seconds on each day of the stay.
    """
    given = np.where(hidden.studied, np.array(budgets) + SLACK, 0.0)
    relaxed = _Relaxed(hidden, stay)
    prices = day_prices(relaxed.worth_at, given)
    for _ in range(POLISH):
        prices = day_prices(relaxed.worth_at, given, prices)
    return float((relaxed.worth_at(prices[None])[0] + prices @ given) / len(hidden.cards))


class _Relaxed:
    """The cards of one hidden learner, each on its own under a price of time."""

    def __init__(self, hidden: Hidden, stay: Stay) -> None:
        grid, self.days, self.learner = Grid(24, 5), stay.days, hidden.learner
        logs = np.log(hidden.gain)
        gains = np.exp(np.linspace(logs.min() - 0.01, logs.max() + 0.01, GAINS))
        learners = [self.learner._replace(gain=float(gain)) for gain in gains]
        self.steps = [Steps(each, grid, max(stay.days - 1, 1)).rough() for each in learners]
        days_left = stay.days - stay.gap_days - np.arange(float(stay.days))
        self.final = final_recall(self.learner, grid, days_left)
        place = np.interp(logs, np.log(gains), np.arange(GAINS))
        self.gain = np.minimum(place.astype(np.int64), GAINS - 2)
        self.between = place - self.gain
        weight = np.array([card.weight for card in hidden.cards])
        self.weight = weight / weight.mean()
        self.levels, self.level = np.unique(self.weight, return_inverse=True)
        self.rows, self.shares = _first_landing(hidden, grid)
        self.shut = ~hidden.studied
        self.open = hidden.studied & (hidden.arrival[:, None] <= np.arange(stay.days))

    def worth_at(self, prices: Array) -> Array:
        """Value of all cards at each of P rows of prices (P, T): (P,)."""
        prices = np.where(self.shut, CLOSED, prices)
        columns = (prices[:, None] / self.levels[:, None]).reshape(-1, self.days).T
        tables = np.stack(
            [worth(step, self.final, columns, repeat_any=True) for step in self.steps]
        )
        return np.array([self._total(tables, p, price) for p, price in enumerate(prices)])

    def _total(self, tables: Array, p: int, price: Array) -> float:
        column = p * len(self.levels) + self.level
        low, high = (self._first(tables, self.gain + more, column) for more in (0, 1))
        brings = low + self.between[:, None] * (high - low)
        net = brings - self.learner.seconds[EASY] * price / self.weight[:, None]
        best = np.where(self.open, net, -np.inf).max(axis=1)
        return float(self.weight @ np.maximum(best, self.learner.unseen_recall))

    def _first(self, tables: Array, gain: Indices, column: Indices) -> Array:
        """What a first look on each day brings: (n, T)."""
        days = np.arange(self.days)[:, None]
        values = tables[gain[:, None, None], days, self.rows[:, None], column[:, None, None]]
        result: Array = np.einsum("ntc,nc->nt", values, self.shares)
        return result


def _first_landing(hidden: Hidden, grid: Grid) -> tuple[Indices, Array]:
    cards, ratings = range(len(hidden.cards)), range(1, EASY + 1)
    states = np.array([[first_state(hidden, card, r) for r in ratings] for card in cards])
    chance = np.broadcast_to(hidden.learner.habits.first, states.shape[:2])
    return grid.landing(Looks(chance, states[..., 0], states[..., 1], np.zeros(len(cards))))
