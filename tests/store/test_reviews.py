"""A rating is one transaction; the log is the truth, and memory follows from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from greenflag.errors import NotShown, Stale
from greenflag.memory.schedule import DEFAULTS, Parameters, after, replay
from greenflag.store import marks, reviews, today
from greenflag.store.connection import open_store
from greenflag.store.rows import Review
from greenflag.store.undo import undo
from tests.store.parts import AT, DAY, HOUR, a_store, cram, dump, from_log, note, rate

CARD = "a/card"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A store with three notes, and a list for today."""
    with closing(a_store(tmp_path, *(note(id_, position=n) for n, id_ in enumerate("abc")))) as db:
        today.keep(db, "a day", [("b/card", "new"), (CARD, "due"), ("c/card", "new")])
        yield db


def a_year_of_ratings(db: sqlite3.Connection, seed: int = 1) -> None:
    random = Random(seed)
    for day in sorted(random.choices(range(DAY, DAY + 365), k=60)):
        card = random.choice(["a/card", "b/card", "c/card"])
        at = AT + (day - DAY) * 24 * HOUR + random.randint(0, HOUR)
        if random.random() < 0.1:
            cram(db, card, at=at)
        elif random.random() < 0.1:
            marks.reset(db, [card], card, day, at)
        else:
            rate(db, card, random.choice([1, 2, 3, 3, 4]), day=day, at=at)


class TestRecord:
    def test_writes_review_memory_and_act_and_takes_the_card_off_the_list(
        self, db: sqlite3.Connection
    ) -> None:
        memory = after(None, 3, DAY)
        written, number = reviews.record(db, Review(CARD, AT, DAY, 3, 7.5), memory, 0)
        assert written == Review(CARD, AT, DAY, 3, 7.5)
        rows = db.execute("SELECT * FROM reviews").fetchall()
        assert rows == [(number, CARD, AT, DAY, 3, 7.5, "review", "greenflag", None)]
        assert reviews.memory_of(db, CARD) == memory
        assert db.execute("SELECT at, what, about FROM acts").fetchall() == [(AT, "rate", CARD)]
        assert today.left(db) == [("b/card", "new"), ("c/card", "new")]

    def test_is_one_transaction(self, db: sqlite3.Connection) -> None:
        statements: list[str] = []
        db.set_trace_callback(statements.append)
        rate(db, CARD)
        db.set_trace_callback(None)
        verbs = [statement.split()[0] for statement in statements]
        begin, commit = verbs.index("BEGIN"), verbs.index("COMMIT")
        assert (verbs.count("BEGIN"), verbs.count("COMMIT")) == (1, 1)
        writes = [n for n, verb in enumerate(verbs) if verb in ("INSERT", "DELETE", "UPDATE")]
        assert len(writes) >= 4
        assert begin < min(writes) and max(writes) < commit

    @pytest.mark.parametrize(
        "point",
        [
            "AFTER DELETE ON today",
            "AFTER INSERT ON reviews",
            "AFTER INSERT ON memory",
            "AFTER INSERT ON acts",
            "AFTER DELETE ON showings",
        ],
    )
    @pytest.mark.parametrize("severity", ["ABORT", "ROLLBACK"])
    def test_leaves_nothing_half_written_wherever_it_breaks_off(
        self, db: sqlite3.Connection, point: str, severity: str
    ) -> None:
        reviews.show(db, CARD, "0-x")
        db.execute(
            f"CREATE TRIGGER broken {point} BEGIN SELECT RAISE({severity}, 'broken off'); END"
        )
        before = dump(db)
        review, memory = Review(CARD, AT, DAY, 3), after(None, 3, DAY)
        with pytest.raises(sqlite3.IntegrityError, match="broken off"):
            reviews.rate_showing(db, review, memory, 0, "0-x")
        assert dump(db) == before
        db.execute("DROP TRIGGER broken")
        reviews.rate_showing(db, review, memory, 0, "0-x")
        assert len(dump(db)["reviews"]) == len(dump(db)["memory"]) == 1

    def test_is_on_the_disk_when_it_returns(self, db: sqlite3.Connection, tmp_path: Path) -> None:
        rate(db, CARD)
        with closing(open_store(str(tmp_path))) as other:
            assert dump(other) == dump(db)
        assert not db.in_transaction

    def test_an_unknown_card_is_refused_whole(self, db: sqlite3.Connection) -> None:
        before = dump(db)
        with pytest.raises(sqlite3.IntegrityError):
            reviews.record(db, Review("x/card", AT, DAY, 3), after(None, 3, DAY), 0)
        assert dump(db) == before

    def test_memory_comes_back_bit_for_bit(self, db: sqlite3.Connection) -> None:
        a_year_of_ratings(db)
        kept = reviews.memory_of(db, CARD)
        assert kept is not None
        then = after(kept, 2, DAY + 400)
        seen = reviews.last_review(db, CARD)
        reviews.record(db, Review(CARD, AT + 400 * 24 * HOUR, DAY + 400, 2), then, seen)
        assert reviews.memory_of(db, CARD) == then

    def test_the_last_review_is_the_one_that_counts_and_is_newest(
        self, db: sqlite3.Connection
    ) -> None:
        assert reviews.last_review(db, CARD) == 0
        rate(db, CARD)
        first = reviews.last_review(db, CARD)
        rate(db, "b/card")
        cram(db, CARD)
        assert reviews.last_review(db, CARD) == first > 0


