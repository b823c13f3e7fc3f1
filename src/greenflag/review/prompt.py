"""A sitting at the terminal: asks by single keys, or by lines on a pipe.

Everything it does to the store goes through a `Keeper` that the command passes in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import ClassVar, NamedTuple, Protocol

from greenflag import terminal
from greenflag.errors import GreenflagError, Stale
from greenflag.memory.state import RATINGS, Memory
from greenflag.review import session as sitting
from greenflag.review.session import Ask, Asked, End, Record, Session, Show

HELP_HEAD = "Keys"
KEYS_HELP = """\
| key | does |
|---|---|
| space, enter | turn the card; scroll when there is more |
| 1 2 3 4 | again, hard, good, easy |
| u | undo the last act, also from before |
| e | edit the note and come back |
| s · b | suspend the card · leave it for tomorrow |
| i | why this card |
| q | stop; every rating is already saved |
"""


class Shown(NamedTuple):
    """A card ready to show: both sides as Markdown, and where it belongs."""

    front: str
    back: str
    place: str
    asked: Asked


class Undone(NamedTuple):
    """What undo took back: the card to ask again, whether it was a rating, and words for it."""

    card: str | None
    rating: bool
    words: str


class Keeper(Protocol):
    """What a sitting needs done outside itself."""

    def fetch(self, card: str) -> Shown | None:
        """The card ready to show; None when it is no longer to be asked."""

    def record(self, record: Record, seconds: float) -> None:
        """Write a rating; on the disk when this returns. Stale when it was reviewed elsewhere."""

    def undo(self) -> Undone:
        """Take back the last act."""

    def suspend(self, card: str) -> None:
        """Leave the card out until it is resumed."""

    def bury(self, card: str) -> None:
        """Leave the card for tomorrow."""

    def edit(self, card: str, given_back: Callable[[], object]) -> str:
        """Let the note be edited; gives words for what came of it."""

    def why(self, card: str) -> str:
        """Why the card is asked."""

    def due_in(self, memory: Memory) -> int:
        """In how many days a card with this memory is due."""


class Front(Protocol):
    """Where the sitting is shown and from where its commands come."""

    def show(self, body: str, head: str, foot: str) -> None:
        """Show a side (Markdown) between a head and a foot."""

    def command(self) -> str:
        """The next command: `turn`, a rating, `undo`…"""

    def given_back(self) -> object:
        """A context in which another program may use the terminal."""


class Sitting:
    """Drives one sitting: carries events to the session and does what its effects say."""

    def __init__(
        self,
        keeper: Keeper,
        front: Front,
        *,
        seconds_a_card: float,
        minutes: float | None = None,
        counts: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keeper, self._front, self._clock = keeper, front, clock
        self._seconds_a_card, self._counts = seconds_a_card, counts
        self._began = clock()
        self._until = self._began + minutes * 60 if minutes else None
        self._card: Shown | None = None
        self._since = self._began
        self._say = ""
        self.session = Session(queue=())

    def run(self, cards: Sequence[str], limit: int | None, looked: Collection[str] = ()) -> Session:
        """Ask the cards until they are done or the learner stops; gives the last session.

        `looked` are cards whose second look this is: rated again, they come no third time.
        """
        self.session, effect = sitting.start(tuple(cards), limit)
        self.session = self.session._replace(looked=frozenset(looked))
        while not isinstance(effect, End):
            self.session, effect = self._do(effect)
        return self.session

    @property
    def seconds(self) -> float:
        """How long the sitting has taken so far."""
        return self._clock() - self._began

    def _do(self, effect: sitting.Effect) -> tuple[Session, sitting.Effect]:
        if isinstance(effect, Ask):
            if self._until and self._clock() >= self._until:
                return self._send(sitting.Stopped())
            self._card = self._keeper.fetch(effect.card)
            self._since = self._clock()
            return self._send(sitting.Dealt(self._card.asked if self._card else None))
        if isinstance(effect, Record):
            return self._record(effect)
        self._draw()
        return self._obey(self._front.command())

    def _record(self, effect: Record) -> tuple[Session, sitting.Effect]:
        try:
            self._keeper.record(effect, min(self._clock() - self._since, 3600))
        except Stale:
            self._say = "That card was reviewed elsewhere meanwhile; it was left as it is."
            self.session = self.session.before[-1]
            return self._send(sitting.Dropped((effect.card,)))
        return self._send(sitting.Recorded())

    def _send(self, event: sitting.Event) -> tuple[Session, sitting.Effect]:
        return sitting.step(self.session, event)

    def _obey(self, command: str) -> tuple[Session, sitting.Effect]:
        asked = self.session.asked
        assert asked is not None
        if command in ("turn", ""):
            return self._send(sitting.Turned())
        if command in RATINGS:
            return self._send(sitting.Rated(RATINGS.index(command) + 1))
        if command in ("stop", "end"):
            return self._send(sitting.Stopped())
        if command == "undo":
            return self._undo(asked.card)
        if command == "suspend":
            self._keeper.suspend(asked.card)
            self._say = "Suspended: it stays away until you resume it. u takes it back."
            return self._send(sitting.Dropped((asked.card,)))
        if command == "bury":
            self._keeper.bury(asked.card)
            self._say = "Left for tomorrow. u takes it back."
            return self._send(sitting.Dropped((asked.card,)))
        if command == "edit":
            return self._edit(asked.card)
        if command == "why":
            self._say = self._keeper.why(asked.card)
        elif command == "keys":
            self._front.show(KEYS_HELP, HELP_HEAD, "any key: back")
            self._front.command()
        else:
            self._say = "Keys: space turns, 1 to 4 rate, ? shows all."
        return self.session, Show()

    def _undo(self, card: str) -> tuple[Session, sitting.Effect]:
        try:
            undone = self._keeper.undo()
        except GreenflagError as error:
            self._say = f"{str(error)[:1].upper()}{str(error)[1:]}."
            return self.session, Show()
        self._say = undone.words
        if undone.card is None:
            return self._fetch_again(card)
        return self._send(sitting.TakenBack(undone.card, undone.rating))

    def _edit(self, card: str) -> tuple[Session, sitting.Effect]:
        self._say = self._keeper.edit(card, self._front.given_back)
        return self._fetch_again(card)

    def _fetch_again(self, card: str) -> tuple[Session, sitting.Effect]:
        """Show the card in front as it is now; the next one when it is no longer to be asked."""
        shown = self._keeper.fetch(card)
        if shown is None:
            return self._send(sitting.Dropped((card,)))
        self._card = shown
        self.session = self.session._replace(asked=shown.asked)
        return self.session, Show()

    def _draw(self) -> None:
        card, session = self._card, self.session
        assert card is not None
        assert session.asked is not None
        minutes = max(1, round(session.left * self._seconds_a_card / 60))
        head = f"{card.place}  ·  {session.left} left, about {minutes} min"
        if session.turned:
            body, foot = f"{card.front}\n\n---\n\n{card.back}", self._rating_line(session.asked)
        else:
            body, foot = card.front, "space turn   u undo   ? keys   q stop"
        if self._say:
            foot, self._say = f"{self._say}\n{foot}", ""
        self._front.show(body, head, foot)

    def _rating_line(self, asked: Asked) -> str:
        if not self._counts:
            return "1 again   2 hard   3 good   4 easy      (cram: the schedule stays as it is)"
        second = asked.card in self.session.looked
        parts = []
        for number, (name, memory) in enumerate(zip(RATINGS, asked.futures, strict=True), 1):
            today = number == 1 and not second
            parts.append(
                f"{number} {name} · {'today' if today else days(self._keeper.due_in(memory))}"
            )
        return "   ".join(parts)


class Lines:
    """A sitting by lines: for pipes, and for terminals that cannot do more."""

    _WORDS: ClassVar = {
        "": "turn", "space": "turn", "enter": "turn", "turn": "turn", "1": "again", "2": "hard",
        "3": "good", "4": "easy", "u": "undo", "e": "edit", "s": "suspend", "b": "bury", "i": "why",
        "?": "keys", "q": "stop",
    }  # fmt: skip

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._side_up = ""
        self._turned = False
        self._waiting: str | None = None

    def show(self, body: str, head: str, foot: str) -> None:
        """Print a side; the back only when the front stands above it already."""
        if head == HELP_HEAD:  # on a pipe the next line is for the card, not to leave the help
            self._write(f"\n{self._lines(body)}")
            self._waiting = "back"
            return
        back = body.removeprefix(f"{self._side_up}\n\n---\n\n") if self._side_up else body
        self._turned = back != body or (self._turned and body == self._side_up)
        head = "" if back != body else f"{terminal.plain(head)}\n\n"
        text = "" if body == self._side_up else f"{head}{self._lines(back)}\n\n"
        self._write(f"\n{text}{terminal.plain(foot)}")
        self._side_up = body

    def _lines(self, markdown: str) -> str:
        return "\n".join(terminal.render(markdown, terminal.text_width(), color=False))

    def command(self) -> str:
        """The next command; a rating on the front turns the card first."""
        if self._waiting:
            command, self._waiting = self._waiting, None
            return command
        line = terminal.read_line()
        if line is None:
            return "end"
        word = line.strip().lower()
        command = self._WORDS.get(word, word)
        if command in RATINGS and not self._turned:
            self._waiting = command
            return "turn"
        return command

    def given_back(self) -> object:
        """Nothing was taken, so nothing is given back."""
        from contextlib import nullcontext

        return nullcontext()


class Keys:
    """A sitting by single keys on a whole screen."""

    _COMMANDS: ClassVar = {
        "1": "again", "2": "hard", "3": "good", "4": "easy", "u": "undo", "e": "edit",
        "s": "suspend", "b": "bury", "i": "why", "?": "keys", "q": "stop", "end": "end",
    }  # fmt: skip

    def __init__(self, screen: terminal.Screen, color: bool) -> None:
        self._screen, self._pages = screen, terminal.Pages(screen, color)

    def show(self, body: str, head: str, foot: str) -> None:
        """Draw a side from its top; the back of a card begins where its answer does when long."""
        self._pages.show(body, head, foot)

    def command(self) -> str:
        """The next command; scrolling and resizing are dealt with here."""
        while True:
            key = self._screen.key()
            if key == "resize":
                self._pages.lay_out()
            elif key in terminal.SCROLLING:
                if not self._pages.scrolled(key) and key in ("space", "enter"):
                    return "turn"
            else:
                return self._COMMANDS.get(key, key)

    def given_back(self) -> object:
        """The terminal as it was, for an editor."""
        return self._screen.given_back()


def days(count: int) -> str:
    """A number of days in as few characters as it takes: `6 d`, `4 mo`, `2 y`."""
    if count < 60:
        return f"{count} d"
    if count < 365:
        return f"{round(count / 30.4)} mo"
    return f"{count / 365:.1f}".removesuffix(".0") + " y"
