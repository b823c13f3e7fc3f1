"""Acts on cards: undo, suspend, resume, bury, reset; each takes effect, and can be taken back."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.cli.runner import User, one_line


def open_cards(user: User) -> set[str]:
    """The cards that a day without limits would ask, of any note."""
    seen: set[str] = set()
    for note in ("one", "two", "three", "four"):
        for card in user.json("show", note)["cards"]:
            if card["held_back"] is None:
                seen.add(card["card"])
    return seen


def test_the_small_deck_is_what_these_tests_think(small: User) -> None:
    assert open_cards(small) == {
        "one/front", "two/front", "three/front", "three/back", "four/definition", "four/why",
    }  # fmt: skip


def test_suspend_holds_for_days_and_resume_ends_it(small: User) -> None:
    assert small.json("suspend", "three") == {"format": 1, "cards": 2, "done": "suspended"}
    for at in ("2026-03-02T11:00", "2026-06-01T10:00"):
        small.at = at
        assert not {"three/front", "three/back"} & open_cards(small)
        assert "three" not in {card.partition("/")[0] for card in asked(small)}
    assert small.json("resume", "three/back")["cards"] == 1
    assert "three/back" in open_cards(small) and "three/front" not in open_cards(small)


def asked(user: User) -> list[str]:
    """What today's list holds."""
    user.does("next")
    return [card for (card,) in user.rows("SELECT card FROM today ORDER BY position")]


def test_bury_holds_until_its_day(small: User) -> None:
    small.does("bury", "one", "--days", "3")
    for day, away in (("02", True), ("04", True), ("05", False)):
        small.at = f"2026-03-{day}T05:00"
        assert ("one/front" not in open_cards(small)) is away
        assert ("one/front" not in asked(small)) is away


def test_bury_ends_at_the_rollover_not_at_midnight(small: User) -> None:
    small.at = "2026-03-02T23:00"
    small.does("bury", "one")
    small.at = "2026-03-03T03:59"
    assert "one/front" not in asked(small)
    small.at = "2026-03-03T04:00"
    assert "one/front" in asked(small)


def test_resume_also_ends_a_burial(small: User) -> None:
    small.does("bury", "one", "--days", "30")
    assert small.json("resume", "one")["cards"] == 1
    assert "one/front" in asked(small)


def test_reset_begins_anew_and_keeps_the_log(small: User) -> None:
    shown = small.json("next")
    small.does("rate", shown["card"], "good")
    assert small.json("reset", shown["card"])["cards"] == 1
    (card,) = [c for c in small.json("show", shown["note"])["cards"] if c["card"] == shown["card"]]
    assert (card["state"], card["due"], card["stability"]) == ("new", None, None)
    assert [review["kind"] for review in card["reviews"]] == ["review", "reset"]
    small.at = "2026-03-10T10:00"
    while (again := small.json("next"))["card"] != shown["card"]:
        small.does("rate", again["card"], "easy")
    first, anew = (
        {name: then["stability"] for name, then in said["ratings"].items()}
        for said in (shown, again)
    )
    assert anew == first
    assert small.json("doctor")["ok"]


@pytest.mark.parametrize(("act", "done"), [("suspend", "suspended"), ("bury", "buried")])
def test_what_is_so_already_is_not_done_twice(small: User, act: str, done: str) -> None:
    assert small.does(act, "one").out == f"1 card {done}. Undo with: greenflag undo\n"
    assert f"none of these is to be {done}" in small.does(act, "one").out
    small.does("undo")
    assert "nothing to undo" in one_line(small("undo"))


@pytest.mark.parametrize("act", ["resume", "reset"])
def test_nothing_to_resume_or_reset_is_said(small: User, act: str) -> None:
    assert "Nothing to do" in small.does(act, "one").out
    assert small.json(act, "one")["cards"] == 0


def test_a_card_named_twice_counts_once(small: User) -> None:
    assert small.json("suspend", "three", "three/back", "three")["cards"] == 2


@pytest.mark.parametrize("act", ["suspend", "resume", "bury", "reset"])
def test_an_unknown_card_is_named_and_nothing_is_done(small: User, act: str) -> None:
    small.does("next")
    before = small.content()
    for name in ("nowhere", "one/side", "/", "one/", "on\x1b[31me", "%"):
        assert "no card or note" in one_line(small(act, "one", name))
    assert small.content() == before


