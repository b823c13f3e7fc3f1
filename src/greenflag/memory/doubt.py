"""How far a forecast may be off: the learner is not quite as believed, and a test has luck.

Stability at the interview may be off by a factor that all cards share, because a learner's
parameters and habits are not those believed. One standard deviation of its logarithm is
UNLIKE * looks ** GROWS, the same for more than MOST looks at a card: every look multiplies what
was off before it, until harder cards, looked at more often, make up for it. The three numbers
were fitted on simulated learners and tried on others (docs/readiness.md). What is missing to full
recall is then taken as gamma distributed, which keeps the interval inside 0 to 1 and lets it reach
further down than up when recall is high.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from greenflag.memory.alike import States
from greenflag.memory.deadline import Grid, Learner
from greenflag.memory.formulae import Array, retrievability
from greenflag.memory.outlook import Outlook

UNLIKE, GROWS, MOST = 0.22, 0.7, 4.0
TEST_DOWN, TEST_UP = 0.5, 0.9  # shares of a test's luck in the interval; see `Forecast`
SURPRISE = 0.03  # a chance below this is one
RATINGS = 0.1  # share of it that is luck of the ratings on the way
NINETY = 1.645  # standard deviations to each side of a 90 % interval
SURER = 1000.0  # reviews the parameters were fitted to that halve the variance (a belief)


class Doubt(NamedTuple):
    """One standard deviation of mean recall to either side, for how unlike a learner may be."""

    down: float
    up: float


def doubt(
    learner: Learner,
    grid: Grid,
    states: States,
    moment: float,
    course: Outlook | None = None,
    left: Array | None = None,
    fitted_on: int = 0,
) -> Doubt:
    """How far expected recall moves when all stabilities are off by one standard deviation.

    moment: the interview, in study days. course: where the plan leads, with the days `left` from
    each of its days; None: nothing more is studied.
    """
    seen = float(states.seen @ states.count)
    days = course.days if course else ()
    looks, cards = seen + sum(day.reviews for day in days), seen + sum(day.new for day in days)
    each = min(max(looks / max(cards, 1e-9), 1.0), MOST)
    off = UNLIKE * each**GROWS / math.sqrt(1.0 + fitted_on / SURER)
    worthy = states.weight * states.count

    def recall(shift: float) -> float:
        factor, w = math.exp(shift), learner.parameters
        kept = retrievability(w, moment - states.last, states.stability * factor)
        total = np.where(states.seen, kept, learner.unseen_recall) * worthy
        if course is None or left is None:
            return float(total.sum() / worthy.sum())
        final = retrievability(w, left[:, None], grid.stability * factor)
        gone = np.tensordot(final, course.mass, 2) @ course.levels
        return float((total @ course.left + gone) / worthy.sum())

    here = recall(0.0)
    return Doubt(here - recall(-off), recall(off) - here)


def interval(
    expected: float, doubt: Doubt, luck: tuple[float, float], perfect: float = 0.0
) -> tuple[float, float]:
    """A 90 % interval of recall.

    luck: variance, below and above, of what is recalled by a learner as believed. perfect: the
    chance that nothing at all is forgotten; when that is no surprise, the interval reaches 1.
    """
    missing = 1.0 - expected
    low = 1.0 - _gamma(missing, doubt.down**2 + luck[0], NINETY)
    high = 1.0 - _gamma(missing, doubt.up**2 + luck[1], -NINETY)
    return max(0.0, low), 1.0 if perfect > SURPRISE else min(1.0, high)


def _gamma(mean: float, variance: float, deviations: float) -> float:
    """A gamma distribution's value so many standard deviations out (Wilson and Hilferty 1931)."""
    if mean <= 0.0:
        return 0.0
    ninth = min(variance / mean**2 / 9.0, 1.0)  # beyond, the approximation does not hold
    return float(mean * max(0.0, 1.0 - ninth + deviations * math.sqrt(ninth)) ** 3)
