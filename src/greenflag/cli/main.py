"""The program: finds the command, and turns what goes wrong into one line and an exit status.

Commands are imported when they are called, so that each start pays only for what it uses.
"""

from __future__ import annotations

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
    "deck": "decks:deck",
    "anki": "anki:anki",
    "doctor": "safe:doctor",
    "rebuild": "safe:rebuild",
}


class Program(click.Group):
    """The commands by name, each imported when it is called."""

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
    """Interview training that knows the day.

    Without a command: what is due today and the one best next step.

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
    app.close()
    os._exit(status)


def run(arguments: list[str], app: App) -> int:
    """Run the program with arguments; gives the exit status."""
    try:
        result = program.main(arguments, prog_name="greenflag", standalone_mode=False, obj=app)
        return result if isinstance(result, int) else 0
    except GreenflagError as error:
        _complain(str(error))
        return error.exit_code
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except click.ClickException as error:
        _complain(error.format_message())
        return 1
    except (KeyboardInterrupt, click.Abort):
        click.echo("", err=True)
        return 130
    except BrokenPipeError:
        return 141
    except sqlite3.Error as error:
        _complain(f"the store cannot be used: {error} (see: greenflag doctor)")
        return 1
    except Exception as error:
        return _bug(error)


def _complain(text: str) -> None:
    from greenflag.terminal import plain

    click.echo(f"greenflag: {plain(text)}", err=True)


def _bug(error: Exception) -> int:
    """Anything not foreseen: a line, and a log with what is needed to mend it."""
    import platform
    import tempfile
    import traceback

    about = f"greenflag {__version__}, Python {platform.python_version()}, {platform.platform()}"
    with tempfile.NamedTemporaryFile(
        "w", prefix="greenflag-bug-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"{about}\n{' '.join(sys.argv)}\n\n{''.join(traceback.format_exception(error))}")
    _complain(f"a bug: {type(error).__name__}. Please report it with {log.name}")
    return 3
