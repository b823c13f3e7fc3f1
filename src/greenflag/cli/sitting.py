"""`review`: a sitting."""

from __future__ import annotations

import gc
import subprocess
from collections.abc import Callable, Sequence

import click

from greenflag import terminal
from greenflag.cli.app import App, Command, Number, pass_app
from greenflag.cli.day import Day, back_of
from greenflag.cli.editing import edit_note
from greenflag.cli.filters import card_filters, check_filters
from greenflag.cli.sync import with_media
from greenflag.cli.undoing import take_back
from greenflag.errors import GreenflagError
from greenflag.memory.schedule import futures
from greenflag.memory.state import AGAIN, Memory
from greenflag.review.prompt import Keys, Lines, Shown, Sitting, Undone
from greenflag.review.session import Asked, Record, Session
from greenflag.store import marks, notes, reviews, today
from greenflag.store.rows import Review
from greenflag.store.today import Filters

CRAM_LIMIT = 20


@click.command("review", cls=Command)
@card_filters
@click.option("--minutes", type=Number(0, min_open=True), help="Stop after so long.")
@click.option("--limit", type=click.IntRange(1), help="At most so many ratings.")
@click.option(
    "--ahead",
    type=click.IntRange(0, 365),
    default=0,
    metavar="DAYS",
    help="Also what is due in the next days.",
)
@click.option("--cram", is_flag=True, help="Rehearse without touching the schedule.")
@pass_app
def review(
    app: App, filters: Filters, minutes: float | None, limit: int | None, ahead: int, cram: bool
) -> int:
    """A sitting: today's cards, one after the other.

    \b
    Example: greenflag review --minutes 20 --competency team-leadership
    """
    gc.enable()
    if app.json:
        raise GreenflagError("a sitting is for people", "for scripts: greenflag next --json")
    day = Day(app)
    check_filters(filters, notes.deck_titles(day.db), notes.competencies(day.db))
    desk = Desk(app, day, cram)
    cards = [card for card, _ in desk.choose(filters, ahead)]
    if cram and limit is None:
        limit = CRAM_LIMIT
    if not cards:
        app.say(nothing_to_do(day, filters))
        return 0
    return _sit(app, desk, cards, limit, minutes)


def _sit(app: App, desk: Desk, cards: list[str], limit: int | None, minutes: float | None) -> int:
    def sitting(front: Keys | Lines) -> Sitting:
        return Sitting(
            desk,
            front,
            seconds_a_card=desk.seconds_a_card(cards),
            minutes=minutes,
            counts=not desk.cram,
        )

    status = 0
    if terminal.is_interactive():
        with terminal.Screen() as screen:
            run = sitting(Keys(screen, app.color))
            status = _run(run, cards, limit, desk.owed)
    else:
        run = sitting(Lines(click.echo))
        status = _run(run, cards, limit, desk.owed)
    app.show(summary(desk, run.session, run.seconds))
    return status


def _run(run: Sitting, cards: list[str], limit: int | None, owed: frozenset[str]) -> int:
    """Run the sitting; Ctrl-C ends it as a program is ended, with everything kept."""
    try:
        run.run(cards, limit, owed)
    except KeyboardInterrupt:
        return 130
    return 0


