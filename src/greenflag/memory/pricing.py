"""The time that is left, priced, and with it every state a card can come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from greenflag.memory.alike import COARSE, States, alike
from greenflag.memory.choices import Choices, choices
from greenflag.memory.deadline import Grid, Learner, Steps, final_recall, worth
from greenflag.memory.formulae import Array
from greenflag.memory.prices import CLOSED, day_prices, first_prices

Bools = NDArray[np.bool_]

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
        final = self._ready(len(budgets), days_left)
        shut = budgets <= 0.0
        if shut.all() or not self._foresight:
            self._price = np.full(len(budgets), CLOSED)
        else:
            worth_at = self._worth(states, levels, day, shut, final)
            start = self._price[-len(budgets) :]
            known = len(start) == len(budgets) and bool((start < CLOSED).all())
            found = day_prices(worth_at, budgets, start if known else None)
            self._price = np.where(shut, CLOSED, found)
        table = worth(self._steps, final, self._price[:, None] / levels)
        return Priced(self._steps, final, table, self._price, levels)

    def seconds_for(
        self, recall: float, states: States, levels: Array, day: int, shut: Bools, days_left: Array
    ) -> float:
        """About how many seconds on each open day `recall` needs; infinite if none would do.

        Any prices bound what seconds can bring (see `prices`); this takes a few and believes them.
        """
        final = self._ready(len(shut), days_left)
        prices = first_prices(len(shut))
        worths = self._worth(states, levels, day, shut, final)(prices)
        total = float(states.weight @ states.count)
        missing = recall * total - worths
        return float((missing / prices[:, ~shut].sum(axis=1)).max())

    def _ready(self, days: int, days_left: Array) -> Array:
        if len(self._steps.later) < days - 1:
            self._steps = Steps(self.learner, self.grid, days - 1)
        return final_recall(self.learner, self.grid, days_left)

    def _worth(
        self, states: States, levels: Array, day: int, shut: Bools, final: Array
    ) -> Callable[[Array], Array]:
        """The worth of all cards at prices (P, T), as a function: (P,)."""
        days, rough = len(shut), self._steps.rough()
        states, levels = _fewer_levels(states, levels)
        few, _ = alike(states, day, COARSE)
        looks = choices(self.learner, self.grid, few, day, np.arange(days))
        worthy = few.weight * few.count

        def worth_at(prices: Array) -> Array:
            prices = np.where(shut, CLOSED, prices)
            columns = (prices[:, None] / levels[:, None]).reshape(-1, days).T
            tables = np.split(worth(rough, final, columns), len(prices), axis=2)
            pairs = zip(tables, prices, strict=True)
            return np.array([_best(looks, *pair) @ worthy for pair in pairs])

        return worth_at


def _fewer_levels(states: States, levels: Array) -> tuple[States, Array]:
    """The same with at most ROUGH_LEVELS levels: neighbours are taken together.

    Levels that none of these cards has are left out: some cards may have been.
    """
    cards = np.bincount(states.level, states.count, minlength=len(levels))
    held = np.flatnonzero(cards)
    states = replace(states, level=np.searchsorted(held, states.level))
    levels, cards = levels[held], cards[held]
    if len(levels) <= ROUGH_LEVELS:
        return states, levels
    merged = ((np.cumsum(cards) - cards / 2) * ROUGH_LEVELS / cards.sum()).astype(np.int64)
    _, merged = np.unique(merged, return_inverse=True)
    mean = np.bincount(merged, cards * levels) / np.bincount(merged, cards)
    return replace(states, level=merged[states.level]), mean


def _best(looks: Choices, table: Array, price: Array) -> Array:
    """Worth of each card at one price of time: (n,)."""
    net = looks.net(looks.expect(table), price)
    best: Array = np.maximum(looks.never, net.max(axis=1))
    return best
