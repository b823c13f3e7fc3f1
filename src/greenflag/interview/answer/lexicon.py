"""The words by which numbers are judged, as sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Lexicon(NamedTuple):
    """Lemmas and words from `lists.yaml`, under `figures`."""

    change: frozenset[str]
    metric: frozenset[str]
    people: frozenset[str]
    money: frozenset[str]
    finished: frozenset[str]
    lasting: frozenset[str]
    compared: frozenset[str]
    being: frozenset[str]
    stating: frozenset[str]
    groups: frozenset[str]
    counting: frozenset[str]
    nobody: frozenset[str]
    offers: frozenset[str]
    leads: frozenset[str]
    no_leads: frozenset[str]
    later: frozenset[str]
    naming: frozenset[str]
    trying: frozenset[str]
    sums: frozenset[str]
    gains: frozenset[str]
    done_early: frozenset[str]
    waits: frozenset[str]
    aims: frozenset[str]
    having: frozenset[str]
    rating: frozenset[str]
    losing: frozenset[str]
    gaining: frozenset[str]
    amounts: frozenset[str]
    paying: frozenset[str]
    giving: frozenset[str]
    nowadays: frozenset[str]
    making: frozenset[str]
    reaching: frozenset[str]
    sparing: frozenset[str]
    raising: frozenset[str]
    volume: frozenset[str]
    harm: frozenset[str]
    truly_changed: frozenset[str]
    ordinals: frozenset[str]
    versioned: frozenset[str]
    counted: frozenset[str]
    not_counted: frozenset[str]
    measures: frozenset[str]
    places: frozenset[str]
    sooner: frozenset[str]


def lexicon_from(lists: Mapping[str, Sequence[str]]) -> Lexicon:
    """A lexicon of plain lists."""
    return Lexicon(**{name: frozenset(map(str, lists[name])) for name in Lexicon._fields})
