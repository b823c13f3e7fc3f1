"""The interval of a forecast: inside 0 to 1, and true for most simulated learners."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.memory.deadline import Learner
from greenflag.memory.doubt import Doubt, interval
from greenflag.memory.evidence import SECONDS
from greenflag.memory.plan import Forecast, PlanCard, Planner
from greenflag.memory.schedule import DEFAULTS
from greenflag.memory.simulate import Stay, meet, planner, run

shares = st.floats(0, 1)
small = st.floats(0, 0.2)


@given(shares, small, small, st.floats(0, 0.1), shares)
def test_an_interval_holds_what_is_expected_and_stays_between_0_and_1(
    expected: float, down: float, up: float, luck: float, perfect: float
) -> None:
    low, high = interval(expected, Doubt(down, up), (luck, luck), perfect)
    assert 0.0 <= low <= expected + 1e-9
    assert expected - 1e-9 <= high <= 1.0


def test_a_perfect_test_that_is_no_surprise_is_inside() -> None:
    assert interval(0.99, Doubt(0.003, 0.002), (0.0001, 0.0001), perfect=0.3)[1] == 1.0
    assert interval(0.8, Doubt(0.003, 0.002), (0.0001, 0.0001), perfect=0.0)[1] < 0.85


def test_near_full_recall_an_interval_reaches_further_down_than_up() -> None:
    low, high = interval(0.97, Doubt(0.01, 0.01), (0.0002, 0.0002))
    assert 0.97 - low > high - 0.97


def forecast(cards: list[PlanCard], fitted_on: int = 0) -> Forecast:
    plan = Planner(
        parameters=DEFAULTS.numbers,
        interview_day=10,
        gap_days=0.4,
        seconds=SECONDS,
        fitted_on=fitted_on,
    )
    plan.open_day(0, [900.0] * 10, cards)
    return plan.forecast()


def test_more_reviews_behind_the_parameters_make_it_narrower() -> None:
    cards = [PlanCard(f"c{n}", 1.0, None, None, None) for n in range(120)]
    unsure, sure = forecast(cards), forecast(cards, fitted_on=5000)
    assert sure.expected == unsure.expected
    assert sure.mean_high - sure.mean_low < unsure.mean_high - unsure.mean_low


def test_it_holds_for_most_simulated_learners() -> None:
    believed = Learner(DEFAULTS.numbers, SECONDS)
    stay, budgets = Stay(0, 5, 10 / 24), [900.0] * 5
    cards = [PlanCard(f"c{n}", 1.0 + n % 3, None, None, None) for n in range(100)]
    told = planner(believed, stay)
    told.open_day(0, budgets, cards)
    said, held = told.forecast(), []
    for seed in range(15):
        hidden = meet(believed, cards, 5, seed)
        came = run(hidden, planner(believed, stay), stay, budgets, DEFAULTS.numbers)
        held.append((said.low <= came.recall <= said.high, said.low <= came.shown <= said.high))
    true, shown = np.mean(held, axis=0)
    assert true >= 0.8
    assert shown >= 0.7
    assert said.expected == pytest.approx(np.mean([said.low, said.high]), abs=0.03)
