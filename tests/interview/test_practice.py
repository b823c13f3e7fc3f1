"""Practice by competency, and what got better since last time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.interview.practice import (
    LATELY,
    Asked,
    Change,
    Rehearsed,
    changes,
    practice,
    tallies,
)

DAY = 739_942
QUESTIONS = [Asked("a", "x", 5), Asked("b", "x", 3), Asked("c", "y", 2), Asked("d", "x", 3)]


def told(note: str, day: int = DAY, seconds: float | None = 100, **more: object) -> Rehearsed:
    given = {"competency": "x", "allowed": 120.0, "said": 2, "points": 4, "findings": None} | more
    return Rehearsed(note, day=day, seconds=seconds, **given)  # type: ignore[arg-type]


def test_the_share_is_of_the_weight_rehearsed_lately() -> None:
    found = practice([told("a"), told("a"), told("c", DAY - LATELY)], QUESTIONS, DAY)
    x, y = found.areas
    assert (x.share, x.missing, x.questions) == (5 / 11, ("b", "d"), 3)
    assert (y.share, y.missing, y.last_day) == (0.0, ("c",), DAY - LATELY)
    assert found.share == pytest.approx(5 / 13)


def test_time_kept_counts_only_what_was_timed() -> None:
    found = practice([told("a"), told("b", seconds=121), told("d", seconds=None)], QUESTIONS, DAY)
    assert (found.areas[0].in_time, found.areas[0].timed) == (1, 2)


def test_questions_no_deck_holds_and_days_to_come_do_not_count() -> None:
    found = practice([told("gone"), told("a", DAY + 1)], QUESTIONS, DAY)
    assert found.share == 0 and found.areas[0].last_day is None


def test_without_questions_nothing_is_practised() -> None:
    assert practice([told("a")], [], DAY) == (0.0, ())


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.integers(DAY - 30, DAY + 3)), max_size=20),
    st.integers(DAY - 10, DAY + 10),
)
def test_the_share_is_a_share_and_nothing_is_both_practised_and_missing(
    days: list[tuple[str, int]], today: int
) -> None:
    found = practice([told(note, day) for note, day in days], QUESTIONS, today)
    assert 0 <= found.share <= 1
    lately = {note for note, day in days if today - LATELY < day <= today}
    missing = {note for area in found.areas for note in area.missing}
    assert missing == {question.note for question in QUESTIONS} - lately


def test_answers_are_counted_by_competency() -> None:
    rows = [told("a", findings={"figure": 2}), told("b", seconds=130), told("c", competency="y")]
    x, y = tallies(rows)
    assert x == ("x", 2, 1, 2, 4, 8, 2, 1)
    assert (y.competency, y.read) == ("y", 0)


def test_a_time_is_better_only_by_what_it_ran_over() -> None:
    (change, _) = changes([told("a", seconds=161)], [told("a", seconds=115)])
    assert change == Change("time", 161, 115, True)
    (change, _) = changes([told("a", seconds=60)], [told("a", seconds=110)])
    assert change.better is None
    (change, _) = changes([told("a", seconds=60)], [told("a", seconds=140)])
    assert change.better is False


def test_more_figures_are_better_and_fewer_fillers() -> None:
    before = told("a", findings={"filler": 6, "figure": 1}, said=1)
    now = told("a", findings={"filler": 2, "figure": 3}, said=3)
    verdicts = {change.what: change.better for change in changes([before], [now])}
    assert verdicts == {"time": None, "points": True, "filler": True, "figure": True}
    back = {change.what: change.better for change in changes([now], [before])}
    assert back == {"time": None, "points": False, "filler": False, "figure": False}


def test_what_was_not_measured_is_not_compared() -> None:
    aloud, read = told("a", points=0, said=0), told("a", seconds=None, findings={"we": 1})
    assert changes([aloud], [read]) == []


def test_several_earlier_answers_count_by_their_mean() -> None:
    change = changes([told("a", said=1), told("b", said=3)], [told("a", said=4)])[1]
    assert change == Change("points", 0.5, 1.0, True)
