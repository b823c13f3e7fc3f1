"""What the log says in numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from greenflag.store import marks, statistics
from tests.store.parts import AT, DAY, HOUR, a_store, cram, note, rate


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(a_store(tmp_path, note("a"), note("b", position=1))) as db:
        yield db


def test_an_empty_log_says_nothing(db: sqlite3.Connection) -> None:
    assert list(statistics.evidence(db)) == []
    assert statistics.totals(db) == (0, None)
    assert statistics.moments(db) == []
    assert statistics.seconds_on(db, DAY) == 0


def test_evidence_tells_first_views_from_later_ones_and_leaves_cram_out(
    db: sqlite3.Connection,
) -> None:
    rate(db, "a/card", 1, seconds=30.0)
    rate(db, "a/card", 3, at=AT + HOUR, seconds=None)
    cram(db, "a/card", at=AT + 2 * HOUR)
    rate(db, "b/card", 4, at=AT + 3 * HOUR, seconds=7.0)
    assert list(statistics.evidence(db)) == [(4, 7.0, True), (3, None, False), (1, 30.0, True)]
    assert list(statistics.evidence(db, newest=1)) == [(4, 7.0, True)]
    assert statistics.count_reviews(db) == 3


def test_a_day_s_seconds_count_nobody_s_telephone_call(db: sqlite3.Connection) -> None:
    rate(db, "a/card", 3, seconds=5000.0)
    rate(db, "b/card", 3, at=AT + 1, seconds=10.0)
    assert statistics.seconds_on(db, DAY) == statistics.LONGEST + 10
    assert statistics.seconds_on(db, DAY + 1) == 0


def test_retention_asks_only_what_was_seen_on_an_earlier_day(db: sqlite3.Connection) -> None:
    rate(db, "a/card", 1)
    rate(db, "a/card", 3, at=AT + 1)
    assert statistics.totals(db) == (2, None)
    rate(db, "a/card", 1, at=AT + 24 * HOUR, day=DAY + 1)
    rate(db, "b/card", 3, at=AT + 24 * HOUR, day=DAY + 1)
    rate(db, "b/card", 3, at=AT + 48 * HOUR, day=DAY + 2)
    assert statistics.totals(db) == (5, 0.5)


def test_a_reset_begins_a_history_anew(db: sqlite3.Connection) -> None:
    rate(db, "a/card", 3)
    marks.reset(db, ["a/card"], "a", DAY, AT + HOUR)
    rate(db, "a/card", 2, at=AT + 24 * HOUR, day=DAY + 1)
    assert list(statistics.histories(db)) == [[(2, DAY + 1)]]
