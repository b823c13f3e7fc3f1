"""`anki pull`: every review comes once, from any file, in any order, and nothing else moves."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from anki.collection import (
    Collection,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)

from greenflag.anki.notetypes import guid_of
from tests.cli.runner import User, one_line

NOON = 1_772_449_200_000  # 2026-03-02 11:00 UTC, an hour after most tests play
HOUR, DAY = 3_600_000, 86_400_000


class There:
    """A user's Anki, which has imported what greenflag exported."""

    def __init__(self, folder: Path, user: User) -> None:
        self.folder = folder
        folder.mkdir()
        self.path = folder / "collection.anki2"
        self.col = Collection(str(self.path))
        user.does("anki", "export", folder / "out.apkg", "--with-progress")
        options = ImportAnkiPackageOptions(with_scheduling=True, with_deck_configs=True)
        self.col.import_anki_package(
            ImportAnkiPackageRequest(package_path=str(folder / "out.apkg"), options=options)
        )

    def card(self, note: str, ord: int = 0) -> Any:
        """Anki's number of a card of ours."""
        assert self.col.db
        number = self.col.db.scalar(
            "select c.id from cards c join notes n on n.id = c.nid where n.guid = ? and c.ord = ?",
            guid_of(note), ord,
        )  # fmt: skip
        assert isinstance(number, int)
        return number

    def log(
        self, note: str, at: int, ease: int, kind: int = 1, factor: int = 500, ord: int = 0
    ) -> None:
        """A row in Anki's log."""
        assert self.col.db
        row = (at, self.card(note, ord), -1, ease, 3, 1, factor, 6500, kind)
        self.col.db.execute("insert into revlog values (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)

    def package(self, name: str, *, legacy: bool = False, progress: bool = True) -> Path:
        """The collection exported as .apkg or .colpkg, in the old format or the new."""
        path = self.folder / name
        if name.endswith(".colpkg"):
            self.col.export_collection_package(str(path), include_media=False, legacy=legacy)
            self.col = Collection(str(self.path))
        else:
            options = ExportAnkiPackageOptions(
                with_scheduling=progress, with_deck_configs=True, with_media=False, legacy=legacy
            )
            self.col.export_anki_package(out_path=str(path), options=options, limit=None)
        return path


@pytest.fixture
def there(small: User, tmp_path: Path) -> Iterator[There]:
    program = There(tmp_path / "anki", small)
    yield program
    program.col.close()


def log_of(user: User, *, ids: bool = False) -> list[Any]:
    return user.rows("SELECT card, at, rating, seconds, kind, day FROM reviews ORDER BY card, at")


def sound(user: User) -> bool:
    """Whether the doctor finds the memories equal to a replay of the log, and all else sound.

    But for the clock: here some reviews are dated after the moment at which the test plays.
    """
    checks = json.loads(user("doctor", "--json").out)["checks"]
    return all(check["ok"] for check in checks if check["name"] != "clock")


def rated(user: User, card: str, rating: str, seconds: int) -> None:
    """Rate any card, as if `next` had shown it just now."""
    user.does("next")
    ((seen,),) = user.rows(
        "SELECT coalesce(max(id), 0) FROM reviews WHERE card = ? AND kind <> 'cram'", card
    )
    token = f"{seen}-1-{crc32(card.encode()):x}"
    user.does("rate", card, rating, "--seconds", seconds, "--shown", token)


def counts(said: dict[str, Any]) -> tuple[int, int, int, int]:
    return said["added"], said["known"], said["unknown_notes"], said["skipped"]


# --- from every kind of file


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("name", ["out.apkg", "out.colpkg"])
def test_reviews_come_from_packages_old_and_new(
    small: User, there: There, name: str, legacy: bool
) -> None:
    there.log("one", NOON, 3, kind=0)
    there.log("three", NOON + 1000, 1, kind=0, ord=1)
    said = small.json("anki", "pull", there.package(name, legacy=legacy))
    assert counts(said) == (2, 0, 0, 0) and said["cards"] == 2
    assert [row[:5] for row in log_of(small)] == [
        ("one/front", NOON, 3, 6.5, "review"),
        ("three/back", NOON + 1000, 1, 6.5, "review"),
    ]
    assert small.rows("SELECT DISTINCT source, source_id FROM reviews ORDER BY 2") == [
        ("anki", str(NOON)), ("anki", str(NOON + 1000))]  # fmt: skip
    assert sound(small)


def test_a_collection_may_be_closed(small: User, there: There) -> None:
    there.log("one", NOON, 3, kind=0)
    there.col.close()
    before = there.path.read_bytes()
    assert counts(small.json("anki", "pull", there.path)) == (1, 0, 0, 0)
    assert there.path.read_bytes() == before
    assert not list(there.folder.glob("collection.anki2-*"))
    there.col = Collection(str(there.path))


RUNNING = """
import sys, time
from anki.collection import Collection
col = Collection(sys.argv[1])
row = (int(sys.argv[2]), int(sys.argv[3]), -1, 3, 3, 1, 500, 6500, 0)
col.db.execute("insert into revlog values (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)
col.sched.suspend_cards([int(sys.argv[3])])
print("ready", flush=True)
sys.stdin.read()
"""


def test_or_open_in_a_running_anki_whose_last_change_is_seen(small: User, there: There) -> None:
    card = there.card("one")
    there.col.close()
    anki = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RUNNING), str(there.path), str(NOON), str(card)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert anki.stdout and anki.stdout.readline() == "ready\n"
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            sqlite3.connect(there.path, timeout=0.1).execute("SELECT count(*) FROM revlog")
        files = {path: path.stat().st_mtime_ns for path in there.folder.glob("collection.anki2*")}
        said = small.json("anki", "pull", there.path)
        assert counts(said) == (1, 0, 0, 0) and said["suspended"] == ["one/front"]
        assert files == {path: path.stat().st_mtime_ns for path in files}
        assert anki.poll() is None
    finally:
        anki.communicate("")
    there.col = Collection(str(there.path))


