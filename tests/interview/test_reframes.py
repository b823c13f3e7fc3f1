"""A weakness told as growth: practices and metrics that are real."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenflag.content.decks import deck_paths, read_decks
from greenflag.content.notes import Reframe
from greenflag.interview.reframes import draft, like, metric_fault, practice_fault

DECKS = Path(__file__).parent.parent.parent / "decks"
SHIPPED = [
    placed.note
    for deck in read_decks(deck_paths(DECKS)).decks
    for placed in deck.notes
    if isinstance(placed.note, Reframe)
]


@pytest.mark.parametrize("note", SHIPPED, ids=lambda note: str(note.id))
def test_the_practices_and_metrics_of_the_decks_are_real(note: Reframe) -> None:
    assert practice_fault(note.practice) == ""
    assert metric_fault(note.metric or "") == ""


@pytest.mark.parametrize(
    "practice",
    ["A handover note with goal, limit, check point", "Weekly hour with finance",
     "I write things down and try to let them finish", "Breathe and count to ten",
     "I repeat their point before mine", "Ich übe jeden Montag mit einem Kollegen das Zuhören"],
)  # fmt: skip
def test_a_habit_or_a_tool_is_a_practice(practice: str) -> None:
    assert practice_fault(practice) == ""


@pytest.mark.parametrize(
    ("practice", "said"),
    [
        ("try harder", "too short"), ("I try to be more patient", "intention"),
        ("Work on my time management", "intention"), ("focus on listening", "intention"),
        ("I try to listen more often", "intention"),
        ("Be more careful with deadlines", "intention"), ("I try to be better", "intention"),
        ("I do my best to stay calm", "intention"), ("I make an effort to improve", "intention"),
        ("I stay calm", "no habit"), ("Deadlines and such things", "no habit"),
    ],
)  # fmt: skip
def test_an_intention_is_none(practice: str, said: str) -> None:
    assert said in practice_fault(practice)


@pytest.mark.parametrize(
    "metric",
    ["30 to 6", "five a week", "the wait halved", "三次", "Cases: 30 → 6", "84 %", "2000 to 1900",
     "2024: 3, 2025: 1"],
)  # fmt: skip
def test_a_metric_has_a_number(metric: str) -> None:
    assert metric_fault(metric) == ""


@pytest.mark.parametrize("metric", ["much better", "customers are happy", "…"])
def test_without_a_number_it_is_none(metric: str) -> None:
    assert "no number" in metric_fault(metric)


@pytest.mark.parametrize("metric", ["In 2024 it got better", "Since Q3 2024", "Done on 12.03.2025"])
def test_a_date_is_no_metric(metric: str) -> None:
    assert "no number in it but a date" in metric_fault(metric)


def test_a_draft_joins_what_it_cost_what_is_done_and_the_number() -> None:
    assert draft("it  cost two days", "A note", "9 to 2.") == "It cost two days. A note. 9 to 2."


def test_the_nearest_examples_come_first() -> None:
    near = like("I find it hard to delegate and hand work over", SHIPPED)
    assert near[0].id == "reframe-hand-over-work"
    assert {each.weight for each in like("", SHIPPED)} == {5}
