"""Whether a text is somebody's own answer, in English, so that the rules may speak."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from greenflag.interview.answer.findings import QUOTED
from greenflag.interview.answer.rules import Rules
from greenflag.interview.answer.sight import Sight

NOT_ENGLISH = "This does not look like English; only words and time are given."
NO_ANSWER = "This does not read like somebody's own answer; only words and time are given."
NO_WORK = (
    "This tells little of work, its aims or outcomes; words, time and parts are given, no findings."
)

SHORT = 50
"""Fewer words than these are always taken for an answer."""
LEAST_COMMON = 0.16
"""Share of the commonest English words below which a text is in another language."""
LEAST_OWN = 0.025
"""Acts of the speaker for each word."""
LEAST_SIGNS = 0.056
"""Signs of an answer (words of work, measures, aims, outcomes, lessons) for each word."""
OWN_WEIGHT = 0.12
"""How far an act of the speaker counts among the signs."""
LISTED_SIGNS = 0.16
"""Signs of an answer for each word above which a list of short lines is an answer without "I"."""
LEAST_LINES = 5
MOST_QUOTED = 0.3
"""Share of quoted speech above which a text is a tale."""
COMMON = frozenset(
    "the a an and or but so of to in on at for with from by as is was were are be been had"
    " have has i we he she they it you my our his her their its that this these those not no"
    " do did would could will can there which who what when if then than all one out up about"
    " after before into because me him us them um uh like".split()
)


class Verdict(NamedTuple):
    """What may be said of a text: parts, findings, and why not if not."""

    parts: bool
    findings: bool
    reason: str = ""


def verdict(text: str, sights: Sequence[Sight], rules: Rules) -> Verdict:
    """Whether a text gets parts and findings."""
    words = [t.word for s in sights for t in s.seen.tokens if t.is_word]
    if not _is_english(text[:4000], words[:600]):
        return Verdict(False, False, NOT_ENGLISH)
    if len(words) < SHORT:
        return Verdict(True, True)
    cues = Counter(cue for s in sights for cue in s.seen.cues)
    quoted = sum(len(found[0]) for found in QUOTED.finditer(text))
    letters = Counter(letter for s in sights for letter in s.seen.letters)
    own = letters["i"] + 0.5 * letters["w"]
    signs = _signs(sights, rules, cues)
    if signs >= LISTED_SIGNS * len(words) and _is_list(text):
        return Verdict(True, True)
    if own < LEAST_OWN * len(words) or cues["greeting"] >= 2 or quoted > MOST_QUOTED * len(text):
        return Verdict(False, False, NO_ANSWER)
    if signs + OWN_WEIGHT * own < LEAST_SIGNS * len(words):
        return Verdict(True, False, NO_WORK)
    return Verdict(True, True)


def _is_list(text: str) -> bool:
    """Whether a text is short lines without stops, as in a CV, where no one says "I"."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    open_ended = sum(not line.endswith((".", "!", "?", ":", ",", ";")) for line in lines)
    return len(lines) >= LEAST_LINES and open_ended >= 0.7 * len(lines)


def _is_english(text: str, words: Sequence[str]) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    if sum(letter < LATIN_END for letter in letters) < 0.5 * len(letters):
        return False
    return len(words) < 9 or sum(word in COMMON for word in words) >= LEAST_COMMON * len(words)


LATIN_END = "\u0250"


def _signs(sights: Sequence[Sight], rules: Rules, cues: Counter[str]) -> float:
    """Words of work, measures, the speaker's own work, sounds of speech, and turns of phrase."""
    total = float(cues["outcome"] + 2 * (cues["goal"] + cues["learned"]) + 0.5 * cues["step"])
    for one in sights:
        total += sum(quantity.kind in MEASURED for quantity in one.seen.quantities)
        for token, letter in zip(one.seen.tokens, one.seen.letters, strict=True):
            total += "@" + token.lemma in rules.work
            own = letter == "i" and token.lemma in OWN_WORK
            total += 2 * (own or token.word in SOUNDS)
    return total


MEASURED = frozenset(("percent", "rating", "rate", "share"))
OWN_WORK = frozenset(
    "manage handle assist support deal responsible charge involve work lead".split()
)
SOUNDS = frozenset("um umm uh uhm er erm hmm".split())
