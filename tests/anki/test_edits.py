"""What was reworded in Anki, as deck fields: only what really differs, in the shape decks have."""

from __future__ import annotations

from typing import Any

import pytest

from greenflag.anki.edits import rewording
from greenflag.anki.notetypes import SHAPES, fields_of
from greenflag.content.notes import Note
from tests.anki.samples import BARE, FULL

AB = "<ul><li>a</li><li>b</li></ul>"
NOTES = {note.id: note for note in FULL + BARE}


def reworded(note_id: str, **html: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The changes when fields of a note hold other HTML, and why others are not taken."""
    note = NOTES[note_id]
    names = ["id", "competency", *SHAPES[note.kind].fields.split()]
    fields = fields_of(note)
    for name, text in html.items():
        fields[names.index(name)] = text
    found = rewording(note, fields)
    assert {edit.field for edit in found.edits} <= html.keys()
    return dict(found.changes), {edit.field: edit.why_not for edit in found.edits if edit.why_not}


@pytest.mark.parametrize("note", FULL + BARE, ids=lambda note: str(note.id))
def test_what_we_wrote_is_no_edit_nor_is_what_an_editor_makes_of_it(note: Note) -> None:
    fields = fields_of(note)
    assert rewording(note, fields).edits == ()
    tidied = [f"{html.replace(' ', '&nbsp;', 1)}<br>" if html else "" for html in fields]
    tidied = [html if "{{c" in html or "<ul>" in html else f"<div>{html}</div>" for html in tidied]
    assert rewording(note, tidied).changes == {}


@pytest.mark.parametrize(
    ("note", "html", "changes"),
    [
        ("full-question", {"question": "Who &amp; <b>why</b>?"}, {"question": "Who & **why**?"}),
        ("full-question", {"key_points": AB}, {"key_points": ["a", "b"]}),
        ("full-question", {"key_points": "one"}, {"key_points": ["one"]}),
        ("full-question", {"avoid": "", "sample": ""}, {"avoid": None, "sample": None}),
        ("bare-question", {"note": "new"}, {"note": "new"}),
        ("full-green-flag", {"looks_like": AB}, {"looks_like": ["a", "b"]}),
        ("full-green-flag", {"evidence": "one"}, {"evidence": "one"}),
        ("full-script", {"slots": "<ul><li><b>A</b>: x</li></ul>"}, {"slots": {"A": "x"}}),
        ("full-script", {"slots": "<ul><li>A</li><li>B</li></ul>"}, {"slots": ["A", "B"]}),
        ("full-basic", {"both_ways": ""}, {"both_ways": None}),
        ("bare-basic", {"both_ways": "yes"}, {"both_ways": True}),
        ("full-steps", {"ordered": ""}, {"ordered": False}),
        ("bare-cloze", {"text": "{{c1::A}} <i>b</i>"}, {"text": "{{c1::A}} *b*"}),
    ],
)  # fmt: skip
def test_a_field_comes_back_in_its_shape(
    note: str, html: dict[str, str], changes: dict[str, Any]
) -> None:
    found, why_not = reworded(note, **html)
    assert not why_not
    if changes == {"both_ways": None}:
        assert found in ({"both_ways": False}, {"both_ways": None})
    else:
        assert found == changes


def test_one_step_or_item_is_changed_and_the_others_stay() -> None:
    steps, _ = reworded("full-steps", step_2="Name <i>it</i>")
    assert [step["text"] for step in steps["steps"]] == [
        "Let them finish", "Name *it*", "Promise **one** next step, with a time"]  # fmt: skip
    items, _ = reworded("full-checklist", due_1="", cue_2="Power?")
    assert items["items"][0] == {"text": "Read their last three releases", "cue": "Their product?"}
    assert items["items"][1]["cue"] == "Power?"


@pytest.mark.parametrize(
    ("note", "html", "why"),
    [
        ("full-question", {"question": ""}, "question is missing"),
        ("full-question", {"question_kind": "odd"}, "question_kind"),
        ("full-steps", {"step_1": ""}, "text is missing"),
        ("bare-steps", {"step_9": "x"}, "cue is missing"),
        ("bare-cloze", {"text": "no gap"}, "text is"),
        ("bare-basic", {"back": "<table><tr><td>x</td></tr></table>"}, "a table"),
        ("bare-basic", {"back": "<b>" * 3000}, "too long"),
    ],
)
def test_what_a_deck_cannot_hold_is_told(note: str, html: dict[str, str], why: str) -> None:
    changes, why_not = reworded(note, **html)
    assert changes == {}
    assert all(why in told for told in why_not.values()) and why_not, why_not
