"""Anki's HTML as Markdown: what has a form keeps it, no word is lost, and nothing takes long."""

from __future__ import annotations

import html as library
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from greenflag.anki.markdown import items_of_html, markdown_of, words_of
from greenflag.anki.notetypes import fields_of
from greenflag.anki.text import html_of, list_html
from tests.anki.samples import BARE, FULL


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("plain words", "plain words"),
        ("a\u2028b\u2029 c\x85d", "a b c d"),
        ("a<br>b<div>c</div><div>d</div>", "a\\\nb\\\nc\\\nd"),
        ("a<br><br>b", "a\n\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<b> bold </b>x <i>it</i>, <u>u</u>", "**bold** x *it*, u"),
        ("<b><i>x</i></b> y", "***x*** y"),
        ("<b>a</b><b>b</b>", "**ab**"),
        ("<b>one<div>two</div></b>three", "**one\\\ntwo**\\\nthree"),
        ('<span style="font-weight: 700; color: red">b</span>', "**b**"),
        ('<span style="font-style:italic">i</span>', "*i*"),
        ("foo<b>(bar)</b>baz", "foo(bar)baz"),
        ("<ul><li>one</li><li>two<ul><li>in</li></ul></li></ul>end", "- one\n- two\n  - in\n\nend"),
        ("Say:<ol><li>a</li><li>b<br>c</li></ol>", "Say:\n\n1. a\n2. b\\\n   c"),
        ("<blockquote>q<br>r</blockquote>x", "> q\\\n> r\n\nx"),
        ("<h2>Head</h2>text", "## Head\n\ntext"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>c</td></tr></table>", "a | b\\\nc"),
        ("<code>x`y</code> <pre>a\n  b</pre>", "``x`y``\n\n```\na\n  b\n```"),
        ('<a href="https://x.org/a_b">l [x]</a>', "[l \\[x\\]](https://x.org/a_b)"),
        ('<a href="https://x.org">https://x.org</a>', "<https://x.org>"),
        ('<a href="javascript:alert(1)">j</a>', "j"),
        ("<script>alert(1)</script>t<style>x{}</style><!-- c -->", "t"),
        ("AT&amp;T &lt;b&gt; &amp;lt;", "AT&T \\<b> \\&lt;"),
        ("2*3 4 * 5 _x_ a_b", "2\\*3 4 * 5 \\_x\\_ a_b"),
        ("H<sub>2</sub>O, x<sup>2</sup>, y<sup>ab</sup>", "H₂O, x², y^ab"),
        ("<ruby>漢<rt>かん</rt></ruby>", "漢(かん)"),
        ("1. no list<br>- no<br># no", "1\\. no list\\\n\\- no\\\n\\# no"),
        ("-5<br>+1<br>&gt; no", "-5\\\n+1\\\n\\> no"),
        ("\\(x^2\\) and [Slot]", "\\\\(x^2\\\\) and [Slot]"),
        ("{{c1::<b>Paris</b>::hint}} and {{c2::a_b}}", "{{c1::**Paris**::hint}} and {{c2::a_b}}"),
        ("a&nbsp;&nbsp;b\n\tc", "a b c"),
        ("a \x00\x1b[31m\u202eb\x7f", "a [31mb"),
        ("<", "\\<"),
        ("", ""),
        ("<br><div></div>&nbsp;", ""),
        ("[anki:tts lang=en_US]read aloud[/anki:tts]", "read aloud"),
    ],
)  # fmt: skip
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert markdown_of(html) == markdown


def placed(name: str) -> str | None:
    return f"media/{name}" if name != "gone.png" else None


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ('<img src="a.png" alt="what">', "![what](media/a.png)"),
        ("x <IMG class=c SRC=a.png> y", "x ![picture](media/a.png) y"),
        ('<img src="a%20b.png">', "![picture](<media/a b.png>)"),
        ("[sound:say.mp3]", "![sound](media/say.mp3)"),
        ('<img src="gone.png">', "(picture not taken: gone.png)"),
        ('<img src="https://example.org/x.png">', "(picture)"),
        ('<img src="data:image/png;base64,AAAA">', "(picture)"),
    ],
)
def test_pictures_and_sounds_are_ours_where_there_is_the_file(html: str, markdown: str) -> None:
    assert markdown_of(html, placed) == markdown


WORDS = st.text(st.sampled_from("ab1 \n*_`#-+>.)(![]{}|~&;:<=\\'\"é漢"), max_size=12)
TAGS = st.sampled_from(
    "b i u p div br ul ol li code pre a sup table td tr h1 blockquote span hr s".split()
)
HTML = st.recursive(
    WORDS.map(library.escape),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag} href='https://x.org'>{''.join(parts)}</{tag}>",
        TAGS,
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


