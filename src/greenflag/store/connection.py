"""Opening the store: private, durable, and of a schema we know."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from greenflag.errors import StoreUnusable

VERSION = 4
"""How many migrations there are; kept in the file as `user_version`."""

FILE = "greenflag.db"


def open_store(home: str) -> sqlite3.Connection:
    """A connection to the store in a home folder, made or brought up to date when needed.

    WAL with synchronous=FULL: what is committed survives a kill and a power cut.
    """
    path = os.path.join(home, FILE)
    if not os.path.exists(path):
        _create(home, path)
    db = _connect(path)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise StoreUnusable(f"{path} was made by a newer greenflag", "upgrade greenflag")
        if version < VERSION:
            _migrate(db, path)
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """One act: all of it is on the disk when the block ends, or none of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk has ended it already
            db.execute("ROLLBACK")
        raise


def _connect(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        db.close()
        raise
    return db


def _create(home: str, path: str) -> None:
    """Build a new store beside its place and put it there whole: nobody sees it half made."""
    os.makedirs(home, mode=0o700, exist_ok=True)
    beside = _private_file(path)
    try:
        db = _connect(beside)
        try:
            _migrate(db, beside)
        finally:
            db.close()
        try:
            os.link(beside, path)
        except FileExistsError:
            pass  # somebody else was faster
        except OSError:  # a disk without hard links
            os.replace(beside, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(beside)


def _migrate(db: sqlite3.Connection, path: str) -> None:
    """Bring the schema up to date; one program at a time, and all of it or nothing."""
    with _without_numpy():
        from sqlite_utils import Database

        from greenflag.store.schema import migrations

    with transaction(db):
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version == VERSION:  # somebody else was faster
            return
        if version:
            _copy_beside(path, version)
        migrations.apply(Database(db))
        db.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def _without_numpy() -> Iterator[None]:
    """Let sqlite-utils not find numpy, which it imports only to know its types: 0.1 s less."""
    found = sys.modules.get("numpy")
    sys.modules["numpy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if found is None:
            del sys.modules["numpy"]
        else:
            sys.modules["numpy"] = found


def _copy_beside(path: str, version: int) -> None:
    """Keep the file as it was before its schema changes, under a name that says so."""
    target = f"{path}.before-m{version + 1:03}"
    if os.path.exists(target):
        return
    beside = _private_file(path)
    source, copy = sqlite3.connect(path), sqlite3.connect(beside)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()
    os.replace(beside, target)


def _private_file(path: str) -> str:
    """A new file beside another, its owner's only."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f"{os.path.basename(path)}.", dir=os.path.dirname(path))
    os.close(handle)
    return name
