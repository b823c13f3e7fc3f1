"""Fields changed in deck files: only their lines, and never another note."""

from __future__ import annotations

import pytest

from greenflag.cli.rewriting import with_changes
from greenflag.content.decks import deck_of
from greenflag.content.notes import Note

DECK = """\
# my deck
deck: Mine
notes:
- kind: basic      # the first
  id: one
  front: What?

  # about the back
  back: |
    First line
    - second

# between
-   id: two
    kind: question
    question: Why?
    intent: >-
      A long
      line.
    key_points:
    - a
    - b
    # a remark
    tags: [x]

- {kind: basic, id: three, front: A, back: B}
about: at the end
"""


def notes_of(text: str) -> dict[str, Note]:
    deck, problems = deck_of(text.encode(), "x.yaml")
    assert deck and not problems, problems
    return {note.id: note for note, _ in deck.notes}


def lines_changed(text: str) -> tuple[list[str], list[str]]:
    old, new = DECK.splitlines(), text.splitlines()
    return [x for x in old if x not in new], [x for x in new if x not in old]


def test_only_the_lines_of_the_field_are_written_anew() -> None:
    text = with_changes(DECK, "one", {"back": 'New "back": with\n\ntwo lines'})
    assert text
    assert lines_changed(text) == (
        ["  back: |", "    First line", "    - second"],
        ['  back: "New \\"back\\": with\\n\\ntwo lines"'],
    )
    assert notes_of(text)["one"].back == 'New "back": with\n\ntwo lines'  # type: ignore[attr-defined]


def test_fields_are_added_and_removed_and_remarks_stay() -> None:
    text = with_changes(DECK, "two", {"tags": None, "key_points": ["c"], "sample": "So."})
    assert text
    note = notes_of(text)["two"]
    assert (note.tags, note.key_points, note.sample) == ((), ("c",), "So.")  # type: ignore[attr-defined]
    assert "    # a remark" in text and "# between" in text
    assert notes_of(text)["one"] == notes_of(DECK)["one"]


def test_a_note_on_one_line_is_written_anew_whole() -> None:
    text = with_changes(DECK, "three", {"back": "C: d", "both_ways": True})
    assert text
    assert lines_changed(text)[0] == ["- {kind: basic, id: three, front: A, back: B}"]
    assert notes_of(text)["three"].back == "C: d"  # type: ignore[attr-defined]
    assert text.endswith("about: at the end\n")
    assert {k: v for k, v in notes_of(text).items() if k != "three"} == {
        k: v for k, v in notes_of(DECK).items() if k != "three"
    }


@pytest.mark.parametrize(
    ("note", "changes"),
    [("nobody", {"back": "x"}), ("one", {"back": "a\u202eb"}), ("one", {"back": "\x85\x00"})],
)
def test_what_cannot_be_written_is_not(note: str, changes: dict[str, str]) -> None:
    assert with_changes(DECK, note, changes) is None


@pytest.mark.parametrize("text", ["", "a: [", "deck: x", "notes: 3", "notes:\n- 3\n- kind: x"])
def test_a_deck_with_problems_is_left_alone(text: str) -> None:
    assert with_changes(text, "one", {"back": "x"}) is None


def test_carriage_returns_and_odd_dashes_do_not_matter() -> None:
    text = "deck: D\r\nnotes:\r\n-\r\n  kind: basic\r\n  id: a\r\n  front: F\r\n  back: B\r\n"
    changed = with_changes(text, "a", {"back": "C"})
    assert changed and notes_of(changed)["a"].back == "C"  # type: ignore[attr-defined]
