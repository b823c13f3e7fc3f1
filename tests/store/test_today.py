"""What may be asked today, and the list that is made of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from greenflag.memory.state import Candidate
from greenflag.store import marks, reviews, today
from greenflag.store.connection import open_store
from greenflag.store.today import Filters
from tests.store.parts import AT, DAY, HOUR, a_store, cram, dump, keep, note, rate

MINE, OTHER = "decks/mine.yaml", "decks/other.yaml"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Two decks with six notes and eight cards."""
    kept = [
        note("a", competency="money", weight=5, tags=["x"], faces=["one", "two"]),
        note("b", position=1, kind="question", competency="people", tags=["x", "y"]),
        note("c", position=2, kind="question", tags=["y"]),
        note("d", file=OTHER, competency="money"),
        note("e", file=OTHER, position=1, faces=["one", "two"]),
    ]
    with closing(a_store(tmp_path)) as db:
        keep(db, *kept, titles={MINE: "Mine", OTHER: "Other"})
        yield db


def new(db: sqlite3.Connection, filters: Filters = today.EVERY_CARD, day: int = DAY) -> list[str]:
    return [card.card for card in today.new_cards(db, day, filters)]


def due(
    db: sqlite3.Connection,
    day: int,
    through: int | None = None,
    filters: Filters = today.EVERY_CARD,
) -> list[str]:
    through = day if through is None else through
    return [card.card for card in today.due_cards(db, day, through, filters)]


class TestNewCards:
    def test_are_those_never_reviewed_in_deck_order(self, db: sqlite3.Connection) -> None:
        everything = ["a/one", "a/two", "b/card", "c/card", "d/card", "e/one", "e/two"]
        assert new(db) == everything
        rate(db, "b/card")
        assert new(db) == [card for card in everything if card != "b/card"]

    def test_tell_what_choosing_needs_to_know(self, db: sqlite3.Connection) -> None:
        first, second, *_ = today.new_cards(db, DAY)
        assert first == Candidate("a/one", "a", 5, "money", 0, None)
        assert second == Candidate("a/two", "a", 5, "money", 1, None)

    def test_a_card_only_crammed_is_still_new(self, db: sqlite3.Connection) -> None:
        cram(db, "a/one")
        assert "a/one" in new(db)

    def test_a_card_that_was_reset_is_new_again(self, db: sqlite3.Connection) -> None:
        rate(db, "a/one")
        marks.reset(db, ["a/one"], "a", DAY, AT)
        assert "a/one" in new(db)

    def test_leave_out_what_is_suspended_buried_or_removed(self, db: sqlite3.Connection) -> None:
        marks.suspend(db, ["a/one"], "a", AT)
        marks.bury(db, ["b/card"], "b", DAY + 1, AT)
        keep(db, also=[OTHER])
        assert new(db) == ["a/two", "c/card"]
        assert new(db, day=DAY + 1) == ["a/two", "b/card", "c/card"]


class TestDueCards:
    def test_are_those_whose_day_has_come_or_gone(self, db: sqlite3.Connection) -> None:
        rate(db, "a/one", 1)  # due in 1 day
        rate(db, "b/card", 3)  # due in 2 days
        rate(db, "c/card", 4)  # due in 8 days
        assert due(db, DAY) == []
        assert due(db, DAY + 1) == ["a/one"]
        assert due(db, DAY + 2) == ["a/one", "b/card"]
        assert due(db, DAY + 100) == ["a/one", "b/card", "c/card"]

    def test_can_be_looked_at_ahead(self, db: sqlite3.Connection) -> None:
        rate(db, "a/one", 1)
        rate(db, "c/card", 4)
        assert due(db, DAY, DAY + 1) == ["a/one"]
        assert due(db, DAY, DAY + 8) == ["a/one", "c/card"]

    def test_bring_their_memory(self, db: sqlite3.Connection) -> None:
        rate(db, "a/one", 1)
        (card,) = today.due_cards(db, DAY + 1, DAY + 1)
        assert card.memory == reviews.memory_of(db, "a/one")
        assert card.memory is not None

    def test_leave_out_what_is_suspended_buried_or_removed(self, db: sqlite3.Connection) -> None:
        for card in ("a/one", "b/card", "c/card", "d/card"):
            rate(db, card, 1)
        marks.suspend(db, ["a/one"], "a", AT)
        marks.bury(db, ["b/card"], "b", DAY + 2, AT)
        keep(db, also=[OTHER])
        assert due(db, DAY + 1) == ["c/card"]
        assert due(db, DAY + 2) == ["b/card", "c/card"]

    def test_a_burial_counts_as_of_today_also_looking_ahead(self, db: sqlite3.Connection) -> None:
        rate(db, "a/one", 1)
        marks.bury(db, ["a/one"], "a", DAY + 3, AT)
        assert due(db, DAY, DAY + 10) == []
        assert due(db, DAY + 3, DAY + 3) == ["a/one"]


