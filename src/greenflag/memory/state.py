"""What is believed about a card, as plain values; days are study-day ordinals."""

from __future__ import annotations

from typing import NamedTuple

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
RATINGS = ("again", "hard", "good", "easy")


class Memory(NamedTuple):
    """What FSRS believes about a reviewed card.

    Stability is in days (until recall falls to 90 %), difficulty goes from 1 to 10.
    """

    stability: float
    difficulty: float
    due: int
    last_day: int
    reviews: int
    lapses: int

    @property
    def state(self) -> str:
        """Always `review`: there are no minute-long steps, and a card never seen has no memory."""
        return "review"


class Futures(NamedTuple):
    """The four memories a card may have after the next rating."""

    again: Memory
    hard: Memory
    good: Memory
    easy: Memory

    def after(self, rating: int) -> Memory:
        """The memory after a rating from 1 (again) to 4 (easy)."""
        return self[rating - 1]


class Candidate(NamedTuple):
    """A card that may be asked: what choosing and ordering need to know of it."""

    card: str
    note: str
    weight: int
    competency: str
    position: int
    memory: Memory | None
