"""Undo gives back every row of every table, act by act, also after a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.errors import NothingToUndo
from greenflag.memory.schedule import Parameters, after, replay
from greenflag.store import journal, marks, reviews, today
from greenflag.store.connection import open_store, transaction
from greenflag.store.rows import Review
from greenflag.store.undo import undo
from tests.store.parts import AT, DAY, HOUR, a_store, cram, dump, from_log, keep, note, rate, sound

MINE = "decks/mine.yaml"
A, B, C = "a/card", "b/card", "c/card"
CARDS = (A, B, C, "d/one", "d/two")

Act = Callable[[sqlite3.Connection], object]
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A store with five cards, some history, marks, and a list for today."""
    with closing(lived_in(tmp_path)) as db:
        yield db


def lived_in(home: Path) -> sqlite3.Connection:
    db = a_store(home, *(note(id_, position=n) for n, id_ in enumerate("abc")))
    keep(db, note("d", file="decks/other.yaml", faces=["one", "two"]))
    for n, (card, rating) in enumerate(((A, 3), (B, 1), (A, 4), (A, 2), (C, 3))):
        rate(db, card, rating, day=DAY - 90 + 17 * n, at=AT - (90 - 17 * n) * 24 * HOUR)
    marks.suspend(db, [C], C, AT)
    marks.bury(db, ["d/two"], "d/two", DAY + 3, AT)
    today.keep(db, f"{DAY} 20", [(B, "due"), (A, "due"), ("d/one", "new")])
    reviews.show(db, A, f"{reviews.last_review(db, A)}-x")
    return db


def state(db: sqlite3.Connection) -> Rows:
    """All that undo has to give back."""
    return dump(db, "acts")


def rate_shown(db: sqlite3.Connection) -> None:
    memory, seen = reviews.memory_of(db, A), reviews.last_review(db, A)
    reviews.rate_showing(db, Review(A, AT, DAY, 2), after(memory, 2, DAY), seen, f"{seen}-x")


ACTS: dict[str, Act] = {
    "a rating": lambda db: rate(db, A, 3),
    "a lapse": lambda db: rate(db, B, 1),
    "a first rating": lambda db: rate(db, "d/one", 3),
    "a rating of a card not on the list": lambda db: rate(db, C, 3),
    "a rating of a sibling of one on the list": lambda db: rate(db, "d/two", 3),
    "a rating of a showing": rate_shown,
    "a rehearsal": lambda db: cram(db, A),
    "a suspension": lambda db: marks.suspend(db, [A, "d/one"], "a d", AT),
    "a suspension of a card not on the list": lambda db: marks.suspend(db, ["d/two"], "d", AT),
    "a resumption": lambda db: marks.resume(db, [C, "d/two"], "c d", AT),
    "a burial": lambda db: marks.bury(db, [A, "d/two"], "a d", DAY + 1, AT),
    "a reset": lambda db: marks.reset(db, [A, B, "d/one"], "a b d", DAY, AT),
}


DOINGS = ("rate", "shown", "cram", "suspend", "resume", "bury", "reset", "reopen", "undo")


