"""Notes are put into deck files, rewritten and taken out, and the rest stays as it stands."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.content.decks import Deck, deck_of
from greenflag.content.decktext import as_yaml, head, with_note, with_notes
from greenflag.errors import GreenflagError

OWN = """\
deck: Acme   # my title
notes:

# the first
- kind: basic
  id: a
  front: A?
  back: |
    # not a comment
    first

# the second
- {kind: basic, id: b, front: B?, back: B.}
"""


def fields(id_: str, back: str) -> Mapping[str, object]:
    return {"kind": "basic", "id": id_, "front": f"{id_}?", "back": back}


def read(text: str) -> Deck:
    deck, problems = deck_of(text.encode(), "x.yaml")
    assert deck is not None and problems == []
    return deck


def places(text: str) -> dict[str, int]:
    return {placed.note.id: placed.line for placed in read(text).notes}


def backs(text: str) -> dict[str, str]:
    return {placed.note.id: placed.note.back for placed in read(text).notes}  # type: ignore[attr-defined]


def test_a_rewritten_note_leaves_comments_and_neighbours_alone() -> None:
    text = with_notes(OWN, places(OWN), [("a", fields("a", "new\nlines"))])
    assert backs(text) == {"a": "new\nlines", "b": "B."}
    assert "# the first" in text and "# the second" in text and "# my title" in text
    assert "not a comment" not in text


def test_a_note_on_one_line_is_rewritten_as_well() -> None:
    text = with_notes(OWN, places(OWN), [("b", fields("b", "new"))])
    assert backs(text) == {"a": "# not a comment\nfirst\n", "b": "new"}


def test_the_last_note_taken_out_leaves_a_deck_that_can_be_filled_again() -> None:
    text = with_notes(OWN, places(OWN), [("a", None), ("b", None)])
    assert backs(text) == {}
    assert backs(with_notes(text, {}, [("c", fields("c", "C."))])) == {"c": "C."}


def test_what_is_not_there_and_is_taken_out_changes_nothing() -> None:
    assert with_notes(OWN, places(OWN), [("z", None)]) == OWN


def test_a_note_inside_a_line_is_refused() -> None:
    text = "deck: D\nnotes: [{kind: basic, id: a, front: A, back: B}]\n"
    with pytest.raises(GreenflagError, match="not on lines of its own"):
        with_notes(text, places(text), [("a", fields("a", "C"))])


def test_a_new_note_is_indented_as_the_others_are() -> None:
    text = "deck: D\nnotes:\n    - {kind: basic, id: a, front: A, back: B}\n"
    assert backs(with_note(text, as_yaml(fields("b", "C")))[0]) == {"a": "B", "b": "C"}


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1
).filter(lambda text: bool(text.strip()))


@given(st.lists(st.tuples(st.sampled_from("abcd"), TEXTS | st.none()), max_size=8))
def test_any_changes_in_any_order_give_the_deck_they_say(
    changes: list[tuple[str, str | None]],
) -> None:
    text = f"{head('D')} []\n"
    wanted: dict[str, str | None] = {}
    for id_, back in changes:
        text = with_notes(text, places(text), [(id_, fields(id_, back) if back else None)])
        wanted = {**wanted, id_: back}
        assert backs(text) == {id_: back for id_, back in wanted.items() if back}
