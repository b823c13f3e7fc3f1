"""`review` by lines on a pipe: every rating is kept, whatever the input is and wherever it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from greenflag.cli import sitting as command
from greenflag.review.prompt import Sitting
from greenflag.store import reviews
from tests.cli.runner import User, one_line

FOOT = "space turn   u undo   ? keys   q stop"


def ratings(user: User) -> list[tuple[str, int]]:
    """The log, as (card, rating)."""
    return user.rows("SELECT card, rating FROM reviews ORDER BY id")


def memories(user: User) -> list[Any]:
    return user.rows("SELECT * FROM memory")


# Lines


def test_a_rating_without_turning_turns_and_rates(small: User) -> None:
    said = small.does("review", lines="3\n")
    (rated,) = ratings(small)
    assert rated[1] == 3
    assert said.out.index(FOOT) < said.out.index("1 again · today")
    assert "1 card in 1 min: 1 known (100%), 1 of them new." in said.out


def test_every_word_for_a_rating_rates(small: User) -> None:
    small.does("review", lines="\nagain\nspace\nhard\nenter\nGood\n turn \n  easy \n")
    assert [rating for _, rating in ratings(small)] == [1, 2, 3, 4]


def test_the_front_is_shown_first_and_the_back_after_turning(small: User) -> None:
    front, _, rest = small.does("review", lines="\n3\n").out.partition(FOOT)
    assert "First." not in front and "Fourth." not in front
    back = rest.partition("1 again")[0]
    assert any(each in back for each in ("First.", "Second.", "Third.", "Fourth."))


def test_a_front_with_a_line_across_is_rated_without_turning_too(small: User) -> None:
    """The line is what parts front and back on the screen."""
    small.deck(
        "own.yaml",
        'deck: Own\nnotes:\n- {kind: basic, id: ruled, front: "A\\n\\n---\\n\\nB", back: C}\n',
    )
    said = small.does("review", "--deck", "Own", lines="3\n")
    assert ratings(small) == [("ruled/front", 3)]
    assert "C" in said.out


def test_the_card_rated_again_comes_back_in_the_same_sitting(small: User) -> None:
    small.does("review", "--kind", "concept", lines="1\n1\n1\n1\n")
    assert len({card for card, _ in ratings(small)}) == 1
    assert len(ratings(small)) == 2, "once, not a third time"


def test_a_second_look_owed_from_before_comes_once(small: User) -> None:
    small.does("review", "--limit", "1", lines="1\n")
    hard = ratings(small)[0][0]
    small.does("review", lines="1\n1\n1\n" + "4\n" * 10)
    assert [card for card, _ in ratings(small)].count(hard) == 2


def test_what_is_rated_is_what_the_line_of_ratings_said(small: User) -> None:
    shown = small.does("review", "--limit", "1", lines="4\n").out
    card = ratings(small)[0][0]
    due = small.json("show", card)["cards"][0]["due"]
    assert due == "2026-03-10" and "4 easy · 8 d" in shown


def test_undo_takes_back_and_asks_again(small: User) -> None:
    said = small.does("review", lines="3\nu\n4\n")
    (rated,) = ratings(small)
    assert rated[1] == 4
    assert f"Taken back: the rating of {rated[0]}." in said.out


def test_undo_reaches_what_was_done_before_the_sitting(small: User) -> None:
    small.does("review", "--limit", "1", lines="1\n")
    card = ratings(small)[0][0]
    small.at = "2026-03-03T10:00"
    small.does("review", "--limit", "1", lines="u\n3\n")
    assert ratings(small) == [(card, 3)]


def test_a_card_that_undo_brings_back_keeps_its_siblings_away(small: User) -> None:
    """`three` gives two cards: one is taken back in a sitting that was to ask the other."""
    while (shown := small.json("next"))["note"] != "three":
        small.does("rate", shown["card"], "easy")
    small.does("rate", shown["card"], "easy")
    small.at = "2026-03-03T10:00"
    (other,) = {"three/front", "three/back"} - {shown["card"]}
    small.does("next")
    assert (other,) in small.rows("SELECT card FROM today")
    small.does("review", lines="u\n" + "3\n" * 9)
    asked = [card for card, _ in ratings(small)]
    assert shown["card"] in asked and other not in asked


def test_with_nothing_to_undo_the_card_stays(small: User) -> None:
    said = small.does("review", lines="u\n3\n")
    assert "Nothing to undo." in said.out and len(ratings(small)) == 1


def test_suspend_and_bury_leave_the_card_out_and_undo_brings_it_back(small: User) -> None:
    said = small.does("review", lines="s\nb\n")
    assert ratings(small) == []
    assert "Suspended" in said.out and "Left for tomorrow" in said.out
    assert len(small.rows("SELECT * FROM suspended")) == 1
    assert len(small.rows("SELECT * FROM buried")) == 1
    small.does("review", lines="u\nu\n")
    assert small.rows("SELECT * FROM suspended") == small.rows("SELECT * FROM buried") == []


def test_why_says_why_in_a_sentence(small: User) -> None:
    assert "New to you; weight 3 of 5." in small.does("review", lines="i\n").out
    small.does("review", "--limit", "1", lines="3\n")
    small.at = "2026-03-06T10:00"
    said = small.does("review", lines="i\n" * 3)
    assert "You would still know it with a chance of" in said.out
    assert "Last seen 4 days ago." in said.out


def test_help_costs_no_line_of_the_input(small: User) -> None:
    said = small.does("review", lines="?\n3\n")
    assert "leave it for tomorrow" in said.out
    assert len(ratings(small)) == 1


def test_what_is_no_command_changes_nothing(small: User) -> None:
    said = small.does("review", lines="0\n5\nmaybe\n\x1b[31m\n9999\nagain?\n")
    assert ratings(small) == [] and said.out.count("? shows all") == 6
    assert "\x1b" not in said.out


def test_stop_leaves_the_rest(small: User) -> None:
    small.does("review", lines="3\nq\n3\n3\n")
    assert len(ratings(small)) == 1


@pytest.mark.parametrize("lines", ["", "\n", "3", "3\n\n", "?", "u", "e", "s", "i\n?\n", "q"])
def test_input_may_end_anywhere(small: User, lines: str) -> None:
    said = small("review", lines=lines)
    assert said.status == 0 and said.err == ""


def test_an_input_that_is_not_text_ends_well_and_keeps_ratings(user: User) -> None:
    said = user.process("review", lines=b"3\n\xff\xfe\x00\x80\n\x1b[2J\n3\n" + bytes(range(256)))
    assert (said.status, said.err) == (0, "")
    assert len(ratings(user)) == 2
    assert "\x1b" not in said.out


def test_without_an_input_the_first_card_is_shown_and_nothing_is_done(user: User) -> None:
    said = user.shell("greenflag review < /dev/null; greenflag review <&-")
    assert (said.status, said.err) == (0, "")
    assert said.out.count("Nothing rated this time.") == 2


LINES = st.lists(
    st.sampled_from(["", "1", "2", "3", "4", "u", "s", "b", "i", "?", "e", "q"])
    | st.text(max_size=5).filter(lambda text: "\n" not in text and "\r" not in text),
    max_size=15,
)


def test_whatever_is_typed_the_store_stays_sound(small: User) -> None:
    """The home goes on from one example to the next."""

    @given(lines=LINES)
    @example(lines=["1", "u", "1", "u", "1"])
    @settings(max_examples=60)
    def holds(lines: list[str]) -> None:
        said = small("review", lines="\n".join(lines).encode("utf-8", "replace"))
        assert said.status == 0 and said.err == ""

    holds()
    checks = {check["name"]: check["ok"] for check in small("doctor", "--json").json["checks"]}
    assert checks["memories"] and checks["references"]


# Options


def test_limit_counts_ratings(small: User) -> None:
    said = small.does("review", "--limit", "2", lines="3\n" * 9)
    assert len(ratings(small)) == 2 and "2 cards" in said.out


def test_minutes_end_the_sitting_before_the_next_card(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock of the test's: each look at it takes ten seconds."""
    now = iter(range(0, 100_000, 10))
    monkeypatch.setattr(
        command, "Sitting", lambda *a, **k: Sitting(*a, clock=lambda: float(next(now)), **k)
    )
    small.does("review", "--minutes", "1", lines="3\n" * 9)
    assert 0 < len(ratings(small)) < 4


