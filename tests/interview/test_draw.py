"""Drawing questions: by weight, weakness and rest, the same from the same seed, with reasons."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.content.notes import Story
from greenflag.interview.draw import Candidate, chance, follow_ups, plan, story_for, why

DAY = 739_942


def question(note: str, weight: int = 3, competency: str = "", **more: object) -> Candidate:
    given = {"wordings": (f"{note}?", f"Also {note}?"), "kind": "behavioural"} | more
    return Candidate(note, competency, weight=weight, **given)  # type: ignore[arg-type]


MANY = [question(f"q{n:02}", 1 + n % 5, f"area-{n % 4}") for n in range(40)]


def test_the_same_seed_gives_the_same_plan_whatever_the_order() -> None:
    first = plan(MANY, 6, DAY, Random(7), follow_ups=True)
    assert plan(MANY[::-1], 6, DAY, Random(7), follow_ups=True) == first
    assert plan(MANY, 6, DAY, Random(8), follow_ups=True) != first


@given(count=st.integers(0, 9), seed=st.integers(0, 999), there=st.integers(0, 7))
def test_no_question_comes_twice_and_one_is_a_surprise(count: int, seed: int, there: int) -> None:
    draws = plan(MANY[:there], count, DAY, Random(seed), follow_ups=True)
    assert len(draws) == min(count, there)
    assert len({draw.note for draw in draws}) == len(draws)
    assert sum(draw.surprise for draw in draws) == (len(draws) > 1)
    assert not (draws and draws[0].surprise), "one is not surprised at once"
    asked = [draw.follow_up for draw in draws if draw.follow_up]
    assert len(set(asked)) == len(asked)
    assert all(draw.why for draw in draws)


def test_in_focus_and_what_came_up_count_more() -> None:
    plain = Candidate("a", "x", "", 3, ("A?",))
    assert chance(plain._replace(focus=True), DAY) == 2 * chance(plain, DAY)
    assert chance(plain._replace(came=2.5), DAY) == 2.5 * chance(plain, DAY)
    assert "in focus, came up" in why(plain._replace(focus=True, came=1.5), DAY)


def drawn(*candidates: Candidate, times: int = 300) -> Counter[str]:
    """How often each is drawn when one is."""
    plans = (plan(candidates, 1, DAY, Random(n), follow_ups=False) for n in range(times))
    return Counter(draws[0].note for draws in plans)


@pytest.mark.parametrize(
    ("likely", "unlikely"),
    [
        (question("a", 5), question("b", 1)),
        (question("a", recall=0.3), question("b", recall=0.95)),
        (question("a"), question("b", last_day=DAY - 1)),
        (question("a", last_day=DAY - 10), question("b", last_day=DAY)),
    ],
    ids=["weight", "weakness", "never rehearsed", "long ago"],
)
def test_what_matters_is_weak_or_long_ago_comes_more_often(
    likely: Candidate, unlikely: Candidate
) -> None:
    times = drawn(likely, unlikely)
    assert times["a"] > 1.5 * times["b"] > 0


def test_a_rehearsal_dated_later_than_today_counts_as_just_now() -> None:
    assert chance(question("a", last_day=DAY + 30), DAY) == chance(question("a", last_day=DAY), DAY)
    assert "rehearsed today" in why(question("a", last_day=DAY + 30), DAY)


def test_a_competency_drawn_already_gives_way() -> None:
    same = [question(f"s{n}", competency="same") for n in range(10)]
    plans = [plan([*same, question("o", competency="other")], 3, DAY, Random(n), follow_ups=False)
             for n in range(200)]  # fmt: skip
    assert sum(any(draw.note == "o" for draw in draws) for draws in plans) > 200 * 3 / 11


def test_a_wording_is_not_the_one_of_last_time() -> None:
    last = question("a", last_wording="a?", last_day=DAY - 3)
    for seed in range(20):
        assert plan([last], 1, DAY, Random(seed), follow_ups=False)[0].wording == "Also a?"
    only = question("a", wordings=("a?",), last_wording="a?", last_day=DAY)
    assert plan([only], 1, DAY, Random(1), follow_ups=False)[0].wording == "a?"


def test_the_reason_says_weight_recall_and_rest() -> None:
    each = question("a", 5, recall=0.42, last_day=DAY - 9)
    assert (
        why(each, DAY) == "Weight 5 of 5; its cards would be known 42% now; rehearsed 9 days ago."
    )
    assert "not seen yet; never rehearsed" in why(question("a"), DAY)


def test_follow_ups_fit_the_kind_and_none_is_asked_when_none_is_wanted() -> None:
    lists = follow_ups()
    for seed in range(30):
        for draw in plan(MANY, 6, DAY, Random(seed), follow_ups=True):
            assert draw.follow_up in ("", *lists["any"], *lists["behavioural"])
    assert not any(d.follow_up for d in plan(MANY, 6, DAY, Random(1), follow_ups=False))


def story(id_: str, *competencies: str, answers: tuple[str, ...] = (), figures: str = "") -> Story:
    return Story(
        id=id_, title=id_, situation="S", task="T", action="A", result="R",
        competencies=competencies, answers=answers, figures=figures or None,
    )  # fmt: skip


def test_a_story_that_names_the_question_comes_before_one_of_its_competency() -> None:
    stories = [story("area", "x", figures="9%"), story("names", "y", answers=("q",))]
    found = story_for("q", "x", stories)
    assert found and found.id == "names"
    found = story_for("other", "x", stories)
    assert found and found.id == "area"
    assert story_for("other", "z", stories) is None


def test_of_a_competency_the_story_with_figures_and_then_the_closest_is_best() -> None:
    stories = [story("b", "y", "x"), story("a", "y", "x"), story("c", "x")]
    assert (found := story_for("q", "x", stories)) and found.id == "c"
    figures = [*stories, story("z", "y", "x", figures="9%")]
    assert (found := story_for("q", "x", figures)) and found.id == "z"
