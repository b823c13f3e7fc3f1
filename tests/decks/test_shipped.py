"""The shipped decks, as a strict reader would check them: each rule names the ids that break it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import yaml

from greenflag.content.decks import Deck, deck_paths, read_decks
from greenflag.content.faces import Card
from greenflag.content.fields import Record
from greenflag.content.gaps import cloze_numbers
from greenflag.content.notes import (
    COMPETENCIES,
    KINDS,
    Cloze,
    Concept,
    Metric,
    Note,
    PowerVerb,
    Question,
    Reframe,
    Rewrite,
    Scenario,
    Script,
    Steps,
    cards_of,
)
from greenflag.content.yamlfile import CONTROL
from greenflag.terminal import render

FOLDER = Path(__file__).parents[2] / "decks"
FILES = sorted(FOLDER.glob("*.yaml"))

PREFIXES: Mapping[str, str] = {
    "language": "verb reframe rewrite script listen",
    "methods": "m",
    "metrics": "metric measure moves num tool claim",
    "preparation": "checklist interview self story ask",
    "questions-customers": "q qc",
    "questions-operations": "q",
    "questions-people": "q qp",
    "questions-strategy-self": "q smart",
    "scenarios": "scenario ws",
    "signals": "red green signal advice defect",
}
"""What an id may begin with, by file: whoever adds a note sees where the others are."""

N = TypeVar("N", bound=Note)


@cache
def decks() -> tuple[Deck, ...]:
    reading = read_decks(deck_paths(FOLDER))
    assert reading.problems == ()
    return reading.decks


@cache
def notes() -> tuple[Note, ...]:
    return tuple(placed.note for deck in decks() for placed in deck.notes)


@cache
def cards() -> tuple[Card, ...]:
    return tuple(card for note in notes() for card in cards_of(note))


def of_kind(kind: type[N]) -> list[N]:
    return [note for note in notes() if isinstance(note, kind)]


def texts_of(value: object) -> Iterator[str]:
    """Every text a note holds, in fields, lists, mappings and items."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from texts_of(pair)
    elif isinstance(value, tuple):
        for each in value:
            yield from texts_of(each)
    elif isinstance(value, Record):
        for name in value.fields:
            yield from texts_of(getattr(value, name))


def texts_in(note: Note) -> list[str]:
    """The texts of a note that somebody reads."""
    hidden = ("id", "competency", "competencies", "refs", "tags")
    return [t for name in note.fields if name not in hidden for t in texts_of(getattr(note, name))]


def words(text: str) -> int:
    return len(text.split())


def ids(found: Iterable[Note]) -> list[str]:
    return sorted({note.id for note in found})


# ------------------------------------------------------------------ the whole


def test_the_decks_have_no_problems() -> None:
    assert [str(problem) for problem in read_decks(deck_paths(FOLDER)).problems] == []


def test_there_are_enough_notes_and_cards() -> None:
    assert len(notes()) >= 450
    assert len(cards()) >= 900


def test_every_kind_is_used_but_those_for_the_users_own() -> None:
    assert {note.kind for note in notes()} == KINDS.keys() - {"story", "basic"}


def test_every_competency_is_taught_and_every_note_teaches_one() -> None:
    assert {note.competency for note in notes()} == COMPETENCIES.keys()


def test_no_id_is_there_twice() -> None:
    counted = Counter(note.id for note in notes())
    assert [id for id, count in counted.items() if count > 1] == []


def test_every_id_begins_as_its_file_says() -> None:
    assert {Path(deck.file).stem for deck in decks()} == PREFIXES.keys()
    strays = [
        placed.note.id
        for deck in decks()
        for placed in deck.notes
        if placed.note.id.partition("-")[0] not in PREFIXES[Path(deck.file).stem].split()
        or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", placed.note.id)
    ]
    assert strays == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_deck_begins_with_its_schema_its_title_and_what_it_is_about(path: Path) -> None:
    first, second, third, fourth, *_ = path.read_text("utf-8").splitlines()
    assert first == "# yaml-language-server: $schema=deck.schema.json"
    assert second.startswith("deck: ")
    assert third.startswith("about: ") and len(third) > 40
    assert fourth == "language: en"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_file_holds_a_character_that_hides(path: Path) -> None:
    text = path.read_text("utf-8")
    assert CONTROL.findall(text) == []
    assert re.findall("[\t\r\xad\u200b-\u200f\u2060\ufeff\ufffd]", text) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_note_says_its_weight(path: Path) -> None:
    deck = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    assert [note["id"] for note in deck["notes"] if "weight" not in note] == []


def test_weights_tell_notes_apart() -> None:
    counted = Counter(note.weight for note in notes())
    assert len(counted) >= 4
    assert max(counted.values()) < len(notes()) * 0.6


def test_sources_are_given_as_ids() -> None:
    strays = [
        note for note in notes() if any(not re.fullmatch(r"[A-Z]+-\d+", r) for r in note.refs)
    ]
    assert ids(strays) == []


# ------------------------------------------------------------------ the words

