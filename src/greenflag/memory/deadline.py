"""One card before a deadline: what another look costs, what it leads to, what that is worth.

A card is worth its recall at the interview, less the time still spent on it at a price per second
that may differ from day to day:

    value(t, S, D) = max(recall at the interview without another look,
                         max over a later day u of E[value(u, S', D')] - price(u) * E[seconds])

worked out backwards from the last sitting, on a small grid of stability (log) and difficulty.
The idea is that of SSP-MMC (Ye, Su, Cao, KDD 2022, https://doi.org/10.1145/3534678.3539081) with
a deadline in place of a target stability; a price per second makes the cards independent of one
another, as in Whittle's relaxation of restless bandits (1988).

Words for shapes: T days from today to the last sitting, G grid points, K columns (one price of
time each). A table holds 2 G rows: a card at grid point g whose looks of the day are over, then
the same card just rated again, which may have one more look the same day (its second look).
"""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from greenflag.memory.formulae import (
    EASIEST,
    EASY,
    HARDEST,
    LOWEST_STABILITY,
    Array,
    after_each,
    first_memory,
    retrievability,
)

Indices = NDArray[np.int64]

CORNERS = 4 * EASY  # each of four ratings lands between four grid points


class Habits(NamedTuple):
    """How a learner's answers fall among the ratings.

    The mixes are the defaults of the FSRS simulator (fsrs-rs, `SimulatorConfig`: first_rating_prob,
    review_rating_prob). The slope is a prior of ours: per point of difficulty above `middle`, the
    log-odds against good rise by slope[0] for hard and fall by slope[1] for easy. Without a slope
    the plan loses several points of what it can win (facts-planning.md).
    """

    first: tuple[float, float, float, float] = (0.24, 0.094, 0.495, 0.171)
    recalled: tuple[float, float, float] = (0.224, 0.631, 0.145)  # hard, good, easy
    slope: tuple[float, float] = (0.3, 0.3)
    middle: float = 5.0


class Learner(NamedTuple):
    """What the plan believes about the learner."""

    parameters: tuple[float, ...]
    seconds: tuple[float, ...]  # expected: again, hard, good, easy, first view
    unseen_recall: float = 0.2  # chance to know a card that was never shown
    habits: Habits = Habits()
    same_day_recall: float = 0.95  # FSRS says 1 minutes after a lapse; people say a little less
    second_look: float = 1.0  # stability is this much larger after it than FSRS's formula says
    gain: float = 1.0  # stability grows this much faster than FSRS's formula says


class Looks(NamedTuple):
    """What one more look leads to: arrays of one shape, all but `seconds` with a last axis of 4."""

    chance: Array
    stability: Array
    difficulty: Array
    seconds: Array


def first_look(learner: Learner) -> Looks:
    """What the first look at a never-seen card leads to."""
    stability, difficulty = first_memory(learner.parameters)
    chance = np.array(learner.habits.first) / sum(learner.habits.first)
    return Looks(chance, stability, difficulty, np.array(learner.seconds[EASY]))


def next_look(learner: Learner, stability: Array, difficulty: Array, days: Array) -> Looks:
    """What another look leads to, `days` after the last one. The inputs broadcast."""
    stability, difficulty, days = np.broadcast_arrays(stability, difficulty, days)
    w, later = learner.parameters, days > 0
    s, d = after_each(w, stability, difficulty, days)
    if learner.gain != 1.0:
        grown = stability[..., None] + (s[..., 1:] - stability[..., None]) * learner.gain
        s[..., 1:] = np.maximum(grown, LOWEST_STABILITY)
    if learner.second_look != 1.0:
        s = np.where(later[..., None], s, s * learner.second_look)
    recall = retrievability(w, days, stability)
    recall = np.where(later, recall, np.minimum(recall, learner.same_day_recall))
    mix = _recalled_mix(learner.habits, difficulty)
    chance = np.concatenate(((1.0 - recall)[..., None], recall[..., None] * mix), axis=-1)
    return Looks(chance, s, d, chance @ np.array(learner.seconds[:EASY]))


def _recalled_mix(habits: Habits, difficulty: Array) -> Array:
    """Shares of hard, good, easy among recalled answers: the shape of difficulty, then three."""
    slope = np.array((habits.slope[0], 0.0, -habits.slope[1]))
    odds = habits.recalled * np.exp((difficulty[..., None] - habits.middle) * slope)
    result: Array = odds / odds.sum(axis=-1, keepdims=True)
    return result


