"""A plan for a calendar: sittings, checklist times and the interview, as an .ics file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from greenflag.cli.app import App
from greenflag.cli.checklist import entries_of
from greenflag.cli.editing import write_private
from greenflag.cli.planning import Planned
from greenflag.errors import GreenflagError
from greenflag.store.interviews import Interview
from greenflag.studyday import moment

INTERVIEW_LASTS, TICKING_LASTS = timedelta(hours=1), timedelta(minutes=15)
SHORTEST = 60
"""Seconds of study below which a day has no sitting."""


class Appointment(NamedTuple):
    """One entry of a calendar; its name stays the same from one export to the next."""

    name: str
    title: str
    text: str
    begins: datetime
    lasts: timedelta


def write_calendar(app: App, path: Path, plans: Sequence[Planned], usual_hour: float) -> None:
    """Write what some plans hold to a file that calendars import; importing again moves it."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//greenflag//EN")
    calendar.add("version", "2.0")
    for each in _appointments(app, plans, usual_hour):
        event = Event()
        event.add("uid", f"{each.name}@greenflag")
        event.add("summary", each.title)
        if each.text:
            event.add("description", each.text)
        event.add("dtstamp", app.now())
        event.add("dtstart", each.begins)
        event.add("dtend", each.begins + each.lasts)
        calendar.add_component(event)
    write_private(path, calendar.to_ical())


def _appointments(app: App, plans: Sequence[Planned], usual_hour: float) -> Iterator[Appointment]:
    for interview in (plan.interview for plan in plans):
        role = f", {interview.role}" if interview.role else ""
        title = f"Interview: {interview.company}{role}"
        yield Appointment(
            f"interview-{interview.id}", title, "", moment(interview.at), INTERVIEW_LASTS
        )
        yield from _checklist(app, interview)
    yield from _sittings(app, plans, usual_hour)


def _sittings(app: App, plans: Sequence[Planned], usual_hour: float) -> Iterator[Appointment]:
    """One sitting a day, whatever the number of interviews it serves."""
    days = sorted({day.day for plan in plans for day in plan.forecast.days})
    for k, day in enumerate(days):
        served = [plan for plan in plans if k < len(plan.forecast.days)]
        share, there_is = served[0].share, 0.0
        if share.parts[k]:
            there_is = share.seconds[k] / share.parts[k]
        taken = sum(plan.forecast.days[k].seconds for plan in served)
        seconds = min(taken, there_is)  # what serves two interviews is planned for both
        if seconds >= SHORTEST:
            companies = ", ".join(
                plan.interview.company for plan in served if plan.forecast.days[k].seconds
            )
            begins = (datetime.fromordinal(day) + timedelta(hours=usual_hour)).astimezone(UTC)
            yield Appointment(
                f"sitting-{day}",
                f"greenflag review ({companies})",
                "",
                max(begins, app.now().replace(microsecond=0)),
                timedelta(seconds=round(seconds)),
            )


def _checklist(app: App, interview: Interview) -> Iterator[Appointment]:
    """The checklist's open items, those due at the same time together."""
    try:
        items = entries_of(app, interview)
    except GreenflagError:  # no deck has one
        return
    times: dict[datetime, list[str]] = {}
    for item in items:
        if item.due and item.state not in ("done", "skipped") and item.due.by > app.now():
            times.setdefault(item.due.by, []).append(item.text)
    for by, texts in times.items():
        title = f"Checklist: {interview.company}, {len(texts)} to do"
        text = "\n".join(f"- {each}" for each in texts)
        name = f"interview-{interview.id}-checklist-{by:%Y%m%d%H%M}"
        yield Appointment(name, title, text, by - TICKING_LASTS, TICKING_LASTS)