def test_a_package_without_progress_brings_nothing(small: User, there: There) -> None:
    there.log("one", NOON, 3, kind=0)
    path = there.package("x.apkg", progress=False)
    assert counts(small.json("anki", "pull", path)) == (0, 0, 0, 0)


# --- each once


def test_a_pull_twice_adds_nothing(small: User, there: There) -> None:
    there.log("one", NOON, 3, kind=0)
    path = there.package("x.colpkg")
    small.does("anki", "pull", path)
    before = small.content()
    assert counts(small.json("anki", "pull", path)) == (0, 1, 0, 0)
    assert small.content() == before


def test_our_own_reviews_come_back_as_known(small: User, tmp_path: Path) -> None:
    """Also those an export had to move on because their moments were taken."""
    for card in ("one/front", "two/front", "three/front", "four/definition"):
        small.does("next")
        rated(small, card, "good", 4)
    small.does("reset", "one")
    rated(small, "one/front", "again", 3)
    small.does("review", "--cram", "--limit", 2, lines="3\n3\n")
    before = log_of(small)
    program = There(tmp_path / "anki", small)
    said = small.json("anki", "pull", program.package("x.colpkg"))
    assert counts(said) == (0, len(before), 0, 0)
    assert log_of(small) == before
    program.col.close()


def test_both_sides_are_merged_whatever_comes_first(small: User, there: There) -> None:
    rated(small, "one/front", "good", 4)
    there.log("one", NOON - 4 * DAY, 3, kind=0)
    there.log("one", NOON + HOUR, 1)
    there.log("two", NOON, 4, kind=0)
    early = there.package("early.colpkg")
    there.log("one", NOON + DAY, 2)
    late = there.package("late.colpkg")
    copies = []
    for number, order in enumerate(((early, late), (late, early), (late,))):
        copy = User(small.home.with_name(f"home-{number}"), small.at)
        shutil.copytree(small.home, copy.home)
        for path in order:
            copy.does("anki", "pull", path)
        copy.at = "2026-03-09T10:00"
        rated(copy, "two/front", "hard", 4)
        copy.does("anki", "pull", early)
        assert sound(copy)
        copies.append((log_of(copy), copy.rows("SELECT * FROM memory ORDER BY card")))
    assert copies[0] == copies[1] == copies[2]
    assert len(copies[0][0]) == 6


