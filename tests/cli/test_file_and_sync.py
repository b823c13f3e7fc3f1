"""Progress that goes to Anki both ways, by file and by a server, is there once, and here, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

from greenflag.anki.ledger import PRESET
from greenflag.cli import syncing
from tests.cli.conftest import a_place
from tests.cli.runner import User
from tests.cli.servers import (
    PASSWORD,
    Device,
    SyncServer,
    as_ours,
    log,
    on,
    rate,
    same_everywhere,
    serving,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncServer]:
    with a_place(tmp_path_factory) as folder, serving(folder) as server:
        yield server


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(syncing.PASSWORD, PASSWORD)


@pytest.fixture
def account(server: SyncServer) -> str:
    return server.someone()


@pytest.fixture
def desktop(server: SyncServer, account: str, place: Path) -> Iterator[Device]:
    """An Anki that syncs with the account and imports what greenflag exports."""
    device = Device(place / "desktop", server, account)
    yield device
    device.close()


@pytest.fixture
def studied(small: User) -> User:
    """A user who rated some cards, two of them in one millisecond, and reset one."""
    rate(small, "one/front", "good", days=-9)
    rate(small, "two/front", "easy", days=-8)
    at = small.rows("SELECT at FROM reviews WHERE card = 'one/front'")[0][0]
    rate(small, "three/back", "again", days=-7)
    rate(small, "one/front", "hard", days=-3)
    day = small.rows("SELECT day FROM reviews WHERE card = 'one/front'")[0][0]
    with small.database() as db:
        db.execute("UPDATE reviews SET at = ?, day = ? WHERE card = 'two/front'", (at, day))
        db.commit()
    small.does("reset", "three/back")
    small.does("rebuild")
    return small


def bring(user: User, desktop: Device, name: str) -> None:
    """Export with progress and import that file, with all boxes ticked."""
    path = user.home.parent / name
    user.does("anki", "export", path, "--with-progress")
    options = ImportAnkiPackageOptions(with_scheduling=True, with_deck_configs=True)
    request = ImportAnkiPackageRequest(package_path=str(path), options=options)
    desktop.col.import_anki_package(request)


def sync(user: User, server: SyncServer, account: str) -> Any:
    return user.json("anki", "sync", server.url, "--user", account)


def pull(user: User, desktop: Device) -> tuple[int, int]:
    """Pull from the desktop program's own collection, while it is open."""
    said = user.json("anki", "pull", desktop.col.path)
    return said["added"], said["skipped"]


def test_first_the_file_then_the_server(
    studied: User, desktop: Device, server: SyncServer, account: str
) -> None:
    bring(studied, desktop, "a.apkg")
    assert len(as_ours(desktop)) == 5
    desktop.sync("upload")
    said = sync(studied, server, account)
    assert (said["reviews_in"], said["reviews_out"], said["notes_new"], said["cards"]) == (
        0,
        0,
        0,
        0,
    )
    assert pull(studied, desktop) == (0, 0)
    desktop.answer("one", 3)
    desktop.answer("four", 4)
    assert pull(studied, desktop) == (2, 0)
    desktop.sync()
    assert sync(studied, server, account)["reviews_in"] == 0
    rate(studied, "two/front", "good")
    assert sync(studied, server, account)["reviews_out"] == 1
    desktop.sync()
    bring(studied, desktop, "b.apkg")
    same_everywhere(studied, desktop)
    assert [each["name"] for each in desktop.col.decks.all_config()] == ["Default", PRESET]


def test_first_the_server_then_the_file(
    studied: User, desktop: Device, server: SyncServer, account: str
) -> None:
    said = sync(studied, server, account)
    assert (said["reviews_out"], said["notes_new"]) == (5, 4)
    desktop.sync("download")
    bring(studied, desktop, "a.apkg")
    same_everywhere(studied, desktop)
    assert pull(studied, desktop) == (0, 0)
    rate(studied, "four/why", "good")
    bring(studied, desktop, "b.apkg")
    assert len(as_ours(desktop)) == 5, "Anki adds nothing to cards it has"
    sync(studied, server, account)
    desktop.answer("one", 3)
    desktop.sync()
    assert sync(studied, server, account)["reviews_in"] == 1
    assert pull(studied, desktop) == (0, 0)
    same_everywhere(studied, desktop)


def test_what_was_undone_after_it_went_out_stays_away(
    studied: User, desktop: Device, server: SyncServer, account: str
) -> None:
    rate(studied, "two/front", "again")
    bring(studied, desktop, "a.apkg")
    studied.does("undo")
    before = log(studied)
    assert pull(studied, desktop) == (0, 0)
    desktop.sync("upload")
    assert sync(studied, server, account)["reviews_in"] == 0
    assert log(studied) == before


def test_cramming_goes_by_file_and_comes_back_as_nothing_new(
    studied: User, desktop: Device, server: SyncServer, account: str
) -> None:
    studied("review", "--cram", "--limit", "2", lines="\n3\n\n3\n")
    crammed = studied.rows("SELECT count(*) FROM reviews WHERE kind = 'cram'")[0][0]
    assert crammed == 2
    before = studied.rows("SELECT card, at, rating FROM reviews")
    bring(studied, desktop, "a.apkg")
    assert pull(studied, desktop) == (0, 0)
    desktop.sync("upload")
    said = sync(studied, server, account)
    assert (said["reviews_in"], said["reviews_out"], said["cards"]) == (0, 0, 0)
    assert studied.rows("SELECT card, at, rating FROM reviews") == before


def test_a_pull_that_was_undone_can_come_again(
    studied: User, desktop: Device, server: SyncServer, account: str
) -> None:
    bring(studied, desktop, "a.apkg")
    desktop.answer("one", 3)
    before = log(studied)
    assert pull(studied, desktop) == (1, 0)
    studied.does("undo")
    assert log(studied) == before
    assert pull(studied, desktop) == (1, 0)
    studied.does("undo")
    desktop.sync("upload")
    assert sync(studied, server, account)["reviews_in"] == 1
    on(studied, 0)
    same_everywhere(studied, desktop)