class Grid:
    """The points of stability and difficulty at which a card's value is worked out.

    `stability` and `difficulty` are (G,). Sixteen by four are enough: twice as many of each
    changed what the plan achieves by less than the noise.
    """

    def __init__(self, stabilities: int = 16, difficulties: int = 4) -> None:
        self._low, self._high = np.log(0.05), np.log(600.0)
        self._shape = (stabilities, difficulties)
        s = np.exp(np.linspace(self._low, self._high, stabilities))
        d = np.linspace(EASIEST, HARDEST, difficulties)
        self.stability = np.repeat(s, difficulties)
        self.difficulty = np.tile(d, stabilities)
        self.size = stabilities * difficulties

    def corners(self, stability: Array, difficulty: Array) -> tuple[Indices, Array]:
        """The four grid points around each state and their shares (bilinear): last axis four."""
        rows, columns = self._shape
        x = (np.log(stability) - self._low) * ((rows - 1) / (self._high - self._low))
        y = (difficulty - EASIEST) * ((columns - 1) / (HARDEST - EASIEST))
        x, y = np.clip(x, 0.0, rows - 1.0), np.clip(y, 0.0, columns - 1.0)
        i = np.minimum(x.astype(np.int64), rows - 2)
        j = np.minimum(y.astype(np.int64), columns - 2)
        x, y = x - i, y - j
        at = i * columns + j
        points = np.stack((at, at + 1, at + columns, at + columns + 1), axis=-1)
        shares = np.stack(((1 - x) * (1 - y), (1 - x) * y, x * (1 - y), x * y), axis=-1)
        return points, shares

    def landing(self, looks: Looks) -> tuple[Indices, Array]:
        """The table rows a look leads to and the chance of each: a last axis of CORNERS.

        Being rated again leads to the lower half of the table, where a second look is open.
        """
        rows, shares = self.corners(looks.stability, looks.difficulty)
        rows[..., 0, :] += self.size
        shares = shares * looks.chance[..., None]
        shape = (*rows.shape[:-2], CORNERS)
        return rows.reshape(shape), shares.reshape(shape)


class Steps:
    """From every grid point to every other by one look: chances and expected seconds.

    `later` (n, G, 2 G) and `seconds` (n, G): a look 1, 2, … n days after the last one.
    `again` (G, G) and `again_seconds` (G,): the second look of the day.
    """

    def __init__(self, learner: Learner, grid: Grid, days: int) -> None:
        size, table = grid.size, 2 * grid.size
        elapsed = np.arange(days + 1, dtype=np.float64)[:, None]
        looks = next_look(learner, grid.stability, grid.difficulty, elapsed)
        rows, shares = grid.landing(looks)
        rows[0] %= size  # after a second look the day is over
        start = np.arange((days + 1) * size).reshape(days + 1, size, 1) * table
        flat = np.bincount(
            (start + rows).ravel(), shares.ravel(), minlength=(days + 1) * size * table
        )
        matrix = flat.reshape(days + 1, size, table)
        self.later, self.seconds = matrix[1:], looks.seconds[1:]
        self.again = np.ascontiguousarray(matrix[0, :, :size])
        self.again_seconds = looks.seconds[0]

    def rough(self) -> Steps:
        """The same in single precision: half the time, for searches."""
        steps = copy(self)
        steps.later, steps.seconds = self.later.astype(np.float32), self.seconds.astype(np.float32)
        steps.again = self.again.astype(np.float32)
        steps.again_seconds = self.again_seconds.astype(np.float32)
        return steps

    def expect(self, table_row: Array, days: int) -> Array:
        """What a look brings that lands in `table_row` (2 G, K): (days, G, K), by days elapsed."""
        _, size, table = self.later.shape
        flat = self.later[:days].reshape(days * size, table) @ table_row
        return flat.reshape(days, size, table_row.shape[1])


def worth(steps: Steps, final: Array, price: Array, *, repeat_any: bool = False) -> Array:
    """Value of a card after the looks of each day, under a price of time.

    final: (T, G) recall at the interview when day t's look was the last one. price: (T, K) per
    second, for a card of weight one. Returns (T, 2 G, K). With `repeat_any` every look may be
    repeated the same day, not only one rated again.
    """
    days, size = final.shape
    table = np.empty((days, 2 * size, price.shape[1]), dtype=steps.later.dtype)
    price = price.astype(table.dtype)
    table[:, :size] = final[:, :, None]
    for t in range(days - 1, -1, -1):
        value = table[t, :size]
        second = steps.again @ value - steps.again_seconds[:, None] * price[t]
        table[t, size:] = np.maximum(value, second)
        if repeat_any:
            table[t, :size] = table[t, size:]
        if t > 0:
            look = steps.expect(table[t], t) - steps.seconds[:t, :, None] * price[t]
            earlier = table[t - 1 :: -1, :size]  # days t-1, t-2, … 0: one, two, … t days before
            np.maximum(earlier, look, out=earlier)
    return table


def final_recall(learner: Learner, grid: Grid, days_left: Array) -> Array:
    """Recall at the interview, days_left (T,) after a last look: (T, G)."""
    return retrievability(learner.parameters, days_left[:, None], grid.stability)
