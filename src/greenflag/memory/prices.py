"""What a second of study is worth on each day, so that the plan costs what there is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from greenflag.memory.formulae import Array

# Prices are free at these numbers of days before the last sitting, and run straight (in log)
# between them: they rise steeply in the last days and are nearly flat before.
KNOTS = (0, 1, 3, 8, 20)
# First guesses, in recall per second for a card of weight one, in log.
LEVELS = np.linspace(np.log(1e-6), np.log(0.4), 16)
STEEPNESS = 0.3  # first guess: price falls with (days before the last sitting + 1) ** -0.3
SHIFTS = np.array([0.0, -0.5, 0.5, -1.0, 1.0])  # of yesterday's prices, in log
CLOSED = 1e6  # a price nobody pays


def day_prices(
    worth_at: Callable[[Array], Array], budgets: Array, start: Array | None = None
) -> Array:
    """The prices (T,) at which all cards together want just the budgets (T,) in seconds.

    They are the multipliers of the daily budgets: the lowest point of worth_at(prices) +
    prices @ budgets, which is convex and never below what any plan can reach (Lagrangian duality;
    Everett 1963). `worth_at` takes (P, T) prices and gives (P,) values of all cards. `start`:
    yesterday's prices for the same days, to begin from.
    """
    days = len(budgets)
    back = np.arange(days - 1, -1, -1, dtype=np.float64)
    knots = np.array([k for k in KNOTS if k < days - 1] + [days - 1], dtype=np.float64)

    def prices(logs: Array) -> Array:
        priced: Array = np.exp(np.array([np.interp(back, knots, row) for row in logs]))
        return priced

    def dual(logs: Array) -> Array:
        tried = prices(logs)
        return worth_at(tried) + tried @ budgets

    guesses = LEVELS[:, None] - STEEPNESS * np.log1p(knots)
    if start is not None:
        # Budgets may have changed a great deal since, so that yesterday's prices are no help.
        near = np.log(np.interp(knots, back[::-1], start[::-1])) + SHIFTS[:, None]
        guesses = np.vstack((near, guesses))
    found = int(np.argmin(dual(guesses)))
    step, rounds = 0.6, max(6, min(30, 300 // days))
    if start is not None and found < len(SHIFTS):
        moved = found > 0
        step, rounds = (0.5 if moved else 0.2), max(3 + moved, min(12, 120 // days))
    best = guesses[found]
    result: Array = prices(lowest(dual, best, step, rounds)[None])[0]
    return result


def first_prices(days: int) -> Array:
    """Price levels of the usual shape, from next to nothing to far too dear: (P, T)."""
    back = np.arange(days - 1, -1, -1, dtype=np.float64)
    prices: Array = np.exp(LEVELS[:, None] - STEEPNESS * np.log1p(back))
    return prices


def lowest(dual: Callable[[Array], Array], start: Array, step: float, rounds: int) -> Array:
    """A point where a convex function is lowest, nearly: a pattern search, many points at a time.

    `dual` takes (P, n) points and gives (P,) values; evaluating many at once is hardly dearer
    than one. Each round tries every coordinate up and down and all together, then the steps that
    parabolas through those suggest, and keeps the lowest point. The function has kinks (many
    cards are alike), so no derivative is trusted.
    """
    axes = np.vstack((np.ones(len(start)), np.eye(len(start))))[: 1 if len(start) == 1 else None]
    best = start
    for _ in range(rounds):
        points = np.vstack((best[None], best + step * axes, best - step * axes))
        values = dual(points)
        here, up, down = values[0], values[1 : 1 + len(axes)], values[1 + len(axes) :]
        bend = up + down - 2.0 * here
        moves = np.where(bend > 0, (down - up) / np.maximum(2.0 * bend, 1e-12), np.sign(down - up))
        moves = np.clip(moves, -1.0, 1.0) * step
        level, parts = moves[0] * axes[0], moves[1:] @ axes[1:]
        jumps = best + np.array([level, 0.3 * parts, 0.6 * parts, parts, 0.5 * (level + parts)])
        points, values = np.vstack((points, jumps)), np.concatenate((values, dual(jumps)))
        lowest_at = int(np.argmin(values))
        won = here - values[lowest_at]
        step *= 0.5 if won < 1e-7 * abs(here) else 0.75 if won < 1e-4 * abs(here) else 1.0
        best = points[lowest_at]
    return best
