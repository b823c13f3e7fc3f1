"""Notes: add, edit, show, search."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from greenflag.cli.filters import KINDS
from tests.cli.runner import User, one_line

# Add


def test_a_note_added_is_asked_and_stands_in_a_readable_deck(small: User) -> None:
    said = small.json("add", "basic", "front=Our SLA?", "back=4 hours, 95 %")
    assert said == {"format": 1, "note": "our-sla", "cards": ["our-sla/front"]}
    assert (small.decks / "mine.yaml").read_text("utf-8") == (
        'deck: "Mine"\nlanguage: en\nnotes:\n'
        '- kind: "basic"\n  id: "our-sla"\n  front: "Our SLA?"\n  back: "4 hours, 95 %"\n'
    )
    told = small.json("show", "our-sla")
    assert told["fields"] == {
        "kind": "basic", "id": "our-sla", "front": "Our SLA?", "back": "4 hours, 95 %",
    }  # fmt: skip
    assert small.does("deck", "check").status == 0


FIELDS: Mapping[str, tuple[str, ...]] = {
    "question": ("question=Q?", "intent=I", "key_points=One", "key_points=Two"),
    "power_verb": ("verb=Led", "meaning=M", "use_when=U"),
    "reframe": ("weakness=W", "reframe=R", "practice=P"),
    "red_flag": ("flag=F", "looks_like=L", "instead=I"),
    "green_flag": ("flag=F", "looks_like=L", "looks_like=M", "evidence=E"),
    "rewrite": ("weak=W", "strong=S", "missing=M"),
    "script": ("title=T", "use_when=U", "text=Say [Name]", "slots=Name", "slots=Time"),
    "scenario": (
        "title=T", "trigger=T", "signals=S", "first_hour=F", "measures=M", "outcome=O",
        "weak=W", "strong=S",
    ),
    "metric": ("name=N", "definition=D", "misleads_when=M"),
    "concept": ("term=T", "definition=D", "weight=5"),
    "cloze": ("text=A {{c1::gap}}",),
    "basic": ("front=F", "back=B", "both_ways=true", "tags=a", "tags=b"),
    "story": (
        "title=T", "situation=S", "task=T", "action=A", "result=R", "competencies=team-leadership",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in FIELDS])
def test_a_note_of_every_kind_whose_fields_are_texts_can_be_added(small: User, kind: str) -> None:
    note = small.json("add", kind, *FIELDS[kind])["note"]
    assert small.json("show", note)["kind"] == kind


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in FIELDS])
def test_a_kind_with_parts_inside_its_fields_is_written_in_a_deck_file(
    small: User, kind: str
) -> None:
    assert kind in ("steps", "checklist")
    fields = ("title=T", "when=W", "steps=A") if kind == "steps" else ("title=T", "items=A")
    assert "is a text" in one_line(small("add", kind, *fields))


def test_texts_of_all_sorts_come_back_as_they_were(small: User) -> None:
    texts = [
        "yes", "12", "# no comment", "- no list", "a: b", "'", '"', "\\", "{{", "[x]", "*bold*",
        "two\nlines\n\n- and a list", " blanks ", "tab\there", "é 二 👩\u200d💻", "null", "~", "%",
        "@", "&a *a", "!!x", "<b>", "a" * 5000,
    ]  # fmt: skip
    for number, text in enumerate(texts):
        small.does("add", "basic", f"front={text}", f"back=b{number}", "--id", f"t{number}")
    for number, text in enumerate(texts):
        assert small.json("show", f"t{number}")["fields"]["front"] == text


def test_ids_are_made_from_the_text_and_never_taken_twice(small: User) -> None:
    ids = [small.json("add", "basic", "front=Wie läuft's, Chef?", "back=b")["note"] for _ in "123"]
    assert ids == ["wie-lauft-s-chef", "wie-lauft-s-chef-2", "wie-lauft-s-chef-3"]
    assert small.json("add", "basic", "front=二", "back=b")["note"] == "note"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("basic", "front=F"), "back is missing"),
        (("basic", "front=F", "back="), "back is empty"),
        (("basic", "front=F", "back=B", "colour=red"), "unknown field colour"),
        (("basic", "front=F", "back=B", "weight=6"), "weight is 6"),
        (("basic", "front=F", "back=B", "weight=--5"), "weight is --5"),
        (("basic", "front=F", "back=B", f"weight={'9' * 5000}"), "weight is"),
        (("basic", "front=F", "back=B", "weight=²"), "weight is ²"),
        (("basic", "front=F", "back=B", "both_ways=maybe"), "both_ways is a text"),
        (("basic", "front=F", "back=B", "competency=juggling"), "unknown competency juggling"),
        (("basic", "front=F", "back=B", "--id", "one"), "one is taken"),
        (("basic", "front=F", "back=B", "--id", "No Id"), "id is No Id"),
        (("basic", "front=\x1b[31mF", "back=B"), "control character U+001B"),
        (("cloze", "text=no gap"), "text is no gap"),
        (("basic", "front=F", "back=B", "--deck", "../x"), "no name for a deck file"),
        (("basic", "front=F", "back=B", "--deck", "二" * 62), "no name for a deck file"),
        (("basic", "front=F", "back=B", "--deck", "𝕏" * 61), "File name too long"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_written(
    small: User, arguments: tuple[str, ...], named: str
) -> None:
    small.does("next")
    before = small.content()
    said = small("add", *arguments)
    assert said.status == 1 and named in said.err and "\x1b" not in said.err, said
    assert small.content() == before and list(small.decks.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("riddle", "front=F"), ("basic", "front"), ("basic", "=F"), ("basic", "id=x"),
        ("basic", "kind=cloze"), ("basic", "front: x\n  back=B"), (),
    ],
)  # fmt: skip
def test_fields_that_are_none_are_wrong_usage(small: User, arguments: tuple[str, ...]) -> None:
    assert small("add", *arguments).status == 2
    assert not (small.home / "decks").exists()


@pytest.mark.parametrize(
    "start",
    [
        "deck: D\nnotes: []\n",
        "deck: D\nnotes:\n- {kind: basic, id: a, front: A, back: B}\n",
        "deck: D\nnotes:\n# first\n\n  - kind: basic\n    id: a\n    front: A\n    back: B\n",
        "deck: D\r\nnotes:\r\n- kind: basic\r\n  id: a\r\n  front: A\r\n  back: B\r\n",
        "\ufeffdeck: D\nnotes:\n- {kind: basic, id: a, front: A, back: B}",
    ],
)
def test_a_note_is_added_to_a_deck_however_it_is_laid_out(small: User, start: str) -> None:
    path = small.decks / "mine.yaml"
    path.write_bytes(start.encode())
    small.does("add", "basic", "front=New", "back=Note")
    text = path.read_bytes().decode()
    assert small.does("deck", "check", path).out.endswith("all good.\n")
    assert text.startswith(start.rstrip().removesuffix("[]").rstrip())
    small.does("undo")
    assert path.read_bytes() == start.encode()


def test_a_deck_that_nothing_can_follow_is_left_alone(small: User) -> None:
    path = small.deck("mine.yaml", "notes:\n- {kind: basic, id: a, front: A, back: B}\ndeck: D\n")
    before = path.read_bytes()
    assert "mine.yaml" in one_line(small("add", "basic", "front=F", "back=B"))
    path.write_bytes(b"deck: \xff\n")
    assert "not UTF-8" in small("add", "basic", "front=F", "back=B").err
    path.write_bytes(before)
    assert small.does("deck", "check").status == 0


def test_what_is_no_file_in_the_place_of_a_deck_is_refused(small: User) -> None:
    (small.decks / "mine.yaml").mkdir()
    os.mkfifo(small.decks / "pipe.yaml")
    for name in ("mine", "pipe"):
        said = small("add", "basic", "front=F", "back=B", "--deck", name)
        assert said.status == 1 and f"{name}.yaml is not a plain file (move it away)" in said.err


def test_a_broken_deck_beside_it_does_not_keep_a_note_from_being_added(small: User) -> None:
    small.deck("broken.yaml", "nonsense: [")
    said = small("add", "basic", "front=F", "back=B")
    assert said.status == 0 and "Saved: 1 added." in said.out
    assert small.json("show", "f")["file"] == "decks/mine.yaml"


def test_a_linked_deck_stays_a_link(small: User, tmp_path: Path) -> None:
    real = tmp_path / "repository.yaml"
    real.write_text("deck: D\nnotes: []\n", "utf-8")
    (small.decks / "mine.yaml").symlink_to(real)
    small.does("add", "basic", "front=F", "back=B")
    assert (small.decks / "mine.yaml").is_symlink() and "front" in real.read_text("utf-8")


def test_undo_takes_an_added_note_out_again(small: User) -> None:
    small.does("next")
    small.does("add", "basic", "front=F", "back=B")
    assert small.does("undo").out == "Taken back: f is no longer in the deck.\n"
    assert list(small.decks.iterdir()) == []
    assert small.json("show", "f")["removed"]


def test_undo_leaves_a_deck_alone_that_was_changed_since(small: User) -> None:
    small.does("add", "basic", "front=F", "back=B")
    path = small.decks / "mine.yaml"
    path.write_text(path.read_text("utf-8") + "# by hand\n", "utf-8")
    assert "was changed since" in one_line(small("undo"))
    assert "# by hand" in path.read_text("utf-8")


def test_decks_of_ones_own_are_private(small: User) -> None:
    small.does("add", "basic", "front=F", "back=B")
    assert (small.decks / "mine.yaml").stat().st_mode & 0o777 == 0o600
    assert small.decks.stat().st_mode & 0o777 == 0o700


# Edit


def test_edit_keeps_progress(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = user.json("next")
    user.does("rate", shown["card"], "good")
    before = user.rows("SELECT * FROM memory")
    monkeypatch.setenv("EDITOR", user.editor("sed -i 's/^- kind: .*/&\\n  note: MINE/' $file"))
    assert user.json("edit", shown["card"]) == {
        "format": 1, "note": shown["note"], "done": "Saved: 1 reworded.",
    }  # fmt: skip
    assert user.rows("SELECT * FROM memory") == before
    told = user.json("show", shown["note"])
    assert told["fields"]["note"] == "MINE" and told["file"].startswith("decks/")
    line = (user.home / told["file"]).read_text("utf-8").split("\n")[told["line"] - 1]
    assert line.startswith("- kind:")


def test_the_own_version_of_a_shipped_note_is_opened_the_next_time(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = user.json("next")["note"]
    for text in ("FIRST", "SECOND"):
        monkeypatch.setenv(
            "EDITOR", user.editor(f"sed -i '/note:/d; s/^- kind: .*/&\\n  note: {text}/' $file")
        )
        user.does("edit", note)
    (path,) = user.decks.iterdir()
    assert path.read_text("utf-8").count("- kind:") == 1
    user.does("undo")
    assert user.json("show", note)["fields"]["note"] == "FIRST"
    user.does("undo")
    assert "note" not in user.json("show", note)["fields"] and not path.exists()
    assert user.json("show", note)["file"].startswith("shipped/")


def test_any_shipped_note_can_be_edited(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last and the first of each file among them: their lines are found and copied whole."""
    monkeypatch.setenv("EDITOR", user.editor("sed -i 's/^- kind: .*/&\\n  note: MINE/' $file"))
    edges = user.rows(
        "SELECT id FROM notes n WHERE position IN"
        " (0, (SELECT max(position) FROM notes m WHERE m.file = n.file))"
    )
    fields = {note: user.json("show", note)["fields"] for (note,) in edges}
    assert len(fields) > 10
    for note, before in fields.items():
        if "note" not in before:
            assert "Saved: 1 reworded." in user.does("edit", note).out
            assert user.json("show", note)["fields"] == before | {"note": "MINE"}
            user.does("undo")
            assert user.json("show", note)["fields"] == before
    assert list(user.decks.iterdir()) == []


