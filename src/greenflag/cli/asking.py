"""Asking for one thing after the other: typed at a terminal, or read line by line from a pipe."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from greenflag import terminal
from greenflag.cli.app import App
from greenflag.content.fields import LONGEST, MOST
from greenflag.content.yamlfile import CONTROL
from greenflag.errors import GreenflagError

TITLE = 200
"""Characters of a name that stands on one line."""

Complaint = Callable[[str], str]
"""What is wrong with an answer, in words; empty when nothing is."""


def anything(_: str) -> str:
    """Takes every answer."""
    return ""


class Asker:
    """Asks; what is wrong is asked again at a terminal, and ends the command on a pipe.

    With --json the questions go to stderr, so that standard output holds the document alone.
    """

    def __init__(self, app: App, what: str) -> None:
        self.tell = app.warn if app.json else app.say
        self._prompt = "" if app.json else "> "
        self._keys, self._what = terminal.is_interactive(), what

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
            answer = self._line(most).strip()
            complaint = self._complaint(name, answer, most)
            if not complaint and not answer and needed:
                complaint = f"{name.lower()} is needed"
            if not complaint and answer and answer != refused:
                complaint = fits(answer)
                refused = answer if complaint else None
            if not complaint:
                return answer
            self._refuse(complaint, again=refused is not None)

    def lines(self, name: str, hint: str) -> list[str]:
        """Texts, one a line, until an empty line; one at least."""
        self.tell(f"\n{name}: {hint}")
        found: list[str] = []
        while True:
            answer = self._line(LONGEST).strip()
            complaint = self._complaint(name, answer, LONGEST)
            if not complaint and not answer and found:
                return found
            if not complaint and not answer:
                complaint = f"{name.lower()} is needed"
            if not complaint and len(found) == MOST:
                complaint = f"{name.lower()} has more than {MOST} lines; an empty line ends it"
            if complaint:
                self._refuse(complaint)
            else:
                found.append(answer)

    def choice(
        self, name: str, hint: str, offered: Mapping[str, str], known: Sequence[str], needed: bool
    ) -> list[str]:
        """Some of the known names, given as such or by their number among those offered."""
        self.tell(f"\n{name}: {hint}")
        numbers = {str(number): each for number, each in enumerate(offered, 1)}
        for number, each in numbers.items():
            self.tell(f"  {number:>2} {offered[each]}")
        while True:
            pieces = [piece.strip() for piece in re.split("[,;]", self._line(LONGEST))]
            words = (word for p in pieces for word in ([p] if p in known else p.split()))
            chosen = list(dict.fromkeys(numbers.get(word, word) for word in words))
            unknown = [each for each in chosen if each not in known]
            if unknown:
                self._refuse(f"{terminal.plain(unknown[0][:60])!r} is none of them")
            elif len(chosen) > MOST:
                self._refuse(f"at most {MOST} of them")
            elif needed and not chosen:
                self._refuse("choose one at least")
            else:
                return chosen

    def _line(self, most: int) -> str:
        line = terminal.typed_line(self._prompt, most)
        if line is None:
            raise GreenflagError(
                f"the input ended before the {self._what} was whole", "nothing was written"
            )
        return line

    def _complaint(self, name: str, answer: str, most: int) -> str:
        if len(answer) > most:
            return f"{name.lower()} has more than {most:,} characters"
        if found := CONTROL.search(answer):
            return f"{name.lower()} has a control character (U+{ord(found[0]):04X})"
        return ""

    def _refuse(self, complaint: str, *, again: bool = False) -> None:
        if not self._keys:
            raise GreenflagError(complaint, "nothing was written")
        way = "; the same again keeps it" if again else ""
        self.tell(f"{complaint[:1].upper()}{complaint[1:]}{way}.")
