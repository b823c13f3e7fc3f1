"""The checklist around an interview: what is done, due now, overdue or later (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from greenflag.content.notes import Checklist
from greenflag.studyday import ROLLOVER_HOUR, day_start, study_day

State = Literal["done", "skipped", "overdue", "now", "later", "missed", "open"]
"""`missed`: was to be done before an interview that is over; `open`: there is no interview yet."""


class Due(NamedTuple):
    """When an item is to be done: from a moment on, and by a moment (both UTC)."""

    opens: datetime
    by: datetime


class Entry(NamedTuple):
    """One item of a checklist for one interview.

    `item` is the id of its card; `when` is its time as the deck says it; `due` is None for an item
    without one, and without an interview; `before` says on which side of the interview it is;
    `do` is the command that helps.
    """

    number: int
    item: str
    note: str
    title: str
    text: str
    when: str | None
    before: bool
    due: Due | None
    state: State
    done_at: datetime | None
    do: str | None


class Mark(NamedTuple):
    """An item that was ticked off: when, and whether it was done or is not needed."""

    at: datetime
    needed: bool


class Progress(NamedTuple):
    """How far a side of the checklist is: items done of those needed, what is missing, and next.

    `missing` are items to be done now or that are overdue; `next` is the one due first of all
    that are open.
    """

    done: int
    of: int
    missing: tuple[Entry, ...]
    next: Entry | None

    @property
    def share(self) -> float:
        """The share that is done, 0 to 1; 1 when nothing is needed."""
        return self.done / self.of if self.of else 1.0


def entries(
    lists: Iterable[Checklist],
    marks: Mapping[str, Mark],
    interview: tuple[int, datetime] | None,
    now: datetime,
    rollover: int = ROLLOVER_HOUR,
) -> tuple[Entry, ...]:
    """Every item in the order of its time, numbered from 1; `interview` is (id, moment)."""
    found = []
    for note in lists:
        for number, item in enumerate(note.items, 1):
            id_ = f"{note.id}/item-{number}"
            hours = _hours(item.due)
            due = _due(item.due, interview[1], rollover) if interview else None
            mark = marks.get(id_)
            state = _state(mark, due, hours < 0, interview, now)
            entry = Entry(
                0, id_, note.id, note.title, item.text, item.due, hours < 0, due, state,
                mark.at if mark else None, _command(item.do, interview),
            )  # fmt: skip
            found.append((hours, entry))
    found.sort(key=lambda pair: pair[0])  # stable: what is due together stays in the deck's order
    return tuple(entry._replace(number=n) for n, (_, entry) in enumerate(found, 1))


def progress(items: Sequence[Entry], *, before: bool) -> Progress:
    """How far the items before the interview are, or those after it."""
    side = [each for each in items if each.before == before and each.state != "skipped"]
    left = [each for each in side if each.state in ("overdue", "now", "later", "open")]
    return Progress(
        done=sum(each.state == "done" for each in side),
        of=len(side),
        missing=tuple(each for each in left if each.state in ("overdue", "now")),
        next=left[0] if left else None,
    )


def picked(items: Sequence[Entry], name: str) -> tuple[Entry, ...]:
    """The items somebody means by a number, an item's id, or the id of a whole list."""
    if re.fullmatch(r"[0-9]{1,6}", name):
        return tuple(each for each in items if each.number == int(name))
    return tuple(each for each in items if name in (each.item, each.note))


def _hours(when: str | None) -> float:
    """How long after the interview, in hours; without a time, at any time before it."""
    if when is None:
        return -0.5
    count, unit, side = when.split()
    hours = int(count) * (24 if unit.startswith("day") else 1)
    return min(-hours, -0.5) if side == "before" else max(hours, 0.5)


def _due(when: str | None, at: datetime, rollover: int) -> Due | None:
    """A count of days means that day, to its end; hours end at their moment."""
    if when is None:
        return None
    count, unit, side = when.split()
    sign = -1 if side == "before" else 1
    if unit.startswith("day"):
        day = study_day(at, rollover) + sign * int(count)
        by = day_start(day + 1, rollover)
        return Due(day_start(day, rollover), min(by, at) if sign < 0 else by)
    by = at + timedelta(hours=sign * int(count))
    return Due(day_start(study_day(by, rollover), rollover) if sign < 0 else at, by)


def _state(
    mark: Mark | None,
    due: Due | None,
    before: bool,
    interview: tuple[int, datetime] | None,
    now: datetime,
) -> State:
    if mark:
        return "done" if mark.needed else "skipped"
    if interview is None:
        return "open"
    if before and now >= interview[1]:
        return "missed"
    if due is None:
        return "now"
    if now < due.opens:
        return "later"
    return "now" if now < due.by else "overdue"


def _command(do: str | None, interview: tuple[int, datetime] | None) -> str | None:
    if do is None:
        return None
    id_ = f" {interview[0]}" if interview else ""
    return f"greenflag {do.replace(' {id}', id_)}"
