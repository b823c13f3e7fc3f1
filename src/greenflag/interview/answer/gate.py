"""Whether a text is somebody's own answer, in English, so that the rules may speak."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from greenflag.interview.answer.findings import QUOTED
from greenflag.interview.answer.rules import Rules
from greenflag.interview.answer.sight import Sight
from greenflag.interview.answer.words import is_english

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
LISTED_SIGNS = 0.1
"""Signs of an answer for each word above which a list of short lines is an answer without "I"."""
LEAST_LINES = 5
LEAST_MEASURED = 3
LEAST_KNOWN = 0.8
"""Share of words of the English dictionary above which also a terse list is English."""
MOST_QUOTED = 0.3
"""Share of quoted speech above which a text is a tale."""
WEIGHTS = {"i": 1.0, "w": 0.5}
NAMED = re.compile(r"^([A-Z][A-Z'’-]{1,20})[.:]\s", re.MULTILINE)
HEADS = frozenset("situation task action result takeaway context outcome lesson star goal".split())
ADDRESSED = ("you", "your", "yours", "you're", "you'll", "you've", "yourself")
MY_WORDS = ("i", "i'm", "i've", "i'd", "i'll", "my", "me", "mine", "myself")
OUR_WORDS = ("we", "our", "us")
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
    if _is_dialogue(text) or _is_for_readers(words):
        return Verdict(False, False, NO_ANSWER)
    cues = Counter(cue for s in sights for cue in s.seen.cues)
    quoted = sum(len(found[0]) for found in QUOTED.finditer(text))
    own = _own(text, sights)
    signs = _signs(sights, rules, cues)
    if (
        signs >= LISTED_SIGNS * len(words)
        and _is_list(text)
        and _measured(sights) >= LEAST_MEASURED
    ):
        return Verdict(True, True)
    if own < LEAST_OWN * len(words) or cues["greeting"] >= 2 or quoted > MOST_QUOTED * len(text):
        return Verdict(False, False, NO_ANSWER)
    if signs + OWN_WEIGHT * own < LEAST_SIGNS * len(words):
        return Verdict(True, False, NO_WORK)
    return Verdict(True, True)


def _own(text: str, sights: Sequence[Sight]) -> float:
    """How many words tell an act of the speaker, or half of one of "we", outside of quotes."""
    quotes = [found.span() for found in QUOTED.finditer(text)]
    total = 0.0
    for one in sights:
        while quotes and quotes[0][1] <= one.span[0]:
            quotes.pop(0)
        for token, letter in zip(one.seen.tokens, one.seen.letters, strict=True):
            if letter in WEIGHTS and not any(a < token.start < b for a, b in quotes[:3]):
                total += WEIGHTS[letter]
    return total


def _is_dialogue(text: str) -> bool:
    """Whether lines begin with the names of two speakers or more, as in a play."""
    names = Counter(found[1] for found in NAMED.finditer(text) if found[1].lower() not in HEADS)
    return sum(names.values()) >= LEAST_LINES and len(names) > 1


def _is_for_readers(words: Sequence[str]) -> bool:
    """Whether a text speaks to "you" more than of its writer: an advertisement, a manual."""
    counted = Counter(words)
    known = sum(a == "you" and b == "know" for a, b in pairwise(words))
    you = sum(counted[word] for word in ADDRESSED) - known
    mine, ours = (sum(counted[word] for word in kind) for kind in (MY_WORDS, OUR_WORDS))
    return you > LEAST_LINES and (mine == 0 or you >= mine + 0.5 * ours)


def _is_list(text: str) -> bool:
    """Whether a text is short lines without stops, as in a CV, where no one says "I"."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    open_ended = sum(not line.endswith((".", "!", "?", ":", ",", ";")) for line in lines)
    return len(lines) >= LEAST_LINES and open_ended >= 0.7 * len(lines)


def _is_english(text: str, words: Sequence[str]) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    if sum(letter < LATIN_END for letter in letters) < 0.5 * len(letters):
        return False
    common = sum(word in COMMON for word in words)
    if len(words) < 9 or common >= LEAST_COMMON * len(words):
        return True
    spelt = [word for word in words if word.isalpha()]
    return bool(common) and sum(map(is_english, spelt)) >= LEAST_KNOWN * len(words)


LATIN_END = "\u0250"


def _signs(sights: Sequence[Sight], rules: Rules, cues: Counter[str]) -> float:
    """Words of work, measures, the speaker's own work, sounds of speech, and turns of phrase."""
    total = float(cues["outcome"] + 2 * (cues["goal"] + cues["learned"]) + 0.5 * cues["step"])
    total += _measured(sights)
    for one in sights:
        for token, letter in zip(one.seen.tokens, one.seen.letters, strict=True):
            total += "@" + token.lemma in rules.work
            own = letter == "i" and token.lemma in OWN_WORK
            total += 2 * (own or token.word in SOUNDS)
    return total


def _measured(sights: Sequence[Sight]) -> int:
    """How many quantities are percent, ratings, rates or shares."""
    return sum(quantity.kind in MEASURED for one in sights for quantity in one.seen.quantities)


MEASURED = frozenset(("percent", "rating", "rate", "share"))
OWN_WORK = frozenset(
    "manage handle assist support deal responsible charge involve work lead".split()
)
SOUNDS = frozenset("um umm uh uhm er erm hmm".split())
