"""How the minutes of each day are shared among the interviews ahead (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple


class Wish(NamedTuple):
    """What one interview needs: its cards with their weights, until its study day.

    `minutes` are those of each weekday, Monday first; `days_off` are study days without any. The
    weights say what there is to gain of this interview's readiness: a card's part of all weight,
    times what is missing to knowing it. So a small deck for tomorrow comes before a large one.
    """

    day: int
    minutes: Sequence[float]
    days_off: Collection[int]
    cards: Mapping[str, float]


class Share(NamedTuple):
    """What one interview gets.

    `own` are the cards that no earlier interview needs: a card is planned for the next interview
    that does. `seconds` on each study day from today count what is studied for it or, as far as it
    serves it too, for an earlier one, and `parts` what share of each day's time that is; `today`
    is what is left today for its own cards.
    """

    own: frozenset[str]
    seconds: tuple[float, ...]
    parts: tuple[float, ...]
    today: float


def shared(wishes: Sequence[Wish], today: int, spent: float = 0.0) -> list[Share]:
    """Share the days from today (study days) among interviews, the soonest first.

    Minutes and days off are those of the next interview after a day. Each gets of a day in the
    measure of what its own cards may add to its readiness, over the days it has left; `spent` are
    today's seconds that are gone already.
    """
    seconds: list[list[float]] = [[] for _ in wishes]
    shares: list[list[float]] = [[] for _ in wishes]
    own, mine = _own(wishes), [0.0] * len(wishes)
    for day in range(today, max((wish.day for wish in wishes), default=today)):
        active = [k for k, wish in enumerate(wishes) if wish.day > day]
        first = wishes[active[0]]
        time = 0.0 if day in first.days_off else first.minutes[(day - 1) % 7] * 60
        if day == today:
            time = max(0.0, time - spent)
        parts = _parts([wishes[k] for k in active], today)
        for k, (part, all_) in zip(active, parts, strict=True):
            seconds[k].append(time * all_)
            shares[k].append(all_)
            if day == today:
                mine[k] = time * part
    return [Share(own[k], tuple(seconds[k]), tuple(shares[k]), mine[k]) for k in range(len(wishes))]


def _own(wishes: Sequence[Wish]) -> list[frozenset[str]]:
    """The cards of each that none before it needs."""
    own: list[frozenset[str]] = []
    taken: set[str] = set()
    for wish in wishes:
        own.append(frozenset(wish.cards.keys() - taken))
        taken |= wish.cards.keys()
    return own


def _parts(wishes: Sequence[Wish], today: int) -> list[tuple[float, float]]:
    """Of a day's time, the part for each one's own cards, and all that serves it."""
    own = _own(wishes)
    wants = [
        sum(wish.cards[card] for card in mine) / max(1, wish.day - today)
        for wish, mine in zip(wishes, own, strict=True)
    ]
    total = sum(wants) or 1.0
    return [
        (
            wants[k] / total,
            sum(
                wants[j] / total * len(own[j] & wish.cards.keys()) / max(1, len(own[j]))
                for j in range(k + 1)
            ),
        )
        for k, wish in enumerate(wishes)
    ]
