from __future__ import annotations

import os
import re
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from greenflag.anki import package
from greenflag.anki.notetypes import SHAPES, card_ord, fields_of, guid_of, label_of, ords_of
from greenflag.anki.package import Exported, Written, write_package
from greenflag.anki.text import cloze_html
from greenflag.content.faces import Card
from greenflag.content.notes import (
    Basic,
    Checklist,
    Cloze,
    Item,
    Note,
    PowerVerb,
    Question,
    Step,
    Steps,
    cards_of,
)
from greenflag.errors import GreenflagError
from tests.anki.conftest import Anki, side, words
from tests.anki.samples import (
    ADDED,
    BARE,
    DECK,
    FULL,
    PIECES,
    all_exported,
    exported,
)

ALL = FULL + BARE


def collection_of(path: Path) -> sqlite3.Connection:
    with zipfile.ZipFile(path) as archive:
        database = path.with_suffix(".look")
        database.write_bytes(archive.read("collection.anki2"))
    return sqlite3.connect(database)


# --- into a fresh collection


def test_every_note_and_card_arrives_and_none_twice(anki: Anki, apkg: Path) -> None:
    assert anki.take(apkg) == {"new": len(ALL)}
    expected = [
        (guid_of(note.id), card_ord(note, card.face)) for note in ALL for card in cards_of(note)
    ]
    rows = anki.rows("select n.guid, c.ord from cards c join notes n on n.id = c.nid")
    assert sorted(map(tuple, rows)) == sorted(expected)
    assert anki.col.get_empty_cards().notes == []
    assert anki.rows("select count() from notes where csum = 0 or sfld = ''") == [[0]]
    assert anki.col.db and anki.col.db.scalar("pragma integrity_check") == "ok"


def test_what_was_written_is_counted(tmp_path: Path) -> None:
    made = write_package(tmp_path / "x.apkg", all_exported())
    assert made == Written(len(ALL), sum(len(cards_of(note)) for note in ALL), 0)


def test_fields_tags_decks_and_note_types_arrive_as_they_are(anki: Anki, apkg: Path) -> None:
    anki.take(apkg)
    for note in ALL:
        held = anki.note(note.id)
        assert held.fields == fields_of(note)
        assert held["ID"] == note.id
        assert held.mid == SHAPES[note.kind].model
        assert anki.col.decks.name(held.cards()[0].did) == f"{DECK}::{SHAPES[note.kind].title}"
    assert sorted(anki.note("full-question").tags) == [
        "behavioural",
        "competency::customer-recovery",
        "first-week",
        "kind::question",
        "ref::Q-001",
        "ref::SYS-57",
    ]
    assert anki.note("bare-basic").tags == ["kind::basic"]


@pytest.mark.parametrize("note", ALL, ids=lambda note: str(note.id))
def test_anki_makes_the_same_cards_from_the_fields(anki: Anki, apkg: Path, note: Note) -> None:
    """What would happen after an edit there: no card appears, none is left without a front."""
    anki.take(apkg)
    held = anki.note(note.id)
    copy = anki.col.new_note(held.note_type())  # type: ignore[arg-type]
    copy.fields = list(held.fields)
    anki.col.add_note(copy, anki.col.decks.id("Copies"))  # type: ignore[arg-type]
    assert sorted(card.ord for card in copy.cards()) == sorted(card.ord for card in held.cards())


def test_both_sides_say_the_words_of_the_terminal(anki: Anki, apkg: Path) -> None:
    anki.take(apkg)
    reader = MarkdownIt("commonmark")
    ours = {card.id: (note, card) for note in ALL for card in cards_of(note)}
    seen = set()
    for held in anki.cards():
        (note, card) = next(
            ours[each.id]
            for note_ in ALL
            if guid_of(note_.id) == held.note().guid
            for each in cards_of(note_)
            if card_ord(note_, each.face) == held.ord
        )
        seen.add(card.id)
        front, back = side(held.question()), side(held.answer())
        answer = back.rpartition('<hr id="answer">')[2]
        assert words(front) == words(reader.render(card.front)), card.id
        assert words(answer) == words(reader.render(card.back)), card.id
        assert words(front) and words(answer)
        head = f"{label_of(note.kind)}</span></div>"
        assert head in held.question() and head in held.answer()
    assert seen == ours.keys()


def test_an_absent_field_leaves_no_label(anki: Anki, apkg: Path) -> None:
    anki.take(apkg)
    backs = [side(card.answer()) for card in anki.note("bare-question").cards()]
    assert len(backs) == 2  # without something to avoid there is no third card
    assert not any(label in back for back in backs for label in ("Avoid", "For example", "note"))
    assert "<span>Question</span>" in anki.note("bare-question").cards()[0].question()


