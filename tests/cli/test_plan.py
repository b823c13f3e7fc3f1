"""Interviews, the plan, readiness: a journey through the command line."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from greenflag.memory.schedule import DEFAULTS
from tests.cli.runner import User, one_line

START = "2026-11-21T19:00:00"


@pytest.fixture
def planned(user: User) -> User:
    user.at = START
    user.does(
        "interview", "add", "--company", "Acme", "--role", "Manager", "--date", "2026-12-01",
        "--minutes", "25", "--focus", "team-leadership", "--decks", "Questions: people",
    )  # fmt: skip
    return user


def test_an_interview_is_listed_changed_cancelled_and_each_undone(planned: User) -> None:
    (kept,) = planned.json("interview", "list")["interviews"]
    assert (kept["company"], kept["focus"], kept["state"]) == (
        "Acme",
        ["team-leadership"],
        "planned",
    )
    said = planned.does("interview", "change", 1, "--date", "2026-12-04").out
    assert "3 days more" in said
    assert "→" in said
    planned.does("interview", "cancel", 1)
    assert planned.json("interview", "list")["interviews"][0]["state"] == "cancelled"
    assert "the interview at Acme" in planned.does("undo").out
    planned.does("undo")
    assert planned.json("interview", "list")["interviews"] == [kept]
    planned.does("undo")
    assert planned.json("interview", "list")["interviews"] == []


def test_the_sitting_asks_what_the_plan_picks_and_says_why(planned: User) -> None:
    shown = planned.json("next")
    assert shown["deck"] == "Questions: people"
    assert "points to readiness per minute" in shown["reason"]
    asked = set()
    for _ in range(8):
        shown = planned.json("next")
        assert shown["note"] not in asked, "siblings of one note do not meet on a day"
        asked.add(shown["note"])
        planned.does("rate", shown["card"], "good", "--shown", shown["shown"], "--seconds", 20)
    assert planned.json("doctor")["ok"]


def test_the_plan_tells_every_day_and_whether_the_goal_is_reached(planned: User) -> None:
    told = planned.json("plan")
    assert [day["day"] for day in told["days"]] == [f"2026-11-{n}" for n in range(21, 31)]
    assert 0 < told["expected"] <= 1
    assert told["low"] <= told["expected"] <= told["high"]
    assert {"goal", "yes", "minutes_needed", "advice"} <= told["reachable"].keys()
    more = planned.json("plan", "--what-if", "minutes=50")
    assert more["expected"] >= told["expected"]
    assert "Expected at the interview" in planned.does("plan").out


def test_ready_is_honest_about_what_it_rests_on(planned: User) -> None:
    told = planned.json("ready")
    assert told["interview"]["company"] == "Acme"
    assert told["recall"]["unseen"] == 1
    assert told["recall"]["now"] < told["recall"]["expected"]
    assert told["stories"]["share"] == told["practice"]["share"] == told["checklist"]["share"] == 0
    assert told["stories"]["missing"] == ["team-leadership"]
    assert {step["share"] for step in told["next"]} >= {"readiness", "stories", "practice"}
    assert told["next"]
    assert [c["expected"] for c in told["competencies"]] == sorted(
        c["expected"] for c in told["competencies"]
    )
    said = planned.does("ready").out
    assert "none yet" in said
    assert "0 of your reviews" in said


def test_stats_hold_predictions_against_what_happened(planned: User) -> None:
    shown = planned.json("next")
    planned.does("rate", shown["card"], "good", "--shown", shown["shown"])
    planned.at = "2026-11-24T19:00:00"
    while shown["card"] != (again := planned.json("next"))["card"]:
        planned.does("suspend", again["card"])
    planned.does("rate", again["card"], "again", "--shown", again["shown"])
    told = planned.json("stats")
    assert told["reviews"] == 2
    assert told["retention"] == 0
    assert told["calibration"]["brier"] > 0.5
    assert sum(each["reviews"] for each in told["calibration"]["bins"]) == 1


def test_the_plan_goes_to_a_calendar(planned: User) -> None:
    file = planned.home.parent / "plan.ics"
    planned.does("plan", "--ics", file)
    text = file.read_text()
    assert text.startswith("BEGIN:VCALENDAR")
    assert "Interview: Acme" in text
    assert text.count("SUMMARY:greenflag review (Acme)") == 10
    assert "Checklist: Acme" in text
    assert len(set(re.findall("UID:.*", text))) == text.count("BEGIN:VEVENT") > 11
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_calendar_has_one_sitting_a_day_that_is_still_to_come(planned: User) -> None:
    planned.does("interview", "add", "--company", "Beta", "--date", "+4", "--minutes", 10)
    planned.at = "2026-11-21T21:30:00Z"
    file = planned.home.parent / "plan.ics"
    planned.does("plan", "--ics", file)
    found = re.findall(r"SUMMARY:(.*)\nDTSTART:(.*)\nDTEND:(.*)\n", file.read_text())
    sittings = sorted((begins, ends) for title, begins, ends in found if "review" in title)
    assert len(sittings) == 10
    assert sittings[0] == ("20261121T213000Z", "20261121T214000Z")
    assert all(ends <= begins for (_, ends), (begins, _) in pairwise(sittings))


def test_the_minutes_that_are_said_to_do_would_do_also_beside_another(planned: User) -> None:
    planned.does(
        "interview", "add", "--company", "Beta", "--date", "+4", "--decks", "Scenarios",
        "--minutes", 10, "--goal", 0.7,
    )  # fmt: skip
    reachable = planned.json("plan")["reachable"]
    assert not reachable["yes"]
    minutes = reachable["minutes_needed"]
    assert planned.json("plan", "--what-if", f"minutes={minutes}")["expected"] >= 0.69
    assert planned.json("plan", "--what-if", f"minutes={minutes * 0.8}")["expected"] < 0.7


def test_what_is_known_takes_no_minutes_from_what_is_not(small: User) -> None:
    small.does("interview", "add", "--company", "Acme", "--date", "+5", "--decks", "Small")
    more = "- {kind: basic, id: own-%d, front: Q%d?, back: A., weight: 5}\n"
    notes = "".join(more % (n, n) for n in range(200))
    (small.decks / "own.yaml").write_text(f"deck: Own\nnotes:\n{notes}", "utf-8")
    small.does("interview", "add", "--company", "Beta", "--date", "+5", "--decks", "Own")
    before = small.json("plan")["plans"][1]["days"][1]["minutes"]
    while card := small.json("next", "--deck", "Small")["card"]:
        small.does("rate", card, "easy", "--seconds", 30)
    assert small.json("plan")["plans"][1]["days"][1]["minutes"] > before


def test_what_if_says_what_a_change_would_bring(planned: User) -> None:
    tried = planned.json("plan", "--what-if", "minutes=40")
    planned.does("interview", "change", 1, "--minutes", 40)
    assert planned.json("plan")["days"] == tried["days"]


def test_plan_ready_and_today_show_one_figure(planned: User) -> None:
    planned.json()
    for _ in range(5):
        shown = planned.json("next")
        planned.does("rate", shown["card"], "again", "--shown", shown["shown"], "--seconds", 20)
    said = planned.json("ready")["recall"]["expected"]
    assert planned.json("plan")["expected"] == said
    assert planned.json()["interview"]["expected"] == said
    planned.json("plan", "--what-if", "minutes=90")
    assert planned.json()["interview"]["expected"] == said


def test_more_minutes_are_advised_for_the_days_there_are_only(planned: User) -> None:
    planned.does("interview", "change", 1, "--minutes", 4, "--weekday", "sun=0")
    (step,) = [step for step in planned.json("ready")["next"] if "interview change" in step["do"]]
    assert "--weekday mon=" in step["do"]
    assert "sun" not in step["do"]


def test_without_cards_nobody_is_told_that_the_interview_is_today(planned: User) -> None:
    planned.does("interview", "change", 1, "--decks", "Scenarios", "--only", "hiring-development")
    for command in ("plan", "ready"):
        said = planned.does(command).out
        assert "no card to plan with" in said
        assert "today" not in said


def test_no_advice_to_aim_lower_on_the_day_itself(planned: User) -> None:
    planned.at = "2026-12-01T08:00:00"
    assert "Aim lower" not in planned.does("plan").out
    assert planned.json("plan")["reachable"]["advice"].startswith("No day to study is left")


def test_a_far_interview_is_not_said_to_be_out_of_reach(user: User) -> None:
    user.at = START
    user.does("interview", "add", "--company", "Acme", "--date", "+100", "--minutes", 5)
    said = " ".join(user.does("plan").out.split())
    assert "too early to say" in said
    assert "A plan looks 60 days ahead. The 40 days after them" in said


def test_a_company_stands_in_a_plan_as_it_is_written(planned: User) -> None:
    planned.does("interview", "change", 1, "--company", "*Foo* [x](y) | <b> `z` A&amp;B")
    for command in ("plan", "ready"):
        assert "*Foo* [x](y) | <b> `z` A&amp;B" in planned.does(command).out


def test_last_looks_and_the_next_interview_share_the_minutes_of_the_day(planned: User) -> None:
    planned.does("interview", "change", 1, "--date", "+1", "--minutes", 20)
    for _ in range(30):
        planned.does("rate", planned.json("next")["card"], "hard", "--seconds", 10)
    planned.does("interview", "add", "--company", "Beta", "--date", "+9", "--minutes", 20)
    planned.at = "2026-11-22T08:00:00"
    looks = planned.json()
    assert 900 <= looks["seconds"] <= 1500


def test_two_interviews_share_cards_the_next_one_first(planned: User) -> None:
    planned.does("interview", "add", "--company", "Beta", "--date", "2026-12-20", "--minutes", "10")
    plans = planned.json("plan")["plans"]
    assert [plan["interview"]["company"] for plan in plans] == ["Acme", "Beta"]


@pytest.mark.parametrize(
    "given",
    [
        ("--date", "2026-11-20"),
        ("--date", "2029-12-01"),
        ("--date", "2026-02-30"),
        ("--date", "+3000"),
        ("--date", "+0", "--time", "19:30"),
        ("--date", "2026-12-01", "--minutes", "0"),
        ("--date", "2026-12-01", "--minutes", "nan"),
        ("--date", "2026-12-01", "--focus", "juggling"),
        ("--date", "2026-12-01", "--decks", "Nowhere"),
        ("--date", "2026-12-01", "--time", "25:00"),
        ("--date", "2026-11-21", "--time", "18:59"),
        ("--date", "2026-12-01", "--weekday", "fooday=3"),
        ("--date", "2026-12-01", "--weekday", "sat=²"),
        ("--date", "2026-12-01", "--goal", "nan"),
        ("--date", "2026-12-01", "--time", "10:00+05:00"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_a_line(user: User, given: tuple[str, ...]) -> None:
    user.at = START
    one_line(user("interview", "add", "--company", "Acme", *given))
    assert user.json("interview", "list")["interviews"] == []


def test_an_interview_that_is_none_or_was_cancelled_is_refused_in_a_line(planned: User) -> None:
    for command in ("change", "cancel", "done"):
        said = planned("interview", command, 10**20, *["--minutes", 3][: 2 * (command == "change")])
        assert "no interview" in one_line(said)
    planned.does("interview", "cancel", 1)
    assert "was cancelled" in one_line(planned("interview", "change", 1, "--minutes", 30))


def test_what_changes_about_an_interview_is_seen_in_its_line(planned: User) -> None:
    said = planned.does(
        "interview", "change", 1, "--goal", 0.95, "--off", "2026-11-24", "--off", "2026-11-25",
        "--weekday", "sun=0",
    ).out  # fmt: skip
    assert "25 min a day (Sun 0)" in said
    assert "goal 95 %" in said
    assert "off 24 Nov, 25 Nov" in said
    assert "off" not in planned.does("interview", "change", 1, "--off", "").out.splitlines()[1]


def test_an_interview_in_the_night_is_after_the_evening_before_it(planned: User) -> None:
    planned.does("interview", "change", 1, "--date", "2026-12-01", "--time", "23:30")
    late = planned.json("plan")["expected"]
    planned.does("interview", "change", 1, "--date", "2026-12-02", "--time", "02:00")
    assert planned.json("plan")["expected"] == pytest.approx(late, abs=0.01)
    planned.at = "2026-12-01T12:00:00"
    assert "Acme tomorrow at 02:00" in planned.does().out
    assert "tomorrow" in planned.does("interview", "list").out


def test_without_an_interview_plan_and_ready_say_what_to_do(user: User) -> None:
    assert "interview add" in one_line(user("plan"))
    assert "interview add" in one_line(user("ready"))


def test_on_the_day_itself_there_is_a_plan_and_a_sitting(planned: User) -> None:
    planned.at = "2026-12-01T08:00:00"
    assert planned.json("plan")["days"] == []
    assert "card" in planned.json("next")
    planned.at = "2026-12-01T11:00:00"
    assert "over" in planned.does("interview", "list").out
    planned.does("interview", "done", 1)


def test_a_simulation_is_the_same_for_the_same_seed_and_more_minutes_bring_more(
    planned: User,
) -> None:
    few = planned.json("simulate", "--minutes", 5, "--learners", 1)
    assert few == planned.json("simulate", "--minutes", 5, "--learners", 1)
    many = planned.json("simulate", "--minutes", 20, "--learners", 1)
    assert few["expected"] < many["expected"] <= 1
    assert [day["day"] for day in few["days"]] == [f"2026-11-{n}" for n in range(21, 31)]
    assert many["seconds"] <= 10 * 20 * 60 + 10 * 60
    assert few["expected"] != planned.json("simulate", "--minutes", 5, "--seed", 9)["expected"]


def test_a_simulation_needs_no_interview_and_shows_a_small_plot(small: User) -> None:
    said = small.does("simulate", "--days", 3, "--learners", 1).out
    assert "known at the interview" in said and "█" in said
    plain = small.does("simulate", "--days", 3, "--learners", 1, "--retention", 0.9).out
    assert "plain FSRS at 90 %" in plain


@pytest.mark.parametrize("option", ["--minutes", "--retention", "--missed"])
def test_a_simulation_of_no_number_is_refused(planned: User, option: str) -> None:
    assert "nan" in one_line(planned("simulate", option, "nan"))


def test_a_simulation_without_cards_or_days_is_refused(planned: User) -> None:
    planned.at = "2026-12-01T08:00:00"
    assert "--days" in one_line(planned("simulate"))
    planned.does("interview", "change", 1, "--only", "hiring-development", "--decks", "Scenarios")
    before = planned.json("interview", "list")
    planned.does("undo")
    assert planned.json("interview", "list") != before


def test_more_than_two_weeks_are_shown_by_the_week(planned: User) -> None:
    planned.does("interview", "change", 1, "--date", "+30")
    said = planned.does("plan").out
    assert "to Sun 20 Dec" in said or "to Mon 21 Dec" in said
    assert len(planned.json("plan")["days"]) == 30


def test_ready_says_when_it_rests_on_parameters_of_one_s_own(planned: User) -> None:
    with planned.database() as db:
        db.execute(
            "INSERT INTO parameters (at, model, numbers) VALUES (0, 'fsrs-6', ?)",
            (json.dumps(DEFAULTS.numbers),),
        )
    assert planned.json("ready")["recall"]["basis"].startswith("FSRS fitted to you; ")
