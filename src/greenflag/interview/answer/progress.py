"""What changed between two tellings of the same answer, in plain words.

Only counts are compared, each against the length it was counted in, so a longer answer is not
blamed for its length. Nothing is added up to a mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from greenflag.interview.answer.findings import counts
from greenflag.interview.answer.parts import PARTS
from greenflag.interview.answer.values import Analysis

IMPROVED, SLIPPED, DIFFERENT = "improved", "slipped", "different"
WANTED = {"figure": ("figure", "figures"), "green-flag": ("good sign", "good signs")}
UNWANTED = {
    "we": ("“we” for “I”", "“we” for “I”"),
    "flat-verb": ("flat verb", "flat verbs"),
    "vague": ("vague claim", "vague claims"),
    "blame": ("blame of others", "blames of others"),
    "hedge": ("hedge", "hedges"),
    "filler": ("filler", "fillers"),
    "absolute": ("sweeping claim", "sweeping claims"),
    "red-flag": ("warning sign", "warning signs"),
    "cliche": ("cliché", "clichés"),
}
"""How people read the name of a rule: of one finding, and of several."""
LEAST_PACE = 10.0
"""Words a minute by which the pace must differ to be worth a word."""


class Summary(NamedTuple):
    """What is kept of an analysis to compare later ones with: counts, and no word of the answer."""

    words: int
    seconds: float
    words_per_minute: float | None
    parts: Mapping[str, float]
    findings: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """The summary as plain values, to be stored."""
        return {
            **self._asdict(),
            "parts": dict(self.parts),
            "findings": dict(self.findings),
        }


class Change(NamedTuple):
    """One thing that is not as before: `improved`, `slipped` or only `different`, and in words."""

    what: str
    how: str
    before: float
    now: float
    said: str


def summary_of(analysis: Analysis) -> Summary:
    """What to keep of an analysis."""
    return Summary(
        analysis.words,
        analysis.seconds,
        analysis.words_per_minute,
        dict(analysis.parts),
        dict(counts(analysis.findings)),
    )


def summary_from(value: Mapping[str, Any]) -> Summary:
    """A summary from the plain values that `to_dict` gave."""
    return Summary(**{name: value[name] for name in Summary._fields})


def changes(before: Summary, now: Summary) -> tuple[Change, ...]:
    """What improved, then what slipped, then what is only different."""
    found = [*_parts(before, now), *_rules(before, now), *_length(before, now)]
    order = (IMPROVED, SLIPPED, DIFFERENT)
    return tuple(sorted(found, key=lambda change: order.index(change.how)))


def _parts(before: Summary, now: Summary) -> Iterator[Change]:
    for part in PARTS:
        old, new = before.parts.get(part, 0.0), now.parts.get(part, 0.0)
        if new and not old:
            yield Change(part, IMPROVED, old, new, f"The {part} is told now; it was missing.")
        elif old and not new:
            yield Change(part, SLIPPED, old, new, f"The {part} is missing now; it was told before.")


def _rules(before: Summary, now: Summary) -> Iterator[Change]:
    for rule, names in (WANTED | UNWANTED).items():
        old, new = before.findings.get(rule, 0), now.findings.get(rule, 0)
        if old == new:
            continue
        how = IMPROVED if (new > old) == (rule in WANTED) else SLIPPED
        if not _denser(old, new, before, now):
            how = DIFFERENT
        earlier = f"before {old or 'none'} in {before.words:,}"
        said = f"{_counted(new, names)} in {now.words:,} words; {earlier}."
        yield Change(rule, how, old, new, said)


def _denser(old: int, new: int, before: Summary, now: Summary) -> bool:
    """Whether the count for each word moved the same way as the count itself."""
    grew = new * before.words > old * now.words
    shrank = new * before.words < old * now.words
    return grew if new > old else shrank


def _counted(count: int, names: tuple[str, str]) -> str:
    """ "No fillers", "1 filler", "6 fillers"."""
    return f"{count or 'No'} {names[count != 1]}"


def _length(before: Summary, now: Summary) -> Iterator[Change]:
    if before.words != now.words:
        more = "longer" if now.words > before.words else "shorter"
        much = f"{abs(now.words - before.words):,} words {more}"
        said = f"{much}: {now.words:,}, before {before.words:,}."
        yield Change("words", DIFFERENT, before.words, now.words, said)
    old, new = before.words_per_minute, now.words_per_minute
    if old and new and abs(new - old) >= LEAST_PACE:
        said = f"{new:.0f} words a minute; before {old:.0f}."
        yield Change("words_per_minute", DIFFERENT, old, new, said)