def test_new_cards_come_in_the_order_of_the_notes(anki: Anki, apkg: Path) -> None:
    anki.take(apkg)
    rows = anki.rows(
        "select n.guid, c.type, c.queue from cards c join notes n on n.id = c.nid"
        " order by c.due, c.ord"
    )
    guids = list(dict.fromkeys(guid for guid, _, _ in rows))
    assert guids == [guid_of(note.id) for note in ALL]
    assert {(type_, queue) for _, type_, queue in rows} == {(0, 0)}


def test_ids_are_moments_of_the_day_before_and_stay(tmp_path: Path) -> None:
    few, all_ = tmp_path / "few.apkg", tmp_path / "all.apkg"
    write_package(few, [exported(note) for note in FULL[3:5]])
    write_package(all_, all_exported())
    sql = "select n.guid, c.ord, n.id, c.id from cards c join notes n on n.id = c.nid"
    of_few, of_all = (set(collection_of(path).execute(sql)) for path in (few, all_))
    assert of_few < of_all
    day = 86_400_000
    assert all(ADDED - day < nid <= ADDED and cid == nid + ord for _, ord, nid, cid in of_all)


def test_ids_that_meet_step_aside_and_cards_follow(
    tmp_path: Path, anki: Anki, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "crc32", lambda data: 7)
    path = tmp_path / "x.apkg"
    write_package(path, all_exported())
    assert anki.take(path) == {"new": len(ALL)}
    rows = anki.rows("select nid, id - ord from cards")
    assert all(nid == first for nid, first in rows)


# --- any text

TEXTS = st.text(
    st.characters(codec="utf-8")
    | st.sampled_from("\x00\x1f\r\n\t <>&\"'{}[]*_`:|\\אب🙂\u200d\u0301\u00a0\u2028"),
    min_size=1,
).filter(lambda text: re.search(r"\S", text) is not None)
TRICKS = [
    "{{Front}} {{c1::x}} {{#Back}}",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a\x1fb\x00c",
    "[sound:x.mp3] [[type:Back]] [anki:tts lang=en_US]x[/anki:tts] [latex]x[/latex] [$]x[/$]",
    "שלום **עולם** مرحبا",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "x" * 20_000,
    "<br>",
    "\x7f",
    "&nbsp;",
    "</div></div>{{/Front}}",
    "\\(x^2\\)",
    "::",
]


def from_text(number: int, text: str) -> Iterator[Note]:
    gap = text.replace("{{c", "{c").replace("}}", "}")
    yield Basic(id=f"b{number}", front=text, back=text, both_ways=True, note=text)
    yield Question(
        id=f"q{number}", question=text, intent=text, key_points=(text, text), refs=(text,)
    )
    yield PowerVerb(id=f"v{number}", verb=text, meaning=text, use_when=text, instead_of=(text,))
    yield Steps(id=f"s{number}", title=text, when=text, steps=(Step(text=text, cue=text),) * 2)
    yield Checklist(id=f"l{number}", title=text, items=(Item(text=text, cue=text),))
    yield Cloze(
        id=f"c{number}", text=f"{gap} {{{{c1::{gap} {{{{c3::{gap}}}}}}}}} {text}", hint=text
    )


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, min_size=5, max_size=10))
def test_any_text_arrives_unharmed(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    notes = [note for n, text in enumerate(TRICKS + texts) for note in from_text(n, text)]
    write_package(folder / "x.apkg", [exported(note) for note in notes])
    anki = Anki(folder)
    try:
        assert anki.take(folder / "x.apkg") == {"new": len(notes)}
        assert anki.col.get_empty_cards().notes == []
        for note in notes:
            held = anki.note(note.id)
            assert held.fields == fields_of(note)  # Anki found nothing to clean
            cards = {card_ord(note, card.face): card for card in cards_of(note)}
            assert {card.ord for card in held.cards()} == {ord for ord in cards if ord is not None}
            assert note.refs == () or any(tag.startswith("ref::") for tag in held.tags)
            for card in held.cards():
                assert re.search("<script|<img|onerror=[^&]*>", card.question()) is None
                assert not card.question_av_tags() and not card.answer_av_tags()
                typed = note.kind == "power_verb" and card.ord == 1
                assert card.question().count("[[type:") == typed
    finally:
        anki.col.close()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PIECES)
def test_anki_counts_the_gaps_we_count(anki: Anki, text: str) -> None:
    held = anki.col.new_note(anki.col.models.by_name("Cloze"))  # type: ignore[arg-type]
    held.fields[0] = cloze_html(text)
    counted = anki.col._backend.cloze_numbers_in_note(held._to_backend_note())
    assert [number - 1 for number in sorted(counted)] == ords_of(Cloze(id="c", text=text))


