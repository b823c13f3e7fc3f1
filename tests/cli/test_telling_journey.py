"""From five stories to the debrief, with every step's effect seen where it should be."""

from __future__ import annotations

import signal

import pexpect
import pytest

from tests.cli.runner import User
from tests.cli.test_mock import at_a_terminal

AREAS = ("team-leadership", "customer-recovery", "metrics-insight", "hiring-development")
SITUATION = "In spring the queue of a parcel firm grew to 900 open cases, and agents left."
RESULT = "Open cases fell from 900 to 310 in 8 weeks, and nobody left."


def day(number: int, clock: str = "18:00") -> str:
    return f"2026-03-{number:02}T{clock}"


def story(user: User, title: str, area: str, task: str = "I had to halve it by June.") -> str:
    steps = ("I set up a daily list by age of case.", "I coached two seniors to run it.", "")
    lines = (title, SITUATION, task, *steps, RESULT, "I now measure age before volume.", "")
    said = user.does("story", "new", "--json", "--competency", area, lines="\n".join((*lines, "")))
    return str(said.json["note"])


@pytest.fixture
def applicant(user: User) -> User:
    user.at = day(2)
    user.does(
        "interview", "add", "--company", "Acme", "--role", "Manager", "--date", day(7)[:10],
        "--minutes", 15, "--focus", ",".join(AREAS[:2]),
    )  # fmt: skip
    return user


def shares(user: User) -> tuple[float, float, float]:
    told = user.json("ready")
    return tuple(told[name]["share"] for name in ("stories", "practice", "checklist"))


def test_stories_mock_checklist_interview_and_debrief_each_leave_their_mark(
    applicant: User,
) -> None:
    user = applicant
    assert shares(user) == (0, 0, 0)
    memories = user.rows("SELECT * FROM memory")

    # Stories: one is broken, found out, mended; the matrix and readiness know them.
    for number, area in enumerate(AREAS):
        story(user, f"Backlog {number}", area)
    broken = story(user, "The angry account", "customer-recovery", "The team had to keep it.")
    before = user.json("story", "check", broken)
    assert "task" in str(before["stories"][0]["findings"])
    editor = user.editor(
        "sed -i 's/The team had to keep it./I had to keep the account./' \"$file\""
    )
    assert user.shell(f"greenflag edit {broken}", EDITOR=editor).status == 0
    after = user.json("story", "check", broken)
    assert len(after["stories"][0]["findings"]) < len(before["stories"][0]["findings"])
    matrix = user.json("story", "matrix")
    assert len(matrix["stories"]) == 5
    assert shares(user)[0] == 1, "every area in focus has a story"
    assert any(card["kind"] == "story" for card in [user.json("next", "--kind", "story")])

    # A mock interview of four questions, killed and taken up again, moves no memory.
    with at_a_terminal(user, "mock", "--questions", 4, "--no-follow-ups", "--seed", 3) as first:
        first.expect_exact("question 1 of 4")
        first.send(" ")
        first.expect_exact("space finished")
        first.send(" ")
        first.expect_exact("said or not")
        first.kill(signal.SIGKILL)
        first.wait()
    with at_a_terminal(user, "mock") as second:
        second.expect_exact("Go on with it?")
        second.send(" ")
        second.expect_exact("said or not")
        second.send("1\r")
        second.expect_exact("For next time")
        second.send("begin with the figure\r")
        for number in (2, 3, 4):
            second.expect_exact(f"question {number} of 4")
            second.send("s")
        second.expect_exact("1 of 4 questions answered")
        second.expect(pexpect.EOF)
    practised = shares(user)[1]
    assert practised > 0
    assert user.rows("SELECT * FROM memory") == memories

    # The checklist is worked off; undo takes a tick back.
    items = [item["item"] for item in user.json("checklist")["items"] if item["side"] == "before"]
    user.does("checklist", "done", *items)
    assert shares(user)[2] == 1
    user.does("undo")
    assert shares(user)[2] == 0
    user.does("checklist", "done", *items)

    # The interview, and looking back: what came up weighs more from now on, also undone again.
    user.at = day(8)
    assert "debrief 1" in user.does().out
    user.does("interview", "add", "--company", "Beta", "--date", day(20)[:10], "--minutes", 15)
    question = user.rows(
        "SELECT id FROM notes WHERE kind = 'question' AND competency = 'hiring-development'"
        " ORDER BY weight, id LIMIT 1"
    )[0][0]
    wording = user.json("show", question)["fields"]["question"]
    weights = weight_of(user, question)
    user.does(
        "debrief", 1, "--asked", f"{wording} = weak | {broken} = fine",
        "--asked", "+ What would you change about our help centre? = strong",
        "--set", "learned=They lack night cover", "--outcome", "waiting",
    )  # fmt: skip
    assert weight_of(user, question) == pytest.approx(2.5 * weights, rel=0.02)
    assert "Acme" in str(user.json("story", "list"))
    assert "Acme: " in user.does("stats").out
    assert user.json("stats")["interviews"][0]["company"] == "Acme"
    found = user.json("search", "help centre")["notes"]
    assert any("help centre" in str(note) for note in found)
    assert user.json("interview", "list")["interviews"][0]["state"] == "done"
    assert "to do after Acme: greenflag checklist --interview 1" in user.does().out
    user.does("undo")
    assert weight_of(user, question) == weights
    assert "debrief 1" in user.does().out
    assert user.json("doctor")["ok"]


def weight_of(user: User, note: str) -> float:
    """What a note's first card counts in the plan for the next interview."""
    from greenflag.cli.app import App
    from greenflag.cli.day import Day
    from greenflag.cli.planning import Planning

    app = App()
    app.home_given, app.at_given = str(user.home), user.at
    try:
        planning = Planning(Day(app))
        each = planning.ahead[0]
        card = next(card for card in planning.cards_for(each) if card.note == note)
        return planning.weight_of(card, each)
    finally:
        app.close()
