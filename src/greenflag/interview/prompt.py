"""A mock interview at the terminal: asks by single keys with a clock, or by lines on a pipe.

Everything it does outside itself goes through a `Keeper` that the command passes in.
"""

from __future__ import annotations

import math
import re
import sys
import time
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple, Protocol

from greenflag import terminal
from greenflag.errors import GreenflagError
from greenflag.interview import mock
from greenflag.interview.mock import Answer, Draw, End, Session, Told

WARN = 30
"""Seconds before the end of the time from which on it is said how many are left."""
TICK = 0.5
"""Seconds between two looks at the clock."""
LONGEST_LINE = 100_000
"""Characters of an answer in one line that are read at the most."""
LONGEST_REMARK = 1000
"""Characters of a line for next time that are kept at the most."""

HELP = """\
| key | does |
|---|---|
| space, enter | begin to speak; finished; scroll when there is more |
| t | type the answer, in $EDITOR when one is set |
| f | read the answer from a file: a transcript, captions or text |
| s | skip the question, or what was asked after it |
| i | why this question |
| 1 to 9 | after the answer: this key point was said, or was not; n for several |
| q | stop; everything told is already kept, `greenflag mock` takes it up again |
"""


class Shown(NamedTuple):
    """A question ready to show: what stands beside its wording before and after the answer.

    `phrase` are words to gain time, for a surprise; `story` is Markdown; empty when there is none.
    """

    place: str
    points: tuple[str, ...]
    story: str | None
    telling: str
    red: tuple[str, ...]
    green: tuple[str, ...]
    phrase: str


class Keeper(Protocol):
    """What a mock interview needs done outside itself."""

    def fetch(self, draw: Draw, told: Told | None) -> Shown | None:
        """The question ready to show; None when no deck holds it and nothing of it was told."""

    def keep(self, told: Told, last: bool) -> None:
        """Write what was told; on the disk when this returns."""

    def read(self, data: bytes, name: str, source: str) -> Answer:
        """An answer from its text; GreenflagError when it has none."""

    def load(self, path: str) -> bytes:
        """What a file holds; GreenflagError when it cannot be read."""

    def write(self, given_back: Callable[[], object]) -> bytes | None:
        """What the learner writes in an editor; None without an editor."""

    def advice(self, words: str) -> Sequence[str]:
        """The most that can be mended in an answer, each a line of Markdown."""


class Command(NamedTuple):
    """What the learner wants, and the words that come with it."""

    name: str
    words: str = ""


class Front(Protocol):
    """Where a mock interview is shown and from where its commands come."""

    ticks: bool
    """Whether a clock can run on it."""
    timed: bool
    """Whether the time between question and answer tells how long somebody spoke."""

    def show(self, body: str, head: str, foot: str) -> None:
        """Show Markdown between a head and a foot."""

    def command(self, wants: str, ticking: bool) -> Command:
        """The next command; `tick` after half a second when a clock is running."""

    def line(self, ask: str) -> str | None:
        """A line of text; None when the input has ended."""

    def lines(self, ask: str) -> str | None:
        """Lines of text up to an empty one; None when the input has ended at once."""

    def given_back(self) -> object:
        """A context in which another program may use the terminal."""


