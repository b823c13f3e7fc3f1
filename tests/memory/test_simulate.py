"""Simulated learners: the same for the same seed, honest about time, FSRS as it is usually run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from fsrs import Card, Rating, Scheduler

from greenflag.memory.deadline import Learner
from greenflag.memory.evidence import SECONDS
from greenflag.memory.plan import PlanCard
from greenflag.memory.schedule import DEFAULTS
from greenflag.memory.simulate import (
    USUAL,
    Hidden,
    Nature,
    PlainFsrs,
    Run,
    Stay,
    meet,
    planner,
    rated,
    run,
    what_if,
)

W = DEFAULTS.numbers
BELIEVED = Learner(W, SECONDS)
STAY = Stay(today=500, interview_day=507, gap_days=10 / 24)
BUDGETS = [600.0] * STAY.days


def cards(new: int, seen: int = 0) -> list[PlanCard]:
    unseen = [PlanCard(f"n{n}", 1.0 + n % 3, None, None, None) for n in range(new)]
    return unseen + [PlanCard(f"s{n}", 1.0, 2.0 + n, 5.0, 499 - n % 5) for n in range(seen)]


def learner(
    seed: int = 1, nature: Nature = USUAL, missed: float = 0.0, late: float = 0.0
) -> Hidden:
    return meet(BELIEVED, cards(60, 20), STAY.days, seed, nature, missed=missed, late=late)


def planned(hidden: Hidden) -> Run:
    return run(hidden, planner(BELIEVED, STAY), STAY, BUDGETS, W)


def test_the_same_seed_gives_the_same_days_and_another_seed_others() -> None:
    assert planned(learner()) == planned(learner())
    assert planned(learner()) != planned(learner(2))


def test_a_sitting_ends_with_the_card_that_uses_its_seconds_up() -> None:
    for schedule in (planner(BELIEVED, STAY), PlainFsrs(BELIEVED, STAY.interview_day)):
        days = run(learner(), schedule, STAY, BUDGETS, W).days
        assert len(days) == STAY.days
        assert all(
            day.seconds < budget + max(SECONDS) for day, budget in zip(days, BUDGETS, strict=True)
        )


def test_a_day_missed_is_not_studied() -> None:
    hidden = learner(3, missed=0.5)
    days = planned(hidden).days
    assert not hidden.studied.all()
    assert [day.reviews > 0 for day in days] == hidden.studied.tolist()


def test_a_card_that_comes_late_is_not_asked_before() -> None:
    hidden = learner(4, late=1.0)
    assert (hidden.arrival > 0).any()
    first = planned(hidden).days[0]
    assert first.new <= (hidden.arrival == 0).sum()


def test_recall_lies_between_knowing_nothing_and_everything_and_rises_with_study() -> None:
    hidden = learner()
    idle = run(hidden, planner(BELIEVED, STAY), STAY, [0.0] * STAY.days, W)
    done = planned(hidden)
    assert BELIEVED.unseen_recall * 0.5 < idle.recall < done.recall < 1.0
    assert idle.seconds == 0.0
    assert done.later < done.recall
    assert [day.recall for day in done.days][-1] == pytest.approx(done.recall)


def test_shown_is_a_test_of_what_is_recalled() -> None:
    hidden = meet(BELIEVED, cards(4000), STAY.days, 1)
    done = run(hidden, PlainFsrs(BELIEVED, STAY.interview_day), STAY, BUDGETS, W)
    assert done.shown == pytest.approx(done.recall, abs=0.03)


def test_without_anything_hidden_the_forecast_comes_true() -> None:
    nothing = Nature(spread=0, difficulty=0, gain=0, memory=0, taste=0)
    came, expected = [], []
    for seed in range(4):
        hidden = learner(seed, nothing)
        plan = planner(BELIEVED, STAY)
        plan.open_day(STAY.today, BUDGETS, hidden.cards)
        expected.append(plan.forecast().expected)
        came.append(planned(hidden).recall)
    assert np.mean(came) == pytest.approx(np.mean(expected), abs=0.02)


def test_a_slower_learner_remembers_less() -> None:
    assert planned(learner(1, Nature(growth=0.4))).recall < planned(learner(1)).recall


def test_a_lapse_not_seen_again_that_day_is_kept_in_part_only() -> None:
    hidden = meet(BELIEVED, cards(1), 1, 1)
    lapsing = replace(hidden, luck=np.zeros_like(hidden.luck))  # a first rating of again
    shaky = replace(lapsing, nature=Nature(unseen_lapse=0.3))
    stay, once = Stay(500, 501, 0.4), [1.0]
    runs = [run(each, planner(BELIEVED, stay), stay, once, W) for each in (lapsing, shaky)]
    assert runs[1].recall < runs[0].recall


# FSRS as it is usually run


def py_fsrs(ratings: list[int]) -> list[int]:
    """The whole days between the sittings in which py-fsrs asks a card rated like this."""
    scheduler = Scheduler(enable_fuzzing=False)
    at = datetime(2026, 1, 1, 18, tzinfo=UTC)
    card, days = Card(card_id=1, due=at), []
    for rating in ratings:
        card, _ = scheduler.review_card(card, Rating(rating), at)
        days.append(round((card.due - at) / timedelta(days=1)))
        at = max(card.due, at)
    return days


@pytest.mark.parametrize(
    "ratings",
    [
        [3, 3, 3, 3],
        [4, 3, 1, 3, 3],
        [1, 3, 3, 3],
        [2, 3, 3, 1, 1, 3, 3],
        [3, 4, 3],
        [1, 1, 2, 3, 3],
    ],
)
def test_plain_fsrs_asks_a_card_when_py_fsrs_does(ratings: list[int]) -> None:
    plain = PlainFsrs(BELIEVED, 10_000)
    card, day, gaps = PlanCard("c", 1.0, None, None, None), 500, []
    plain.open_day(day, [], [card])
    for rating in ratings:
        while plain.pick() is None:
            day += 1
            plain.open_day(day, [], [card])
        card = rated(card, day, rating, W)
        plain.update(card)
        asked = day
        while plain.pick() is None and day < asked + 1000:
            day += 1
            plain.open_day(day, [], [card])
        gaps.append(day - asked)
    assert gaps == py_fsrs(ratings)


def test_without_steps_every_interval_is_whole_days_and_a_seen_card_falls_due() -> None:
    plain = PlainFsrs(BELIEVED, 10_000, steps=False)
    known = PlanCard("s", 1.0, 4.0, 5.0, 500)
    plain.open_day(503, [], [known])
    assert plain.pick() is None
    plain.open_day(504, [], [known])
    assert plain.pick() == "s"
    plain.update(rated(known, 504, 1, W))
    assert plain.pick() is None


# What if


def test_what_if_more_minutes_bring_more_and_every_day_is_told() -> None:
    few, many = (
        what_if(BELIEVED, cards(80, 20), STAY, [60.0 * minutes] * STAY.days) for minutes in (5, 20)
    )
    assert [day.day for day in few] == list(range(500, 507))
    assert few[-1].recall < many[-1].recall
    assert sum(day.seconds for day in few) < sum(day.seconds for day in many)


def test_what_if_by_retention_plans_nothing() -> None:
    low, high = (
        what_if(BELIEVED, cards(0, 60), STAY, BUDGETS, retention=each) for each in (0.7, 0.97)
    )
    assert sum(day.reviews for day in low) < sum(day.reviews for day in high)
