"""doctor finds what is wrong, and rebuild mends what can be made anew from the log."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.runner import User, one_line

CHECKS = ["store", "references", "memories", "decks", "permissions", "clock"]


def practised(user: User) -> User:
    """Somebody with a week of reviews."""
    for day in range(2, 9):
        user.at = f"2026-03-0{day}T10:00"
        user.does("review", lines="3\n1\n4\n2\n")
    return user


def bad(user: User) -> dict[str, dict[str, Any]]:
    """The checks that fail, by name, after seeing that doctor's status tells of them."""
    said = user("doctor", "--json")
    checks = said.json["checks"]
    assert all(check.keys() == {"name", "ok", "what", "mend"} for check in checks)
    found = {check["name"]: check for check in checks if not check["ok"]}
    assert said.status == bool(found) and said.json["ok"] is not bool(found)
    return found


def test_all_is_well_after_a_week(small: User) -> None:
    practised(small)
    assert bad(small) == {}
    lines = small.does("doctor").out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [f"ok   {name}" for name in CHECKS]


def test_all_is_well_on_the_first_run(small: User) -> None:
    assert bad(small) == {}
    assert small.json("rebuild") == {"format": 1, "cards": 0}


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE memory SET stability = stability * 1.0000001",
        "UPDATE memory SET due = due + 1",
        "UPDATE memory SET reviews = reviews + 1",
        "DELETE FROM memory",
        "INSERT INTO memory SELECT 'four/why', 1, 1, 739000, 739000, 1, 0"
        " WHERE NOT EXISTS (SELECT 1 FROM memory WHERE card = 'four/why')",
        "UPDATE reviews SET rating = 1 WHERE rating = 3",
        "DELETE FROM reviews WHERE id = (SELECT max(id) FROM reviews)",
    ],
)
def test_a_tampered_memory_is_found_and_rebuild_mends_it(small: User, tamper: str) -> None:
    small.does("suspend", "four/why")
    practised(small)
    with small.database() as db:
        assert db.execute(tamper).rowcount > 0
    found = bad(small)
    assert found.keys() == {"memories"} and found["memories"]["mend"] == "greenflag rebuild"
    assert "BAD  memories: " in small("doctor").out
    count = small.json("rebuild")["cards"]
    assert bad(small) == {}
    assert small.rows("SELECT count(*) FROM memory") == [(count,)]


def test_rebuild_gives_back_exactly_what_was_there(small: User) -> None:
    practised(small)
    before = small.content()
    with small.database() as db:
        db.execute("DELETE FROM memory")
    assert "all replayed from the log" in small.does("rebuild").out
    assert small.content() == before


def test_permissions_that_let_others_read_are_found(small: User) -> None:
    practised(small)
    small.home.chmod(0o755)
    assert str(small.home) in bad(small)["permissions"]["what"]
    small.home.chmod(0o700)
    (small.home / "greenflag.db").chmod(0o640)
    assert "greenflag.db" in bad(small)["permissions"]["what"]


def test_a_broken_deck_is_found(small: User) -> None:
    small.deck("own.yaml", "nonsense")
    found = bad(small)["decks"]
    assert "own.yaml" in found["what"] and found["mend"] == "greenflag deck check"


def test_reviews_from_the_future_are_found(small: User) -> None:
    practised(small)
    small.at = "2026-03-05T10:00"
    ahead = len(small.rows("SELECT 1 FROM reviews WHERE day > ?", 739680))
    assert ahead > 3 and bad(small)["clock"]["what"].startswith(f"{ahead} reviews are dated later")


def test_a_reference_to_nothing_is_found(small: User) -> None:
    practised(small)
    with small.database() as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("INSERT INTO suspended VALUES ('nowhere/front')")
    assert bad(small)["references"]["what"] == "1 broken"


def test_a_damaged_page_is_found_without_more_being_said(small: User) -> None:
    practised(small)
    path = small.home / "greenflag.db"
    data = bytearray(path.read_bytes())
    (root,) = small.rows("SELECT rootpage FROM sqlite_schema WHERE name = 'reviews_by_day'")[0]
    page = 4096 * (root - 1)
    data[page : page + 4096] = bytes(4096)
    path.write_bytes(data)
    found = bad(small)
    assert found.keys() == {"store"} and found["store"]["mend"] == "restore a backup"


def test_a_file_that_is_no_store_is_named_by_doctor_too(small: User) -> None:
    small.home.mkdir(mode=0o700)
    (small.home / "greenflag.db").write_bytes(b"this is not a database" * 100)
    assert bad(small)["store"]["what"] == "file is not a database"
    assert small("doctor").out == "BAD  store: file is not a database (restore a backup)\n"
    assert "begin anew" in one_line(small("rebuild"))


def test_the_clock_set_back_for_a_while_does_no_harm(small: User) -> None:
    practised(small)
    small.at = "2026-02-01T10:00"
    small.does("review", "--ahead", "60", lines="3\n" * 9)
    small.at = "2026-03-09T10:00"
    small.does("review", lines="3\n" * 9)
    assert bad(small) == {}
    moments = small.rows("SELECT card, at FROM reviews ORDER BY id")
    latest: dict[str, int] = {}
    for card, at in moments:
        assert at > latest.get(card, 0), "a card's moments only go forward"
        latest[card] = at
