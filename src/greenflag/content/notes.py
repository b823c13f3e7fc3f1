"""The kinds of note a person can write, and the cards each gives.

A kind is a frozen value with typed fields (`Question`, `PowerVerb`, …). What it asks is a table of
faces beside it, so the terminal and Anki put the same question in the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, NamedTuple

from msgspec import Meta, Struct

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

Text = Annotated[str, Meta(min_length=1, max_length=20_000, pattern=r"\S")]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1, max_length=50)]
OneOrMore = Text | Texts
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
Tag = Annotated[str, Meta(pattern=r"^[^\s\"*]{1,60}$")]
Due = Annotated[
    str,
    Meta(
        pattern=r"^\d{1,3} (day|hour)s? (before|after)$",
        description="When, counted from the interview, e.g. `3 days before` or `24 hours after`.",
    ),
]
QuestionKind = Literal["behavioural", "technical", "situational", "general"]
CLOZE = re.compile(r"\{\{c(\d{1,3})::")
_GAP_EDGES = re.compile(r"(\{\{c\d{1,3}::|\}\})")


class Section(NamedTuple):
    """One field as a card shows it: under a label, as a quotation, or on one line."""

    field: str
    label: str = ""
    style: Literal["text", "quote", "inline"] = "text"


class Face(NamedTuple):
    """One prompt a kind of note puts: what is shown, what is asked, what the answer holds.

    `ask` is Markdown in which `{field}` stands for a field. A note gives the card only when every
    field in `needs` is there.
    """

    name: str
    shows: tuple[Section, ...]
    ask: str
    answer: tuple[Section, ...]
    needs: tuple[str, ...] = ()


class Card(NamedTuple):
    """One prompt put to the learner: `id` is `<note id>/<face>`, both sides are Markdown."""

    id: str
    face: str
    front: str
    back: str


class Note(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every kind of note has."""

    faces: ClassVar[tuple[Face, ...]] = ()

    id: Annotated[Slug, Meta(description="Written once, unique over all decks, never reused.")]
    competency: Annotated[str, Meta(description="The area it belongs to.")] | None = None
    refs: Annotated[tuple[Text, ...], Meta(description="Where in a curriculum it comes from.")] = ()
    tags: Annotated[tuple[Tag, ...], Meta(description="Words to pick cards by; no spaces.")] = ()
    weight: Annotated[
        int, Meta(ge=1, le=5, description="How likely or costly in the interview, 1 to 5.")
    ] = 3
    note: Annotated[Text, Meta(description="A remark shown under every back.")] | None = None

    @property
    def kind(self) -> str:
        """The name of the kind, as a deck file writes it."""
        return str(self.__struct_config__.tag)

    def cards(self) -> Iterator[Card]:
        """The cards this note gives, in the order they are best learnt."""
        for face in self.faces:
            if all(getattr(self, name) for name in face.needs):
                yield self._card(face.name, front_of(self, face), _sections(self, face.answer))

    def _card(self, face: str, front: str, back: str) -> Card:
        if self.note:
            back = f"{back}\n\n*{self.note}*"
        return Card(f"{self.id}/{face}", face, front, back)


class Question(Note, frozen=True, kw_only=True, tag="question"):
    """An interview question, what is behind it and how to answer it."""

    question: Annotated[Text, Meta(description="As the interviewer would say it.")]
    question_kind: QuestionKind | None = None
    also_asked: (
        Annotated[Texts, Meta(description="Other wordings of the same question.")] | None
    ) = None
    intent: Annotated[Text, Meta(description="What the interviewer is after, in a line.")]
    key_points: Annotated[Texts, Meta(description="Three to five moves of a strong answer.")]
    avoid: Annotated[Texts, Meta(description="Tempting mistakes, each with its reason.")] | None = (
        None
    )
    sample: (
        Annotated[Text, Meta(description="A spoken sample answer, 120 to 220 words.")] | None
    ) = None

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


