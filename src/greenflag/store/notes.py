"""Notes and cards as last read from the deck files, and finding them again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from greenflag.store import today
from greenflag.store.connection import transaction


class FileRow(NamedTuple):
    """A deck file as it was when it was read."""

    path: str
    size: int
    modified: int
    deck: str
    about: str
    language: str
    own: bool


class CardRow(NamedTuple):
    """A card of a note, both sides ready as Markdown."""

    id: str
    position: int
    front: str
    back: str


class NoteRow(NamedTuple):
    """A note on its way into the store, with its cards."""

    id: str
    file: str
    line: int
    position: int
    kind: str
    competency: str | None
    weight: int
    tags: str
    body: str
    hash: str
    cards: tuple[CardRow, ...]


class Changes(NamedTuple):
    """What reading the decks changed, as note ids."""

    added: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(self)


class KeptNote(NamedTuple):
    """A note as kept: where it stands, what it is, and its content as JSON."""

    id: str
    file: str
    line: int
    deck: str
    kind: str
    competency: str | None
    weight: int
    body: str
    added: int
    changed: int
    removed: int | None


class KeptCard(NamedTuple):
    """A card as kept, with what is shown about it."""

    id: str
    note: str
    front: str
    back: str
    kind: str
    competency: str | None
    weight: int
    deck: str
    file: str


class Chosen(NamedTuple):
    """A story of the user's own that names a question among those it answers, as JSON."""

    id: str
    body: str
    changed: int


class DeckCounts(NamedTuple):
    """One deck file: what it holds and how far one is."""

    path: str
    deck: str
    about: str
    own: bool
    notes: int
    cards: int
    seen: int
    due: int
    recall: float


