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


def asked(without: Sequence[str] = ()) -> float:
    """A made-up learner, for whom every area left out helps the rest by five points."""
    return 0.7 + 0.05 * len(without)


def test_a_goal_within_reach_needs_no_more_minutes() -> None:
    assert reach(0.7, 0.71, 20, lambda: 20, ["a"], asked) == Reach(
        0.7, True, None, (), "The goal of 70 % is within reach."
    )


def test_the_minutes_that_would_do_are_whole_and_more_than_there_are() -> None:
    found = reach(0.75, 0.7, 20, lambda: 26.2, ["a", "b"], asked)
    assert (found.yes, found.minutes_needed, found.leave_out) == (False, 27, ())
    assert "27 minutes a day" in found.advice
    assert reach(0.75, 0.7, 20, lambda: 19.9, ["a"], asked).minutes_needed == 21


def test_what_would_cost_much_more_time_may_be_left_out_instead_least_important_first() -> None:
    found = reach(0.84, 0.7, 20, lambda: 41, ["a", "b", "c", "d", "e", "f"], asked)
    assert (found.minutes_needed, found.leave_out) == (41, ("a", "b", "c"))
    assert "without a, b and c" in found.advice


def test_when_little_can_be_kept_that_is_named() -> None:
    found = reach(0.89, 0.7, 200, lambda: None, ["a", "b", "c", "d", "e"], asked, ["f"])
    assert found.leave_out == ("a", "b", "c", "d")
    assert "with f and e only" in found.advice


def test_not_all_areas_are_left_out() -> None:
    found = reach(0.99, 0.7, 120, lambda: None, ["a", "b", "c"], asked)
    assert (found.yes, found.minutes_needed, found.leave_out) == (False, None, ())
    assert "--goal" in found.advice


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0, "0 %"), (0.001, "under 1 %"), (0.5, "50 %"), (0.9999, "over 99 %"), (1, "100 %")],
)
def test_0_and_100_are_said_only_when_true(chance: float, words: str) -> None:
    assert percent(chance) == words
