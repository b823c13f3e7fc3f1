"""Asking for one thing after the other, by lines, or for a whole form in the editor."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TypeVar

from greenflag import terminal
from greenflag.cli.app import App
from greenflag.content.fields import LONGEST, MOST
from greenflag.errors import GreenflagError
from greenflag.interview import form
from greenflag.interview.form import Field, clean

T = TypeVar("T")

TITLE = 200
"""Characters of a name that stands on one line."""

Complaint = Callable[[str], str]
"""What is wrong with an answer, in words; empty when nothing is."""


class Ended(GreenflagError):
    """The input has ended before everything was asked."""


class TooLong(GreenflagError):
    """A line of a pipe goes on after what may be kept of it: what follows would be no answer."""


def anything(_: str) -> str:
    """Takes every answer."""
    return ""


class Asker:
    """Asks at a terminal, or reads the next lines of a pipe; what steers a terminal is dropped.

    What is wrong is asked again at a terminal. On a pipe it ends the command, unless `patient`:
    then what was answered before is kept already. With --json the questions go to stderr, so that
    standard output holds the document alone.
    """

    def __init__(self, app: App, what: str, *, patient: bool = False) -> None:
        self._say = app.warn if app.json else app.say
        self._prompt = "" if app.json else "> "
        self._again, self._what = patient or terminal.is_interactive(), what

    def tell(self, text: str) -> None:
        """Say something, laid out for the terminal."""
        self._say(laid_out(text))

    # Parts of something that has to be whole

    def text(
        self,
        name: str,
        hint: str,
        fits: Complaint = anything,
        *,
        needed: bool = True,
        most: int = LONGEST,
    ) -> str:
        """A text on one line; empty only when it is not needed."""
        self.tell(f"\n{name}: {hint}")
        refused = None
        while True:
            answer = self.line(name.lower(), most)
            complaint = f"{name.lower()} is needed" if needed and not answer else ""
            if answer and answer != refused:
                complaint = fits(answer)
                refused = answer if complaint else None
            if not complaint:
                return answer
            self._refuse(complaint, keeps=refused is not None)

    def lines(self, name: str, hint: str) -> list[str]:
        """Texts, one a line, until an empty line; one at least."""
        self.tell(f"\n{name}: {hint}")
        found: list[str] = []
        while True:
            answer = self.line(name.lower(), LONGEST)
            if not answer and found:
                return found
            if not answer:
                self._refuse(f"{name.lower()} is needed")
            elif len(found) == MOST:
                self._refuse(f"{name.lower()} has more than {MOST} lines; an empty line ends it")
            else:
                found.append(answer)

    def some(
        self, name: str, hint: str, offered: Mapping[str, str], known: Sequence[str], needed: bool
    ) -> list[str]:
        """Some of the known names, given as such or by their number among those offered."""
        self.tell(f"\n{name}: {hint}")
        numbers = {str(number): each for number, each in enumerate(offered, 1)}
        for number, each in numbers.items():
            self._say(f"  {number:>2} {offered[each]}")
        while True:
            pieces = [piece.strip() for piece in re.split("[,;]", self.line(name, LONGEST))]
            words = (word for p in pieces for word in ([p] if p in known else p.split()))
            chosen = list(dict.fromkeys(numbers.get(word, word) for word in words))
            unknown = [each for each in chosen if each not in known]
            if unknown:
                self._refuse(f"{unknown[0][:60]!r} is none of them")
            elif len(chosen) > MOST:
                self._refuse(f"at most {MOST} of them")
            elif needed and not chosen:
                self._refuse("choose one at least")
            else:
                return chosen

    # Answers that may be there already

    def answer(self, field: Field) -> str:
        """The answer to one question: what is there when nothing is typed, empty for a -."""
        self.tell("\n".join([f"\n{field.asks}", *(f"  {row}" for row in field.hint.splitlines())]))
        if field.value:
            self.tell("  now: " + "; ".join(field.value.splitlines()))
        text = self.line(field.name)
        return field.value if not text else "" if text == "-" else text

    def one(self, asks: str, words: Sequence[str], value: int | None = None) -> int | None:
        """A number from 1 to as many as there are words; None for nothing."""
        told = ", ".join(f"{number} {word}" for number, word in enumerate(words, 1))
        now = f" (now {value})" if value else ""
        while True:
            self.tell(f"{asks} {told}{now}; Enter {'keeps' if value else 'leaves it open'}.")
            text = self.line("the answer").lower()
            if not text:
                return value
            if text == "-":
                return None
            for number, word in enumerate(words, 1):
                if text in (str(number), word.lower()):
                    return number
            self._refuse(f"{text[:40]!r} is none of them")

    def line(self, name: str, most: int = form.LONGEST) -> str:
        """One line, with nothing in it that a terminal would obey. Raises Ended and TooLong."""
        while True:
            text = terminal.typed_line(self._prompt, most)
            if text is None:
                what = f"the input ended before the {self._what} was whole"
                raise Ended(what, "nothing was written")
            if len(text) <= most:
                return clean(text, name, most)
            complaint = f"{name} has more than {most:,} characters"
            if not terminal.is_interactive():
                raise TooLong(complaint, "shorten it" if self._again else "nothing was written")
            self._refuse(complaint)

    def _refuse(self, complaint: str, *, keeps: bool = False) -> None:
        if not self._again:
            raise GreenflagError(complaint, "nothing was written")
        way = "; the same again keeps it" if keeps else ""
        self.tell(f"{complaint[:1].upper()}{complaint[1:]}{way}.")


def laid_out(text: str) -> str:
    """A text broken at words for the terminal; what is indented stays so."""
    return "\n".join(row for line in text.split("\n") for row in _rows(line))


def _rows(line: str) -> list[str]:
    found = re.match(r" *(?:[0-9]+ +)?", line)
    indent = found.end() if found else 0
    width = terminal.text_width()
    if terminal.columns(line) <= width or indent > width // 2:
        return [line]
    first, *rest = terminal.folded(terminal.plain(line[indent:]), width - indent)
    return [line[:indent] + first, *(" " * indent + row for row in rest)]


def edited(app: App, text: str, read: Callable[[str], T]) -> T:
    """What `read` makes of a text after somebody changed it in the editor.

    When it cannot be read, what was written stays in a file that the error names.
    """
    os.makedirs(app.home, mode=0o700, exist_ok=True)
    handle, path = tempfile.mkstemp(prefix="form-", suffix=".txt", dir=app.home)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    if not terminal.edit_file(path, 1, nullcontext):
        _drop_unless_changed(path, text)
        mend = "set EDITOR, for example: export EDITOR=nano"
        raise GreenflagError("no editor, or it failed", mend)
    try:
        found = read(_text(path))
    except GreenflagError as error:
        mend = f"{error.mend}; what you wrote is in {path}" if error.mend else path
        raise GreenflagError(error.what, mend) from None
    os.unlink(path)
    return found


def _drop_unless_changed(path: str, text: str) -> None:
    if os.path.exists(path) and _text(path) == text:
        os.unlink(path)


def _text(path: str) -> str:
    """What the editor left, a million characters at the most."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(1_000_000)
