"""Decks written as deck files: read back they are the same, and a changed one is known."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from greenflag.content.deckfile import is_import, is_untouched, text_of
from greenflag.content.decks import deck_of
from greenflag.content.notes import Basic
from greenflag.content.yamlfile import CONTROL
from tests.anki.samples import FULL

TEXT = (
    st.text(
        st.characters(exclude_categories=["Cs"])
        | st.sampled_from("\n\n -:#|>{}[]'\"&*\\\t%@`,.no123~\u2028\x85"),
        min_size=1,
        max_size=40,
    )
    .map(lambda text: CONTROL.sub("", text))
    .filter(str.strip)
)


@given(TEXT, TEXT, TEXT)
@example("no", "1\n2", "null")
@example("a \n b", "a\n\n", "a: b")
def test_a_deck_is_read_back_as_it_was(front: str, back: str, title: str) -> None:
    note = Basic(id="n", front=front, back=back, tags=("a", "b:c"), both_ways=True)
    data = text_of(title, [note], "Anki").encode()
    deck, problems = deck_of(data, "x.yaml")
    assert deck and not problems
    assert (deck.title, [placed.note for placed in deck.notes]) == (title, [note])


def test_every_kind_of_note_is_read_back_as_it_was() -> None:
    deck, problems = deck_of(text_of("All", FULL, "Anki").encode(), "x.yaml")
    assert deck and not problems
    assert [placed.note for placed in deck.notes] == list(FULL)


def test_an_empty_deck_is_one() -> None:
    deck, _ = deck_of(text_of("None", [], "Anki").encode(), "x.yaml")
    assert deck and deck.notes == ()


def test_any_change_is_seen() -> None:
    data = text_of("T", [Basic(id="n", front="a", back="b")], "Anki").encode()
    assert is_import(data) and is_untouched(data)
    for changed in (data + b"\n", data.replace(b"front: a", b"front: c"), data.replace(b"T", b"U")):
        assert is_import(changed) and not is_untouched(changed)
    assert not is_import(b"deck: T\nnotes: []\n") and not is_untouched(data[1:])