@pytest.mark.parametrize("act", ["suspend", "resume", "bury", "reset", "undo", "rate", "show"])
def test_arguments_that_are_missing_or_too_many_are_wrong_usage(small: User, act: str) -> None:
    arguments = ("a", "b", "c") if act in ("undo", "show") else ()
    assert small(act, *arguments).status == 2


@pytest.mark.parametrize("days", ["0", "366", "-1", "soon", "1.5"])
def test_days_to_bury_for_are_few_and_whole(small: User, days: str) -> None:
    assert small("bury", "one", f"--days={days}").status == 2


# Undo


def test_undo_with_nothing_done_says_so(small: User) -> None:
    assert one_line(small("undo")) == "greenflag: nothing to undo\n"


def test_undo_says_what_it_took_back(small: User) -> None:
    shown = small.json("next")
    small.does("rate", shown["card"], "good")
    small.does("suspend", "one", "two/front")
    assert small.json("undo") == {
        "format": 1, "undone": "Taken back: one two/front is in again.", "card": None,
    }  # fmt: skip
    assert small.does("undo").out == f"Taken back: the rating of {shown['card']}.\n"


def kept(user: User) -> dict[str, list[Any]]:
    """What acts on cards change; not the decks, which somebody may be writing meanwhile."""
    return {name: rows for name, rows in user.content().items() if name not in ("notes", "cards")}


def test_every_act_is_undone_to_the_byte_in_the_order_of_doing(user: User) -> None:
    """In the end in a process of its own, as after a restart."""
    rng = random.Random(7)
    user.does("next")
    states: list[dict[str, Any]] = []
    cards = [card for (card,) in user.rows("SELECT id FROM cards ORDER BY random() LIMIT 12")]
    for number in range(40):
        before = kept(user)
        user.at = f"2026-03-{2 + number // 4:02}T10:{number:02}"
        act = rng.choice(["rate", "rate", "rate", "suspend", "resume", "bury", "reset", "cram"])
        if act == "rate":
            user.does("rate", user.json("next")["card"], rng.choice(["again", "good"]))
        elif act == "cram":
            user.does("review", "--cram", "--limit", "1", lines="3\n")
        else:
            user.does(act, *rng.sample(cards, 3))
        if len(user.rows("SELECT 1 FROM acts")) > len(states):
            states.append(before)
    assert len(states) > 20
    for state in states[:4:-1]:
        user.does("undo")
        assert kept(user) == state
    for state in states[4::-1]:
        assert user.process("undo").status == 0
        assert kept(user) == state
    one_line(user.process("undo"))


def test_a_card_is_back_on_the_list_where_it_was(small: User) -> None:
    before = asked(small)
    for act in (("suspend", before[1]), ("bury", before[2])):
        small.does(*act)
        assert asked(small) == [card for card in before if card != act[1]]
        small.does("undo")
        assert asked(small) == before
    shown = small.json("next")
    small.does("rate", shown["card"], "good")
    small.does("undo")
    assert asked(small) == before


def test_undo_on_another_day_asks_the_card_again(small: User) -> None:
    shown = small.json("next")
    small.does("rate", shown["card"], "easy")
    small.at = "2026-03-03T10:00"
    small.does("next")
    small.does("undo")
    assert shown["card"] in asked(small)
    notes = [card.partition("/")[0] for card in asked(small)]
    assert len(notes) == len(set(notes)), "and siblings still do not meet"


def test_undo_after_a_change_of_settings_leaves_memories_as_a_replay_gives_them(
    small: User,
) -> None:
    for day in ("02", "09"):
        small.at = f"2026-03-{day}T10:00"
        small.does("review", lines="3\n" * 9)
    (small.home / "settings.toml").write_text("retention = 0.8\n")
    small.does()
    small.does("undo")
    assert small.json("doctor")["ok"]
    small.does("reset", "one")
    (small.home / "settings.toml").write_text("retention = 0.95\n")
    small.does()
    small.does("undo")
    assert small.json("doctor")["ok"]