class PowerVerb(Note, frozen=True, kw_only=True, tag="power_verb"):
    """A strong verb, and when it is honest to use it."""

    verb: Text
    meaning: Annotated[Text, Meta(description="What it honestly claims.")]
    instead_of: Annotated[Texts, Meta(description="The flat verbs it replaces.")] | None = None
    use_when: Annotated[Text, Meta(description="A scene that calls for it, without the verb.")]
    untrue_when: Annotated[Text, Meta(description="When saying it would be untrue.")] | None = None
    example: Annotated[Text, Meta(description="A line with a figure.")] | None = None

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
            "Say a line of your own with **{verb}** and a figure in it.",
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


class Reframe(Note, frozen=True, kw_only=True, tag="reframe"):
    """A weakness told as growth."""

    weakness: Text
    reframe: Annotated[Text, Meta(description="The growth line, as you would say it.")]
    practice: Annotated[Text, Meta(description="The tool or habit used against it.")]
    metric: (
        Annotated[Text, Meta(description="The number that shows it is getting better.")] | None
    ) = None

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


class RedFlag(Note, frozen=True, kw_only=True, tag="red_flag"):
    """A warning sign, how it sounds, and what to do instead."""

    flag: Text
    looks_like: Annotated[OneOrMore, Meta(description="A line or scene in which it shows.")]
    instead: Text
    why: Annotated[Text, Meta(description="Why it worries an interviewer.")] | None = None

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


class GreenFlag(Note, frozen=True, kw_only=True, tag="green_flag"):
    """A good sign, how it sounds, and the evidence that earns it."""

    flag: Text
    looks_like: Annotated[OneOrMore, Meta(description="A line or scene in which it shows.")]
    evidence: Annotated[OneOrMore, Meta(description="What to bring from your own work.")]

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


class Rewrite(Note, frozen=True, kw_only=True, tag="rewrite"):
    """A vague line, its strong form, and what was missing."""

    weak: Text
    strong: Text
    missing: OneOrMore

    faces: ClassVar[tuple[Face, ...]] = (
        Face(
            "strong",
            (Section("weak", style="quote"),),
            "*Say it so that it counts.*",
            (Section("strong"), Section("missing", "What was missing")),
        ),
        Face(
            "missing",
            (Section("weak", style="quote"),),
            "*What is missing?*",
            (Section("missing"), Section("strong", "Better")),
        ),
    )


class Script(Note, frozen=True, kw_only=True, tag="script"):
    """Words ready to say, with `[Slots]` to fill."""

    title: Text
    use_when: Text
    text: Annotated[Text, Meta(description="The words, with `[Slots]` in square brackets.")]
    slots: (
        Annotated[
            dict[Text, Text] | Texts,
            Meta(description="The slots: names, or names with what to put in."),
        ]
        | None
    ) = None

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
            "Script: **{title}**\n\n*Which slots does it have, and what goes in?*",
            (Section("slots"),),
            ("slots",),
        ),
    )


class Scenario(Note, frozen=True, kw_only=True, tag="scenario"):
    """A situation to handle, from the first sign to the outcome."""

    title: Text
    trigger: Text
    signals: Annotated[OneOrMore, Meta(description="Early warning signs.")]
    first_hour: Annotated[OneOrMore, Meta(description="What you do in the first sixty minutes.")]
    script_when: Annotated[Text, Meta(description="When the script is used.")] | None = None
    script: Annotated[Text, Meta(description="What you say or write, with `[Slots]`.")] | None = (
        None
    )
    measures: OneOrMore
    outcome: OneOrMore
    weak: Annotated[OneOrMore, Meta(description="What a weak manager does.")]
    strong: Annotated[OneOrMore, Meta(description="What a strong manager does.")]

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
            "*Which early signs announce it?*",
            (Section("signals"),),
        ),
        Face(
            "script",
            (Section("title", "Scenario"), Section("trigger")),
            "*What do you say or write, and when?*",
            (Section("script_when", "When"), Section("script", "The words")),
            ("script",),
        ),
        Face(
            "measures",
            (Section("title", "Scenario"), Section("trigger")),
            "*What do you measure?*",
            (Section("measures"),),
        ),
        Face(
            "outcome",
            (Section("title", "Scenario"), Section("trigger")),
            "*Which outcome do you aim for?*",
            (Section("outcome"),),
        ),
        Face(
            "weak",
            (Section("title", "Scenario"), Section("trigger")),
            "*What would a weak manager do?*",
            (Section("weak"),),
        ),
        Face(
            "strong",
            (Section("title", "Scenario"), Section("trigger")),
            "*What does a strong manager do?*",
            (Section("strong"),),
        ),
    )


