"""A sitting at the terminal: what each command does to the store, and what is shown of it."""

from __future__ import annotations

import io
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag import terminal
from greenflag.errors import GreenflagError
from greenflag.memory.schedule import futures
from greenflag.memory.state import Memory
from greenflag.review.prompt import (
    KEYS_HELP,
    Keys,
    Lines,
    Shown,
    Sitting,
    Undone,
    days,
)
from greenflag.review.session import Asked, Record, Session
from greenflag.store import marks, notes, reviews, today
from greenflag.store.rows import Review
from greenflag.store.undo import undo
from greenflag.terminal import cut, wrapped
from tests.store.parts import AT, DAY, a_store, dump, from_log, keep, note, rate

A, B, C = "a/card", "b/card", "c/card"


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A keeper over a real store."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.edits: dict[str, Callable[[], str]] = {}
        self.before_recording: Callable[[], object] = lambda: None

    def fetch(self, card: str) -> Shown | None:
        kept = notes.card(self.db, card)
        if kept is None or marks.held_back(self.db, card, DAY):
            return None
        memory = reviews.memory_of(self.db, card)
        seen = reviews.last_review(self.db, card)
        place = "  ·  ".join(filter(None, (kept.deck, kept.competency)))
        return Shown(kept.front, kept.back, place, Asked(card, futures(memory, DAY), seen, memory))

    def record(self, record: Record, seconds: float) -> None:
        self.before_recording()
        review = Review(record.card, AT, DAY, record.rating, seconds)
        reviews.record(self.db, review, record.memory, record.seen)

    def undo(self) -> Undone:
        act = undo(self.db)
        card = act.about if "/" in act.about and act.what != "resume" else None
        return Undone(card, act.what == "rate", f"Taken back: {act.what} of {act.about}.")

    def suspend(self, card: str) -> None:
        marks.suspend(self.db, [card], card, AT)

    def bury(self, card: str) -> None:
        marks.bury(self.db, [card], card, DAY + 1, AT)

    def edit(self, card: str, given_back: Callable[[], object]) -> str:
        given_back()
        return self.edits[card]()

    def why(self, card: str) -> str:
        return f"Because of {card}."

    def due_in(self, memory: Memory) -> int:
        return memory.due - DAY


@dataclass
class Script:
    """A front with a script: commands to give, with what was shown before each."""

    commands: list[str | Callable[[], str]]
    shown: list[tuple[str, str, str]] = field(default_factory=list)
    given: int = 0

    def show(self, body: str, head: str, foot: str) -> None:
        self.shown.append((body, head, foot))

    def command(self) -> str:
        command = self.commands.pop(0) if self.commands else "end"
        return command if isinstance(command, str) else command()

    def given_back(self) -> AbstractContextManager[None]:
        self.given += 1
        return nullcontext()

    @property
    def bodies(self) -> list[str]:
        return [body for body, _, _ in self.shown]

    @property
    def feet(self) -> list[str]:
        return [foot for _, _, foot in self.shown]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Three cards on today's list: `red`, `green` and `blue`."""
    kept = [
        note(id_, position=n, words=words, competency="tone" if id_ == "a" else None)
        for n, (id_, words) in enumerate(zip("abc", ("red", "green", "blue"), strict=True))
    ]
    with closing(a_store(tmp_path, *kept)) as db:
        today.keep(db, "a day", [(A, "new"), (B, "new"), (C, "new")])
        yield Desk(db)


def sit(
    desk: Desk,
    *commands: str | Callable[[], str],
    cards: Sequence[str] = (A, B, C),
    limit: int | None = None,
    looked: Sequence[str] = (),
    minutes: float | None = None,
    counts: bool = True,
    clock: Clock | None = None,
) -> tuple[Script, Session]:
    """A sitting by a script."""
    script = Script([*commands])
    run = Sitting(
        desk, script, seconds_a_card=30, minutes=minutes, counts=counts, clock=clock or Clock()
    )
    return script, run.run(cards, limit, looked)


