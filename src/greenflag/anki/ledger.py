"""How Anki writes down what we believe: a memory as a card's columns, a review as a log row.

Pure, there and back, for packages as for open collections. Anki's units end here: interval in days,
difficulty as 100 to 1100, times in milliseconds, and a day number that counts from the beginning of
the collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from greenflag.memory.schedule import DEFAULTS, Parameters, replayer
from greenflag.memory.state import Memory

RESET = 0
"""The rating of a reset in our log."""
STARTING_EASE = 2500
"""Permille; what Anki goes by while FSRS is off."""
PRESET = "Greenflag"
EARLIEST, LATEST = 631_152_000_000, 7_258_118_400_000
"""1990 and 2200 in milliseconds: what is dated otherwise is no answer."""

_LEARNING, _REVIEW, _RELEARNING, _FILTERED, _MANUAL = range(5)
_ANSWERS = (_LEARNING, _REVIEW, _RELEARNING, _FILTERED)
_LONGEST_MS = 86_400_000


class Entry(NamedTuple):
    """A review of our log under the name (`id`) it has in Anki: its moment, in milliseconds."""

    id: int
    rating: int
    day: int
    seconds: float | None
    kind: str = "review"


class Row(NamedTuple):
    """A row of Anki's log without its card and update number."""

    id: int
    ease: int
    ivl: int
    last_ivl: int
    factor: int
    time: int
    type: int


class Standing(NamedTuple):
    """Where a reviewed card stands, in Anki's columns."""

    due: int
    ivl: int
    reps: int
    lapses: int
    stability: float
    difficulty: float
    retention: float
    decay: float
    last_review: int


class Answered(NamedTuple):
    """A row of Anki's log, read: when (its id, ms), rating (0: a reset), ms it took (0: unknown).

    `counts`: it changed the schedule; a look at a card in a preview did not.
    """

    at: int
    rating: int
    milliseconds: int
    counts: bool


def standing_of(memory: Memory, last_ms: int, first_day: int, parameters: Parameters) -> Standing:
    """The columns of a card with this memory.

    `last_ms` is the moment of its last review, `first_day` the study day that Anki numbers 0.
    """
    return Standing(
        memory.due - first_day,
        memory.due - memory.last_day,
        memory.reviews,
        memory.lapses,
        memory.stability,
        memory.difficulty,
        parameters.retention,
        parameters.numbers[20],
        last_ms // 1000,
    )


_replayer = lru_cache(100)(replayer)


def rows_of(
    log: Sequence[Entry], parameters: Parameters = DEFAULTS
) -> tuple[Memory | None, list[Row]]:
    """The memory after the whole log of one card, oldest first, and the log as Anki writes it.

    The first answer, and the first after a reset, is a learning one: Anki takes a history that
    begins otherwise for one whose beginning was lost. Cramming is an answer outside the schedule.
    """
    trail: list[Memory | None] = []
    counted = [(entry.rating, entry.day) for entry in log if entry.kind != "cram"]
    memory = _replayer(parameters)(counted, trail)
    memories = iter(trail)
    rows: list[Row] = []
    last: Memory | None = None
    for id_, rating, _, seconds, kind in log:
        taken = min(round((seconds or 0) * 1000), _LONGEST_MS)
        before = last.due - last.last_day if last else 0
        if kind == "cram":
            rows.append(Row(id_, rating, before, before, 0, taken, _FILTERED))
            continue
        after = next(memories)
        if after is None:
            rows.append(Row(id_, 0, 0, before, 0, 0, _MANUAL))
        else:
            factor = round((after.difficulty - 1) / 9 * 1000) + 100
            type_ = _REVIEW if last else _LEARNING
            rows.append(Row(id_, rating, after.due - after.last_day, before, factor, taken, type_))
        last = after
    return memory, rows


def answer_of(
    id_: object, ease: object, factor: object, time: object, kind: object, *, old: bool = False
) -> Answered | None:
    """What a row of Anki's log says; None when it is no answer, and no reset.

    None are due days set by hand (a factor), reschedulings in bulk, and what Anki never writes:
    the columns may hold anything. In the oldest scheduler (`old`) the ratings while learning are
    one lower.
    """
    if type(id_) is not int or not EARLIEST < id_ < LATEST or type(ease) is not int:
        return None
    spent = time if type(time) is int and 0 < time <= _LONGEST_MS else 0
    if kind in _ANSWERS and 1 <= ease <= 4:
        if old and kind in (_LEARNING, _RELEARNING) and ease in (2, 3):
            ease += 1
        return Answered(id_, ease, spent, kind != _FILTERED or bool(factor))
    if kind == _MANUAL and ease == 0 and not factor:
        return Answered(id_, RESET, spent, True)
    return None


def preset_name(parameters: Parameters, usual: Parameters) -> str:
    """What the preset of deck options is called that says what we schedule by."""
    same = parameters.retention == usual.retention
    return PRESET if same else f"{PRESET} {parameters.retention:g}"


def same_numbers(ours: Sequence[float], theirs: Sequence[float]) -> bool:
    """Whether two lists of numbers are the same to the precision Anki keeps (single)."""
    return len(ours) == len(theirs) and all(
        abs(a - b) <= 1e-5 * max(1.0, abs(a)) for a, b in zip(ours, theirs, strict=True)
    )
