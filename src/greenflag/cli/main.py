"""The program: finds the command, and turns what goes wrong into one line and an exit status.

Commands are imported when they are called, so that each start pays only for what it uses.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import sys
from importlib import import_module

import click

from greenflag import __version__
from greenflag.cli.app import App, global_options, pass_app
from greenflag.errors import GreenflagError

COMMANDS = {
    "review": "sitting:review",
    "next": "step:next_card",
    "rate": "step:rate",
    "undo": "cards:undo",
    "add": "notes:add",
    "edit": "notes:edit",
    "show": "notes:show",
    "search": "notes:search",
    "suspend": "cards:suspend",
    "resume": "cards:resume",
    "bury": "cards:bury",
    "reset": "cards:reset",
    "interview": "interviews:interview",
    "plan": "plan:plan",
    "ready": "ready:ready",
    "stats": "stats:stats",
    "simulate": "simulate:simulate",
    "story": "stories:story",
    "answer": "answers:answer",
    "mock": "mock:mock",
    "checklist": "checklist:checklist",
    "debrief": "debrief:debrief",
    "deck": "decks:deck",
    "anki": "anki:anki",
    "doctor": "safe:doctor",
    "rebuild": "safe:rebuild",
}


HELP = (
    ("review, next, rate, undo", "a sitting; step by step for scripts; take back"),
    ("plan, ready, stats, simulate", "days ahead; how ready; how it goes; what if"),
    ("interview, mock, debrief", "the dates; rehearsing aloud; looking back"),
    ("story, answer, checklist", "your stories; an answer read; what to do"),
    ("add, edit, show, search", "notes"),
    ("suspend, resume, bury, reset", "cards"),
    ("deck, anki, doctor, rebuild", "deck files; Anki; is all sound?; replay"),
)
"""The commands in few enough lines for one screen."""


class Program(click.Group):
    """The commands by name, each imported when it is called."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in groups: with a line each, help would not fit one screen."""
        with formatter.section("Commands"):
            formatter.write_dl(HELP)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of a day's use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name; None when there is none."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        found: click.Command = getattr(import_module(f"greenflag.cli.{module}"), attribute)
        return found


@click.group(cls=Program, invoke_without_command=True, context_settings={"max_content_width": 100})
@click.version_option(__version__, prog_name="greenflag")
@pass_app
def program(app: App) -> None:
    """Interview training that knows the day. Alone: today, and the next step.

    \b
    Example: greenflag review --minutes 20
    """
    if click.get_current_context().invoked_subcommand is None:
        import_module("greenflag.cli.today").show_today(app)


program.params += global_options(hidden=False)


def main() -> None:
    """Run the program and leave with its exit status.

    Leaves without tearing the interpreter down, which takes as long as a command: by then the store
    is closed and all is written.
    """
    try:
        status = _run_and_close()
    except KeyboardInterrupt:  # a second Ctrl-C, while the first was dealt with
        status = 130
    os._exit(status)


def _run_and_close() -> int:
    _open_streams()
    app = App()
    try:
        status = run(sys.argv[1:], app)
    except SystemExit as leaving:  # killed while the terminal was taken over
        status = leaving.code if isinstance(leaving.code, int) else 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        status = 141
    except OSError:  # a full disk: `run` has said so
        status = status or 1
    app.close()
    return status


def _open_streams() -> None:
    """Let closed streams lead nowhere, and characters that cannot be read or shown stop nothing."""
    for name, mode, errors in (
        ("stdin", "r", "replace"),
        ("stdout", "w", "backslashreplace"),
        ("stderr", "w", "backslashreplace"),
    ):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
        elif stream.errors != errors:
            stream.reconfigure(errors=errors)


def run(arguments: list[str], app: App) -> int:
    """Run the program with arguments; gives the exit status."""
    try:
        "".join(arguments).encode()
        result = program.main(arguments, prog_name="greenflag", standalone_mode=False, obj=app)
        return result if isinstance(result, int) else 0
    except GreenflagError as error:
        _complain(str(error))
        return error.exit_code
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.UsageError as error:
        said = io.StringIO()
        error.show(said)
        _say(said.getvalue().rstrip())
        return 2
    except UnicodeEncodeError as error:
        if error.object != "".join(arguments):
            return _bug(error)
        _complain("an argument is not UTF-8 (write it anew, or rename the file)")
        return 2
    except click.ClickException as error:
        _complain(error.format_message())
        return 1
    except click.Abort:  # Ctrl-C, and click has ended the line
        return 130
    except BrokenPipeError:
        return 141
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _complain(f"{place}{error.strerror or error} (look at the place and its permissions)")
        return 1
    except sqlite3.Error as error:
        _complain(f"the store cannot be used: {error} ({_mend(error, app)})")
        return 1
    except Exception as error:
        if isinstance(error, json.JSONDecodeError) or _is_damaged(app):
            _complain(f"the store is damaged: {type(error).__name__} (see: greenflag doctor)")
            return 1
        return _bug(error)


def _complain(text: str) -> None:
    _say(f"greenflag: {text}")


def _say(text: str) -> None:
    from greenflag.terminal import plain

    click.echo(plain(text), err=True)


def _is_damaged(app: App) -> bool:
    """Whether the store, when it was opened, is no longer what SQLite wrote."""
    if "db" not in app.__dict__:
        return False
    try:
        return bool(app.db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except (sqlite3.Error, UnicodeDecodeError):
        return True


def _mend(error: sqlite3.Error, app: App) -> str:
    """What to do when the store cannot be used, by SQLite's primary result codes."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "another greenflag is at work: wait for it"
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return f"put a copy of {app.home}/greenflag.db in its place, or move it away to begin anew"
    if code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT):
        return "see: greenflag doctor"
    return f"look at the place and permissions of {app.home}"


def _bug(error: Exception) -> int:
    """Anything not foreseen: a line, and a log with what is needed to mend it."""
    import platform
    import tempfile
    import traceback

    about = f"greenflag {__version__}, Python {platform.python_version()}, {platform.platform()}"
    text = f"{about}\n{' '.join(sys.argv)}\n\n{''.join(traceback.format_exception(error))}"
    try:
        handle, name = tempfile.mkstemp(prefix="greenflag-bug-", suffix=".log")
        with open(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
            log.write(text)
    except OSError:  # nowhere to write: at least say what it was
        name = f"this: {error}"
    _complain(f"a bug: {type(error).__name__}. Please report it with {name}")
    return 3
