"""The quantities of a sentence: percent, shares, money, times, rates and counts.

Dates, clock times, versions, ordinals and numbers that only name something are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from greenflag.interview.answer.lexicon import Lexicon
from greenflag.interview.answer.numbers import (
    CAME,
    CLOCK,
    CODES,
    COMPOUND,
    DECADES,
    DECIMAL,
    FOLD,
    FRACTION,
    KINDS,
    LARGE,
    MONEY_UNITS,
    MONTHS,
    MULTIPLIED,
    MULTIPLY,
    NAMES,
    NO_UNITS,
    NUMBER_WORDS,
    ONES,
    OUT_OF,
    PARTS_OF,
    PERIODS,
    SEASONS,
    SHORT_TIME,
    SIGNS,
    SOONER,
    STARTS,
    TENS,
    TIME_UNITS,
    UNIT_ENDS,
    WAITING,
    WEEKDAYS,
    YEAR,
    is_number,
    lead_word,
    word_at,
)
from greenflag.interview.answer.words import Token


class Quantity(NamedTuple):
    """A quantity in a sentence: its words, its kind, and what is counted."""

    first: int
    last: int
    kind: str
    unit: str = ""


def quantities(tokens: Sequence[Token], lexicon: Lexicon) -> list[Quantity]:
    """All quantities of a sentence, in order."""
    reader = _Reader(tokens, lexicon)
    found: list[Quantity] = []
    at = 0
    while at < len(tokens):
        quantity = reader.at(at) if _may_begin(tokens[at].word) else None
        if quantity and quantity.kind != "name":
            found.append(quantity)
        at = max(quantity.last, at + 1) if quantity else at + 1
    return found


def _may_begin(word: str) -> bool:
    head = word.partition("-")[0]
    return (
        word[0].isdigit()
        or word in STARTS
        or head in NUMBER_WORDS
        or word[0] == "v"
        or word.endswith("fold")
    )


LASTING = frozenset("time wait handle waiting aht average duration length median talk".split())
"""Lemmas of what is measured in minutes and seconds."""


class _Reader:
    """Reads the quantity that begins at a word, if one does."""

    def __init__(self, tokens: Sequence[Token], lexicon: Lexicon) -> None:
        self._tokens, self._lexicon = tokens, lexicon

    def at(self, at: int) -> Quantity | None:
        """The quantity at a word; kind "name" for a number that is none."""
        word, after = self._word(at), self._word(at + 1)
        if word == "half" and after == "a" and self._word(at + 2) in LARGE:
            return self._counted(at, at + 3)
        if word == "all" and after == "but" and self._number(at + 2):
            return Quantity(at, self._end(at + 2), "share")
        if (fold := FOLD.fullmatch(word)) and (fold[1].isdigit() or fold[1] in NUMBER_WORDS):
            return Quantity(at, at + 1, "times")
        if word in MULTIPLIED or self._multiplies(at) or re.fullmatch(r"\d+x", word):
            return Quantity(at, at + 1, "times")
        if (named := self._span_of_values(at)) is not None:
            return named
        if word == "twice" and after in ("as", "the"):
            return Quantity(at, at + 3, "times")
        if word in ("a", "an", "half") and (time := self._bare_time(at)):
            return time
        if word in PARTS_OF:
            return self._fraction(at)
        if word in SIGNS | CODES and self._number(at + 1):
            return self._with_period(Quantity(at, self._end(at + 1), "money"))
        if word.endswith("%"):
            return Quantity(at, at + 1, "percent")
        if SHORT_TIME.fullmatch(word):
            return Quantity(at, at + 1, "time", "short")
        if FRACTION.fullmatch(word):
            return Quantity(at, at + 1, "share")
        if compound := COMPOUND.fullmatch(word):
            return Quantity(at, at + 1, KINDS.get(compound[2], "time"), "compound")
        if word in ("once", "twice"):
            rate = self._so_often(self._with_period(Quantity(at, at + 1, "count", "times")))
            return rate if rate.kind == "rate" else None
        if word == "every" and after in ("second", "third", "fourth", "fifth", "tenth"):
            third = self._word(at + 2)
            timed = third in TIME_UNITS | PERIODS | WEEKDAYS | UNIT_ENDS or not third.isalpha()
            return None if timed else Quantity(at, at + 2, "share")
        return self._named(at) or (self._numeric(at) if self._number(at) else None)

    def _word(self, at: int) -> str:
        return word_at(self._tokens, at)

    def _number(self, at: int) -> bool:
        return 0 <= at < len(self._tokens) and is_number(self._tokens[at])

    def _multiplies(self, at: int) -> bool:
        """Whether "double" is a verb here: "to double the rate", "would triple our costs"."""
        if self._word(at) not in MULTIPLY:
            return False
        verb = self._word(at - 1) in ("to", "would", "could", "and", "we", "i", "can", "will")
        return verb and self._word(at + 1) in (
            "the", "our", "my", "its", "their", "his", "her", "it", "that", "this", "in", "from",
        )  # fmt: skip

    def _span_of_values(self, at: int) -> Quantity | None:
        """ "The low eighties", "single digits", "an order of magnitude"; no one's age."""
        word, after = self._word(at), self._word(at + 1)
        aged = self._word(at - 1) in ("his", "her", "my", "their", "your")
        if word == "a" and after == "handful":
            whole = at + 3 + (self._word(at + 3) in ("the", "our", "my"))
            if self._word(at + 2) == "of" and self._number(whole):
                return Quantity(at, self._end(whole), "share")
            return Quantity(at, at + 2, "count", self._unit(at + 2))
        if word in ("low", "mid", "high") and after in DECADES and not aged:
            return Quantity(at, at + 2, "percent")
        if word in ("single", "double") and after in ("digits", "figures"):
            return Quantity(at, at + 2, "percent")
        if word in ("a", "an") and [self._word(at + k) for k in (1, 2, 3)] == [
            "order",
            "of",
            "magnitude",
        ]:
            return Quantity(at, at + 4, "times")
        return None

    def _bare_time(self, at: int) -> Quantity | None:
        """ "Under a minute", "took half a day"."""
        unit = at + 1 if self._word(at) != "half" else at + 2
        if self._word(unit) in ("full", "whole", "good"):
            unit += 1
        if self._word(unit) not in TIME_UNITS or (
            self._word(at) == "half" and self._word(at + 1) not in ("a", "an")
        ):
            return None
        leads = lead_word(self._tokens, at - 1) in WAITING or self._word(unit + 1) in SOONER
        return Quantity(at, unit + 1, "time") if leads else None

    def _named(self, at: int) -> Quantity | None:
        """A number that only names something: a year, a date, a version, a telephone, an hour."""
        word, before, after = self._word(at), self._word(at - 1), self._word(at + 1)
        name = Quantity(at, at + 1, "name")
        if CLOCK.fullmatch(word):
            return Quantity(at, at + 1, "time", "clock") if self._lasts_so_long(at) else name
        if NAMES.fullmatch(word):
            return name
        if not self._number(at):
            return None
        if YEAR.fullmatch(word) and after not in TIME_UNITS and not after.endswith("s"):
            return name
        dated = before in MONTHS and word.isdigit() and len(word) < 3
        counted = before in ("day", "days", "week", "month", "year") and self._is_nth(at - 2)
        if (
            before in self._lexicon.naming
            or dated
            or counted
            or after in MONTHS
            or self._oclock(at)
        ):
            return name
        if re.fullmatch(r"q[1-4]", before) or re.fullmatch(r"\d{5,}|[\d-]{7,}", word):
            return name
        return None

    def _lasts_so_long(self, at: int) -> bool:
        """Whether "9:40" is minutes and seconds: a time that is measured stands before it."""
        if self._word(at + 1) in ("am", "pm", "a.m", "p.m", "o'clock"):
            return False
        near = {t.lemma for t in self._tokens[max(0, at - 9) : at]}
        return bool(near & LASTING) and self._word(at - 1) not in ("before", "until")

    def _is_nth(self, at: int) -> bool:
        """ "On day three" names a day; "after a year 63 came" and "nine days 40 came" do not."""
        counted = (
            "a",
            "one",
            "the",
            "first",
            "last",
            "next",
            "this",
            "that",
            "every",
            "each",
            "same",
            "previous",
        )
        return not self._number(at) and self._word(at) not in counted

    def _oclock(self, at: int) -> bool:
        after, third = self._word(at + 1), self._word(at + 3)
        if after in ("am", "pm", "a.m", "p.m", "o'clock"):
            return True
        hour = self._word(at + 2) in ONES[:12] and self._word(at - 1) != "from"
        if (
            self._word(at) in ("five", "ten", "twenty", "quarter")
            and after in ("to", "past")
            and hour
        ):
            return True
        part_of_day = (
            after == "in"
            and self._word(at + 2) == "the"
            and third in ("morning", "afternoon", "evening")
        )
        return part_of_day or (after == "at" and self._word(at + 2) == "night")

    def _numeric(self, at: int) -> Quantity:
        """What a number counts."""
        end = self._end(at)
        after, second = self._word(end), self._word(end + 1)
        if after in ("percent", "pct", "pp"):
            return Quantity(at, end + 1, "percent")
        if after in ("percentage", "basis") or (after == "per" and second in ("cent", "cents")):
            return Quantity(at, end + 2, "percent")
        if after == "halves" and second != "of":
            return Quantity(at, end + 1, "name")
        if after in PARTS_OF and (after not in ("half", "quarter", "quarters") or second == "of"):
            return Quantity(at, end + 1, "share")
        if after in MONEY_UNITS:
            return self._with_period(Quantity(at, end + 1, "money"))
        which = at - 1 - (self._word(at - 1) in ("only", "just"))
        if self._word(which) in ("which", "whom") and self._word(which - 1) == "of":
            return Quantity(at, end, "share")
        if OUT_OF.fullmatch(self._word(at)):
            return Quantity(at, end, "rating")
        return self._share(at, end) or self._counted(at, end)

    def _counted(self, at: int, end: int) -> Quantity:
        after, second = self._word(end), self._word(end + 1)
        if self._is_points(at, end):
            return Quantity(at, end + 1, "rating", after)
        if after in TIME_UNITS:
            return self._time(at, end + 1)
        if (
            after in ("working", "business", "full", "more", "calendar", "whole")
            and second in TIME_UNITS
        ):
            return self._time(at, end + 2)
        if after == "times":
            return self._so_often(self._with_period(Quantity(at, end + 1, "count", "times")))
        unit = self._unit(end)
        if not unit and DECIMAL.fullmatch(self._word(at)):
            return Quantity(at, end, "rating", "decimal")
        return self._with_period(Quantity(at, end, "count", unit))

    def _is_points(self, at: int, end: int) -> bool:
        """Points of a measure and stars of a rating, not points of a list."""
        if self._word(end) not in ("stars", "star", "points", "point", "pts"):
            return False
        if lead_word(self._tokens, at - 1) in ("by", "+", "−") or self._word(end).startswith(
            "star"
        ):
            return True
        near = self._tokens[max(0, at - 6) : at]
        lexicon = self._lexicon
        told = any(
            t.lemma in lexicon.change | lexicon.metric or t.word in lexicon.being for t in near
        )
        return told or self._word(end + 1) in lexicon.compared | {"above"}

    def _share(self, at: int, end: int) -> Quantity | None:
        """One in five, 19 of the 30, 4.2 out of 5, one caller in four."""
        for gap in range(4):
            link, beyond = self._word(end + gap), end + gap + 1
            if link == "out" and self._word(beyond) == "of":
                beyond += 1
            elif not link.isalpha():
                return None
            elif link not in ("in", "of"):
                continue
            beyond += self._word(beyond) in ("the", "our", "my", "all", "every", "each")
            beyond += self._word(beyond) in ("last", "first", "next", "past")
            beyond += self._word(beyond) in ("a", "every") and self._word(beyond + 1) in LARGE
            if self._number(beyond) and not YEAR.fullmatch(self._word(beyond)):
                return self._shared(at, beyond, link, gap)
            if gap == 0 and link != "in":
                return None
        return None

    def _shared(self, at: int, beyond: int, link: str, gap: int) -> Quantity | None:
        finish, part, whole = self._end(beyond), self._word(at), self._word(beyond)
        counted = self._word(finish)
        if link == "in":
            timed = counted.rstrip("s") in PERIODS or counted in TIME_UNITS
            noun = gap and counted.endswith("s") and counted not in ("is", "was", "has")
            if timed or noun or not _small_share(part, whole):
                return None
        if gap and not _smaller(part, whole):
            return None
        kind = "rating" if link == "out" and "." in part else "share"
        return Quantity(at, finish, kind, link)

    def _fraction(self, at: int) -> Quantity | None:
        """Half of, a third of, by a quarter."""
        word, before, after = self._word(at), self._word(at - 1), self._word(at + 1)
        if word == "half":
            mixed = before == "and" and self._number(at - 2)
            timed = after in (
                "a",
                "an",
                "past",
                "day",
                "price",
                "hour",
                "year",
                "days",
                "term",
                "time",
                "way",
                "-",
            )
            if mixed or timed or before in ("first", "second", "other", "one", "-", "that", "this"):
                return None
            return Quantity(at, at + 1, "share", "fraction")
        if before not in ("a", "one", "nearly", "almost", "by"):
            return None
        if word == "quarter" and self._word(at - 2) == "to" and not after.isalpha():
            return Quantity(at - 1, at + 1, "share", "fraction")
        if self._word(at - 2) in ("up", "down") and before == "a" and after != "of":
            return Quantity(at - 1, at + 1, "share", "fraction")
        if word == "quarter" and (
            after != "of" or self._word(at + 2) in ("an", "year") or self._word(at + 3) == "hour"
        ):
            by = lead_word(self._tokens, at - 2) == "by" and after != "of"
            return Quantity(at - 1, at + 1, "share", "fraction") if by else None
        return Quantity(at - (before in ("a", "one")), at + 1, "share", "fraction")

    def _time(self, at: int, end: int) -> Quantity:
        """A time, with its smaller part: "1 minute 40 seconds", "seven minutes fifty"."""
        if self._number(end) and len(self._word(end)) < 8:
            further = self._end(end)
            if self._word(further) in TIME_UNITS:
                end = further + 1
            elif self._word(end) in NUMBER_WORDS and self._word(end - 1) in ("minutes", "hours"):
                end = end if self._word(further).isalpha() else further
        return self._with_period(Quantity(at, end, "time"))

    def _with_period(self, quantity: Quantity) -> Quantity:
        """Adds "a week", "per month", "in one night"; also "every day" before it."""
        first, last, kind, unit = quantity
        daily = any(
            self._word(k) in ("every", "each") and self._word(k + 1) in PERIODS | WEEKDAYS
            for k in range(first - 7, first - 1)
        )
        if kind == "count" and daily:
            return Quantity(first, last, "rate", unit)
        rate = "rate" if kind in ("count", "time") else kind
        for at in range(last, min(last + 4, len(self._tokens))):
            word, after = self._word(at), self._word(at + 1)
            if word in ("a", "an", "per", "each", "every") and after in PERIODS:
                return Quantity(first, at + 2, rate, unit)
            if word == "per" and after.isalpha() and after != "cent":
                return Quantity(first, at + 2, rate, unit)
            if word == "each" and kind == "time" and at == last:
                return Quantity(first, at + 1, rate, unit)
            if word == "in" and kind == "count" and at > last and self._is_period(at + 1):
                return Quantity(first, at, "rate", unit)
            if not word.replace("-", "").isalpha() or word in UNIT_ENDS or self._is_verb(at):
                break
        return quantity

    def _so_often(self, quantity: Quantity) -> Quantity:
        """How often in a time: "once in the last quarter", "four times in six months"."""
        at = quantity.last
        if quantity.kind != "count" or self._word(at) not in ("in", "within", "during", "over"):
            return quantity
        for end in range(at + 1, at + 6):
            word = self._word(end)
            if word in TIME_UNITS or word.rstrip("s") in PERIODS:
                return quantity._replace(last=end + 1, kind="rate")
            if not word.isalnum():
                break
        return quantity

    def _is_period(self, at: int) -> bool:
        at += self._word(at) in ("one", "a", "the", "each")
        return self._word(at) in PERIODS | SEASONS

    def _is_verb(self, at: int) -> bool:
        token = self._tokens[at]
        return token.lemma != token.word and not token.word.endswith("s")

    def _unit(self, end: int) -> str:
        """What is counted: a measure among the next words, else the next noun."""
        near = []
        for token in self._tokens[end : end + 4]:
            if not token.word.replace("-", "").isalpha() or token.word in UNIT_ENDS | CAME:
                break
            near.append(token)
        measured = [t.lemma for t in near if t.lemma in self._lexicon.metric]
        named = [t.lemma for t in near[:3] if t.word not in NO_UNITS]
        return (measured or named or [""])[0]

    def _end(self, at: int) -> int:
        """The word after a number of several words: "nine and a half", "two point five million"."""
        end = at + 1
        while end < len(self._tokens):
            word, after = self._word(end), self._word(end + 1)
            if word in LARGE or word == "k":
                end += 1
            elif word == "point" and after in NUMBER_WORDS:
                end += 2
            elif word == "and" and after == "a" and self._word(end + 2) in ("half", "quarter"):
                end += 3
            elif word == "and" and self._word(end - 1) in LARGE and self._number(end + 1):
                end += 2
            elif word in NUMBER_WORDS and self._word(end - 1) in (*TENS, "hundred", "thousand"):
                end += 1
            elif word in ("to", "or", "-", "–") and self._is_range(end):
                end += 2
            else:
                break
        return end

    def _is_range(self, at: int) -> bool:
        """ "Five or six", "ten to twelve minutes", but not "from 12 to 4"."""
        if not self._number(at + 1):
            return False
        if self._word(at) != "to":
            return True
        before = {t.word for t in self._tokens[max(0, at - 4) : at]}
        if self._word(at - 2) == "of":
            return True
        return "from" not in before and self._word(at + 2) in TIME_UNITS


def _small_share(part: str, whole: str) -> bool:
    """One in five, nine in ten; not "two in 2021" or "12 in 3 weeks"."""
    wholes = "ten 10 five 5 four 4 six 6 eight 8 twelve 12 twenty 20 hundred 100".split()
    return part in ("one", "1") or (whole in wholes and _smaller(part, whole))


def _smaller(part: str, whole: str) -> bool:
    """Whether a share can be meant: the part is not larger than the whole, as far as known."""
    sizes = [_size(part), _size(whole)]
    return None in sizes or sizes[0] <= sizes[1]  # type: ignore[operator]


def _size(word: str) -> float | None:
    if word in ONES:
        return ONES.index(word) + 1
    digits = word.replace(",", "")
    return float(digits) if digits.isdigit() and len(digits) < 12 else None
