"""`anki export`: decks as a package that Anki imports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from greenflag.cli.app import App, Group, pass_app
from greenflag.cli.sync import sync_quietly
from greenflag.errors import GreenflagError
from greenflag.store import notes

if TYPE_CHECKING:
    from greenflag.anki.package import Exported

PACKAGE = ".apkg"
AFTERWARDS = "In Anki: File, Import. Notes you import again are updated, never doubled."


@click.group("anki", cls=Group)
def anki() -> None:
    """Anki, the other program: export, pull.

    \b
    Example: greenflag anki export decks.apkg
    """


@anki.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--deck", "decks", multiple=True, metavar="TITLE", help="Only this deck; may be given again."
)
@click.option(
    "--by", type=click.Choice(["kind", "competency"]), default="kind", help="What the subdecks are."
)
@click.option("--with-progress", is_flag=True, help="Your reviews and due days go along.")
@pass_app
def export(
    app: App,
    file: Path,
    decks: tuple[str, ...],
    by: Literal["kind", "competency"],
    with_progress: bool,
) -> None:
    """Write decks to FILE.apkg, for Anki to import.

    Exporting and importing again updates what was reworded and leaves the rest, with your tags and
    edits, alone.

    \b
    Example: greenflag anki export decks.apkg --deck Scenarios
    """
    from greenflag.anki.package import write_package

    if file.suffix != PACKAGE:
        raise GreenflagError(f"{file} is no name for a package", f"end it with {PACKAGE}")
    sync_quietly(app)
    titles = notes.deck_titles(app.db)
    for deck in decks:
        if deck not in titles:
            raise GreenflagError(f"no deck {deck!r}", f"there are: {', '.join(titles)}")
    if with_progress:
        from greenflag.cli import exporting

        written = exporting.export(app, file, decks, by)
    else:
        written = write_package(file, exported(app, decks), by=by)
    if app.json:
        app.emit({"file": str(file), **written._asdict()})
        return
    plural = "s" * (written.reviews != 1)
    reviews = f", {written.reviews} review{plural}" if with_progress else ""
    app.say(f"Wrote {written.notes} notes ({written.cards} cards{reviews}) to {file}.")
    app.say(exporting.AFTERWARDS if with_progress else AFTERWARDS)


@anki.command("pull")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--edits", is_flag=True, help="Take over what you reworded in Anki, too.")
@pass_app
def pull(app: App, file: Path, edits: bool) -> None:
    """Take in what you reviewed in Anki: from .apkg, .colpkg or its collection.anki2.

    Each review comes once, however often you pull; reviews here stay. Anki may be open.

    \b
    Example: greenflag anki pull decks.apkg
    """
    from greenflag.cli import pulling

    pulled = pulling.pull(app, file, edits=edits)
    if app.json:
        app.emit(pulling.as_json(pulled))
    else:
        app.say("\n".join(pulling.words(pulled, file)))


def exported(app: App, decks: tuple[str, ...]) -> Iterator[Exported]:
    """The notes of some decks (of all without any), as the package wants them."""
    from greenflag.anki.package import Exported
    from greenflag.content.notes import from_json

    app.db.execute("PRAGMA cache_size = -256")  # each page is read once
    for body, deck, changed, added in notes.bodies(app.db, decks):
        yield Exported(from_json(body), deck, changed, added)
