"""Which cards are asked today, and in which order (pure).

Due dates are FSRS's and stay so. What a day asks is chosen here: cards about to be forgotten and
important ones ahead, new ones mixed in up to a limit, one card a note, and on a day with far more
due cards than the days around it some steady cards wait until tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from greenflag.memory.state import Candidate, Memory

LATER = 8
"""A card rated again comes back after so many others, or when nothing else is left."""
CROWDED = 40
"""Up to so many due cards a day is never crowded."""
STEADY_DAYS = 14
"""A card whose recall has been good for so long loses next to nothing by waiting a day."""

Recall = Callable[[Memory], float]


def todays_cards(
    due: Sequence[Candidate],
    new: Sequence[Candidate],
    *,
    recall: Recall,
    new_limit: int,
    asked_notes: Collection[str] = (),
) -> list[tuple[str, str]]:
    """Today's cards with their reasons, in the order they are asked.

    `recall` gives the chance that a card is known now; `asked_notes` were asked today already, and
    siblings do not meet on a day.
    """
    taken = set(asked_notes)
    chosen_due = _one_a_note(sorted(due, key=lambda card: _urgency(card, recall)), taken)
    chosen_new = _one_a_note(_new_order(new), taken, most=new_limit)
    return [(card.card, reason(card, recall)) for card in _mixed(chosen_due, chosen_new)]


def waiting(due: Sequence[Candidate], day: int, counts: Mapping[int, int]) -> set[str]:
    """The cards that had better wait until tomorrow on a crowded day.

    A day is crowded when more than `CROWDED` cards are due and half as many again as the mean of
    the week it begins (`counts`: due cards by study day). Only cards due this very day wait, so
    none waits twice, and the steadiest wait first.
    """
    week = sum(counts.get(day + n, 0) for n in range(1, 7)) + len(due)
    room = max(CROWDED, round(1.5 * week / 7))
    able = [
        card
        for card in due
        if card.memory and card.memory.due == day and card.memory.stability >= STEADY_DAYS
    ]
    able.sort(key=lambda card: (-(card.memory.stability if card.memory else 0), card.card))
    return {card.card for card in able[: max(0, len(due) - room)]}


def cram_cards(cards: Sequence[Candidate], *, recall: Recall) -> list[tuple[str, str]]:
    """Cards to rehearse outside the schedule: the least sure first, then those never seen."""
    seen = sorted((card for card in cards if card.memory), key=lambda card: _urgency(card, recall))
    unseen = _new_order([card for card in cards if not card.memory])
    return [(card.card, reason(card, recall)) for card in _one_a_note([*seen, *unseen], set())]


def reason(card: Candidate, recall: Recall) -> str:
    """Why a card is asked, in a line a person understands."""
    if card.memory is None:
        return f"new to you; weight {card.weight} of 5"
    return f"you would still know it with a chance of {recall(card.memory):.0%}"


def _urgency(card: Candidate, recall: Recall) -> tuple[float, str]:
    """Importance times the chance that it is forgotten, the greatest first."""
    forgotten = 1 - recall(card.memory) if card.memory else 0.0
    return (-card.weight * forgotten, card.card)


def _one_a_note(
    cards: Sequence[Candidate], taken: set[str], most: int | None = None
) -> list[Candidate]:
    chosen: list[Candidate] = []
    for card in cards:
        if most is not None and len(chosen) >= most:
            break
        if card.note not in taken:
            taken.add(card.note)
            chosen.append(card)
    return chosen


def _new_order(new: Sequence[Candidate]) -> list[Candidate]:
    """Heaviest first, the competencies taking turns, each in deck order."""
    turn: dict[tuple[int, str], int] = {}
    keyed = []
    for place, card in enumerate(new):
        group = (card.weight, card.competency)
        turn[group] = turn.get(group, 0) + 1
        keyed.append((-card.weight, turn[group], card.competency, place, card))
    return [entry[-1] for entry in sorted(keyed, key=lambda entry: entry[:-1])]


def _mixed(due: Sequence[Candidate], new: Sequence[Candidate]) -> list[Candidate]:
    """New cards spread evenly among the due ones, a due one first."""
    if not new:
        return list(due)
    out: list[Candidate] = []
    placed = 0
    for number, card in enumerate(due, 1):
        out.append(card)
        while placed < number * len(new) // len(due):
            out.append(new[placed])
            placed += 1
    return out + list(new[placed:])
