"""The cards as a browser shows them: every side, by day and night, on a phone and a desktop."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from greenflag.anki.package import write_package
from greenflag.content.notes import Basic, Cloze, Note
from tests.anki.conftest import Anki
from tests.anki.samples import FULL, exported

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
pytestmark = pytest.mark.skipif(
    not BROWSER, reason="no chromium or google-chrome here: the looks of cards are not checked"
)

WIDTHS = (320, 390, 1000)
ALL_OF = ("full-power-verb", "full-cloze", "full-scenario/2", "wide")
"""Of these notes every card is looked at, of the others the first: the rest have the same build."""
LEAST_CONTRAST = 7.0
LEAST_SIZE = 13

WIDE: tuple[Note, ...] = (
    Basic(
        id="wide",
        competency="communication-empathy",
        front="Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2,
        back="| a | b | c | d | e | f |\n|---|---|---|---|---|---|\n"
        + "| wide | wider | widest | and | still | more |\n" * 2
        + "\n```\n" + "a_long_line_of_code(" * 9 + "\n```\n\n> quoted\n\n[link](https://example.org)"
        "\n\n# Head\n\n1. one\n2. two `code` ~~old~~\n\n" + "https://example.org/" + "x" * 300,
        note="שלום עולם, a *remark* from the right",
    ),
    Cloze(id="wide-cloze", text="{{c1::" + "long" * 60 + "::" + "hint" * 40 + "}} `{{c2::code}}`"),
)  # fmt: skip

# What the desktop's own style sheet does to a card, in its own words' meaning.
DESKTOP = """
hr { background-color: #aaa } body { margin: 20px; overflow-wrap: break-word }
body.nightMode { background-color: #2c2c2c; color: #fcfcfc } img { max-width: 100% }
li { text-align: start } pre { text-align: left }
#typeans { width: 100%; box-sizing: border-box } code#typeans { white-space: pre-wrap }
.typeGood { background: #afa; color: black } .typeBad { color: black; background: #faa }
.typeMissed { color: black; background: #ccc }
"""

MEASURE = """
function rgba(text) {
  const n = text.match(/[\\d.]+/g).map(Number);
  return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1];
}
function light(c) {
  const [r, g, b] = c.slice(0, 3).map(v => {
    v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ground(win, element) {
  for (; element; element = element.parentElement) {
    const c = rgba(win.getComputedStyle(element).backgroundColor);
    if (c[3] > 0) return c;
  }
  return [255, 255, 255, 1];
}
function measure(frame) {
  const win = frame.contentWindow, doc = frame.contentDocument;
  const found = {name: frame.name, contrast: 99, size: 99, words: 0, at: ""};
  const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.offsetParent || element.closest("style")) continue;
    const style = win.getComputedStyle(element);
    const a = light(rgba(style.color)), b = light(ground(win, element));
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < found.contrast) { found.contrast = contrast; found.at = text.slice(0, 40); }
    found.size = Math.min(found.size, parseFloat(style.fontSize));
    found.words += text.split(/\\s+/).length;
  }
  found.over = doc.scrollingElement.scrollWidth - win.innerWidth;
  found.broken = [...doc.images].filter(image => !image.naturalWidth).length;
  return found;
}
window.onload = () => {
  const found = [...document.querySelectorAll("iframe")].map(measure);
  document.getElementById("found").textContent = JSON.stringify(found);
};
"""


class Side(NamedTuple):
    """One side of a card as Anki renders it, and the number of its card."""

    name: str
    ord: int
    html: str


@pytest.fixture
def sides(anki: Anki, tmp_path: Path) -> list[Side]:
    write_package(tmp_path / "x.apkg", [exported(note) for note in FULL + WIDE])
    anki.take(tmp_path / "x.apkg")
    everything = list(rendered(anki))
    return [side for side in everything if side.ord == 0 or side.name.startswith(ALL_OF)]


def rendered(anki: Anki) -> Iterator[Side]:
    """Every side of every card; the typed answer as the reviewer shows it, typed with a slip."""
    box = "<center><input type=text id=typeans style=\"font-family: 'Arial'\"></center>"
    for card in anki.cards():
        name = f"{card.note()['ID']}/{card.ord}"
        yield Side(f"{name} front", card.ord, re.sub(r"\[\[type:.+?\]\]", box, card.question()))
        back = card.answer()
        if typed := re.search(r"\[\[type:(.+?)\]\]", back):
            told = anki.col.compare_answer(card.note()[typed[1]], "describated")
            back = back.replace(typed[0], f"<div style=\"font-family: 'Arial'\">{told}</div>")
        yield Side(f"{name} back", card.ord, back)


def frame(side: Side, night: bool, width: int) -> str:
    classes = f"card card{side.ord + 1} isLin" + (" nightMode night_mode" if night else "")
    page = (
        f'<!doctype html><html class="{"night-mode" if night else ""}"><head><meta charset="utf-8">'
        f'<style>{DESKTOP}</style></head><body class="{classes}"><div id="qa">{side.html}</div>'
    )
    name = f"{side.name}, {width} px, {'night' if night else 'day'}"
    return f'<iframe name="{name}" width="{width}" height="500" srcdoc="{escape(page)}"></iframe>'


def seen(sides: list[Side], folder: Path) -> list[dict[str, Any]]:
    """What a browser measures on every side in six layouts."""
    frames = [
        frame(side, night, width) for side in sides for night in (False, True) for width in WIDTHS
    ]
    page = folder / "looks.html"
    page.write_text(
        f'<meta charset="utf-8"><pre id="found"></pre>{"".join(frames)}<script>{MEASURE}</script>',
        "utf-8",
    )
    command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom",
               f"--user-data-dir={folder / 'browser'}", page.as_uri()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found and found[1], done.stderr[-2000:]
    return list(json.loads(unescape(found[1])))


def failing(frames: list[dict[str, Any]]) -> list[str]:
    wrong: list[tuple[str, Callable[[dict[str, Any]], bool]]] = [
        ("hard to read", lambda each: each["contrast"] < LEAST_CONTRAST),
        ("small", lambda each: each["size"] < LEAST_SIZE),
        ("too wide", lambda each: each["over"] > 0),
        ("broken picture", lambda each: each["broken"] > 0),
        ("no words", lambda each: each["words"] == 0),
    ]
    return [
        f"{each['name']}: {what} {each}" for each in frames for what, is_so in wrong if is_so(each)
    ]


def test_every_side_reads_well_by_day_and_night_from_320_px_up(
    sides: list[Side], tmp_path: Path
) -> None:
    frames = seen(sides, tmp_path)
    assert len(frames) == len(sides) * 6 >= 12 * 6
    assert failing(frames) == []


def test_bad_looks_are_noticed(sides: list[Side], tmp_path: Path) -> None:
    bad = "<style>.front { color: #999; white-space: nowrap }</style>"
    some = [
        side._replace(html=side.html + bad)
        for side in sides
        if side.name.startswith("full-question")
    ]
    found = failing(seen(some, tmp_path))
    assert any("hard to read" in each for each in found)
    assert any("too wide" in each and "320 px" in each for each in found)
