"""Sentences as the rules and the model see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from greenflag.interview.answer.grammar import subjects
from greenflag.interview.answer.parts import Seen
from greenflag.interview.answer.patterns import Encoded, encode
from greenflag.interview.answer.quantities import quantities
from greenflag.interview.answer.rules import Rules
from greenflag.interview.answer.words import Sentence, Token, sentences_of


class Sight(NamedTuple):
    """A sentence, its line for patterns, and what the model sees of it."""

    sentence: Sentence
    encoded: Encoded
    seen: Seen

    @property
    def span(self) -> tuple[int, int]:
        """Where the sentence stands in the text."""
        return self.sentence.start, self.sentence.end

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Where some of its words stand in the text, the last one exclusive."""
        return self.seen.tokens[first].start, self.seen.tokens[last - 1].end


def sight(sentence: Sentence, rules: Rules) -> Sight:
    """One sentence, seen."""
    letters = subjects(sentence.tokens)
    encoded = encode(sentence.tokens, letters)
    cues = frozenset(cue for cue, _, _ in rules.cues.find(encoded))
    return Sight(
        sentence,
        encoded,
        Seen(sentence.tokens, letters, quantities(sentence.tokens, rules.lexicon), cues),
    )


def see(texts: Iterable[str], rules: Rules) -> list[Seen]:
    """Sentences given as texts, for training: each is one sentence, however it is split."""
    return [sight(_whole(text), rules).seen for text in texts]


def _whole(text: str) -> Sentence:
    tokens: Sequence[Token] = [t for sentence in sentences_of(text) for t in sentence.tokens]
    return Sentence(0, len(text), tuple(tokens))
