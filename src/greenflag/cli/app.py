"""What every command is given: the home folder, the time, the store, and how to answer."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import click

from greenflag.errors import GreenflagError
from greenflag.settings import Settings, read_settings
from greenflag.store.connection import open_store
from greenflag.studyday import milliseconds, study_day

_CONTROLS = re.compile("[\x7f-\x9f]")
"""What JSON lets stand and a terminal would obey."""
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class App:
    """One run of the program: options, and what is opened when first needed."""

    def __init__(self) -> None:
        self.home_given: str | None = os.environ.get("GREENFLAG_HOME") or None
        self.at_given: str | None = os.environ.get("GREENFLAG_NOW") or None
        self.json = False
        self.no_color = False

    @cached_property
    def home(self) -> str:
        """The folder of the user's own: store, decks, backups, settings.

        A string, as all paths of the quick commands: importing pathlib is a tenth of their time.
        """
        if self.home_given:
            return os.path.abspath(os.path.expanduser(self.home_given))
        from platformdirs import user_data_dir

        return user_data_dir("greenflag", appauthor=False)

    @cached_property
    def settings(self) -> Settings:
        """The user's settings."""
        return read_settings(self.home)

    @cached_property
    def db(self) -> sqlite3.Connection:
        """The store, opened."""
        try:
            return open_store(self.home)
        except OSError as error:
            raise GreenflagError(
                f"{self.home}: {error.strerror}", "choose another folder with --home"
            ) from None
        except UnicodeDecodeError:  # what SQLite says of a damaged schema quotes the damage
            damage = sqlite3.DatabaseError("malformed database schema")
            damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damage from None

    def close(self) -> None:
        """Close the store when it was opened, so that it is one whole file again."""
        if "db" in self.__dict__:
            self.db.close()

    def now(self) -> datetime:
        """What time it is, in UTC: the clock, or what --at says."""
        if self.at_given is None:
            return datetime.now(UTC)
        return moment_of(self.at_given)

    @property
    def now_ms(self) -> int:
        """The moment in milliseconds since 1970."""
        return milliseconds(self.now())

    @property
    def today(self) -> int:
        """The study day it is."""
        return study_day(self.now(), self.settings.rollover_hour)

    @property
    def color(self) -> bool:
        """Whether output is coloured."""
        from greenflag import terminal  # only what shows something pays for it

        return terminal.wants_color(self.no_color)

    def emit(self, document: Mapping[str, object]) -> None:
        """Write the one JSON document of a command."""
        text = json.dumps({"format": 1, **document}, ensure_ascii=False)
        click.echo(_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text))

    def say(self, text: str) -> None:
        """Write a line for people, with nothing in it that a terminal would obey."""
        from greenflag import terminal

        click.echo(terminal.plain(text))

    def show(self, markdown: str) -> None:
        """Write Markdown laid out for the terminal."""
        from greenflag import terminal

        lines = terminal.render(markdown, terminal.text_width(), self.color)
        click.echo("\n".join(lines), color=self.color)

    def warn(self, text: str) -> None:
        """Write a line for people on stderr."""
        from greenflag import terminal

        click.echo(terminal.plain(text), err=True)


def moment_of(text: str) -> datetime:
    """An ISO-8601 moment as aware UTC; without an offset it is local time."""
    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise GreenflagError(
            f"{text!r} is not a moment", "for example 2026-11-21T18:30 or 2026-11-21T18:30:00Z"
        ) from None
    if not EARLIEST <= at <= LATEST:
        raise GreenflagError(f"{text} is out of range", "between 1990 and 2200")
    return at


pass_app = click.make_pass_decorator(App, ensure=True)


def _global(name: str, value: Any) -> Callable[[click.Context, click.Parameter, Any], None]:
    def remember(ctx: click.Context, _: click.Parameter, given: Any) -> None:
        if given:
            setattr(ctx.ensure_object(App), name, value if value is not None else given)

    return remember


def global_options(*, hidden: bool) -> list[click.Option]:
    """--home, --json, --at and --no-color, which every command takes before or after its name."""
    shared: dict[str, Any] = {"expose_value": False, "hidden": hidden}
    return [
        click.Option(
            ["--home"],
            metavar="DIR",
            help="Where your data is.",
            callback=_global("home_given", None),
            **shared,
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            help="Answer in JSON.",
            callback=_global("json", True),
            **shared,
        ),
        click.Option(
            ["--at"],
            metavar="TIME",
            help="What time it is, as ISO-8601.",
            callback=_global("at_given", None),
            **shared,
        ),
        click.Option(
            ["--no-color"],
            is_flag=True,
            help="No colour.",
            callback=_global("no_color", True),
            **shared,
        ),
    ]


class Number(click.FloatRange):
    """A number within bounds; `nan` lies in every range and is none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number a text names."""
        number = float(super().convert(value, param, ctx))
        if number != number:
            self.fail(f"{value!r} is no number", param, ctx)
        return number


class Command(click.Command):
    """A command that also takes the global options after its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += global_options(hidden=True)


class Group(click.Group):
    """A group that takes the global options after its name, as do its commands after theirs."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += global_options(hidden=True)


def command(name: str, **settings: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a command of this program."""
    return click.command(name, cls=Command, **settings)


def stdin_is_pipe() -> bool:
    """Whether input comes from somewhere else than a keyboard."""
    return not sys.stdin.isatty()