class Metric(Note, frozen=True, kw_only=True, tag="metric"):
    """A measure: what it says, how it is computed, and how it misleads."""

    name: Text
    abbreviation: Text | None = None
    definition: Text
    formula: Text | None = None
    source: Annotated[Text, Meta(description="Where the formula comes from.")] | None = None
    misleads_when: OneOrMore
    pair_with: Annotated[OneOrMore, Meta(description="What to read beside it, and why.")] | None = (
        None
    )

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
            "What do you read beside **{name}**, and why?",
            (Section("pair_with"),),
            ("pair_with",),
        ),
    )


class Concept(Note, frozen=True, kw_only=True, tag="concept"):
    """An idea: what it is, why it matters, how it looks."""

    term: Text
    definition: Text
    why: Text | None = None
    example: Annotated[Text, Meta(description="A case that shows it without naming it.")] | None = (
        None
    )

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


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a sequence, with the cue that calls for it."""

    text: Text
    cue: Annotated[Text, Meta(description="A hint that calls for this step.")]


class Steps(Note, frozen=True, kw_only=True, tag="steps"):
    """A sequence learnt step by step: one card a step, each with its cue."""

    title: Text
    when: Text
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=MOST_ITEMS)]
    ordered: Annotated[bool, Meta(description="Whether the order matters.")] = True

    def cards(self) -> Iterator[Card]:
        """One card a step: the step before it and the cue in front, the step behind."""
        for number, step in enumerate(self.steps, 1):
            front = [f"**{self.title}** ({self.when})"]
            if self.ordered and number > 1:
                front.append(f"After: {self.steps[number - 2].text}")
            front.append(f"*{step.cue}*")
            place = f"Step {number} of {len(self.steps)}" if self.ordered else "One of the steps"
            yield self._card(f"step-{number}", "\n\n".join(front), f"{step.text}\n\n*{place}*")


class Cloze(Note, frozen=True, kw_only=True, tag="cloze"):
    """A sentence with gaps: `{{c1::hidden}}` or `{{c1::hidden::hint}}`, several and nested."""

    text: Annotated[
        str,
        Meta(
            pattern=CLOZE.pattern,
            max_length=20_000,
            description="The sentence, each gap as `{{c1::hidden}}` or `{{c1::hidden::hint}}`.",
        ),
    ]
    hint: Text | None = None

    def cards(self) -> Iterator[Card]:
        """One card a number: all gaps of that number are hidden, the others are open."""
        for number in cloze_numbers(self.text):
            front = cloze_text(self.text, hidden=number)
            if self.hint:
                front = f"{front}\n\n*{self.hint}*"
            yield self._card(f"c{number}", front, cloze_text(self.text, shown=number))


class Basic(Note, frozen=True, kw_only=True, tag="basic"):
    """A plain front and back, for what no other kind fits."""

    front: Text
    back: Text
    both_ways: Annotated[bool, Meta(description="Whether the back also asks for the front.")] = (
        False
    )

    faces: ClassVar[tuple[Face, ...]] = (
        Face("front", (Section("front"),), "", (Section("back"),)),
        Face("back", (Section("back"),), "", (Section("front"),), ("both_ways",)),
    )


class Story(Note, frozen=True, kw_only=True, tag="story"):
    """Your own example in STAR+ parts."""

    title: Text
    situation: Text
    task: Text
    action: OneOrMore
    result: Text
    takeaway: Text | None = None
    answers: Annotated[Texts, Meta(description="Ids of the questions it answers.")] | None = None
    competencies: Annotated[Texts, Meta(description="The areas it shows.")]
    figures: Annotated[OneOrMore, Meta(description="The numbers that prove it.")] | None = None

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


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to do around an interview."""

    text: Text
    due: Due | None = None
    cue: Annotated[Text, Meta(description="A hint; with it the item is also a card.")] | None = None


