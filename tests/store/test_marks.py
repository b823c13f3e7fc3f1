"""Suspend, resume, bury and reset: what each changes, and that it says how much."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from greenflag.memory.schedule import after
from greenflag.store import marks, reviews, today
from tests.store.parts import AT, DAY, a_store, cram, dump, from_log, note, rate

A, B, C = "a/card", "b/card", "c/card"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A store with three notes, and a list for today."""
    with closing(a_store(tmp_path, *(note(id_, position=n) for n, id_ in enumerate("abc")))) as db:
        today.keep(db, "a day", [(B, "new"), (A, "due"), (C, "new")])
        yield db


def new(db: sqlite3.Connection, day: int = DAY) -> list[str]:
    return [card.card for card in today.new_cards(db, day)]


class TestSuspend:
    def test_leaves_a_card_out_until_it_is_resumed(self, db: sqlite3.Connection) -> None:
        assert marks.suspend(db, [A], "a", AT) == 1
        assert new(db) == new(db, DAY + 1000) == [B, C]
        assert marks.held_back(db, A, DAY) == "suspended"
        assert marks.resume(db, [A], "a", AT) == 1
        assert new(db) == [A, B, C]
        assert marks.held_back(db, A, DAY) is None

    def test_takes_it_off_todays_list_and_leaves_the_others_in_place(
        self, db: sqlite3.Connection
    ) -> None:
        marks.suspend(db, [A, C], "a c", AT)
        assert today.left(db) == [(B, "new")]
        assert today.stamp(db) == "a day"

    def test_says_how_many_that_changed(self, db: sqlite3.Connection) -> None:
        assert marks.suspend(db, [A, B], "a b", AT) == 2
        assert marks.suspend(db, [A, B, C, C], "all", AT) == 1

    def test_of_nothing_new_is_no_act(self, db: sqlite3.Connection) -> None:
        marks.suspend(db, [A], "a", AT)
        before = dump(db)
        assert marks.suspend(db, [A], "a", AT) == 0
        assert dump(db) == before

    def test_keeps_memory_and_log(self, db: sqlite3.Connection) -> None:
        rate(db, A)
        kept = dump(db)["memory"], dump(db)["reviews"]
        marks.suspend(db, [A], "a", AT)
        assert (dump(db)["memory"], dump(db)["reviews"]) == kept

    def test_of_an_unknown_card_changes_nothing(self, db: sqlite3.Connection) -> None:
        before = dump(db)
        with pytest.raises(sqlite3.IntegrityError):
            marks.suspend(db, [A, "x/card"], "a x", AT)
        assert dump(db) == before


class TestBury:
    def test_leaves_a_card_out_until_a_day(self, db: sqlite3.Connection) -> None:
        assert marks.bury(db, [A], "a", DAY + 2, AT) == 1
        assert [A in new(db, DAY + n) for n in (0, 1, 2, 3)] == [False, False, True, True]
        held = [marks.held_back(db, A, DAY + n) for n in (0, 1, 2)]
        assert held == ["buried", "buried", None]

    def test_takes_it_off_todays_list(self, db: sqlite3.Connection) -> None:
        marks.bury(db, [A], "a", DAY + 1, AT)
        assert today.left(db) == [(B, "new"), (C, "new")]

    def test_the_latest_day_counts(self, db: sqlite3.Connection) -> None:
        marks.bury(db, [A], "a", DAY + 5, AT)
        assert marks.bury(db, [A, A], "a a", DAY + 1, AT) == 1
        assert marks.bury(db, [A], "a", DAY + 1, AT) == 0
        assert dump(db)["buried"] == [(A, DAY + 1)]

    def test_can_be_cut_short(self, db: sqlite3.Connection) -> None:
        marks.bury(db, [A], "a", DAY + 5, AT)
        assert marks.resume(db, [A], "a", AT) == 1
        assert new(db) == [A, B, C]

    def test_a_card_may_be_suspended_too(self, db: sqlite3.Connection) -> None:
        marks.bury(db, [A], "a", DAY + 5, AT)
        marks.suspend(db, [A], "a", AT)
        assert marks.held_back(db, A, DAY) == "suspended"
        assert marks.resume(db, [A, B], "a b", AT) == 1
        assert marks.held_back(db, A, DAY) is None


class TestResume:
    def test_lets_the_list_be_worked_out_anew(self, db: sqlite3.Connection) -> None:
        marks.suspend(db, [A], "a", AT)
        marks.resume(db, [A], "a", AT)
        assert today.stamp(db) == ""

    def test_of_nothing_held_back_is_no_act(self, db: sqlite3.Connection) -> None:
        before = dump(db)
        assert marks.resume(db, [A, B], "a b", AT) == 0
        assert dump(db) == before


class TestReset:
    def test_a_card_begins_anew(self, db: sqlite3.Connection) -> None:
        rate(db, A, 3)
        rate(db, A, 1, day=DAY + 2, at=AT + 1)
        assert marks.reset(db, [A], "a", DAY + 3, AT + 2) == 1
        assert reviews.memory_of(db, A) is None
        assert A in new(db, DAY + 3)
        rate(db, A, 3, day=DAY + 3, at=AT + 3)
        assert reviews.memory_of(db, A) == after(None, 3, DAY + 3)

    def test_keeps_what_was_reviewed_and_is_itself_in_the_log(self, db: sqlite3.Connection) -> None:
        rate(db, A, 3)
        marks.reset(db, [A], "a", DAY + 3, AT + 2)
        log = [(at, rating, kind, day) for at, rating, kind, _, day in reviews.history(db, A)]
        assert log == [(AT, 3, "review", DAY), (AT + 2, 0, "reset", DAY + 3)]
        assert reviews.differing(db, from_log) == []

    def test_its_moment_goes_forward_too(self, db: sqlite3.Connection) -> None:
        rate(db, A)
        cram(db, A, at=AT + 50)
        marks.reset(db, [A], "a", DAY, AT)
        assert [at for at, *_ in reviews.history(db, A)] == [AT, AT + 50, AT + 51]

    def test_says_how_many_had_something_to_forget(self, db: sqlite3.Connection) -> None:
        rate(db, A)
        assert marks.reset(db, [A, B], "a b", DAY, AT) == 1
        before = dump(db)
        assert marks.reset(db, [A, B], "a b", DAY, AT) == 0
        assert dump(db) == before

    def test_a_reset_card_named_twice_is_reset_once(self, db: sqlite3.Connection) -> None:
        rate(db, A)
        assert marks.reset(db, [A, A], "a a", DAY, AT) == 1
        assert [kind for _, _, kind, *_ in reviews.history(db, A)] == ["review", "reset"]
        assert reviews.differing(db, from_log) == []
