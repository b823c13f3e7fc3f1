"""Which part of STAR+ each sentence tells: situation, task, action, result or takeaway.

A small linear model gives each sentence a weight for each part, from its words, its acts and its
place; then the best way through the whole answer is chosen, since the parts come in order. The
weights lie in `parts.json`, trained by `scripts/train_parts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from greenflag.interview.answer.grammar import AUXILIARIES, NONE, is_past
from greenflag.interview.answer.quantities import Quantity
from greenflag.interview.answer.words import Token

PARTS = ("situation", "task", "action", "result", "takeaway")
START = "start"


class Seen(NamedTuple):
    """What the model sees of a sentence."""

    tokens: Sequence[Token]
    letters: str
    quantities: Sequence[Quantity]
    cues: frozenset[str]


class Model(NamedTuple):
    """Weights by feature, one for each part; and weights of a part after a part."""

    weights: Mapping[str, Sequence[float]]
    steps: Mapping[str, Sequence[float]]


def features(seen: Sequence[Seen], number: int) -> list[str]:
    """The features of one sentence of an answer."""
    return [*_place(number, len(seen)), *_content(seen[number])]


def decode(model: Model, rows: Sequence[Sequence[str]]) -> list[int]:
    """The best parts for sentences with these features (Viterbi)."""
    if not rows:
        return []
    scores = [model.steps[START][k] + s for k, s in enumerate(emit(model, rows[0]))]
    backs: list[list[int]] = []
    for row in rows[1:]:
        here = emit(model, row)
        ways = [
            max((scores[j] + model.steps[PARTS[j]][k], -j) for j in range(len(PARTS)))
            for k in range(len(PARTS))
        ]
        backs.append([-way[1] for way in ways])
        scores = [way[0] + here[k] for k, way in enumerate(ways)]
    path = [max(range(len(PARTS)), key=lambda k: scores[k])]
    for back in reversed(backs):
        path.append(back[path[-1]])
    return path[::-1]


def emit(model: Model, row: Sequence[str]) -> list[float]:
    """The weight of each part by the features of a sentence alone."""
    total = [0.0] * len(PARTS)
    for name in row:
        for k, weight in enumerate(model.weights.get(name, ())):
            total[k] += weight
    return total


def because(model: Model, row: Sequence[str], part: int, most: int = 3) -> list[str]:
    """The features that speak most for a part, strongest first."""
    pull = {
        name: weights[part] - sum(weights) / len(weights)
        for name in dict.fromkeys(row)
        if (weights := model.weights.get(name))
    }
    strong = sorted((name for name in pull if pull[name] > 0), key=lambda name: (-pull[name], name))
    return [plainly(name) for name in strong[:most]]


def plainly(name: str) -> str:
    """A feature as a person would say it: "word below" is “below”."""
    kind, _, rest = name.partition(" ")
    if kind in ("word", "opens"):
        return f"“{rest}”" if kind == "word" else f"begins “{rest}”"
    if kind == "cue":
        return f"words of {CUES.get(rest, rest)}"
    if kind in ACTORS:
        return f"{ACTORS[kind]}: {rest}"
    return name


CUES = {
    "setting": "setting the scene",
    "goal": "aim",
    "learned": "learning",
    "habit": "what is done since",
    "step": "a next step",
}
ACTORS = {"i": "I", "w": "we", "o": "others"}


# ------------------------------------------------------------------------------- features


def _place(number: int, count: int) -> Iterator[str]:
    yield "always"
    if number == 0:
        yield "first sentence"
    if number == 1:
        yield "second sentence"
    if number == count - 1 and count > 2:
        yield "last sentence"
    if number == count - 2 and count > 3:
        yield "last but one sentence"
    if count > 2:
        yield f"in fifth {min(4, number * 5 // count) + 1}"


def _content(seen: Seen) -> Iterator[str]:
    words = [token for token in seen.tokens if token.word[0].isalnum()]
    yield from _openings([t.word for t in words[:3]])
    yield from sorted({f"word {_kind(token)}" for token in words})
    yield from sorted({f"cue {cue}" for cue in seen.cues})
    yield from _acts(seen)
    for kind in sorted({quantity.kind for quantity in seen.quantities}):
        yield f"number {kind}"
    yield f"{min(3, len(seen.quantities))} numbers"
    if len(words) < 8:
        yield "short"


def _openings(words: Sequence[str]) -> Iterator[str]:
    shown = ["#" if word[0].isdigit() else word for word in words]
    for size in (1, 2, 3):
        if len(shown) >= size:
            yield "opens " + " ".join(shown[:size])


def _kind(token: Token) -> str:
    return "#" if token.word[0].isdigit() else token.lemma


def _acts(seen: Seen) -> Iterator[str]:
    """Who acts first and how: "i past ask", "we", "others be"."""
    first = next((k for k, letter in enumerate(seen.letters) if letter != NONE), None)
    if first is None:
        yield "nobody acts"
        return
    yield f"{seen.letters[first]} acts first"
    for letter in sorted(set(seen.letters) - {NONE}):
        yield f"{letter} acts"
    acts = [
        (t, letter) for t, letter in zip(seen.tokens, seen.letters, strict=True) if letter in "iw"
    ]
    verbs = [
        (t, letter) for t, letter in acts if t.word not in AUXILIARIES and t.word not in ("i", "we")
    ]
    for token, letter in verbs[:1]:
        tense = "past" if is_past(token) else "present"
        yield f"{letter} {tense}"
        yield f"{letter} {token.lemma}"
        yield f"{letter} {tense} {token.lemma}"
    for token, letter in verbs[1:4]:
        yield f"also {letter} {token.lemma}"
    for token, letter in acts:
        if token.word in AUXILIARIES:
            yield f"{letter} {token.word}"
