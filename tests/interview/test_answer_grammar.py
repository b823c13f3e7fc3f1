"""Words, sentences and whose act a verb tells."""

from __future__ import annotations

import pytest

from greenflag.interview.answer.grammar import subjects
from greenflag.interview.answer.words import count_words, lemma_of, sentences_of


def actors(text: str) -> dict[str, str]:
    tokens = sentences_of(text)[0].tokens
    return {t.word: letter for t, letter in zip(tokens, subjects(tokens), strict=True)}


@pytest.mark.parametrize(
    ("text", "verb", "actor"),
    [
        ("I handled it.", "handled", "i"),
        ("I also, um, basically handled it.", "handled", "i"),
        ("I met the team and handled the rest.", "handled", "i"),
        ("I had to handle it.", "handle", "i"),
        ("They asked me to handle it.", "handle", "i"),
        ("My job was to handle it.", "handle", "i"),
        ("I was responsible for handling it.", "handling", "i"),
        ("Handled the night shift.", "handled", "i"),
        ("While handling the desk I wrote.", "handling", "i"),
        ("We have handled it.", "handled", "w"),
        ("After that we handled it.", "handled", "w"),
        ("I asked the team to handle it.", "handle", "o"),
        ("I saw that they handled it.", "handled", "o"),
        ("The vendor, who handled it, left.", "handled", "o"),
        ("Closed tickets rose again.", "closed", "-"),
        ("I worked with IT, who handled it.", "handled", "o"),
    ],
)
def test_the_one_who_acts_is_seen(text: str, verb: str, actor: str) -> None:
    assert actors(text)[verb] == actor


@pytest.mark.parametrize(
    ("word", "lemma"),
    [("managed", "manage"), ("handling", "handle"), ("rose", "rise"), ("we're", "we're")],
)
def test_lemmas_are_those_of_the_dictionary(word: str, lemma: str) -> None:
    assert lemma_of(word) == lemma


@pytest.mark.parametrize(
    ("text", "count"),
    [("I led it.", 3), ("first-contact rate – 4.2%", 3), ("so—well", 2), ("三个月", 3), ("...", 0)],
)
def test_words_are_counted_as_a_person_would(text: str, count: int) -> None:
    assert count_words(text) == count


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It took approx. 60 days. It ended.", ["It took approx. 60 days.", "It ended."]),
        ("I met Mr. Jones at X Inc. in Leeds.", ["I met Mr. Jones at X Inc. in Leeds."]),
        ("CSAT rose to 4.6! Why? I asked.", ["CSAT rose to 4.6!", "Why?", "I asked."]),
        ("One.\n\nTwo", ["One.", "Two"]),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_stops(text: str, sentences: list[str]) -> None:
    assert [text[s.start : s.end] for s in sentences_of(text)] == sentences


def test_no_sentence_is_longer_than_can_be_worked_through() -> None:
    assert max(len(s.tokens) for s in sentences_of("word " * 5_000)) == 120