@pytest.mark.parametrize(
    "option", [("--minutes", "0"), ("--minutes", "x"), ("--limit", "0"), ("--ahead", "366")]
)
def test_options_out_of_range_are_wrong_usage(small: User, option: tuple[str, str]) -> None:
    assert small("review", *option).status == 2


def test_ahead_asks_what_is_due_later(small: User) -> None:
    small.does("review", lines="4\n" * 9)
    done = {card for card, _ in ratings(small)}
    small.at = "2026-03-03T10:00"
    rest = [card for card, _ in ratings_after(small, "review", lines="4\n" * 9)]
    assert not done & set(rest)
    small.at = "2026-03-05T10:00"
    assert "All done for today" in small.does("review", lines="4\n").out
    ahead = [card for card, _ in ratings_after(small, "review", "--ahead", "9", lines="4\n" * 9)]
    assert done <= {*ahead, *rest} and set(ahead) & done


def ratings_after(user: User, *arguments: str, lines: str) -> list[tuple[str, int]]:
    """What a sitting adds to the log."""
    before = len(ratings(user))
    user.does(*arguments, lines=lines)
    return ratings(user)[before:]


def test_cram_is_logged_and_leaves_memory_and_the_list_alone(small: User) -> None:
    small.does("review", "--limit", "2", lines="3\n3\n")
    before, listed = memories(small), small.json("next")["left"]
    said = small.does("review", "--cram", lines="1\n2\n3\n4\n" * 3)
    assert memories(small) == before and small.json("next")["left"] == listed
    kinds = [kind for (kind,) in small.rows("SELECT kind FROM reviews ORDER BY id")]
    assert kinds[:2] == ["review"] * 2 and set(kinds[2:]) == {"cram"}
    assert "the schedule is as it was" in said.out and "the schedule stays as it is" in said.out
    small.does("review", "--cram", "--limit", "1", lines="3\nu\n")
    assert memories(small) == before
    assert small.json("doctor")["ok"]