class Checklist(Note, frozen=True, kw_only=True, tag="checklist"):
    """Things to do before or after an interview, each with its time."""

    title: Text
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=MOST_ITEMS)]

    def cards(self) -> Iterator[Card]:
        """One card for each item that has a cue."""
        for number, item in enumerate(self.items, 1):
            if item.cue:
                back = f"{item.text}\n\n*{item.due}*" if item.due else item.text
                yield self._card(f"item-{number}", f"**{self.title}**\n\n*{item.cue}*", back)


AnyNote = (
    Question | PowerVerb | Reframe | RedFlag | GreenFlag | Rewrite | Script | Scenario | Metric
    | Concept | Steps | Cloze | Basic | Story | Checklist
)  # fmt: skip
KINDS: Mapping[str, type[Note]] = {
    str(kind.__struct_config__.tag): kind for kind in AnyNote.__args__
}


def cards_of(note: Note) -> tuple[Card, ...]:
    """The cards a note gives; empty when all its cards lack a field."""
    return tuple(note.cards())


def front_of(note: Note, face: Face) -> str:
    """The front of one face of a note, as Markdown."""
    shown = _sections(note, face.shows)
    asked = face.ask
    if "{" in asked:
        asked = re.sub(r"\{(\w+)\}", lambda match: str(getattr(note, match[1])), asked)
    return "\n\n".join(part for part in (shown, asked) if part)


def items_of(value: object) -> Sequence[str]:
    """A field as a list of Markdown items: a text gives one, a mapping gives `**name**: text`."""
    if value is None or value is False:
        return ()
    if isinstance(value, Mapping):
        return [f"**{name}**: {text}" for name, text in value.items()]
    return (value,) if isinstance(value, str) else [str(item) for item in value]  # type: ignore[attr-defined]


def cloze_numbers(text: str) -> tuple[int, ...]:
    """The gap numbers of a cloze text, in ascending order."""
    return tuple(sorted({int(number) for number in CLOZE.findall(text)}))


def cloze_text(text: str, *, hidden: int | None = None, shown: int | None = None) -> str:
    """A cloze text with one number hidden as `[…]` or shown in bold, all others open."""
    open_gaps: list[tuple[int, list[str]]] = [(0, [])]
    for piece in _GAP_EDGES.split(text):
        if opening := CLOZE.fullmatch(piece):
            open_gaps.append((int(opening[1]), []))
        elif piece == "}}" and len(open_gaps) > 1:
            _close_gap(open_gaps, hidden, shown)
        else:
            open_gaps[-1][1].append(piece)
    while len(open_gaps) > 1:  # a gap that is never closed ends with the text
        _close_gap(open_gaps, hidden, shown)
    return "".join(open_gaps[0][1])


def _close_gap(
    open_gaps: list[tuple[int, list[str]]], hidden: int | None, shown: int | None
) -> None:
    number, pieces = open_gaps.pop()
    answer, _, hint = "".join(pieces).partition("::")
    if number == hidden:
        answer = f"**[{hint or '…'}]**"
    elif number == shown:
        answer = f"**{answer}**"
    open_gaps[-1][1].append(answer)


def _sections(note: Note, sections: Sequence[Section]) -> str:
    parts = []
    for section in sections:
        items = items_of(getattr(note, section.field))
        if items:
            parts.append(_section(section, items))
    return "\n\n".join(parts)


def _section(section: Section, items: Sequence[str]) -> str:
    if section.style == "inline":
        return f"**{section.label}**: {', '.join(items)}"
    body = items[0] if len(items) == 1 else "\n".join(f"- {item}" for item in items)
    if section.style == "quote":
        body = "\n".join(f"> {line}" for line in body.splitlines())
    return f"**{section.label}**\n\n{body}" if section.label else body
