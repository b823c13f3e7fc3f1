"""What an export takes along: the notes, and what is known of their cards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from greenflag.anki.package import Exported, Subdecks, Written, write_package
from greenflag.anki.progress import Answer, CardProgress, Study
from greenflag.cli.anki import exported
from greenflag.cli.app import App
from greenflag.cli.day import Day
from greenflag.store import marks, reviews

AFTERWARDS = """\
In Anki: File, Import. Tick “Import any learning progress” and “Import any deck presets”.
Then switch FSRS on: in the options of the deck, at the bottom. Your parameters are there already.
Anki takes progress for cards it does not have yet. Cards you imported before keep the schedule they
have there; their texts are updated, nothing is doubled."""


def export(app: App, file: Path, decks: tuple[str, ...], by: Subdecks) -> Written:
    """Write decks to a package, the progress of all their cards with them."""
    day = Day(app)
    settings = app.settings
    study = Study(day.parameters_of, settings.rollover_hour, settings.new_per_day)
    with day.snapshot():
        return write_package(file, with_progress(app, decks), by=by, study=study)


def with_progress(app: App, decks: tuple[str, ...]) -> Iterator[Exported]:
    """The notes of some decks (of all without any) with the progress of their cards."""
    held: dict[str, dict[str, str]] = {}
    for card, why in marks.all_held_back(app.db, app.today).items():
        note, _, face = card.partition("/")
        held.setdefault(note, {})[face] = why
    for each in exported(app, decks):
        logs = reviews.logs_of(app.db, each.note.id)
        answers = {
            card.partition("/")[2]: [Answer._make(entry) for entry in log]
            for card, log in logs.items()
        }
        marked = held.get(each.note.id, {})
        yield each._replace(
            progress={
                face: CardProgress(answers.get(face, ()), marked.get(face, ""))
                for face in answers.keys() | marked.keys()
            }
        )