def test_cram_asks_what_is_not_due(small: User) -> None:
    small.does("review", lines="4\n" * 9)
    seen = {card for card, _ in ratings(small)}
    crammed = ratings_after(small, "review", "--cram", lines="3\n" * 9)
    assert {card for card, _ in crammed} & seen


@pytest.mark.parametrize(
    ("filters", "notes"),
    [
        (("--deck", "Small"), {"one", "two", "three", "four"}),
        (("--competency", "team-leadership"), {"two"}),
        (("--kind", "concept"), {"four"}),
        (("--tag", "even"), {"two", "four"}),
        (("--tag", "even", "--tag", "odd", "--kind", "concept"), {"four"}),
    ],
)
def test_filters_choose_the_cards(small: User, filters: tuple[str, ...], notes: set[str]) -> None:
    small.does("review", *filters, lines="4\n" * 9)
    assert {card.partition("/")[0] for card, _ in ratings(small)} == notes


def test_filters_that_leave_nothing_say_so(small: User) -> None:
    assert "Rehearse them with --cram" in small.does("review", "--tag", "odd", lines="4\n").out


@pytest.mark.parametrize("option", [("--deck", "Nowhere"), ("--competency", "juggling")])
def test_what_nobody_has_is_refused_with_what_there_is(
    small: User, option: tuple[str, str]
) -> None:
    said = one_line(small("review", *option))
    assert repr(option[1]) in said and ("Small" in said or "team-leadership" in said)


def test_a_kind_that_does_not_exist_is_wrong_usage(small: User) -> None:
    assert small("review", "--kind", "riddle").status == 2


def test_a_sitting_is_not_for_programs(small: User) -> None:
    """With --json, standard output would hold one document and nothing else."""
    assert "next --json" in one_line(small("review", "--json", lines="3\n"))
    assert not small.home.exists()


def test_the_summary_is_about_today_whatever_list_was_kept(small: User) -> None:
    small.does("next")
    small.at = "2026-03-03T10:00"
    (small.home / "settings.toml").write_text("new_per_day = 1\n")
    said = small.does("review", "--kind", "concept", lines="4\n").out
    assert "All done for today." in said and "more today" not in said


# Beside other programs


