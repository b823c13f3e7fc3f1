"""The debrief, and the way there: an interview in five days, prepared, held, looked back on."""

from __future__ import annotations

import signal
import subprocess
from typing import Any

import pytest

from tests.cli.conftest import Open
from tests.cli.runner import PROGRAM, User, one_line

DECK = """\
deck: Mine
notes:
- kind: question
  id: q-angry
  question: Tell me about an angry customer.
  also_asked: [How do you handle complaints?]
  intent: Calm
  key_points: [Listen]
- {kind: question, id: q-budget, question: How do you plan a budget?, intent: I, key_points: [k]}
- kind: story
  id: my-refund
  title: The refund
  situation: S
  task: T
  action: A
  result: R
  competencies: [customer-recovery]
- kind: checklist
  id: list
  title: L
  items:
  - {text: Read up, due: 2 days before, do: "interview research {id}"}
  - {text: Look back, due: 2 hours after, do: "debrief {id}"}
  - {text: Thank them, due: 24 hours after, do: "checklist thanks {id}"}
- kind: script
  id: script-thank-you
  title: Thanks
  use_when: After
  text: "Dear [Interviewer], [Highlight]. [Role]"
"""
AFTER = "2026-03-07T13:00"
LINES = """\
Ana: the nights
complaints

1
1
3
+ Why cats?
3

budget = 2
0

Calm answer
No figure

refund
Two offices; closed on Sundays
Monday: rewrite
2
"""
"""Everything that is asked, answered: three questions, the last of them left out after all."""


@pytest.fixture
def back(small: User) -> User:
    """A user five days after adding an interview at Acme, three hours after it began."""
    small.deck("d.yaml", DECK)
    small.does("interview", "add", "--company", "Acme", "--role", "Lead", "--date", "2026-03-07")
    small.at = AFTER
    return small


def shown(user: User, id_: int = 1) -> dict[str, Any]:
    told: dict[str, Any] = user.json("debrief", id_)
    return told


# The journey


def test_an_interview_from_the_first_day_to_the_last_word(small: User) -> None:
    small.does("deck", "sync")
    small.deck("d.yaml", DECK)
    small.does("interview", "add", "--company", "Acme", "--role", "Lead", "--date", "2026-03-07")
    small.does("interview", "research", "--set", "mission=Calm", "--set", "people=Ana, head")
    small.at = "2026-03-05T19:00"
    assert "1  Read up" in small.does("checklist").out
    small.does("checklist", "done", "1")
    small.at = AFTER
    assert "overdue" in [item["state"] for item in small.json("checklist")["items"]]
    said = small.does("debrief", lines=LINES).out
    assert "weak: Tell me about an angry customer.  ·  told: The refund (made them ask on)" in said
    assert "strong: Why cats?" in said and "1 of 2 answers went fine or strong." in said
    assert [item["state"] for item in small.json("checklist")["items"]] == ["done", "done", "now"]
    assert "Dear Ana, the nights. Lead" in small.does("checklist", "thanks").out
    small.does("checklist", "done", "3")
    assert small.json("interview", "list")["interviews"][0]["state"] == "done"
    assert small.does("doctor").status == 0
    for _ in range(5):  # the thanks, the debrief, the research, the preparation, the interview
        small.does("undo")
    assert small.json("interview", "list")["interviews"] == []
    assert [path.name for path in small.decks.iterdir()] == ["d.yaml"]
    assert small.does("doctor").status == 0


# Asking


def test_every_answer_is_kept_with_what_follows_from_it(back: User) -> None:
    said = back.does("debrief", lines=LINES).out
    assert "1  How do you handle complaints?" in said, "the wording that was meant"
    told = shown(back)["debrief"]
    assert told["answers"] == {
        "met": "Ana: the nights", "well": "Calm answer", "short": "No figure", "work": "refund",
        "learned": "Two offices; closed on Sundays", "next": "Monday: rewrite",
    }  # fmt: skip
    assert [(a["note"], a["went"], a["story"], a["landed"]) for a in told["asked"]] == [
        ("q-angry", 1, "my-refund", 3), ("asked-why-cats", 3, None, None),
    ]  # fmt: skip
    assert told["outcome"] == "next-round" and told["fine"] == 0.5
    learned = back.json("interview", "research", "1")["facts"]["learned"]
    assert learned == "Two offices\nclosed on Sundays"


def test_a_missing_question_becomes_a_note_of_ones_own(back: User) -> None:
    said = back.does("debrief", lines=LINES).out
    assert "greenflag edit asked-why-cats" in said
    note = back.json("show", "asked-why-cats")
    assert note["kind"] == "question" and note["file"] == "decks/mine.yaml"
    assert note["fields"]["intent"].startswith("TODO: what did Acme")


