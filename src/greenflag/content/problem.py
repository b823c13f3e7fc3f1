"""Something wrong in a deck file, and how to mend it."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong in a deck file: where (file, line from 1), what, and the mend."""

    file: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} ({self.mend})"


def shown(text: str) -> str:
    """A short form of a text that is safe to show: control characters as `\\x1b` and the like."""
    text = text if len(text) <= 60 else text[:57] + "..."
    return text if text.isprintable() else text.encode("unicode_escape").decode()
