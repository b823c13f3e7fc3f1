from __future__ import annotations

import hashlib
import json
import re

import pytest
from markdown_it import MarkdownIt

from greenflag.anki.notetypes import (
    CHANGED,
    SHAPES,
    card_ord,
    face_of,
    fields_of,
    guid_of,
    label_of,
    note_of,
    note_type,
    ords_of,
    required,
    templates,
)
from greenflag.content.notes import KINDS, Basic, Cloze, Item, Note, Step, cards_of
from tests.anki.samples import BARE, FULL

IN_TAGS = {"kind", "refs", "tags", "weight"}

# Anki takes a note type for ours only while these stay. Never change a line; add new kinds.
PINNED = {
    "question": (1_763_700_000_001, 16, 7),
    "power_verb": (1_763_700_000_002, 15, 8),
    "reframe": (1_763_700_000_003, 13, 7),
    "red_flag": (1_763_700_000_004, 13, 6),
    "green_flag": (1_763_700_000_005, 12, 6),
    "rewrite": (1_763_700_000_006, 12, 6),
    "script": (1_763_700_000_007, 13, 7),
    "scenario": (1_763_700_000_008, 19, 11),
    "metric": (1_763_700_000_009, 16, 8),
    "concept": (1_763_700_000_010, 13, 7),
    "steps": (1_763_700_000_011, 53, 20),
    "cloze": (1_763_700_000_012, 11, 1),
    "basic": (1_763_700_000_013, 12, 6),
    "story": (1_763_700_000_014, 18, 10),
    "checklist": (1_763_700_000_015, 70, 20),
}

LOOKS = (1_795_305_700, "827d3d513e302d28")
"""When the note types last changed, and a digest of what they were then."""


def test_every_kind_has_a_note_type_whose_id_and_size_never_change() -> None:
    assert PINNED.keys() == KINDS.keys() == SHAPES.keys()
    for kind, (model, fields, cards) in PINNED.items():
        made = note_type(kind)
        assert made["model_id"] == model, kind
        assert (len(made["fields"]), len(made["templates"])) == (fields, cards), kind


def test_a_change_of_look_comes_with_a_new_time() -> None:
    looks = json.dumps([note_type(kind) for kind in SHAPES])
    digest = hashlib.sha256(looks.encode()).hexdigest()[:16]
    assert (CHANGED, digest) == LOOKS, (
        "note types changed: Anki takes the change only when notetypes.CHANGED rose. "
        f"Set it to the time of this change, then LOOKS here to (that time, {digest!r})."
    )


@pytest.mark.parametrize("kind", SHAPES)
def test_ids_of_fields_and_templates_are_fixed_by_their_place(kind: str) -> None:
    made = note_type(kind)
    ids = [each["id"] for each in made["fields"] + made["templates"]]
    assert len(set(ids)) == len(ids)
    assert ids[0] == made["model_id"] * 1000
    assert max(ids) < 2**53  # JavaScript reads them


@pytest.mark.parametrize("kind", SHAPES)
def test_names_are_unique_and_good_for_anki(kind: str) -> None:
    made = note_type(kind)
    for names in ([f["name"] for f in made["fields"]], [t["name"] for t in made["templates"]]):
        assert len({name.casefold() for name in names}) == len(names)
        assert all(re.fullmatch(r"[A-Z][A-Za-z0-9 ]*", name) for name in names)
        assert not {"Tags", "Type", "Deck", "Subdeck", "Card", "CardFlag", "FrontSide"} & {*names}
    assert made["fields"][0]["name"] == "ID"


@pytest.mark.parametrize("kind", SHAPES)
def test_every_attribute_of_a_kind_has_its_field(kind: str) -> None:
    wanted = set(KINDS[kind].fields) - IN_TAGS
    numbered = {"steps": {"steps"}, "checklist": {"items"}}.get(kind, set())
    assert {label_of(name) for name in wanted - numbered} <= set(SHAPES[kind].names)


def test_every_part_of_a_step_and_of_an_item_has_its_field() -> None:
    assert set(Step.fields) == {"text", "cue"}
    assert {"Step 1", "Cue 1", "Step 20", "Cue 20"} <= set(SHAPES["steps"].names)
    assert set(Item.fields) == {"text", "due", "cue", "do"}  # a command has no place on a phone
    assert {"Item 20", "Due 20", "Cue 20"} <= set(SHAPES["checklist"].names)


@pytest.mark.parametrize("kind", SHAPES)
def test_spare_fields_and_cards_stand_at_the_end(kind: str) -> None:
    names = SHAPES[kind].names
    spare = SHAPES[kind].spare_fields
    assert spare >= 1  # the spare cards hang on the last one
    assert all(name.startswith("Spare ") for name in names[-spare:])
    assert not any(name.startswith("Spare ") for name in names[:-spare])
    cards = [template.name for template in templates(kind)]
    assert sorted(cards, key=lambda name: name.startswith("Spare ")) == cards


