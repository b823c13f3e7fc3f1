"""A form comes back from the editor as it was filled in, with nothing harmful in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.errors import GreenflagError
from greenflag.interview.form import (
    LONGEST,
    Field,
    assignments,
    clean,
    read_form,
    several,
    write_form,
)

FIELDS = [Field("one", "First?", "a hint\nin two lines", "old"), Field("two", "Second?")]
NAMES = ("one", "two")


def test_an_untouched_form_says_what_was_there() -> None:
    assert read_form(write_form(["Head"], FIELDS), NAMES) == {"one": "old", "two": ""}


def test_a_bracket_that_is_gone_says_nothing_of_its_question() -> None:
    assert read_form("[two]\nx\n\n# not kept\ny\n", NAMES) == {"two": "x\n\ny"}


def test_unknown_brackets_are_words() -> None:
    assert read_form("before\n[one]\n[Three]\nx\n", NAMES) == {"one": "[Three]\nx"}


WORDS = st.text(st.characters(categories=["L", "N", "P"]), max_size=20).filter(
    lambda text: not text.startswith(("#", "["))
)


@given(WORDS, WORDS)
def test_any_answers_come_back(one: str, two: str) -> None:
    fields = [Field("one", "?", "", one), Field("two", "?", "", two)]
    assert read_form(write_form([], fields), NAMES) == {"one": one, "two": two}


@given(st.text(max_size=60))
def test_what_is_kept_can_always_be_shown(text: str) -> None:
    assert all(c.isprintable() or c in "\n\u200c\u200d\u00a0\u202f\u3000" for c in clean(text, "x"))


def test_keys_that_leave_sequences_leave_nothing() -> None:
    assert clean("a\x1b[Ab\x1b[1;5Cc\x07\r", "x") == "abc"


def test_an_endless_answer_is_refused() -> None:
    assert clean("x" * LONGEST, "x") == "x" * LONGEST
    with pytest.raises(GreenflagError, match="mission has 4,001 characters"):
        clean("x" * (LONGEST + 1), "mission")


def test_several_are_parted_by_lines_and_semicolons() -> None:
    assert several("- a; b\n* c\n;;\n") == ("a", "b", "c")


def test_assignments_name_what_there_is() -> None:
    assert assignments(["one=a=b", "two=", "one=c"], NAMES) == {"one": "c", "two": ""}
    for wrong in ("three=x", "one", "", "=x", "\x1b[31m=x"):
        with pytest.raises(GreenflagError, match="sets nothing") as refused:
            assignments([wrong], NAMES)
        assert "\x1b" not in str(refused.value)
