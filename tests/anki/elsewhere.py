"""Decks of other people, built with Anki itself: note types, nested decks, media, history."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anki.collection import Collection, ExportAnkiPackageOptions

if TYPE_CHECKING:
    from anki.notes import Note

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "f8cf000000030001015c6f5e0000000049454e44ae426082"
)
SOUND = b"ID3" + b"\0" * 500
NOW = int(time.time() * 1000)
DECK, FOOD = "Spanish", "Spanish::Food"
DAY = 86_400_000


class Elsewhere:
    """Somebody else's Anki, with a deck to give away."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.col = Collection(str(folder / "collection.anki2"))

    def add(
        self, kind: str, fields: Sequence[str], deck: str = DECK, tags: Sequence[str] = ()
    ) -> Note:
        """Add a note of a type that Anki knows by name."""
        model = self.col.models.by_name(kind)
        assert model
        note = self.col.new_note(model)
        for place, text in enumerate(fields):
            note.fields[place] = text
        note.tags = list(tags)
        deck_id = self.col.decks.id(deck)
        assert deck_id
        self.col.add_note(note, deck_id)
        return note

    def note_type(self, name: str, fields: Sequence[str], *sides: tuple[str, str]) -> None:
        """Make a note type with a template for each pair of sides."""
        models = self.col.models
        model = models.new(name)
        for field in fields:
            models.add_field(model, models.new_field(field))
        for place, (front, back) in enumerate(sides):
            template = models.new_template(f"Card {place + 1}")
            template["qfmt"], template["afmt"] = front, back
            models.add_template(model, template)
        models.add(model)

    def media(self, name: str, data: bytes) -> str:
        """Put a media file into the collection; its name there."""
        (self.folder / name).write_bytes(data)
        return self.col.media.add_file(str(self.folder / name))

    def answer(self, note: Note, ord: int, *rows: tuple[int, int, int, int]) -> None:
        """Write a card's past: days ago, ease, type and factor of each answer."""
        card = note.cards()[ord]
        assert self.col.db
        for days, ease, kind, factor in rows:
            at = NOW - days * DAY + card.id % 1000
            row = (at, card.id, -1, ease, 1, 1, factor, 4200, kind)
            self.col.db.execute("INSERT INTO revlog VALUES (?,?,?,?,?,?,?,?,?)", *row)
        self.col.db.execute("UPDATE cards SET type = 2, queue = 2, ivl = 5 WHERE id = ?", card.id)

    def package(self, name: str, *, legacy: bool = False, history: bool = True) -> Path:
        """Export everything as .apkg, or as .colpkg when it is called so."""
        path = self.folder / name
        if path.suffix == ".colpkg":
            self.col.export_collection_package(str(path), True, legacy)
            self.col.reopen()
            return path
        options: Any = ExportAnkiPackageOptions(
            with_scheduling=history, with_deck_configs=False, with_media=True, legacy=legacy
        )
        self.col.export_anki_package(out_path=str(path), options=options, limit=None)
        return path

    def text(self, name: str, *, guid: bool = True) -> Path:
        """Export everything as Anki's `Notes in plain text`."""
        path = self.folder / name
        self.col.export_note_csv(
            out_path=str(path),
            limit=None,
            with_html=True,
            with_tags=True,
            with_deck=True,
            with_notetype=True,
            with_guid=guid,
        )
        return path

    def furnish(self) -> dict[str, Note]:
        """Some notes of every usual type; by name."""
        picture, sound = self.media("dot.png", PNG), self.media("say it.mp3", SOUND)
        both = ("What does {{Word}} mean?", "{{FrontSide}}<hr>{{Meaning}}<br>{{Example}}")
        self.note_type(
            "Vocab", ("Word", "Meaning", "Example", "Id"), both, ("Say: {{Meaning}}", "{{Word}}")
        )
        notes = {
            "bread": self.add("Basic", ["el <b>pan</b>", "bread<br>loaf"], FOOD, ["n::m"]),
            "table": self.add("Basic (and reversed card)", ["la mesa", "the table"]),
            "hello": self.add("Basic (optional reversed card)", ["hola", "hello", "y"]),
            "bye": self.add("Basic (optional reversed card)", ["adiós", "bye", ""]),
            "one": self.add("Basic (type in the answer)", ["uno", "one"]),
            "madrid": self.add("Cloze", ["{{c1::Madrid}}, {{c2::Spain::land}}", "<i>capital</i>"]),
            "dot": self.add("Basic", [f'<img src="{picture}">', f"dot [sound:{sound}]"]),
            "empty": self.add("Basic", ["only a front", ""]),
            "cat": self.add("Vocab", ["gato", "cat", "El <b>gato</b> duerme.", "17"]),
            "dog": self.add("Basic", ["der Hund", "the dog"], "German"),
        }  # fmt: skip
        self.answer(notes["bread"], 0, (20, 3, 0, 2500), (16, 3, 1, 2500), (9, 1, 1, 2500))
        self.answer(notes["table"], 0, (10, 2, 0, 0), (5, 4, 1, 2500))
        self.col.sched.suspend_cards([notes["table"].cards()[1].id])
        return notes
