"""The rules of the analysis, read from `rules.yaml` and compiled once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from greenflag.content import yamlfile
from greenflag.errors import GreenflagError
from greenflag.interview.answer.lexicon import Lexicon, lexicon_from
from greenflag.interview.answer.parts import PARTS, Model
from greenflag.interview.answer.patterns import Book, compile_pattern

HERE = Path(__file__).parent
FILES = ("lists.yaml", "rules.yaml", "cliches.yaml", "cues.yaml")


class UnknownRule(GreenflagError):
    """A rule was to be switched off that does not exist."""


class Rule(NamedTuple):
    """One rule: why it matters, the mend, and when it applies."""

    name: str
    reason: str
    advice: str
    parts: frozenset[str] = frozenset()
    quotes: bool = False
    unless: str = ""


class Kind(NamedTuple):
    """Which rule a pattern belongs to, and in which parts it counts (none: in all)."""

    rule: str
    parts: frozenset[str]


class Rules(NamedTuple):
    """All rules, ready to use: patterns, exceptions, cues, word lists and the model of parts."""

    rules: Mapping[str, Rule]
    patterns: Book[Kind]
    exceptions: Book[str]
    cues: Book[str]
    lists: Mapping[str, Sequence[str]]
    model: Model
    lexicon: Lexicon
    work: frozenset[str]
    off: frozenset[str] = frozenset()

    def without(self, *names: str) -> Rules:
        """The same rules with some switched off; raises UnknownRule for a name that is none."""
        for name in names:
            if name not in self.rules:
                raise UnknownRule(
                    f"There is no rule {name!r}", "the rules are " + ", ".join(self.rules)
                )
        return self._replace(off=self.off | frozenset(names))


@lru_cache(maxsize=1)
def read_rules() -> Rules:
    """The rules that come with greenflag."""
    value: dict[str, Any] = {}
    for name in FILES:
        found, problems = yamlfile.read((HERE / name).read_bytes(), name)
        if problems:
            raise ValueError("\n".join(map(str, problems)))
        for key, entries in found.items():
            value.setdefault(key, {}).update(entries)
    return rules_from(value, _model())


def _model() -> Model:
    try:
        weights = json.loads((HERE / "parts.json").read_text("utf-8"))
    except FileNotFoundError:  # before the first training
        return Model({}, {})
    return Model(weights["weights"], weights["steps"])


def rules_from(value: Mapping[str, Any], model: Model) -> Rules:
    """Rules from the plain values of a rules file."""
    lists = _with_owners(value["lists"])
    patterns, exceptions, cues = Book[Kind](), Book[str](), Book[str]()
    rules = {}
    for name, given in value["rules"].items():
        rules[name] = _rule(name, given)
        for source in given.get("patterns", ()):
            patterns.add(compile_pattern(source, lists), Kind(name, rules[name].parts))
        for part in PARTS:
            for source in given.get(part, ()):
                patterns.add(compile_pattern(source, lists), Kind(name, frozenset({part})))
        for source in given.get("except", ()):
            exceptions.add(compile_pattern(source, lists), name)
    for name, sources in value["cues"].items():
        for source in sources:
            cues.add(compile_pattern(source, lists), name)
    return Rules(
        rules,
        patterns,
        exceptions,
        cues,
        lists,
        model,
        lexicon_from(value["figures"]),
        frozenset(lists["work"]),
    )


def _with_owners(lists: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The lists, lists named in lists written out, and `others-of`: "marketing's"."""
    full: dict[str, Sequence[str]] = {
        name: [
            word
            for item in items
            for word in (lists[item[1:-1]] if item.startswith("<") else [item])
        ]
        for name, items in lists.items()
    }
    full["others-of"] = [item.removeprefix("@") + "'s" for item in full.get("others", ())]
    return full


def _rule(name: str, given: Mapping[str, Any]) -> Rule:
    return Rule(
        name,
        given["reason"],
        given["advice"],
        frozenset(given.get("in", ())),
        bool(given.get("quotes", False)),
        given.get("unless", ""),
    )
