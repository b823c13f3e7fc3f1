"""Killed at any moment of a sync and begun again: nothing is lost, and nothing is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from greenflag.cli import syncing
from tests.cli.conftest import a_place
from tests.cli.runner import User
from tests.cli.servers import PASSWORD, Device, SyncServer, log, rate, same_everywhere, serving

KILLS = int(os.environ.get("KILLS", "2"))
"""How often each test kills; by hand more: `KILLS=100 scripts/test tests/cli/test_sync_kill.py`"""

SYNC = """
import os, signal, sys
shipped, left, arguments = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
from greenflag.cli import sync
sync.shipped_folder = lambda: shipped
PLACES = ("cli/syncing.py", "anki/exchange.py", "anki/sync.py", "anki/account.py",
          "store/reviews.py", "store/connection.py", "anki/package.py")

def count(frame, event, _):
    global left
    if left and frame.f_code.co_filename.endswith(PLACES):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

from greenflag.cli.app import App
from greenflag.cli.main import run
if left:
    sys.setprofile(count)
seen = left
status = run(arguments, App())
sys.setprofile(None)
sys.stderr.write(f"{seen - left}")
sys.exit(status)
"""
"""A sync that kills itself after so many steps of ours (0: never); it says how many there were."""

CARDS = ("one/front", "two/front", "three/front", "three/back", "four/definition", "four/why")
PHONES = (("one", 0), ("two", 0), ("three", 0), ("three", 1), ("four", 0), ("four", 1))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncServer]:
    with a_place(tmp_path_factory) as folder, serving(folder, KILLS + 4) as server:
        yield server


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(syncing.PASSWORD, PASSWORD)


def start(user: User, steps: int, *arguments: str) -> subprocess.Popen[bytes]:
    shipped = user.home.parent / "shipped"
    source = str(Path(sys.modules["greenflag"].__path__[0]).parent)
    return subprocess.Popen(
        [sys.executable, "-c", SYNC, shipped, str(steps), "anki", "sync", *arguments],
        env={**user.environment(), "PYTHONPATH": source},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes]) -> int:
    """Wait for a sync; gives its status (negative when it was killed)."""
    process.communicate(timeout=60)
    return process.returncode


def all_steps(user: User, *arguments: str) -> int:
    """How many steps a whole sync takes, from doing one."""
    process = start(user, 10**9, *arguments)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return int(said)


def study(user: User, phone: Device, chance: Random, day: float) -> None:
    """Review on both sides, without telling each other."""
    rate(user, chance.choice(CARDS), chance.choice(["again", "good", "easy"]), days=day)
    note, ord = chance.choice(PHONES)
    phone.answer(note, chance.choice([1, 3]), ord=ord)
    phone.sync()


@pytest.fixture
def phone(small: User, server: SyncServer, place: Path) -> Iterator[Device]:
    """Another device; all have the same."""
    account = server.someone()
    rate(small, "one/front", "good", days=-100)
    small.does("anki", "sync", server.url, "--user", account)
    device = Device(place / "phone", server, account)
    device.sync()
    yield device
    device.close()


def ends_well(user: User, *devices: Device) -> None:
    """Begin again, to the end: all have everything, and once."""
    before = log(user)
    assert finish(start(user, 0)) == 0
    for device in devices:
        device.sync()
    assert before <= log(user)
    same_everywhere(user, *devices)


def test_after_any_step_of_ours(small: User, phone: Device) -> None:
    chance = Random(1)
    study(small, phone, chance, -90)
    whole = all_steps(small)
    for kill in range(KILLS):
        study(small, phone, chance, -80 + 70 * kill / KILLS)
        everything = len(log(small)) + 1
        steps = 1 + (whole - 1) * (kill + 1) // (KILLS + 1)
        assert finish(start(small, steps)) in (-signal.SIGKILL, 0)
        ends_well(small, phone)
        assert len(log(small)) == everything


def test_at_any_moment(small: User, phone: Device, server: SyncServer) -> None:
    chance = Random(2)
    began = time.monotonic()
    finish(start(small, 0))
    lasts = time.monotonic() - began
    for kill in range(KILLS):
        study(small, phone, chance, -80 + 70 * kill / KILLS)
        everything = len(log(small)) + 1
        process = start(small, 0)
        time.sleep(lasts * chance.uniform(0.3, 1))
        process.kill()
        finish(process)
        if kill % 4 == 3:  # and the server with it
            server.stop()
            server.start()
        ends_well(small, phone)
        assert len(log(small)) == everything


def test_during_the_first_sync(small: User, server: SyncServer, place: Path) -> None:
    rate(small, "one/front", "good", days=-2)
    whole = all_steps(small, server.url, "--user", server.someone())
    for kill in range(KILLS):
        account = server.someone()
        steps = 1 + (whole - 1) * (kill + 1) // (KILLS + 1)
        assert finish(start(small, steps, server.url, "--user", account)) in (-signal.SIGKILL, 0)
        assert finish(start(small, 0, server.url, "--user", account)) == 0
        phone = Device(place / f"phone{kill}", server, account)
        phone.sync()
        same_everywhere(small, phone)
        phone.close()
