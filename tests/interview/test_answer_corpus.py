"""The analysis agrees with people: labelled answers, as measured by scripts/measure_answer.py."""

from __future__ import annotations

import pytest

from tests.interview.labelled import analysed, answers, findings_score, parts_score

FRESH = tuple(f"fresh-{number}" for number in range(1, 7))
SETS = ("development", "seen-1", "seen-2", "seen-3", "seen-4", *FRESH, "held-out")
LEAST = {
    "we": (0.9, 0.9),
    "flat-verb": (0.9, 0.85),
    "vague": (0.8, 0.7),
    "blame": (0.85, 0.6),
    "filler": (0.9, 0.8),
    "hedge": (0.85, 0.75),
    "cliche": (0.9, 0.5),
}


@pytest.mark.parametrize("name", SETS)
def test_parts_of_sentences_agree(name: str) -> None:
    scores = parts_score(name)
    assert sum(scores.values()) / len(scores) >= 0.9


@pytest.mark.parametrize("name", SETS)
def test_figures_agree(name: str) -> None:
    assert findings_score(name, "figure").f1 >= 0.88


@pytest.mark.parametrize("rule", LEAST)
def test_findings_of_all_answers_agree(rule: str) -> None:
    scores = [findings_score(name, rule) for name in SETS]
    right, wrong, seen, missed = (sum(column) for column in zip(*scores, strict=True))
    precision, recall = LEAST[rule]
    assert right / (right + wrong) >= precision
    assert seen / (seen + missed) >= recall


@pytest.mark.parametrize("name", SETS)
def test_no_answer_is_taken_for_another_kind_of_text(name: str) -> None:
    silent = [
        one.id
        for one, analysis in zip(answers(name), analysed(name), strict=True)
        if analysis.notices
    ]
    assert silent == []


def test_good_sample_answers_have_few_weak_spots() -> None:
    weak = {"vague", "blame", "hedge", "filler", "cliche", "absolute"}
    found = [f for a in analysed("deck-samples") for f in a.findings if f.rule in weak]
    assert len(found) * 1000 <= sum(a.words for a in analysed("deck-samples"))
