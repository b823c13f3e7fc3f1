"""From a transcript to an analysis."""

from __future__ import annotations

from collections.abc import Sequence

from greenflag.interview.answer import parts as star
from greenflag.interview.answer.findings import find
from greenflag.interview.answer.gate import verdict
from greenflag.interview.answer.rules import Rules
from greenflag.interview.answer.sight import Sight, sight
from greenflag.interview.answer.timing import breaks_of, pauses_of, seconds_of, shares_of
from greenflag.interview.answer.values import Analysis, PowerVerb, Told
from greenflag.interview.answer.words import count_words, sentences_of
from greenflag.interview.transcript import Transcript

HEADINGS = {
    "situation": "situation", "context": "situation", "background": "situation", "s": "situation",
    "task": "task", "goal": "task", "t": "task",
    "action": "action", "actions": "action", "a": "action",
    "result": "result", "results": "result", "outcome": "result", "r": "result",
    "takeaway": "takeaway", "takeaways": "takeaway", "lesson": "takeaway", "learning": "takeaway",
}  # fmt: skip
"""Words before a colon, or alone on a line, by which the writer names a part."""


def analyse(transcript: Transcript, rules: Rules, verbs: Sequence[PowerVerb] = ()) -> Analysis:
    """All that the rules find in an answer, with the place of each thing in the text."""
    text = transcript.text
    sights = [sight(s, rules) for s in sentences_of(text, breaks_of(transcript.cues))]
    may = verdict(text, sights, rules)
    told = _told(sights, rules) if may.parts else [Told(*s.span, None) for s in sights]
    found = find(text, sights, [one.part for one in told], rules, verbs) if may.findings else []
    words = count_words(text)
    seconds = seconds_of(transcript, words)
    return Analysis(
        text,
        words,
        seconds,
        round(words / seconds * 60, 1) if transcript.cues and seconds else None,
        pauses_of(transcript),
        tuple(told),
        shares_of(text, told, transcript.cues),
        tuple(found),
        (*transcript.notices, may.reason) if may.reason else transcript.notices,
    )


def _told(sights: Sequence[Sight], rules: Rules) -> list[Told]:
    """Each sentence with its part: by the writer's headings if there are any, else by the model."""
    inner = [k for k, one in enumerate(sights) if not _is_aside(one, first=k == 0)]
    seen = [sights[k].seen for k in inner]
    rows = [star.features(seen, k) for k in range(len(seen))]
    parts: dict[int, tuple[str, tuple[str, ...]]] = {}
    for k, row, part in zip(inner, rows, star.decode(rules.model, rows), strict=True):
        parts[k] = (star.PARTS[part], tuple(star.because(rules.model, row, part)))
    for k, name in _by_heading(sights).items():
        parts[k] = (name, ("heading",))
    return [Told(*one.span, *parts.get(k, (None, ()))) for k, one in enumerate(sights)]


def _is_aside(one: Sight, *, first: bool) -> bool:
    """Talk about the answer, no part of it: "That is a good question." """
    words = sum(token.is_word for token in one.seen.tokens)
    if "meta" in one.seen.cues and words <= 12:
        return True
    return first and words <= 4 and "i" not in one.seen.letters and not one.seen.quantities


def _by_heading(sights: Sequence[Sight]) -> dict[int, str]:
    """Parts by headings ("Situation: ...", "## Result").

    With three or more different headings each rules until the next; fewer rule only their own line.
    """
    found: dict[int, str] = {}
    named: dict[int, str] = {}
    current = ""
    for number, one in enumerate(sights):
        words = [
            t.word for t in one.seen.tokens if t.word not in ("#", "*", "-", ">", "_", "–", "•")
        ][:2]
        alone = len(words) == 1 or words[1:] == [":"]
        if words and alone and words[0] in HEADINGS:
            current = named[number] = HEADINGS[words[0]]
        if current:
            found[number] = current
    different = len(set(named.values()))
    return found if different > 2 else named if different > 1 else {}