class TestFilters:
    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            (Filters(decks=("Mine",)), ["a/one", "a/two", "b/card", "c/card"]),
            (Filters(decks=("Other",)), ["d/card", "e/one", "e/two"]),
            (Filters(competencies=("money",)), ["a/one", "a/two", "d/card"]),
            (Filters(competencies=("money", "people")), ["a/one", "a/two", "b/card", "d/card"]),
            (Filters(kinds=("question",)), ["b/card", "c/card"]),
            (Filters(tags=("x",)), ["a/one", "a/two", "b/card"]),
            (Filters(tags=("x", "y")), ["a/one", "a/two", "b/card", "c/card"]),
            (Filters(decks=("Mine",), competencies=("money",)), ["a/one", "a/two"]),
            (Filters(kinds=("question",), tags=("x",)), ["b/card"]),
            (Filters(decks=("Other",), tags=("x",)), []),
            (Filters(decks=('"); DROP TABLE notes; --',)), []),
            (Filters(tags=('["x"]',)), []),
        ],
    )
    def test_each_must_fit_and_of_its_values_any(
        self, db: sqlite3.Connection, filters: Filters, expected: list[str]
    ) -> None:
        assert new(db, filters) == expected
        for card in expected:
            rate(db, card, 1)
        assert due(db, DAY + 1, filters=filters) == expected
        assert [card for card, _ in today.second_looks(db, DAY, filters)] == expected

    def test_none_is_every_card(self, db: sqlite3.Connection) -> None:
        assert not Filters()
        assert new(db, Filters()) == new(db)
        assert Filters(tags=("x",))

    def test_two_decks_of_one_title_are_one_deck(self, db: sqlite3.Connection) -> None:
        keep(db, note("f", file="decks/f.yaml"), titles={"decks/f.yaml": "Mine"})
        assert "f/card" in new(db, Filters(decks=("Mine",)))


class TestAskedToday:
    def test_is_what_was_reviewed_with_how_often_and_the_last_rating(
        self, db: sqlite3.Connection
    ) -> None:
        rate(db, "a/one", 1)
        rate(db, "b/card", 3)
        rate(db, "a/one", 4, at=AT + HOUR)
        number = reviews.last_review(db, "a/one")
        asked = today.asked_today(db, DAY)
        assert asked["a/one"] == ("a", 2, 4, number)
        assert asked["b/card"][:3] == ("b", 1, 3)
        assert len(asked) == 2

    def test_knows_neither_rehearsals_nor_resets_nor_other_days(
        self, db: sqlite3.Connection
    ) -> None:
        rate(db, "a/one", day=DAY - 1)
        cram(db, "b/card")
        marks.reset(db, ["a/one"], "a", DAY, AT)
        assert today.asked_today(db, DAY) == {}

    def test_the_last_rating_is_the_last_written_though_the_clock_was_set_back(
        self, db: sqlite3.Connection
    ) -> None:
        rate(db, "a/one", 1, at=AT)
        rate(db, "a/one", 3, at=AT - HOUR)
        assert today.asked_today(db, DAY)["a/one"][1:3] == (2, 3)


class TestSecondLooks:
    def test_are_owed_to_cards_rated_again_once_longest_waiting_first(
        self, db: sqlite3.Connection
    ) -> None:
        for card, rating in (("b/card", 1), ("a/one", 1), ("c/card", 3), ("d/card", 1)):
            rate(db, card, rating)
        assert today.second_looks(db, DAY) == [("b/card", 3), ("a/one", 2), ("d/card", 0)]

    def test_are_owed_once_whatever_came_of_them(self, db: sqlite3.Connection) -> None:
        rate(db, "a/one", 1)
        rate(db, "b/card", 1)
        rate(db, "a/one", 1)
        assert today.second_looks(db, DAY) == [("b/card", 1)]

    def test_are_not_owed_for_a_lapse_after_a_first_look_that_went_well(
        self, db: sqlite3.Connection
    ) -> None:
        rate(db, "a/one", 3)
        rate(db, "a/one", 1)
        assert today.second_looks(db, DAY) == []

    def test_end_with_the_day(self, db: sqlite3.Connection) -> None:
        rate(db, "a/one", 1)
        assert today.second_looks(db, DAY + 1) == []

    def test_rehearsals_neither_owe_one_nor_bring_it_nearer(self, db: sqlite3.Connection) -> None:
        rate(db, "a/one", 1)
        cram(db, "b/card", 1)
        cram(db, "a/one", 1)
        assert today.second_looks(db, DAY) == [("a/one", 0)]

    def test_leave_out_what_is_suspended_buried_or_removed(self, db: sqlite3.Connection) -> None:
        for card in ("a/one", "b/card", "c/card", "d/card"):
            rate(db, card, 1)
        marks.suspend(db, ["a/one"], "a", AT)
        marks.bury(db, ["b/card"], "b", DAY + 1, AT)
        keep(db, also=[OTHER])
        assert [card for card, _ in today.second_looks(db, DAY)] == ["c/card"]


