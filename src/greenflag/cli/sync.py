"""Bringing the store up to the deck files: on its own when a file changed, or when asked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from greenflag.cli.app import App
from greenflag.content.problem import Problem
from greenflag.store import notes as store_notes
from greenflag.store.notes import CardRow, Changes, FileRow, NoteRow

if TYPE_CHECKING:
    from greenflag.content.decks import Placed

OWN, SHIPPED = "decks", "shipped"
MOST_NAMED = 3
"""How many broken files are named in passing."""


class Synced(NamedTuple):
    """What a sync changed, the problems found, and the files they kept out."""

    changes: Changes
    problems: tuple[Problem, ...]
    broken: tuple[str, ...]


def shipped_folder() -> str:
    """Where the shipped decks are: in the package when installed, in a checkout at its top."""
    package = os.path.dirname(os.path.dirname(__file__))
    installed = os.path.join(package, "decks")
    if os.path.isdir(installed):
        return installed
    return os.path.join(os.path.dirname(os.path.dirname(package)), "decks")


def own_folder(app: App) -> str:
    """Where the user's own decks are."""
    return os.path.join(app.home, OWN)


def deck_path(app: App, file: str) -> str:
    """Where a deck file of the store (`decks/x.yaml`, `shipped/x.yaml`) is on this machine."""
    folder, _, name = file.partition("/")
    return os.path.join(own_folder(app) if folder == OWN else shipped_folder(), name)


def with_media(app: App, file: str, markdown: str) -> str:
    """A side of a card of a deck file, its pictures and sounds with their places here."""
    if "![" not in markdown:
        return markdown
    from greenflag.content.media import with_places

    return with_places(markdown, os.path.dirname(deck_path(app, file)))


def deck_files(app: App) -> dict[str, tuple[int, int]]:
    """Every deck file there is, shipped then own, with its size and modification time.

    Files are named by their folder, not by where it is, so that moving the home or installing anew
    changes nothing.
    """
    found: dict[str, tuple[int, int]] = {}
    for label, folder in ((SHIPPED, shipped_folder()), (OWN, own_folder(app))):
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except FileNotFoundError:
            continue
        for entry in entries:
            if entry.name.endswith((".yaml", ".yml")) and not entry.name.startswith("."):
                try:
                    about = entry.stat()
                except OSError:  # a link to nowhere
                    about = entry.stat(follow_symlinks=False)
                found[f"{label}/{entry.name}"] = (about.st_size, about.st_mtime_ns)
    return found


def one_line(problem: Problem) -> str:
    """A problem on one line, whatever the file is called."""
    return " ".join(str(problem).splitlines())


def odd_names(paths: Iterable[str]) -> list[Problem]:
    """The deck files whose names cannot be shown or kept: control characters, bytes not UTF-8."""
    what, mend = "a file name that cannot be shown", "rename the file"
    return [Problem(p, 1, what, mend) for p in paths if not os.path.basename(p).isprintable()]


def sync_quietly(app: App) -> None:
    """Take in what changed in the deck files; a broken deck stays as it was and is named."""
    files = deck_files(app)
    known = store_notes.known_files(app.db)
    if files == known:
        return
    broken = store_notes.broken_files(app.db)
    if files == {**known, **broken} and known.keys() <= files.keys():
        return
    synced = sync(app, files, known)
    if synced.problems:
        count = len(synced.problems)
        named = " ".join(", ".join(synced.broken[:MOST_NAMED]).splitlines())
        more = len(synced.broken) - MOST_NAMED
        app.warn(
            f"{count} problem{'s' * (count > 1)} in {named}{f' and {more} more' * (more > 0)}:"
            " not read. See: greenflag deck check"
        )


def sync(app: App, files: dict[str, tuple[int, int]], known: dict[str, tuple[int, int]]) -> Synced:
    """Read the deck files that changed and keep what they hold; forget those that are gone.

    A deck with a problem is left as it was before. A shipped deck and the user's versions of its
    notes (the own file of the same name) are read together: while one of them has a problem the
    other is not taken in either, unless neither ever was.
    """
    from pathlib import Path

    from greenflag.content.decks import Reading, doubled_elsewhere, read_decks

    changed = [file for file, about in files.items() if known.get(file) != about]
    gone = [file for file in known if file not in files]
    names = {file.partition("/")[2] for file in (*changed, *gone)}
    read = {deck_path(app, file): file for file in files if file.partition("/")[2] in names}
    odd = odd_names(read)
    readable = [path for path in read if path not in {problem.file for problem in odd}]
    reading = read_decks([Path(path) for path in readable]) if readable else Reading((), ())
    taken = [*(read[path] for path in readable), *gone]
    elsewhere = store_notes.ids_elsewhere(app.db, taken)
    problems = [*reading.problems, *odd, *doubled_elsewhere(reading.decks, elsewhere)]
    broken = {file: files[file] for file in {read[problem.file] for problem in problems}}
    seen_before = {file.partition("/")[2] for file in known}
    kept_out = {file.partition("/")[2] for file in broken} & seen_before
    decks = [
        (read[deck.file], deck)
        for deck in reading.decks
        if read[deck.file] not in broken and read[deck.file].partition("/")[2] not in kept_out
    ]
    rows = [row for file, deck in decks for row in note_rows(file, deck.notes)]
    file_rows = [
        FileRow(
            file, *files[file], deck.title, deck.about, deck.language, file.startswith(f"{OWN}/")
        )
        for file, deck in decks
    ]
    changes = store_notes.keep_decks(app.db, file_rows, rows, gone, broken, app.now_ms)
    return Synced(changes, tuple(problems), tuple(sorted({p.file for p in problems})))


def note_rows(file: str, placed: Sequence[Placed]) -> list[NoteRow]:
    """The notes of one deck file, ready for the store."""
    from functools import lru_cache
    from hashlib import blake2b

    from greenflag.content.notes import cards_of, to_json

    tags_json = lru_cache(json.dumps)  # the same few lists again and again

    rows = []
    for position, (note, line) in enumerate(placed):
        body = to_json(note)
        cards = tuple(
            CardRow(card.id, place, card.front, card.back)
            for place, card in enumerate(cards_of(note))
        )
        rows.append(
            NoteRow(
                note.id, file, line, position, note.kind, note.competency, note.weight,
                tags_json(note.tags), body,
                blake2b(body.encode(), digest_size=16).hexdigest(), cards,
            )
        )  # fmt: skip
    return rows
