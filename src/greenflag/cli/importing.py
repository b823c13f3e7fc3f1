"""`anki import`: somebody else's deck into deck files of one's own, with its history and media."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha1
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple
from zlib import compress, decompress

from greenflag.anki.collection import (
    ForeignNote,
    ForeignReview,
    count_notes,
    read_notes,
    read_reviews,
)
from greenflag.anki.foreign import Adopted, Skipped, adopted
from greenflag.anki.markdown import Media
from greenflag.anki.media import LARGEST_IN_ALL
from greenflag.anki.notetypes import note_of
from greenflag.anki.packagefile import Opened, opened
from greenflag.anki.textfile import read_text
from greenflag.cli.app import App
from greenflag.cli.day import Day
from greenflag.cli.editing import write_private
from greenflag.cli.sync import (
    OWN,
    deck_files,
    deck_path,
    one_line,
    own_folder,
    sync,
)
from greenflag.content import media as content_media
from greenflag.content.deckfile import is_import, is_untouched, text_of
from greenflag.content.decks import Deck, deck_of
from greenflag.content.notes import Note
from greenflag.errors import DeckProblems, GreenflagError
from greenflag.store import journal, notes
from greenflag.store.arrivals import Arrived, Arriving, take_in
from greenflag.studyday import study_day_at

PACKAGES = (".apkg", ".colpkg")
MEDIA_FOLDER = "media"
"""The folder beside the deck files where pictures and sounds go."""
MOST_FILES = 100


class Taken(NamedTuple):
    """What one deck file got: its state is `new`, `updated`, `unchanged` or `beside`."""

    file: str
    deck: str
    state: str
    notes: int
    cards: int


class Imported(NamedTuple):
    """What an import did."""

    decks: list[Taken]
    history: Arrived
    media: int
    skipped: list[Skipped]


class _Foreign(NamedTuple):
    """What was read from a file: notes of ours by deck title, their history, what was left out."""

    decks: dict[str, list[Note]]
    cards: dict[int, str]
    suspended: dict[str, str]
    history: list[ForeignReview]
    skipped: list[Skipped]


def import_file(app: App, file: Path) -> Imported:
    """Take in a package or a text file; all of it in one act, or nothing."""
    day = Day(app)
    os.makedirs(own_folder(app), mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=own_folder(app), prefix=".import-") as staging:
        found = _read(app, file, Path(staging))
        planned = list(_plan(app, found))
        return _carry_out(app, day, file, found, planned, Path(staging))


# --- reading


def _read(app: App, file: Path, staging: Path) -> _Foreign:
    if file.suffix.lower() == ".anki2":
        mend = "export a deck from it in Anki, or take your own reviews with: greenflag anki pull"
        raise GreenflagError(f"{file} is a whole collection", mend)
    if file.suffix.lower() not in PACKAGES:
        return _adopt(app, file, read_text(file), _Kept(Path(own_folder(app))).named)
    with opened(file) as package:
        foreign = list(read_notes(package.db))
        found = _adopt(app, file, foreign, _Staged(package, staging).named)
        history = [each for each in read_reviews(package.db) if each.card in found.cards]
        unread = count_notes(package.db) - len(foreign)
    done = [each for each in history if each.answered.at <= app.now_ms]
    skipped = [Skipped("", "a note that cannot be read")] * unread
    skipped += [Skipped("", "a review dated later than now")] * (len(history) - len(done))
    return found._replace(history=done, skipped=found.skipped + skipped)


def _adopt(app: App, file: Path, foreign: Iterable[ForeignNote], media: Media) -> _Foreign:
    """The notes as ours, by the deck they go to: the first level of their deck in Anki."""
    found = _Foreign({}, {}, {}, [], [])
    seen: set[str] = set()
    for note in foreign:
        own = note_of(note.guid)
        kept = notes.note(app.db, own) if own else None
        if kept and kept.removed is None:
            found.skipped.append(Skipped(kept.id, "greenflag's own, in your decks already"))
            continue
        title, *below = _levels(note, file)
        for each in adopted(note, media, ["::".join(below)]):
            if isinstance(each, Skipped):
                found.skipped.append(each)
            elif each.note.id in seen:
                found.skipped.append(Skipped(each.note.id, "there twice"))
            else:
                seen.add(each.note.id)
                _put(found, title, each)
    return found


def _put(found: _Foreign, title: str, each: Adopted) -> None:
    found.decks.setdefault(title, []).append(each.note)
    found.cards.update(each.cards)
    found.suspended.update((card, each.note.id) for card in each.suspended)


def _levels(note: ForeignNote, file: Path) -> list[str]:
    name = note.cards[0].deck if note.cards else note.deck
    levels = [_printable(level) for level in name.split("::")[:20] if level.strip()]
    return levels if levels and levels != ["Default"] else [_printable(file.stem)]


class _Staged:
    """Media of a package, written beside the decks as notes ask for them, under names of ours."""

    def __init__(self, package: Opened, folder: Path) -> None:
        self.package, self.folder = package, folder
        self.size = 0
        self._known: dict[str, str | None] = {}

    def named(self, name: str) -> str | None:
        """Where a media file will stand for our notes; None when it cannot be taken."""
        if name not in self._known:
            self._known[name] = self._taken(name)
        return self._known[name]

    def _taken(self, name: str) -> str | None:
        kept = self.package.media.get(name)
        room = min(content_media.LARGEST, LARGEST_IN_ALL - self.size)
        data = self.package.read(kept, room) if kept and content_media.is_media(name) else None
        if not data:
            return None
        digest = sha1(data, usedforsecurity=False).hexdigest()[:10]
        own = f"{_stem(name)}-{digest}.{content_media.suffix(name)}"
        if not (self.folder / own).exists():
            (self.folder / own).write_bytes(data)
            self.size += len(data)
        return f"{MEDIA_FOLDER}/{own}"


class _Kept:
    """Media that an import brought earlier: a text file has their names and no more."""

    def __init__(self, decks: Path) -> None:
        folder = decks / MEDIA_FOLDER
        self.names = [path.name for path in folder.iterdir()] if folder.is_dir() else []

    def named(self, name: str) -> str | None:
        """Where a media file stands for our notes; None unless one and only one may be meant."""
        pattern = rf"{_stem(name)}-[0-9a-f]{{10}}\.{re.escape(content_media.suffix(name))}"
        found = [kept for kept in self.names if re.fullmatch(pattern, kept)]
        return f"{MEDIA_FOLDER}/{found[0]}" if len(found) == 1 else None


def _stem(name: str) -> str:
    return _slug(os.path.splitext(os.path.basename(name))[0])[:40]


# --- deciding


class _Planned(NamedTuple):
    """A deck file to write (nothing when it is as it should be), and what is said about it."""

    taken: Taken
    data: bytes | None


def _plan(app: App, found: _Foreign) -> Iterator[_Planned]:
    """For each deck: which file, and what goes into it; moves no note another deck file has."""
    if len(found.decks) > MOST_FILES:
        raise GreenflagError(f"{len(found.decks)} decks at once", "export fewer of them")
    names = {os.path.basename(file) for file in deck_files(app) if not file.startswith(OWN)}
    for title, held in found.decks.items():
        name, before = _file_for(app, title, {note.id for note in held}, names)
        names.add(name)
        file = f"{OWN}/{name}"
        elsewhere = notes.ids_elsewhere(app.db, [file])
        away = [note for note in held if note.id in elsewhere]
        for note in away:
            where = elsewhere[note.id][0]
            found.skipped.append(Skipped(note.id, f"in {where} already, left as it is there"))
        held = [note for note in held if note.id not in elsewhere]
        if held:
            yield _planned(file, title, held, before)


def _file_for(app: App, title: str, ids: set[str], taken: set[str]) -> tuple[str, bytes | None]:
    """The name of the file for a deck, and what it holds: that of an earlier import, or free."""
    stem = _slug(title)[:60]
    for number in range(1, 1000):
        name = f"{stem}.yaml" if number == 1 else f"{stem}-{number}.yaml"
        path = Path(own_folder(app), name)
        if name in taken:
            continue
        if not os.path.lexists(path):
            return name, None
        data = path.read_bytes() if path.is_file() else b""
        if is_import(data):
            deck, _ = deck_of(data, name)
            if deck is None or not ids.isdisjoint(placed.note.id for placed in deck.notes):
                return name, data
    raise GreenflagError(f"too many deck files named {stem}", "rename some of them")


def _planned(file: str, title: str, held: list[Note], before: bytes | None) -> _Planned:
    deck = deck_of(before, file)[0] if before is not None else None
    merged = _merged(deck, held) if deck else held
    text = text_of(deck.title if deck else title, merged, "Anki")
    data = text.encode()
    made, problems = deck_of(data, file)
    if made is None:
        raise GreenflagError(f"{title}: {problems[0].what}", "export fewer decks at once")
    cards = sum(1 for note in held for _ in note.cards())
    taken = Taken(file, title, "new", len(held), cards)
    if before is None:
        return _Planned(taken, data)
    if before == data:
        return _Planned(taken._replace(state="unchanged"), None)
    if is_untouched(before):
        return _Planned(taken._replace(state="updated"), data)
    return _Planned(taken._replace(state="beside", file=f"{file}.new"), data)


def _merged(deck: Deck, held: list[Note]) -> list[Note]:
    """What the deck file has, each note as it now is in Anki, and after it what is new."""
    fresh = {note.id: note for note in held}
    kept = [fresh.pop(placed.note.id, placed.note) for placed in deck.notes]
    return [*kept, *fresh.values()]


# --- doing


def _carry_out(
    app: App, day: Day, file: Path, found: _Foreign, planned: list[_Planned], staging: Path
) -> Imported:
    known = {id_ for id_ in set(found.suspended.values()) if notes.note(app.db, id_)}
    suspended = [card for card, note in found.suspended.items() if note not in known]
    writes = {each.taken.file: each.data for each in planned if each.data is not None}
    with _files_put(app, writes, staging) as before:
        rollover = app.settings.rollover_hour
        ours = notes.card_ids(app.db)
        came = take_in(
            app.db,
            (
                (card, [each.answered for each in answers])
                for number, answers in groupby(found.history, attrgetter("card"))
                if (card := found.cards[number]) in ours
            ),
            day_of=lambda at: study_day_at(at, rollover),
            replay=day.replay(),
            act=Arriving(
                "import",
                _printable(file.name),
                app.now_ms,
                before,
                [card for card in suspended if card in ours],
            ),
        )
    media = len(before["media"]) if before else 0
    return Imported([each.taken for each in planned], came, media, found.skipped)


class _Before(dict[str, list[Any]]):
    """What undo needs of the files: those written, before and after; the media added."""


@contextmanager
def _files_put(app: App, writes: Mapping[str, bytes], staging: Path) -> Iterator[_Before | None]:
    """Media and deck files in their places and taken into the store; all put back on failure."""
    before = _Before(files=[], media=[])
    try:
        before["media"] += _media_put(app, staging, writes)
        for file, data in writes.items():
            path = Path(deck_path(app, file))
            old = path.read_bytes() if path.exists() else None
            before["files"].append([file, _packed(old), sha1(data).hexdigest()])
            write_private(path, data)
        if writes:
            synced = sync(app, deck_files(app), notes.known_files(app.db))
            names = {os.path.basename(file) for file in writes}
            problems = [p for p in synced.problems if os.path.basename(p.file) in names]
            if problems:
                raise DeckProblems([one_line(problem) for problem in problems[:1]])
        yield before if writes else None
    except BaseException:
        _put_back(app, before)
        sync(app, deck_files(app), notes.known_files(app.db))
        raise


def _media_put(app: App, staging: Path, writes: Mapping[str, bytes]) -> list[object]:
    """Move the media that the files show into their folder; the names that are new there."""
    if not writes:
        return []
    shown = b"\n".join(writes.values())
    folder = Path(own_folder(app), MEDIA_FOLDER)
    added: list[object] = []
    for path in sorted(staging.iterdir()):
        if path.name.encode() in shown and not os.path.lexists(folder / path.name):
            folder.mkdir(mode=0o700, exist_ok=True)
            shutil.move(path, folder / path.name)
            added.append(path.name)
    return added


def restore_files(app: App, act: journal.Act) -> None:
    """Put back the files of an import, unless one was changed since."""
    for file, _, digest in act.before.get("files", []):
        path = Path(deck_path(app, file))
        if not path.is_file() or sha1(path.read_bytes()).hexdigest() != digest:
            mend = "undo that change in the file itself, or leave it: greenflag undo --skip"
            raise GreenflagError(f"{path} was changed since", mend)
    _put_back(app, act.before)
    sync(app, deck_files(app), notes.known_files(app.db))


def _put_back(app: App, before: Mapping[str, list[Any]]) -> None:
    for file, old, _ in before.get("files", []):
        path = Path(deck_path(app, file))
        if old is None:
            path.unlink(missing_ok=True)
        else:
            write_private(path, decompress(b64decode(old)))
    folder = Path(own_folder(app), MEDIA_FOLDER)
    for name in before.get("media", []):
        (folder / str(name)).unlink(missing_ok=True)
    if before.get("media") and not any(folder.iterdir()):
        folder.rmdir()


def _packed(data: bytes | None) -> str | None:
    return None if data is None else b64encode(compress(data)).decode()


def _printable(text: str) -> str:
    """A name from outside in one line that can be shown; `deck` when nothing is left of it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:100] or "deck"