def seen(html: str) -> list[str]:
    """The words of some HTML, as written."""
    return re.findall(r"\w+", words_of(html))


@given(HTML)
@example("<b>*a*</b>*")
@example("<a href='https://x.org'>a](b</a>")
def test_no_word_is_lost_and_none_is_added(html: str) -> None:
    assert seen(html_of(markdown_of(html))) == seen(html) or not seen(html)


@given(st.text(max_size=20) | st.text(st.sampled_from("<>/=\"'&;!-ab []:"), max_size=60))
def test_anything_at_all_becomes_text_without_markup_of_html(text: str) -> None:
    made = markdown_of(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", made)
    assert "<script" not in html_of(made).lower()


@given(st.text(st.sampled_from("ab *_`#-+>.)(![]{}|~&;:<=\\'\"\n1"), max_size=60))
def test_a_plain_text_comes_back_as_it_was(text: str) -> None:
    shown = re.sub(r"<[^>]*>", "", html_of(markdown_of(library.escape(text))))
    assert library.unescape(shown).split() == text.split() or not text.strip()


HOSTILE = [
    "<" * 50_000, "<a" * 50_000, '<a "' * 30_000, "<!--" * 30_000, "<b>" * 50_000, "&" * 50_000,
    "<script>" * 20_000, "<ul><li>" * 20_000, "[sound:" * 20_000, "`" * 50_000, "*" * 50_000,
    "<b> <i> " * 20_000, "<blockquote>" * 20_000 + "x", "<code>`" * 20_000, "[" * 50_000,
    "<a href='https://x.org'>x" * 10_000, "<td>" * 30_000 + "x", "[anki:tts]" * 20_000,
    "<span style='font-weight:bold'>" * 10_000 + "x",
]  # fmt: skip


@pytest.mark.parametrize("html", HOSTILE, ids=lambda html: html[:8])
def test_nothing_takes_long_or_deep(html: str) -> None:
    assert len(markdown_of(html)) <= 2 * len(html)


# --- notes of ours, and lists


TEXTS = st.text(st.sampled_from("ab *_`~<>&[]()#-+=.1:!|\\\"'\n é{}"), min_size=1, max_size=24)


@pytest.mark.parametrize("note", FULL + BARE, ids=lambda note: str(note.id))
def test_every_field_we_write_reads_back_as_what_gives_it(note: object) -> None:
    for html in fields_of(note)[2:]:  # type: ignore[arg-type]
        if html.startswith("<ul>"):
            assert list_html(items_of_html(html)) == html
        elif html and "{{c" not in html:
            assert html_of(markdown_of(html)) == html


@given(TEXTS.map(lambda text: text.strip() or "x"))
def test_plain_text_from_anki_is_read_as_itself(text: str) -> None:
    """Somebody typed it there: whatever signs it has, it is shown as they are."""
    typed = " ".join(text.split())
    html = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    back = html_of(markdown_of(html)).replace("&quot;", '"')
    assert back == html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<div>One</div><div>Two</div>", "One\\\nTwo"),
        ("a<br>b<br/>", "a\\\nb"),
        ("a&nbsp;b", "a b"),
        ("<b>Bold </b>next", "**Bold** next"),
        ("<b><b>x</b></b>", "**x**"),
        ("<span style='color:red'>x</span><img src=x alt=y><u>z</u>", "x(picture)z"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<script>x</script><style>y</style>z", "z"),
        ("<h2>h</h2>t", "## h\n\nt"),
        ("<a href='https://x.org/a'>t</a><a href='javascript:x y'>u</a>", "[t](https://x.org/a)u"),
        ("{{c1::<b>x</b>::h}}", "{{c1::**x**::h}}"),
        ("</b></i>x<b>", "x"),
        ("<!-- c -->x<!", "x"),
        ("", ""),
        ("<br><br>", ""),
    ],
)
def test_what_editors_write(html: str, markdown: str) -> None:
    assert markdown_of(html) == markdown


@pytest.mark.parametrize(
    ("html", "items"),
    [
        ("<ul><li>a</li><li>b <i>c</i></li></ul>", ["a", "b *c*"]),
        ("<UL>\n<LI>a</LI>\n</UL>", ["a"]),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", ["- a\n  - b"]),
        ("before<ul><li>a</li></ul>", ["before\n\n- a"]),
        ("<ul>x<li>a</li></ul>", ["x\n\n- a"]),
        ("<ul><li></li></ul>", []),
        ("", []),
        ("x", ["x"]),
    ],
)
def test_items(html: str, items: list[str]) -> None:
    assert items_of_html(html) == items


@given(st.text(st.sampled_from("<>/ab=\"' &;!-{}upliold"), max_size=60))
def test_anything_at_all_has_items(html: str) -> None:
    assert isinstance(markdown_of(html), str) and isinstance(items_of_html(html), list)
