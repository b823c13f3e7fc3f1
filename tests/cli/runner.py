"""Somebody who types greenflag: commands in this process, in one of their own, or at a terminal."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from greenflag.cli.app import App
from greenflag.cli.main import run

TOP = Path(__file__).parent.parent.parent
PROGRAM = Path(sys.executable).with_name("greenflag")
MONDAY = "2026-03-02T10:00"
"""When a test happens unless it says otherwise, by the local clock."""


class Said(NamedTuple):
    """What a command said, and the status it left with."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


class User:
    """A user with a home folder and a clock that stands still until it is moved."""

    def __init__(self, home: Path, at: str = MONDAY) -> None:
        self.home, self.at = home, at

    @property
    def decks(self) -> Path:
        """The folder of the user's own decks, made when it is first needed."""
        folder = self.home / "decks"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def __call__(self, *arguments: object, lines: str | bytes = "") -> Said:
        """Run a command in this process; `lines` is what standard input holds."""
        out, err = io.StringIO(), io.StringIO()
        given = lines.encode() if isinstance(lines, str) else lines
        stdin, app = sys.stdin, App()
        app.home_given, app.at_given = str(self.home), self.at
        sys.stdin = io.TextIOWrapper(io.BytesIO(given), "utf-8", errors="replace")
        try:
            with redirect_stdout(out), redirect_stderr(err):
                status = run([str(each) for each in arguments], app)
        finally:
            sys.stdin = stdin
            app.close()
        return Said(status, out.getvalue(), err.getvalue())

    def does(self, *arguments: object, lines: str | bytes = "") -> Said:
        """Run a command that must go well."""
        said = self(*arguments, lines=lines)
        assert said.status == 0, said
        return said

    def json(self, *arguments: object) -> Any:
        """The JSON answer of a command that must go well."""
        return self.does(*arguments, "--json").json

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a process of this user."""
        given = {"GREENFLAG_HOME": str(self.home), "GREENFLAG_NOW": self.at}
        return {**os.environ, **given, **more}

    def process(self, *arguments: object, lines: bytes = b"", **more: str) -> Said:
        """Run a command in a process of its own."""
        given = [os.fsencode(str(each)) for each in arguments]
        return self._spawn([os.fsencode(PROGRAM), *given], lines, more)

    def ordinarily(self, *arguments: object) -> Said:
        """Run a command in a process that permissions bind, also when root runs the tests."""
        drop = "-dac_override,-dac_read_search"
        setpriv = ["setpriv", f"--bounding-set={drop}", f"--inh-caps={drop}"]
        if os.geteuid() == 0 and subprocess.run([*setpriv, "true"], capture_output=True).returncode:
            pytest.skip("root can write everywhere, and cannot help it here")
        before = setpriv if os.geteuid() == 0 else []
        return self._spawn([*before, str(PROGRAM), *map(str, arguments)], b"", {})

    def shell(self, line: str, **more: str) -> Said:
        """Run a line of bash in which `greenflag` is the program."""
        path = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"
        return self._spawn(["bash", "-c", line], b"", {"PATH": path, **more})

    def _spawn(self, command: Sequence[str | bytes], lines: bytes, more: dict[str, str]) -> Said:
        done = subprocess.run(
            command, env=self.environment(**more), input=lines, capture_output=True, timeout=60
        )
        return Said(
            done.returncode,
            *(out.decode(errors="backslashreplace") for out in (done.stdout, done.stderr)),
        )

    def editor(self, script: str) -> str:
        """A program for $EDITOR: a shell script that finds the file in $file."""
        path = self.home.parent / "editor"
        path.write_text(f"#!/bin/sh\nfor file; do :; done\n{script}\n", "utf-8")
        path.chmod(0o755)
        return shlex.quote(str(path))

    def deck(self, name: str, text: str) -> Path:
        """Write a deck file of the user's own."""
        path = self.decks / name
        path.write_text(text, "utf-8")
        return path

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The store as SQLite alone sees it."""
        db = sqlite3.connect(self.home / "greenflag.db", isolation_level=None)
        try:
            yield db
        finally:
            db.close()

    def rows(self, query: str, *values: object) -> list[Any]:
        """What a query of the store gives."""
        with self.database() as db:
            return db.execute(query, values).fetchall()

    def content(self) -> dict[str, list[Any]]:
        """All the store keeps about cards, less the list of the day and showings."""
        tables = ("notes", "cards", "reviews", "memory", "suspended", "buried", "acts")
        return {table: self.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables}


def one_line(said: Said, status: int = 1) -> str:
    """What a refusal says, after seeing that it is one line and leaves with its status."""
    assert said.status == status, said
    assert said.err.startswith("greenflag: ") and said.err.count("\n") == 1, said.err
    assert not said.out, said.out
    return said.err


NO_TMUX = shutil.which("tmux") is None


class Terminal:
    """A real terminal (tmux) with bash in it, as a person sees it."""

    def __init__(self, user: User, columns: int = 80, rows: int = 24, **more: str) -> None:
        self._socket = str(user.home.parent / "tmux")
        path = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"
        environment = user.environment(PATH=path, LC_ALL="C.UTF-8", **more)
        environment.pop("TMUX", None)
        shell = "env 'PS1=ready> ' bash --noprofile --norc"
        size = ("-x", str(columns), "-y", str(rows))
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, shell, env=environment)
        self.wait("ready>")

    def _tmux(self, *arguments: str, env: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, *arguments], env=env, capture_output=True, check=True
        )
        return done.stdout.decode()

    def type(self, *keys: str) -> None:
        """Press keys, each a character or a name of tmux's such as Space, C-c, PageUp."""
        self._tmux("send-keys", *keys)

    def line(self, text: str) -> None:
        """Type a line and Enter."""
        self._tmux("send-keys", "-l", text)
        self._tmux("send-keys", "Enter")

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self) -> list[str]:
        """The lines on the screen."""
        return self._tmux("capture-pane", "-p").split("\n")[:-1]

    def fact(self, name: str) -> str:
        """Something tmux knows of the terminal, such as alternate_on or cursor_flag."""
        return self._tmux("display-message", "-p", f"#{{{name}}}").strip()

    def wait(self, *texts: str, gone: str = "") -> list[str]:
        """The screen once it holds all the texts, and no longer what is to be gone."""
        last: list[str] = []
        for _ in range(400):
            last = self.screen()
            whole = "\n".join(last)
            if all(text in whole for text in texts) and not (gone and gone in whole):
                return last
            time.sleep(0.025)
        raise AssertionError(f"never saw {texts!r} (gone: {gone!r}) on\n" + "\n".join(last))

    def close(self) -> None:
        """Put the terminal away."""
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], capture_output=True)