def test_the_same_moment_on_both_sides_is_two_reviews_when_they_differ(
    small: User, there: There
) -> None:
    rated(small, "one/front", "good", 4)
    ((at,),) = small.rows("SELECT at FROM reviews")
    there.log("one", at, 1)
    path = there.package("x.colpkg")
    assert counts(small.json("anki", "pull", path)) == (1, 0, 0, 0)
    assert [row[1:3] for row in log_of(small)] == [(at, 3), (at + 1, 1)]
    assert counts(small.json("anki", "pull", path)) == (0, 1, 0, 0)
    assert sound(small)


# --- what counts


def test_rows_that_are_no_ratings_are_left_out_and_a_forgotten_card_begins_anew(
    small: User, there: There
) -> None:
    there.log("one", NOON - 9 * DAY, 3, kind=0)
    there.log("one", NOON - 8 * DAY, 0, kind=4, factor=2500)  # a due day set by hand
    there.log("one", NOON - 7 * DAY, 0, kind=5, factor=500)  # all cards scheduled anew
    there.log("one", NOON - 6 * DAY, 3, kind=3, factor=0)  # a look in a preview
    there.log("one", NOON - 5 * DAY, 2, kind=3, factor=500)  # a filtered deck that reschedules
    there.log("two", NOON - 9 * DAY + 1, 3, kind=0)
    there.log("two", NOON - 5 * DAY + 1, 0, kind=4, factor=0)  # forgotten on purpose
    there.log("three", NOON - 9 * DAY + 2, 3, kind=0)
    there.log("three", NOON - 5 * DAY + 2, 0, kind=4, factor=0)
    there.log("three", NOON - 4 * DAY + 2, 4, kind=0)
    said = small.json("anki", "pull", there.package("x.colpkg"))
    assert counts(said) == (7, 0, 0, 3)
    memories = dict(small.rows("SELECT card, reviews FROM memory"))
    assert memories == {"one/front": 2, "three/front": 1}
    assert sound(small)
    assert small.json("show", "two/front")["cards"][0]["state"] == "new"


def test_what_anki_itself_logs_for_them_is_read_so(small: User, there: There) -> None:
    cards = [there.card(note) for note in ("one", "two", "three")]
    for card in cards:
        held = there.col.get_card(card)
        held.start_timer()
        time.sleep(0.003)
        there.col.sched.answerCard(held, 3)
    there.col.sched.set_due_date([cards[1]], "9")
    there.col.sched.schedule_cards_as_new([cards[2]])
    said = small.json("anki", "pull", there.package("x.colpkg"))
    assert said["added"] == 4 and said["skipped"] == 1
    assert dict(small.rows("SELECT card, reviews FROM memory")) == {
        "one/front": 1, "two/front": 1}  # fmt: skip


def test_other_notes_cards_and_marks_are_told(small: User, there: There) -> None:
    note = there.col.new_note(there.col.models.by_name("Basic"))  # type: ignore[arg-type]
    note["Front"] = "mine"
    there.col.add_note(note, there.col.decks.id("Mine"))  # type: ignore[arg-type]
    assert there.col.db
    there.col.db.execute("insert into revlog values (?, ?, -1, 3, 1, 1, 5, 5, 0)", NOON,
                         note.cards()[0].id)  # fmt: skip
    there.log("two", NOON + 5, 3, kind=0)
    there.col.sched.suspend_cards([there.card("one")])
    there.col.set_user_flag_for_cards(3, [there.card("two")])
    path = there.package("x.colpkg")
    said = small.json("anki", "pull", path)
    assert counts(said) == (1, 0, 1, 0)
    assert said["suspended"] == ["one/front"]
    assert said["flagged"] == [{"card": "two/front", "flag": 3}]
    assert small.rows("SELECT count(*) FROM suspended") == [(0,)]
    told = small.does("anki", "pull", path).out
    assert "1 review of notes not in your decks" in told
    assert "Suspended in Anki but not here: one/front." in told


