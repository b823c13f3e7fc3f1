"""The dossier of a company: asked, set, edited, studied, read back, taken back."""

from __future__ import annotations

import pytest

from tests.cli.runner import User, one_line

FILE = "company-acme-co.yaml"


@pytest.fixture
def hopeful(small: User) -> User:
    """A user with an interview at Acme & Co, and one question to ask in the decks."""
    small.deck(
        "ask.yaml",
        "deck: Ask\nnotes:\n"
        "- {kind: concept, id: ask-why, term: the question “Why now?”, definition: D,"
        " tags: [ask]}\n"
        "- {kind: basic, id: ask-who, front: Who leads?, back: B, tags: [ask], weight: 5}\n",
    )
    small.does("interview", "add", "--company", "Acme & Co", "--date", "2026-03-09")
    return small


def research(user: User, *arguments: object, lines: str = "") -> str:
    return user.does("interview", "research", *arguments, lines=lines).out


def facts(user: User) -> dict[str, str | None]:
    told: dict[str, str | None] = user.json("interview", "research")["facts"]
    return told


def test_what_is_answered_becomes_cards_at_once(hopeful: User) -> None:
    said = research(hopeful, lines="Calm for all\nHonest; Quick\n\n\n\nAna Lim, head\n1 2; Mine?\n")
    assert "What is Acme & Co there for?" in said and " 1  Who leads?\n   2  Why now?" in said
    assert "Saved: mission, values, people, questions." in said
    assert "Not known yet: news, service, difference." in said
    told = hopeful.json("interview", "research")
    assert told["questions"] == ["Who leads?", "Why now?", "Mine?"]
    assert told["people"] == [{"name": "Ana Lim", "about": "head"}] and told["file"] == FILE
    card = hopeful.json("show", "company-acme-co-mission")
    assert card["fields"]["front"] == "What is Acme & Co there for?" and card["deck"] == "Acme & Co"
    assert hopeful.json("next", "--deck", "Acme & Co")["note"].startswith("company-acme-co-")


def test_enter_keeps_a_dash_takes_out_and_the_end_keeps_what_was_answered(hopeful: User) -> None:
    research(hopeful, "--set", "mission=Old", "--set", "values=a;b", "--set", "news=n")
    said = research(hopeful, lines="\n-\nnew\n")
    assert "  now: Old" in said and "now: a; b" in said
    assert {name: text for name, text in facts(hopeful).items() if text} == {
        "mission": "Old", "news": "new",
    }  # fmt: skip


def test_a_changed_fact_keeps_its_card_and_its_history(hopeful: User) -> None:
    research(hopeful, "--set", "mission=Old")
    card = "company-acme-co-mission/front"
    while hopeful.json("next", "--deck", "Acme & Co")["card"] != card:
        pass
    hopeful.does("rate", card, "good")
    research(hopeful, "--set", "mission=New")
    (told,) = hopeful.json("show", card)["cards"]
    assert len(told["reviews"]) == 1 and "New" in told["back"]


def test_undo_takes_one_change_back_after_the_other(hopeful: User) -> None:
    research(hopeful, "--set", "mission=Old")
    research(hopeful, "--set", "mission=", "--set", "news=n")
    assert "the dossier of Acme & Co is as it was" in hopeful.does("undo").out
    assert facts(hopeful)["mission"] == "Old" and facts(hopeful)["news"] is None
    hopeful.does("undo")
    assert not (hopeful.decks / FILE).exists()
    assert hopeful.does("deck", "check").status == 0


def test_nothing_new_is_no_act(hopeful: User) -> None:
    research(hopeful, "--set", "mission=Old")
    acts = hopeful.rows("SELECT count(*) FROM acts")
    assert "Saved" not in research(hopeful, "--set", "mission=Old")
    assert "Saved" not in research(hopeful)
    assert hopeful.rows("SELECT count(*) FROM acts") == acts