@pytest.mark.parametrize("kind", SHAPES)
def test_templates_name_only_fields_there_are_and_close_what_they_open(kind: str) -> None:
    for template in templates(kind):
        for side in (template.front, template.back):
            opened: list[str] = []
            for sign, name in re.findall(r"\{\{([#^/]?)(?:cloze:|type:)?([^}]+)\}\}", side):
                assert name in {*SHAPES[kind].names, "FrontSide"}
                if sign == "/":
                    assert opened.pop() == name
                elif sign:
                    opened.append(name)
            assert not opened


@pytest.mark.parametrize("kind", SHAPES)
def test_what_a_card_needs_is_written_as_anki_counts(kind: str) -> None:
    names = SHAPES[kind].names
    for ord, how, fields in required(kind):
        front = templates(kind)[ord].front
        assert how == "all" and fields
        assert kind == "cloze" or all(f"{{{{#{names[field]}}}}}" in front for field in fields)


def test_the_words_of_each_face_are_read_as_markdown() -> None:
    reader = MarkdownIt("commonmark")
    for kind, held in KINDS.items():
        for face in held.faces:
            read = reader.render(face.ask).replace("<p>", "").replace("</p>", "").strip()
            read = re.sub(r"\{(\w+)\}", lambda match: f"{{{{{label_of(match[1])}}}}}", read)
            front = next(t.front for t in templates(kind) if t.name == label_of(face.name))
            asked = re.findall(r'<div class="ask" dir="auto">(.*?)</div>', front)
            assert "\n".join(asked) == read


def test_the_answer_is_typed_for_verbs_and_nowhere_else() -> None:
    typed = [
        (kind, template.name)
        for kind in SHAPES
        for template in templates(kind)
        if "{{type:" in template.front
    ]
    assert typed == [("power_verb", "Verb")]
    back = next(t.back for t in templates("power_verb") if t.name == "Verb")
    assert back.count("{{type:Verb}}") == 1 and "FrontSide" not in back


@pytest.mark.parametrize("note", FULL + BARE, ids=lambda note: str(note.id))
def test_cards_and_numbers_are_exact_both_ways(note: Note) -> None:
    faces = [card.face for card in cards_of(note)]
    ords = [card_ord(note, face) for face in faces]
    assert sorted(ords, key=str) == sorted(ords_of(note), key=str)
    assert len(set(ords)) == len(faces)
    assert [face_of(note.kind, ord) for ord in ords if ord is not None] == faces


def test_numbers_that_stand_for_no_face_give_none() -> None:
    assert face_of("basic", 2) is None  # a spare card
    assert face_of("basic", -1) is None
    assert face_of("steps", 20) is None
    assert face_of("cloze", 500) is None
    assert face_of("no-such-kind", 0) is None


def test_gaps_count_from_one_and_end_where_anki_ends() -> None:
    note = Cloze(id="gaps", text="{{c0::a}} {{c1::b}} {{c500::c}} {{c501::d}}")
    assert ords_of(note) == [0, 499]
    assert [card_ord(note, card.face) for card in cards_of(note)] == [None, 0, 499, None]


def test_an_unknown_face_is_refused() -> None:
    with pytest.raises(ValueError, match="sideways"):
        card_ord(Basic(id="b", front="f", back="b"), "sideways")


def test_a_guid_comes_from_the_id_alone_and_leads_back() -> None:
    assert guid_of("csm-angry") == "greenflag/csm-angry"
    assert note_of(guid_of("csm-angry")) == "csm-angry"
    assert note_of("Fd2#x~z") is None


@pytest.mark.parametrize("note", FULL + BARE, ids=lambda note: str(note.id))
def test_fields_are_as_many_as_the_note_type_has_and_begin_with_the_id(note: Note) -> None:
    fields = fields_of(note)
    assert len(fields) == len(SHAPES[note.kind].names)
    assert fields[0] == note.id
    assert fields[2]  # the browser lists notes by it
    assert set(fields[-SHAPES[note.kind].spare_fields :]) == {""}


def test_fields_hold_lists_mappings_switches_and_counts() -> None:
    by_id = {note.id: dict(zip(SHAPES[note.kind].names, fields_of(note), strict=True))
             for note in FULL}  # fmt: skip
    assert by_id["full-script"]["Slots"] == (
        "<ul><li><strong>Issue</strong>: in the customer's words</li>"
        "<li><strong>Time</strong>: a clock time, never <em>soon</em></li></ul>"
    )
    assert by_id["full-basic"]["Both ways"] == "yes"
    assert by_id["full-steps"]["Count"] == "3" and by_id["full-steps"]["Ordered"] == "yes"
    assert by_id["full-steps"]["Cue 3"] == "What do they need now?"
    assert by_id["full-checklist"]["Due 2"] == "12 hours before"
    assert by_id["full-checklist"]["Cue 2"] == by_id["full-checklist"]["Item 4"] == ""
    assert by_id["full-question"]["Competency"] == "Customer recovery"


def test_a_competency_of_ones_own_is_text_too() -> None:
    note = Basic(id="b", front="f", back="b", competency="sales <b> & more")
    assert fields_of(note)[1] == "Sales &lt;b&gt; &amp; more"
