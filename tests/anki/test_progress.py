"""Memory, reviews and presets in a package, and what a real Anki makes of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from greenflag.anki.ledger import Entry
from greenflag.anki.notetypes import guid_of
from greenflag.anki.package import Exported, write_package
from greenflag.anki.progress import DAY_ZERO, CardProgress, Studied, Study
from greenflag.content.notes import Basic
from greenflag.memory.schedule import DEFAULTS, Parameters, replay
from greenflag.memory.state import Memory
from greenflag.studyday import study_day
from tests.anki.samples import ADDED, CHANGED
from tests.conftest import Living

OTHER = Parameters(
    numbers=tuple(round(n * (0.85 + 0.015 * (k % 20)), 4) for k, n in enumerate(DEFAULTS.numbers)),
    retention=0.85,
)
USUAL = Study(lambda deck: OTHER if deck == "Other" else DEFAULTS, 4, 20)
HOUR, DAY = 3_600_000, 86_400_000
Histories = dict[tuple[str, str], CardProgress]


def histories(
    random: Random, notes: int, reviews: int, *, now: float, rollover: int = 4
) -> Histories:
    """Random logs of two cards a note, by (note, face): at any hour, days apart or minutes."""
    cards = [(f"n-{n}", face) for n in range(notes) for face in ("front", "back")]
    logs: dict[tuple[str, str], list[Entry]] = {card: [] for card in cards}
    for number in range(reviews):
        log = logs[cards[number % len(cards)]]
        at = log[-1].id if log else round(now * 1000) - random.randint(300, 700) * DAY
        at += random.randint(60_000, round(random.choice((0.2, 3, 25)) * DAY))
        if time.localtime(at / 1000)[3:6] == (rollover, 0, 0):  # Anki counts it to the day before
            at += 1000
        day = study_day(datetime.fromtimestamp(at / 1000, UTC), rollover)
        seconds = round(random.uniform(1, 90), 3)
        log.append(Entry(at, random.choice((1, 2, 3, 3, 3, 4)), day, seconds))
    return {card: CardProgress(log) for card, log in logs.items()}


def package(path: Path, known: Histories, study: Study = USUAL, deck: str = "Deck") -> Path:
    notes = dict.fromkeys(note for note, _ in known)
    write_package(
        path,
        [
            Exported(
                Basic(id=note, front=f"What is {note}?", back=f"It is {note}.", both_ways=True),
                deck,
                CHANGED,
                ADDED,
                {face: of for (note_, face), of in known.items() if note_ == note},
            )
            for note in notes
        ],
        study=study,
    )
    return path


def memory_of(known: CardProgress, parameters: Parameters = DEFAULTS) -> Memory | None:
    log = [(answer.rating, answer.day) for answer in known.answers if answer.kind != "cram"]
    return replay(log, parameters)


class Arrived(NamedTuple):
    """A card in Anki after the import."""

    due: int
    type: int
    queue: int
    ivl: int
    reps: int
    lapses: int
    data: dict[str, float]
    log: list[list[int]]


class Far:
    """A collection used in a thread of its own: Anki keeps a time zone for a second in each."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.path = str(folder / "collection.anki2")
        self.do(lambda col: None)

    def do(self, act: Callable[[Collection], Any]) -> Any:
        """Open the collection in a fresh thread, do something with it, and close it."""

        def there() -> Any:
            col = Collection(self.path)
            try:
                return act(col)
            finally:
                col.close()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(there).result()

    def take(self, path: Path, *, presets: bool = False) -> dict[tuple[str, str], Arrived]:
        """Import a package with progress; the cards by (note, face), `due` as a study day."""

        def taken(col: Collection) -> dict[tuple[str, str], Arrived]:
            options = ImportAnkiPackageOptions(with_scheduling=True, with_deck_configs=presets)
            col.import_anki_package(
                ImportAnkiPackageRequest(package_path=str(path), options=options)
            )
            return arrived(col)

        found: dict[tuple[str, str], Arrived] = self.do(taken)
        return found


def arrived(col: Collection) -> dict[tuple[str, str], Arrived]:
    assert col.db
    here = study_day(datetime.now(UTC)) - col.sched.today
    logs: dict[int, list[list[int]]] = {}
    for cid, *row in col.db.all("select cid, id, ease, time, type, factor from revlog order by id"):
        logs.setdefault(cid, []).append(row)
    rows = col.db.all(
        "select n.guid, c.ord, c.id, c.due, c.type, c.queue, c.ivl, c.reps, c.lapses, c.data"
        " from cards c join notes n on n.id = c.nid"
    )
    return {
        (guid.removeprefix(guid_of("")), ("front", "back")[ord]): Arrived(
            due + here, type_, queue, ivl, reps, lapses, json.loads(data or "{}"), logs.get(cid, [])
        )
        for guid, ord, cid, due, type_, queue, ivl, reps, lapses, data in rows
    }


