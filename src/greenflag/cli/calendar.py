"""A plan for a calendar: sittings, and the interview, as an .ics file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from greenflag.cli.app import App
from greenflag.cli.editing import write_private
from greenflag.cli.planning import Planned
from greenflag.studyday import moment

INTERVIEW_HOURS = 1


def write_calendar(app: App, path: Path, plans: Sequence[Planned], usual_hour: float) -> None:
    """Write the sittings and interviews of some plans to a file that calendars import.

    Event ids stay the same from one export to the next, so that importing again moves them.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//greenflag//EN")
    calendar.add("version", "2.0")
    for plan in plans:
        begins = moment(plan.interview.at)
        name = plan.interview.company
        uid = f"interview-{plan.interview.id}"
        events = [(uid, f"Interview: {name}", begins, timedelta(hours=INTERVIEW_HOURS))]
        for planned in plan.forecast.days:
            if planned.seconds >= 60:
                sitting = _sitting(planned.day, usual_hour)
                length = timedelta(seconds=planned.seconds)
                events.append(
                    (f"{uid}-{planned.day}", f"greenflag review ({name})", sitting, length)
                )
        for event_id, summary, at, length in events:
            event = Event()
            event.add("uid", f"{event_id}@greenflag")
            event.add("summary", summary)
            event.add("dtstamp", app.now())
            event.add("dtstart", at)
            event.add("dtend", at + length)
            calendar.add_component(event)
    write_private(path, calendar.to_ical())


def _sitting(day: int, usual_hour: float) -> datetime:
    """The usual hour of a sitting on a study day, in UTC."""
    local = datetime.fromordinal(day) + timedelta(hours=usual_hour)
    return local.astimezone(UTC)