BANNED = re.compile(
    r"""outside\ the\ box | extra\ mile | end\ of\ the\ day | ground\ running | win-win
    | game.?changer | passionate\ about | \bsynerg | \bleverag | low-hanging | many\ hats
    | \bdiffus(?:e|ed|es|ing)\b | key\ takeaway | deep\ dive | move\ the\ needle | \bdelv(?:e|ing)\b
    | best\ of\ breed | touch\ base | circle\ back | \brock\ ?star\b | \bninja\b | \bseamless
    | \brobust\b | cutting.edge | world-class | people\ person | team\ player | \bperfectionist
    | 24/7 | \bas\ an\ AI\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Worn-out phrases; `diffuse`, where `defuse` is meant; talk that no manager would use."""


def test_no_worn_out_phrase_and_no_wrong_word() -> None:
    strays = [
        f"{note.id}: {match[0]}"
        for note in notes()
        for text in texts_in(note)
        for match in BANNED.finditer(text)
    ]
    assert strays == []


def test_the_list_of_banned_words_finds_them() -> None:
    said = "We think outside the box, diffuse anger and leverage synergies, a real game changer."
    assert len(BANNED.findall(said)) == 5


def test_no_list_asks_for_more_than_four_things() -> None:
    single = ("refs", "tags", "steps", "items")  # each step and item is a card of its own
    strays = [
        f"{note.id}: {name}"
        for note in notes()
        for name in note.fields
        if name not in single
        and isinstance(held := getattr(note, name), tuple | dict)
        and len(held) > 4
    ]
    assert strays == []


# ------------------------------------------------------------------ each kind

REASON = re.compile(r"\b(because|since|so that|which)\b|: ", re.IGNORECASE)
FIGURE = re.compile(r"\d")
PERIOD = re.compile(
    r"\b(\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half an?"
    r"|each|every|the (first|second|next|following|same|last)|within an?)[ -](\w+[ -])?"
    r"(minute|hour|day|week|month|quarter|year|season)s?\b",
    re.IGNORECASE,
)


def test_a_question_has_three_to_five_short_moves() -> None:
    strays = [
        note
        for note in of_kind(Question)
        if not 3 <= len(note.key_points) <= 5 or max(map(words, note.key_points)) > 28
    ]
    assert ids(strays) == []


def test_what_is_behind_a_question_is_one_line() -> None:
    assert ids(note for note in of_kind(Question) if words(note.intent) > 32) == []


def test_a_question_warns_of_one_to_three_mistakes_each_with_its_reason() -> None:
    strays = [
        note
        for note in of_kind(Question)
        if not 1 <= len(note.avoid or ()) <= 3 or not all(map(REASON.search, note.avoid or ()))
    ]
    assert ids(strays) == []


def test_a_question_is_given_in_other_words_too() -> None:
    strays = [
        note
        for note in of_kind(Question)
        if not 1 <= len(note.also_asked or ()) <= 3 or note.question in (note.also_asked or ())
    ]
    assert ids(strays) == []


def test_a_question_says_of_which_kind_it_is() -> None:
    assert ids(note for note in of_kind(Question) if not note.question_kind) == []
    assert len({note.question_kind for note in of_kind(Question)}) == 4


def test_a_sample_answer_has_120_to_220_words() -> None:
    strays = [note for note in of_kind(Question) if not 120 <= words(note.sample or "") <= 220]
    assert ids(strays) == []


def test_a_sample_answer_is_told_in_the_first_person() -> None:
    strays = [n for n in of_kind(Question) if len(re.findall(r"\bI\b", n.sample or "")) < 3]
    assert ids(strays) == []


def test_a_sample_answer_has_a_figure_and_a_period() -> None:
    strays = [
        note
        for note in of_kind(Question)
        if not FIGURE.search(note.sample or "") or not PERIOD.search(note.sample or "")
    ]
    assert ids(strays) == []


NINE_PARTS = (
    "trigger", "signals", "first_hour", "script_when", "script", "measures", "outcome", "weak",
    "strong",
)  # fmt: skip


def test_a_scenario_is_told_in_nine_parts() -> None:
    strays = [n for n in of_kind(Scenario) if not all(getattr(n, part) for part in NINE_PARTS)]
    assert ids(strays) == []
    assert len(of_kind(Scenario)) >= 15


def test_the_slots_of_a_script_are_those_in_its_text() -> None:
    strays = [
        note
        for note in of_kind(Script)
        if set(re.findall(r"\[([^\]]+)\]", note.text)) != set(note.slots or ())
        or len(note.slots or ()) > 4
    ]
    assert ids(strays) == []


def test_a_metric_is_computed_sourced_doubted_and_paired() -> None:
    parts = ("formula", "source", "misleads_when", "pair_with")
    strays = [n for n in of_kind(Metric) if not all(getattr(n, part) for part in parts)]
    assert ids(strays) == []


def test_a_weakness_is_measured() -> None:
    assert ids(note for note in of_kind(Reframe) if not note.metric) == []
    assert len(of_kind(Reframe)) >= 12


def test_a_power_verb_is_shown_with_a_figure_and_with_its_limit() -> None:
    strays = [
        note
        for note in of_kind(PowerVerb)
        if not note.untrue_when
        or not re.search(rf"\b{re.escape(note.verb)}\b", note.example or "", re.IGNORECASE)
        or not FIGURE.search(note.example or "")
    ]
    assert ids(strays) == []
    assert len(of_kind(PowerVerb)) >= 42


def test_the_scene_of_a_power_verb_does_not_give_it_away() -> None:
    strays = [
        note
        for note in of_kind(PowerVerb)
        if re.search(rf"\b{re.escape(note.verb)}\b", note.use_when, re.IGNORECASE)
    ]
    assert ids(strays) == []


def test_the_example_of_an_idea_does_not_name_it() -> None:
    strays = [n for n in of_kind(Concept) if n.example and n.term.lower() in n.example.lower()]
    assert ids(strays) == []


def test_there_are_enough_lines_to_rewrite() -> None:
    assert len(of_kind(Rewrite)) >= 31


def test_a_step_is_short_and_has_a_cue() -> None:
    strays = [
        note
        for note in of_kind(Steps)
        if any(words(step.text) > 20 or not step.cue.strip() for step in note.steps)
    ]
    assert ids(strays) == []


def test_a_text_has_at_most_three_gaps() -> None:
    assert ids(note for note in of_kind(Cloze) if len(cloze_numbers(note.text)) > 3) == []


# ------------------------------------------------------------------ the cards

STRAY = re.compile(
    r"\*\S|\S\*|`|(?<!\w)_\w+_(?!\w)|^#|\]\(|\{\{|\}\}|::|</?[a-z]|&[a-z]+;|\\", re.M
)
"""Markup that a reader would see: what Markdown did not take for its own."""


@cache
def laid_out() -> tuple[tuple[str, list[str], list[str]], ...]:
    """Each card's id, front and back as lines of 80 columns."""
    return tuple(
        (card.id, render(card.front, 80, False), render(card.back, 80, False)) for card in cards()
    )


def test_no_card_shows_stray_markup() -> None:
    strays = [
        f"{card}: {found[0]}"
        for card, front, back in laid_out()
        if (found := STRAY.findall("\n".join([*front, "", *back])))
    ]
    assert strays == []


@pytest.mark.parametrize("text", ["**[…]**h", "a *b", "`x", "[a](b", "{{c1::x}}", "<b>x", "# x"])
def test_stray_markup_is_seen(text: str) -> None:
    assert STRAY.search(text)


def test_no_side_of_a_card_is_empty() -> None:
    assert [
        card for card, *sides in laid_out() for side in sides if not "".join(side).strip()
    ] == []


def test_every_front_fits_a_small_screen() -> None:
    assert [f"{card}: {len(front)}" for card, front, _ in laid_out() if len(front) >= 20] == []


def test_no_back_is_longer_than_sixty_lines() -> None:
    assert [f"{card}: {len(back)}" for card, _, back in laid_out() if len(back) > 60] == []


CLOSEST = 0.9


def test_no_two_fronts_are_nearly_the_same() -> None:
    """By shared words (Jaccard) and by shared words in order (difflib), over all cards."""
    fronts = [re.findall(r"[a-z0-9']+", card.front.lower()) for card in cards()]
    names = [card.id for card in cards()]
    assert [f"{names[a]} ~ {names[b]}: {how}" for a, b, how in close_pairs(fronts)] == []


def test_fronts_that_are_nearly_the_same_are_found() -> None:
    line = [*"abcdefghijklmn"]
    fronts = [line, [*line[:-1], "z"], line[::-1], ["y", "x"], line[:3]]
    assert [(a, b) for a, b, _ in close_pairs(fronts)] == [(0, 1), (0, 2)]


def close_pairs(texts: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    """The pairs of texts with a similarity above CLOSEST, and by which measure.

    Matrix products of word counts give Jaccard for all pairs at once, and a ceiling for difflib,
    which is asked only about the few pairs under it.
    """
    vocabulary = {word: n for n, word in enumerate(sorted({w for text in texts for w in text}))}
    counts = np.zeros((len(texts), len(vocabulary)), np.float32)
    for row, text in enumerate(texts):
        for word in text:
            counts[row, vocabulary[word]] += 1
    there = np.minimum(counts, 1)
    shared, kinds, length = there @ there.T, there.sum(1), counts.sum(1)
    jaccard = shared / (kinds[:, None] + kinds - shared)
    again = length - kinds
    ceiling = 2 * (shared + np.minimum(again[:, None], again)) / (length[:, None] + length)
    for a, b in np.argwhere(np.triu(np.maximum(jaccard, ceiling) > CLOSEST, 1)).tolist():
        if jaccard[a, b] > CLOSEST:
            yield a, b, f"{jaccard[a, b]:.2f} of the words"
        else:
            both = ((texts[a], texts[b]), (texts[b], texts[a]))  # the order changes it a little
            ratio = max(SequenceMatcher(None, *pair, autojunk=False).ratio() for pair in both)
            if ratio > CLOSEST:
                yield a, b, f"{ratio:.2f} in order"
