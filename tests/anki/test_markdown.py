"""HTML back to Markdown: what we wrote comes back, and what an editor adds does no harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenflag.anki.markdown import items_of_html, markdown_of
from greenflag.anki.notetypes import fields_of
from greenflag.anki.text import html_of, list_html
from tests.anki.samples import BARE, FULL

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
        ("<div>One</div><div>Two</div>", "One\n\nTwo"),
        ("a<br>b<br/>", "a\\\nb"),
        ("a&nbsp;b", "a b"),
        ("<b>Bold </b>next", "**Bold** next"),
        ("<b><b>x</b></b>", "**x**"),
        ("<span style='color:red'>x</span><img src=x.png alt=y><u>z</u>", "xyz"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<script>x</script><style>y</style>z", "z"),
        ("<h2>h</h2>t", "## h\n\nt"),
        ("<a href='https://x.org/a'>t</a><a href='javascript:x y'>u</a>", "[t](https://x.org/a)u"),
        ("{{c1::<b>x</b>::h}}", "{{c1::**x**::h}}"),
        ("</b></i>x<b>", "x"),
        ("<!-- c -->x<!", "x<!"),
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
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", ["- a\n\n  - b"]),
        ("before<ul><li>a</li></ul>", ["before\n\n- a"]),
        ("<ul>x<li>a</li></ul>", ["x- a"]),
        ("<ul><li></li></ul>", []),
        ("", []),
        ("x", ["x"]),
    ],
)
def test_items(html: str, items: list[str]) -> None:
    assert items_of_html(html) == items


@given(st.text(st.sampled_from("<>/ab=\"' &;!-{}upliold"), max_size=60))
def test_anything_at_all_is_read(html: str) -> None:
    assert isinstance(markdown_of(html), str) and isinstance(items_of_html(html), list)