def _slug(text: str) -> str:
    words = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", words)) or "deck"


# --- saying


def say_imported(app: App, done: Imported) -> None:
    """Tell what was taken, what was skipped and why."""
    skipped = Counter(each.why for each in done.skipped)
    first = {each.why: each.what for each in reversed(done.skipped)}
    if app.json:
        app.emit(
            {
                "decks": [each._asdict() for each in done.decks],
                "notes": sum(each.notes for each in done.decks),
                "cards": sum(each.cards for each in done.decks),
                "reviews": {
                    "added": done.history.added,
                    "known": done.history.known,
                    "suspended": done.history.suspended,
                },
                "media": done.media,
                "skipped": [
                    {"why": why, "count": n, "first": first[why]} for why, n in skipped.items()
                ],
            }
        )
        return
    for each in done.decks:
        held = f"{_count(each.notes, 'note')} ({_count(each.cards, 'card')})"
        own = each.file.removesuffix(".new")
        app.say(_WORDS[each.state].format(**each._asdict(), held=held, own=own))
    if done.history.added or done.history.known:
        known = f", {done.history.known} were there already" if done.history.known else ""
        app.say(f"Reviews: {done.history.added} added{known}.")
    if done.history.suspended:
        app.say(f"Suspended, as in Anki: {_count(done.history.suspended, 'card')}.")
    if done.media:
        app.say(f"Pictures and sounds: {done.media}, in {OWN}/{MEDIA_FOLDER}.")
    for why, number in skipped.items():
        example = f" (first: {first[why]})" if first[why] else ""
        app.say(f"Skipped {number}: {why}{example}.")
    if not done.decks and not done.skipped:
        app.say("No notes in it.")
    if any(each.state != "unchanged" for each in done.decks) or done.history.added:
        app.say("Take it all back with: greenflag undo")


_WORDS = {
    "new": "Took {held} of {deck} into {file}.",
    "updated": "Updated {file}: {held} of {deck}.",
    "unchanged": "{file} has all of {deck} already: {held}.",
    "beside": "{own} was changed by you and stays as it is; {held} of {deck} stand beside it in"
    " {file}.",
}


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