def test_the_form_in_the_editor_says_all_at_once(
    hopeful: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    research(hopeful, "--set", "values=a;b")
    script = (
        'sed -i "s/^a$/c/; s/^\\[mission\\]$/[mission]\\nCalm/" "$file"; cp "$file" "$file.seen"'
    )
    monkeypatch.setenv("EDITOR", hopeful.editor(script))
    research(hopeful, "--editor")
    assert (facts(hopeful)["mission"], facts(hopeful)["values"]) == ("Calm", "c\nb")
    seen = next(hopeful.home.glob("form-*.seen")).read_text("utf-8")
    assert "# From the decks, by number" in seen and "#  1  Who leads?" in seen
    assert not list(hopeful.home.glob("form-*.txt"))


def test_a_form_that_cannot_be_taken_in_is_not_lost(
    hopeful: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'echo "[mission]" > "$file"; head -c 9999 /dev/zero | tr "\\0" x >> "$file"'
    monkeypatch.setenv("EDITOR", hopeful.editor(script))
    said = one_line(hopeful("interview", "research", "--editor"))
    (left,) = hopeful.home.glob("form-*.txt")
    assert "mission has 9,999 characters" in said and str(left) in said
    monkeypatch.setenv("EDITOR", "false")
    assert "no editor" in one_line(hopeful("interview", "research", "--editor"))
    assert list(hopeful.home.glob("form-*.txt")) == [left]


def test_a_company_with_decks_of_its_own_choice_is_told_how_to_take_it_in(hopeful: User) -> None:
    hopeful.does("interview", "change", "1", "--decks", "Small", "--yes")
    said = research(hopeful, "--set", "mission=x")
    assert "greenflag interview change 1 --decks 'Small,Acme & Co'" in said


def test_own_words_in_the_file_stay(hopeful: User) -> None:
    research(hopeful, "--set", "mission=Old")
    path = hopeful.decks / FILE
    path.write_text(path.read_text("utf-8") + "# mine\n- {kind: basic, id: z, front: Z, back: Z}\n")
    research(hopeful, "--set", "mission=New", "--set", "news=n")
    assert "# mine" in path.read_text("utf-8") and hopeful.json("show", "z")["removed"] is False


def test_what_is_wrong_is_one_line_and_changes_nothing(hopeful: User) -> None:
    for wrong in ("colour=red", "mission", "mission=" + "x" * 5_000):
        one_line(hopeful("interview", "research", "--set", wrong))
    assert "no interview 9" in one_line(hopeful("interview", "research", "9"))
    hopeful.deck(FILE, "nonsense")
    refused = hopeful("interview", "research", "--set", "mission=x")
    assert refused.status == 1 and f"{FILE}:1: a text instead of a deck" in refused.err
    (hopeful.decks / FILE).unlink()
    (hopeful.decks / FILE).mkdir()
    refused = hopeful("interview", "research", "--set", "mission=x")
    assert refused.status == 1 and "is not a plain file" in refused.err
    assert hopeful.rows("SELECT what FROM acts") == [("interview",)]


def test_without_an_interview_it_says_how_to_add_one(small: User) -> None:
    assert "greenflag interview add" in one_line(small("interview", "research"))


def test_control_characters_are_left_out(hopeful: User) -> None:
    research(hopeful, lines="a\x1b[Ab\x07c\n")
    assert facts(hopeful)["mission"] == "abc"


@pytest.mark.parametrize("company", ["../../etc", "東京", "a/b", ".", 'Say "hi": x', "- #x {y}"])
def test_any_company_has_its_deck_in_the_folder(small: User, company: str) -> None:
    small.does("interview", "add", "--company", company, "--date", "2026-03-09")
    research(small, "--set", "mission=x")
    (path,) = small.decks.iterdir()
    assert path.name.startswith("company-")
    assert small.json("interview", "research")["deck"] == company
    assert small.does("deck", "check").status == 0
