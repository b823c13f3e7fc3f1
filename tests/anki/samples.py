"""Notes of every kind, once with every field and once with only what a note must have."""

from __future__ import annotations

from hypothesis import strategies as st

from greenflag.anki.package import Exported
from greenflag.content.notes import (
    Basic,
    Checklist,
    Cloze,
    Concept,
    GreenFlag,
    Item,
    Metric,
    Note,
    PowerVerb,
    Question,
    RedFlag,
    Reframe,
    Rewrite,
    Scenario,
    Script,
    Step,
    Steps,
    Story,
)

DECK = "Customer Support Manager"
REMARK = "Ask yourself *when* you last did this."

FULL: tuple[Note, ...] = (
    Question(
        id="full-question",
        competency="customer-recovery",
        refs=("Q-001", "SYS-57"),
        tags=("behavioural", "first-week"),
        weight=5,
        note=REMARK,
        question="Tell me about a time you turned an angry customer around.",
        question_kind="behavioural",
        also_asked=("How do you handle difficult customers?", "Who was your hardest caller?"),
        intent="Whether you stay calm, own the problem and **close the loop**.",
        key_points=(
            "Let them finish; *then* name the feeling you heard",
            "Say what happens next, and by when",
            "Report the number that moved: CSAT 61 % → 88 %",
        ),
        avoid=("Blaming the other team: it sounds like you did not own it",),
        sample="A hotel group lost its bookings on a Friday.\n\nI called within ten minutes.",
    ),
    PowerVerb(
        id="full-power-verb",
        competency="interview-craft",
        note=REMARK,
        verb="de-escalated",
        meaning="You brought the heat down before you solved anything.",
        instead_of=("handled", "dealt with"),
        use_when="A caller shouted, and ten minutes later thanked you.",
        untrue_when="The caller hung up and simply did not call again.",
        example="De-escalated 40 complaints a month; 9 in 10 stayed.",
    ),
    Reframe(
        id="full-reframe",
        note=REMARK,
        weakness="I find it hard to delegate.",
        reframe="I now hand over outcomes, not errands.",
        practice="A handover note: goal, limits, first check-in.",
        metric="Tasks I took back: 6 a month, now 1.",
    ),
    RedFlag(
        id="full-red-flag",
        competency="communication-empathy",
        note=REMARK,
        flag="Blaming a former team",
        looks_like=("“They never told me anything.”", "“My manager was the problem.”"),
        instead="Say what *you* would do differently.",
        why="The interviewer hears the next blame coming.",
    ),
    GreenFlag(
        id="full-green-flag",
        note=REMARK,
        flag="Owns the outcome",
        looks_like="“The release was late, and I had agreed to the date.”",
        evidence=("A date you moved and told people about", "A post-mortem you wrote"),
    ),
    Rewrite(
        id="full-rewrite",
        note=REMARK,
        weak="I improved our response times.",
        strong="I cut first response from 9 h to 2 h in a quarter by moving two people.",
        missing=("How it was done", "Which figure", "In what time"),
    ),
    Script(
        id="full-script",
        competency="customer-recovery",
        note=REMARK,
        title="Incident update",
        use_when="A customer waits for news during an outage.",
        text="Hello [Customer Name],\n\n[Issue] still affects you. Next news by **[Time]**.",
        slots={"Issue": "in the customer's words", "Time": "a clock time, never *soon*"},
    ),
    Scenario(
        id="full-scenario",
        competency="prioritisation-decisions",
        note=REMARK,
        title="Key customer down",
        trigger="Your largest customer cannot log in, and three others report the same.",
        signals=("Log-in errors double within 5 minutes", "Two tickets with one stack trace"),
        first_hour=(
            "Name an incident lead",
            "Tell the customer before they ask",
            "Freeze releases",
        ),
        script_when="Within fifteen minutes of the first report.",
        script="We see it, we are on it, next news at [Time].",
        measures=("Time to first message", "Minutes down"),
        outcome="The customer says: you told us first.",
        weak="Waits for the root cause before saying anything.",
        strong=("Speaks early", "Writes the timeline while it happens"),
    ),
    Metric(
        id="full-metric",
        competency="metrics-insight",
        note=REMARK,
        name="First contact resolution",
        abbreviation="FCR",
        definition="The share of requests solved in the first contact.",
        formula="`solved at first contact / all solved`",
        source="Your help desk's manual",
        misleads_when=("Agents close tickets early", "Hard cases go elsewhere"),
        pair_with="Reopened within 7 days: it catches early closing.",
    ),
    Concept(
        id="full-concept",
        note=REMARK,
        term="Root cause",
        definition="The first thing which, changed, would have kept the problem away.",
        why="Fixing a symptom brings the customer back.",
        example="Refunds fell only when the *size chart* was put right, not sooner.",
    ),
    Steps(
        id="full-steps",
        competency="customer-recovery",
        note=REMARK,
        title="Calm a caller",
        when="someone shouts",
        steps=(
            Step(text="Let them finish", cue="What do you do with your mouth?"),
            Step(text="Name the feeling", cue="Which words come first?"),
            Step(text="Promise **one** next step, with a time", cue="What do they need now?"),
        ),
    ),
    Cloze(
        id="full-cloze",
        competency="metrics-insight",
        note=REMARK,
        text="{{c1::CSAT::a measure}} asks about **{{c2::one contact}}**, "
        "{{c3::NPS asks about the {{c4::whole company}}}}; {{c2::both}} are `asked`, not seen.",
        hint="Two surveys",
    ),
    Basic(
        id="full-basic",
        note=REMARK,
        front="What is a backlog?",
        back="Requests *waiting*, with their age.",
        both_ways=True,
    ),
    Story(
        id="full-story",
        competency="team-leadership",
        note=REMARK,
        title="The Friday outage",
        situation="Payments failed for 400 shops on the last Friday before the holidays.",
        task="I led the night shift and owned the customers.",
        action=("Split the team in two", "Called the ten largest shops myself"),
        result="Back in 74 minutes; nobody left.",
        takeaway="I now rehearse the call list every quarter.",
        answers=("full-question",),
        competencies=("customer-recovery", "team-leadership"),
        figures=("74 minutes", "0 of 400 left"),
    ),
    Checklist(
        id="full-checklist",
        note=REMARK,
        title="Before the interview",
        items=(
            Item(text="Read their last three releases", due="3 days before", cue="Their product?"),
            Item(text="Charge the laptop", due="12 hours before"),
            Item(text="Write a thank-you note", due="24 hours after", cue="And afterwards?"),
        ),
    ),
)

