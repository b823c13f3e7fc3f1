"""Packages from outside: what is broken or hostile is one line, in bounds, and changes nothing."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenflag.anki import packagefile
from greenflag.anki.collection import ForeignNote, count_notes, read_notes, read_reviews
from greenflag.anki.packagefile import opened
from greenflag.errors import GreenflagError
from tests.anki.elsewhere import PNG, Elsewhere

SCHEMA = """
CREATE TABLE col (id, crt, mod, scm, ver, dty, usn, ls, conf, models, decks, dconf, tags);
CREATE TABLE notes (id, guid, mid, mod, usn, tags, flds, sfld, csum, flags, data);
CREATE TABLE cards (id, nid, did, ord, mod, usn, type, queue, due, ivl, factor, reps, lapses, left,
  odue, odid, flags, data);
CREATE TABLE revlog (id, cid, usn, ease, ivl, lastIvl, factor, time, type);
"""
MODELS = {"7": {"name": "T", "type": 0, "flds": [{"name": "F"}, {"name": "B"}],
                "tmpls": [{"name": "C", "qfmt": "{{F}}", "afmt": "{{B}}"}]}}  # fmt: skip
DECKS = {"1": {"name": "Default"}, "5": {"name": "A::B"}}


def collection(folder: Path, sql: str = "") -> bytes:
    """A small collection of the older layout, changed by some SQL."""
    path = folder / "small.anki2"
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript(SCHEMA)
    col = (1, 0, 0, 0, 11, 0, 0, 0, '{"schedVer": 2}', json.dumps(MODELS), json.dumps(DECKS))
    db.execute(f"INSERT INTO col VALUES ({','.join('?' * 11)}, '', '')", col)
    db.execute("INSERT INTO notes VALUES (1, 'g', 7, 0, 0, ' t ', 'a\x1fb', '', 0, 0, '')")
    db.execute(f"INSERT INTO cards VALUES (2, 1, 5, 0{', 0' * 14})")
    db.execute("INSERT INTO revlog VALUES (1700000000000, 2, 0, 3, 1, 1, 2500, 5000, 1)")
    db.executescript(sql)
    db.commit()
    db.close()
    return path.read_bytes()


def packed(path: Path, **members: bytes) -> Path:
    """A package with these members; `_` stands for a dot."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return path


def refusal(path: Path) -> str:
    """The one line a package is refused with."""
    with pytest.raises(GreenflagError) as raised:
        read(path)
    said = str(raised.value)
    assert "\n" not in said
    return said


def read(path: Path) -> list[ForeignNote]:
    """The notes of a package, after all that can be read of it was."""
    with opened(path) as package:
        notes = list(read_notes(package.db))
        assert all(review.answered.rating in range(5) for review in read_reviews(package.db))
        return notes


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    program = Elsewhere(tmp_path / "elsewhere")
    yield program
    program.col.close()