class Desk:
    """What a sitting needs done: fetches cards and keeps what happens to them."""

    def __init__(self, app: App, day: Day, cram: bool) -> None:
        self.app, self.day, self.db, self.cram = app, day, day.db, cram
        self._reasons: dict[str, str] = {}
        self.owed: frozenset[str] = frozenset()
        self._schedule = reviews.schedule(self.db)
        self._newest = 0
        self._own: set[int] = set()

    def choose(self, filters: Filters, ahead: int) -> list[tuple[str, str]]:
        """The cards of this sitting, as (card, reason); second looks still owed come first."""
        asked = today.asked_today(self.db, self.day.day).values()
        self._newest = max((number for *_, number in asked), default=0)
        if self.cram:
            chosen = self.day.cram(filters)
        elif filters or ahead:
            chosen = self.day.choose_planned(filters) or self.day.choose(filters, ahead)
        else:
            chosen = self.day.cards_left()
        if not self.cram:
            owed = today.second_looks(self.db, self.day.day, filters)
            chosen = [(card, "rated again today; a second look") for card, _ in owed] + chosen
            self.owed = frozenset(card for card, _ in owed)
        self._reasons = dict(chosen)
        return chosen

    def seconds_a_card(self, cards: Sequence[str]) -> float:
        """How long these cards take this user, on average."""
        new = sum(reviews.memory_of(self.db, card) is None for card in cards)
        return self.day.seconds(len(cards) - new, new) / max(1, len(cards))

    def fetch(self, card: str) -> Shown | None:
        """A card ready to show; None when it is no longer to be asked."""
        kept = notes.card(self.db, card)
        if kept is None or marks.held_back(self.db, card, self.day.day):
            return None
        if not self.cram and self._is_done_today(card, kept.note):
            return None
        with self.day.snapshot():  # a memory and the review that led to it
            memory, seen = reviews.memory_of(self.db, card), reviews.last_review(self.db, card)
        ahead = futures(memory, self.day.day, self.day.parameters_of(kept.deck))
        place = "  ·  ".join(filter(None, (kept.deck, kept.competency)))
        sides = (kept.front, back_of(self.db, kept))
        front, back = (with_media(self.app, kept.file, side) for side in sides)
        return Shown(front, back, place, Asked(card, ahead, seen, memory))

    def _is_done_today(self, card: str, note: str) -> bool:
        """Whether a sibling was asked today, or the card elsewhere since this sitting began."""
        for other, (of, _, _, number) in today.asked_today(self.db, self.day.day).items():
            if other == card and number > self._newest and number not in self._own:
                return True
            if other != card and of == note and card not in self.owed:
                return True
        return False

    def record(self, record: Record, seconds: float) -> None:
        """Write a rating; it is on the disk when this returns."""
        kind = "cram" if self.cram else "review"
        review = Review(record.card, self.app.now_ms, self.day.day, record.rating, seconds, kind)
        memory = None if self.cram else record.memory
        _, number = reviews.record(self.db, review, memory, record.seen)
        self._own.add(number)
        if reviews.schedule(self.db) != self._schedule:  # other settings since this sitting began
            reviews.rebuild(self.db, self.day.replay(), made_with="")

    def undo(self) -> Undone:
        """Take back the last act."""
        return take_back(self.app)

    def suspend(self, card: str) -> None:
        """Leave a card out until it is resumed."""
        marks.suspend(self.db, [card], card, self.app.now_ms)

    def bury(self, card: str) -> None:
        """Leave a card for tomorrow."""
        marks.bury(self.db, [card], card, self.day.day + 1, self.app.now_ms)

    def edit(self, card: str, given_back: Callable[[], object]) -> str:
        """Edit the note of a card; gives words for what came of it."""
        try:
            return edit_note(self.app, card.partition("/")[0], given_back)
        except (GreenflagError, OSError, subprocess.SubprocessError) as error:
            return str(error)

    def why(self, card: str) -> str:
        """Why this card is asked."""
        memory = reviews.memory_of(self.db, card)
        ago = f" Last seen {_ago(self.day.day - memory.last_day)}." if memory else ""
        reason = self._reasons.get(card, "taken back by undo")
        return f"{reason[:1].upper()}{reason[1:]}.{ago}"

    def due_in(self, memory: Memory) -> int:
        """In how many days a card with this memory is due."""
        return memory.due - self.day.day


def nothing_to_do(day: Day, filters: Filters) -> str:
    """What to say when there is no card to ask."""
    if filters:
        return "No card of these is due, and none is new today. Rehearse them with --cram."
    tomorrow = sum(today.due_counts(day.db, day.day + 1, day.day + 1).values())
    return f"All done for today. Tomorrow: {tomorrow} due. Look ahead with --ahead 1, or --cram."


def summary(desk: Desk, session: Session, seconds: float) -> str:
    """What was done, how it went, and what tomorrow brings, as Markdown."""
    done = session.done
    if not done:
        return "Nothing rated this time."
    known = sum(card.rating != AGAIN for card in done)
    new = sum(card.new for card in done)
    parts = [
        f"**{len(done)} card{'s' * (len(done) > 1)}** in {_minutes(seconds)}:"
        f" {known} known ({known / len(done):.0%})"
    ]
    if new:
        parts.append(f"{new} of them new")
    lines = [", ".join(parts) + "."]
    again = list(dict.fromkeys(card.card for card in done if card.rating == AGAIN))
    if again:
        fronts = [
            kept.front.split("\n")[0].lstrip("> ")
            for id_ in again[:3]
            if (kept := notes.card(desk.db, id_))
        ]
        lines.append("Hard this time:\n\n" + "\n".join(f"- {front}" for front in fronts))
    if desk.cram:
        lines.append("This was a rehearsal: the schedule is as it was.")
    else:
        lines.append(_tomorrow(desk.day))
    return "\n\n".join(lines)


def _tomorrow(day: Day) -> str:
    left = len(day.cards_left()) + len(today.second_looks(day.db, day.day))
    rest = f"{left} more today. " if left else "All done for today. "
    planned = day.planned_minutes(day.day + 1)
    if planned is not None:
        return rest + (f"Tomorrow: {planned:g} min planned." if planned else "Tomorrow is off.")
    due = sum(today.due_counts(day.db, 0, day.day + 1).values())
    new = day.app.settings.new_per_day
    minutes = max(1, round(day.seconds(due, new) / 60))
    return f"{rest}Tomorrow: {due} due and up to {new} new, about {minutes} min."


def _minutes(seconds: float) -> str:
    return f"{max(1, round(seconds / 60))} min"


def _ago(days: int) -> str:
    if days <= 0:
        return "today"
    return "yesterday" if days == 1 else f"{days} days ago"
