"""The kinds of note: which cards each gives, and what stands on them."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from greenflag.content.faces import Card, items_of
from greenflag.content.gaps import cloze_numbers, cloze_text
from greenflag.content.notes import COMPETENCIES, KINDS, Cloze, cards_of, from_json, to_json
from tests.content.samples import (
    OPTIONAL,
    REQUIRED,
    Given,
    any_notes,
    cloze_texts,
    full,
    least,
    note_of,
    read,
)

FACES: dict[str, tuple[str, str]] = {
    "question": ("intent answer", "intent answer avoid"),
    "power_verb": ("meaning verb", "meaning verb example untrue"),
    "reframe": ("reframe practice", "reframe practice metric"),
    "red_flag": ("flag instead", "flag instead"),
    "green_flag": ("flag evidence", "flag evidence"),
    "rewrite": ("strong missing", "strong missing"),
    "script": ("text when", "text when slots"),
    "scenario": (
        "first_hour signals measures outcome weak strong",
        "first_hour signals script measures outcome weak strong",
    ),
    "metric": ("definition misleads", "definition formula misleads pair"),
    "concept": ("definition", "definition why example"),
    "steps": ("step-1", "step-1 step-2"),
    "cloze": ("c1", "c1 c2"),
    "basic": ("front", "front back"),
    "story": ("situation task action result", "situation task action result takeaway figures"),
    "checklist": ("item-1", "item-1"),
}
"""The faces each kind gives with only the required fields, and with all."""


def cards(given_: Given, **more: object) -> tuple[Card, ...]:
    return cards_of(note_of({**given_, **more}))


def bare(kind: str) -> Given:
    """A note of a kind with every field but the remark."""
    return {name: value for name, value in full(kind).items() if name != "note"}


def sides(given_: Given, face: str, **more: object) -> tuple[str, str]:
    """The front and back of one card of a note."""
    card = next(card for card in cards(given_, **more) if card.face == face)
    return card.front, card.back


def seen(markdown: str) -> str:
    """What a reader sees of Markdown: its text without the markup."""
    html = MarkdownIt().render(markdown)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html)).strip()


# ------------------------------------------------------------------ which cards


def test_the_samples_and_the_table_hold_every_kind() -> None:
    assert KINDS.keys() == FACES.keys() == REQUIRED.keys() == OPTIONAL.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_the_samples_hold_every_field_of_their_kind(kind: str) -> None:
    known = KINDS[kind].fields
    assert {"kind", *known} == full(kind).keys()
    assert {"kind", *(name for name in known if known[name].required)} == least(kind).keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_note_with_only_the_required_fields_gives_the_cards_that_need_no_more(kind: str) -> None:
    assert " ".join(card.face for card in cards(least(kind))) == FACES[kind][0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_note_with_every_field_gives_every_card(kind: str) -> None:
    assert " ".join(card.face for card in cards(full(kind))) == FACES[kind][1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_face_of_a_kind_can_be_given(kind: str) -> None:
    faces = [face.name for face in KINDS[kind].faces]
    assert not faces or sorted(faces) == sorted(FACES[kind][1].split())


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_is_named_by_its_note_and_face(kind: str) -> None:
    for card in cards(full(kind)):
        assert card.id == f"{kind.replace('_', '-')}/{card.face}"


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_a_note_is_the_word_in_the_deck_file(kind: str) -> None:
    note = note_of(least(kind))
    assert note.kind == kind and type(note) is KINDS[kind]


def test_a_note_without_weight_has_three_and_no_tags() -> None:
    note = note_of(least("basic"))
    assert (note.weight, note.tags, note.refs, note.competency, note.note) == (
        3,
        (),
        (),
        None,
        None,
    )


def test_a_note_never_changes() -> None:
    note = note_of(least("basic"))
    with pytest.raises(AttributeError):
        note.id = "other"


def test_there_are_twelve_competencies() -> None:
    assert len(COMPETENCIES) == 12


# ------------------------------------------------------------------ what stands on them


def test_a_question_asks_for_what_is_behind_it_for_the_answer_and_for_the_mistakes() -> None:
    assert [(card.front, card.back) for card in cards(bare("question"))] == [
        ("Why here?\n\n*What is the interviewer really after?*", "Motive"),
        (
            "Why here?\n\n*Say your answer aloud, then compare.*",
            "**Key points**\n\n- One\n- Two\n\n**Avoid**\n\nFlattery, because all say it\n\n"
            "**For example**\n\nI read your reviews.\n\n**Also asked as**\n\nWhat draws you?",
        ),
        (
            "Why here?\n\n*Which mistake is tempting here, and what does it cost you?*",
            "Flattery, because all say it",
        ),
    ]


def test_a_verb_is_called_for_by_its_scene_and_never_named_in_it() -> None:
    front, back = sides(bare("power_verb"), "verb")
    assert front == "Six teams, one plan.\n\n**Instead of**: did, made\n\n*Which verb says it?*"
    assert back == "Led\n\n**For example**\n\nLed 9 people."


def test_a_flag_is_recognised_in_a_quotation() -> None:
    assert sides(least("red_flag"), "flag") == (
        "> It was them.\n\n*Which warning sign is this?*",
        "Blame\n\n**Instead**\n\nSay what was yours.",
    )


def test_a_quotation_of_several_paragraphs_is_quoted_to_its_end() -> None:
    front, _ = sides(least("green_flag"), "flag", looks_like="I decided.\n\nThen I told them.")
    assert front.startswith("> I decided.\n> \n> Then I told them.\n\n")


def test_a_quotation_of_several_lines_in_a_list_is_quoted_whole() -> None:
    front, _ = sides(least("red_flag"), "flag", looks_like=["One\nline", "Two"])
    assert front.startswith("> - One\n>   line\n> - Two\n\n")


def test_slots_are_told_with_what_goes_in() -> None:
    assert sides(bare("script"), "slots") == (
        "Script: **Update**\n\n*Which slots, filled with what?*",
        "**Name**: who waits",
    )


def test_slots_can_be_a_list_of_names() -> None:
    _, back = sides(bare("script"), "slots", slots=["Name", "Time"])
    assert back == "- Name\n- Time"


def test_a_scenario_shows_its_title_and_trigger_on_every_card() -> None:
    for card in cards(full("scenario")):
        assert card.front.startswith("**Scenario**\n\nOutage\n\nIt stopped.\n\n*")


def test_the_words_of_a_scenario_come_with_their_moment() -> None:
    _, back = sides(bare("scenario"), "script")
    assert back == "**When**\n\nAt once\n\n**The words**\n\nThis is [Name]."


def test_a_formula_comes_with_its_source() -> None:
    _, back = sides(bare("metric"), "formula")
    assert back == "solved / all\n\n**Source**: common practice"


def test_a_list_of_one_reads_as_a_text() -> None:
    assert sides(least("scenario"), "weak")[1] == "Waits"
    assert sides(least("scenario"), "weak", weak=["Waits", "Hopes"])[1] == "- Waits\n- Hopes"


def test_an_item_of_several_paragraphs_stays_one_item() -> None:
    _, back = sides(least("scenario"), "weak", weak=["One\n\nmore", "Two\n"])
    assert back == "- One\n  \n  more\n- Two"
    assert MarkdownIt().render(back).count("<li>") == 2


@pytest.mark.parametrize("kind", KINDS)
def test_the_remark_stands_under_every_back(kind: str) -> None:
    assert all(card.back.endswith("\n\n*A remark.*") for card in cards(full(kind)))


@pytest.mark.parametrize("remark", ["One line\n", "Two\n\nparagraphs", "- a\n- list", "*a* star"])
def test_a_remark_of_any_shape_shows_no_stars(remark: str) -> None:
    _, back = sides(least("basic"), "front", note=remark)
    assert "*" not in seen(back)


@pytest.mark.parametrize("name", ["Led\n", " Led ", "Led\nby example"])
def test_a_name_written_as_a_block_is_still_one_bold_line(name: str) -> None:
    front, _ = sides(least("power_verb"), "meaning", verb=name)
    assert front == f"When may you honestly say **{' '.join(name.split())}**?"


def test_braces_in_a_text_are_only_braces() -> None:
    front, _ = sides(least("power_verb"), "meaning", verb="{meaning}")
    assert front == "When may you honestly say **{meaning}**?"


# ------------------------------------------------------------------ steps, checklists, both ways

TWO_STEPS = bare("steps")


def test_a_step_follows_the_one_before_it() -> None:
    assert [(card.front, card.back) for card in cards(TWO_STEPS)] == [
        ("**Handover** (your shift ends)\n\n*First?*", "Say the problem.\n\n*Step 1 of 2*"),
        (
            "**Handover** (your shift ends)\n\nAfter: Say the problem.\n\n*Then?*",
            "List trials.\n\n*Step 2 of 2*",
        ),
    ]


def test_steps_without_order_have_no_place() -> None:
    assert [(card.front, card.back) for card in cards(TWO_STEPS, ordered=False)] == [
        ("**Handover** (your shift ends)\n\n*First?*", "Say the problem.\n\n*One of the steps*"),
        ("**Handover** (your shift ends)\n\n*Then?*", "List trials.\n\n*One of the steps*"),
    ]


def test_only_items_with_a_cue_are_asked_and_keep_their_number() -> None:
    given_ = least("checklist")
    items = [{"text": "A"}, {"text": "B", "cue": "b?", "due": "3 days before"}]
    (card,) = cards(given_, items=items)
    assert card.id == "checklist/item-2"
    assert (card.front, card.back) == ("**Before**\n\n*b?*", "B\n\n*3 days before*")


def test_a_checklist_without_cues_gives_no_cards() -> None:
    assert cards(least("checklist"), items=[{"text": "A"}]) == ()


def test_both_ways_asks_the_back_for_the_front_too() -> None:
    assert [(card.front, card.back) for card in cards(least("basic"), both_ways=True)] == [
        ("Founded?", "1998"),
        ("1998", "Founded?"),
    ]
    assert len(cards(least("basic"), both_ways=False)) == 1


# ------------------------------------------------------------------ gaps


@pytest.mark.parametrize(
    ("text", "number", "front", "back"),
    [
        ("A {{c1::b}} c", 1, "A **[…]** c", "A **b** c"),
        ("A {{c1::b::hint}} c", 1, "A **[hint]** c", "A **b** c"),
        ("A {{c1::b}} {{c2::c}}", 1, "A **[…]** c", "A **b** c"),
        ("A {{c1::b}} {{c2::c}}", 2, "A b **[…]**", "A b **c**"),
        ("{{c1::a}} or {{c1::b::h}}", 1, "**[…]** or **[h]**", "**a** or **b**"),
        ("{{c1::a}}{{c2::b}}", 1, "[…]b", "**a**b"),
        ("{{c1::a}}{{c1::b}}", 1, "**[…][…]**", "**ab**"),
        ("{{c12::a}} {{c3::b}}", 12, "**[…]** b", "**a** b"),
        ("{{c100::a}}", 100, "**[…]**", "**a**"),
        ("{{c1::the {{c2::very}} first}}", 1, "**[…]**", "**the very first**"),
        ("{{c1::the {{c2::very}} first}}", 2, "the **[…]** first", "the **very** first"),
        ("{{c1::a {{c2::b::two}} c::one}}", 1, "**[one]**", "**a b c**"),
        ("{{c1::a {{c2::b::two}} c::one}}", 2, "a **[two]** c", "a **b** c"),
        ("{{c1::a {{c1::b}} c}}", 1, "**[…]**", "**a b c**"),
        ("{{c1::never closed", 1, "**[…]**", "**never closed**"),
        ("{{c1::a {{c2::b}} c", 2, "a **[…]** c", "a **b** c"),
        ("no }} gap {{c1::a}} }}", 1, "no }} gap **[…]** }}", "no }} gap **a** }}"),
        ("{one} {{two}} {{c1::a}}", 1, "{one} {{two}} **[…]**", "{one} {{two}} **a**"),
        ("{{c1::a::b::c}}", 1, "**[b::c]**", "**a**"),
        ("{{c1::a\n\nb}}", 1, "**[…]**", "**a\n\nb**"),
        ("{{c1000::no gap}} {{c1::a}}", 1, "{{c1000::no gap}} **[…]**", "{{c1000::no gap}} **a**"),
        ("{{C1::no gap}} {{c1::a}}", 1, "{{C1::no gap}} **[…]**", "{{C1::no gap}} **a**"),
        ("after {{c1::24}}h", 1, "after […]h", "after **24**h"),
        ("pre{{c1::fix}}ed", 1, "pre[…]ed", "pre**fix**ed"),
        ("x{{c1::(a)}}", 1, "x[…]", "x(a)"),
        ("{{c1:: a }} b", 1, "**[…]** b", " **a**  b"),
    ],
)  # fmt: skip
def test_a_gap_is_hidden_in_front_and_bold_behind(
    text: str, number: int, front: str, back: str
) -> None:
    assert cloze_text(text, hidden=number) == front
    assert cloze_text(text, shown=number) == back


def test_a_text_with_gaps_gives_one_card_a_number_in_their_order() -> None:
    text = "{{c10::a}} {{c2::b}} {{c2::c}} {{c1::d}}"
    assert cloze_numbers(text) == (1, 2, 10)
    assert [card.id for card in cards(least("cloze"), text=text)] == [
        "cloze/c1", "cloze/c2", "cloze/c10",
    ]  # fmt: skip


def test_the_hint_of_a_text_stands_in_front_of_every_card() -> None:
    assert [card.front for card in cards(full("cloze"))] == [
        "A note within **[how soon]**.\n\n*After it*",
        "**[…]** within 24 hours.\n\n*After it*",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "no gap", "{{c1:a}}", "{{c::a}}", "{{c1000::a}}", "{{c١::a}}", "{{c1::}}", "{{c1::::hint}}",
        "{{c1:: }}", "{{c1::", "a {{c1::b}} {{c2::}}", "{{c1::a {{c2::}}}}",
    ],
)  # fmt: skip
def test_a_text_without_a_gap_or_with_an_empty_one_is_a_problem(text: str) -> None:
    deck, problems = read(least("cloze") | {"text": text})
    assert deck is None
    assert [problem.mend for problem in problems] == ["write every gap as {{c1::hidden}}"]


def test_deep_nesting_of_gaps_is_read_to_its_end() -> None:
    text = "{{c1::" * 3_000 + "x" + "}}" * 3_000
    assert cloze_text(text, shown=2) == "x"


WORDS = st.from_regex(r"[a-z0-9é€%+(),.!'’“”-]{1,6}", fullmatch=True)


@examples(max_examples=300)
@given(WORDS, WORDS, WORDS, st.sampled_from(["{a}{g}{b}", "{a} {g}{b}", "{a}{g} {b}", "{g}"]))
def test_a_gap_beside_any_character_shows_no_stars(
    before: str, hidden: str, after: str, shape: str
) -> None:
    text = shape.format(a=before, b=after, g=f"{{{{c1::{hidden}}}}}")
    assert "*" not in seen(cloze_text(text, hidden=1))
    assert "*" not in seen(cloze_text(text, shown=1))


@examples(max_examples=200)
@given(cloze_texts.filter(lambda text: "{{c" in text))
def test_every_gap_is_hidden_on_one_card_and_all_are_open_on_every_back(text: str) -> None:
    note = Cloze(id="x", text=text)
    plain = cloze_text(text)
    assert "{{c" not in plain
    for number, card in zip(cloze_numbers(text), cards_of(note), strict=True):
        assert card.id == f"x/c{number}"
        assert "[…]" in card.front or "[hint]" in card.front
        assert "".join(card.back.replace("*", "").split()) == "".join(
            plain.replace("*", "").split()
        )


# ------------------------------------------------------------------ any note


@examples(max_examples=150)
@given(any_notes)
def test_no_side_of_any_valid_note_is_empty(given_: Given) -> None:
    for card in cards(given_):
        for side in (card.front, card.back):
            assert side.strip("*").strip()


@examples(max_examples=150)
@given(any_notes)
def test_the_cards_of_any_valid_note_have_ids_of_their_own(given_: Given) -> None:
    made = cards(given_)
    assert len({card.id for card in made}) == len(made)
    assert all(card.id == f"{given_['id']}/{card.face}" for card in made)


@examples(max_examples=150)
@given(any_notes)
def test_what_an_answer_holds_stands_on_its_back(given_: Given) -> None:
    note = note_of(given_)
    faces = {face.name: face for face in note.faces}
    for card in cards_of(note):
        for section in faces[card.face].answer if card.face in faces else ():
            for item in items_of(getattr(note, section.field)):
                assert all(line.strip() in card.back for line in item.splitlines())


@examples(max_examples=150)
@given(any_notes)
def test_a_note_as_json_is_the_same_note_again(given_: Given) -> None:
    note = note_of(given_)
    assert from_json(to_json(note)) == note


@pytest.mark.parametrize("kind", KINDS)
def test_a_note_as_json_is_what_the_deck_file_gave_without_what_goes_without_saying(
    kind: str,
) -> None:
    fields = KINDS[kind].fields
    for given_ in (least(kind), full(kind)):
        told = {
            name: value
            for name, value in given_.items()
            if name == "kind" or fields[name].required or value != fields[name].default
        }
        assert json.loads(to_json(note_of(given_))) == told
