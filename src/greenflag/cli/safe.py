"""The safe: doctor and rebuild."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from typing import NamedTuple

import click

from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.day import Day
from greenflag.store import notes, reviews
from greenflag.store.connection import FILE


class Check(NamedTuple):
    """One thing the doctor looked at."""

    name: str
    ok: bool
    what: str
    mend: str = ""


@click.command("doctor", cls=Command)
@pass_app
def doctor(app: App) -> int:
    """Look whether everything is sound: store, memories, decks, permissions, clock.

    \b
    Example: greenflag doctor
    """
    checks = list(examine(app))
    ok = all(check.ok for check in checks)
    if app.json:
        app.emit({"ok": ok, "checks": [check._asdict() for check in checks]})
    else:
        for check in checks:
            mend = f" ({check.mend})" if check.mend and not check.ok else ""
            app.say(f"{'ok  ' if check.ok else 'BAD '} {check.name}: {check.what}{mend}")
    return 0 if ok else 1


@click.command("rebuild", cls=Command)
@pass_app
def rebuild(app: App) -> None:
    """Make all memories anew from the review log.

    \b
    Example: greenflag rebuild
    """
    day = Day(app)
    count = reviews.rebuild(day.db, day.replay())
    if app.json:
        app.emit({"cards": count})
    else:
        app.say(f"{count} cards with memory, all replayed from the log.")


def examine(app: App) -> Iterator[Check]:
    """The checks, one after the other; only the first when the store is damaged."""
    damage = _damage(app)
    yield Check("store", not damage, damage or "sound", "restore a backup")
    if damage:
        return
    day = Day(app)
    broken = day.db.execute("PRAGMA foreign_key_check").fetchall()
    yield Check(
        "references", not broken, f"{len(broken)} broken" if broken else "whole", "restore a backup"
    )
    wrong = reviews.differing(day.db, day.replay())
    what = f"{len(wrong)} differ, first {wrong[0]}" if wrong else "equal to a replay of the log"
    yield Check("memories", not wrong, what, "greenflag rebuild")
    bad = notes.broken_files(day.db)
    yield Check(
        "decks",
        not bad,
        f"problems in {', '.join(bad)}" if bad else "readable",
        "greenflag deck check",
    )
    open_to = [
        path
        for path, allowed in (
            (app.home, 0o700),
            (os.path.join(app.home, FILE), 0o600),
            (os.path.join(app.home, "anki"), 0o700),
            (os.path.join(app.home, "anki", "account.json"), 0o600),
        )
        if os.path.exists(path) and stat.S_IMODE(os.stat(path).st_mode) & ~allowed
    ]
    yield Check(
        "permissions",
        not open_to,
        f"others may read {', '.join(open_to)}" if open_to else "private",
        "chmod go= on them",
    )
    ahead = reviews.after(day.db, app.now_ms + 60_000)
    yield Check(
        "clock",
        not ahead,
        f"{ahead} reviews are dated later than now" if ahead else "right, as far as the log shows",
        "set the clock",
    )


def _damage(app: App) -> str:
    """What SQLite finds wrong with the store; empty when it is whole."""
    try:
        found = [row[0] for row in app.db.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # locked, or out of reach
            raise
        return str(error)
    return "" if found == ["ok"] else "; ".join(found)
