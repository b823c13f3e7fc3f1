"""The error family: each error knows its message, its mend and its exit code."""

from __future__ import annotations


class GreenflagError(Exception):
    """Something is wrong that the user can mend; shown as one line, exit status 1."""

    exit_code = 1

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what, self.mend = what, mend

    def __str__(self) -> str:
        return f"{self.what} ({self.mend})" if self.mend else self.what


class DeckProblems(GreenflagError):
    """Deck files have problems; each is a line of its own."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))


class UnknownCard(GreenflagError):
    """No card or note has this id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no card or note {name!r}", "find it with: greenflag search WORDS")


class Stale(GreenflagError):
    """The card was reviewed after it was shown."""

    def __init__(self, card: str) -> None:
        super().__init__(
            f"{card} was reviewed after this showing", "ask again with: greenflag next"
        )


class NotShown(GreenflagError):
    """The card has no open showing to answer."""

    def __init__(self, card: str) -> None:
        super().__init__(f"{card} has not been shown", "show it with: greenflag next")


class WentOn(GreenflagError):
    """The mock interview went on elsewhere, or was taken back, after this step was begun."""

    def __init__(self) -> None:
        super().__init__(
            "this mock interview went on elsewhere or was taken back",
            "take it up with: greenflag mock",
        )


class NothingToUndo(GreenflagError):
    """No act is left to take back."""

    def __init__(self) -> None:
        super().__init__("nothing to undo")


class StoreUnusable(GreenflagError):
    """The store cannot be opened: damaged, locked, or from a newer greenflag."""


class BadSettings(GreenflagError):
    """The settings file cannot be read."""


class MissingExtra(GreenflagError):
    """A command needs an optional part that is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"this needs {package}", f'pip install "greenflag[{extra}]"')
