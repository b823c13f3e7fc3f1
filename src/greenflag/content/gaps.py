"""Texts with gaps: `{{c1::hidden}}` or `{{c1::hidden::hint}}`, several and nested (pure)."""

from __future__ import annotations

import re
from unicodedata import category

CLOZE = re.compile(r"\{\{c([0-9]{1,3})::")
_GAP_EDGES = re.compile(r"(\{\{c[0-9]{1,3}::|\}\})")
GAPS = r"\A(?![\s\S]*\{\{c[0-9]{1,3}::\s*(::|\}\}|\Z))[\s\S]*\{\{c[0-9]{1,3}::"
"""A gap at least, and none that hides nothing."""
_START, _END = "\x02", "\x03"
"""Stand around what is to be bold; no deck holds these characters."""
_BOLD = re.compile(rf"{_START}(\s*)([^{_START}{_END}]*?)(\s*){_END}")


def cloze_numbers(text: str) -> tuple[int, ...]:
    """The gap numbers of a cloze text, in ascending order."""
    return tuple(sorted({int(number) for number in CLOZE.findall(text)}))


def cloze_text(text: str, *, hidden: int | None = None, shown: int | None = None) -> str:
    """A cloze text with one number hidden as `[…]` or shown in bold, all others open."""
    open_gaps: list[tuple[int, list[str]]] = [(0, [])]
    for piece in _GAP_EDGES.split(text):
        if opening := CLOZE.fullmatch(piece):
            open_gaps.append((int(opening[1]), []))
        elif piece == "}}" and len(open_gaps) > 1:
            _close_gap(open_gaps, hidden, shown)
        else:
            open_gaps[-1][1].append(piece)
    while len(open_gaps) > 1:  # a gap that is never closed ends with the text
        _close_gap(open_gaps, hidden, shown)
    return _BOLD.sub(_bold, "".join(open_gaps[0][1]).replace(_END + _START, ""))


def _close_gap(
    open_gaps: list[tuple[int, list[str]]], hidden: int | None, shown: int | None
) -> None:
    number, pieces = open_gaps.pop()
    answer, _, hint = "".join(pieces).partition("::")
    if number == hidden:
        answer = f"{_START}[{hint.strip() or '…'}]{_END}"
    elif number == shown:
        answer = _START + answer.replace(_START, "").replace(_END, "") + _END
    open_gaps[-1][1].append(answer)


def _bold(gap: re.Match[str]) -> str:
    """A gap in bold, or as it is where Markdown would show the stars: `[…]` beside a letter."""
    start, end = gap.span()
    before, after = gap.string[max(0, start - 1) : start], gap.string[end : end + 1]
    text, first, last = gap[2], gap[2][:1], gap[2][-1:]
    sticks = _is_word(before) > _is_word(first) or _is_word(after) > _is_word(last)
    return f"{gap[1]}{text if sticks else f'**{text}**'}{gap[3]}"


def _is_word(character: str) -> bool:
    """Whether Markdown takes a character for part of a word: no space, no punctuation."""
    return bool(character) and not character.isspace() and category(character)[0] not in "PS"
