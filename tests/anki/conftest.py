"""A real Anki collection to import into."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from greenflag.anki.notetypes import guid_of
from greenflag.anki.package import write_package
from tests.anki.samples import all_exported

if TYPE_CHECKING:
    from anki.cards import Card
    from anki.notes import Note


class Anki:
    """A user's Anki: a collection on disk, and the import as a fresh installation does it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.col = Collection(str(folder / "collection.anki2"))
        self.schema = self.rows("select scm from col")[0][0]

    def take(self, package: Path, *, progress: bool = False) -> dict[str, int]:
        """Import a package; how many notes were new, updated, duplicate or conflicting."""
        options = ImportAnkiPackageOptions(with_scheduling=progress, with_deck_configs=progress)
        request = ImportAnkiPackageRequest(package_path=str(package), options=options)
        log = self.col.import_anki_package(request).log
        self.col.models._clear_cache()
        counts = {
            "new": len(log.new),
            "updated": len(log.updated),
            "duplicate": len(log.duplicate),
            "conflicting": len(log.conflicting) + len(log.first_field_match),
            "missing": len(log.missing_notetype) + len(log.missing_deck),
            "empty": len(log.empty_first_field),
        }
        return {what: count for what, count in counts.items() if count}

    def note(self, note_id: str) -> Note:
        """A note by our id."""
        nid = self.col.db.scalar("select id from notes where guid = ?", guid_of(note_id))  # type: ignore[union-attr]
        return self.col.get_note(nid)

    def cards(self) -> Iterator[Card]:
        """All cards."""
        for cid in self.col.find_cards(""):
            yield self.col.get_card(cid)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Rows straight from the collection."""
        assert self.col.db
        return list(self.col.db.all(sql, *values))


@pytest.fixture
def anki(tmp_path: Path) -> Iterator[Anki]:
    """A fresh installation of Anki."""
    folder = tmp_path / "anki"
    folder.mkdir()
    program = Anki(folder)
    yield program
    program.col.close()


@pytest.fixture
def apkg(tmp_path: Path) -> Path:
    """A package with the notes of all kinds."""
    path = tmp_path / "all.apkg"
    write_package(path, all_exported())
    return path


def words(html: str) -> list[str]:
    """The words a reader sees."""
    return re.findall(r"\w+", unescape(re.sub(r"<[^>]+>", " ", html)))


def side(html: str) -> str:
    """A side of a card as Anki renders it, without style, head and type box."""
    html = re.sub(r"<style>.*?</style>|\[\[type:.*?\]\]", "", html, flags=re.DOTALL)
    return re.sub(r'<div class="head">.*?</div>', "", html)


def rewritten(package: Path, change: Callable[[dict[str, Any]], None], sql: str = "") -> Path:
    """A copy of a package whose note types (by id) were changed, as a later version might."""
    made = package.with_name(f"rewritten-{package.name}")
    with zipfile.ZipFile(package) as archive:
        database = made.with_suffix(".anki2")
        database.write_bytes(archive.read("collection.anki2"))
    with sqlite3.connect(database) as db:
        models = json.loads(db.execute("SELECT models FROM col").fetchone()[0])
        for model in models.values():
            change(model)
            model["mod"] += 60
        db.execute("UPDATE col SET models = ?", (json.dumps(models),))
        db.executescript(sql)
    db.close()
    with zipfile.ZipFile(made, "w") as archive:
        archive.write(database, "collection.anki2")
        archive.writestr("media", "{}")
    return made
