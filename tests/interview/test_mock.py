"""A mock interview as a state machine: whatever happens, nothing kept is lost or asked again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.interview.mock import (
    LONGEST,
    OVER,
    Answer,
    Answered,
    Ask,
    Began,
    Compared,
    Dealt,
    Draw,
    Effect,
    End,
    Event,
    Gone,
    Keep,
    Kept,
    Remarked,
    Said,
    Session,
    Show,
    Skipped,
    Stopped,
    Told,
    start,
    step,
)

PLAN = (
    Draw("a", "A?", "because"),
    Draw("b", "B?", "because", follow_up="And?"),
    Draw("c", "C?", ""),
)
ALOUD = Answer(65.0)


def after(*events: Event, plan: tuple[Draw, ...] = PLAN) -> tuple[Session, Effect]:
    """A mock interview after events; what it wants kept is kept at once."""
    session, effect = start(plan)
    for event in events:
        session, effect = step(session, event)
        if isinstance(effect, Keep):
            session, effect = step(session, Kept())
    return session, effect


FIRST = (Dealt(4, "s"), Began(), Answered(ALOUD), Said((0, 2)), Compared(), Remarked("slower"))


class TestAnOrdinaryInterview:
    def test_goes_through_each_question_step_by_step(self) -> None:
        session, effect = start(PLAN)
        assert (effect, session.wants) == (Ask(0), "answer")
        session, effect = step(session, Dealt(4, "s"))
        assert (effect, session.thinking) == (Show(), True)
        session, effect = step(session, Began())
        assert (effect, session.thinking) == (Show(), False)
        session, effect = step(session, Answered(ALOUD))
        told = Told(0, "told", ALOUD, points=4, story="s")
        assert effect == Keep(told, last=False)
        session, effect = step(session, Kept())
        assert (effect, session.wants) == (Show(), "points")
        session, effect = step(session, Said((2, 0)))
        assert effect == Keep(told._replace(said=(0, 2)), last=False)
        session, effect = after(*FIRST)
        assert session.told == (Told(0, "done", ALOUD, None, 4, (0, 2), "s", "slower"),)
        assert (effect, session.dealt) == (Ask(1), False)

    def test_a_follow_up_comes_after_the_answer_without_time_to_think(self) -> None:
        session, effect = after(*FIRST, Dealt(3), Answered(ALOUD))
        assert (effect, session.wants, session.thinking) == (Show(), "follow-up", False)
        session, _ = step(session, Answered(Answer(9.0)))
        assert session.told[-1] == Told(1, "told", ALOUD, Answer(9.0), points=3)

    def test_a_follow_up_can_be_skipped_and_the_answer_stays(self) -> None:
        session, _ = after(*FIRST, Dealt(3), Answered(ALOUD), Skipped())
        assert session.wants == "points" and session.told[-1].answer == ALOUD

    def test_points_may_be_told_in_one_go(self) -> None:
        session, _ = after(*FIRST[:3], Compared((1, 1, 7, -1)))
        assert (session.wants, session.told[-1].said) == ("remark", (1,))

    def test_the_last_step_ends_it(self) -> None:
        session, effect = after(Dealt(1), Skipped(), Gone(), Dealt(1))
        session, effect = step(session, Skipped())
        assert effect == Keep(Told(2, "skipped", points=1), last=True)
        session, effect = step(session, Kept())
        assert (effect, session.over, session.wants) == (End(), True, "")
        assert [told.state for told in session.told] == ["skipped", "gone", "skipped"]

    def test_without_questions_it_is_over(self) -> None:
        assert start(())[1] == End()

    @pytest.mark.parametrize("seconds", [-5.0, 1e9, float("inf")])
    def test_a_clock_that_jumped_gives_no_absurd_time(self, seconds: float) -> None:
        session, _ = after(Dealt(1), Answered(Answer(seconds)))
        answer = session.told[0].answer
        assert answer and answer.seconds is not None and 0 <= answer.seconds <= LONGEST


class TestBrokenOff:
    @pytest.mark.parametrize("upto", range(len(FIRST) + 1))
    def test_it_goes_on_where_it_was_kept(self, upto: int) -> None:
        session, _ = after(*FIRST[:upto])
        again, effect = start(PLAN, session.told)
        assert (again.wants, again.place) == (session.wants, session.place)
        assert effect == Ask(session.place)

    def test_after_the_answer_it_is_not_asked_again(self) -> None:
        told = after(*FIRST[:3])[0].told
        session, _ = step(start(PLAN, told)[0], Dealt(4))
        assert (session.wants, session.thinking) == ("points", False)
        assert step(session, Answered(Answer(1.0))) == (session, Show())

    def test_a_question_that_is_gone_keeps_what_was_told_of_it(self) -> None:
        told = after(*FIRST[:3])[0].told
        _, effect = step(start(PLAN, told)[0], Gone())
        assert effect == Keep(told[0]._replace(state="done"), last=False)

    def test_stopping_ends_it_wherever_it_is(self) -> None:
        for upto in range(len(FIRST)):
            session, effect = after(*FIRST[:upto], Stopped())
            assert (effect, session.over) == (End(), True)
            assert step(session, Dealt(1)) == (session, End())


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Dealt, st.integers(0, 5), st.none() | st.just("s")),
    st.just(Gone()),
    st.just(Began()),
    st.builds(Answered, st.builds(Answer, st.none() | st.floats(-10, 5000))),
    st.just(Skipped()),
    st.builds(Said, st.lists(st.integers(-2, 9), max_size=4).map(tuple)),
    st.builds(Compared, st.none() | st.lists(st.integers(-2, 9), max_size=4).map(tuple)),
    st.builds(Remarked, st.text(max_size=5)),
    st.just(Kept()),
)
PLANS = st.lists(st.sampled_from(["", "And?"]), max_size=4).map(
    lambda follow_ups: tuple(
        Draw(f"q{n}", f"Q{n}?", "", follow_up=more) for n, more in enumerate(follow_ups)
    )
)
ORDER = ("answered", "told", "ticked", "done")


class Disk:
    """A driver that does what effects say, and may be killed at any step."""

    def __init__(self, plan: tuple[Draw, ...]) -> None:
        self.plan = plan
        self.rows: dict[int, Told] = {}
        self.answers: dict[int, Answer | None] = {}
        self.asked: list[int] = []
        self.begin()

    def begin(self) -> None:
        rows = tuple(self.rows[place] for place in sorted(self.rows))
        assert [row.place for row in rows] == list(range(len(rows)))
        self.session, self.effect = start(self.plan, rows)
        self.obey()

    def send(self, event: Event) -> None:
        self.session, self.effect = step(self.session, event)
        self.obey()

    def obey(self) -> None:
        """Write what is to be kept, and look that nothing kept is given up."""
        if isinstance(self.effect, Ask):
            row = self.rows.get(self.effect.place)
            assert row is None or row.state not in OVER, "asked again after it was done"
        if not isinstance(self.effect, Keep):
            return
        told, before = self.effect.told, self.rows.get(self.effect.told.place)
        if before and before != told:
            assert before.state not in OVER
            assert ORDER.index(told.state) >= ORDER.index(before.state)
            assert told.answer == before.answer
            assert before.follow_up in (None, told.follow_up)
            assert before.remark in ("", told.remark)
        assert self.effect.last == (len(self.session.told) == len(self.plan) and told.state in OVER)
        self.rows[told.place] = told


class TestWhateverHappens:
    @settings(max_examples=400)
    @given(plan=PLANS, events=st.lists(EVENTS | st.just("kill"), max_size=60))
    def test_nothing_kept_is_lost_and_no_question_is_answered_twice(
        self, plan: tuple[Draw, ...], events: list[Event | str]
    ) -> None:
        disk = Disk(plan)
        for event in events:
            if isinstance(event, str):
                disk.begin()
            else:
                disk.send(event)
            assert isinstance(disk.effect, End) == disk.session.over
            assert set(disk.rows) == {told.place for told in disk.session.told}
        for told in disk.rows.values():
            assert all(0 <= point < told.points for point in told.said)

    @settings(max_examples=200)
    @given(plan=PLANS, events=st.lists(EVENTS | st.just("kill"), max_size=40))
    def test_from_anywhere_it_can_be_brought_to_its_end(
        self, plan: tuple[Draw, ...], events: list[Event | str]
    ) -> None:
        disk = Disk(plan)
        for event in events:
            if isinstance(event, str):
                disk.begin()
            else:
                disk.send(event)
        for _ in range(8 * len(plan) + 2):
            for event in (Kept(), Dealt(2), Answered(ALOUD), Compared(), Remarked("")):
                if not disk.session.over:
                    disk.send(event)
        assert disk.session.over and disk.session.finished
        assert len(disk.rows) == len(plan)
        assert {told.state for told in disk.rows.values()} <= OVER