def log(desk: Desk) -> list[tuple[str, int]]:
    return desk.db.execute("SELECT card, rating FROM reviews ORDER BY id").fetchall()


class TestRating:
    def test_turning_and_rating_goes_through_the_cards(self, desk: Desk) -> None:
        script, session = sit(desk, "turn", "good", "turn", "easy", "turn", "hard")
        assert log(desk) == [(A, 3), (B, 4), (C, 2)]
        assert script.bodies == [
            "red card?",
            "red card?\n\n---\n\nred card!",
            "green card?",
            "green card?\n\n---\n\ngreen card!",
            "blue card?",
            "blue card?\n\n---\n\nblue card!",
        ]
        assert [(done.card, done.rating) for done in session.done] == log(desk)
        assert session.over

    def test_the_line_says_when_each_rating_brings_the_card_back(self, desk: Desk) -> None:
        script, _ = sit(desk, "turn", "good")
        assert script.feet[1] == "1 again · today   2 hard · 1 d   3 good · 2 d   4 easy · 8 d"

    def test_what_the_line_says_is_what_is_kept(self, desk: Desk) -> None:
        sit(desk, "turn", "easy")
        kept = reviews.memory_of(desk.db, A)
        assert kept is not None
        assert kept.due == DAY + 8
        assert reviews.differing(desk.db, from_log) == []

    def test_a_second_look_is_not_promised_for_today_again(self, desk: Desk) -> None:
        script, _ = sit(desk, "turn", "again", "turn", "again", cards=[A])
        assert script.feet[1].startswith("1 again · today")
        assert script.feet[3].startswith("1 again · 1 d")
        assert log(desk) == [(A, 1), (A, 1)]

    def test_nor_is_one_owed_from_before_this_sitting(self, desk: Desk) -> None:
        rate(desk.db, A, 1)
        script, _ = sit(desk, "turn", "again", cards=[A], looked=[A])
        assert script.feet[1].startswith("1 again · 1 d")
        assert log(desk) == [(A, 1), (A, 1)]

    def test_rating_the_front_rates_nothing(self, desk: Desk) -> None:
        script, _ = sit(desk, "good", "easy", "end")
        assert log(desk) == []
        assert script.bodies == ["red card?"] * 3

    def test_the_time_from_question_to_rating_is_kept(self, desk: Desk) -> None:
        clock = Clock()

        def thinking(seconds: float, command: str) -> Callable[[], str]:
            def think() -> str:
                clock.now += seconds
                return command

            return think

        sit(
            desk, thinking(5, "turn"), thinking(2.5, "good"), thinking(9000, "turn"), "good",
            clock=clock,
        )  # fmt: skip
        seconds = [s for (s,) in desk.db.execute("SELECT seconds FROM reviews ORDER BY id")]
        assert seconds == [7.5, 3600]

    def test_how_long_it_took_is_known_at_any_time(self, desk: Desk) -> None:
        clock = Clock()
        run = Sitting(desk, Script(["end"]), seconds_a_card=30, clock=clock)
        clock.now += 42
        run.run([A], None)
        assert run.seconds == 42

    def test_a_limit_ends_it(self, desk: Desk) -> None:
        _, session = sit(desk, "turn", "good", "turn", "good", limit=1)
        assert log(desk) == [(A, 3)]
        assert session.over

    def test_a_rehearsal_says_that_nothing_counts(self, desk: Desk) -> None:
        script, _ = sit(desk, "turn", counts=False)
        assert "the schedule stays as it is" in script.feet[1]
        assert "2 d" not in script.feet[1]

    def test_the_head_says_where_one_is_and_what_is_left(self, desk: Desk) -> None:
        script, _ = sit(desk, "turn", "good", "turn", "good")
        heads = [head for _, head, _ in script.shown]
        assert heads[0] == "decks/mine.yaml  ·  tone  ·  3 left, about 2 min"
        assert heads[2] == "decks/mine.yaml  ·  2 left, about 1 min"
        assert heads[4] == "decks/mine.yaml  ·  1 left, about 1 min"


