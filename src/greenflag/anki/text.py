"""Markdown as the HTML of an Anki field.

Most texts are one plain line: they are escaped and nothing else. Only what looks like Markdown goes
through markdown-it (which comes with rich), set as rich sets it, but with HTML switched off.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from greenflag.content.media import is_media

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

MOST_GAPS = 500
"""The highest gap number Anki keeps apart: it puts all higher ones on one card, and ignores 0."""

# A line of ASCII that is its own HTML, read without any Markdown.
_PLAIN = re.compile(
    r"[A-Za-z](?:[^\x00-\x1f\x7f*_`\\<>&~\[\]]*[^\x00-\x20\x7f*_`\\<>&~\[\]])?\Z"
).match
# What Anki drops (it fails on \x1f, its field separator), and what SQLite cannot store.
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Anything that Markdown may read as more than itself; a false alarm only costs time.
_MARKUP = re.compile(r"[*_`\\\n]|~~|<\S|\][(\[:]|&[#\w]|\A[#>+=~-]|\A\d+[.)]", re.ASCII)
# Square brackets that mean something to Anki; in our texts they are only brackets.
_ANKI_BRACKET = re.compile(r"\[(?=sound:|anki:|/?latex\]|/?\$|\[type:)", re.IGNORECASE)
_SEEN_AS_EMPTY = re.compile(r"(?:\s|</?(?:br|div) ?/?>)*\Z", re.IGNORECASE)  # as Anki does

_GAP = re.compile(r"\{\{c(\d{1,3})::|\}\}")
_OPEN, _CLOSE, _MARK = "\x02", "\x03", "\x04"  # stand for the gaps while Markdown is read
_STANDS = re.compile(f"[{_OPEN}{_CLOSE}]")
_STAND_IN_A_TAG = re.compile(f"<[^<>]*[{_OPEN}{_CLOSE}]")


class Html(str):
    """A text that is HTML already."""


def clean(text: str) -> str:
    """A text as Anki would keep it: no control characters, line feeds, composed letters (NFC)."""
    if not text.isprintable():
        text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def html_of(text: str) -> str:
    """A Markdown text as HTML; a text that is there never becomes an empty field."""
    if text.isascii() and _PLAIN(text):
        return text
    text = clean(text).strip()
    return _harmless(_markdown(text), text)


def list_html(items: Sequence[str]) -> str:
    """Markdown items as HTML: one item is a text, several are a list."""
    if len(items) == 1:
        return html_of(items[0])
    return "<ul>" + "".join([f"<li>{html_of(item)}</li>" for item in items]) + "</ul>"


def cloze_html(text: str) -> Html:
    """A cloze text as HTML in which Anki finds exactly our gaps, and no other braces."""
    text = clean(text).strip()
    numbers = [int(number) for number in _GAP.findall(text) if number]
    stood = _with_stands(text)
    html = _markdown(stood).replace(f"!{_MARK}", "").replace(f"{_MARK}!", "")
    if _STANDS.findall(html) != _STANDS.findall(stood) or _STAND_IN_A_TAG.search(html):
        # A gap inside a link target or the like: the text as it stands, rather than a lost gap.
        html = escape(stood).replace(f"!{_MARK}", "").replace(f"{_MARK}!", "")
        html = html.replace("\n", "<br>")
    html = html.replace("{{", "{&#123;").replace("{" + _OPEN, "&#123;" + _OPEN)
    html = html.replace("}}", "}&#125;").replace("}" + _CLOSE, "&#125;" + _CLOSE)
    html = _harmless(html, "")
    kept = iter([number for number in numbers if is_gap(number)])
    html = re.sub(_OPEN, lambda _: f"{{{{c{next(kept)}::", html)
    return Html(html.replace(_CLOSE, "}}"))


def escape(text: str) -> str:
    """A text with the three characters that mean something in HTML made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def is_gap(number: int) -> bool:
    """Whether Anki makes a card of its own for a gap number."""
    return 1 <= number <= MOST_GAPS


def _with_stands(text: str) -> str:
    """The text with a control character for the start and end of each gap, and all gaps closed."""
    out: list[str] = []
    opened: list[bool] = []
    last = 0
    for match in _GAP.finditer(text):
        out.append(text[last : match.start()])
        last = match.end()
        if match[1]:
            opened.append(is_gap(int(match[1])))
            if opened[-1]:
                out.append(_stand(_OPEN, text, match))
        elif not opened:
            out.append("}}")
        elif opened.pop():
            out.append(_stand(_CLOSE, text, match))
    out.append(text[last:])
    return "".join(out) + _CLOSE * sum(opened)


def _stand(stand: str, text: str, match: re.Match[str]) -> str:
    """A stand for a brace pair: as a letter beside `*`, as punctuation beside `_`.

    Markdown reads `_x_` only between spaces and punctuation, and `*x*` anywhere but there.
    """
    before = f"!{_MARK}" if text[match.start() - 1 : match.start()] == "_" else ""
    after = f"{_MARK}!" if text[match.end() : match.end() + 1] == "_" else ""
    return before + stand + after


def _markdown(text: str) -> str:
    if _MARKUP.search(text) is None:
        return escape(text)
    html = str(_reader().render(text)).strip()
    if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
        return html[3:-4]
    return html


def _harmless(html: str, text: str) -> str:
    if "[" in html:
        html = _ANKI_BRACKET.sub("&#91;", html)
    if _SEEN_AS_EMPTY.match(html):
        return escape(text) or "\N{REPLACEMENT CHARACTER}"
    return html


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.add_render_rule("image", _image)
    return reader


def _image(
    reader: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    """A picture or sound as `<img>` with its name in the deck; `media.py` puts the package's there.

    What stands on the web is a link: nothing is fetched.
    """
    source = str(tokens[place].attrs.get("src", ""))
    alt = reader.renderInlineAsText(tokens[place].children, options, env)
    alt = escape(alt).replace('"', "&quot;")
    if is_media(unquote(source)):
        return f'<img src="{escape(source)}" alt="{alt}">'
    return f'<a href="{escape(source)}">{alt or escape(source)}</a>'
