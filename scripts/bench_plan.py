"""Measures the study planner on simulated learners, beside plain FSRS and what nobody can beat.

    python scripts/bench_plan.py [--part grid stress second effort speed]
                                 [--seeds N] [--first-seed N] [--out FILE]

grid     twenty worlds, 100 to 800 cards, 3 to 45 days, 10 to 45 minutes: recall at the interview
         and 60 days later, share of the gap from plain FSRS 0.9 to the bound that is closed, and
         how the first day's forecast came true
stress   ten worlds with days missed, late cards, steeper forgetting, learners further from what is
         believed, slower ones: share of the gap to that world's own bound
second   learners who keep only part of a lapse that was not shown again that day
effort   seconds until recall 0.9 is reached, planner against plain FSRS 0.9
speed    first plan, pick, update, forecast, minutes for a goal

The bound (scripts/clairvoyant.py) knows everything but the luck. Learners are FSRS-6 with hidden
parameters, habits, and card by card hidden difficulty and gain (memory/simulate.py); all cards are
new, weights 1 to 3; seconds 20, 15, 10, 7, a first view 30; sittings in the evening, the interview
next morning. The planner knows only default parameters and default habits. Prints tables, writes
JSON. Without options: grid and speed, in some minutes on one core; --seeds 3 takes three times as
long and is less noisy.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import numpy as np
from clairvoyant import bound

from greenflag.memory.deadline import Habits, Learner
from greenflag.memory.evidence import SECONDS
from greenflag.memory.goal import minutes_for
from greenflag.memory.plan import Forecast, GreedyPlanner, PlanCard, Planner
from greenflag.memory.schedule import DEFAULTS
from greenflag.memory.simulate import (
    USUAL,
    Hidden,
    Nature,
    PlainFsrs,
    Run,
    Schedule,
    Stay,
    meet,
    run,
)

GAP_DAYS = 10 / 24  # a sitting at 8 in the evening, the interview at 10 in the morning
BELIEVED = Learner(DEFAULTS.numbers, SECONDS)
# Learners are drawn around other habits than the planner believes in.
HABITS = Habits((0.28, 0.17, 0.42, 0.13), (0.22, 0.63, 0.15))

Row = dict[str, Any]


class World(NamedTuple):
    """How much there is to learn, and how much time for it."""

    cards: int
    days: int
    minutes: float  # a day
    missed: float = 0.0  # share of days without a sitting, not known beforehand
    late: float = 0.0  # share of cards that come later

    @property
    def stay(self) -> Stay:
        """The days to the interview."""
        return Stay(0, self.days, GAP_DAYS)

    @property
    def budgets(self) -> list[float]:
        """Seconds on each day."""
        return [self.minutes * 60.0] * self.days


GRID = [
    World(*cell)
    for cell in (
        *((100, 3, 10), (100, 7, 10), (100, 14, 10), (100, 30, 20), (100, 45, 45)),
        *((200, 3, 20), (200, 7, 10), (200, 14, 30), (200, 45, 20)),
        *((400, 3, 45), (400, 7, 20), (400, 14, 20), (400, 30, 10), (400, 45, 30)),
        *((800, 3, 10), (800, 7, 45), (800, 14, 20), (800, 30, 30)),
        *((800, 45, 10), (800, 45, 45)),
    )
]
STRESSED = [
    World(*cell)
    for cell in (
        *((100, 7, 10), (100, 14, 10), (200, 3, 20), (200, 14, 30), (200, 30, 10)),
        *((400, 7, 20), (400, 14, 20), (400, 30, 10), (800, 14, 20), (800, 30, 30)),
    )
]
STRANGE = Habits((0.5, 0.2, 0.2, 0.1), (0.45, 0.5, 0.05), (0.0, 0.0))
STRESS: dict[str, tuple[Nature, Habits, dict[str, float]]] = {
    "a quarter of the days missed": (USUAL, HABITS, {"missed": 0.25}),
    "a fifth of the cards late": (USUAL, HABITS, {"late": 0.2}),
    "steeper forgetting (decay 0.4)": (Nature(decay=0.4), HABITS, {}),
    "parameters spread twice as wide": (Nature(spread=0.3), HABITS, {}),
    "cards spread twice as wide": (Nature(difficulty=2.0, gain=0.6), HABITS, {}),
    "learns slower (growth x 0.6)": (Nature(growth=0.6), HABITS, {}),
    "answers slower (seconds x 1.4)": (Nature(cost=1.4), HABITS, {}),
    "habits quite unlike the belief": (USUAL, STRANGE, {}),
}
SECOND = {
    f"keeps {kept} of a lapse not seen again that day": Nature(unseen_lapse=kept)
    for kept in (0.5, 0.25)
}
SCHEDULES: dict[str, Callable[[World], Schedule]] = {
    "plain FSRS 0.9": lambda world: PlainFsrs(BELIEVED, world.days),
    "plain FSRS 0.95": lambda world: PlainFsrs(BELIEVED, world.days, retention=0.95),
    "FSRS 0.9, no steps": lambda world: PlainFsrs(BELIEVED, world.days, steps=False),
    "greedy": lambda world: planner(world, GreedyPlanner),
    "planner": lambda world: planner(world),
}


def planner(world: World, kind: type[Planner] = Planner) -> Planner:
    """The planner as design and program make it, knowing the defaults only."""
    return kind(
        parameters=DEFAULTS.numbers,
        interview_day=world.days,
        gap_days=GAP_DAYS,
        seconds=SECONDS,
    )


def hidden_learner(world: World, nature: Nature, seed: int, habits: Habits = HABITS) -> Hidden:
    """One learner with never-seen cards."""
    rng = np.random.default_rng([5, seed, world.cards])
    weights = rng.integers(1, 4, world.cards).tolist()
    cards = [PlanCard(f"c{n}", float(each), None, None, None) for n, each in enumerate(weights)]
    around = BELIEVED._replace(habits=habits)
    return meet(around, cards, world.days, seed, nature, missed=world.missed, late=world.late)


def studied(world: World, hidden: Hidden, schedule: Schedule) -> Run:
    """What comes of a schedule."""
    return run(hidden, schedule, world.stay, world.budgets, DEFAULTS.numbers)


def cell(
    world: World,
    seeds: Sequence[int],
    names: Sequence[str],
    nature: Nature = USUAL,
    habits: Habits = HABITS,
    *,
    bounded: bool = True,
) -> Row:
    """One world: means over the learners by schedule, the gap closed, forecasts and outcomes."""
    runs: dict[str, list[Run]] = {name: [] for name in names}
    bounds, forecasts = [], []
    for seed in seeds:
        hidden = hidden_learner(world, nature, seed, habits)
        for name in names:
            runs[name].append(studied(world, hidden, SCHEDULES[name](world)))
        if bounded:
            bounds.append(bound(hidden, world.stay, world.budgets))
        forecasts.append(_forecast(world, hidden, runs["planner"][-1]))
    means = {
        name: {
            field: statistics.fmean(getattr(each, field) for each in done)
            for field in ("recall", "later", "seconds")
        }
        for name, done in runs.items()
    }
    row: Row = {"world": list(world), "learners": len(seeds), "forecasts": forecasts, **means}
    if bounded:
        row["bound"] = statistics.fmean(bounds)
        plain = means["plain FSRS 0.9"]["recall"]
        for name in names:
            row[name]["gap"] = (means[name]["recall"] - plain) / (row["bound"] - plain)
    return row


def _forecast(world: World, hidden: Hidden, came: Run) -> Row:
    plan = planner(world)
    known = [c for c, at in zip(hidden.cards, hidden.arrival, strict=True) if at == 0]
    plan.open_day(0, world.budgets, known)
    said: Forecast = plan.forecast()
    return {
        **{name: getattr(said, name) for name in ("expected", "low", "high", "mean_low")},
        "mean_high": said.mean_high,
        "recall": came.recall,
        "shown": came.shown,
    }


def measured(
    title: str, worlds: Sequence[World], names: Sequence[str], of: Callable[[World], Row]
) -> Row:
    """Measure the worlds of one part, print them as they come, and sum up."""
    print(f"\n{title}\n  cards days min  " + "".join(f"{name:>20}" for name in names) + "  bound")
    rows = []
    for world in worlds:
        row = of(world)
        rows.append(row)
        told = "".join(f"{_told(row[name]):>20}" for name in names)
        best = f"{row['bound']:.3f}" if "bound" in row else ""
        print(
            f"  {world.cards:5d} {world.days:4d} {world.minutes:3.0f}  {told}  {best}", flush=True
        )
    summary = {name: _summary(rows, name) for name in names}
    for name, figures in summary.items():
        told = "; ".join(f"{what} {value:.3f}" for what, value in figures.items())
        print(f"  {name}: {told}", flush=True)
    return {"rows": rows, "summary": summary}


def _told(figures: Row) -> str:
    gap = f" ({100 * figures['gap']:.0f} %)" if "gap" in figures else ""
    return f"{figures['recall']:.3f}{gap} {figures['later']:.2f}"


def _summary(rows: Sequence[Row], name: str) -> dict[str, float]:
    plain = "plain FSRS 0.9"
    used = [row[name]["seconds"] / (row["world"][1] * row["world"][2] * 60) for row in rows]
    figures = {
        "mean recall": statistics.fmean(row[name]["recall"] for row in rows),
        "60 days later": statistics.fmean(row[name]["later"] for row in rows),
        "budget used": statistics.fmean(used),
        "least above plain": min(row[name]["recall"] - row[plain]["recall"] for row in rows),
        "least above plain later": min(row[name]["later"] - row[plain]["later"] for row in rows),
    }
    if "gap" in rows[0][name]:
        gaps = [row[name]["gap"] for row in rows]
        figures |= {"mean gap closed": statistics.fmean(gaps), "worst gap closed": min(gaps)}
    return figures


def forecasts(rows: Sequence[Row]) -> dict[str, float]:
    """How the first day's forecasts came true: every world counts the same."""

    def mean(of: Callable[[Row], float]) -> float:
        return statistics.fmean(
            statistics.fmean(of(each) for each in row["forecasts"]) for row in rows
        )

    figures = {
        "mean error, true recall": mean(lambda f: abs(f["expected"] - f["recall"])),
        "mean error, shown": mean(lambda f: abs(f["expected"] - f["shown"])),
        "too high by": mean(lambda f: f["expected"] - f["recall"]),
        "low-high holds shown": mean(lambda f: f["low"] <= f["shown"] <= f["high"]),
        "low-high holds true recall": mean(lambda f: f["low"] <= f["recall"] <= f["high"]),
        "mean_low-mean_high holds true recall": mean(
            lambda f: f["mean_low"] <= f["recall"] <= f["mean_high"]
        ),
    }
    print("\nforecast of the first day")
    for name, value in figures.items():
        print(f"  {name}: {value:.4f}")
    return figures


