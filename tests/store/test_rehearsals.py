"""Mock interviews are kept step by step, taken back whole, and leave memory alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from greenflag.errors import WentOn
from greenflag.store import journal, rehearsals, reviews
from greenflag.store.connection import open_store
from greenflag.store.journal import last_act
from greenflag.store.rehearsals import Mock, Rehearsal
from greenflag.store.undo import undo
from tests.store.parts import AT, DAY, a_store, dump, from_log, note, rate, sound

PLAN = [{"note": "a", "wording": "A?", "why": "W"}, {"note": "b", "wording": "B?", "why": "W"}]
TOLD = Rehearsal(
    "a", "A?", AT + 5, DAY, "told", 120.0, place=0, competency="x", source="typed", seconds=61.5,
    answer="I led\x1b five.", follow_up="And?", follow_seconds=9.0, points=4, story="s",
    remark="slower", findings={"filler": 2},
)  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(a_store(tmp_path, note("a", kind="question"), note("b", kind="question"))) as db:
        yield db


@pytest.fixture
def mock(db: sqlite3.Connection) -> Mock:
    return rehearsals.begin(db, PLAN, {"minutes": 2}, AT, "Monday")


def test_what_is_kept_comes_back_as_it_was(db: sqlite3.Connection, mock: Mock) -> None:
    rehearsals.keep(db, mock, TOLD, last=False)
    (row,) = rehearsals.of_mock(db, mock.id)
    assert row == TOLD._replace(id=row.id, mock=mock.id)
    assert rehearsals.latest(db) == mock._replace(steps=1)


def test_a_later_step_takes_the_place_of_an_earlier_one(db: sqlite3.Connection, mock: Mock) -> None:
    mock = rehearsals.keep(db, mock, TOLD, last=False)
    mock = rehearsals.keep(db, mock, TOLD._replace(state="done", said=(0, 3)), last=False)
    (row,) = rehearsals.of_mock(db, mock.id)
    assert (row.state, row.said, mock.steps) == ("done", (0, 3), 2)


def test_the_last_step_finishes_it_in_the_same_transaction(
    db: sqlite3.Connection, mock: Mock
) -> None:
    rehearsals.keep(db, mock, TOLD._replace(state="done"), last=True)
    kept = rehearsals.find(db, mock.id)
    assert kept and kept.finished == AT + 5


def test_a_clock_set_back_finishes_nothing_before_it_began(
    db: sqlite3.Connection, mock: Mock
) -> None:
    rehearsals.keep(db, mock, TOLD._replace(at=AT - 10**9, state="done"), last=True)
    kept, (row,) = rehearsals.find(db, mock.id), rehearsals.of_mock(db, mock.id)
    assert kept and kept.finished == kept.started == row.at


def test_who_went_on_from_an_older_step_is_refused_and_nothing_is_lost(
    db: sqlite3.Connection, mock: Mock
) -> None:
    rehearsals.keep(db, mock, TOLD, last=False)
    with pytest.raises(WentOn):
        rehearsals.keep(db, mock, TOLD._replace(answer="another"), last=False)
    assert rehearsals.of_mock(db, mock.id)[0].answer == TOLD.answer


def test_a_mock_that_was_taken_back_or_is_finished_goes_on_no_more(
    db: sqlite3.Connection, mock: Mock
) -> None:
    done = rehearsals.keep(db, mock, TOLD._replace(state="done"), last=True)
    with pytest.raises(WentOn):
        rehearsals.keep(db, done, TOLD, last=False)
    undo(db)
    with pytest.raises(WentOn):
        rehearsals.keep(db, done, TOLD, last=False)
    assert rehearsals.all_mocks(db) == []


def test_undo_takes_back_a_whole_mock_finished_or_not(db: sqlite3.Connection) -> None:
    before = dump(db)
    for last in (False, True):
        mock = rehearsals.begin(db, PLAN, {}, AT, "Monday")
        rehearsals.keep(db, mock, TOLD, last=last)
        act = undo(db)
        assert (act.what, act.about) == ("mock", "Monday")
        assert dump(db) == before and sound(db)


def test_undo_takes_back_a_kept_answer_and_only_that(db: sqlite3.Connection) -> None:
    rehearsals.keep_answer(db, TOLD._replace(place=None))
    before = dump(db)
    kept = rehearsals.keep_answer(db, TOLD._replace(place=None, answer="newer"))
    assert rehearsals.last_answer(db, "a") == kept
    undo(db)
    assert dump(db) == before


def test_what_was_done_last_is_taken_back_first(db: sqlite3.Connection, mock: Mock) -> None:
    rate(db, "a/card")
    assert last_act(db).what == "rate"
    rehearsals.keep(db, mock, TOLD, last=False)
    assert undo(db).what == "mock"
    assert undo(db).what == "rate"


def test_many_steps_push_no_other_act_out_of_undo(
    db: sqlite3.Connection, mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_ACTS", 5)
    rate(db, "a/card")
    for _ in range(20):
        mock = rehearsals.keep(db, mock, TOLD, last=False)
    undo(db)
    assert undo(db).what == "rate"


def test_rehearsals_are_never_fed_to_the_schedule(db: sqlite3.Connection) -> None:
    rate(db, "a/card")
    apart = ("mocks", "rehearsals", "acts")
    before, replay = dump(db, *apart), list(reviews.replayed(db, from_log))
    mock = rehearsals.begin(db, PLAN, {}, AT, "Monday")
    rehearsals.keep(db, mock, TOLD, last=True)
    rehearsals.keep_answer(db, TOLD._replace(place=None))
    assert dump(db, *apart) == before
    assert list(reviews.replayed(db, from_log)) == replay
    assert reviews.differing(db, from_log) == []
    undo(db)
    undo(db)
    assert dump(db, *apart) == before, "nor does undo touch it"


def test_skipped_and_gone_ones_are_no_practice(db: sqlite3.Connection, mock: Mock) -> None:
    mock = rehearsals.keep(db, mock, TOLD._replace(state="skipped"), last=False)
    rehearsals.keep(db, mock, TOLD._replace(note="b", place=1, wording="B?"), last=False)
    assert [row.note for row in rehearsals.answered(db)] == ["b"]
    assert rehearsals.answered(db, DAY + 1) == []
    assert rehearsals.last_told(db) == {"b": (DAY, "B?")}


def test_only_seen_cards_of_the_kind_have_memories(db: sqlite3.Connection) -> None:
    rate(db, "a/card")
    found = rehearsals.memories(db, "question")
    assert found == {"a": [reviews.memory_of(db, "a/card")]}
    assert rehearsals.memories(db, "script") == {}


@pytest.mark.parametrize("id_", [0, -1, 99, 2**80])
def test_a_mock_there_is_not_is_none(db: sqlite3.Connection, id_: int) -> None:
    assert rehearsals.find(db, id_) is None


def test_it_survives_a_restart(tmp_path: Path, db: sqlite3.Connection, mock: Mock) -> None:
    rehearsals.keep(db, mock, TOLD, last=False)
    with closing(open_store(str(tmp_path))) as again:
        assert rehearsals.latest(again) == mock._replace(steps=1)
        assert rehearsals.of_mock(again, mock.id)[0].answer == TOLD.answer
