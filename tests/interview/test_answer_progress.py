"""Two tellings of one answer, compared."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.interview.answer import analyse, read_rules
from greenflag.interview.answer.progress import (
    DIFFERENT,
    IMPROVED,
    SLIPPED,
    UNWANTED,
    WANTED,
    Summary,
    changes,
    summary_from,
    summary_of,
)
from greenflag.interview.transcript import Transcript

FIRST = (
    "Um, I handled the returns, you know, at a shoe shop. We decided to change the form."
    " Customers were a lot happier."
)
SECOND = (
    "I ran the returns desk at a shoe shop. I cut the form to four fields and tried it for a week."
    " Returns fell from 40 to 12 a week. Since then I count the fields of every form."
)


def summary(text: str) -> Summary:
    return summary_of(analyse(Transcript(text), read_rules()))


def given_counts(words: int, **findings: int) -> Summary:
    return Summary(words, words / 2, None, {}, findings)


def test_a_better_telling_says_what_improved_and_nothing_slipped() -> None:
    found = changes(summary(FIRST), summary(SECOND))
    said = {change.what: (change.how, change.said) for change in found}
    assert said["filler"] == (IMPROVED, "No fillers in 39 words; before 2 in 22.")
    assert said["figure"] == (IMPROVED, "1 figure in 39 words; before none in 22.")
    assert said["we"][0] == IMPROVED
    assert said["takeaway"] == (IMPROVED, "The takeaway is told now; it was missing.")
    assert SLIPPED not in {how for how, _ in said.values()}


def test_the_way_back_slips() -> None:
    found = changes(summary(SECOND), summary(FIRST))
    slipped = {change.what for change in found if change.how == SLIPPED}
    assert {"filler", "we", "figure", "takeaway"} <= slipped


def test_improved_comes_before_slipped_before_different() -> None:
    found = changes(given_counts(100, filler=2, hedge=1), given_counts(90, hedge=3))
    assert [change.how for change in found] == [IMPROVED, SLIPPED, DIFFERENT]


def test_more_fillers_in_a_much_longer_answer_are_only_different() -> None:
    (first, *_) = changes(given_counts(50, filler=2), given_counts(200, filler=3))
    assert (first.what, first.how) == ("filler", DIFFERENT)


def test_the_pace_is_told_when_both_were_spoken_and_it_differs() -> None:
    old, new = given_counts(10)._replace(words_per_minute=180.0), given_counts(10)
    assert changes(old, new._replace(words_per_minute=140.0))[0].said == (
        "140 words a minute; before 180."
    )
    assert changes(old, new._replace(words_per_minute=175.0)) == ()
    assert changes(old, new) == ()


def test_every_rule_has_a_name_for_people() -> None:
    assert {*WANTED, *UNWANTED} == set(read_rules().rules)


def test_a_summary_holds_no_word_of_the_answer_and_comes_back_from_json() -> None:
    kept = summary(FIRST)
    stored = json.dumps(kept.to_dict())
    assert "shoe" not in stored
    assert summary_from(json.loads(stored)) == kept


@given(st.integers(1, 500), st.dictionaries(st.sampled_from(sorted(UNWANTED)), st.integers(0, 9)))
def test_the_same_answer_again_changes_nothing(words: int, found: dict[str, int]) -> None:
    same = given_counts(words, **found)
    assert changes(same, same) == ()


@pytest.mark.parametrize("rule", [*WANTED, *UNWANTED])
def test_each_sentence_names_both_counts(rule: str) -> None:
    (change,) = changes(given_counts(60, **{rule: 5}), given_counts(60, **{rule: 1}))
    assert change.said.startswith("1 ")
    assert change.said.endswith(" in 60 words; before 5 in 60.")
    assert change.how == (SLIPPED if rule in WANTED else IMPROVED)
