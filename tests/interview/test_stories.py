"""The story bank: coverage, the matrix, and which story fits a question."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.content.chosen import your_story
from greenflag.content.notes import Question, Story, cards_of
from greenflag.interview.stories import (
    UNSEEN,
    Bank,
    Matrix,
    coverage,
    letter_of,
    matrix,
    needs,
    parts_of,
    spoken_seconds,
    words_in,
)


def story(id_: str, *competencies: str, **more: Any) -> Story:
    given = {
        "title": id_.capitalize(), "situation": "It was late.", "task": "I was to mend it.",
        "action": "I changed it.", "result": "It took 2 days instead of 6.",
    }  # fmt: skip
    return Story(**{**given, "id": id_, "competencies": competencies or ("a",), **more})


def question(id_: str, competency: str | None, kind: str | None = None, **more: Any) -> Question:
    given = {"question": f"What of {id_}?", "intent": "Whether.", "key_points": ("One",)}
    return Question(**{**given, "id": id_, "competency": competency, "question_kind": kind, **more})


AREAS = ("a", "b", "c", "d", "e", "f")
QUESTIONS = [question(f"q-{name}", name, "behavioural", weight=5) for name in AREAS]


def rules_of(found: Matrix) -> list[str]:
    return [remark.rule for remark in found.remarks]


# Coverage


def test_coverage_names_who_shows_what_and_what_is_missing_heaviest_first() -> None:
    found = coverage([story("s", "a", "b"), story("t", "a")], {"a": 3, "b": 1, "c": 1, "d": 5})
    assert found.shown == {"a": ("s", "t"), "b": ("s",), "c": (), "d": ()}
    assert found.missing == ("d", "c")
    assert found.share == pytest.approx(0.4)


def test_coverage_of_nothing_is_nothing() -> None:
    assert coverage([], {"a": 1}) == ({"a": ()}, ("a",), 0.0)
    assert coverage([story("s")], {}) == ({}, (), 1.0)


NAMES = st.sampled_from("abcdefgh")


@given(
    shown=st.lists(st.sets(NAMES, min_size=1), max_size=8),
    weights=st.dictionaries(NAMES, st.floats(0.1, 100)),
    more=NAMES,
)
def test_a_story_more_never_covers_less(
    shown: list[set[str]], weights: dict[str, float], more: str
) -> None:
    stories = [story(f"s{number}", *sorted(names)) for number, names in enumerate(shown)]
    before = coverage(stories, weights)
    after = coverage([*stories, story("more", more)], weights)
    assert 0 <= before.share <= after.share + 1e-9 <= 1 + 1e-9
    assert set(after.missing) == set(before.missing) - {more}
    assert set(before.missing) | {n for n, ids in before.shown.items() if ids} == set(weights)


def test_needs_count_questions_that_stories_answer_in_full() -> None:
    asked = [
        question("q1", "a", "behavioural", weight=4), question("q2", "a", "technical", weight=4),
        question("q3", "b", None, weight=4), question("q4", None), question("q5", "c", "general"),
    ]  # fmt: skip
    assert needs(asked) == {"a": 5.0, "b": 4.0, "c": 0.75}
    assert list(needs(asked, ["b", "nowhere"])) == ["b", "a", "c"]


# Telling


def test_a_story_takes_as_long_as_its_parts_at_140_words_a_minute() -> None:
    told = story("s", situation="word " * 70, task="a", action=("b c", "d"), result="e " * 66)
    assert list(parts_of(told)) == ["situation", "task", "action", "result"]
    assert (words_in(told), spoken_seconds(told)) == (140, 60.0)


# The matrix


def test_a_cell_is_the_recall_of_the_storys_own_cards() -> None:
    told = story("s", "a")
    ids = [card.id for card in cards_of(told)]
    found = matrix([told], QUESTIONS, {ids[0]: 0.8, ids[1]: 0.6})
    expected = (0.8 + 0.6 + UNSEEN * (len(ids) - 2)) / len(ids)
    (column,) = found.stories
    assert column[:3] == ("A", "s", "S") and column.recall == pytest.approx(expected)
    cells = {row.competency: row.cells for row in found.competencies}
    assert cells == {
        "a": {"s": pytest.approx(expected)},
        "b": {},
        "c": {},
        "d": {},
        "e": {},
        "f": {},
    }


def test_a_cluster_is_covered_by_a_story_that_answers_one_of_its_questions() -> None:
    asked = [*QUESTIONS, question("q-a2", "a", "situational"), question("q-a3", "a", "behavioural")]
    found = matrix([story("s", "b", answers=("q-a3", "q-gone"))], asked, {})
    rows = {(row.competency, row.question_kind): row for row in found.clusters}
    assert rows["a", "behavioural"].questions == 2 and "s" in rows["a", "behavioural"].cells
    assert not rows["a", "situational"].cells and not rows["b", "behavioural"].cells


def test_without_stories_the_next_step_is_one_for_the_heaviest_competency() -> None:
    asked = [*QUESTIONS, question("q-more", "c")]
    (remark,) = matrix([], asked, {}).remarks
    assert remark == ("none", "no story yet", "greenflag story new --competency c")
    assert matrix([], [], {}).remarks[0].do == "greenflag story new"


def test_an_empty_row_is_named_with_the_command_that_fills_it() -> None:
    found = matrix([story("s", "a")], QUESTIONS, {})
    assert found.remarks[0].what == "no story for b (1 question)"
    assert found.remarks[0].do == "greenflag story new --competency b"
    focused = matrix([story("s", "a")], QUESTIONS, {}, focus=["f"])
    assert focused.remarks[0].do.endswith(" f")


def test_with_seven_stories_an_empty_row_is_filled_by_one_of_them() -> None:
    stories = [story(f"s{n}", "a", "b") for n in range(6)] + [story("light", "c")]
    found = matrix(stories, QUESTIONS, {})
    assert found.remarks[0].rule == "empty" and found.remarks[0].do == "greenflag edit light"


def test_one_story_for_everything_is_noticed() -> None:
    everything = story("s", *AREAS)
    assert "one-for-all" in rules_of(matrix([everything, story("t", "a")], QUESTIONS, {}))
    spread = [story(name, name) for name in AREAS]
    assert "one-for-all" not in rules_of(matrix(spread, QUESTIONS, {}))


@pytest.mark.parametrize(("count", "rule"), [(1, "few"), (4, "few"), (5, ""), (7, ""), (8, "many")])
def test_five_to_seven_stories_are_enough(count: int, rule: str) -> None:
    found = rules_of(matrix([story(f"s{n}", AREAS[n % 6]) for n in range(count)], QUESTIONS, {}))
    assert {"few", "many"} & set(found) == ({rule} if rule else set())


def test_a_bank_without_a_gap_has_no_remark() -> None:
    stories = [story(name, name) for name in AREAS]
    recall = {card.id: 0.9 for each in stories for card in cards_of(each)}
    found = matrix(stories, QUESTIONS, recall)
    assert found.remarks == () and found.share == 1.0
    del recall["a/task"], recall["a/action"]
    assert rules_of(matrix(stories, QUESTIONS, recall)) == ["weak"]


def test_letters_go_on_after_z() -> None:
    assert [letter_of(n) for n in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


@settings(max_examples=40)
@given(st.lists(st.lists(st.sampled_from(AREAS), min_size=1, max_size=6), max_size=10))
def test_every_cell_stands_for_a_competency_the_story_shows(shown: list[list[str]]) -> None:
    stories = [story(f"s{number}", *names) for number, names in enumerate(shown)]
    found = matrix(stories, QUESTIONS, {})
    cells = {(row.competency, id_) for row in found.competencies for id_ in row.cells}
    assert cells == {(name, each.id) for each in stories for name in each.competencies}
    empty = {r.what.split()[3] for r in found.remarks if r.rule == "empty"}
    assert empty == ({n for n in AREAS if not any(n == c for c, _ in cells)} if stories else set())


# Fitting


BANK = Bank(
    [
        question("q-churn", "a", "behavioural", question="How did you win back somebody who wanted"
                 " a refund?", intent="Whether churn was prevented."),
        question("q-budget", "b", "technical", question="How do you plan a budget?"),
        question("q-calm", "c", "behavioural", question="When did you calm a furious caller?"),
    ]
)  # fmt: skip
REFUNDS = story("refunds", "a", situation="Churn rose, since every refund took six days.")


def test_a_story_fits_by_competency_and_by_words_and_says_so() -> None:
    (fit,) = BANK.stories_for(BANK.questions[0], [REFUNDS])
    assert fit.why() == "shows a, which this question is about; shares: churn, refund"
    assert BANK.stories_for(BANK.questions[1], [REFUNDS]) == []


def test_a_chosen_story_comes_first() -> None:
    chosen = story("chosen", "b", answers=("q-churn",))
    fits = BANK.stories_for(BANK.questions[0], [REFUNDS, chosen])
    assert [fit.story for fit in fits] == ["chosen", "refunds"]
    assert fits[0].why() == "you chose it"


def test_words_alone_suggest_questions_and_competencies_but_only_where_stories_answer() -> None:
    told = story("s", "x", situation="A furious caller asked for a budget.")
    assert [fit.question for fit in BANK.questions_for(told)] == ["q-calm"]
    assert BANK.competencies_for(told) == ["c", "b"]


@settings(max_examples=50)
@given(st.text(max_size=300), st.text(min_size=1, max_size=50))
def test_any_text_can_be_weighed_against_the_questions(text: str, title: str) -> None:
    told = story("s", "x", situation=text, title=title)
    for fit in BANK.questions_for(told):
        assert fit.score > 0 and fit.why()


# On the back of a question


def test_the_first_story_stands_there_with_its_number_and_the_others_by_name() -> None:
    first = {"title": "The\nqueue", "result": "R", "figures": ["6 to 2 days", "80 %"]}
    others = [{"title": f"T{number}", "result": "R"} for number in range(6)]
    assert your_story([first]) == "**Your story**: The queue\n\n6 to 2 days; 80 %"
    assert your_story([others[0]]).endswith("\n\nR")
    assert your_story([first, *others]).endswith("\n\nAlso: T0, T1, T2, T3 and 2 more")