def test_a_card_reviewed_elsewhere_while_it_is_shown_is_left_as_it_is(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, other = reviews.record, User(small.home, small.at)

    def late(*arguments: Any) -> Any:
        monkeypatch.setattr(reviews, "record", record)
        shown = other.json("next")
        other.does("rate", shown["card"], "easy")
        return record(*arguments)

    monkeypatch.setattr(reviews, "record", late)
    said = small.does("review", lines="1\n")
    assert "reviewed elsewhere meanwhile" in said.out
    assert [rating for _, rating in ratings(small)] == [4]


def test_a_card_rated_elsewhere_since_the_sitting_began_is_not_asked_again(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, choose = User(small.home, small.at), command.Desk.choose

    def slow(*arguments: Any) -> Any:
        chosen = choose(*arguments)
        for _ in range(2):
            other.does("rate", other.json("next")["card"], "easy")
        return chosen

    monkeypatch.setattr(command.Desk, "choose", slow)
    small.does("review", lines="3\n" * 9)
    cards = [card for card, _ in ratings(small)]
    assert len(cards) == len(set(cards)) == 4


def test_settings_changed_during_a_sitting_leave_memories_as_a_replay_gives_them(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, record = User(small.home, small.at), reviews.record
    small.does("review", "--limit", "1", lines="3\n")

    def after_a_change(*arguments: Any) -> Any:
        (small.home / "settings.toml").write_text("retention = 0.8\n")
        other.does()
        return record(*arguments)

    monkeypatch.setattr(reviews, "record", after_a_change)
    small.does("review", lines="3\n3\n")
    assert small.json("doctor")["ok"]


# Editing


def broken_yet_kept(user: User, note: str) -> Path:
    (path,) = user.decks.glob("*.yaml")
    assert note in path.read_text("utf-8")
    return path


def test_a_shipped_note_edited_becomes_a_version_of_ones_own(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = user.json("next")["note"]
    shipped = user.json("show", note)["file"]
    monkeypatch.setenv("EDITOR", user.editor("sed -i 's/^- kind: .*/&\\n  note: MINE/' $file"))
    said = user.does("review", lines="e\n\n3\n")
    assert "Saved: 1 reworded." in said.out
    assert "MINE" in said.out, "the reworded card is shown at once"
    told = user.json("show", note)
    assert (
        told["file"] == shipped.replace("shipped/", "decks/") and told["fields"]["note"] == "MINE"
    )
    assert len(ratings(user)) == 1, "and rated"
    assert "MINE" in broken_yet_kept(user, note).read_text("utf-8")
    assert user.json("doctor")["ok"]


def test_a_broken_edit_is_named_and_the_old_text_stays(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = user.json("next")
    monkeypatch.setenv("EDITOR", user.editor("echo '  nonsense: 1' >> $file"))
    said = user.does("review", lines="e\n3\n")
    assert "unknown field nonsense" in said.out
    assert "nonsense" in broken_yet_kept(user, shown["note"]).read_text("utf-8"), "to be mended"
    told = user.json("show", shown["card"])
    assert told["cards"][0]["front"] == shown["front"] and told["file"].startswith("shipped/")
    assert len(ratings(user)) == 1


def test_undo_of_an_edit_shows_the_old_text_again(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.does("next")
    monkeypatch.setenv("EDITOR", small.editor("sed -i 's/Two/Reworded/' $file"))
    said = small.does("review", "--kind", "basic", "--tag", "even", lines="e\nu\n3\n").out
    assert said.index("Two?") < said.index("Reworded?") < said.rindex("Two?")
    assert "Taken back: two is as it was." in said
    assert list(small.decks.iterdir()) == []
    assert small.json("show", "two")["fields"]["front"] == "Two?"


@pytest.mark.parametrize("editor", ["", "false", "no-such-program-here", "'unclosed", "   "])
def test_without_an_editor_that_works_nothing_changes(
    small: User, monkeypatch: pytest.MonkeyPatch, editor: str
) -> None:
    monkeypatch.setenv("EDITOR", editor)
    said = small.does("review", lines="e\n3\n")
    assert "no editor, or it failed (set EDITOR" in said.out
    assert list(small.decks.iterdir()) == [] and len(ratings(small)) == 1


def test_an_edit_that_removes_the_note_goes_on_with_the_next(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = small.deck("own.yaml", "deck: Own\nnotes:\n- {kind: basic, id: a, front: A, back: B}\n")
    monkeypatch.setenv("EDITOR", small.editor("printf 'deck: Own\\nnotes: []\\n' > $file"))
    said = small.does("review", "--deck", "Own", lines="e\n3\n")
    assert "1 removed" in said.out or "Nothing rated" in said.out
    assert ratings(small) == [] and "notes: []" in own.read_text("utf-8")
