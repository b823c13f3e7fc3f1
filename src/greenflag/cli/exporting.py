"""`anki export`: the notes as a package wants them, and what goes along."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from greenflag.anki.package import Exported, Subdecks, Written, write_package
from greenflag.cli.app import App
from greenflag.cli.sync import deck_path, sync_quietly
from greenflag.content.notes import from_json
from greenflag.errors import GreenflagError
from greenflag.store import notes

if TYPE_CHECKING:
    from greenflag.anki.progress import Study
    from greenflag.cli.day import Day

PACKAGE, TEXT = ".apkg", ".txt"
AFTERWARDS = "In Anki: File, Import. Notes you import again are updated, never doubled."
AFTERWARDS_TEXT = """\
In Anki: File, Import. It takes notes whose note type it has: import a package once before.
History and pictures stay behind."""
AFTERWARDS_WITH_PROGRESS = """\
In Anki: File, Import. Tick “Import any learning progress” and “Import any deck presets”.
Then switch FSRS on: in the options of the deck, at the bottom. Your parameters are there already.
Anki takes progress for cards it does not have yet. Cards you imported before keep the schedule they
have there; their texts are updated, nothing is doubled."""


class Wanted(NamedTuple):
    """What is to be written: which decks (all without any), in which subdecks, and as what."""

    decks: tuple[str, ...]
    by: Subdecks
    progress: bool
    form: Literal["apkg", "text"]


def export(app: App, file: Path, wanted: Wanted) -> None:
    """Write decks to a package or a text file, and say what is in it."""
    ending, what = (PACKAGE, "a package") if wanted.form == "apkg" else (TEXT, "a text file")
    if file.suffix != ending:
        other = " or say --format text" if file.suffix == TEXT else ""
        raise GreenflagError(f"{file} is no name for {what}", f"end it with {ending}{other}")
    if wanted.form == "text" and wanted.progress:
        raise GreenflagError("a text file carries no progress", f"export to a {PACKAGE} file")
    sync_quietly(app)
    titles = notes.deck_titles(app.db)
    for deck in wanted.decks:
        if deck not in titles:
            raise GreenflagError(f"no deck {deck!r}", f"there are: {', '.join(titles)}")
    write = _text if wanted.form == "text" else _with_progress if wanted.progress else _plain
    written = write(app, file, wanted)
    if app.json:
        app.emit({"file": str(file), **written._asdict()})
    else:
        app.say("\n".join(_words(file, wanted, written)))
        for why in written.missing:
            app.warn(f"left out: {why}")


def _words(file: Path, wanted: Wanted, written: Written) -> Iterator[str]:
    plural = "s" * (written.reviews != 1)
    reviews = f", {written.reviews} review{plural}" if wanted.progress else ""
    yield f"Wrote {written.notes} notes ({written.cards} cards{reviews}) to {file}."
    if written.media:
        many = "pictures and sounds" if written.media > 1 else "picture or sound"
        yield f"With {written.media} {many}."
    if wanted.form == "text":
        yield AFTERWARDS_TEXT
    else:
        yield AFTERWARDS_WITH_PROGRESS if wanted.progress else AFTERWARDS


def _plain(app: App, file: Path, wanted: Wanted) -> Written:
    return write_package(file, exported(app, wanted.decks), by=wanted.by)


def _with_progress(app: App, file: Path, wanted: Wanted) -> Written:
    from greenflag.cli.day import Day
    from greenflag.store import names

    day = Day(app)
    names.name(app.db)  # before they leave the house
    plain = exported(app, wanted.decks)
    with day.snapshot():
        return write_package(file, with_progress(app, plain), by=wanted.by, study=study(day))


def _text(app: App, file: Path, wanted: Wanted) -> Written:
    from greenflag.anki.textfile import write_text

    return write_text(file, exported(app, wanted.decks), by=wanted.by)


def study(day: Day) -> Study:
    """How one studies here, for a preset of Anki's."""
    from greenflag.anki.progress import Study

    settings = day.app.settings
    return Study(day.parameters_of, settings.rollover_hour, settings.new_per_day)


def exported(app: App, decks: tuple[str, ...]) -> Iterator[Exported]:
    """The notes of some decks (of all without any), as the package wants them.

    A question comes with the story one chose for it, and is as young as that. Not to be called
    inside a snapshot; what it gives may be read in one.
    """
    return _exported(app, decks, _stories(app))


def _exported(
    app: App, decks: tuple[str, ...], stories: Mapping[str, tuple[str, int]]
) -> Iterator[Exported]:
    app.db.execute("PRAGMA cache_size = -256")  # each page is read once
    for body, file, deck, changed, added in notes.bodies(app.db, decks):
        note = from_json(body)
        folder = os.path.dirname(deck_path(app, file)) if "![" in body else ""
        story, since = stories.get(note.id, ("", 0)) if stories else ("", 0)
        yield Exported(note, deck, max(changed, since), added, None, folder, story)


def _stories(app: App) -> dict[str, tuple[str, int]]:
    """The stories one chose, by question: as its back shows them, and when they last changed."""
    chosen = notes.all_chosen_stories(app.db)
    if not chosen:
        return {}
    from greenflag.content.chosen import your_story

    return {
        question: (
            your_story([json.loads(each.body) for each in told]),
            max(each.changed for each in told),
        )
        for question, told in chosen.items()
        if told
    }


def with_progress(app: App, plain: Iterable[Exported]) -> Iterator[Exported]:
    """Notes with the progress of their cards: the reviews that have a name in Anki."""
    from greenflag.anki.ledger import Entry
    from greenflag.anki.progress import CardProgress
    from greenflag.store import marks, names

    held: dict[str, dict[str, str]] = {}
    for card, why in marks.all_held_back(app.db, app.today).items():
        note, _, face = card.partition("/")
        held.setdefault(note, {})[face] = why
    for each in plain:
        answers = {
            card.partition("/")[2]: [Entry(*entry) for entry in log]
            for card, log in names.logs_of(app.db, each.note.id).items()
        }
        marked = held.get(each.note.id, {})
        yield each._replace(
            progress={
                face: CardProgress(answers.get(face, ()), marked.get(face, ""))
                for face in answers.keys() | marked.keys()
            }
        )
