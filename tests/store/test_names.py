"""What reviews are called in Anki: once given, for ever."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenflag.store import names
from greenflag.store.undo import undo
from tests.store.parts import AT, DAY, a_store, cram, note, rate

CARD = "a/card"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = a_store(tmp_path / "home", note("a"), note("b"), note("c"))
    yield opened
    opened.close()


def test_they_are_moments_or_the_next_free_one_and_stay(db: sqlite3.Connection) -> None:
    for card in (CARD, "b/card", "c/card"):
        rate(db, card)
    cram(db, CARD, at=AT + 99)
    names.name(db, {AT + 1: "", AT + 2: "c/card"}.get)
    given = {AT: CARD, AT + 3: "b/card", AT + 2: "c/card"}
    assert names.names(db) == given
    assert names.log(db, "b/card") == [(AT + 3, 3, DAY, 7.5, "review")]
    assert names.logs_of(db, "b") == {"b/card": names.log(db, "b/card")}
    names.name(db, {AT: "somebody"}.get)
    assert names.names(db) == given


def test_cramming_has_a_name_of_its_own_and_no_say_in_memory(db: sqlite3.Connection) -> None:
    cram(db, CARD, at=AT)
    rate(db, "b/card")
    names.name(db)
    assert names.names(db) == {AT + 1: "b/card"}
    assert names.log(db, CARD) == [(AT, 3, DAY, 5.0, "cram")]


def test_a_review_without_a_name_is_in_no_log_that_leaves_the_house(
    db: sqlite3.Connection,
) -> None:
    rate(db, CARD)
    assert names.log(db, CARD) == [] and names.logs_of(db, "a") == {}


def test_those_of_what_is_taken_back_are_remembered(db: sqlite3.Connection) -> None:
    rate(db, CARD)
    undo(db)
    assert names.withdrawn(db) == set()
    rate(db, CARD)
    names.name(db)
    undo(db)
    assert names.withdrawn(db) == {(CARD, AT)}
