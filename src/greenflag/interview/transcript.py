"""An answer as it was typed or spoken: the words and, for captions, when each was said.

Reads plain text, Markdown, WebVTT and SubRip. What is not speech (cue numbers, styling, notes,
sounds in brackets, speaker names, the interviewer's own words) is taken out, and said so.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from greenflag.errors import GreenflagError

MOST_BYTES = 8 * 1024 * 1024
"""The largest file that is read; about a hundred hours of speech."""


class BadTranscript(GreenflagError):
    """The file holds no text that can be read."""


class Cue(NamedTuple):
    """A stretch of speech: from when to when in seconds, and where its words stand in the text."""

    start: float
    end: float
    first: int
    last: int


class Transcript(NamedTuple):
    """What was said, and when. `cues` is empty for typed text; `others` is time of other voices."""

    text: str
    cues: tuple[Cue, ...] = ()
    others: tuple[tuple[float, float], ...] = ()
    notices: tuple[str, ...] = ()


class _Said(NamedTuple):
    """One cue as it stands in the file: who said which words when."""

    start: float
    end: float
    speaker: str
    words: str


ROLES = re.compile(
    r"(the )?(interviewer|recruiter|moderator|host|question|q|panel(list)?|hiring manager"
    r"|interview(er)? panel)( ?\d+)?",
    re.IGNORECASE,
)
"""Speakers whose words are not part of the answer."""
ANSWERERS = frozenset(["a", "answer", "candidate", "applicant", "interviewee", "me", "speaker"])
HEADINGS = frozenset(
    "situation task action actions result results takeaway takeaways lesson lessons learning"
    " outcome goal context background challenge note summary tip example star".split()
)
"""Words before a colon that are headings of an answer and no one's name."""

MARKS = ("WEBVTT", "NOTE", "STYLE", "REGION", "Kind:", "Language:")
"""How lines of a WebVTT file begin that are not spoken."""

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,80})>")
_TAG = re.compile(r"</?[A-Za-z0-9.:/][^<>]{0,200}>|\{\\[^{}]{0,100}\}")
_SOUND = re.compile(
    r"\[[^\[\]\n]{1,40}\]|[♪♫]"
    r"|\((?:laugh(?:s|ing|ter)?|chuckles?|inaudible|unintelligible|coughs?|sighs?|(?:long )?pauses?"
    r"|silence|music|applause|crosstalk|clears (?:her |his )?throat|indistinct)\)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\s*(?:>>+\s*|-\s+)?(?:\*\*)?([A-Z][\w.'’]*(?: [A-Z0-9][\w.'’]*){0,2})"
    r"(?:\*\*)?\s?:(?:\*\*)?\s+"
)
_STAMP = re.compile(
    r"^[ \t]*[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])][ \t]*", re.MULTILINE
)
_ESCAPE = re.compile("\x1b\\[[0-9;?]{0,20}[ -/]?[@-~]")
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_APART = re.compile(r"\n\s*\n")


def read(data: bytes, name: str) -> Transcript:
    """The transcript in a file's bytes; the name's ending and the first lines tell its form.

    Raises BadTranscript when there is no word, or too much: more than MOST_BYTES.
    """
    if len(data) > MOST_BYTES:
        raise BadTranscript(
            f"{name} is larger than the {MOST_BYTES >> 20} MiB that are read",
            "cut out the part with the answer",
        )
    text = _decoded(data, name)
    captions = _is_captions(text, name)
    transcript = _from_captions(text, name) if captions else _from_text(text)
    if not any(map(str.isalnum, transcript.text)):
        raise BadTranscript(f"{name} holds no words", "give it the text of an answer")
    return transcript


def _decoded(data: bytes, name: str) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"{name}:{line}: byte 0x{data[error.start]:02x} is not UTF-8"
        raise BadTranscript(what, "save the file as UTF-8 text") from None
    if text.count("\x00") > len(text) // 100 + 1:
        raise BadTranscript(f"{name} is not a text file", "give it txt, md, vtt or srt")
    text = _ESCAPE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub(" ", text)


def _is_captions(text: str, name: str) -> bool:
    start = text[:4000].lstrip()
    if start.startswith("WEBVTT") or name.lower().endswith((".vtt", ".srt")):
        return True
    return any(_TIMING.fullmatch(line) for line in start.split("\n", 12)[:12])


# ------------------------------------------------------------------------------- typed text


def _from_text(text: str) -> Transcript:
    text = _STAMP.sub("", text)
    lines = text.split("\n")
    names = _speakers(lines)
    if not names:
        return Transcript(text)
    kept, speaker, left_out = [], "", 0
    answering = any(not _is_interviewer(name) for name in names)
    for line in lines:
        found = _NAME.match(line)
        if found and found[1] in names:
            speaker, line = found[1], line[found.end() :]
        if answering and speaker and _is_interviewer(speaker):
            left_out += bool(line.strip())
        else:
            kept.append(line)
    notices = ("The interviewer's words are left out.",) if left_out else ()
    return Transcript("\n".join(kept).strip("\n"), notices=notices)


