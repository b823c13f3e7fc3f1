"""Notes of every kind as a deck file would give them, and strategies that make valid ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from greenflag.content.decks import Deck, deck_of
from greenflag.content.fields import (
    Choice,
    Each,
    ListOf,
    Names,
    OneOf,
    Record,
    Text,
    Type,
    Whole,
    YesNo,
)
from greenflag.content.notes import COMPETENCIES, DO, DUE, ID, KINDS, TAGS, Note
from greenflag.content.problem import Problem
from greenflag.content.yamlfile import CONTROL

Given = dict[str, Any]

REQUIRED: Mapping[str, Given] = {
    "question": {"question": "Why here?", "intent": "Motive", "key_points": ["One", "Two"]},
    "power_verb": {"verb": "Led", "meaning": "You went first.", "use_when": "Six teams, one plan."},
    "reframe": {"weakness": "I talk fast.", "reframe": "I pause now.", "practice": "A slow count"},
    "red_flag": {"flag": "Blame", "looks_like": "It was them.", "instead": "Say what was yours."},
    "green_flag": {"flag": "Owns it", "looks_like": "I decided.", "evidence": "A decision"},
    "rewrite": {"weak": "I helped.", "strong": "I cut it from 9 to 4.", "missing": "A figure"},
    "script": {"title": "Update", "use_when": "They wait.", "text": "We are on it, [Name]."},
    "scenario": {
        "title": "Outage", "trigger": "It stopped.", "signals": ["Calls triple"],
        "first_hour": ["Call them"], "measures": "Minutes", "outcome": "It runs.",
        "weak": ["Waits"], "strong": ["Calls first"],
    },
    "metric": {"name": "FCR", "definition": "Solved at once", "misleads_when": "They give up."},
    "concept": {"term": "Swarming", "definition": "Together, not level by level"},
    "steps": {
        "title": "Handover", "when": "your shift ends",
        "steps": [{"text": "Say the problem.", "cue": "First?"}],
    },
    "cloze": {"text": "Send it within {{c1::24 hours}}."},
    "basic": {"front": "Founded?", "back": "1998"},
    "story": {
        "title": "Refunds", "situation": "Six days.", "task": "Halve it.", "action": "I mapped it.",
        "result": "Two days.", "competencies": ["service-improvement"],
    },
    "checklist": {"title": "Before", "items": [{"text": "Test the camera", "cue": "To be seen?"}]},
}  # fmt: skip
"""Each kind with the fields it must have, and no more."""

OPTIONAL: Mapping[str, Given] = {
    "question": {
        "question_kind": "general", "also_asked": ["What draws you?"],
        "avoid": ["Flattery, because all say it"], "sample": "I read your reviews.",
    },
    "power_verb": {
        "instead_of": ["did", "made"], "untrue_when": "You watched.", "example": "Led 9 people.",
    },
    "reframe": {"metric": "Words a minute"},
    "red_flag": {"why": "You are next."},
    "green_flag": {},
    "rewrite": {},
    "script": {"slots": {"Name": "who waits"}},
    "scenario": {"script_when": "At once", "script": "This is [Name]."},
    "metric": {
        "abbreviation": "FCR", "formula": "solved / all", "source": "common practice",
        "pair_with": ["Reopened", "CSAT"],
    },
    "concept": {"why": "No waiting", "example": "Three in a chat"},
    "steps": {
        "steps": [
            {"text": "Say the problem.", "cue": "First?"}, {"text": "List trials.", "cue": "Then?"},
        ],
        "ordered": True,
    },
    "cloze": {"hint": "After it", "text": "{{c2::A note}} within {{c1::24 hours::how soon}}."},
    "basic": {"both_ways": True},
    "story": {
        "takeaway": "Ask first.", "answers": ["q-one"], "figures": ["6 to 2 days", "in 3 months"],
    },
    "checklist": {
        "items": [
            {"text": "Test the camera", "due": "1 day before", "cue": "To be seen?"},
            {"text": "Write a note", "due": "24 hours after", "do": "checklist thanks {id}"},
        ]
    },
}  # fmt: skip
"""What else each kind may have."""

SHARED: Given = {
    "competency": "interview-craft",
    "refs": ["Q-001"],
    "tags": ["one", "two"],
    "weight": 5,
    "note": "A remark.",
}
"""What a note of any kind may have."""


def least(kind: str) -> Given:
    """A note of a kind with only what it must have."""
    return {"kind": kind, "id": kind.replace("_", "-"), **REQUIRED[kind]}


def full(kind: str) -> Given:
    """A note of a kind with every field."""
    return {**least(kind), **OPTIONAL[kind], **SHARED}


def deck_bytes(*notes: object, **header: object) -> bytes:
    """A deck file of some notes."""
    deck = {"deck": "Sample", **header, "notes": list(notes)}
    return yaml.safe_dump(deck, allow_unicode=True, sort_keys=False).encode()


def read(*notes: object, **header: object) -> tuple[Deck | None, list[Problem]]:
    """What reading a deck of some notes gives."""
    return deck_of(deck_bytes(*notes, **header), "sample.yaml")


def note_of(given: Given) -> Note:
    """The one note of a deck that holds only it."""
    deck, problems = read(given)
    assert deck is not None, problems
    return deck.notes[0].note


def _is_allowed(character: str) -> bool:
    return not CONTROL.search(character)


characters = st.characters(exclude_categories=["Cs"]).filter(_is_allowed)
texts = st.one_of(
    st.sampled_from(
        ["x", "A line.", "*x*", "- a", "> q", "1", "yes", "#", "a\n\nb", " padded ", "{x}"]
    ),
    st.text(characters, min_size=1, max_size=30),
).filter(lambda text: bool(text.strip("*").strip()))
"""Texts that say something: stars alone are markup."""
slugs = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)
_gaps = st.builds(
    "{{{{c{}::{}{}}}}}".format,
    st.integers(1, 30),
    texts.filter(lambda text: ":" not in text and "{" not in text and "}" not in text),
    st.sampled_from(["", "::hint"]),
)
cloze_texts = st.lists(
    st.one_of(_gaps, st.just(" and "), st.just("x")), min_size=1, max_size=5
).map("".join)
_FORMS: Mapping[Type, SearchStrategy[str]] = {
    ID: slugs,
    DUE: st.from_regex(r"[0-9]{1,3} (day|hour)s? (before|after)", fullmatch=True),
    DO: st.from_regex(r"[a-z]{1,9} [a-z]{1,9}( \{id\})?", fullmatch=True),
    TAGS.item: st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
}


def values_of(type_: Type) -> SearchStrategy[Any]:
    """Values that a type of field takes."""
    match type_:
        case Text() if type_ in _FORMS:
            return _FORMS[type_]
        case Text(pattern=r"\S"):
            return texts
        case ListOf(item, most, may_be_empty):
            return st.lists(values_of(item), min_size=not may_be_empty, max_size=min(most, 4))
        case OneOf(types):
            return st.one_of([values_of(each) for each in types])
        case Names():
            return st.dictionaries(texts, texts, min_size=1, max_size=3)
        case Whole(low, high):
            return st.integers(low, high)
        case YesNo():
            return st.booleans()
        case Choice(words):
            return st.sampled_from(words)
        case Each(kind):
            return fields_with(kind)
    raise AssertionError(f"no values for {type_}")


def fields_with(kind: type[Record]) -> SearchStrategy[Given]:
    """The fields of a kind of note, or of an item in one: the required and some of the others."""
    must: Given = {}
    may: Given = {}
    for name, field in kind.fields.items():
        if kind is KINDS["cloze"] and name == "text":
            values: SearchStrategy[Any] = cloze_texts.filter(lambda text: "{{c" in text)
        elif name in ("competency", "competencies"):
            area = st.sampled_from(list(COMPETENCIES))
            values = area if name == "competency" else st.lists(area, min_size=1, max_size=3)
        else:
            values = values_of(field.type)
        (must if field.required else may)[name] = values
    return st.fixed_dictionaries(must, optional=may)


def notes(kind: str) -> SearchStrategy[Given]:
    """Valid notes of a kind, as a deck file would give them."""
    return fields_with(KINDS[kind]).map(lambda fields: {"kind": kind, **fields})


any_notes = st.sampled_from(sorted(KINDS)).flatmap(notes)
