"""What the log says about a learner, starting from stated beliefs and moving with evidence (pure).

Each belief is worth so many reviews: with none in the log it stands as it is, and the more there
are the less it counts. The beliefs are those of the simulated learners in docs/readiness.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SECONDS = (20.0, 15.0, 10.0, 7.0, 30.0)
"""Believed seconds of a review rated again, hard, good, easy, and of a first view."""
FIRST_RATINGS = (0.24, 0.094, 0.495, 0.171)
"""Believed mix of first ratings."""
RECALLED = (0.224, 0.631, 0.145)
"""Believed mix of hard, good, easy when a card is recalled, at middle difficulty."""
UNSEEN_RECALL = 0.2
"""Believed chance to know in the interview what was never seen here."""
WORTH = 30
"""How many reviews each belief is worth."""
SHORTEST = 1.0
"""Seconds of a review below this tell of a script, not of somebody who thought."""
LONGEST = 120.0
"""Seconds of a review beyond this tell of a telephone call, not of the card."""


class Logged(NamedTuple):
    """A review as evidence: its rating, its seconds when known, whether it was the card's first."""

    rating: int
    seconds: float | None
    first: bool


class Learner(NamedTuple):
    """What is believed of a learner after the evidence."""

    seconds: tuple[float, ...]
    first_ratings: tuple[float, float, float, float]
    recalled: tuple[float, float, float]
    unseen_recall: float
    reviews: int


def learner(log: Iterable[Logged]) -> Learner:
    """What is believed of a learner with this log of reviews (cram and rehearsals left out)."""
    seconds = [[SECONDS[k] * WORTH, float(WORTH)] for k in range(5)]
    first = [share * WORTH for share in FIRST_RATINGS]
    recalled = [share * WORTH for share in RECALLED]
    known, firsts, reviews = UNSEEN_RECALL * WORTH, float(WORTH), 0
    for rating, taken, is_first in log:
        reviews += 1
        if taken is not None and taken >= SHORTEST:
            slot = seconds[4 if is_first else rating - 1]
            slot[0] += min(taken, LONGEST)
            slot[1] += 1
        if is_first:
            first[rating - 1] += 1
            firsts += 1
            known += rating == 4  # rated easy at first sight: known before
        elif rating > 1:
            recalled[rating - 2] += 1
    again, hard, good, easy = first
    total = sum(first)
    h, g, e = recalled
    return Learner(
        tuple(total / count for total, count in seconds),
        (again / total, hard / total, good / total, easy / total),
        (h / (h + g + e), g / (h + g + e), e / (h + g + e)),
        known / firsts,
        reviews,
    )
