"""A review as the log keeps it, and the columns of a memory."""

from __future__ import annotations

from typing import NamedTuple

MEMORY = "stability, difficulty, due, last_day, reviews, lapses"
"""The columns of a memory, in the order of `Memory`."""


class Review(NamedTuple):
    """One rated card at one moment: a fact."""

    card: str
    at: int
    day: int
    rating: int
    seconds: float | None = None
    kind: str = "review"
    source: str = "greenflag"
