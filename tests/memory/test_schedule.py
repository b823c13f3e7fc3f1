"""memory.schedule is FSRS by study days, replay repeats it bit for bit, and Anki agrees."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fsrs import Card, Rating, Scheduler, State
from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.memory.schedule import (
    DEFAULTS,
    LONGEST,
    Parameters,
    after,
    futures,
    replay,
    replayer,
    retrievability,
)
from greenflag.memory.state import AGAIN, EASY, GOOD, HARD, Memory
from greenflag.studyday import study_day

Living = Callable[[str], AbstractContextManager[None]]
Log = list[tuple[int, int]]

FIRST_DAY = datetime(2026, 1, 1).toordinal()

ratings = st.integers(AGAIN, EASY)
gaps = st.one_of(st.integers(0, 3), st.integers(-3, 400), st.just(0))


@st.composite
def logs(draw: st.DrawFn, most: int = 16) -> Log:
    """Histories as (rating, study day): same-day reviews, long pauses, days going back."""
    day = FIRST_DAY
    log = []
    for rating, gap in draw(st.lists(st.tuples(ratings, gaps), min_size=1, max_size=most)):
        day += gap
        log.append((rating, day))
    return log


@st.composite
def parameter_sets(draw: st.DrawFn) -> Parameters:
    """The defaults, or any numbers FSRS accepts; at any retention a user may set."""
    anywhere = st.tuples(
        *(
            st.floats(low, high, allow_subnormal=False)
            for low, high in zip(LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
        )
    )
    numbers = draw(st.one_of(st.just(DEFAULTS.numbers), anywhere))
    return Parameters(numbers=numbers, retention=draw(st.floats(0.7, 0.98)))


def by_fsrs(log: Log, parameters: Parameters) -> tuple[Card, list[int]]:
    """The card as py-fsrs alone makes it, fed with one moment a day; and its intervals."""
    scheduler = Scheduler(
        parameters=parameters.numbers,
        desired_retention=parameters.retention,
        learning_steps=(),
        relearning_steps=(),
        enable_fuzzing=False,
    )
    card = Card(card_id=1)
    intervals = []
    for rating, day in log:
        at = noon(day)
        card, _ = scheduler.review_card(card, Rating(rating), at)
        intervals.append((card.due - at).days)
    return card, intervals


def noon(day: int) -> datetime:
    return datetime.fromordinal(day).replace(hour=12, tzinfo=UTC)


def step_by_step(log: Log, parameters: Parameters = DEFAULTS) -> Memory:
    memory = None
    for rating, day in log:
        memory = after(memory, rating, day, parameters)
    assert memory is not None
    return memory


class TestAfterIsFsrs:
    @given(logs(), parameter_sets())
    @settings(max_examples=300)
    def test_after_equals_py_fsrs_at_one_moment_a_day(
        self, log: Log, parameters: Parameters
    ) -> None:
        card, intervals = by_fsrs(log, parameters)
        memory = step_by_step(log, parameters)
        assert (memory.stability, memory.difficulty) == (card.stability, card.difficulty)
        assert memory.due - memory.last_day == intervals[-1]
        assert memory.last_day == log[-1][1]

    @given(logs(), parameter_sets())
    @settings(max_examples=300)
    def test_replay_equals_rating_by_rating_bit_for_bit(
        self, log: Log, parameters: Parameters
    ) -> None:
        assert replay(log, parameters) == step_by_step(log, parameters)

    @given(st.lists(logs(), min_size=2, max_size=4), parameter_sets())
    @settings(max_examples=50)
    def test_a_replayer_carries_nothing_from_one_history_to_the_next(
        self, histories: list[Log], parameters: Parameters
    ) -> None:
        run = replayer(parameters)
        assert [run(log) for log in histories] == [replay(log, parameters) for log in histories]

    @given(logs(), ratings, gaps, parameter_sets())
    @settings(max_examples=150)
    def test_what_labels_a_button_is_what_is_applied(
        self, log: Log, rating: int, gap: int, parameters: Parameters
    ) -> None:
        memory, day = step_by_step(log, parameters), log[-1][1] + gap
        labels = futures(memory, day, parameters)
        assert labels.after(rating) == after(memory, rating, day, parameters)
        assert labels == tuple(after(memory, k, day, parameters) for k in (1, 2, 3, 4))

    def test_a_card_never_seen_has_four_futures_too(self) -> None:
        labels = futures(None, FIRST_DAY)
        assert [then.stability for then in labels] == [0.212, 1.2931, 2.3065, 8.2956]
        assert [then.due - FIRST_DAY for then in labels] == [1, 1, 2, 8]
        assert labels == tuple(after(None, k, FIRST_DAY) for k in (1, 2, 3, 4))


class TestIntervals:
    """Literal numbers: a change here is a change of everybody's schedule."""

    @pytest.mark.parametrize(
        ("rating", "intervals"),
        [
            (AGAIN, [1, 1, 1, 1, 1, 1, 1, 1]),
            (HARD, [1, 3, 7, 12, 18, 25, 33, 42]),
            (GOOD, [2, 11, 46, 163, 497, 1346, 3292, 7398]),
            (EASY, [8, 66, 397, 1875, 7265, 23933, 36500, 36500]),
        ],
    )
    def test_one_rating_always_on_the_due_day(self, rating: int, intervals: list[int]) -> None:
        memory = after(None, rating, FIRST_DAY)
        found: list[int] = []
        while len(found) < len(intervals):
            found.append(memory.due - memory.last_day)
            memory = after(memory, rating, memory.due)
        assert found == intervals

    def test_a_lapse_among_good_ones(self) -> None:
        memory, found = after(None, GOOD, FIRST_DAY), []
        for rating in (GOOD, GOOD, AGAIN, GOOD, GOOD, HARD, EASY):
            found.append(memory.due - memory.last_day)
            memory = after(memory, rating, memory.due)
        found.append(memory.due - memory.last_day)
        assert found == [2, 11, 46, 3, 8, 19, 32, 83]

    def test_higher_retention_gives_shorter_intervals(self) -> None:
        days = [
            after(None, EASY, FIRST_DAY, Parameters(retention=wanted)).due - FIRST_DAY
            for wanted in (0.7, 0.8, 0.9, 0.95, 0.98)
        ]
        assert days == sorted(days, reverse=True)
        assert len(set(days)) == 5

    @given(logs(), parameter_sets())
    @settings(max_examples=100)
    def test_an_interval_is_a_whole_day_at_least_and_a_century_at_most(
        self, log: Log, parameters: Parameters
    ) -> None:
        memory = step_by_step(log, parameters)
        assert 1 <= memory.due - memory.last_day <= LONGEST

    @given(logs(), parameter_sets())
    @settings(max_examples=100)
    def test_difficulty_and_stability_stay_in_their_bounds(
        self, log: Log, parameters: Parameters
    ) -> None:
        memory = step_by_step(log, parameters)
        assert 1 <= memory.difficulty <= 10
        assert memory.stability >= 0.001

    @given(logs())
    @settings(max_examples=50)
    def test_reviews_and_lapses_are_counted(self, log: Log) -> None:
        memory = step_by_step(log)
        assert memory.reviews == len(log)
        assert memory.lapses == sum(rating == AGAIN for rating, _ in log[1:])


