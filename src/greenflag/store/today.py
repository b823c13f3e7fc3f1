"""Today's list, worked out once a study day and shortened by what is done, and what goes on it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from greenflag.memory.state import Candidate, Memory
from greenflag.store.connection import transaction
from greenflag.store.rows import MEMORY


class Filters(NamedTuple):
    """Which cards: empty means all; several values of one kind mean any of them."""

    decks: tuple[str, ...] = ()
    competencies: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(self)


EVERY_CARD = Filters()


def stamp(db: sqlite3.Connection) -> str:
    """What the kept list was worked out for; empty when there is none."""
    return (_list(db) or "").partition(" ")[2]


def keep(db: sqlite3.Connection, stamp: str, cards: Sequence[tuple[str, str]]) -> None:
    """Keep today's list: cards with their reasons, in the order they are asked."""
    with transaction(db):
        db.execute("DELETE FROM today")
        db.executemany(
            "INSERT INTO today VALUES (?, ?, ?)",
            ((n, card, reason) for n, (card, reason) in enumerate(cards, 1)),
        )
        _set_list(db, _next(_list(db), stamp))


def left(db: sqlite3.Connection, limit: int = -1) -> list[tuple[str, str]]:
    """What is left of today's list, as (card, reason)."""
    rows = db.execute("SELECT card, reason FROM today ORDER BY position LIMIT ?", (limit,))
    return rows.fetchall()


def count(db: sqlite3.Connection) -> int:
    """How many cards are left on today's list."""
    return int(db.execute("SELECT count(*) FROM today").fetchone()[0])


def forget(db: sqlite3.Connection) -> dict[str, object]:
    """Let the list be worked out anew when it is next needed; gives what `put_back` wants."""
    before = _list(db)
    _set_list(db, _next(before))
    return {"list": before}


def leave(db: sqlite3.Connection, cards: Sequence[str]) -> dict[str, object]:
    """Take cards off the list; gives what `put_back` wants."""
    rows = (
        db.execute("DELETE FROM today WHERE card = ? RETURNING position, card, reason", (card,))
        for card in cards
    )
    return {"list": _list(db), "places": [row for cursor in rows if (row := cursor.fetchone())]}


def leave_with_siblings(db: sqlite3.Connection, card: str) -> dict[str, object]:
    """Take all cards of a card's note off the list: they do not meet on a day."""
    note = card.partition("/")[0]
    rows = db.execute(
        "DELETE FROM today WHERE card >= ? || '/' AND card < ? || '0'"
        " RETURNING position, card, reason",
        (note, note),
    )
    return {"list": _list(db), "places": rows.fetchall()}


def put_back(db: sqlite3.Connection, before: Mapping[str, Any]) -> None:
    """Undo a `leave` or `forget`; a list made since is worked out anew, as it lacks the cards."""
    now, then = _list(db), before["list"]
    if "places" in before and now == then:
        db.executemany("INSERT INTO today VALUES (?, ?, ?)", before["places"])
    elif "places" not in before and now == _next(then):
        _set_list(db, then)
    else:
        forget(db)


def _list(db: sqlite3.Connection) -> str | None:
    """The number of the list and its stamp as one text; made anew or forgotten, it has another."""
    row = db.execute("SELECT value FROM facts WHERE name = 'today'").fetchone()
    return row[0] if row else None


def _next(before: str | None, stamp: str = "") -> str:
    return f"{int((before or '0').partition(' ')[0]) + 1} {stamp}"


def _set_list(db: sqlite3.Connection, value: str | None) -> None:
    if value is None:
        db.execute("DELETE FROM facts WHERE name = 'today'")
    else:
        db.execute("INSERT OR REPLACE INTO facts VALUES ('today', ?)", (value,))


_OPEN = (
    " c.removed IS NULL AND NOT EXISTS (SELECT 1 FROM suspended s WHERE s.card = c.id)"
    " AND NOT EXISTS (SELECT 1 FROM buried b WHERE b.card = c.id AND b.until > :day)"
)
_FILTER = (
    " AND (:decks = '[]' OR n.file IN (SELECT path FROM files"
    " WHERE deck IN (SELECT value FROM json_each(:decks))))"
    " AND (:competencies = '[]' OR n.competency IN (SELECT value FROM json_each(:competencies)))"
    " AND (:kinds = '[]' OR n.kind IN (SELECT value FROM json_each(:kinds)))"
    " AND (:tags = '[]' OR EXISTS (SELECT 1 FROM json_each(n.tags) t"
    " WHERE t.value IN (SELECT value FROM json_each(:tags))))"
)


