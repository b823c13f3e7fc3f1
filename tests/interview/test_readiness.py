"""Readiness as figures."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from greenflag.interview.readiness import (
    CardStanding,
    Reach,
    by_competency,
    mean_recall,
    percent,
    reach,
)

CARDS = [
    CardStanding("a", 1.0, True, 0.9),
    CardStanding("a", 3.0, True, 0.95),
    CardStanding("b", 1.0, False, 0.2),
    CardStanding("", 1.0, False, 0.6),
]


def test_the_weakest_competency_comes_first_with_its_share() -> None:
    standings = by_competency(CARDS)
    assert [each.competency for each in standings] == ["b", "other", "a"]
    assert standings[2].weight == pytest.approx(4 / 6)
    assert standings[2].expected == pytest.approx((0.9 + 3 * 0.95) / 4)
    assert (standings[0].cards, standings[0].seen) == (1, 0)


def test_recall_is_weighted_by_importance() -> None:
    assert mean_recall(CARDS) == pytest.approx((0.9 + 3 * 0.95 + 0.2 + 0.6) / 6)
    assert mean_recall([]) == 0


def asked(factor: float, without: Sequence[str] = ()) -> float:
    """A made-up learner: more minutes and fewer areas help, in a way that can be checked."""
    return 0.7 * float(factor**0.25) + 0.05 * len(without)


def test_a_goal_within_reach_needs_no_more_minutes() -> None:
    assert reach(0.7, 0.71, 20, ["a"], asked) == Reach(
        0.7, True, None, (), "The goal of 70 % is within reach."
    )


def test_the_minutes_that_would_do_are_said_to_a_twentieth() -> None:
    found = reach(0.75, 0.7, 20, ["a", "b"], asked)
    exactly = 20 * (0.75 / 0.7) ** 4
    assert found.minutes_needed is not None
    assert exactly <= found.minutes_needed <= 1.05 * exactly + 1
    assert (found.yes, found.leave_out) == (False, ())
    assert f"{found.minutes_needed:.0f} minutes a day" in found.advice


def test_what_would_cost_much_more_time_may_be_left_out_instead_least_important_first() -> None:
    found = reach(0.84, 0.7, 20, ["a", "b", "c", "d", "e", "f"], asked)
    assert found.leave_out == ("a", "b", "c")
    assert "without a, b and c" in found.advice
    assert found.minutes_needed is not None


def test_when_little_can_be_kept_that_is_named() -> None:
    found = reach(0.89, 0.7, 200, ["a", "b", "c", "d", "e"], asked)
    assert found.leave_out == ("a", "b", "c", "d")
    assert "with e only" in found.advice


def test_not_all_areas_are_left_out_nor_more_than_four_hours_a_day_advised() -> None:
    found = reach(0.99, 0.7, 120, ["a", "b", "c"], asked)
    assert (found.yes, found.minutes_needed, found.leave_out) == (False, None, ())
    assert "--goal" in found.advice


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0, "0 %"), (0.001, "under 1 %"), (0.5, "50 %"), (0.9999, "over 99 %"), (1, "100 %")],
)
def test_0_and_100_are_said_only_when_true(chance: float, words: str) -> None:
    assert percent(chance) == words
