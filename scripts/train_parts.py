"""Trains the weights in parts.json: a linear-chain model of the parts of an answer.

    python scripts/train_parts.py [--folds N]

Reads labelled answers from tests/interview/corpus, takes the features that the analysis takes,
and fits a conditional random field by stochastic gradient steps with a penalty on large weights.
The same input gives the same file. With --folds it only measures, leaving out each N-th answer.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE / "src"))

import yaml  # noqa: E402

from greenflag.interview.answer import parts  # noqa: E402
from greenflag.interview.answer.rules import read_rules  # noqa: E402
from greenflag.interview.answer.sight import see  # noqa: E402

CORPUS = HERE / "tests/interview/corpus"
TRAINED_ON = (
    "development deck-samples seen-1 seen-2 seen-3 seen-4"
    " fresh-1 fresh-2 fresh-3 fresh-4 fresh-5 fresh-6"
).split()
OUT = HERE / "src/greenflag/interview/answer/parts.json"
RATE, DECAY, ROUNDS, SEED = 0.1, 0.03, 6, 7
LEAST_SEEN, LEAST_WORDS, LEAST_WEIGHT = 3, 12, 0.06
"""A feature seen less often is not learned; a smaller weight is not kept."""

Answer = tuple[list[parts.Seen], list[int]]
Rows = tuple[list[list[str]], list[int]]


def load(names: Sequence[str]) -> list[Answer]:
    """Sentences as seen, and their parts, of all answers in the named corpus files."""
    rules = read_rules()
    found = []
    for name in names:
        for answer in yaml.safe_load((CORPUS / f"{name}.yaml").read_text("utf-8")):
            labelled = [(part, words) for part, words in answer["sentences"] if part]
            seen = see([words for _, words in labelled], rules)
            found.append((seen, [parts.PARTS.index(part) for part, _ in labelled]))
    return found


def rows_of(seen: Sequence[parts.Seen]) -> list[list[str]]:
    """The features of each sentence of an answer."""
    return [parts.features(seen, k) for k in range(len(seen))]


def variants(answer: Answer, dice: random.Random) -> list[Rows]:
    """An answer, and the same without some part, so that place alone never decides."""
    seen, gold = answer
    whole = list(range(len(gold)))
    choices = [whole, *([k for k in whole if gold[k] != part] for part in (1, 4, 3))]
    choices.append(
        [k for k in whole if gold[k] != 4 and not (gold[k] == 3 and dice.random() < 0.4)]
    )
    choices.append([k for k in whole if dice.random() < 0.6])
    choices.append([k for k in whole if not (gold[k] in (0, 2) and dice.random() < 0.5)])
    different = dict.fromkeys(tuple(choice) for choice in choices if len(choice) > 1)
    return [(rows_of([seen[k] for k in c]), [gold[k] for k in c]) for c in different]


def log_sum(values: Sequence[float]) -> float:
    """The logarithm of the sum of exponentials."""
    top = max(values)
    return top + math.log(sum(math.exp(v - top) for v in values))


class Trainer:
    """Weights under training, with adaptive steps."""

    def __init__(self) -> None:
        self.size = len(parts.PARTS)
        self._weights: dict[str, list[float]] = {}
        self._grown: dict[str, list[float]] = {}

    def row(self, name: str) -> list[float]:
        """The weights of a feature, or of a step "> part", made at first use."""
        if name not in self._weights:
            self._weights[name] = [0.0] * self.size
            self._grown[name] = [0.01] * self.size
        return self._weights[name]

    def push(self, name: str, gradient: Sequence[float]) -> None:
        """One step along a gradient, with decay."""
        weights, grown = self.row(name), self._grown[name]
        for k, slope in enumerate(gradient):
            slope -= DECAY * weights[k]
            grown[k] += slope * slope
            weights[k] += RATE * slope / math.sqrt(grown[k])

    def learn(self, rows: Sequence[Sequence[str]], gold: Sequence[int]) -> None:
        """One answer: pushes the weights towards its parts (forward-backward)."""
        every = range(self.size)
        told = [[sum(self.row(f)[j] for f in row) for j in every] for row in rows]
        steps = [self.row("> " + part) for part in parts.PARTS]
        first = self.row("> " + parts.START)
        ahead = [[first[j] + told[0][j] for j in every]]
        for here in told[1:]:
            ahead.append(
                [log_sum([ahead[-1][i] + steps[i][j] for i in every]) + here[j] for j in every]
            )
        back = [[0.0] * self.size]
        for here in reversed(told[1:]):
            back.append(
                [log_sum([steps[i][j] + here[j] + back[-1][j] for j in every]) for i in every]
            )
        back.reverse()
        total = log_sum(ahead[-1])
        chance = [
            [math.exp(a[j] + b[j] - total) for j in every] for a, b in zip(ahead, back, strict=True)
        ]
        slopes = [[0.0] * self.size for _ in every]
        for t in range(1, len(rows)):
            for i in every:
                for j in every:
                    way = ahead[t - 1][i] + steps[i][j] + told[t][j] + back[t][j]
                    slopes[i][j] -= math.exp(way - total)
            slopes[gold[t - 1]][gold[t]] += 1
        for part, slope in zip(parts.PARTS, slopes, strict=True):
            self.push("> " + part, slope)
        self.push("> " + parts.START, [(j == gold[0]) - chance[0][j] for j in every])
        for row, right, chances in zip(rows, gold, chance, strict=True):
            slope = [(j == right) - chances[j] for j in every]
            for name in row:
                self.push(name, slope)

    def model(self) -> parts.Model:
        """The trained model, rounded and without small weights."""
        kept = {
            name: [round(weight, 2) for weight in weights]
            for name, weights in sorted(self._weights.items())
            if not name.startswith("> ") and max(map(abs, weights)) >= LEAST_WEIGHT
        }
        starts = (parts.START, *parts.PARTS)
        return parts.Model(kept, {p: [round(w, 2) for w in self.row("> " + p)] for p in starts})


def train(data: Sequence[Answer]) -> parts.Model:
    """A model of all answers given."""
    dice = random.Random(SEED)
    seen = Counter(f for rows, _ in data for f in {f for row in rows_of(rows) for f in row})
    used = {
        f for f, n in seen.items() if n >= (LEAST_WORDS if f.startswith("word ") else LEAST_SEEN)
    }
    lessons = [
        ([[f for f in row if f in used] for row in rows], gold)
        for answer in data
        for rows, gold in variants(answer, dice)
    ]
    trainer = Trainer()
    for _ in range(ROUNDS):
        dice.shuffle(lessons)
        for rows, gold in lessons:
            trainer.learn(rows, gold)
    return trainer.model()


def agreement(model: parts.Model, data: Sequence[Answer]) -> tuple[float, float]:
    """The share of sentences with the right part, and the mean F1 of the parts."""
    pairs = [
        (right, told)
        for seen, gold in data
        for right, told in zip(gold, parts.decode(model, rows_of(seen)), strict=True)
    ]
    f1 = []
    for k in range(len(parts.PARTS)):
        both = sum(right == told == k for right, told in pairs)
        either = sum((right == k) + (told == k) for right, told in pairs)
        f1.append(2 * both / either if either else 1.0)
    return sum(right == told for right, told in pairs) / len(pairs), sum(f1) / len(f1)


def main() -> None:
    """Trains and writes, or measures by leaving out."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    asked.add_argument("--folds", type=int, default=0)
    folds = asked.parse_args().folds
    data = load(TRAINED_ON)
    if not folds:
        model = train(data)
        lines = [f"{json.dumps(n)}:{json.dumps(w)}" for n, w in model.weights.items()]
        text = '{"steps":%s,\n"weights":{\n%s\n}}\n' % (json.dumps(model.steps), ",\n".join(lines))  # noqa: UP031
        OUT.write_text(text, "utf-8")
        print(f"{len(lines)} features; {len(data)} answers;", end=" ")
        print("seen: {:.3f} right, F1 {:.3f}".format(*agreement(model, data)))
        return
    told = [
        agreement(train([d for k, d in enumerate(data) if k % folds != n]), data[n::folds])
        for n in range(folds)
    ]
    means = [sum(score[k] for score in told) / folds for k in (0, 1)]
    print("left out: {:.3f} right, F1 {:.3f}".format(*means))


if __name__ == "__main__":
    main()
