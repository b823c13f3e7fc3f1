"""Reviews from elsewhere: each once, whatever their order, and memory as a replay gives it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenflag.errors import Stale
from greenflag.memory.schedule import after, replay
from greenflag.memory.state import Memory
from greenflag.store import marks, names, reviews, today
from greenflag.store.arrivals import Arrival, Arrived, Arriving, take_in
from greenflag.store.rows import Review
from greenflag.store.undo import undo
from tests.store.parts import AT, DAY, HOUR, a_store, cram, dump, note, rate, sound

CARDS = ("a/card", "b/card")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = a_store(tmp_path / "home", note("a"), note("b"))
    yield opened
    opened.close()


def replayed(_: str, log: Sequence[tuple[int, int]]) -> Memory | None:
    return replay(log)


def day_of(at: int) -> int:
    return DAY + (at - AT) // (24 * HOUR)


def arrive(
    db: sqlite3.Connection, *logs: tuple[str, list[Arrival]], before: dict[str, Any] | None = None
) -> Arrived:
    return take_in(
        db, logs, day_of=day_of, replay=replayed, act=Arriving("pull", "x.apkg", AT, before)
    )


def log_of(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return db.execute("SELECT card, at, rating, kind FROM reviews ORDER BY card, at").fetchall()


def true(db: sqlite3.Connection) -> bool:
    return not reviews.differing(db, replayed) and sound(db)


def test_they_come_with_their_source_and_their_day(db: sqlite3.Connection) -> None:
    came = arrive(db, ("a/card", [(AT, 3, 2500, True), (AT + 48 * HOUR, 1, 0, True)]))
    assert came == Arrived(2, 0, 0, ("a/card",))
    rows = "SELECT card, at, day, rating, seconds, kind, source, source_id FROM reviews"
    assert db.execute(rows).fetchall() == [
        ("a/card", AT, DAY, 3, 2.5, "review", "anki", str(AT)),
        ("a/card", AT + 48 * HOUR, DAY + 2, 1, None, "review", "anki", str(AT + 48 * HOUR)),
    ]
    assert reviews.memory_of(db, "a/card") == replay([(3, DAY), (1, DAY + 2)]) and true(db)


def test_a_reset_from_elsewhere_is_a_reset(db: sqlite3.Connection) -> None:
    arrive(db, ("a/card", [(AT, 3, 0, True), (AT + 1, 0, 0, True)]))
    assert log_of(db)[1] == ("a/card", AT + 1, 0, "reset")
    assert reviews.memory_of(db, "a/card") is None and true(db)


def test_what_does_not_count_is_left_out_unless_it_came_from_here(db: sqlite3.Connection) -> None:
    kept = cram(db, "a/card", 3)
    came = arrive(db, ("a/card", [(kept.at, 3, 5000, False), (AT + 5, 3, 5000, False)]))
    assert came == Arrived(0, 1, 1, ())


def test_one_that_went_out_under_another_moment_is_known_by_its_name(
    db: sqlite3.Connection,
) -> None:
    for card in CARDS:
        rate(db, card, 3, at=AT)
    names.name(db)
    assert names.names(db) == {AT: CARDS[0], AT + 1: CARDS[1]}
    there: list[tuple[str, list[Arrival]]] = [
        (CARDS[0], [(AT, 3, 7500, True)]), (CARDS[1], [(AT + 1, 3, 7500, True)])
    ]  # fmt: skip
    assert arrive(db, *there) == Arrived(0, 2, 0, ())
    assert arrive(db, (CARDS[1], [(AT, 3, 7500, True)])).added == 1


def test_one_in_the_very_moment_of_ours_is_ours_only_when_rated_the_same(
    db: sqlite3.Connection,
) -> None:
    rate(db, "a/card", 3, at=AT)
    assert arrive(db, ("a/card", [(AT, 3, 0, True)])).known == 1
    assert arrive(db, ("a/card", [(AT, 1, 0, True)])).added == 1
    assert log_of(db) == [("a/card", AT, 3, "review"), ("a/card", AT + 1, 1, "review")]
    names.name(db)
    assert names.names(db) == {AT: "a/card", AT + 1: "a/card"} and true(db)


def test_what_was_taken_back_after_it_went_out_stays_away(db: sqlite3.Connection) -> None:
    rate(db, "a/card", 3, at=AT)
    names.name(db)
    undo(db)
    assert arrive(db, ("a/card", [(AT, 3, 7500, True)])) == Arrived(0, 1, 0, ())
    assert log_of(db) == [] and reviews.memory_of(db, "a/card") is None


def test_cards_are_suspended_in_the_same_act(db: sqlite3.Connection) -> None:
    marks.suspend(db, ["a/card"], "a/card", AT)
    act = Arriving("import", "x.apkg", AT, suspended=CARDS)
    came = take_in(db, [], day_of=day_of, replay=replayed, act=act)
    assert came.suspended == 1
    assert set(marks.all_held_back(db, DAY)) == set(CARDS)
    assert undo(db).what == "import"
    assert set(marks.all_held_back(db, DAY)) == {"a/card"}


class TestWithoutAnAct:
    def come(self, db: sqlite3.Connection, *logs: tuple[str, list[Arrival]]) -> Arrived:
        return take_in(db, logs, day_of=day_of, replay=replayed)

    def test_they_come_in_once_and_undo_knows_nothing_of_them(self, db: sqlite3.Connection) -> None:
        theirs: list[tuple[str, list[Arrival]]] = [
            ("a/card", [(AT, 3, 0, True), (AT + 72 * HOUR, 4, 0, True)]), ("b/card", [])
        ]  # fmt: skip
        assert self.come(db, *theirs).added == 2
        assert reviews.memory_of(db, "a/card") == replay([(3, DAY), (4, DAY + 3)]) and true(db)
        before = dump(db)
        assert self.come(db, *theirs) == Arrived(0, 2, 0, ())
        assert dump(db) == before and before["acts"] == []

    def test_between_ours_they_count_where_they_belong(self, db: sqlite3.Connection) -> None:
        rate(db, "a/card", 3)
        rate(db, "a/card", 3, day=DAY + 9, at=AT + 9 * 24 * HOUR)
        seen = reviews.last_review(db, "a/card")
        self.come(db, ("a/card", [(AT + 96 * HOUR, 1, 0, True)]))
        assert reviews.memory_of(db, "a/card") == replay([(3, DAY), (1, DAY + 4), (3, DAY + 9)])
        with pytest.raises(Stale):
            reviews.record(db, Review("a/card", AT, DAY, 3, None), after(None, 3, DAY), seen)

    def test_only_news_make_todays_list_anew(self, db: sqlite3.Connection) -> None:
        today.keep(db, "a day", [("b/card", "new")])
        self.come(db)
        assert today.stamp(db) == "a day"
        self.come(db, ("a/card", [(AT, 3, 0, True)]))
        assert today.stamp(db) == ""

    def test_all_come_or_none(self, db: sqlite3.Connection) -> None:
        before = dump(db)
        with pytest.raises(sqlite3.IntegrityError):
            self.come(db, ("a/card", [(AT, 3, 0, True)]), ("nobody/card", [(AT, 3, 0, True)]))
        assert dump(db) == before

    def test_an_undo_of_what_was_before_ends_in_what_the_log_says(
        self, db: sqlite3.Connection
    ) -> None:
        rate(db, "a/card", 3)
        reviews.rebuild(db, replayed, "now")
        rate(db, "a/card", 1, day=DAY + 2, at=AT + 48 * HOUR)
        self.come(db, ("a/card", [(AT + HOUR, 3, 0, True)]))
        undo(db)
        assert reviews.schedule(db) == ""  # so that all is made anew


def test_nothing_new_is_no_act(db: sqlite3.Connection) -> None:
    before = dump(db)
    assert arrive(db, ("a/card", [])) == Arrived(0, 0, 0, ())
    assert dump(db) == before


def test_undo_removes_them_and_leaves_memories_to_a_replay(db: sqlite3.Connection) -> None:
    rate(db, "a/card", 3, at=AT)
    today.keep(db, "x", [("b/card", "new")])
    before = dump(db)
    arrive(db, ("a/card", [(AT - HOUR, 1, 0, True)]), ("b/card", [(AT, 2, 0, True)]))
    assert today.stamp(db) == "" and len(log_of(db)) == 3
    assert undo(db).what == "pull"
    reviews.rebuild(db, replayed)
    after = dump(db)
    assert {name: after[name] for name in ("reviews", "memory", "acts")} == {
        name: before[name] for name in ("reviews", "memory", "acts")
    }


def test_many_are_written_a_part_at_a_time(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenflag.store.arrivals._AT_ONCE", 3)
    logs = [(card, [(AT + n * HOUR, 3, 0, True) for n in range(5)]) for card in CARDS]
    assert arrive(db, *logs).added == 10 and true(db)
    undo(db)
    assert log_of(db) == []


answers = st.integers(0, 20).map(lambda place: (place, place % 5, 900 * (place % 3), True))
"""What was answered is a fact: whoever tells of a moment tells the same."""
sides = st.lists(st.tuples(st.sampled_from(CARDS), answers), max_size=12)


def by_card(side: Iterable[tuple[str, Arrival]]) -> list[tuple[str, list[Arrival]]]:
    """As a log elsewhere has them: a moment (half days after AT) is one row, rows in order."""
    logs: dict[str, dict[int, Arrival]] = {}
    for card, (place, rating, taken, counts) in side:
        at = AT + place * 12 * HOUR
        logs.setdefault(card, {})[at] = (at, rating, taken, counts)
    return [(card, [rows[at] for at in sorted(rows)]) for card, rows in sorted(logs.items())]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sides, sides)
def test_two_logs_come_to_the_same_in_any_order_and_each_review_once(
    tmp_path_factory: pytest.TempPathFactory, one: Any, other: Any
) -> None:
    found = []
    for order in ((one, other), (other, one), (one, other, one, other)):
        db = a_store(tmp_path_factory.mktemp("home"), note("a"), note("b"))
        for side in order:
            arrive(db, *by_card(side))
            again = arrive(db, *by_card(side))
            assert again.added == 0
        assert true(db)
        found.append({(card, at // (12 * HOUR), rating) for card, at, rating, _ in log_of(db)})
        db.close()
    assert found[0] == found[1] == found[2]
    both = {(card, row[0] // (12 * HOUR), row[1]) for side in (one, other)
            for card, rows in by_card(side) for row in rows}  # fmt: skip
    assert found[0] == both
