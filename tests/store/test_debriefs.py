"""Debriefs are kept whole, drafts until then, and undo makes a debrief a draft again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from greenflag.errors import GreenflagError
from greenflag.store import debriefs, interviews, ticks, today
from greenflag.store.connection import open_store
from greenflag.store.debriefs import Asked, Debrief
from greenflag.store.interviews import Interview
from greenflag.store.undo import undo

AT = 1_800_000_000_000
TOLD = Asked("q-a", "angry", 1, "my-story", 3)
FRESH = Asked("", "cats", None)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(str(tmp_path))) as db:
        yield db


@pytest.fixture
def past(db: sqlite3.Connection) -> Interview:
    return interviews.add(db, Interview(0, "Acme", "", AT - 1000, (20.0,) * 7), AT - 2000)


def keep(db: sqlite3.Connection, each: Debrief, whole: bool = True) -> None:
    held = debriefs.find(db, each.interview)
    debriefs.keep(db, each, held, about="Acme", whole=whole, done=["list/item-1"])


def test_a_draft_is_kept_as_it_is_and_is_no_debrief(db: sqlite3.Connection) -> None:
    draft = Debrief(1, {"well": "a"}, (TOLD, FRESH), "no", 0.5, AT)
    debriefs.keep_draft(db, draft)
    debriefs.keep_draft(db, draft)
    assert debriefs.draft(db, 1) == draft
    assert debriefs.find(db, 1) is None and debriefs.debriefed(db) == set()
    assert debriefs.came_up(db) == []


def test_what_another_program_changed_meanwhile_is_not_written_over(
    db: sqlite3.Connection, past: Interview
) -> None:
    keep(db, Debrief(past.id, {"well": "theirs"}, (TOLD,), None, None, AT))
    mine = Debrief(past.id, {"well": "mine"}, (), None, None, AT + 1)
    with pytest.raises(GreenflagError, match="changed by another program"):
        debriefs.keep(db, mine, None, about="Acme")
    held = debriefs.find(db, past.id)
    assert held and held.answers == {"well": "theirs"}


def test_a_debrief_takes_its_drafts_place_and_ends_the_interview(
    db: sqlite3.Connection, past: Interview
) -> None:
    whole = Debrief(past.id, {"well": "a"}, (TOLD, Asked("q-b", "b")), "waiting", 0.7, AT)
    debriefs.keep_draft(db, whole)
    today.keep(db, "stamp", [])
    keep(db, whole)
    assert debriefs.find(db, past.id) == whole and debriefs.draft(db, past.id) is None
    assert interviews.find(db, past.id) == past._replace(state="done")
    assert ticks.ticks_of(db, past.id).keys() == {"list/item-1"}
    assert debriefs.debriefed(db) == {past.id}
    assert debriefs.came_up(db) == [("q-a", 1, past.at), ("q-b", None, past.at)]
    assert today.stamp(db) == "", "the plan of the day is to be made anew"


def test_undo_makes_it_a_draft_again(db: sqlite3.Connection, past: Interview) -> None:
    whole = Debrief(past.id, {"well": "a"}, (TOLD,), None, 0.7, AT)
    today.keep(db, "stamp", [])
    keep(db, whole)
    undo(db)
    assert debriefs.find(db, past.id) is None and debriefs.draft(db, past.id) == whole
    assert interviews.find(db, past.id) == past and ticks.ticks_of(db, past.id) == {}
    assert debriefs.came_up(db) == [] and today.stamp(db) == "stamp"


def test_undo_of_a_change_puts_the_earlier_debrief_back(
    db: sqlite3.Connection, past: Interview
) -> None:
    first = Debrief(past.id, {"well": "a"}, (TOLD,), None, 0.7, AT)
    keep(db, first)
    keep(db, first._replace(outcome="offer", asked=(), at=AT + 5), whole=False)
    undo(db)
    assert debriefs.find(db, past.id) == first and debriefs.draft(db, past.id) is None
    assert interviews.find(db, past.id) == past._replace(state="done")


def test_an_outcome_alone_is_no_debrief_and_leaves_the_draft(
    db: sqlite3.Connection, past: Interview
) -> None:
    draft = Debrief(past.id, {"well": "a"}, (), None, None, AT)
    debriefs.keep_draft(db, draft)
    keep(db, Debrief(past.id, {}, (), "no", None, AT), whole=False)
    assert debriefs.debriefed(db) == set() and debriefs.draft(db, past.id) == draft


def test_a_story_knows_whom_it_was_told(db: sqlite3.Connection, past: Interview) -> None:
    later = interviews.add(db, past._replace(company="Umbrella", at=past.at + 1), AT)
    for each in (past, later):
        keep(db, Debrief(each.id, {}, (TOLD,), None, None, AT))
    assert debriefs.told_to(db, "my-story") == ["Umbrella", "Acme"]
    assert debriefs.told_to(db, "other") == []


def test_what_an_interview_that_was_taken_back_taught_counts_no_more(
    db: sqlite3.Connection, past: Interview
) -> None:
    debriefs.keep_draft(db, Debrief(past.id, {"well": "a"}))
    undo(db)
    assert interviews.all_interviews(db) == []
    assert debriefs.came_up(db) == [] and debriefs.told_to(db, "my-story") == []
