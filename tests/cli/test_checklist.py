"""The checklist by dates: worked off, left out, taken back, and the thank-you note at its end."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from greenflag.content.decks import read_decks
from greenflag.content.notes import Checklist
from tests.cli.runner import User, one_line

TOP = Path(__file__).parent.parent.parent
MINE = """\
deck: Mine
notes:
- kind: checklist
  id: mine
  title: Mine
  items:
  - {text: Pack, due: 2 days before, do: "interview research {id}"}
  - {text: Iron the shirt, due: 1 day before}
  - {text: Write, due: 24 hours after, do: "checklist thanks {id}"}
- kind: script
  id: script-thank-you
  title: Thanks
  use_when: After
  text: "Dear [Interviewer], [Highlight] made me want the post of [Role]. [Your Name]"
  slots: {Highlight: One point, Your Name: Yours}
"""


@pytest.fixture
def mine(small: User) -> User:
    """A user with a checklist of three items and an interview on Thursday the 5th."""
    small.deck("mine.yaml", MINE)
    small.does("interview", "add", "--company", "Acme", "--role", "Manager", "--date", "2026-03-05")
    return small


def states(user: User, *options: object) -> list[str]:
    return [item["state"] for item in user.json("checklist", *options)["items"]]


# Around an interview


def test_items_fall_due_with_the_days(mine: User) -> None:
    assert states(mine) == ["later", "later", "later"]
    for at, expected in (
        ("2026-03-03T09:00", ["now", "later", "later"]),
        ("2026-03-04T09:00", ["overdue", "now", "later"]),
        ("2026-03-05T09:00", ["overdue", "overdue", "later"]),
        ("2026-03-05T11:00", ["missed", "missed", "now"]),
        ("2026-03-06T11:00", ["missed", "missed", "overdue"]),
    ):
        mine.at = at
        assert states(mine) == expected, at


def test_it_shows_what_is_due_first_with_the_command_that_helps(mine: User) -> None:
    mine.at = "2026-03-04T09:00"
    lines = mine.does("checklist").out.splitlines()
    assert lines[:2] == [
        "Acme  ·  Manager  ·  Thu 05 Mar 2026 10:00",
        "Before the interview: 0 of 2 done. Due: 2, 1 of them overdue.",
    ]
    assert lines[3:6] == [
        "Overdue", "  1  Pack  ·  Tue 03 Mar", "     → greenflag interview research 1",
    ]  # fmt: skip
    assert lines[7:9] == ["Due now", "  2  Iron the shirt  ·  Wed 04 Mar"]
    assert "  3  Write  ·  by Fri 06 Mar 10:00" in lines


def test_items_are_ticked_off_left_out_opened_and_taken_back(mine: User) -> None:
    said = mine.does("checklist", "done", "1", "mine/item-2").out
    assert "2 done. Before the interview: 2 of 2 done." in said
    assert states(mine) == ["done", "done", "later"]
    assert mine.does("checklist", "done", "1").out.endswith("Already done.\n")
    mine.does("checklist", "skip", "2")
    assert mine.json("checklist")["of"] == 1
    mine.does("checklist", "undone", "1")
    assert states(mine) == ["later", "skipped", "later"]
    for expected in (["done", "skipped", "later"], ["done", "done", "later"], ["later"] * 3):
        assert "the checklist for Acme is as it was" in mine.does("undo").out
        assert states(mine) == expected


def test_json_tells_every_item_with_its_moment(mine: User) -> None:
    mine.does("checklist", "done", "1")
    told = mine.json("checklist")
    assert (told["done"], told["of"], told["share"], told["next"]) == (1, 2, 0.5, 2)
    assert told["interview"]["company"] == "Acme" and told["side"] == "before"
    first: dict[str, Any] = told["items"][0]
    assert first["item"] == "mine/item-1" and first["do"] == "greenflag interview research 1"
    assert first["due"].endswith("Z") and first["done_at"].startswith("2026-03-02T")


def test_a_day_with_the_cards_is_not_disturbed_by_a_tick(mine: User) -> None:
    before = mine.json("next")["card"]
    mine.does("checklist", "done", "1")
    mine.does("undo")
    assert mine.json("next")["card"] == before


def test_the_next_interview_is_meant_and_the_last_one_not_forgotten(mine: User) -> None:
    mine.does("interview", "add", "--company", "Umbrella", "--date", "2026-03-20")
    mine.at = "2026-03-05T18:00"
    said = mine.does("checklist").out
    assert said.startswith("Umbrella")
    assert "After Acme 1 still to do: greenflag checklist --interview 1" in said
    mine.does("checklist", "--interview", "1", "done", "3")
    mine.does("checklist", "done", "1", "--interview", "1")
    assert states(mine, "--interview", "1") == ["done", "missed", "done"]
    assert "After Acme" not in mine.does("checklist").out


def test_without_an_interview_it_shows_the_list_and_how_to_add_one(small: User) -> None:
    small.deck("mine.yaml", MINE)
    said = small.does("checklist").out
    assert "  1  Pack  ·  2 days before" in said and "greenflag interview add" in said
    told = small.json("checklist")
    assert told["interview"] is None
    assert [(item["state"], item["due"]) for item in told["items"]] == [("open", None)] * 3
    assert "no interview yet" in one_line(small("checklist", "done", "1"))
    assert "no interview yet" in one_line(small("checklist", "thanks"))


def test_what_is_wrong_is_one_line_and_changes_nothing(mine: User) -> None:
    for name in ("9", "0", "nowhere/item-1", "\x1b[31m", "x" * 9_999):
        said = one_line(mine("checklist", "done", "1", name))
        assert "no item" in said and "\x1b" not in said and len(said) < 200
    for id_ in ("7", "0", str(2**64)):
        assert "no interview" in one_line(mine("checklist", "--interview", id_))
    mine.does("interview", "cancel", "1", "--yes")
    assert "was cancelled" in one_line(mine("checklist", "--interview", "1"))
    assert mine.rows("SELECT * FROM ticks") == []


def test_without_a_checklist_in_the_decks_it_says_so(small: User) -> None:
    assert "no deck has a checklist" in one_line(small("checklist"))
    assert "no deck has a checklist" in one_line(small("checklist", "--json"))


def test_control_characters_of_a_deck_do_not_reach_the_terminal(mine: User) -> None:
    mine.deck("mine.yaml", MINE.replace("text: Pack", 'text: "Pack\\e[31m\\nnow"'))
    said = mine("checklist")
    assert "\x1b" not in said.out + said.err


# The shipped checklists


def shipped() -> list[Checklist]:
    decks = read_decks(sorted((TOP / "decks").glob("*.yaml"))).decks
    notes = [placed.note for deck in decks for placed in deck.notes]
    return [note for note in notes if isinstance(note, Checklist)]


def test_what_shipped_items_say_to_do_is_a_command_there_is(user: User) -> None:
    for item in (item for note in shipped() for item in note.items if item.do):
        assert user.does(*str(item.do).replace(" {id}", "").split(), "--help").status == 0


def test_the_shipped_list_fits_a_look(user: User) -> None:
    user.does("interview", "add", "--company", "Acme", "--date", "2026-03-07")
    said = user.does("checklist").out
    assert len(said.splitlines()) < 50
    assert re.search(r"[0-9]+ more: greenflag checklist --all", said)
    count = len(user.json("checklist")["items"])
    assert len(re.findall(r"^ *[0-9]+  ", user.does("checklist", "--all").out, re.M)) == count
    assert count == sum(len(note.items) for note in shipped())


def test_the_example_of_the_page_for_users_loads(small: User) -> None:
    page = (TOP / "docs" / "interview-day.md").read_text("utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)
    small.deck("own.yaml", f"deck: D\nnotes:\n{example}")
    assert len(small.json("checklist")["items"]) == 2


# The thank-you note


def test_a_note_is_filled_and_what_is_missing_is_named(mine: User) -> None:
    mine.at = "2026-03-05T15:00"
    said = mine.does("checklist", "thanks", lines="the night shift\n").out
    assert "Dear [Interviewer], the night shift made me want the post of Manager." in said
    assert "Still to fill: [Your Name] (Yours)" in said and "[Interviewer]" in said
    assert "Send it by Fri 06 Mar 10:00. Sent? greenflag checklist done 3 --interview 1" in said
    mine.at = "2026-03-06T15:00"
    assert "late is better than never" in mine.does("checklist", "thanks").out


def test_each_person_of_the_dossier_or_the_options_gets_one(mine: User) -> None:
    mine.does("interview", "research", "--set", "people=Ana Lim, head; Joe Ray")
    mine.at = "2026-03-05T15:00"
    told = mine.json("checklist", "thanks", "--topic", "nights")
    assert [note["to"] for note in told["notes"]] == ["Ana Lim", "Joe Ray"]
    assert told["notes"][0]["text"].startswith("Dear Ana Lim, nights made")
    assert told["notes"][0]["missing"] == ["Your Name"]
    assert told["due"] == mine.json("checklist")["items"][2]["due"]
    (only,) = mine.json("checklist", "thanks", "--to", "Bo\x1b[31m")["notes"]
    assert only["to"] == "Bo" and "Highlight" in only["missing"]


def test_what_they_said_in_the_debrief_is_each_ones_own(mine: User) -> None:
    mine.at = "2026-03-05T15:00"
    mine.does("debrief", "--set", "met=Ana: the nights; Joe: hiring in May")
    notes = mine.json("checklist", "thanks")["notes"]
    assert [(note["to"], "the nights" in note["text"]) for note in notes] == [
        ("Ana", True), ("Joe", False),
    ]  # fmt: skip
    assert "the topic" not in mine.does("checklist", "thanks").out


def test_a_note_before_the_interview_is_only_a_look(mine: User) -> None:
    said = mine.does("checklist", "thanks").out
    assert "still to come" in said and "Sent?" not in said
    assert "has 9,999 characters" in one_line(mine("checklist", "thanks", "--topic", "x" * 9_999))


def test_without_a_script_it_says_so(mine: User) -> None:
    mine.deck("mine.yaml", MINE.partition("- kind: script")[0])
    assert "no deck has a script" in one_line(mine("checklist", "thanks", "--topic", "x"))
