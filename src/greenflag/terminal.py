"""The only file that touches the terminal: keys, size, colour, pages, progress."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.style import Style

WIDEST = 100
"""Columns of text at the most: longer lines are hard to read on a wide screen."""

_KEYS = {
    b"\r": "enter", b"\n": "enter", b" ": "space", b"\x1b": "escape", b"\x04": "end",
    b"\x1b[A": "up", b"\x1b[B": "down", b"\x1bOA": "up", b"\x1bOB": "down",
    b"\x1b[5~": "page up", b"\x1b[6~": "page down", b"\x7f": "backspace",
}  # fmt: skip
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~])")
"""What a key that is no character sends: CSI or SS3, parameters, a letter."""
_NO_LINKS = ("linux", "dumb", "")
"""Terminals that would show the codes of a link instead of obeying them."""
_HARMLESS = frozenset("\n\t\xa0\xad\u1680\u200c\u200d\u202f\u205f\u2060\u3000").union(
    map(chr, range(0x2000, 0x200B))
)
"""What Python calls unprintable and a text may well hold: blanks, joiners, the soft hyphen."""


def is_interactive() -> bool:
    """Whether somebody sits at both ends: keys come from a terminal and go to one."""
    return (
        sys.stdin.isatty()
        and sys.stdout.isatty()
        and os.environ.get("TERM", "") not in ("", "dumb")
        and hasattr(signal, "SIGTSTP")
    )


def wants_color(no_color: bool) -> bool:
    """Whether to colour: on a terminal that can, unless told not to (--no-color, NO_COLOR)."""
    able = sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
    return able and not no_color and not os.environ.get("NO_COLOR")


def text_width() -> int:
    """The columns to lay text out in."""
    return max(20, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def plain(text: str) -> str:
    """A text with nothing in it that a terminal would obey."""
    return "".join(c if c.isprintable() or c in _HARMLESS else "\ufffd" for c in text)


def render(markdown: str, width: int, color: bool) -> list[str]:
    """Markdown as lines for the terminal, wrapped to a width.

    A picture or sound is named in brackets; where colours are, one with its full place is a link.
    """
    from io import StringIO

    from rich.console import Console
    from rich.markdown import Markdown, MarkdownIt  # type: ignore[attr-defined]
    from rich.theme import Theme

    document = Markdown("", hyperlinks=False)
    parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")
    document.parsed = parser.parse(plain(markdown))  # rich's own drops what looks like HTML
    for token in document.parsed:
        for part in (token, *(token.children or ())):
            part.content = plain(part.content)  # what an entity such as &#x202e; stood for
    styles = _media_named(document.parsed)
    document.inlines = {*Markdown.inlines, *styles}
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        theme=Theme({f"markdown.{tag}": style for tag, style in styles.items()}),
    )
    console.print(document)
    return [
        line.rstrip() if not color else line for line in out.getvalue().rstrip("\n").split("\n")
    ]


def _media_named(tokens: Sequence[Any]) -> dict[str, Style]:
    """Turn the pictures among tokens into words, each with a tag of its own; the tags' styles."""
    from rich.style import Style

    styles: dict[str, Style] = {}
    for part in [part for token in tokens for part in token.children or ()]:
        if part.type == "image":
            place = str(part.attrs.get("src", ""))
            tag = f"media{len(styles)}"
            can_link = place.startswith("/") and os.environ.get("TERM") not in _NO_LINKS
            styles[tag] = Style(link=f"file://{place}") if can_link else Style()
            alt = plain("".join(inner.content for inner in part.children or ()))
            part.type, part.tag, part.content = "media", tag, _media_words(alt, place)
            part.children = None
    return styles