def test_a_note_that_is_set_aside_takes_its_reviews_and_brings_them_back(
    small: User, there: There
) -> None:
    own = small.deck("own.yaml", "deck: Own\nnotes:\n- {kind: basic, id: a, front: A, back: B}\n")
    text = own.read_text()
    program = There(there.folder / "second", small)
    program.log("a", NOON, 3, kind=0)
    path = program.package("x.colpkg")
    program.col.close()
    own.write_text("deck: Own\nnotes: []\n")
    assert small.json("anki", "pull", path)["added"] == 1
    own.write_text(text)
    assert small.json("show", "a/front")["cards"][0]["state"] == "review"


def test_the_day_of_a_review_begins_when_anki_says(small: User, there: There) -> None:
    at = NOON - 8 * HOUR  # 3:00 in UTC
    there.log("one", at, 3, kind=0)
    small.does("anki", "pull", there.package("early.apkg"))
    there.col.set_config("rollover", 2)
    there.log("two", at + 1, 3, kind=0)
    small.does("anki", "pull", there.package("late.colpkg"))
    days = dict(small.rows("SELECT card, day FROM reviews"))
    assert days["two/front"] == days["one/front"] + 1


def test_what_was_done_today_in_anki_is_no_longer_asked_today(small: User, there: There) -> None:
    asked = small.json("next")
    left = asked["left"]
    note, _, face = asked["card"].partition("/")
    there.log(note, NOON - HOUR // 2, 3, kind=0, ord=int(face == "back"))
    small.at = "2026-03-02T12:30"
    small.does("anki", "pull", there.package("x.colpkg"))
    after = small.json("next")
    assert after["card"].partition("/")[0] != note and after["left"] < left


def test_a_showing_from_before_a_pull_is_stale(small: User, there: There) -> None:
    asked = small.json("next")
    note, _, face = asked["card"].partition("/")
    there.log(note, NOON - 9 * DAY, 3, kind=0, ord=int(face == "back"))
    small.does("anki", "pull", there.package("x.colpkg"))
    said = small("rate", asked["card"], "good", "--shown", asked["shown"])
    assert "was reviewed after this showing" in one_line(said)


# --- undo


def test_undo_takes_a_pull_back_whole(small: User, there: There) -> None:
    rated(small, "one/front", "good", 4)
    small.does("next")
    before = small.content()
    there.log("one", NOON - 9 * DAY, 3, kind=0)
    there.log("two", NOON, 2, kind=0)
    small.does("anki", "pull", there.package("x.colpkg"))
    assert small.content() != before
    assert "Taken back: all that came from x.colpkg." in small.does("undo").out
    assert small.content() == before and sound(small)
    assert "the rating of one/front" in small.does("undo").out


# --- what was reworded there


def reworded(there: There, note: str, **fields: str) -> None:
    """Edit fields of a note in Anki; it was changed later there than here."""
    assert there.col.db
    held = there.col.get_note(there.col.get_card(there.card(note)).nid)
    for name, html in fields.items():
        held[name.replace("_", " ").capitalize()] = html
    there.col.update_note(held)
    there.col.db.execute("update notes set mod = 4000000000 where id = ?", held.id)


def test_what_was_reworded_is_told_and_left_alone(small: User, there: There) -> None:
    reworded(there, "one", Back="<div>First of <b>all</b>&nbsp;&amp; more.</div>")
    path = there.package("x.colpkg")
    before = small.content()
    (edit,) = small.json("anki", "pull", path)["edits"]
    assert edit == {
        "note": "one", "field": "back", "ours": "First.",
        "theirs": "First of **all** & more.", "taken": False, "why_not": "",
    }  # fmt: skip
    assert small.content() == before and not list(small.decks.iterdir())
    told = small.does("anki", "pull", path).out
    assert "Reworded in Anki: one, back\n  here: First.\n  Anki: First of **all** & more." in told
    assert told.endswith(f"Take these over with: greenflag anki pull {path} --edits\n")


def test_edits_go_into_the_own_deck_file_and_undo_takes_them_back(
    small: User, there: There
) -> None:
    there.log("one", NOON, 3, kind=0)
    reworded(there, "one", Back="First of <b>all</b>.")
    reworded(there, "four", Why="")
    path = there.package("x.colpkg")
    small.does("next")
    before = small.content()
    said = small.json("anki", "pull", path, "--edits")
    assert [(edit["note"], edit["field"], edit["taken"]) for edit in said["edits"]] == [
        ("one", "back", True), ("four", "why", True)]  # fmt: skip
    assert small.json("show", "one")["fields"]["back"] == "First of **all**."
    assert len(small.json("show", "four")["cards"]) == 1
    assert small.json("deck", "check")["problems"] == []
    assert small.json("show", "one/front")["cards"][0]["reviews"] and sound(small)
    assert small.json("anki", "pull", path, "--edits")["edits"] == []
    assert "Taken back: all that came from x.colpkg" in small.does("undo").out
    assert not (small.decks / "small.yaml").exists()
    after = small.content()
    assert after["reviews"] == before["reviews"] and after["memory"] == before["memory"]
    assert small.json("show", "one")["fields"]["back"] == "First."
    assert len(small.json("show", "four")["cards"]) == 2


def test_undo_leaves_a_deck_file_that_was_changed_since(small: User, there: There) -> None:
    there.log("one", NOON, 3, kind=0)
    reworded(there, "one", Back="Other.")
    small.does("anki", "pull", there.package("x.colpkg"), "--edits")
    own = small.decks / "small.yaml"
    own.write_text(own.read_text() + "# mine\n")
    assert "was changed since" in one_line(small("undo"))
    assert own.read_text().endswith("# mine\n") and len(log_of(small)) == 1


def test_what_was_only_written_in_other_tags_or_is_older_there_is_no_edit(
    small: User, there: There
) -> None:
    reworded(there, "one", Back="First.<br>", Front="<div>One?</div>")
    path = there.package("x.colpkg")
    assert small.json("anki", "pull", path)["edits"] == []
    reworded(there, "two", Back="Older.")
    assert there.col.db
    there.col.db.execute("update notes set mod = 1000")
    assert small.json("anki", "pull", there.package("y.colpkg"))["edits"] == []


def test_an_edit_that_no_deck_can_hold_is_told_with_its_reason(small: User, there: There) -> None:
    reworded(there, "one", Back="")
    reworded(there, "two", Back="<table><tr><td>1</td></tr></table>")
    reworded(there, "three", Back="x" * 30_000)
    reworded(there, "four", Why='because <img src="paste-1.png">')
    before = small.content()
    said = small.json("anki", "pull", there.package("x.colpkg"), "--edits")
    told = {edit["note"]: (edit["taken"], edit["why_not"]) for edit in said["edits"]}
    assert told["one"] == (False, "back is missing")
    assert told["two"] == (False, "a table cannot be taken over")
    assert told["three"] == (False, "it is too long")
    added = "pictures and sounds that were added in Anki cannot be taken over"
    assert told["four"] == (False, added)
    assert small.content() == before and not list(small.decks.iterdir())


def test_what_no_text_may_hold_is_left_out_of_an_edit(small: User, there: There) -> None:
    reworded(there, "one", Back="a\u202eb\x1b[31m")
    small.does("anki", "pull", there.package("x.colpkg"), "--edits")
    assert (
        json.loads(small.rows("SELECT body FROM notes WHERE id = 'one'")[0][0])["back"] == "ab[31m"
    )


def test_pictures_of_ours_and_stories_are_no_edits_and_stay_in_one(
    small: User, tmp_path: Path
) -> None:
    (small.decks / "media").mkdir()
    (small.decks / "media" / "dot.png").write_bytes(b"dot")
    small.deck(
        "own.yaml",
        "deck: Own\nnotes:\n"
        "- {kind: basic, id: a, front: 'Which? ![dot](media/dot.png)', back: B}\n"
        "- {kind: basic, id: b, front: '![dot](media/dot.png)', back: B}\n"
        "- {kind: question, id: q, question: Q?, intent: I., key_points: [K]}\n"
        "- {kind: story, id: s, title: T, situation: S, task: T, action: A, result: R,"
        " answers: [q], competencies: [customer-recovery]}\n",
    )
    program = There(tmp_path / "anki", small)
    reworded(program, "q", Question="Q!")
    front = program.col.get_note(program.col.find_notes("Front:Which*")[0])["Front"]
    assert "greenflag-" in front
    reworded(program, "a", Front=front.replace("Which", "What"))
    said = small.json("anki", "pull", program.path, "--edits")
    program.col.close()
    assert {(edit["note"], edit["field"], edit["theirs"]) for edit in said["edits"]} == {
        ("a", "front", "What? ![dot](media/dot.png)"),
        ("q", "question", "Q!"),
    }
    assert "![dot](media/dot.png)" in (small.decks / "own.yaml").read_text("utf-8")


# --- many


@pytest.mark.parametrize("seed", [1])
def test_two_thousand_reviews_go_out_and_come_back_none_lost_none_doubled(
    small: User, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    small.does("next")
    cards = [row[0] for row in small.rows("SELECT id FROM cards ORDER BY id")]
    rows = [
        (card, NOON - (400 - n) * DAY + chance.randint(0, 3), 739_000 + n, chance.randint(1, 4))
        for card in cards
        for n in range(330)
    ]
    with small.database() as db:
        db.executemany(
            "INSERT INTO reviews (card, at, day, rating, seconds, kind, source)"
            " VALUES (?, ?, ?, ?, 5, 'review', 'greenflag')", rows,
        )  # fmt: skip
    small.does("rebuild")
    program = There(tmp_path / "anki", small)
    path = program.package("x.colpkg")
    program.col.close()
    assert counts(small.json("anki", "pull", path)) == (0, len(rows), 0, 0)
    fresh = User(tmp_path / "fresh", small.at)
    assert counts(fresh.json("anki", "pull", path)) == (len(rows), 0, 0, 0)
    assert counts(fresh.json("anki", "pull", path)) == (0, len(rows), 0, 0)
    assert [row[2:5] for row in log_of(fresh)] == [row[2:5] for row in log_of(small)]
    assert sound(fresh)


# --- files that are none


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return path


def a_database(path: Path, *statements: str) -> bytes:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.executescript(statement)
    db.close()
    return path.read_bytes()


COL = "CREATE TABLE col (mod integer, conf text); INSERT INTO col VALUES (1, '{}');"
NOTES = "CREATE TABLE notes (id integer, guid text, mod integer, flds text);"
CARDS = "CREATE TABLE cards (id integer, nid integer, ord integer, queue integer, flags integer);"
REVLOG = (
    "CREATE TABLE revlog (id integer, cid integer, ease integer, factor integer, time integer,"
    " type integer);"
)
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"


def hostile(folder: Path) -> dict[str, Path]:
    """Files that are no export of Anki's, by name."""
    zeros = bytes(100 * 2**20)
    good = a_database(folder / "good", COL, NOTES, CARDS, REVLOG)
    whole = zipped(folder / "whole.apkg", collection__anki2=good)
    (folder / "text.apkg").write_text("not a zip\n")
    (folder / "empty.apkg").write_bytes(b"")
    (folder / "cut.apkg").write_bytes(whole.read_bytes()[:-40])
    data = whole.read_bytes()
    (folder / "torn.apkg").write_bytes(data[:90] + bytes(60) + data[150:])
    (folder / "torn.anki2").write_bytes(good[:5000])
    view = f"CREATE VIEW revlog AS SELECT x AS id, x AS cid FROM ({ENDLESS});"
    made = {
        "bomb": zipped(folder / "bomb.apkg", collection__anki2=zeros),
        "names": zipped(folder / "names.apkg", **{"../../evil": b"x", "/etc/evil": b"x"}),
        "zstd": zipped(folder / "zstd.apkg", collection__anki21b=b"(\xb5/\xfd broken"),
        "not zstd": zipped(folder / "no-zstd.apkg", collection__anki21b=good),
        "schema": zipped(folder / "schema.apkg", collection__anki2=a_database(
            folder / "schema", COL, NOTES, CARDS, "CREATE TABLE revlog (a, b);")),
        "missing": zipped(folder / "missing.apkg", collection__anki2=a_database(
            folder / "missing", COL)),
        "view": zipped(folder / "view.apkg", collection__anki2=a_database(
            folder / "view", COL, NOTES, CARDS, view)),
    }  # fmt: skip
    for name in ("text.apkg", "empty.apkg", "cut.apkg", "torn.apkg", "torn.anki2"):
        made[name] = folder / name
    made["folder"] = folder / "folder.apkg"
    made["folder"].mkdir()
    made["nowhere"] = folder / "nowhere.apkg"
    return made


def test_files_that_are_none_are_one_line_and_change_nothing(small: User, tmp_path: Path) -> None:
    small.does("next")
    before = small.content()
    for name, path in hostile(tmp_path).items():
        began = time.monotonic()
        said = small("anki", "pull", path)
        assert said.status in (1, 2) and not said.out, (name, said)
        assert said.status == 2 or said.err.count("\n") == 1, (name, said)
        assert "bug" not in said.err and time.monotonic() - began < 10, (name, said)
        assert small.content() == before
    assert not (tmp_path.parent / "evil").exists() and not Path("/etc/evil").exists()


def test_odd_values_in_the_tables_are_left_out(small: User, tmp_path: Path) -> None:
    small.does("next")
    values = (
        f"({NOON}, 1, 3, 0, 1000, 0), ({NOON + 1}, 1, 9, 0, 1, 0), ({NOON + 2}, 1, 3, 0, -5, 1),"
        f" ('x', 1, 3, 0, 1, 0), (NULL, 1, 3, 0, 1, 0), (5, 1, 3, 0, 1, 0),"
        f" ({NOON + 3}, 1, NULL, NULL, NULL, NULL), ({2**62}, 1, 3, 0, 1, 0),"
        f" ({NOON + 4}, 1, 3, x'00', 1e300, 1), ({NOON}, 2, 3, 0, 1, 0), ({NOON}, 77, 3, 0, 1, 0)"
    )
    data = a_database(
        tmp_path / "odd", COL, NOTES, CARDS, REVLOG,
        "INSERT INTO notes VALUES (1, 'greenflag/one', 9e18, x'00'), (1, x'00', 1, 1),"
        " (2, 'greenflag/' || char(0) || 'one', 2000000000, 'a' || char(31) || char(0)),"
        " (3, 'greenflag/two', 4000000000, char(31) || char(0)), (4, 'greenflag/\u202e', 1, '');",
        "INSERT INTO cards VALUES (1, 1, 0, -1, 'x'), (2, 1, 0, 0, 0), (3, 1, 400, 0, 0),"
        " (4, 2, 0, 0, 0), ('x', 1, 'y', NULL, NULL);",
        f"INSERT INTO revlog VALUES {values};",
    )  # fmt: skip
    path = zipped(tmp_path / "odd.apkg", collection__anki2=data)
    said = small.json("anki", "pull", path)
    assert said["added"] == 3 and sum(counts(said)) == 11
    assert counts(small.json("anki", "pull", path))[:2] == (0, 3)
    assert sound(small)


def test_a_package_that_our_store_refuses_leaves_everything_as_it_was(
    small: User, there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.log("one", NOON, 3, kind=0)
    path = there.package("x.colpkg")
    small.does("next")
    before = small.content()
    monkeypatch.setattr("greenflag.store.arrivals.remember", full)
    assert "full" in one_line(small("anki", "pull", path))
    assert small.content() == before


def full(*_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def test_more_reviews_of_a_card_than_anybody_can_do_are_refused(
    small: User, tmp_path: Path
) -> None:
    small.does("next")
    before = small.content()
    data = a_database(
        tmp_path / "many", COL, NOTES, CARDS, REVLOG,
        "INSERT INTO notes VALUES (1, 'greenflag/one', 1, '')",
        "INSERT INTO cards VALUES (1, 1, 0, 0, 0)",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 10001)"
        f" INSERT INTO revlog SELECT {NOON} + x, 1, 3, 500, 1, 1 FROM n",
    )  # fmt: skip
    path = zipped(tmp_path / "many.apkg", collection__anki2=data)
    assert "more reviews than anybody" in one_line(small("anki", "pull", path))
    assert small.content() == before
