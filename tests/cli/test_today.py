"""`greenflag` on its own: today, and the next step."""

from __future__ import annotations

import pytest

from tests.cli.runner import User


def test_a_first_run_needs_nothing_and_says_what_to_do(small: User) -> None:
    assert not small.home.exists()
    said = small.does()
    assert said.out == "4 cards today, about 2 min: 0 due, the rest new.\nNext: greenflag review\n"
    assert said.err == ""
    assert small.home.stat().st_mode & 0o777 == 0o700
    assert (small.home / "greenflag.db").stat().st_mode & 0o777 == 0o600


def test_json_says_the_same(small: User) -> None:
    small.does("review", "--limit", "1", lines="3\n")
    assert small.json() == {
        "format": 1, "day": "2026-03-02", "left": 3, "due": 0, "done": 1, "seconds": 43,
        "interview": None, "next": "greenflag review",
    } | {"seconds": small.json()["seconds"]}  # fmt: skip


@pytest.mark.parametrize(
    ("rated", "said"),
    [
        ("3\n" * 3, "1 card today, about 1 min: 0 due, the rest new.\n3 rated so far.\n"),
        ("1\n3\n3\n", "2 cards today, about 1 min: 1 due, the rest new.\n3 rated so far.\n"),
        ("3\n" * 4, "All done for today.\n4 rated so far.\nNext: greenflag review --ahead 1\n"),
    ],
)
def test_what_is_left_and_what_was_done(small: User, rated: str, said: str) -> None:
    """A second look counts as due, not as new."""
    small.does("review", "--limit", rated.count("\n"), lines=rated)
    assert small.does().out.startswith(said)


def test_the_cards_due_and_the_new_ones_add_up(user: User) -> None:
    for day in ("02", "03", "04"):
        user.at = f"2026-03-{day}T10:00"
        user.does("review", lines="2\n" * 40)
    user.at = "2026-03-06T10:00"
    words = user.does().out.split()
    left, due = int(words[0]), int(words[6])
    new = user.rows("SELECT 1 FROM today WHERE reason LIKE 'new to you%'")
    assert left == due + len(new) and due > 0 and len(new) == 20


def test_today_is_the_study_day(small: User) -> None:
    for at, day in (("2026-03-03T03:59", "2026-03-02"), ("2026-03-03T04:00", "2026-03-03")):
        small.at = at
        assert small.json()["day"] == day
    (small.home / "settings.toml").write_text("rollover_hour = 0\n")
    small.at = "2026-03-03T00:30"
    assert small.json()["day"] == "2026-03-03"
