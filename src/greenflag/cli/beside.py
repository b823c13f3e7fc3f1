"""What stands beside the cards in readiness: stories, practice and checklist, each a share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from greenflag.cli.app import App
from greenflag.cli.checklist import progress_of
from greenflag.cli.choosing import may_be_asked
from greenflag.cli.rehearsing import rehearsed
from greenflag.cli.stories import own_stories
from greenflag.errors import GreenflagError
from greenflag.interview.practice import LATELY, Asked, practice
from greenflag.interview.readiness import Step, listed, percent
from greenflag.interview.stories import coverage, needs
from greenflag.store import rehearsals
from greenflag.store.interviews import Interview

if TYPE_CHECKING:
    from greenflag.content.notes import Question
    from greenflag.interview.checklist import Progress
    from greenflag.interview.practice import Practice
    from greenflag.interview.stories import Coverage

QUESTIONS = 6
"""Questions of a mock interview, when what the next one gains is worked out."""


class Beside(NamedTuple):
    """The three shares of one interview; `stories` and `told` count what there is."""

    interview: Interview
    stories: int
    coverage: Coverage
    weights: dict[str, float]
    told: int
    practice: Practice
    checklist: Progress | None  # None when no deck has one


def beside(app: App, each: Interview, today: int) -> Beside:
    """The shares of an interview as they stand today.

    Stories are counted over the competencies in its focus, over all of them without a focus; both
    stories and practice leave out what the interview leaves out.
    """
    asked = _questions(app, each)
    weights = needs(asked, each.focus)
    weights = {name: weights[name] for name in weights if name in each.focus} or weights
    stories = own_stories(app)
    told = [rehearsed(row) for row in rehearsals.answered(app.db)]
    questions = [Asked(q.id, q.competency or "other", q.weight) for q in asked]
    try:
        checklist = progress_of(app, each)
    except GreenflagError:
        checklist = None
    return Beside(
        each,
        len(stories),
        coverage(stories, weights),
        weights,
        sum(row.day > today - LATELY for row in told),
        practice(told, questions, today),
        checklist,
    )


def _questions(app: App, each: Interview) -> list[Question]:
    from greenflag.content.notes import Question, from_json

    held = (from_json(note.body) for note in may_be_asked(app, each))
    return [question for question in held if isinstance(question, Question)]


def lines(all_: Beside) -> str:
    """The shares in words, as a Markdown table."""
    rows = [
        ("stories", _stories(all_)),
        ("practice", _practice(all_)),
        ("checklist", _checklist(all_)),
    ]
    table = "\n".join(f"| {name} | {share} | {words} |" for name, (share, words) in rows)
    return f"| beside the cards | | |\n|---|--:|:--|\n{table}"


def _stories(all_: Beside) -> tuple[str, str]:
    if not all_.stories:
        return "none yet", "none told so far"
    missing = all_.coverage.missing
    focused = " in focus" if set(all_.weights) <= set(all_.interview.focus) else ""
    count = "1 story" if all_.stories == 1 else f"{all_.stories} stories"
    lack = f"; none for {_some(missing)}" if missing else f"; every area{focused} has one"
    return percent(all_.coverage.share), count + lack


def _practice(all_: Beside) -> tuple[str, str]:
    if not all_.told:
        return "none yet", f"nothing rehearsed in the last {LATELY} days"
    areas = all_.practice.areas
    rested = [area.competency for area in areas if not area.share]
    timed, kept = sum(area.timed for area in areas), sum(area.in_time for area in areas)
    time = f", {kept} of {timed} in time" if timed else ""
    lack = f"; nothing on {_some(rested)}" if rested else ""
    count = "1 answer" if all_.told == 1 else f"{all_.told} answers"
    return percent(all_.practice.share), f"{count} in the last {LATELY} days{time}{lack}"


def _checklist(all_: Beside) -> tuple[str, str]:
    held = all_.checklist
    if held is None:
        return "none yet", "no deck has one"
    share = f"{held.done} of {held.of}"
    if held.missing:
        return share, f"due now: {len(held.missing)}"
    return share, f"next: {shortened(held.next.text)}" if held.next else "all done"


def shortened(text: str, most: int = 60) -> str:
    """A text of one line, cut at a word when it is long."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[:most].rsplit(' ', 1)[0]} …"


def _some(names: Sequence[str], most: int = 3) -> str:
    """Some names, and how many more there are."""
    more = len(names) - most
    return listed(names) if more <= 0 else f"{', '.join(names[:most])} and {more} more"


def steps(all_: Beside) -> list[Step]:
    """What would help each share most, with what it adds to that share."""
    found = []
    total = sum(all_.weights.values()) or 1.0
    if all_.coverage.missing:
        area = all_.coverage.missing[0]
        gain = all_.weights[area] / total
        why = f"no story of yours shows {area}"
        found.append(Step(f"greenflag story new --competency {area}", why, gain, "stories"))
    areas = [area for area in all_.practice.areas if area.missing]
    if areas:
        weight = sum(area.weight for area in all_.practice.areas)
        asked = sum(area.questions for area in all_.practice.areas)
        gain = min(1 - all_.practice.share, QUESTIONS * (weight / asked) / weight)
        why = f"{sum(len(area.missing) for area in areas)} questions were not rehearsed lately"
        found.append(Step(f"greenflag mock --questions {QUESTIONS}", why, gain, "practice"))
    held = all_.checklist
    if held and held.missing:
        why = f"due now: {shortened(held.missing[0].text)}"
        gain = len(held.missing) / held.of
        found.append(Step("greenflag checklist", why, gain, "checklist"))
    return found


def as_json(all_: Beside) -> dict[str, object]:
    """The shares for programs."""
    held = all_.checklist
    return {
        "stories": {
            "share": all_.coverage.share if all_.stories else 0.0,
            "stories": all_.stories,
            "missing": list(all_.coverage.missing),
            "competencies": {name: list(ids) for name, ids in all_.coverage.shown.items()},
        },
        "practice": {
            "share": all_.practice.share,
            "answers": all_.told,
            "competencies": [
                {
                    "competency": area.competency,
                    "share": area.share,
                    "questions": area.questions,
                    "missing": list(area.missing),
                    "in_time": area.in_time,
                    "timed": area.timed,
                }
                for area in all_.practice.areas
            ],
        },
        "checklist": held
        and {
            "share": held.share,
            "done": held.done,
            "of": held.of,
            "missing": [entry.item for entry in held.missing],
            "next": held.next and held.next.item,
        },
    }
