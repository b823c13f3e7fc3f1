"""What an interview taught: what a debrief asks, and what follows from the answers (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import NamedTuple

from greenflag.errors import GreenflagError
from greenflag.interview.form import clean

CAME_UP, WAS_WEAK, FADES = 1.5, 2.5, 60
"""How many times a question counts that came up, or went weakly, and after how many days it no
longer counts more than others."""

WENT = ("weak", "fine", "strong")
LANDED = ("flat", "fine", "made them ask on")
OUTCOMES = ("waiting", "next-round", "offer", "no")

MET = ("met", "Whom did you meet, and what of theirs stayed with you?")
MET_HINT = "In a few words, as: Ms Lim: the unstaffed nights; Mr Ray: hiring in May"
SIX = (
    ("well", "Which questions went well, and why?"),
    ("short", "Which answers fell short, and what did they lack: a figure, order, an example?"),
    ("landed", "Which stories made them write or ask on?"),
    ("work", "Which stories need work?"),
    ("learned", "What do you know now of the company, and of the post itself?"),
    ("next", "What do you do next, and by when?"),
)
"""The six questions of a debrief, each with its name."""
NAMES = (MET[0], *(name for name, _ in SIX))

SURE = 0.6
"""The likeness from which on a question of the bank is taken for the one that was meant."""
_COMMON = frozenset(
    "a about an and any are as at be been by can did do does for from had has have how i if in is"
    " it me my of on or our so tell than that the their them they this to us was we were what when"
    " where which who why will with would you your time give example describe could should".split()
)


class Came(NamedTuple):
    """A question that came up: its note, how the answer went, and the interview's study day."""

    note: str
    went: int | None
    day: int


class Known(NamedTuple):
    """A question of the bank: its note, and its wordings, the first one leading."""

    note: str
    wordings: tuple[str, ...]


class Match(NamedTuple):
    """A question of the bank, the wording most like what was meant, and how alike, 0 to 1."""

    known: Known
    wording: str
    likeness: float


class Line(NamedTuple):
    """One question that came up, as somebody writes it down.

    `words = went | story = landed`, all but the words left out at will; a + before the words says
    that the bank does not have it.
    """

    words: str
    new: bool
    went: int | None
    story: str
    landed: int | None


def weights(asked: Iterable[Came], today: int) -> dict[str, float]:
    """How many times a note counts because its question came up lately: 1 once it has faded."""
    factors: dict[str, float] = {}
    for note, went, day in asked:
        left = 1 - min(FADES, max(0, today - day)) / FADES
        factor = 1 + ((WAS_WEAK if went == 1 else CAME_UP) - 1) * left
        factors[note] = max(factor, factors.get(note, 1.0))
    return factors


def share_fine(went: Iterable[int | None]) -> float | None:
    """The share of answers that went fine or strong, of those that were judged."""
    judged = [each for each in went if each is not None]
    return sum(each >= 2 for each in judged) / len(judged) if judged else None


def against(expected: float | None, went: Sequence[int | None]) -> str:
    """What was expected held against what came, in a sentence; empty when nothing was judged."""
    share = share_fine(went)
    if share is None:
        return ""
    judged = [each for each in went if each is not None]
    good = sum(each >= 2 for each in judged)
    came = f"{good} of {len(judged)} answers went fine or strong"
    if expected is None:
        return f"{came[:1].upper()}{came[1:]}."
    few = " Few questions, so chance weighs much." if len(judged) < 10 else ""
    return f"Readiness said {expected * 100:.0f} %; {came} ({share * 100:.0f} %).{few}"


def likest(words: str, bank: Sequence[Known], most: int = 5) -> list[Match]:
    """The questions of the bank most like some words, best first.

    Likeness is the share of the words, each weighing by how rare it is in the bank, that a wording
    holds, less a little for what the wording says beyond them.
    """
    sought = _stems(words)
    held = [(known, [_stems(each) for each in known.wordings]) for known in bank]
    counts: dict[str, int] = {}
    for _, wordings in held:
        for stem in frozenset().union(*wordings):
            counts[stem] = counts.get(stem, 0) + 1
    rare = {stem: log(1 + len(bank) / counts.get(stem, 0.5)) for stem in sought}
    total = sum(rare.values())
    if not total:
        return []
    matches = []
    for known, wordings in held:
        if words.strip() == known.note:
            return [Match(known, known.wordings[0], 1.0)]
        alike = [_likeness(sought, rare, total, each) for each in wordings]
        best = max(alike, default=0.0)
        if best > 0.2:
            matches.append(Match(known, known.wordings[alike.index(best)], best))
    matches.sort(key=lambda match: -match.likeness)
    return matches[:most]


def line_of(text: str) -> Line:
    """A line about a question that came up, read."""
    text = clean(text, "a question").replace("\n", " ")
    left, _, right = f" {text} ".partition(" | ")
    words, went = _judged(left, WENT)
    story, landed = _judged(right, LANDED)
    new = words.startswith("+")
    words = words.removeprefix("+").strip()
    if not re.search(r"\w", words):
        raise GreenflagError(f"{text[:60]!r} names no question", "for example: angry customer = 2")
    return Line(words, new, went, story, landed)


def text_of(line: Line) -> str:
    """A line about a question that came up, as `line_of` reads it."""
    right = f" | {_with(line.story, line.landed)}" if line.story else ""
    return f"{'+ ' if line.new else ''}{_with(line.words, line.went)}{right}"


def question_fields(note: str, wording: str, company: str) -> Mapping[str, object]:
    """The fields of a note for a question that the bank did not have."""
    return {
        "kind": "question",
        "id": note,
        "competency": "interview-craft",
        "tags": ["asked", "todo"],
        "weight": 4,
        "question": wording,
        "intent": f"TODO: what did {company} want to know with it?",
        "key_points": ["TODO: the moves of a strong answer, a line each."],
    }


def _judged(text: str, scale: Sequence[str]) -> tuple[str, int | None]:
    """What stands before `= 2`, and the number; the scale's own words do as well."""
    before, equals, said = text.rpartition("=")
    said = said.strip().lower()
    numbers = {word: number for number, word in enumerate(scale, 1)} | {"1": 1, "2": 2, "3": 3}
    found = numbers.get(said) if equals else None
    return (before.strip(), found) if found else (text.strip(), None)


def _with(words: str, judged: int | None) -> str:
    return f"{words} = {judged}" if judged else words


def _stems(text: str) -> frozenset[str]:
    """The words that tell one question from another, cut so that their endings do not matter."""
    words = re.findall(r"[^\W_]+", text.lower()[:2_000])
    telling = [word for word in words if word not in _COMMON and len(word) > 1]
    return frozenset(word[:5] for word in telling or words)


def _likeness(
    sought: frozenset[str], rare: Mapping[str, float], total: float, wording: frozenset[str]
) -> float:
    shared = sought & wording
    covered = sum(rare[stem] for stem in shared) / total
    return covered * (1 - 0.15 * len(wording - shared) / max(1, len(wording)))
