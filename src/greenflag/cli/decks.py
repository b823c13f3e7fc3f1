"""Deck files: list, check, sync, new, schema."""

from __future__ import annotations

import json
import math
from pathlib import Path

import click

from greenflag.cli.app import App, Group, pass_app
from greenflag.cli.sync import (
    deck_files,
    deck_path,
    odd_names,
    one_line,
    own_folder,
    sync,
    sync_quietly,
)
from greenflag.errors import DeckProblems, GreenflagError
from greenflag.store import notes as store_notes

SCHEMA_FILE = "deck.schema.json"


@click.group("deck", cls=Group)
def deck() -> None:
    """Deck files: list, check, sync, new, schema.

    \b
    Example: greenflag deck list
    """


@deck.command("list")
@pass_app
def list_(app: App) -> None:
    """Each deck, what it holds, and how far you are.

    \b
    Example: greenflag deck list
    """
    from greenflag.cli.day import Day

    day = Day(app)
    decay = -day.parameters.numbers[20]
    factor = 0.9 ** (1 / decay) - 1
    day.db.create_function(
        "recall",
        3,
        lambda s, last, today: (
            None if s is None else math.pow(1 + factor * max(0, today - last) / s, decay)
        ),
    )
    counts = store_notes.deck_counts(day.db, day.day, "recall")
    if app.json:
        app.emit({"decks": [dict(zip(c._fields, c, strict=True)) for c in counts]})
        return
    head = "| deck | notes | cards | seen | due | recall of seen |\n|---|--:|--:|--:|--:|--:|\n"
    app.show(head + "\n".join(_row(count) for count in counts))


@deck.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE|FOLDER]…")
@pass_app
def check(app: App, paths: tuple[Path, ...]) -> int:
    """Find every problem in deck files, yours and the shipped ones unless you name some.

    \b
    Example: greenflag deck check my-deck.yaml
    """
    from greenflag.content.decks import read_decks
    from greenflag.content.media import media_problems
    from greenflag.content.notes import cards_of

    files = _files(paths) if paths else [Path(deck_path(app, file)) for file in deck_files(app)]
    reading = read_decks(files)
    problems = [*odd_names(map(str, files)), *reading.problems]
    problems += [problem for deck in reading.decks for problem in media_problems(deck)]
    held = [placed.note for deck in reading.decks for placed in deck.notes]
    cards = sum(len(cards_of(note)) for note in held)
    if app.json:
        app.emit(
            {
                "decks": len(reading.decks),
                "notes": len(held),
                "cards": cards,
                "problems": [problem._asdict() for problem in problems],
            }
        )
    else:
        for problem in problems:
            app.say(one_line(problem))
        if problems:
            files_hit = {problem.file for problem in problems}
            found = _count(len(problems), "problem")
            app.warn(f"greenflag: {found} in {_count(len(files_hit), 'file')}")
        else:
            held_words = f"{_count(len(held), 'note')}, {_count(cards, 'card')}"
            app.say(f"{_count(len(reading.decks), 'deck')}, {held_words}: all good.")
    return 1 if problems else 0


@deck.command("sync")
@pass_app
def sync_(app: App) -> None:
    """Take in what changed in the deck files, and say what did.

    It happens on its own when a file changed; progress is never lost.

    \b
    Example: greenflag deck sync
    """
    synced = sync(app, deck_files(app), store_notes.known_files(app.db))
    if app.json:
        app.emit(
            {name: list(ids) for name, ids in synced.changes._asdict().items()}
            | {"problems": [problem._asdict() for problem in synced.problems]}
        )
    else:
        for name, ids in synced.changes._asdict().items():
            if ids:
                shown = ", ".join(ids[:8]) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")
                app.say(f"{len(ids)} {name}: {shown}")
        if not synced.changes and not synced.problems:
            app.say("Nothing changed.")
    if synced.problems:
        raise DeckProblems([one_line(problem) for problem in synced.problems])


@deck.command("new")
@click.argument("name")
@pass_app
def new(app: App, name: str) -> None:
    """Start a deck of your own: a commented example to fill in.

    \b
    Example: greenflag deck new acme-interview
    """
    from greenflag.cli.editing import write_private
    from greenflag.content.decks import example

    stem = name.removesuffix(".yaml").removesuffix(".yml")
    if (
        not stem
        or any(c in stem for c in "/\\\0")
        or stem.startswith(".")
        or len(stem) > 80
        or not stem.isprintable()
    ):
        raise GreenflagError(f"{name!r} is no name for a deck file", "letters, digits, - and _")
    path = Path(own_folder(app)) / f"{stem}.yaml"
    if path.exists():
        raise GreenflagError(f"{path} exists already", "choose another name")
    write_private(path.with_name(SCHEMA_FILE), _schema_text().encode())
    write_private(path, example(stem).encode())
    sync_quietly(app)
    if app.json:
        app.emit({"file": str(path)})
    else:
        app.say(f"Made {path}\nFill it in, then: greenflag deck check")


@deck.command("schema")
@pass_app
def schema_(app: App) -> None:
    """The JSON Schema of deck files, for editors that complete and check.

    \b
    Example: greenflag deck schema > deck.schema.json
    """
    click.echo(_schema_text(), nl=False)


def _schema_text() -> str:
    from greenflag.content.decks import schema

    return json.dumps(schema(), indent=2) + "\n"


def _row(count: store_notes.DeckCounts) -> str:
    seen = f"{count.seen} ({_share(count.seen, count.cards)})"
    recall = f"{count.recall:.0%}" if count.seen else "–"
    deck = " ".join(count.deck.split()).replace("|", "\\|")
    return f"| {deck} | {count.notes} | {count.cards} | {seen} | {count.due} | {recall} |"


def _files(paths: tuple[Path, ...]) -> list[Path]:
    from greenflag.content.decks import deck_paths

    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise GreenflagError(f"{path} does not exist", "name a deck file or a folder of them")
        is_folder = path.is_dir() and path.suffix not in (".yaml", ".yml")
        found += deck_paths(path) if is_folder else [path]
    return found


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _share(part: int, whole: int) -> str:
    return f"{math.floor(100 * part / whole) if whole else 0} %"
