"""The only file that touches the terminal: keys, size, colour, pages, progress."""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

WIDEST = 100
"""Columns of text at the most: longer lines are hard to read on a wide screen."""

_KEYS = {
    b"\r": "enter", b"\n": "enter", b" ": "space", b"\x1b": "escape", b"\x04": "end",
    b"\x1b[A": "up", b"\x1b[B": "down", b"\x1bOA": "up", b"\x1bOB": "down",
    b"\x1b[5~": "page up", b"\x1b[6~": "page down", b"\x7f": "backspace",
}  # fmt: skip


def is_interactive() -> bool:
    """Whether somebody sits at both ends: keys come from a terminal and go to one."""
    return (
        sys.stdin.isatty()
        and sys.stdout.isatty()
        and os.environ.get("TERM", "") not in ("", "dumb")
        and hasattr(signal, "SIGTSTP")
    )


def wants_color(no_color: bool) -> bool:
    """Whether to colour: on a terminal, unless told not to (--no-color, NO_COLOR)."""
    return sys.stdout.isatty() and not no_color and not os.environ.get("NO_COLOR")


def text_width() -> int:
    """The columns to lay text out in."""
    return max(20, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def plain(text: str) -> str:
    """A text with nothing in it that a terminal would obey."""
    return "".join(c if c in "\n\t" or c.isprintable() else "\ufffd" for c in text)


def render(markdown: str, width: int, color: bool) -> list[str]:
    """Markdown as lines for the terminal, wrapped to a width."""
    from io import StringIO

    from rich.console import Console
    from rich.markdown import Markdown

    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(Markdown(plain(markdown), hyperlinks=False))
    return [
        line.rstrip() if not color else line for line in out.getvalue().rstrip("\n").split("\n")
    ]


def progress(text: str) -> None:
    """Say on stderr what takes long, when somebody is there to read it."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


def read_line() -> str | None:
    """The next line of input without its end; None when the input has ended."""
    try:
        line = sys.stdin.readline()
    except (OSError, UnicodeDecodeError):
        return None
    return line.rstrip("\r\n") if line else None


class Screen:
    """A terminal taken over for single keys and whole pages, and given back as it was.

    Use as a context manager. Ctrl-Z gives the terminal back, and takes it again on return; a resize
    arrives as the key `resize`; Ctrl-C raises KeyboardInterrupt; a kill leaves through SystemExit.
    """

    def __init__(self) -> None:
        self._fd = sys.stdin.fileno()
        self._pending = b""
        self._saved: Any = None
        self._handlers: dict[int, Any] = {}
        self._woken, self._wake = os.pipe()

    def __enter__(self) -> Screen:
        import termios

        self._saved = termios.tcgetattr(self._fd)
        for number, handler in (
            (signal.SIGWINCH, self._resized),
            (signal.SIGTSTP, self._stopped),
            (signal.SIGTERM, self._killed),
            (signal.SIGHUP, self._killed),
        ):
            self._handlers[number] = signal.signal(number, handler)
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        os.close(self._woken)
        os.close(self._wake)

    def key(self) -> str:
        """The next key: a character, or a name such as `enter`, `up`, `end`, `resize`."""
        while not self._pending:
            ready, _, _ = select.select([self._fd, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 64)
                return "resize"
            read = os.read(self._fd, 64)
            if not read:
                return "end"
            self._pending = read
        return self._first_key()

    def page(self, body: Sequence[str], foot: Sequence[str], offset: int) -> int:
        """Draw a page: the body from a line on, the foot at the bottom; gives the offset used."""
        rows = shutil.get_terminal_size((80, 24)).lines
        room = max(1, rows - len(foot) - 1)
        offset = max(0, min(offset, len(body) - room))
        shown = list(body[offset : offset + room])
        more = len(body) - offset - room
        shown += [""] * (room - len(shown))
        shown.append(f"  ↓ {more} more lines: space" if more > 0 else "")
        lines = "".join(f"{line}\x1b[0m\x1b[K\r\n" for line in shown)
        sys.stdout.write(f"\x1b[H{lines}" + "\x1b[K\r\n".join(foot) + "\x1b[0m\x1b[J")
        sys.stdout.flush()
        return offset

    def has_more(self, body: Sequence[str], foot: Sequence[str], offset: int) -> bool:
        """Whether lines of the body stand below what a page from this offset shows."""
        return len(body) - offset > self.room(foot)

    def room(self, foot: Sequence[str]) -> int:
        """How many lines of body fit above this foot."""
        return max(1, shutil.get_terminal_size((80, 24)).lines - len(foot) - 1)

    @contextmanager
    def given_back(self) -> Iterator[None]:
        """The terminal as it was, while another program (an editor) uses it."""
        self._give_back()
        try:
            yield
        finally:
            self._take()

    def _first_key(self) -> str:
        pending = self._pending
        for length in (4, 3):
            if pending[:length] in _KEYS:
                self._pending = pending[length:]
                return _KEYS[pending[:length]]
        if pending[:1] == b"\x1b" and len(pending) > 1:
            self._pending = b""
            return "unknown"
        size = 1
        while size < 4 and size < len(pending) and pending[size] & 0xC0 == 0x80:
            size += 1
        self._pending = pending[size:]
        return _KEYS.get(pending[:size]) or pending[:size].decode("utf-8", "replace")

    def _take(self) -> None:
        import termios
        import tty

        tty.setcbreak(self._fd, termios.TCSADRAIN)
        sys.stdout.write("\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J")
        sys.stdout.flush()

    def _give_back(self) -> None:
        import termios

        sys.stdout.write("\x1b[0m\x1b[?25h\x1b[?1049l")
        sys.stdout.flush()
        termios.tcsetattr(self._fd, termios.TCSADRAIN, self._saved)

    def _resized(self, *_: object) -> None:
        os.write(self._wake, b"r")

    def _stopped(self, number: int, _: FrameType | None) -> None:
        self._give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._stopped)
        self._take()
        os.write(self._wake, b"r")

    def _killed(self, number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)


def edit_file(path: str, line: int, given_back: Callable[[], Any]) -> bool:
    """Open a file at a line in $VISUAL or $EDITOR; False when neither is set or it failed."""
    import shlex
    import subprocess

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        return False
    command = shlex.split(editor)
    name = os.path.basename(command[0])
    at_line = [f"+{line}"] if name in ("vi", "vim", "nvim", "nano", "emacs", "micro", "kak") else []
    with given_back():
        return subprocess.call([*command, *at_line, path]) == 0
