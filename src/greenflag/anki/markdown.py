"""The HTML of an Anki field as our Markdown: the way back from `text.py`.

What has a form in Markdown keeps it: bold, italics, code, links, lists, quotations, lines,
pictures and sounds. Tables become lines of text. Scripts, styles and all other markup go; the words
stay. The result is read back once: were other words to come out, it is written without markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import NamedTuple
from unicodedata import category
from urllib.parse import unquote

from greenflag.anki.text import html_of
from greenflag.content.media import is_media, is_sound, reference
from greenflag.content.yamlfile import CONTROL

Media = Callable[[str], str | None]
"""Where a media file of the deck stands for our notes; None when there is none."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)((?>[^>\"']|\"[^\"]*\"|'[^']*')*+)>")
_LOOSE_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)([^>]*)>")
"""For what has quotes that are never closed."""
_ATTRIBUTE = re.compile(r"([A-Za-z-]{1,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_SOUND = re.compile(r"\[sound:([^\]\n]{1,300})\]|\[/?anki:tts[^\]\n]{0,300}\]")
_TAG_START = re.compile(r"</?[A-Za-z]")
_MARKUP = re.compile(r"[*`~_>]|\]\(|^ *(?:[-+]|\d+[.)]) ", re.MULTILINE)
"""What may be read otherwise than meant; escapes and ends of lines cannot."""
_SPACE = re.compile(r"[ \t\n\r\f\u0085\u00a0\u2028\u2029]+")
_BOLD_STYLE = re.compile(r"font-weight:\s*(?:bold|[6-9]00)")
_ITALIC_STYLE = re.compile(r"font-style:\s*italic")
_AROUND = r"(?:\s|&nbsp;|<br ?/?>|</?div>)*+"  # what Anki's editor leaves around a list
_ONE_LIST = re.compile(rf"{_AROUND}<ul>\s*+(.*?)\s*</ul>{_AROUND}", re.DOTALL | re.IGNORECASE)
_INNER_LIST = re.compile(r"</?[uo]l\b", re.IGNORECASE)
_ITEM = re.compile(r"(?:</li>\s*)?<li\b[^>]*>", re.IGNORECASE)
_WEB = re.compile(r"(?:https?|mailto):[^\s<>()]+\Z", re.IGNORECASE)

_DROPPED = frozenset(
    ("script", "style", "title", "head", "template", "textarea", "svg", "noscript")
)
_MARKS = {
    "b": "**", "strong": "**", "i": "*", "em": "*", "cite": "*", "var": "*", "dfn": "*",
    "s": "~~", "del": "~~", "strike": "~~",
}  # fmt: skip
_PARAGRAPHS = frozenset(("p", "table", "center", "section", "article", "dl", "figure", "details"))
_LINES = frozenset(("div", "tr", "dt", "dd", "figcaption", "summary", "caption", "address"))
_HEADS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_UP = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_DOWN = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")

