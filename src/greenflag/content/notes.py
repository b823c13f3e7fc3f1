"""The kinds of note a person can write, and the cards each gives.

A kind is a frozen value with typed fields (`Question`, `PowerVerb`, …). What it asks is a table of
faces beside it, so the terminal and Anki put the same question in the same words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import ClassVar

from greenflag.content.faces import Card, Face, Section, front_of, italic, one_line, shown_of
from greenflag.content.fields import (
    ONE_OR_MORE,
    TEXT,
    TEXTS,
    Choice,
    Each,
    ListOf,
    Names,
    OneOf,
    Record,
    Text,
    Whole,
    YesNo,
    given_fields,
    optional,
    required,
)
from greenflag.content.gaps import GAPS, cloze_numbers, cloze_text

COMPETENCIES: Mapping[str, str] = {
    "customer-recovery": "Complaints, de-escalation, incidents, escalation",
    "communication-empathy": "Listening, empathy, clarity, channels, announcing change",
    "prioritisation-decisions": "Triage, pressure, time, decisions",
    "stakeholder-collaboration": "Stakeholders, negotiation, other departments, collaboration",
    "team-leadership": "Direction, motivation, alignment, delegation, culture",
    "performance-coaching": "Underperformance, feedback, corrective action",
    "hiring-development": "Hiring, onboarding, training, growth",
    "metrics-insight": "KPIs, data, trends, feedback analysis",
    "service-improvement": "Process change, initiatives, innovation",
    "tools-technology": "Support tools, adoption, staying current",
    "strategy-business": "Goals, budget, profit, policy, first priorities",
    "interview-craft": "Stories, self-awareness, preparation, delivery, fit, follow-up",
}

MOST_ITEMS = 20
"""How many steps or checklist items one note may hold: each is a card template in Anki."""

OneOrMore = str | tuple[str, ...]
ID = Text(100, r"\A[a-z0-9][a-z0-9._-]*\Z", "a-z, 0-9, - _ . only, at most 100 characters")
TAGS = ListOf(Text(60, r'\A[^\s"*]+\Z', "no spaces or quotes: join words with -"), 50, True)
DUE = Text(20, r"\A[0-9]{1,3} (day|hour)s? (before|after)\Z", "for example: 3 days before")
DO = Text(
    60,
    r"\A[a-z]+( [a-z]+)*( \{id\})?\Z",
    "a greenflag command; {id} stands for the interview: debrief {id}",
)
QUESTION_KINDS = Choice(("behavioural", "technical", "situational", "general"))


class Note(Record):
    """What every kind of note has."""

    kind: ClassVar[str] = ""
    """The name of the kind, as a deck file writes it."""
    faces: ClassVar[tuple[Face, ...]] = ()

    id: str = required(ID, "Written once, unique over all decks, never reused.")
    competency: str | None = optional(TEXT, "The area it belongs to.")
    refs: tuple[str, ...] = optional(
        ListOf(TEXT, 50, True), "Where in a curriculum it comes from.", ()
    )
    tags: tuple[str, ...] = optional(TAGS, "Words to pick cards by; no spaces.", ())
    weight: int = optional(Whole(1, 5), "How likely or costly in the interview, 1 to 5.", 3)
    note: str | None = optional(TEXT, "A remark shown under every back.")

    def cards(self) -> Iterator[Card]:
        """The cards this note gives, in the order they are best learnt."""
        for face in self.faces:
            if not face.needs or all(getattr(self, name) for name in face.needs):
                yield self._card(face.name, front_of(self, face), shown_of(self, face.answer))

    def _card(self, face: str, front: str, back: str) -> Card:
        if self.note:
            back = f"{back}\n\n{italic(self.note)}"
        return Card(f"{self.id}/{face}", face, front, back)


class Question(Note):
    """An interview question, what is behind it and how to answer it."""

    kind: ClassVar[str] = "question"

    question: str = required(TEXT, "As the interviewer would say it.")
    question_kind: str | None = optional(QUESTION_KINDS)
    also_asked: tuple[str, ...] | None = optional(TEXTS, "Other wordings of the same question.")
    intent: str = required(TEXT, "What the interviewer is after, in a line.")
    key_points: tuple[str, ...] = required(TEXTS, "Three to five moves of a strong answer.")
    avoid: tuple[str, ...] | None = optional(TEXTS, "Tempting mistakes, each with its reason.")
    sample: str | None = optional(TEXT, "A spoken sample answer, 120 to 220 words.")

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "intent",
            (Section("question"),),
            "*What is the interviewer really after?*",
            (Section("intent"),),
        ),
        Face(
            "answer",
            (Section("question"),),
            "*Say your answer aloud, then compare.*",
            (
                Section("key_points", "Key points"),
                Section("avoid", "Avoid"),
                Section("sample", "For example"),
                Section("also_asked", "Also asked as"),
            ),
        ),
        Face(
            "avoid",
            (Section("question"),),
            "*Which mistake is tempting here, and what does it cost you?*",
            (Section("avoid"),),
            ("avoid",),
        ),
    )


class PowerVerb(Note):
    """A strong verb, and when it is honest to use it."""

    kind: ClassVar[str] = "power_verb"

    verb: str = required(TEXT)
    meaning: str = required(TEXT, "What it honestly claims.")
    instead_of: tuple[str, ...] | None = optional(TEXTS, "The flat verbs it replaces.")
    use_when: str = required(TEXT, "A scene that calls for it, without the verb.")
    untrue_when: str | None = optional(TEXT, "When saying it would be untrue.")
    example: str | None = optional(TEXT, "A line with a figure.")

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "meaning",
            (),
            "When may you honestly say **{verb}**?",
            (
                Section("meaning"),
                Section("use_when", "Use it when"),
                Section("example", "For example"),
            ),
        ),
        Face(
            "verb",
            (Section("use_when"), Section("instead_of", "Instead of", "inline")),
            "*Which verb says it?*",
            (Section("verb"), Section("example", "For example")),
        ),
        Face(
            "example",
            (),
            "**{verb}**\n\n*Say your own line, with a figure.*",
            (Section("example", "For example"), Section("meaning", "It claims")),
            ("example",),
        ),
        Face(
            "untrue",
            (),
            "When would **{verb}** be untrue?",
            (Section("untrue_when"),),
            ("untrue_when",),
        ),
    )


class Reframe(Note):
    """A weakness told as growth."""

    kind: ClassVar[str] = "reframe"

    weakness: str = required(TEXT)
    reframe: str = required(TEXT, "The growth line, as you would say it.")
    practice: str = required(TEXT, "The tool or habit used against it.")
    metric: str | None = optional(TEXT, "The number that shows it is getting better.")

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "reframe",
            (Section("weakness", "Weakness"),),
            "*Say it as growth.*",
            (Section("reframe"), Section("practice", "Practice"), Section("metric", "Measured by")),
        ),
        Face(
            "practice",
            (Section("weakness", "Weakness"),),
            "*Which practice do you use against it?*",
            (Section("practice"),),
        ),
        Face(
            "metric",
            (Section("weakness", "Weakness"),),
            "*Which number shows that it is getting better?*",
            (Section("metric"),),
            ("metric",),
        ),
    )


class RedFlag(Note):
    """A warning sign, how it sounds, and what to do instead."""

    kind: ClassVar[str] = "red_flag"

    flag: str = required(TEXT)
    looks_like: OneOrMore = required(ONE_OR_MORE, "A line or scene in which it shows.")
    instead: str = required(TEXT)
    why: str | None = optional(TEXT, "Why it worries an interviewer.")

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "flag",
            (Section("looks_like", style="quote"),),
            "*Which warning sign is this?*",
            (Section("flag"), Section("why", "Why it worries"), Section("instead", "Instead")),
        ),
        Face(
            "instead",
            (),
            "Warning sign: **{flag}**\n\n*What do you do instead?*",
            (Section("instead"), Section("why", "Because")),
        ),
    )


class GreenFlag(Note):
    """A good sign, how it sounds, and the evidence that earns it."""

    kind: ClassVar[str] = "green_flag"

    flag: str = required(TEXT)
    looks_like: OneOrMore = required(ONE_OR_MORE, "A line or scene in which it shows.")
    evidence: OneOrMore = required(ONE_OR_MORE, "What to bring from your own work.")

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "flag",
            (Section("looks_like", style="quote"),),
            "*Which good sign is this?*",
            (Section("flag"),),
        ),
        Face(
            "evidence",
            (),
            "Good sign: **{flag}**\n\n*Which evidence from your own work shows it?*",
            (Section("evidence"),),
        ),
    )


class Rewrite(Note):
    """A vague line, its strong form, and what was missing."""

    kind: ClassVar[str] = "rewrite"

    weak: str = required(TEXT)
    strong: str = required(TEXT)
    missing: OneOrMore = required(ONE_OR_MORE)

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "strong",
            (Section("weak", style="quote"),),
            "*Say it again in your own words, so that every part of it counts.*",
            (Section("strong"), Section("missing", "What was missing")),
        ),
        Face(
            "missing",
            (Section("weak", style="quote"),),
            "*What is missing?*",
            (Section("missing"), Section("strong", "Better")),
        ),
    )


class Script(Note):
    """Words ready to say, with `[Slots]` to fill."""

    kind: ClassVar[str] = "script"

    title: str = required(TEXT)
    use_when: str = required(TEXT)
    text: str = required(TEXT, "The words, with `[Slots]` in square brackets.")
    slots: dict[str, str] | tuple[str, ...] | None = optional(
        OneOf((Names(), TEXTS)), "The slots: names, or names with what to put in."
    )

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "text",
            (Section("use_when"),),
            "*What do you say?*",
            (Section("text"), Section("slots", "Fill in")),
        ),
        Face(
            "when",
            (),
            "Script: **{title}**\n\n*When do you use it?*",
            (Section("use_when"), Section("text", "The words")),
        ),
        Face(
            "slots",
            (),
            "Script: **{title}**\n\n*Which slots, filled with what?*",
            (Section("slots"),),
            ("slots",),
        ),
    )


class Scenario(Note):
    """A situation to handle, from the first sign to the outcome."""

    kind: ClassVar[str] = "scenario"

    title: str = required(TEXT)
    trigger: str = required(TEXT)
    signals: OneOrMore = required(ONE_OR_MORE, "Early warning signs.")
    first_hour: OneOrMore = required(ONE_OR_MORE, "What you do in the first sixty minutes.")
    script_when: str | None = optional(TEXT, "When the script is used.")
    script: str | None = optional(TEXT, "What you say or write, with `[Slots]`.")
    measures: OneOrMore = required(ONE_OR_MORE)
    outcome: OneOrMore = required(ONE_OR_MORE)
    weak: OneOrMore = required(ONE_OR_MORE, "What a weak manager does.")
    strong: OneOrMore = required(ONE_OR_MORE, "What a strong manager does.")

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "first_hour",
            (Section("title", "Scenario"), Section("trigger")),
            "*What do you do in the first hour?*",
            (Section("first_hour"),),
        ),
        Face(
            "signals",
            (Section("title", "Scenario"), Section("trigger")),
            "*Which early signs should have told you before?*",
            (Section("signals"),),
        ),
        Face(
            "script",
            (Section("title", "Scenario"), Section("trigger")),
            "*Your words to them, aloud or written, and when?*",
            (Section("script_when", "When"), Section("script", "The words")),
            ("script",),
        ),
        Face(
            "measures",
            (Section("title", "Scenario"), Section("trigger")),
            "*Which figures show whether it is getting better?*",
            (Section("measures"),),
        ),
        Face(
            "outcome",
            (Section("title", "Scenario"), Section("trigger")),
            "*Describe the outcome that you aim for at the end.*",
            (Section("outcome"),),
        ),
        Face(
            "weak",
            (Section("title", "Scenario"), Section("trigger")),
            "*Which mistakes would a weak manager make?*",
            (Section("weak"),),
        ),
        Face(
            "strong",
            (Section("title", "Scenario"), Section("trigger")),
            "*How does a strong manager handle it from start to finish?*",
            (Section("strong"),),
        ),
    )


class Metric(Note):
    """A measure: what it says, how it is computed, and how it misleads."""

    kind: ClassVar[str] = "metric"

    name: str = required(TEXT)
    abbreviation: str | None = optional(TEXT)
    definition: str = required(TEXT)
    formula: str | None = optional(TEXT)
    source: str | None = optional(TEXT, "Where the formula comes from.")
    misleads_when: OneOrMore = required(ONE_OR_MORE)
    pair_with: OneOrMore | None = optional(ONE_OR_MORE, "What to read beside it, and why.")

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "definition",
            (),
            "What does **{name}** measure?",
            (Section("definition"), Section("abbreviation", "Short", "inline")),
        ),
        Face(
            "formula",
            (),
            "How is **{name}** computed?",
            (Section("formula"), Section("source", "Source", "inline")),
            ("formula",),
        ),
        Face("misleads", (), "When does **{name}** mislead?", (Section("misleads_when"),)),
        Face(
            "pair",
            (),
            "**{name}**\n\n*What goes beside it, and why?*",
            (Section("pair_with"),),
            ("pair_with",),
        ),
    )


class Concept(Note):
    """An idea: what it is, why it matters, how it looks."""

    kind: ClassVar[str] = "concept"

    term: str = required(TEXT)
    definition: str = required(TEXT)
    why: str | None = optional(TEXT)
    example: str | None = optional(TEXT, "A case that shows it without naming it.")

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "definition",
            (),
            "**{term}**\n\n*What is it about?*",
            (Section("definition"), Section("example", "For example")),
        ),
        Face("why", (), "**{term}**\n\n*Why does it matter?*", (Section("why"),), ("why",)),
        Face(
            "example",
            (Section("example", style="quote"),),
            "*Which idea is this?*",
            (Section("term"), Section("definition")),
            ("example",),
        ),
    )


class Step(Record):
    """One step of a sequence, with the cue that calls for it."""

    text: str = required(TEXT)
    cue: str = required(TEXT, "A hint that calls for this step.")


class Steps(Note):
    """A sequence learnt step by step: one card a step, each with its cue."""

    kind: ClassVar[str] = "steps"

    title: str = required(TEXT)
    when: str = required(TEXT)
    steps: tuple[Step, ...] = required(ListOf(Each(Step), MOST_ITEMS))
    ordered: bool = optional(YesNo(), "Whether the order matters.", default=True)

    def cards(self) -> Iterator[Card]:
        """One card a step: the step before it and the cue in front, the step behind."""
        for number, step in enumerate(self.steps, 1):
            front = [f"**{one_line(self.title)}** ({one_line(self.when)})"]
            if self.ordered and number > 1:
                front.append(f"After: {self.steps[number - 2].text}")
            front.append(italic(step.cue))
            place = f"Step {number} of {len(self.steps)}" if self.ordered else "One of the steps"
            yield self._card(f"step-{number}", "\n\n".join(front), f"{step.text}\n\n*{place}*")


class Cloze(Note):
    """A sentence with gaps: `{{c1::hidden}}` or `{{c1::hidden::hint}}`, several and nested."""

    kind: ClassVar[str] = "cloze"

    text: str = required(
        Text(pattern=GAPS, mend="write every gap as {{c1::hidden}}"),
        "The sentence, each gap as `{{c1::hidden}}` or `{{c1::hidden::hint}}`.",
    )
    hint: str | None = optional(TEXT)

    def cards(self) -> Iterator[Card]:
        """One card a number: all gaps of that number are hidden, the others are open."""
        for number in cloze_numbers(self.text):
            front = cloze_text(self.text, hidden=number)
            if self.hint:
                front = f"{front}\n\n{italic(self.hint)}"
            yield self._card(f"c{number}", front, cloze_text(self.text, shown=number))


class Basic(Note):
    """A plain front and back, for what no other kind fits."""

    kind: ClassVar[str] = "basic"

    front: str = required(TEXT)
    back: str = required(TEXT)
    both_ways: bool = optional(YesNo(), "Whether the back also asks for the front.", default=False)

    faces: ClassVar[tuple[Face, ...]] = (
        Face("front", (Section("front"),), "", (Section("back"),)),
        Face("back", (Section("back"),), "", (Section("front"),), ("both_ways",)),
    )


class Story(Note):
    """Your own example in STAR+ parts."""

    kind: ClassVar[str] = "story"

    title: str = required(TEXT)
    situation: str = required(TEXT)
    task: str = required(TEXT)
    action: OneOrMore = required(ONE_OR_MORE)
    result: str = required(TEXT)
    takeaway: str | None = optional(TEXT)
    answers: tuple[str, ...] | None = optional(TEXTS, "Ids of the questions it answers.")
    competencies: tuple[str, ...] = required(TEXTS, "The areas it shows.")
    figures: OneOrMore | None = optional(ONE_OR_MORE, "The numbers that prove it.")

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "situation",
            (),
            "Your story: **{title}**\n\n*Set the scene in two sentences.*",
            (Section("situation"),),
        ),
        Face("task", (), "Your story: **{title}**\n\n*What was yours to do?*", (Section("task"),)),
        Face(
            "action",
            (),
            "Your story: **{title}**\n\n*What did you do, step by step?*",
            (Section("action"),),
        ),
        Face("result", (), "Your story: **{title}**\n\n*What came of it?*", (Section("result"),)),
        Face(
            "takeaway",
            (),
            "Your story: **{title}**\n\n*What do you do differently since?*",
            (Section("takeaway"),),
            ("takeaway",),
        ),
        Face(
            "figures",
            (),
            "Your story: **{title}**\n\n*Which number proves it?*",
            (Section("figures"),),
            ("figures",),
        ),
    )


class Item(Record):
    """One thing to do around an interview."""

    text: str = required(TEXT)
    due: str | None = optional(DUE)
    cue: str | None = optional(TEXT, "A hint; with it the item is also a card.")
    do: str | None = optional(DO, "The greenflag command that helps, such as `debrief {id}`.")


class Checklist(Note):
    """Things to do before or after an interview, each with its time."""

    kind: ClassVar[str] = "checklist"

    title: str = required(TEXT)
    items: tuple[Item, ...] = required(ListOf(Each(Item), MOST_ITEMS))

    def cards(self) -> Iterator[Card]:
        """One card for each item that has a cue."""
        for number, item in enumerate(self.items, 1):
            if item.cue:
                back = f"{item.text}\n\n*{item.due}*" if item.due else item.text
                front = f"**{one_line(self.title)}**\n\n{italic(item.cue)}"
                yield self._card(f"item-{number}", front, back)


KINDS: Mapping[str, type[Note]] = {
    kind.kind: kind
    for kind in (
        Question, PowerVerb, Reframe, RedFlag, GreenFlag, Rewrite, Script, Scenario, Metric,
        Concept, Steps, Cloze, Basic, Story, Checklist,
    )
}  # fmt: skip
"""The kinds of note by the name that deck files use."""


def to_json(note: Note) -> str:
    """A note as JSON: its kind and the fields it has, as a deck file would hold them."""
    return _encode({"kind": note.kind, **given_fields(note)})


_decode = json.JSONDecoder().raw_decode
_encode = json.JSONEncoder(ensure_ascii=False, default=given_fields).encode


def from_json(text: str) -> Note:
    """The note that `to_json` wrote; trusts it, since only good notes are written."""
    held, _ = _decode(text)
    kind = KINDS[held.pop("kind")]
    for name, value in held.items():
        if type(value) is list:
            parts = name in ("steps", "items")
            held[name] = kind.fields[name].type.read(value) if parts else tuple(value)
    note = kind.__new__(kind)  # without looking whether all is there, which takes most of the time
    note.__dict__.update(held)
    return note


def cards_of(note: Note) -> tuple[Card, ...]:
    """The cards a note gives; empty when all its cards lack a field."""
    return tuple(note.cards())
