"""How a mock interview went: as a page for people and as a document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from greenflag.cli.rehearsing import Desk, plan_of, rehearsed, told_of, when
from greenflag.interview import mock
from greenflag.interview.mock import Draw
from greenflag.interview.practice import Change, Tally, changes, tallies
from greenflag.interview.prompt import clock_text
from greenflag.store import rehearsals
from greenflag.store.rehearsals import Mock, Rehearsal
from greenflag.studyday import moment, moment_text

NOT_ANSWERED = ("skipped", "gone")


class Since(NamedTuple):
    """An answer against an earlier one to the same question, or those of its competency."""

    row: Rehearsal
    same: bool
    before: int
    changes: list[Change]


def document(desk: Desk, kept: Mock) -> dict[str, Any]:
    """A mock interview as plain values, as --json prints them."""
    rows = rehearsals.of_mock(desk.db, kept.id)
    session, _ = mock.start(plan_of(kept), told_of(rows))
    return {
        "mock": _mock(kept),
        "wants": session.wants or None,
        "question": None if session.finished else session.place + 1,
        "questions": [
            _question(desk, place, draw, rows[place] if place < len(rows) else None)
            for place, draw in enumerate(plan_of(kept))
        ],
        "competencies": [_tally(each) for each in tallies(_told(rows))],
        "since": [
            {
                "note": each.row.note,
                "same_question": each.same,
                "before": moment_text(moment(each.before)),
                "changes": [change._asdict() for change in each.changes],
            }
            for each in since(desk, rows)
        ],
    }


def list_document(rows: Iterable[tuple[Mock, Sequence[Rehearsal]]]) -> dict[str, Any]:
    """All mock interviews as plain values."""
    found = []
    for kept, told in rows:
        answers = _told(told)
        found.append(
            _mock(kept)
            | {
                "questions": len(kept.plan),
                "answered": len(answers),
                "in_time": sum(each.in_time is True for each in answers),
                "timed": sum(each.in_time is not None for each in answers),
                "said": sum(each.said for each in answers),
                "points": sum(each.points for each in answers),
            }
        )
    return {"mocks": found}


def _mock(kept: Mock) -> dict[str, Any]:
    return {
        "id": kept.id,
        "started": moment_text(moment(kept.started)),
        "finished": None if kept.finished is None else moment_text(moment(kept.finished)),
        "minutes": kept.options["minutes"],
        "think": kept.options["think"],
        "seed": kept.options["seed"],
    }


def _question(desk: Desk, place: int, draw: Draw, row: Rehearsal | None) -> dict[str, Any]:
    shown = desk.fetch(draw, None)
    told: dict[str, Any] = {
        "state": row.state if row else None,
        "competency": row.competency if row else shown.place if shown else None,
    }
    if row:
        told |= {
            "at": moment_text(moment(row.at)),
            "source": row.source or None,
            "seconds": row.seconds,
            "allowed": row.allowed,
            "in_time": rehearsed(row).in_time,
            "answer": row.answer,
            "follow_up_seconds": row.follow_seconds,
            "follow_up_answer": row.follow_answer,
            "said": [number + 1 for number in row.said],
            "points": row.points,
            "story": row.story,
            "remark": row.remark,
            "findings": row.findings,
        }
    return {
        "place": place + 1,
        "note": draw.note,
        "wording": draw.wording,
        "why": draw.why,
        "surprise": draw.surprise,
        "follow_up": draw.follow_up or None,
        "key_points": list(shown.points) if shown else [],
        **told,
    }


def _tally(each: Tally) -> dict[str, Any]:
    return each._asdict() | {"competency": each.competency or None}


def _told(rows: Iterable[Rehearsal]) -> list[Any]:
    return [rehearsed(row) for row in rows if row.state not in NOT_ANSWERED]


def since(desk: Desk, rows: Sequence[Rehearsal]) -> list[Since]:
    """Each answer against the one before it to the same question, else in its competency."""
    found = []
    earlier = rehearsals.answered(desk.db)
    for row in rows:
        if row.state in NOT_ANSWERED:
            continue
        before = [each for each in earlier if each.id < row.id and each.mock != row.mock]
        same = [each for each in before if each.note == row.note][-1:]
        near = [each for each in before if each.competency == row.competency and row.competency]
        compared = same or near[-MOST_BEFORE:]
        if compared:
            found.append(
                Since(
                    row,
                    bool(same),
                    compared[-1].at,
                    changes([rehearsed(each) for each in compared], [rehearsed(row)]),
                )
            )
    return found


MOST_BEFORE = 5
"""How many earlier answers of a competency are averaged."""


# For people


def page(desk: Desk, kept: Mock, *, whole: bool = False) -> str:
    """How a mock interview went, as Markdown; `whole` with each question."""
    rows = rehearsals.of_mock(desk.db, kept.id)
    answers = _told(rows)
    last = rehearsals.latest(desk.db)
    goes_on = kept.finished is None and last is not None and last.id == kept.id
    parts = [_opening(kept, rows, len(answers), goes_on=goes_on)]
    if answers:
        parts += [_table(tallies(answers)), *_better(desk, rows)]
    if whole:
        parts.append(
            "\n".join(_line(place, draw, rows) for place, draw in enumerate(plan_of(kept)))
        )
    remarks = [f"- {row.remark}" for row in rows if row.remark]
    if remarks:
        parts += ["**For next time**", "\n".join(remarks)]
    return "\n\n".join(parts)


def _opening(kept: Mock, rows: Sequence[Rehearsal], answered: int, *, goes_on: bool) -> str:
    passed = len(rows) - answered
    told = f"**{answered} of {len(kept.plan)} questions answered**"
    told += f", {passed} passed over." if passed else "."
    if kept.finished is None:
        told += " Stopped; it goes on with: greenflag mock" if goes_on else " Broken off."
    return f"Mock interview {kept.id}, {when(kept.started)}: {told}"


def _table(rows: Sequence[Tally]) -> str:
    lines = ["| competency | answers | in time | key points | figures |", "|---|---|---|---|---|"]
    for each in rows:
        in_time = f"{each.in_time} of {each.timed}" if each.timed else "not timed"
        points = f"{each.said} of {each.points}" if each.points else "none"
        figures = str(each.figures) if each.read else "not read"
        name = each.competency or "others"
        lines.append(f"| {name} | {each.answers} | {in_time} | {points} | {figures} |")
    return "\n".join(lines)


def _better(desk: Desk, rows: Sequence[Rehearsal]) -> list[str]:
    """What got better since last time and what did not, in plain words."""
    compared = since(desk, rows)
    if not compared:
        return ["Nothing to compare with yet; next time there will be."]
    better: list[str] = []
    worse: list[str] = []
    for each in compared:
        against = "" if each.same else f" (against your answers on {each.row.competency})"
        for told, verdict in ((better, True), (worse, False)):
            words = [change_words(change) for change in each.changes if change.better is verdict]
            if words:
                told.append(f"- {each.row.wording}{against}: {'; '.join(words)}")
    parts = []
    if better:
        parts += ["**Better than last time**", "\n".join(better)]
    if worse:
        parts += ["**Was better last time**", "\n".join(worse)]
    return parts or ["As good as last time, as far as it was measured."]


def change_words(change: Change) -> str:
    """A change in words: `time 2:41, now 1:55`."""
    if change.what == "time":
        return f"time {clock_text(change.before)}, now {clock_text(change.now)}"
    if change.what == "points":
        return f"key points {change.before:.0%}, now {change.now:.0%}"
    return f"{change.what} {round(change.before, 1):g}, now {round(change.now, 1):g}"


def _line(place: int, draw: Draw, rows: Sequence[Rehearsal]) -> str:
    if place >= len(rows):
        return f"{place + 1}. {draw.wording} *(to come)*"
    row = rows[place]
    if row.state in NOT_ANSWERED:
        what = "skipped" if row.state == "skipped" else "no deck held it any more"
    else:
        time = f"{clock_text(row.seconds)}, " if row.seconds is not None else ""
        what = f"{time}key points {len(row.said)} of {row.points}"
    return f"{place + 1}. {draw.wording} *({what})* {draw.why}"


def list_text(rows: Sequence[tuple[Mock, Sequence[Rehearsal]]]) -> str:
    """All mock interviews, a line each."""
    if not rows:
        return "No mock interview yet. Begin one: greenflag mock"
    lines = []
    for kept, told in rows:
        answers = _told(told)
        said = sum(each.said for each in answers), sum(each.points for each in answers)
        state = "" if kept.finished is not None else "  ·  broken off"
        lines.append(
            f"{kept.id}  ·  {when(kept.started)}  ·  {len(answers)} of {len(kept.plan)} answered"
            f"  ·  key points {said[0]} of {said[1]}{state}"
        )
    return "\n".join(lines)