# What Markdown may read as more than itself: in the middle of a line, where brackets may make a
# link, and at the start of a line. As the last resort, all punctuation but that of gaps.
_SPECIAL = re.compile(r"[\\`<]|(?<! )\*|\*(?! )|~~|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_BRACKETS = re.compile(r"\][(\[:]")
_AT_START = re.compile(
    r"(?P<digits>\d{1,9})(?=[.)](?:\s|$))|(?=[*+-](?:\s|$)|#{1,6}(?:\s|$)|>|\||=+\s*$|-[-\s]*$)"
)
_PUNCTUATION = re.compile(r"[!-/;-@\[-`|~]")

# Stand for what is decided when a paragraph is complete; no text holds them.
_LINE = "\x0e"
_STRONG, _STRONG_END, _EM, _EM_END, _STRUCK, _STRUCK_END = "\x01\x02\x03\x04\x05\x06"
_OPEN = {"**": _STRONG, "*": _EM, "~~": _STRUCK}
_CLOSE = {"**": _STRONG_END, "*": _EM_END, "~~": _STRUCK_END}
_PAIRS = [
    (mark, re.compile(rf"{start}([^{start}{end}]*){end}"))
    for mark, start, end in (
        ("~~", _STRUCK, _STRUCK_END), ("*", _EM, _EM_END), ("**", _STRONG, _STRONG_END),
    )
]  # fmt: skip
_LATE_START = re.compile(rf"([\x01\x03\x05]+)([ {_LINE}]+)")
_EARLY_END = re.compile(rf"([ {_LINE}]+)([\x02\x04\x06]+)")
_NOTHING = re.compile(r"\x01\x02|\x03\x04|\x05\x06|\x02\x01|\x04\x03|\x06\x05")
_STANDS = re.compile(r"[\x01-\x06]")
_DEEPEST = 8


def markdown_of(html: str, media: Media = lambda _: None) -> str:
    """A field of Anki's as Markdown."""
    if "<" not in html and "&" not in html and "[" not in html:
        return _escaped_lines(_clean(_SPACE.sub(" ", html)).strip())
    pieces = _pieces(html)
    written = _Writer(media).write(pieces)
    if _MARKUP.search(written):
        plain = _Writer(media, plain=True).write(pieces)
        if _words(words_of(html_of(written))) != _words(plain):
            return _escaped_lines(plain, _PUNCTUATION)
    return written


def items_of_html(html: str, media: Media = lambda _: None) -> list[str]:
    """The items of a field that holds one list and nothing else; a text is one item."""
    whole = _ONE_LIST.fullmatch(html)
    parts = _ITEM.split(whole[1]) if whole and not _INNER_LIST.search(whole[1]) else [html]
    if len(parts) == 1 or parts[0].strip():
        parts = ["", html]
    items = [markdown_of(part.removesuffix("</li>"), media) for part in parts[1:]]
    return [item for item in items if item]


def words_of(html: str) -> str:
    """The words of a field as plain text, its lines kept; of pictures and sounds nothing."""
    return _Writer(str, plain=True).write(_pieces(html))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _clean(text: str) -> str:
    return CONTROL.sub("", text)


def _escaped_lines(text: str, special: re.Pattern[str] = _SPECIAL) -> str:
    lines = [line.strip() for line in text.split("\n")]
    return "\\\n".join(_started(_escaped(line, special)) for line in lines if line)


def _escaped(text: str, special: re.Pattern[str] = _SPECIAL) -> str:
    """Text so that Markdown shows it as it is, unless it begins a line."""
    escaped = special.sub(r"\\\g<0>", text)
    if special is _SPECIAL and _BRACKETS.search(text):
        escaped = re.sub(r"[\[\]]", r"\\\g<0>", escaped)
    return escaped


def _started(line: str) -> str:
    """A line, so that its beginning is no list, heading, quotation or rule."""
    found = _AT_START.match(line)
    return f"{found['digits'] or ''}\\{line[found.end() :]}" if found else line


class _Piece(NamedTuple):
    """A stretch of text, or a tag with its name, its attributes and whether it closes."""

    text: str = ""
    tag: str = ""
    closes: bool = False
    attributes: str = ""

    def attribute(self, name: str) -> str:
        """The value of an attribute; empty without."""
        for found in _ATTRIBUTE.finditer(self.attributes):
            if found[1].lower() == name:
                return unescape(found[2] or found[3] or found[4] or "")
        return ""


def _pieces(html: str) -> list[_Piece]:
    """HTML as text and tags, in one pass whatever it is: what is never closed ends the text."""
    found: list[_Piece] = []
    place, pattern, lower = 0, _TAG, ""
    while (start := html.find("<", place)) >= 0:
        if html.startswith("<!--", start):
            end = html.find("-->", start + 4) + 3
            tag = None
        elif html[start + 1 : start + 2] in ("!", "?"):
            end = html.find(">", start) + 1
            tag = None
        elif not _TAG_START.match(html, start):
            found.append(_Piece(unescape(html[place:start]) + "<"))
            place = start + 1
            continue
        else:
            tag = pattern.match(html, start)
            if tag is None and pattern is _TAG:
                pattern = _LOOSE_TAG
                tag = pattern.match(html, start)
            end = tag.end() if tag else 0
        found.append(_Piece(unescape(html[place:start])))
        if end <= start:
            return found
        place = end
        if tag is None:
            continue
        name = tag[2].lower()
        if name not in _DROPPED:
            found.append(_Piece("", name, bool(tag[1]), tag[3]))
        elif not tag[1] and not tag[3].endswith("/"):
            lower = lower or html.lower()
            place = lower.find(f"</{name}", end)
            if place < 0:
                return found
    found.append(_Piece(unescape(html[place:])))
    return found


class _Writer:
    """Writes Markdown from pieces of HTML: paragraphs of marked text in lists and quotations."""

    def __init__(self, media: Media, *, plain: bool = False) -> None:
        self.media, self.plain = media, plain
        self.blocks: list[str] = []
        self.tight = self.begun = False
        self.items: list[str] = []
        self.open_marks: dict[str, int] = {}
        self.spans: list[str] = []
        self.links: list[tuple[int, str]] = []
        self.around: list[list[str]] = []
        """The lists and quotations around: what begins the next line, and what all after it."""
        self.lists: list[int | None] = []
        """The lists around: the number of the next item, or None."""
        self.code: list[str] | None = None
        self.pre = False
        self.raised = ""
        self.head = ""
        """The signs of the heading that is open."""

    def write(self, pieces: list[_Piece]) -> str:
        """The Markdown of all pieces."""
        for piece in pieces:
            if piece.tag:
                self._tag(piece)
            elif piece.text:
                self._text(piece.text)
        if self.code is not None:
            self._end_code()
        self._end_paragraph()
        return "".join(self.blocks)

    # Tags

    def _tag(self, piece: _Piece) -> None:
        name = piece.tag
        if self.code is not None and name not in ("code", "kbd", "tt", "samp", "pre", "br", "div"):
            return
        if name in _MARKS:
            self._mark(_MARKS[name], piece.closes)
        elif name == "span":
            self._span(piece)
        elif name == "br":
            self._line() if self.code is None else self.code.append("\n")
        elif name in ("code", "kbd", "tt", "samp", "pre"):
            self._code(piece)
        elif name == "img" and not piece.closes:
            self._show(piece.attribute("src"), piece.attribute("alt"))
        elif name == "a":
            self._link(piece)
        elif name in ("ul", "ol"):
            self._list(piece)
        elif name == "li":
            self._item(piece.closes)
        elif name in ("td", "th"):
            if not piece.closes and self.items and self.items[-1] != _LINE:
                self.items.append(" | ")
        elif name in ("sub", "sup"):
            self.raised = "" if piece.closes else name
        elif name in ("rt", "rp"):
            if name == "rt":
                self.items.append(")" if piece.closes else "(")
        else:
            self._block(name, piece.closes)

    def _block(self, name: str, closes: bool) -> None:
        if name in _LINES:
            if self.code is not None:
                self.code.append("\n")
            elif self.items and self.items[-1] != _LINE:
                self._line()
        elif name in _PARAGRAPHS:
            self._end_paragraph()
        elif name in _HEADS:
            self._end_paragraph()
            self.head = "" if closes else "#" * int(name[1])
        elif name == "hr":
            self._end_paragraph()
            self._add("" if self.plain else "---")
        elif name == "blockquote":
            self._end_paragraph()
            if not closes and len(self.around) < _DEEPEST:
                self.around.append(["> ", "> "])
            elif closes and self.around and self.around[-1][1] == "> ":
                self.around.pop()

    def _mark(self, mark: str, closes: bool) -> None:
        """Begin or end bold and the like; inside itself it is nothing new."""
        if not closes:
            self.open_marks[mark] = self.open_marks.get(mark, 0) + 1
            if self.open_marks[mark] == 1:
                self.items.append(_OPEN[mark])
        elif mark in self.open_marks:
            self.open_marks[mark] -= 1
            if not self.open_marks[mark]:
                del self.open_marks[mark]
                self.items.append(_CLOSE[mark])

    def _span(self, piece: _Piece) -> None:
        if piece.closes:
            mark = self.spans.pop() if self.spans else ""
        else:
            style = piece.attribute("style").lower()
            bold, italic = _BOLD_STYLE.search(style), _ITALIC_STYLE.search(style)
            mark = "**" if bold else "*" if italic else ""
            self.spans.append(mark)
        if mark:
            self._mark(mark, piece.closes)

    def _list(self, piece: _Piece) -> None:
        self._end_paragraph()
        if not piece.closes:
            self.begun = bool(self.lists)
            self.lists.append(1 if piece.tag == "ol" else None)
        elif self.lists:
            self._item(True)
            self.lists.pop()
            self.tight = bool(self.lists)

    def _item(self, closes: bool) -> None:
        self._end_paragraph()
        if len(self.around) >= len(self.lists) and self.around and self.around[-1][1] != "> ":
            self.around.pop()
        if not closes and len(self.around) < _DEEPEST and not self.plain:
            number = self.lists[-1] if self.lists else None
            first = "- " if number is None else f"{number}. "
            if number is not None:
                self.lists[-1] = number + 1
            self.around.append([first, " " * len(first)])
            self.tight, self.begun = self.begun, True

    def _link(self, piece: _Piece) -> None:
        if not piece.closes:
            self.links.append((len(self.items), piece.attribute("href").strip()))
            return
        start, address = self.links.pop() if self.links else (len(self.items), "")
        text = "".join(self.items[start:])
        if self.plain or not _WEB.match(address) or not text.strip() or _LINE in text:
            return
        if "![" in text or _STANDS.search(text):
            return
        if _clean(text) == _escaped(address):
            self.items[start:] = [f"<{address}>"]
        else:
            label = re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", text.strip())
            self.items[start:] = [f"[{label}]({address})"]

    def _code(self, piece: _Piece) -> None:
        if not piece.closes and self.code is None:
            self.code, self.pre = [], piece.tag == "pre"
            if self.pre:
                self._end_paragraph()
        elif piece.closes and self.code is not None and self.pre == (piece.tag == "pre"):
            self._end_code()

    def _end_code(self) -> None:
        text, self.code = _clean("".join(self.code or [])), None
        if self.plain:
            self._add(text.strip()) if self.pre else self.items.append(text.replace("\n", " "))
        elif self.pre:
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
            if text.strip():
                self._add(f"{fence}\n{text.strip(chr(10))}\n{fence}")
        elif text.strip():
            text = " ".join(text.split())
            fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
            edge = " " if text[0] == "`" or text[-1] == "`" else ""
            self.items.append(f"{fence}{edge}{text}{edge}{fence}")
        self.pre = False

    # Text

    def _text(self, text: str) -> None:
        if self.code is not None:
            self.code.append(text)
            return
        place = 0
        for found in _SOUND.finditer(text):
            self._words(text[place : found.start()])
            place = found.end()
            if found[1]:
                self._show(found[1], "sound")
        self._words(text[place:])

    def _words(self, text: str) -> None:
        text = _clean(_SPACE.sub(" ", text))
        if self.raised:
            table = _UP if self.raised == "sup" else _DOWN
            if all(ord(c) in table for c in text):
                text = text.translate(table)
            elif self.raised == "sup":
                text = f"^{text}"
        if text.startswith(" ") and (not self.items or self.items[-1].endswith((" ", _LINE))):
            text = text[1:]
        if text:
            self.items.append(text if self.plain else _escaped(text))

    def _show(self, source: str, alt: str) -> None:
        """A picture or sound: as ours when there is the file, else in words."""
        source = unquote(source) if "%" in source else source
        name = self.media(source) if is_media(source) else None
        if name is None:
            what = "sound" if is_sound(source) else "picture"
            self._words(f"({what} not taken: {source[:60]})" if is_media(source) else f"({what})")
        elif not self.plain:
            self.items.append(reference(name, alt or "picture"))

    # Lines and paragraphs

    def _line(self) -> None:
        """End a line; two in a row end the paragraph."""
        if self.items and all(item == _LINE for item in self.items[-1:]):
            self._end_paragraph()
        elif self.items:
            self.items.append(_LINE)

    def _end_paragraph(self) -> None:
        if not self.items:
            return
        text = "".join(self.items + [_CLOSE[mark] for mark in reversed(self.open_marks)])
        self.items, self.links = [_OPEN[mark] for mark in self.open_marks], []
        if self.plain:
            text = _STANDS.sub("", text)
        lines = [" ".join(line.split(" ")).strip() for line in _marked(text).split(_LINE)]
        lines = [line for line in lines if line]
        if lines and self.plain:
            self._add("\n".join(lines))
        elif lines and self.head:
            text = re.sub(r"(?<!\\)(#+)\Z", r"\\\1", " ".join(lines))
            self._add(f"{self.head} {text}")
        elif lines:
            self._add("\\\n".join(map(_started, lines)))

    def _add(self, block: str) -> None:
        """Add a block inside the lists and quotations around it."""
        if not block:
            return
        first = "".join(each[0] for each in self.around)
        for each in self.around:
            each[0] = each[1]
        rest = "".join(each[1] for each in self.around)
        lines = block.split("\n")
        text = "\n".join([first + lines[0], *(f"{rest}{line}".rstrip(" ") for line in lines[1:])])
        if self.blocks:
            between = "\n" if self.tight else f"\n{rest.rstrip()}\n" if ">" in rest else "\n\n"
            self.blocks.append(between)
        self.blocks.append(text)
        self.tight = False


def _marked(text: str) -> str:
    """A paragraph with its marks as Markdown; marks that would be shown as stars are left out."""
    if not _STANDS.search(text):
        return text
    before = ""
    while before != text:
        before = text
        text = _LATE_START.sub(r"\2\1", text)
        text = _EARLY_END.sub(r"\2\1", text)
        text = _NOTHING.sub("", text)
    for mark, pair in _PAIRS:
        text = pair.sub(lambda found, mark=mark: _with_mark(found, mark), text)  # type: ignore[misc]
    return _STANDS.sub("", text)


def _with_mark(found: re.Match[str], mark: str) -> str:
    """A stretch between two marks, or without them where Markdown would show them."""
    text, string = found[1], found.string
    inner = _STANDS.sub("", text).strip(f" {_LINE}")
    if not inner:
        return text
    before = _STANDS.sub("", string[max(0, found.start() - 3) : found.start()])[-1:]
    after = _STANDS.sub("", string[found.end() : found.end() + 3])[:1]
    sticks = _is_word(before) > _is_word(inner[0]) or _is_word(after) > _is_word(inner[-1])
    return text if sticks else f"{mark}{text}{mark}"


def _is_word(character: str) -> bool:
    """Whether Markdown takes a character for part of a word: no space, no punctuation."""
    return bool(character) and not character.isspace() and category(character)[0] not in "PSC"
