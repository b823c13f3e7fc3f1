"""`plan`: the days until the interview."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.day import Day
from greenflag.cli.interviews import as_json, describe
from greenflag.cli.planning import Planned, Planning, saying_so
from greenflag.errors import GreenflagError
from greenflag.interview import readiness
from greenflag.interview.readiness import Reach, percent
from greenflag.store import statistics
from greenflag.store.interviews import Interview
from greenflag.studyday import DAY_MS, day_text

if TYPE_CHECKING:  # they bring numpy, which `stats` has no use for
    from greenflag.memory.outlook import PlanDay
    from greenflag.memory.simulate import DayLoad

DAY_BY_DAY = 14
"""Days shown one by one; later ones are shown by the week."""
WHOLE_DAY = 1440.0
NO_CARDS = (
    "There is no card to plan with: its decks and areas have none, or all are suspended. See:"
    " `greenflag interview list` and `greenflag deck list`"
)


@click.command("plan", cls=Command)
@click.option(
    "--ics",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it for a calendar.",
)
@click.option(
    "--what-if", "what_if", metavar="minutes=N", help="The same with other minutes a day."
)
@pass_app
def plan(app: App, ics: Path | None, what_if: str | None) -> None:
    """The days until the interview: minutes, reviews, new cards, expected readiness.

    \b
    Example: greenflag plan --what-if minutes=35
    """
    minutes = _minutes(what_if) if what_if is not None else None
    planning = Planning(Day(app))
    coming = interviews_ahead(planning)
    if minutes is not None:
        coming = [each._replace(minutes=(minutes,) * 7) for each in coming]
    plans = planning.plans(coming)
    if minutes is None:
        planning.keep(plans)
    reaches = [reach(planning, each) for each in plans]
    if ics:
        from greenflag.cli.calendar import write_calendar

        write_calendar(app, ics, plans, planning.usual_hour)
    if app.json:
        app.emit(_json(plans, reaches))
        return
    for each, reached in zip(plans, reaches, strict=True):
        app.show(plan_text(app, each, reached))
    if ics:
        app.say(f"Wrote {ics} for your calendar.")


def interviews_ahead(planning: Planning) -> list[Interview]:
    """The interviews to come; a clear error when there is none, or no telling what time it is."""
    newest = statistics.moments(planning.db, newest=1)
    if newest and newest[0] > planning.app.now_ms + DAY_MS:
        raise GreenflagError(
            "the clock is behind: your newest review is dated later than now",
            "set the clock right, or see: greenflag doctor",
        )
    if not planning.ahead:
        raise GreenflagError(
            "no interview ahead", "add one: greenflag interview add --company … --date …"
        )
    return planning.ahead


def reach(planning: Planning, each: Planned) -> Reach:
    """Whether the goal of an interview can be reached, and if not, what would do."""
    goal, days = each.interview.goal, each.forecast.days
    if len(each.share.seconds) > len(days) > 0 and each.forecast.expected < goal:
        early = f"It is too early to say whether the goal of {percent(goal)} is within reach."
        return Reach(goal, False, None, (), early)
    minutes = [count for count in each.interview.minutes if count > 0]
    areas = {card.competency for card in each.cards} - {""} - set(each.interview.focus)
    weight = {area: _mean_weight(planning, each, area) for area in areas}
    with saying_so("Looking for what would reach the goal…"):
        return readiness.reach(
            goal,
            each.forecast.expected,
            sum(minutes) / max(1, len(minutes)),
            lambda: planning.minutes_for(each, goal),
            sorted(areas, key=lambda area: (weight[area], area)),
            lambda without: planning.without(each, without),
            each.interview.focus,
            len(days),
        )


def _mean_weight(planning: Planning, each: Planned, area: str) -> float:
    weights = [planning.weight_of(c, each.interview) for c in each.cards if c.competency == area]
    return sum(weights) / len(weights)


def bar(share: float, width: int = 10) -> str:
    """A share as a small bar."""
    full, part = divmod(round(max(0.0, min(1.0, share)) * width * 8), 8)
    return ("█" * full + ("▏▎▍▌▋▊▉"[part - 1] if part else "")).ljust(width, "·")


def plan_text(app: App, each: Planned, reached: Reach) -> str:
    """A plan for people, as Markdown."""
    forecast = each.forecast
    title = f"**{readiness.literal(describe(app, each.interview))}**"
    if not each.cards:
        return f"{title}\n\n{NO_CARDS}"
    rows = [
        f"| {when} | {seconds / 60:.0f} | {reviews:.0f} | {new:.0f}"
        f" | {bar(recall)} {percent(recall)} |"
        for when, seconds, reviews, new, recall in _rows(forecast.days)
    ]
    table = "| day | min | cards | new | readiness |\n|---|--:|--:|--:|:--|\n" + "\n".join(rows)
    parts = [
        title,
        table if rows else "The interview is today: no new cards any more, only a last look.",
        f"Expected at the interview: **{percent(forecast.expected)}**, nine times in ten between"
        f" {percent(forecast.low)} and {percent(forecast.high)}. {reached.advice}",
    ]
    return "\n\n".join([*parts, *_remarks(each)])


def _remarks(each: Planned) -> Iterator[str]:
    """What to know about the days: until when there are new cards, and how far they reach."""
    days = each.forecast.days
    new = [d for d in days if d.new >= 0.5]
    if new and new[-1].day < days[-1].day:
        unseen = sum(card.memory is None for card in each.cards)
        if sum(d.new for d in days) >= unseen - 0.5:
            yield f"By {day_name(new[-1].day)} you have seen every card; after that you review."
        else:
            yield f"New cards pay until {day_name(new[-1].day)}; after that only reviews do."
    left = len(each.share.seconds) - len(days)
    if left > 0:
        yield (
            f"A plan looks {len(days)} days ahead. The {left} days after them are not in these"
            " figures: with them you will know more."
        )


def _rows(days: Sequence[PlanDay]) -> Iterator[tuple[str, float, float, float, float]]:
    """The rows of the table: the first days one by one, then by the week."""
    single = DAY_BY_DAY if len(days) > DAY_BY_DAY + 7 else len(days)
    for day in days[:single]:
        yield day_name(day.day), day.seconds, day.reviews, day.new, day.recall
    for start in range(single, len(days), 7):
        week = days[start : start + 7]
        seconds, reviews, new = (sum(day[n] for day in week) for n in (1, 2, 3))
        yield f"to {day_name(week[-1].day)}", seconds, reviews, new, week[-1].recall


def day_name(day: int) -> str:
    """A study day as people write it."""
    return f"{date.fromordinal(day):%a %d %b}"


def _minutes(text: str) -> float:
    name, _, count = text.partition("=")
    try:
        minutes = float(count)
    except ValueError:
        minutes = -1.0
    if name.strip() != "minutes" or not 0 < minutes <= WHOLE_DAY:
        raise GreenflagError(f"{text!r} is no what-if", "for example minutes=35")
    return minutes


def days_json(days: Iterable[PlanDay | DayLoad]) -> list[dict[str, object]]:
    """Planned or simulated days for programs."""
    return [
        {
            "day": day_text(day.day),
            "minutes": day.seconds / 60,
            "reviews": day.reviews,
            "new": day.new,
            "expected": day.recall,
        }
        for day in days
    ]


def _json(plans: Sequence[Planned], reaches: Sequence[Reach]) -> dict[str, object]:
    told = [
        {
            "interview": as_json(plan.interview),
            "days": days_json(plan.forecast.days),
            "expected": plan.forecast.expected,
            "low": plan.forecast.low,
            "high": plan.forecast.high,
            "reachable": reached._asdict(),
        }
        for plan, reached in zip(plans, reaches, strict=True)
    ]
    return {**told[0], "plans": told}