class TestStale:
    def test_a_card_reviewed_since_it_was_shown_is_refused(self, db: sqlite3.Connection) -> None:
        rate(db, CARD)
        before = dump(db)
        with pytest.raises(Stale, match="a/card was reviewed after this showing"):
            reviews.record(db, Review(CARD, AT + HOUR, DAY, 3), after(None, 3, DAY), 0)
        assert dump(db) == before

    def test_so_is_one_that_was_reset_since(self, db: sqlite3.Connection) -> None:
        rate(db, CARD)
        seen = reviews.last_review(db, CARD)
        marks.reset(db, [CARD], CARD, DAY, AT)
        with pytest.raises(Stale):
            reviews.record(db, Review(CARD, AT, DAY, 3), after(None, 3, DAY), seen)

    def test_and_one_whose_rating_was_taken_back(self, db: sqlite3.Connection) -> None:

        rate(db, CARD)
        seen = reviews.last_review(db, CARD)
        undo(db)
        with pytest.raises(Stale):
            reviews.record(db, Review(CARD, AT, DAY, 3), after(None, 3, DAY), seen)
        rate(db, CARD)
        assert reviews.last_review(db, CARD) > seen

    def test_cram_in_between_does_not_count(self, db: sqlite3.Connection) -> None:
        cram(db, CARD)
        reviews.record(db, Review(CARD, AT + HOUR, DAY, 3), after(None, 3, DAY), 0)
        assert reviews.last_review(db, CARD) > 0

    def test_two_that_answer_the_same_showing_write_one_review(
        self, db: sqlite3.Connection, tmp_path: Path
    ) -> None:
        with closing(open_store(str(tmp_path))) as other:
            reviews.record(other, Review(CARD, AT, DAY, 3), after(None, 3, DAY), 0)
            with pytest.raises(Stale):
                reviews.record(db, Review(CARD, AT, DAY, 1), after(None, 1, DAY), 0)
        assert db.execute("SELECT rating FROM reviews").fetchall() == [(3,)]