class Interview:
    """Drives one mock interview: carries events to the session and does what its effects say."""

    def __init__(
        self,
        keeper: Keeper,
        front: Front,
        *,
        minutes: float,
        think: float,
        file: str = "",
        say: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keeper, self._front, self._clock = keeper, front, clock
        self._allowed, self._think, self._file = minutes * 60, think, file
        self._shown: Shown | None = None
        self._since = 0.0
        self._say = say
        self._advised: tuple[str, Sequence[str]] = ("", ())
        self.session = Session(())

    def run(self, plan: Sequence[Draw], told: Sequence[Told]) -> Session:
        """Ask what is left of a plan until it is done or the learner stops."""
        self.session, effect = mock.start(plan, told)
        while not isinstance(effect, End):
            self.session, effect = self._do(effect)
        return self.session

    def _do(self, effect: mock.Effect) -> tuple[Session, mock.Effect]:
        if isinstance(effect, mock.Ask):
            draw = self.session.plan[effect.place]
            self._shown = self._keeper.fetch(draw, self.session.current)
            self._since = self._clock()
            if self._shown is None:
                self._say = "A question was left out: no deck holds it any more."
                return self._send(mock.Gone())
            return self._send(mock.Dealt(len(self._shown.points), self._shown.story))
        if isinstance(effect, mock.Keep):
            self._keeper.keep(effect.told, effect.last)
            self._since = self._clock()  # for a follow-up, which comes without time to think
            return self._send(mock.Kept())
        wants = self.session.wants
        if wants == "points":
            return self._compare()
        return self._remark() if wants == "remark" else self._hear()

    def _send(self, event: mock.Event) -> tuple[Session, mock.Effect]:
        return mock.step(self.session, event)

    # The answer

    def _hear(self) -> tuple[Session, mock.Effect]:
        """Put the question, or its follow-up, and do one thing that the learner wants."""
        past = self._clock() - self._since
        if self.session.thinking and (not self._front.ticks or past >= self._think):
            self._since += self._think if self._front.ticks else 0.0
            return self._send(mock.Began())
        foot = self._foot(past)
        self._front.show(self._question(), self._head(), foot)
        command = self._front.command(self.session.wants, self._front.ticks)
        if command.name != "tick":
            self._say = ""
        if command.name == "go":
            return self._go()
        if command.name == "skip":
            return self._send(mock.Skipped())
        if command.name in ("type", "file", "text"):
            return self._read(command)
        return self._other(command)

    def _go(self) -> tuple[Session, mock.Effect]:
        if self.session.thinking:
            self._since = self._clock()
            return self._send(mock.Began())
        seconds = self._clock() - self._since if self._front.timed else None
        return self._send(mock.Answered(Answer(seconds)))

    def _other(self, command: Command) -> tuple[Session, mock.Effect]:
        """What can be wanted at any time."""
        if command.name in ("stop", "end"):
            return self._send(mock.Stopped())
        if command.name == "why":
            self._say = self.session.plan[self.session.place].why
        elif command.name == "keys":
            self._front.show(HELP, "Keys", "any key: back")
            self._front.command("help", False)
        elif command.name not in ("tick", "go"):
            self._say = "? shows what can be done here."
        return self.session, mock.Show()

    def _read(self, command: Command) -> tuple[Session, mock.Effect]:
        """An answer that was typed, or that a file holds."""
        try:
            answer = self._answer(command)
        except GreenflagError as error:
            if command.name == "text":  # a line without a word: said aloud, as an empty one is
                return self._go()
            self._say = f"{error}."
            return self.session, mock.Show()
        if answer is None:
            self._say = "Nothing was taken in."
            return self.session, mock.Show()
        return self._send(mock.Answered(answer))

    def _answer(self, command: Command) -> Answer | None:
        if command.name == "file":
            path = command.words or self._file or (self._front.line("File") or "").strip()
            return self._keeper.read(self._keeper.load(path), path, "transcript") if path else None
        if command.name == "text":
            data: bytes | None = command.words.encode("utf-8", "replace")
        else:
            data = self._keeper.write(self._front.given_back)
            if data is None:
                ask = "Your answer, as many lines as you like; an empty one ends it:"
                data = (self._front.lines(ask) or "").encode("utf-8", "replace")
        return self._keeper.read(data, "your answer", "typed") if data and data.strip() else None

    def _question(self) -> str:
        draw = self.session.plan[self.session.place]
        if self.session.wants == "follow-up":
            return f"{draw.wording}\n\n---\n\n## {draw.follow_up}"
        assert self._shown is not None
        gain = ""
        if draw.surprise:
            gain = "\n\n**A surprise.**" + (
                f" Gain time first, aloud:\n\n{self._shown.phrase}" if self._shown.phrase else ""
            )
        return f"## {draw.wording}{gain}"

    def _foot(self, past: float) -> str:
        if self.session.thinking:
            left = max(1, round(self._think - past))
            what = f"think: {left} s   space speak   t type   f file   s skip   ? keys   q stop"
        elif self._front.ticks:
            what = (
                f"{clock_text(past)} of {clock_text(self._allowed)}{warning(past, self._allowed)}"
                "   space finished   t type   f file   s skip   q stop"
            )
        else:
            what = (
                f"Your answer in one line, at most {clock_text(self._allowed)} when said; an empty"
                " line when you said it aloud.   t several lines   f FILE   s skip   i why   q stop"
            )
        return self._with_say(what)

    # What comes after it

    def _compare(self) -> tuple[Session, mock.Effect]:
        """Show what belonged into the answer, and take which of it was said."""
        told, shown = self.session.current, self._shown
        assert told is not None
        assert shown is not None
        keys = f"1 to {told.points} said or not   enter go on" if told.points else "enter go on"
        foot = f"{keys}   ? keys   q stop"
        if not self._front.ticks:
            foot = "The numbers of the key points you said, such as 1 3; an empty line for none."
        self._front.show(self._after(told, shown), self._head(), self._with_say(foot))
        command = self._front.command("points", False)
        self._say = ""
        if command.name == "go":
            return self._send(mock.Compared())
        if command.name in ("numbers", "some"):
            said = numbers(command.words)
            if wrong := [str(n) for n in said[:9] if not 1 <= n <= told.points]:
                self._say = f"There is no key point {', '.join(wrong)}."
            points = tuple(n - 1 for n in said)
            return self._send(
                mock.Said(points) if command.name == "some" else mock.Compared(points)
            )
        if command.name == "toggle":
            return self._send(mock.Said(tuple(set(told.said) ^ {int(command.words) - 1})))
        return self._other(command)

    def _remark(self) -> tuple[Session, mock.Effect]:
        told, shown = self.session.current, self._shown
        assert told is not None
        assert shown is not None
        if self._front.ticks:
            self._front.show(self._after(told, shown), self._head(), "")
        line = self._front.line(self._with_say("For next time, a line or nothing"))
        self._say = ""
        if line is None:
            return self._send(mock.Stopped())
        return self._send(mock.Remarked(terminal.plain(line.strip())[:LONGEST_REMARK]))

    def _after(self, told: Told, shown: Shown) -> str:
        """Key points, one's own story, the flags, and what can be mended, as Markdown."""
        wording = self.session.plan[told.place].wording
        parts = [f"**{wording}**", *self._took(told)]
        if shown.points:
            ticks = ["x" if n in told.said else " " for n in range(told.points)]
            ticks += [" "] * (len(shown.points) - len(ticks))
            points = [
                f"{n}. \\[{tick}\\] {' '.join(point.split())}"
                for n, (tick, point) in enumerate(zip(ticks, shown.points, strict=False), 1)
            ]
            parts += ["**Key points**: which did you say?", "\n".join(points)]
        parts.append(shown.telling or "No story of yours answers this yet.")
        flags = [f"**Green flags**: {' · '.join(shown.green)}"] if shown.green else []
        flags += [f"**Red flags**: {' · '.join(shown.red)}"] if shown.red else []
        return "\n\n".join([*parts, *flags, *self._mends(told)])

    def _took(self, told: Told) -> list[str]:
        answer = told.answer
        if answer is None or answer.seconds is None:
            return []
        kept = "in time" if answer.seconds <= self._allowed else "too long"
        about = "" if answer.source == "aloud" else "about "
        took = f"{about}{clock_text(answer.seconds)} of {clock_text(self._allowed)}: {kept}"
        return [f"{took[:1].upper()}{took[1:]}."]

    def _mends(self, told: Told) -> list[str]:
        words = told.answer.words if told.answer else None
        if not words:
            return []
        if self._advised[0] != words:
            self._advised = (words, self._keeper.advice(words))
        lines = self._advised[1]
        return ["**In your answer**", "\n".join(f"- {line}" for line in lines)] if lines else []

    def _head(self) -> str:
        assert self._shown is not None
        number = f"question {self.session.place + 1} of {len(self.session.plan)}"
        return "  ·  ".join(filter(None, ("Mock interview", number, self._shown.place)))

    def _with_say(self, foot: str) -> str:
        return f"{self._say}\n{foot}" if self._say else foot


class Lines:
    """A mock interview by lines: for pipes, and for terminals that cannot do more."""

    ticks = False
    _LETTERS: ClassVar = {
        "s": "skip", "q": "stop", "t": "type", "f": "file", "i": "why", "?": "keys", "": "go",
    }  # fmt: skip

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._shown = ""
        self.timed = sys.stdin.isatty()

    def show(self, body: str, head: str, foot: str) -> None:
        """Print a page; of one that stands above already only the foot."""
        if body != self._shown:
            lines = "\n".join(terminal.render(body, terminal.text_width(), color=False))
            self._write(f"\n{terminal.plain(head)}\n\n{lines}\n")
        self._shown = body
        self._write(terminal.plain(foot))

    def command(self, wants: str, ticking: bool) -> Command:
        """What the next line wants: a letter alone is a command, else it is the answer."""
        if wants == "help":  # on a pipe the next line is no key to leave the help
            return Command("back")
        read = terminal.read_whole_line(LONGEST_LINE)
        if read is None:
            return Command("end")
        line, longer = read
        word = line.strip()
        if wants == "points":
            letters = {"q": "stop", "i": "why", "?": "keys"}
            name = letters.get(word)
            return Command(name) if name else Command("numbers", word)
        if longer:
            self._write(f"Only the first {LONGEST_LINE:,} characters are kept.")
        if word[:2] == "f " and word[2:].strip():
            return Command("file", word[2:].strip())
        name = self._LETTERS.get(word)
        return Command(name) if name is not None else Command("text", line)

    def line(self, ask: str) -> str | None:
        """The next line."""
        self._write(f"{ask}:")
        read = terminal.read_whole_line(LONGEST_LINE)
        return read[0] if read else None

    def lines(self, ask: str) -> str | None:
        """The next lines up to an empty one."""
        self._write(ask)
        return lines_until_empty()

    def given_back(self) -> object:
        """Nothing was taken, so nothing is given back."""
        from contextlib import nullcontext

        return nullcontext()


class Keys:
    """A mock interview by single keys on a whole screen, with a running clock."""

    ticks = timed = True
    _COMMANDS: ClassVar = {
        "t": "type", "f": "file", "s": "skip", "i": "why", "?": "keys", "q": "stop", "end": "end",
        "tick": "tick",
    }  # fmt: skip

    def __init__(self, screen: terminal.Screen, color: bool) -> None:
        self._screen, self._pages = screen, terminal.Pages(screen, color)
        self._shown = ("", "", "")
        self._ticked = False
        self._stays = False

    def show(self, body: str, head: str, foot: str) -> None:
        """Draw a page, unless only time has passed and nothing on it is different."""
        if not self._ticked or (body, head, foot) != self._shown:
            self._shown = (body, head, foot)
            self._pages.show(body, head, foot, stay=self._stays)
        self._ticked = self._stays = False

    def command(self, wants: str, ticking: bool) -> Command:
        """The next command; scrolling and resizing are dealt with here."""
        while True:
            key = self._screen.key(TICK if ticking else None)
            if key == "resize":
                self._pages.lay_out()
            elif key in terminal.SCROLLING:
                if not self._pages.scrolled(key) and key in ("space", "enter"):
                    return Command("go")
            elif wants == "points" and key in tuple("123456789"):
                self._stays = True
                return Command("toggle", key)
            elif wants == "points" and key == "n":
                self._stays = True
                return Command("some", self.line("The numbers you said") or "")
            else:
                self._ticked = key == "tick"
                return Command(self._COMMANDS.get(key, key))

    def line(self, ask: str) -> str | None:
        """A line typed at the foot of the page; Escape leaves it empty."""
        text = ""
        while True:
            body, head, _ = self._shown
            self._pages.show(body, head, f"{ask}: {text}▏")
            key = self._screen.key()
            if key == "end":
                return None
            if key in ("enter", "escape"):
                return text if key == "enter" else ""
            if key == "backspace":
                text = text[:-1]
            elif key == "space" or (len(key) == 1 and key.isprintable()):
                text = (text + (" " if key == "space" else key))[:LONGEST_REMARK]

    def lines(self, ask: str) -> str | None:
        """Lines typed on the terminal as it is outside."""
        with self._screen.given_back():
            print(terminal.plain(ask), flush=True)
            return lines_until_empty()

    def given_back(self) -> object:
        """The terminal as it was, for an editor."""
        return self._screen.given_back()


def lines_until_empty() -> str | None:
    """Lines of input up to an empty one; None when it has ended at once."""
    found: list[str] = []
    room = LONGEST_LINE
    while (read := terminal.read_whole_line(LONGEST_LINE)) is not None:
        line = read[0]
        if not line.strip():
            return "\n".join(found)
        if room > 0:
            found.append(line[:room])
            room -= len(line) + 1
    return "\n".join(found) if found else None


def numbers(words: str) -> tuple[int, ...]:
    """The whole numbers in a line, however they are parted."""
    return tuple(int(digits) for digits in re.findall(r"(?a:\d{1,9})", words))


def clock_text(seconds: float) -> str:
    """A duration as a clock shows it: `1:05`."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def warning(past: float, allowed: float) -> str:
    """What to say of the time: nothing, how many seconds are left, or that it is up."""
    left = allowed - past
    if left <= 0:
        return "   TIME: come to an end"
    return f"   {math.ceil(left)} s left" if left <= WARN else ""
