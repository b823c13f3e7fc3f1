"""Opening the store: private, durable, and of a schema we know."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from greenflag.errors import StoreUnusable

VERSION = 1
"""How many migrations there are; kept in the file as `user_version`."""

FILE = "greenflag.db"


def open_store(home: str) -> sqlite3.Connection:
    """A connection to the store in a home folder, made or brought up to date when needed.

    WAL with synchronous=FULL: what is committed survives a kill and a power cut.
    """
    path = os.path.join(home, FILE)
    if not os.path.exists(path):
        os.makedirs(home, mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise StoreUnusable(f"{path} was made by a newer greenflag", "upgrade greenflag")
        if version < VERSION:
            _migrate(db, path, version)
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
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _migrate(db: sqlite3.Connection, path: str, version: int) -> None:
    with _without_numpy():
        from sqlite_utils import Database

        from greenflag.store.schema import migrations

    if version:
        _copy_beside(db, path, version)
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


def _copy_beside(db: sqlite3.Connection, path: str, version: int) -> None:
    """Keep the file as it was before its schema changes, under a name that says so."""
    target = f"{path}.before-m{version + 1:03}"
    if os.path.exists(target):
        return
    os.close(os.open(target, os.O_CREAT | os.O_RDWR, 0o600))
    copy = sqlite3.connect(target)
    try:
        db.backup(copy)
    finally:
        copy.close()
