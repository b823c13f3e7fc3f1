"""Deck files: list, check, sync, new, schema; and folders full of broken ones."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from greenflag.cli.filters import KINDS
from tests.cli.broken import GOOD, NOTE, write_all
from tests.cli.runner import TOP, User, one_line

OWN = "deck: Own\nnotes:\n- {kind: basic, id: a, front: A, back: B}\n"
LINE = re.compile(r"(?P<file>.+?):(?P<line>[1-9]\d*): .+ \(.+\)")

# Broken decks


def test_check_names_every_broken_file_with_its_line(small: User, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    expected = write_all(folder)
    (folder / "fine.yaml").write_bytes(GOOD)
    said = small("deck", "check", folder)
    assert said.status == 1
    found: dict[str, list[tuple[int, str]]] = {}
    for line in said.out.splitlines():
        problem = LINE.fullmatch(line)
        assert problem, line
        name = problem["file"].removeprefix(f"{folder}/")
        found.setdefault(name, []).append((int(problem["line"]), line))
    assert found.keys() == expected.keys()
    for name, (number, words) in expected.items():
        assert any(words in line for _, line in found[name]), (name, found[name])
        assert found[name][0][0] == number, (name, found[name])
    assert (
        said.err == f"greenflag: {len(said.out.splitlines())} problems in {len(expected)} files\n"
    )
    assert not small.home.exists(), "a check touches no store"


def test_check_in_json_says_the_same(small: User, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    expected = write_all(folder)
    said = small("deck", "check", folder, "--json")
    assert said.status == 1 and said.err == ""
    assert said.json.keys() == {"format", "decks", "notes", "cards", "problems"}
    assert (said.json["decks"], said.json["notes"]) == (1, 1), "the good one with the odd name"
    assert {frozenset(problem) for problem in said.json["problems"]} == {
        frozenset({"file", "line", "what", "mend"})
    }
    assert len({problem["file"] for problem in said.json["problems"]}) == len(expected)


def test_broken_decks_in_the_home_change_nothing_and_good_ones_are_asked(user: User) -> None:
    """In processes of their own: outside, terminals and pipes see bytes."""
    before = user.content()
    expected = write_all(user.decks)
    (user.decks / "fine.yaml").write_bytes(GOOD)
    said = user.process("next", "--json")
    assert said.status == 0 and said.json["card"]
    assert said.err.count("\n") == 1 and "deck check" in said.err
    assert user.process("next", "--json").err == "", "known problems are not told again"
    after = user.content()
    assert [row for row in after["notes"] if row[1] != "good"] == before["notes"]
    assert [row for row in after["cards"] if row[1] != "good"] == before["cards"]
    for command in ("sync", "check"):
        said = user.process("deck", command)
        lines = (said.err if command == "sync" else said.out).splitlines()
        assert said.status == 1 and len(lines) >= len(expected)
        assert "\x1b" not in said.out + said.err and "Traceback" not in said.err
    assert user.json("next", "--deck", "Good")["card"] == "good/front"
    (check,) = [each for each in user("doctor", "--json").json["checks"] if each["name"] == "decks"]
    assert not check["ok"] and "tab.yaml" in check["what"]
    assert not Path("/tmp/owned").exists()


def test_a_deck_that_breaks_stays_as_it_was_and_mended_is_read_again(small: User) -> None:
    path = small.deck("own.yaml", OWN)
    card = small.json("next", "--deck", "Own")["card"]
    small.does("rate", card, "good")
    path.write_text(OWN + "- nonsense: [\n", "utf-8")
    said = small("show", "a", "--json")
    assert said.status == 0 and "own.yaml" in said.err and said.json["fields"]["front"] == "A"
    path.write_text(OWN.replace("front: A", "front: New"), "utf-8")
    told = small.json("show", "a")
    assert told["fields"]["front"] == "New" and len(told["cards"][0]["reviews"]) == 1


def test_a_file_name_that_is_not_text_is_a_problem_like_others(small: User) -> None:
    small.does("next")
    (small.decks / os.fsdecode(b"caf\xe9.yaml")).write_text(OWN, "utf-8")
    said = small("next")
    assert said.status == 0 and "1 problem in" in said.err
    assert "rename the file" in small("deck", "check").out
    assert small("deck", "check", "--json").json["problems"][0]["mend"] == "rename the file"


def test_a_broken_version_of_ones_own_does_not_hide_a_shipped_deck(small: User) -> None:
    small.deck("small.yaml", "nonsense")
    assert small("next", "--json").json["card"] is not None
    assert small("next", "--json").err == ""


def test_a_folder_that_cannot_be_looked_into_is_one_line(small: User) -> None:
    small.does("next")
    (small.home / "decks").write_text("not a folder")
    said = one_line(small("next"))
    assert "decks: Not a directory" in said


# Check


def test_check_counts_what_is_good(small: User) -> None:
    assert small.does("deck", "check").out == "1 deck, 4 notes, 6 cards: all good.\n"
    assert small.json("deck", "check") == {
        "format": 1, "decks": 1, "notes": 4, "cards": 6, "problems": [],
    }  # fmt: skip


def test_the_shipped_decks_are_good(user: User) -> None:
    said = user.json("deck", "check")
    assert said["problems"] == [] and said["decks"] == len(list((TOP / "decks").glob("*.yaml")))
    assert said["cards"] == user.rows("SELECT count(*) FROM cards")[0][0]


def test_check_takes_files_and_folders(small: User, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    for name in ("x/one.yaml", "x/two.yml", "three.txt"):
        (tmp_path / name).write_bytes(
            b"deck: D\nnotes:\n" + NOTE % name[-7:-4].strip("/.").encode()
        )
    said = small.json("deck", "check", tmp_path / "x", tmp_path / "three.txt")
    assert (said["decks"], said["notes"]) == (3, 3)
    assert "does not exist" in one_line(small("deck", "check", tmp_path / "four.yaml"))


# Sync and list


def test_sync_says_what_was_added_reworded_moved_removed_and_returned(small: User) -> None:
    note = "- {kind: basic, id: %s, front: %s, back: B}\n"
    small.deck("own.yaml", "deck: Own\nnotes:\n" + note % ("a", "A") + note % ("b", "B"))
    assert small.json("deck", "sync")["added"] == ["one", "two", "three", "four", "a", "b"]
    small.deck("own.yaml", "deck: Own\nnotes:\n" + note % ("a", "New"))
    small.deck("other.yaml", "deck: Other\nnotes:\n" + note % ("c", "C"))
    assert small.json("deck", "sync") == {
        "format": 1, "added": ["c"], "reworded": ["a"], "moved": [], "removed": ["b"],
        "returned": [], "problems": [],
    }  # fmt: skip
    small.deck("own.yaml", "deck: Own\nnotes:\n" + note % ("b", "B"))
    small.deck("other.yaml", "deck: Other\nnotes:\n" + note % ("c", "C") + note % ("a", "New"))
    said = small.json("deck", "sync")
    assert (said["moved"], said["returned"], said["removed"]) == (["a"], ["b"], [])
    assert small.does("deck", "sync").out == "Nothing changed.\n"
    for path in small.decks.glob("*.yaml"):
        path.unlink()
    assert sorted(small.json("deck", "sync")["removed"]) == ["a", "b", "c"]


def test_what_a_note_was_is_kept_through_moves_between_decks_with_retentions(small: User) -> None:
    small.home.mkdir(mode=0o700)
    (small.home / "settings.toml").write_text("[retention_by_deck]\nOwn = 0.75\n")
    small.deck("own.yaml", OWN)
    shown = small.json("next", "--deck", "Own")
    for _ in range(2):
        small.does("rate", shown["card"], "good", "--shown", shown["shown"])
        small.at = "2026-03-20T10:00"
        shown = small.json("next", "--kind", "basic", "--deck", "Own")
    for title in ("Other", "Own", "Third"):
        small.deck("own.yaml", OWN.replace("Own", title))
        assert small.json("doctor")["ok"], title
    (small.decks / "own.yaml").unlink()
    assert small.json("doctor")["ok"]


def test_list_shows_how_far_one_is(small: User) -> None:
    small.does("review", "--kind", "concept", lines="3\n")
    (said,) = small.json("deck", "list")["decks"]
    assert said.keys() == {
        "path", "deck", "about", "own", "notes", "cards", "seen", "due", "recall",
    }  # fmt: skip
    assert (said["notes"], said["cards"], said["seen"], said["recall"]) == (4, 6, 1, 1.0)
    assert "1 (16 %)" in small.does("deck", "list").out


@pytest.mark.parametrize("title", ["A | B", "*A*\\n\\nB", "<b>", "A" * 200, "二" * 60])
def test_list_shows_any_title(small: User, title: str) -> None:
    small.deck("own.yaml", OWN.replace("Own", f'"{title}"'))
    lines = small.does("deck", "list").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "".join(lines).count("–") == 2, "a row each for the shipped deck and this one"


# New


def test_a_new_deck_is_good_from_the_start_and_says_where_it_is(small: User) -> None:
    said = small.does("deck", "new", "acme-interview")
    path = small.decks / "acme-interview.yaml"
    assert str(path) in said.out and said.err == ""
    assert small.does("deck", "check").out.endswith("all good.\n")
    assert "Acme interview" in small.does("deck", "list").out
    schema = json.loads((small.decks / "deck.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=deck.schema.json")
    assert path.stat().st_mode & 0o777 == 0o600
    assert small.json("deck", "new", "other")["file"] == str(small.decks / "other.yaml")


@pytest.mark.parametrize(
    "name", ["ACME 2026", "二十", "it's", 'a"b', "TITLE", "x.yaml", "100%", "a: b", "[x]", "#1"]
)
def test_a_new_deck_may_have_any_name_a_file_may_have(small: User, name: str) -> None:
    small.does("deck", "new", "--", name)
    assert small.does("deck", "check").out.endswith("all good.\n")


@pytest.mark.parametrize("name", ["a/b", "..", ".hidden", "", "a\x1b", "a\nb", "x" * 81, "𝕏" * 80])
def test_what_is_no_name_for_a_file_is_refused(small: User, name: str) -> None:
    one_line(small("deck", "new", "--", name))
    assert list(small.decks.iterdir()) in ([], [small.decks / "deck.schema.json"])


def test_a_deck_that_is_there_is_not_overwritten(small: User) -> None:
    path = small.deck("mine.yaml", OWN)
    assert "exists already" in one_line(small("deck", "new", "mine"))
    assert path.read_text("utf-8") == OWN


def test_the_schema_is_a_schema_and_knows_every_kind(small: User) -> None:
    schema = small.does("deck", "schema").json
    Draft202012Validator.check_schema(schema)
    assert list(schema["$defs"]) == list(KINDS)
    assert not small.home.exists(), "and costs no store"
