"""A real Anki sync server on this machine, and other devices that sync with it."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

from anki.collection import Collection
from anki.scheduler.v3 import Scheduler
from anki.sync import SyncAuth, SyncOutput

from greenflag.cli.step import _mark
from tests.cli.runner import User

if TYPE_CHECKING:
    from anki.cards import Card

PASSWORD = "a secret of mine"
USERS = 48
"""How many accounts a server has: each test takes one of its own."""


def hashed(password: str) -> str:
    """A password as the server wants it hashed, with one round: thousands would take seconds."""
    salt = b"salt for a test"
    given = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    texts = (base64.b64encode(part).decode().rstrip("=") for part in (salt, given))
    return "$pbkdf2-sha256$i=1,l=32${}${}".format(*texts)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class SyncServer:
    """Anki's own sync server, in a process of its own."""

    def __init__(self, folder: Path, users: int = USERS) -> None:
        self.folder, self.port, self._users, self._taken = folder, free_port(), users, 0
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start, and wait until it answers."""
        secret = hashed(PASSWORD)
        accounts = {f"SYNC_USER{n}": f"user{n}:{secret}" for n in range(1, self._users + 1)}
        accounts |= {"PASSWORDS_HASHED": "1", "SYNC_HOST": "127.0.0.1"}
        accounts |= {"SYNC_PORT": str(self.port), "SYNC_BASE": str(self.folder)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "anki.syncserver"],
            env={**os.environ, **accounts},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(400):
            try:
                with urlopen(f"{self.url}health"):
                    return
            except URLError:
                time.sleep(0.025)
        raise AssertionError("the sync server never came up")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def someone(self) -> str:
        """The name of an account nobody used yet."""
        self._taken += 1
        return f"user{self._taken}"


class Device:
    """Another Anki: a phone, say, that syncs with the same account."""

    def __init__(self, folder: Path, server: SyncServer, user: str) -> None:
        folder.mkdir()
        self.col = Collection(str(folder / "collection.anki2"))
        self.auth: SyncAuth = self.col.sync_login(user, PASSWORD, server.url)
        self.auth.endpoint = server.url

    def sync(self, full: str = "") -> None:
        """Sync as a person does: a full sync goes the way it is told to, or the only way."""
        out = self.col.sync_collection(self.auth, False)
        ways = {SyncOutput.FULL_DOWNLOAD: "download", SyncOutput.FULL_UPLOAD: "upload"}
        if out.required in (SyncOutput.FULL_SYNC, *ways):
            way = full or ways[out.required]
            self.col.close_for_full_sync()
            self.col.full_upload_or_download(
                auth=self.auth, server_usn=None, upload=way == "upload"
            )
            self.col.reopen(after_full_sync=True)
        self.col.sync_media(self.auth)
        while self.col.media_sync_status().active:
            time.sleep(0.02)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        assert self.col.db
        return [tuple(row) for row in self.col.db.execute(sql, *values)]

    def card(self, note: str, ord: int = 0) -> Card:
        """A card of a note of ours."""
        (id_,) = self.rows(
            "SELECT c.id FROM cards c JOIN notes n ON n.id = c.nid WHERE n.guid = ? AND c.ord = ?",
            f"greenflag/{note}", ord,
        )[0]  # fmt: skip
        return self.col.get_card(id_)

    def answer(self, note: str, rating: int, ord: int = 0) -> int:
        """Answer a card as its scheduler does; gives the name of the review."""
        time.sleep(0.005)  # Anki drops one of two reviews that devices made in one millisecond
        card = self.card(note, ord)
        card.start_timer()
        assert isinstance(self.col.sched, Scheduler)
        states = self.col._backend.get_scheduling_states(card.id)
        answer = self.col.sched.build_answer(
            card=card,
            states=states,
            rating=rating - 1,  # type: ignore[arg-type]
        )
        self.col.sched.answer_card(answer)
        return int(self.rows("SELECT max(id) FROM revlog WHERE cid = ?", card.id)[0][0])

    def log(self) -> set[tuple[str, int, int, int]]:
        """Every review of our cards: (guid, ord, name, ease)."""
        return set(
            self.rows(
                "SELECT n.guid, c.ord, r.id, r.ease FROM revlog r JOIN cards c ON c.id = r.cid"
                " JOIN notes n ON n.id = c.nid"
            )
        )

    def close(self) -> None:
        self.col.close()


@contextmanager
def serving(folder: Path, users: int = USERS) -> Iterator[SyncServer]:
    """A server for as long as the block lasts."""
    server = SyncServer(folder, users)
    try:
        yield server
    finally:
        server.stop()


# Somebody who studies on both sides


def on(user: User, days: float) -> None:
    """Let the user's clock stand so many days from now."""
    user.at = (datetime.now(UTC) + timedelta(days)).isoformat()


def rate(user: User, card: str, rating: str, *, days: float = 0) -> None:
    """Rate a card on a day counted from now, in whatever order."""
    on(user, days)
    user.does("next")
    (last,) = user.rows("SELECT coalesce(max(id), 0) FROM reviews WHERE card = ?", card)[0]
    user.does("rate", card, rating, "--shown", f"{last}-0-{_mark(card)}")
    on(user, 0)


def log(user: User) -> set[tuple[str, int, int]]:
    """The reviews of a user: (card, name in Anki, rating); each once, and memory follows."""
    rows = user.rows("SELECT card, CAST(coalesce(source_id, at) AS INTEGER), rating FROM reviews")
    assert len(set(rows)) == len(rows)
    checks = {each["name"]: each["ok"] for each in user.json("doctor")["checks"]}
    assert checks["memories"] and checks["store"] and checks["references"]
    return set(rows)


def as_ours(device: Device) -> set[tuple[str, int, int]]:
    """The reviews on a device, as `log` gives them for greenflag."""
    faces = {"three": ("front", "back"), "four": ("definition", "why")}
    return {
        (f"{note}/{faces.get(note, ('front',))[ord]}", name, ease)
        for guid, ord, name, ease in device.log()
        for note in (guid.removeprefix("greenflag/"),)
    }


def same_everywhere(user: User, *devices: Device) -> None:
    """All sides have the same reviews, and cards stand where their history says."""
    reviews = log(user)
    for device in devices:
        assert as_ours(device) == reviews
        assert device.rows("SELECT count(*), count(DISTINCT guid) FROM notes")[0] == (4, 4)
        assert device.col.card_count() == 6
