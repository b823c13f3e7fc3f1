"""The frame for all measuring: interleaved runs, medians, ratios to a peer in the same run.

A row measures some subjects and their peers in turn, so that whatever else the machine does falls
on all alike, and reports the ratio of medians beside its goal. Absolute times only give an idea.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import greenflag

TODAY = "2026-03-02T12:00:00"
PYTHON = sys.executable
MAIN = [PYTHON, "-c", "from greenflag.__main__ import main; main()"]


class Line(NamedTuple):
    """One line of the table: a subject, its peer, their medians in seconds, the ratio, the goal."""

    row: str
    subject: str
    peer: str
    seconds: float
    peer_seconds: float
    ratio: float
    goal: float


def interleaved(subjects: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """The median seconds of each subject, all of them measured in turn, `runs` times."""
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(runs):
        for name, measure in subjects.items():
            times[name].append(measure())
    return {name: statistics.median(values) for name, values in times.items()}


def process(command: list[str], home: Path | None = None) -> Callable[[], float]:
    """Measures a whole process, from its start to its end."""
    environment = dict(os.environ, GREENFLAG_NOW=TODAY)
    if home:
        environment["GREENFLAG_HOME"] = str(home)

    def measure() -> float:
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        return time.perf_counter() - began

    return measure


def compare(
    row: str, medians: Mapping[str, float], pairs: list[tuple[str, str, float]]
) -> list[Line]:
    """The lines of a row: subject, peer and goal by name."""
    return [
        Line(
            row,
            subject,
            peer,
            medians[subject],
            medians[peer],
            medians[subject] / medians[peer],
            goal,
        )
        for subject, peer, goal in pairs
    ]


# Material


def basic_deck(count: int) -> str:
    """A deck of plain notes of about 240 bytes, two cards each."""
    notes = "".join(
        f"- kind: basic\n  id: n-{n}\n"
        f"  front: What is number {n} in words, and what does it stand for?\n"
        f"  back: It is the number {n}; we count to {n} and then we stop there, as agreed.\n"
        "  tags: [alpha, beta]\n  both_ways: true\n"
        for n in range(count)
    )
    return f"deck: Numbers\nlanguage: en\nnotes:\n{notes}"


@contextmanager
def store(folder: Path, notes: int, reviews: int) -> Iterator[Path]:
    """A home with a deck and a random review history, its memories replayed from it."""
    home = folder / f"home-{notes}"
    (home / "decks").mkdir(parents=True)
    (home / "decks" / "numbers.yaml").write_text(basic_deck(notes))
    process([*MAIN, "deck", "sync"], home)()
    chance = random.Random(1)
    first = 739_600
    cards = [f"n-{n}/{face}" for n in range(notes) for face in ("front", "back")]
    each = reviews // len(cards)
    rows = (
        (
            card,
            1_700_000_000_000 + number * 86_400_000 * 3 + place,
            first + number * 3,
            chance.choice((1, 2, 3, 3, 3, 4)),
        )
        for place, card in enumerate(cards)
        for number in range(chance.randint(1, max(1, 2 * each)))
    )
    with sqlite3.connect(home / "greenflag.db") as db:
        db.executemany(
            "INSERT INTO reviews (card, at, day, rating, seconds, kind, source)"
            " VALUES (?, ?, ?, ?, 9, 'review', 'greenflag')",
            rows,
        )
    db.close()
    process([*MAIN, "rebuild"], home)()
    process([*MAIN, "next"], home)()
    yield home


# Rows


def start(runs: int, folder: Path) -> list[Line]:
    """`next`, whole process, with few and with many cards."""
    with store(folder, 500, 10_000) as small, store(folder, 50_000, 1_000_000) as large:
        medians = interleaved(
            {
                "python -c pass": process([PYTHON, "-c", "pass"]),
                "next, 1,000 cards": process([*MAIN, "next", "--json"], small),
                "next, 100,000 cards": process([*MAIN, "next", "--json"], large),
            },
            runs,
        )
    return compare(
        "start",
        medians,
        [
            ("next, 100,000 cards", "python -c pass", 6.0),
            ("next, 100,000 cards", "next, 1,000 cards", 1.1),
        ],
    )


def rate(runs: int, folder: Path) -> list[Line]:
    """`rate`, whole process, beside `next`."""
    with store(folder, 5_000, 100_000) as home:
        environment = dict(os.environ, GREENFLAG_NOW=TODAY, GREENFLAG_HOME=str(home))
        shown: list[dict[str, str]] = []

        def next_() -> float:
            began = time.perf_counter()
            out = subprocess.run(
                [*MAIN, "next", "--json"], check=True, capture_output=True, env=environment
            )
            shown.append(json.loads(out.stdout))
            return time.perf_counter() - began

        def rate_() -> float:
            card = shown[-1]
            command = [*MAIN, "rate", card["card"], "good", "--shown", card["shown"], "--json"]
            return process(command, home)()

        medians = interleaved({"next": next_, "rate": rate_}, runs)
    return compare("rate", medians, [("rate", "next", 1.25)])


def durable(runs: int, folder: Path) -> list[Line]:
    """A rating made durable, in process, beside one fdatasync of a page."""
    from greenflag.memory.schedule import after
    from greenflag.store.connection import open_store
    from greenflag.store.reviews import last_review, memory_of, record
    from greenflag.store.rows import Review

    with store(folder, 500, 10_000) as home:
        db = open_store(str(home))
        cards = [row[0] for row in db.execute("SELECT id FROM cards WHERE id LIKE 'n-%'")]
        moment = iter(range(1_900_000_000_000, 1_900_100_000_000, 1000))
        page = open(home / "page", "wb", buffering=0)  # noqa: SIM115

        def rating() -> float:
            began = time.perf_counter()
            for card in cards[:20]:
                memory = after(memory_of(db, card), 3, 740_000)
                record(
                    db, Review(card, next(moment), 740_000, 3, 5.0), memory, last_review(db, card)
                )
            return (time.perf_counter() - began) / 20

        def fdatasync() -> float:
            began = time.perf_counter()
            for _ in range(20):
                page.write(bytes(4096))
                os.fdatasync(page.fileno())
            return (time.perf_counter() - began) / 20

        medians = interleaved({"a rating": rating, "one fdatasync": fdatasync}, runs)
        db.close()
    return compare("durable", medians, [("a rating", "one fdatasync", 1.25)])


def decks(runs: int, folder: Path) -> list[Line]:
    """Deck files of 10,000 notes, read, checked and stored, beside PyYAML's quick loader alone."""
    deck = folder / "numbers.yaml"
    deck.write_text(basic_deck(10_000))
    home = folder / "home-decks"
    (home / "decks").mkdir(parents=True)
    sync = process([*MAIN, "deck", "sync"], home)
    sync()

    def changed() -> float:
        (home / "decks" / "numbers.yaml").unlink(missing_ok=True)
        sync()
        subprocess.run(["rm", "-f", *map(str, home.glob("greenflag.db*"))], check=True)
        sync()
        (home / "decks" / "numbers.yaml").write_text(deck.read_text())
        return sync()

    load = f"import yaml; yaml.load(open({str(deck)!r}), Loader=yaml.CSafeLoader)"
    medians = interleaved(
        {"CSafeLoader": process([PYTHON, "-c", load]), "deck sync": changed, "unchanged": sync},
        runs,
    )
    pairs = [("deck sync", "CSafeLoader", 0.5), ("unchanged", "CSafeLoader", 0.1)]
    return compare("decks", medians, pairs)


