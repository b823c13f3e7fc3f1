"""The store is private and durable, and what cannot be opened is left alone with a clean error."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from platformdirs import user_data_dir

from greenflag.store.connection import FILE, VERSION, open_store, transaction
from tests.store.parts import a_store, dump, note, rate, sound


@pytest.fixture
def no_umask() -> Iterator[None]:
    """A machine on which new files are everybody's unless a program says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(home: Path) -> dict[str, str]:
    return {path.name: f"{path.stat().st_mode & 0o777:o}" for path in [home, *home.iterdir()]}


class TestPrivate:
    @pytest.mark.usefixtures("no_umask")
    def test_a_new_home_and_all_files_in_it_are_the_owners_only(self, tmp_path: Path) -> None:
        home = tmp_path / "new" / "home"
        with closing(a_store(home, note("a"))) as db:
            rate(db, "a/card")
            found = modes(home)
        assert found == {"home": "700", FILE: "600", f"{FILE}-wal": "600", f"{FILE}-shm": "600"}

    @pytest.mark.usefixtures("no_umask")
    def test_a_home_there_is_keeps_the_rights_its_owner_gave_it(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)
        a_store(tmp_path).close()
        assert modes(tmp_path) == {tmp_path.name: "755", FILE: "600"}


class TestDurable:
    @pytest.mark.parametrize(
        ("pragma", "value"),
        [
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("user_version", VERSION),
        ],
    )
    def test_every_connection_is_set_up(
        self, tmp_path: Path, pragma: str, value: str | int
    ) -> None:
        for _ in range(2):
            with closing(open_store(str(tmp_path))) as db:
                assert db.execute(f"PRAGMA {pragma}").fetchone() == (value,)

    def test_a_card_of_no_note_is_refused(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path)) as db, pytest.raises(sqlite3.IntegrityError):
            db.execute("INSERT INTO cards VALUES ('a/card', 'a', 0, 'front', 'back', NULL)")

    def test_what_one_connection_writes_the_next_one_reads(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as one, closing(a_store(tmp_path)) as other:
            rate(one, "a/card")
            assert dump(other) == dump(one)

    def test_closing_leaves_one_whole_file(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            rate(db, "a/card")
        assert os.listdir(tmp_path) == [FILE]


class Broken(Exception):
    pass


SUSPEND = "INSERT INTO suspended VALUES ('a/card')"
SUSPEND_NOBODY = "INSERT INTO suspended VALUES ('nobody/card')"
NOTE_A_FACT = "INSERT INTO facts VALUES ('x', 'y')"


def act(db: sqlite3.Connection, *statements: str, failing: Exception | None = None) -> None:
    """Several statements as one transaction, which may fail at its end."""
    with transaction(db):
        for statement in statements:
            db.execute(statement)
        if failing:
            raise failing


class TestTransaction:
    def test_is_kept_whole(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            act(db, SUSPEND, NOTE_A_FACT)
            assert not db.in_transaction
        with closing(open_store(str(tmp_path))) as db:
            assert dump(db)["suspended"] == [("a/card",)]
            assert ("x", "y") in dump(db)["facts"]

    def test_is_rolled_back_whole(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            before = dump(db)
            with pytest.raises(Broken):
                act(db, SUSPEND, NOTE_A_FACT, failing=Broken())
            assert dump(db) == before
            assert not db.in_transaction

    def test_an_error_of_sqlite_rolls_back_what_came_before_it(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            before = dump(db)
            with pytest.raises(sqlite3.IntegrityError):
                act(db, SUSPEND, SUSPEND_NOBODY)
            assert dump(db) == before

    def test_an_error_that_ends_the_transaction_itself_is_the_one_that_is_raised(
        self, tmp_path: Path
    ) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            db.execute(
                "CREATE TRIGGER full BEFORE INSERT ON suspended"
                " BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END"
            )
            before = dump(db)
            with pytest.raises(sqlite3.IntegrityError, match="the disk is full"):
                act(db, NOTE_A_FACT, SUSPEND)
            assert dump(db) == before

    def test_a_commit_that_fails_leaves_no_transaction_open(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            before = dump(db)
            with pytest.raises(sqlite3.IntegrityError):
                act(db, "PRAGMA defer_foreign_keys = ON", SUSPEND_NOBODY)
            assert dump(db) == before
            rate(db, "a/card")

    def test_a_full_disk_loses_nothing_that_was_there(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            rate(db, "a/card")
            before = dump(db)
            (pages,) = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages}")
            with pytest.raises(sqlite3.OperationalError, match="full"):
                act(db, NOTE_A_FACT, "INSERT INTO facts VALUES ('big', zeroblob(1000000) || '')")
            assert dump(db) == before
            assert sound(db)

    def test_waits_for_another_that_is_being_written(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as one:
            with closing(open_store(str(tmp_path))) as impatient:
                impatient.execute("PRAGMA busy_timeout = 1")
                with (
                    transaction(one),
                    pytest.raises(sqlite3.OperationalError, match="locked"),
                    transaction(impatient),
                ):
                    pass
            with closing(open_store(str(tmp_path))) as other:
                (wait,) = other.execute("PRAGMA busy_timeout").fetchone()
                assert wait >= 5000


OPEN_TOGETHER = """
import sys, time
import sqlite_utils
from greenflag.store import schema
from greenflag.store.connection import open_store
for n in range(10):
    while time.time() < float(sys.argv[2]) + n / 20:
        pass
    open_store(f"{sys.argv[1]}/home{n}").close()
print("opened")
"""
"""A program that opens ten stores for the first time, each at a moment agreed upon."""


def source() -> str:
    """Where the code under test is, for programs that tests start."""
    return str(Path(sys.modules["greenflag"].__path__[0]).parent)


class TestSeveralAtOnce:
    def test_a_store_that_many_open_for_the_first_time_is_made_once(self, tmp_path: Path) -> None:
        start = time.time() + 1.5
        programs = [
            subprocess.Popen(
                [sys.executable, "-c", OPEN_TOGETHER, str(tmp_path), str(start)],
                env={**os.environ, "PYTHONPATH": source()},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(3)
        ]
        assert [program.communicate()[0] for program in programs] == ["opened\n"] * 3
        for home in tmp_path.iterdir():
            assert os.listdir(home) == [FILE]
            with closing(open_store(str(home))) as db:
                assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
                assert sound(db)

    def test_two_that_write_at_once_both_succeed(self, tmp_path: Path) -> None:
        a_store(tmp_path, *(note(f"n{n}", position=n) for n in range(40))).close()

        def rate_some(first: int) -> None:
            with closing(open_store(str(tmp_path))) as db:
                for n in range(first, 40, 2):
                    rate(db, f"n{n}/card")

        with ThreadPoolExecutor(2) as threads:
            done = [threads.submit(rate_some, first) for first in (0, 1)]
        assert [each.exception() for each in done] == [None, None]
        with closing(open_store(str(tmp_path))) as db:
            assert len(dump(db)["reviews"]) == len(dump(db)["memory"]) == 40
            assert sound(db)


class TestANewStore:
    def test_is_whole_before_it_is_put_in_its_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put: list[tuple[int, str]] = []

        def look(source: str, target: str) -> None:
            with closing(sqlite3.connect(source)) as db:
                (version,) = db.execute("PRAGMA user_version").fetchone()
                (mode,) = db.execute("PRAGMA journal_mode").fetchone()
            assert not os.path.exists(target)
            put.append((version, mode))
            os.rename(source, target)

        monkeypatch.setattr(os, "link", look)
        open_store(str(tmp_path)).close()
        assert put == [(VERSION, "wal")]
        assert os.listdir(tmp_path) == [FILE]

    def test_can_be_made_on_a_disk_without_hard_links(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError("no hard links here")

        monkeypatch.setattr(os, "link", refuse)
        with closing(a_store(tmp_path, note("a"))) as db:
            rate(db, "a/card")
            assert sound(db)
        assert os.listdir(tmp_path) == [FILE]


def cut_short(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def scribbled_over(whole: bytes) -> bytes:
    return whole[:1024] + b"\xa5" * 4096 + whole[5120:]


class TestUnusable:
    def test_what_is_no_database_is_said_and_left_alone(self, tmp_path: Path) -> None:
        letter = b"Dear Sir or Madam, " * 100
        (tmp_path / FILE).write_bytes(letter)
        with pytest.raises(sqlite3.DatabaseError, match="not a database"):
            open_store(str(tmp_path))
        assert (tmp_path / FILE).read_bytes() == letter

    @pytest.mark.parametrize("damage", [cut_short, scribbled_over])
    def test_what_is_damaged_is_an_error_of_sqlite_not_a_wrong_answer(
        self, tmp_path: Path, damage: Callable[[bytes], bytes]
    ) -> None:
        with closing(a_store(tmp_path, *(note(f"n{n}", words="x" * 500) for n in range(50)))) as db:
            for n in range(50):
                rate(db, f"n{n}/card")
        (tmp_path / FILE).write_bytes(damage((tmp_path / FILE).read_bytes()))
        try:
            with closing(open_store(str(tmp_path))) as db:
                found = db.execute("PRAGMA integrity_check").fetchall()
        except sqlite3.DatabaseError as error:
            found = [(str(error),)]
        assert found != [("ok",)]

    def test_a_folder_in_its_place_is_an_error_of_sqlite(self, tmp_path: Path) -> None:
        (tmp_path / FILE).mkdir()
        with pytest.raises(sqlite3.OperationalError, match="unable to open"):
            open_store(str(tmp_path))

    def test_a_home_that_cannot_be_made_is_an_error_of_the_system(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(OSError, match="file"):
            open_store(str(tmp_path / "file" / "home"))

    def test_a_store_one_may_not_write_to_is_an_error_of_sqlite(self, tmp_path: Path) -> None:
        with closing(a_store(tmp_path, note("a"))) as db:
            before = dump(db)
        tried = as_somebody_else(tmp_path, "db.execute('INSERT INTO suspended VALUES (?)', ['a'])")
        assert tried.startswith("sqlite3.OperationalError: ")
        assert "readonly" in tried or "unable to open" in tried
        with closing(a_store(tmp_path)) as db:
            assert dump(db) == before

    def test_a_home_one_may_not_write_to_is_an_error_of_the_system(self, tmp_path: Path) -> None:
        assert as_somebody_else(tmp_path, "").startswith("PermissionError: ")
        assert os.listdir(tmp_path) == []


def as_somebody_else(home: Path, then: str) -> str:
    """Open a store in a home that others may read only, as one of them; gives the last line."""
    code = (
        "import os, sys\n"
        "from greenflag.store.connection import open_store\n"
        "import sqlite_utils, greenflag.store.schema\n"
        "os.getuid() or os.setuid(65534)\n"
        f"db = open_store({str(home)!r})\n{then}\n"
    )
    files = [home, *home.iterdir()]
    above = [path for path in list(home.parents)[:-1] if path.stat().st_uid == os.getuid()]
    before = {path: path.stat().st_mode for path in [*files, *above]}
    for path in above:
        path.chmod(before[path] | 0o111)
    for path in files:
        path.chmod(0o555 if path == home else 0o444)
    try:
        run = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": source()},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        for path, mode in before.items():
            path.chmod(mode)
    assert run.returncode == 1, run.stderr
    return run.stderr.strip().splitlines()[-1]


class TestTheRealHome:
    def test_is_not_where_the_program_looks_while_tests_run(
        self, hidden_home: Path, real_data: Path
    ) -> None:
        assert Path(user_data_dir("greenflag", appauthor=False)).is_relative_to(hidden_home)
        assert Path.home() == hidden_home
        assert not hidden_home.is_relative_to(real_data)
        assert real_data != Path(user_data_dir("greenflag", appauthor=False))

    def test_is_not_touched_by_a_program_that_is_given_no_home(
        self, hidden_home: Path, real_data: Path
    ) -> None:
        def contents() -> list[tuple[str, int]]:
            return sorted((str(path), path.stat().st_mtime_ns) for path in real_data.rglob("*"))

        before = contents()
        subprocess.run(
            [sys.executable, "-m", "greenflag", "suspend", "nothing-of-this-name"],
            env={**os.environ, "PYTHONPATH": source()},
            capture_output=True,
            check=False,
        )
        assert contents() == before
        assert list(hidden_home.rglob(FILE))

    @pytest.mark.parametrize("name", ["GREENFLAG_HOME", "GREENFLAG_NOW", "EDITOR", "VISUAL"])
    def test_nothing_the_user_set_reaches_a_test(self, name: str) -> None:
        assert name not in os.environ
