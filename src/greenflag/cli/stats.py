"""`stats`: how it goes, and whether predictions came true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import click

from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.day import Day
from greenflag.cli.plan import bar, day_name
from greenflag.interview import readiness
from greenflag.interview.debrief import against
from greenflag.interview.readiness import percent
from greenflag.memory.calibration import Calibration, calibration
from greenflag.memory.schedule import predictions
from greenflag.store import debriefs, interviews, statistics, today
from greenflag.studyday import day_text

DAYS = 14
"""How far the days ahead are counted."""


@click.command("stats", cls=Command)
@pass_app
def stats(app: App) -> None:
    """How it goes: reviews, retention, whether predictions came true, what falls due.

    \b
    Example: greenflag stats
    """
    day = Day(app)
    told = calibration(outcomes(day))
    total, known = statistics.totals(day.db)
    due = today.due_counts(day.db, day.day, day.day + DAYS - 1)
    if app.json:
        app.emit(
            {
                "reviews": total,
                "retention": known,
                "calibration": {
                    "reviews": told.reviews,
                    "log_loss": told.log_loss,
                    "brier": told.brier,
                    "bins": [each._asdict() for each in told.bins],
                },
                "interviews": [each._asdict() for each in debriefed(app)],
                "forecast": [
                    {"day": day_text(then), "due": due.get(then, 0)}
                    for then in range(day.day, day.day + DAYS)
                ],
            }
        )
        return
    parts = [stats_text(day.day, total, known, told, due), *held_against(app)]
    app.show("\n\n".join(parts))


def outcomes(day: Day) -> list[tuple[float, bool]]:
    """What was predicted for each review of a card seen on an earlier day, and if it was known."""
    return [
        pair
        for history in statistics.histories(day.db)
        for pair in predictions(history, day.parameters)
    ]


class Debriefed(NamedTuple):
    """An interview looked back on: what was expected of it, and how each answer went."""

    interview: int
    company: str
    expected: float | None
    went: tuple[int | None, ...]


def debriefed(app: App) -> list[Debriefed]:
    """The interviews with a debrief, the latest first."""
    found = []
    for each in reversed(interviews.all_interviews(app.db)):
        held = debriefs.find(app.db, each.id)
        if held:
            went = tuple(asked.went for asked in held.asked)
            found.append(Debriefed(each.id, each.company, held.expected, went))
    return found


def held_against(app: App) -> tuple[str, ...]:
    """What readiness said before each interview against what came, in words."""
    told = ((each.company, against(each.expected, each.went)) for each in debriefed(app))
    return tuple(f"{company}: {words}" for company, words in told if words)


def stats_text(
    today_: int, total: int, known: float | None, told: Calibration, due: Mapping[int, int]
) -> str:
    """How it goes, as Markdown."""
    reviews = "1 review" if total == 1 else f"{total} reviews"
    share = f" You knew {percent(known)} of the cards seen before." if known is not None else ""
    parts = [f"**{reviews}.**{share}" if total else "No reviews yet. Begin: `greenflag review`"]
    if told.log_loss is not None and told.brier is not None:
        words = [readiness.in_words((b.low, b.high), b.recalled, b.reviews) for b in told.bins]
        parts.append("\n".join(f"- {line}" for line in words))
        parts.append(f"Predictions: log loss {told.log_loss:.3f}, Brier score {told.brier:.3f}.")
    most = max(due.values(), default=0)
    if most:
        days = range(today_, today_ + DAYS)
        rows = [f"| {day_name(d)} | {due.get(d, 0)} | {bar(due.get(d, 0) / most)} |" for d in days]
        parts.append("| day | due | |\n|---|--:|:--|\n" + "\n".join(rows))
    return "\n\n".join(parts)
