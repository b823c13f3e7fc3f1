"""Acts on cards: undo, suspend, resume, bury, reset."""

from __future__ import annotations

import click

from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.sync import sync_quietly
from greenflag.errors import UnknownCard
from greenflag.store import marks, notes

_cards = click.argument("cards", nargs=-1, required=True, metavar="CARD…")


def cards_named(app: App, names: tuple[str, ...]) -> list[str]:
    """The cards that ids name: a card itself, or all cards of a note."""
    found: list[str] = []
    for name in names:
        cards = [name] if notes.card(app.db, name) else notes.cards_of(app.db, name)
        if not cards:
            raise UnknownCard(name)
        found += cards
    return list(dict.fromkeys(found))


@click.command("undo", cls=Command)
@click.option(
    "--skip", is_flag=True, help="Let it stand for good; the next undo goes further back."
)
@pass_app
def undo(app: App, skip: bool) -> None:
    """Take back the last act, also after a restart.

    \b
    Example: greenflag undo
    """
    from greenflag.cli.undoing import let_stand, take_back

    undone = let_stand(app) if skip else take_back(app)
    if app.json:
        app.emit({"undone": undone.words, "card": undone.card})
    else:
        app.say(undone.words)


@click.command("suspend", cls=Command)
@_cards
@pass_app
def suspend(app: App, cards: tuple[str, ...]) -> None:
    """Leave cards (or all cards of a note) out until resumed.

    \b
    Example: greenflag suspend verb-spearheaded
    """
    sync_quietly(app)
    chosen = cards_named(app, cards)
    _report(app, marks.suspend(app.db, chosen, " ".join(cards), app.now_ms), "suspended")


@click.command("resume", cls=Command)
@_cards
@pass_app
def resume(app: App, cards: tuple[str, ...]) -> None:
    """Take suspended or buried cards in again.

    \b
    Example: greenflag resume verb-spearheaded
    """
    sync_quietly(app)
    chosen = cards_named(app, cards)
    _report(app, marks.resume(app.db, chosen, " ".join(cards), app.now_ms), "resumed")


@click.command("bury", cls=Command)
@_cards
@click.option(
    "--days", type=click.IntRange(1, 365), default=1, help="For so many days; 1 unless given."
)
@pass_app
def bury(app: App, cards: tuple[str, ...], days: int) -> None:
    """Leave cards out until tomorrow, or for some days.

    \b
    Example: greenflag bury q-budget/answer --days 3
    """
    sync_quietly(app)
    chosen, until = cards_named(app, cards), app.today + days
    _report(app, marks.bury(app.db, chosen, " ".join(cards), until, app.now_ms), "buried")


@click.command("reset", cls=Command)
@_cards
@pass_app
def reset(app: App, cards: tuple[str, ...]) -> None:
    """Let cards begin anew; their earlier reviews stay in the log and no longer count.

    \b
    Example: greenflag reset q-budget/answer
    """
    sync_quietly(app)
    chosen = cards_named(app, cards)
    _report(app, marks.reset(app.db, chosen, " ".join(cards), app.today, app.now_ms), "reset")


def _report(app: App, changed: int, done: str) -> None:
    if app.json:
        app.emit({"cards": changed, "done": done})
    elif changed:
        app.say(f"{changed} card{'s' * (changed > 1)} {done}. Undo with: greenflag undo")
    else:
        app.say(f"Nothing to do: none of these is to be {done}.")
