"""The time that is left, priced, and with it every state a card can come to."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from greenflag.memory.alike import COARSE, States, alike
from greenflag.memory.choices import Choices, choices
from greenflag.memory.deadline import Grid, Learner, Steps, final_recall, worth
from greenflag.memory.formulae import Array
from greenflag.memory.prices import CLOSED, day_prices

ROUGH_LEVELS = 3  # weights told apart while prices are searched


class Priced(NamedTuple):
    """The priced problem, solved: see `deadline.worth` for the shapes."""

    steps: Steps
    final: Array  # (T, G)
    table: Array  # (T, 2 G, levels)
    price: Array  # (T,)
    levels: Array  # (levels,) the weights the columns stand for


class Pricing:
    """Prices days for one learner, and keeps what serves for the next time."""

    def __init__(self, learner: Learner, *, foresight: bool = True) -> None:
        self.learner, self.grid = learner, Grid()
        self._foresight = foresight
        self._steps = Steps(learner, self.grid, 1)
        self._price: Array = np.zeros(0)

    def priced(
        self, states: States, levels: Array, day: int, budgets: Array, days_left: Array
    ) -> Priced:
        """The days from `day` on, priced so that the budgets (T,) in seconds are just used.

        days_left: (T,) from a look on each day to the interview.
        """
        if len(self._steps.later) < len(budgets) - 1:
            self._steps = Steps(self.learner, self.grid, len(budgets) - 1)
        final = final_recall(self.learner, self.grid, days_left)
        shut = budgets <= 0.0
        if shut.all() or not self._foresight:
            self._price = np.full(len(budgets), CLOSED)
        else:
            self._price = np.where(shut, CLOSED, self._search(states, levels, day, budgets, final))
        table = worth(self._steps, final, self._price[:, None] / levels)
        return Priced(self._steps, final, table, self._price, levels)

    def _search(
        self, states: States, levels: Array, day: int, budgets: Array, final: Array
    ) -> Array:
        days, shut, rough = len(budgets), budgets <= 0.0, self._steps.rough()
        states, levels = _fewer_levels(states, levels)
        few, _ = alike(states, day, COARSE)
        looks = choices(self.learner, self.grid, few, day, np.arange(days))
        worthy = few.weight * few.count

        def worth_at(prices: Array) -> Array:
            prices = np.where(shut, CLOSED, prices)
            columns = (prices[:, None] / levels[:, None]).reshape(-1, days).T
            tables = np.split(worth(rough, final, columns), len(prices), axis=2)
            return np.array(
                [_best(looks, *each) @ worthy for each in zip(tables, prices, strict=True)]
            )

        start = self._price[-days:]
        known = len(start) == days and bool((start < CLOSED).all())
        return day_prices(worth_at, budgets, start if known else None)


def _fewer_levels(states: States, levels: Array) -> tuple[States, Array]:
    """The same with at most ROUGH_LEVELS levels: neighbours are taken together."""
    if len(levels) <= ROUGH_LEVELS:
        return states, levels
    cards = np.bincount(states.level, states.count, minlength=len(levels))
    merged = ((np.cumsum(cards) - cards / 2) * ROUGH_LEVELS / cards.sum()).astype(np.int64)
    _, merged = np.unique(merged, return_inverse=True)
    mean = np.bincount(merged, cards * levels) / np.bincount(merged, cards)
    return replace(states, level=merged[states.level]), mean


def _best(looks: Choices, table: Array, price: Array) -> Array:
    """Worth of each card at one price of time: (n,)."""
    net = looks.net(looks.expect(table), price)
    best: Array = np.maximum(looks.never, net.max(axis=1))
    return best
