"""`simulate`: what if there were more minutes, more days, or another retention?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import click

from greenflag import terminal
from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.day import Day
from greenflag.cli.plan import bar, day_name, days_json
from greenflag.cli.planning import Planning
from greenflag.errors import GreenflagError
from greenflag.interview.readiness import percent
from greenflag.store.interviews import Interview
from greenflag.studyday import DAY_MS

if TYPE_CHECKING:
    from greenflag.memory.simulate import DayLoad

LEARNERS = 3
"""Hidden learners that live the days; figures are their mean."""
MOST_DAYS, MOST_MINUTES, MOST_LEARNERS = 120, 480.0, 100
DAYS, MINUTES = 14, 20.0
"""What is asked without an interview ahead."""


class World(NamedTuple):
    """What is tried: a name for it, and how it went day by day."""

    name: str
    minutes: float
    days: tuple[DayLoad, ...]


@click.command("simulate", cls=Command)
@click.option("--minutes", type=click.FloatRange(1, MOST_MINUTES), help="Minutes a day.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), help="Days until the interview.")
@click.option("--retention", type=click.FloatRange(0.7, 0.97), help="Plain FSRS at this, no plan.")
@click.option("--missed", type=click.FloatRange(0, 0.9), default=0.0, help="Share of days missed.")
@click.option("--learners", type=click.IntRange(1, MOST_LEARNERS), default=LEARNERS)
@click.option("--seed", type=click.IntRange(0), default=1, help="Another seed, other learners.")
@pass_app
def simulate(
    app: App,
    minutes: float | None,
    days: int | None,
    retention: float | None,
    missed: float,
    learners: int,
    seed: int,
) -> None:
    """What if: made-up learners live the days with your cards, as you know them now.

    \b
    Example: greenflag simulate --minutes 30 --days 7 --learners 1
    """
    if any(given is not None and isnan(given) for given in (minutes, retention, missed)):
        raise GreenflagError("nan is no number", "for example --minutes 30")
    planning = Planning(Day(app))
    each = _interview(app, planning, minutes, days)
    seeds = range(seed, seed + learners)
    world = World(
        f"plain FSRS at {percent(retention)}" if retention else "the plan",
        max(each.minutes),
        _lived(planning, each, seeds, retention, missed),
    )
    if app.json:
        app.emit(_json(world, seeds))
    else:
        app.show(simulation_text(world, learners))


def _interview(app: App, planning: Planning, minutes: float | None, days: int | None) -> Interview:
    """The next interview with other minutes or another day; one made up without any."""
    made_up = Interview(0, "", "", app.now_ms + DAYS * DAY_MS, (MINUTES,) * 7)
    each = planning.ahead[0] if planning.ahead else made_up
    if minutes is not None:
        each = each._replace(minutes=(minutes,) * 7)
    if days is not None:
        moved = days - (planning.interview_day(each) - planning.day.day)
        each = each._replace(at=each.at + moved * DAY_MS)
    if planning.interview_day(each) <= planning.day.day:
        raise GreenflagError("the interview is today: no days are left", "give some: --days 7")
    return each


def _lived(
    planning: Planning,
    each: Interview,
    seeds: Sequence[int],
    retention: float | None,
    missed: float,
) -> tuple[DayLoad, ...]:
    """The mean of some learners' days."""
    from greenflag.memory.simulate import mean_days, what_if

    believed, cards, stay, budgets = planning.world(each)
    if not cards:
        raise GreenflagError("there are no cards to learn", "see: greenflag deck list")
    runs = []
    for done, seed in enumerate(seeds, 1):
        runs.append(
            what_if(
                believed, cards, stay, budgets, retention=retention, missed=missed, seeds=(seed,)
            )
        )
        terminal.progress(f"Learner {done} of {len(seeds)}: {percent(runs[-1][-1].recall)}")
    return mean_days(runs)


def simulation_text(world: World, learners: int) -> str:
    """What came of it, as Markdown with a small plot."""
    last = world.days[-1]
    rows = [
        f"| {day_name(d.day)} | {d.seconds / 60:.0f} | {d.reviews:.0f} | {d.new:.0f}"
        f" | {bar(d.recall, 30)} {percent(d.recall)} |"
        for d in _spread(world.days)
    ]
    people = "one made-up learner" if learners == 1 else f"the mean of {learners} made-up learners"
    minutes = sum(day.seconds for day in world.days) / 60
    return "\n\n".join(
        [
            f"**{percent(last.recall)} known at the interview** with {world.name}: {people}.",
            "| day | min | cards | new | readiness so far |\n|---|--:|--:|--:|:--|\n"
            + "\n".join(rows),
            f"{minutes:.0f} minutes in all, {sum(day.reviews for day in world.days):.0f} cards.",
        ]
    )


def _spread(days: Sequence[DayLoad], most: int = 20) -> Iterator[DayLoad]:
    """Not more rows than a screen holds, evenly spread, the last day among them."""
    step = -(-len(days) // most)
    for n, day in enumerate(days):
        if (len(days) - 1 - n) % step == 0:
            yield day


def _json(world: World, seeds: Sequence[int]) -> dict[str, object]:
    return {
        "seeds": list(seeds),
        "expected": world.days[-1].recall,
        "seconds": sum(day.seconds for day in world.days),
        "days": days_json(world.days),
    }
