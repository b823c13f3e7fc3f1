"""Notes: add, edit, show, search."""

from __future__ import annotations

import json
import re

import click

from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.filters import KINDS
from greenflag.cli.sync import sync_quietly, with_media
from greenflag.errors import UnknownCard
from greenflag.store import marks, notes, reviews
from greenflag.studyday import day_text, moment, moment_text

OWN_DECK = "mine"


@click.command("add", cls=Command)
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.argument("fields", nargs=-1, metavar="FIELD=TEXT…")
@click.option(
    "--deck", default=OWN_DECK, metavar="NAME", help="The own deck file; `mine` unless given."
)
@click.option(
    "--id", "id_", metavar="ID", help="The note's id; made from its first text unless given."
)
@pass_app
def add(app: App, kind: str, fields: tuple[str, ...], deck: str, id_: str | None) -> None:
    """Add a note to a deck of your own. A field given twice is a list.

    \b
    Example: greenflag add basic front='Our SLA?' back='4 hours, 95 %'
    """
    from greenflag.cli.editing import add_note, file_named, new_id

    sync_quietly(app)
    values = _fields(kind, fields)
    first = next((str(v) for v in values.values() if isinstance(v, str)), "note")
    note_id = id_ or new_id(app, first)
    lines = {"kind": kind, "id": note_id, **values}
    text = "".join(
        f"{'- ' if first else '  '}{name}: {json.dumps(value, ensure_ascii=False)}\n"
        for first, (name, value) in zip([True] + [False] * len(lines), lines.items(), strict=False)
    )
    said = add_note(app, file_named(deck), text, note_id)
    if app.json:
        app.emit({"note": note_id, "cards": notes.cards_of(app.db, note_id)})
    else:
        app.say(f"{said} Its id is {note_id}.")


@click.command("edit", cls=Command)
@click.argument("note")
@pass_app
def edit(app: App, note: str) -> None:
    """Edit a note in $EDITOR. Progress is kept; a shipped note becomes a copy of your own.

    \b
    Example: greenflag edit q-budget
    """
    from contextlib import nullcontext

    from greenflag.cli.editing import edit_note

    sync_quietly(app)
    note_id = note.partition("/")[0]
    said = edit_note(app, note_id, nullcontext)
    if app.json:
        app.emit({"note": note_id, "done": said})
    else:
        app.say(said)


@click.command("show", cls=Command)
@click.argument("name", metavar="NOTE|CARD")
@pass_app
def show(app: App, name: str) -> None:
    """Show a note or a card with its history.

    \b
    Example: greenflag show q-budget
    """
    sync_quietly(app)
    note_id, _, face = name.partition("/")
    note = notes.note(app.db, note_id)
    cards = [name] if face else notes.cards_of(app.db, note_id)
    if note is None or (face and notes.card(app.db, name) is None):
        raise UnknownCard(name)
    told = [_card(app, card) for card in cards]
    if app.json:
        body = json.loads(note.body)
        place = {
            "note": note.id,
            "kind": note.kind,
            "deck": note.deck,
            "file": note.file,
            "line": note.line,
        }
        app.emit(
            {
                **place,
                "competency": note.competency,
                "removed": note.removed is not None,
                "fields": body,
                "cards": told,
            }
        )
        return
    gone = "  ·  set aside: no deck holds it" if note.removed is not None else ""
    app.say(f"{note.id}  ·  {note.kind}  ·  {note.deck}  ·  {note.file}:{note.line}{gone}")
    for card in told:
        app.say(f"\n── {card['card']}  ·  {_standing(card)}\n")
        app.show(with_media(app, note.file, f"{card['front']}\n\n---\n\n{card['back']}"))


@click.command("search", cls=Command)
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, help="At most so many; 20 unless given."
)
@pass_app
def search(app: App, words: tuple[str, ...], limit: int) -> None:
    """Find notes that hold all the words, or words that begin so.

    \b
    Example: greenflag search escalat budget
    """
    sync_quietly(app)
    found = notes.search(app.db, " ".join(words), limit)
    if app.json:
        app.emit(
            {
                "notes": [
                    {"note": n.id, "kind": n.kind, "deck": n.deck, "text": _headline(n)}
                    for n in found
                ]
            }
        )
        return
    for note in found:
        app.say(f"{note.id}  ·  {note.deck}  ·  {_headline(note)}")
    if not found:
        app.say("Nothing found. Words are matched from their beginning: try fewer or shorter ones.")


def _card(app: App, id_: str) -> dict[str, object]:
    from greenflag.cli.day import back_of

    kept = notes.card(app.db, id_)
    assert kept is not None
    memory = reviews.memory_of(app.db, id_)
    log = [
        {
            "at": moment_text(moment(at)),
            "day": day_text(day),
            "rating": rating,
            "kind": kind,
            "seconds": seconds,
        }
        for at, rating, kind, seconds, day in reviews.history(app.db, id_)
    ]
    return {
        "card": id_,
        "front": kept.front,
        "back": back_of(app.db, kept),
        "state": memory.state if memory else "new",
        "due": day_text(memory.due) if memory else None,
        "stability": memory.stability if memory else None,
        "difficulty": memory.difficulty if memory else None,
        "lapses": memory.lapses if memory else 0,
        "held_back": marks.held_back(app.db, id_, app.today),
        "reviews": log,
    }


def _standing(card: dict[str, object]) -> str:
    count = len(card["reviews"])  # type: ignore[arg-type]
    if card["held_back"]:
        return f"{card['held_back']}, {count} reviews"
    return f"due {card['due']}, {count} reviews" if card["due"] else "new"


def _headline(note: notes.KeptNote) -> str:
    body = json.loads(note.body)
    names = (
        "question",
        "verb",
        "weakness",
        "flag",
        "title",
        "name",
        "term",
        "text",
        "front",
        "weak",
    )
    text = next(str(body[name]) for name in names if body.get(name))
    return " ".join(text.split())[:100]


def _fields(kind: str, given: tuple[str, ...]) -> dict[str, object]:
    values: dict[str, list[str]] = {}
    for field in given:
        name, equals, text = field.partition("=")
        if not equals or not re.fullmatch(r"\w+", name):
            raise click.UsageError(f"{field!r} is not FIELD=TEXT")
        if name in ("kind", "id"):
            raise click.UsageError(f"{name} is not given as FIELD=TEXT: see greenflag add --help")
        values.setdefault(name, []).append(text)
    return {name: _typed(kind, name, texts) for name, texts in values.items()}


def _typed(kind: str, name: str, texts: list[str]) -> object:
    """A field as its type wants it: a list for lists, a number, true or false, else the text."""
    from greenflag.content.decks import takes

    wanted = takes(kind, name)
    if wanted == "list" or len(texts) > 1:
        return texts
    if wanted == "number" and re.fullmatch(r"-?[0-9]{1,9}", texts[0]):
        return int(texts[0])
    if wanted == "boolean" and texts[0] in ("true", "false"):
        return texts[0] == "true"
    return texts[0]