class TestRetrievability:
    @given(logs(), st.integers(0, 5000), parameter_sets())
    @settings(max_examples=150)
    def test_it_equals_fsrs_at_whole_days(
        self, log: Log, wait: int, parameters: Parameters
    ) -> None:
        memory = step_by_step(log, parameters)
        card, _ = by_fsrs(log, parameters)
        scheduler = Scheduler(parameters=parameters.numbers)
        later = noon(memory.last_day) + timedelta(days=wait)
        assert retrievability(memory, memory.last_day + wait, parameters) == (
            scheduler.get_card_retrievability(card, later)
        )

    @given(logs(), parameter_sets())
    @settings(max_examples=50)
    def test_it_is_certain_on_the_day_and_before(self, log: Log, parameters: Parameters) -> None:
        memory = step_by_step(log, parameters)
        assert retrievability(memory, memory.last_day, parameters) == 1
        assert retrievability(memory, memory.last_day - 3, parameters) == 1

    @given(logs(), st.floats(0, 3000), st.floats(0.01, 3000), parameter_sets())
    @settings(max_examples=150)
    def test_it_falls_with_time_also_within_a_day(
        self, log: Log, wait: float, longer: float, parameters: Parameters
    ) -> None:
        memory = step_by_step(log, parameters)
        sooner = retrievability(memory, memory.last_day + wait, parameters)
        later = retrievability(memory, memory.last_day + wait + longer, parameters)
        assert 0 <= later <= sooner <= 1
        if wait + longer >= memory.stability / 100:
            assert later < 1

    @given(logs(), parameter_sets())
    @settings(max_examples=50)
    def test_it_is_nine_tenths_after_as_many_days_as_stability_says(
        self, log: Log, parameters: Parameters
    ) -> None:
        memory = step_by_step(log, parameters)
        waited = memory.last_day + memory.stability
        assert retrievability(memory, waited, parameters) == pytest.approx(0.9, abs=1e-6)

    def test_half_days_count(self) -> None:
        memory = after(None, GOOD, FIRST_DAY)
        morning, evening = (retrievability(memory, FIRST_DAY + part) for part in (1.0, 1.5))
        assert retrievability(memory, FIRST_DAY + 2) < evening < morning < 1