class TestShowings:
    def test_a_showing_is_answered_once(self, db: sqlite3.Connection) -> None:
        reviews.show(db, CARD, "0-x")
        assert reviews.showing(db, CARD) == "0-x"
        reviews.rate_showing(db, Review(CARD, AT, DAY, 3), after(None, 3, DAY), 0, "0-x")
        with pytest.raises(NotShown, match="a/card has not been shown"):
            reviews.showing(db, CARD)
        with pytest.raises(Stale):
            reviews.rate_showing(db, Review(CARD, AT, DAY, 3), after(None, 3, DAY), 0, "0-x")
        assert len(dump(db)["reviews"]) == 1

    def test_the_latest_showing_stands(self, db: sqlite3.Connection) -> None:
        reviews.show(db, CARD, "0-x")
        reviews.show(db, CARD, "0-y")
        assert reviews.showing(db, CARD) == "0-y"

    def test_answering_an_earlier_showing_leaves_the_later_one_but_it_is_stale(
        self, db: sqlite3.Connection
    ) -> None:
        reviews.show(db, CARD, "0-x")
        reviews.show(db, CARD, "0-y")
        reviews.rate_showing(db, Review(CARD, AT, DAY, 3), after(None, 3, DAY), 0, "0-x")
        assert reviews.showing(db, CARD) == "0-y"
        with pytest.raises(Stale):
            reviews.rate_showing(db, Review(CARD, AT, DAY, 3), after(None, 3, DAY), 0, "0-y")

    def test_a_stale_answer_does_not_use_the_showing_up(self, db: sqlite3.Connection) -> None:
        rate(db, CARD)
        reviews.show(db, CARD, "0-x")
        with pytest.raises(Stale):
            reviews.rate_showing(db, Review(CARD, AT, DAY, 3), after(None, 3, DAY), 0, "0-x")
        assert reviews.showing(db, CARD) == "0-x"


class TestMoments:
    def test_only_go_forward_when_the_clock_stands_still(self, db: sqlite3.Connection) -> None:
        written = [rate(db, CARD).at for _ in range(4)]
        assert written == [AT, AT + 1, AT + 2, AT + 3]

    def test_and_when_it_was_set_back(self, db: sqlite3.Connection) -> None:
        rate(db, CARD, at=AT)
        assert rate(db, CARD, at=AT - 24 * HOUR, day=DAY - 1).at == AT + 1
        log = reviews.history(db, CARD)
        assert [(at, day) for at, _, _, _, day in log] == [(AT, DAY), (AT + 1, DAY - 1)]

    def test_after_cram_and_resets_too(self, db: sqlite3.Connection) -> None:
        cram(db, CARD)
        assert rate(db, CARD).at == AT + 1
        marks.reset(db, [CARD], CARD, DAY, AT)
        assert rate(db, CARD).at == AT + 3

    def test_cards_do_not_mind_each_other(self, db: sqlite3.Connection) -> None:
        assert [rate(db, card).at for card in (CARD, "b/card")] == [AT, AT]

    def test_the_log_is_in_the_order_of_what_happened(self, db: sqlite3.Connection) -> None:
        for rating in (1, 4, 2):
            rate(db, CARD, rating)
        assert [rating for _, rating, *_ in reviews.history(db, CARD)] == [1, 4, 2]
        assert reviews.memory_of(db, CARD) == replay([(1, DAY), (4, DAY), (2, DAY)])

    def test_replay_keeps_that_order_whatever_the_clock_did(self, db: sqlite3.Connection) -> None:
        for rating, at in ((4, AT), (1, AT - HOUR), (3, AT - 2 * HOUR), (2, AT)):
            rate(db, CARD, rating, at=at)
        assert dict(reviews.replayed(db, lambda _, log: tuple(log)))[CARD] == (  # type: ignore[arg-type,return-value,comparison-overlap]
            (4, DAY),
            (1, DAY),
            (3, DAY),
            (2, DAY),
        )

    def test_reviews_dated_later_than_now_are_counted(self, db: sqlite3.Connection) -> None:
        rate(db, CARD, at=AT)
        rate(db, "b/card", at=AT + HOUR)
        assert [reviews.after(db, AT + ms) for ms in (-1, 0, HOUR)] == [2, 1, 0]


class TestCram:
    def test_leaves_memory_and_list_alone(self, db: sqlite3.Connection) -> None:
        rate(db, "b/card")
        before = dump(db, "reviews", "acts")
        cram(db, "b/card", 1, at=AT + HOUR)
        cram(db, CARD, 1)
        assert dump(db, "reviews", "acts") == before

    def test_is_in_the_log_as_what_it_is(self, db: sqlite3.Connection) -> None:
        cram(db, CARD, 2)
        assert reviews.history(db, CARD) == [(AT, 2, "cram", 5.0, DAY)]

    def test_is_no_part_of_a_replay(self, db: sqlite3.Connection) -> None:
        rate(db, CARD)
        cram(db, CARD, 1, at=AT + HOUR)
        cram(db, "c/card", 1)
        assert dict(reviews.replayed(db, from_log)) == {CARD: replay([(3, DAY)])}


