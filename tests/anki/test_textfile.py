"""Text files: Anki's own import takes ours, ours takes Anki's, and bad ones are one line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from anki.collection import ImportCsvRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.anki import textfile
from greenflag.anki.collection import ForeignNote
from greenflag.anki.notetypes import guid_of
from greenflag.anki.package import write_package
from greenflag.anki.textfile import read_text, write_text
from greenflag.content.notes import Basic, Note
from greenflag.errors import GreenflagError
from tests.anki.conftest import Anki
from tests.anki.samples import all_exported, exported

HEAD = "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n"


def take(anki: Anki, path: Path) -> dict[str, int]:
    """Import a text file as Anki's menu does; how many notes went which way."""
    metadata = anki.col.get_csv_metadata(path=str(path), delimiter=None)
    log: Any = anki.col.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log
    names = ("new", "updated", "duplicate", "conflicting", "missing_notetype", "missing_deck",
             "empty_first_field", "first_field_match")  # fmt: skip
    return {name: len(getattr(log, name)) for name in names if len(getattr(log, name))}


@pytest.mark.parametrize("by", ["kind", "competency"])
def test_every_kind_of_note_arrives_once_and_then_is_updated(
    anki: Anki, tmp_path: Path, by: Any
) -> None:
    everything = list(all_exported())
    write_package(tmp_path / "x.apkg", everything, by=by)
    anki.take(tmp_path / "x.apkg")
    decks = {deck.name for deck in anki.col.decks.all_names_and_ids()}
    fields = {row[0]: row[1:] for row in anki.rows("SELECT guid, mid, flds FROM notes")}
    cards = anki.rows("SELECT nid, ord, did FROM cards")
    anki.col.remove_notes(anki.col.find_notes(""))

    written = write_text(tmp_path / "x.txt", everything, by=by)
    count = len(fields)
    assert (written.notes, written.cards) == (count, len(cards))
    assert take(anki, tmp_path / "x.txt") == {"new": count}
    assert {row[0]: row[1:] for row in anki.rows("SELECT guid, mid, flds FROM notes")} == fields
    assert len(anki.rows("SELECT 1 FROM cards")) == len(cards)
    assert {deck.name for deck in anki.col.decks.all_names_and_ids()} == decks

    note = anki.note("full-question")
    assert set(note.tags) >= {"competency::customer-recovery", "behavioural"}
    changed = [
        each._replace(note=each.note.replacing(note="Reworded.")) if each.note.id == "full-question"
        else each
        for each in everything
    ]  # fmt: skip
    write_text(tmp_path / "x.txt", changed, by=by)
    again = take(anki, tmp_path / "x.txt")
    assert again.get("new", 0) == 0 and sum(again.values()) == count
    assert anki.note("full-question")["Note"] == "Reworded."
    assert len(anki.rows("SELECT 1 FROM notes")) == count


@settings(max_examples=25)
@given(st.lists(st.text(st.sampled_from('ab"\t\n,;#é<>&'), min_size=1, max_size=12), min_size=2))
def test_quotes_tabs_and_lines_come_through(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("text") / "x.txt"
    notes: list[Note] = [
        Basic(id=f"n{place}", front=f"x{text}x", back="b") for place, text in enumerate(texts)
    ]
    write_text(path, [exported(note) for note in notes])
    read = {note.guid: note.fields for note in read_text(path)}
    assert list(read) == [guid_of(note.id) for note in notes]


def test_equal_notes_give_equal_bytes(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", all_exported())
    write_text(tmp_path / "b.txt", all_exported())
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes()


def notes_in(tmp_path: Path, text: str) -> list[ForeignNote]:
    path = tmp_path / "x.txt"
    path.write_text(text, "utf-8")
    return list(read_text(path))


def test_the_header_says_what_the_columns_are(tmp_path: Path) -> None:
    text = "#separator:Semicolon\n#columns:Word;Meaning;Tags\n#tags column:3\n#deck:D::E\n#tags:x\n"
    (note,) = notes_in(tmp_path, f'{text}a;"b ""c"";\nd";y z\n')
    assert note.fields == ("a", 'b "c";<br>d') and note.type.fields == ("Word", "Meaning")
    assert (note.deck, note.tags) == ("D::E", ("y", "z", "x"))


def test_without_a_header_tabs_part_the_fields_and_the_first_names_the_note(tmp_path: Path) -> None:
    one, two = notes_in(tmp_path, "a < b\tc\n\na\td\te\n")
    assert one.fields == ("a &lt; b", "c") and two.fields == ("a", "d", "e")
    assert two.guid == notes_in(tmp_path, "a\tother\n")[0].guid != one.guid


def test_gap_texts_and_cards_for_both_ways_are_known(tmp_path: Path) -> None:
    rows = "g1\tCloze\tD\t{{c1::a}}\textra\ng2\tBasic (and reversed card)\tD\ta\tb\t\t\n"
    gaps, both = notes_in(tmp_path, HEAD + rows)
    assert gaps.type.cloze and len(both.type.templates) == 2 and both.fields == ("a", "b")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a\xff\tb\n", "not UTF-8"),
        (b'a\t"' + b"x" * 1_100_000, "row 1"),
        (b"a\tb\n" * 51, "more than 50 notes"),
    ],
)
def test_a_bad_file_is_one_line(
    tmp_path: Path, data: bytes, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(textfile, "MOST_NOTES", 50)
    (tmp_path / "x.txt").write_bytes(data)
    with pytest.raises(GreenflagError, match=words):
        list(read_text(tmp_path / "x.txt"))


def test_a_long_field_is_no_reason_to_refuse_the_others(tmp_path: Path) -> None:
    long, short = notes_in(tmp_path, "a\t" + "x" * 200_000 + "\nb\tc\n")
    assert len(long.fields[1]) == 200_000 and short.fields == ("b", "c")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.txt")
    with pytest.raises(GreenflagError, match="not a plain file"):
        list(read_text(tmp_path / "x.txt"))


def test_a_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfile, "LARGEST", 10)
    (tmp_path / "x.txt").write_bytes(b"a\tb\n" * 10)
    with pytest.raises(GreenflagError, match="split it"):
        list(read_text(tmp_path / "x.txt"))


@pytest.mark.parametrize(
    "text",
    ["#guid column:0\n#deck column:99999999999\na\tb\n", "#separator:\na\tb\n", "#\n", "#x:y", "",
     "#columns:\"\na\tb\n", "a\0\tb\x1fc\n", "#guid column:1\nonly\n", "#separator:\"\na\n",
     "#separator:\0\na\tb\n"],
)  # fmt: skip
def test_odd_headers_and_rows_are_no_trouble(tmp_path: Path, text: str) -> None:
    assert all(isinstance(note.guid, str) for note in notes_in(tmp_path, text))