def known_files(db: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Size and modification time of each deck file when it was last read."""
    rows = db.execute("SELECT path, size, modified FROM files")
    return {path: (size, modified) for path, size, modified in rows}


def broken_files(db: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Size and modification time of the deck files whose problems are known already."""
    row = db.execute("SELECT value FROM facts WHERE name = 'broken'").fetchone()
    return {path: (about[0], about[1]) for path, about in json.loads(row[0]).items()} if row else {}


def ids_elsewhere(db: sqlite3.Connection, files: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Where each note lives (file, line) that a deck file other than these holds."""
    rows = db.execute(
        "SELECT id, file, line FROM notes WHERE removed IS NULL"
        " AND file NOT IN (SELECT value FROM json_each(?))",
        (json.dumps(files),),
    )
    return {note: (file, line) for note, file, line in rows}


def keep_decks(
    db: sqlite3.Connection,
    files: Sequence[FileRow],
    notes: Sequence[NoteRow],
    gone: Sequence[str],
    broken: Mapping[str, tuple[int, int]],
    at: int,
) -> Changes:
    """Put freshly read deck files in the place of what was kept of them; says what changed.

    `gone` are files that no longer exist; `broken` are not read again until they change. Identity
    is the note's id: what has the same id keeps its reviews whatever else changed, and what
    disappears is set aside, not deleted.
    """
    with transaction(db):
        db.execute("INSERT OR REPLACE INTO facts VALUES ('broken', ?)", (json.dumps(broken),))
        return _keep_decks(db, files, notes, gone, at)


def _keep_decks(
    db: sqlite3.Connection,
    files: Sequence[FileRow],
    notes: Sequence[NoteRow],
    gone: Sequence[str],
    at: int,
) -> Changes:
    db.execute("DELETE FROM facts WHERE name = 'answers'")
    before = _notes_of(db, [*(file.path for file in files), *gone], [note.id for note in notes])
    added, reworded, moved, returned = [], [], [], []
    fresh: list[NoteRow] = []
    for note in notes:
        old = before.get(note.id)
        if old is None:
            added.append(note)
            continue
        _, hash_, file, line, position, removed = old
        if removed is not None:
            returned.append(note)
        elif hash_ != note.hash:
            reworded.append(note)
        elif file != note.file:
            moved.append(note)
        elif (line, position) != (note.line, note.position):
            fresh.append(note)
    _insert(db, added, at)
    _update(db, [*reworded, *returned], at)
    db.executemany(
        "UPDATE notes SET file = ?, line = ?, position = ? WHERE id = ?",
        [(note.file, note.line, note.position, note.id) for note in (*fresh, *moved)],
    )
    read = {note.id for note in notes}
    removed_ids = [id_ for id_, old in before.items() if id_ not in read and old[5] is None]
    _set_aside(db, removed_ids, at)
    db.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in gone])
    db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", files)
    changes = Changes(
        added=tuple(note.id for note in added),
        reworded=tuple(note.id for note in reworded),
        moved=tuple(note.id for note in moved),
        removed=tuple(removed_ids),
        returned=tuple(note.id for note in returned),
    )
    if changes:
        today.forget(db)
    return changes


def _notes_of(
    db: sqlite3.Connection, files: Sequence[str], ids: Sequence[str]
) -> dict[str, tuple[int, str, str, int, int, int | None]]:
    """What is kept of the notes in some files or with some ids."""
    if not db.execute("SELECT EXISTS (SELECT 1 FROM notes)").fetchone()[0]:
        return {}
    rows = db.execute(
        "SELECT id, number, hash, file, line, position, removed FROM notes"
        " WHERE file IN (SELECT value FROM json_each(?)) OR id IN (SELECT value FROM json_each(?))",
        (json.dumps(files), json.dumps(ids)),
    )
    return {row[0]: row[1:] for row in rows}


def _insert(db: sqlite3.Connection, notes: Sequence[NoteRow], at: int) -> None:
    (last,) = db.execute("SELECT coalesce(max(number), 0) FROM notes").fetchone()
    db.executemany(
        "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 0)",
        ((last + n, *note[:10], at, at) for n, note in enumerate(notes, 1)),
    )
    db.executemany(
        "INSERT INTO cards VALUES (?, ?, ?, ?, ?, NULL)",
        (
            (card.id, note.id, card.position, card.front, card.back)
            for note in notes
            for card in note.cards
        ),
    )


def _update(db: sqlite3.Connection, notes: Sequence[NoteRow], at: int) -> None:
    for note in notes:
        db.execute(
            "UPDATE notes SET changed = iif(hash = ?, changed, ?), file = ?, line = ?,"
            " position = ?, kind = ?, competency = ?, weight = ?, tags = ?, body = ?, hash = ?,"
            " removed = NULL, indexed = 0 WHERE id = ?",
            (note.hash, at, *note[1:10], note.id),
        )
        db.execute(f"UPDATE cards SET removed = ? WHERE {_OF_NOTE}", (at, note.id, note.id))
        db.executemany(
            "INSERT INTO cards VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO UPDATE SET"
            " position = excluded.position, front = excluded.front, back = excluded.back,"
            " removed = NULL",
            [(card.id, note.id, card.position, card.front, card.back) for card in note.cards],
        )


def _set_aside(db: sqlite3.Connection, ids: Sequence[str], at: int) -> None:
    for id_ in ids:
        db.execute("UPDATE notes SET removed = ?, indexed = 0 WHERE id = ?", (at, id_))
        db.execute(f"UPDATE cards SET removed = ? WHERE {_OF_NOTE}", (at, id_, id_))


_OF_NOTE = "id >= ? || '/' AND id < ? || '0'"
"""The cards of a note are those whose ids begin with its id and a slash ('0' follows '/')."""


def card(db: sqlite3.Connection, id_: str) -> KeptCard | None:
    """A card by its id, as long as a deck holds it."""
    row = db.execute(
        "SELECT c.id, c.note, c.front, c.back, n.kind, n.competency, n.weight, f.deck, n.file"
        " FROM cards c JOIN notes n ON n.id = c.note JOIN files f ON f.path = n.file"
        " WHERE c.id = ? AND c.removed IS NULL",
        (id_,),
    ).fetchone()
    return KeptCard(*row) if row else None


def cards_of(db: sqlite3.Connection, note: str) -> list[str]:
    """The ids of a note's cards, in order."""
    rows = db.execute(
        f"SELECT id FROM cards WHERE {_OF_NOTE} AND removed IS NULL ORDER BY position", (note, note)
    )
    return [row[0] for row in rows]


def deck_titles(db: sqlite3.Connection) -> list[str]:
    """The titles of all decks, shipped ones first."""
    rows = db.execute("SELECT deck FROM files GROUP BY deck ORDER BY min(own), min(path)")
    return [row[0] for row in rows]


def competencies(db: sqlite3.Connection) -> list[str]:
    """The competencies that notes have."""
    rows = db.execute(
        "SELECT DISTINCT competency FROM notes WHERE removed IS NULL AND competency IS NOT NULL"
        " ORDER BY competency"
    )
    return [row[0] for row in rows]


def kinds(db: sqlite3.Connection) -> dict[str, str]:
    """The kind of every note, also of those set aside."""
    return dict(db.execute("SELECT id, kind FROM notes").fetchall())


def changes(db: sqlite3.Connection) -> dict[str, int]:
    """When the content of each note that a deck holds last changed, in ms since 1970."""
    return dict(db.execute("SELECT id, changed FROM notes WHERE removed IS NULL").fetchall())


def card_ids(db: sqlite3.Connection) -> set[str]:
    """The ids of all cards, also of those set aside."""
    return {id_ for (id_,) in db.execute("SELECT id FROM cards")}


def decks_by_card(db: sqlite3.Connection) -> dict[str, str]:
    """The title of the deck each card belongs to."""
    rows = db.execute(
        "SELECT c.id, f.deck FROM cards c JOIN notes n ON n.id = c.note"
        " JOIN files f ON f.path = n.file"
    )
    return dict(rows.fetchall())


_NOTE = (
    "SELECT n.id, n.file, n.line, coalesce(f.deck, ''), n.kind, n.competency, n.weight,"
    " n.body, n.added, n.changed, n.removed FROM notes n LEFT JOIN files f ON f.path = n.file"
)


def note(db: sqlite3.Connection, id_: str) -> KeptNote | None:
    """A note by its id, also one that was set aside."""
    row = db.execute(f"{_NOTE} WHERE n.id = ?", (id_,)).fetchone()
    return KeptNote._make(row) if row else None


def all_notes(db: sqlite3.Connection, decks: Sequence[str] = ()) -> Iterable[KeptNote]:
    """Every note the decks hold, in file order; only of some decks (by title) when given."""
    for file, _ in _files(db, decks):  # file by file, so that nothing is sorted in memory
        rows = db.execute(
            f"{_NOTE} WHERE n.file = ? AND n.removed IS NULL ORDER BY n.position", (file,)
        )
        yield from map(KeptNote._make, rows)


def in_files(db: sqlite3.Connection, pattern: str) -> list[tuple[str, str]]:
    """The notes in the deck files that a pattern (as of a shell) names, each with its file."""
    rows = db.execute(
        "SELECT id, file FROM notes WHERE file GLOB ? AND removed IS NULL", (pattern,)
    )
    return rows.fetchall()


def bodies(
    db: sqlite3.Connection, decks: Sequence[str] = ()
) -> Iterable[tuple[str, str, str, int, int]]:
    """As `all_notes`, but only body, file, deck title, and when it changed and was added (ms)."""
    for file, deck in _files(db, decks):
        yield from db.execute(
            "SELECT body, file, ?, changed, added FROM notes WHERE file = ? AND removed IS NULL"
            " ORDER BY position",
            (deck, file),
        )


def _files(db: sqlite3.Connection, decks: Sequence[str]) -> list[tuple[str, str]]:
    """The paths and titles of all deck files, or of those with some titles."""
    rows = db.execute(
        "SELECT path, deck FROM files WHERE ? = '[]' OR deck IN (SELECT value FROM json_each(?))"
        " ORDER BY own, path",
        (json.dumps(decks), json.dumps(decks)),
    )
    return rows.fetchall()


def chosen_stories(db: sqlite3.Connection, question: str) -> list[Chosen]:
    """The user's own stories that name a question among those they answer, in file order."""
    return _chosen(db, _answers(db).get(question, ()))


def all_chosen_stories(db: sqlite3.Connection) -> dict[str, list[Chosen]]:
    """For each question that has some: as `chosen_stories`."""
    return {question: _chosen(db, ids) for question, ids in _answers(db).items()}


def _chosen(db: sqlite3.Connection, ids: Iterable[str]) -> list[Chosen]:
    rows = (
        db.execute("SELECT id, body, changed FROM notes WHERE id = ?", (id_,)).fetchone()
        for id_ in ids
    )
    return [Chosen(*row) for row in rows if row]


def _answers(db: sqlite3.Connection) -> dict[str, list[str]]:
    """The stories by question; looked up once after the decks changed, since cards are shown often.

    Not to be asked inside a snapshot: it writes what it looked up.
    """
    row = db.execute("SELECT value FROM facts WHERE name = 'answers'").fetchone()
    if row:
        return dict(json.loads(row[0]))
    with transaction(db):
        found: dict[str, list[str]] = {}
        for id_, body in db.execute(
            "SELECT n.id, n.body FROM files f JOIN notes n ON n.file = f.path"
            " WHERE f.own AND n.kind = 'story' AND n.removed IS NULL ORDER BY f.path, n.position"
        ):
            for question in dict.fromkeys(json.loads(body).get("answers", ())):
                found.setdefault(question, []).append(id_)
        db.execute("INSERT OR REPLACE INTO facts VALUES ('answers', ?)", (json.dumps(found),))
    return found


def of_kind(db: sqlite3.Connection, *kinds: str) -> list[KeptNote]:
    """The notes of some kinds that the decks hold, by id."""
    rows = db.execute(
        f"{_NOTE} WHERE n.kind IN (SELECT value FROM json_each(?)) AND n.removed IS NULL"
        " ORDER BY n.id",
        (json.dumps(kinds),),
    )
    return list(map(KeptNote._make, rows))


def search(db: sqlite3.Connection, words: str, limit: int) -> list[KeptNote]:
    """The notes that hold all the words (or their beginnings), best first."""
    text = words.encode("utf-8", "replace").decode().replace("\x00", " ")  # what SQLite can take
    query = " ".join('"{}"*'.format(word.replace('"', '""')) for word in text.split())
    if not query:
        return []
    _index(db)
    rows = db.execute(
        f"{_NOTE} JOIN search s ON s.rowid = n.number WHERE search MATCH ? ORDER BY rank LIMIT ?",
        (query, limit),
    )
    return list(map(KeptNote._make, rows))


def _index(db: sqlite3.Connection) -> None:
    """Bring the search index up to date: who never searches never waits for it."""
    rows = db.execute("SELECT number, body, removed FROM notes WHERE NOT indexed").fetchall()
    if not rows:
        return
    with transaction(db):
        db.executemany("DELETE FROM search WHERE rowid = ?", [(number,) for number, *_ in rows])
        db.executemany(
            "INSERT INTO search (rowid, words) VALUES (?, ?)",
            (
                (number, "\n".join(_words(json.loads(body))))
                for number, body, removed in rows
                if removed is None
            ),
        )
        db.execute("UPDATE notes SET indexed = 1 WHERE NOT indexed")


def _words(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _words(part)


def deck_counts(db: sqlite3.Connection, day: int, recall: str) -> list[DeckCounts]:
    """Each deck with its notes, cards, how many are seen and due, and the mean recall of the seen.

    `recall` names an SQL function of (stability, last_day, day).
    """
    rows = db.execute(
        "SELECT f.path, f.deck, f.about, f.own,"
        " (SELECT count(*) FROM notes n WHERE n.file = f.path AND n.removed IS NULL),"
        f" count(c.id), count(m.card), count(iif(m.due <= ?, 1, NULL)),"
        f" coalesce(avg({recall}(m.stability, m.last_day, ?)), 0)"
        " FROM files f LEFT JOIN notes n ON n.file = f.path AND n.removed IS NULL"
        " LEFT JOIN cards c ON c.note = n.id AND c.removed IS NULL"
        " LEFT JOIN memory m ON m.card = c.id GROUP BY f.path ORDER BY f.own, f.path",
        (day, day),
    )
    return [DeckCounts._make((*row[:3], bool(row[3]), *row[4:])) for row in rows]
