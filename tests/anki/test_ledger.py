"""What goes into Anki's columns means the same when it is read there, and when it comes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.anki.ledger import Answered, Entry, answer_of, rows_of, same_numbers, standing_of
from greenflag.memory.schedule import DEFAULTS, after, replay
from greenflag.memory.state import Memory

DAY = 739_942
AT = 1_795_420_800_000
LOGS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 40), st.none() | st.floats(0.001, 3600)),
    max_size=12,
).map(
    lambda steps: [
        Entry(AT + n, rating, DAY + sum(gap for _, gap, _ in steps[: n + 1]), time)
        for n, (rating, _, time) in enumerate(steps)
    ]
)


@given(LOGS)
def test_a_log_written_and_read_is_the_same_log(log: list[Entry]) -> None:
    memory, rows = rows_of(log)
    assert memory == replay([(entry.rating, entry.day) for entry in log])
    for row, entry in zip(rows, log, strict=True):
        read = answer_of(row.id, row.ease, row.factor, row.time, row.type)
        assert read and (read.at, read.rating, read.counts) == (entry.id, entry.rating, True)
        if entry.rating and entry.seconds:
            assert read.milliseconds == pytest.approx(entry.seconds * 1000, abs=1)


@given(LOGS)
def test_the_first_answer_and_the_first_after_a_reset_are_learning_ones(log: list[Entry]) -> None:
    before = 0
    for row, entry in zip(rows_of(log)[1], log, strict=True):
        if entry.rating:
            assert (row.type == 0) == (before == 0)
        else:
            assert (row.type, row.ease, row.factor) == (4, 0, 0)
        before = entry.rating


@given(LOGS)
def test_intervals_follow_one_another_and_difficulty_is_from_100_to_1100(
    log: list[Entry],
) -> None:
    last = 0
    for row in rows_of(log)[1]:
        assert row.last_ivl == last
        assert (row.ivl >= 1 and 100 <= row.factor <= 1100) or row.type == 4
        last = row.ivl
    memory = replay([(entry.rating, entry.day) for entry in log])
    assert last == (memory.due - memory.last_day if memory else 0)


def test_the_rows_of_one_history() -> None:
    log = [Entry(5, 3, DAY, 7.25), Entry(9, 1, DAY + 2, None), Entry(12, 0, DAY + 3, None)]
    rows = [tuple(row) for row in rows_of(log)[1]]
    first, second = (after(None, 3, DAY), after(after(None, 3, DAY), 1, DAY + 2))
    assert rows == [
        (5, 3, 2, 0, round((first.difficulty - 1) / 9 * 1000) + 100, 7250, 0),
        (9, 1, 1, 2, round((second.difficulty - 1) / 9 * 1000) + 100, 0, 1),
        (12, 0, 0, 1, 0, 0, 4),
    ]


def test_where_a_card_stands() -> None:
    memory = Memory(12.5, 4.0, DAY + 9, DAY, 3, 1)
    stands = standing_of(memory, 1_795_420_800_999, DAY - 100, DEFAULTS)
    assert stands == (109, 9, 3, 1, 12.5, 4.0, 0.9, DEFAULTS.numbers[20], 1_795_420_800)


def test_cramming_is_outside_the_schedule_and_read_as_a_look() -> None:
    log = [Entry(AT, 3, DAY, 7.25), Entry(AT + 9, 1, DAY + 1, 2.0, "cram")]
    memory, rows = rows_of(log)
    assert memory == after(None, 3, DAY)
    assert tuple(rows[1]) == (AT + 9, 1, 2, 2, 0, 2000, 3)
    read = [answer_of(row.id, row.ease, row.factor, row.time, row.type) for row in rows]
    assert read == [Answered(AT, 3, 7250, True), Answered(AT + 9, 1, 2000, False)]


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ((3, 0, 1500, 0), (3, 1500, True)), ((4, 500, 5, 1), (4, 5, True)),
        ((1, 500, 5, 2), (1, 5, True)),
        ((3, 0, 10, 3), (3, 10, False)),  # a preview in a filtered deck
        ((3, 500, 10, 3), (3, 10, True)),  # an answer in one that counts
        ((0, 0, 0, 4), (0, 0, True)),  # forgotten: a reset
        ((0, 2500, 0, 4), None),  # a due day set by hand
        ((0, 500, 0, 5), None),  # rescheduled with all others
        ((0, 500, 5, 1), None), ((9, 500, 5, 1), None), ((-1, 500, 5, 0), None),
        (("x", 0, 5, 1), None), ((3, 0, 5, None), None), ((3.5, 0, 5, 1), None),
        ((3, 0, "long", 1), (3, 0, True)), ((3, 0, -5, 1), (3, 0, True)),
        ((3, 0, 10**12, 1), (3, 0, True)),  # how long it took is not known
    ],
)  # fmt: skip
def test_which_rows_of_anki_count(
    row: tuple[object, ...], answer: tuple[int, int, bool] | None
) -> None:
    assert answer_of(AT, *row) == (Answered(AT, *answer) if answer else None)


def test_what_is_dated_before_1990_or_after_2200_is_no_answer() -> None:
    assert [answer_of(at, 3, 0, 5, 1) for at in (5, -AT, 10**13, "now", None)] == [None] * 5


def test_the_oldest_scheduler_counts_one_lower_while_learning() -> None:
    read = [answer_of(AT, ease, 0, 5, kind, old=True) for kind in (0, 1, 2) for ease in (1, 2, 3)]
    assert [each.rating for each in read if each] == [1, 3, 4, 1, 2, 3, 1, 3, 4]


def test_numbers_are_the_same_to_single_precision() -> None:
    assert same_numbers([], []) and same_numbers([0.2172, 40.5], [0.21719999611377716, 40.5])
    assert not same_numbers([0.2172], []) and not same_numbers([0.2172], [0.2173])
