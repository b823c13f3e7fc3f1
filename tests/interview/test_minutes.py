"""How the minutes of a day are shared among interviews."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.interview.minutes import Wish, shared

TODAY = 740_000 - 740_000 % 7 + 1  # a Monday
WEEK = (20.0, 20.0, 20.0, 20.0, 20.0, 60.0, 0.0)
A, B = {"a": 1.0, "b": 1.0}, {"b": 1.0, "c": 2.0}


def test_one_interview_gets_every_minute_of_its_days_but_not_those_off() -> None:
    (share,) = shared([Wish(TODAY + 8, WEEK, {TODAY + 1}, A)], TODAY, spent=200)
    assert share.seconds == (1000, 0, 1200, 1200, 1200, 3600, 0, 1200)
    assert share.own == frozenset("ab") and share.today == 1000
    assert share.parts == (1,) * 8


def test_a_card_belongs_to_the_next_interview_that_needs_it() -> None:
    first, second = shared([Wish(TODAY + 2, WEEK, (), A), Wish(TODAY + 4, WEEK, (), B)], TODAY)
    assert first.own == frozenset("ab") and second.own == frozenset("c")
    # Two own cards of weight one in two days; one of weight two in four days.
    assert first.today == pytest.approx(1200 * 2 / 3)
    assert second.today == pytest.approx(1200 * 1 / 3)
    # Half of what is studied for the first serves the second, too.
    assert second.seconds[0] == pytest.approx(1200 / 3 + 1200 * 2 / 3 / 2)
    assert second.seconds[2:] == (1200, 1200)
    assert second.parts == pytest.approx((2 / 3, 2 / 3, 1, 1))


def test_an_interview_that_needs_nothing_of_its_own_gets_what_serves_it() -> None:
    first, second = shared([Wish(TODAY + 2, WEEK, (), A), Wish(TODAY + 3, WEEK, (), A)], TODAY)
    assert first.seconds == (1200, 1200)
    assert (second.own, second.today, second.seconds) == (frozenset(), 0, (1200, 1200, 1200))


def test_today_and_the_past_have_no_days() -> None:
    assert shared([], TODAY) == []
    (share,) = shared([Wish(TODAY, WEEK, (), A)], TODAY)
    assert (share.seconds, share.today) == ((), 0)


wishes = st.lists(
    st.builds(
        Wish,
        st.integers(TODAY, TODAY + 20),
        st.tuples(*[st.floats(0, 100)] * 7),
        st.sets(st.integers(TODAY, TODAY + 20), max_size=5),
        st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.1, 5), max_size=6),
    ),
    max_size=4,
).map(lambda found: sorted(found, key=lambda wish: wish.day))


@given(wishes, st.floats(0, 5000))
def test_no_more_is_given_than_there_is_and_own_cards_are_of_one(
    found: list[Wish], spent: float
) -> None:
    shares = shared(found, TODAY, spent)
    owned = [card for share in shares for card in share.own]
    assert len(owned) == len(set(owned))
    most = max((max(wish.minutes) * 60 for wish in found), default=0)
    assert sum(share.today for share in shares) <= most + 1e-6
    for wish, share in zip(found, shares, strict=True):
        assert len(share.seconds) == wish.day - TODAY
        assert all(0 <= seconds <= most + 1e-6 for seconds in share.seconds)
