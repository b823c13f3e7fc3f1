"""Pictures and sounds in deck files: found where Markdown shows them, only inside the folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.content.decks import read_deck
from greenflag.content.media import (
    LARGEST,
    Unfit,
    media_problems,
    names_in,
    open_media,
    reference,
    with_places,
)

DECK = """\
deck: Media
notes:
- kind: basic
  id: good
  front: "![dot](media/dot.png)"
  back: A dot.
- kind: steps
  id: bad
  title: Steps
  when: "![](media/dot.png)"
  steps:
  - text: "![gone](media/gone.png)"
    cue: "![out](../secret.png)"
  - text: |
      fine

      ![away](media/link.png)
    cue: "![](/etc/x.png)"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "decks"
    (home / "media").mkdir(parents=True)
    (home / "media" / "dot.png").write_bytes(b"dot")
    (tmp_path / "secret.png").write_bytes(b"secret")
    (home / "media" / "link.png").symlink_to(tmp_path / "secret.png")
    (home / "media" / "inner.png").symlink_to(home / "media" / "dot.png")
    (home / "away").symlink_to(tmp_path)
    (home / "media" / "folder.png").mkdir()
    os.mkfifo(home / "media" / "pipe.png")
    (home / "media" / "empty.png").touch()
    with (home / "media" / "large.png").open("wb") as file:
        file.truncate(LARGEST + 1)
    return home


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("![a](x.png) and ![b](<m/y z.mp3>)", ["x.png", "m/y z.mp3"]),
        ("![a](m/y%20z.mp3)", ["m/y z.mp3"]),
        ("`![a](x.png)` ``a ` ![b](y.png)``", []),
        (r"\![a](x.png) \\![a](y.png)", ["y.png"]),
        ("[a](x.png) ![a](x.exe) ![a](https://example.org/x.png) ![a](data:x.png)", []),
        ("![a [b\\]](x.PNG)", ["x.PNG"]),
    ],
)
def test_media_are_found_where_they_are_shown(text: str, names: list[str]) -> None:
    assert names_in(text) == names


@given(st.text(max_size=30), st.text(max_size=20))
def test_a_reference_is_read_back(alt: str, stem: str) -> None:
    name = f"media/{''.join(c for c in stem if c.isalnum() or c in ' -()')}x.png"
    assert names_in(reference(name, alt)) == [name]


@pytest.mark.parametrize("name", ["media/dot.png", "media/inner.png", "./media/dot.png"])
def test_a_file_in_the_folder_is_opened(folder: Path, name: str) -> None:
    with open_media(str(folder), name) as file:
        assert file.read() == b"dot"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("media/gone.png", "missing"), ("../secret.png", "leads out"), ("~/x.png", "leads out"),
        ("media/link.png", "leads out"), ("away/secret.png", "leads out"),
        ("/etc/passwd.png", "leads out"),
        ("media/../../secret.png", "leads out"), ("media\\..\\x.png", "leads out"),
        ("c:x.png", "leads out"), ("x\0.png", "leads out"), ("media/folder.png", "no plain file"),
        ("media/pipe.png", "no plain file"), ("media/large.png", "20 MB"),
        ("media/empty.png", "is empty"),
        ("media/dot.png/x.png", "not readable"), ("m" * 300 + ".png", "not readable"),
    ],
)  # fmt: skip
def test_nothing_else_is_opened(folder: Path, name: str, what: str) -> None:
    with pytest.raises(Unfit, match=what):
        open_media(str(folder), name)


def test_every_problem_has_its_line(folder: Path) -> None:
    path = folder / "deck.yaml"
    path.write_text(DECK, "utf-8")
    deck, problems = read_deck(path)
    assert deck and problems == []
    assert [(each.line, each.what.split()[0]) for each in media_problems(deck)] == [
        (12, "media/gone.png"), (13, "../secret.png"), (17, "media/link.png"), (18, "/etc/x.png"),
    ]  # fmt: skip


def test_places_are_put_in_where_the_files_are_there(folder: Path) -> None:
    text = (
        "![dot](media/dot.png) ![gone](media/gone.png) ![out](../secret.png) `![c](media/dot.png)`"
    )
    assert with_places(text, str(folder)) == text.replace(
        "![dot](media/dot.png)", f"![dot]({folder}/media/dot.png)"
    )
    assert with_places("plain", "nowhere") == "plain"
