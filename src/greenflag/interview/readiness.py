"""How ready one is, as figures: expected recall at the interview, by competency, what to do (pure).

Readiness is a probability: the mean chance, weighted by importance, that a card is known at the
hour of the interview. Practice, stories and the checklist stand beside it and are never mixed in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

_MARKS = re.compile(r"[\\`*_\[\]<>&~|!#]")
DEAR = 1.5
"""Times the minutes a day beyond which leaving something out is advised too."""


class CardStanding(NamedTuple):
    """A card as readiness counts it: its weight, whether it was seen, its expected recall."""

    competency: str
    weight: float
    seen: bool
    expected: float


class Standing(NamedTuple):
    """One competency: its share of all weight, its cards, and its expected recall."""

    competency: str
    weight: float
    cards: int
    seen: int
    expected: float


class Step(NamedTuple):
    """Something to do next: the command, why, and what it gains of a share (0 to 1).

    The shares are `readiness` itself, `stories`, `practice` and `checklist`.
    """

    do: str
    why: str
    gain: float
    share: str = "readiness"


class Reach(NamedTuple):
    """Whether the goal can be reached, and if not, what would do."""

    goal: float
    yes: bool
    minutes_needed: float | None  # minutes a day that would do; None when no more are needed or do
    leave_out: tuple[str, ...]  # competencies without which the rest reaches it
    advice: str


def by_competency(cards: Iterable[CardStanding]) -> tuple[Standing, ...]:
    """Each competency's standing, the weakest first; cards without one count as `other`."""
    groups: dict[str, list[CardStanding]] = {}
    for card in cards:
        groups.setdefault(card.competency or "other", []).append(card)
    total = sum(card.weight for group in groups.values() for card in group) or 1.0
    standings = [
        Standing(
            name,
            sum(card.weight for card in group) / total,
            len(group),
            sum(card.seen for card in group),
            mean_recall(group),
        )
        for name, group in groups.items()
    ]
    return tuple(sorted(standings, key=lambda each: (each.expected, each.competency)))


def mean_recall(cards: Sequence[CardStanding]) -> float:
    """The mean expected recall, weighted by importance; 0 without cards."""
    total = sum(card.weight for card in cards)
    return sum(card.weight * card.expected for card in cards) / total if total else 0.0


def reach(
    goal: float,
    expected: float,
    minutes: float,
    needed: Callable[[], float | None],
    areas: Sequence[str],
    ask: Callable[[Sequence[str]], float],
    focus: Sequence[str] = (),
    days: int = 1,
) -> Reach:
    """Whether the goal is reached with the minutes a day there are; if not, what would do.

    `needed` says how many minutes a day would (None: no number does), `ask` what is expected
    without some competencies. `areas` are those that may be left out, the least important first;
    `focus` are those that may not. `days` are the days that are left to study on.
    """
    if expected >= goal:
        words = "is within reach" if days else "is reached"
        return Reach(goal, True, None, (), f"The goal of {percent(goal)} {words}.")
    if not days:
        return Reach(goal, False, None, (), "No day to study is left: what you know now will do.")
    would_do = needed()
    more = float(max(math.ceil(would_do), math.floor(minutes) + 1)) if would_do else None
    if more is not None and more <= minutes * DEAR:
        return Reach(goal, False, more, (), f"{_goal(goal)} {_about(more)}")
    without = _left_out(goal, areas, ask)
    ways = [_about(more)] if more is not None else []
    if without:
        rest = [*focus, *(area for area in areas if area not in without)]
        few = f"with {listed(rest)} only" if 0 < len(rest) < len(without) else ""
        few = few or f"without {listed(without)}"
        ways.append(f"{'Or it' if ways else 'It'} can be reached {few}.")
    ways = ways or ["Aim lower (--goal), or at fewer decks (--decks)."]
    return Reach(goal, False, more, without, " ".join([_goal(goal), *ways]))


def _goal(goal: float) -> str:
    return f"The goal of {percent(goal)} is out of reach with the minutes there are."


def _about(minutes: float) -> str:
    return f"About {minutes:.0f} minutes a day would do."


def _left_out(
    goal: float, areas: Sequence[str], ask: Callable[[Sequence[str]], float]
) -> tuple[str, ...]:
    """The fewest of the first areas without which the goal is reached; () when there are none."""
    low, high = 0, len(areas) - 1
    if high < 1 or ask(areas[:high]) < goal:
        return ()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if ask(areas[:middle]) >= goal else (middle, high)
    return tuple(areas[:high])


def listed(names: Sequence[str]) -> str:
    """Names as a person lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def literal(text: str) -> str:
    """A text that stands in Markdown as it is."""
    return _MARKS.sub(r"\\\g<0>", text)


def percent(chance: float) -> str:
    """A chance in whole per cent; 0 and 100 only when it is exactly that."""
    if 0 < chance < 0.005:
        return "under 1 %"
    if 0.995 <= chance < 1:
        return "over 99 %"
    return f"{chance:.0%}".replace("%", " %")


def in_words(predicted: tuple[float, float], recalled: float, count: int) -> str:
    """What happened when a range of chances had been predicted, in a sentence."""
    low, high = predicted
    return (
        f"When it said {round(low * 100)} to {round(high * 100)} %, you knew"
        f" {percent(recalled)} ({count} reviews)."
    )
