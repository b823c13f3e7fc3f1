"""A company's dossier is a deck of its own: read back from it, changed in it, ids that stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.content.decks import deck_of
from greenflag.content.notes import Basic, Concept, Question
from greenflag.errors import DeckProblems
from greenflag.interview.dossier import (
    chosen,
    deck_name,
    facts_of,
    of_another,
    people,
    slug,
    with_facts,
    wording,
)

SAID = {"mission": "Calm: for all", "values": "a\nb", "people": "Ana Lim, head"}


def test_facts_come_back_from_the_deck_they_are_written_to() -> None:
    text = with_facts("", "Acme", SAID, "x")
    assert facts_of(text, "Acme", "x") == SAID
    deck, problems = deck_of(text.encode(), "x")
    assert deck is not None and deck.title == "Acme" and problems == []
    assert [placed.note.id for placed in deck.notes] == [
        "company-acme-mission", "company-acme-values", "company-acme-people",
    ]  # fmt: skip


def test_a_changed_fact_keeps_its_id_and_what_was_made_of_its_note() -> None:
    text = with_facts("", "Acme", SAID, "x").replace("weight: 4", "weight: 5")
    text = text.replace("What is Acme there for?", "Why Acme?") + "# mine\n"
    changed = with_facts(text, "Acme", {"mission": "New"}, "x")
    assert facts_of(changed, "Acme", "x") == {**SAID, "mission": "New"}
    assert 'front: "Why Acme?"' in changed and "# mine" in changed and "weight: 4" not in changed


def test_an_empty_fact_is_taken_out() -> None:
    text = with_facts(with_facts("", "Acme", SAID, "x"), "Acme", {"values": "", "news": ""}, "x")
    assert facts_of(text, "Acme", "x").keys() == {"mission", "people"}


def test_a_file_that_is_no_deck_is_refused_with_its_line() -> None:
    with pytest.raises(DeckProblems, match=r"x\.yaml:1: "):
        with_facts("nonsense", "Acme", SAID, "x.yaml")


@given(st.text(min_size=1, max_size=100))
def test_any_company_has_a_file_name_that_stays_in_the_folder(company: str) -> None:
    assert deck_name(company).removesuffix(".yaml").replace("-", "").isalnum()
    assert deck_name(company).isascii() and len(deck_name(company)) < 70


def test_companies_whose_letters_are_not_ascii_do_not_meet() -> None:
    assert slug("Café Zürich") == "cafe-zurich"
    assert len({slug("東京 1"), slug("大阪 1"), slug("東京"), slug("1")}) == 4
    assert slug("A" * 60) != slug("A" * 61)


@given(st.dictionaries(st.sampled_from(["mission", "difference"]), st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1,
).filter(lambda text: text == text.strip())))  # fmt: skip
def test_any_words_survive_the_file(facts: dict[str, str]) -> None:
    assert facts_of(with_facts("", "Acme", facts, "x"), "Acme", "x") == facts


def test_a_dossier_knows_the_company_it_is_of() -> None:
    assert of_another("decks/company-acme.yaml", "Umbrella")
    assert not of_another("decks/company-acme.yaml", "Acme")
    assert not of_another("shipped/metrics.yaml", "Acme")


def test_the_question_is_taken_out_of_its_note() -> None:
    concept = Concept(id="a", term="the question “Why now?”", definition="D")
    assert wording(concept) == "Why now?"
    assert wording(Basic(id="b", front="Plain?", back="B")) == "Plain?"
    asked = Question(id="c", question="What is “calm”?", intent="I", key_points=("k",))
    assert wording(asked) == "What is “calm”?"


def test_questions_are_chosen_by_number_id_and_words() -> None:
    offered = [("ask-one", "One?"), ("ask-two", "Two?")]
    assert chosen(["2, 1", "ask-two", "Mine?", "9"], offered) == ("Two?", "One?", "Mine?", "9")


def test_people_come_with_what_is_said_of_them() -> None:
    assert people("Ana Lim, head, nights\nJoe: hiring; , \n") == (
        ("Ana Lim", "head, nights"), ("Joe", "hiring"),
    )  # fmt: skip
