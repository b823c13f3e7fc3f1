"""`answer`: what can be noticed in an answer, typed or spoken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.sync import sync_quietly
from greenflag.store import notes

if TYPE_CHECKING:
    from greenflag.interview.answer import Analysis, PowerVerb


@click.command("answer", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--without", "without", multiple=True, metavar="RULE", help="Leave a rule out.")
@pass_app
def answer(app: App, file: Path, without: tuple[str, ...]) -> None:
    """Read an answer (txt, md, vtt, srt; - for standard input) and say what to mend.

    \b
    Example: greenflag answer my-answer.txt
    """
    from greenflag.interview import transcript
    from greenflag.interview.answer import analyse, read_rules

    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    sync_quietly(app)
    read = transcript.read(data, str(file))
    found = analyse(read, read_rules().without(*without), tuple(power_verbs(app)))
    if app.json:
        app.emit(found.to_dict())
    else:
        app.show(analysis_text(found))


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
    pace = f", {found.words_per_minute:.0f} words a minute" if found.words_per_minute else ""
    shares = " · ".join(f"{part} {share:.0%}" for part, share in found.parts.items() if share)
    parts = [
        f"**{found.words} words**, about {found.seconds / 60:.1f} min{pace}.",
        f"Parts: {shares or 'none recognised'}.",
    ]
    parts += [f"*{notice}*" for notice in found.notices]
    parts += [
        f"- **{finding.rule}** “{finding.text}”: {finding.advice}" for finding in found.findings
    ]
    return "\n\n".join(parts[:2]) + "\n\n" + "\n".join(parts[2:])