def assert_same(known: Histories, there: dict[tuple[str, str], Arrived]) -> None:
    """Every card is due on its day, with its memory and every one of its reviews."""
    assert there.keys() == known.keys()
    for card, of in known.items():
        memory, held = memory_of(of), there[card]
        assert memory
        assert (held.type, held.queue, held.due) == (2, 2, memory.due), card
        assert (held.ivl, held.reps) == (memory.due - memory.last_day, memory.reviews)
        assert held.lapses == memory.lapses
        exact = 0.00005001 + 2e-7 * memory.stability  # Anki counts in single precision
        assert held.data["s"] == pytest.approx(memory.stability, abs=exact)
        assert held.data["d"] == pytest.approx(memory.difficulty, abs=0.0005001)
        assert held.data["lrt"] == of.answers[-1].id // 1000
        assert (held.data["dr"], held.data["decay"]) == (0.9, 0.154)
        told = [(row[0], row[1], row[2], row[3]) for row in held.log]
        assert told == [
            (answer.id, answer.rating, round((answer.seconds or 0) * 1000), int(n > 0))
            for n, answer in enumerate(of.answers)
        ]


def zone(minutes: int) -> str:
    """A time zone so many minutes east, as the system takes it."""
    sign, (hours, rest) = "-" if minutes >= 0 else "+", divmod(abs(minutes), 60)
    return f"<HERE>{sign}{hours:02}:{rest:02}"


def zone_in_which_it_is(hour: int, minute: int) -> str:
    """The zone between -11 and +14 in which it is this time of day now."""
    now = time.gmtime()
    east = (hour * 60 + minute - now.tm_hour * 60 - now.tm_min + 660) % 1440 - 660
    return zone(east)


ZONES = [*(zone(60 * east) for east in (-11, -5, 0, 14)), (3, 58), (4, 2), (23, 58), (0, 2)]


@pytest.mark.parametrize("where", ZONES)
@pytest.mark.parametrize("late", [0, 3])
def test_two_hundred_cards_arrive_on_their_days_with_all_their_reviews(
    tmp_path: Path, living_in: Living, where: str | tuple[int, int], late: int
) -> None:
    random = Random(f"{where} {late}")
    zones = where if isinstance(where, str) else zone_in_which_it_is(*where)
    with living_in(zone(60 * random.randint(-11, 14))):  # studied elsewhere, some days ago
        known = histories(random, 100, 3000, now=time.time() - late * 86_400)
        path = package(tmp_path / "x.apkg", known)
    with living_in(zones):
        assert time.tzname[0] == "HERE"
        assert_same(known, Far(tmp_path / "anki").take(path))


def test_a_collection_made_in_another_zone_takes_it_too(tmp_path: Path, living_in: Living) -> None:
    with living_in(zone(-660)):
        far = Far(tmp_path / "anki")
        known = histories(Random(1), 20, 200, now=time.time())
    with living_in(zone(840)):
        assert_same(known, far.take(package(tmp_path / "x.apkg", known)))


@pytest.mark.parametrize("parameters", [DEFAULTS, OTHER])
def test_anki_works_out_the_memory_we_wrote_from_the_log_we_wrote(
    tmp_path: Path, living_in: Living, parameters: Parameters
) -> None:
    with living_in("Asia/Kolkata"):
        known = histories(Random(7), 150, 2700, now=time.time())
        deck = "Other" if parameters is OTHER else "Deck"
        path = package(tmp_path / "x.apkg", known, deck=deck)
        far = Far(tmp_path / "anki")
        far.take(path, presets=True)

        def recomputed(col: Collection) -> dict[tuple[str, int], tuple[float, float]]:
            assert col.db
            col.set_config("fsrs", True)
            rows = col.db.all("select n.guid, c.ord, c.id from cards c join notes n on n.id=c.nid")
            states = {(guid, ord): col.compute_memory_state(cid) for guid, ord, cid in rows}
            return {
                card: (state.stability or 0, state.difficulty or 0)
                for card, state in states.items()
            }

        there = far.do(recomputed)
    assert len(there) == 300
    for (note, face), of in known.items():
        memory = memory_of(of, parameters)
        assert memory
        state = there[guid_of(note), ("front", "back").index(face)]
        assert state == pytest.approx((memory.stability, memory.difficulty), rel=1e-5)