def test_an_edit_that_breaks_the_deck_is_named_with_its_line_and_the_old_text_stays(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small.deck("own.yaml", "deck: Own\nnotes:\n- {kind: basic, id: a, front: A, back: B}\n")
    small.does("next")
    before = small.rows("SELECT body FROM notes")
    monkeypatch.setenv("EDITOR", small.editor("echo '  odd: 1' >> $file"))
    assert f"{path}:4: " in one_line(small("edit", "a"))
    assert small.rows("SELECT body FROM notes") == before
    monkeypatch.setenv("EDITOR", small.editor("sed -i '/odd/d; s/A/New/' $file"))
    small.does("edit", "a")
    assert small.json("show", "a")["fields"]["front"] == "New", "and mended in the same place"


def test_an_edit_of_a_broken_version_of_ones_own_opens_that(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = user.json("next")["note"]
    monkeypatch.setenv("EDITOR", user.editor("echo '  odd: 1' >> $file"))
    user("edit", note)
    monkeypatch.setenv("EDITOR", user.editor("sed -i 's/  odd: 1/  note: MENDED/' $file"))
    user.does("edit", note)
    assert user.json("show", note)["fields"]["note"] == "MENDED"


def test_an_edit_that_changes_nothing_leaves_nothing(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    assert small.does("edit", "one").out == "Nothing changed.\n"
    assert list(small.decks.iterdir()) == []


@pytest.mark.parametrize("editor", [None, "false", "no-such-program", "'unclosed", " "])
def test_without_an_editor_an_edit_says_how_to_set_one(
    small: User, monkeypatch: pytest.MonkeyPatch, editor: str | None
) -> None:
    if editor is not None:
        monkeypatch.setenv("VISUAL", editor)
    assert "export EDITOR=nano" in one_line(small("edit", "one"))
    assert list(small.decks.iterdir()) == []


def test_visual_goes_before_editor_and_may_have_arguments(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.deck("own.yaml", "deck: Own\nnotes:\n- {kind: basic, id: a, front: A, back: B}\n")
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", small.editor('echo "# $1" >> $file') + " --wait")
    small.does("edit", "a")
    assert (small.decks / "own.yaml").read_text("utf-8").endswith("# --wait\n")


def test_a_known_editor_opens_at_the_line_of_the_note(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.deck("own.yaml", "deck: Own\nnotes:\n- {kind: basic, id: a, front: A, back: B}\n")
    vim = Path(small.editor('echo "# $1" >> $file')).rename(small.home.parent / "vim")
    monkeypatch.setenv("EDITOR", str(vim))
    small.does("edit", "a")
    assert (small.decks / "own.yaml").read_text("utf-8").endswith("# +3\n")


def test_a_file_the_editor_removes_is_one_line(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", small.editor("rm $file"))
    assert "small.yaml" in one_line(small("edit", "one"))
    assert small.json("show", "one")["fields"]["front"] == "One?"


def test_an_edit_in_a_deck_with_other_line_ends_can_be_undone(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = b"deck: Own\r\nnotes:\r\n- {kind: basic, id: a, front: A, back: B}\r\n"
    (small.decks / "own.yaml").write_bytes(start)
    monkeypatch.setenv("EDITOR", small.editor("sed -i 's/front: A/front: New/' $file"))
    small.does("edit", "a")
    small.does("undo")
    assert (small.decks / "own.yaml").read_bytes() == start


@pytest.mark.parametrize("name", ["nowhere", "", "/", "one' OR 1", "\x1b"])
def test_only_a_note_that_is_there_can_be_edited_or_shown(small: User, name: str) -> None:
    for command in ("edit", "show"):
        assert "no card or note" in one_line(small(command, name))


# Show and search


def test_show_says_what_a_note_is_and_where_it_stands(small: User) -> None:
    small.does("rate", small.json("next", "--tag", "even")["card"], "good", "--seconds", 4)
    small.does("suspend", "four/why")
    told = small.json("show", "four")
    assert told.keys() == {
        "format", "note", "kind", "deck", "file", "line", "competency", "removed", "fields",
        "cards",
    }  # fmt: skip
    assert (told["deck"], told["file"], told["line"]) == ("Small", "shipped/small.yaml", 6)
    standing = {card["card"]: card["held_back"] for card in told["cards"]}
    assert standing == {"four/definition": None, "four/why": "suspended"}
    said = small.does("show", "four").out
    assert "four  ·  concept  ·  Small  ·  shipped/small.yaml:6" in said
    assert "suspended, 0 reviews" in said and "Because." in said


def test_show_of_a_card_shows_that_card_with_its_history(small: User) -> None:
    shown = small.json("next")
    small.does("rate", shown["card"], "hard", "--seconds", 4)
    (card,) = small.json("show", shown["card"])["cards"]
    assert card.keys() == {
        "card", "front", "back", "state", "due", "stability", "difficulty", "lapses", "held_back",
        "reviews",
    }  # fmt: skip
    assert card["reviews"] == [
        {
            "at": card["reviews"][0]["at"], "day": "2026-03-02", "rating": 2, "kind": "review",
            "seconds": 4.0,
        }
    ]  # fmt: skip


def test_a_removed_note_is_shown_as_set_aside_and_returns_with_its_history(small: User) -> None:
    text = "deck: Own\nnotes:\n- {kind: basic, id: a, front: A, back: B}\n"
    small.deck("own.yaml", text)
    small.does("rate", small.json("next", "--deck", "Own")["card"], "good")
    (small.decks / "own.yaml").unlink()
    assert small.json("show", "a")["removed"] is True
    assert "set aside: no deck holds it" in small.does("show", "a").out
    assert "no card or note" in one_line(small("show", "a/front"))
    small.deck("own.yaml", text)
    told = small.json("show", "a")
    assert told["removed"] is False and len(told["cards"][0]["reviews"]) == 1


def test_search_finds_words_by_their_beginnings(small: User) -> None:
    small.deck(
        "own.yaml", "deck: Own\nnotes:\n- {kind: basic, id: a, front: Café Ünïcode, back: x}\n"
    )
    found = small.json("search", "thi")["notes"]
    assert found == [{"note": "three", "kind": "basic", "deck": "Small", "text": "Three?"}]
    assert [note["note"] for note in small.json("search", "CAFE", "unicode")["notes"]] == ["a"]
    assert small.json("search", "third", "fourth")["notes"] == []
    assert "a  ·  Own  ·  Café Ünïcode" in small.does("search", "cafe").out
    assert "Nothing found" in small.does("search", "zebra").out
    assert len(small.json("search", "e", "--limit", 1)["notes"]) <= 1


def test_search_follows_changes(small: User) -> None:
    small.does("search", "anything")
    small.does("add", "basic", "front=Zebra", "back=B")
    assert small.json("search", "zebra")["notes"]
    small.does("undo")
    assert small.json("search", "zebra")["notes"] == []


@pytest.mark.parametrize(
    "words",
    ['"', "*", "a*", "(", "NEAR(", "AND", "NOT a", "a OR", "^a", "-", "a:b", "'", "{", "\\", " ",
     "", "😀", "\t", "a\x1bb", "words:one", "é" * 500],
)  # fmt: skip
def test_search_takes_any_words(small: User, words: str) -> None:
    assert small("search", "--", words).status == 0


def test_an_act_whose_file_was_changed_by_hand_can_be_left_to_undo_what_was_before(
    small: User,
) -> None:
    small.does("suspend", small.json("next")["card"])
    small.does("add", "basic", "front=How many?", "back=Four.")
    deck = small.decks / "mine.yaml"
    deck.write_text(deck.read_text("utf-8") + "# by hand\n", "utf-8")
    assert "greenflag undo --skip" in one_line(small("undo"))
    assert "Left as it is: add of how-many" in small.does("undo", "--skip").out
    assert "is in again" in small.does("undo").out
    assert "how-many" in small.does("search", "many").out
    assert "# by hand" in deck.read_text("utf-8")
    assert small("undo", "--skip").status == 1
