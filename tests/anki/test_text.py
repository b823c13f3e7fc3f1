from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from greenflag.anki.text import clean, cloze_html, html_of, is_gap, list_html
from greenflag.content.gaps import cloze_numbers
from tests.anki.samples import PIECES

MARKS = "ab 1.)#*_`~-+=>|<&[]()!\\{}:/\"'\n"
ANY = st.text(st.characters(codec="utf-8") | st.sampled_from(MARKS + "\x00\x1f\r\x7f"), max_size=60)
MARKUP = st.text(st.sampled_from(MARKS), max_size=30)

TAGS = {
    "p", "em", "strong", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr", "br",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "img",
}  # fmt: skip
ATTRIBUTES = {("a", "href"), ("a", "title"), ("ol", "start"), ("code", "class"), ("th", "style"),
              ("td", "style"), ("img", "src"), ("img", "alt")}  # fmt: skip


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("What is a backlog?", "What is a backlog?"),
        ("AT&T: a < b > c", "AT&amp;T: a &lt; b &gt; c"),
        ("<b>not bold</b>", "&lt;b&gt;not bold&lt;/b&gt;"),
        ("**bold** and *leaning*", "<strong>bold</strong> and <em>leaning</em>"),
        ("snake_case stays", "snake_case stays"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("one\ntwo", "one\ntwo"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. c\n4. d", '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>'),
        ("Hello [Customer Name],", "Hello [Customer Name],"),
        ("~~old~~", "<s>old</s>"),
        ("![x](http://example.org/x.png)", '<a href="http://example.org/x.png">x</a>'),
        ("![a *b*](m/x.png)", '<img src="m/x.png" alt="a b">'),
        ('![a"<](<m/x y.mp3>)', '<img src="m/x%20y.mp3" alt="a&quot;&lt;">'),
        ("![x](m/x.exe)", '<a href="m/x.exe">x</a>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("play [sound:x.mp3] now", "play &#91;sound:x.mp3] now"),
        ("[latex]x[/latex]", "&#91;latex]x&#91;/latex]"),
        ("[[type:Front]]", "&#91;[type:Front]]"),
        ("  padded \t", "padded"),
        ("a\r\nb\rc\x00\x1fd\x7f", "a\nb\ncd"),
        ("e\u0301t\u00e9", "\u00e9t\u00e9"),
        ("\u05e9\u05dc\u05d5\u05dd 👩‍🚒", "\u05e9\u05dc\u05d5\u05dd 👩‍🚒"),
        ("{{Front}} {{c1::x}}", "{{Front}} {{c1::x}}"),
    ],
)
def test_a_text_becomes_html(text: str, made: str) -> None:
    assert html_of(text) == made


@pytest.mark.parametrize("text", ["\x00", "\x1f\x7f", "[a]: http://example.org", "<br>", "&#32;"])
def test_a_text_that_is_there_is_never_an_empty_field(text: str) -> None:
    assert html.unescape(html_of(text)).strip()


def test_a_list_is_a_list_and_one_item_is_a_text() -> None:
    assert list_html(["only *one*"]) == "only <em>one</em>"
    assert list_html(["a < b", "**c**"]) == "<ul><li>a &lt; b</li><li><strong>c</strong></li></ul>"


@given(ANY)
def test_nothing_is_left_that_anki_would_change(text: str) -> None:
    for made in (clean(text), html_of(text), cloze_html(text)):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", made)
        assert is_normalized("NFC", made)
        made.encode()


@given(ANY | MARKUP)
def test_only_harmless_tags_come_out(text: str) -> None:
    tags = Tags(html_of(text))
    assert tags.found <= TAGS
    assert tags.attributes <= ATTRIBUTES
    assert not any(re.match(r"\s*(javascript|data|vbscript|file):", link) for link in tags.links)


@given(MARKUP)
def test_the_short_cut_for_plain_text_says_what_markdown_says(text: str) -> None:
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    long = reader.disable("image").render(clean(text).strip()).strip()
    if long.startswith("<p>") and long.count("<p>") == 1 and long.endswith("</p>"):
        long = long[3:-4]
    made = html.unescape(html_of(text))
    assert made == html.unescape(long) or not html.unescape(long).strip()


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a {{c1::b}} c", "a {{c1::b}} c"),
        ("{{c1::a::hint}}", "{{c1::a::hint}}"),
        ("{{c1::**a**}} b", "{{c1::<strong>a</strong>}} b"),
        ("**{{c1::a}}**s", "<strong>{{c1::a}}</strong>s"),
        ("{{c1::_a_}} _{{c2::b}}_", "{{c1::<em>a</em>}} <em>{{c2::b}}</em>"),
        ("`{{c1::x < y}}`", "<code>{{c1::x &lt; y}}</code>"),
        ("{{c1::a {{c2::b}} c}}", "{{c1::a {{c2::b}} c}}"),
        ("{{c1::a", "{{c1::a}}"),
        ("- {{c1::a}}\n- b", "<ul>\n<li>{{c1::a}}</li>\n<li>b</li>\n</ul>"),
        ("{{c07::a}}", "{{c7::a}}"),
        ("{{c1::a}} {{c2,3::b}} }}", "{{c1::a}} {&#123;c2,3::b}&#125; }&#125;"),
        ("{{{c1::a}}}", "&#123;{{c1::a}}}"),
        ("{{c0::a}} {{c1::b}} {{c501::c}}", "a {{c1::b}} c"),
        ("{{c1::a&#125;}}", "{{c1::a&#125;}}"),
        ("[{{c1::a}}](http://{{c2::b}})", "[{{c1::a}}](http://{{c2::b}})"),
        ('{{c1::a}} [b](http://x "{{c2::c}}")', '{{c1::a}} [b](http://x "{{c2::c}}")'),
        ("{{c1::a}}\n\n[b]: http://{{c2::c}}", "<p>{{c1::a}}</p>\n<p>[b]: http://{{c2::c}}</p>"),
        ("{{c1::a::b::c}}", "{{c1::a::b::c}}"),
    ],
)
def test_a_cloze_text_keeps_its_gaps(text: str, made: str) -> None:
    assert cloze_html(text) == made


@given(PIECES)
def test_every_gap_of_ours_is_in_the_html_once_and_closed(text: str) -> None:
    made = cloze_html(text)
    opened = [int(number) for number in re.findall(r"\{\{c(\d+)::", made)]
    ours = [int(number) for number in re.findall(r"\{\{c(\d{1,3})::", text)]
    assert opened == [number for number in ours if is_gap(number)]
    assert made.count("{{") == len(opened)
    assert {n for n in cloze_numbers(text) if is_gap(n)} == set(opened)
    depth = 0
    for edge in re.findall(r"\{\{c\d+::|\}\}", made):
        depth += 1 if edge != "}}" else -1 if depth else 0
    assert depth == 0
