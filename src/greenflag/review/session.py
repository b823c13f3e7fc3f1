"""A sitting as a pure state machine: `step(session, event)` gives the next session and effects.

The session knows neither store nor terminal nor clock. It says what is to happen (`Ask` for a card,
`Record` a review…), and whoever drives it does so and comes back with events.
"""

from __future__ import annotations

from typing import NamedTuple

from greenflag.memory.state import AGAIN, Futures, Memory
from greenflag.review.queue import LATER


class Asked(NamedTuple):
    """The card in front of the learner, and the four futures its rating line shows."""

    card: str
    futures: Futures
    seen: int
    memory: Memory | None


class Done(NamedTuple):
    """One card that was rated in this sitting."""

    card: str
    rating: int
    new: bool


class Session(NamedTuple):
    """Where a sitting stands.

    `again` holds the cards to be looked at a second time, each with how many cards had been done
    when it went there. `looked` are the cards that had their second look.
    """

    queue: tuple[str, ...]
    again: tuple[tuple[str, int], ...] = ()
    looked: frozenset[str] = frozenset()
    asked: Asked | None = None
    turned: bool = False
    done: tuple[Done, ...] = ()
    limit: int | None = None
    over: bool = False
    before: tuple[Session, ...] = ()

    @property
    def left(self) -> int:
        """How many cards are still to come, the one in front included."""
        left = len(self.queue) + len(self.again) + (self.asked is not None)
        return left if self.limit is None else min(left, max(0, self.limit - len(self.done)))


# Events


class Dealt(NamedTuple):
    """The card that was asked for, ready to show; None when it is no longer there."""

    asked: Asked | None


class Turned(NamedTuple):
    """The learner turned the card."""


class Rated(NamedTuple):
    """The learner rated the card, 1 to 4."""

    rating: int


class Recorded(NamedTuple):
    """The review is on the disk."""


class Dropped(NamedTuple):
    """The card leaves the sitting without a rating (suspended, buried, rated elsewhere)."""

    cards: tuple[str, ...]


class TakenBack(NamedTuple):
    """The store took back the last act; `card` is asked again when it is one."""

    card: str | None
    rating: bool


class Stopped(NamedTuple):
    """The learner stops, the time is up, or the input has ended."""


Event = Dealt | Turned | Rated | Recorded | Dropped | TakenBack | Stopped


# Effects


class Ask(NamedTuple):
    """Fetch this card and come back with `Dealt`."""

    card: str


class Record(NamedTuple):
    """Write this review and the memory it leads to, then come back with `Recorded`."""

    card: str
    rating: int
    memory: Memory
    seen: int


class Show(NamedTuple):
    """Show the side of the card that is up."""


class End(NamedTuple):
    """The sitting is over."""


Effect = Ask | Record | Show | End


def start(cards: tuple[str, ...], limit: int | None = None) -> tuple[Session, Effect]:
    """A sitting over cards in order, at most `limit` ratings."""
    return _deal(Session(queue=cards, limit=limit))


def step(session: Session, event: Event) -> tuple[Session, Effect]:
    """The session after an event, and what is to be done now."""
    if session.over or isinstance(event, Stopped):
        return session._replace(over=True), End()
    match event:
        case Dealt(asked):
            if asked is None:
                return _deal(session)
            return session._replace(asked=asked, turned=False), Show()
        case Turned():
            return session._replace(turned=True), Show()
        case Rated(rating):
            return _rated(session, rating)
        case Recorded():
            return _deal(session)
        case Dropped(cards):
            return _dropped(session, frozenset(cards))
        case TakenBack(card, rating):
            return _taken_back(session, card, rating)


def _deal(session: Session) -> tuple[Session, Effect]:
    """Ask for the next card: a waiting second look whose time has come, else the queue."""
    session = session._replace(asked=None, turned=False)
    done = len(session.done)
    if session.limit is not None and done >= session.limit:
        return session._replace(over=True), End()
    if session.again and (not session.queue or done - session.again[0][1] >= LATER):
        card, _ = session.again[0]
        session = session._replace(again=session.again[1:], looked=session.looked | {card})
        return session, Ask(card)
    if session.queue:
        return session._replace(queue=session.queue[1:]), Ask(session.queue[0])
    return session._replace(over=True), End()


def _rated(session: Session, rating: int) -> tuple[Session, Effect]:
    asked = session.asked
    if asked is None or not session.turned:
        return session, Show()
    done = Done(asked.card, rating, asked.memory is None)
    after = session._replace(
        asked=None, turned=False, done=(*session.done, done), before=(*session.before, session)
    )
    if rating == AGAIN and asked.card not in session.looked:
        after = after._replace(again=(*after.again, (asked.card, len(after.done))))
    return after, Record(asked.card, rating, asked.futures.after(rating), asked.seen)


def _dropped(session: Session, cards: frozenset[str]) -> tuple[Session, Effect]:
    session = session._replace(
        queue=tuple(card for card in session.queue if card not in cards),
        again=tuple(entry for entry in session.again if entry[0] not in cards),
    )
    if session.asked is None or session.asked.card in cards:
        return _deal(session)
    return session, Show()


def _taken_back(session: Session, card: str | None, rating: bool) -> tuple[Session, Effect]:
    """Back to just before the last rating; an act from before this sitting puts its card first."""
    earlier = session.before[-1] if session.before else None
    if rating and earlier and earlier.asked and earlier.asked.card == card:
        return earlier._replace(asked=None, turned=False), Ask(card)
    if card is None:
        return session, Show()
    front = (session.asked.card,) if session.asked else ()
    queue = tuple(other for other in (*front, *session.queue) if other != card)
    return session._replace(queue=queue, asked=None, turned=False), Ask(card)
