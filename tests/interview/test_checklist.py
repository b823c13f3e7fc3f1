"""Each item has its time around the interview, and a state that follows from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.content.notes import Checklist, Item
from greenflag.interview.checklist import Entry, Mark, entries, picked, progress
from greenflag.studyday import day_start, study_day

AT = datetime(2026, 12, 1, 10, tzinfo=UTC)
ABOUT = (7, AT)


def listed(*dues: str | None, id_: str = "list", do: str | None = None) -> Checklist:
    items = tuple(Item(text=f"do {due}", due=due, do=do) for due in dues)
    return Checklist(id=id_, title="T", items=items)


def one(due: str | None, now: datetime, done: Mark | None = None) -> Entry:
    marks = {"list/item-1": done} if done else {}
    (entry,) = entries([listed(due)], marks, ABOUT, now)
    return entry


@pytest.mark.parametrize(
    ("due", "hours", "state"),
    [
        ("3 days before", -100, "later"), ("3 days before", -72, "now"),
        ("3 days before", -40, "overdue"), ("3 days before", 0, "missed"),
        ("2 hours before", -30, "later"), ("2 hours before", -3, "now"),
        ("2 hours before", -1, "overdue"), ("2 hours before", 1, "missed"),
        ("24 hours after", -1, "later"), ("24 hours after", 0, "now"),
        ("24 hours after", 23, "now"), ("24 hours after", 24, "overdue"),
        ("8 days after", 24, "later"), ("8 days after", 8 * 24, "now"),
        ("8 days after", 10 * 24, "overdue"), (None, -500, "now"), (None, 1, "missed"),
    ],
)  # fmt: skip
def test_states_follow_the_clock(due: str | None, hours: float, state: str) -> None:
    assert one(due, AT + timedelta(hours=hours)).state == state


def test_days_end_with_their_study_day_and_hours_at_their_moment() -> None:
    day = study_day(AT)
    days, hours = one("3 days before", AT).due, one("24 hours after", AT).due
    assert days is not None and days.by == day_start(day - 2)
    assert hours is not None and hours.by == AT + timedelta(days=1)


def test_what_is_ticked_off_stays_so_whatever_the_time() -> None:
    assert one("1 day before", AT, Mark(AT, True)).state == "done"
    assert one("1 day before", AT, Mark(AT, False)).state == "skipped"


def test_numbers_follow_the_time_and_stay_when_things_are_done() -> None:
    lists = [listed("2 hours after", "1 day before"), listed("3 days before", None, id_="own")]
    found = entries(lists, {}, ABOUT, AT - timedelta(days=9))
    assert [(each.number, each.text) for each in found] == [
        (1, "do 3 days before"), (2, "do 1 day before"), (3, "do None"), (4, "do 2 hours after"),
    ]  # fmt: skip
    later = entries(lists, {"own/item-1": Mark(AT, True)}, ABOUT, AT + timedelta(days=1))
    assert [each.item for each in later] == [each.item for each in found]


def test_without_an_interview_there_are_no_times() -> None:
    (entry,) = entries([listed("3 days before", do="debrief {id}")], {}, None, AT)
    assert (entry.state, entry.due, entry.when) == ("open", None, "3 days before")
    assert entry.do == "greenflag debrief"


def test_a_command_names_the_interview() -> None:
    (entry,) = entries([listed(None, do="interview research {id}")], {}, ABOUT, AT)
    assert entry.do == "greenflag interview research 7"


def test_progress_counts_one_side_and_leaves_out_what_is_not_needed() -> None:
    lists = [listed("8 days before", "3 days before", "2 days before", "1 day before",
                    "2 hours after")]  # fmt: skip
    marks = {"list/item-1": Mark(AT, True), "list/item-4": Mark(AT, False)}
    found = entries(lists, marks, ABOUT, AT - timedelta(days=2))
    before, after = progress(found, before=True), progress(found, before=False)
    assert (before.done, before.of, before.share) == (1, 3, 1 / 3)
    assert [each.item for each in before.missing] == ["list/item-2", "list/item-3"]
    assert before.next is not None and before.next.item == "list/item-2"
    assert (after.done, after.of, after.missing) == (0, 1, ())
    assert progress((), before=True).share == 1.0


def test_items_are_meant_by_number_id_or_list() -> None:
    found = entries([listed("1 day before", "2 days before")], {}, ABOUT, AT)
    assert [each.item for each in picked(found, "1")] == ["list/item-2"]
    assert [each.item for each in picked(found, "list/item-1")] == ["list/item-1"]
    assert len(picked(found, "list")) == 2
    for name in ("0", "3", "-1", "x", "", "99999999999999999999", "１"):
        assert picked(found, name) == ()


@given(st.integers(0, 999), st.sampled_from(["day", "hour"]), st.sampled_from(["before", "after"]),
       st.integers(-30_000, 30_000))  # fmt: skip
def test_any_item_opens_before_it_is_due_and_has_one_state(
    count: int, unit: str, side: str, hours: int
) -> None:
    entry = one(f"{count} {unit}s {side}", AT + timedelta(hours=hours))
    assert entry.due is not None and entry.due.opens <= entry.due.by
    assert entry.before == (side == "before")
    assert entry.state in ("overdue", "now", "later", "missed")
