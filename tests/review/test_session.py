"""A sitting as a state machine: whatever happens, no card is rated twice from one asking."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.memory.schedule import futures
from greenflag.memory.state import AGAIN, EASY, GOOD, HARD, Memory
from greenflag.review.queue import LATER
from greenflag.review.session import (
    Ask,
    Asked,
    Dealt,
    Done,
    Dropped,
    Effect,
    End,
    Rated,
    Record,
    Recorded,
    Session,
    Show,
    Stopped,
    TakenBack,
    Turned,
    start,
    step,
)

DAY = 739_942
FUTURES = futures(None, DAY)
SEEN = FUTURES.good


def asked(card: str, memory: Memory | None = None) -> Asked:
    return Asked(card, FUTURES if memory is None else futures(memory, DAY + 3), 7, memory)


def up(session: Session, effect: Effect) -> tuple[Session, Effect]:
    """The card that is asked for, fetched and turned."""
    assert isinstance(effect, Ask)
    session, effect = step(session, Dealt(asked(effect.card)))
    assert effect == Show()
    return step(session, Turned())


def rated(session: Session, effect: Effect, rating: int) -> tuple[Session, Effect]:
    """The card that is asked for, fetched, turned, rated and recorded."""
    session, _ = up(session, effect)
    session, record = step(session, Rated(rating))
    assert isinstance(record, Record)
    return step(session, Recorded())


def sitting(*cards: str, limit: int | None = None, ratings: str = "") -> tuple[Session, Effect]:
    """A sitting in which the first cards were rated so (digits)."""
    session, effect = start(cards, limit)
    for rating in ratings:
        session, effect = rated(session, effect, int(rating))
    return session, effect


def rest(session: Session, effect: Effect, rating: int = GOOD) -> list[str]:
    """The cards asked from here to the end when each is rated so."""
    cards = []
    while isinstance(effect, Ask):
        cards.append(effect.card)
        session, effect = rated(session, effect, rating)
    assert isinstance(effect, End)
    assert session.over
    return cards


class TestAnOrdinarySitting:
    def test_asks_the_cards_in_order_and_ends(self) -> None:
        assert rest(*sitting("a", "b", "c")) == ["a", "b", "c"]

    def test_without_cards_it_is_over(self) -> None:
        session, effect = start(())
        assert (session.over, effect) == (True, End())

    def test_a_card_is_asked_shown_turned_rated_and_recorded(self) -> None:
        session, effect = start(("a", "b"))
        assert effect == Ask("a")
        session, effect = step(session, Dealt(asked("a")))
        assert (effect, session.turned) == (Show(), False)
        session, effect = step(session, Turned())
        assert (effect, session.turned) == (Show(), True)
        session, effect = step(session, Rated(GOOD))
        assert effect == Record("a", GOOD, FUTURES.good, 7)
        session, effect = step(session, Recorded())
        assert effect == Ask("b")
        assert session.done == (Done("a", GOOD, True),)

    @pytest.mark.parametrize("rating", [AGAIN, HARD, GOOD, EASY])
    def test_what_is_recorded_is_the_memory_that_labelled_the_key(self, rating: int) -> None:
        session, effect = start(("a",))
        session, _ = step(session, Dealt(asked("a", SEEN)))
        session, _ = step(session, Turned())
        session, effect = step(session, Rated(rating))
        assert isinstance(effect, Record)
        assert effect.memory is session.before[-1].asked.futures[rating - 1]  # type: ignore[union-attr]
        assert session.done[-1].new is False

    def test_a_card_on_its_front_cannot_be_rated(self) -> None:
        session, _ = start(("a",))
        session, _ = step(session, Dealt(asked("a")))
        assert step(session, Rated(GOOD)) == (session, Show())

    def test_a_card_no_longer_there_is_passed_over(self) -> None:
        session, _ = start(("a", "b"))
        session, effect = step(session, Dealt(None))
        assert effect == Ask("b")
        assert step(session, Dealt(None))[1] == End()

    def test_stopping_ends_it_wherever_it_is(self) -> None:
        session, effect = start(("a", "b"))
        for event in (Dealt(asked("a")), Turned(), Rated(GOOD), Recorded()):
            assert step(session, Stopped()) == (session._replace(over=True), End())
            session, effect = step(session, event)
        assert isinstance(effect, Ask)

    def test_once_over_nothing_happens(self) -> None:
        session, _ = step(start(("a",))[0], Stopped())
        for event in (Dealt(asked("a")), Turned(), Rated(GOOD), TakenBack("a", True)):
            assert step(session, event) == (session, End())

    def test_a_step_changes_no_earlier_session(self) -> None:
        session, effect = start(("a", "b"))
        before = session._replace()
        rated(session, effect, AGAIN)
        assert session == before


class TestASecondLook:
    def test_comes_after_eight_others(self) -> None:
        cards = [*"abcdefghijkl"]
        asked_for = rest(*sitting(*cards, ratings="1"))
        assert asked_for == [*"bcdefghi", "a", *"jkl"]
        assert asked_for.index("a") == LATER

    def test_comes_when_nothing_else_is_left(self) -> None:
        assert rest(*sitting("a", "b", "c", ratings="1")) == ["b", "c", "a"]
        assert rest(*sitting("a", ratings="1")) == ["a"]

    def test_comes_once_whatever_it_is_rated(self) -> None:
        assert rest(*sitting("a", "b", ratings="1"), rating=AGAIN) == ["b", "a", "b"]

    def test_comes_in_the_order_of_the_first_ones(self) -> None:
        assert rest(*sitting("a", "b", "c", ratings="111")) == ["a", "b", "c"]

    def test_of_a_card_that_had_one_before_this_sitting_does_not_come(self) -> None:
        session, effect = start(("a", "b"))
        session = session._replace(looked=frozenset({"a"}))
        session, effect = rated(session, effect, AGAIN)
        assert rest(session, effect) == ["b"]

    def test_is_counted_among_what_is_left(self) -> None:
        session, _ = up(*sitting("a", "b", ratings="1"))
        assert session.left == 2
        assert (session.queue, session.again) == ((), (("a", 1),))


class TestALimit:
    def test_is_a_number_of_ratings(self) -> None:
        assert rest(*sitting("a", "b", "c", limit=2)) == ["a", "b"]

    def test_cuts_second_looks_off_too(self) -> None:
        assert rest(*sitting("a", "b", limit=2, ratings="1")) == ["b"]

    def test_is_what_is_left_at_most(self) -> None:
        assert sitting("a", "b", "c", limit=2)[0].left == 2
        assert sitting("a", "b", "c", limit=2, ratings="3")[0].left == 1
        assert sitting("a", limit=5)[0].left == 0  # asked for, not there yet

    def test_once_reached_nothing_is_left(self) -> None:
        assert sitting("a", "b", limit=1, ratings="3")[0].left == 0

    def test_passed_over_cards_do_not_count(self) -> None:
        session, _ = start(("a", "b", "c"), 1)
        session, effect = step(session, Dealt(None))
        assert rest(session, effect) == ["b"]


class TestDropping:
    def test_the_card_in_front_deals_the_next(self) -> None:
        session, _ = up(*start(("a", "b")))
        session, effect = step(session, Dropped(("a",)))
        assert effect == Ask("b")
        assert session.done == ()

    def test_others_leave_the_card_in_front_as_it_is(self) -> None:
        session, _ = up(*start(("a", "b", "c")))
        session, effect = step(session, Dropped(("b",)))
        assert effect == Show()
        assert (session.asked, session.turned, session.queue) == (asked("a"), True, ("c",))

    def test_takes_a_waiting_second_look_away(self) -> None:
        session, effect = sitting("a", "b", "c", ratings="1")
        session, _ = up(session, effect)
        session, _ = step(session, Dropped(("a",)))
        assert session.again == ()


class TestTakingBack:
    def test_the_last_rating_leads_to_the_session_before_it(self) -> None:
        before, _ = up(*start(("a", "b")))
        session, effect = step(before, Rated(AGAIN))
        session, effect = up(*step(session, Recorded()))
        session, effect = step(session, TakenBack("a", True))
        assert effect == Ask("a")
        assert session == before._replace(asked=None, turned=False)
        assert rest(session, effect) == ["a", "b"]

    def test_several_go_back_one_by_one(self) -> None:
        session, effect = sitting("a", "b", "c", "d", ratings="313")
        session, effect = up(session, effect)
        for card, left in (("c", 1), ("b", 2), ("a", 3)):
            session, effect = step(session, TakenBack(card, True))
            assert effect == Ask(card)
            assert len(session.queue) == left
            session, _ = step(session, Dealt(asked(card)))
        assert session == step(start(("a", "b", "c", "d"))[0], Dealt(asked("a")))[0]

    def test_a_second_look_is_owed_again(self) -> None:
        session, effect = sitting("a", "b", ratings="133")
        assert isinstance(effect, End)
        session, effect = sitting("a", "b", ratings="13")
        assert effect == Ask("a")
        session, _ = up(session, effect)
        session, effect = step(session, TakenBack("b", True))
        assert effect == Ask("b")
        assert rest(session, effect) == ["b", "a"]

    def test_a_suspension_puts_its_card_first_and_the_one_in_front_next(self) -> None:
        session, _ = up(*start(("a", "b", "c")))
        session, effect = step(session, Dropped(("a",)))
        session, _ = up(session, effect)
        session, effect = step(session, TakenBack("a", False))
        assert effect == Ask("a")
        assert rest(session, effect) == ["a", "b", "c"]

    def test_a_rating_from_before_this_sitting_asks_its_card_now(self) -> None:
        session, _ = up(*start(("a", "b")))
        session, effect = step(session, TakenBack("x", True))
        assert effect == Ask("x")
        assert rest(session, effect) == ["x", "a", "b"]

    def test_a_card_that_is_in_the_queue_already_is_asked_once(self) -> None:
        session, _ = up(*start(("a", "b", "c")))
        session, effect = step(session, TakenBack("c", False))
        assert rest(session, effect) == ["c", "a", "b"]

    def test_what_is_about_no_card_changes_nothing(self) -> None:
        session, _ = up(*start(("a", "b")))
        assert step(session, TakenBack(None, False)) == (session, Show())


CARDS = tuple("abcdefghijkl")


class Desk:
    """A driver that does what effects say, with a log of what it recorded, and random wishes."""

    def __init__(self, cards: tuple[str, ...], limit: int | None) -> None:
        self.session, self.effect = start(cards, limit)
        self.log: list[tuple[str, int]] = []
        self.acts: list[tuple[str, str]] = []
        self.askings = self.records = 0
        self.away: set[str] = set()
        self.states: dict[int, Session] = {}

    def send(self, event: object) -> None:
        self.session, self.effect = step(self.session, event)  # type: ignore[arg-type]
        assert self.session.left >= 0

    def settle(self) -> None:
        """Fetch and record until the learner is asked."""
        while isinstance(self.effect, Ask | Record):
            if isinstance(self.effect, Record):
                self.records += 1
                assert self.records <= self.askings
                self.log.append((self.effect.card, self.effect.rating))
                self.acts.append(("rate", self.effect.card))
                self.send(Recorded())
            else:
                card = self.effect.card
                there = card not in self.away
                self.askings += there
                self.send(Dealt(asked(card) if there else None))

    def wish(self, what: str, rating: int) -> None:
        """What a learner may do while a card is in front."""
        front = self.session.asked
        assert front is not None
        match what:
            case "turn":
                self.send(Turned())
            case "rate":
                self.states[len(self.log)] = self.session
                self.send(Rated(rating))
            case "suspend":
                self.away.add(front.card)
                self.acts.append(("suspend", front.card))
                self.send(Dropped((front.card,)))
            case "undo" if self.acts:
                what, card = self.acts.pop()
                if what == "rate":
                    assert self.log.pop()[0] == card
                    self.records -= 1
                else:
                    self.away.discard(card)
                self.send(TakenBack(card, what == "rate"))
                if what == "rate":
                    before = self.states[len(self.log)]
                    assert self.session == before._replace(asked=None, turned=False)


class TestWhateverHappens:
    @settings(max_examples=300)
    @given(
        cards=st.lists(st.sampled_from(CARDS), unique=True, max_size=12),
        limit=st.none() | st.integers(1, 15),
        wishes=st.lists(
            st.tuples(
                st.sampled_from(["turn", "rate", "rate", "rate", "suspend", "undo"]),
                st.integers(1, 4),
            ),
            max_size=60,
        ),
    )
    def test_each_asking_is_rated_once_at_most_and_again_comes_back_once(
        self, cards: list[str], limit: int | None, wishes: list[tuple[str, int]]
    ) -> None:
        desk = Desk(tuple(cards), limit)
        desk.settle()
        for what, rating in wishes:
            if isinstance(desk.effect, End):
                break
            desk.wish(what, rating)
            desk.settle()
        if not isinstance(desk.effect, End):
            for _ in range(4 * len(CARDS) + 4):
                desk.wish("turn", GOOD)
                desk.settle()
                desk.wish("rate", GOOD)
                desk.settle()
                if isinstance(desk.effect, End):
                    break
        assert isinstance(desk.effect, End)
        assert [(done.card, done.rating) for done in desk.session.done] == desk.log
        assert limit is None or len(desk.log) <= limit
        for card in {card for card, _ in desk.log}:
            ratings = [rating for name, rating in desk.log if name == card]
            assert len(ratings) <= 2
            assert len(ratings) == 1 or ratings[0] == AGAIN
            if limit is None and card not in desk.away and ratings[0] == AGAIN:
                assert len(ratings) == 2
        if limit is None:
            assert {card for card, _ in desk.log} | desk.away == set(cards)

    @settings(max_examples=300)
    @given(
        events=st.lists(
            st.one_of(
                st.builds(Dealt, st.none() | st.sampled_from([asked(card) for card in CARDS])),
                st.just(Turned()),
                st.builds(Rated, st.integers(1, 4)),
                st.just(Recorded()),
                st.builds(Dropped, st.lists(st.sampled_from(CARDS), max_size=3).map(tuple)),
                st.builds(TakenBack, st.none() | st.sampled_from(CARDS), st.booleans()),
            ),
            max_size=40,
        ),
        limit=st.none() | st.integers(1, 5),
    )
    def test_no_events_in_any_order_rate_a_card_twice_from_one_asking(
        self, events: list[object], limit: int | None
    ) -> None:
        session, effect = start(CARDS[:6], limit)
        askings = records = 0
        for event in events:
            askings += isinstance(event, Dealt) and event.asked is not None
            session, effect = step(session, event)  # type: ignore[arg-type]
            records += isinstance(effect, Record)
            assert records <= askings
            assert session.left >= 0
            assert isinstance(effect, End) == session.over
        assert step(session, Stopped())[1] == End()
