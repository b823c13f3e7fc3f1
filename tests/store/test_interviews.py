"""Interviews are kept, changed and taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from greenflag.store import interviews
from greenflag.store.connection import open_store
from greenflag.store.interviews import Interview
from greenflag.store.undo import undo

AT = 1_800_000_000_000
SOON = Interview(
    0, "Acme", "Manager", AT + 1000, (25.0,) * 7, (9, 10), ("a",), ("D",), ("b",), 0.85
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(str(tmp_path))) as db:
        yield db


def test_what_is_kept_comes_back_as_it_was(db: sqlite3.Connection) -> None:
    added = interviews.add(db, SOON, AT)
    assert interviews.find(db, added.id) == added
    assert added == SOON._replace(id=added.id)


def test_only_planned_ones_to_come_are_ahead_soonest_first(db: sqlite3.Connection) -> None:
    late = interviews.add(db, SOON._replace(at=AT + 9000), AT)
    soon = interviews.add(db, SOON, AT)
    interviews.add(db, SOON._replace(at=AT - 1), AT)
    interviews.add(db, SOON._replace(state="cancelled"), AT)
    assert interviews.ahead(db, AT) == [soon, late]
    assert interviews.next_ahead(db, AT) == soon.id
    assert interviews.next_ahead(db, AT + 9000) is None


def test_undo_takes_back_a_change_and_then_the_interview(db: sqlite3.Connection) -> None:
    added = interviews.add(db, SOON, AT)
    interviews.change(db, added._replace(at=AT + 5000, state="done"), AT)
    undo(db)
    assert interviews.find(db, added.id) == added
    undo(db)
    assert interviews.all_interviews(db) == []


def test_what_a_plan_expected_is_kept_by_day_the_newest_first(db: sqlite3.Connection) -> None:
    assert interviews.last_forecast(db, 7) is None
    interviews.keep_forecasts(db, 10, [(7, 0.8, 0.7, 0.9), (8, 0.5, 0.4, 0.6)])
    interviews.keep_forecasts(db, 11, [(7, 0.82, 0.72, 0.9)])
    interviews.keep_forecasts(db, 11, [(7, 0.83, 0.73, 0.9)])
    assert interviews.last_forecast(db, 7) == (11, 0.83, 0.73, 0.9)
