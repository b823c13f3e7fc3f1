"""What is missing in a story, part by part: each fault with its exact words, reason and mend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from greenflag.content import yamlfile
from greenflag.content.notes import Story
from greenflag.interview.answer.findings import find
from greenflag.interview.answer.gate import NOT_ENGLISH, verdict
from greenflag.interview.answer.parts import PARTS
from greenflag.interview.answer.patterns import Book, compile_pattern
from greenflag.interview.answer.rules import Rules, read_rules
from greenflag.interview.answer.sight import Sight, sight
from greenflag.interview.answer.timing import USUAL_PACE
from greenflag.interview.answer.values import Finding, PowerVerb
from greenflag.interview.answer.words import count_words, sentences_of
from greenflag.interview.stories import parts_of

FILE = Path(__file__).with_name("stories.yaml")
LONGEST = 2.0
"""Minutes a story may take, at 140 words a minute."""
MOST_WORDS = round(LONGEST * USUAL_PACE)
PRAISE = ("figure", "green-flag")
"""Findings of the answer analysis that need no mend."""
OWN = frozenset("i i'd i'll i've i'm me my mine myself".split())
OTHERS = frozenset(
    "we our us team company department management everyone they he she boss manager was were had"
    " needed wanted must should".split()
)
"""Words that tell of somebody's task, when no word of one's own stands beside them."""
MOST_PROOFS, LONGEST_PROOF = 5, 120


class Fault(NamedTuple):
    """Something to mend in a story: the part and the place of the words in it.

    `text` is empty, and start and end are 0, when the fault is that something is missing.
    """

    part: str
    rule: str
    text: str
    start: int
    end: int
    reason: str
    advice: str


class Signs(NamedTuple):
    """The words and rules of `stories.yaml`."""

    rules: Mapping[str, tuple[str, str]]
    words: Mapping[str, Book[str]]

    def found(self, name: str, one: Sight) -> list[tuple[int, int]]:
        """The words of a sentence that show something, as (first, last) of its tokens."""
        return [(first, last) for _, first, last in self.words[name].find(one.encoded)]


@lru_cache(maxsize=1)
def signs() -> Signs:
    """What the checks of stories and reframes look for."""
    value, problems = yamlfile.read(FILE.read_bytes(), FILE.name)
    if problems:
        raise ValueError("\n".join(map(str, problems)))
    return _signs_from(value, read_rules())


def _signs_from(value: Mapping[str, Any], rules: Rules) -> Signs:
    books: dict[str, Book[str]] = {}
    for name, sources in value["words"].items():
        books[name] = Book[str]()
        for source in sources:
            books[name].add(compile_pattern(source, rules.lists), name)
    said = {name: (given["reason"], given["advice"]) for name, given in value["rules"].items()}
    return Signs(said, books)


def is_english(text: str, rules: Rules) -> bool:
    """Whether the rules can read a text; a few words are taken for English."""
    return verdict(text, _sights(text, rules), rules).reason != NOT_ENGLISH


def faults(story: Story, rules: Rules, verbs: Sequence[PowerVerb] = ()) -> list[Fault]:
    """What is to mend in a story, in the order it is told.

    In a story that is not English only what needs no words of ours is looked at: the takeaway, the
    length, and whether the result has a digit.
    """
    texts = parts_of(story)
    if is_english("\n".join(texts.values()), rules):
        found = list(_Checker(texts, rules, verbs).faults())
    else:
        found = list(_plain_faults(texts))
    found += _too_long(texts)
    return sorted(found, key=lambda fault: (PARTS.index(fault.part), fault.start, fault.rule))


def proofs(result: str) -> list[str]:
    """The numbers that prove a result: its sentences with a figure, or of long ones the figure."""
    rules = read_rules()
    sights = _sights(result, rules)
    found = find(result, sights, ["result"] * len(sights), rules, ())
    texts = []
    for each in (each for each in found if each.rule == "figure"):
        start, end = next(s.span for s in sights if s.span[0] <= each.start < s.span[1])
        texts.append(result[start:end] if end - start <= LONGEST_PROOF else each.text)
    return list(dict.fromkeys(texts))[:MOST_PROOFS]


class _Checker:
    """Looks through the parts of one story."""

    def __init__(self, texts: Mapping[str, str], rules: Rules, verbs: Sequence[PowerVerb]) -> None:
        self._texts, self._signs = texts, signs()
        self._sights = {part: _sights(text, rules) for part, text in texts.items()}
        self._found = {
            part: find(texts[part], sights, [part] * len(sights), rules, verbs)
            for part, sights in self._sights.items()
        }

    def faults(self) -> Iterator[Fault]:
        """All faults but the length, in no order."""
        own = [*self._task(), *self._result(), *self._action()]
        yield from own
        yield from self._ending()
        taken = {(fault.part, fault.start, fault.end) for fault in own}
        lost = {"task": "we"} if any(fault.rule == "task-not-own" for fault in own) else {}
        for part, findings in self._found.items():
            for each in findings:
                if each.rule in PRAISE or lost.get(part) == each.rule:
                    continue
                if (part, each.start, each.end) not in taken:
                    yield _of_finding(part, each)

    def _task(self) -> Iterator[Fault]:
        sights = self._sights["task"]
        words = [token.word for one in sights for token in one.seen.tokens]
        if OWN.isdisjoint(words) and words[:1] != ["to"] and not OTHERS.isdisjoint(words):
            one = next(s for s in sights if any(t.word in OTHERS for t in s.seen.tokens))
            yield self._fault("task", "task-not-own", one.span)

    def _action(self) -> Iterator[Fault]:
        sights = self._sights["action"]
        if any(self._signs.found("leading", one) for one in sights):
            return
        for one in sights:
            for first, last in self._signs.found("own-level", one)[:1]:
                yield self._fault("action", "agent-level", one.place(first, last))
                return

    def _result(self) -> Iterator[Fault]:
        figures = [each for each in self._found["result"] if each.rule == "figure"]
        if not figures:
            vague = [each for each in self._found["result"] if each.rule == "vague"]
            span = (vague[0].start, vague[0].end) if vague else self._sights_span("result")
            yield self._fault("result", "no-figure", span)
            return
        for name in ("baseline", "period"):
            told = any(name in figure.said for figure in figures)
            if not told and not any(self._signs.found(name, s) for s in self._sights["result"]):
                first = figures[0]
                yield self._fault("result", f"no-{name}", (first.start, first.end))

    def _ending(self) -> Iterator[Fault]:
        if "takeaway" not in self._texts:
            yield _missing("takeaway", "no-takeaway")
        lesson = any(
            {"learned", "habit"} & one.seen.cues for one in self._sights.get("takeaway", ())
        )
        if lesson:
            return
        for one in self._sights["situation"][:2]:
            for first, last in self._signs.found("bad", one)[:1]:
                yield self._fault("situation", "negative-start", one.place(first, last))
                return

    def _sights_span(self, part: str) -> tuple[int, int]:
        """The first sentence of a part."""
        sights = self._sights[part]
        return sights[0].span if sights else (0, 0)

    def _fault(self, part: str, rule: str, span: tuple[int, int]) -> Fault:
        start, end = span
        reason, advice = self._signs.rules[rule]
        return Fault(part, rule, self._texts[part][start:end], start, end, reason, advice)


def _plain_faults(texts: Mapping[str, str]) -> Iterator[Fault]:
    if "takeaway" not in texts:
        yield _missing("takeaway", "no-takeaway")
    if not any(character.isnumeric() for character in texts["result"]):
        yield _missing("result", "no-figure")


def _too_long(texts: Mapping[str, str]) -> Iterator[Fault]:
    """Where two minutes end, when a story goes on after them."""
    counts = {part: count_words(text) for part, text in texts.items()}
    over = sum(counts.values()) - MOST_WORDS
    if over <= 0:
        return
    before = 0
    for part, count in counts.items():
        if before + count > MOST_WORDS:
            start, end = _words_after(texts[part], MOST_WORDS - before)
            longest = max(counts, key=lambda name: counts[name])
            reason, advice = signs().rules["too-long"]
            mend = advice.format(words=over, part=longest)
            yield Fault(part, "too-long", texts[part][start:end], start, end, reason, mend)
            return
        before += count


def _words_after(text: str, number: int) -> tuple[int, int]:
    """The place of the few words that follow the nth word of a text."""
    pieces = re.finditer(r"\S+", text)
    start = 0
    for piece in pieces:
        start = piece.start()
        number -= count_words(piece[0])
        if number < 0:
            break
    return start, start + len(" ".join(text[start : start + 60].split(" ")[:8]).rstrip())


def _missing(part: str, rule: str) -> Fault:
    return Fault(part, rule, "", 0, 0, *signs().rules[rule])


def _of_finding(part: str, each: Finding) -> Fault:
    return Fault(part, each.rule, each.text, each.start, each.end, each.reason, each.advice)


def _sights(text: str, rules: Rules) -> list[Sight]:
    return [sight(sentence, rules) for sentence in sentences_of(text)]
