"""Asking for a line at a time, or for a whole form in the editor."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TypeVar

import click

from greenflag import terminal
from greenflag.cli.app import App
from greenflag.errors import GreenflagError
from greenflag.interview.form import LONGEST, Field, clean

T = TypeVar("T")


class Ended(Exception):
    """The input has ended before everything was asked."""


def ask(app: App, field: Field) -> str:
    """The answer to one question: what is there when nothing is typed, empty for a -.

    Raises Ended at the end of input.
    """
    app.say(f"\n{field.asks}")
    if field.hint:
        app.say("\n".join(f"  {line}" for line in field.hint.splitlines()))
    if field.value:
        app.say("  now: " + "; ".join(field.value.splitlines()))
    text = line(app, field.name)
    return field.value if not text else "" if text == "-" else text


def line(app: App, name: str) -> str:
    """One line, with nothing in it that a terminal would obey. Raises Ended."""
    if not terminal.is_interactive():
        click.echo("> ")
    text = terminal.typed_line("> ", LONGEST)
    if text is None:
        raise Ended
    return clean(text, name)


def choice(app: App, asks: str, words: Sequence[str], value: int | None = None) -> int | None:
    """A number from 1 to as many as there are words; None for nothing. Raises Ended."""
    told = ", ".join(f"{number} {word}" for number, word in enumerate(words, 1))
    while True:
        now = f" (now {value})" if value else ""
        app.say(f"{asks} {told}{now}; Enter {'keeps' if value else 'leaves it open'}.")
        text = line(app, "the answer").lower()
        if not text:
            return value
        if text == "-":
            return None
        for number, word in enumerate(words, 1):
            if text in (str(number), word.lower()):
                return number
        app.say(f"{text[:40]!r} is none of them.")


def edited(app: App, text: str, read: Callable[[str], T]) -> T:
    """What `read` makes of a text after somebody changed it in the editor.

    When it cannot be read, what was written stays in a file that the error names.
    """
    os.makedirs(app.home, mode=0o700, exist_ok=True)
    handle, path = tempfile.mkstemp(prefix="form-", suffix=".txt", dir=app.home)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    if not terminal.edit_file(path, 1, nullcontext):
        _drop_unless_changed(path, text)
        mend = "set EDITOR, for example: export EDITOR=nano"
        raise GreenflagError("no editor, or it failed", mend)
    try:
        found = read(_text(path))
    except GreenflagError as error:
        mend = f"{error.mend}; what you wrote is in {path}" if error.mend else path
        raise GreenflagError(error.what, mend) from None
    os.unlink(path)
    return found


def _drop_unless_changed(path: str, text: str) -> None:
    if os.path.exists(path) and _text(path) == text:
        os.unlink(path)


def _text(path: str) -> str:
    """What the editor left, a million characters at the most."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(1_000_000)
