"""FSRS-6's formulae, over whole arrays of cards and for one card.

The formulae are those of FSRS-6 in "The Algorithm",
https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm, as py-fsrs runs them;
tests hold the two together to 1e-9. `w` is always the model's parameter vector; stability is in
days, difficulty runs from 1 to 10, ratings are again, hard, good, easy = 1, 2, 3, 4. "Days" are
elapsed study days; zero or less means the same day, which has a formula of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
RATINGS = np.arange(AGAIN, EASY + 1, dtype=np.float64)
LOWEST_STABILITY = 0.001
EASIEST, HARDEST = 1.0, 10.0
DECAY = 20  # where FSRS-6 keeps the steepness of its forgetting curve


def retrievability(w: Sequence[float], days: Array | float, stability: Array | float) -> Array:
    """Chance of recall `days` after a review: 0.9 when days equal stability. Shapes broadcast."""
    elapsed = np.maximum(days, 0.0)
    result: Array = (1.0 + _curve(w) * elapsed / stability) ** -w[DECAY]
    return result


def first_memory(w: Sequence[float]) -> tuple[Array, Array]:
    """Stability and difficulty after a first look rated again, hard, good, easy: (4,) each."""
    stability = np.maximum(np.array(w[:EASY], dtype=np.float64), LOWEST_STABILITY)
    difficulty = w[4] - np.exp(w[5] * (RATINGS - AGAIN)) + 1.0
    return stability, np.clip(difficulty, EASIEST, HARDEST)


def after_each(
    w: Sequence[float], stability: Array, difficulty: Array, days: Array
) -> tuple[Array, Array]:
    """Stability and difficulty after each of the four ratings, `days` after the last review.

    The inputs broadcast to one shape; the results have that shape and a last axis of four.
    """
    s, d, days = np.broadcast_arrays(stability, difficulty, days)
    later = _after_days(w, s, d, 1.0 - retrievability(w, days, s))
    after = np.where((days > 0)[..., None], later, _after_moments(w, s))
    return np.maximum(after, LOWEST_STABILITY), _next_difficulty(w, d)


def after(
    w: Sequence[float], stability: float, difficulty: float, days: float, rating: int
) -> tuple[float, float]:
    """Stability and difficulty after one rating: `after_each` for one card, without arrays."""
    s, d = stability, difficulty
    damped = d - w[6] * (rating - GOOD) * (HARDEST - d) / 9.0
    difficulty = w[7] * (w[4] - math.exp(w[5] * 3.0) + 1.0) + (1.0 - w[7]) * damped
    if days <= 0:
        growth = math.exp(w[17] * (rating - GOOD + w[18])) * s ** -w[19]
        s *= growth if rating == AGAIN else max(growth, 1.0)
    elif rating == AGAIN:
        s = min(_forgotten(w, s, d, days), s / math.exp(w[17] * w[18]))
    else:
        bonus = w[15] if rating == HARD else w[16] if rating == EASY else 1.0
        lost = 1.0 - (1.0 + _curve(w) * days / s) ** -w[DECAY]
        growth = math.exp(w[8]) * (11.0 - d) * s ** -w[9] * math.expm1(lost * w[10])
        s *= 1.0 + growth * bonus
    return max(s, LOWEST_STABILITY), min(max(difficulty, EASIEST), HARDEST)


def _curve(w: Sequence[float]) -> float:
    """What makes retrievability 0.9 when the days elapsed equal the stability."""
    result: float = 0.9 ** (-1.0 / w[DECAY]) - 1.0
    return result


def _forgotten(w: Sequence[float], s: float, d: float, days: float) -> float:
    lost = 1.0 - (1.0 + _curve(w) * days / s) ** -w[DECAY]
    result: float = w[11] * d ** -w[12] * ((s + 1.0) ** w[13] - 1.0) * math.exp(lost * w[14])
    return result


def _after_days(w: Sequence[float], s: Array, d: Array, lost: Array) -> Array:
    growth = math.exp(w[8]) * (11.0 - d) * s ** -w[9] * np.expm1(lost * w[10])
    forgotten = w[11] * d ** -w[12] * ((s + 1.0) ** w[13] - 1.0) * np.exp(lost * w[14])
    forgotten = np.minimum(forgotten, s / math.exp(w[17] * w[18]))
    recalled = [s * (1.0 + growth * bonus) for bonus in (w[15], 1.0, w[16])]
    return np.stack((forgotten, *recalled), axis=-1)


def _after_moments(w: Sequence[float], s: Array) -> Array:
    growth = np.exp(w[17] * (RATINGS - GOOD + w[18])) * s[..., None] ** -w[19]
    growth[..., 1:] = np.maximum(growth[..., 1:], 1.0)
    result: Array = s[..., None] * growth
    return result


def _next_difficulty(w: Sequence[float], difficulty: Array) -> Array:
    d = difficulty[..., None]
    damped = d - w[6] * (RATINGS - GOOD) * (HARDEST - d) / 9.0
    easy = w[4] - math.exp(w[5] * (EASY - AGAIN)) + 1.0
    return np.clip(w[7] * easy + (1.0 - w[7]) * damped, EASIEST, HARDEST)
