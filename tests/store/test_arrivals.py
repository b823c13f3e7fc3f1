"""Reviews from elsewhere: each once, whatever their order, and memory as a replay gives it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenflag.memory.schedule import replay
from greenflag.memory.state import Memory
from greenflag.store import reviews, today
from greenflag.store.arrivals import NEAR, Arrival, Arrived, take_in
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


def arrive(
    db: sqlite3.Connection, *logs: tuple[str, list[Arrival]], before: dict[str, Any] | None = None
) -> Arrived:
    return take_in(
        db, logs, "anki", "x.apkg", AT,
        day_of=lambda at: DAY + (at - AT) // (24 * HOUR), replay=replayed, before=before or {},
    )  # fmt: skip


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


def test_one_that_an_export_moved_on_is_known(db: sqlite3.Connection) -> None:
    first = rate(db, "a/card", 3, at=AT)
    second = rate(db, "a/card", 4, at=AT)
    assert second.at == first.at + 1
    moved = [(AT + 7, 3, 7500, True), (AT + 8, 4, 7500, True)]
    assert arrive(db, ("a/card", list(moved))) == Arrived(0, 2, 0, ())
    later = [(AT + NEAR + 1, 3, 7500, True), (AT + NEAR + 2, 3, 7400, True)]
    assert arrive(db, ("a/card", list(later))).added == 2
    assert arrive(db, ("a/card", moved + later)) == Arrived(0, 4, 0, ())


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


answers = st.tuples(
    st.integers(0, 20), st.integers(0, 4), st.sampled_from([0, 900, 7500]), st.just(True)
)
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