def due_cards(
    db: sqlite3.Connection, day: int, through: int, filters: Filters = EVERY_CARD
) -> list[Candidate]:
    """The open cards due on or before the study day `through`, as of `day`."""
    return _candidates(
        db,
        "memory m JOIN cards c ON c.id = m.card JOIN notes n ON n.id = c.note",
        "m.due <= :through AND",
        filters,
        {"day": day, "through": through},
    )


def new_cards(db: sqlite3.Connection, day: int, filters: Filters = EVERY_CARD) -> list[Candidate]:
    """The open cards never reviewed, in deck order."""
    return _candidates(
        db,
        "notes n JOIN cards c ON c.note = n.id LEFT JOIN memory m ON m.card = c.id",
        "m.card IS NULL AND",
        filters,
        {"day": day},
    )


def _candidates(
    db: sqlite3.Connection, tables: str, where: str, filters: Filters, values: dict[str, object]
) -> list[Candidate]:
    rows = db.execute(
        "SELECT c.id, c.note, n.weight, coalesce(n.competency, ''), c.position,"
        f" {', '.join('m.' + name.strip() for name in MEMORY.split(','))}"
        f" FROM {tables} WHERE {where} {_OPEN}{_FILTER if filters else ''}"
        " ORDER BY n.file, n.position, c.position",
        values | _json(filters),
    )
    return [
        Candidate._make((*row[:5], Memory._make(row[5:]) if row[5] is not None else None))
        for row in rows
    ]


def asked_today(db: sqlite3.Connection, day: int) -> dict[str, tuple[str, int, int, int]]:
    """The cards reviewed on a study day: card → (note, how often, last rating, its number)."""
    rows = db.execute(
        "SELECT r.card, c.note, count(*), r.rating, max(r.id) FROM reviews r"
        " JOIN cards c ON c.id = r.card WHERE r.day = ? AND r.kind = 'review' GROUP BY r.card",
        (day,),
    )
    return {card: (note, count, rating, last) for card, note, count, rating, last in rows}


def second_looks(
    db: sqlite3.Connection, day: int, filters: Filters = EVERY_CARD
) -> list[tuple[str, int]]:
    """The cards rated again once today, as (card, reviews since), longest waiting first."""
    rows = db.execute(
        "SELECT r.card, (SELECT count(*) FROM reviews o WHERE o.id > max(r.id) AND o.day = :day"
        " AND o.kind = 'review'), r.rating, max(r.id)"
        " FROM reviews r JOIN cards c ON c.id = r.card JOIN notes n ON n.id = c.note"
        f" WHERE r.day = :day AND r.kind = 'review' AND {_OPEN}{_FILTER if filters else ''}"
        " GROUP BY r.card HAVING count(*) = 1 AND r.rating = 1 ORDER BY max(r.id)",
        {"day": day} | _json(filters),
    )
    return [(card, since) for card, since, *_ in rows]


def new_today(db: sqlite3.Connection, day: int) -> int:
    """How many cards had their first review on a study day."""
    row = db.execute(
        "SELECT count(DISTINCT r.card) FROM reviews r WHERE r.day = ? AND r.kind = 'review' AND NOT"
        " EXISTS (SELECT 1 FROM reviews e WHERE e.card = r.card AND e.day < r.day"
        " AND e.kind = 'review')",
        (day,),
    ).fetchone()
    return int(row[0])


def _json(filters: Filters) -> dict[str, object]:
    return {name: json.dumps(list(value)) for name, value in filters._asdict().items()}


def due_counts(db: sqlite3.Connection, first: int, last: int) -> dict[int, int]:
    """How many open cards fall due on each study day from `first` to `last`."""
    rows = db.execute(
        "SELECT m.due, count(*) FROM memory m JOIN cards c ON c.id = m.card"
        f" WHERE m.due BETWEEN :first AND :last AND {_OPEN} GROUP BY m.due",
        {"first": first, "last": last, "day": first},
    )
    return dict(rows.fetchall())