class TestStopping:
    @pytest.mark.parametrize("command", ["stop", "end"])
    def test_keeps_what_was_rated(self, desk: Desk, command: str) -> None:
        _, session = sit(desk, "turn", "good", command)
        assert log(desk) == [(A, 3)]
        assert session.over
        assert today.left(desk.db) == [(B, "new"), (C, "new")]

    def test_at_the_end_of_input_it_ends_wherever_it_is(self, desk: Desk) -> None:
        for commands in ([], ["turn"], ["keys"], ["why"], ["turn", "good"]):
            assert sit(desk, *commands)[1].over

    def test_when_the_minutes_are_over_no_new_card_is_asked(self, desk: Desk) -> None:
        clock = Clock()

        def slow() -> str:
            clock.now += 61
            return "turn"

        script, session = sit(desk, slow, "good", "turn", "good", minutes=1, clock=clock)
        assert log(desk) == [(A, 3)]
        assert session.over
        assert "red card!" in script.bodies[-1]

    def test_before_that_they_are(self, desk: Desk) -> None:
        sit(desk, "turn", "good", "turn", "good", "turn", "good", minutes=1)
        assert len(log(desk)) == 3


class TestUndo:
    def test_the_last_rating_is_taken_back_and_its_card_asked_again(self, desk: Desk) -> None:
        before = dump(desk.db, "acts")
        script, session = sit(desk, "turn", "good", "undo", "end")
        assert dump(desk.db, "acts") == before
        assert script.bodies[-1] == "red card?"
        assert script.feet[-1].startswith("Taken back: rate of a/card.\n")
        assert session.done == ()

    def test_rated_again_it_is_in_the_log_once(self, desk: Desk) -> None:
        sit(desk, "turn", "good", "undo", "turn", "again", "end")
        assert log(desk) == [(A, 1)]
        assert reviews.differing(desk.db, from_log) == []

    def test_several_ratings_one_by_one(self, desk: Desk) -> None:
        before = dump(desk.db, "acts")
        script, _ = sit(desk, "turn", "good", "turn", "again", "undo", "undo", "end")
        assert dump(desk.db, "acts") == before
        assert script.bodies[-3:] == ["blue card?", "green card?", "red card?"]

    def test_a_rating_from_an_earlier_sitting(self, desk: Desk) -> None:
        sit(desk, "turn", "good", "stop")
        script, _ = sit(desk, "undo", "turn", "easy", "turn", "good", "end", cards=[B, C])
        assert log(desk) == [(A, 4), (B, 3)]
        assert script.bodies[0] == "green card?"

    def test_a_suspension(self, desk: Desk) -> None:
        script, _ = sit(desk, "suspend", "undo", "turn", "good", "end")
        assert log(desk) == [(A, 3)]
        assert dump(desk.db)["suspended"] == []
        assert script.bodies[:3] == ["red card?", "green card?", "red card?"]

    def test_with_nothing_to_undo_it_says_so_and_stays(self, desk: Desk) -> None:
        script, _ = sit(desk, "turn", "undo", "good", "end")
        assert script.feet[2].startswith("Nothing to undo.\n")
        assert log(desk) == [(A, 3)]

    def test_an_act_about_no_card_of_the_sitting_leaves_the_card_in_front(self, desk: Desk) -> None:
        marks.suspend(desk.db, [C], "c", AT)
        script, _ = sit(desk, "undo", "turn", "good", "turn", "good", "turn", "good")
        assert script.bodies[1] == "red card?"
        assert len(log(desk)) == 3

    def test_what_cannot_be_undone_is_said_word_for_word(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse() -> Undone:
            raise GreenflagError("decks/Mine.yaml was changed since", "undo it there")

        monkeypatch.setattr(desk, "undo", refuse)
        script, _ = sit(desk, "undo", "end")
        said = script.feet[1].split("\n")[0]
        assert said == "Decks/Mine.yaml was changed since (undo it there)."


class TestLeavingCardsOut:
    def test_suspended_a_card_stays_away(self, desk: Desk) -> None:
        script, session = sit(desk, "suspend", "turn", "good", "turn", "good")
        assert log(desk) == [(B, 3), (C, 3)]
        assert dump(desk.db)["suspended"] == [(A,)]
        assert script.feet[1].startswith("Suspended: it stays away until you resume it.")
        assert len(session.done) == 2

    def test_buried_it_is_left_for_tomorrow(self, desk: Desk) -> None:
        script, _ = sit(desk, "turn", "bury", "end")
        assert dump(desk.db)["buried"] == [(A, DAY + 1)]
        assert script.feet[2].startswith("Left for tomorrow. u takes it back.")

    def test_a_second_look_is_dropped_with_its_card(self, desk: Desk) -> None:
        sit(desk, "turn", "again", "turn", "good", "turn", "good", "suspend", "turn", "good")
        assert log(desk) == [(A, 1), (B, 3), (C, 3)]

    def test_cards_suspended_elsewhere_are_passed_over(self, desk: Desk) -> None:
        marks.suspend(desk.db, [A, B], "a b", AT)
        script, _ = sit(desk, "turn", "good")
        assert script.bodies[0] == "blue card?"
        assert log(desk) == [(C, 3)]


class TestReviewedElsewhere:
    def test_a_card_reviewed_since_it_was_shown_is_left_as_it_is(self, desk: Desk) -> None:
        def elsewhere() -> None:
            desk.before_recording = lambda: None
            rate(desk.db, A, 4)

        desk.before_recording = elsewhere
        script, session = sit(desk, "turn", "again", "turn", "good", "turn", "good")
        assert log(desk) == [(A, 4), (B, 3), (C, 3)]
        assert script.feet[2].startswith("That card was reviewed elsewhere meanwhile")
        assert [done.card for done in session.done] == [B, C]
        assert reviews.differing(desk.db, from_log) == []

    def test_an_error_that_is_not_about_the_card_ends_the_sitting(self, desk: Desk) -> None:
        desk.db.execute(
            "CREATE TRIGGER full BEFORE INSERT ON reviews"
            " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
        before = dump(desk.db)
        with pytest.raises(sqlite3.IntegrityError, match="the disk is full"):
            sit(desk, "turn", "good")
        assert dump(desk.db) == before


class TestEditing:
    def test_the_card_comes_back_as_it_is_now(self, desk: Desk) -> None:
        def reword() -> str:
            kept = [note("a", words="crimson"), note("b", position=1), note("c", position=2)]
            keep(desk.db, *kept)
            return "Saved: 1 reworded."

        desk.edits[A] = reword
        script, _ = sit(desk, "turn", "edit", "good", "end")
        assert script.bodies[2] == "crimson card?\n\n---\n\ncrimson card!"
        assert script.feet[2].startswith("Saved: 1 reworded.\n")
        assert script.given == 1
        assert log(desk) == [(A, 3)]

    def test_a_card_edited_away_gives_way_to_the_next(self, desk: Desk) -> None:
        def remove() -> str:
            keep(desk.db, note("b", position=1, words="green"), note("c", position=2))
            return "Saved: 1 removed."

        desk.edits[A] = remove
        script, _ = sit(desk, "edit", "turn", "good", "end")
        assert script.bodies[1] == "green card?"
        assert script.feet[1].startswith("Saved: 1 removed.\n")
        assert log(desk) == [(B, 3)]

    def test_a_card_reviewed_meanwhile_is_rated_as_it_is_now(self, desk: Desk) -> None:
        def meanwhile() -> str:
            rate(desk.db, A, 3)
            return "Nothing changed."

        desk.edits[A] = meanwhile
        sit(desk, "turn", "edit", "good", "end")
        assert log(desk) == [(A, 3), (A, 3)]
        assert reviews.differing(desk.db, from_log) == []


class TestAsking:
    def test_why_a_card_is_asked(self, desk: Desk) -> None:
        script, _ = sit(desk, "why", "end")
        assert script.feet[1].startswith("Because of a/card.\n")
        assert "Because" not in script.feet[0]

    def test_what_the_keys_do(self, desk: Desk) -> None:
        script, _ = sit(desk, "turn", "keys", "anything", "good", "end")
        assert script.bodies[2] == KEYS_HELP
        assert script.bodies[3] == script.bodies[1]
        assert log(desk) == [(A, 3)]

    def test_what_is_no_command_is_answered_with_those_there_are(self, desk: Desk) -> None:
        script, _ = sit(desk, "jump", "turn", "good", "end")
        assert script.feet[1].startswith("Keys: space turns, 1 to 4 rate, ? shows all.\n")
        assert log(desk) == [(A, 3)]

    def test_what_was_said_is_said_once(self, desk: Desk) -> None:
        script, _ = sit(desk, "why", "turn", "end")
        assert script.feet[2].count("\n") == 0


class Piped(Protocol):
    def __call__(self, text: str, cards: Sequence[str] = ...) -> tuple[str, Session]: ...


@pytest.fixture
def piped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Piped:
    """A sitting on a pipe: input in, output and the last session out."""

    def run(text: str, cards: Sequence[str] = (A, B, C)) -> tuple[str, Session]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        written: list[str] = []
        sitting = Sitting(desk, Lines(written.append), seconds_a_card=30, clock=Clock())
        session = sitting.run(cards, None)
        return "\n".join(written), session

    return run


class TestLines:
    def test_a_sitting_by_lines(self, desk: Desk, piped: Piped) -> None:
        text, _ = piped("\n3\n\n4\n\n2\n")
        assert log(desk) == [(A, 3), (B, 4), (C, 2)]
        seen = Counter(text.split())
        assert [seen["card?"], seen["card!"]] == [3, 3]

    def test_the_back_is_printed_under_its_front_not_with_it(self, piped: Piped) -> None:
        text, _ = piped("\n")
        assert text.index("red card?") < text.index("space turn") < text.index("red card!")
        assert text.index("red card!") < text.index("1 again")
        assert text.count("red card?") == 1

    def test_a_rating_on_the_front_turns_the_card_first(self, desk: Desk, piped: Piped) -> None:
        text, _ = piped("3\n1\n")
        assert log(desk) == [(A, 3), (B, 1)]
        assert "red card!" in text and "green card!" in text

    @pytest.mark.parametrize("word", ["again", "AGAIN", " Again ", "1"])
    def test_ratings_are_words_or_digits(self, desk: Desk, piped: Piped, word: str) -> None:
        piped(f"{word}\n")
        assert log(desk) == [(A, 1)]

    @pytest.mark.parametrize("word", ["", "space", "enter", "turn", "TURN"])
    def test_so_is_turning(self, piped: Piped, word: str) -> None:
        assert "red card!" in piped(f"{word}\n")[0]

    @pytest.mark.parametrize("word", ["jump", "5", "0", "33", "ü", "\x1b[A", "again good"])
    def test_unknown_words_change_nothing(self, desk: Desk, piped: Piped, word: str) -> None:
        text, _ = piped(f"{word}\n3\n")
        assert "Keys: space turns, 1 to 4 rate" in text
        assert log(desk) == [(A, 3)]

    def test_at_the_end_of_input_it_ends(self, desk: Desk, piped: Piped) -> None:
        for text in ("", "\n", "3", "?\n", "u\n", "i"):
            assert piped(text, [A])[1].over

    def test_a_last_line_without_its_end_counts(self, desk: Desk, piped: Piped) -> None:
        piped("3")
        assert log(desk) == [(A, 3)]

    def test_the_keys_are_shown_and_the_next_line_is_for_the_card(
        self, desk: Desk, piped: Piped
    ) -> None:
        text, _ = piped("?\n3\n")
        assert "again, hard, good, easy" in text
        assert log(desk) == [(A, 3)]

    def test_all_commands_work(self, desk: Desk, piped: Piped) -> None:
        piped("3\nu\n4\ns\nb\n")
        assert log(desk) == [(A, 4)]
        assert dump(desk.db)["suspended"] == [(B,)]
        assert dump(desk.db)["buried"] == [(C, DAY + 1)]

    def test_a_rule_in_the_front_is_not_taken_for_the_turned_card(
        self, desk: Desk, piped: Piped
    ) -> None:
        keep(desk.db, note("a", words="above\n\n---\n\nbelow"))
        text, _ = piped("3\n", [A])
        assert log(desk) == [(A, 3)]
        assert "below card!" in text

    def test_a_front_that_begins_like_the_one_before_is_printed_whole(
        self, desk: Desk, piped: Piped
    ) -> None:
        db = desk.db
        db.execute("UPDATE cards SET front = 'Name it' WHERE id = 'a/card'")
        db.execute("UPDATE cards SET front = 'Name it again, Sam' WHERE id = 'b/card'")
        text, _ = piped("b\n")
        assert "Name it again, Sam" in text

    def test_nothing_a_terminal_would_obey_is_printed(self, desk: Desk, piped: Piped) -> None:
        evil = "\x1b]0;owned\x07\x9b31m\x08red"
        keep(desk.db, note("a", words=evil, competency=evil), titles={"decks/mine.yaml": evil})
        text, _ = piped("\n3\n", [A])
        assert "red" in text
        assert not set(text) & set("\x1b\x07\x08\x9b")

    def test_bytes_that_are_no_text_end_it(
        self, desk: Desk, piped: Piped, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        piped("")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n3\n"), "utf-8"))
        assert Lines(print).command() == "end"


class Screen(terminal.Screen):
    """A screen whose keys come from a script."""

    def __init__(self, *keys: str) -> None:
        self.keys = [*keys]

    def key(self, within: float | None = None) -> str:
        return self.keys.pop(0) if self.keys else "end"

    def given_back(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


@pytest.fixture(params=[(60, 20), (160, 50), (30, 8)], ids=["60", "160", "30"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """A terminal of some columns and rows."""
    columns, rows = request.param
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(rows))
    return columns, rows


def pages(written: str) -> list[list[str]]:
    """What was on the screen after each drawing, as plain lines."""
    drawn = written.split("\x1b[H")[1:]
    clean = [page.replace("\x1b[0m", "").replace("\x1b[K", "") for page in drawn]
    return [page.removesuffix("\x1b[J").split("\r\n") for page in clean]


class TestKeys:
    def sit(
        self, desk: Desk, capsys: pytest.CaptureFixture[str], *keys: str, cards: Sequence[str]
    ) -> list[list[str]]:
        front = Keys(Screen(*keys), color=False)
        Sitting(desk, front, seconds_a_card=30, clock=Clock()).run(cards, None)
        return pages(capsys.readouterr().out)

    def test_every_key_of_the_help_does_something(
        self, desk: Desk, capsys: pytest.CaptureFixture[str]
    ) -> None:
        desk.edits[A] = lambda: "Nothing changed."
        for key in ("space", "enter", "u", "e", "i"):
            drawn = self.sit(desk, capsys, key, cards=[A])
            assert len(drawn) == 2
            assert drawn[0] != drawn[1]
        for key in ("1", "2", "3", "4", "q", "s", "b"):
            before = dump(desk.db)
            self.sit(desk, capsys, "space", key, "end", cards=[A, B])
            assert (dump(desk.db) != before) == (key != "q")
            while dump(desk.db)["acts"]:
                undo(desk.db)

    def test_ratings_by_digits(self, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        self.sit(desk, capsys, "space", "3", "enter", "1", "space", "4", cards=[A, B, C])
        assert log(desk) == [(A, 3), (B, 1), (C, 4)]

    def test_no_line_is_wider_than_the_terminal_and_no_page_higher(
        self, desk: Desk, capsys: pytest.CaptureFixture[str], size: tuple[int, int]
    ) -> None:
        words = "A customer who waited for three weeks writes in capitals. " * 6
        many = " ".join(f"word{n}" for n in range(300))
        kept = [
            note("a", words=words, competency="customer-recovery-and-more" * 3),
            note("b", words=many, position=1),
            note("c", words="日本語のテキスト" * 30 + " x" * 200, position=2),
        ]
        keep(desk.db, *kept, titles={"decks/mine.yaml": "A title as long as a title may be " * 4})
        keys = ["i", "?", "q", "space", "resize", "x", *["down", "page down"] * 40, "space", "3"]
        drawn = self.sit(desk, capsys, *keys * 3, cards=[A, B, C])
        columns, rows = size
        assert len(drawn) > 10
        for page in drawn:
            assert len(page) <= rows
            assert max(map(terminal.columns, page)) <= columns

    def test_a_long_card_is_read_to_its_end_before_space_turns_it(
        self, desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "60")
        monkeypatch.setenv("LINES", "12")
        words = [f"w{n}" for n in range(200)]
        keep(desk.db, note("a", words=" ".join(words)))
        drawn = self.sit(desk, capsys, *["space"] * 8, cards=[A])
        turned = [any("1 again" in line for line in page) for page in drawn]
        front = [line for page in drawn[: turned.index(True)] for line in page]
        assert set(words) <= set(" ".join(front).split())
        assert not any("card!" in line for line in front)
        assert "more: space" in "".join(drawn[0])

    def test_on_a_wide_terminal_lines_stay_readable(
        self, desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "160")
        keep(desk.db, note("a", words="many words " * 60))
        (drawn,) = self.sit(desk, capsys, cards=[A])
        assert 90 < max(map(len, drawn)) <= terminal.WIDEST

    @pytest.mark.parametrize("columns", ["60", "160"])
    def test_the_rating_line_is_all_there(
        self, desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
        columns: str,
    ) -> None:  # fmt: skip
        monkeypatch.setenv("COLUMNS", columns)
        drawn = self.sit(desk, capsys, "space", cards=[A])
        foot = " ".join(" ".join(drawn[1]).split())
        assert "1 again · today 2 hard · 1 d 3 good · 2 d 4 easy · 8 d" in foot


class TestDays:
    @pytest.mark.parametrize(
        ("count", "text"),
        [
            (0, "0 d"),
            (1, "1 d"),
            (59, "59 d"),
            (60, "2 mo"),
            (121, "4 mo"),
            (364, "12 mo"),
            (365, "1 y"),
            (548, "1.5 y"),
            (730, "2 y"),
            (36_500, "100 y"),
        ],
    )
    def test_are_short(self, count: int, text: str) -> None:
        assert days(count) == text

    @given(counts=st.lists(st.integers(0, 36_500), min_size=2, max_size=2))
    def test_more_never_looks_like_less(self, counts: list[int]) -> None:
        def back(text: str) -> float:
            number, unit = text.split()
            return float(number) * {"d": 1, "mo": 30.4, "y": 365}[unit]

        few, many = sorted(counts)
        assert back(days(few)) <= back(days(many))
        assert back(days(many)) == pytest.approx(many, rel=0.27)


texts = st.text(st.sampled_from("ab éß日本-·.,  "), max_size=120)


class TestFitting:
    @given(text=texts, width=st.integers(2, 100))
    def test_a_cut_line_fits_and_says_that_something_is_lost(self, text: str, width: int) -> None:
        line = cut(text, width)
        assert terminal.columns(line) <= width
        assert line == text or line.endswith("…")
        assert (line == text) == (terminal.columns(text) <= width)

    @given(text=texts, width=st.integers(20, 100))
    def test_a_wrapped_line_fits_and_loses_nothing_but_blanks(self, text: str, width: int) -> None:
        rows = wrapped(text, width)
        assert all(terminal.columns(row) <= width for row in rows)
        assert "".join("".join(rows).split()) == "".join(text.split())

    def test_it_breaks_at_its_wide_gaps(self) -> None:
        line = "1 again · today   2 hard · 3 d   3 good · 12 d   4 easy · 4 mo"
        assert wrapped(line, 40) == [
            "1 again · today   2 hard · 3 d",
            "3 good · 12 d   4 easy · 4 mo",
        ]
        assert wrapped(line, 100) == [line]

    def test_else_at_words(self) -> None:
        assert wrapped("one two three", 8) == ["one two", "three"]
