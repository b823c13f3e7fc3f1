"""A mock interview at the prompt: clocks, keys, lines, and what is shown of it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag import terminal
from greenflag.errors import GreenflagError
from greenflag.interview.mock import Answer, Draw, Session, Told
from greenflag.interview.prompt import (
    LONGEST_LINE,
    LONGEST_REMARK,
    Interview,
    Keys,
    Lines,
    Shown,
    clock_text,
    numbers,
    warning,
)

PLAN = (
    Draw("a", "Why us?", "Weight 5 of 5."),
    Draw("b", "Why now?", "A surprise.", surprise=True, follow_up="And then?"),
)
SHOWN = Shown(
    "fit", ("Be short", "Give a figure"), "mine", "**Your story**: Vans", ("Blames",), ("Owns it",),
    "“One moment, please.”",
)  # fmt: skip


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A keeper with a disk of its own."""

    def __init__(self) -> None:
        self.rows: list[tuple[Told, bool]] = []
        self.gone: set[str] = set()
        self.files: dict[str, bytes] = {}
        self.written: bytes | None = None

    def fetch(self, draw: Draw, told: Told | None) -> Shown | None:
        return None if draw.note in self.gone else SHOWN

    def keep(self, told: Told, last: bool) -> None:
        self.rows.append((told, last))

    def read(self, data: bytes, name: str, source: str) -> Answer:
        words = data.decode().strip()
        if not any(map(str.isalnum, words)):
            raise GreenflagError(f"{name} holds no words")
        return Answer(90.0, source, words, {"filler": 1})

    def load(self, path: str) -> bytes:
        if path not in self.files:
            raise GreenflagError(f"{path}: no such file")
        return self.files[path]

    def write(self, given_back: Callable[[], object]) -> bytes | None:
        return self.written

    def advice(self, words: str) -> Sequence[str]:
        return [f"**filler** in “{words[:5]}”"]

    @property
    def last(self) -> dict[int, Told]:
        return {told.place: told for told, _ in self.rows}


