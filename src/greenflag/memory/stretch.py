"""The days from today to the interview, for some cards: priced, and followed to their end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from greenflag.memory.alike import COARSE, States, alike
from greenflag.memory.choices import choices
from greenflag.memory.deadline import Steps
from greenflag.memory.formulae import Array
from greenflag.memory.outlook import Outlook, outlook
from greenflag.memory.pricing import Priced, Pricing


class Days(NamedTuple):
    """The days that are planned."""

    day: int  # today, a study day
    number: int  # days with a sitting before the interview, today included
    left: Array  # (number,) days from a look on each to the interview
    attendance: float  # share of later sittings counted on

    def padded(self, budgets: Sequence[float]) -> Array:
        """Budgets for these days: cut off, or filled up with nothing."""
        padded = np.zeros(self.number)
        given = np.maximum(np.array(budgets[: self.number], dtype=np.float64), 0.0)
        padded[: len(given)] = given
        return padded


class Stretch:
    """Some cards over these days; prices once found are where the next search starts."""

    def __init__(self, pricing: Pricing, states: States, levels: Array, days: Days) -> None:
        self._pricing, self._states, self._levels, self._days = pricing, states, levels, days

    def priced(self, budgets: Array) -> Priced:
        """The days priced for these seconds."""
        later = np.arange(self._days.number) > 0
        counted_on = np.where(later, budgets * self._days.attendance, budgets)
        return self._pricing.priced(
            self._states, self._levels, self._days.day, counted_on, self._days.left
        )

    def course(self, priced: Priced, states: States, budgets: Array) -> Outlook:
        """How these cards are expected to go."""
        learner, grid, day = self._pricing.learner, self._pricing.grid, self._days.day
        honest = Steps(learner._replace(second_look=1.0), grid, 0)
        look = choices(learner, grid, states, day, np.arange(self._days.number))
        return outlook(priced, honest, look, states, budgets, day)


class Prospect:
    """What to expect of other budgets: quick, and a few thousandths off.

    A hundred or so groups of cards stand for all of them.
    """

    def __init__(self, pricing: Pricing, states: States, levels: Array, days: Days) -> None:
        few, _ = alike(states, days.day, COARSE)
        self._few, self._levels, self._days, self._pricing = few, levels, days, pricing
        self._stretch = Stretch(pricing, few, levels, days)

    def expected(self, budgets: Sequence[float]) -> tuple[float, float]:
        """Recall at the interview, and what a second more on each day with time adds to it."""
        few, given = self._few, self._days.padded(budgets)
        worthy = few.weight * few.count
        if not given.any():
            return float(few.never @ worthy / worthy.sum()), 0.0
        priced = self._stretch.priced(given)
        course = self._stretch.course(priced, few, given)
        gain = float(priced.price[given > 0.0].sum() / worthy.sum())
        return float(course.recall @ worthy / worthy.sum()), gain

    def seconds_for(self, recall: float, open_days: Sequence[bool]) -> float:
        """About how many seconds on each open day bring that recall."""
        shut = self._days.padded(open_days) == 0.0
        return self._pricing.seconds_for(
            recall, self._few, self._levels, self._days.day, shut, self._days.left
        )
