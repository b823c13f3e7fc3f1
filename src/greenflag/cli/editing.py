"""Changing a deck file for the user: the note opened in an editor, a note added, both undoable."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from greenflag import terminal
from greenflag.cli.app import App
from greenflag.cli.rewriting import with_changes
from greenflag.cli.sync import OWN, deck_files, deck_path, one_line, own_folder, sync
from greenflag.content.decks import deck_of
from greenflag.content.decktext import head, with_areas, with_note
from greenflag.errors import DeckProblems, GreenflagError, UnknownCard
from greenflag.store import journal, notes
from greenflag.store.connection import transaction

MOST_KEPT = 2**20
"""Bytes of a deck file kept so that undo can bring it back."""


def edit_note(app: App, note_id: str, given_back: Callable[[], object]) -> str:
    """Open a note in the editor and take in what changed; gives words for what came of it.

    A shipped deck is not touched: the note is copied into the own deck file of the same name, where
    it takes the place of the shipped one.
    """
    note = notes.note(app.db, note_id)
    if note is None or note.removed is not None:
        raise UnknownCard(note_id)
    name = note.file.partition("/")[2]
    path = Path(own_folder(app)) / name
    before = _bytes(path)
    line = note.line if note.file.startswith(f"{OWN}/") else _line_of(note_id, before)
    if line is None:
        line = _copy_note(Path(deck_path(app, note.file)), note, path, before)
    opened = path.read_bytes()
    edited = False
    try:
        edited = terminal.edit_file(str(path), line, given_back)
    finally:
        if not edited:
            _put(path, before)
    if not edited:
        mend = "set EDITOR, for example: export EDITOR=nano"
        raise GreenflagError("no editor, or it failed", mend)
    after = path.read_bytes()
    if after == opened:
        _put(path, before)
        return "Nothing changed."
    return _take_in(app, f"{OWN}/{name}", note_id, "edit", before, after)


def _line_of(note_id: str, text: bytes | None) -> int | None:
    """The line of a note in an own file that could not be read, so that it can be mended."""
    found = re.search(
        rb"^[-\s]*id: *[\"']?" + re.escape(note_id.encode()) + rb"[\"']?\s*$", text or b"", re.M
    )
    return text.count(b"\n", 0, found.start()) + 1 if text and found else None


def _copy_note(shipped: Path, note: notes.KeptNote, path: Path, before: bytes | None) -> int:
    """Copy the lines of a shipped note to the end of the own file; gives the line it starts on."""
    text, line = _with_copy(_text(path, before), shipped, note)
    write_private(path, text.encode())
    return line


def _with_copy(text: str, shipped: Path, note: notes.KeptNote) -> tuple[str, int]:
    """An own deck with the lines of a shipped note at its end, and the line they start on."""
    lines = _text(shipped, shipped.read_bytes()).split("\n")
    dash = "".join(lines[note.line - 1 : note.line])
    indent = len(dash) - len(dash.lstrip())
    end = note.line
    while end < len(lines) and lines[end][: indent + 2].strip() != "-":
        end += 1
    block = "\n".join(line[indent:] for line in lines[note.line - 1 : end]).rstrip()
    if note.id not in block:
        raise GreenflagError(f"{shipped} is not as it was read", "see: greenflag deck check")
    return with_note(text or head(note.deck), block)


def rewrite_notes(
    app: App, changes: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Change], set[str]]:
    """Change fields of notes in own deck files; the files changed, and the notes it worked for.

    A shipped note is copied into the own file of the same name. All files are written or none.
    """
    texts: dict[str, str] = {}
    done: set[str] = set()
    for note_id, fields in changes.items():
        note = notes.note(app.db, note_id)
        if note is None or note.removed is not None:
            continue
        name = note.file.partition("/")[2]
        text = texts[name] if name in texts else own_deck(app, name)[1]
        if not note.file.startswith(f"{OWN}/"):
            text, _ = _with_copy(text, Path(deck_path(app, note.file)), note)
        changed = with_changes(text, note_id, fields)
        if changed is not None:
            texts[name] = changed
            done.add(note_id)
    return write_decks(app, texts), done


def _bytes(path: Path) -> bytes | None:
    """What a deck file holds; None when there is none."""
    if path.exists() and not path.is_file():
        raise GreenflagError(f"{path} is not a plain file", "move it away")
    return path.read_bytes() if path.exists() else None


def _text(path: Path, data: bytes | None) -> str:
    """A deck file as text; empty when there is none."""
    try:
        return (data or b"").decode("utf-8")
    except UnicodeDecodeError:
        raise GreenflagError(f"{path} is not UTF-8", "see: greenflag deck check") from None


def file_named(deck: str) -> str:
    """The file of an own deck by its name; only plain names."""
    if not re.fullmatch(r"[\w][\w .-]{0,60}", deck):
        raise GreenflagError(f"{deck!r} is no name for a deck file", "letters, digits, - and _")
    return f"{deck}.yaml"


def new_id(app: App, text: str, before: str = "", taken: Collection[str] = ()) -> str:
    """A free id made from a text, after a word that says what the note is."""
    import unicodedata

    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = [*before.split(), *re.findall(r"[a-z0-9]+", ascii_text)[:6]]
    stem = "-".join(words)[:60].rstrip("-") or "note"
    for number in range(1, 10_000):
        id_ = stem if number == 1 else f"{stem}-{number}"
        if id_ not in taken and notes.note(app.db, id_) is None:
            return id_
    raise GreenflagError(f"too many notes named {stem}", "give one with --id")


def add_note(app: App, deck_file: str, fields: str, note_id: str, areas: Sequence[str] = ()) -> str:
    """Append a note (YAML lines of a list item) to an own deck file, which is made when missing.

    `areas` are competencies beside the twelve that the head of the deck has to name.
    """
    path = Path(own_folder(app)) / deck_file
    before = _bytes(path)
    start = _text(path, before) or head(path.stem.replace("-", " ").capitalize())
    text, _ = with_note(with_areas(start, areas), fields)
    _, problems = deck_of(text.encode(), str(path))
    if problems:
        raise DeckProblems([one_line(problem) for problem in problems])
    write_private(path, text.encode())
    try:
        return _take_in(app, f"{OWN}/{deck_file}", note_id, "add", before, text.encode())
    except BaseException:  # a full disk, Ctrl-C: an act that undo would not know
        _put(path, before)
        raise


class Change(NamedTuple):
    """A deck file that was changed: its text before, None when it was new, and after."""

    file: str
    text: str | None
    after: str


def own_deck(app: App, name: str) -> tuple[Path, str]:
    """Where an own deck file is, and its text; empty when there is none."""
    path = Path(own_folder(app)) / name
    return path, _text(path, _bytes(path))


def write_decks(app: App, texts: Mapping[str, str]) -> list[Change]:
    """Put new texts in the place of own deck files and take them in: all of them or none."""
    changes = []
    for name, text in texts.items():
        path, before = own_deck(app, name)
        for each in (before, text):  # what was wrong before is told with its own line
            _, problems = deck_of(each.encode(), str(path)) if each.strip() else (None, [])
            if problems:
                raise DeckProblems([one_line(problem) for problem in problems])
        changes.append(Change(f"{OWN}/{name}", before if path.exists() else None, text))
    try:
        for change in changes:
            write_private(Path(deck_path(app, change.file)), change.after.encode())
        _sync(app, texts)
    except BaseException:
        put_back(app, changes)
        raise
    return changes


def put_back(app: App, changes: Sequence[Change]) -> None:
    """Give deck files the texts they had before they were changed."""
    for change in changes:
        text = change.text
        _put(Path(deck_path(app, change.file)), text.encode() if text is not None else None)
    sync(app, deck_files(app), notes.known_files(app.db))


def restore_decks(app: App, act: journal.Act) -> None:
    """Put deck files back to what they were before an act, unless they were changed since."""
    before = act.before
    told = before.get("files") or ([before] if "file" in before else [])
    changes = [Change(each["file"], each["text"], each["after"]) for each in told]
    for change in changes:
        path = Path(deck_path(app, change.file))
        if (path.read_bytes() if path.is_file() else None) != change.after.encode():
            mend = "undo that change in the file itself, or leave it: greenflag undo --skip"
            raise GreenflagError(f"{path} was changed since", mend)
    if changes:
        put_back(app, changes)


def kept_for_undo(changes: Sequence[Change]) -> list[dict[str, str | None]]:
    """What an act keeps of changed deck files; nothing when that is too much to keep."""
    size = sum(len((change.text or "").encode() + change.after.encode()) for change in changes)
    return [change._asdict() for change in changes] if size <= MOST_KEPT else []


def write_private(path: Path, data: bytes) -> None:
    """Put bytes in the place of a file in one step: never half written, its owner's only."""
    path = Path(os.path.realpath(path))  # a link stays one
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _put(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        write_private(path, data)


def _take_in(
    app: App, file: str, note_id: str, what: str, before: bytes | None, after: bytes
) -> str:
    """Sync after a change to a deck file, and remember how to undo it."""
    changes = _sync(app, [os.path.basename(file)])
    if len(after) + len(before or b"") <= MOST_KEPT:
        with transaction(app.db):
            journal.remember(
                app.db,
                app.now_ms,
                what,
                note_id,
                {
                    "file": file,
                    "text": before.decode("utf-8") if before is not None else None,
                    "after": after.decode("utf-8"),
                },
            )
    return f"Saved: {', '.join(_changed(changes)) or 'no card changed'}."


def _sync(app: App, names: Collection[str]) -> notes.Changes:
    """Take in deck files; problems of these are refused, others may have had theirs all along."""
    synced = sync(app, deck_files(app), notes.known_files(app.db))
    problems = [each for each in synced.problems if os.path.basename(each.file) in names]
    if problems:
        raise DeckProblems([one_line(problem) for problem in problems])
    return synced.changes


def _changed(changes: notes.Changes) -> list[str]:
    return [f"{len(ids)} {name}" for name, ids in changes._asdict().items() if ids]
