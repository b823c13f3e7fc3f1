"""What came up weighs more for a while, what went weakly most, and words find their question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.cli import debrief as command
from greenflag.content.decks import deck_of
from greenflag.content.decktext import as_yaml, head, with_note
from greenflag.errors import GreenflagError
from greenflag.interview.debrief import (
    CAME_UP,
    FADES,
    NAMES,
    OUTCOMES,
    WAS_WEAK,
    Came,
    Known,
    Line,
    against,
    likest,
    line_of,
    question_fields,
    share_fine,
    text_of,
    weights,
)

TODAY = 739_942
BANK = [
    Known("q-angry", ("Tell me about an angry customer.", "How do you handle complaints?")),
    Known("q-budget", ("How do you plan a support budget?",)),
    Known("q-change", ("Tell me about a change that your team did not want.",)),
]


def test_what_came_up_counts_more_and_what_went_weakly_most() -> None:
    asked = [Came("a", 3, TODAY), Came("b", 1, TODAY), Came("c", None, TODAY)]
    assert weights(asked, TODAY) == {"a": CAME_UP, "b": WAS_WEAK, "c": CAME_UP}


def test_it_fades_evenly_and_is_gone_after_its_days() -> None:
    asked = [Came("a", 1, TODAY)]
    assert weights(asked, TODAY + FADES // 2) == {"a": 1 + (WAS_WEAK - 1) / 2}
    assert weights(asked, TODAY + FADES) == weights(asked, TODAY + 999) == {"a": 1.0}


def test_of_several_times_the_one_that_counts_most_counts() -> None:
    asked = [Came("a", 1, TODAY - 50), Came("a", 3, TODAY), Came("a", 2, TODAY - 90)]
    assert weights(asked, TODAY) == {"a": CAME_UP}


@given(
    st.lists(st.builds(Came, st.sampled_from("abc"), st.sampled_from([None, 1, 2, 3]),
                       st.integers(TODAY - 200, TODAY + 9))),
    st.integers(0, 100),
)  # fmt: skip
def test_weights_stay_in_range_and_only_fade(asked: list[Came], days: int) -> None:
    now, later = weights(asked, TODAY), weights(asked, TODAY + days)
    assert now.keys() == later.keys() == {each.note for each in asked}
    assert all(1 <= later[note] <= now[note] <= WAS_WEAK for note in now)


def test_what_was_expected_is_held_against_what_came() -> None:
    assert against(0.78, [1, 2, 3, None, 2]) == (
        "Readiness said 78 %; 3 of 4 answers went fine or strong (75 %)."
        " Few questions, so chance weighs much."
    )
    assert "chance" not in against(0.78, [2] * 10)
    assert against(None, [1]) == "0 of 1 answers went fine or strong."
    assert against(0.78, [None]) == against(0.5, []) == ""
    assert share_fine([1, 2, None]) == 0.5 and share_fine([None]) is None


def test_a_few_words_find_the_question_in_any_of_its_wordings() -> None:
    assert likest("angry customers", BANK)[0].known.note == "q-angry"
    assert likest("complaint handling", BANK)[0].wording == "How do you handle complaints?"
    assert likest("q-change", BANK)[0] == (BANK[2], BANK[2].wordings[0], 1.0)
    assert likest("the groomed cat", BANK) == []
    assert likest("", BANK) == likest("?!", BANK) == likest("x", []) == []


@given(st.text(max_size=300))
def test_any_words_may_be_looked_for(words: str) -> None:
    assert all(0.2 < match.likeness <= 1 for match in likest(words, BANK))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("angry customer", Line("angry customer", False, None, "", None)),
        ("angry = 2", Line("angry", False, 2, "", None)),
        ("+ Why cats? = 1 | refund = 3", Line("Why cats?", True, 1, "refund", 3)),
        ("a = b | my story", Line("a = b", False, None, "my story", None)),
        ("x=4", Line("x=4", False, None, "", None)),
    ],
)
def test_a_line_says_what_came_up(text: str, line: Line) -> None:
    assert line_of(text) == line
    assert line_of(text_of(line)) == line


@pytest.mark.parametrize("text", ["", "+", " = 2", "| story", "…"])
def test_a_line_without_a_question_is_refused(text: str) -> None:
    with pytest.raises(GreenflagError, match="names no question"):
        line_of(text)


def test_a_missing_question_becomes_a_note_that_loads() -> None:
    fields = question_fields("asked-cats", 'Why "cats": now?', "Acme")
    deck, problems = deck_of(with_note(head("Mine"), as_yaml(fields))[0].encode(), "x")
    assert deck is not None and problems == []


def test_the_command_names_the_outcomes_there_are() -> None:
    assert command.OUTCOMES == OUTCOMES
    assert len(NAMES) == 7
