"""Minutes for a goal: what the forecast says with those minutes is the goal."""

from __future__ import annotations

import pytest

from greenflag.memory.evidence import SECONDS
from greenflag.memory.goal import minutes_for
from greenflag.memory.plan import PlanCard, Planner
from greenflag.memory.schedule import DEFAULTS


def opened(minutes: float, cards: list[PlanCard], days: int = 9) -> Planner:
    planner = Planner(
        parameters=DEFAULTS.numbers, interview_day=days, gap_days=10 / 24, seconds=SECONDS
    )
    planner.open_day(0, [minutes * 60.0] * days, cards)
    return planner


def cards(new: int, seen: int = 0) -> list[PlanCard]:
    unseen = [PlanCard(f"n{n}", 1.0 + n % 3, None, None, None) for n in range(new)]
    known = [PlanCard(f"s{n}", 1.0, 1.0 + n % 20, 5.0, -(n % 9) - 1) for n in range(seen)]
    return unseen + known


def needed(
    goal: float, planner: Planner, minutes: float = 20.0, spent: float = 0.0
) -> float | None:
    prospect = planner.prospect()
    assert prospect is not None
    return minutes_for(goal, prospect, [minutes * 60.0] * 9, spent=spent)


@pytest.mark.parametrize("goal", [0.6, 0.8, 0.95])
def test_with_these_minutes_the_forecast_is_the_goal(goal: float) -> None:
    minutes = needed(goal, opened(20.0, cards(150, 50)))
    assert minutes is not None
    there = opened(minutes, cards(150, 50)).forecast().expected
    assert there == pytest.approx(goal, abs=0.01)


def test_the_answer_does_not_hang_on_the_minutes_there_are() -> None:
    few, many = (needed(0.9, opened(minutes, cards(150)), minutes) for minutes in (2.0, 90.0))
    assert few == pytest.approx(many, rel=0.05)


def test_a_goal_already_reached_needs_none_and_a_goal_too_high_has_no_answer() -> None:
    assert needed(0.1, opened(20.0, cards(50))) == 0.0
    assert needed(0.99999, opened(20.0, cards(2000))) is None


def test_minutes_are_for_days_with_time() -> None:
    planner = opened(20.0, cards(150))
    prospect = planner.prospect()
    assert prospect is not None
    every = minutes_for(0.9, prospect, [1200.0] * 9)
    weekdays = minutes_for(0.9, prospect, [1200.0] * 3 + [0.0] * 3 + [1200.0] * 3)
    never = minutes_for(0.9, prospect, [0.0] * 9)
    assert every is not None and weekdays is not None
    assert weekdays > every * 1.2
    assert never == pytest.approx(every, rel=0.02)


def test_cards_left_out_need_no_minutes() -> None:
    planner = opened(20.0, cards(150))
    half = planner.prospect(without={f"n{n}" for n in range(75)})
    assert half is not None
    minutes, all_of_them = minutes_for(0.9, half, [1200.0] * 9), needed(0.9, planner)
    assert minutes is not None and all_of_them is not None
    assert minutes == pytest.approx(all_of_them / 2, rel=0.1)


def test_what_was_studied_today_counts() -> None:
    planner = opened(20.0, cards(150))
    before, after = needed(0.9, planner), needed(0.9, planner, spent=600.0)
    assert before is not None and after is not None
    assert after > before


def test_without_cards_or_days_there_is_no_prospect() -> None:
    assert opened(20.0, []).prospect() is None
    assert opened(20.0, cards(3), days=0).prospect() is None


def test_asking_changes_nothing() -> None:
    planner = opened(20.0, cards(60, 60))
    before = planner.forecast()
    needed(0.95, planner)
    assert planner.forecast() == before
