"""Grouping cards: none lost, and the plan the same but for a thousandth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.memory import plan
from greenflag.memory.alike import FINE, States, alike
from greenflag.memory.evidence import SECONDS
from greenflag.memory.plan import PlanCard, Planner
from greenflag.memory.schedule import DEFAULTS


def states(count: int, seed: int) -> States:
    rng = np.random.default_rng(seed)
    seen, level = rng.random(count) < 0.7, rng.integers(0, 3, count)
    last = -rng.integers(0, 9, count).astype(np.float64)
    return States(
        seen=seen,
        stability=np.where(seen, rng.lognormal(1.0, 1.0, count), 1.0),
        difficulty=np.where(seen, rng.uniform(1, 10, count), 1.0),
        last=np.where(seen, last, 0.0),
        again=np.zeros(count, dtype=np.bool_),
        weight=np.array([1.0, 2.0, 3.0])[level],
        level=level,
        count=np.ones(count),
        never=rng.random(count),
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 1500), st.integers(0, 99))
def test_no_card_is_lost_and_the_mean_stays(count: int, seed: int) -> None:
    cards = states(count, seed)
    few, group = alike(cards, 0, FINE)
    assert few.count.sum() == pytest.approx(count)
    assert few.never @ few.count == pytest.approx(cards.never.sum())
    assert (few.seen[group] == cards.seen).all()
    assert (few.level[group] == cards.level).all()
    assert ((few.last[group] >= 0) == (cards.last >= 0)).all()


def test_many_cards_become_a_few_hundred() -> None:
    few, _ = alike(states(10_000, 1), 0, FINE)
    assert len(few.count) < 1000


def test_grouping_changes_the_forecast_by_less_than_a_thousandth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(5)
    cards = [
        PlanCard(f"c{n}", 1.0 + n % 2, rng.lognormal(1.5), rng.uniform(1, 10), -n % 30 - 30)
        for n in range(900)
    ]
    planner = Planner(parameters=DEFAULTS.numbers, interview_day=12, gap_days=0.4, seconds=SECONDS)
    planner.open_day(0, [900.0] * 12, cards)
    grouped = planner.forecast().expected
    monkeypatch.setattr(plan, "FINE", (900, 900, 900))
    assert planner.forecast().expected == pytest.approx(grouped, abs=0.001)
