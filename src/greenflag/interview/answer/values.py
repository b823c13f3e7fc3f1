"""What an analysis holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class PowerVerb(NamedTuple):
    """A power verb of the decks: what it replaces and when it is true."""

    verb: str
    instead_of: tuple[str, ...]
    use_when: str


class Told(NamedTuple):
    """One sentence: its place, its part (None: none of them) and the signs of that part."""

    start: int
    end: int
    part: str | None
    because: tuple[str, ...] = ()


class Finding(NamedTuple):
    """Something noticed: the rule, the exact words and their place, why it matters and the mend."""

    rule: str
    text: str
    start: int
    end: int
    reason: str
    advice: str
    said: Mapping[str, str] = {}
    """For a figure: which of metric, baseline, size and period are said."""


class Pause(NamedTuple):
    """A silence between two stretches of speech, in seconds from the start of the recording."""

    at: float
    seconds: float


class Analysis(NamedTuple):
    """What can be said of an answer, each thing with the words that show it."""

    text: str
    words: int
    seconds: float
    words_per_minute: float | None
    pauses: tuple[Pause, ...] | None
    sentences: tuple[Told, ...]
    parts: Mapping[str, float]
    findings: tuple[Finding, ...]
    notices: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The analysis as plain values, as `answer --json` prints them."""
        return {
            "words": self.words,
            "seconds": self.seconds,
            "words_per_minute": self.words_per_minute,
            "timed": self.pauses is not None,
            **({} if self.pauses is None else {"pauses": [p._asdict() for p in self.pauses]}),
            "text": self.text,
            "sentences": [{**s._asdict(), "because": list(s.because)} for s in self.sentences],
            "parts": dict(self.parts),
            "findings": [_plain(finding) for finding in self.findings],
            "notices": list(self.notices),
        }


def _plain(finding: Finding) -> dict[str, Any]:
    plain: dict[str, Any] = finding._asdict()
    said = plain.pop("said")
    return {**plain, **({"said": dict(said)} if said else {})}
