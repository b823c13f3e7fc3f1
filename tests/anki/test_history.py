"""Reading packages and collections: which one counts, when its days begin, and what is refused."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from greenflag.anki import history, packagefile
from greenflag.anki.history import Clock, read_collection
from greenflag.anki.ledger import Answered
from greenflag.errors import GreenflagError
from tests.conftest import Living

AT = 1_772_449_200_000
TABLES = (
    "CREATE TABLE col (mod integer, conf text);"
    "CREATE TABLE notes (id integer primary key, guid text, mod integer, flds text);"
    "CREATE TABLE cards (id integer primary key, nid integer, ord integer, queue, flags);"
    "CREATE TABLE revlog (id integer primary key, cid, ease, factor, time, type);"
    "INSERT INTO notes VALUES (1, 'greenflag/a', 5, 'a\x1f\x1fF'), (2, 'other', 5, 'x');"
    "INSERT INTO cards VALUES (10, 1, 0, -1, 3), (11, 1, 1, 2, 0), (12, 2, 0, 2, 0);"
)


def collection(
    path: Path, log: Sequence[tuple[object, ...]] = (), conf: str = "{}", more: str = ""
) -> Path:
    with sqlite3.connect(path) as db:
        db.executescript(TABLES + more)
        db.execute("INSERT INTO col VALUES (?, ?)", (AT, conf))
        db.executemany("INSERT INTO revlog VALUES (?, ?, ?, ?, ?, ?)", log)
    db.close()
    return path


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return path


def answers(path: Path) -> list[tuple[int, list[Answered], int]]:
    with read_collection(path) as found:
        return list(found.answers([10, 11, 12]))


def test_only_our_cards_are_told_with_their_marks(tmp_path: Path) -> None:
    with read_collection(collection(tmp_path / "c")) as found:
        assert list(found.cards()) == [(10, "a", 0, True, 3), (11, "a", 1, False, 0)]
        assert list(found.notes()) == [("a", 5, ["a", "", "F"])]
        assert found.reviews() == 0


def test_rows_that_are_no_answers_are_counted(tmp_path: Path) -> None:
    rows = [(AT, 10, 3, 2500, 1500, 0), (AT + 1, 10, 0, 2500, 0, 4), (AT + 2, 11, 3, 0, 10, 3)]
    assert answers(collection(tmp_path / "c", rows)) == [
        (10, [Answered(AT, 3, 1500, True)], 1),
        (11, [Answered(AT + 2, 3, 10, False)], 0),
    ]


def test_the_newest_collection_of_a_package_counts(tmp_path: Path) -> None:
    old = collection(tmp_path / "old", [(AT, 10, 1, 0, 5, 0)]).read_bytes()
    new = collection(tmp_path / "new", [(AT, 10, 4, 0, 5, 0)]).read_bytes()
    both = zipped(tmp_path / "x.apkg", collection__anki2=old, collection__anki21=new, media=b"{}")
    assert answers(both)[0][1][0].rating == 4
    assert answers(zipped(tmp_path / "y.apkg", collection__anki2=old))[0][1][0].rating == 1


def test_a_change_that_is_only_in_the_journal_is_seen(tmp_path: Path) -> None:
    path = collection(tmp_path / "collection.anki2")
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("INSERT INTO revlog VALUES (?, 10, 3, 0, 5, 0)", (AT,))
    before = path.read_bytes()
    assert answers(path) == [(10, [Answered(AT, 3, 5, True)], 0)]
    assert path.read_bytes() == before
    db.close()


def test_a_collection_that_never_rests_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = collection(tmp_path / "c")
    states = iter(range(100))
    monkeypatch.setattr(packagefile, "_states", lambda files: next(states))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(GreenflagError, match="being changed just now"), read_collection(path):
        pass


@pytest.mark.parametrize(
    ("conf", "clock"),
    [
        ({}, Clock(None, None)),
        ({"rollover": 2}, Clock(2, None)),
        ({"rollover": 99, "localOffset": "x"}, Clock(None, None)),
        ({"localOffset": 300, "rollover": 4}, Clock(4, 300)),
        ({"localOffset": -330}, Clock(None, None)),  # it is here
        ([], Clock(None, None)),
    ],
)
def test_the_clock_is_what_the_collection_says(
    tmp_path: Path, living_in: Living, conf: object, clock: Clock
) -> None:
    with (
        living_in("Asia/Kolkata"),
        read_collection(collection(tmp_path / "c", conf=json.dumps(conf))) as found,
    ):
        assert found.clock() == clock


def test_the_clock_of_the_new_format(tmp_path: Path) -> None:
    table = "CREATE TABLE config (key text, val blob); INSERT INTO config VALUES ('rollover', '3');"
    with read_collection(collection(tmp_path / "c", conf="", more=table)) as found:
        assert found.clock() == Clock(3, None)


# --- refused


def read(path: Path) -> None:
    with read_collection(path) as found:
        found.reviews()
        list(found.answers([10]))


def refused(path: Path) -> str:
    with pytest.raises(GreenflagError) as caught:
        read(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = collection(tmp_path / "c", [(AT + n, 10, 3, 0, 5, 0) for n in range(30)])
    package = zipped(tmp_path / "x.apkg", collection__anki2=path.read_bytes())
    for home, name, value, why in (
        (history, "MOST_OF_A_CARD", 29, "more reviews than anybody"),
        (history, "MOST_OF_OURS", 29, "more reviews than anybody"),
        (history, "MOST_REVIEWS", 29, "more than 29 reviews"),
        (packagefile, "LARGEST_COLLECTION", 1000, "larger than it may be"),
        (packagefile, "EASILY", 100, "larger than it may be"),
        (packagefile, "MOST_STEPS", -1, "takes too long"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(home, name, value)
            patch.setattr(packagefile, "DENSEST", 0 if name == "EASILY" else 100)
            patch.setattr(packagefile._Budget, "EACH", 1)
            assert why in refused(package), name
            if name not in ("EASILY",):
                assert why in refused(path), name


def test_a_list_of_members_too_long_to_read_is_not_read(tmp_path: Path) -> None:
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 9, 9, 2**30, 0, 0)
    (tmp_path / "x.apkg").write_bytes(b"PK\x03\x04" + end)
    assert "damaged" in refused(tmp_path / "x.apkg")


def test_a_pipe_is_not_waited_for_and_odd_packing_is_not_unpacked(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a plain file" in refused(tmp_path / "pipe")
    path = tmp_path / "x.apkg"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.write(collection(tmp_path / "c"), "collection.anki2")
    assert "damaged" in refused(path)
    os.mkfifo(tmp_path / "c-wal")
    assert "not a plain file" in refused(tmp_path / "c")


@pytest.mark.parametrize(
    "more", ["DROP TABLE revlog; CREATE VIRTUAL TABLE revlog USING fts5 (id)",
             "DROP TABLE cards; CREATE VIEW cards AS SELECT 1 AS id", "DROP TABLE notes"]
)  # fmt: skip
def test_what_only_looks_like_a_table_is_not_asked(tmp_path: Path, more: str) -> None:
    path = collection(tmp_path / "c")
    with sqlite3.connect(path) as db:
        db.executescript(more)
    db.close()
    assert "holds no collection" in refused(path)


def test_what_goes_wrong_elsewhere_meanwhile_is_not_laid_to_the_file(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError), read_collection(collection(tmp_path / "c")):
        raise sqlite3.OperationalError("our own")
