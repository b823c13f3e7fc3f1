"""The HTML of an Anki field as Markdown: the way back of `anki/text.py`.

What Markdown can say is kept; what it cannot (colours, sizes, pictures) leaves its text.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from greenflag.anki.text import clean

_PAIRS = {
    "b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~",
}  # fmt: skip
_BLOCKS = frozenset(
    "p div section article header footer table tr blockquote ul ol li pre"
    " h1 h2 h3 h4 h5 h6 hr dl dt dd center".split()
)
_SILENT = frozenset(("script", "style", "head", "title"))
# What Markdown would read as more than itself, where it stands.
_SPECIAL = re.compile(
    r"[\\`*]|(?<!\w)_|_(?!\w)|~(?=~)|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\[(?=[^\]]{0,200}\][(\[:])"
)
_LINE_START = re.compile(r"\A(\s*)([-+=#>~]|\d+(?=[.)]))")
_AROUND = r"(?:\s|&nbsp;|<br ?/?>|</?div>)*"  # what Anki's editor leaves around a list
_ONE_LIST = re.compile(rf"{_AROUND}<ul>\s*(.*?)\s*</ul>{_AROUND}", re.S | re.I)
_BREAK = "\\\n"
_DEEPEST = 20


def markdown_of(html: str) -> str:
    """The Markdown of a field."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


def items_of_html(html: str) -> list[str]:
    """The items of a field that holds one list and nothing else; a text is one item."""
    whole = _ONE_LIST.fullmatch(html)
    inside = whole[1] if whole else ""
    if not whole or "<ul" in inside.lower() or "<ol" in inside.lower():
        text = markdown_of(html)
        return [text] if text else []
    parts = re.split(r"<li\b[^>]*>", inside, flags=re.I)
    if parts[0].strip():
        text = markdown_of(html)
        return [text] if text else []
    items = [markdown_of(re.sub(r"</li>\s*\Z", "", part, flags=re.I)) for part in parts[1:]]
    return [item for item in items if item]


class _Reader(HTMLParser):
    """Collects a text block by block; each open list, quotation or pair is on a stack."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, list[str], int]] = [("", [], 0)]
        self._silent = 0

    def text(self) -> str:
        """What was collected."""
        while len(self._open) > 1:
            self._close()
        return _tidy("".join(self._open[0][1]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what the tag begins."""
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self._put(_BREAK)
        elif tag == "hr":
            self._put("\n\n---\n\n")
        elif tag == "img":
            self._put(_literal(dict(attrs).get("alt") or ""))
        elif (tag in _PAIRS or tag in _BLOCKS or tag in ("code", "a")) and len(
            self._open
        ) < _DEEPEST:
            if tag == "li":
                while self._open[-1][0] == "li":
                    self._close()
            kind, _, number = self._open[-1]
            if tag == "li" and kind == "ol":
                self._open[-1] = (kind, self._open[-1][1], number + 1)
            href = dict(attrs).get("href") or ""
            self._open.append((f"a {href}" if tag == "a" else tag, [], 0))

    def handle_endtag(self, tag: str) -> None:
        """Close the tag and all that is open in it; one that is not open is nothing."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif any(kind.split(" ")[0] == tag for kind, _, _ in self._open[1:]):
            while self._close() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Add text, with what Markdown would read as more made plain."""
        if self._silent:
            return
        inside = {kind for kind, _, _ in self._open}
        if inside & {"pre", "code"}:
            self._put(data)
        elif self._open[-1][0] in ("ul", "ol", "table", "tr", "dl") and not data.strip():
            return
        else:
            text = _literal(re.sub(r"[ \t\r\n\xa0]+", " ", data))
            before = self._open[-1][1]
            if not before or before[-1].endswith("\n"):
                text = _LINE_START.sub(_escaped, text.lstrip())
            self._put(text)

    def _put(self, text: str) -> None:
        self._open[-1][1].append(text)

    def _close(self) -> str:
        kind, parts, _ = self._open.pop()
        tag, _, href = kind.partition(" ")
        self._put(self._written(tag, "".join(parts), href))
        return tag

    def _written(self, tag: str, text: str, href: str) -> str:
        """What stands between two tags, as Markdown."""
        if tag in _PAIRS:
            again = any(_PAIRS.get(kind) == _PAIRS[tag] for kind, _, _ in self._open)
            return text if again else _around(text, _PAIRS[tag])
        if tag == "code":
            fence = "``" if "`" in text else "`"
            is_block = any(kind == "pre" for kind, _, _ in self._open)
            return text if is_block or not text.strip() else f"{fence}{text}{fence}"
        if tag == "a":
            plain = re.fullmatch(r"[^\s()<>]+", href)
            return f"[{text}]({href})" if plain and text.strip() else text
        if tag == "pre":
            return "\n\n```\n" + text.strip("\n") + "\n```\n\n"
        if tag == "li":
            outer, _, number = self._open[-1]
            mark = f"{number}. " if outer == "ol" else "- "
            lines = _tidy(text).replace("\n", "\n" + " " * len(mark))
            return f"{mark}{lines}\n"
        if tag == "blockquote":
            return "\n\n" + re.sub(r"^", "> ", _tidy(text), flags=re.M) + "\n\n"
        if re.fullmatch(r"h[1-6]", tag):
            return f"\n\n{'#' * int(tag[1])} {_tidy(text)}\n\n"
        return f"\n\n{text.strip(' ')}\n\n"


def _around(text: str, mark: str) -> str:
    """A text between two marks, which must touch it."""
    inner = text.strip()
    if not inner or "\n\n" in inner:
        return text
    before, after = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
    return f"{before}{mark}{inner}{mark}{after}"


def _literal(text: str) -> str:
    """A text so that Markdown reads it as itself."""
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", clean(text))


def _escaped(found: re.Match[str]) -> str:
    """The start of a line so that it begins no list, heading or quotation."""
    return f"{found[2]}\\" if found[2].isdigit() else f"\\{found[2]}"


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]*\n[ \t]*(?=\n)", "\n", text)
    text = re.sub(r"(?:\\\n)+(?=\s*\Z|\n)", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip().removesuffix("\\").strip()
