"""Which quantities of a sentence are measures, and which are plain numbers.

Each quantity is judged by its kind and the words around it. Head counts, steps, prices and lengths
of work are no measures.
"""

from __future__ import annotations

from collections.abc import Sequence

from greenflag.interview.answer.grammar import ADVERBS
from greenflag.interview.answer.lexicon import Lexicon
from greenflag.interview.answer.numbers import (
    CAME,
    MONTHS,
    ONES,
    ROUGHLY,
    TIME_UNITS,
    lead_word,
    word_at,
)
from greenflag.interview.answer.quantities import Quantity
from greenflag.interview.answer.words import Token

LARGE_COUNT = 20
"""From this on a count that was reached is a result and no detail."""
CONTRASTS = frozenset(
    tuple(words.split())
    for words in (
        "had been|it was|they were|to take|to be|it took|compared with|compared to|started at"
    ).split("|")
)
"""What stands before the other side of a figure."""


class Judge:
    """Tells whether the quantities of one sentence are measures or plain numbers."""

    def __init__(self, tokens: Sequence[Token], letters: str, part: str, lexicon: Lexicon) -> None:
        self._tokens, self._letters, self._part, self._words = tokens, letters, part, lexicon

    def counts(self, quantity: Quantity, grouped: bool) -> bool:
        """Whether a quantity tells a measure."""
        kind = quantity.kind
        if self._part == "action" and kind in ("count", "time", "rate") and self._sets(quantity):
            return False
        if quantity.unit == "decimal" and (
            self._near(quantity, self._words.versioned, 6)
            or self._word(quantity.first - 1) in self._words.places
        ):
            return False
        if grouped:
            return not self._clock_range(quantity) and not (
                kind == "count" and self._word(quantity.first) == "one"
            )
        if self._word(quantity.first) in ("zero", "nought"):
            return True
        if kind == "percent":
            return not self._names_some(quantity)
        if quantity.unit == "decimal":
            return self._part != "action"
        if quantity.unit == "compound" and self._word(quantity.first).endswith("point"):
            return self._token_lemma(quantity.last) in self._words.gains
        if kind in ("rating", "times") or self._word(quantity.first - 1) in ("+", "−"):
            return True
        if kind == "share":
            return self._shares(quantity)
        if kind == "count" and quantity.unit in self._words.people and self._part != "result":
            return False
        return self._measures(quantity)

    def contrasted(self, quantity: Quantity) -> bool:
        """The other side of a figure in the same sentence: "it had been six", "nine before"."""
        if quantity.unit in self._words.people or quantity.kind not in ("count", "time", "rate"):
            return False
        before = tuple(t.word for t in self._tokens[max(0, quantity.first - 2) : quantity.first])
        monthly = quantity.kind == "count" and self._word(quantity.last + 1) in MONTHS
        if monthly and before[-1:] in (("and",), (",",)):
            return True
        if before in CONTRASTS or (
            before[-1:] in (("against",), ("after",)) and quantity.kind == "count"
        ):
            return True
        behind = [t.word for t in self._tokens[quantity.last : quantity.last + 6]]
        return (
            quantity.kind == "count"
            and not quantity.unit
            and ("before" in behind or "earlier" in behind)
        )

    def _names_some(self, quantity: Quantity) -> bool:
        """Percent that only say which ones: "the slowest 1%", "a 20% voucher", "5% of traffic"."""
        before, after = self._word(quantity.first - 1), self._word(quantity.last)
        off = after == "off" and self._word(quantity.last + 1) in ("that", "it", "this", "our")
        if self._idiom(quantity) or (after in self._words.offers and not off):
            return True
        if before in ("top", "bottom", "remaining", "other", "last", "first") or (
            before.endswith("est") and before not in ("lowest", "highest")
        ):
            return True
        return (
            self._part == "action"
            and self._own(quantity)
            and self._near(quantity, self._words.trying, 7)
        )

    def _word(self, at: int) -> str:
        return word_at(self._tokens, at)

    def _near(self, quantity: Quantity, lemmas: frozenset[str], reach: int) -> bool:
        near = self._tokens[max(0, quantity.first - reach) : quantity.first]
        return any(t.lemma in lemmas or t.word in lemmas for t in near)

    def _near_metric(self, quantity: Quantity, reach: int) -> bool:
        """Whether a measure is named before it; "I called" names none."""
        near = range(max(0, quantity.first - reach), quantity.first)
        return any(
            self._tokens[at].lemma in self._words.metric
            and self._letters[at] not in "iw"
            and self._word(at - 1) != "to"
            for at in near
        )

    def _changed(self, quantity: Quantity) -> bool:
        return self._near(quantity, self._words.change, 7)

    def _lead(self, quantity: Quantity) -> str:
        lead = lead_word(self._tokens, quantity.first - 1)
        if lead == "over":
            said = self._tokens[max(0, quantity.first - 3) : quantity.first - 1]
            verbs = [t for t in said if t.word not in ROUGHLY]
            told = verbs and verbs[-1].lemma in self._words.being | self._words.lasting
            return verbs[-1].word if told else lead
        if lead != "to":
            return lead
        words = [t.word for t in self._tokens[max(0, quantity.first - 4) : quantity.first]]
        moved = ("went", "goes", "gone", "go", "is", "was", "were", "are")
        return "up to" if "up" in words and not any(word in moved for word in words) else "to"

    def _own(self, quantity: Quantity) -> bool:
        """Whether the quantity stands right behind an act of the speaker: "I hired six"."""
        for at in range(quantity.first - 1, max(-1, quantity.first - 7), -1):
            lemma = self._tokens[at].lemma
            if self._tokens[at].word == ":":
                return False
            if self._tokens[at].word in ADVERBS or lemma.endswith("ly"):
                continue
            if lemma in self._words.having:
                return False
            if (
                self._letters[at] in "ow"
                or lemma in self._words.being
                or lemma in self._words.lasting
            ):
                return False
            if self._letters[at] == "i":
                return True
        return False

    def _sets(self, quantity: Quantity) -> bool:
        """Whether the speaker sets a number: "I moved the meeting from 9 to 11"."""
        acts = self._letters[: quantity.first].rstrip("-")
        behind = acts[-1:] == "i" and quantity.first - len(acts) < 7
        return behind and not self._of_metric(quantity, 7)

    def _clock_range(self, quantity: Quantity) -> bool:
        """ "From ten to twelve" are hours unless something changes or is measured before it."""
        word = self._tokens[quantity.first].word
        small = word in ONES[:12] or (word.isdigit() and int(word[:4]) <= 24)
        if quantity.kind != "count" or quantity.unit or not small:
            return False
        told = self._near(quantity, self._words.change, 8) or self._near_metric(quantity, 8)
        return not told and self._word(quantity.first - 1) in ("from", "at")

    def _idiom(self, quantity: Quantity) -> bool:
        first, last = self._tokens[quantity.first].word, self._tokens[quantity.last - 1].word
        if first.rstrip("%") in ("110", "120", "150", "200", "1000"):
            return self._near(quantity, self._words.giving, 4)
        whole = last == "100%" or first in ("100", "hundred", "one", "a")
        return whole and self._word(quantity.last) in (
            "sure",
            "satisfied",
            "committed",
            "certain",
            "happy",
            "honest",
        )

    def _shares(self, quantity: Quantity) -> bool:
        own = self._own(quantity)
        if quantity.unit == "fraction":
            return not own or self._changed(quantity)
        if quantity.unit != "of":
            return True
        if self._tokens[quantity.first].word == "one" or (self._part == "action" and own):
            return False
        return self._of_many(quantity) or self._changed(quantity)

    def _of_many(self, quantity: Quantity) -> bool:
        """19 of 45 callers is a share; four of nine agents may be just four people."""
        whole = self._tokens[quantity.last - 1].word.replace(",", "")
        return int(whole[:9]) >= 8 if whole.isdigit() else whole not in ONES[:7]

    def _measures(self, quantity: Quantity) -> bool:
        """Whether a time, a sum, a rate or a count is a measure by the words around it."""
        lead, own = self._lead(quantity), self._own(quantity)
        if self._is_single(quantity, lead):
            return False
        if quantity.kind == "time" and self._word(quantity.last) == "off":
            return False
        if self._is_hour(quantity, lead) or self._is_rank(quantity, lead):
            return False
        if self._now(quantity) or self._made_it(quantity):
            return True
        if self._compared(quantity) or self._is_aim(quantity, lead):
            return True
        if self._averaged(quantity) and not own:
            return True
        if lead in self._words.leads and self._changed(quantity):
            if quantity.unit in self._words.people:
                return False
            aim = lead in self._words.aims and (quantity.kind == "time" or not quantity.unit)
            return not own or aim or self._of_metric(quantity, 5)
        if quantity.unit == "compound":
            measured = self._token_lemma(quantity.last)
            return measured in self._words.metric and measured != "call" and not own
        if quantity.kind == "time":
            return self._lasts(quantity, lead, own)
        if quantity.kind == "money" or self._is_sum(quantity):
            return self._costs(quantity, own)
        if quantity.kind == "rate":
            told = not own or quantity.unit in self._words.metric
            if quantity.unit in self._words.harm or self._is_ratio(quantity):
                return told and self._part != "takeaway"
            if self._part == "situation" and self._near(quantity, self._words.volume, 5):
                return False
            if self._part == "action":
                return not own and lead in ("was", "were", "is")
            return told and self._part in ("result", "situation", "task")
        return self._is_count(quantity, own)

    def _is_single(self, quantity: Quantity, lead: str) -> bool:
        """One of a thing is no measure: "one form"; but "down to one", "one a month" are."""
        days = any(t.word in TIME_UNITS for t in self._tokens[quantity.first : quantity.first + 3])
        if (
            self._word(quantity.first) not in ("one", "1")
            or days
            or (quantity.unit in self._words.harm and self._word(quantity.first - 1) != "not")
            or lead in ("to", "from", "below")
        ):
            return False
        return quantity.kind == "count" or (
            quantity.kind == "rate" and quantity.last - quantity.first > 3
        )

    def _is_aim(self, quantity: Quantity, lead: str) -> bool:
        """A value right behind its measure or under a limit: "late replies below 12"."""
        if lead in ("below", "under", "at") and self._after_metric(quantity):
            return True
        if lead in ("below", "under") and self._part == "task":
            return quantity.unit not in self._words.people
        upto = lead == "up to" and quantity.kind == "time"
        return upto and self._near_metric(quantity, 4)

    def _of_metric(self, quantity: Quantity, reach: int) -> bool:
        return quantity.unit in self._words.metric or self._near_metric(quantity, reach)

    def _is_hour(self, quantity: Quantity, lead: str) -> bool:
        """ "Out by four" is an hour; "fell by four" is not."""
        small = quantity.kind == "count" and not quantity.unit and self._value(quantity) <= 12
        return small and lead == "by" and not self._near(quantity, self._words.truly_changed, 7)

    def _is_rank(self, quantity: Quantity, lead: str) -> bool:
        """ "Second of nine"."""
        return lead == "of" and self._word(quantity.first - 2) in self._words.ordinals

    def _now(self, quantity: Quantity) -> bool:
        """ "It's now 48 minutes"."""
        said = {self._word(quantity.first - 1), self._word(quantity.first - 2)}
        told = (
            "now" in said
            and self._part == "result"
            and self._near(quantity, self._words.nowadays, 4)
        )
        return told and (quantity.kind == "time" or not quantity.unit)

    def _made_it(self, quantity: Quantity) -> bool:
        """ "To make it two", where the measure stands in the sentence before."""
        verb = (
            self._near(quantity, self._words.making, 3) and self._word(quantity.first - 1) == "it"
        )
        return verb and quantity.kind == "count" and not quantity.unit and self._part != "action"

    def _averaged(self, quantity: Quantity) -> bool:
        """ "31 working days on average", "on average 19 tickets"."""
        behind = self._word(quantity.last), self._word(quantity.last + 1)
        ahead = self._word(quantity.first - 2), self._word(quantity.first - 1)
        return ("on", "average") in (behind, ahead)

    def _compared(self, quantity: Quantity) -> bool:
        """13% less, 30 hours less, 600 more parcels."""
        after, second = self._word(quantity.last), self._word(quantity.last + 1)
        if after in ("early", "late") and self._part != "result":
            told = self._words.being | self._words.done_early
            return self._near(quantity, told, 3) and quantity.kind == "time"
        if after == "ahead" and second != "of":
            return False
        unit = self._word(quantity.last - 1)
        if (
            after in self._words.sooner
            and unit.startswith(("min", "hour"))
            and self._part == "result"
        ):
            return True
        if after == "more" and quantity.kind == "count" and self._value(quantity) < 10:
            return second == "than" or quantity.unit in self._words.metric
        if quantity.kind == "money" and after in ("over", "below", "above", "short"):
            return after != "over" or second in (
                "budget",
                "plan",
                "target",
                "when",
                "and",
                ".",
                ",",
            )
        people = after in ("more", "less") and quantity.unit in self._words.people
        return after in self._words.compared and second != "time" and not people

    def _after_metric(self, quantity: Quantity) -> bool:
        """The measure stands right before its value: "late replies below 12"."""
        at = quantity.first - 1
        while at > 0 and self._tokens[at].word in ROUGHLY | {"below", "under", "at", "of"}:
            at -= 1
        lemma = self._tokens[max(0, at)].lemma
        return lemma in self._words.metric and lemma != "call"

    def _lasts(self, quantity: Quantity, lead: str, own: bool) -> bool:
        """ "A refund took nine days", "done in 61 days"; not "for two weeks", "a month later"."""
        words = self._words
        lasting = self._near(quantity, words.lasting, 4)
        spent = self._word(quantity.last) in ("lost", "saved", "wasted")
        if not own and self._near(quantity, self._words.sparing, 2):
            return True
        limit = lead in ("under", "below") and self._part == "result" and not own
        if limit or (not own and (spent or self._near(quantity, self._words.losing, 2))):
            return True
        if lead == "for" and not own and self._near(quantity, self._words.waits, 8):
            return True
        long = self._word(quantity.last) == "long" and self._near(quantity, words.being, 3)
        later = self._word(quantity.last) in words.later and not lasting and not long
        if later or lead in words.no_leads or self._is_own_work(quantity):
            return False
        if lead == "within" and self._part == "task":
            short = ("min", "sec", "hour", "day")
            unit = self._word(quantity.last - 1)
            single = unit != "days" and unit.startswith(short)
            return single and not own
        if lead in ("in", "within", "after", "by"):
            done = self._near(quantity, words.finished, 5)
            return (
                self._part == "result"
                and not own
                and done
                and not self._near(quantity, words.nobody, 8)
            )
        near = range(max(0, quantity.first - 4), quantity.first)
        verbs = [
            at
            for at in near
            if self._tokens[at].lemma in words.lasting or self._tokens[at].word in words.lasting
        ]
        return self._letters[verbs[-1]] != "i" if verbs else not own and self._stated(quantity)

    def _is_own_work(self, quantity: Quantity) -> bool:
        """ "It took us six weeks" tells how long the work was and measures nothing."""
        before, unit = self._word(quantity.first - 1), self._word(quantity.last - 1)
        long = not unit.startswith(("min", "sec", "hour"))
        it = self._word(quantity.first - 2) == "it"
        return before in ("us", "me") or (before == "took" and it and long)

    def _costs(self, quantity: Quantity, own: bool) -> bool:
        behind = {self._word(quantity.last + 1), self._word(quantity.last + 2)}
        if self._word(quantity.last) == "in" and behind & self._words.sums:
            return True
        if self._part == "task":
            aim = self._near(quantity, self._words.having, 3)
            return aim or self._near(quantity, self._words.raising, 5)
        if self._part == "situation":
            told = self._word(quantity.last) in ("was", "were", "is")
            by = lead_word(self._tokens, quantity.first - 1) == "by"
            if not own and (told or by):
                return True
            paid = (
                self._near(quantity, self._words.paying, 4) and quantity.last - quantity.first > 2
            )
            return not own and (paid or self._near(quantity, self._words.losing, 5))
        told = self._near(quantity, self._words.money | self._words.metric, 6) or self._stated(
            quantity
        )
        alone = "i" not in self._letters[: quantity.first]
        return self._part == "result" and ((not own and told) or alone)

    def _is_count(self, quantity: Quantity, own: bool) -> bool:
        if self._stated(quantity):
            return True
        people = quantity.unit in self._words.people
        than = self._word(quantity.first - 1) == "than" and not quantity.unit
        if than and not own and self._near(quantity, self._words.lasting, 4):
            return True
        if own or self._part not in ("result", "situation"):
            return False
        if not people and self._near(quantity, self._words.lasting, 2):
            return True
        if not people and self._near(quantity, self._words.gaining, 2):
            return True
        if quantity.unit in self._words.harm and self._word(quantity.first - 1) in ("had", "were"):
            return True
        before = self._word(quantity.first - 1)
        if self._part != "result" or before in self._words.not_counted:
            return False
        told = quantity.unit in self._words.metric or not quantity.unit
        if told and (
            before in self._words.counted or self._near(quantity, self._words.counting, 3)
        ):
            return True
        if not quantity.unit and self._word(quantity.last) in CAME:
            return True
        if (
            quantity.unit in self._words.harm
            and before not in ("not", "in", "of")
            and not self._more(quantity)
        ):
            return True
        if self._value(quantity) >= LARGE_COUNT and self._near(quantity, self._words.reaching, 3):
            return True
        return before in ("only", "just") or self._word(quantity.last + 1) == "again"

    def _is_sum(self, quantity: Quantity) -> bool:
        """A large bare number that stands for money: "six hundred thousand in credits"."""
        if (
            quantity.kind != "count"
            or self._tokens[quantity.last - 1].word not in self._words.amounts
        ):
            return False
        after = self._word(quantity.last), self._word(quantity.last + 1)
        bare = not quantity.unit or not after[0].isalpha() or after[0] in ("a", "per", "by")
        return after[0] == "in" or bare

    def _is_ratio(self, quantity: Quantity) -> bool:
        """ "340 defects per million"."""
        return self._tokens[quantity.last - 1].word in ("hundred", "thousand", "million")

    def _more(self, quantity: Quantity) -> bool:
        return self._word(quantity.last) in ("more", "further", "other")

    def _token_lemma(self, at: int) -> str:
        return self._tokens[at].lemma if at < len(self._tokens) else ""

    def _text(self, quantity: Quantity) -> str:
        return " ".join(token.word for token in self._tokens[quantity.first : quantity.last])

    def _value(self, quantity: Quantity) -> float:
        """The size of a count: exact up to nineteen, else by its digits, else large."""
        word = self._tokens[quantity.first].word
        if word in ONES:
            return ONES.index(word) + 1
        try:
            return float(word.replace(",", "").rstrip("k"))
        except ValueError:
            return 100.0

    def _stated(self, quantity: Quantity) -> bool:
        """The backlog was 95; a wait of seven minutes; CSAT at 84; the lunch scored 8.7."""
        link, words = self._lead(quantity), self._words
        if link in ("scored", "rated", "averaged", "averages"):
            return True
        if (
            quantity.kind == "count"
            and not quantity.unit
            and self._near(quantity, self._words.rating, 5)
        ):
            return True
        if link == "at" and self._near(quantity, words.being, 3):
            whole = "." not in self._text(quantity) and "point" not in self._text(quantity)
            hour = whole and self._value(quantity) <= 12 and not self._near_metric(quantity, 7)
            plain = quantity.unit == "" or quantity.unit in words.metric | self._words.measures
            return quantity.kind != "count" or (plain and not (hour and not quantity.unit))
        if link in ("below", "under") and self._near(quantity, words.being, 4):
            return True
        if link == "had" and quantity.unit not in words.metric and quantity.kind == "count":
            return False
        rough = self._word(quantity.first - 1) in ROUGHLY and quantity.kind == "time"
        if link == "," and rough and self._near_metric(quantity, 10):
            return True
        reach = self._near_metric(quantity, 7) or self._word(quantity.last + 1) == "average"
        return (
            link in words.stating and reach and self._word(quantity.first - 2) not in words.groups
        )
