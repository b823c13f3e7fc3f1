"""What a plan is expected to give: its days, and recall at the interview, card by card."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from greenflag.memory.alike import States
from greenflag.memory.choices import Choices, appeal
from greenflag.memory.deadline import Steps
from greenflag.memory.formulae import Array
from greenflag.memory.pricing import Priced

WORTH = 1e-7  # recall per second, for a card of mean weight: less is not worth asking for


class PlanDay(NamedTuple):
    """What is expected of one day."""

    day: int  # study day
    seconds: float
    reviews: float  # looks in all, first ones included
    new: float  # first looks
    recall: float  # at the interview, if nothing were studied after this day


class Outlook(NamedTuple):
    """How a plan is expected to go."""

    days: tuple[PlanDay, ...]
    recall: Array  # (n,) expected at the interview, by card
    mass: Array  # (T, G, levels) cards by the day of their last look and where it left them
    levels: Array  # (levels,) the weights the columns of `mass` stand for
    left: Array  # (n,) the part of each row that was never looked at again


def outlook(
    priced: Priced, honest: Steps, choices: Choices, states: States, budgets: Array, day: int
) -> Outlook:
    """Follow the plan's own rule through all days, cards as a fluid: the rule's expectation.

    Each day takes looks in the order of their appeal until its seconds are used; a card may be
    looked at in part. `honest` holds the second looks as FSRS has them, without what the plan
    hopes of them.
    """
    course = _Course(priced, honest, choices, states)
    days = [course.live(t, budgets[t], day + t) for t in range(len(budgets))]
    return Outlook(tuple(days), course.recall(), course.mass, priced.levels, course.left)


class _Course:
    """The fluid on its way through the days."""

    def __init__(self, priced: Priced, honest: Steps, choices: Choices, states: States) -> None:
        self.priced, self.honest, self.choices = priced, honest, choices
        self.count, self.new = states.count, ~states.seen
        days, size = priced.final.shape
        self.size = size
        self.mass = np.zeros((days, size, len(priced.levels)))
        self.left = np.ones(len(choices.never))
        self.brings = choices.expect(priced.table)
        net = choices.net(self.brings, priced.price)
        # The best of all later days: running maximum from the last day on.
        best = np.maximum.accumulate(np.column_stack((choices.never, net[:, :0:-1])), axis=1)
        self.waits = best[:, ::-1]
        self.grid_waits = self._grid_waits()
        # Which lapses get a second look the same day, and what that costs.
        value, lapsed = np.split(priced.table, 2, axis=1)
        self.second = (lapsed > value).astype(np.float64)
        cost = self.second * honest.again_seconds[:, None]
        self.second_seconds = np.concatenate((np.zeros_like(cost), cost), axis=1)
        self.card_parts: list[Array] = []
        self.grid_parts: list[Array] = []

    def _grid_waits(self) -> list[Array]:
        """For each day t, the best value of waiting past t, by days since the look: (t, G, L)."""
        priced = self.priced
        best = np.repeat(priced.final[:, :, None], len(priced.levels), axis=2)
        waits = []
        for t in range(len(best) - 1, -1, -1):
            waits.append(best[:t][::-1].copy())
            look = priced.steps.expect(priced.table[t], t)
            look -= priced.steps.seconds[:t, :, None] * (priced.price[t] / priced.levels)
            best[:t] = np.maximum(best[:t], look[::-1])
        return waits[::-1]

    def live(self, t: int, budget: float, day: int) -> PlanDay:
        """Spend one day's budget and say what it was spent on."""
        cards, grid = self._order(t)
        card_seconds, grid_seconds = self._seconds(t)
        amounts = np.concatenate((self.left * self.count, self.mass[:t][::-1].ravel()))
        seconds = np.concatenate((card_seconds, grid_seconds.ravel()))
        part = _fill(np.concatenate((cards, grid.ravel())), amounts * seconds, budget)
        cards, grid = np.split(part, [len(cards)])
        grid = grid.reshape(grid_seconds.shape)
        taken, moved = cards * self.left * self.count, grid * self.mass[:t][::-1]
        again = self._land(t, taken, moved)
        self.left = self.left * (1.0 - cards)
        self.mass[:t] -= moved[::-1]
        self.card_parts.append(cards)
        self.grid_parts.append(grid)
        return PlanDay(
            day=day,
            seconds=float(part @ (amounts * seconds)),
            reviews=float(taken.sum() + moved.sum() + again),
            new=float(taken @ self.new),
            recall=self._recall_now(t),
        )

    def _order(self, t: int) -> tuple[Array, Array]:
        priced, choices = self.priced, self.choices
        cards = appeal(
            choices.weight,
            self.brings[:, t],
            self.waits[:, t],
            choices.never,
            choices.seconds[:, t],
        )
        never = priced.final[:t][::-1, :, None]
        now, wait = priced.steps.expect(priced.table[t], t), self.grid_waits[t]
        grid = appeal(priced.levels, now, wait, never, priced.steps.seconds[:t, :, None])
        return cards, grid

    def _seconds(self, t: int) -> tuple[Array, Array]:
        """Expected seconds of a look on day t, its second look included."""
        more = self.second_seconds[t]
        own = more[self.choices.rows[:, t], self.choices.level[:, None]]
        cards = self.choices.seconds[:, t] + (own * self.choices.shares[:, t]).sum(axis=1)
        grid = self.priced.steps.seconds[:t, :, None] + self.priced.steps.expect(more, t)
        return cards, grid

    def _land(self, t: int, taken: Array, moved: Array) -> float:
        """Put what was looked at on day t where it lands; returns the number of second looks."""
        size, levels = self.mass.shape[1:]
        at = self.choices.rows[:, t] * levels + self.choices.level[:, None]
        flow = taken[:, None] * self.choices.shares[:, t]
        flat = np.bincount(at.ravel(), flow.ravel(), minlength=2 * size * levels).astype(np.float64)
        arrived = flat.reshape(2 * size, levels)
        later = self.priced.steps.later[:t].reshape(-1, 2 * size)
        arrived = arrived + later.T @ moved.reshape(-1, levels)
        fine, lapsed = np.split(arrived, 2)
        again = lapsed * self.second[t]
        self.mass[t] = fine + lapsed - again + self.honest.again.T @ again
        return float(again.sum())

    def _recall_now(self, t: int) -> float:
        priced, weight = self.priced, self.choices.weight * self.count
        kept = (self.mass[: t + 1] * priced.final[: t + 1, :, None]).sum(axis=(0, 1))
        total = kept @ priced.levels + (self.left * self.choices.never) @ weight
        return float(total / weight.sum())

    def recall(self) -> Array:
        """Expected recall of each card: backwards through the same days."""
        days, _, levels = self.mass.shape
        kept = np.repeat(self.priced.final[:, :, None], levels, axis=2)
        cards = self.choices.never.copy()
        for t in range(days - 1, -1, -1):
            second = self.honest.again @ kept[t]
            lapsed = kept[t] + self.second[t] * (second - kept[t])
            row = np.concatenate((kept[t], lapsed))
            look = self.priced.steps.expect(row, t)
            kept[:t] += (self.grid_parts[t] * (look - kept[:t][::-1]))[::-1]
            own = row[self.choices.rows[:, t], self.choices.level[:, None]]
            look = (own * self.choices.shares[:, t]).sum(axis=1)
            cards += self.card_parts[t] * (look - cards)
        return cards


def _fill(order: Array, seconds: Array, budget: float) -> Array:
    """The part of each look that fits when the best come first until the budget is used."""
    part = np.zeros(len(order))
    best = np.flatnonzero((order > WORTH) & (seconds > 0.0))
    best = best[np.argsort(-order[best], kind="stable")]
    used = np.cumsum(seconds[best])
    room = budget - (used - seconds[best])
    part[best] = np.clip(room / seconds[best], 0.0, 1.0)
    return part
