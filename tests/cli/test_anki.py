"""`anki export`: what is written is what Anki reads, and every bad place is one line."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from tests.cli.runner import User, one_line


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """A fresh installation of Anki."""
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def take(collection: Collection, package: Path) -> dict[str, int]:
    """Import a package as Anki's menu does; how many notes went which way."""
    options = ImportAnkiPackageOptions()
    log = collection.import_anki_package(
        ImportAnkiPackageRequest(package_path=str(package), options=options)
    ).log
    counts = {name: len(getattr(log, name)) for name in ("new", "updated", "duplicate")}
    lost = ("conflicting", "first_field_match", "missing_notetype", "missing_deck")
    assert not any(len(getattr(log, name)) for name in (*lost, "empty_first_field"))
    return {name: count for name, count in counts.items() if count}


def test_all_shipped_decks_arrive_in_anki_and_twice_changes_nothing(
    user: User, tmp_path: Path, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "decks.apkg"
    said = user.json("anki", "export", package)
    assert said.keys() == {
        "format", "file", "notes", "cards", "reviews", "media", "missing",
    }  # fmt: skip
    assert said["file"] == str(package) and said["cards"] > 2000
    assert take(collection, package) == {"new": said["notes"]}
    assert (collection.note_count(), collection.card_count()) == (said["notes"], said["cards"])
    user.at = "2026-03-05T10:00"
    user.does("anki", "export", package)
    assert take(collection, package) == {"duplicate": said["notes"]}

    monkeypatch.setenv("EDITOR", user.editor("sed -i 's/^- kind: .*/&\\n  note: MINE/' $file"))
    user.does("edit", user.json("next")["note"])
    user.does("anki", "export", package)
    assert take(collection, package) == {"updated": 1, "duplicate": said["notes"] - 1}
    assert collection.card_count() == said["cards"]


def test_one_deck_by_competency(user: User, tmp_path: Path, collection: Collection) -> None:
    titles = [deck["deck"] for deck in user.json("deck", "list")["decks"]]
    package = tmp_path / "one.apkg"
    said = user.json("anki", "export", package, "--deck", titles[-1], "--by", "competency")
    assert take(collection, package) == {"new": said["notes"]}
    names = {deck.name for deck in collection.decks.all_names_and_ids()}
    assert names > {"Default", titles[-1]} and not names & set(titles[:-1])
    both = user.json("anki", "export", package, "--deck", titles[0], "--deck", titles[-1])
    assert both["notes"] > said["notes"]


def test_progress_goes_along_when_asked_for(
    small: User, tmp_path: Path, collection: Collection
) -> None:
    plain = tmp_path / "plain.apkg"
    small.does("anki", "export", plain)
    before = plain.read_bytes()
    first, second = small.json("next")["card"], "three/back"
    small.does("rate", first, "good", "--seconds", 4)
    small.does("suspend", second)
    package = tmp_path / "x.apkg"
    said = small.json("anki", "export", package, "--with-progress")
    assert (said["notes"], said["cards"], said["reviews"]) == (4, 6, 1)
    options = ImportAnkiPackageOptions(with_scheduling=True)
    request = ImportAnkiPackageRequest(package_path=str(package), options=options)
    assert len(collection.import_anki_package(request).log.new) == 4
    assert collection.db
    assert collection.db.all("select ease, time, type from revlog") == [[3, 4000, 0]]
    assert collection.db.scalar("select count() from cards where queue = -1") == 1
    small.does("anki", "export", plain)
    assert plain.read_bytes() == before
    people = small.does("anki", "export", package, "--with-progress").out
    for words in ("1 review)", "Import any learning progress", "FSRS"):
        assert words in people


def test_equal_notes_give_equal_bytes(small: User, tmp_path: Path) -> None:
    for name in ("a.apkg", "b.apkg"):
        small.does("anki", "export", tmp_path / name)
    assert (tmp_path / "a.apkg").read_bytes() == (tmp_path / "b.apkg").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.apkg") as package:
        assert package.namelist() == ["collection.anki2", "media"]


def test_removed_notes_and_empty_decks_are_no_trouble(small: User, tmp_path: Path) -> None:
    path = small.deck("own.yaml", "deck: Own\nnotes:\n- {kind: basic, id: a, front: A, back: B}\n")
    small.does("next")
    path.write_text("deck: Own\nnotes: []\n", "utf-8")
    assert small.json("anki", "export", tmp_path / "x.apkg")["notes"] == 4
    assert small.json("anki", "export", tmp_path / "y.apkg", "--deck", "Own")["notes"] == 0


def test_people_are_told_what_to_do_with_it(small: User, tmp_path: Path) -> None:
    said = small.does("anki", "export", tmp_path / "x.apkg").out
    assert said.startswith(f"Wrote 4 notes (6 cards) to {tmp_path / 'x.apkg'}.")
    assert "File, Import" in said


@pytest.mark.parametrize("name", ["nowhere/x.apkg", "file/x.apkg", "x" * 300 + ".apkg"])
def test_a_place_that_is_none_is_one_line(small: User, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written" in one_line(small("anki", "export", tmp_path / name))


def test_a_folder_one_may_not_write_to_is_one_line(user: User, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    said = one_line(user.ordinarily("anki", "export", tmp_path / "locked" / "x.apkg"))
    assert "x.apkg cannot be written: Permission denied (choose another place)" in said


@pytest.mark.parametrize("name", ["x.zip", "x", "x.apkg.bak", ".apkg"])
def test_a_name_that_anki_does_not_know_is_refused(small: User, tmp_path: Path, name: str) -> None:
    assert ".apkg" in one_line(small("anki", "export", tmp_path / name))
    assert not (tmp_path / name).exists()


def test_a_folder_is_no_file(small: User, tmp_path: Path) -> None:
    (tmp_path / "x.apkg").mkdir()
    said = small("anki", "export", tmp_path / "x.apkg")
    assert said.status == 2 and "is a directory" in said.err
    assert list((tmp_path / "x.apkg").iterdir()) == []


def test_a_deck_nobody_has_is_refused(small: User, tmp_path: Path) -> None:
    said = one_line(small("anki", "export", tmp_path / "x.apkg", "--deck", "Nope"))
    assert "'Nope'" in said and "Small" in said
    assert not (tmp_path / "x.apkg").exists()


def test_a_package_that_fails_leaves_the_old_one(
    small: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "x.apkg"
    small.does("anki", "export", package)
    before = package.read_bytes()
    monkeypatch.setattr("zipfile.ZipFile.open", full_disk)
    assert "No space left" in one_line(small("anki", "export", package))
    assert package.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "greenflag" in path.name] == []


def full_disk(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_linked_package_stays_a_link(small: User, tmp_path: Path) -> None:
    (tmp_path / "x.apkg").symlink_to(tmp_path / "real.apkg")
    small.does("anki", "export", tmp_path / "x.apkg")
    assert (tmp_path / "x.apkg").is_symlink()
    with zipfile.ZipFile(tmp_path / "real.apkg") as package:
        held = package.read("collection.anki2")
    with sqlite3.connect(":memory:") as db:
        db.deserialize(held)
        assert db.execute("SELECT count(*) FROM cards").fetchone() == (6,)
    db.close()


STORY = """\
deck: Mine
notes:
- kind: story
  id: outage
  title: The Friday outage
  situation: The shop was down.
  task: Mine was the shift.
  action: [Split the team, Called the ten largest shops]
  result: Nine of ten stayed.
  answers: [q]
  competencies: [customer-recovery]
- {kind: question, id: q, question: A crisis?, intent: Calm., key_points: [Facts first]}
"""


def test_a_story_goes_with_the_question_it_answers(
    small: User, tmp_path: Path, collection: Collection
) -> None:
    small.deck("mine.yaml", STORY)
    small.does("anki", "export", tmp_path / "x.apkg")
    assert take(collection, tmp_path / "x.apkg") == {"new": 6}
    (note,) = collection.find_notes('"note:Greenflag question"')
    story = collection.get_note(note)["Story"]
    assert (
        "<strong>Your story</strong>: The Friday outage" in story and "Nine of ten stayed." in story
    )


def test_a_text_file_for_anki(small: User, tmp_path: Path) -> None:
    said = small.json("anki", "export", tmp_path / "x.txt", "--format", "text")
    assert (said["file"], said["notes"], said["cards"]) == (str(tmp_path / "x.txt"), 4, 6)
    text = (tmp_path / "x.txt").read_text("utf-8")
    assert text.startswith("#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n")
    assert "\ngreenflag/one\tGreenflag basic\tSmall::Cards\t" in text
    people = small.does("anki", "export", tmp_path / "x.txt", "--format", "text").out
    assert "File, Import" in people and "4 notes (6 cards)" in people
    assert ".txt" in one_line(small("anki", "export", tmp_path / "x.apkg", "--format", "text"))
    assert ".apkg" in one_line(small("anki", "export", tmp_path / "x.txt"))


def test_pictures_go_along_and_missing_ones_are_named(small: User, tmp_path: Path) -> None:
    (small.decks / "media").mkdir()
    (small.decks / "media" / "dot.png").write_bytes(b"dot")
    small.deck(
        "own.yaml",
        "deck: Own\nnotes:\n"
        "- {kind: basic, id: a, front: '![dot](media/dot.png)', back: '![no](media/no.png)'}\n",
    )
    said = small.does("anki", "export", tmp_path / "x.apkg")
    assert "With 1 picture or sound." in said.out
    assert said.err == "left out: media/no.png is missing\n"
    found = small("deck", "check")
    assert found.status == 1
    assert "own.yaml:3: media/no.png is missing (put the file beside the deck)" in found.out
    assert "[picture: dot (dot.png)]" in small.does("show", "a").out
    assert "[picture: no (media/no.png)]" in small.does("show", "a").out
