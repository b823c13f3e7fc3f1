"""Other people's notes as ours: what the cards ask and answer, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from greenflag.anki.collection import (
    ForeignCard,
    ForeignNote,
    NoteType,
    Template,
    read_notes,
)
from greenflag.anki.foreign import Adopted, Skipped, adopted, note_id_of
from greenflag.anki.package import write_package
from greenflag.anki.packagefile import opened
from greenflag.anki.textfile import read_text, write_text
from greenflag.content.notes import Basic, Cloze, Note
from tests.anki.samples import FULL, exported


def note(
    fields: dict[str, str], *sides: tuple[str, str], cloze: bool = False, cards: int | None = None
) -> ForeignNote:
    templates = tuple(Template(ord, f"C{ord}", *side) for ord, side in enumerate(sides))
    kind = NoteType("T", cloze, tuple(fields), templates)
    made = range(len(sides) if cards is None else cards)
    held = tuple(ForeignCard(100 + ord, ord, "D", ord == 1) for ord in made)
    return ForeignNote("guid", kind, (), tuple(fields.values()), held)


def made(foreign: ForeignNote) -> list[Note]:
    """The notes of ours that come of it, when none is skipped."""
    found = list(adopted(foreign, lambda _: None))
    assert not any(isinstance(each, Skipped) for each in found)
    return [each.note for each in found if isinstance(each, Adopted)]


def why(foreign: ForeignNote) -> str:
    (skipped,) = adopted(foreign, lambda _: None)
    assert isinstance(skipped, Skipped)
    return skipped.why


ID = note_id_of("guid")
AB = {"A": "a", "B": "b"}


def test_the_id_depends_on_the_guid_alone() -> None:
    assert ID == "anki-k23wn3c4l75h26ev" or ID.startswith("anki-")
    assert note_id_of("guid") == ID != note_id_of("Guid")
    assert len({note_id_of(guid) for guid in ("", " ", "汉字", "x" * 300, "\x00")}) == 5


@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("{{A}}", "{{FrontSide}}<hr>{{B}}"),
        ("{{text:A}}", "{{FrontSide}} {{hint:B}}"),
        ("{{A}}{{type:B}}", "{{FrontSide}}{{type:B}}"),
        ("{{#A}}{{A}}{{/A}}{{^A}}none{{/A}}", "{{A}} {{B}}"),
        ("{{A}}{{hint:B}}", "{{B}}"),
        ("<style>x</style>{{A}}<script>y</script>", "{{B}}<script>z</script>"),
        ("{{ A }}{{Unknown}}{{Tags}}", "{{B}}"),
        ("{{A}}", "{{FrontSide}}<script>show(everything)</script>"),
    ],
)
def test_a_front_and_a_back(front: str, back: str) -> None:
    assert made(note(AB, (front, back))) == [Basic(id=ID, front="a", back="b")]


def test_the_words_of_a_template_are_part_of_the_question() -> None:
    (ours,) = made(note(AB, ("What does <b>{{A}}</b> mean?", "{{B}}")))
    assert ours == Basic(id=ID, front="What does **a** mean?", back="b")


def test_several_fields_stand_under_their_names_and_hidden_ones_stay_behind() -> None:
    fields = {"Q": "q", "Short": "s", "Long_": "l<br>m", "Empty": "<br>", "Sort": "17"}
    (ours,) = made(note(fields, ("{{Q}}", "{{Short}}{{Long_}}{{Empty}}")))
    assert isinstance(ours, Basic)
    assert ours.back == "**Short**: s\n\n**Long\\_**\n\nl\\\nm"


def test_two_cards_that_ask_each_others_answers_are_one_note_for_both_ways() -> None:
    foreign = note(AB, ("{{A}}", "{{B}}"), ("{{B}}", "{{A}}"))
    (found,) = adopted(foreign, lambda _: None)
    assert isinstance(found, Adopted)
    assert found.note == Basic(id=ID, front="a", back="b", both_ways=True)
    assert found.cards == {100: f"{ID}/front", 101: f"{ID}/back"}
    assert found.suspended == (f"{ID}/back",)
    one = made(note(AB, ("{{A}}", "{{B}}"), ("{{B}}", "{{A}}"), cards=1))
    assert one == [Basic(id=ID, front="a", back="b")]


def test_other_cards_are_a_note_each_so_that_none_is_lost() -> None:
    fields = {"Word": "gato", "Meaning": "cat", "Sound": "x"}
    ours = made(note(fields, ("{{Word}}", "{{Meaning}}{{Sound}}"), ("Say {{Meaning}}", "{{Word}}")))
    assert [each.id for each in ours] == [ID, f"{ID}.2"]
    assert [each.front for each in ours if isinstance(each, Basic)] == ["gato", "Say cat"]


def test_a_gap_text_keeps_its_gaps_and_the_rest_is_a_remark() -> None:
    fields = {"Text": "{{c1::<b>x</b>}} and {{c3::y::hint}}", "Extra": "more", "No": ""}
    foreign = note(fields, ("{{cloze:Text}}", "{{cloze:Text}}{{Extra}}{{No}}"), cloze=True, cards=0)
    cards = (
        ForeignCard(5, 0, "D", False),
        ForeignCard(6, 2, "D", True),
        ForeignCard(7, 8, "", False),
    )
    (found,) = adopted(foreign._replace(cards=cards), lambda _: None)
    assert isinstance(found, Adopted)
    assert found.note == Cloze(id=ID, text="{{c1::**x**}} and {{c3::y::hint}}", note="more")
    assert found.cards == {5: f"{ID}/c1", 6: f"{ID}/c3"} and found.suspended == (f"{ID}/c3",)


@pytest.mark.parametrize(
    ("foreign", "words"),
    [
        (note({"A": "a", "B": " "}, ("{{A}}", "{{B}}")), "answer is empty"),
        (note({"A": "<br>", "B": "b"}, ("{{A}}", "{{B}}")), "question is empty"),
        (note(AB, ("{{tts en_US:A}}", "{{B}}")), "question is empty"),
        (note(AB, ("{{A}}", "{{B}}"), cards=0)._replace(fields=("", "")), "no card"),
        (note({"T": "no gap"}, ("{{cloze:T}}", ""), cloze=True), "without a gap"),
        (note({"T": "{{c1::}}"}, ("{{cloze:T}}", ""), cloze=True), "text is"),
        (note({"T": "{{c1::image-occlusion:rect}}"}, ("{{cloze:T}}", ""), cloze=True), "covered"),
        (note({"A": "a" * 20_001, "B": "b"}, ("{{A}}", "{{B}}")), "20,001 characters"),
        (note(AB, *[("{{A}}", "{{B}}")] * 51), "more than 50"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_makes_no_sense_is_skipped_with_the_reason(foreign: ForeignNote, words: str) -> None:
    assert words in why(foreign)


def test_tags_are_words_that_a_deck_file_takes() -> None:
    foreign = note(AB, ("{{A}}", "{{B}}"))._replace(tags=("a::b", 'q"x*', "\x1b", "a::b"))
    (found,) = adopted(foreign, lambda _: None, ["Sub deck::Two"])
    assert isinstance(found, Adopted)
    assert found.note.tags == ("a::b", "q-x", "Sub-deck::Two")


def package(tmp_path: Path) -> Iterator[ForeignNote]:
    write_package(tmp_path / "x.apkg", [exported(each) for each in FULL])
    with opened(tmp_path / "x.apkg") as found:
        yield from read_notes(found.db)


def text(tmp_path: Path) -> Iterator[ForeignNote]:
    write_text(tmp_path / "x.txt", [exported(each) for each in FULL])
    yield from read_text(tmp_path / "x.txt")


@pytest.mark.parametrize("way", [package, text])
def test_notes_of_ours_come_back_as_they_were(tmp_path: Path, way: object) -> None:
    assert callable(way)
    back = {ours.id: ours for foreign in way(tmp_path) for ours in made(foreign)}
    assert back.keys() == {each.id for each in FULL}
    for each in FULL:
        assert back[each.id].replacing(weight=each.weight) == each