class Screen(terminal.Screen):
    """A screen whose keys come from a script: a number is seconds that go by."""

    def __init__(self, clock: Clock, *keys: str | float) -> None:
        self.clock, self.keys = clock, [*keys]

    def key(self, within: float | None = None) -> str:
        if not self.keys:
            return "end"
        key = self.keys.pop(0)
        if isinstance(key, str):
            return key
        assert within is not None, "no clock runs here"
        self.clock.now += key
        return "tick"

    def given_back(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


class Seen:
    """What a run led to."""

    def __init__(self, desk: Desk, session: Session, text: str) -> None:
        self.desk, self.session, self.text = desk, session, text


Run = Callable[..., Seen]


@pytest.fixture
def keyed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a mock interview by keys."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LINES", "40")

    def run(
        *keys: str | float, desk: Desk | None = None, told: Sequence[Told] = (), **more: object
    ) -> Seen:
        desk, clock = desk or Desk(), Clock()
        given = {"minutes": 2.0, "think": 10.0} | more
        interview = Interview(desk, Keys(Screen(clock, *keys), False), clock=clock, **given)  # type: ignore[arg-type]
        session = interview.run(PLAN, told)
        return Seen(desk, session, capsys.readouterr().out)

    return run


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a mock interview by lines."""

    def run(lines: str, desk: Desk | None = None, told: Sequence[Told] = ()) -> Seen:
        desk, said = desk or Desk(), list[str]()
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        session = Interview(desk, Lines(said.append), minutes=2, think=10).run(PLAN, told)
        return Seen(desk, session, "\n".join(said))

    return run


# By keys


def test_one_thinks_speaks_ticks_and_notes(keyed: Run) -> None:
    seen = keyed("space", 65.0, "enter", "2", "1", "2", "enter", *"slower", "enter")
    told = seen.desk.last[0]
    assert told == Told(0, "done", Answer(65.0), points=2, said=(0,), story="mine", remark="slower")
    for words in ("think: 10 s", "0:00 of 2:00", "1:05 of 2:00", "\\[", "1 to 2 said or not"):
        assert words.replace("\\", "") in seen.text
    for words in ("Be short", "Your story", "Blames", "Owns it", "In your answer"):
        assert (words in seen.text) == (words != "In your answer")


def test_the_time_to_think_runs_out_and_the_clock_begins_by_itself(keyed: Run) -> None:
    seen = keyed(4.0, 7.0, 20.0, "space")
    assert "think: 6 s" in seen.text
    answer = seen.desk.last[0].answer
    assert answer and answer.seconds == pytest.approx(21.0)


def test_without_time_to_think_the_clock_runs_at_once(keyed: Run) -> None:
    assert "think:" not in keyed(3.0, "space", think=0.0).text


def test_the_clock_warns_in_words_before_the_time_and_after_it(keyed: Run) -> None:
    seen = keyed("space", 89.0, 3.0, 30.0, "space")
    assert "28 s left" in seen.text and "2:02 of 2:00   TIME" in seen.text
    assert "2:02 of 2:00: too long" in seen.text.replace("\x1b[0m", "")


def test_a_surprise_comes_with_words_to_gain_time_and_a_follow_up_after_it(keyed: Run) -> None:
    seen = keyed("s", "space", 30.0, "space", 12.0, "space", "enter", "enter")
    assert "A surprise." in seen.text and "One moment, please." in seen.text
    assert "And then?" in seen.text
    told = seen.desk.last[1]
    assert (told.answer, told.follow_up) == (Answer(30.0), Answer(12.0))
    assert seen.session.finished and seen.desk.rows[-1][1], "the last step says so"


def test_why_and_help_leave_the_question_where_it_is(keyed: Run) -> None:
    seen = keyed("i", "?", "x", "z", "q")
    assert "Weight 5 of 5." in seen.text and "type the answer" in seen.text
    assert "? shows what can be done" in seen.text
    assert seen.desk.rows == [] and seen.session.wants == "answer"


def test_what_is_said_stays_until_the_next_key(keyed: Run) -> None:
    seen = keyed("i", 1.0, 1.0, "space", "q")
    pages = seen.text.split("\x1b[H")
    assert ["Weight 5 of 5." in page for page in pages[1:]] == [False, True, True, True, False]


def test_ticking_leaves_a_scrolled_page_where_it_is(
    keyed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES", "8")
    seen = keyed("space", "space", *["down"] * 5, "1", "q")
    assert "[x] Be short" in seen.text.split("\x1b[H")[-1]
    assert "Mock interview" not in seen.text.split("\x1b[H")[-1]


def test_a_typed_answer_is_read_and_its_mends_are_shown(keyed: Run) -> None:
    desk = Desk()
    desk.written = b"Basically I led five."
    seen = keyed("t", "enter", desk=desk)
    assert desk.last[0].answer == Answer(90.0, "typed", "Basically I led five.", {"filler": 1})
    assert "About 1:30 of 2:00: in time." in seen.text and "filler in “Basic”" in seen.text


def test_without_an_editor_lines_are_taken(keyed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("I led five.\nThen ten.\n\n"))
    answer = keyed("t").desk.last[0].answer
    assert answer and answer.words == "I led five.\nThen ten."


def test_nothing_written_leaves_the_question(keyed: Run) -> None:
    desk = Desk()
    desk.written = b" \n"
    seen = keyed("t", desk=desk)
    assert "Nothing was taken in." in seen.text and desk.rows == []


def test_a_file_is_asked_for_and_read(keyed: Run) -> None:
    desk = Desk()
    desk.files["a.vtt"] = b"Spoken words"
    seen = keyed(
        "f", *"b", "enter", "f", *"xa", "backspace", "backspace", *"a.vtt", "enter", desk=desk
    )
    assert "b: no such file" in seen.text
    answer = desk.last[0].answer
    assert answer and (answer.source, answer.words) == ("transcript", "Spoken words")


def test_a_file_given_beforehand_is_taken_without_asking(keyed: Run) -> None:
    desk = Desk()
    desk.files["rec.srt"] = b"Spoken words"
    keyed("space", "f", desk=desk, file="rec.srt")
    assert 0 in desk.last


@pytest.mark.parametrize("end", ["q", "end"])
def test_it_stops_at_any_point_with_all_kept(keyed: Run, end: str) -> None:
    for keys in ((), ("space",), ("space", "space"), ("space", "space", "1")):
        seen = keyed(*keys, end)
        assert seen.session.over and not seen.session.finished
        assert len(seen.desk.last) == (len(keys) > 1)


def test_in_the_line_for_next_time_a_q_is_a_letter(keyed: Run) -> None:
    seen = keyed("space", "space", "enter", *"quiet", "\x07", "space", "unknown", "enter")
    assert seen.desk.last[0].remark == "quiet"
    assert keyed("space", "space", "enter", "q", "end").desk.last[0].state == "ticked"
    assert keyed("space", "space", "enter", "q", "escape").desk.last[0].remark == ""


def test_it_goes_on_after_the_answer_with_the_key_points(keyed: Run) -> None:
    told = Told(0, "told", Answer(50.0, "typed", "Words"), points=2, said=(1,))
    seen = keyed("1", "enter", "enter", told=[told])
    assert seen.desk.last[0].said == (0, 1) and seen.desk.last[0].answer == told.answer
    assert "[x] Give a figure" in seen.text.replace("\x1b[0m", "")


def test_key_points_that_changed_since_do_not_matter(keyed: Run) -> None:
    told = Told(0, "told", Answer(50.0), points=5, said=(4,))
    assert keyed("4", "enter", "enter", told=[told]).desk.last[0].said == (3, 4)
    told = told._replace(points=1, said=(0,))
    assert keyed("2", "enter", "enter", told=[told]).desk.last[0].said == (0,)


def test_a_question_no_deck_holds_is_left_out_and_said(keyed: Run) -> None:
    desk = Desk()
    desk.gone.add("a")
    seen = keyed("s", desk=desk)
    assert [told.state for told in desk.last.values()] == ["gone", "skipped"]
    assert "A question was left out" in seen.text


def test_only_a_page_that_is_different_is_drawn_anew(keyed: Run) -> None:
    still = keyed("space", 0.1, 0.1, 0.1, 0.1, "end").text.count("Why us?")
    assert still == keyed("space", 0.1, "end").text.count("Why us?")


# By lines


def test_a_line_answers_the_next_ticks_and_the_third_notes(piped: Run) -> None:
    seen = piped("I led five.\n1, 2\nslower\n")
    told = seen.desk.last[0]
    assert (told.said, told.remark, told.state) == ((0, 1), "slower", "done")
    assert told.answer == Answer(90.0, "typed", "I led five.", {"filler": 1})
    assert seen.session.wants == "answer" and "Why now?" in seen.text


def test_an_empty_line_is_an_answer_aloud_that_nobody_timed(piped: Run) -> None:
    assert piped("\n\n\n").desk.last[0] == Told(0, "done", Answer(None), points=2, story="mine")


def test_a_line_without_words_is_one_too(piped: Run) -> None:
    assert piped("...\n1\nx\n").desk.last[0].answer == Answer(None)


@pytest.mark.parametrize(
    ("lines", "wants"),
    [("", "answer"), ("q\n", "answer"), ("Words\n", "points"), ("Words\nq\n", "points"),
     ("Words\n1\n", "remark"), ("i\n?\n", "answer")],
)  # fmt: skip
def test_the_end_of_input_stops_it_cleanly(piped: Run, lines: str, wants: str) -> None:
    seen = piped(lines)
    assert seen.session.over and seen.session.wants == wants


def test_letters_alone_are_commands(piped: Run) -> None:
    seen = piped("s\nAnswer to b.\ns\n2\n\n")
    assert [told.state for told in seen.desk.last.values()] == ["skipped", "done"]
    assert seen.desk.last[1].follow_up is None and seen.session.finished


def test_several_lines_and_files_can_be_told(piped: Run) -> None:
    desk = Desk()
    desk.files["b.srt"] = b"Spoken"
    seen = piped("t\nOne.\nTwo.\n\n\n\nf nowhere\nf b.srt\n", desk)
    first, second = desk.last[0].answer, desk.last[1].answer
    assert first and second
    assert (first.words, second.words) == ("One.\nTwo.", "Spoken")
    assert "nowhere: no such file." in seen.text


def test_numbers_there_are_not_are_named(piped: Run) -> None:
    seen = piped("Words\n2 7 99999999999999999999\n\n")
    assert seen.desk.last[0].said == (1,) and "There is no key point 7" in seen.text


def test_an_endless_line_is_cut_and_said_and_the_next_line_is_the_next(piped: Run) -> None:
    seen = piped("word " * LONGEST_LINE + "\n1\n" + "x" * (2 * LONGEST_LINE) + "\ns\n")
    told = seen.desk.last[0]
    assert told.answer and told.answer.words and len(told.answer.words) <= LONGEST_LINE
    assert "Only the first 100,000 characters" in seen.text
    assert len(told.remark) == LONGEST_REMARK and seen.desk.last[1].state == "skipped"


def test_nothing_a_terminal_would_obey_is_printed_or_kept_in_a_remark(piped: Run) -> None:
    seen = piped("\x1b[31mred\x07 words\n1\n\x1b]0;owned\x07\n")
    assert not set(seen.text) & set("\x1b\x07")
    assert "\x1b" not in seen.desk.last[0].remark


@given(st.lists(st.text(max_size=8), max_size=12))
def test_no_lines_make_trouble(lines: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        text = "\n".join(line.replace("\r", "") for line in lines)
        patch.setattr(sys, "stdin", io.StringIO(text))
        desk = Desk()
        Interview(desk, Lines(lambda _: None), minutes=2, think=0).run(PLAN, ())
        places = [told.place for told, _ in desk.rows]
        assert places == sorted(places)


# Small things


def test_numbers_are_found_however_they_are_parted() -> None:
    assert numbers("1,3 and 4; ٣ x12") == (1, 3, 4, 12)


@pytest.mark.parametrize(
    ("past", "said"),
    [(0, ""), (89.9, ""), (90, "30 s left"), (119.5, "1 s left"), (120, "TIME"), (500, "TIME")],
)
def test_what_the_clock_says(past: float, said: str) -> None:
    assert said in warning(past, 120) and bool(said) == bool(warning(past, 120))


def test_a_clock_shows_minutes_and_seconds() -> None:
    assert [clock_text(seconds) for seconds in (0, 65.9, 600)] == ["0:00", "1:05", "10:00"]