def test_the_preset_carries_our_parameters_and_the_daily_limit(tmp_path: Path) -> None:
    known = histories(Random(3), 2, 8, now=1_795_000_000)
    write_package(
        tmp_path / "x.apkg",
        [
            Exported(Basic(id=f"n-{n}", front="f", back="b"), deck, CHANGED, ADDED, {})
            for n, deck in enumerate(("Deck", "Other", "Third"))
        ],
        study=USUAL._replace(new_per_day=33),
    )
    assert known

    def presets(col: Collection) -> list[Any]:
        decks = [col.decks.id_for_name(f"{deck}::Cards") for deck in ("Deck", "Other", "Third")]
        return [col.decks.config_dict_for_deck_id(deck) for deck in decks]  # type: ignore[arg-type]

    far = Far(tmp_path / "anki")
    far.take(tmp_path / "x.apkg", presets=True)
    usual, other, third = far.do(presets)
    assert usual["id"] == third["id"] != other["id"]
    assert (usual["name"], other["name"]) == ("Greenflag", "Greenflag 0.85")
    assert usual["desiredRetention"] == pytest.approx(0.9)
    assert other["desiredRetention"] == pytest.approx(0.85)
    assert usual["fsrsParams6"] == pytest.approx(DEFAULTS.numbers)
    assert other["fsrsParams6"] == pytest.approx(OTHER.numbers)
    assert usual["new"]["perDay"] == 33


def test_suspended_buried_and_new_cards_are_so_there(tmp_path: Path) -> None:
    known = histories(Random(4), 3, 12, now=time.time())
    known["n-0", "front"] = known["n-0", "front"]._replace(held="suspended")
    known["n-0", "back"] = known["n-0", "back"]._replace(held="buried")
    known["n-1", "front"] = CardProgress((), "suspended")
    known["n-1", "back"] = CardProgress((), "buried")
    known["n-2", "back"] = CardProgress(())
    there = Far(tmp_path / "anki").take(package(tmp_path / "x.apkg", known))
    assert [(there[f"n-{n}", face].type, there[f"n-{n}", face].queue)
            for n in range(3) for face in ("front", "back")] == [
        (2, -1), (2, -3), (0, -1), (0, -3), (2, 2), (0, 0)]  # fmt: skip
    memory = memory_of(known["n-0", "front"])
    assert memory and there["n-0", "front"].due == memory.due


def test_resets_and_cram_are_rows_that_anki_reads_as_such(
    tmp_path: Path, living_in: Living
) -> None:
    with living_in("Africa/Nairobi"):
        now = round(time.time() * 1000)
        told = [
            *((90, 3, "review"), (80, 2, "cram"), (70, 1, "review"), (60, 0, "reset")),
            *((50, 3, "review"), (30, 1, "review"), (20, 1, "cram"), (10, 4, "review")),
        ]
        log = [
            Entry(
                at := now - ago * DAY,
                rating,
                study_day(datetime.fromtimestamp(at / 1000, UTC)),
                None if kind == "reset" else 2.5,
                kind,
            )
            for ago, rating, kind in told
        ]
        other = [entry._replace(id=entry.id + 1) for entry in log[:4]]
        known = {("n-0", "front"): CardProgress(log), ("n-0", "back"): CardProgress(other)}
        far = Far(tmp_path / "anki")
        there = far.take(package(tmp_path / "x.apkg", known))

        def state(col: Collection) -> tuple[float, float]:
            assert col.db
            col.set_config("fsrs", True)
            found = col.compute_memory_state(col.db.scalar("select id from cards where ord = 0"))
            return found.stability or 0, found.difficulty or 0

        memory = memory_of(known["n-0", "front"])
        assert memory
        assert far.do(state) == pytest.approx((memory.stability, memory.difficulty), rel=1e-5)
    front, back = there["n-0", "front"], there["n-0", "back"]
    assert [(row[1], row[3]) for row in front.log] == [
        (3, 0), (2, 3), (1, 1), (0, 4), (3, 0), (1, 1), (1, 3), (4, 1)]  # fmt: skip
    assert [row[4] == 0 for row in front.log] == [kind != "review" for _, _, kind in told]
    assert (back.type, back.queue, back.data) == (0, 0, {}) and len(back.log) == 4


def test_equal_progress_gives_equal_bytes_and_none_gives_those_of_a_plain_export(
    tmp_path: Path,
) -> None:
    known = histories(Random(5), 10, 80, now=1_795_000_000)
    first, second = (package(tmp_path / name, known).read_bytes() for name in ("a", "b"))
    assert first == second
    notes = [Exported(Basic(id="n", front="f", back="b"), "Deck", CHANGED, ADDED, {})]
    write_package(tmp_path / "c", notes)
    write_package(tmp_path / "d", [note._replace(progress=None) for note in notes])
    assert (tmp_path / "c").read_bytes() == (tmp_path / "d").read_bytes()


def test_the_intervals_of_the_log_are_those_each_answer_gave(tmp_path: Path) -> None:
    log = [Entry(n * 5 * DAY, 3, DAY_ZERO + n * 5, 1.0) for n in range(1, 5)]
    columns, rows = Studied(USUAL).of("Deck", CardProgress(log), 1)
    steps = [replay([(3, answer.day) for answer in log[:n]]) for n in range(1, 5)]
    given = [step.due - step.last_day for step in steps if step]
    assert [row.ivl for row in rows] == given
    assert [row.last_ivl for row in rows] == [0, *given[:-1]]
    assert columns[2] == DAY_ZERO + 20 + given[-1] - DAY_ZERO