def test_the_end_of_input_half_way_leaves_a_draft_to_go_on_with(back: User) -> None:
    said = back.does("debrief", lines="Ana: nights\ncomplaints\n\n2\n").out
    assert "kept as a draft. Go on with: greenflag debrief 1" in said
    assert shown(back) == {
        "format": 1, "interview": shown(back)["interview"], "debrief": None, "draft": True,
    }  # fmt: skip
    said = back.does("debrief", lines="\nbudget\n\n3\n\n\nwell\n\n\n\n\n\n\n").out
    assert "Going on with what you wrote before" in said and "now: Ana: nights" in said
    told = shown(back)
    assert told["draft"] is False and told["debrief"]["answers"] == {
        "met": "Ana: nights", "well": "well",
    }  # fmt: skip


def test_a_kill_loses_nothing_that_was_answered(back: User) -> None:
    with subprocess.Popen(
        [PROGRAM, "debrief"], env=back.environment(PYTHONUNBUFFERED="1"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout
        process.stdin.write(b"Ana: nights\n+ Why cats?\n2\n\n")
        process.stdin.flush()
        while b"Noted" not in process.stdout.readline():
            pass
        process.kill()
        assert process.wait(30) == -signal.SIGKILL
    ((kept,),) = back.rows("SELECT answers FROM debriefs WHERE draft")
    assert "Ana: nights" in kept and '["", "Why cats?", 2, null, null]' in kept
    assert back.rows("SELECT count(*) FROM asked") == [(0,)]


def test_nothing_answered_is_nothing_kept(back: User) -> None:
    assert "Nothing answered" in back.does("debrief").out
    assert shown(back)["draft"] is False


def test_a_noted_question_can_be_taken_out_again(back: User) -> None:
    back.does("debrief", lines="\n+ A?\n1\n\n+ B?\n2\n\n")
    back.does("debrief", lines="\n-1\n" + "\n" * 9)
    assert [each["question"] for each in shown(back)["debrief"]["asked"]] == ["B?"]


def test_a_line_too_long_ends_it_and_its_rest_answers_nothing(back: User) -> None:
    for lines in ("Ana: nights\n" + "x" * 9_000 + "\n", "Ana: nights\n+ A\n" + "1" * 9_000 + "\n"):
        said = back("debrief", lines=lines)
        assert said.status == 1 and "more than 4,000 characters" in said.err, said
        assert "xxx" not in back.rows("SELECT answers FROM debriefs WHERE draft")[0][0]


def test_wrong_answers_are_asked_again(back: User) -> None:
    said = back.does("debrief", lines="\n…\ncomplaints\n7\n1\nwell\n2\nnone\n1\n4\n3\n").out
    assert "names no question" in said and "'7' is none of them" in said
    assert "'well' is none" in said and "no story 'none'" in said and "'4' is none" in said
    assert "Noted: Tell me about an angry customer." in said


def test_the_page_asks_without_its_hint_and_names_the_thanks_until_they_are_sent(
    back: User,
) -> None:
    said = back.does("debrief", lines=LINES).out
    assert said.count("In a few words, as:") == 1
    assert "Next: greenflag checklist thanks 1" in back.does("debrief", 1).out
    back.does("checklist", "done", "list/item-3", "--interview", 1)
    assert "Next:" not in back.does("debrief", 1).out


def test_decks_without_a_checklist_can_be_debriefed_and_give_thanks(back: User) -> None:
    head, _, rest = DECK.partition("- kind: checklist")
    back.deck("d.yaml", head + rest[rest.index("- kind: script") :])
    assert "weak: " in back.does("debrief", lines=LINES).out
    assert "Dear Ana" in back.does("checklist", "thanks", 1).out


def test_it_asks_on_a_terminal(back: User, terminal: Open) -> None:
    screen = terminal(back)
    screen.line("greenflag debrief")
    screen.wait("Whom did you meet")
    screen.line("Ana: nights")
    screen.wait("Which questions came up?")
    screen.line("+ Why cats?")
    screen.wait("How did your answer go?")
    screen.type("C-c")
    screen.wait("ready>")
    assert "Ana: nights" in back.rows("SELECT answers FROM debriefs WHERE draft")[0][0]


# By options and in the editor


def test_options_set_what_they_say_and_no_more(back: User) -> None:
    back.does("debrief", "--set", "well=a", "--asked", "angry customer = 1 | The ref = 2")
    back.does("debrief", "1", "--outcome", "offer", "--asked", "q-angry = 3")
    back.does("debrief", "1", "--set", "well=", "--set", "next=b")
    told = shown(back)["debrief"]
    assert told["answers"] == {"next": "b"} and told["outcome"] == "offer"
    assert [(a["note"], a["went"]) for a in told["asked"]] == [("q-angry", 3)]
    back.does("undo")
    back.does("undo")
    told = shown(back)["debrief"]
    assert told["outcome"] is None and told["asked"][0]["story"] == "my-refund"


def test_an_outcome_alone_leaves_the_debrief_to_be_done(back: User) -> None:
    back.does("debrief", "--outcome", "no")
    assert "Whom did you meet" in back.does("debrief").out
    assert "Look back" in back.does("checklist").out.partition("Done:")[0]


def test_the_form_in_the_editor_says_all_at_once(
    back: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = (
        's/^\\[asked\\]$/[asked]\\ncomplaints = 1 | my-refund = 2\\n+ Why cats?/;'
        's/^\\[well\\]$/[well]\\nCalm/; s/^\\[outcome\\]$/[outcome]\\nwaiting/'
    )  # fmt: skip
    monkeypatch.setenv("EDITOR", back.editor(f'sed -i "{fill}" "$file"'))
    back.does("debrief", "--editor")
    first = shown(back)["debrief"]
    assert [a["wording"] for a in first["asked"]] == ["complaints", "Why cats?"]
    assert first["answers"] == {"well": "Calm"} and first["outcome"] == "waiting"
    monkeypatch.setenv("EDITOR", back.editor('sed -i "s/^q-angry = 1/q-angry = 3/" "$file"'))
    back.does("debrief", "1", "--editor")
    second = shown(back)["debrief"]
    assert second["asked"] == [{**first["asked"][0], "went": 3}, first["asked"][1]]
    assert second["answers"] == first["answers"]


def test_a_form_that_cannot_be_read_is_not_lost(
    back: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'printf "[asked]\\nnothing of the sort\\n" > "$file"'
    monkeypatch.setenv("EDITOR", back.editor(script))
    said = one_line(back("debrief", "--editor"))
    (left,) = back.home.glob("form-*.txt")
    assert "no question like" in said and str(left) in said
    assert shown(back)["debrief"] is None


# What follows


def test_undo_makes_it_a_draft_that_finishes_the_same(back: User) -> None:
    back.does("debrief", lines=LINES)
    first = shown(back)["debrief"]
    assert "the debrief of Acme is as it was before" in back.does("undo").out
    assert [path.name for path in back.decks.iterdir()] == ["d.yaml"]
    assert shown(back)["debrief"] is None and shown(back)["draft"] is True
    assert back.json("interview", "list")["interviews"][0]["state"] == "planned"
    back.does("debrief", lines="\n" * 12)
    assert shown(back)["debrief"] == first


def test_readiness_that_was_told_is_held_against_what_came(back: User) -> None:
    back.at = "2026-03-06T13:00"
    back.does("next")
    (expected,) = back.rows("SELECT expected FROM forecasts")[0]
    back.at = AFTER
    said = back.does("debrief", "--asked", "complaints = 1", "--asked", "budget = 3").out
    assert f"Readiness said {expected * 100:.0f} %; 1 of 2 answers went fine or strong" in said
    assert shown(back)["debrief"]["expected"] == expected


def test_a_question_taken_out_of_the_decks_is_not_made_anew(back: User) -> None:
    back.does("debrief", "--asked", "complaints = 1")
    back.deck("d.yaml", DECK.replace("q-angry", "q-other"))
    back.does("debrief", "1", "--outcome", "no")
    assert not (back.decks / "mine.yaml").exists()


def test_what_was_learnt_in_a_second_talk_joins_the_first(back: User) -> None:
    back.does("debrief", "--set", "learned=a; b")
    back.does("interview", "add", "--company", "Acme", "--date", "2026-03-09")
    back.at = "2026-03-09T13:00"
    back.does("debrief", "--set", "learned=b; c")
    assert back.json("interview", "research", "2")["facts"]["learned"] == "a\nb\nc"


# Which interview


def test_the_last_one_without_a_debrief_is_meant(back: User) -> None:
    back.at = "2026-03-06T13:00"
    back.does("interview", "add", "--company", "Umbrella", "--date", "2026-03-08")
    back.at = "2026-03-09T13:00"
    assert "Debrief: Umbrella" in back.does("debrief").out
    back.does("debrief", "--set", "well=a")
    assert "Debrief: Acme" in back.does("debrief").out
    back.does("debrief", "--set", "well=b")
    assert "Debrief: Umbrella" in back.does("debrief").out and "a" in back.does("debrief", "2").out


def test_done_says_that_a_debrief_is_next(back: User) -> None:
    assert "greenflag debrief 1" in back.does("interview", "done", "1").out


def test_what_is_wrong_is_one_line_and_changes_nothing(back: User) -> None:
    for wrong in (
        ("--set", "colour=red"), ("--set", "well=" + "x" * 9_999), ("--asked", "…"),
        ("--asked", "groomed cats"), ("--asked", "complaints | nobody = 1"), ("9",), ("0",),
        ("--asked", "\x1b[31m"), ("--asked", "x" * 9_999),
    ):  # fmt: skip
        assert "\x1b" not in one_line(back("debrief", *wrong))
    back.deck("mine.yaml", "nonsense")
    refused = back("debrief", "--asked", "+ Why?")
    assert refused.status == 1 and "mine.yaml:1: a text instead of a deck" in refused.err
    (back.decks / "mine.yaml").unlink()
    back.at = "2026-03-06T13:00"
    assert "still to come" in one_line(back("debrief"))
    assert "still to come" in one_line(back("debrief", "1", "--outcome", "no"))
    back.does("interview", "cancel", "1", "--yes")
    assert "was cancelled" in one_line(back("debrief", "1"))
    assert "no interview yet" in one_line(back("debrief"))
    assert back.rows("SELECT * FROM debriefs") == []
