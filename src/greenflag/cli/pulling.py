"""`anki pull`: what was reviewed in Anki comes into the log, and edits into deck files."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from greenflag.anki.edits import Edit, Rewording, rewording
from greenflag.anki.history import Clock, Collection, TheirCard, read_collection
from greenflag.anki.notetypes import face_of
from greenflag.cli.app import App
from greenflag.cli.day import Day
from greenflag.cli.editing import Change, put_back, rewrite_notes
from greenflag.cli.sync import deck_path
from greenflag.content.notes import from_json
from greenflag.store import arrivals, marks, notes
from greenflag.store.arrivals import Arrival, Arriving
from greenflag.studyday import study_day_at

MOST_KEPT = 2**22
"""Characters of deck files kept so that undo can bring them back."""
_MOST_REWORDED, _MOST_SHOWN, _MOST_NAMED, _LINE = 1000, 20, 8, 70
_EPOCH = 719_163
"""The ordinal of 1970-01-01."""


class Pulled(NamedTuple):
    """What a pull did; all but the lists count reviews."""

    added: int
    known: int
    unknown_notes: int
    skipped: int
    cards: int
    suspended: tuple[str, ...]
    flagged: tuple[tuple[str, int], ...]
    edits: tuple[Edit, ...]
    taken_over: frozenset[str]
    undoable: bool


def pull(app: App, file: Path, *, edits: bool) -> Pulled:
    """Take the reviews of a package or collection into the log, each once, as one act.

    With `edits`, what was reworded in Anki goes into the user's own deck files, too.
    """
    day = Day(app)
    with read_collection(file) as collection:
        total = collection.reviews()
        theirs = _cards(app, collection)
        clock = collection.clock()
        reworded = list(_reworded(app, collection))
        files, taken_over = _take_over(app, reworded) if edits else ([], set())
        kept = sum(len(each.text or "") + len(each.after) for each in files)
        undoable = kept <= MOST_KEPT
        left_out = 0

        def logs() -> Iterator[tuple[str, Sequence[Arrival]]]:
            nonlocal left_out
            for number, answers, out in collection.answers(theirs):
                left_out += out
                yield theirs[number][0], answers

        try:
            came = arrivals.take_in(
                day.db,
                logs(),
                day_of=_days(clock, app.settings.rollover_hour),
                replay=day.replay(),
                act=Arriving(
                    "pull",
                    file.name,
                    app.now_ms,
                    {"files": [each._asdict() for each in files]} if files and undoable else {},
                ),
            )
        except BaseException:
            if files:
                put_back(app, files)
            raise
    skipped = came.left_out + left_out
    held = marks.all_held_back(day.db, day.day)
    return Pulled(
        came.added,
        came.known,
        total - came.added - came.known - skipped,
        skipped,
        len(came.cards),
        tuple(
            card
            for card, there in theirs.values()
            if there.suspended and held.get(card) != "suspended"
        ),
        tuple((card, there.flag) for card, there in theirs.values() if there.flag),
        tuple(edit for each in reworded for edit in each.edits),
        frozenset(taken_over),
        undoable,
    )


def as_json(pulled: Pulled) -> dict[str, object]:
    """What a pull did, for programs."""
    return {
        "added": pulled.added,
        "known": pulled.known,
        "unknown_notes": pulled.unknown_notes,
        "skipped": pulled.skipped,
        "cards": pulled.cards,
        "suspended": list(pulled.suspended),
        "flagged": [{"card": card, "flag": flag} for card, flag in pulled.flagged],
        "edits": [
            {
                "note": edit.note,
                "field": edit.field,
                "ours": edit.ours,
                "theirs": edit.theirs,
                "taken": edit.note in pulled.taken_over and not edit.why_not,
                "why_not": edit.why_not,
            }
            for edit in pulled.edits
        ],
    }


def words(pulled: Pulled, file: Path) -> Iterator[str]:
    """What a pull did, for people."""
    known = f"; {pulled.known} {'was' if pulled.known == 1 else 'were'} here already"
    if pulled.added:
        cards = _count(pulled.cards, "card")
        yield f"Added {_count(pulled.added, 'review')} of {cards} from {file.name}{known}."
    else:
        yield f"No new reviews in {file.name}{known if pulled.known else ''}."
    if pulled.skipped:
        yield f"Left out: {_count(pulled.skipped, 'row')} that rate nothing (previews, set dates)."
    if pulled.unknown_notes:
        yield f"Left alone: {_count(pulled.unknown_notes, 'review')} of notes not in your decks."
    if pulled.suspended:
        yield f"Suspended in Anki but not here: {_named(pulled.suspended)}."
    if pulled.flagged:
        yield f"Flagged in Anki: {_named([card for card, _ in pulled.flagged])}."
    yield from _words_for_edits(pulled, file)
    if pulled.added or pulled.taken_over:
        yield "Take it all back with: greenflag undo"


def _words_for_edits(pulled: Pulled, file: Path) -> Iterator[str]:
    for edit in pulled.edits[:_MOST_SHOWN]:
        yield f"Reworded in Anki: {edit.note}, {edit.field}"
        yield f"  here: {_line(edit.ours)}"
        yield f"  Anki: {_line(edit.theirs)}"
        if edit.why_not:
            yield f"  It cannot be taken over: {edit.why_not}."
    if len(pulled.edits) > _MOST_SHOWN:
        yield f"… and {len(pulled.edits) - _MOST_SHOWN} more: see --json"
    notes_edited = {edit.note for edit in pulled.edits if not edit.why_not}
    if pulled.taken_over:
        yield f"Taken over into your own decks: {_count(len(pulled.taken_over), 'note')}."
        if failed := sorted(notes_edited - pulled.taken_over):
            yield f"Not taken over, as the deck file has no room for it: {_named(failed)}."
        if not pulled.undoable:
            yield "The deck files are too large for undo: it will take back the reviews only."
    elif notes_edited:
        yield f"Take these over with: greenflag anki pull {shlex.quote(str(file))} --edits"


def _take_over(app: App, reworded: Sequence[Rewording]) -> tuple[list[Change], set[str]]:
    """Write what was reworded into own deck files; the files changed, the notes it worked for."""
    changes = {each.note: each.changes for each in reworded if each.changes}
    return rewrite_notes(app, changes) if changes else ([], set())


def _reworded(app: App, collection: Collection) -> Iterator[Rewording]:
    """The notes that were changed in Anki after they were last changed here, and differ."""
    changed = notes.changes(app.db)
    found = 0
    for there in collection.notes():
        ours = changed.get(there.id)
        if ours is None or there.changed <= ours // 1000 or found == _MOST_REWORDED:
            continue
        kept = notes.note(app.db, there.id)
        assert kept is not None
        folder = os.path.dirname(deck_path(app, kept.file))
        each = rewording(from_json(kept.body), there.fields, folder)
        if each.edits:
            found += 1
            yield each


def _line(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[:_LINE]}…" if len(text) > _LINE else text or "(nothing)"


def _named(cards: Sequence[str]) -> str:
    more = len(cards) - _MOST_NAMED
    return ", ".join(cards[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _cards(app: App, collection: Collection) -> dict[int, tuple[str, TheirCard]]:
    """Anki's cards that are ours, by their number there: our id, and the card there."""
    kinds = notes.kinds(app.db)
    ours = notes.card_ids(app.db)
    found: dict[int, tuple[str, TheirCard]] = {}
    seen: set[str] = set()
    for there in collection.cards():
        face = face_of(kinds.get(there.note, ""), there.ord)
        card = f"{there.note}/{face}"
        if face and card in ours and card not in seen:
            seen.add(card)
            found[there.number] = (card, there)
    return dict(sorted(found.items(), key=itemgetter(1)))  # the log is quickest card by card


def _days(clock: Clock, rollover: int) -> Callable[[int], int]:
    """The study day of a moment in ms, by the collection's clock as far as it is known."""
    hour = rollover if clock.rollover is None else clock.rollover
    if clock.west is not None:
        behind = clock.west * 60 + hour * 3600
        return lambda at: _EPOCH + (at // 1000 - behind) // 86_400
    return lambda at: study_day_at(at, hour)
