"""Notes as a text file with Anki's header lines: written for Anki, and read from it.

The first lines begin with `#` and say what the columns are; then a note a line, its fields as
HTML. A text file carries no history, no note types, and of pictures and sounds only the names that
they have in a package. Anki takes a note only when it has its note type already: it comes with any
package.
"""

from __future__ import annotations

import csv
import io
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from greenflag.anki.collection import MOST_NOTES, ForeignNote, NoteType, Template
from greenflag.anki.media import Media
from greenflag.anki.notetypes import guid_of, ords_of, type_name
from greenflag.anki.package import (
    Exported,
    Subdecks,
    Written,
    deck_name,
    tags_of,
    told,
    written_whole,
)
from greenflag.content.gaps import CLOZE
from greenflag.errors import GreenflagError

LARGEST = 64 * 2**20
"""Bytes a text file may have."""
LONGEST_FIELD = 2**20
"""Characters a field may have: one with pictures inside is long, one never closed is longer."""
LONGEST_HEADER = 1000
MOST_FIELDS = 200

_HEADER = re.compile(r"#([a-z ]{2,30}):(.*)")
_SEPARATORS = {
    "tab": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|", "colon": ":",
}  # fmt: skip
_NO_SEPARATOR = '"\0\r\n'
_HTML = re.compile(
    r"</?(?:br|b|i|u|div|p|img|span|ul|ol|li|table|em|strong)\b[^<>]*>|&(?:amp|lt|gt|nbsp);"
)
_COLUMNS = ("guid", "notetype", "deck", "tags")


# --- writing


def write_text(path: Path, notes: Iterable[Exported], *, by: Subdecks = "kind") -> Written:
    """Write notes to a text file that Anki's own import takes; how much is in it."""
    rows: list[list[str]] = []
    cards, media = 0, Media(None)
    for each in notes:
        ords = ords_of(each.note)
        if ords:
            cards += len(ords)
            rows.append(_row(each, by, media))
    widest = max(map(len, rows), default=5)
    out = io.StringIO()
    columns = "".join(f"#{name} column:{place}\n" for place, name in enumerate(_COLUMNS, 1))
    out.write(f"#separator:tab\n#html:true\n{columns}")
    table = csv.writer(out, delimiter="\t", lineterminator="\n")
    table.writerows([*row, *[""] * (widest - len(row))] for row in rows)
    written_whole(path, out.getvalue().encode())
    return Written(len(rows), cards, 0, missing=tuple(media.missing.values()))


def _row(each: Exported, by: Subdecks, media: Media) -> list[str]:
    note = each.note
    part = note.kind if by == "kind" else note.competency
    fields = told(each, media)[0].split("\x1f")
    return [
        guid_of(note.id), type_name(note.kind), deck_name(each.deck, part, by),
        tags_of(note).strip(), *fields,
    ]  # fmt: skip


# --- reading


class _Header(NamedTuple):
    values: dict[str, str]
    columns: dict[str, int]
    """Where the columns that are no fields stand, from 0."""

    @property
    def separator(self) -> str:
        given = self.values.get("separator", "").strip()
        found = _SEPARATORS.get(given.lower(), given[:1])
        return found if found and found not in _NO_SEPARATOR else "\t"


def read_text(path: Path) -> Iterator[ForeignNote]:
    """The notes in a text file from Anki, or one made like it."""
    header, text = _parts(_text(path))
    said = header.values.get("html", "").strip().lower()
    is_html = said == "true" or (said != "false" and bool(_HTML.search(text)))
    names = _names(header)
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=header.separator)
    try:
        for number, row in enumerate(reader):
            if number >= MOST_NOTES:
                raise GreenflagError(f"{path} has more than {MOST_NOTES:,} notes", "split it")
            if any(each.strip() for each in row):
                yield _note(row[:MOST_FIELDS], header, names, is_html)
    except csv.Error as error:
        what = f"{path}, row {reader.line_num}: {error}"
        raise GreenflagError(what, "look for a quotation mark that is never closed") from None


def _text(path: Path) -> str:
    mend = "name a text file from Anki"
    try:
        with open(path, "rb", opener=_not_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise GreenflagError(f"{path} is not a plain file", mend)
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise GreenflagError(f"{path}: {error.strerror}", mend) from None
    if len(data) > LARGEST:
        raise GreenflagError(f"{path} has more than {LARGEST // 2**20} MB", "split it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"{path}: byte 0x{data[error.start]:02x} is not UTF-8"
        raise GreenflagError(what, "save the file as UTF-8") from None


def _not_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe too, at which nobody may ever write."""
    return os.open(path, flags | os.O_NONBLOCK)


def _parts(text: str) -> tuple[_Header, str]:
    """The header lines of a text file, and the rest."""
    values: dict[str, str] = {}
    while text.startswith("#"):
        line, _, rest = text.partition("\n")
        found = _HEADER.match(line[:LONGEST_HEADER])
        if not found:
            break
        values[found[1]], text = found[2].rstrip("\r"), rest
    columns = {}
    for name in _COLUMNS:
        place = values.get(f"{name} column", "").strip()
        if place.isdecimal() and 0 < int(place[:4]) <= MOST_FIELDS:
            columns[name] = int(place[:4]) - 1
    return _Header(values, columns), text


def _names(header: _Header) -> list[str]:
    """The names of the columns, where the file gives them."""
    given = header.values.get("columns", "")
    return next(csv.reader([given], delimiter=header.separator), []) if given else []


def _note(row: Sequence[str], header: _Header, names: Sequence[str], is_html: bool) -> ForeignNote:
    own = {name: row[place] for name, place in header.columns.items() if place < len(row)}
    fields = [place for place in range(len(row)) if place not in header.columns.values()]
    while len(fields) > 2 and not row[fields[-1]].strip():  # Anki fills rows up to the widest
        fields.pop()
    texts = [row[place] if is_html else _as_html(row[place]) for place in fields]
    labels = [
        names[place] if place < len(names) and names[place].strip() else f"Field {number}"
        for number, place in enumerate(fields, 1)
    ]
    kind = own.get("notetype", "") or header.values.get("notetype", "")
    tags = f"{own.get('tags', '')} {header.values.get('tags', '')}".split()
    has_gaps = bool(texts and CLOZE.search(texts[0]))
    return ForeignNote(
        own.get("guid") or f"text:{texts[0] if texts else ''}",
        _type(kind, tuple(labels), has_gaps),
        tuple(tags),
        tuple(texts),
        deck=own.get("deck", "") or header.values.get("deck", ""),
    )


@lru_cache(1000)
def _type(name: str, labels: tuple[str, ...], has_gaps: bool) -> NoteType:
    """A note type as its name lets one guess: the first field asks, the others answer."""
    fields = tuple(
        label if labels.index(label) == place else f"{label} {place + 1}"
        for place, label in enumerate(labels)
    )
    first = f"{{{{{fields[0]}}}}}" if fields else ""
    rest = "".join(f"{{{{{label}}}}}" for label in fields[1:])
    if has_gaps:
        return NoteType(name, True, fields, (Template(0, "", f"{{{{cloze:{fields[0]}}}}}", rest),))
    templates = [Template(0, "", first, rest)]
    if len(fields) == 2 and "reversed" in name.lower() and "optional" not in name.lower():
        templates.append(Template(1, "", rest, first))
    return NoteType(name, False, fields, tuple(templates))


def _as_html(text: str) -> str:
    return escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>")
