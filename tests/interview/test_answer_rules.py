"""The rules are data: every pattern can be read, and every rule is held to its examples."""

from __future__ import annotations

import re

import pytest
import yaml

from greenflag.interview.answer import read_rules
from greenflag.interview.answer.findings import find
from greenflag.interview.answer.grammar import subjects
from greenflag.interview.answer.patterns import BadPattern, compile_pattern, encode, matches
from greenflag.interview.answer.rules import FILES, HERE, rules_from
from greenflag.interview.answer.sight import sight
from greenflag.interview.answer.words import sentences_of
from tests.interview.labelled import CORPUS

RULES = read_rules()
NAMES = "figure we flat-verb vague blame hedge filler absolute red-flag green-flag cliche".split()
EXAMPLES = yaml.safe_load((CORPUS / "examples.yaml").read_text("utf-8"))
CHECKED = ("figure", "we", "flat-verb", "vague", "blame", "hedge", "filler", "cliche")


def matched(pattern: str, text: str) -> list[str]:
    tokens = sentences_of(text)[0].tokens
    encoded = encode(tokens, subjects(tokens))
    found = matches(compile_pattern(pattern, RULES.lists), encoded)
    return [" ".join(t.word for t in tokens[first:last]) for first, last in found]


def test_the_rules_are_the_ones_of_the_contract() -> None:
    assert list(RULES.rules) == NAMES


def test_every_pattern_compiles_and_stands_once() -> None:
    files = [yaml.safe_load((HERE / name).read_text("utf-8")) for name in FILES]
    given = {name: rule for file in files for name, rule in file.get("rules", {}).items()}
    cues = yaml.safe_load((HERE / "cues.yaml").read_text("utf-8"))["cues"]
    keys = ("patterns", "action", "result", "except")
    groups = [rule.get(key, []) for rule in given.values() for key in keys]
    for sources in [*groups, *cues.values()]:
        assert len(sources) == len(set(sources)), [s for s in sources if sources.count(s) > 1]
        for source in sources:
            assert compile_pattern(source, RULES.lists).compiled


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("extra mile", "I went the extra mile.", ["extra mile"]),
        ("@go .. extra mile", "I went the extra mile.", ["went the extra mile"]),
        ("i:@handle", "I handled it and my boss handled the rest.", ["handled"]),
        ("o:@handle", "They handled it.", ["handled"]),
        ("[ @deal with ] _ calls", "I dealt with the calls.", ["dealt with"]),
        ("^ um", "Um, um, yes.", ["um"]),
        ("yes ? ", "Yes.", []),
        ("really? good", "It is really good.", ["really good"]),
        ("good !enough", "good enough, good work", ["good"]),
        ("not|never <past>", "We never asked.", ["never asked"]),
        ("so ...  end", "so one two three four five end", ["so one two three four five end"]),
        ("so .. end", "so one two three end", []),
        ("so .. end", "so one, end", []),
        ("with # people", "with 12 people, with ten people", ["with 12 people", "with ten people"]),
    ],
)
def test_a_pattern_means_what_its_language_says(pattern: str, text: str, found: list[str]) -> None:
    assert matched(pattern, text) == found


@pytest.mark.parametrize("pattern", ["<nowhere> x", "[ open", "@<nowhere>"])
def test_a_bad_pattern_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(BadPattern, match=re.escape(pattern.split()[0].strip("@"))):
        compile_pattern(pattern, RULES.lists)


@pytest.mark.parametrize("part", ["situation", "action", "result", "takeaway"])
def test_examples_are_found_and_nothing_else_is(part: str) -> None:
    wrong = []
    for here, text, *labels in EXAMPLES:
        if here != part:
            continue
        sights = [sight(sentence, RULES) for sentence in sentences_of(text)]
        findings = find(text, sights, [part] * len(sights), RULES, ())
        told = {(f.rule, f.text) for f in findings if f.rule in CHECKED}
        kept = [any(r == label[0] and overlaps(w, label[1]) for label in labels) for r, w in told]
        seen = [any(r == label[0] and overlaps(w, label[1]) for r, w in told) for label in labels]
        wrong += [text] * (not all(seen) or not all(kept))
    count = sum(here == part for here, *_ in EXAMPLES)
    assert len(wrong) <= 0.08 * count, wrong


def overlaps(one: str, other: str) -> bool:
    return bool(set(one.lower().split()) & set(other.lower().split()))


def test_rules_can_be_made_of_plain_values() -> None:
    value = {
        "lists": {"work": [], "others": []},
        "figures": {name: [] for name in RULES.lexicon._fields},
        "rules": {"x": {"reason": "r", "advice": "a", "patterns": ["hello"]}},
        "cues": {},
    }
    rules = rules_from(value, RULES.model)
    sights = [sight(sentences_of("hello you")[0], rules)]
    found = find("hello you", sights, [None], rules._replace(off=frozenset({"figure"})), ())
    assert [(f.rule, f.text, f.reason, f.advice) for f in found] == [("x", "hello", "r", "a")]