class TestNewToday:
    def test_counts_cards_with_their_first_review(self, db: sqlite3.Connection) -> None:
        rate(db, "a/one", day=DAY - 1, at=AT - 24 * HOUR)
        assert today.new_today(db, DAY) == 0
        rate(db, "a/one", 1)
        rate(db, "b/card", 1)
        rate(db, "b/card", 3)
        rate(db, "c/card", 3)
        assert today.new_today(db, DAY) == 2
        assert today.new_today(db, DAY - 1) == 1

    def test_a_rehearsal_is_no_first_review(self, db: sqlite3.Connection) -> None:
        cram(db, "a/one")
        assert today.new_today(db, DAY) == 0
        rate(db, "a/one", at=AT + HOUR)
        assert today.new_today(db, DAY) == 1

    def test_a_card_learned_anew_after_a_reset_was_new_before(self, db: sqlite3.Connection) -> None:
        rate(db, "a/one", day=DAY - 1, at=AT - 24 * HOUR)
        marks.reset(db, ["a/one"], "a", DAY, AT)
        rate(db, "a/one", at=AT + HOUR)
        assert today.new_today(db, DAY) == 0


class TestDueCounts:
    def test_count_open_cards_by_the_day_they_fall_due(self, db: sqlite3.Connection) -> None:
        for card, rating in (("a/one", 1), ("b/card", 1), ("c/card", 3), ("d/card", 4)):
            rate(db, card, rating)
        assert today.due_counts(db, DAY, DAY + 7) == {DAY + 1: 2, DAY + 2: 1}
        assert today.due_counts(db, DAY, DAY + 8) == {DAY + 1: 2, DAY + 2: 1, DAY + 8: 1}
        marks.suspend(db, ["a/one"], "a", AT)
        keep(db, also=[OTHER])
        assert today.due_counts(db, DAY, DAY + 8) == {DAY + 1: 1, DAY + 2: 1}


class TestTheList:
    def test_is_kept_in_its_order_with_reasons(self, db: sqlite3.Connection) -> None:
        cards = [("c/card", "due"), ("a/one", "new"), ("b/card", "new")]
        today.keep(db, "this day", cards)
        assert today.left(db) == cards
        assert today.left(db, 1) == cards[:1]
        assert today.count(db) == 3
        assert today.stamp(db) == "this day"

    def test_a_store_without_one_has_an_empty_stamp(self, db: sqlite3.Connection) -> None:
        assert today.stamp(db) == ""
        assert today.left(db) == []

    def test_a_new_list_takes_the_place_of_the_old(self, db: sqlite3.Connection) -> None:
        today.keep(db, "one day", [("c/card", "due"), ("a/one", "new")])
        today.keep(db, "another day", [("b/card", "new")])
        assert (today.left(db), today.stamp(db)) == ([("b/card", "new")], "another day")

    def test_an_empty_list_is_a_list(self, db: sqlite3.Connection) -> None:
        today.keep(db, "this day", [])
        assert (today.left(db), today.stamp(db)) == ([], "this day")

    def test_a_card_twice_is_refused_and_the_old_list_stays(self, db: sqlite3.Connection) -> None:
        today.keep(db, "one day", [("b/card", "new")])
        before = dump(db)
        with pytest.raises(sqlite3.IntegrityError):
            today.keep(db, "another day", [("c/card", "due"), ("c/card", "new")])
        assert dump(db) == before

    def test_a_card_leaves_it_when_it_is_rated(self, db: sqlite3.Connection) -> None:
        today.keep(db, "this day", [("c/card", "due"), ("a/one", "new"), ("b/card", "new")])
        rate(db, "a/one")
        assert today.left(db) == [("c/card", "due"), ("b/card", "new")]

    def test_and_its_siblings_with_it(self, db: sqlite3.Connection) -> None:
        today.keep(db, "this day", [("a/two", "due"), ("d/card", "new"), ("e/one", "new")])
        rate(db, "a/one")
        assert today.left(db) == [("d/card", "new"), ("e/one", "new")]

    def test_is_there_after_closing_and_opening_again(
        self, db: sqlite3.Connection, tmp_path: Path
    ) -> None:
        today.keep(db, "this day", [("c/card", "due")])
        with closing(open_store(str(tmp_path))) as other:
            assert (today.left(other), today.stamp(other)) == ([("c/card", "due")], "this day")

    def test_forgotten_it_has_no_stamp_until_it_is_made_anew(self, db: sqlite3.Connection) -> None:
        today.keep(db, "this day", [("c/card", "due")])
        today.forget(db)
        assert today.stamp(db) == ""
        today.keep(db, "this day", [("b/card", "new")])
        assert (today.left(db), today.stamp(db)) == ([("b/card", "new")], "this day")
