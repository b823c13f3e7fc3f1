"""Pictures and sounds in the texts of notes: `![what it shows](media/name.png)`.

One form for both, told apart by the suffix. The file stands in the folder of its deck file or in a
folder below it, and nowhere else: no absolute place, no `..`, no link that leads out.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from greenflag.content.fields import given_fields
from greenflag.content.problem import Problem, shown

if TYPE_CHECKING:
    from greenflag.content.decks import Deck

LARGEST = 20 * 2**20
"""Bytes one file may have."""
PICTURES = frozenset("png jpg jpeg gif webp svg avif bmp".split())
SOUNDS = frozenset("mp3 ogg oga opus wav m4a flac aac mp4 webm".split())
"""What Anki plays: sounds, and films with sound."""

_CODE_OR_REFERENCE = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`)[\s\S]{0,500}?(?<!`)(?P=ticks)(?!`))"
    r"|\\[\s\S]"
    r"|!\[(?P<alt>(?:\\.|[^\]\\\n])*)\]"
    r"\([ \t]*(?:<(?P<angled>[^<>\n]+)>|(?P<name>[^()\s<>]+))[ \t]*\)"
)
_ODD = re.compile(r"[\x00-\x1f\x7f\\:*?\"|]")


class Unfit(Exception):
    """A name that stands for no file a note may show: what is wrong, and the mend."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


def is_media(name: str) -> bool:
    """Whether a name is that of a picture or sound here, not of something on the web."""
    return suffix(name) in PICTURES | SOUNDS and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", name)


def is_sound(name: str) -> bool:
    """Whether a name is that of a sound."""
    return suffix(name) in SOUNDS


def suffix(name: str) -> str:
    """The suffix of a name in small letters, without its dot."""
    return os.path.splitext(name)[1][1:].lower()


def reference(name: str, alt: str) -> str:
    """The Markdown for a picture or sound; `alt` says in words what it is."""
    alt = re.sub(r"([\\\[\]`*_])", r"\\\1", " ".join(alt.split())[:100])
    return f"![{alt}](<{name}>)" if re.search(r"[\s()]", name) else f"![{alt}]({name})"


def names_in(text: str) -> list[str]:
    """The names of the pictures and sounds a Markdown text shows."""
    if "![" not in text:
        return []
    found = _CODE_OR_REFERENCE.finditer(text)
    names = [unquote(each["angled"] or each["name"] or "") for each in found]
    return [name for name in names if is_media(name)]


def names_of(value: Any) -> Iterator[str]:
    """The names of all pictures and sounds in a note or in a part of one."""
    if isinstance(value, str):
        yield from names_in(value)
    elif isinstance(value, dict):
        for part in value.values():
            yield from names_of(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from names_of(part)
    elif hasattr(value, "fields"):
        yield from names_of(given_fields(value))


def with_places(text: str, folder: str) -> str:
    """A Markdown text whose pictures and sounds have absolute places, where the files are there.

    `folder` is that of the deck file.
    """
    if "![" not in text:
        return text

    def placed(found: re.Match[str]) -> str:
        name = unquote(found["angled"] or found["name"] or "")
        if not is_media(name):
            return found[0]
        try:
            file = open_media(folder, name)
        except Unfit:
            return found[0]
        file.close()
        return f"![{found['alt']}]({quote(os.path.realpath(os.path.join(folder, name)))})"

    return _CODE_OR_REFERENCE.sub(placed, text)


def open_media(folder: str, name: str) -> IO[bytes]:
    """The file a name stands for in the folder of a deck, opened; Unfit when it may not be shown.

    It is read as it was when it was opened: nothing put in its place later gets through.
    """
    if _ODD.search(name) or name.startswith(("/", "~")) or ".." in name.split("/"):
        raise Unfit(f"{shown(name)} leads out of the deck's folder", "put the file beside the deck")
    home = os.path.realpath(folder)
    place = os.path.realpath(os.path.join(home, name))
    if not place.startswith(os.path.join(home, "")):
        raise Unfit(f"{shown(name)} leads out of the deck's folder", "put the file beside the deck")
    try:
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        what = "is missing" if isinstance(error, FileNotFoundError) else "is not readable"
        raise Unfit(f"{shown(name)} {what}", "put the file beside the deck") from None
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode) or not 0 < about.st_size <= LARGEST:
        os.close(handle)
        if not stat.S_ISREG(about.st_mode):
            raise Unfit(f"{shown(name)} is no plain file", "put the file beside the deck")
        if not about.st_size:  # Anki takes none
            raise Unfit(f"{shown(name)} is empty", "put the file beside the deck")
        size = f"{about.st_size / 2**20:.0f} MB, more than {LARGEST // 2**20}"
        raise Unfit(f"{shown(name)} has {size}", "make it smaller")
    return os.fdopen(handle, "rb")


def media_problems(deck: Deck) -> Iterator[Problem]:
    """The pictures and sounds of a deck that cannot be shown, each with its line."""
    path = Path(deck.file)
    lines: list[str] = []
    for note, line in deck.notes:
        for name in dict.fromkeys(names_of(note)):
            try:
                open_media(str(path.parent), name).close()
            except Unfit as unfit:
                lines = lines or path.read_text("utf-8-sig", "replace").splitlines()
                yield Problem(deck.file, _line(lines, line, name), unfit.what, unfit.mend)


def _line(lines: list[str], first: int, name: str) -> int:
    """The line, from that of its note on, where a name stands; else that of the note."""
    last = os.path.basename(name)
    places = range(first - 1, min(len(lines), first + 2000))
    return next((place + 1 for place in places if last in lines[place]), first)
