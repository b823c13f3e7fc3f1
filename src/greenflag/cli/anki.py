"""`anki`: the other program. Each command is named here; its body has a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from greenflag.cli.app import App, Group, pass_app

BY = click.option(
    "--by", type=click.Choice(["kind", "competency"]), default="kind", help="What the subdecks are."
)


@click.group("anki", cls=Group)
def anki() -> None:
    """Anki, the other program: export, import, pull, push, sync.

    \b
    Example: greenflag anki export decks.apkg
    """


@anki.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--deck", "decks", multiple=True, metavar="TITLE", help="Only this deck; may be given again."
)
@BY
@click.option("--with-progress", is_flag=True, help="Your reviews and due days go along.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["apkg", "text"]),
    default="apkg",
    help="A package (FILE.apkg), or lines of text (FILE.txt).",
)
@pass_app
def export(
    app: App,
    file: Path,
    decks: tuple[str, ...],
    by: Literal["kind", "competency"],
    with_progress: bool,
    form: Literal["apkg", "text"],
) -> None:
    """Write decks to a file for Anki to import.

    Exporting and importing again updates what was reworded and leaves the rest, with your tags and
    edits, alone.

    \b
    Example: greenflag anki export decks.apkg --deck Scenarios
    """
    from greenflag.cli import exporting

    exporting.export(app, file, exporting.Wanted(decks, by, with_progress, form))


@anki.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@pass_app
def import_(app: App, file: Path) -> None:
    """Take in somebody's deck: .apkg, .colpkg or text.

    It becomes a deck file of your own, with its history and media. Import it again and it is
    updated; what you changed yourself stays. `greenflag undo` takes it all back.

    \b
    Example: greenflag anki import spanish.txt
    """
    from greenflag.cli import importing

    importing.say_imported(app, importing.import_file(app, file))


@anki.command("pull")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--edits", is_flag=True, help="Take over what you reworded in Anki, too.")
@pass_app
def pull(app: App, file: Path, edits: bool) -> None:
    """Take in what you reviewed in Anki.

    FILE is an .apkg, a .colpkg or Anki's own collection.anki2; Anki may be open. Each review comes
    once, however often you pull; reviews here stay.

    \b
    Example: greenflag anki pull decks.apkg
    """
    from greenflag.cli import pulling

    pulled = pulling.pull(app, file, edits=edits)
    if app.json:
        app.emit(pulling.as_json(pulled))
    else:
        app.say("\n".join(pulling.words(pulled, file)))


@anki.command("push")
@click.option("--profile", metavar="NAME", help="A profile of Anki's, or its folder.")
@BY
@pass_app
def push(app: App, profile: str | None, by: Literal["kind", "competency"]) -> None:
    """Write notes and progress into Anki on this machine.

    While it is closed. Takes the reviews made there first, and makes a backup.

    \b
    Example: greenflag anki push --profile my-profile
    """
    from greenflag.cli import syncing

    syncing.push(app, profile, by)


@anki.command("sync")
@click.argument("url", required=False)
@click.option("--user", metavar="NAME", help="Your name on the server.")
@click.option("--full", type=click.Choice(["upload", "download"]), help="Which side, if one must.")
@click.option("--no-media", is_flag=True, help="Leave media files out.")
@click.option("--insecure", is_flag=True, help="Allow http to another machine.")
@click.option("--timeout", type=click.IntRange(1, 3600), default=30, help="Seconds to wait.")
@click.option("--forget", is_flag=True, help="Remove the key to the server, and no more.")
@BY
@pass_app
def sync(
    app: App, url: str | None, user: str | None, full: str | None, no_media: bool, insecure: bool,
    timeout: int, forget: bool, by: Literal["kind", "competency"],
) -> None:  # fmt: skip
    """Sync with an Anki sync server of your own.

    It is at URL; without one, the last. Asks for the password, on a pipe reads it, or takes
    GREENFLAG_ANKI_PASSWORD.

    \b
    Example: greenflag anki sync http://127.0.0.1:8080/ --user me
    """
    from greenflag.cli import syncing

    if forget:
        syncing.forget(app)
    else:
        syncing.sync(app, syncing.Options(url, user, full, by, not no_media, insecure, timeout))
