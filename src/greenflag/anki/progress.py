"""Memory and reviews as Anki keeps them: the columns of a card, the rows of its log, a preset.

Anki's own memory is a replay of its log too, so what it works out anew from these rows is what is
written beside them. An answer counts there by the kind of its row: the first of a card must be 0
(learning), or Anki takes the history for cut off and guesses what came before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from greenflag.memory.schedule import Parameters, Replayer, replayer
from greenflag.memory.state import Memory

DAY_ZERO = 737_425
"""The study day that due days count from: 2020-01-01, the creation day of our packages."""

LEARN, REVIEW, FILTERED, MANUAL = 0, 1, 3, 4
"""Kinds of row in Anki's log."""

_PRESET = 1_763_700_000_000
_NEW, _REVIEW = 0, 2
_QUEUES = {"suspended": -1, "buried": -3}
_STARTING_EASE = 2500  # permille; what Anki goes by while FSRS is off

Columns = tuple[int, int, int, int, int, int, int, str]
"""Of a card: type, queue, due, ivl, factor, reps, lapses, data."""
LogRow = tuple[int, int, int, int, int, int, int, int]
"""Of Anki's log: id, cid, ease, ivl, lastIvl, factor, time, type."""


class Answer(NamedTuple):
    """One entry of our log for a card: ms since 1970, rating (0: reset), seconds, kind, day."""

    at: int
    rating: int
    seconds: float | None
    kind: str
    day: int


class CardProgress(NamedTuple):
    """What is known of one card: its log, oldest first; `held`: suspended, buried or empty."""

    answers: Sequence[Answer]
    held: str = ""


class Study(NamedTuple):
    """How one studies here: parameters by deck title, the hour the day begins, the daily limit."""

    parameters: Callable[[str], Parameters]
    rollover: int
    new_per_day: int


class Ledger:
    """Turns the progress of cards into rows, and keeps what they share: ids taken, presets."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.taken: set[int] = set()
        self.presets: dict[Parameters, int] = {}
        self._replayers: dict[str, tuple[Parameters, Replayer]] = {}

    def of(
        self, card: int, deck: str, known: CardProgress, position: int
    ) -> tuple[Columns, list[LogRow]]:
        """The columns of a card and its rows of the log; `position` orders new cards."""
        parameters, replay = self._replayer(deck)
        trail: list[Memory | None] = []
        counted = [answer for answer in known.answers if answer.kind != "cram"]
        memory = replay(((answer.rating, answer.day) for answer in counted), trail)
        queue = _QUEUES.get(known.held)
        rows = list(self._rows(card, known.answers, trail))
        if memory is None:
            return (_NEW, _NEW if queue is None else queue, position, 0, 0, 0, 0, ""), rows
        data = _data(memory, parameters, counted[-1].at)
        return (
            _REVIEW,
            _REVIEW if queue is None else queue,
            memory.due - DAY_ZERO,
            memory.due - memory.last_day,
            _STARTING_EASE,
            memory.reviews,
            memory.lapses,
            data,
        ), rows

    def preset(self, deck: str) -> int:
        """The id of the preset for a deck of ours, by title."""
        parameters, _ = self._replayer(deck)
        if parameters not in self.presets:
            usual = parameters.retention == self.study.parameters("").retention
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
                "name": "greenflag" if number == _PRESET else f"greenflag {parameters.retention:g}",
                "new": {**plain["new"], "perDay": self.study.new_per_day},
                "rev": {**plain["rev"], "perDay": 9999},
                "desiredRetention": parameters.retention,
                _field(parameters): list(parameters.numbers),
            }
            for parameters, number in self.presets.items()
        }

    def _replayer(self, deck: str) -> tuple[Parameters, Replayer]:
        found = self._replayers.get(deck)
        if found is None:
            parameters = self.study.parameters(deck)
            found = self._replayers[deck] = (parameters, replayer(parameters))
        return found

    def _rows(
        self, card: int, answers: Sequence[Answer], trail: Sequence[Memory | None]
    ) -> Iterator[LogRow]:
        memories = iter(trail)
        last: Memory | None = None
        for at, rating, seconds, kind, _ in answers:
            number = self._free(at)
            taken = round((seconds or 0) * 1000)
            before = last.due - last.last_day if last else 0
            if kind == "cram":
                yield number, card, rating, before, before, 0, taken, FILTERED
                continue
            after = next(memories)
            if after is None:
                yield number, card, 0, 0, before, 0, taken, MANUAL
            else:
                type_ = REVIEW if last else LEARN
                ease = round((after.difficulty - 1) / 9 * 1000) + 100
                yield number, card, rating, after.due - after.last_day, before, ease, taken, type_
            last = after

    def _free(self, at: int) -> int:
        """The moment as an id: the next millisecond that is free, as Anki drops a doubled one."""
        while at in self.taken:
            at += 1
        self.taken.add(at)
        return at


def _data(memory: Memory, parameters: Parameters, at: int) -> str:
    """The memory as Anki keeps it with a card, rounded as it rounds."""
    return json.dumps(
        {
            "s": round(memory.stability, 4),
            "d": round(memory.difficulty, 3),
            "dr": round(parameters.retention, 2),
            "decay": round(parameters.numbers[20], 3),
            "lrt": at // 1000,
        },
        separators=(",", ":"),
    )


def _field(parameters: Parameters) -> str:
    """Where Anki keeps the numbers of a model: `fsrs-6` in `fsrsParams6`."""
    return f"fsrsParams{parameters.model.removeprefix('fsrs-')}"