class TestRebuild:
    @pytest.mark.parametrize("seed", range(5))
    def test_makes_the_same_memories_bit_for_bit(self, db: sqlite3.Connection, seed: int) -> None:
        a_year_of_ratings(db, seed)
        before = dump(db)["memory"]
        assert reviews.differing(db, from_log) == []
        db.execute("DELETE FROM memory")
        assert reviews.rebuild(db, from_log) == len(before)
        assert dump(db)["memory"] == before

    def test_of_other_parameters_makes_other_memories_of_the_same_log(
        self, db: sqlite3.Connection
    ) -> None:
        for card in ("a/card", "b/card", "c/card"):
            rate(db, card, 4)
        log = dump(db)["reviews"]
        eager = Parameters(numbers=DEFAULTS.numbers, retention=0.95)
        reviews.rebuild(db, lambda _, log: replay(log, eager), "eager")
        assert reviews.schedule(db) == "eager"
        assert reviews.differing(db, lambda _, log: replay(log, eager)) == []
        assert reviews.differing(db, from_log) == ["a/card", "b/card", "c/card"]
        assert dump(db)["reviews"] == log

    def test_lets_the_list_be_worked_out_anew(self, db: sqlite3.Connection) -> None:
        reviews.rebuild(db, from_log)
        assert today.stamp(db) == ""

    def test_of_nothing_is_nothing(self, db: sqlite3.Connection) -> None:
        assert reviews.rebuild(db, from_log) == 0
        assert reviews.differing(db, from_log) == []

    @pytest.mark.parametrize(
        "tampering",
        [
            "UPDATE memory SET stability = stability * 1.0000000001 WHERE card = 'b/card'",
            "UPDATE memory SET due = due + 1 WHERE card = 'b/card'",
            "UPDATE memory SET lapses = lapses + 1 WHERE card = 'b/card'",
            "DELETE FROM memory WHERE card = 'b/card'",
            "UPDATE reviews SET rating = 1 WHERE card = 'b/card'",
            "DELETE FROM reviews WHERE card = 'b/card'",
        ],
    )
    def test_a_tampered_row_is_found_and_mended(
        self, db: sqlite3.Connection, tampering: str
    ) -> None:
        for card in ("a/card", "b/card", "c/card"):
            rate(db, card)
        db.execute(tampering)
        assert reviews.differing(db, from_log) == ["b/card"]
        reviews.rebuild(db, from_log)
        assert reviews.differing(db, from_log) == []

    def test_a_memory_without_any_review_is_found(self, db: sqlite3.Connection) -> None:
        reviews.put_memory(db, CARD, after(None, 3, DAY))
        assert reviews.differing(db, from_log) == [CARD]

    def test_a_card_that_was_reset_has_no_memory_and_that_is_right(
        self, db: sqlite3.Connection
    ) -> None:
        rate(db, CARD)
        marks.reset(db, [CARD], CARD, DAY, AT)
        assert reviews.memory_of(db, CARD) is None
        assert reviews.differing(db, from_log) == []
        assert reviews.rebuild(db, from_log) == 0

    def test_that_breaks_off_leaves_the_memories_there_were(self, db: sqlite3.Connection) -> None:
        a_year_of_ratings(db)
        before = dump(db)

        def broken(card: str, _: object) -> None:
            raise ZeroDivisionError(card)

        with pytest.raises(ZeroDivisionError):
            reviews.rebuild(db, broken)
        assert dump(db) == before


class TestParameters:
    def test_the_newest_fitted_ones_are_in_use(self, db: sqlite3.Connection) -> None:
        assert reviews.parameters(db) is None
        for at, numbers in ((1, "[1.5, 2.5]"), (2, "[0.1, 0.2, 0.30000000000000004]")):
            db.execute(
                "INSERT INTO parameters (at, model, numbers) VALUES (?, 'fsrs-6', ?)", (at, numbers)
            )
        assert reviews.parameters(db) == ("fsrs-6", (0.1, 0.2, 0.1 + 0.2))
