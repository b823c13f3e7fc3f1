"""Which cards a day asks, in which order, and which had better wait."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.memory.schedule import retrievability
from greenflag.memory.state import Candidate, Memory
from greenflag.review.queue import (
    CROWDED,
    LATER,
    STEADY_DAYS,
    cram_cards,
    reason,
    todays_cards,
    waiting,
)

DAY = 739_942


def recall(memory: Memory) -> float:
    return retrievability(memory, DAY)


def memory(stability: float = 10.0, ago: int = 10, due: int = DAY) -> Memory:
    return Memory(stability, 5.0, due, DAY - ago, 3, 0)


def due(
    card: str, stability: float = 10.0, ago: int = 10, *, weight: int = 3, on: int = DAY
) -> Candidate:
    """A card that was seen some days ago."""
    note, _, face = card.partition("/")
    return Candidate(
        f"{note}/{face or 'card'}", note, weight, "", 0, memory(stability, ago, due=on)
    )


def new(card: str, *, weight: int = 3, competency: str = "") -> Candidate:
    """A card never seen."""
    note, _, face = card.partition("/")
    return Candidate(f"{note}/{face or 'card'}", note, weight, competency, 0, None)


def order(
    due: Sequence[Candidate] = (),
    new: Sequence[Candidate] = (),
    limit: int = 1000,
    asked: Sequence[str] = (),
) -> list[str]:
    chosen = todays_cards(due, new, recall=recall, new_limit=limit, asked_notes=asked)
    return [card.removesuffix("/card") for card, _ in chosen]


candidates = st.lists(
    st.builds(
        Candidate,
        card=st.integers(0, 999).map(str),
        note=st.integers(0, 20).map(str),
        weight=st.integers(1, 5),
        competency=st.sampled_from(["", "x", "y", "z"]),
        position=st.integers(0, 3),
        memory=st.none()
        | st.builds(memory, st.floats(0.1, 1000), st.integers(0, 100), st.integers(DAY - 3, DAY)),
    ),
    unique_by=lambda card: card.card,
    max_size=40,
)


class TestDueCards:
    def test_those_about_to_be_forgotten_come_first(self) -> None:
        assert order([due("sure", 100), due("shaky", 5), due("fair", 30)]) == [
            "shaky",
            "fair",
            "sure",
        ]

    def test_important_ones_come_ahead(self) -> None:
        assert order([due("light", weight=1), due("heavy", weight=5), due("mid")]) == [
            "heavy",
            "mid",
            "light",
        ]

    def test_importance_and_danger_weigh_together(self) -> None:
        heavy, shaky = due("heavy", 20, weight=5), due("shaky", 2, weight=1)
        lost = {card.card: 1 - recall(card.memory) for card in (heavy, shaky) if card.memory}
        assert 5 * lost["heavy/card"] > lost["shaky/card"] > lost["heavy/card"]
        assert order([shaky, heavy]) == ["heavy", "shaky"]

    def test_equals_come_by_their_names(self) -> None:
        assert order([due("b"), due("c"), due("a")]) == ["a", "b", "c"]


class TestOneCardANote:
    def test_siblings_do_not_meet(self) -> None:
        assert order([due("a/one", 5), due("a/two", 50), due("b")]) == ["a/one", "b"]

    def test_a_due_card_keeps_its_new_sibling_out(self) -> None:
        assert order([due("a/one")], [new("a/two"), new("b")]) == ["a/one", "b"]

    def test_the_first_face_of_a_new_note_is_asked(self) -> None:
        assert order(new=[new("a/one"), new("a/two")]) == ["a/one"]

    def test_a_note_asked_today_is_not_asked_again(self) -> None:
        assert order([due("a/one")], [new("b"), new("c")], asked=["a", "b"]) == ["c"]

    @given(due=candidates, new=candidates, limit=st.integers(0, 30))
    def test_holds_for_any_cards(
        self, due: list[Candidate], new: list[Candidate], limit: int
    ) -> None:
        due = [card for card in due if card.memory]
        new = [card._replace(card=f"n{card.card}") for card in new if not card.memory]
        notes = {card.card: card.note for card in (*due, *new)}
        chosen = todays_cards(due, new, recall=recall, new_limit=limit, asked_notes=["0"])
        asked = [notes[card] for card, _ in chosen]
        assert len(asked) == len(set(asked))
        assert "0" not in asked
        assert {card.note for card in due} - {"0"} <= set(asked)
        assert sum(card.startswith("n") for card, _ in chosen) <= limit


class TestNewCards:
    def test_the_limit_is_kept(self) -> None:
        cards = [new(name) for name in "abcdef"]
        assert [len(order(new=cards, limit=limit)) for limit in (0, 2, 6, 9)] == [0, 2, 6, 6]

    def test_the_limit_counts_notes_not_siblings_left_out(self) -> None:
        assert order(new=[new("a/one"), new("a/two"), new("b")], limit=2) == ["a/one", "b"]

    def test_the_heaviest_come_first(self) -> None:
        cards = [new("light", weight=1), new("heavy", weight=5), new("mid")]
        assert order(new=cards) == ["heavy", "mid", "light"]

    def test_competencies_take_turns_each_in_deck_order(self) -> None:
        cards = [new(f"{c}{n}", competency=c) for c in "xyz" for n in (1, 2)]
        assert order(new=cards) == ["x1", "y1", "z1", "x2", "y2", "z2"]

    def test_one_competency_that_has_more_goes_on_alone(self) -> None:
        cards = [new(f"x{n}", competency="x") for n in (1, 2, 3)] + [new("y1", competency="y")]
        assert order(new=cards) == ["x1", "y1", "x2", "x3"]

    def test_weight_goes_before_turns(self) -> None:
        cards = [
            new("x1", competency="x"),
            new("y1", competency="y"),
            new("x2", competency="x", weight=4),
        ]
        assert order(new=cards) == ["x2", "x1", "y1"]


class TestMixing:
    @pytest.mark.parametrize(
        ("dues", "news", "expected"),
        [
            (4, 2, "ddnddn"),
            (2, 4, "dnndnn"),
            (3, 3, "dndndn"),
            (5, 1, "dddddn"),
            (1, 3, "dnnn"),
            (0, 3, "nnn"),
            (3, 0, "ddd"),
            (7, 3, "dddnddnddn"),
        ],
    )
    def test_new_ones_are_spread_evenly_a_due_one_first(
        self, dues: int, news: int, expected: str
    ) -> None:
        asked = order([due(f"d{n}") for n in range(dues)], [new(f"n{n}") for n in range(news)])
        assert "".join(card[0] for card in asked) == expected

    @given(dues=st.integers(1, 60), news=st.integers(0, 60))
    def test_no_stretch_has_more_than_its_share(self, dues: int, news: int) -> None:
        asked = order([due(f"d{n}") for n in range(dues)], [new(f"n{n}") for n in range(news)])
        kinds = [card[0] for card in asked]
        assert len(kinds) == dues + news
        for end in range(1, len(kinds) + 1):
            seen = kinds[:end]
            share = seen.count("d") * news / dues
            assert share - news / dues - 1 <= seen.count("n") <= share

    def test_each_kind_keeps_its_own_order(self) -> None:
        dues = [due(f"d{n}", 100 - n) for n in range(9)]
        news = [new(f"n{n}", weight=5 - n) for n in range(4)]
        asked = order(dues, news)
        assert [card for card in asked if card[0] == "d"] == [f"d{n}" for n in range(8, -1, -1)]
        assert [card for card in asked if card[0] == "n"] == [f"n{n}" for n in range(4)]


class TestReasons:
    def test_say_what_a_person_understands(self) -> None:
        assert reason(new("a", weight=4), recall) == "new to you; weight 4 of 5"
        assert reason(due("a", 10, 10), recall) == "you would still know it with a chance of 90%"

    def test_come_with_the_cards(self) -> None:
        asked = todays_cards([due("a")], [new("b")], recall=recall, new_limit=5)
        assert asked == [
            ("a/card", "you would still know it with a chance of 90%"),
            ("b/card", "new to you; weight 3 of 5"),
        ]


class TestTheSameEveryTime:
    @given(due=candidates, new=candidates, seed=st.integers(0, 99))
    def test_the_order_of_due_cards_given_does_not_matter(
        self, due: list[Candidate], new: list[Candidate], seed: int
    ) -> None:
        due = [card for card in due if card.memory]
        new = [card._replace(card=f"n{card.card}") for card in new if not card.memory]
        other = Random(seed).sample(due, len(due))
        assert todays_cards(due, new, recall=recall, new_limit=9) == todays_cards(
            other, new, recall=recall, new_limit=9
        )


def crowd(count: int, *, stability: float = 50.0, on: int = DAY) -> list[Candidate]:
    return [due(f"c{n:03}", stability + n / 1000, on=on) for n in range(count)]


class TestWaiting:
    def test_nobody_waits_up_to_forty(self) -> None:
        assert waiting(crowd(CROWDED), DAY, {}) == set()

    def test_nobody_waits_when_the_week_is_as_full(self) -> None:
        cards = crowd(100)
        assert waiting(cards, DAY, {DAY + n: 100 for n in range(7)}) == set()

    def test_the_numbers_are_these(self) -> None:
        assert (LATER, CROWDED, STEADY_DAYS) == (8, 40, 14)

    def test_the_week_is_today_and_the_six_days_after_it(self) -> None:
        cards = crowd(100)
        far = {DAY: 900, DAY - 1: 900, DAY + 7: 900}
        assert len(waiting(cards, DAY, far)) == 60
        near = {DAY + n: 50 for n in range(1, 7)}
        assert len(waiting(cards, DAY, near)) == 100 - round(1.5 * 400 / 7)

    def test_on_a_crowded_day_the_steadiest_wait(self) -> None:
        cards = crowd(100)
        wait = waiting(cards, DAY, {DAY: 100})
        assert len(wait) == 100 - CROWDED
        assert wait == {card.card for card in cards[CROWDED:]}

    def test_so_many_stay_as_half_again_the_mean_of_the_week(self) -> None:
        cards = crowd(200)
        counts = {DAY: 200, **{DAY + n: 30 for n in range(1, 7)}}
        room = round(1.5 * (200 + 6 * 30) / 7)
        assert room > CROWDED
        assert len(waiting(cards, DAY, counts)) == 200 - room

    def test_only_cards_due_this_very_day_wait(self) -> None:
        late = [due(f"late{n}", 500, on=DAY - 1) for n in range(60)]
        today = crowd(60)
        wait = waiting([*late, *today], DAY, {DAY: 60})
        assert wait <= {card.card for card in today}
        assert len(wait) == 60

    def test_so_none_waits_twice(self) -> None:
        cards = crowd(100)
        left = [card for card in cards if card.card in waiting(cards, DAY, {DAY: 100})]
        assert left
        assert waiting(left + crowd(100, stability=20, on=DAY + 2), DAY + 1, {}) == set()

    def test_shaky_ones_never_wait(self) -> None:
        assert waiting(crowd(100, stability=STEADY_DAYS - 1), DAY, {DAY: 100}) == set()
        just = [due(f"c{n:03}", STEADY_DAYS) for n in range(100)]
        assert len(waiting(just, DAY, {DAY: 100})) == 60

    def test_new_ones_are_not_its_business(self) -> None:
        assert waiting([new(f"n{n}") for n in range(100)], DAY, {}) == set()

    @given(seed=st.integers(0, 99), count=st.integers(0, 150), ahead=st.integers(0, 60))
    def test_it_does_not_matter_in_which_order_they_are_given(
        self, seed: int, count: int, ahead: int
    ) -> None:
        cards = crowd(count)
        counts = {DAY + n: ahead for n in range(1, 7)}
        mixed = Random(seed).sample(cards, len(cards))
        wait = waiting(cards, DAY, counts)
        assert waiting(mixed, DAY, counts) == wait
        assert len(cards) - len(wait) >= min(len(cards), CROWDED)


class TestCram:
    def test_asks_the_least_sure_first_then_those_never_seen(self) -> None:
        cards = [new("n"), due("sure", 100), due("shaky", 2)]
        asked = [card for card, _ in cram_cards(cards, recall=recall)]
        assert asked == ["shaky/card", "sure/card", "n/card"]

    def test_one_card_a_note_and_no_limit(self) -> None:
        cards = [due("a/one"), new("a/two"), *(new(f"n{n}") for n in range(50))]
        assert len(cram_cards(cards, recall=recall)) == 51