def test_cloze_cards_are_native(anki: Anki, apkg: Path) -> None:
    anki.take(apkg)
    model = anki.col.models.get(SHAPES["cloze"].model)  # type: ignore[arg-type]
    assert model and model["type"] == 1
    held = anki.note("full-cloze")
    assert [card.ord for card in held.cards()] == [0, 1, 2, 3]
    first = held.cards()[0]
    assert "[a measure]" in first.question() and "<strong>" in first.question()
    assert '<span class="cloze" data-ordinal="1">CSAT</span>' in first.answer()


def test_typed_verbs_are_compared_with_the_plain_word(anki: Anki, apkg: Path) -> None:
    anki.take(apkg)
    card = next(card for card in anki.note("full-power-verb").cards() if card.ord == 1)
    assert "[[type:Verb]]" in card.question()
    assert card.answer().count("[[type:Verb]]") == 1
    verb = anki.note("full-power-verb")["Verb"]
    assert "typeGood" in anki.col.compare_answer(verb, "de-escalated")
    assert "<span" not in anki.col.compare_answer(verb, "")  # then card.css hides it


# --- decks and tags


@pytest.mark.parametrize(
    ("title", "deck"),
    [
        ("Support", "Support::Cards"),
        ("A::B", "A:B::Cards"),
        ("::", "Greenflag::Cards"),
        ("  Wide   title:\n", "Wide title::Cards"),
        ('Say "yes"', "Say 'yes'::Cards"),
        ("e\u0301", "\u00e9::Cards"),
    ],
)
def test_a_deck_title_is_one_level(anki: Anki, tmp_path: Path, title: str, deck: str) -> None:
    path = tmp_path / "x.apkg"
    write_package(path, [exported(Basic(id="b", front="f", back="b"), deck=title)])
    anki.take(path)
    card = anki.note("b").cards()[0]
    assert anki.col.decks.name(card.did) == deck


def test_titles_that_differ_in_case_are_one_deck(anki: Anki, tmp_path: Path) -> None:
    path = tmp_path / "x.apkg"
    notes = [Basic(id=f"b{n}", front="f", back="b") for n in range(2)]
    write_package(path, [exported(notes[0], deck="Support"), exported(notes[1], deck="SUPPORT")])
    assert anki.take(path) == {"new": 2}
    assert {anki.col.decks.name(card.did) for card in anki.cards()} == {"Support::Cards"}


def test_subdecks_by_competency(anki: Anki, tmp_path: Path) -> None:
    path = tmp_path / "x.apkg"
    write_package(path, all_exported(), by="competency")
    anki.take(path)
    decks = {note.id: anki.col.decks.name(anki.note(note.id).cards()[0].did) for note in ALL}
    assert decks["full-question"] == decks["full-steps"] == f"{DECK}::Customer recovery"
    assert decks["bare-basic"] == f"{DECK}::Other"


def test_tags_have_no_spaces(anki: Anki, tmp_path: Path) -> None:
    path = tmp_path / "x.apkg"
    note = Basic(id="b", front="f", back="b", refs=('Smith "2020", p. 3', "Q-1", "Q-1"),
                 competency="my own area", tags=("a", "a"))  # fmt: skip
    write_package(path, [exported(note)])
    anki.take(path)
    assert sorted(anki.note("b").tags) == [
        "a", "competency::my-own-area", "kind::basic", "ref::Q-1", "ref::Smith-2020-,-p.-3",
    ]  # fmt: skip


def test_a_note_without_cards_is_left_out(tmp_path: Path) -> None:
    silent = Checklist(id="l", title="t", items=(Item(text="no cue"),))
    out_of_reach = Cloze(id="c", text="{{c0::a}}")
    made = write_package(tmp_path / "x.apkg", [exported(silent), exported(out_of_reach)])
    assert made == Written(0, 0, 0)


def test_an_empty_package_can_be_imported(anki: Anki, tmp_path: Path) -> None:
    write_package(tmp_path / "x.apkg", [])
    assert anki.take(tmp_path / "x.apkg") == {}


# --- the file


