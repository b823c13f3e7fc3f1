"""The story bank as somebody meets it: telling, checking, the matrix, the back of a question."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pexpect
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenflag.content import yamlfile
from greenflag.content.decktext import as_yaml
from greenflag.store import journal
from tests.cli.runner import PROGRAM, User, one_line

PARTS = (
    "The refund queue",
    "At a parcel firm refunds took six days, and every third customer called us to ask about it.",
    "I was to halve the wait without more people.",
    "I mapped the nine steps with two agents.",
    "I removed five of them.",
    "",
    "The wait fell from six days to two within a quarter.",
    "Since then I ask agents first which step they would drop.",
)
CHOSEN = ("service-improvement", "q-process-change")


def typed(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


STORY = typed(*PARTS, *CHOSEN)


def tell(user: User, title: str, competency: str, *answers: str, result: str = PARTS[6]) -> str:
    """Tell a story in one go; its id."""
    given = [part for answer in answers for part in ("--answers", answer)]
    lines = typed(title, *PARTS[1:6], result, PARTS[7], *([] if answers else [""]))
    said = user.does("story", "new", "--json", "--competency", competency, *given, lines=lines)
    return str(said.json["note"])


def notes_of(user: User) -> list[str]:
    return [
        note
        for (note,) in user.rows("SELECT id FROM notes WHERE kind = 'story' AND removed IS NULL")
    ]


# Telling


def test_a_story_told_by_lines_becomes_cards_in_a_deck_of_ones_own(user: User) -> None:
    said = user.does("story", "new", lines=STORY)
    assert said.out.endswith("Saved: 1 added. Its id is story-the-refund-queue.\n")
    told = user.json("show", "story-the-refund-queue")
    assert told["file"] == "decks/stories.yaml" and told["deck"] == "Stories"
    assert told["fields"] == {
        "kind": "story", "id": "story-the-refund-queue", "title": PARTS[0], "situation": PARTS[1],
        "task": PARTS[2], "action": [PARTS[3], PARTS[4]], "result": PARTS[6], "takeaway": PARTS[7],
        "answers": ["q-process-change"], "competencies": ["service-improvement"],
        "figures": [PARTS[6]],
    }  # fmt: skip
    faces = [card["card"].partition("/")[2] for card in told["cards"]]
    assert faces == ["situation", "task", "action", "result", "takeaway", "figures"]
    assert user.does("deck", "check").out.endswith("all good.\n")


def test_json_holds_the_document_alone_and_asks_on_stderr(user: User) -> None:
    said = user.does("story", "new", "--json", "--deck", "own", lines=STORY)
    assert said.json["note"] == "story-the-refund-queue"
    assert said.json["findings"] == 0 and len(said.json["cards"]) == 6
    assert "Situation:" in said.err and (user.decks / "own.yaml").exists()


def test_suggestions_are_numbered_and_taken_by_number(user: User) -> None:
    said = user.does("story", "new", lines=typed(*PARTS, "1", "1,2"))
    asked = re.findall(r"^ +(\d+) ([\w-]+)", said.out, re.M)
    first = next(name for number, name in asked if number == "1")
    told = user.json("story", "list")["stories"][0]
    assert told["competencies"] == [first] and len(told["answers"]) == 2


def test_what_is_given_is_not_asked(user: User) -> None:
    tell(user, "Given", "team-leadership", "q-irate-customer")
    (told,) = user.json("story", "list")["stories"]
    assert (told["competencies"], told["answers"]) == (["team-leadership"], ["q-irate-customer"])


def test_a_story_told_is_undone(user: User) -> None:
    user.does("story", "new", lines=STORY)
    assert "story-the-refund-queue is no longer" in user.does("undo").out
    assert notes_of(user) == [] and not (user.decks / "stories.yaml").exists()


@pytest.mark.parametrize("lines", range(len(PARTS) + 1))
def test_input_that_ends_half_way_writes_nothing_and_says_so(user: User, lines: int) -> None:
    said = user("story", "new", lines=typed(*(PARTS + CHOSEN)[:lines]))
    assert said.status == 1
    assert said.err == (
        "greenflag: the input ended before the story was whole (nothing was written)\n"
    )
    assert notes_of(user) == [] and list(user.decks.iterdir()) == []
    assert user.rows("SELECT * FROM acts") == []


def with_part(number: int, text: str) -> str:
    lines = [*PARTS, *CHOSEN]
    lines[number] = text
    return typed(*lines)


@pytest.mark.parametrize(
    ("number", "text", "named"),
    [
        (0, "", "title is needed"), (0, "t" * 201, "title has more than 200 characters"),
        (1, "word " * 10_000, "situation has more than 20,000 characters"),
        (2, "\x1b[31m\x00\u202e", "task is needed"),
        (3, "", "action is needed"), (8, "juggling", "'juggling' is none of them"),
        (8, "", "choose one at least"), (8, "99", "'99' is none of them"),
        (9, "q-nowhere", "'q-nowhere' is none of them"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_and_nothing_is_written(
    user: User, number: int, text: str, named: str
) -> None:
    said = user("story", "new", lines=with_part(number, text))
    assert said.status == 1 and named in said.err and "nothing was written" in said.err, said
    assert "\x1b" not in said.out + said.err
    assert notes_of(user) == [] and list(user.decks.iterdir()) == []


def test_what_steers_a_terminal_is_left_out(user: User) -> None:
    user.does("story", "new", lines=with_part(2, "\x1b[31mI was\x1b[A to \u202ehalve\x00 it.\x07"))
    ((body,),) = user.rows("SELECT body FROM notes WHERE kind = 'story'")
    assert json.loads(body)["task"] == "I was to halve it."


def test_a_store_that_fails_leaves_the_deck_file_as_it_was(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(journal, "remember", fail)
    assert user("story", "new", lines=typed(*PARTS, *CHOSEN)).status == 1
    assert list(user.decks.iterdir()) == []
    user.does("interview", "list")
    monkeypatch.undo()
    user.does("story", "new", lines=typed(*PARTS, *CHOSEN))
    assert len(user.json("story", "list")["stories"]) == 1


@pytest.mark.parametrize(("command", "name"), [("new", "stories"), ("reframe", "reframes")])
def test_a_deck_that_cannot_take_it_is_said_before_anything_is_asked(
    user: User, command: str, name: str
) -> None:
    user.deck(f"{name}.yaml", "dec: x\nnotes: []\n")
    said = user("story", command, lines=STORY)
    assert said.status == 1 and "unknown field dec" in said.err and not said.out


def test_an_endless_line_is_read_no_further_than_it_may_be(user: User) -> None:
    said = user("story", "new", lines=b"x" * 2**24)
    assert "title has more than 200" in said.err


def test_too_many_steps_are_refused(user: User) -> None:
    said = user("story", "new", lines=typed(*PARTS[:3], *["I did it."] * 60))
    assert "action has more than 50 lines" in said.err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--competency", "juggling"), "no competency 'juggling'"),
        (("--answers", "q-nowhere"), "no question 'q-nowhere'"),
        (("--deck", "../x"), "no name for a deck file"),
    ],
)
def test_options_that_name_nothing_are_one_line(
    user: User, arguments: tuple[str, ...], named: str
) -> None:
    said = user("story", "new", *arguments, lines=STORY)
    assert said.status == 1 and named in said.err and said.err.count("\n") == 1


def test_stories_in_other_scripts_are_told_listed_and_checked(user: User) -> None:
    other = (
        "退款队列",
        "在一家公司，退款很慢。",
        "我负责减半。",
        "我改了流程。",
        "",
        "从六天到两天。",
        "我学到了。",
    )
    said = user.does("story", "new", lines=typed(*other, CHOSEN[0], ""))
    assert "Its id is story." in said.out
    assert "退款队列" in user.does("story", "list").out
    assert "nothing to mend" in user.does("story", "check").out
    assert "退款队列" in user.does("story", "matrix").out


def test_two_stories_of_one_title_have_two_ids_and_are_told_apart(user: User) -> None:
    first, second = (tell(user, "Twice", "team-leadership") for _ in "12")
    assert (first, second) == ("story-twice", "story-twice-2")
    said = one_line(user("story", "check", "twice"))
    assert "2 stories are called" in said and "story-twice, story-twice-2" in said
    assert "Twice" in user.does("story", "check", second).out


def test_competencies_of_another_role_are_shown_too(small: User) -> None:
    small.deck(
        "baker.yaml",
        "deck: Baker\ncompetencies:\n  ovens: Heat\n  'dough: sour': Time\nnotes:\n"
        "- {kind: question, id: q-oven, competency: ovens, question: Why ovens?, intent: Heat,"
        " key_points: [Heat]}\n- {kind: question, id: q-dough, competency: 'dough: sour',"
        " question: Why dough?, intent: Time, key_points: [Time]}\n",
    )
    tell(small, "Hot", "ovens", "q-oven")
    tell(small, "Sour", "dough: sour", "q-dough")
    said = small.does("story", "new", lines=typed(*PARTS, "ovens, dough: sour", ""))
    assert "Saved: 1 added." in said.out
    assert small.does("deck", "check").out.endswith("all good.\n")
    found = small.json("story", "matrix")
    assert {row["competency"]: len(row["cells"]) for row in found["competencies"]} == {
        "ovens": 2, "dough: sour": 2,
    }  # fmt: skip


# The editor


FILLED = """\
title: Shift swap
situation: >-
  It was bad: half of the
  shift was ill.
