"""The planner: sound on any input, in line with the schedule, better than no foresight."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.memory.evidence import SECONDS
from greenflag.memory.formulae import after_each, first_memory, retrievability
from greenflag.memory.plan import GreedyPlanner, PlanCard, Planner
from greenflag.memory.schedule import DEFAULTS, after
from greenflag.memory.schedule import retrievability as schedule_recall
from greenflag.memory.state import Memory

DAY = 739_000

days_ahead = st.integers(0, 20)
cards_of_any_kind = st.lists(
    st.tuples(
        st.floats(0.1, 10),
        st.none() | st.tuples(st.floats(0.001, 1e4), st.floats(1, 10), st.integers(-30, 2)),
    ),
    max_size=30,
)


def planner(days: int = 9, kind: type[Planner] = Planner) -> Planner:
    return kind(
        parameters=DEFAULTS.numbers,
        interview_day=DAY + days,
        gap_days=10 / 24,
        seconds=SECONDS,
    )


def unseen(count: int) -> list[PlanCard]:
    return [PlanCard(f"c{n}", 1.0 + n % 3, None, None, None) for n in range(count)]


@given(st.floats(0.01, 500), st.floats(1, 10), st.integers(0, 60), st.integers(1, 4))
def test_the_formulae_are_those_of_the_schedule(
    stability: float, difficulty: float, elapsed: int, rating: int
) -> None:
    memory = Memory(stability, difficulty, DAY + 1, DAY, 3, 0)
    then = after(memory, rating, DAY + elapsed)
    w = DEFAULTS.numbers
    s, d = after_each(w, np.array(stability), np.array(difficulty), np.array(float(elapsed)))
    assert s[rating - 1] == pytest.approx(then.stability, rel=1e-9)
    assert d[rating - 1] == pytest.approx(then.difficulty, rel=1e-9)
    recall = float(retrievability(w, float(elapsed), stability))
    assert recall == pytest.approx(schedule_recall(memory, DAY + elapsed), rel=1e-9)


def test_a_first_look_leads_where_the_schedule_says() -> None:
    stability, difficulty = first_memory(DEFAULTS.numbers)
    for rating in (1, 2, 3, 4):
        then = after(None, rating, DAY)
        assert stability[rating - 1] == pytest.approx(then.stability, rel=1e-9)
        assert difficulty[rating - 1] == pytest.approx(then.difficulty, rel=1e-9)


@settings(max_examples=40)
@given(days_ahead, cards_of_any_kind, st.lists(st.floats(0, 4000), max_size=20))
def test_any_day_gives_a_plan_and_a_forecast(
    days: int,
    given_cards: list[tuple[float, tuple[float, float, int] | None]],
    budgets: list[float],
) -> None:
    cards = [
        PlanCard(f"c{n}", weight, *(known or (None, None)), None)
        if known is None
        else PlanCard(f"c{n}", weight, known[0], known[1], DAY + known[2])
        for n, (weight, known) in enumerate(given_cards)
    ]
    plan = planner(days)
    plan.open_day(DAY, budgets, cards)
    forecast = plan.forecast()
    assert forecast.cards.keys() == {card.id for card in cards}
    for chance in (forecast.expected, forecast.low, forecast.high, forecast.now):
        assert math.isfinite(chance)
        assert -1e-9 <= chance <= 1 + 1e-9
    assert forecast.low <= forecast.expected + 1e-9 <= forecast.high + 2e-9
    assert forecast.expected >= forecast.now - 1e-6
    assert {card for card, _ in plan.order()} <= forecast.cards.keys()
    assert all(plan.gain(card.id) >= 0 for card in cards)


def test_what_is_asked_first_heads_the_order_and_leaves_it_when_rated() -> None:
    plan = planner()
    plan.open_day(DAY, [1500.0] * 9, unseen(100))
    first = plan.pick()
    assert first == plan.order()[0][0]
    before = [card for card, _ in plan.order() if card != first]
    memory = after(None, 3, DAY)
    plan.update(PlanCard(str(first), 3.0, memory.stability, memory.difficulty, DAY))
    assert [card for card, _ in plan.order()] == before


def test_without_time_nothing_is_picked() -> None:
    plan = planner()
    plan.open_day(DAY, [0.0] * 9, unseen(10))
    assert plan.pick() is None
    assert plan.forecast().expected == pytest.approx(plan.forecast().now)


def test_heavier_cards_come_first() -> None:
    plan = planner()
    plan.open_day(DAY, [600.0] * 9, unseen(90))
    weights = {card.id: card.weight for card in unseen(90)}
    order = [weights[card] for card, _ in plan.order()]
    assert order == sorted(order, reverse=True)


def test_more_minutes_never_lower_what_is_expected() -> None:
    expected = []
    for seconds in (0.0, 300.0, 900.0, 2700.0):
        plan = planner()
        plan.open_day(DAY, [seconds] * 9, unseen(150))
        expected.append(plan.forecast().expected)
    assert expected == sorted(expected)


def test_foresight_expects_no_less_than_greed() -> None:
    forecasts = []
    for kind in (GreedyPlanner, Planner):
        plan = planner(14, kind)
        plan.open_day(DAY, [900.0] * 14, unseen(200))
        forecasts.append(plan.forecast().expected)
    assert forecasts[1] >= forecasts[0] - 0.005
