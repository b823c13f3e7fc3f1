"""Ticks are kept by interview, and undo opens again what it takes back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from greenflag.store import ticks
from greenflag.store.connection import open_store
from greenflag.store.ticks import Tick
from greenflag.store.undo import undo

AT = 1_800_000_000_000
DONE, NOT_NEEDED = Tick(AT, True), Tick(AT + 1, False)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(str(tmp_path))) as db:
        yield db


def tick(db: sqlite3.Connection, *items: str, to: Tick | None = DONE, interview: int = 1) -> int:
    return ticks.tick(db, interview, items, to, about="Acme", at=AT)


def test_each_interview_has_ticks_of_its_own(db: sqlite3.Connection) -> None:
    assert tick(db, "a/item-1", "b/item-2") == 2
    assert ticks.ticks_of(db, 1) == {"a/item-1": DONE, "b/item-2": DONE}
    assert ticks.ticks_of(db, 2) == {}


def test_what_is_ticked_already_keeps_its_moment_and_is_no_act(db: sqlite3.Connection) -> None:
    tick(db, "a")
    assert tick(db, "a", "a", to=Tick(AT + 5, True)) == 0
    assert ticks.ticks_of(db, 1) == {"a": DONE}
    assert db.execute("SELECT count(*) FROM acts").fetchone() == (1,)


def test_undo_takes_back_one_act_after_the_other(db: sqlite3.Connection) -> None:
    tick(db, "a")
    tick(db, "a", "b", to=NOT_NEEDED)
    tick(db, "a", "b", to=None)
    assert ticks.ticks_of(db, 1) == {}
    undo(db)
    assert ticks.ticks_of(db, 1) == {"a": NOT_NEEDED, "b": NOT_NEEDED}
    undo(db)
    assert ticks.ticks_of(db, 1) == {"a": DONE}
    undo(db)
    assert ticks.ticks_of(db, 1) == {}