class TestResets:
    @given(logs(), logs(), parameter_sets())
    @settings(max_examples=100)
    def test_what_came_before_a_reset_no_longer_counts(
        self, before: Log, since: Log, parameters: Parameters
    ) -> None:
        reset = [(0, before[-1][1])]
        assert replay([*before, *reset, *since], parameters) == replay(since, parameters)

    def test_nothing_after_a_reset_is_no_memory(self) -> None:
        assert replay([(GOOD, FIRST_DAY), (AGAIN, FIRST_DAY + 2), (0, FIRST_DAY + 3)]) is None

    def test_no_history_is_no_memory(self) -> None:
        assert replay([]) is None
        assert replay([(0, FIRST_DAY), (0, FIRST_DAY)]) is None

    def test_the_first_rating_after_a_reset_is_no_lapse(self) -> None:
        memory = replay([(GOOD, FIRST_DAY), (0, FIRST_DAY), (AGAIN, FIRST_DAY + 1)])
        assert memory == after(None, AGAIN, FIRST_DAY + 1)
        assert memory is not None
        assert memory.lapses == 0


class TestParameters:
    def test_a_vector_of_the_wrong_length_is_refused(self) -> None:
        with pytest.raises(ValueError, match="21"):
            after(None, GOOD, FIRST_DAY, Parameters(numbers=DEFAULTS.numbers[:-1]))

    def test_the_defaults_are_fsrs_6_at_nine_tenths(self) -> None:
        assert (DEFAULTS.model, len(DEFAULTS.numbers), DEFAULTS.retention) == ("fsrs-6", 21, 0.9)

    def test_a_card_handed_to_fsrs_is_always_in_review(self) -> None:
        card, _ = by_fsrs([(AGAIN, FIRST_DAY)], DEFAULTS)
        assert card.state is State.Review
        assert after(None, AGAIN, FIRST_DAY).state == "review"


Answers = list[tuple[int, float]]
"""Ratings (0: Anki's Forget) with their moments in seconds since 1970."""

ZONES = ("Asia/Kolkata", "America/Bogota", "Africa/Nairobi", "Pacific/Tongatapu")
OTHER_NUMBERS = tuple(
    round(number * (0.8 + 0.45 * (7 * n % 21) / 20), 4) for n, number in enumerate(DEFAULTS.numbers)
)
"""Numbers of FSRS, each between 0.8 and 1.25 times the default."""


def irregular(random: Random, now: float, *, resets: bool = False) -> Answers:
    """A history at any hour: several a day, days apart, and often within minutes of 4:00.

    But never in the second after 4:00:00, see below.
    """
    at = now - random.uniform(300, 700) * 86_400
    answers: Answers = []
    for _ in range(random.randint(1, 14)):
        forget = resets and answers and random.random() < 0.2
        answers.append((0 if forget else random.choice((1, 2, 3, 3, 3, 4)), round(at, 3)))
        days = random.choice((0.2, 3, 25))
        later = at + random.uniform(60, days * 86_400)
        if random.random() < 0.4:
            four = time.mktime((*time.localtime(later)[:3], 4, 0, 0, 0, 0, -1))
            later = four + random.choice((0, 86_400)) + random.uniform(-120, 120)
        at = max(later, at + 60)
        if time.localtime(at)[3:6] == (4, 0, 0):
            at += 1
    return [(rating, at) for rating, at in answers if at < now - 3600]