def effort(seeds: Sequence[int]) -> list[Row]:
    """Seconds used at the fewest minutes a day that bring mean recall to 0.9."""
    print("\nseconds to recall 0.9")
    rows = []
    for cards, days in ((100, 7), (200, 7), (100, 14), (200, 14), (400, 14), (200, 30)):
        used = {
            name: _seconds_to(0.9, World(cards, days, 0.0), SCHEDULES[name], seeds)
            for name in ("plain FSRS 0.9", "planner")
        }
        ratio = used["planner"] / used["plain FSRS 0.9"]
        rows.append({"cards": cards, "days": days, **used, "ratio": ratio})
        print(
            f"  {cards:5d} cards {days:3d} days  " + "  ".join(f"{v:.0f} s" for v in used.values())
        )
    print(f"  mean ratio {statistics.fmean(row['ratio'] for row in rows):.3f}")
    return rows


def _seconds_to(
    goal: float, world: World, make: Callable[[World], Schedule], seeds: Sequence[int]
) -> float:
    low, high, used = 1.0, 120.0, float("nan")
    for _ in range(8):
        tried = world._replace(minutes=(low * high) ** 0.5)
        runs = [studied(tried, hidden_learner(tried, USUAL, seed), make(tried)) for seed in seeds]
        if statistics.fmean(each.recall for each in runs) >= goal:
            high, used = tried.minutes, statistics.fmean(each.seconds for each in runs)
        else:
            low = tried.minutes
    return used


