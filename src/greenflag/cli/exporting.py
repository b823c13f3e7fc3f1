"""`anki export`: the notes as a package wants them, and what goes along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from greenflag.anki.package import Exported, Subdecks, Written, write_package
from greenflag.cli.app import App
from greenflag.cli.sync import sync_quietly
from greenflag.content.notes import from_json
from greenflag.errors import GreenflagError
from greenflag.store import notes

if TYPE_CHECKING:
    from greenflag.anki.progress import Study
    from greenflag.cli.day import Day

PACKAGE = ".apkg"
AFTERWARDS = "In Anki: File, Import. Notes you import again are updated, never doubled."
AFTERWARDS_WITH_PROGRESS = """\
In Anki: File, Import. Tick “Import any learning progress” and “Import any deck presets”.
Then switch FSRS on: in the options of the deck, at the bottom. Your parameters are there already.
Anki takes progress for cards it does not have yet. Cards you imported before keep the schedule they
have there; their texts are updated, nothing is doubled."""


class Wanted(NamedTuple):
    """What is to be written: which decks (all without any), in which subdecks, and what with it."""

    decks: tuple[str, ...]
    by: Subdecks
    progress: bool


def export(app: App, file: Path, wanted: Wanted) -> None:
    """Write decks to a package, and say what is in it."""
    if file.suffix != PACKAGE:
        raise GreenflagError(f"{file} is no name for a package", f"end it with {PACKAGE}")
    sync_quietly(app)
    titles = notes.deck_titles(app.db)
    for deck in wanted.decks:
        if deck not in titles:
            raise GreenflagError(f"no deck {deck!r}", f"there are: {', '.join(titles)}")
    write = _with_progress if wanted.progress else _plain
    written = write(app, file, wanted)
    if app.json:
        app.emit({"file": str(file), **written._asdict()})
        return
    plural = "s" * (written.reviews != 1)
    reviews = f", {written.reviews} review{plural}" if wanted.progress else ""
    app.say(f"Wrote {written.notes} notes ({written.cards} cards{reviews}) to {file}.")
    app.say(AFTERWARDS_WITH_PROGRESS if wanted.progress else AFTERWARDS)


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


def study(day: Day) -> Study:
    """How one studies here, for a preset of Anki's."""
    from greenflag.anki.progress import Study

    settings = day.app.settings
    return Study(day.parameters_of, settings.rollover_hour, settings.new_per_day)


def exported(app: App, decks: tuple[str, ...]) -> Iterator[Exported]:
    """The notes of some decks (of all without any), as the package wants them."""
    app.db.execute("PRAGMA cache_size = -256")  # each page is read once
    for body, deck, changed, added in notes.bodies(app.db, decks):
        yield Exported(from_json(body), deck, changed, added)


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
