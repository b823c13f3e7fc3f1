"""What is missing in a story: one claim a rule, each with the exact words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.content.notes import Story
from greenflag.interview.answer import read_rules
from greenflag.interview.faults import MOST_WORDS, Fault, faults, proofs
from greenflag.interview.stories import parts_of

GOOD: dict[str, Any] = {
    "id": "refunds",
    "title": "The refund queue",
    "situation": "At a parcel firm refunds took six days, and every third customer called.",
    "task": "I was to halve the wait without more people.",
    "action": (
        "I mapped the nine steps with two agents.",
        "I removed five of them and let agents approve up to 50 euros.",
    ),
    "result": "The wait fell from six days to two within a quarter.",
    "takeaway": "Since then I ask agents first which step they would drop.",
    "competencies": ("service-improvement",),
}


def story(**changes: Any) -> Story:
    return Story(**{**GOOD, **changes})


def found(**changes: Any) -> list[tuple[str, str, str]]:
    given = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return [(f.part, f.rule, f.text) for f in faults(Story(**given), read_rules())]


def test_a_good_story_has_no_fault() -> None:
    assert found() == []


@pytest.mark.parametrize(
    "task",
    ["The team had to keep the account.", "We needed to halve the wait.",
     "The wait had to be halved.", "Management wanted shorter waits."],
)  # fmt: skip
def test_a_task_of_others_is_found(task: str) -> None:
    assert found(task=task) == [("task", "task-not-own", task)]


@pytest.mark.parametrize(
    "task", ["My job was to halve it.", "To halve the wait.", "They asked me to halve it."]
)
def test_a_task_of_ones_own_is_none(task: str) -> None:
    assert found(task=task) == []


def test_we_in_the_action_is_found() -> None:
    text = "We mapped the nine steps. I removed five and trained the agents."
    assert found(action=text) == [("action", "we", "We mapped")]


@pytest.mark.parametrize(
    ("result", "rule", "words"),
    [
        ("Customers were much happier.", "no-figure", "were much happier"),
        ("They stayed with us.", "no-figure", "They stayed with us."),
        ("Satisfaction rose to 84 % in four months.", "no-baseline", "to 84"),
        ("Satisfaction rose from 71 % to 84 %.", "no-period", "from 71 % to 84"),
    ],
)
def test_a_result_without_figure_start_or_period_is_found(
    result: str, rule: str, words: str
) -> None:
    ((part, name, text),) = found(result=result)
    assert (part, name) == ("result", rule) and text.startswith(words)


def test_a_start_and_a_period_told_in_other_words_count() -> None:
    assert (
        found(result="Two days instead of six, and a third of the calls, within a quarter.") == []
    )


def test_a_story_without_a_takeaway_is_found() -> None:
    assert ("takeaway", "no-takeaway", "") in found(takeaway=None)


def test_a_bad_start_wants_a_lesson() -> None:
    bad = {"situation": "A key customer was furious."}
    assert ("situation", "negative-start", "furious") in found(**bad, takeaway=None)
    assert ("situation", "negative-start", "furious") in found(**bad, takeaway="It was hot.")
    assert found(**bad) == []


def test_the_work_of_an_agent_is_found_and_that_of_a_manager_is_not() -> None:
    own = "I answered every ticket of that day myself."
    assert ("action", "agent-level", "answered every ticket") in found(action=own)
    led = f"{own} Then I coached two agents to do it."
    assert "agent-level" not in [rule for _, rule, _ in found(action=led)]


def test_a_story_too_long_is_found_where_two_minutes_end() -> None:
    told = story(situation="word " * (MOST_WORDS - 50), result=GOOD["result"] + " x" * 60)
    (fault,) = faults(told, read_rules())[-1:]
    assert (fault.part, fault.rule) == ("result", "too-long")
    assert fault.text.startswith("x x") and "situation takes most" in fault.advice


def test_exactly_two_minutes_are_not_too_long() -> None:
    texts = parts_of(story())
    short = MOST_WORDS - sum(len(t.split()) for n, t in texts.items() if n != "situation")
    assert "too-long" not in [r for _, r, _ in found(situation="word " * short)]
    assert "too-long" in [r for _, r, _ in found(situation="word " * (short + 1))]


def test_what_the_answer_analysis_finds_is_a_fault_too() -> None:
    assert ("situation", "blame", "let us down") in found(
        situation="Sales let us down at a parcel firm where refunds took six days."
    )


@pytest.mark.parametrize(
    "text",
    ["退款需要很长时间，客户打电话来询问，我们的电话总是被占满。",
     "Die Erstattung dauerte lange und jeder Kunde rief deshalb bei uns an. " * 3],
)  # fmt: skip
def test_other_languages_get_only_what_needs_no_words_of_ours(text: str) -> None:
    told = dict.fromkeys(("situation", "task", "action", "result"), text)
    assert [rule for _, rule, _ in found(**told, takeaway=text)] == ["no-figure"]
    assert [rule for _, rule, _ in found(**told, takeaway=None)] == ["no-figure", "no-takeaway"]


def test_the_proofs_of_a_result_are_its_sentences_with_a_figure() -> None:
    result = "It was calm. The wait fell from six days to two within a quarter. " + "So, " * 60
    assert proofs(result) == ["The wait fell from six days to two within a quarter."]
    assert proofs("Everyone was happy.") == []


TEXT = st.text(min_size=1, max_size=200).filter(str.strip) | st.sampled_from(
    ["We did it.", "I answered all calls.", "It failed.", "From 9 to 4.", "In a month 84 %."]
)


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT, st.lists(TEXT, min_size=1, max_size=3), TEXT, st.none() | TEXT)
def test_the_words_of_a_fault_stand_where_it_says(
    situation: str, task: str, action: list[str], result: str, takeaway: str | None
) -> None:
    told = story(
        situation=situation, task=task, action=tuple(action), result=result, takeaway=takeaway
    )
    texts = parts_of(told)
    for fault in faults(told, read_rules()):
        assert isinstance(fault, Fault) and fault.reason and fault.advice
        assert texts.get(fault.part, "")[fault.start : fault.end] == fault.text
