"""What was predicted against what happened (pure).

Each review of a card seen before was predicted with a chance of recall. Log loss and Brier score
say how good the predictions were, bins where they were off (Brier 1950; see the FSRS benchmark).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


class Bin(NamedTuple):
    """Reviews predicted between two chances: how many, the mean prediction, the share recalled."""

    low: float
    high: float
    reviews: int
    predicted: float
    recalled: float


class Calibration(NamedTuple):
    """How predictions stood the test; scores are None without reviews."""

    reviews: int
    log_loss: float | None
    brier: float | None
    bins: tuple[Bin, ...]


def calibration(outcomes: Iterable[tuple[float, bool]]) -> Calibration:
    """The scores of (predicted chance, recalled or not) pairs; empty bins are left out."""
    pairs = [(min(max(chance, 1e-6), 1 - 1e-6), known) for chance, known in outcomes]
    if not pairs:
        return Calibration(0, None, None, ())
    loss = -sum(math.log(chance if known else 1 - chance) for chance, known in pairs)
    brier = sum((chance - known) ** 2 for chance, known in pairs)
    bins = (_bin(low, high, pairs) for low, high in pairwise(EDGES))
    return Calibration(
        len(pairs), loss / len(pairs), brier / len(pairs), tuple(each for each in bins if each)
    )


def _bin(low: float, high: float, pairs: list[tuple[float, bool]]) -> Bin | None:
    inside = [(c, k) for c, k in pairs if low <= c < high or (high == 1.0 and c == 1.0)]
    if not inside:
        return None
    count = len(inside)
    return Bin(
        low, high, count, sum(c for c, _ in inside) / count, sum(k for _, k in inside) / count
    )
