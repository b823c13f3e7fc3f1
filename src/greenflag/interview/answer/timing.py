"""Words, seconds, pace and pauses, and how the time divides over the parts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from greenflag.interview.answer.parts import PARTS
from greenflag.interview.answer.values import Pause, Told
from greenflag.interview.answer.words import count_words
from greenflag.interview.transcript import Cue, Transcript

LONG_PAUSE = 2.0
"""A silence of at least so many seconds counts as a pause."""
SHORT_PAUSE = 0.7
"""A silence after which speech without stops begins a new sentence."""
USUAL_PACE = 140
"""Words a minute by which the speaking time of a typed answer is estimated."""


def seconds_of(transcript: Transcript, words: int) -> float:
    """From the first word to the last, less the time of other voices; for typed text, estimated."""
    if not transcript.cues:
        return round(words / USUAL_PACE * 60, 1)
    first, last = transcript.cues[0].start, max(cue.end for cue in transcript.cues)
    away, until = 0.0, first
    for start, end in sorted(transcript.others):
        start, end = max(start, until), min(end, last)
        away += max(0.0, end - start)
        until = max(until, end)
    return round(last - first - away, 3)


def pauses_of(transcript: Transcript) -> tuple[Pause, ...] | None:
    """The long silences, in which nobody speaks; None without timestamps."""
    if not transcript.cues:
        return None
    found, until = [], transcript.cues[0].end
    spoken = [(cue.start, cue.end) for cue in transcript.cues]
    for start, end in sorted([*spoken, *transcript.others]):
        if start - until >= LONG_PAUSE and start > transcript.cues[0].start:
            found.append(Pause(round(until, 3), round(start - until, 3)))
        until = max(until, end)
    return tuple(found)


def breaks_of(cues: Sequence[Cue]) -> list[int]:
    """Where in the text a new stretch of speech begins after a short silence."""
    return [b.first for a, b in pairwise(cues) if b.start - a.end >= SHORT_PAUSE]


def shares_of(text: str, told: Sequence[Told], cues: Sequence[Cue]) -> dict[str, float]:
    """The share of each part: of the time when there are timestamps, else of the words."""
    weights = dict.fromkeys(PARTS, 0.0)
    for one in told:
        if one.part:
            length = (
                _spoken(cues, one.start, one.end)
                if cues
                else count_words(text[one.start : one.end])
            )
            weights[one.part] += length
    total = sum(weights.values())
    return {part: round(weight / total, 3) if total else 0.0 for part, weight in weights.items()}


def _spoken(cues: Sequence[Cue], start: int, end: int) -> float:
    """Seconds of speech between two places of the text, taking each cue as even speech."""
    at = max(0, bisect_right(cues, start, key=lambda cue: cue.first) - 1)
    total = 0.0
    while at < len(cues) and cues[at].first < end:
        cue = cues[at]
        inside = min(end, cue.last) - max(start, cue.first)
        if inside > 0:
            total += (cue.end - cue.start) * inside / (cue.last - cue.first)
        at += 1
    return total
