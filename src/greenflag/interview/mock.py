"""A mock interview as a pure state machine: `step(session, event)` gives the next session.

It knows neither store nor terminal nor clock. What was told of a question is a `Told`, kept whole
after every step; a session is the plan and what was told so far, so that one broken off anywhere
goes on from what was kept (`start`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

LONGEST = 3600.0
"""Seconds of one answer counted at the most: beyond that somebody was away."""


class Draw(NamedTuple):
    """A question of the plan: its note, the wording it is asked in, and why it was drawn.

    `follow_up` is asked after the answer; empty when none is.
    """

    note: str
    wording: str
    why: str
    surprise: bool = False
    follow_up: str = ""


class Answer(NamedTuple):
    """An answer: how long it took (None: nobody measured), how it came, and its words if any.

    `findings` counts what the analysis noticed by rule; None when there are no words.
    """

    seconds: float | None
    source: str = "aloud"
    words: str | None = None
    findings: Mapping[str, int] | None = None


class Told(NamedTuple):
    """What is kept of one question.

    `state` says how far it went: `answered`, `told` (its follow-up as well), `ticked` (key points
    gone through), `done`; or `skipped`, or `gone` (no deck holds the question any more).
    """

    place: int
    state: str
    answer: Answer | None = None
    follow_up: Answer | None = None
    points: int = 0
    said: tuple[int, ...] = ()
    story: str | None = None
    remark: str = ""


OVER = frozenset(("done", "skipped", "gone"))
"""States after which a question is not come back to."""


class Session(NamedTuple):
    """Where a mock interview stands.

    `told` holds every question begun, in order; the last may still be under way. While a step is on
    its way to the disk (`keeping`) nothing else counts. `dealt` is whether the question in front is
    there to be shown, and `thinking` whether its clock has not begun.
    """

    plan: tuple[Draw, ...]
    told: tuple[Told, ...] = ()
    dealt: bool = False
    points: int = 0
    story: str | None = None
    thinking: bool = False
    keeping: bool = False
    over: bool = False

    @property
    def current(self) -> Told | None:
        """The question under way of which something is kept; None while it is to be answered."""
        return self.told[-1] if self.told and self.told[-1].state not in OVER else None

    @property
    def place(self) -> int:
        """The place of the question in front, from 0; the length of the plan when all are done."""
        return self.current.place if self.current else len(self.told)

    @property
    def wants(self) -> str:
        """What comes next: `answer`, `follow-up`, `points`, `remark`, or nothing when finished."""
        if self.current:
            return {"answered": "follow-up", "told": "points", "ticked": "remark"}[
                self.current.state
            ]
        return "answer" if self.place < len(self.plan) else ""

    @property
    def finished(self) -> bool:
        """Whether every question is done, skipped or gone."""
        return not self.wants


# Events


class Dealt(NamedTuple):
    """The question that was asked for is ready to show."""

    points: int
    story: str | None = None


class Gone(NamedTuple):
    """No deck holds the question that was asked for any more."""


class Began(NamedTuple):
    """The learner starts to speak, or the time to think is up."""


class Answered(NamedTuple):
    """The question in front, or its follow-up, was answered."""

    answer: Answer


class Skipped(NamedTuple):
    """The learner passes over the question, or its follow-up."""


class Said(NamedTuple):
    """The key points (from 0) the learner has ticked so far."""

    points: tuple[int, ...]


class Compared(NamedTuple):
    """The learner has gone through the key points; `points` when they are told in one go."""

    points: tuple[int, ...] | None = None


class Remarked(NamedTuple):
    """The line for next time; may be empty."""

    text: str


class Kept(NamedTuple):
    """The step is on the disk."""


class Stopped(NamedTuple):
    """The learner stops, or the input has ended."""


Event = Dealt | Gone | Began | Answered | Skipped | Said | Compared | Remarked | Kept | Stopped


# Effects


class Ask(NamedTuple):
    """Fetch the question in front and come back with `Dealt` or `Gone`."""

    place: int


class Show(NamedTuple):
    """Show what is in front."""


class Keep(NamedTuple):
    """Write what was told of a question, then come back with `Kept`; `last` ends the interview."""

    told: Told
    last: bool


class End(NamedTuple):
    """It is over: finished, or stopped to be taken up again."""


Effect = Ask | Show | Keep | End


def start(plan: Sequence[Draw], told: Sequence[Told] = ()) -> tuple[Session, Effect]:
    """A mock interview at its beginning, or where what was kept of it leaves off."""
    return _go_on(Session(tuple(plan), tuple(told)))


def step(session: Session, event: Event) -> tuple[Session, Effect]:
    """The session after an event, and what is to be done now."""
    if session.over or isinstance(event, Stopped):
        return session._replace(over=True), End()
    if session.keeping:
        return (
            _kept(session) if isinstance(event, Kept) else (session, _keep(session, session.told))
        )
    match event:
        case Dealt(count, story) if not session.dealt:
            thinking = session.current is None
            return session._replace(
                dealt=True, points=count, story=story, thinking=thinking
            ), Show()
        case Gone() if not session.dealt:
            return _gone(session)
    if not session.dealt:
        return session, Ask(session.place)
    match event:
        case Began():
            return session._replace(thinking=False), Show()
        case Answered(answer):
            return _answered(session, answer)
        case Skipped():
            return _skipped(session)
        case Said(points) if session.wants == "points":
            return _told(session, _said(_current(session), points))
        case Compared(points) if session.wants == "points":
            told = _current(session) if points is None else _said(_current(session), points)
            return _told(session, told._replace(state="ticked"))
        case Remarked(text) if session.wants == "remark":
            return _told(session, _current(session)._replace(state="done", remark=text))
    return session, Show()


def _go_on(session: Session) -> tuple[Session, Effect]:
    """Ask for the question in front unless it is dealt already; end when there is none."""
    if session.finished:
        return session._replace(over=True), End()
    return session, Show() if session.dealt else Ask(session.place)


def _kept(session: Session) -> tuple[Session, Effect]:
    session = session._replace(keeping=False)
    if session.current is None:
        session = session._replace(dealt=False, points=0, story=None)
    return _go_on(session)


def _gone(session: Session) -> tuple[Session, Effect]:
    """A question that is gone is passed over; what was told of it before stays."""
    if session.current:
        return _told(session, session.current._replace(state="done"))
    return _told(session, Told(session.place, "gone"))


def _answered(session: Session, answer: Answer) -> tuple[Session, Effect]:
    if answer.seconds is not None:
        answer = answer._replace(seconds=max(0.0, min(answer.seconds, LONGEST)))
    if session.wants == "follow-up":
        return _told(session, _current(session)._replace(state="told", follow_up=answer))
    if session.wants != "answer":
        return session, Show()
    state = "answered" if session.plan[session.place].follow_up else "told"
    told = Told(session.place, state, answer, points=session.points, story=session.story)
    return _told(session, told)


def _skipped(session: Session) -> tuple[Session, Effect]:
    if session.wants == "follow-up":
        return _told(session, _current(session)._replace(state="told"))
    if session.wants != "answer":
        return session, Show()
    return _told(session, Told(session.place, "skipped", points=session.points))


def _said(told: Told, points: tuple[int, ...]) -> Told:
    """With these points ticked, as far as the question has them."""
    return told._replace(said=tuple(sorted({p for p in points if 0 <= p < told.points})))


def _told(session: Session, told: Told) -> tuple[Session, Effect]:
    """Put what was told in its place and have it kept."""
    all_told = (*session.told[: told.place], told)
    return session._replace(told=all_told, thinking=False, keeping=True), _keep(session, all_told)


def _keep(session: Session, told: tuple[Told, ...]) -> Keep:
    last = len(told) == len(session.plan) and told[-1].state in OVER
    return Keep(told[-1], last)


def _current(session: Session) -> Told:
    assert session.current is not None
    return session.current