BARE: tuple[Note, ...] = (
    Question(
        id="bare-question",
        question="Why support?",
        intent="Whether you mean it.",
        key_points=("A moment that decided it",),
    ),
    PowerVerb(
        id="bare-power-verb",
        verb="launched",
        meaning="You started it, and it ran.",
        use_when="A new channel went live because of you.",
    ),
    Reframe(
        id="bare-reframe",
        weakness="I over-analyse.",
        reframe="I decide on three facts.",
        practice="A time box.",
    ),
    RedFlag(
        id="bare-red-flag", flag="Vague", looks_like="“It went well.”", instead="Give a figure."
    ),
    GreenFlag(
        id="bare-green-flag", flag="Curious", looks_like="Asks back.", evidence="A question."
    ),
    Rewrite(id="bare-rewrite", weak="I helped.", strong="I closed 30 a day.", missing="A figure"),
    Script(
        id="bare-script", title="Yes, if", use_when="No would end the talk.", text="Yes, if [X]."
    ),
    Scenario(
        id="bare-scenario",
        title="Rush",
        trigger="Twice the tickets.",
        signals="A queue",
        first_hour="Sort by harm",
        measures="Age of the oldest",
        outcome="No one forgotten",
        weak="First come, first served",
        strong="Harm first",
    ),
    Metric(
        id="bare-metric", name="Backlog", definition="What waits.", misleads_when="Age is hidden"
    ),
    Concept(id="bare-concept", term="Triage", definition="Sorting by harm."),
    Steps(
        id="bare-steps",
        title="Apologise",
        when="you were wrong",
        ordered=False,
        steps=(Step(text="Say sorry", cue="First?"), Step(text="Say for what", cue="Then?")),
    ),
    Cloze(id="bare-cloze", text="Speed without {{c1::care}} costs twice."),
    Basic(id="bare-basic", front="SLA?", back="What was promised, by when."),
    Story(
        id="bare-story",
        title="The mix-up",
        situation="Two orders were swapped.",
        task="Mine to mend.",
        action="I drove over.",
        result="Both kept their order.",
        competencies=("customer-recovery",),
    ),
    Checklist(id="bare-checklist", title="On the day", items=(Item(text="Water", cue="Thirst?"),)),
)

PIECES = st.lists(
    st.sampled_from(
        ["{{c1::", "{{c2::", "{{c12::", "{{c0::", "{{c900::", "{{c1,2::", "}}", "::", "{", "}",
         "*", "**", "_", "`", "a", " ", "\n", "\n\n", "- ", "[", "](", ")", "<", ">", "|", "#",
         "    ", "&#125;", "\\", '"', "é"]
    ),
    max_size=16,
).map("".join)  # fmt: skip
"""A text of a cloze note, whole or broken."""

ADDED = 1_790_000_000_000
CHANGED = 1_791_000_000_000


def exported(note: Note, deck: str = DECK, changed: int = CHANGED) -> Exported:
    return Exported(note, deck, changed, ADDED)


def all_exported() -> list[Exported]:
    return [exported(note) for note in FULL + BARE]
