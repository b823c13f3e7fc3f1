"""A collection that was given our progress schedules as we do, by Anki's own reckoning."""

from __future__ import annotations

import time
from collections.abc import Iterator, Set
from pathlib import Path
from random import Random
from typing import Any

import pytest
from anki.collection import Collection

from greenflag.anki.exchange import Exchange
from greenflag.anki.ledger import PRESET, Entry
from greenflag.anki.notetypes import SHAPES
from greenflag.anki.package import Exported, Subdecks
from greenflag.anki.progress import Study
from greenflag.anki.sync import begin, opened
from greenflag.content.notes import Basic, cards_of
from greenflag.memory.schedule import DEFAULTS, Parameters, replay
from greenflag.memory.state import Memory
from greenflag.studyday import moment, study_day
from tests.anki.samples import BARE, CHANGED, FULL, exported
from tests.conftest import Living

KINDS = {note.id: note.kind for note in FULL + BARE}
OURS = {card.id for note in FULL + BARE for card in cards_of(note)}
OTHERS = Parameters(
    numbers=(*(number * 1.05 for number in DEFAULTS.numbers[:20]), 0.2), retention=0.85
)
USUAL = Study(lambda _: DEFAULTS, 4, 20)
DAY_MS = 86_400_000


@pytest.fixture
def col(tmp_path: Path) -> Iterator[Collection]:
    with opened(str(tmp_path / "collection.anki2"), "it") as col:
        begin(col, 4)
        yield col


def rows(col: Collection, sql: str) -> list[Any]:
    assert col.db
    return [tuple(row) for row in col.db.execute(sql)]


def histories(random: Random, now: int) -> dict[str, list[Entry]]:
    """Up to nine reviews of each card within a year, some on one day, at hours of the day."""
    logs = {}
    for n, card in enumerate(sorted(OURS)):
        days = sorted(random.choices(range(1, 365), k=random.randint(1, 5)), reverse=True)
        days = sorted(days + random.choices(days, k=random.randint(0, 4)), reverse=True)
        logs[card] = [
            _entry(now - day * DAY_MS + k * 60_000 + n, random.choice([1, 2, 3, 3, 4]))
            for k, day in enumerate(days)
        ]
    return logs


def _entry(id_: int, rating: int) -> Entry:
    return Entry(id_, rating, study_day(moment(id_)), 5.0)


def memory_of(log: list[Entry], parameters: Parameters = DEFAULTS) -> Memory | None:
    return replay([(entry.rating, entry.day) for entry in log], parameters)


def give(
    col: Collection, logs: dict[str, list[Entry]], parameters: Parameters = DEFAULTS
) -> tuple[int, int]:
    there = Exchange(col, KINDS, OURS)
    there.give_notes([exported(note) for note in FULL + BARE], "kind", _study(parameters), str)
    return progress_of(there, logs, parameters)


def _study(parameters: Parameters) -> Study:
    return USUAL._replace(parameters=lambda _: parameters)


def progress_of(
    there: Exchange,
    logs: dict[str, list[Entry]],
    parameters: Parameters = DEFAULTS,
    withdrawn: Set[str] = frozenset(),
) -> tuple[int, int]:
    names = {entry.id: card for card, log in logs.items() for entry in log}
    return there.give_progress(names, lambda card: logs[card], lambda _: parameters, withdrawn)


