"""One open Anki collection: its reviews of our cards out, our notes and progress in.

The same for a collection that is synced and for that of a desktop profile. Whoever calls takes
before giving: then what we believe of a card rests on all reviews of both sides, and may replace
what stands there.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import anki.collection  # before the next line: they import each other
from anki.cards import Card, CardId, FSRSMemoryState
from anki.consts import CARD_TYPE_NEW, CARD_TYPE_REV, QUEUE_TYPE_NEW, QUEUE_TYPE_REV

from greenflag.anki.ledger import (
    STARTING_EASE,
    Answered,
    Entry,
    answer_of,
    preset_name,
    rows_of,
    same_numbers,
    standing_of,
)
from greenflag.anki.media import youngest
from greenflag.anki.notetypes import CHANGED, SHAPES, face_of, guid_of, note_of, note_type
from greenflag.anki.package import Exported, Subdecks, anki_id, write_package
from greenflag.anki.progress import Study
from greenflag.memory.schedule import Parameters
from greenflag.memory.state import Memory
from greenflag.studyday import moment, study_day

_OURS = "n.guid >= 'greenflag/' AND n.guid < 'greenflag0'"  # '0' follows '/'
_MARK = "gf"
"""The custom datum of a card there that was suspended because it is out of use here."""
_SUSPENDED = -1
_AT_ONCE = 500
_HALF_A_DAY = 43_200


class Exchange:
    """A collection, and which of its cards are which of ours.

    `kinds` gives the kind of each of our notes, `ours` the cards they have.
    """

    def __init__(
        self, col: anki.collection.Collection, kinds: Mapping[str, str], ours: Collection[str]
    ) -> None:
        assert col.db
        self.col, self._db, self._kinds, self._ours = col, col.db, kinds, ours

    # --- what is there

    @cached_property
    def _types(self) -> set[int]:
        """The note types of ours there, those that Anki split off from one as well."""
        named = self.col.models.all_names_and_ids()
        ours = {shape.model for shape in SHAPES.values()}
        return {each.id for each in named if each.id in ours or each.name.startswith("Greenflag ")}

    def _card(self, guid: str, model: int, ord: int) -> str | None:
        """Our card that a note and a template there stand for; None when we have no such card."""
        note = note_of(guid)
        if note is None or note not in self._kinds or model not in self._types:
            return None
        card = f"{note}/{face_of(self._kinds[note], ord)}"
        return card if card in self._ours else None

    @cached_property
    def _places(self) -> dict[int, str]:
        """The cards of our notes there, by id: which of ours each is, empty for none."""
        rows = self._db.execute(
            "SELECT c.id, n.guid, n.mid, c.ord FROM cards c JOIN notes n ON n.id = c.nid"
            f" WHERE {_OURS}"
        )
        return {id_: self._card(guid, model, ord) or "" for id_, guid, model, ord in rows}

    @cached_property
    def cards(self) -> dict[str, int]:
        """Our cards that are there, each with its id."""
        return {card: id_ for id_, card in self._places.items() if card}

    @cached_property
    def _log(self) -> list[Sequence[Any]]:
        return list(
            self._db.execute(
                "SELECT r.id, r.cid, r.ease, r.type, r.factor, r.time FROM revlog r"
                f" JOIN cards c ON c.id = r.cid JOIN notes n ON n.id = c.nid WHERE {_OURS}"
                " ORDER BY r.id"
            )
        )

    def owner(self, name: int) -> str | None:
        """The card of ours whose review has a name; empty: of another; None: it is free."""
        if name in self._owners:
            return self._owners[name]
        return "" if self._db.scalar("SELECT 1 FROM revlog WHERE id = ?", name) else None

    @cached_property
    def _owners(self) -> dict[int, str]:
        return {row[0]: self._places[row[1]] for row in self._log}

    def answers(self, known: Mapping[int, str]) -> tuple[dict[str, list[Answered]], int, int]:
        """The reviews of our cards there, by card, less those known by name and card.

        And how many were of cards we do not have, and how many rows are no answers.
        """
        found: dict[str, list[Answered]] = {}
        unknown = skipped = 0
        for id_, cid, ease, kind, factor, time in self._log:
            card = self._places[cid]
            if card and known.get(id_) == card:
                continue
            answer = answer_of(id_, ease, factor, time, kind)
            if not card:
                unknown += 1
            elif answer is None:
                skipped += 1
            else:
                found.setdefault(card, []).append(answer)
        return found, unknown, skipped

    def suspended_there(self, out_of_use: Collection[str]) -> list[str]:
        """The cards suspended in Anki that are in use here."""
        rows = self._db.list(f"SELECT id FROM cards WHERE queue = {_SUSPENDED}")
        held = set(rows)
        return sorted(
            card for card, id_ in self.cards.items() if id_ in held and card not in out_of_use
        )

    # --- notes

    def give_notes(
        self, notes: Iterable[Exported], by: Subdecks, study: Study, deck_of: Callable[[str], str]
    ) -> tuple[int, int, list[str]]:
        """Write the notes that are missing there or older; how many new and updated, which deleted.

        A note deleted in Anki stays deleted. What is younger there stays as it is. `deck_of` gives
        the deck of a card.
        """
        rows = self._db.execute(f"SELECT n.guid, n.mod FROM notes n WHERE {_OURS}")
        there = {each[0]: each[1] for each in rows}
        graves = set(self._db.list("SELECT oid FROM graves WHERE type = 1"))
        restyled = self._restyled()
        deleted: list[str] = []

        def wanted(each: Exported) -> bool:
            changed = there.get(guid_of(each.note.id))
            if changed is None and anki_id(each.note.id, each.added) in graves:
                deleted.append(each.note.id)
                return False
            restyle = each.note.kind in restyled
            return changed is None or restyle or _changed(each) // 1000 > changed

        new, updated = self._import([each for each in notes if wanted(each)], by)
        self._give_presets(study, deck_of)
        return new, updated, deleted

    def _restyled(self) -> set[str]:
        """The kinds whose note type there looks as it did in an earlier version of ours."""
        found = {kind: self.col.models.get(shape.model) for kind, shape in SHAPES.items()}  # type: ignore[arg-type]
        return {
            kind
            for kind, model in found.items()
            if model and model["mod"] < CHANGED and _look(model) != _look(note_type(kind))
        }

    def _import(self, notes: list[Exported], by: Subdecks) -> tuple[int, int]:
        if not notes:
            return 0, 0
        with tempfile.TemporaryDirectory(prefix="greenflag-") as folder:
            package = Path(folder, "notes.apkg")
            write_package(package, notes, by=by)
            request = anki.collection.ImportAnkiPackageRequest(
                package_path=str(package), options=anki.collection.ImportAnkiPackageOptions()
            )
            log = self.col.import_anki_package(request).log
        self.col.models._clear_cache()
        for kept in ("_types", "_places", "cards"):
            self.__dict__.pop(kept, None)
        return len(log.new), len(log.updated)

    # --- presets

    def _give_presets(self, study: Study, deck_of: Callable[[str], str]) -> None:
        """Give the decks that hold only our cards, and no preset of the user's, one of ours."""
        names = {id_: card for card, id_ in self.cards.items()}
        rows = self._db.execute(
            f"SELECT c.did, min(c.id), min({_OURS}) FROM cards c JOIN notes n ON n.id = c.nid"
            " WHERE c.odid = 0 GROUP BY c.did"
        )
        presets = {each["name"]: each for each in self.col.decks.all_config()}
        for did, first, only_ours in rows:
            deck = self.col.decks.get(did)
            if not only_ours or not deck or deck.get("dyn") or first not in names:
                continue
            wanted = study.parameters(deck_of(names[first]))
            name = preset_name(wanted, study.parameters(""))
            current = presets.get(name)
            if deck["conf"] not in (1, current and current["id"]):
                continue
            preset = presets[name] = current or self._new_preset(name, study.new_per_day)
            self._adjust(preset, wanted)
            if deck["conf"] != preset["id"]:
                self.col.decks.set_config_id_for_deck_dict(deck, preset["id"])

    def _new_preset(self, name: str, new_per_day: int) -> dict[str, Any]:
        preset: dict[str, Any] = self.col.decks.add_config(name)
        preset["new"]["perDay"], preset["rev"]["perDay"] = new_per_day, 9999
        return preset

    def _adjust(self, preset: dict[str, Any], wanted: Parameters) -> None:
        """Let a preset of ours say what we schedule by."""
        same = same_numbers(wanted.numbers, preset["fsrsParams6"])
        if not same or abs(preset["desiredRetention"] - wanted.retention) > 1e-5:
            preset["desiredRetention"] = wanted.retention
            preset["fsrsParams6"] = list(wanted.numbers)
            self.col.decks.update_config(preset)

    # --- progress

    def give_progress(
        self,
        names: Mapping[int, str],
        log_of: Callable[[str], list[Entry]],
        parameters_of: Callable[[str], Parameters],
        withdrawn: Collection[str] = (),
    ) -> tuple[int, int]:
        """Write the reviews that are missing there, and where their cards stand; how many of each.

        `names` are all reviews of ours with their cards. A card and its rows are written together.
        A card of which nothing is missing stays as Anki has it, its learning steps too, unless a
        review of it was taken back here (`withdrawn`), or its name is that of another card's there
        (somebody's deck that was imported here, and is there as well): then it only has to stand
        where we believe it to.
        """
        first_day = self._first_day()
        cards = rows = 0
        changed: list[Card] = []
        missing: list[list[Any]] = []
        absent = {id_ for id_ in names if id_ not in self._owners}
        lost = absent - self._taken(absent)
        touched = {card for id_ in lost if (card := names[id_]) in self.cards}
        doubted = {names[id_] for id_ in absent - lost}.union(withdrawn)
        for card in sorted(touched | self.cards.keys() & doubted):
            log, parameters = log_of(card), parameters_of(card)
            found = self.col.get_card(CardId(self.cards[card]))
            memory, all_rows = rows_of(log, parameters)
            if card not in touched and _agrees(found, memory):
                continue
            _place(found, memory, log, first_day, parameters)
            changed.append(found)
            written = [row for row in all_rows if row.id in lost]
            missing += [[row.id, found.id, -1, *row[1:]] for row in written]
            cards, rows = cards + 1, rows + len(written)
            if len(changed) == _AT_ONCE:
                self._write(changed, missing)
                changed, missing = [], []
        self._write(changed, missing)
        return cards, rows

    def _write(self, cards: list[Card], rows: list[list[Any]]) -> None:
        def both() -> None:
            self.col.update_cards(cards)
            self._db.executemany(
                "INSERT OR IGNORE INTO revlog VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )

        if cards:
            self._db.transact(both)

    def _taken(self, names: Iterable[int]) -> set[int]:
        """Those of some names that rows of other cards have."""
        return set(
            self._db.list(
                "SELECT id FROM revlog WHERE id IN (SELECT value FROM json_each(?))",
                json.dumps(list(names)),
            )
        )

    def _first_day(self) -> int:
        """The study day that Anki numbers 0 in this collection."""
        middle = (self.col.sched.day_cutoff - _HALF_A_DAY) * 1000
        return study_day(moment(middle)) - int(self.col.sched.today)

    # --- marks

    def give_marks(self, out_of_use: Collection[str]) -> int:
        """Suspend there what is out of use here; bring back what was suspended only for that."""
        rows = self._db.execute("SELECT id, queue, data FROM cards")
        there = {id_: (queue, data) for id_, queue, data in rows}
        stop, go = [], []
        for card, id_ in self.cards.items():
            queue, data = there[id_]
            if card in out_of_use and queue != _SUSPENDED:
                stop.append(id_)
            elif card not in out_of_use and queue == _SUSPENDED and _MARK in data:
                go.append(id_)
        go = [id_ for id_ in go if _MARK in _custom(self.col.get_card(CardId(id_)))]

        def both() -> None:
            self.col.sched.suspend_cards([CardId(id_) for id_ in stop])
            self.col.sched.unsuspend_cards([CardId(id_) for id_ in go])
            self.col.update_cards([*self._marked(stop, True), *self._marked(go, False)])

        if stop or go:
            self._db.transact(both)
        return len(stop) + len(go)

    def _marked(self, ids: list[int], mark: bool) -> Iterator[Card]:
        for id_ in ids:
            card = self.col.get_card(CardId(id_))
            custom = _custom(card)
            custom.pop(_MARK, None)
            if mark:
                custom[_MARK] = 1
            text = json.dumps(custom, separators=(",", ":")) if custom else ""
            if len(text.encode()) <= 100:  # more Anki does not take
                card.custom_data = text
                yield card


def _changed(each: Exported) -> int:
    """When a note last changed, or one of its pictures and sounds, in ms."""
    return max(each.changed, youngest(each.note, each.folder)) if each.folder else each.changed


def _look(model: Mapping[str, Any]) -> list[str]:
    """What a note type's cards look like."""
    templates = model.get("tmpls") or model["templates"]
    return [model["css"], *(each[side] for each in templates for side in ("qfmt", "afmt"))]


def _custom(card: Card) -> dict[str, Any]:
    """The custom data of a card, which add-ons share."""
    try:
        found = json.loads(card.custom_data or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _agrees(card: Card, memory: Memory | None) -> bool:
    """Whether a card stands where we believe it to."""
    if memory is None or card.memory_state is None:
        return memory is None and card.type == CARD_TYPE_NEW
    ours, theirs = memory.stability, float(card.memory_state.stability)
    return abs(ours - theirs) <= 1e-3 * max(ours, 1.0)


def _last(log: Sequence[Entry]) -> int:
    """The moment of the last review that counts."""
    return next(entry.id for entry in reversed(log) if entry.kind != "cram")


def _place(
    card: Card, memory: Memory | None, log: Sequence[Entry], first_day: int, parameters: Parameters
) -> None:
    """Put a card where we believe it to stand; suspended, buried and filtered it stays so."""
    if memory is None:
        card.type, queue, due = CARD_TYPE_NEW, QUEUE_TYPE_NEW, card.original_position or 0
        card.ivl = card.reps = card.lapses = card.factor = 0
        card.memory_state = card.last_review_time = None
    else:
        stands = standing_of(memory, _last(log), first_day, parameters)
        card.type, queue, due = CARD_TYPE_REV, QUEUE_TYPE_REV, stands.due
        card.ivl, card.reps, card.lapses = stands.ivl, stands.reps, stands.lapses
        card.factor = card.factor or STARTING_EASE
        card.memory_state = FSRSMemoryState(
            stability=stands.stability, difficulty=stands.difficulty
        )
        card.desired_retention, card.decay = stands.retention, stands.decay
        card.last_review_time = stands.last_review
    card.left = 0
    if card.odid:  # in a filtered deck: its place is what it goes back to
        card.odue = due
    else:
        card.due = due
        if card.queue >= 0:
            card.queue = queue
