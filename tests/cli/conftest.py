"""Users with homes: one who has the shipped decks, one with a few cards of their own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from greenflag.cli import sync
from tests.cli.runner import NO_TMUX, Terminal, User

SMALL = """\
deck: Small
notes:
- {kind: basic, id: one, front: One?, back: First.}
- {kind: basic, id: two, front: Two?, back: Second., tags: [even], competency: team-leadership}
- {kind: basic, id: three, front: Three?, back: Third., both_ways: true}
- {kind: concept, id: four, term: Four, definition: Fourth., why: Because., tags: [even]}
"""


MEMORY = Path("/dev/shm")
"""A disk in memory, where there is one: waiting for a real one is most of what these tests do."""


@contextmanager
def a_place(otherwise: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on the disk in memory, where there is one and it has room."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < 2**27:
        yield otherwise.mktemp("place")
        return
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="greenflag-") as folder:
        yield Path(folder)


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for a home and what stands beside it."""
    with a_place(tmp_path_factory) as folder:
        yield folder


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has read the shipped decks; to be copied, not used."""
    home = tmp_path_factory.mktemp("furnished") / "home"
    User(home).does("deck", "sync")
    return home


@pytest.fixture
def user(furnished: Path, place: Path) -> User:
    """A user who has the shipped decks and has done nothing yet."""
    shutil.copytree(furnished, place / "home")
    return User(place / "home")


@pytest.fixture
def small(place: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    """A user for whom a deck of four notes and six cards is shipped; in this process only."""
    shipped = place / "shipped"
    shipped.mkdir()
    (shipped / "small.yaml").write_text(SMALL, "utf-8")
    monkeypatch.setattr(sync, "shipped_folder", lambda: str(shipped))
    return User(place / "home")


Open = Callable[..., Terminal]


@pytest.fixture
def terminal() -> Iterator[Open]:
    """Opens terminals, and puts them away."""
    if NO_TMUX:
        pytest.skip("this machine has no tmux")
    opened: list[Terminal] = []

    def open_one(user: User, columns: int = 80, rows: int = 24, **more: str) -> Terminal:
        opened.append(Terminal(user, columns, rows, **more))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()
