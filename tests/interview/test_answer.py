"""Analysing an answer: the face that commands use."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenflag.interview.answer import Analysis, analyse, read_rules
from greenflag.interview.answer.gate import NO_ANSWER, NOT_ENGLISH
from greenflag.interview.transcript import Transcript
from tests.interview.labelled import CORPUS, VERBS, analysed

RULES = read_rules()
ANSWER = (
    "That is a good question. I managed support at a bank, and every fourth call was lost."
    " I had to bring that below ten per cent before summer. First I sorted the calls by hour."
    " Then we moved the lunch break, you know, by an hour."
    " Lost calls fell from 25% to 9% in six weeks. Since then I look at the clock first."
)


@lru_cache(maxsize=64)
def of(text: str) -> Analysis:
    return analyse(Transcript(text), RULES, VERBS)


def found(text: str, rule: str) -> list[str]:
    return [finding.text for finding in of(text).findings if finding.rule == rule]


def test_each_sentence_has_its_part_and_talk_about_the_answer_has_none() -> None:
    parts = [one.part for one in of(ANSWER).sentences]
    story = ["situation", "task", "action", "action", "result", "takeaway"]
    assert parts == [None, *story]


def test_every_part_is_explained_by_words_or_place() -> None:
    for one in of(ANSWER).sentences:
        assert bool(one.because) == (one.part is not None)
    assert "begins “i had to”" in of(ANSWER).sentences[2].because


def test_shares_of_the_parts_are_of_the_words_and_add_up() -> None:
    parts = of(ANSWER).parts
    assert list(parts) == ["situation", "task", "action", "result", "takeaway"]
    assert sum(parts.values()) == pytest.approx(1, abs=0.003)


def test_typed_text_has_an_estimated_time_and_no_pace() -> None:
    analysis = of(ANSWER)
    assert analysis.seconds == round(analysis.words / 140 * 60, 1)
    assert (analysis.words_per_minute, analysis.pauses) == (None, None)


@pytest.mark.parametrize("name", ["development", "seen-1", "held-out"])
def test_every_finding_has_its_span_its_reason_and_a_mend(name: str) -> None:
    for analysis in analysed(name):
        for finding in analysis.findings:
            assert finding.text == analysis.text[finding.start : finding.end]
            assert finding.reason
            assert finding.advice


def test_as_json_it_has_the_keys_that_scripts_rely_on() -> None:
    plain = json.loads(json.dumps(of(ANSWER).to_dict()))
    assert plain["text"] == ANSWER
    assert {"words", "seconds", "words_per_minute", "sentences", "parts", "findings"} < set(plain)
    assert "pauses" not in plain
    assert {"start", "end", "part"} < set(plain["sentences"][0])
    assert {"rule", "text", "start", "end", "advice"} < set(plain["findings"][0])


def test_a_figure_tells_what_is_said_with_it_and_what_is_missing() -> None:
    first, _, change = (f for f in of(ANSWER).findings if f.rule == "figure")
    assert (change.text, change.start) == ("from 25% to 9%", ANSWER.index("from 25%"))
    assert change.said == {
        "metric": "lost calls",
        "baseline": "25%",
        "size": "9%",
        "period": "in six weeks",
    }
    assert "where it started" in first.advice


def test_a_flat_verb_gets_a_power_verb_that_replaces_it() -> None:
    (finding,) = (f for f in of("I dealt with the calls.").findings if f.rule == "flat-verb")
    assert (finding.text, "triaged" in finding.advice) == ("dealt with", True)
    (other,) = (f for f in of("I was managing the shop.").findings if f.rule == "flat-verb")
    assert (other.text, "orchestrated" in other.advice) == ("managing", True)


def test_without_power_verbs_the_advice_stands_alone() -> None:
    (finding,) = analyse(Transcript("I handled the calls."), RULES).findings
    assert finding.advice == "Name the act."


@pytest.mark.parametrize("rule", sorted({f.rule for f in of(ANSWER).findings}))
def test_every_rule_can_be_switched_off(rule: str) -> None:
    rest = analyse(Transcript(ANSWER), RULES.without(rule), VERBS).findings
    assert [f for f in of(ANSWER).findings if f.rule != rule] == list(rest)


def test_quoted_speech_is_not_the_speakers_own() -> None:
    text = "He said, “We decided to leave, I think, and it was the agent's fault.” I called him."
    assert not of(text).findings


def test_headings_of_the_writer_decide_the_parts() -> None:
    text = "## Situation\nI asked.\n## Task\nIt rained.\n## Action\nWe lost.\n## Result\nI ran."
    told = [one.part for one in of(text).sentences]
    assert told == [part for part in ("situation", "task", "action", "result") for _ in range(2)]


def test_list_items_and_short_lines_are_sentences_and_wrapped_lines_are_not() -> None:
    listed = of("- Split the queue\n- Wrote a page\n\nBacklog down to 38\nPasswords down 62%")
    assert len(listed.sentences) == 4
    wrapped = "I sorted the calls of the last three months by hour and by reason and\nthen by shop."
    assert len(of(wrapped).sentences) == 1


def test_speech_without_stops_is_divided_at_its_turns() -> None:
    text = "so i was working in a bank and i had to cut the waiting time and then i moved the lunch"
    text += " break to one o'clock and so the people were happy because they could call at noon"
    sentences = of(text).sentences
    assert [text[one.start :].split()[:3] for one in sentences] == [
        ["so", "i", "was"],
        ["and", "then", "i"],
        ["and", "so", "the"],
    ]


@pytest.mark.parametrize(
    "path", sorted((CORPUS / "clean").glob("*.txt")), ids=lambda path: path.stem
)
def test_texts_of_other_kinds_have_hardly_a_finding(path: Path) -> None:
    analysis = of(path.read_text("utf-8"))
    assert len(analysis.findings) * 200 <= analysis.words
    assert any("no findings" in n or "only words" in n for n in analysis.notices)


@pytest.mark.parametrize(
    "text",
    [
        "Ich habe ein Team von zwölf Leuten geleitet und die Wartezeit in drei Monaten halbiert.",
        "我们在三个月内把投诉减少了百分之二十。" * 3,
        "मैंने प्रतीक्षा समय को तीन महीनों में नौ मिनट से घटाकर छह मिनट कर दिया।",
        "قمت بتقليل وقت الانتظار في الفريق بشكل كبير خلال ثلاثة أشهر فقط",
    ],
)
def test_other_languages_get_words_and_time_and_a_notice(text: str) -> None:
    analysis = of(text)
    assert (analysis.findings, analysis.notices) == ((), (NOT_ENGLISH,))
    assert analysis.words > 10
    assert all(one.part is None for one in analysis.sentences)


def test_a_recipe_gets_no_parts() -> None:
    analysis = of((CORPUS / "clean/dev-recipe.txt").read_text("utf-8"))
    assert analysis.notices == (NO_ANSWER,)
    assert set(analysis.parts.values()) == {0.0}


HOSTILE = {
    "one word": "x" * 200_000,
    "no stops": "i handled it and we decided to go " * 600,
    "only i": "i " * 6_000,
    "quotes": '"a" ' * 4_000,
    "open quotes": "“a " * 6_000,
    "numbers": "from 1 to 2 " * 2_000,
    "lines": "- a\n" * 3_000,
    "dots": "a. " * 6_000,
    "apostrophes": "a'" * 50_000,
    "fillers": "um, you know, like, " * 800,
    "shares": "9 out of " * 3_000,
    "every": "every monday like 20 " * 1_500,
    "pictures": "😀 i did it 🎉 " * 2_000,
    "names": "A: b\n" * 4_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_analysed_in_time_linear_in_its_length(text: str) -> None:
    times = []
    for part in (text[: len(text) // 4], text):
        begun = time.process_time()
        analyse(Transcript(part), RULES)
        times.append(time.process_time() - begun)
    assert times[1] < 8 * times[0] + 0.2


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_places_inside_it(text: str) -> None:
    analysis = of(text)
    places = [(one.start, one.end) for one in analysis.sentences]
    places += [(one.start, one.end) for one in analysis.findings]
    assert all(0 <= start < end <= len(text) for start, end in places)
    ends = [0, *(one.end for one in analysis.sentences)]
    assert all(end <= one.start for end, one in zip(ends, analysis.sentences, strict=False))