class TestEveryAct:
    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
    def test_is_taken_back_row_for_row(self, db: sqlite3.Connection, act: Act) -> None:
        before = state(db)
        act(db)
        assert state(db) != before
        undo(db)
        assert state(db) == before

    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
    def test_also_after_closing_and_opening_again(self, tmp_path: Path, act: Act) -> None:
        with closing(lived_in(tmp_path)) as db:
            before = state(db)
            act(db)
        with closing(open_store(str(tmp_path))) as db:
            undo(db)
        with closing(open_store(str(tmp_path))) as db:
            assert state(db) == before
            assert sound(db)

    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
    def test_can_be_done_again_with_the_same_result(self, db: sqlite3.Connection, act: Act) -> None:
        act(db)
        once = state(db)
        undo(db)
        act(db)
        numbered = {"reviews", "today"}
        assert {name: rows for name, rows in state(db).items() if name not in numbered} == {
            name: rows for name, rows in once.items() if name not in numbered
        }
        assert [row[1:] for row in state(db)["reviews"]] == [row[1:] for row in once["reviews"]]

    def test_is_named(self, db: sqlite3.Connection) -> None:
        marks.suspend(db, [A, "d/one"], "a d", AT + 5)
        act = undo(db)
        assert (act.at, act.what, act.about) == (AT + 5, "suspend", "a d")

    def test_is_taken_back_in_one_transaction(self, db: sqlite3.Connection) -> None:
        rate(db, A)
        db.execute(
            "CREATE TRIGGER broken AFTER DELETE ON acts BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
        before = dump(db)
        with pytest.raises(sqlite3.IntegrityError, match="broken"):
            undo(db)
        assert dump(db) == before


class TestInTurn:
    def test_the_last_act_goes_first(self, db: sqlite3.Connection) -> None:
        states = [state(db)]
        for act in ACTS.values():
            act(db)
            states.append(state(db))
        while len(states) > 1:
            assert state(db) == states.pop()
            undo(db)
        assert state(db) == states.pop()

    def test_with_nothing_left_it_says_so(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            rate(db, A)
            undo(db)
            before = state(db)
            with pytest.raises(NothingToUndo, match="nothing to undo"):
                undo(db)
            assert state(db) == before

    def test_the_last_act_can_be_looked_at_first(self, db: sqlite3.Connection) -> None:
        rate(db, A, at=AT + 7)
        act = journal.last_act(db)
        assert (act.what, act.about, act.at) == ("rate", A, AT + 7)
        assert undo(db) == act

    def test_a_thousand_acts_are_kept(self, tmp_path: Path) -> None:
        assert journal.MOST_ACTS == 1000
        with closing(a_store(tmp_path, note("a"))) as db:
            with transaction(db):
                for n in range(journal.MOST_ACTS + 5):
                    journal.remember(db, AT + n, "suspend", "a", {"suspended": []})
            kept = [at for (at,) in db.execute("SELECT at FROM acts ORDER BY id")]
        assert kept == [AT + n for n in range(5, journal.MOST_ACTS + 5)]

    @settings(max_examples=30)
    @given(
        steps=st.lists(
            st.tuples(
                st.sampled_from(DOINGS),
                st.lists(st.sampled_from(CARDS), min_size=1, max_size=3),
                st.integers(1, 4),
                st.integers(0, 20),
            ),
            max_size=25,
        )
    )
    def test_after_any_acts_undoing_all_leads_back_through_every_state(
        self, steps: list[tuple[str, list[str], int, int]], tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        home = tmp_path_factory.mktemp("undo")
        lived_in(home).close()
        db = quick(home)
        db.execute("DELETE FROM acts")
        states: list[Rows] = []
        day = DAY
        for what, cards, rating, gap in steps:
            if what == "reopen":
                db.close()
                db = quick(home)
                continue
            if what == "undo":
                if states:
                    undo(db)
                    assert state(db) == states.pop()
                continue
            before = state(db)
            day += gap if what == "rate" else 0
            do(db, what, cards, rating, day)
            if state(db) != before:
                states.append(before)
            assert reviews.differing(db, from_log) == []
        while states:
            undo(db)
            assert state(db) == states.pop()
        with pytest.raises(NothingToUndo):
            undo(db)
        assert sound(db)
        db.close()


def quick(home: Path) -> sqlite3.Connection:
    """A store that does not wait for the disk: what is tested is undo, not the power cut."""
    db = open_store(str(home))
    db.execute("PRAGMA synchronous = OFF")
    return db


def do(db: sqlite3.Connection, what: str, cards: list[str], rating: int, day: int) -> None:
    """One act as a command does it."""
    at, card = AT + (day - DAY) * 24 * HOUR, cards[0]
    match what:
        case "rate":
            rate(db, card, rating, day=day, at=at)
        case "shown":
            memory, seen = reviews.memory_of(db, card), reviews.last_review(db, card)
            if row := db.execute("SELECT token FROM showings WHERE card = ?", (card,)).fetchone():
                review = Review(card, at, day, rating)
                reviews.rate_showing(db, review, after(memory, rating, day), seen, row[0])
        case "cram":
            cram(db, card, rating, at=at)
        case "suspend":
            marks.suspend(db, cards, " ".join(cards), at)
        case "resume":
            marks.resume(db, cards, " ".join(cards), at)
        case "bury":
            marks.bury(db, cards, " ".join(cards), day + rating, at)
        case "reset":
            marks.reset(db, cards, " ".join(cards), day, at)


class TestTodaysList:
    def test_a_card_taken_back_stands_where_it_stood(self, db: sqlite3.Connection) -> None:
        before = today.left(db)
        rate(db, A)
        rate(db, B)
        undo(db)
        undo(db)
        assert today.left(db) == before

    @pytest.mark.parametrize(
        "act", [ACTS["a rating"], ACTS["a suspension"], ACTS["a burial"]], ids=["rate", "s", "b"]
    )
    def test_a_list_made_since_lacks_the_card_and_is_worked_out_anew(
        self, db: sqlite3.Connection, act: Act
    ) -> None:
        act(db)
        today.keep(db, f"{DAY} 20", [("d/one", "new")])
        undo(db)
        assert today.stamp(db) == ""

    def test_so_is_one_made_after_a_rating_there_was_no_list_for(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"), note("b", position=1))) as db:
            rate(db, A)
            today.keep(db, "a day", [(B, "new")])
            undo(db)
            assert today.stamp(db) == ""

    def test_an_act_on_the_deck_files_lets_it_be_worked_out_anew(
        self, db: sqlite3.Connection
    ) -> None:
        with transaction(db):
            journal.remember(db, AT, "edit", "a", {"file": MINE, "text": "", "after": ""})
        undo(db)
        assert today.stamp(db) == ""

    def test_a_list_forgotten_since_stays_forgotten(self, db: sqlite3.Connection) -> None:
        marks.reset(db, [A], A, DAY, AT)
        keep(db, note("e", file="decks/more.yaml"))
        undo(db)
        assert today.stamp(db) == ""

    def test_undoing_on_another_day_puts_nothing_on_that_days_list(
        self, db: sqlite3.Connection
    ) -> None:
        rate(db, A)
        today.keep(db, f"{DAY + 1} 20", [(B, "due")])
        undo(db)
        assert A not in [card for card, _ in today.left(db)]
        assert today.stamp(db) == ""

    def test_a_second_look_taken_back_is_owed_again_and_the_list_is_left_alone(
        self, db: sqlite3.Connection
    ) -> None:
        rate(db, B, 1)
        before, owed = state(db), today.second_looks(db, DAY)
        rate(db, B, 3, at=AT + HOUR)
        assert today.second_looks(db, DAY) == []
        undo(db)
        assert (state(db), today.second_looks(db, DAY)) == (before, owed)
        assert today.stamp(db) == f"{DAY} 20"


class TestShowings:
    def test_a_showing_whose_answer_was_taken_back_can_be_answered_again(
        self, db: sqlite3.Connection
    ) -> None:
        rate_shown(db)
        once = dump(db)["reviews"]
        undo(db)
        rate_shown(db)
        assert len(dump(db)["reviews"]) == len(once)

    def test_a_later_showing_that_is_stale_by_it_gives_way(self, db: sqlite3.Connection) -> None:
        earlier = reviews.showing(db, A)
        rate_shown(db)
        reviews.show(db, A, f"{reviews.last_review(db, A)}-y")
        undo(db)
        assert reviews.showing(db, A) == earlier


class TestAfterAllMemoriesWereMadeAnew:
    """An act remembers a memory made with what was in force then."""

    def test_taking_back_a_rating_asks_for_all_memories_to_be_made_anew(
        self, db: sqlite3.Connection
    ) -> None:
        eager = Parameters(retention=0.97)
        rate(db, A, 4)
        reviews.rebuild(db, lambda _, log: replay(log, eager), "eager")
        undo(db)
        assert reviews.schedule(db) == ""
        reviews.rebuild(db, lambda _, log: replay(log, eager), "eager")
        assert reviews.differing(db, lambda _, log: replay(log, eager)) == []

    def test_so_does_taking_back_a_reset(self, db: sqlite3.Connection) -> None:
        marks.reset(db, [A], A, DAY, AT)
        reviews.rebuild(db, from_log, "schedule")
        undo(db)
        assert reviews.schedule(db) == ""

    def test_acts_since_are_taken_back_as_ever(self, db: sqlite3.Connection) -> None:
        reviews.rebuild(db, from_log, "schedule")
        before = state(db)
        rate(db, A, 4)
        undo(db)
        assert state(db) == before
        assert reviews.schedule(db) == "schedule"

    def test_marks_and_rehearsals_have_no_memory_to_doubt(self, db: sqlite3.Connection) -> None:
        marks.suspend(db, [A], A, AT)
        cram(db, B)
        reviews.rebuild(db, from_log, "schedule")
        undo(db)
        undo(db)
        assert reviews.schedule(db) == "schedule"
        assert reviews.differing(db, from_log) == []


class TestAfterTheDecksChanged:
    def test_a_rating_of_a_note_set_aside_since_is_taken_back(self, db: sqlite3.Connection) -> None:
        before = dump(db)["memory"]
        rate(db, "d/one", 3)
        keep(db, also=["decks/other.yaml"])
        undo(db)
        assert dump(db)["memory"] == before
        assert reviews.differing(db, from_log) == []

    def test_marks_of_a_note_that_came_back_are_taken_back(self, db: sqlite3.Connection) -> None:
        marks.suspend(db, ["d/one"], "d", AT)
        keep(db, also=["decks/other.yaml"])
        keep(db, note("d", file="decks/other.yaml", faces=["one", "two"]))
        undo(db)
        assert dump(db)["suspended"] == [(C,)]
