"""Two weeks towards an interview through the command line, as somebody would go through them."""

from __future__ import annotations

import random
from datetime import date, timedelta

from greenflag.memory.schedule import DEFAULTS, replay
from tests.cli.runner import User, one_line

DECK = "Questions: people"
BEGIN = date(2026, 11, 20)


def at(day: int, clock: str = "19:00") -> str:
    return f"{BEGIN + timedelta(day)}T{clock}"


def sitting(user: User, day: int, cards: int, luck: random.Random) -> int:
    """Answers the cards of an evening, at most so many; gives how many there were."""
    user.at = at(day)
    ratings = [str(luck.choices((1, 2, 3, 4), (2, 2, 8, 2))[0]) for _ in range(cards)]
    user.does("review", "--limit", cards, lines="\n".join(ratings) + "\n")
    return int(user.json()["done"])


def log(user: User) -> dict[str, list[tuple[int, int]]]:
    rows = user.rows("SELECT card, rating, day FROM reviews ORDER BY card, at")
    found: dict[str, list[tuple[int, int]]] = {}
    for card, rating, day in rows:
        found.setdefault(card, []).append((rating, day))
    return found


def due_days(user: User) -> dict[str, int]:
    return dict(user.rows("SELECT card, due FROM memory"))


def assert_due_days_are_fsrs_s(user: User) -> None:
    """What is planned leaves no trace in the memory of a card."""
    replayed = {card: replay(history, DEFAULTS) for card, history in log(user).items()}
    assert due_days(user) == {card: memory.due for card, memory in replayed.items() if memory}


def test_two_weeks_with_days_missed_a_date_moved_one_cancelled_and_one_added(user: User) -> None:
    luck = random.Random(4)
    user.at = at(0, "18:00")
    user.does(
        "interview", "add", "--company", "Acme", "--role", "Manager", "--date", at(14)[:10],
        "--minutes", 15, "--weekday", "sun=0", "--focus", "team-leadership", "--decks", DECK,
    )  # fmt: skip
    first = user.json("plan")
    assert len(first["days"]) == 14
    off = [day for day in first["days"] if date.fromisoformat(day["day"]).weekday() == 6]
    assert off and all(day["minutes"] == 0 for day in off)
    before = user.json("ready")["recall"]
    assert before["unseen"] == 1 and before["now"] < before["expected"]

    # Six days, two of them missed: the plan goes on with what is left, and readiness rises.
    now = [before["now"]]
    for day in (0, 1, 3, 5):
        assert sitting(user, day, 30, luck) > 0
        now.append(user.json("ready")["recall"]["now"])
        assert user.json("next")["card"] is None or "readiness" in user.json("next")["reason"]
    assert now == sorted(now)
    assert_due_days_are_fsrs_s(user)
    assert "Acme in 9 days." in user.does().out

    # The date moves by three days: shown first, then done, and it can be taken back.
    due, kept = due_days(user), user.json("interview", "list")["interviews"]
    moved = user.does("interview", "change", 1, "--date", at(17)[:10]).out
    assert "3 days more" in moved and "readiness for Acme" in moved
    assert len(user.json("plan")["days"]) == 17 - 5
    user.does("undo")
    assert user.json("interview", "list")["interviews"] == kept
    user.does("interview", "change", 1, "--date", at(17)[:10])

    # A second one, sooner: the cards are shared, the sooner date first.
    user.does(
        "interview", "add", "--company", "Beta", "--date", at(9)[:10], "--minutes", 20,
        "--decks", f"{DECK},Signals",
    )  # fmt: skip
    plans = user.json("plan")["plans"]
    assert [plan["interview"]["company"] for plan in plans] == ["Beta", "Acme"]
    assert user.json("ready")["interview"]["company"] == "Beta"
    user.at = at(6)
    assert user.json("next")["deck"] in (DECK, "Signals")
    sitting(user, 6, 30, luck)

    # It is cancelled: what that changes is said, and the first date counts again.
    said = user.does("interview", "cancel", 2).out
    assert "cancelled" in said
    assert [p["interview"]["company"] for p in user.json("plan")["plans"]] == ["Acme"]
    for day in range(7, 14):
        sitting(user, day, 30, luck)
        assert user.json("next").get("deck") in (DECK, None)
    assert_due_days_are_fsrs_s(user)
    assert due.keys() <= due_days(user).keys()

    # What it says of itself can be checked by now.
    told = user.json("stats")["calibration"]
    assert told["reviews"] > 40 and told["brier"] is not None
    ready = user.json("ready")
    assert ready["recall"]["low"] < ready["recall"]["expected"] < ready["recall"]["high"]
    assert ready["recall"]["now"] > before["now"]
    assert "When it said" in user.does("ready").out

    # The day itself, and after.
    user.at = at(17, "08:00")
    assert user.json("plan")["days"] == []
    assert "today at 10:00" in user.does().out
    assert "a last look" in user.json("next")["reason"]
    user.at = at(17, "12:00")
    assert "no interview ahead" in one_line(user("plan"))
    user.does("interview", "done", 1)
    assert user.json("next")["card"]
    assert user.json("doctor")["ok"]


def test_a_clock_far_behind_is_said_and_spoils_nothing(user: User) -> None:
    user.at = at(0)
    user.does("interview", "add", "--company", "Acme", "--date", at(14)[:10], "--decks", DECK)
    luck = random.Random(1)
    sitting(user, 5, 5, luck)
    user.at = at(2)
    for command in ("plan", "ready"):
        assert "the clock is behind" in one_line(user(command))
    user.does("review", "--limit", 2, lines="3\n3\n")
    assert user("doctor").status == 1  # the clock, and nothing else
    user.at = at(6)
    assert user.json("plan")["days"]


def test_more_than_the_plan_asks_may_be_asked_for_and_still_follows_it(user: User) -> None:
    user.at = at(0)
    user.does("interview", "add", "--company", "Acme", "--date", at(9)[:10], "--minutes", 2)
    user.does("review", lines="3\n" * 30)
    assert user.json("next")["card"] is None
    shown = user.does("review", "--ahead", 1, "--competency", "metrics-insight", lines="i\n").out
    assert "points to readiness per minute" in shown
    assert user.does("review", "--ahead", 1, "--limit", 2, lines="3\n3\n").out
