"""`answer`: what can be noticed in an answer, typed or spoken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.sync import sync_quietly
from greenflag.errors import GreenflagError
from greenflag.store import notes, rehearsals
from greenflag.store.rehearsals import Rehearsal
from greenflag.studyday import moment, moment_text

if TYPE_CHECKING:
    from greenflag.interview.answer import Analysis, PowerVerb
    from greenflag.interview.answer.progress import Change


ALLOWED = 120.0
"""Seconds an answer is to take at the most when no mock interview says otherwise."""


@click.command("answer", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--without", "without", multiple=True, metavar="RULE", help="Leave a rule out.")
@click.option("--question", metavar="NOTE", help="Keep it as a rehearsal of this question.")
@pass_app
def answer(app: App, file: Path, without: tuple[str, ...], question: str | None) -> None:
    """Read an answer (txt, md, vtt, srt; - for standard input) and say what to mend.

    \b
    Example: greenflag answer my-answer.txt
    """
    from greenflag.interview import transcript
    from greenflag.interview.answer import analyse, read_rules

    rules = read_rules().without(*without)
    data = read_bounded(str(file))
    sync_quietly(app)
    asked = _question(app, question) if question is not None else None
    read = transcript.read(data, str(file))
    verbs = tuple(power_verbs(app))
    found = analyse(read, rules, verbs)
    kept = None
    if asked:  # with every rule, so that one answer can be compared with the next
        kept = _keep(app, asked, analyse(read, read_rules(), verbs) if without else found, verbs)
    if app.json:
        app.emit(found.to_dict() | ({"rehearsal": _kept_values(kept)} if kept else {}))
    else:
        app.show(analysis_text(found) + (f"\n\n{_kept_text(kept)}" if kept else ""))


class Kept(NamedTuple):
    """An answer kept as a rehearsal, and what changed since the one before it."""

    row: Rehearsal
    before: Rehearsal | None
    changes: tuple[Change, ...]


def read_bounded(path: str) -> bytes:
    """What a file holds (`-`: standard input), refused when it is longer than is ever read."""
    from greenflag.interview.transcript import MOST_BYTES, BadTranscript

    if path == "-":
        data = sys.stdin.buffer.read(MOST_BYTES + 1)
    else:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        what = f"{path} has more than the {MOST_BYTES >> 20} MiB that are read"
        raise BadTranscript(what, "cut out the part with the answer")
    return data


def _question(app: App, id_: str) -> notes.KeptNote:
    """The question of an id; refused when the decks hold none."""
    note = notes.note(app.db, id_)
    if note is None or note.removed is not None or note.kind != "question":
        raise GreenflagError(f"no question {id_!r}", "find it with: greenflag search WORDS")
    return note


def _keep(app: App, asked: notes.KeptNote, found: Analysis, verbs: tuple[PowerVerb, ...]) -> Kept:
    """Keep an analysed answer to a question, and compare it with the one before."""
    from greenflag.content.notes import Question, from_json
    from greenflag.interview.answer import analyse, read_rules
    from greenflag.interview.answer.progress import changes, summary_of
    from greenflag.interview.transcript import Transcript

    question = from_json(asked.body)
    assert isinstance(question, Question)
    before = rehearsals.last_answer(app.db, asked.id)
    changed: tuple[Change, ...] = ()
    if before and before.answer is not None:
        old = analyse(Transcript(before.answer), read_rules(), verbs)
        old = old._replace(seconds=before.seconds or old.seconds)
        changed = changes(summary_of(old), summary_of(found))
    counts: dict[str, int] = {}
    for finding in found.findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
    row = Rehearsal(
        note=asked.id,
        wording=" ".join(question.question.split()),
        at=app.now_ms,
        day=app.today,
        state="done",
        allowed=ALLOWED,
        competency=asked.competency,
        source="typed" if found.pauses is None else "transcript",
        seconds=found.seconds,
        answer=found.text.strip(),
        findings=counts,
    )
    return Kept(rehearsals.keep_answer(app.db, row), before, changed)


def _kept_values(kept: Kept) -> dict[str, object]:
    return {
        "id": kept.row.id,
        "question": kept.row.note,
        "before": moment_text(moment(kept.before.at)) if kept.before else None,
        "changes": [change._asdict() for change in kept.changes],
    }


def _kept_text(kept: Kept) -> str:
    """That it is kept, and what differs from last time."""
    said = f"Kept as a rehearsal of {kept.row.note}."
    if kept.before is None:
        return f"{said} The next one is compared with it."
    if not kept.changes:
        return f"{said} Nothing differs from last time."
    lines = "\n".join(f"- {change.how}: {change.said}" for change in kept.changes)
    return f"{said} Since last time:\n\n{lines}"


def power_verbs(app: App) -> Iterator[PowerVerb]:
    """The power verbs of the decks, as the analysis suggests them."""
    from greenflag.content import notes as kinds
    from greenflag.interview.answer import PowerVerb

    for note in notes.all_notes(app.db):
        if note.kind == "power_verb":
            held = kinds.from_json(note.body)
            assert isinstance(held, kinds.PowerVerb)
            yield PowerVerb(held.verb, tuple(held.instead_of or ()), held.use_when)


def analysis_text(found: Analysis) -> str:
    """An analysis for people, as Markdown: the parts, the time, and each finding with its mend."""
    from greenflag.interview.prompt import clock_text

    pace = f", {found.words_per_minute:.0f} words a minute" if found.words_per_minute else ""
    shares = " · ".join(f"{part} {share:.0%}" for part, share in found.parts.items() if share)
    parts = [
        f"**{found.words} words**, about {clock_text(found.seconds)}{pace}.",
        f"Parts: {shares or 'none recognised'}.",
    ]
    parts += [f"*{notice}*" for notice in found.notices]
    parts += [
        f"- **{finding.rule}** “{finding.text}”: {finding.advice}" for finding in found.findings
    ]
    return "\n\n".join(parts[:2]) + "\n\n" + "\n".join(parts[2:])
