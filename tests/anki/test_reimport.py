"""What a second import does, and what note types bear over the years."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path
from typing import Any

from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

from greenflag.anki.ledger import Entry
from greenflag.anki.notetypes import SHAPES, guid_of
from greenflag.anki.package import write_package
from greenflag.anki.progress import CardProgress, Study
from greenflag.content.notes import Basic, cards_of
from greenflag.memory.schedule import DEFAULTS
from tests.anki.conftest import Anki, rewritten, side, words
from tests.anki.samples import BARE, CHANGED, FULL, exported

ALL = FULL + BARE
STAMP = CHANGED // 1000


def test_the_same_again_is_all_duplicates(anki: Anki, apkg: Path) -> None:
    anki.take(apkg)
    everything = "select id, guid, mod, tags, flds, csum, sfld from notes order by id"
    before = anki.rows(everything)
    assert anki.take(apkg) == {"duplicate": len(ALL)}
    assert anki.rows(everything) == before
    assert anki.col.card_count() == len(list(anki.cards()))
    assert [name for name in anki.col.models.all_names() if "+" in name] == []


def users_own(anki: Anki) -> None:
    """A user marks, edits, flags, suspends, moves and studies."""
    note = anki.note("full-basic")
    note["Back"] = "MY OWN WORDS"
    note.tags += ["mine", "marked"]
    anki.col.update_note(note)
    first, second = anki.note("bare-metric").cards()
    anki.col.set_user_flag_for_cards(3, [first.id])
    anki.col.sched.suspend_cards([second.id])
    anki.col.sched.set_due_date([first.id], "9")
    anki.col.set_deck([first.id], anki.col.decks.id("My deck"))  # type: ignore[arg-type]


def kept(anki: Anki) -> list[Any]:
    sql = "select guid, tags, flds from notes where guid != ? order by guid"
    notes = anki.rows(sql, guid_of("full-metric"))
    cards = anki.rows("select id, did, type, queue, due, ivl, flags from cards order by id")
    return [notes, cards]


def test_one_note_reworded_is_one_update_and_the_rest_is_left_alone(
    anki: Anki, apkg: Path, tmp_path: Path
) -> None:
    anki.take(apkg)
    users_own(anki)
    before = kept(anki)
    new = tmp_path / "new.apkg"
    reworded = [
        exported(note.replacing(definition="Reworded."), changed=CHANGED + 60_000)
        if note.id == "full-metric"
        else exported(note)
        for note in ALL
    ]
    write_package(new, reworded)
    assert anki.take(new) == {"updated": 1, "duplicate": len(ALL) - 1}
    assert kept(anki) == before
    assert anki.note("full-metric")["Definition"] == "Reworded."
    assert anki.note("full-basic")["Back"] == "MY OWN WORDS"
    assert {"mine", "marked"} <= set(anki.note("full-basic").tags)


def studied(path: Path, reworded: str = "", reviews: int = 3) -> Path:
    """A package of all notes with progress; one note reworded when it is named."""
    ids = count()
    notes = [
        exported(note.replacing(note="New."), changed=CHANGED + 60_000)
        if note.id == reworded
        else exported(note)
        for note in ALL
    ]

    def log() -> list[Entry]:
        return [
            Entry(CHANGED + n * 900_000_000 + next(ids), 3, 739_900 + n, 2.0)
            for n in range(reviews)
        ]

    write_package(
        path,
        [
            each._replace(progress={card.face: CardProgress(log()) for card in cards_of(each.note)})
            for each in notes
        ],
        study=Study(lambda deck: DEFAULTS, 4, 20),
    )
    return path


def test_with_progress_again_all_is_duplicate_and_the_users_own_is_kept(
    anki: Anki, tmp_path: Path
) -> None:
    assert anki.take(studied(tmp_path / "a.apkg"), progress=True) == {"new": len(ALL)}
    users_own(anki)
    before = kept(anki)
    everything = "select id, guid, mod, tags, flds, csum, sfld from notes order by id"
    notes, log = anki.rows(everything), anki.rows("select * from revlog order by id")
    again = studied(tmp_path / "b.apkg", reviews=5)
    assert anki.take(again, progress=True) == {"duplicate": len(ALL)}
    assert anki.rows(everything) == notes and kept(anki) == before
    assert anki.rows("select * from revlog order by id") == log  # Anki adds nothing to old cards
    one = studied(tmp_path / "c.apkg", reworded="full-metric")
    assert anki.take(one, progress=True) == {"updated": 1, "duplicate": len(ALL) - 1}
    assert kept(anki) == before and anki.note("full-metric")["Note"] == "New."


def test_a_users_later_edit_wins_over_our_earlier_change(
    anki: Anki, apkg: Path, tmp_path: Path
) -> None:
    anki.take(apkg)
    users_own(anki)
    new = tmp_path / "new.apkg"
    reworded = Basic(id="full-basic", front="f", back="b")
    write_package(new, [exported(reworded, changed=CHANGED + 1000)])
    assert anki.take(new) == {"duplicate": 1}
    assert anki.note("full-basic")["Back"] == "MY OWN WORDS"


def test_a_field_that_came_brings_its_card_to_a_note_that_was_there(
    anki: Anki, tmp_path: Path
) -> None:
    path = tmp_path / "x.apkg"
    note = Basic(id="b", front="f", back="b")
    write_package(path, [exported(note)])
    anki.take(path)
    write_package(path, [exported(note.replacing(both_ways=True), changed=CHANGED + 1000)])
    assert anki.take(path) == {"updated": 1}
    assert [card.ord for card in anki.note("b").cards()] == [0, 1]


def test_fields_and_templates_renamed_by_us_are_taken_in_place(anki: Anki, apkg: Path) -> None:
    def rename(model: dict[str, Any]) -> None:
        name = model["flds"][2]["name"]
        model["flds"][2]["name"] = "Quite new"
        for template in model["tmpls"]:
            template["name"] = f"New {template['name']}"
            for key in ("qfmt", "afmt"):
                template[key] = re.sub(rf"([#/:{{^]){name}}}}}", r"\1Quite new}}", template[key])

    anki.take(apkg)
    new = rewritten(apkg, rename, "UPDATE notes SET mod = mod + 60")
    assert anki.take(new) == {"updated": len(ALL)}
    stays_whole(anki)
    assert anki.note("full-basic")["Quite new"] == "What is a backlog?"


def test_fields_and_templates_renamed_by_the_user_stay_so(anki: Anki, apkg: Path) -> None:
    anki.take(apkg)
    for shape in SHAPES.values():
        model = anki.col.models.get(shape.model)  # type: ignore[arg-type]
        assert model
        anki.col.models.rename_field(model, model["flds"][2], "Mine")
        model["tmpls"][0]["name"] = "My card"
        anki.col.models.update_dict(model)
    new = rewritten(apkg, lambda model: model.update(mod=model["mod"] - 60),
                    "UPDATE notes SET mod = mod + 60")  # fmt: skip
    assert anki.take(new) == {"updated": len(ALL)}
    stays_whole(anki)
    assert anki.note("full-basic")["Mine"] == "What is a backlog?"


def test_a_users_names_and_our_younger_look_do_not_fork(anki: Anki, apkg: Path) -> None:
    anki.take(apkg)
    for shape in SHAPES.values():
        model = anki.col.models.get(shape.model)  # type: ignore[arg-type]
        assert model
        anki.col.models.rename_field(model, model["flds"][2], "Mine")
        anki.col.models.update_dict(model)
    assert anki.take(rewritten(apkg, lambda model: model.update(mod=4_000_000_000))) == {
        "duplicate": len(ALL)
    }
    stays_whole(anki)


def test_a_later_version_can_put_spare_fields_and_cards_to_use(anki: Anki, apkg: Path) -> None:
    def grow(model: dict[str, Any]) -> None:
        if model["name"] == "Greenflag basic":
            model["flds"][6]["name"] = "Source"
            model["tmpls"][2].update(
                name="Source", qfmt="{{#Back}}Who says: {{Back}}{{/Back}}", afmt="Is {{Source}}"
            )

    anki.take(apkg)
    assert anki.take(rewritten(apkg, grow)) == {"duplicate": len(ALL)}
    stays_whole(anki)
    cards = anki.note("bare-basic").cards()
    assert [card.ord for card in cards] == [0, 2] and "Who says" in cards[1].question()
    assert "Source" in anki.note("bare-basic").keys()  # noqa: SIM118 (a note is no mapping)


def stays_whole(anki: Anki) -> None:
    """No note type was forked, nothing doubled, and every side still has its text.

    Nor were notes stamped anew (later changes of ours would be lost), nor is a full sync needed.
    """
    assert {mod for (mod,) in anki.rows("select mod from notes")} <= {STAMP, STAMP + 60}
    assert anki.rows("select scm from col") == [[anki.schema]]
    names = [name.name for name in anki.col.models.all_names_and_ids()]
    assert sum(name.startswith("Greenflag") for name in names) == len(SHAPES)
    assert anki.col.note_count() == len(ALL)
    assert anki.col.get_empty_cards().notes == []
    for card in anki.cards():
        assert words(side(card.question())) and words(side(card.answer()))


def test_a_users_css_stays_and_ours_comes_when_it_is_younger(anki: Anki, apkg: Path) -> None:
    anki.take(apkg)
    model = anki.col.models.get(SHAPES["basic"].model)  # type: ignore[arg-type]
    assert model
    model["css"] = "MINE"
    anki.col.models.update_dict(model)
    anki.take(apkg)
    assert anki.col.models.get(model["id"])["css"] == "MINE"  # type: ignore[index]
    anki.take(rewritten(apkg, lambda model: model.update(css="OURS", mod=4_000_000_000)))
    assert anki.col.models.get(model["id"])["css"] == "OURS"  # type: ignore[index]


def test_a_users_deck_options_are_left_alone(anki: Anki, apkg: Path) -> None:
    options = anki.col.decks.get_config(1)  # type: ignore[arg-type]
    assert options
    options["new"]["perDay"] = 33
    anki.col.decks.update_config(options)
    anki.col.import_anki_package(
        ImportAnkiPackageRequest(
            package_path=str(apkg), options=ImportAnkiPackageOptions(with_deck_configs=True)
        )
    )
    assert anki.col.decks.get_config(1)["new"]["perDay"] == 33  # type: ignore[index,arg-type]
