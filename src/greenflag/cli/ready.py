"""`ready`: how ready one will be at the interview, why, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import click

from greenflag.cli import beside
from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.beside import Beside
from greenflag.cli.day import Day
from greenflag.cli.interviews import WEEKDAYS, describe
from greenflag.cli.plan import NO_CARDS, bar, interviews_ahead, reach
from greenflag.cli.planning import Planned, Planning
from greenflag.cli.stats import held_against, outcomes
from greenflag.interview import readiness
from greenflag.interview.readiness import CardStanding, Reach, Standing, Step, percent
from greenflag.memory.calibration import Calibration, calibration
from greenflag.store import today
from greenflag.studyday import moment, moment_text

ENOUGH = 20
"""Reviews in a range of predictions before anything is said about it."""
TWICE = 2.0
"""Times the minutes a day beyond which more minutes are no advice to act on."""
A_WHILE = 10
"""Minutes of study on the weakest area that a next step proposes."""


class Ready(NamedTuple):
    """All that `ready` says."""

    plan: Planned
    standings: tuple[Standing, ...]
    reached: Reach
    told: Calibration
    beside: Beside
    guess: float  # the chance to know a card that was never seen, as believed
    fitted: bool  # whether the memory model was fitted to this user
    came: tuple[str, ...]  # what earlier interviews' readiness was worth, in words
    steps: tuple[Step, ...]

    @property
    def seen(self) -> int:
        """How many of the cards were seen at least once."""
        return sum(card.memory is not None for card in self.plan.cards)

    @property
    def basis(self) -> str:
        """What the figure rests on."""
        model = "FSRS fitted to you" if self.fitted else "FSRS defaults"
        return f"{model}; {self.reviews} of your reviews"

    @property
    def reviews(self) -> int:
        """How many reviews the log holds that count."""
        return self.plan.reviews


@click.command("ready", cls=Command)
@pass_app
def ready(app: App) -> None:
    """How ready you are for the next interview, why, and what to do next.

    \b
    Example: greenflag ready
    """
    day = Day(app)
    planning = Planning(day)
    plans = planning.plans(interviews_ahead(planning))
    planning.keep(plans)
    plan = plans[0]
    standings = readiness.by_competency(_card_standings(planning, plan))
    reached = reach(planning, plan)
    aside = beside.beside(app, plan.interview, day.day)
    steps = [*next_steps(planning, plan, standings, reached), *beside.steps(aside)]
    ranked = tuple(sorted(steps, key=lambda step: -step.gain))
    told = calibration(outcomes(day))
    guess = planning.known.unseen_recall
    all_ = Ready(
        plan, standings, reached, told, aside, guess, day.fitted, held_against(app), ranked
    )
    if app.json:
        app.emit(_json(all_))
    else:
        app.show(ready_text(app, all_))
        if all_.steps:
            app.say("\nNext:")
        for number, step in enumerate(all_.steps, 1):  # not wrapped, so that it can be copied
            app.say(f"{number:2}  {step.do}\n    {_why(step)}")


def _card_standings(planning: Planning, plan: Planned) -> list[CardStanding]:
    """Each card of a plan as readiness counts it."""
    return [
        CardStanding(
            card.competency,
            planning.weight_of(card, plan.interview),
            card.memory is not None,
            plan.forecast.cards[card.card],
        )
        for card in plan.cards
    ]


def next_steps(
    planning: Planning, plan: Planned, standings: Sequence[Standing], reached: Reach
) -> list[Step]:
    """What would add to readiness itself."""
    day, steps = planning.day, []
    on_list = [card for card, _ in day.cards_left()]
    count = len(on_list) + len(today.second_looks(day.db, day.day))
    if count:
        cards = "1 card is" if count == 1 else f"{count} cards are"
        adds = planning.adds(plan, on_list)
        steps.append(Step("greenflag review", f"{cards} planned today", adds))
    weakest = next((each for each in standings if each.expected < reached.goal), None)
    if weakest and weakest.competency != "other":
        mine = {card.card for card in plan.cards if card.competency == weakest.competency}
        left = mine.difference(on_list)
        more = [card for card, _ in plan.order if card in left]
        step = Step(
            f"greenflag review --competency {weakest.competency} --ahead 1 --minutes {A_WHILE}",
            f"your weakest area, expected at {percent(weakest.expected)}",
            planning.adds(plan, more, A_WHILE * 60),
        )
        steps += [step] if step.gain > 0 else []
    usual = max(plan.interview.minutes)
    if reached.minutes_needed and reached.minutes_needed <= usual * TWICE:
        minutes = f"{reached.minutes_needed:.0f}"
        steps.append(
            Step(
                f"greenflag interview change {plan.interview.id} {_more(plan, minutes)}",
                f"{minutes} minutes a day would reach your goal of {percent(reached.goal)}",
                max(0.0, reached.goal - plan.forecast.expected),
            )
        )
    elif reached.leave_out:
        steps.append(_narrower(plan, standings, reached.leave_out))
    return steps


def _more(plan: Planned, minutes: str) -> str:
    """The options that give so many minutes to each weekday that has any."""
    open_days = [day for day, given in zip(WEEKDAYS, plan.interview.minutes, strict=True) if given]
    if len(open_days) == len(WEEKDAYS):
        return f"--minutes {minutes}"
    return " ".join(f"--weekday {day}={minutes}" for day in open_days)


def _narrower(plan: Planned, standings: Sequence[Standing], out: Sequence[str]) -> Step:
    """Aiming at less: no gain in itself, so that it comes last."""
    kept = [each.competency for each in standings if each.competency not in (*out, "other")]
    some = ("--only", kept) if len(kept) < len(out) else ("--without", out)
    do = f"greenflag interview change {plan.interview.id} {some[0]} {','.join(some[1])}"
    return Step(do, "aim at less, and the rest would reach your goal", 0.0)


def ready_text(app: App, ready: Ready) -> str:
    """How ready one is, in words that a nervous person can use, as Markdown."""
    forecast, cards = ready.plan.forecast, len(ready.plan.cards)
    title = f"**{readiness.literal(describe(app, ready.plan.interview))}**"
    if not cards:
        return "\n\n".join([title, NO_CARDS, beside.lines(ready.beside)])
    rows = "\n".join(
        f"| {readiness.literal(s.competency)} | {bar(s.expected)} {percent(s.expected)}"
        f" | {s.seen} of {s.cards} |"
        for s in ready.standings
    )
    parts = [
        title,
        f"If you keep to the plan, expect to know **{percent(forecast.expected)}** of what may come"
        f" up; nine times in ten it will be {percent(forecast.low)} to {percent(forecast.high)}."
        f" If you stopped now: {percent(forecast.now)}. {ready.reached.advice}",
        f"| area, weakest first | expected | seen |\n|---|:--|--:|\n{rows}",
        beside.lines(ready.beside),
        f"This rests on {ready.basis}. Seen so far: {ready.seen} of {cards} cards."
        + (f" The others count as {percent(ready.guess)} known." if ready.seen < cards else ""),
    ]
    parts += [*_checked(ready.told), *ready.came[:1]]
    return "\n\n".join(parts)


def _checked(told: Calibration) -> list[str]:
    """How its predictions stood the test so far, in words."""
    bins = [each for each in told.bins if each.reviews >= ENOUGH]
    if not bins:
        few = f"{told.reviews} so far" if told.reviews else "none so far"
        return [f"Too few reviews of cards seen before to check its predictions ({few})."]
    return [readiness.in_words((b.low, b.high), b.recalled, b.reviews) for b in bins]


def _why(step: Step) -> str:
    what = "" if step.share == "readiness" else f" to {step.share}"
    adds = f" (adds {step.gain * 100:.1f} points{what})" if step.gain >= 0.0005 else ""
    return f"{step.why}{adds}"


def _json(ready: Ready) -> dict[str, object]:
    interview, forecast = ready.plan.interview, ready.plan.forecast
    cards = len(ready.plan.cards)
    return {
        "interview": {
            "id": interview.id,
            "company": interview.company,
            "role": interview.role,
            "at": moment_text(moment(interview.at)),
        },
        "recall": {
            "expected": forecast.expected,
            "low": forecast.low,
            "high": forecast.high,
            "now": forecast.now,
            "unseen": (cards - ready.seen) / max(1, cards),
            "basis": ready.basis,
        },
        "competencies": [standing._asdict() for standing in ready.standings],
        **beside.as_json(ready.beside),
        "reachable": ready.reached._asdict(),
        "next": [step._asdict() for step in ready.steps],
    }
