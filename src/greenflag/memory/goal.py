"""How many minutes a day a goal needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from greenflag.memory.stretch import Prospect

MOST = 240.0  # minutes a day; a goal that needs more is out of reach
NEAR = 0.001  # recall: this near to the goal, one more step of Newton's is exact enough
TRIES = 3


def minutes_for(
    goal: float, prospect: Prospect, budgets: Sequence[float], *, spent: float = 0.0
) -> float | None:
    """The minutes a day with which `goal` is expected to be reached; None: not in MOST minutes.

    goal: recall at the interview, 0 to 1. prospect: what the planner expects of other budgets.
    budgets: seconds by day, today first; days without any stay without (if all are, none does).
    spent: seconds studied today already.
    """
    open_days = [seconds > 0.0 or not any(budgets) for seconds in budgets]

    def expected(minutes: float) -> tuple[float, float]:
        seconds = [minutes * 60.0 if is_open else 0.0 for is_open in open_days]
        if seconds:
            seconds[0] = max(0.0, seconds[0] - spent)
        recall, gain = prospect.expected(seconds)
        return recall, gain * 60.0

    if expected(0.0)[0] >= goal:
        return 0.0
    if not open_days:
        return None
    guess = prospect.seconds_for(goal, open_days) / 60.0
    return _solved(goal, expected, min(max(guess, 0.1), MOST))


def _solved(
    goal: float, expected: Callable[[float], tuple[float, float]], guess: float
) -> float | None:
    """Where expected(minutes) is the goal: Newton's steps, then between the nearest tried.

    What is still missing to full recall falls about as a power of the minutes, so both are
    followed as logarithms.
    """
    target, top = math.log1p(-min(goal, 1.0 - 1e-9)), math.log(MOST)
    below: tuple[float, float] | None = None
    above: tuple[float, float] | None = None
    here = math.log(guess)
    for _ in range(TRIES):
        recall, gain = expected(math.exp(here))
        missing = max(1.0 - recall, 1e-9)
        point = (here, math.log(missing))
        if recall < goal and here >= top:
            return None
        below, above = (point, above) if recall < goal else (below, point)
        step = (point[1] - target) / max(math.exp(here) * gain / missing, 1e-3)
        if below and above:
            share = (below[1] - target) / max(below[1] - above[1], 1e-9)
            step = below[0] + share * (above[0] - below[0]) - here
        here = min(here + max(-1.5, min(1.5, step)), top)
        if abs(recall - goal) < NEAR:
            break
    return math.exp(here)
