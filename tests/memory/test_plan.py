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


# Driven oddly


def rated(card: PlanCard, rating: int, day: int) -> PlanCard:
    """The card after a rating, with the numbers of numpy that a simulation may hand over."""
    memory = (
        None
        if card.stability is None or card.difficulty is None or card.last_day is None
        else Memory(card.stability, card.difficulty, card.last_day + 1, card.last_day, 1, 0)
    )
    then = after(memory, rating, day)
    return PlanCard(
        card.id, card.weight, np.float64(then.stability), np.float64(then.difficulty), day
    )


def expected_after(days: int, fresh: bool) -> float:
    """What is expected on the last day when every card was rated good, with one planner or many."""
    cards = {card.id: card for card in unseen(60)}
    plan = planner(days)
    for day in range(DAY, DAY + days):
        plan = planner(days) if fresh else plan
        plan.open_day(day, [300.0] * (DAY + days - day), list(cards.values()))
        for _ in range(15):
            if (picked := plan.pick()) is None:
                break
            cards[picked] = rated(cards[picked], 3, day)
            plan.update(cards[picked])
    return plan.forecast().expected


def test_a_fresh_planner_each_day_does_as_well() -> None:
    assert expected_after(6, fresh=True) == pytest.approx(expected_after(6, fresh=False), abs=0.01)


@pytest.mark.parametrize("budgets", [[], [600.0], [600.0] * 40, np.full(9, 600.0)])
def test_budgets_shorter_or_longer_than_the_days_are_taken(budgets: list[float]) -> None:
    plan = planner()
    plan.open_day(DAY, budgets, unseen(20))
    assert (plan.pick() is None) == (len(budgets) == 0)
    assert 0.19 < plan.forecast().expected <= 1.0


@pytest.mark.parametrize("days", [0, -3])
def test_on_the_day_of_the_interview_nothing_is_left_to_plan(days: int) -> None:
    plan = planner(days)
    known = PlanCard("s", 1.0, np.float64(3.0), np.float64(5.0), DAY - 2)
    plan.open_day(DAY, [600.0], [*unseen(3), known])
    forecast = plan.forecast()
    assert plan.pick() is None and plan.order() == []
    assert forecast.expected == forecast.now
    assert forecast.low <= forecast.expected <= forecast.high
    plan.update(rated(known, 3, DAY))


def test_without_cards_there_is_nothing_to_pick_or_expect() -> None:
    plan = planner()
    plan.open_day(DAY, [600.0] * 9, [])
    assert plan.pick() is None
    assert plan.forecast().cards == {}


def test_a_card_seen_today_waits_until_tomorrow() -> None:
    plan = planner()
    plan.open_day(DAY, [600.0] * 9, [PlanCard("s", 1.0, 0.5, 5.0, DAY)])
    assert plan.pick() is None
    plan.open_day(DAY + 1, [600.0] * 8, [PlanCard("s", 1.0, 0.5, 5.0, DAY)])
    assert plan.pick() == "s"


def test_being_told_twice_does_no_harm() -> None:
    plan = planner()
    cards = unseen(3)
    plan.open_day(DAY, [600.0] * 9, cards)
    for card in cards:
        plan.update(rated(card, 3, DAY))
        plan.update(rated(card, 3, DAY))
    assert plan.pick() is None
    assert plan.forecast().expected > 0.5


def test_a_card_rated_again_comes_back_once_that_day() -> None:
    plan = planner()
    card = PlanCard("c", 1.0, None, None, None)
    plan.open_day(DAY, [600.0] * 9, [card])
    for _ in range(2):
        assert plan.pick() == "c"
        card = rated(card, 1, DAY)
        plan.update(card)
    assert plan.pick() is None


def test_a_sitting_opened_anew_still_shows_what_was_rated_again() -> None:
    plan = planner()
    card = rated(PlanCard("c", 1.0, None, None, None), 1, DAY)
    plan.open_day(DAY, [600.0] * 9, [card], rated_again={"c"})
    assert plan.pick() == "c"
    plan.open_day(DAY, [600.0] * 9, [card])
    assert plan.pick() is None


def test_cards_left_out_may_take_whole_weights_with_them() -> None:
    plan = planner(10)
    cards = [PlanCard(str(n), float(n % 5 + 1), None, None, None) for n in range(50)]
    plan.open_day(0, [600.0] * 10, cards)
    for heavy in range(1, 6):
        out = [card.id for card in cards if card.weight >= heavy]
        prospect = plan.prospect(without=out)
        assert (prospect is None) == (heavy == 1)
        if prospect:
            assert 0.0 < prospect.expected([600.0] * 10)[0] <= 1.0