def _media_words(alt: str, place: str) -> str:
    from mimetypes import guess_type
    from urllib.parse import unquote

    name = plain(unquote(place))
    kind = (guess_type(name)[0] or "").partition("/")[0]
    word = {"audio": "sound", "video": "film"}.get(kind, "picture")
    name = name.rpartition("/")[2] if name.startswith("/") else name
    return f"[{word}: {alt} ({name})]" if alt and alt != word else f"[{word}: {name}]"


def columns(text: str) -> int:
    """How many columns a line of plain text takes: some characters take two, some none."""
    from rich.cells import cell_len

    return cell_len(text)


def cropped(text: str, width: int) -> str:
    """The beginning of a line of plain text, exactly as many columns wide."""
    from rich.cells import set_cell_size

    return set_cell_size(text, width)


def folded(line: str, width: int) -> list[str]:
    """A line of plain text broken at words, and inside a word that is longer than a line."""
    from rich.console import Console
    from rich.text import Text

    rows = Text(line).wrap(Console(width=width), width, overflow="fold")
    return [row.plain.rstrip() for row in rows] or [""]


def cut(text: str, width: int) -> str:
    """A line shortened to a width, with an ellipsis when something is lost."""
    return text if columns(text) <= width else cropped(text, width - 1) + "…"


def wrapped(line: str, width: int) -> list[str]:
    """A line broken at its wide gaps (three blanks), else at words, to fit a width."""
    if columns(line) <= width:
        return [line]
    if "   " not in line:
        return folded(line, width)
    rows, row = [], ""
    for part in line.split("   "):
        longer = f"{row}   {part}" if row else part
        if columns(longer) > width and row:
            rows += folded(row, width)
            row = part
        else:
            row = longer
    return [*rows, *folded(row, width)]


