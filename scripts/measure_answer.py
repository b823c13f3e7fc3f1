"""Prints how well the analysis agrees with the labelled answers.

    python scripts/measure_answer.py [corpus ...]

The corpora are the files in tests/interview/corpus: `development` and `deck-samples` were trained
and tuned on; `seen-1` to `seen-4` and `fresh-1` to `fresh-6` were measured unseen once and then
learned from; `held-out` was measured once and not trained on.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE / "src"), str(HERE)]

from tests.interview.labelled import analysed, answers, findings_score, parts_score  # noqa: E402

RULES = "figure we flat-verb vague blame filler hedge cliche absolute".split()


def main(names: list[str]) -> None:
    """One table a corpus."""
    for name in names or ["development", "held-out"]:
        words = sum(analysis.words for analysis in analysed(name))
        scores = parts_score(name)
        shown = " ".join(f"{part} {score:.2f}" for part, score in scores.items())
        print(f"{name}: {len(answers(name))} answers, {words} words")
        print(f"  parts F1 {sum(scores.values()) / 5:.3f} ({shown})")
        for rule in RULES:
            score = findings_score(name, rule)
            print(
                f"  {rule:10} precision {score.precision:.2f} recall {score.recall:.2f}"
                f" F1 {score.f1:.2f} ({score.seen + score.missed} labelled)"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