def _speakers(lines: Iterable[str]) -> frozenset[str]:
    """Names before a colon that are speakers: an interview's roles, or the same one twice."""
    counted = Counter(found[1] for line in lines if (found := _NAME.match(line)))
    if len(counted.keys() & set("STAR")) > 2:
        return frozenset()
    names = [n for n, times in counted.items() if times > 1 or n.isupper() or _is_role(n)]
    names = [n for n in names if n.split()[0].lower() not in HEADINGS and (len(n) > 1 or n in "QA")]
    if not any(map(_is_role, names)) and sum(counted[n] for n in names) < 2:
        return frozenset()
    return frozenset(names)


def _is_role(name: str) -> bool:
    return _is_interviewer(name) or name.lower() in ANSWERERS


def _is_interviewer(name: str) -> bool:
    return ROLES.fullmatch(name.strip()) is not None


# ------------------------------------------------------------------------------- captions


def _from_captions(text: str, name: str) -> Transcript:
    said, broken = _cues_of(text)
    notices = [_skipped(broken)] if broken else []
    if not said:
        words = " ".join(_loose_words(text))
        if not any(map(str.isalnum, words)):
            raise BadTranscript(
                f"{name} holds no captions with words", "check that it is a vtt or srt file"
            )
        return Transcript(words, notices=("No times could be read, so there is no pace.",))
    said = _without_repeats(sorted(said, key=lambda cue: cue.start))
    mine = [cue for cue in said if not _is_interviewer(cue.speaker)] or said
    if len(mine) < len(said):
        notices.append("The interviewer's words are left out.")
    others = (
        () if mine is said else tuple((c.start, c.end) for c in said if _is_interviewer(c.speaker))
    )
    return _joined(mine, others, notices)


def _skipped(broken: int) -> str:
    if broken == 1:
        return "One line with an unreadable time was skipped."
    return f"{broken} lines with unreadable times were skipped."


def _joined(
    said: Sequence[_Said], others: tuple[tuple[float, float], ...], notices: list[str]
) -> Transcript:
    parts: list[str] = []
    cues, at = [], 0
    for cue in said:
        if not cue.words:
            continue
        parts.append(cue.words)
        cues.append(Cue(cue.start, cue.end, at, at + len(cue.words)))
        at += len(cue.words) + 1
    return Transcript(" ".join(parts), tuple(cues), others, tuple(notices))


def _cues_of(text: str) -> tuple[list[_Said], int]:
    """The cues of a caption file in its own order, and how many timing lines could not be read."""
    found: list[tuple[float, float, list[str]]] = []
    broken = 0
    for block in _APART.split(text.strip("\n")):
        lines = block.split("\n")
        if not any("-->" in line for line in lines):
            if found and not lines[0].startswith(MARKS):
                found[-1][2].extend(lines)
            continue
        broken += _read_block(lines, found)
    names = _speakers(line for cue in found for line in cue[2])
    return [_said(start, end, lines, names) for start, end, lines in found], broken


def _read_block(lines: Sequence[str], found: list[tuple[float, float, list[str]]]) -> int:
    """Adds a block's cues to `found`; a number right above a timing line is the cue's name."""
    broken = 0
    held: list[str] | None = None
    for line in lines:
        if "-->" not in line:
            if held is not None:
                held.append(line)
            continue
        if held and held[-1].strip().isdigit():
            held.pop()
        times = _TIMING.fullmatch(line)
        broken += times is None
        held = []
        if times:
            start, end = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
            found.append((start, max(start, end), held))
    return broken


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, rest = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return round(whole + float(f"0.{rest}"), 3)


def _said(start: float, end: float, lines: Iterable[str], names: frozenset[str]) -> _Said:
    speaker, words = "", []
    for line in lines:
        if voice := _VOICE.search(line):
            speaker = html.unescape(voice[1]).strip()
        line = html.unescape(_TAG.sub("", line)).strip()
        if (found := _NAME.match(line)) and found[1] in names:
            speaker, line = found[1], line[found.end() :]
        line = " ".join(_SOUND.sub(" ", line).split()).removeprefix("- ").removeprefix(">> ")
        if line:
            words.append(line)
    return _Said(start, end, speaker, "\n".join(words))


def _without_repeats(said: Sequence[_Said]) -> list[_Said]:
    """Rolling captions show a line again while the next one is spoken; each counts once.

    In a file that rolls, the line above may also come back after a silence.
    """
    kept: list[_Said] = []
    shown: tuple[str, ...] = ()
    until = -1.0
    rolls = False
    for cue in said:
        lines = tuple(cue.words.split("\n"))
        fresh = lines
        together = cue.start <= until + 0.05
        if together or rolls:
            most = min(len(shown), len(lines) if together else len(lines) - 1)
            for size in range(most, 0, -1):
                if shown[-size:] == lines[:size]:
                    fresh, rolls = lines[size:], True
                    break
        shown, until = lines, max(until, cue.end)
        kept.append(cue._replace(words=" ".join(fresh)))
    return kept


def _loose_words(text: str) -> Iterator[str]:
    """Words of a caption file none of whose times could be read."""
    for line in text.split("\n"):
        plain = html.unescape(_TAG.sub("", line)).strip()
        skip = "-->" in plain or plain.isdigit() or plain.startswith(MARKS)
        if plain and not skip:
            yield plain
