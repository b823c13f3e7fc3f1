"""What a package says of progress: the columns of studied cards, their log, and presets.

Anki's own memory is a replay of its log too, so what it works out anew from the rows is what is
written beside them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from greenflag.anki.ledger import STARTING_EASE, Entry, Row, preset_name, rows_of, standing_of
from greenflag.memory.schedule import Parameters
from greenflag.memory.state import Memory

DAY_ZERO = 737_425
"""The study day that due days count from: 2020-01-01, the creation day of our packages."""

_PRESET = 1_763_700_000_000
_NEW, _REVIEW = 0, 2
_QUEUES = {"suspended": -1, "buried": -3}

Columns = tuple[int, int, int, int, int, int, int, str]
"""Of a card: type, queue, due, ivl, factor, reps, lapses, data."""


class CardProgress(NamedTuple):
    """What is known of one card: its log, oldest first; `held`: suspended, buried or empty."""

    answers: Sequence[Entry]
    held: str = ""


class Study(NamedTuple):
    """How one studies here: parameters by deck title, the hour the day begins, the daily limit."""

    parameters: Callable[[str], Parameters]
    rollover: int
    new_per_day: int


class Studied:
    """Turns the progress of cards into columns and rows, and keeps the presets they share."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.presets: dict[Parameters, int] = {}
        self._parameters: dict[str, Parameters] = {}

    def of(self, deck: str, known: CardProgress, position: int) -> tuple[Columns, list[Row]]:
        """The columns of a card and its rows of the log; `position` orders new cards."""
        parameters = self._of_deck(deck)
        memory, rows = rows_of(known.answers, parameters)
        queue = _QUEUES.get(known.held)
        if memory is None:
            return (_NEW, _NEW if queue is None else queue, position, 0, 0, 0, 0, ""), rows
        last = next(entry.id for entry in reversed(known.answers) if entry.kind != "cram")
        return _columns(memory, last, parameters, queue), rows

    def preset(self, deck: str) -> int:
        """The id of the preset for a deck of ours, by title."""
        parameters = self._of_deck(deck)
        if parameters not in self.presets:
            usual = parameters.retention == self._of_deck("").retention
            self.presets[parameters] = _PRESET + (
                0 if usual else round(1000 * parameters.retention)
            )
        return self.presets[parameters]

    def configs(self, plain: Mapping[str, Any], changed: int) -> dict[str, dict[str, Any]]:
        """The presets in use as deck options, made from plain ones; `changed` in seconds."""
        return {
            str(number): {
                **plain,
                "id": number,
                "mod": changed,
                "name": preset_name(parameters, self._of_deck("")),
                "new": {**plain["new"], "perDay": self.study.new_per_day},
                "rev": {**plain["rev"], "perDay": 9999},
                "desiredRetention": parameters.retention,
                _field(parameters): list(parameters.numbers),
            }
            for parameters, number in self.presets.items()
        }

    def _of_deck(self, deck: str) -> Parameters:
        found = self._parameters.get(deck)
        if found is None:
            found = self._parameters[deck] = self.study.parameters(deck)
        return found


def _columns(memory: Memory, last: int, parameters: Parameters, queue: int | None) -> Columns:
    """A reviewed card, its memory as Anki keeps it with the card, rounded as it rounds."""
    stands = standing_of(memory, last, DAY_ZERO, parameters)
    data = {
        "s": round(stands.stability, 4),
        "d": round(stands.difficulty, 3),
        "dr": round(stands.retention, 2),
        "decay": round(stands.decay, 3),
        "lrt": stands.last_review,
    }
    return (
        _REVIEW,
        _REVIEW if queue is None else queue,
        stands.due,
        stands.ivl,
        STARTING_EASE,
        stands.reps,
        stands.lapses,
        json.dumps(data, separators=(",", ":")),
    )


def _field(parameters: Parameters) -> str:
    """Where Anki keeps the numbers of a model: `fsrs-6` in `fsrsParams6`."""
    return f"fsrsParams{parameters.model.removeprefix('fsrs-')}"
