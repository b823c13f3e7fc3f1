"""A study day is a local calendar day from the rollover hour on, wherever and whenever one is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.studyday import (
    day_start,
    day_text,
    milliseconds,
    moment,
    moment_text,
    study_day,
)

Living = Callable[[str], AbstractContextManager[None]]

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # clocks change by half an hour
    "Pacific/Apia",
    "Pacific/Chatham",
    "America/St_Johns",
    "Africa/Casablanca",
)

SKIPPED = date(2011, 12, 30)
"""A day Samoa did not have: it went to bed on the 29th and got up on the 31st."""

zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC))
dates = st.dates(date(2000, 1, 1), date(2037, 12, 1)).filter(lambda when: when != SKIPPED)


def day(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class TestRollover:
    @pytest.mark.parametrize(
        ("clock", "expected"),
        [
            ("2026-03-10T03:59:59.999", day(2026, 3, 9)),
            ("2026-03-10T04:00:00", day(2026, 3, 10)),
            ("2026-03-10T23:59:59", day(2026, 3, 10)),
            ("2026-03-11T00:00:00", day(2026, 3, 10)),
            ("2026-01-01T01:00:00", day(2025, 12, 31)),
        ],
    )
    def test_the_small_hours_belong_to_the_day_before(
        self, clock: str, expected: int, living_in: Living
    ) -> None:
        with living_in("Asia/Kolkata"):
            assert study_day(utc(f"{clock}+05:30")) == expected

    @pytest.mark.parametrize(("rollover", "expected"), [(0, 10), (3, 10), (4, 9), (12, 9)])
    def test_the_hour_can_be_set(self, rollover: int, expected: int, living_in: Living) -> None:
        with living_in("UTC"):
            at = utc("2026-03-10T03:30:00Z")
            assert study_day(at, rollover) == day(2026, 3, expected)

    def test_a_moment_may_be_given_in_any_zone(self, living_in: Living) -> None:
        with living_in("Asia/Kolkata"):
            at = utc("2026-03-09T23:00:00Z")  # 4:30 in Kolkata
            assert study_day(at) == study_day(at.astimezone(ZoneInfo("America/New_York")))
            assert study_day(at) == day(2026, 3, 10)

    @given(at=moments, zone=zones, rollover=st.integers(0, 12))
    def test_it_is_the_local_date_so_many_hours_earlier_on_the_clock(
        self, at: datetime, zone: str, rollover: int, living_in: Living
    ) -> None:
        local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        with living_in(zone):
            assert study_day(at, rollover) == (local - timedelta(hours=rollover)).toordinal()

    @given(at=moments, days=st.floats(0, 400), zone=zones)
    def test_time_never_leads_back_to_an_earlier_day(
        self, at: datetime, days: float, zone: str, living_in: Living
    ) -> None:
        with living_in(zone):
            assert study_day(at) <= study_day(at + timedelta(days=days))


class TestClockChanges:
    def test_the_spring_change_takes_an_hour_from_the_night_not_a_day(
        self, living_in: Living
    ) -> None:
        with living_in("Europe/Berlin"):
            saturday, sunday = day(2026, 3, 28), day(2026, 3, 29)
            assert study_day(utc("2026-03-29T00:59:59Z")) == saturday  # 1:59:59, then 3:00
            assert study_day(utc("2026-03-29T01:59:59Z")) == saturday  # 3:59:59
            assert study_day(utc("2026-03-29T02:00:00Z")) == sunday  # 4:00
            assert day_start(sunday) - day_start(saturday) == timedelta(hours=23)

    def test_the_autumn_change_gives_the_night_an_hour_not_a_day(self, living_in: Living) -> None:
        with living_in("Europe/Berlin"):
            saturday, sunday = day(2026, 10, 24), day(2026, 10, 25)
            assert study_day(utc("2026-10-25T00:30:00Z")) == saturday  # 2:30
            assert study_day(utc("2026-10-25T01:30:00Z")) == saturday  # 2:30 again
            assert study_day(utc("2026-10-25T03:00:00Z")) == sunday  # 4:00
            assert day_start(sunday) - day_start(saturday) == timedelta(hours=25)

    def test_evenings_around_a_change_are_a_day_apart(self, living_in: Living) -> None:
        with living_in("Europe/Berlin"):
            evenings = [utc(f"2026-03-{n}T20:00:00+01:00") for n in (27, 28)]
            evenings += [utc(f"2026-03-{n}T20:00:00+02:00") for n in (29, 30)]
            days = [study_day(at) for at in evenings]
            assert [after - before for before, after in pairwise(days)] == [1, 1, 1]

    def test_samoa_had_no_30th_of_december_in_2011(self, living_in: Living) -> None:
        with living_in("Pacific/Apia"):
            late_on_the_29th = utc("2011-12-29T23:59:59-10:00")
            assert study_day(late_on_the_29th) == day(2011, 12, 29)
            assert study_day(late_on_the_29th + timedelta(hours=1)) == day(2011, 12, 30)
            assert study_day(late_on_the_29th + timedelta(hours=5)) == day(2011, 12, 31)

    def test_the_night_before_samoas_jump_is_the_only_trace_of_the_30th(
        self, living_in: Living
    ) -> None:
        with living_in("Pacific/Apia"):
            start = day_start(day(2011, 12, 29))
            hours = [study_day(start + timedelta(hours=n)) for n in range(48)]
            assert hours.count(day(2011, 12, 29)) == 20
            assert hours.count(day(2011, 12, 30)) == 4  # 0:00 to 4:00 on the 31st
            assert hours.count(day(2011, 12, 31)) == 24


class TestTravel:
    def test_the_same_moment_may_be_another_day_elsewhere(self, living_in: Living) -> None:
        at = utc("2026-06-01T02:00:00Z")
        with living_in("America/Los_Angeles"):
            assert day_text(study_day(at)) == "2026-05-31"
        with living_in("Asia/Tokyo"):
            assert day_text(study_day(at)) == "2026-06-01"

    def test_flying_west_can_lead_a_day_back(self, living_in: Living) -> None:
        with living_in("Pacific/Auckland"):
            before = study_day(utc("2026-06-02T08:00:00+12:00"))
        with living_in("Pacific/Honolulu"):
            after = study_day(utc("2026-06-02T08:00:00+12:00") + timedelta(hours=9))
        assert after - before == -1

    def test_a_place_without_a_name_works_too(self, living_in: Living) -> None:
        with living_in("XXX-5:45"):
            assert study_day(utc("2026-06-01T22:14:59Z")) == day(2026, 6, 1)
            assert study_day(utc("2026-06-01T22:15:00Z")) == day(2026, 6, 2)


class TestTheStartOfADay:
    @given(when=dates, zone=zones)
    def test_leads_back_to_the_day(self, when: date, zone: str, living_in: Living) -> None:
        with living_in(zone):
            start = day_start(when.toordinal())
            assert study_day(start) == when.toordinal()
            assert study_day(start - timedelta(seconds=1)) == when.toordinal() - 1

    @given(when=dates, zone=zones, rollover=st.integers(0, 12))
    def test_is_when_it_begins_whatever_the_hour(
        self, when: date, zone: str, rollover: int, living_in: Living
    ) -> None:
        with living_in(zone):
            start = day_start(when.toordinal(), rollover)
            assert study_day(start, rollover) == when.toordinal()

    @pytest.mark.parametrize(
        ("zone", "when", "rollover", "begins"),
        [
            ("Europe/Berlin", date(2026, 3, 29), 2, "2026-03-29T01:00:00Z"),  # 2:00 is 3:00
            ("Europe/Berlin", date(2026, 10, 25), 2, "2026-10-25T00:00:00Z"),  # the first 2:00
            ("Africa/Cairo", date(2026, 4, 24), 0, "2026-04-23T22:00:00Z"),  # 0:00 is 1:00
            ("Asia/Beirut", date(2025, 3, 30), 0, "2025-03-29T22:00:00Z"),
        ],
    )
    def test_where_the_hour_is_skipped_or_comes_twice(
        self, zone: str, when: date, rollover: int, begins: str, living_in: Living
    ) -> None:
        with living_in(zone):
            start = day_start(when.toordinal(), rollover)
            assert start == utc(begins)
            assert study_day(start, rollover) == when.toordinal()

    def test_is_aware_and_utc(self, living_in: Living) -> None:
        with living_in("Asia/Kolkata"):
            assert day_start(day(2026, 3, 10)) == utc("2026-03-09T22:30:00Z")
            assert day_start(day(2026, 3, 10)).tzinfo is UTC


class TestWriting:
    def test_a_day_is_written_as_iso(self) -> None:
        assert day_text(day(2026, 3, 9)) == "2026-03-09"

    @given(st.integers(0, 4_102_444_800_000))
    def test_a_moment_in_milliseconds_comes_back(self, at_ms: int) -> None:
        assert milliseconds(moment(at_ms)) == at_ms

    @given(moments)
    def test_milliseconds_lose_less_than_one(self, at: datetime) -> None:
        assert abs(moment(milliseconds(at)) - at) <= timedelta(milliseconds=0.501)

    def test_a_moment_is_aware(self) -> None:
        assert moment(0) == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_moment_is_told_in_utc_whatever_its_zone() -> None:
    at = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert moment_text(at) == "2026-03-02T04:15:00Z"
