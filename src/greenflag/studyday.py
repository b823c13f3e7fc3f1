"""Which study day a moment belongs to.

A study day is a local calendar day that begins at the rollover hour (4:00 unless set), as in Anki.
It is an ordinal (`date.toordinal`), so the days between two moments are a plain difference.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

ROLLOVER_HOUR = 4
DAY_MS = 86_400_000


def study_day(at: datetime, rollover: int = ROLLOVER_HOUR) -> int:
    """The study day of an aware moment, in the machine's time zone."""
    return _study_day(at.timestamp(), rollover)


def study_day_at(at_ms: int, rollover: int = ROLLOVER_HOUR) -> int:
    """The study day of a moment in milliseconds since 1970, in the machine's time zone."""
    return _study_day(at_ms / 1000, rollover)


def _study_day(seconds: float, rollover: int) -> int:
    local = time.localtime(seconds)
    day = date(local.tm_year, local.tm_mon, local.tm_mday).toordinal()
    return day - 1 if local.tm_hour < rollover else day


def day_text(day: int) -> str:
    """A study day as `YYYY-MM-DD`."""
    return date.fromordinal(day).isoformat()


def day_start(day: int, rollover: int = ROLLOVER_HOUR) -> datetime:
    """The moment (UTC) at which a study day begins here.

    Where clocks change at that hour: the first of the two, or the hour that takes its place.
    """
    local = datetime.fromordinal(day) + timedelta(hours=rollover)
    start = local.astimezone(UTC)
    return start if study_day(start, rollover) == day else local.replace(fold=1).astimezone(UTC)


def milliseconds(at: datetime) -> int:
    """An aware moment as whole milliseconds since 1970, the unit of the review log."""
    return round(at.timestamp() * 1000)


def moment(at_ms: int) -> datetime:
    """The aware moment (UTC) of a millisecond count."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def moment_text(at: datetime) -> str:
    """An aware moment as programs read it: ISO-8601 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
