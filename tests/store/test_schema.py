"""The schema grows by named migrations, and no file is ever at their mercy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from greenflag.errors import StoreUnusable
from greenflag.store import connection, schema
from greenflag.store.connection import FILE, VERSION, open_store
from greenflag.store.schema import migrations
from tests.store.parts import a_store, dump, note, rate, sound


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def _no_power(*_: object) -> None:
    raise OSError("no power")


@pytest.fixture
def a_second_migration(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A greenflag one migration further on, which adds a column and fills it."""
    kept = list(migrations._migrations)

    @migrations()
    def m999_for_the_test(db: Database) -> None:
        db.execute("ALTER TABLE notes ADD COLUMN stars INTEGER")
        db.execute("UPDATE notes SET stars = weight")

    monkeypatch.setattr(connection, "VERSION", VERSION + 1)
    yield
    migrations._migrations[:] = kept


@pytest.fixture
def a_failing_migration(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A greenflag whose next migration breaks half way."""
    kept = list(migrations._migrations)

    @migrations()
    def m999_for_the_test(db: Database) -> None:
        db.execute("UPDATE notes SET weight = 1")
        db.execute("INSERT INTO nowhere VALUES (1)")

    monkeypatch.setattr(connection, "VERSION", VERSION + 1)
    yield
    migrations._migrations[:] = kept


class TestAFreshStore:
    def test_is_of_the_newest_version(self, tmp_path: Path) -> None:
        with closing(open_store(str(tmp_path))) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)

    def test_has_every_migration_on_record(self, tmp_path: Path) -> None:
        with closing(open_store(str(tmp_path))) as db:
            names = [applied.name for applied in migrations.applied(Database(db))]
            assert names == [migration.name for migration in migrations._migrations]
            assert migrations.pending(Database(db)) == []

    def test_the_version_counts_the_migrations(self) -> None:
        assert len(migrations._migrations) == VERSION

    def test_migrations_are_numbered_without_gaps(self) -> None:
        numbers = [migration.name[:4] for migration in migrations._migrations]
        assert numbers == [f"m{n:03}" for n in range(1, VERSION + 1)]

    def test_all_tables_of_our_own_are_strict(self, tmp_path: Path) -> None:
        with closing(open_store(str(tmp_path))) as db:
            loose = [
                name
                for name, strict in db.execute(
                    "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type ="
                    " 'table'"
                )
                if not strict and not name.startswith(("sqlite_", "_sqlite_", "search"))
            ]
        assert loose == []

    def test_refuses_a_text_where_a_number_belongs(self, tmp_path: Path) -> None:
        db = a_store(tmp_path, note("a"))
        with closing(db), pytest.raises(sqlite3.IntegrityError):
            db.execute("INSERT INTO buried VALUES ('a/card', 'tomorrow')")

    @pytest.mark.parametrize("rating", [-1, 5])
    def test_refuses_a_rating_there_is_not(self, tmp_path: Path, rating: int) -> None:
        db = a_store(tmp_path, note("a"))
        with closing(db), pytest.raises(sqlite3.IntegrityError):
            db.execute(
                "INSERT INTO reviews (card, at, day, rating, kind, source)"
                " VALUES ('a/card', 1, 1, ?, 'review', 'greenflag')",
                (rating,),
            )

    def test_every_column_the_code_names_is_there(self, tmp_path: Path) -> None:
        with closing(open_store(str(tmp_path))) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}
        assert {"files", "notes", "cards", "reviews", "memory", "acts", "search"} <= tables

    def test_leaves_nothing_beside_it(self, tmp_path: Path) -> None:
        open_store(str(tmp_path)).close()
        assert os.listdir(tmp_path) == [FILE]

    def test_opening_again_changes_nothing(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            rate(db, "a/card")
            before = dump(db)
        with closing(open_store(str(tmp_path))) as db:
            assert dump(db) == before
        assert os.listdir(tmp_path) == [FILE]


class TestAnOlderFile:
    def test_is_brought_up_to_date_with_all_it_holds(
        self, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        with closing(a_store(tmp_path, note("a", weight=5))) as db:
            rate(db, "a/card")
            before = dump(db, "notes", "_sqlite_migrations")
        request.getfixturevalue("a_second_migration")
        with closing(open_store(str(tmp_path))) as db:
            assert db.execute("SELECT id, stars FROM notes").fetchall() == [("a", 5)]
            assert dump(db, "notes", "_sqlite_migrations") == before
            assert db.execute("PRAGMA user_version").fetchone() == (VERSION + 1,)
            assert sound(db)

    def test_is_copied_beside_itself_first(
        self, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            rate(db, "a/card")
            before = dump(db)
        request.getfixturevalue("a_second_migration")
        open_store(str(tmp_path)).close()
        copy = tmp_path / f"{FILE}.before-m{VERSION + 1:03}"
        assert version_of(copy) == VERSION
        assert copy.stat().st_mode & 0o777 == 0o600
        with closing(sqlite3.connect(copy)) as db:
            assert dump(db) == before

    def test_also_with_what_only_the_log_beside_it_holds(
        self, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        with closing(a_store(tmp_path, note("a"))) as reader:
            rate(reader, "a/card")
            assert (tmp_path / f"{FILE}-wal").stat().st_size > 0
            request.getfixturevalue("a_second_migration")
            open_store(str(tmp_path)).close()
        with closing(sqlite3.connect(tmp_path / f"{FILE}.before-m{VERSION + 1:03}")) as db:
            assert db.execute("SELECT card FROM reviews").fetchall() == [("a/card",)]

    def test_a_copy_there_is_already_is_kept(
        self, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        a_store(tmp_path, note("a")).close()
        copy = tmp_path / f"{FILE}.before-m{VERSION + 1:03}"
        copy.write_bytes(b"an earlier copy")
        request.getfixturevalue("a_second_migration")
        open_store(str(tmp_path)).close()
        assert copy.read_bytes() == b"an earlier copy"

    def test_a_copy_broken_off_is_not_taken_for_one(
        self, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            before = dump(db)
        request.getfixturevalue("a_second_migration")
        with monkeypatch.context() as broken:
            broken.setattr(os, "replace", _no_power)
            with pytest.raises(OSError, match="no power"):
                open_store(str(tmp_path))
        copy = tmp_path / f"{FILE}.before-m{VERSION + 1:03}"
        assert not copy.exists()
        assert version_of(tmp_path / FILE) == VERSION
        open_store(str(tmp_path)).close()
        with closing(sqlite3.connect(copy)) as db:
            assert dump(db) == before

    def test_stays_as_it_was_when_a_migration_fails(
        self, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        with closing(a_store(tmp_path, note("a", weight=5))) as db:
            before = dump(db)
        request.getfixturevalue("a_failing_migration")
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            open_store(str(tmp_path))
        assert version_of(tmp_path / FILE) == VERSION
        with closing(sqlite3.connect(tmp_path / FILE)) as db:
            assert dump(db) == before

    def test_a_file_with_nothing_in_it_becomes_a_store(self, tmp_path: Path) -> None:
        (tmp_path / FILE).touch()
        with closing(open_store(str(tmp_path))) as db:
            assert version_of(tmp_path / FILE) == VERSION
            assert sound(db)
        assert os.listdir(tmp_path) == [FILE]

    def test_a_file_whose_migrations_ran_and_whose_version_was_not_noted_is_whole(
        self, tmp_path: Path
    ) -> None:
        with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as db:
            migrations.apply(Database(db))
        with closing(open_store(str(tmp_path))) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)

    def test_a_set_stopped_before_a_migration_is_continued(
        self, tmp_path: Path, a_second_migration: None
    ) -> None:
        with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as db:
            migrations.apply(Database(db), stop_before="m999_for_the_test")
            db.execute("PRAGMA user_version = 1")
        with closing(open_store(str(tmp_path))) as db:
            assert [m.name for m in migrations.applied(Database(db))][-1] == "m999_for_the_test"


class TestANewerFile:
    def test_is_refused_by_name(self, tmp_path: Path, request: pytest.FixtureRequest) -> None:
        a_store(tmp_path, note("a")).close()
        with closing(sqlite3.connect(tmp_path / FILE)) as db:
            db.execute(f"PRAGMA user_version = {VERSION + 1}")
            before = dump(db)
        with pytest.raises(StoreUnusable, match=r"made by a newer greenflag \(upgrade") as refused:
            open_store(str(tmp_path))
        assert str(tmp_path / FILE) in str(refused.value)
        with closing(sqlite3.connect(tmp_path / FILE)) as db:
            assert dump(db) == before
        assert version_of(tmp_path / FILE) == VERSION + 1


def test_the_tables_are_explained_where_they_are_made() -> None:
    tables = [part for part in schema.TABLES.split(";\n") if "CREATE TABLE" in part]
    unexplained = [part.split("CREATE TABLE")[1].split()[0] for part in tables if "--" not in part]
    assert set(unexplained) <= {"suspended", "facts"}
