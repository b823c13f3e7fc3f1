"""Killed at any moment, the store opens, is sound, and holds every rating that was acknowledged."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from threading import Timer

import pytest

from greenflag.store import reviews, today
from greenflag.store.connection import open_store
from greenflag.store.undo import undo
from tests.store.parts import dump, from_log, sound

KILLS = int(os.environ.get("KILLS", "20"))
"""How often a sitting is killed; by hand more: `KILLS=100 scripts/test tests/store/test_kill.py`"""

STEP_BY_STEP = """
import contextlib, datetime, io, json, os, random, sys
from greenflag.cli.app import App
from greenflag.cli.main import run

def greenflag(*arguments):
    out, app = io.StringIO(), App()
    with contextlib.redirect_stdout(out):
        status = run(["--home", sys.argv[1], "--json", "--at", at.isoformat(), *arguments], app)
    app.close()
    assert status == 0, out.getvalue()
    return json.loads(out.getvalue())

chance = random.Random(sys.argv[2])
at = datetime.datetime(2027, 1, 1, 12, tzinfo=datetime.UTC) + datetime.timedelta(int(sys.argv[2]))
while True:
    shown = greenflag("next")
    if shown["card"] is None:
        at += datetime.timedelta(1)
        continue
    rating = chance.choice(["again", "hard", "good", "good", "easy"])
    rated = greenflag("rate", shown["card"], rating, "--shown", shown["shown"])
    os.write(1, f"{rated['card']} {rating}\\n".encode())
"""
"""A program that rates cards one by one, and says so after each."""


def start(*arguments: str) -> subprocess.Popen[str]:
    source = str(Path(sys.modules["greenflag"].__path__[0]).parent)
    return subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": source},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(*arguments: str) -> str:
    """Run a program to its end; gives what it said."""
    with start(*arguments) as program:
        out, complaint = program.communicate()
    assert program.returncode == 0, complaint
    return out


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one small deck of its own, read once, and no limit to what is new in a day."""
    notes = "".join(
        f"- {{kind: basic, id: small-{n}, front: What is {n}?, back: It is {n}}}\n"
        for n in range(40)
    )
    (tmp_path / "decks").mkdir()
    (tmp_path / "decks" / "small.yaml").write_text(f"deck: Small\nlanguage: en\nnotes:\n{notes}")
    (tmp_path / "settings.toml").write_text("new_per_day = 9999\n")
    finish("-m", "greenflag", "--home", str(tmp_path))
    return tmp_path


def kill_after_first_line(program: subprocess.Popen[str], delay: float) -> list[str]:
    """What a program said until it was killed, some time after its first line."""
    assert program.stdout is not None
    assert program.stderr is not None
    first = program.stdout.readline()
    assert first, program.stderr.read()
    killer = Timer(delay, program.kill)
    killer.start()
    lines = [first, *program.stdout]
    killer.join()
    assert program.wait() == -9, program.stderr.read()
    return lines


def ratings(home: Path) -> list[tuple[str, str]]:
    """The log of a store that was killed, after looking whether all of it is sound."""
    with closing(open_store(str(home))) as db:
        assert sound(db)
        assert reviews.differing(db, from_log) == []
        log = db.execute("SELECT id, card, rating FROM reviews ORDER BY id").fetchall()
        asked_today = db.execute(
            "SELECT card FROM reviews WHERE day = (SELECT max(day) FROM reviews)"
        )
        assert not {card for card, _ in today.left(db)} & {card for (card,) in asked_today}
        acts = [json.loads(before)["review"] for (before,) in db.execute("SELECT before FROM acts")]
        assert acts == [number for number, *_ in log][-len(acts) :]
    names = ("reset", "again", "hard", "good", "easy")
    return [(card, names[rating]) for _, card, rating in log]


class TestAKilledSitting:
    def test_step_by_step_keeps_every_acknowledged_rating_once(self, home: Path) -> None:
        chance, kept = Random(9), ratings(home)
        for kill in range(KILLS):
            with start("-c", STEP_BY_STEP, str(home), str(kill)) as program:
                lines = kill_after_first_line(program, chance.uniform(0, 0.25))
            told = [(card, rating) for card, rating in map(str.split, lines)]
            log = ratings(home)
            assert log[: len(kept)] == kept
            new = log[len(kept) :]
            assert new[: len(told)] == told
            assert len(new) <= len(told) + 1  # at most the one it was about to tell of
            kept = log
        assert len(kept) >= KILLS

    def test_at_a_pipe_keeps_every_rating_whose_next_card_was_asked(self, home: Path) -> None:
        chance, kept = Random(7), ratings(home)
        for _ in range(max(1, KILLS // 4)):
            with start("-m", "greenflag", "--home", str(home), "review") as sitting:
                sent, asked = answer_until_killed(sitting, chance.uniform(0, 0.1), "good\n")
            new = ratings(home)[len(kept) :]
            assert asked - 1 <= len(new) <= sent
            assert max(Counter(new).values(), default=1) == 1
            kept += new
        assert len(kept) > 0

    def test_the_last_rating_can_be_taken_back(self, home: Path) -> None:
        with start("-c", STEP_BY_STEP, str(home), "0") as program:
            kill_after_first_line(program, 0.1)
        before = ratings(home)
        with closing(open_store(str(home))) as db:
            assert undo(db).what == "rate"
            assert reviews.differing(db, from_log) == []
            assert sound(db)
        assert ratings(home) == before[:-1]


def answer_until_killed(
    sitting: subprocess.Popen[str], delay: float, answer: str
) -> tuple[int, int]:
    """Answer each card of a sitting until it is killed; gives the answers sent and cards asked."""
    assert sitting.stdin is not None
    assert sitting.stdout is not None
    sent = asked = 0
    killer = Timer(delay, sitting.kill)
    with suppress(BrokenPipeError):
        for line in sitting.stdout:
            if " left, about" in line:
                asked += 1
                if asked == 1:
                    killer.start()
                sent += 1
                sitting.stdin.write(answer)
                sitting.stdin.flush()
    killer.join()
    with suppress(BrokenPipeError):
        sitting.stdin.close()
    sitting.stdin = None
    return sent, asked


class TestAKilledBeginning:
    def test_a_first_run_killed_at_any_moment_can_be_begun_again(self, home: Path) -> None:
        command = ("-m", "greenflag", "--json", "--at", "2027-01-01T12:00:00Z", "--home")
        whole = json.loads(finish(*command, str(home)))
        began = time.monotonic()
        finish(*command, str(home / "first"))
        lasts = time.monotonic() - began
        chance = Random(5)
        for kill in range(max(1, KILLS // 4)):
            again = home / f"again{kill}"
            with start(*command, str(again)) as program:
                time.sleep(chance.uniform(0.2, 1) * lasts)
                program.kill()
            found = json.loads(finish(*command, str(again)))
            with closing(open_store(str(again))) as db:
                assert sound(db)
                assert dump(db)["reviews"] == []
            assert found.keys() == whole.keys()
            assert found["left"] == 20


def test_the_tests_of_this_file_would_see_a_rating_that_was_lost(home: Path) -> None:
    with start("-c", STEP_BY_STEP, str(home), "0") as program:
        kill_after_first_line(program, 0.05)
    with closing(sqlite3.connect(home / "greenflag.db")) as db:
        db.execute("DELETE FROM reviews WHERE id = 1")
        db.commit()
    with pytest.raises(AssertionError):
        ratings(home)
