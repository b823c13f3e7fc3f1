"""Pictures and sounds on their way to Anki: named by content, each once, bounded, shown."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from greenflag.anki import media as anki_media
from greenflag.anki.package import Exported, write_package
from greenflag.content.notes import Basic, Cloze, Note
from greenflag.errors import GreenflagError
from tests.anki.conftest import Anki
from tests.anki.elsewhere import PNG, SOUND

AT = 1_767_225_600_000

NOTES: tuple[Note, ...] = (
    Basic(id="dot", front="Which? ![a *dot*](media/dot.png)", back="![say](<media/say it.mp3>)"),
    Basic(id="again", front="![dot](media/dot.png) ![same](media/copy.png)", back="both"),
    Cloze(id="gap", text="{{c1::![dot](media/dot.png)}} and `![code](media/no.png)`"),
    Basic(id="gone", front="![a map](media/gone.png)", back="![](https://example.org/x.png)"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a deck file, with media below it."""
    media = tmp_path / "decks" / "media"
    media.mkdir(parents=True)
    for name, data in (("dot.png", PNG), ("copy.png", PNG), ("say it.mp3", SOUND)):
        (media / name).write_bytes(data)
        os.utime(media / name, (1, 1))
    return media.parent


def exported(folder: Path, notes: tuple[Note, ...] = NOTES, changed: int = AT) -> list[Exported]:
    return [Exported(note, "Media", changed, AT, folder=str(folder)) for note in notes]


def test_media_arrive_in_anki_and_are_shown(folder: Path, tmp_path: Path, anki: Anki) -> None:
    written = write_package(tmp_path / "x.apkg", exported(folder))
    assert written.media == 2
    assert written.missing == ("media/gone.png is missing",)
    assert anki.take(tmp_path / "x.apkg") == {"new": 4}
    held = {path.name: path.read_bytes() for path in Path(anki.col.media.dir()).iterdir()}
    assert sorted(held.values()) == sorted((PNG, SOUND))
    picture = next(name for name in held if name.endswith(".png"))
    sound = next(name for name in held if name.endswith(".mp3"))
    note = anki.note("dot")
    assert note["Front"] == f'Which? <img src="{picture}" alt="a dot">'
    assert note["Back"] == f"[sound:{sound}]"
    assert [tag.filename for tag in note.cards()[0].answer_av_tags()] == [sound]  # type: ignore[union-attr]
    assert anki.note("again")["Front"].count(picture) == 2
    assert anki.note("gap")["Text"].startswith(f'{{{{c1::<img src="{picture}" alt="dot">}}}}')
    assert anki.note("gone")["Front"] == "(picture: a map)"
    found = anki.col.media.check()
    assert not found.missing and not found.unused


def test_the_same_again_is_known_and_a_new_picture_is_an_update(
    folder: Path, tmp_path: Path, anki: Anki
) -> None:
    write_package(tmp_path / "x.apkg", exported(folder))
    anki.take(tmp_path / "x.apkg")
    assert anki.take(tmp_path / "x.apkg") == {"duplicate": 4}
    (folder / "media" / "say it.mp3").write_bytes(SOUND + b"longer")
    write_package(tmp_path / "x.apkg", exported(folder))
    assert anki.take(tmp_path / "x.apkg") == {"updated": 1, "duplicate": 3}


def test_equal_media_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("a.apkg", "b.apkg"):
        write_package(tmp_path / name, exported(folder))
    assert (tmp_path / "a.apkg").read_bytes() == (tmp_path / "b.apkg").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.apkg") as package:
        listed = json.loads(package.read("media"))
        assert [name.startswith("greenflag-") for name in listed.values()] == [True, True]
        assert {package.read(member) for member in listed} == {PNG, SOUND}


def test_more_than_may_be_is_refused_and_nothing_is_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anki_media, "LARGEST_IN_ALL", 100)
    with pytest.raises(GreenflagError, match="more than 0 MB"):
        write_package(tmp_path / "x.apkg", exported(folder))
    assert [path.name for path in tmp_path.iterdir()] == ["decks"]


@pytest.mark.parametrize("text", ['<img src="media/dot.png" alt="x">', "[sound:media/say it.mp3]"])
def test_markup_in_a_text_is_no_picture(folder: Path, tmp_path: Path, text: str) -> None:
    notes: tuple[Note, ...] = (Basic(id="text", front=text, back=text),)
    assert write_package(tmp_path / "x.apkg", exported(folder, notes)).media == 0