action:
- I moved two agents.
-
task: I was to keep the waits below 5 minutes.
result: Waits fell from 9 to 4 minutes within a month.
takeaway: >-
competencies: [team-leadership]
answers: []
"""


def test_a_story_is_written_in_the_editor(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    (user.home / "filled").write_text(FILLED)
    monkeypatch.setenv("EDITOR", user.editor(f"cp {user.home}/filled $file"))
    monkeypatch.delenv("VISUAL", raising=False)
    said = user.does("story", "new", "--editor")
    assert "Its id is story-shift-swap." in said.out
    fields = user.json("show", "story-shift-swap")["fields"]
    assert fields["situation"] == "It was bad: half of the shift was ill."
    assert fields["action"] == ["I moved two agents."] and "takeaway" not in fields
    assert not (user.home / "draft-story.yaml").exists()
    user.does("undo")
    assert notes_of(user) == []


def test_a_template_left_as_it_was_writes_nothing(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.delenv("VISUAL", raising=False)
    assert user.does("story", "new", "--editor").out == "Nothing written.\n"
    assert user.json("story", "new", "--editor")["note"] is None
    assert not (user.home / "draft-story.yaml").exists()


def test_without_an_editor_it_says_what_to_do(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    assert "set EDITOR" in one_line(user("story", "new", "--editor"))
    assert not (user.home / "draft-story.yaml").exists()


def test_what_cannot_be_kept_waits_as_a_draft_and_is_named_by_line(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = FILLED.replace("team-leadership", "juggling").replace("answers: []", "answers: [q-x]")
    (user.home / "filled").write_text(broken)
    monkeypatch.setenv("EDITOR", user.editor(f"cp {user.home}/filled $file"))
    monkeypatch.delenv("VISUAL", raising=False)
    said = user("story", "new", "--editor")
    assert said.status == 1
    assert "draft-story.yaml:11: no competency juggling" in said.err
    assert "draft-story.yaml:12: no question q-x" in said.err
    assert "nothing was written" in said.err and notes_of(user) == []
    assert (user.home / "draft-story.yaml").read_text() == broken
    monkeypatch.setenv("EDITOR", user.editor("sed -i 's/juggling/team-leadership/; /q-x/d' $file"))
    assert "story-shift-swap" in user.does("story", "new", "--editor").out


@pytest.mark.parametrize(
    "text",
    ["", "[]", "just text", "title: [a]\n", "title: x\ncolour: red\n", "title: !!x y\n", "\t- x",
     "title: \x1b[31m\n", "a: b: c", "- x\n" * 3, "id: No Id\n" + FILLED, "weight: 9\n" + FILLED],
)  # fmt: skip
def test_a_draft_that_is_no_story_is_refused(
    user: User, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (user.home / "filled").write_text(text)
    monkeypatch.setenv("EDITOR", user.editor(f"cp {user.home}/filled $file"))
    monkeypatch.delenv("VISUAL", raising=False)
    said = user("story", "new", "--editor")
    assert said.status == 1 and "draft-story.yaml:" in said.err and "\x1b" not in said.err
    assert notes_of(user) == []


def test_a_draft_may_have_the_fields_of_any_note(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (user.home / "filled").write_text("id: my-own\nweight: 5\ntags: [a, b]\n" + FILLED)
    monkeypatch.setenv("EDITOR", user.editor(f"cp {user.home}/filled $file"))
    monkeypatch.delenv("VISUAL", raising=False)
    user.does("story", "new", "--editor")
    assert user.json("show", "my-own")["fields"]["weight"] == 5


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300)


@settings(max_examples=150)
@given(
    TEXT,
    TEXT
    | st.lists(st.sampled_from(["word", "a-b", "# x", "- y", "a: b", "'"]), min_size=20).map(
        " ".join
    ),
    st.lists(TEXT, min_size=1, max_size=4),
)
def test_whatever_is_written_for_reading_is_read_back(
    title: str, text: str, items: Sequence[str]
) -> None:
    if any(yamlfile.CONTROL.search(each) for each in (title, text, *items)):
        return
    block = as_yaml({"title": title, "situation": text, "action": items, "weight": 3})
    value, problems = yamlfile.read(f"notes:\n{block}".encode(), "x")
    assert problems == []
    assert value["notes"] == [
        {"title": title, "situation": text, "action": list(items), "weight": 3}
    ]


# List and check


def test_without_stories_each_command_says_how_to_begin(user: User) -> None:
    for name in ("list", "check"):
        assert user.does("story", name).out == "No story yet. Begin with: greenflag story new\n"
        assert user.json("story", name)["stories"] == []
    assert user.does("story", "matrix").out.endswith(
        "No story yet.\nNext: greenflag story new --competency customer-recovery\n"
    )
    said = user.does("story", "for", "q-irate-customer").out
    assert said.endswith("Tell one: greenflag story new --answers q-irate-customer\n")


def test_the_list_tells_what_each_story_shows_answers_and_takes(user: User) -> None:
    user.does("story", "new", lines=STORY)
    assert user.does("story", "list").out == (
        "The refund queue  ·  0:26 spoken  ·  0 to mend  ·  story-the-refund-queue\n"
        "  shows service-improvement\n  answers q-process-change\n"
        "1 story of at least 5. Gaps: greenflag story matrix\n"
    )
    (told,) = user.json("story", "list")["stories"]
    assert told.keys() == {
        "story", "title", "file", "competencies", "answers", "unknown", "seconds", "findings",
        "told_to",
    }  # fmt: skip


def test_an_answer_to_a_question_that_no_deck_has_is_named(user: User) -> None:
    user.does("story", "new", lines=STORY)
    path = user.decks / "stories.yaml"
    path.write_text(path.read_text("utf-8").replace("q-process-change", "q-gone"), "utf-8")
    assert "no deck has the question: q-gone" in user.does("story", "list").out
    assert user.json("story", "list")["stories"][0]["unknown"] == ["q-gone"]


BROKEN = typed(
    "Angry", "A key customer was furious about a late van.", "The team had to keep the account.",
    "We called them.", "I answered every ticket myself.", "", "They were much happier.", "",
    "customer-recovery", "",
)  # fmt: skip


def test_check_names_each_fault_with_its_words_why_and_how(user: User) -> None:
    user.does("story", "new", lines=BROKEN)
    said = user.does("story", "check", "angry").out
    for words in (
        "Angry  ·  0:12 spoken  ·  6 things to mend", "situation, negative-start “furious”",
        "task, task-not-own “The team had to keep the account.”", "action, we “We called”",
        "action, agent-level “answered every ticket”", "result, no-figure “were much happier”",
        "takeaway, no-takeaway\n", "Mend with: greenflag edit story-angry",
    ):  # fmt: skip
        assert words in said, words
    assert max(map(len, said.splitlines())) <= 80
    (told,) = user.json("story", "check", "story-angry")["stories"]
    assert {tuple(fault) for fault in told["findings"]} == {
        ("part", "rule", "text", "start", "end", "reason", "advice")
    }
    assert [fault["part"] for fault in told["findings"]] == [
        "situation", "task", "action", "action", "result", "takeaway",
    ]  # fmt: skip


def test_a_story_of_ten_thousand_words_is_checked_and_said_to_be_too_long(user: User) -> None:
    steps = json.dumps(["I moved it. " * 330] * 10)
    user.deck(
        "long.yaml",
        "deck: Long\nnotes:\n- {kind: story, id: long, title: Long, situation: Was., task: I was,"
        f" action: {steps}, result: R, competencies: [team-leadership]}}\n",
    )
    (told,) = user.json("story", "check")["stories"]
    assert told["seconds"] > 4000
    (fault,) = [each for each in told["findings"] if each["rule"] == "too-long"]
    assert fault["part"] == "action" and fault["text"]
    assert user.does("story", "list").status == 0


def test_a_story_that_is_not_there_is_one_line(user: User) -> None:
    assert "no story 'x'" in one_line(user("story", "check", "x"))
    assert "no question 'x'" in one_line(user("story", "for", "x"))
    assert "\x1b" not in one_line(user("story", "check", "\x1b[2J"))


# The matrix


def test_the_matrix_weighs_cells_by_recall_on_the_day_of_the_interview(user: User) -> None:
    id_ = tell(user, "Weighed", "team-leadership", "q-delegation")
    cards = user.json("show", id_)["cards"]
    assert user.json("story", "matrix")["stories"][0]["recall"] == pytest.approx(0.2)
    for _ in cards:
        while (shown := user.json("next", "--kind", "story"))["card"] is None:
            user.at = f"2026-03-{int(user.at[8:10]) + 1:02}T10:00"
        user.does("rate", shown["card"], "good")
    now = user.json("story", "matrix")
    assert now["day"] == user.at[:10] and now["stories"][0]["recall"] > 0.6
    user.does(
        "interview", "add", "--company", "Acme", "--date", "2026-06-01",
        "--focus", "hiring-development",
    )  # fmt: skip
    then = user.json("story", "matrix")
    assert then["day"] == "2026-06-01"
    assert 0.2 < then["stories"][0]["recall"] < now["stories"][0]["recall"]
    weights = {row["competency"]: row["weight"] for row in now["competencies"]}
    focused = {row["competency"]: row["weight"] for row in then["competencies"]}
    assert focused["hiring-development"] == 2 * weights["hiring-development"]


def test_the_matrix_counts_what_the_next_interview_takes_in(user: User) -> None:
    user.deck(
        "nurse.yaml",
        "deck: Nurse\ncompetencies: {triage: T, bedside: B}\nnotes:\n"
        "- {kind: question, id: n-1, competency: triage, question: Who?, intent: I,"
        " key_points: [k]}\n"
        "- {kind: question, id: n-2, competency: bedside, question: How?, intent: I,"
        " key_points: [k]}\n",
    )
    user.does("interview", "add", "--company", "A", "--date", "+5", "--decks", "Nurse",
              "--without", "bedside")  # fmt: skip
    (row,) = user.json("story", "matrix")["competencies"]
    assert row["competency"] == "triage" and row["questions"] == 1


def test_the_matrix_names_gaps_and_the_next_step_on_80_columns(user: User) -> None:
    for number in range(30):
        tell(user, f"Story {number} " + "二" * 40, "team-leadership", "q-delegation")
    said = user.does("story", "matrix").out
    rows = [line for line in said.splitlines() if "·" in line]
    assert rows and all(len(line) <= 80 for line in rows)
    assert "AD  Story 29" in said and "30 stories, more than 7" in said
    assert "No story for customer-recovery (12 questions), nor for 10 more." in said
    assert said.splitlines()[-1] == "Next: greenflag edit story-story-0"


def test_the_document_of_the_matrix_has_the_keys_that_are_written_down(user: User) -> None:
    tell(user, "One", "team-leadership", "q-delegation")
    told = user.json("story", "matrix")
    assert told.keys() == {
        "format", "day", "stories", "competencies", "clusters", "share", "remarks", "next",
    }  # fmt: skip
    row = next(each for each in told["clusters"] if each["cells"])
    assert row == {
        "competency": "team-leadership", "question_kind": "behavioural", "questions": 6,
        "weight": 24.0, "cells": [{"story": "story-one", "recall": pytest.approx(0.2)}],
    }  # fmt: skip
    assert told["next"] == told["remarks"][0]["do"]


# Which story fits


def test_the_fitting_stories_are_explained(user: User) -> None:
    user.does("story", "new", lines=STORY)
    assert user.json("story", "for", "q-process-change")["fits"] == [
        {
            "story": "story-the-refund-queue", "title": "The refund queue", "chosen": True,
            "competency": "service-improvement", "shares": ["step"],
            "why": "you chose it; shows service-improvement, which this question is about;"
                   " shares: step",
        }
    ]  # fmt: skip
    assert "shows service-improvement" in user.does("story", "for", "q-creative-solution").out


# The back of a question


QUESTION = "q-process-change"
OWN = "\n\n**Your story**: The refund queue\n\nThe wait fell from six days to two within a quarter."


def backs(user: User) -> list[str]:
    return [card["back"] for card in user.json("show", QUESTION)["cards"]]


def test_a_chosen_story_stands_on_the_back_until_it_is_gone(user: User) -> None:
    before = backs(user)
    user.does("story", "new", lines=STORY)
    assert backs(user) == [back + OWN for back in before]
    tell(user, "Another", "team-leadership", QUESTION)
    assert backs(user) == [back + OWN + "\n\nAlso: Another" for back in before]
    user.does("undo")
    assert backs(user) == [back + OWN for back in before]
    (user.decks / "stories.yaml").unlink()
    assert backs(user) == before


def test_next_and_a_sitting_show_it_and_the_store_keeps_the_card_as_it_was(user: User) -> None:
    kept = user.rows("SELECT id, back FROM cards WHERE note = ? ORDER BY id", QUESTION)
    user.does("story", "new", lines=STORY)
    competency = ("--competency", "service-improvement", "--kind", "question")
    while (shown := user.json("next", *competency))["note"] != QUESTION:
        assert "Your story" not in shown["back"]
        user.does("suspend", shown["note"])
    assert shown["back"].endswith(OWN)
    assert "Your story" in user.does("review", "--limit", 1, *competency, lines="\n3\n").out
    assert user.rows("SELECT id, back FROM cards WHERE note = ? ORDER BY id", QUESTION) == kept


def test_only_stories_of_ones_own_are_chosen_and_listed(small: User) -> None:
    shipped = small.home.parent / "shipped" / "more.yaml"
    shipped.write_text(
        "deck: More\nnotes:\n- {kind: question, id: q, question: Q?, intent: I, key_points: [K]}\n"
        "- {kind: story, id: s, title: Theirs, situation: S, task: T, action: A, result: R,"
        " competencies: [team-leadership], answers: [q]}\n"
    )
    assert all("Theirs" not in card["back"] for card in small.json("show", "q")["cards"])
    assert small.json("story", "list")["stories"] == []


def test_next_imports_nothing_for_a_question_without_a_story(user: User) -> None:
    """The module of the text is imported when there is a text to make."""

    def imported() -> set[str]:
        said = user.process("next", "--json", "--kind", "question", PYTHONPROFILEIMPORTTIME="1")
        assert said.status == 0
        return set(re.findall(r"\| +(greenflag[\w.]*)$", said.err, re.M))

    user.does("next", "--kind", "question")
    before = imported()
    assert "greenflag.content.chosen" not in before and "greenflag.cli.day" in before
    assert not any(
        "greenflag.interview" in name or name.endswith("content.notes") for name in before
    )
    shown = user.json("next", "--kind", "question")["note"]
    tell(user, "Chosen", "team-leadership", shown)
    user.does("next", "--kind", "question")
    assert imported() - before == {"greenflag.content.chosen"}


# A weakness told as growth


WEAKNESS = (
    "I say yes too fast to customers", "My team stayed late twice a week",
    "I answer 'yes, if' and confirm it in writing", "Late promises, from 13 to 3 a month", "",
)  # fmt: skip


def test_a_weakness_becomes_a_reframe_of_ones_own(user: User) -> None:
    said = user.does("story", "reframe", lines=typed(*WEAKNESS))
    assert "for example: " in said.out and "Its id is reframe-i-say-yes-too-fast-to." in said.out
    fields = user.json("show", "reframe-i-say-yes-too-fast-to")["fields"]
    assert fields["reframe"] == (
        "My team stayed late twice a week. I answer 'yes, if' and confirm it in writing."
        " Late promises, from 13 to 3 a month."
    )
    assert (user.decks / "reframes.yaml").exists()
    user.does("undo")
    assert not (user.decks / "reframes.yaml").exists()


@pytest.mark.parametrize(
    ("number", "text", "named"),
    [(2, "I try to be more careful", "intention"), (3, "much better", "no number"),
     (0, "", "weakness is needed"), (1, "\x07", "impact is needed")],
)  # fmt: skip
def test_a_practice_or_metric_that_is_none_is_refused(
    user: User, number: int, text: str, named: str
) -> None:
    lines = [*WEAKNESS]
    lines[number] = text
    said = user("story", "reframe", lines=typed(*lines))
    assert said.status == 1 and named in said.err and "nothing was written" in said.err
    assert not (user.decks / "reframes.yaml").exists()


@pytest.mark.parametrize("lines", range(5))
def test_a_reframe_cut_short_is_not_written(user: User, lines: int) -> None:
    said = user("story", "reframe", lines=typed(*WEAKNESS[:lines]))
    assert "the input ended before the reframe was whole" in said.err
    assert not (user.decks / "reframes.yaml").exists()


# Whatever is typed


def test_no_lines_make_a_traceback_or_half_a_story(small: User) -> None:
    texts = st.sampled_from(
        ["", "1", "team-leadership", "I did it.", "\x1b[31m", "x" * 300, "9 to 4"]
    )

    @given(st.lists(texts | st.text(max_size=40), max_size=14), st.sampled_from(["new", "reframe"]))
    @settings(
        max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
    )
    def holds(lines: list[str], name: str) -> None:
        said = small("story", name, lines="\n".join(lines).encode("utf-8", "replace"))
        assert said.status in (0, 1) and "\x1b" not in said.out + said.err, said
        if said.status:
            assert said.err

    holds()
    assert small.does("deck", "check").out.endswith("all good.\n")
    assert small.does("story", "matrix").status == 0


# A journey at a real terminal


@pytest.fixture
def sitting(user: User, tmp_path: Path) -> Iterator[pexpect.spawn]:
    """Bash on a terminal, with an editor that mends the task of a story."""
    editor = user.editor("sed -i 's/The team had to keep/I was to keep/' $file")
    path = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"
    shell = pexpect.spawn(
        "bash", ["--noprofile", "--norc"], encoding="utf-8", timeout=30, dimensions=(60, 80),
        env=user.environment(PATH=path, TERM="xterm", EDITOR=editor, PS1="ready> "),
    )  # fmt: skip
    shell.delaybeforesend = None
    shell.expect_exact("ready> ")
    yield shell
    shell.close(force=True)


def answer(shell: pexpect.spawn, asked: str, text: str) -> None:
    shell.expect_exact(f"\n{asked}:")
    shell.expect_exact("> ")
    shell.sendline(text)


def tell_there(shell: pexpect.spawn, *parts: str, competency: str, questions: str) -> None:
    shell.sendline("greenflag story new")
    names = ("Title", "Situation", "Task", "Action")
    for name, text in zip(names, parts, strict=False):
        answer(shell, name, text)
    for text in (*parts[4:-2], ""):
        shell.expect_exact("> ")
        shell.sendline(text)
    for name, text in zip(("Result", "Takeaway"), parts[-2:], strict=True):
        answer(shell, name, text)
    answer(shell, "Competencies", competency)
    answer(shell, "Questions", questions)
    shell.expect_exact("Saved: 1 added.")
    shell.expect_exact("ready> ")


def test_five_stories_are_told_one_is_mended_and_the_matrix_is_read(
    user: User, sitting: pexpect.spawn
) -> None:
    story = (*PARTS[1:5], PARTS[6], PARTS[7])
    for number, competency in enumerate(
        ("service-improvement", "team-leadership", "performance-coaching", "metrics-insight")
    ):
        tell_there(sitting, f"Story {number}", *story, competency=competency, questions="1")
    broken = ("Angry", PARTS[1], "The team had to keep the account.", *story[2:])
    tell_there(sitting, *broken, competency="customer-recovery", questions="q-irate-customer")

    sitting.sendline("greenflag story check angry; greenflag edit story-angry")
    sitting.expect_exact("task, task-not-own")
    sitting.expect_exact("1 reworded")
    sitting.expect_exact("ready> ")
    sitting.sendline("greenflag story check angry")
    sitting.expect_exact("nothing to mend")
    sitting.expect_exact("ready> ")

    sitting.sendline("greenflag story matrix")
    sitting.expect(r"competency +A +B +C +D +E\r\n")
    sitting.expect(r"customer-recovery +· +· +· +· +20\r\n")
    sitting.expect(r"service-improvement +20 +· +· +· +·\r\n")
    sitting.expect_exact("E  Angry (20%)")
    sitting.expect_exact("Next: greenflag story new --competency")
    sitting.expect_exact("ready> ")
    assert len(notes_of(user)) == 5
    assert user.json("story", "check", "story-angry")["stories"][0]["findings"] == []


def test_a_wrong_answer_is_asked_again_and_ctrl_d_writes_nothing(
    user: User, sitting: pexpect.spawn
) -> None:
    sitting.sendline("greenflag story reframe")
    answer(sitting, "Weakness", "")
    sitting.expect_exact("Weakness is needed.")
    sitting.sendline(WEAKNESS[0])
    answer(sitting, "Impact", WEAKNESS[1])
    answer(sitting, "Practice", "I try to be more careful")
    sitting.expect_exact("intention")
    sitting.expect(r"the same\s+again keeps it.")
    sitting.sendline("I try to be more careful")
    answer(sitting, "Metric", "better")
    sitting.expect_exact("No number in it")
    sitting.expect_exact("> ")
    sitting.sendeof()
    sitting.expect_exact("the input ended before the reframe was whole (nothing was written)")
    sitting.expect_exact("ready> ")
    assert not (user.decks / "reframes.yaml").exists()
    sitting.sendline("greenflag story new")
    sitting.expect_exact("Title")
    sitting.expect_exact("> ")
    sitting.sendintr()
    sitting.expect_exact("ready> ")
    sitting.sendline("echo status $?")
    sitting.expect_exact("status 130")
    assert notes_of(user) == []
