"""Words and forms of numbers, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from greenflag.interview.answer.words import Token

ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
LARGE = "hundred thousand million billion dozen lakh crore".split()
NUMBER_WORDS = frozenset((*ONES, *TENS, *LARGE, "zero", "nought"))
MONTHS = frozenset(
    "january february march april may june july august september october november december"
    " jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
WEEKDAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
TIME_UNITS = frozenset(
    "second seconds minute minutes hour hours day days week weeks month months year years min"
    " mins sec secs hr hrs quarters".split()
)
PERIODS = frozenset(
    "day week month year quarter shift hour minute night weekend morning evening season".split()
)
SEASONS = frozenset(["winter", "summer", "spring", "autumn"])
SOONER = frozenset("early late sooner faster quicker behind ahead".split())
"""What stands behind "a week" when it tells a result: "a week early", but not "a week later"."""
MONEY_UNITS = frozenset(
    "dollar dollars euro euros pound pounds usd eur gbp chf francs rupees yen cent cents"
    " crowns".split()
)
SIGNS = frozenset("$€£¥₹₩₽₺₪₦฿")
CODES = frozenset("usd eur gbp chf inr aud cad rs sek nok dkk pln".split())
PARTS_OF = frozenset("half third quarter fifth tenth thirds quarters halves fifths sixth".split())
MULTIPLIED = frozenset(
    "halve halves halved halving doubled doubling tripled tripling trebled quadrupled threefold"
    " twofold fourfold fivefold tenfold".split()
)
MULTIPLY = frozenset("double doubles triple triples treble quadruple".split())
"""Verbs as well as adjectives: "to double the rate", but "a double shift"."""
DECADES = frozenset("twenties thirties forties fifties sixties seventies eighties nineties".split())
FOLD = re.compile(r"([a-z]+|\d+)-?fold")
_OPENING = frozenset("all a an once twice every low mid high single double".split())
STARTS = _OPENING.union(NUMBER_WORDS, PARTS_OF, MULTIPLIED, MULTIPLY, SIGNS, CODES)
"""Words that may begin a quantity, beside digits."""
ROUGHLY = frozenset(
    "about around roughly nearly almost just only approximately some well circa average an a"
    " mere the now still currently already often um uh like barely".split()
)
WAITING = frozenset(
    "under below by wait waited waits take takes took taken needed needs than lasted lasts save"
    " saved saves saving gain gained gains lose lost loses within".split()
)
"""Words after which "a week" or "half a day" is a time of its own."""
CAME = frozenset(
    "came attended joined signed turned stayed renewed answered replied left passed took showed"
    " enrolled registered returned paid".split()
)
"""What people do who are counted: "a hundred and thirty came"."""
NO_UNITS = frozenset(
    "of the more new other open different ready left late missing overdue behind".split()
)
"""Words behind a number that tell what it is like, and not what is counted."""
UNIT_ENDS = frozenset(
    "within in to and a for with from by at on but or was were is are i we he she they who"
    " that when if after before as so because then until since while again now".split()
)
NUMERAL = re.compile(r"\d[\d.,]*(?:k|m|bn)?|[\d.]+/\d+")
SHORT_TIME = re.compile(r"\d[\d.,]*(?:h|hrs?|mins?|secs?|s|ms)")
FRACTION = re.compile(
    r"(?:one|two|three|four|five|nine)-(?:half|thirds?|quarters?|fifths?|tenths?)"
)
DECIMAL = re.compile(r"\d\.\d")
CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|\d{1,2}(?:[.:]\d{2})?(?:am|pm)")
YEAR = re.compile(r"(?:19|20)\d\d")
NAMES = re.compile(r"\d+(?:st|nd|rd|th)|v\d.*|\d+\.\d+\.\d+.*")
COMPOUND = re.compile(
    r"(\d[\d.,]*|[a-z]+)-(stars?|points?|percent|seconds?|minutes?|hours?|days?|weeks?|months?)"
)
KINDS = {
    "star": "rating",
    "stars": "rating",
    "point": "rating",
    "points": "rating",
    "percent": "percent",
}
OUT_OF = re.compile(r"[\d.]+/(5|10|100)")


def lead_word(tokens: Sequence[Token], at: int) -> str:
    """The word that leads to a quantity, past "about", "just", "more than", "an average"."""
    while at > 0:
        if tokens[at].word in ROUGHLY:
            at -= 1
        elif tokens[at].word == "than" and tokens[at - 1].word in ("less", "more", "fewer"):
            at -= 2
        else:
            break
    return word_at(tokens, at)


def word_at(tokens: Sequence[Token], at: int) -> str:
    """The word at a place, or nothing outside the sentence."""
    return tokens[at].word if 0 <= at < len(tokens) else ""


def is_number(token: Token) -> bool:
    """Whether a word is a number: "12", "1,800", "twenty-one"."""
    word = token.word
    if NUMERAL.fullmatch(word) or word in NUMBER_WORDS:
        return True
    head, dash, rest = word.partition("-")
    return bool(dash) and head in TENS and not rest.endswith(("year", "minute", "day", "hour"))