class Anki:
    """A collection of Anki's with FSRS on, a day that begins at 4:00, and two parameter sets.

    It is used in a thread of its own: Anki's clock keeps a time zone for a second in each thread.
    """

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._thread.submit(self._open, path).result()

    def memory(self, answers: Answers, parameters: Parameters) -> tuple[float, float]:
        """Stability and difficulty of a new card that was answered so."""
        return self._thread.submit(self._memory, answers, parameters).result()

    def close(self) -> None:
        self._thread.submit(self.col.close).result()
        self._thread.shutdown()

    def _open(self, path: Path) -> None:
        from anki.collection import Collection

        self.col: Any = Collection(str(path))
        self.col.set_config("fsrs", True)
        self.col.set_config("rollover", 4)
        preset = self.col.decks.add_config("other numbers")
        preset["fsrsParams6"] = list(OTHER_NUMBERS)
        self.col.decks.update_config(preset)
        other = self.col.decks.id("other")
        assert other is not None
        deck: Any = self.col.decks.get(other)
        deck["conf"] = preset["id"]
        self.col.decks.save(deck)
        self.decks = {DEFAULTS: 1, Parameters(numbers=OTHER_NUMBERS): deck["id"]}

    def _memory(self, answers: Answers, parameters: Parameters) -> tuple[float, float]:
        note = self.col.new_note(self.col.models.by_name("Basic"))
        note["Front"] = "front"
        self.col.add_note(note, self.decks[parameters])
        (card,) = note.cards()
        first = True
        for rating, at in answers:
            kind, factor = (4, 0) if rating == 0 else (0, 5000) if first else (1, 5000)
            row = (round(at * 1000), card.id, -1, rating, 1, 1, factor, 5000, kind)
            while self.col.db.scalar("SELECT 1 FROM revlog WHERE id = ?", row[0]):
                row = (row[0] + 1, *row[1:])
            self.col.db.execute("INSERT INTO revlog VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)
            first = rating == 0
        state = self.col.compute_memory_state(card.id)
        return state.stability, state.difficulty


@pytest.fixture(scope="module", params=ZONES)
def anki(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, living_in: Living
) -> Iterator[Anki]:
    """A collection made, read and compared in one time zone without clock changes."""
    with living_in(request.param):
        collection = Anki(tmp_path_factory.mktemp("anki") / "collection.anki2")
        yield collection
        collection.close()


def ours(answers: Answers, parameters: Parameters, rollover: int = 4) -> Memory | None:
    """Our memory after the answers, each on the study day of its moment."""
    return replay(
        ((rating, study_day(datetime.fromtimestamp(at, UTC), rollover)) for rating, at in answers),
        parameters,
    )


def apart(answers: Answers, parameters: Parameters, anki: Anki, rollover: int = 4) -> float:
    """How far our stability or difficulty is from Anki's, relative to it."""
    memory = ours(answers, parameters, rollover)
    assert memory is not None
    stability, difficulty = anki.memory(answers, parameters)
    return max(abs(memory.stability / stability - 1), abs(memory.difficulty / difficulty - 1))


class TestAnkiAgrees:
    def test_a_collection_begins_its_days_at_four_here(self, anki: Anki) -> None:
        created = time.localtime(anki.col.crt)
        assert (created.tm_hour, created.tm_min) == (4, 0)
        assert anki.col.get_config("creationOffset") == time.timezone // 60
        assert anki.col.get_config("schedVer") == 2

    def test_on_every_history_with_any_parameters(self, anki: Anki) -> None:
        random, now = Random(os.environ["TZ"]), time.time()
        for _ in range(50):
            answers = irregular(random, now)
            for parameters in anki.decks:
                assert apart(answers, parameters, anki) < 1e-5, (answers, parameters)

    def test_on_histories_with_resets(self, anki: Anki) -> None:
        random, now = Random(f"resets {os.environ['TZ']}"), time.time()
        compared = 0
        for _ in range(40):
            answers = irregular(random, now, resets=True)
            if ours(answers, DEFAULTS) is not None:
                assert apart(answers, DEFAULTS, anki) < 1e-5, answers
                compared += any(rating == 0 for rating, _ in answers)
        assert compared >= 10

    def test_save_in_the_first_second_of_a_day_which_anki_counts_to_the_day_before(
        self, anki: Anki
    ) -> None:
        four = time.mktime((2026, 2, 3, 4, 0, 0, 0, 0, -1))
        for begun, differs in ((-0.5, False), (0.5, True), (1.5, False)):
            answers = [(GOOD, four - 9.5 * 86_400), (GOOD, four + begun), (GOOD, four + 820_800)]
            assert (apart(answers, DEFAULTS, anki) > 1e-3) is differs

    def test_and_would_not_if_our_days_began_at_another_hour(self, anki: Anki) -> None:
        random, now = Random(os.environ["TZ"]), time.time()
        histories = [irregular(random, now) for _ in range(30)]
        assert sum(apart(answers, DEFAULTS, anki, 0) > 1e-3 for answers in histories) >= 10
