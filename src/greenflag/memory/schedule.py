"""What a rating does to the memory of a card: FSRS by study days.

The one file that imports fsrs. py-fsrs counts blocks of 24 hours; people and Anki count study days.
So fsrs is handed moments aligned to the study day (midnight UTC of its ordinal), with no learning
steps: every interval is whole days, and a second review on one day takes FSRS's short-term formula.

`replay` runs the same formulae on bare floats, in the same order of operations, so that a replayed
history equals the stored memory bit for bit while it costs a fifteenth of the time. Formulae: the
FSRS-6 page of the open-spaced-repetition wiki.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from fsrs import Card, Rating, Scheduler, State
from fsrs.scheduler import (
    DEFAULT_PARAMETERS,
    LOWER_BOUNDS_PARAMETERS,
    UPPER_BOUNDS_PARAMETERS,
)

from greenflag.memory.state import AGAIN, EASY, GOOD, HARD, Futures, Memory

MODEL = "fsrs-6"
LONGEST = 36_500
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)


class Parameters(NamedTuple):
    """The memory model by name, its numbers, and the recall at which a card falls due."""

    model: str = MODEL
    numbers: tuple[float, ...] = DEFAULT_PARAMETERS
    retention: float = 0.9


DEFAULTS = Parameters()
BOUNDS = (tuple(LOWER_BOUNDS_PARAMETERS), tuple(UPPER_BOUNDS_PARAMETERS))


class Replayer(Protocol):
    """Replays one history; `trail` is given the memory after each of its reviews, too."""

    def __call__(
        self, reviews: Iterable[tuple[int, int]], trail: list[Memory | None] | None = None
    ) -> Memory | None:
        """The memory after (rating, study day) pairs, in order; None without any."""


def futures(memory: Memory | None, day: int, parameters: Parameters = DEFAULTS) -> Futures:
    """What each rating on this study day would do; what labels a button is what is applied."""
    scheduler = _scheduler(parameters)
    return Futures(
        *(_after(scheduler, memory, rating, day) for rating in (AGAIN, HARD, GOOD, EASY))
    )


def after(
    memory: Memory | None, rating: int, day: int, parameters: Parameters = DEFAULTS
) -> Memory:
    """The memory of a card after one rating on a study day; None is a card never seen."""
    return _after(_scheduler(parameters), memory, rating, day)


def retrievability(memory: Memory, day: float, parameters: Parameters = DEFAULTS) -> float:
    """The chance, 0 to 1, that a card is recalled on a study day (parts of days count)."""
    decay = -parameters.numbers[20]
    factor = 0.9 ** (1 / decay) - 1
    elapsed = max(0, day - memory.last_day)
    return float((1 + factor * elapsed / memory.stability) ** decay)


def predictions(
    reviews: Iterable[tuple[int, int]], parameters: Parameters = DEFAULTS
) -> list[tuple[float, bool]]:
    """What was predicted for each review of a history, and whether the card was known.

    Only reviews of a card seen on an earlier study day count: on the same day it is no test.
    """
    log = list(reviews)
    trail: list[Memory | None] = []
    replayer(parameters)(log, trail)
    return [
        (retrievability(before, day, parameters), rating > 1)
        for before, (rating, day) in zip(trail, log[1:], strict=False)
        if before and rating and day > before.last_day
    ]


def replay(reviews: Iterable[tuple[int, int]], parameters: Parameters = DEFAULTS) -> Memory | None:
    """The memory after a history of (rating, study day) pairs, in order; None without any.

    A rating of 0 is a reset: what came before it no longer counts.
    """
    return replayer(parameters)(reviews)


def replayer(parameters: Parameters = DEFAULTS) -> Replayer:
    """A function that replays one history; the constants of the model are worked out once."""
    w = parameters.numbers
    decay = -w[20]
    factor = 0.9 ** (1 / decay) - 1
    interval_factor = parameters.retention ** (1 / decay) - 1
    easy_target = w[4] - (math.e ** (w[5] * (EASY - 1))) + 1
    first_stability = [0.0, *(max(w[rating - 1], 0.001) for rating in (1, 2, 3, 4))]
    first_difficulty = [0.0] + [
        min(max(w[4] - (math.e ** (w[5] * (rating - 1))) + 1, 1.0), 10.0) for rating in (1, 2, 3, 4)
    ]
    delta = [0.0] + [-(w[6] * (rating - 3)) for rating in (1, 2, 3, 4)]
    short = [0.0] + [math.e ** (w[17] * (rating - 3 + w[18])) for rating in (1, 2, 3, 4)]
    growth, target, rest = math.e ** w[8], w[7] * easy_target, 1 - w[7]
    short_lapse = math.e ** (w[17] * w[18])
    e = math.e

    def run(
        reviews: Iterable[tuple[int, int]], trail: list[Memory | None] | None = None
    ) -> Memory | None:
        s = d = 0.0
        last = count = lapses = 0
        for rating, day in reviews:
            if rating == 0:
                count = lapses = 0
                if trail is not None:
                    trail.append(None)
                continue
            if count == 0:
                s, d = first_stability[rating], first_difficulty[rating]
            else:
                if day - last < 1:
                    increase = short[rating] * (s ** -w[19])
                    if rating > 1 and increase < 1.0:
                        increase = 1.0
                    s = s * increase
                else:
                    r = (1 + factor * (day - last) / s) ** decay
                    if rating == 1:
                        long_term = (
                            w[11]
                            * (d ** -w[12])
                            * (((s + 1) ** (w[13])) - 1)
                            * (e ** ((1 - r) * w[14]))
                        )
                        s = min(long_term, s / short_lapse)
                    else:
                        s = s * (
                            1
                            + growth
                            * (11 - d)
                            * (s ** -w[9])
                            * ((e ** ((1 - r) * w[10])) - 1)
                            * (w[15] if rating == 2 else 1)
                            * (w[16] if rating == 4 else 1)
                        )
                if s < 0.001:
                    s = 0.001
                d = target + rest * (d + (10.0 - d) * delta[rating] / 9.0)
                d = min(max(d, 1.0), 10.0)
            lapses += rating == 1 and count > 0
            count += 1
            last = day
            if trail is not None:
                interval = min(max(round((s / factor) * interval_factor), 1), LONGEST)
                trail.append(Memory(s, d, last + interval, last, count, lapses))
        if count == 0:
            return None
        interval = min(max(round((s / factor) * interval_factor), 1), LONGEST)
        return Memory(s, d, last + interval, last, count, lapses)

    return run


_schedulers: dict[Parameters, Scheduler] = {}


def _scheduler(parameters: Parameters) -> Scheduler:
    if parameters not in _schedulers:
        _schedulers[parameters] = Scheduler(
            parameters=parameters.numbers,
            desired_retention=parameters.retention,
            learning_steps=(),
            relearning_steps=(),
            maximum_interval=LONGEST,
            enable_fuzzing=False,
        )
    return _schedulers[parameters]


def _after(scheduler: Scheduler, memory: Memory | None, rating: int, day: int) -> Memory:
    at = _EPOCH + timedelta(days=day - 1)
    if memory is None:
        card = Card(card_id=0, due=at)
    else:
        card = Card(
            card_id=0,
            state=State.Review,
            stability=memory.stability,
            difficulty=memory.difficulty,
            due=at,
            last_review=_EPOCH + timedelta(days=memory.last_day - 1),
        )
    card, _ = scheduler.review_card(card, Rating(rating), at)
    assert card.stability is not None
    assert card.difficulty is not None
    seen = memory.reviews if memory else 0
    lapses = (memory.lapses if memory else 0) + (rating == AGAIN and seen > 0)
    return Memory(
        card.stability, card.difficulty, day + (card.due - at).days, day, seen + 1, lapses
    )
