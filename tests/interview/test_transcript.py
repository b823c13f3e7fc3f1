"""Transcripts: what was said, when, and what is left out."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from greenflag.interview.answer import analyse, read_rules
from greenflag.interview.transcript import MOST_BYTES, BadTranscript, Transcript, read

TIMED = Path(__file__).parent / "corpus/timed"
EXPECTED = yaml.safe_load((TIMED / "expected.yaml").read_text("utf-8"))


def vtt(*cues: str) -> bytes:
    return "\n\n".join(("WEBVTT", *cues)).encode()


def words(data: bytes, name: str = "a.vtt") -> str:
    return read(data, name).text


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda e: e["file"])
def test_words_seconds_pace_and_pauses_are_what_a_person_counts(expected: dict) -> None:  # type: ignore[type-arg]
    file = TIMED / expected["file"]
    analysis = analyse(read(file.read_bytes(), file.name), read_rules())
    assert analysis.words == expected["words"]
    assert analysis.seconds == pytest.approx(expected["seconds"])
    pace = expected["words"] / expected["seconds"] * 60
    assert analysis.words_per_minute == pytest.approx(pace, abs=0.06)
    assert analysis.pauses is not None
    pauses = [[pause.at, pause.seconds] for pause in analysis.pauses]
    assert pauses == [pytest.approx(pause) for pause in expected["pauses"]]


def test_cues_point_to_their_words_in_the_text() -> None:
    transcript = read((TIMED / "t1.vtt").read_bytes(), "t1.vtt")
    said = [transcript.text[cue.first : cue.last] for cue in transcript.cues]
    assert " ".join(said) == transcript.text
    assert said[1] == "Every third call was lost between two and four."


def test_typed_text_stays_as_it_is_but_for_line_ends_and_bom() -> None:
    assert words(b"\xef\xbb\xbfI led a team.\r\nI cut it.", "a.txt") == "I led a team.\nI cut it."


@pytest.mark.parametrize("name", ["a.vtt", "a.srt", "a.txt", "-"])
def test_captions_are_known_by_their_lines_whatever_the_name(name: str) -> None:
    assert words(b"1\n00:00:01,000 --> 00:00:02,000\nI led it.\n", name) == "I led it."


def test_styling_notes_numbers_sounds_and_entities_are_not_spoken() -> None:
    data = vtt(
        "NOTE a remark",
        "STYLE\n::cue { color: red }",
        "in\n00:01.000 --> 00:02.000 align:end\n<v.loud Ann><i>Tom</i> &amp; I [laughs] met.</v>",
    )
    assert words(data) == "Tom & I met."


def test_cues_out_of_order_are_sorted_and_overlaps_count_once() -> None:
    data = vtt("00:05.000 --> 00:09.000\nThen two.", "00:00.000 --> 00:06.000\nFirst one.")
    transcript = read(data, "a.vtt")
    assert transcript.text == "First one. Then two."
    analysis = analyse(transcript, read_rules())
    assert (analysis.seconds, analysis.pauses) == (9.0, ())


def test_a_line_that_rolls_through_two_cues_is_said_once() -> None:
    data = vtt(
        "00:00.000 --> 00:02.000\nso i was", "00:02.000 --> 00:04.000\nso i was\nworking there"
    )
    assert words(data) == "so i was working there"


def test_the_same_answer_given_again_later_is_kept() -> None:
    data = vtt("00:00.000 --> 00:01.000\nYes.", "00:03.000 --> 00:04.000\nYes.")
    assert words(data) == "Yes. Yes."


@pytest.mark.parametrize(
    "text",
    [
        "Interviewer: Why us?\nCandidate: I like it.",
        "**Interviewer:** Why us?\n**Me:** I like it.",
        "Q: Why us?\nA: I like it.",
        "[00:01] Interviewer: Why us?\n[00:04] Candidate: I like it.",
    ],
)
def test_the_interviewers_words_are_left_out_and_it_is_said(text: str) -> None:
    transcript = read(text.encode(), "a.txt")
    assert transcript.text == "I like it."
    assert transcript.notices == ("The interviewer's words are left out.",)


def test_the_interviewers_time_does_not_count() -> None:
    data = vtt(
        "00:00.000 --> 00:04.000\n<v Interviewer>Why?",
        "00:05.000 --> 00:10.000\n<v Ann>I led it.",
        "00:10.000 --> 00:14.000\n<v Interviewer>And then?",
        "00:14.000 --> 00:20.000\n<v Ann>I left.",
    )
    analysis = analyse(read(data, "a.vtt"), read_rules())
    assert (analysis.words, analysis.seconds, analysis.pauses) == (5, 11.0, ())


@pytest.mark.parametrize(
    "text",
    [
        "S: We were late.\nT: I had to fix it.\nA: I did.\nR: It worked.",
        "Situation: We were late.\nTask: I had to fix it.",
        "Problem: the queue.\nSolution: a list.",
        "One thing I learned: ask first.",
    ],
)
def test_headings_are_no_speakers(text: str) -> None:
    assert words(text.encode(), "a.md") == text


def test_unreadable_times_are_skipped_and_counted() -> None:
    transcript = read(vtt("00:01.000 --> 00:02.000\nI led it.", "xx --> yy\nLost."), "a.vtt")
    assert transcript.text == "I led it."
    assert transcript.notices == ("One line with an unreadable time was skipped.",)


def test_captions_without_any_time_are_read_as_words() -> None:
    assert read(b"I led a team.\n", "a.srt") == Transcript(
        "I led a team.", notices=("No times could be read, so there is no pace.",)
    )


def test_a_cue_that_ends_before_it_begins_takes_no_time() -> None:
    transcript = read(vtt("00:09.000 --> 00:01.000\nI led it."), "a.vtt")
    assert [(cue.start, cue.end) for cue in transcript.cues] == [(9.0, 9.0)]
    assert analyse(transcript, read_rules()).words_per_minute is None


def test_terminal_commands_and_hidden_characters_are_removed() -> None:
    assert words("I \x1b[31mled\x1b[0m it\u202e.\x07".encode(), "a.txt") == "I led it . "


def test_utf16_with_its_mark_is_read() -> None:
    assert words("I led it – well.".encode("utf-16"), "a.txt") == "I led it – well."


@pytest.mark.parametrize(
    ("data", "name", "line"),
    [
        (b"", "a.txt", "a.txt holds no words (give it the text of an answer)"),
        (b"... !!", "a.txt", "a.txt holds no words (give it the text of an answer)"),
        (
            b"WEBVTT\n\nNOTE x",
            "a.vtt",
            "a.vtt holds no captions with words (check that it is a vtt or srt file)",
        ),
        (b"one\ncaf\xe9", "a.txt", "a.txt:2: byte 0xe9 is not UTF-8 (save the file as UTF-8 text)"),
        (b"\0\1\0\2", "a.txt", "a.txt is not a text file (give it txt, md, vtt or srt)"),
        (
            b"a" * (MOST_BYTES + 1),
            "a.txt",
            "a.txt is larger than the 8 MiB that are read (cut out the part with the answer)",
        ),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(data: bytes, name: str, line: str) -> None:
    with pytest.raises(BadTranscript) as raised:
        read(data, name)
    assert str(raised.value) == line


@pytest.mark.parametrize(
    "data",
    [
        b"-->\n" * 20_000,
        b"<" * 100_000,
        b"<v " * 30_000,
        b"[" * 100_000,
        b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<i>" * 30_000 + b"I led it.",
        b"Ann: a\n" * 10_000,
        b"\n" * 100_000 + b"I led it.",
        b"WEBVTT\n\n9999:59:59.999 --> 9999:59:59.999\nI led it.",
        b"00:00:01,000 --> 00:00:02,000\nI led it.\n2\n00:00:02,000 --> 00:00:03,000\nWe won.",
    ],
)
def test_broken_captions_give_words_or_one_line(data: bytes) -> None:
    problem = ""
    try:
        text = read(data, "a.vtt").text
    except BadTranscript as raised:
        problem = str(raised)
    assert "\n" not in problem if problem else text


def test_cues_are_in_order_and_apart() -> None:
    data = vtt(*(f"00:{k % 60:02d}.000 --> 00:{k % 60:02d}.900\nword{k}" for k in range(90, 0, -1)))
    transcript = read(data, "a.vtt")
    assert all(a.last < b.first and a.start <= b.start for a, b in pairwise(transcript.cues))
