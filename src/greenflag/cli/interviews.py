"""`interview`: dates, companies, minutes a day, and what to lay weight on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import Any

import click

from greenflag.cli.app import App, Group, pass_app
from greenflag.cli.filters import check_filters
from greenflag.cli.research import research
from greenflag.cli.sync import sync_quietly
from greenflag.errors import GreenflagError
from greenflag.interview.readiness import percent
from greenflag.store import interviews, notes
from greenflag.store.interviews import Interview
from greenflag.store.today import Filters
from greenflag.studyday import milliseconds, moment, moment_text, study_day

LONGEST_AHEAD = 730
"""Days a plan may look ahead."""
SOONEST = 3_600_000
"""Milliseconds before an interview that are too few to plan for."""
USUAL_GOAL = 0.9
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@click.group("interview", cls=Group)
def interview() -> None:
    """Interviews: add, list, change, cancel, done.

    \b
    Example: greenflag interview list
    """


_SHAPE = (
    click.option("--company", help="Whose interview it is."),
    click.option("--role", help="The post."),
    click.option("--date", "day", metavar="DATE", help="As 2026-12-01, or +9: in nine days."),
    click.option("--time", "clock", metavar="HH:MM", help="When it begins; 10:00 unless given."),
    click.option("--minutes", type=float, help="Minutes to study a day; 20 unless given."),
    click.option("--weekday", "weekdays", multiple=True, metavar="DAY=MINUTES", help="As sat=60."),
    click.option("--off", multiple=True, metavar="DATE", help="A day without study; '' for none."),
    click.option("--focus", metavar="COMPETENCY,…", help="Competencies that count double."),
    click.option("--decks", metavar="TITLE,…", help="Only these decks."),
    click.option("--without", metavar="COMPETENCY,…", help="Competencies to leave out."),
    click.option("--only", metavar="COMPETENCY,…", help="Leave out all competencies but these."),
    click.option("--goal", type=click.FloatRange(0.5, 0.99), help="Recall to aim at; 0.9."),
)
"""The options that say what an interview is."""


def _shape(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_SHAPE):
        function = option(function)
    return function


@interview.command("add")
@_shape
@pass_app
def add(app: App, /, **given: Any) -> None:
    """Plan for an interview: from now on the sittings aim at it.

    \b
    Example: greenflag interview add --company Acme --date +9 --minutes 25
    """
    for needed, name in (("company", "--company"), ("day", "--date")):
        if not given[needed]:
            raise click.UsageError(f"Missing option '{name}'.")
    blank = Interview(0, "", "", 0, (20.0,) * 7)
    wanted = _with(app, blank, {"clock": "10:00", **_given(given)})
    _check(app, wanted)
    added = interviews.add(app.db, wanted, app.now_ms)
    _tell(app, added, f"Added: {describe(app, added)}. See: greenflag plan")


@interview.command("list")
@pass_app
def list_(app: App) -> None:
    """All interviews, the next one first.

    \b
    Example: greenflag interview list
    """
    found = interviews.all_interviews(app.db)
    if app.json:
        app.emit({"interviews": [as_json(each) for each in found]})
    for each in [] if app.json else found:
        app.say(f"{each.id}  {describe(app, each)}{_state(app, each)}")
    if not found and not app.json:
        app.say("No interview yet. Add one: greenflag interview add --company … --date …")


@interview.command("change")
@click.argument("id_", metavar="ID", type=int)
@_shape
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_app
def change(app: App, /, id_: int, yes: bool, **given: Any) -> None:
    """Move an interview or change its minutes, focus or decks; shows first what that changes.

    \b
    Example: greenflag interview change 1 --date +12
    """
    before = _find(app, id_)
    if before.state == "cancelled":
        raise GreenflagError(
            f"the interview at {before.company} was cancelled",
            "if it takes place after all: greenflag undo, or greenflag interview add",
        )
    after = _with(app, before, _given(given))
    if after == before:
        raise GreenflagError("nothing to change", "say what: --date, --time, --minutes, …")
    _check(app, after)
    _apply(app, before, after, yes)


@interview.command("cancel")
@click.argument("id_", metavar="ID", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_app
def cancel(app: App, id_: int, yes: bool) -> None:
    """An interview does not take place; shows first what that changes.

    \b
    Example: greenflag interview cancel 1
    """
    before = _find(app, id_)
    if before.state == "cancelled":
        raise GreenflagError(f"interview {id_} is cancelled already")
    _apply(app, before, before._replace(state="cancelled"), yes)


@interview.command("done")
@click.argument("id_", metavar="ID", type=int)
@pass_app
def done(app: App, id_: int) -> None:
    """An interview is over: nothing is planned for it any more.

    \b
    Example: greenflag interview done 1
    """
    before = _find(app, id_)
    if before.state == "done":
        raise GreenflagError(f"interview {id_} is done already")
    interviews.change(app.db, before._replace(state="done"), app.now_ms)
    words = f"Done: {before.company}. Well done for going. Now: greenflag debrief {id_}"
    _tell(app, before._replace(state="done"), words)


interview.add_command(research)


def describe(app: App, each: Interview) -> str:
    """An interview in a line."""
    at = moment(each.at).astimezone()
    parts = [each.company, each.role, f"{at:%a %d %b %Y %H:%M}", _minutes_a_day(each)]
    parts += [f"focus {', '.join(each.focus)}"] if each.focus else []
    parts += [f"without {', '.join(each.without)}"] if each.without else []
    parts += [f"decks {', '.join(each.decks)}"] if each.decks else []
    parts += [f"goal {percent(each.goal)}"] if each.goal != USUAL_GOAL else []
    parts += [f"off {_days(each.days_off)}"] if each.days_off else []
    return "  ·  ".join(part for part in parts if part)


def _minutes_a_day(each: Interview) -> str:
    """The minutes of most days, and the weekdays with others."""
    usual = max(each.minutes, key=lambda minutes: (each.minutes.count(minutes), minutes))
    others = [
        f"{name.capitalize()} {minutes:g}"
        for name, minutes in zip(WEEKDAYS, each.minutes, strict=True)
        if minutes != usual
    ]
    return f"{usual:g} min a day" + (f" ({', '.join(others)})" if others else "")


def _days(days: Sequence[int], most: int = 3) -> str:
    """Some days, and how many more there are."""
    shown = ", ".join(f"{date.fromordinal(day):%d %b}" for day in days[:most])
    return shown + (f" and {len(days) - most} more" if len(days) > most else "")


def as_json(each: Interview) -> dict[str, object]:
    """An interview for programs: moments in UTC, days as dates."""
    return {
        **each._asdict(),
        "at": moment_text(moment(each.at)),
        "days_off": [date.fromordinal(day).isoformat() for day in each.days_off],
    }


def _find(app: App, id_: int) -> Interview:
    found = interviews.find(app.db, id_) if 0 < id_ < 2**63 else None
    if found is None:
        raise GreenflagError(f"no interview {id_}", "see: greenflag interview list")
    return found


def _with(app: App, before: Interview, given: dict[str, Any]) -> Interview:
    """An interview with what the options say put in."""
    after = before._replace(
        company=_name(given.get("company", before.company), "company"),
        role=_name(given.get("role", before.role), "role", needed=False),
        goal=given.get("goal", before.goal),
        focus=_names(given["focus"]) if "focus" in given else before.focus,
        decks=_names(given["decks"]) if "decks" in given else before.decks,
        without=_left_out(app, given, before),
        days_off=_days_off(app, given["off"]) if "off" in given else before.days_off,
    )
    if "day" in given or "clock" in given:
        local = moment(before.at).astimezone()
        day = _date(app, given["day"]) if "day" in given else local.date()
        clock = _clock(given["clock"]) if "clock" in given else local.time()
        after = after._replace(at=milliseconds(datetime.combine(day, clock).astimezone(UTC)))
    minutes = list(after.minutes)
    if "minutes" in given:
        minutes = [given["minutes"]] * 7
    for text in given.get("weekdays", ()):
        name, _, count = text.partition("=")
        if name.lower()[:3] not in WEEKDAYS or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", count):
            raise GreenflagError(f"{text!r} is no weekday with minutes", "for example sat=60")
        minutes[WEEKDAYS.index(name.lower()[:3])] = float(count)
    return after._replace(minutes=tuple(minutes))


def _days_off(app: App, given: Sequence[str]) -> tuple[int, ...]:
    """The days off as they were given; an empty text gives none."""
    return tuple(sorted({_date(app, text).toordinal() for text in given if text.strip()}))


def _check(app: App, wanted: Interview) -> None:
    """Refuse what cannot be planned for, each with its mend."""
    if wanted.at <= app.now_ms:
        raise GreenflagError("the interview lies in the past", "give a --date and --time to come")
    if wanted.at < app.now_ms + SOONEST:
        raise GreenflagError(
            "the interview is within the hour: too late to plan for",
            "greenflag review --cram shows what is least sure",
        )
    day = study_day(moment(wanted.at), app.settings.rollover_hour)
    if day - app.today > LONGEST_AHEAD:
        raise GreenflagError(
            f"the interview is {day - app.today} days away",
            f"at most {LONGEST_AHEAD} can be planned",
        )
    if not all(0 <= minutes <= 1440 for minutes in wanted.minutes):
        raise GreenflagError("minutes a day out of range", "0 to 1440")
    if not isfinite(wanted.goal):
        raise GreenflagError("the goal is no share of the cards", "0.5 to 0.99")
    if not any(wanted.minutes):
        raise GreenflagError("no minutes on any day", "give some: --minutes 20")
    known = _competencies(app)
    check_filters(
        Filters(decks=wanted.decks, competencies=(*wanted.focus, *wanted.without)),
        notes.deck_titles(app.db),
        known,
    )


def _apply(app: App, before: Interview, after: Interview, yes: bool) -> None:
    """Say what a change changes, ask when somebody is there to answer, then do it."""
    if not app.json:
        for line in _difference(app, before, after):
            app.say(line)
        if not yes and _somebody_there() and not click.confirm("Apply this?", default=True):
            app.say("Nothing changed.")
            return
    interviews.change(app.db, after, app.now_ms)
    _tell(app, after, "Done. Take it back with: greenflag undo")


def _difference(app: App, before: Interview, after: Interview) -> Iterator[str]:
    """What a change to an interview changes, in lines for people."""
    from greenflag.cli.day import Day
    from greenflag.cli.planning import Planning

    yield f"Now:   {describe(app, before)}"
    if after.state == "cancelled":
        yield "Then:  cancelled"
    else:
        yield f"Then:  {describe(app, after)}"
    planning = Planning(Day(app))
    others = [each for each in planning.ahead if each.id != before.id]
    coming = [*others, after] if after.state == "planned" else others
    then = {
        plan.interview.id: plan
        for plan in planning.plans(sorted(coming, key=lambda each: (each.at, each.id)))
    }
    now = {plan.interview.id: plan for plan in planning.plans()}
    if after.id in then and after.id in now:
        days = planning.interview_day(after) - planning.interview_day(before)
        if days:
            more = "more" if days > 0 else "fewer"
            yield f"       {abs(days)} day{'s' * (abs(days) != 1)} {more}"
    for id_, plan in now.items():
        if id_ in then:
            old, new = percent(plan.forecast.expected), percent(then[id_].forecast.expected)
            if old != new or id_ == after.id:
                yield f"       readiness for {plan.interview.company}: {old} → {new}"
    if not then:
        yield "       No interview ahead then: cards come when they are due."


def _left_out(app: App, given: Mapping[str, Any], before: Interview) -> tuple[str, ...]:
    """The competencies an interview leaves out, however that was said."""
    if "only" not in given:
        return _names(given["without"]) if "without" in given else before.without
    only, known = _names(given["only"]), _competencies(app)
    check_filters(Filters(competencies=only), [], known)
    return tuple(name for name in known if name not in only)


def _competencies(app: App) -> list[str]:
    from greenflag.content.notes import COMPETENCIES

    sync_quietly(app)
    return sorted({*COMPETENCIES, *notes.competencies(app.db)})


def _somebody_there() -> bool:
    from greenflag.terminal import is_interactive

    return is_interactive()


def _tell(app: App, each: Interview, words: str) -> None:
    if app.json:
        app.emit({"interview": as_json(each)})
    else:
        app.say(words)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value not in (None, ())}


def _state(app: App, each: Interview) -> str:
    if each.state != "planned":
        return f"  ·  {each.state}"
    if each.at <= app.now_ms:
        return f"  ·  over: greenflag interview done {each.id}"
    return f"  ·  {when(app, each)}"


def when(app: App, each: Interview) -> str:
    """How far away an interview is, in days of the calendar: that is how people count them."""
    days = (moment(each.at).astimezone().date() - app.now().astimezone().date()).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _name(text: str, what: str, needed: bool = True) -> str:
    words = " ".join(text.split())
    if (needed and not words) or len(words) > 100 or not words.isprintable():
        raise GreenflagError(f"{what} {text!r} is no name", "1 to 100 printable characters")
    return words


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _date(app: App, text: str) -> date:
    """A date as it was given: 2026-12-01, or +9 for nine days from today."""
    try:
        ahead = re.fullmatch(r"\+(\d{1,5})", text)
        if ahead:
            return app.now().astimezone().date() + timedelta(int(ahead[1]))
        day = date.fromisoformat(text)
    except ValueError:
        raise GreenflagError(f"{text!r} is no date", "for example 2026-12-01, or +9") from None
    if not date(1990, 1, 2) <= day <= date(2199, 12, 30):
        raise GreenflagError(f"{text} is out of range", "between 1990 and 2200")
    return day


def _clock(text: str) -> time:
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        raise GreenflagError(f"{text!r} is no time of day", "for example 10:00") from None
    if clock.tzinfo is not None:
        raise GreenflagError(f"{text!r} names an offset", "give the time here, as 10:00")
    return clock