def test_equal_notes_give_equal_bytes(tmp_path: Path) -> None:
    write_package(tmp_path / "a.apkg", all_exported())
    script = (
        "import sys; from pathlib import Path; from greenflag.anki.package import write_package;"
        "from tests.anki.samples import all_exported;"
        "write_package(Path(sys.argv[1]), all_exported())"
    )
    paths = [str(Path(__file__).parents[2] / name) for name in ("src", "")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", script, tmp_path / "b.apkg"], check=True, env=env)
    assert (tmp_path / "a.apkg").read_bytes() == (tmp_path / "b.apkg").read_bytes()


def test_the_package_is_a_small_plain_zip(apkg: Path) -> None:
    with zipfile.ZipFile(apkg) as archive:
        assert archive.namelist() == ["collection.anki2", "media"]
        assert archive.read("media") == b"{}"
        for member in archive.infolist():
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
            assert member.compress_type == zipfile.ZIP_DEFLATED
    col = collection_of(apkg)
    assert col.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    crt, conf = col.execute("SELECT crt, conf FROM col").fetchone()
    assert crt % 86_400 == 4 * 3600
    assert '"schedVer": 2' in conf and '"sched2021": true' in conf and '"rollover": 4' in conf


def test_the_file_is_for_its_owner_and_replaces_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "x.apkg"
    path.write_text("old")
    path.chmod(0o644)
    write_package(path, all_exported())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["x.apkg"]


def test_a_stricter_umask_holds(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_package(tmp_path / "x.apkg", [exported(BARE[0])])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x.apkg").stat().st_mode) == 0o600


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.apkg").symlink_to(tmp_path / "real" / "x.apkg")
    write_package(tmp_path / "link.apkg", [exported(BARE[0])])
    assert (tmp_path / "link.apkg").is_symlink()
    assert zipfile.is_zipfile(tmp_path / "real" / "x.apkg")


def test_when_the_notes_fail_nothing_is_left_and_the_old_file_stays(tmp_path: Path) -> None:
    def failing() -> Iterator[Exported]:
        yield exported(BARE[0])
        raise RuntimeError("the store went away")

    path = tmp_path / "x.apkg"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="went away"):
        write_package(path, failing())
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.apkg"]
    assert path.read_text() == "old"


@pytest.mark.parametrize("place", ["missing/x.apkg", "folder"])
def test_a_place_that_cannot_be_written_is_said_in_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(GreenflagError, match="cannot be written: ") as caught:
        write_package(tmp_path / place, all_exported())
    assert "\n" not in str(caught.value)
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_a_full_disk_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Small(sqlite3.Connection):
        def executemany(self, sql: str, rows: Any) -> sqlite3.Cursor:
            self.execute("PRAGMA max_page_count = 1")
            return super().executemany(sql, rows)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **how: connect(path, factory=Small, **how))
    long = Basic(id="b", front="x" * 20_000, back="y" * 20_000)
    with pytest.raises(GreenflagError, match="disk is full"):
        write_package(tmp_path / "x.apkg", [exported(long)])
    assert list(tmp_path.iterdir()) == []


def test_genanki_comes_without_what_is_not_used() -> None:
    script = (
        "import sys; from greenflag.anki.package import _genanki; _genanki();"
        "assert not {'asyncio', 'yaml', 'markdown_it'} & set(sys.modules), 'too much';"
        "import genanki;"
        "model = genanki.Model(1, 'n', '- name: A', [{'name': 'c', 'qfmt': '{{A}}', 'afmt': ''}]);"
        "assert model._req == [[0, 'all', [0]]]"  # yaml, chevron and asyncio come when asked for
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    subprocess.run([sys.executable, "-c", script], check=True, env=env)


def test_every_sample_gives_every_face() -> None:
    given_: dict[str, set[str]] = {}
    for note in FULL:
        cards: tuple[Card, ...] = cards_of(note)
        given_.setdefault(note.kind, set()).update(card.face for card in cards)
    for kind, faces in given_.items():
        if kind not in ("cloze", "steps", "checklist"):
            assert faces == set(SHAPES[kind].faces.split())


def test_a_question_shows_the_story_one_chose_on_its_back(anki: Anki, tmp_path: Path) -> None:
    question = next(note for note in FULL if note.kind == "question")
    before = exported(question)
    write_package(tmp_path / "a.apkg", [before])
    anki.take(tmp_path / "a.apkg")
    assert "Your story" not in anki.note(question.id).cards()[1].answer()
    told = "**Your story**: The Friday outage\n\n9 of 10 stayed ![map](map.png)"
    later = before._replace(story=told, changed=before.changed + 60_000)
    write_package(tmp_path / "b.apkg", [later])
    assert anki.take(tmp_path / "b.apkg") == {"updated": 1}
    intent, answer, _ = (side(card.answer()) for card in anki.note(question.id).cards())
    assert "<strong>Your story</strong>: The Friday outage" in answer
    assert "9 of 10 stayed (picture: map)" in answer
    assert "Your story" not in intent
    assert "Your story" not in side(anki.note(question.id).cards()[1].question())