@pytest.mark.parametrize("parameters", [DEFAULTS, OTHERS], ids=["defaults", "fitted"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_anki_agrees_on_due_days_and_memory_and_reckons_the_same(
    tmp_path: Path, living_in: Living, parameters: Parameters, zone: str
) -> None:
    with living_in(zone):
        time.sleep(1.1 * (zone != "UTC"))  # Anki looks for a new time zone once a second
        with opened(str(tmp_path / "collection.anki2"), "it") as col:
            begin(col, 4)
            agrees(col, zone, parameters)


def agrees(col: Collection, seed: str, parameters: Parameters) -> None:
    noon = int(time.time()) // 86_400 * DAY_MS + DAY_MS // 2
    logs = histories(Random(seed), noon)
    total = sum(map(len, logs.values()))
    assert give(col, logs, parameters) == (len(logs), total)
    today = study_day(moment(int(time.time() * 1000)))
    for card, id_ in Exchange(col, KINDS, OURS).cards.items():
        memory = memory_of(logs[card], parameters)
        assert memory
        found = col.get_card(id_)  # type: ignore[arg-type]
        assert found.due - col.sched.today == memory.due - today
        assert (found.ivl, found.reps) == (memory.due - memory.last_day, memory.reviews)
        assert found.memory_state
        assert found.memory_state.stability == pytest.approx(memory.stability, abs=1e-4)
        assert found.memory_state.difficulty == pytest.approx(memory.difficulty, abs=5.1e-4)
        again = col.compute_memory_state(found.id)
        assert again.stability == pytest.approx(memory.stability, rel=1e-5)
        assert again.difficulty == pytest.approx(memory.difficulty, rel=1e-5)
        assert again.desired_retention == pytest.approx(parameters.retention)
    due = rows(col, f"SELECT id FROM cards WHERE queue = 2 AND due <= {col.sched.today}")
    assert len(col.find_cards("is:due")) == len(due) > 0


def test_given_twice_is_given_once(col: Collection) -> None:
    logs = histories(Random(1), int(time.time() * 1000) - DAY_MS)
    give(col, logs)
    everything = [rows(col, f"SELECT * FROM {table}") for table in ("notes", "cards", "revlog")]
    time.sleep(1.1)  # stamps are whole seconds
    assert give(col, logs) == (0, 0)
    assert everything == [
        rows(col, f"SELECT * FROM {table}") for table in ("notes", "cards", "revlog")
    ]


def test_all_that_was_given_is_marked_for_the_next_sync(col: Collection) -> None:
    give(col, histories(Random(2), int(time.time() * 1000) - DAY_MS))
    for table in ("notes", "cards", "revlog"):
        assert rows(col, f"SELECT DISTINCT usn FROM {table}") == [(-1,)]


def test_answers_come_back_as_they_went(col: Collection) -> None:
    logs = histories(Random(3), int(time.time() * 1000) - DAY_MS)
    give(col, logs)
    found, unknown, skipped = Exchange(col, KINDS, OURS).answers({})
    assert (unknown, skipped) == (0, 0)
    assert {card: [(each.at, each.rating) for each in log] for card, log in found.items()} == {
        card: [(entry.id, entry.rating) for entry in log] for card, log in logs.items()
    }


def test_cards_no_deck_here_holds_and_rows_that_say_nothing_are_counted(col: Collection) -> None:
    give(col, {})
    assert col.db
    ids = Exchange(col, KINDS, OURS).cards
    basic, metric = ids["full-basic/front"], ids["full-metric/definition"]
    stamps = [(basic, 4, 3, 1), (basic, 1_700_000_000_000, 0, 5), (metric, 1_700_000_000_001, 3, 0)]
    for card, id_, ease, kind in stamps:
        col.db.execute(
            "INSERT INTO revlog VALUES (?, ?, -1, ?, 1, 1, 500, 900, ?)", id_, card, ease, kind
        )
    without = {note: kind for note, kind in KINDS.items() if kind != "metric"}
    assert Exchange(col, without, OURS).answers({}) == ({}, 1, 2)


def test_a_card_in_learning_there_is_left_as_it_is_while_nothing_is_missing(
    col: Collection,
) -> None:
    give(col, {})
    id_ = Exchange(col, KINDS, OURS).cards["full-basic/front"]
    card = col.get_card(id_)  # type: ignore[arg-type]
    card.start_timer()
    states = col._backend.get_scheduling_states(card.id)
    col.sched.answer_card(  # type: ignore[union-attr]
        col.sched.build_answer(card=card, states=states, rating=0)  # type: ignore[union-attr, arg-type]
    )
    (name,) = rows(col, "SELECT id FROM revlog")[0]
    before = rows(col, "SELECT * FROM cards")
    assert give(col, {"full-basic/front": [_entry(name, 1)]}) == (0, 0)
    assert rows(col, "SELECT * FROM cards") == before
    later = [_entry(name, 1), _entry(name + 1, 3)]
    assert give(col, {"full-basic/front": later}) == (1, 1)
    assert col.get_card(card.id).type == 2


def test_a_reset_here_makes_the_card_new_there_and_its_history_stays(col: Collection) -> None:
    now = int(time.time() * 1000) - 3 * DAY_MS
    log = [_entry(now, 3), _entry(now + DAY_MS, 3)]
    give(col, {"full-basic/front": log})
    log.append(_entry(now + 2 * DAY_MS, 0))
    assert give(col, {"full-basic/front": log}) == (1, 1)
    card = col.get_card(Exchange(col, KINDS, OURS).cards["full-basic/front"])  # type: ignore[arg-type]
    assert (card.type, card.queue, card.ivl, card.reps) == (0, 0, 0, 0)
    assert card.memory_state is None
    assert col.compute_memory_state(card.id).stability is None
    assert len(rows(col, "SELECT * FROM revlog")) == 3


def test_a_review_taken_back_here_is_no_longer_reckoned_with(col: Collection) -> None:
    now = int(time.time() * 1000) - 3 * DAY_MS
    log, card = [_entry(now, 3), _entry(now + DAY_MS, 1)], "full-basic/front"
    give(col, {card: log})
    there = Exchange(col, KINDS, OURS)
    before = memory_of(log[:1])
    assert before
    assert progress_of(there, {card: log[:1]}, DEFAULTS, {card}) == (1, 0)
    state = col.get_card(there.cards[card]).memory_state  # type: ignore[arg-type]
    assert state and state.stability == pytest.approx(before.stability, abs=1e-4)
    assert progress_of(there, {card: log[:1]}, DEFAULTS, {card}) == (0, 0)


def test_out_of_use_here_is_suspended_there_and_only_that_comes_back(col: Collection) -> None:
    give(col, {})
    there = Exchange(col, KINDS, OURS)
    mine, theirs = there.cards["full-basic/front"], there.cards["full-basic/back"]
    col.sched.suspend_cards([theirs])  # type: ignore[list-item]
    assert there.give_marks({"full-basic/front"}) == 1
    assert col.get_card(mine).queue == -1  # type: ignore[arg-type]
    assert there.suspended_there({"full-basic/front"}) == ["full-basic/back"]
    assert there.give_marks({"full-basic/front"}) == 0
    assert there.give_marks(set()) == 1
    assert [col.get_card(id_).queue for id_ in (mine, theirs)] == [0, -1]  # type: ignore[arg-type]
    assert col.get_card(mine).custom_data == ""  # type: ignore[arg-type]


def test_custom_data_of_add_ons_stays(col: Collection) -> None:
    give(col, {})
    there = Exchange(col, KINDS, OURS)
    card = col.get_card(there.cards["full-basic/front"])  # type: ignore[arg-type]
    for text in ('{"v":"helper"}', '{"long":"' + "x" * 85 + '"}'):
        card.custom_data = text
        col.update_card(card)
        there.give_marks({"full-basic/front"})
        assert col.get_card(card.id).queue == -1
        there.give_marks(set())
        assert col.get_card(card.id).custom_data == text
        col.sched.unsuspend_cards([card.id])
        card.load()


def test_a_card_in_a_filtered_deck_gets_its_place_for_when_it_leaves(col: Collection) -> None:
    now = int(time.time() * 1000) - 20 * DAY_MS
    log, card = [_entry(now, 3)], "full-basic/front"
    give(col, {card: log})
    filtered = col.sched.get_or_create_filtered_deck(0)  # type: ignore[arg-type]
    filtered.config.search_terms[0].search = "is:due"
    filtered.config.search_terms[0].limit = 9
    did = col.sched.add_or_update_filtered_deck(filtered).id
    id_ = Exchange(col, KINDS, OURS).cards[card]
    assert col.get_card(id_).odid  # type: ignore[arg-type]
    log.append(_entry(now + 5 * DAY_MS, 4))
    assert give(col, {card: log}) == (1, 1)
    col.sched.empty_filtered_deck(did)  # type: ignore[arg-type]
    memory = memory_of(log)
    assert memory
    today = study_day(moment(int(time.time() * 1000)))
    found = col.get_card(id_)  # type: ignore[arg-type]
    assert (found.type, found.queue) == (2, 2)
    assert found.due - col.sched.today == memory.due - today


# Notes


def test_only_missing_and_older_notes_are_written(col: Collection) -> None:
    there = Exchange(col, KINDS, OURS)
    notes = [exported(note) for note in FULL]
    assert there.give_notes(notes, "kind", USUAL, str) == (len(FULL), 0, [])
    assert there.give_notes(notes, "kind", USUAL, str) == (0, 0, [])
    basic = Basic(id="full-basic", front="Reworded?", back="Yes")
    newer = [exported(basic, changed=CHANGED + 60_000), *notes[:3]]
    assert there.give_notes(newer, "kind", USUAL, str) == (0, 1, [])
    assert rows(col, "SELECT flds FROM notes WHERE guid = 'greenflag/full-basic'")[0][0].split(
        "\x1f"
    )[2:4] == ["Reworded?", "Yes"]


def test_a_note_deleted_in_anki_stays_deleted(col: Collection) -> None:
    notes = [exported(note) for note in FULL]
    there = Exchange(col, KINDS, OURS)
    there.give_notes(notes, "kind", USUAL, str)
    col.remove_notes([col.get_card(there.cards["full-basic/front"]).nid])  # type: ignore[arg-type]
    assert Exchange(col, KINDS, OURS).give_notes(notes, "kind", USUAL, str) == (
        0, 0, ["full-basic"],
    )  # fmt: skip
    assert "full-basic/front" not in Exchange(col, KINDS, OURS).cards


def test_our_look_comes_when_it_is_younger(col: Collection) -> None:
    notes = [exported(note) for note in FULL]
    Exchange(col, KINDS, OURS).give_notes(notes, "kind", USUAL, str)
    model = col.models.get(SHAPES["basic"].model)  # type: ignore[arg-type]
    assert model and col.db
    ours, model["css"] = model["css"], "OLD"
    col.models.update_dict(model)
    col.db.execute("UPDATE notetypes SET mtime_secs = 5")
    col.models._clear_cache()
    imported: list[int] = []

    class Counting(Exchange):
        def _import(self, notes: list[Exported], by: Subdecks) -> tuple[int, int]:
            imported.append(len(notes))
            return super()._import(notes, by)

    there = Counting(col, KINDS, OURS)
    there.give_notes(notes, "kind", USUAL, str)
    assert imported == [1]
    assert col.models.get(SHAPES["basic"].model)["css"] == ours  # type: ignore[index, arg-type]
    there.give_notes(notes, "kind", USUAL, str)
    assert imported == [1, 0]


# Presets


def preset_of(col: Collection, deck: str) -> dict[str, Any]:
    return dict(col.decks.config_dict_for_deck_id(col.decks.id(deck)))  # type: ignore[arg-type]


def test_our_decks_get_a_preset_that_says_what_we_schedule_by(col: Collection) -> None:
    give(col, {}, OTHERS)
    (deck,) = [each.name for each in col.decks.all_names_and_ids() if each.name.endswith("Cards")]
    preset = preset_of(col, deck)
    assert (preset["name"], round(preset["desiredRetention"], 4)) == (PRESET, 0.85)
    assert preset["fsrsParams6"] == pytest.approx(OTHERS.numbers)
    stamps = rows(col, "SELECT name, mtime_secs FROM deck_config")
    time.sleep(1.1)
    give(col, {}, OTHERS)
    assert rows(col, "SELECT name, mtime_secs FROM deck_config") == stamps


def test_decks_with_others_cards_or_a_preset_of_the_users_are_left_alone(col: Collection) -> None:
    give(col, {})
    cards = Exchange(col, KINDS, OURS).cards
    mixed, own = col.decks.id("Mixed"), col.decks.id("Own")
    assert mixed and own
    col.set_deck([cards["full-basic/front"]], mixed)  # type: ignore[list-item]
    col.set_deck([cards["full-basic/back"]], own)  # type: ignore[list-item]
    model = col.models.by_name("Basic")
    assert model
    note = col.new_note(model)
    note["Front"] = "theirs"
    col.add_note(note, mixed)
    theirs = col.decks.add_config("Theirs")
    deck = col.decks.get(own)
    assert deck
    col.decks.set_config_id_for_deck_dict(deck, theirs["id"])
    give(col, {}, OTHERS)
    assert preset_of(col, "Mixed")["name"] == "Default"
    assert preset_of(col, "Own")["name"] == "Theirs"


def test_a_review_whose_name_another_card_has_there_is_not_sent_for_ever(col: Collection) -> None:
    now = int(time.time() * 1000) - 3 * DAY_MS
    logs = {"full-basic/front": [_entry(now, 3)], "full-basic/back": [_entry(now + 1, 3)]}
    give(col, {})
    assert col.db
    for name in (now, now + 1):
        col.db.execute("INSERT INTO revlog VALUES (?, 5, -1, 3, 1, 1, 500, 900, 1)", name)
    assert give(col, logs) == (2, 0)
    assert give(col, logs) == (0, 0)
    front = col.get_card(Exchange(col, KINDS, OURS).cards["full-basic/front"])  # type: ignore[arg-type]
    assert (front.type, front.queue) == (2, 2)
