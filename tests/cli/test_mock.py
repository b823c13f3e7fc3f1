"""`mock`: by lines, in JSON, at a terminal, broken off and taken up, and what is hostile to it."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.cli.conftest import Open
from tests.cli.runner import PROGRAM, User, one_line

SPOKEN = (
    "At a parcel firm I led twelve agents. I set up a notice that goes out when a van is late."
    " Basically calls fell from 40% to 18% in three months."
)
QUESTIONS = "deck: Mine\nnotes:\n" + "".join(
    f"- {{kind: question, id: mine-{n}, competency: fit, question: 'Mine {n}?', intent: I,"
    " key_points: [One, Two, Three]}\n"
    for n in range(4)
)


@pytest.fixture
def mine(small: User) -> User:
    """A user with four questions of their own and no others."""
    small.deck("mine.yaml", "competencies: {fit: Fits}\n" + QUESTIONS)
    return small


def told(user: User) -> list[Any]:
    return user.rows("SELECT note, state, source, answer, said, remark FROM rehearsals ORDER BY id")


def mocks(user: User) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = user.json("mock", "--list")["mocks"]
    return found


# By lines


def test_three_lines_a_question_and_a_page_at_the_end(mine: User) -> None:
    said = mine.does("mock", "--questions", 2, "--seed", 1, lines=f"{SPOKEN}\n1 3\nslower\n\n\n\n")
    assert "2 of 2 questions answered" in said.out and "About 0:" in said.out
    assert re.search(r"fit +2 +1 of 1 +2 of 6 +1", said.out), said.out
    first, second = told(mine)
    assert first[1:] == ("done", "typed", SPOKEN, "[0, 2]", "slower")
    assert second[1:] == ("done", "aloud", None, "[]", "")
    assert mocks(mine)[0]["finished"]


def test_the_end_of_input_stops_it_and_the_next_call_goes_on(mine: User) -> None:
    out = mine.does("mock", "--questions", 3, lines=f"{SPOKEN}\n").out
    assert "Stopped; it goes on with: greenflag mock" in " ".join(out.split())
    again = mine.does("mock", lines="1\n\ns\n").out
    assert "was broken off. It goes on" in again and "question 2 of 3" in again
    assert [row[1] for row in told(mine)] == ["done", "skipped"]
    assert "Only" not in out
    assert len(mocks(mine)) == 1 and mocks(mine)[0]["finished"] is None


def test_new_begins_another_and_the_old_one_stays_in_the_list(mine: User) -> None:
    mine.does("mock", lines="q\n")
    mine.does("mock", "--new", lines="q\n")
    assert [each["id"] for each in mocks(mine)] == [2, 1]
    listed = mine.does("mock", "--list").out
    assert listed.count("broken off") == 2 and "0 of 4 answered" in listed


def test_only_the_latest_says_that_it_goes_on(mine: User) -> None:
    mine.does("mock", "--new", lines=f"{SPOKEN}\n")
    mine.does("mock", "--new", lines=f"{SPOKEN}\n")
    assert "it goes on with" not in " ".join(mine.does("mock", "--show", 1).out.split())
    assert "it goes on with" in " ".join(mine.does("mock", "--show", 2).out.split())


def test_what_the_rules_cannot_read_is_said_and_no_figure_is_missed(mine: User) -> None:
    out = mine.does("mock", lines="قمت بتقليل وقت الانتظار من 10 إلى 3 دقائق في ستة أسابيع\n").out
    assert "does not look like English" in out and "no figure" not in out


def test_the_same_seed_asks_the_same(user: User) -> None:
    first = user.json("mock", "--seed", 7, "--new")["questions"]
    user.does("undo")
    assert user.json("mock", "--seed", 7, "--new")["questions"] == first
    assert user.json("mock", "--seed", 8, "--new")["questions"] != first


def test_a_surprise_brings_the_words_of_the_decks_that_gain_time(user: User) -> None:
    out = user.does("mock", "--questions", 2, "--seed", 3, lines="s\n").out
    assert "A surprise." in out and "Give me a moment to think" in out


def test_filters_draw_what_they_say(user: User) -> None:
    only = ("--competency", "metrics-insight", "--kind", "technical", "--questions", 50, "--new")
    found = user.json("mock", *only)["questions"]
    assert found and {each["competency"] for each in found} == {"metrics-insight"}
    assert "no competency 'x'" in one_line(user("mock", "--competency", "x", "--new"))


def test_questions_are_those_the_next_interview_takes_in(user: User) -> None:
    user.deck("mine.yaml", "competencies: {fit: Fits}\n" + QUESTIONS)
    user.does("interview", "add", "--company", "A", "--date", "+5", "--decks", "Mine")
    asked = {each["note"] for each in user.json("mock", "--questions", 9)["questions"]}
    assert asked == {f"mine-{n}" for n in range(4)}
    named = user.json("mock", "--new", "--questions", 2, "--competency", "team-leadership")
    assert {each["competency"] for each in named["questions"]} == {"team-leadership"}


def test_what_came_up_lately_is_likelier_and_says_so(mine: User) -> None:
    mine.does("interview", "add", "--company", "A", "--date", "+0", "--time", "12:00")
    mine.at = "2026-03-03T10:00"
    mine.does("debrief", 1, "--asked", "mine-2 = 1")
    whys = {each["note"]: each["why"] for each in mine.json("mock", "--seed", 3)["questions"]}
    others = [why for note, why in whys.items() if note != "mine-2" and "surprise" not in why]
    assert "came up in an interview lately" in whys["mine-2"] or "surprise" in whys["mine-2"]
    assert not any("came up" in why for why in others)


def test_fewer_questions_than_asked_for_are_said(mine: User) -> None:
    assert "Only 4 questions fit." in mine.does("mock", "--questions", 9, lines="q\n").out
    assert "Only" not in mine.does("mock", lines="q\n").out


def test_unseen_leaves_out_what_was_seen(mine: User) -> None:
    card = mine.json("next", "--kind", "question")["card"]
    mine.does("rate", card, "good")
    asked = {each["note"] for each in mine.json("mock", "--unseen", "--questions", 9)["questions"]}
    assert asked == {f"mine-{n}" for n in range(4)} - {card.partition("/")[0]}


def test_the_own_story_that_names_the_question_is_shown(mine: User) -> None:
    mine.deck(
        "stories.yaml",
        "deck: Stories\nnotes:\n- {kind: story, id: vans, title: Late vans, situation: S, task: T,"
        " action: I set up notices, result: From 40% to 18%, competencies: [interview-craft],"
        " answers: [mine-0, mine-1, mine-2, mine-3]}\n",
    )
    out = mine.does("mock", lines="Words\n1\n\nq\n").out
    assert "Your story: Late vans" in out and "Result: From 40% to 18%" in out
    assert mine.rows("SELECT story FROM rehearsals") == [("vans",)]


def test_a_story_is_told_in_sentences_and_no_figure_twice(mine: User) -> None:
    mine.deck(
        "stories.yaml",
        "deck: Stories\nnotes:\n- {kind: story, id: vans, title: Late vans, situation: S, task: T,"
        " action: [I rang., I wrote], result: 'Late vans: 40% to 18%.', takeaway: L,"
        " figures: ['40% to 18%', 12 vans], competencies: [interview-craft],"
        " answers: [mine-0, mine-1, mine-2, mine-3]}\n",
    )
    out = mine.does("mock", lines="Words\n").out
    assert "Action: I rang. I wrote." in out and "Figures: 12 vans" in out, out


def test_flags_of_the_competency_are_shown(user: User) -> None:
    out = user.does("mock", "--competency", "customer-recovery", lines="Words\n").out
    assert "Green flags: " in out and "Red flags: " in out


# What got better


def test_the_same_question_is_compared_with_last_time(mine: User) -> None:
    only_one = QUESTIONS[: QUESTIONS.index("- {kind: question, id: mine-1")]
    mine.deck("mine.yaml", f"competencies: {{fit: Fits}}\n{only_one}")
    mine.does("mock", lines="Basically we did it, basically, you know.\n1\n\n")
    mine.at = "2026-03-04T10:00"
    said = mine.does("mock", lines=f"{SPOKEN} {SPOKEN}\n1 2 3\n\n")
    assert "Better than last time" in said.out and "key points 33%, now 100%" in said.out
    (since,) = mine.json("mock", "--show", 2)["since"]
    better = {change["what"]: change["better"] for change in since["changes"]}
    assert since["same_question"] and better["points"] and better["figure"]


def test_another_question_is_compared_with_those_of_its_competency(mine: User) -> None:
    mine.does("mock", "--questions", 2, "--seed", 1, lines=f"{SPOKEN}\n1\n\n\n1\n\n")
    mine.does("mock", "--questions", 2, "--seed", 1, lines=f"{SPOKEN}\n1 2\n\n\n1 2\n\n")
    said = mine.does("mock", "--show", 2).out
    assert "against your answers on fit" in " ".join(said.split())


# For programs


def test_json_is_one_document_that_says_what_is_wanted_next(mine: User) -> None:
    first = mine.json("mock", "--questions", 2, "--seed", 4)
    assert (first["wants"], first["question"], first["resumed"]) == ("answer", 1, False)
    assert first["questions"][0]["key_points"] == ["One", "Two", "Three"]
    assert all(each["why"] for each in first["questions"])
    steps = [("Words of mine", "points", 1), ("1 3", "remark", 1), ("ok", "answer", 2),
             ("s", None, None)]  # fmt: skip
    for line, wants, question in steps:
        said = mine.does("mock", "--json", lines=f"{line}\n").json
        assert (said["wants"], said["question"], said["resumed"]) == (wants, question, True)
    assert said["questions"][0]["said"] == [1, 3] and said["questions"][0]["remark"] == "ok"
    assert said["competencies"][0]["points"] == 3
    assert mine.json("mock", "--show", 1)["questions"] == said["questions"]


def test_list_and_show_begin_nothing(mine: User) -> None:
    assert mine.json("mock", "--list") == {"format": 1, "mocks": []}
    assert "No mock interview yet" in mine.does("mock", "--list").out
    assert "no mock interview 3 (see: greenflag mock --list)" in one_line(mine("mock", "--show", 3))
    assert mine.rows("SELECT * FROM mocks") == []


# Kept apart, and taken back


def test_rehearsals_change_no_review_and_no_memory(mine: User) -> None:
    mine.does("review", lines="3\n1\n3\n")
    before = {name: rows for name, rows in mine.content().items() if name != "acts"}
    today = mine.json("next")["card"]
    mine.does("mock", lines=f"{SPOKEN}\n1 3\nslower\n\n\n\n\n\n\n\n\n\n")
    (mine.home / "a.txt").write_text(SPOKEN)
    mine.does("answer", mine.home / "a.txt", "--question", "mine-1")
    mine.does("rebuild")
    assert {name: rows for name, rows in mine.content().items() if name != "acts"} == before
    assert mine.json("next")["card"] == today
    checks = mine("doctor", "--json").json["checks"]
    assert {check["name"]: check["ok"] for check in checks}["memories"]


def test_undo_takes_back_the_whole_mock_and_then_what_was_before(mine: User) -> None:
    mine.does("review", lines="3\n")
    mine.does("mock", lines=f"{SPOKEN}\n1\n\n")
    said = mine.does("undo").out
    assert "Taken back: the mock interview of 2026-03-02 10:00" in said
    assert told(mine) == [] and mocks(mine) == []
    assert "the rating of" in mine.does("undo").out


def test_an_answer_is_kept_compared_and_taken_back(mine: User, tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text(f"Basically, basically: {SPOKEN}")
    second.write_text(SPOKEN)
    out = mine.does("answer", first, "--question", "mine-1").out
    assert "Kept as a rehearsal of mine-1. The next one is compared with it." in out
    said = mine.json("answer", second, "--question", "mine-1")["rehearsal"]
    (filler,) = [change for change in said["changes"] if change["what"] == "filler"]
    assert (filler["how"], filler["before"], filler["now"]) == ("improved", 3, 1)
    assert said["before"]
    assert [row[:3] for row in told(mine)] == [("mine-1", "done", "typed")] * 2
    assert "Taken back: the rehearsal of mine-1." in mine.does("undo").out
    assert len(told(mine)) == 1
    out = mine.does("answer", second, "--question", "mine-1", "--without", "filler").out
    assert "improved: 1 filler in" in " ".join(out.split())


def test_large_numbers_are_told_in_full(mine: User, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("word " * 12_000, "utf-8")
    mine.does("answer", path, "--question", "mine-1")
    path.write_text("We cut waiting from 9 to 3 days.", "utf-8")
    said = " ".join(mine.does("answer", path, "--question", "mine-1").out.split())
    assert "before none in 12,000" in said and "11,992 words shorter: 8, before 12,000" in said


def test_an_answer_to_no_question_is_refused_and_not_kept(mine: User, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SPOKEN)
    for note in ("nowhere", "one", ""):
        assert "no question" in one_line(mine("answer", tmp_path / "a.txt", "--question", note))
    assert told(mine) == []


# Hostile


def test_decks_without_questions_are_one_line(small: User) -> None:
    assert "the decks hold no questions" in one_line(small("mock"))
    small.deck("mine.yaml", "competencies: {fit: Fits}\n" + QUESTIONS)
    assert "no question fits" in one_line(small("mock", "--kind", "technical"))
    assert small.rows("SELECT * FROM mocks") == []


@pytest.mark.parametrize("minutes", ["nan", "inf", "0", "-1", "61", "two"])
def test_minutes_that_are_none_are_refused(mine: User, minutes: str) -> None:
    assert "'--minutes'" in mine("mock", "--minutes", minutes).err
    assert mocks(mine) == []


def test_questions_that_left_the_decks_are_passed_over(mine: User) -> None:
    mine.does("mock", "--questions", 4, lines="Words\n")
    first = told(mine)[0][0]
    kept = [line for line in QUESTIONS.split("- ")[1:] if first in line]
    mine.deck("mine.yaml", "deck: Mine\nnotes: []\n")
    out = mine.does("mock", lines="1\nslower\n").out
    assert kept and "Three" in out, "what was begun is brought to its end"
    assert [row[1] for row in told(mine)] == ["done", "gone", "gone", "gone"]
    assert mocks(mine)[0]["finished"] and "3 passed over" in " ".join(out.split())


def test_a_question_that_became_another_kind_of_note_is_passed_over(mine: User) -> None:
    mine.does("mock", "--questions", 4, lines="q\n")
    mine.deck(
        "mine.yaml",
        "deck: Mine\nnotes:\n"
        + "".join(f"- {{kind: basic, id: mine-{n}, front: F, back: B}}\n" for n in range(4)),
    )
    mine.does("mock", lines="")
    assert {row[1] for row in told(mine)} == {"gone"}


def test_a_clock_set_back_loses_nothing(mine: User) -> None:
    mine.does("mock", "--questions", 2, lines=f"{SPOKEN}\n1\n\n")
    mine.at = "2024-01-01T10:00"
    mine.does("mock", lines=f"{SPOKEN}\n1\n\n")
    (one,) = mocks(mine)
    assert one["finished"] == one["started"] and one["answered"] == 2
    mine.does("mock", lines="q\n")
    assert mocks(mine)[0]["started"] < one["started"]


def test_control_characters_reach_no_terminal(mine: User) -> None:
    evil = "I led \x1b[31mfive\x07 agents\x9b by \u202e40%"
    out = mine.does("mock", "--questions", 1, lines=f"{evil}\n1\n{evil}\n").out
    out += mine.does("mock", "--show", 1).out + mine.does("mock", "--show", 1, "--json").out
    assert not set(out) & set("\x1b\x07\x9b\u202e")


def test_a_huge_transcript_is_refused_in_a_line_and_the_question_stays(
    mine: User, tmp_path: Path
) -> None:
    huge = tmp_path / "huge.vtt"
    with huge.open("wb") as file:
        file.truncate(50 * 2**20)
    out = mine.does("mock", lines=f"f {huge}\nf {tmp_path}\nf /dev/zero\nf \0x\n").out
    said = " ".join(out.split())
    assert said.count("more than the 8 MiB that are read") == 2 and "Is a directory" in said
    assert told(mine) == [] and mocks(mine)[0]["finished"] is None
    assert "more than the 8 MiB" in one_line(mine("answer", huge))
    assert "more than the 8 MiB" in one_line(mine("answer", "/dev/zero"))


def test_a_transcript_given_beforehand_is_what_f_reads(mine: User, tmp_path: Path) -> None:
    captions = "WEBVTT\n\n00:00.000 --> 00:50.000\nI led twelve agents.\n"
    (tmp_path / "rec.vtt").write_text(captions)
    mine.does("mock", "--transcript", tmp_path / "rec.vtt", lines="f\n")
    assert mine.rows("SELECT source, seconds, answer FROM rehearsals") == [
        ("transcript", 50.0, "I led twelve agents.")
    ]


def test_two_at_once_lose_nothing_and_the_slower_is_told(user: User) -> None:
    user.does("mock", "--questions", 2, lines="q\n")
    with at_a_terminal(user, "mock") as slow:
        slow.expect_exact("go on")
        slow.send(" ")
        slow.expect_exact("speak")
        user.does("mock", lines=f"{SPOKEN}\n")
        slow.send(" ")
        slow.expect_exact("space finished")
        slow.send(" ")
        slow.expect_exact("went on elsewhere")
        slow.expect(pexpect.EOF)
        slow.wait()
        assert slow.exitstatus == 1
    assert told(user)[0][3] == SPOKEN


# At a terminal


@contextmanager
def at_a_terminal(user: User, *arguments: object, **more: str) -> Iterator[pexpect.spawn]:
    """The program on a terminal of its own."""
    spawned = pexpect.spawn(
        str(PROGRAM), [str(each) for each in arguments],
        env=user.environment(TERM="xterm-256color", **more), dimensions=(40, 100),
        encoding="utf-8", timeout=20,
    )  # fmt: skip
    spawned.delaybeforesend = None
    try:
        yield spawned
    finally:
        spawned.close(force=True)


def test_four_questions_killed_and_taken_up_again_lose_nothing(user: User) -> None:
    only = ("mock", "--questions", 4, "--seed", 11, "--no-follow-ups", "--competency",
            "team-leadership")  # fmt: skip
    with at_a_terminal(user, *only) as first:
        first.expect_exact("question 1 of 4")
        first.send(" ")
        first.expect_exact("space finished")
        first.send(" ")
        first.expect_exact("said or not")
        first.send("1")
        first.expect_exact("[x]")
        first.send("\r")
        first.expect_exact("For next time")
        first.send("slower\r")
        first.expect_exact("question 2 of 4")
        first.send(" ")
        first.expect_exact("space finished")
        first.send(" ")
        first.expect_exact("said or not")
        first.send("2")
        first.expect_exact("[x]")
        first.kill(signal.SIGKILL)
        first.wait()
    assert [row[1] for row in told(user)] == ["done", "told"]
    assert user.process("doctor").status == 0
    with at_a_terminal(user, "mock") as second:
        second.expect_exact("was broken off. Go on with it?")
        second.send(" ")
        second.expect_exact("question 2 of 4")
        second.expect_exact("[x]")
        second.expect_exact("said or not")
        second.send("\r")
        second.expect_exact("For next time")
        second.send("\r")
        for number in (3, 4):
            second.expect_exact(f"question {number} of 4")
            second.send("s")
        second.expect_exact("2 of 4 questions answered")
        second.expect(pexpect.EOF)
        second.wait()
        assert second.exitstatus == 0
    notes = [row[0] for row in told(user)]
    assert len(set(notes)) == 4
    assert [row[1:] for row in told(user)] == [
        ("done", "aloud", None, "[0]", "slower"), ("done", "aloud", None, "[1]", ""),
        ("skipped", "", None, "[]", ""), ("skipped", "", None, "[]", ""),
    ]  # fmt: skip
    assert mocks(user)[0]["finished"]


def test_one_broken_off_may_be_left_or_replaced(user: User) -> None:
    user.does("mock", "--questions", 2, lines="q\n")
    with at_a_terminal(user, "mock") as leaving:
        leaving.expect_exact("n a new one")
        leaving.send("xq")
        leaving.expect(pexpect.EOF)
    assert len(mocks(user)) == 1
    with at_a_terminal(user, "mock", "--questions", 3) as another:
        another.expect_exact("n a new one")
        another.send("n")
        another.expect_exact("question 1 of 3")
        another.send("q")
        another.expect(pexpect.EOF)
    assert [each["questions"] for each in mocks(user)] == [3, 2]


def test_ctrl_c_leaves_with_all_kept(user: User) -> None:
    with at_a_terminal(user, "mock", "--no-follow-ups") as child:
        child.expect_exact("speak")
        child.send(" ")
        child.expect_exact("space finished")
        child.send(" ")
        child.expect_exact("said or not")
        child.sendintr()
        child.expect_exact("1 of 6 questions answered")
        child.expect(pexpect.EOF)
        child.wait()
        assert child.exitstatus == 130 and "Traceback" not in child.before
    assert len(told(user)) == 1


def test_an_answer_is_typed_in_the_editor_and_leaves_no_file(user: User) -> None:
    editor = user.editor(f"echo '{SPOKEN}' > $file")
    with at_a_terminal(user, "mock", "--no-follow-ups", EDITOR=editor) as child:
        child.expect_exact("speak")
        child.send("t")
        child.expect_exact("In your answer")
        child.send("q")
        child.expect(pexpect.EOF)
    assert told(user)[0][2:4] == ("typed", SPOKEN)
    assert not list(user.home.glob("answer-*"))


def test_a_page_fits_a_small_terminal_and_gives_it_back(user: User, terminal: Open) -> None:
    shell = terminal(user, 40, 12)
    shell.line("clear; stty -g > $GREENFLAG_HOME/stty; greenflag mock --think 0 --no-follow-ups")
    shell.wait("0:00 of 2:00")
    shell.type("Space")
    shell.wait("in time", "more: space")
    shell.resize(80, 30)
    shell.wait("1 [ ]", "said or not")
    shell.type("1")
    shell.wait("1 [x]")
    shell.type("q")
    shell.wait("1 of 6 questions answered")
    shell.line("stty -g | diff - $GREENFLAG_HOME/stty && echo THE''SAME")
    shell.wait("THESAME")
