"""Beliefs about a learner move with evidence, and only as far as it goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.memory.evidence import (
    FIRST_RATINGS,
    LONGEST,
    RECALLED,
    SECONDS,
    UNSEEN_RECALL,
    WORTH,
    Logged,
    learner,
)

logs = st.lists(
    st.builds(Logged, st.integers(1, 4), st.none() | st.floats(0, 1e4), st.booleans()), max_size=50
)


def test_without_reviews_the_beliefs_stand() -> None:
    known = learner([])
    assert known.seconds == pytest.approx(SECONDS)
    assert known.first_ratings == pytest.approx(FIRST_RATINGS)
    assert known.recalled == pytest.approx(RECALLED)
    assert known.unseen_recall == pytest.approx(UNSEEN_RECALL)
    assert known.reviews == 0


def test_as_many_reviews_as_a_belief_is_worth_move_it_half_way() -> None:
    known = learner([Logged(3, 4.0, False)] * WORTH)
    assert known.seconds[2] == pytest.approx((SECONDS[2] + 4.0) / 2)
    assert known.recalled[1] == pytest.approx((RECALLED[1] + 1) / 2)


def test_a_card_rated_easy_at_first_sight_was_known_before() -> None:
    known = learner([Logged(4, None, True)] * WORTH)
    assert known.unseen_recall == pytest.approx((UNSEEN_RECALL + 1) / 2)


@given(logs)
def test_shares_add_up_and_seconds_stay_in_reach(log: list[Logged]) -> None:
    known = learner(log)
    assert sum(known.first_ratings) == pytest.approx(1)
    assert sum(known.recalled) == pytest.approx(1)
    assert all(0 <= seconds <= LONGEST for seconds in known.seconds)
    assert 0 < known.unseen_recall < 1


def test_what_a_script_rates_in_no_time_tells_nothing_of_seconds() -> None:
    assert learner([Logged(3, 0.01, False)] * 200).seconds == learner([]).seconds