GENANKI = """
import genanki, sys
model = genanki.Model(1, 'Basic', fields=[{'name': 'F'}, {'name': 'B'}],
    templates=[{'name': 'Card', 'qfmt': '{{F}}', 'afmt': '{{B}}'},
        {'name': 'Back', 'qfmt': '{{B}}', 'afmt': '{{F}}'}])
deck = genanki.Deck(2, 'Numbers')
for n in range(10_000):
    deck.add_note(genanki.Note(model, tags=['alpha', 'beta'], fields=[
        f'What is number {n} in words, and what does it stand for?',
        f'It is the number {n}; we count to {n} and then we stop there, as agreed.']))
genanki.Package(deck).write_to_file(sys.argv[1])
"""


def export(runs: int, folder: Path) -> list[Line]:
    """`anki export` of 10,000 plain notes beside plain genanki writing the same; peak memory."""
    home = folder / "home-export"
    (home / "decks").mkdir(parents=True)
    (home / "decks" / "numbers.yaml").write_text(basic_deck(10_000))
    process([*MAIN, "deck", "sync"], home)()
    ours = [*MAIN, "anki", "export", str(folder / "ours.apkg"), "--deck", "Numbers"]
    theirs = [PYTHON, "-c", GENANKI, str(folder / "theirs.apkg")]
    medians = interleaved(
        {"anki export": process(ours, home), "plain genanki": process(theirs)}, max(3, runs // 3)
    )
    lines = compare("export", medians, [("anki export", "plain genanki", 0.6)])
    mine, peer = peak_memory(ours, home), peak_memory(theirs)
    return [
        *lines,
        Line("export", "its peak memory (MB)", "plain genanki", mine, peer, mine / peer, 0.75),
    ]


def peak_memory(command: list[str], home: Path | None = None) -> float:
    """The most memory a process held, in MB, as it says itself when it is done."""
    _, flag, code, *arguments = command
    said = (
        "import atexit, os, resource, sys\n"
        "def say(*_):\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
        "os._exit = say\natexit.register(say)\n"
    )
    environment = dict(os.environ, **({"GREENFLAG_HOME": str(home)} if home else {}))
    # By way of a shell that stays: what a process starts with counts for it, and we are large.
    child = ["sh", "-c", '"$@"; exit $?', "sh", PYTHON, flag, said + code, *arguments]
    done = subprocess.run(child, env=environment, check=True, capture_output=True)
    return int(done.stderr.split()[0]) / 1024


READ_AND_WRITE = """
import sqlite3, sys, tempfile, zipfile
package, store = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    with zipfile.ZipFile(package) as archive:
        theirs = sqlite3.connect(archive.extract('collection.anki2', folder))
    rows = theirs.execute('SELECT n.guid, c.ord, r.id, r.ease, r.time FROM revlog r'
        ' JOIN cards c ON c.id = r.cid JOIN notes n ON n.id = c.nid')
    ours = sqlite3.connect(store, isolation_level=None)
    ours.execute('PRAGMA synchronous = FULL')
    ours.execute('BEGIN IMMEDIATE')
    ours.executemany('INSERT INTO reviews (card, at, day, rating, seconds, kind, source, source_id)'
        " VALUES (?, ?, 739600, ?, ?, 'review', 'anki', ?)",
        ((guid[10:] + ('/front', '/back')[ord], at, ease, taken / 1000, str(at))
         for guid, ord, at, ease, taken in rows))
    ours.execute('COMMIT')
    ours.close()
    theirs.close()
"""


def pull(runs: int, folder: Path) -> list[Line]:
    """`anki pull` of 100,000 reviews beside SQLite alone reading and writing the same rows."""
    package, kept = folder / "reviews.apkg", folder / "kept"
    with store(folder, 5_000, 100_000) as home:
        process([*MAIN, "anki", "export", str(package), "--with-progress"], home)()
        subprocess.run(["cp", "-a", str(home), str(kept)], check=True)
    with sqlite3.connect(kept / "greenflag.db") as db:
        db.executescript("DELETE FROM reviews; DELETE FROM memory; DELETE FROM today")
    db.close()
    process([*MAIN, "next"], kept)()
    used = folder / "used"

    def from_anew(command: list[str]) -> Callable[[], float]:
        def measure() -> float:
            subprocess.run(["rm", "-rf", str(used)], check=True)
            subprocess.run(["cp", "-a", str(kept), str(used)], check=True)
            return process(command, used)()

        return measure

    alone = [PYTHON, "-c", READ_AND_WRITE, str(package), str(used / "greenflag.db")]
    medians = interleaved(
        {
            "anki pull": from_anew([*MAIN, "anki", "pull", str(package)]),
            "sqlite3 alone": from_anew(alone),
        },
        max(3, runs // 3),
    )
    return compare("pull", medians, [("anki pull", "sqlite3 alone", 2.5)])


def replay(runs: int, _: Path) -> list[Line]:
    """Replaying reviews beside py-fsrs doing the same."""
    from datetime import UTC, datetime, timedelta

    from fsrs import Card, Rating, Scheduler

    from greenflag.memory.schedule import replayer

    chance = random.Random(2)
    histories = [
        [(chance.choice((1, 2, 3, 3, 4)), 739_000 + 4 * n) for n in range(10)] for _ in range(2_000)
    ]
    run = replayer()
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    epoch = datetime(2000, 1, 1, tzinfo=UTC)

    def ours() -> float:
        began = time.perf_counter()
        for history in histories:
            run(history)
        return time.perf_counter() - began

    def theirs() -> float:
        began = time.perf_counter()
        for history in histories:
            card = Card(card_id=1, due=epoch)
            for rating, day in history:
                card, _ = scheduler.review_card(
                    card, Rating(rating), epoch + timedelta(days=day - 739_000)
                )
        return time.perf_counter() - began

    medians = interleaved({"replay": ours, "py-fsrs": theirs}, max(3, runs // 3))
    return compare("replay", medians, [("replay", "py-fsrs", 0.15)])


def plan(runs: int, _: Path) -> list[Line]:
    """Planning 800 cards for 45 days beside py-fsrs taking in 8,000 reviews."""
    from datetime import UTC, datetime, timedelta

    from fsrs import Card, Rating, Scheduler

    from greenflag.memory.evidence import SECONDS
    from greenflag.memory.plan import PlanCard, Planner
    from greenflag.memory.schedule import DEFAULTS

    cards = [PlanCard(f"c{n}", 1.0 + n % 3, None, None, None) for n in range(800)]
    planner = Planner(parameters=DEFAULTS.numbers, interview_day=45, gap_days=0.4, seconds=SECONDS)
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    epoch = datetime(2000, 1, 1, tzinfo=UTC)

    def timed(act: Callable[[], object]) -> Callable[[], float]:
        def measure() -> float:
            began = time.perf_counter()
            act()
            return time.perf_counter() - began

        return measure

    def first_plan() -> None:
        nonlocal planner
        planner = Planner(
            parameters=DEFAULTS.numbers, interview_day=45, gap_days=0.4, seconds=SECONDS
        )
        planner.open_day(0, [2700.0] * 45, cards)

    def picks() -> None:
        for _ in range(100):
            card = cards[int(str(planner.pick())[1:])]
            planner.update(card._replace(stability=2.3, difficulty=5.0, last_day=0))

    def reviews() -> None:
        card = Card(card_id=1, due=epoch)
        for n in range(8_000):
            card, _ = scheduler.review_card(card, Rating.Good, epoch + timedelta(days=n % 4))

    subjects = {
        "first plan": timed(first_plan),
        "forecast": timed(lambda: planner.forecast()),
        "100 picks": timed(picks),
        "py-fsrs": timed(reviews),
    }
    medians = interleaved(subjects, max(3, runs // 3))
    pairs = [("first plan", 4.0), ("forecast", 1.0), ("100 picks", 1.5)]
    return compare("plan", medians, [(name, "py-fsrs", goal) for name, goal in pairs])


ROWS: Mapping[str, Callable[[int, Path], list[Line]]] = {
    "start": start,
    "rate": rate,
    "durable": durable,
    "decks": decks,
    "export": export,
    "pull": pull,
    "replay": replay,
    "plan": plan,
}


def table(lines: list[Line]) -> str:
    """The lines for people."""
    head = (
        f"{'row':<9}{'subject':<22}{'peer':<20}{'ms':>10}{'peer ms':>10}{'ratio':>8}{'goal':>7}\n"
    )
    return head + "\n".join(
        f"{line.row:<9}{line.subject:<22}{line.peer:<20}{line.seconds * 1000:>10.2f}"
        f"{line.peer_seconds * 1000:>10.2f}{line.ratio:>8.2f}{line.goal:>7.2f}"
        f"{'' if line.ratio <= line.goal else '  over'}"
        for line in lines
    )


def main() -> None:
    """Measure the rows asked for (all without any), print the table and write bench.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS])
    options = parser.parse_args()
    lines: list[Line] = []
    # As installing does: the peers are compiled, too.
    compileall.compile_dir(Path(greenflag.__file__).parent, quiet=2)
    for row in options.rows or ROWS:
        with tempfile.TemporaryDirectory(prefix="greenflag-bench-") as folder:
            print(f"measuring {row}…", file=sys.stderr)
            lines += ROWS[row](options.runs, Path(folder))
    print(table(lines))
    Path("bench.json").write_text(json.dumps([line._asdict() for line in lines], indent=2) + "\n")


if __name__ == "__main__":
    main()
