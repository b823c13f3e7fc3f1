"""`anki import`: somebody else's deck becomes one's own, with its past, and leaves by undo."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

from greenflag.anki.foreign import note_id_of
from tests.anki.elsewhere import PNG, Elsewhere
from tests.anki.test_packagefile import collection
from tests.cli.runner import User, one_line
from tests.cli.servers import on

TODAY = "2099-01-01T10:00"
"""After everything that Anki, which goes by the clock of the machine, says was done."""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    program = Elsewhere(tmp_path / "elsewhere")
    yield program
    program.col.close()


@pytest.fixture
def reader(small: User) -> User:
    small.at = TODAY
    return small


def held(user: User, deck: str) -> str:
    return (user.decks / deck).read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "legacy"),
    [("a.apkg", False), ("a.apkg", True), ("a.colpkg", False), ("a.colpkg", True)],
)
def test_a_deck_from_anki_becomes_deck_files_of_ones_own(
    reader: User, elsewhere: Elsewhere, name: str, legacy: bool
) -> None:
    notes = elsewhere.furnish()
    said = reader.json("anki", "import", elsewhere.package(name, legacy=legacy))
    decks = {each["deck"]: each for each in said["decks"]}
    assert {deck: (each["notes"], each["cards"]) for deck, each in decks.items()} == {
        "Spanish": (9, 12), "German": (1, 1),
    }  # fmt: skip
    assert said["skipped"] == [
        {
            "why": "its answer is empty, or nothing but a program",
            "count": 1,
            "first": "only a front",
        }
    ]
    assert reader.does("deck", "check").out.endswith("all good.\n")
    text = held(reader, "spanish.yaml")
    id_ = note_id_of(notes["bread"].guid)
    assert f'  id: {id_}\n  tags: ["n::m", "Food"]\n  front: "el **pan**"\n' in text
    assert '  note: "*capital*"\n  text: "{{c1::Madrid}}, {{c2::Spain::land}}"\n' in text
    assert "front: hola\n  back: hello\n  both_ways: true\n" in text
    assert "front: adiós\n  back: bye\n- " in text
    assert "    **Meaning**: cat\n\n    **Example**: El **gato** duerme.\n" in text
    assert "front: What does gato mean?\n" in text and 'front: "Say: cat"\n  back: gato\n' in text


def test_the_history_comes_along_and_memory_is_its_replay(
    reader: User, elsewhere: Elsewhere
) -> None:
    notes = elsewhere.furnish()
    said = reader.json("anki", "import", elsewhere.package("a.apkg"))
    assert said["reviews"] == {"added": 5, "known": 0, "suspended": 1}
    bread = f"{note_id_of(notes['bread'].guid)}/front"
    (card,) = reader.json("show", bread)["cards"]
    assert [each["rating"] for each in card["reviews"]] == [3, 3, 1]
    assert [each["seconds"] for each in card["reviews"]] == [4.2] * 3
    assert card["state"] != "new" and card["lapses"] == 1
    rows = reader.rows("SELECT at, source, source_id FROM reviews")
    assert all(source == "anki" and str(at) == source_id for at, source, source_id in rows)
    assert reader.rows("SELECT card FROM suspended") == [
        (f"{note_id_of(notes['table'].guid)}/back",)
    ]
    assert "memories: equal to a replay of the log" in reader.does("doctor").out


def test_what_the_log_says_of_no_answer_is_left_out_and_forget_is_a_reset(
    reader: User, elsewhere: Elsewhere
) -> None:
    note = elsewhere.add("Basic", ["a", "b"])
    elsewhere.answer(
        note, 0, (30, 3, 0, 2500), (29, 3, 3, 0), (28, 0, 4, 2500), (27, 0, 5, 0), (26, 0, 4, 0),
        (25, 4, 3, 2500), (24, 2, 2, 2500),
    )  # fmt: skip
    reader.does("anki", "import", elsewhere.package("a.apkg"))
    rows = reader.rows("SELECT rating, kind FROM reviews ORDER BY at")
    assert rows == [(3, "review"), (0, "reset"), (4, "review"), (2, "review")]
    assert reader.rows("SELECT reviews FROM memory") == [(2,)]


def test_reviews_dated_later_than_now_are_left_out_and_counted(
    reader: User, elsewhere: Elsewhere
) -> None:
    note = elsewhere.add("Basic", ["a", "b"])
    elsewhere.answer(note, 0, (20, 3, 0, 500), (3, 3, 1, 500), (2, 3, 1, 500))
    on(reader, -10)
    said = reader.json("anki", "import", elsewhere.package("a.apkg"))
    assert said["reviews"]["added"] == 1
    assert {"why": "a review dated later than now", "count": 2, "first": ""} in said["skipped"]


def test_a_package_without_progress_starts_from_nothing(reader: User, elsewhere: Elsewhere) -> None:
    elsewhere.furnish()
    said = reader.json("anki", "import", elsewhere.package("a.apkg", history=False))
    assert said["reviews"]["added"] == 0 and said["cards"] == 13


def test_an_import_twice_doubles_nothing(reader: User, elsewhere: Elsewhere) -> None:
    elsewhere.furnish()
    package = elsewhere.package("a.apkg")
    reader.does("anki", "import", package)
    before = reader.content()
    said = reader.json("anki", "import", package)
    assert {each["state"] for each in said["decks"]} == {"unchanged"}
    assert said["reviews"] == {"added": 0, "known": 5, "suspended": 0}
    assert reader.content() == before
    assert "has all of Spanish already" in reader.does("anki", "import", package).out


def test_a_later_package_updates_its_file_and_keeps_progress(
    reader: User, elsewhere: Elsewhere
) -> None:
    notes = elsewhere.furnish()
    reader.does("anki", "import", elsewhere.package("a.apkg"))
    notes["one"].fields[1] = "one (1)"
    elsewhere.col.update_note(notes["one"])
    elsewhere.add("Basic", ["dos", "two"])
    elsewhere.answer(notes["one"], 0, (2, 3, 0, 2500))
    reader.does("resume", note_id_of(notes["table"].guid))
    said = reader.json("anki", "import", elsewhere.package("b.apkg"))
    assert {each["deck"]: each["state"] for each in said["decks"]} == {
        "Spanish": "updated", "German": "unchanged",
    }  # fmt: skip
    assert said["reviews"] == {"added": 1, "known": 5, "suspended": 0}
    assert "back: one (1)" in held(reader, "spanish.yaml") and "dos" in held(reader, "spanish.yaml")
    assert sorted(path.name for path in reader.decks.glob("*.yaml*")) == [
        "german.yaml",
        "spanish.yaml",
    ]


def test_part_of_a_deck_takes_nothing_away(reader: User, elsewhere: Elsewhere) -> None:
    notes = elsewhere.furnish()
    reader.does("anki", "import", elsewhere.package("a.apkg"))
    elsewhere.col.remove_notes([notes["hello"].id])
    reader.does("anki", "import", elsewhere.package("b.apkg"))
    assert "front: hola\n" in held(reader, "spanish.yaml")


def test_a_file_that_the_user_changed_stays_and_the_new_one_stands_beside_it(
    reader: User, elsewhere: Elsewhere
) -> None:
    notes = elsewhere.furnish()
    package = elsewhere.package("a.apkg")
    reader.does("anki", "import", package)
    path = reader.decks / "spanish.yaml"
    mine = path.read_text("utf-8").replace("back: one", "back: one!")
    path.write_text(mine, "utf-8")
    elsewhere.answer(notes["one"], 0, (2, 3, 0, 2500))
    said = reader.does("anki", "import", elsewhere.package("b.apkg")).out
    assert "decks/spanish.yaml was changed by you and stays as it is" in said
    assert "decks/spanish.yaml.new" in said and "1 added" in said
    assert path.read_text("utf-8") == mine and "back: one\n" in held(reader, "spanish.yaml.new")
    assert reader.does("deck", "check").status == 0
    reader.does("undo")
    assert path.read_text("utf-8") == mine and not (reader.decks / "spanish.yaml.new").exists()


def test_notes_that_were_moved_to_another_file_are_left_there(
    reader: User, elsewhere: Elsewhere
) -> None:
    elsewhere.furnish()
    package = elsewhere.package("a.apkg")
    reader.does("anki", "import", package)
    (reader.decks / "spanish.yaml").rename(reader.decks / "es.yaml")
    said = reader.json("anki", "import", package)
    assert [each["deck"] for each in said["decks"]] == ["German"]
    assert {each["why"]: each["count"] for each in said["skipped"] if "es.yaml" in each["why"]} == {
        "in decks/es.yaml already, left as it is there": 9
    }
    assert said["reviews"]["known"] == 5 and not (reader.decks / "spanish.yaml").exists()


def test_another_deck_of_the_same_name_gets_a_file_of_its_own(
    reader: User, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    elsewhere.add("Basic", ["a", "b"])
    reader.does("anki", "import", elsewhere.package("a.apkg"))
    other = Elsewhere(tmp_path / "other")
    other.add("Basic", ["c", "d"])
    said = reader.json("anki", "import", other.package("a.apkg"))
    other.col.close()
    assert [each["file"] for each in said["decks"]] == ["decks/spanish-2.yaml"]
    assert "front: a\n" in held(reader, "spanish.yaml")


def test_a_shipped_or_own_file_of_the_same_name_is_not_touched(
    reader: User, elsewhere: Elsewhere
) -> None:
    elsewhere.add("Basic", ["a", "b"], "Small")
    elsewhere.add("Basic", ["c", "d"], "Mine")
    own = reader.deck("mine.yaml", "deck: Mine\nnotes: []\n")
    said = reader.json("anki", "import", elsewhere.package("a.apkg"))
    assert {each["file"] for each in said["decks"]} == {"decks/small-2.yaml", "decks/mine-2.yaml"}
    assert own.read_text("utf-8") == "deck: Mine\nnotes: []\n"


def test_undo_takes_back_files_media_and_history(reader: User, elsewhere: Elsewhere) -> None:
    elsewhere.furnish()
    reader.does("next")
    before = {
        name: rows for name, rows in reader.content().items() if name in ("reviews", "memory")
    }
    reader.does("anki", "import", elsewhere.package("a.apkg"))
    assert len(list((reader.decks / "media").iterdir())) == 2
    assert reader.does("undo").out == "Taken back: what came in with a.apkg.\n"
    assert list(reader.decks.iterdir()) == []
    reader.does("next")
    after = reader.content()
    assert {name: after[name] for name in before} == before and after["suspended"] == []
    said = reader.json("anki", "import", elsewhere.folder / "a.apkg")
    assert said["reviews"]["added"] == 5, "and it comes back whole"


def test_undo_leaves_a_file_that_was_changed_since(reader: User, elsewhere: Elsewhere) -> None:
    elsewhere.furnish()
    reader.does("anki", "import", elsewhere.package("a.apkg"))
    with (reader.decks / "german.yaml").open("a", encoding="utf-8") as file:
        file.write("# mine\n")
    assert "german.yaml was changed since" in one_line(reader("undo"))
    assert "# mine" in held(reader, "german.yaml") and "gato" in held(reader, "spanish.yaml")


def test_undo_of_an_update_brings_the_file_before_back(reader: User, elsewhere: Elsewhere) -> None:
    notes = elsewhere.furnish()
    reader.does("anki", "import", elsewhere.package("a.apkg"))
    before = held(reader, "spanish.yaml")
    notes["one"].fields[1] = "uno, 1"
    elsewhere.col.update_note(notes["one"])
    reader.does("anki", "import", elsewhere.package("b.apkg"))
    assert held(reader, "spanish.yaml") != before
    reader.does("undo")
    assert held(reader, "spanish.yaml") == before


def test_pictures_and_sounds_stand_beside_the_decks_and_go_back_to_anki(
    reader: User, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    elsewhere.furnish()
    assert reader.json("anki", "import", elsewhere.package("a.apkg"))["media"] == 2
    names = sorted(path.name for path in (reader.decks / "media").iterdir())
    assert names[0].startswith("dot-") and names[1].startswith("say-it-")
    assert (reader.decks / "media" / names[0]).read_bytes() == PNG
    assert f'front: "![picture](media/{names[0]})"' in held(reader, "spanish.yaml")
    said = reader.json("anki", "export", tmp_path / "x.apkg", "--deck", "Spanish")
    assert said["media"] == 2 and said["missing"] == []
    other = Elsewhere(tmp_path / "other")
    log = other.col.import_anki_package(
        ImportAnkiPackageRequest(
            package_path=str(tmp_path / "x.apkg"), options=ImportAnkiPackageOptions()
        )
    ).log
    assert len(log.new) == 9
    assert len(list(Path(other.col.media.dir()).iterdir())) == 2
    other.col.close()


def test_a_package_of_ours_brings_nothing_new(reader: User, tmp_path: Path) -> None:
    reader.does("anki", "export", tmp_path / "x.apkg")
    said = reader.does("anki", "import", tmp_path / "x.apkg").out
    assert said == "Skipped 4: greenflag's own, in your decks already (first: one).\n"


def test_a_failure_half_way_leaves_everything_as_it_was(
    reader: User, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.furnish()
    package = elsewhere.package("a.apkg")
    reader.does("next")
    before = reader.content()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("greenflag.cli.importing.take_in", full)
    assert "No space left" in one_line(reader("anki", "import", package))
    assert list(reader.decks.iterdir()) == []
    assert {name: reader.content()[name] for name in ("reviews", "memory", "acts")} == {
        name: before[name] for name in ("reviews", "memory", "acts")
    }


@pytest.mark.parametrize("name", ["nowhere.apkg", "nowhere.txt", "folder.apkg", "folder.txt"])
def test_a_place_that_is_no_file_is_one_line(reader: User, tmp_path: Path, name: str) -> None:
    if name.startswith("folder"):
        (tmp_path / name).mkdir()
    assert name in one_line(reader("anki", "import", tmp_path / name))


def test_a_text_file_from_anki_becomes_a_deck(reader: User, elsewhere: Elsewhere) -> None:
    notes = elsewhere.furnish()
    text = elsewhere.text("a.txt")
    said = reader.json("anki", "import", text)
    assert {each["deck"]: each["notes"] for each in said["decks"]} == {"Spanish": 8, "German": 1}
    spanish = held(reader, "spanish.yaml")
    assert f"id: {note_id_of(notes['table'].guid)}" in spanish
    assert 'front: "el **pan**"' in spanish and "the table\n  both_ways: true" in spanish
    assert reader.does("deck", "check").status == 0
    again = reader.json("anki", "import", text)
    assert {each["state"] for each in again["decks"]} == {"unchanged"}
    again = reader.json("anki", "import", elsewhere.package("a.apkg"))
    assert again["reviews"]["added"] == 5, "the same notes, now with their past"


def test_a_deck_that_another_user_of_greenflag_gave_comes_as_it_was(
    reader: User, tmp_path: Path
) -> None:
    deck = "- {kind: steps, id: go, title: T, when: now, steps: [{text: a, cue: b}]}\n"
    path = reader.deck("own.yaml", f"deck: Own\nnotes:\n{deck}")
    package, text = tmp_path / "x.apkg", tmp_path / "x.txt"
    reader.does("anki", "export", package, "--deck", "Own")
    reader.does("anki", "export", text, "--deck", "Own", "--format", "text")
    before = reader.json("show", "go")["fields"]
    for file in (package, text):
        path.unlink(missing_ok=True)
        said = reader.json("anki", "import", file)
        assert [(each["deck"], each["notes"]) for each in said["decks"]] == [("Own", 1)]
        assert reader.json("show", "go")["fields"] == before
        reader.does("undo")


def test_a_name_that_leads_out_of_the_folder_stays_in_it(reader: User, tmp_path: Path) -> None:
    shown = "'<img src=\"../../evil.png\">' || char(31) || 'b'"
    data = collection(tmp_path, f"UPDATE notes SET flds = {shown}")
    with zipfile.ZipFile(tmp_path / "x.apkg", "w") as archive:
        archive.writestr("collection.anki2", data)
        archive.writestr("../../escaped", b"x")
        archive.writestr("media", json.dumps({"0": "../../evil.png", "../../escaped": "/x.png"}))
        archive.writestr("0", PNG)
    reader.does("anki", "import", tmp_path / "x.apkg")
    (path,) = (reader.decks / "media").iterdir()
    assert path.name.startswith("evil-") and path.read_bytes() == PNG
    assert not list(reader.home.parent.glob("*evil*")) and not list(tmp_path.glob("*escaped*"))
    assert reader.does("deck", "check").status == 0


def test_a_large_deck_with_many_reviews_is_taken_in_whole(
    reader: User, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    note = elsewhere.add("Basic", ["a", "b"])
    col = elsewhere.col
    for place in range(500):
        elsewhere.add("Basic", [f"front <b>{place}</b>", f"back<br>{place}"])
    assert col.db
    cards = col.db.list("SELECT id FROM cards")
    rows = [
        (1_600_000_000_000 + place * 8_000_000, cards[place % 500], -1, 3, 1, 1, 2500, 900, 1)
        for place in range(20_000)
    ]
    col.db.executemany("INSERT INTO revlog VALUES (?,?,?,?,?,?,?,?,?)", rows)
    said = reader.json("anki", "import", elsewhere.package("a.apkg"))
    assert said["reviews"]["added"] == 20_000 and said["notes"] == 501
    assert "memories: equal" in reader.does("doctor").out
    assert note_id_of(note.guid) in held(reader, "spanish.yaml")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"SQLite format 3\0" + bytes(100)])
def test_a_broken_package_changes_nothing(reader: User, tmp_path: Path, data: bytes) -> None:
    reader.does("next")
    before = reader.content()
    (tmp_path / "x.apkg").write_bytes(data)
    assert "x.apkg" in one_line(reader("anki", "import", tmp_path / "x.apkg"))
    assert reader.content() == before and list(reader.decks.iterdir()) == []


def test_tags_that_differ_in_their_letters_case_are_one(reader: User, elsewhere: Elsewhere) -> None:
    elsewhere.add("Basic", ["a", "b"], "Spanish::Food", ["food", "x"])
    reader.does("anki", "import", elsewhere.package("a.apkg"))
    assert 'tags: ["food", "x"]' in held(reader, "spanish.yaml")


def test_a_text_file_leaves_the_pictures_that_a_package_brought(
    reader: User, elsewhere: Elsewhere
) -> None:
    picture = elsewhere.media("dot one.png", PNG)
    note = elsewhere.add("Basic", [f'a <img src="{picture}">', "b"])
    reader.does("anki", "import", elsewhere.package("a.apkg"))
    before = held(reader, "spanish.yaml")
    assert "![picture](media/dot-one-" in before
    note["Back"] = 'c <img src="other.png">'
    elsewhere.col.update_note(note)
    reader.does("anki", "import", elsewhere.text("a.txt"))
    after = held(reader, "spanish.yaml")
    assert before.splitlines()[5] == after.splitlines()[5]
    assert 'back: "c (picture not taken: other.png)"' in after


def test_a_whole_collection_is_told_what_it_is(reader: User, elsewhere: Elsewhere) -> None:
    said = one_line(reader("anki", "import", elsewhere.col.path))
    assert "is a whole collection" in said and "anki pull" in said