def progress(text: str) -> None:
    """Say on stderr what takes long, when somebody is there to read it."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


def read_line(most: int = 1000) -> str | None:
    """The next line of input without its end; None when the input has ended.

    An endless line comes in pieces.
    """
    try:
        line = sys.stdin.readline(most)
    except (OSError, UnicodeDecodeError):
        return None
    return line.rstrip("\r\n") if line else None


def typed_line(prompt: str, most: int) -> str | None:
    """A line typed at a prompt, with the keys of a shell to mend it; None at the end of input.

    On a pipe just its next line. A line longer than `most` ends a character later.
    """
    if not is_interactive():
        try:
            line = sys.stdin.readline(most + 2)
        except (OSError, UnicodeDecodeError):
            return None
        return line.rstrip("\r\n")[: most + 1] if line else None
    with suppress(ImportError):  # a Python without it: the terminal's own keys
        import readline  # noqa: F401
    try:
        return input(prompt)[: most + 1]
    except (EOFError, OSError):
        print()
        return None


def read_whole_line(most: int) -> tuple[str, bool] | None:
    """The next line however long: its first `most` characters, and whether there were more.

    None when the input has ended.
    """
    line = piece = read_line(most + 1)
    while piece and len(piece) > most:
        piece = read_line(most + 1)
    return None if line is None else (line[:most], len(line) > most)


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
        self._taken = False
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

    def key(self, within: float | None = None) -> str:
        """The next key: a character, or a name such as `enter`, `up`, `end`, `resize`.

        With `within`, the name `tick` when no key came in so many seconds.
        """
        while not self._pending:
            ready, _, _ = select.select([self._fd, self._woken], [], [], within)
            if not ready:
                return "tick"
            if self._woken in ready:
                os.read(self._woken, 64)
                return "resize"
            try:
                read = os.read(self._fd, 64)
            except OSError:  # the terminal is gone
                read = b""
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
        hint = f"  ↓ {more} more: space" if more > 0 else ""
        shown.append(cropped(hint, text_width()))
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
        """Take one key off what was typed; keys typed ahead behind it stay."""
        sequence = _SEQUENCE.match(self._pending)
        length = sequence.end() if sequence else 1
        tail = self._pending[1:4]  # of a character of several bytes
        while not sequence and length <= len(tail) and tail[length - 1] & 0xC0 == 0x80:
            length += 1
        key, self._pending = self._pending[:length], self._pending[length:]
        if key in _KEYS:
            return _KEYS[key]
        return "unknown" if sequence else key.decode("utf-8", "replace")

    def _take(self) -> None:
        import termios
        import tty

        tty.setcbreak(self._fd, termios.TCSADRAIN)
        sys.stdout.write("\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J")
        sys.stdout.flush()
        self._taken = True

    def _give_back(self) -> None:
        import termios

        self._taken = False
        with suppress(OSError, termios.error):  # the terminal is gone: nothing to give back
            sys.stdout.write("\x1b[0m\x1b[?25h\x1b[?1049l")
            sys.stdout.flush()
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._saved)

    def _resized(self, *_: object) -> None:
        os.write(self._wake, b"r")

    def _stopped(self, number: int, _: FrameType | None) -> None:
        taken = self._taken  # not while an editor has it
        if taken:
            self._give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._stopped)
        if taken:
            self._take()
            os.write(self._wake, b"r")

    def _killed(self, number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)


SCROLLING = ("space", "enter", "page down", "down", "up", "page up")
"""The keys that move a page that is longer than the screen."""


class Pages:
    """Markdown between a head and a foot on a whole screen, scrolled when it is longer."""

    def __init__(self, screen: Screen, color: bool) -> None:
        self._screen, self._color = screen, color
        self._shown = ("", "", "")
        self._body: list[str] = []
        self._foot: list[str] = []
        self._offset = 0

    def show(self, body: str, head: str, foot: str, *, stay: bool = False) -> None:
        """Draw a page; another body begins at its top, unless it is to `stay` where it is."""
        if body != self._shown[0] and not stay:
            self._offset = 0
        self._shown = (body, head, foot)
        self.lay_out()

    def scrolled(self, key: str) -> bool:
        """Move the page as a key says; False when space or enter find nothing below."""
        room = self._screen.room(self._foot)
        more = self._screen.has_more(self._body, self._foot, self._offset)
        steps = {"down": 1, "up": -1, "page up": -room, "page down": room}
        if key in ("space", "enter") and not more:
            return False
        self._offset += steps.get(key, max(1, room - 2))
        self._offset = self._screen.page(self._body, self._foot, self._offset)
        return True

    def lay_out(self) -> None:
        """Draw the page for the size that the terminal has now."""
        body, head, foot = self._shown
        width = text_width()
        dim, bold, off = ("\x1b[2m", "\x1b[1m", "\x1b[0m") if self._color else ("", "", "")
        lines = render(body, width - 2, self._color)
        head = cut(" ".join(plain(head).split("\n")).expandtabs(1), width)
        self._body = [f"{dim}{head}{off}", ""]
        self._body += [f" {line}" for line in lines]
        feet = [wrapped(line, width) for line in plain(foot).expandtabs(1).split("\n")]
        said = [part for rows in feet[:-1] for part in rows]
        most = max(1, self._screen.room(feet[-1]) // 2)
        if len(said) > most:
            said = [*said[: most - 1], "…"]
        self._foot = [f"{bold}{part}{off}" for part in (*said, *feet[-1])]
        self._offset = self._screen.page(self._body, self._foot, self._offset)


def edit_file(path: str, line: int, given_back: Callable[[], Any]) -> bool:
    """Open a file at a line in $VISUAL or $EDITOR; False when neither is set or it failed."""
    import shlex
    import subprocess

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        command = shlex.split(editor)
    except ValueError:  # a quote that is never closed
        return False
    if not command:
        return False
    name = os.path.basename(command[0])
    at_line = [f"+{line}"] if name in ("vi", "vim", "nvim", "nano", "emacs", "micro", "kak") else []
    with given_back():
        try:
            return subprocess.call([*command, *at_line, path]) == 0
        except OSError:  # no such program
            return False