def speed() -> dict[str, float]:
    """Milliseconds of what a sitting waits for."""
    print("\nspeed")
    rng = np.random.default_rng(1)
    figures: dict[str, float] = {}
    for cards, days, weights in ((800, 45, 3), (800, 45, 0), (2239, 45, 5), (2239, 9, 5)):
        world = World(cards, days, 20.0)
        given = rng.integers(1, weights + 1, cards) if weights else rng.lognormal(0, 0.5, cards)
        new = [PlanCard(f"c{n}", float(w), None, None, None) for n, w in enumerate(given.tolist())]
        half = [
            card._replace(stability=float(s), difficulty=float(d), last_day=-n % 30 - 30)
            if n % 2
            else card
            for n, (card, s, d) in enumerate(
                zip(new, rng.lognormal(1.5, 1, cards), rng.uniform(1, 10, cards), strict=True)
            )
        ]
        for kind, these in (("new", new), ("half seen", half)):
            of = f"{cards} {kind}, {days} days, {weights or 'any'} weights"
            figures |= {f"{name}, {of}": value for name, value in _speed(world, these).items()}
    for name, value in figures.items():
        print(f"  {name:56s} {value:8.2f} ms")
    return figures


def _speed(world: World, cards: list[PlanCard]) -> dict[str, float]:
    times: dict[str, list[float]] = {}

    def timed(name: str, act: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = act()
        times.setdefault(name, []).append(1000 * (time.perf_counter() - began))
        return result

    for _ in range(3):
        plan = planner(world)
        timed("first plan", lambda plan=plan: plan.open_day(0, world.budgets, cards))
        timed("forecast", plan.forecast)
        prospect = plan.prospect()
        assert prospect is not None
        timed("minutes for 0.9", lambda p=prospect: minutes_for(0.9, p, world.budgets))
    known = {card.id: card for card in cards}
    for _ in range(50):
        card = known[str(timed("pick", plan.pick))]._replace(
            stability=3.0, difficulty=5.0, last_day=0
        )
        timed("update", lambda card=card: plan.update(card))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = ["grid", "stress", "second", "effort", "speed"]
    parser.add_argument("--part", nargs="*", choices=parts, default=["grid", "speed"])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("bench_plan.json"))
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    both = ("plain FSRS 0.9", "planner")
    result: Row = {"seeds": list(seeds)}
    if "speed" in asked.part:
        result["speed"] = speed()
    if "grid" in asked.part:
        # Small worlds are cheap and noisy: more learners there.
        more = {w: len(seeds) * max(1, min(4, 2800 // (w.cards * w.days))) for w in GRID}
        result["grid"] = measured(
            "grid: recall (gap closed), recall 60 days later",
            GRID,
            list(SCHEDULES),
            lambda w: cell(w, range(seeds[0], seeds[0] + more[w]), list(SCHEDULES)),
        )
        result["grid"]["forecast"] = forecasts(result["grid"]["rows"])
    for name, (nature, habits, fields) in STRESS.items() if "stress" in asked.part else ():
        result[name] = measured(
            name,
            [world._replace(**fields) for world in STRESSED],
            both,
            lambda w, n=nature, h=habits: cell(w, seeds, both, n, h),
        )
    for name, nature in SECOND.items() if "second" in asked.part else ():
        result[name] = measured(
            name, STRESSED, both, lambda w, n=nature: cell(w, seeds, both, n, bounded=False)
        )
    if "effort" in asked.part:
        result["effort"] = effort(seeds)
    asked.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