def test_a_collection_without_the_row_about_itself_is_refused(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    elsewhere.col.close()
    copy = tmp_path / "collection.anki2"
    copy.write_bytes(Path(elsewhere.col.path).read_bytes())
    with sqlite3.connect(copy) as db:
        db.execute("DELETE FROM col")
    db.close()
    elsewhere.col.reopen()
    assert "no collection" in refusal(copy)


@pytest.mark.parametrize(
    ("name", "legacy"),
    [("a.apkg", False), ("a.apkg", True), ("a.colpkg", False), ("a.colpkg", True)],
)
def test_every_layout_gives_the_same_notes_reviews_and_media(
    elsewhere: Elsewhere, name: str, legacy: bool
) -> None:
    elsewhere.furnish()
    with opened(elsewhere.package(name, legacy=legacy)) as package:
        notes = {note.fields[0]: note for note in read_notes(package.db)}
        assert count_notes(package.db) == len(notes) == 10
        bread = notes["el <b>pan</b>"]
        assert (bread.type.name, bread.tags, bread.cards[0].deck) == (
            "Basic",
            ("n::m",),
            "Spanish::Food",
        )
        assert [card.suspended for card in notes["la mesa"].cards] == [False, True]
        assert notes["{{c1::Madrid}}, {{c2::Spain::land}}"].type.cloze
        assert [t.name for t in notes["gato"].type.templates] == ["Card 1", "Card 2"]
        reviews = list(read_reviews(package.db))
        assert sorted(each.answered.rating for each in reviews) == [1, 2, 3, 3, 4]
        assert package.read(package.media["dot.png"], 1000) == PNG
        assert package.read(package.media["dot.png"], 10) is None


def test_a_collection_can_be_read_and_nothing_else(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.apkg", collection_anki2=collection(tmp_path))
    for sql in ("DELETE FROM notes", "ATTACH 'x' AS x", "CREATE TABLE t (a)", "PRAGMA user_version",
                "SELECT load_extension('x')"):  # fmt: skip
        with pytest.raises(GreenflagError), opened(path) as package:
            package.db.execute(sql)


BROKEN: dict[str, tuple[str, str]] = {
    "view": ("DROP TABLE notes; CREATE VIEW notes AS SELECT * FROM cards", "no collection"),
    "trigger": ("CREATE TRIGGER t AFTER INSERT ON notes BEGIN SELECT 1; END", "no collection"),
    "virtual": ("CREATE VIRTUAL TABLE v USING fts5(a)", "no collection"),
    "computed": ("ALTER TABLE notes ADD COLUMN x AS (zeroblob(1000000000))", "no collection"),
    "no notes": ("DROP TABLE notes", "no collection"),
    "no columns": ("DROP TABLE notes; CREATE TABLE notes (id)", "no collection"),
    "many rows": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000001)"
        " INSERT INTO revlog SELECT i, 2, 0, 3, 1, 1, 1, 1, 1 FROM n",
        "1,000,002 rows of revlog",
    ),
    "large value": ("UPDATE col SET models = zeroblob(20000000)", "larger than it may be"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_collection_that_is_none_is_one_line(tmp_path: Path, name: str) -> None:
    sql, words = BROKEN[name]
    path = packed(tmp_path / "x.apkg", collection_anki2=collection(tmp_path, sql))
    assert words in refusal(path)


ODD = [
    "UPDATE notes SET flds = hex(zeroblob(400000))",
    "UPDATE col SET models = '[' || replace(hex(zeroblob(50000)), '00', '[')",
    "UPDATE col SET models = '{\"7\": 3, \"x\": null}', decks = '[1]', conf = '\"'",
    "UPDATE col SET models = NULL, decks = x'ff00', conf = 3",
    "UPDATE notes SET flds = x'ff1f00ff', tags = 5, guid = NULL",
    "UPDATE notes SET flds = 'a' || char(0) || 'b' || char(31) || char(31) || 'c'",
    "UPDATE cards SET id = 'x', ord = -1",
    "UPDATE cards SET ord = 9e99, did = 'x', queue = x'00'",
    "UPDATE revlog SET id = 'now', ease = 3.5, type = x'', factor = NULL, time = 'long'",
    "UPDATE revlog SET ease = 9223372036854775807, time = -9223372036854775808",
    "DELETE FROM col; INSERT INTO col (id) VALUES (1)",
]


@pytest.mark.parametrize("sql", ODD)
def test_odd_values_are_read_as_what_they_should_be_or_left_out(tmp_path: Path, sql: str) -> None:
    path = packed(tmp_path / "x.apkg", collection_anki2=collection(tmp_path, sql))
    for note in read(path):
        assert all(isinstance(text, str) for text in (note.guid, *note.tags, *note.fields))


def bomb(path: Path, name: str, size: int) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w") as out,
    ):
        for _ in range(size // 2**20):
            out.write(bytes(2**20))


def test_a_bomb_is_larger_than_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packagefile, "LARGEST_COLLECTION", 2**22)
    bomb(tmp_path / "x.apkg", "collection.anki2", 2**23)
    assert "larger than it may be" in refusal(tmp_path / "x.apkg")
    data = zstandard.ZstdCompressor().compress(bytes(2**23))
    assert "larger" in refusal(packed(tmp_path / "y.apkg", collection_anki21b=data))


def test_a_list_of_media_that_is_a_bomb_is_larger_than_it_may_be(tmp_path: Path) -> None:
    data = collection(tmp_path)
    path = packed(tmp_path / "x.apkg", collection_anki2=data, media=b" " * 10_000_000)
    assert "larger than it may be" in refusal(path)


def test_a_zstd_frame_that_wants_much_memory_is_damaged(tmp_path: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = packer.compress(b"x" * 1000) + packer.flush()
    assert "no package, or damaged" in refusal(packed(tmp_path / "x.apkg", collection_anki21b=data))


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


def made(tmp_path: Path) -> dict[str, Callable[[], bytes]]:
    good = collection(tmp_path)
    zipped = packed(tmp_path / "good.apkg", collection_anki2=good, media=b"{}").read_bytes()
    zstd = zstandard.ZstdCompressor().compress(good)

    def of(**members: bytes) -> Callable[[], bytes]:
        return lambda: packed(tmp_path / "x.apkg", **members).read_bytes()

    def locked() -> bytes:
        return (
            zipped[:6]
            + b"\x01\x00"
            + zipped[8:].replace(
                b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
            )
        )

    return {
        "empty": lambda: b"",
        "text": lambda: b"not a package\n" * 100,
        "no collection": of(media=b"{}"),
        "cut off": lambda: zipped[: len(zipped) // 2],
        "flipped": lambda: zipped[:60] + bytes(b ^ 255 for b in zipped[60:400]) + zipped[400:],
        "locked": locked,
        "half a collection": of(collection_anki2=good[: len(good) // 2]),
        "a collection of zeros": of(collection_anki2=bytes(100_000)),
        "a broken page": of(collection_anki2=good[:5000] + b"\xff" * 9000 + good[14000:]),
        "broken zstd": of(collection_anki21b=zstd[:50] + b"\xff" * 50 + zstd[100:]),
        "half of zstd": of(collection_anki21b=zstd[: len(zstd) // 2]),
        "no zstd": of(collection_anki21b=good),
        "newer": of(collection_anki2=good, meta=b"\x08\x09"),
        "media no list": of(collection_anki2=good, media=b"[1]"),
        "media deep": of(collection_anki2=good, media=b"[" * 100_000),
        "media not UTF-8": of(collection_anki2=good, media=b'{"0": "\xff"}'),
        "a huge list": lambda: zipped[:-10] + struct.pack("<L", 2**31) + zipped[-6:],
    }


NAMES = ("empty", "text", "no collection", "cut off", "flipped", "locked", "half a collection",
         "a collection of zeros", "a broken page", "broken zstd", "half of zstd", "no zstd",
         "newer", "media no list", "media deep", "media not UTF-8", "a huge list")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_what_is_broken_is_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / "broken.apkg"
    path.write_bytes(made(tmp_path)[name]())
    assert "broken.apkg" in refusal(path) or name == "a broken page"


def test_the_names_of_broken_packages_are_all_tried(tmp_path: Path) -> None:
    assert set(made(tmp_path)) == set(NAMES)


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good package, to be spoilt."""
    folder = tmp_path_factory.mktemp("noise")
    return packed(folder / "x.apkg", collection_anki2=collection(folder), media=b"{}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=200), st.integers(0, 5000))
def test_bytes_changed_anywhere_never_make_more_than_one_line(
    noisy: Path, noise: bytes, place: int
) -> None:
    data = noisy.read_bytes()
    at = place % len(data)
    spoilt = noisy.with_name("spoilt.apkg")
    spoilt.write_bytes(data[:at] + noise + data[at + len(noise) :])
    with suppress(GreenflagError):
        read(spoilt)


def test_media_that_are_packed_otherwise_or_not_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "x.apkg"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("collection.anki2", collection(tmp_path))
        archive.writestr("media", json.dumps({"0": "a.png", "1": "b.png", "2": 5, "3": "../c.png"}))
        archive.writestr("0", PNG, zipfile.ZIP_LZMA)
        archive.writestr("3", PNG)
    path.write_bytes(out.getvalue())
    with opened(path) as package:
        assert set(package.media) == {"a.png", "../c.png"}
        assert package.read(package.media["a.png"], 1000) is None
        assert package.read(package.media["../c.png"], 1000) == PNG


def test_questions_that_never_end_are_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packagefile, "MOST_STEPS", 2_000_000)
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90000)"
    sql = f"{rows} INSERT INTO revlog SELECT i, 2, 0, 3, 1, 1, 1, 1, 1 FROM n"
    path = packed(tmp_path / "x.apkg", collection_anki2=collection(tmp_path, sql))
    with pytest.raises(GreenflagError, match="takes too long"), opened(path) as package:
        package.db.execute("SELECT count(*) FROM revlog a, revlog b WHERE a.id < b.id").fetchall()


def test_no_package_leaves_anything_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    refusal(packed(tmp_path / "x.apkg", collection_anki2=b"nothing"))
    with opened(packed(tmp_path / "y.apkg", collection_anki2=collection(tmp_path))) as package:
        assert count_notes(package.db) == 1
    assert list((tmp_path / "temporary").iterdir()) == []
