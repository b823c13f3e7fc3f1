"""Pictures and sounds on their way into a package: named by their content, each once, bounded."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from greenflag.anki.text import escape
from greenflag.content.media import Unfit, is_sound, names_of, open_media, suffix
from greenflag.content.notes import Note
from greenflag.errors import GreenflagError

LARGEST_IN_ALL = 200 * 2**20
"""Bytes all media of a package may have."""

SHOWN = '<img src="'
"""What `text.html_of` begins a picture or sound with, and nothing else can."""
_SHOWN = re.compile(r'<img src="([^"]*)" alt="([^"]*)">')


class Packed(NamedTuple):
    """A media file in a package: its name there, and when it last changed in ms since 1970."""

    name: str
    changed: int


class Media:
    """The media of a package, copied into a folder as they are met; without one only named."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.size = 0
        self.missing: dict[str, str] = {}
        """The names that stand for no file that may be shown, each with why."""
        self._known: dict[tuple[str, str], Packed | None] = {}
        self._sizes: dict[str, int] = {}

    @property
    def files(self) -> list[str]:
        """The names in the package, in order."""
        return sorted(self._sizes)

    @property
    def paths(self) -> list[Path]:
        """Where the copies are, in the same order."""
        return [self.folder / name for name in self.files] if self.folder else []

    def take(self, folder: str, name: str) -> Packed | None:
        """Copy a file of a deck's folder; None when there is none that may be shown."""
        if (folder, name) not in self._known:
            self._known[folder, name] = self._copied(folder, name)
        return self._known[folder, name]

    def _copied(self, folder: str, name: str) -> Packed | None:
        from hashlib import sha1

        if not folder:
            return None
        try:
            source = open_media(folder, name)
        except Unfit as unfit:
            self.missing[name] = unfit.what
            return None
        with source:
            changed = os.fstat(source.fileno()).st_mtime_ns // 1_000_000
            if self.folder:
                self._check(os.fstat(source.fileno()).st_size)
            data = source.read()
        packed = f"greenflag-{sha1(data, usedforsecurity=False).hexdigest()[:20]}.{suffix(name)}"
        if packed not in self._sizes:
            self._sizes[packed] = len(data)
            self.size += len(data)
            if self.folder:
                (self.folder / packed).write_bytes(data)
        return Packed(packed, changed)

    def _check(self, more: int) -> None:
        if self.size + more > LARGEST_IN_ALL:
            what = f"pictures and sounds of more than {LARGEST_IN_ALL // 2**20} MB"
            raise GreenflagError(what, "export fewer decks at once, with --deck")


def youngest(note: Note, folder: str) -> int:
    """When the youngest of a note's pictures and sounds last changed, in ms; 0 without any."""
    newest = 0
    for name in names_of(note):
        with suppress(Unfit), open_media(folder, name) as file:
            newest = max(newest, os.fstat(file.fileno()).st_mtime_ns // 1_000_000)
    return newest


def with_media(html: str, take: Callable[[str], Packed | None]) -> tuple[str, int]:
    """The fields of a note with its pictures and sounds under their names in Anki.

    Also when the youngest of them last changed (0 without any). What is missing stands in words.
    """
    from html import unescape

    newest = 0

    def named(found: re.Match[str]) -> str:
        nonlocal newest
        name = unquote(unescape(found[1]))
        packed = take(name)
        if packed is None:
            what = "sound" if is_sound(name) else "picture"
            return f"({what}: {found[2] or escape(name)})"
        newest = max(newest, packed.changed)
        if is_sound(name):
            return f"[sound:{packed.name}]"
        return f'<img src="{packed.name}" alt="{found[2]}">'

    return _SHOWN.sub(named, html), newest
