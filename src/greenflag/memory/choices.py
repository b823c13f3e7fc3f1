"""Many cards, one minute: what a look at each card on each day brings, and which comes first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from greenflag.memory.alike import States
from greenflag.memory.deadline import CORNERS, Grid, Indices, Learner, first_look, next_look
from greenflag.memory.formulae import Array

CAUTION = 0.05  # how far the order leans towards looking at once; see `appeal`


class Choices(NamedTuple):
    """What looking at each of n cards on each of T days leads to, if that is its next look."""

    rows: Indices  # (n, T, CORNERS) rows of the table
    shares: Array  # (n, T, CORNERS) and the chance of each
    seconds: Array  # (n, T) expected
    closed: NDArray[np.bool_]  # (n, T) no look possible that day
    never: Array  # (n,) recall at the interview without another look
    weight: Array  # (n,) importance
    level: Indices  # (n,) the column of the table for that weight

    def expect(self, table: Array) -> Array:
        """What a look on each day brings, from the table of those days (T, 2 G, levels): (n, T)."""
        days, size, levels = table.shape
        at = (np.arange(days)[:, None] * size + self.rows) * levels + self.level[:, None, None]
        brings = np.einsum("ntc,ntc->nt", table.ravel()[at], self.shares)
        return np.where(self.closed, -np.inf, brings)

    def net(self, brings: Array, price: Array) -> Array:
        """`brings` (n, T) less the price (T,) of the seconds it takes."""
        result: Array = brings - self.seconds * price / self.weight[:, None]
        return result


def choices(learner: Learner, grid: Grid, states: States, day: int, days: Indices) -> Choices:
    """What looking at these cards leads to, `days` (T,) after the study day `day`."""
    shape = (len(states.seen), len(days), CORNERS)
    landing, shares = np.empty(shape, dtype=np.int64), np.empty(shape)
    seconds, closed = np.empty(shape[:2]), np.zeros(shape[:2], dtype=np.bool_)
    look = first_look(learner)
    landing[~states.seen], shares[~states.seen] = grid.landing(look)
    seconds[~states.seen] = look.seconds
    old = states.take(np.flatnonzero(states.seen))
    elapsed = (day - old.last)[:, None] + days
    look = next_look(learner, old.stability[:, None], old.difficulty[:, None], elapsed)
    landing[states.seen], shares[states.seen] = grid.landing(look)
    seconds[states.seen], closed[states.seen] = look.seconds, elapsed <= 0
    closed[:, 0] &= ~states.again
    return Choices(landing, shares, seconds, closed, states.never, states.weight, states.level)


def appeal(weight: Array, now: Array, wait: Array, never: Array, seconds: Array) -> Array:
    """What a second on a card is worth today, as an order to work in. Shapes broadcast.

    now, wait, never: expected value of looking today, of the best later day (its seconds paid),
    and of no look at all. The order is by weight * (now - wait) / seconds, the index of the
    priced problem, leaning by CAUTION towards weight * (now - never) / seconds, the greedy gain:
    at exact prices many cards are equally good today or tomorrow, and then the one that would be
    missed most if tomorrow's minutes run out has to go first.
    """
    index = weight * (now - wait) / seconds
    greedy = weight * (now - never) / seconds
    good = (index > 0.0) & (greedy > 0.0)
    index, greedy = np.where(good, index, 1.0), np.where(good, greedy, 1.0)
    return np.where(good, index ** (1.0 - CAUTION) * greedy**CAUTION, -np.inf)
