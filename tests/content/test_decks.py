"""Deck files as notes or problems: every problem at once, each with its place and its mend."""

from __future__ import annotations

import gc
import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from greenflag.content import decks, fields, yamlfile
from greenflag.content.decks import (
    LARGEST,
    Deck,
    deck_of,
    deck_paths,
    doubled_elsewhere,
    example,
    read_deck,
    read_decks,
    schema,
    takes,
)
from greenflag.content.notes import COMPETENCIES, KINDS, MOST_ITEMS, cards_of
from greenflag.content.problem import Problem
from tests.content.samples import (
    Given,
    any_notes,
    characters,
    deck_bytes,
    full,
    least,
    read,
)

TOP = Path(__file__).parents[2]
SHIPPED = sorted((TOP / "decks").glob("*.yaml"))
GUIDE = TOP / "docs" / "decks.md"

BASIC = "- kind: basic\n  id: {}\n  front: {}\n  back: b\n"


def problems_of(text: str) -> list[Problem]:
    deck, problems = deck_of(text.encode(), "a.yaml")
    assert (deck is None) == bool(problems)
    return problems


def one_problem(text: str) -> tuple[int, str, str]:
    (problem,) = problems_of(text)
    assert problem.file == "a.yaml"
    return problem.line, problem.what, problem.mend


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A deck file written under a name (with folders), from whole notes or from ids."""

    def written(name: str, *notes: Given | str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = [least("basic") | {"id": n} if isinstance(n, str) else n for n in notes]
        path.write_bytes(deck_bytes(*whole))
        return path

    return written


def ids(deck: Deck) -> list[str]:
    return [placed.note.id for placed in deck.notes]


# ------------------------------------------------------------------ a good deck


def test_a_good_deck_is_its_title_its_notes_and_their_lines() -> None:
    text = "deck: Mine\nabout: Of it\nlanguage: de\nnotes:\n" + BASIC.format("a", "x")
    deck, problems = deck_of((text + "# so\n" + BASIC.format("b", "y")).encode(), "m.yaml")
    assert problems == [] and deck is not None
    assert deck[:4] == ("m.yaml", "Mine", "Of it", "de")
    assert [(placed.note.id, placed.line) for placed in deck.notes] == [("a", 5), ("b", 10)]


def test_about_and_language_may_be_left_out() -> None:
    deck, _ = deck_of(b"deck: Mine\nnotes: []\n", "m.yaml")
    assert deck == Deck("m.yaml", "Mine", "", "en", ())


# ------------------------------------------------------------------ problems of the header

KNOWN = "a deck has deck, about, language, competencies, notes"
HEADERS: list[tuple[str, int, str, str]] = [
    ("about: x\nnotes: []\n", 1, "deck is missing", "the title of the deck"),
    ("about: x\ndeck: y\n", 1, "notes is missing", "a list of notes"),
    ("deck: 5\nnotes: []\n", 1, "deck is a number", "the title of the deck"),
    ("deck: ' '\nnotes: []\n", 1, "deck is empty", "the title of the deck"),
    ("deck:\nnotes: []\n", 1, "deck is empty", "the title of the deck"),
    ("deck: [a]\nnotes: []\n", 1, "deck is a list", "the title of the deck"),
    ("deck: y\nabout:\nnotes: []\n", 2, "about is empty", "one sentence"),
    ("deck: y\nlanguage: no\nnotes: []\n", 2, "language is yes or no", "a code such as en"),
    ("deck: y\nnotes:\n", 2, "notes is empty", "a list of notes"),
    ("deck: y\nnotes: {a: b}\n", 2, "notes is a mapping", "a list of notes"),
    ("deck: y\nnotes: x\n", 2, "notes is a text", "a list of notes"),
    ("deck: y\n\nnote: []\nnotes: []\n", 3, "unknown field note", KNOWN),
    ("deck: y\ncompetencies: [a]\nnotes: []\n", 2, "competencies is a list", "names with what"),
    ("deck: y\ncompetencies:\n  a: b\n  c:\nnotes: []\n", 4, "competencies: c is empty", "names"),
    ("deck: y\ncompetencies:\n  a: 5\nnotes: []\n", 3, "competencies: a is a number", "names"),
]


@pytest.mark.parametrize(("text", "line", "what", "mend"), HEADERS)
def test_a_problem_of_the_header_is_told(text: str, line: int, what: str, mend: str) -> None:
    told = one_problem(text)
    assert told[:2] == (line, what) and told[2].startswith(mend)


@pytest.mark.parametrize(
    ("item", "what"),
    [
        ("just text", "a text instead of a note"),
        ("", "empty instead of a note"),
        ("5", "a number instead of a note"),
        ("[a]", "a list instead of a note"),
        ("yes", "yes or no instead of a note"),
    ],
)
def test_what_is_no_note_is_told_with_its_own_line(item: str, what: str) -> None:
    text = f"deck: A\nnotes:\n{BASIC.format('a', 'x')}- {item}\n{BASIC.format('b', 'x')}"
    assert one_problem(text) == (7, what, "a note has kind, id and its fields")


# ------------------------------------------------------------------ problems of a note

NOTE = "deck: A\nnotes:\n- kind: {}\n  id: {}\n{}"
QUOTE = "write a text; put numbers, yes and no in quotes"
LIST = "write a list: one line each, beginning with -"
GIVE = "write it or remove the line"


def note(kind: str, **changes: Any) -> str:
    """A deck of one note with all required fields, one a line from line 3, some of them changed."""
    fields = {**least(kind), "id": "a", **changes}
    lines = [
        f"{'- ' if n == 0 else '  '}{k}: {json.dumps(v)}" for n, (k, v) in enumerate(fields.items())
    ]
    return "deck: A\nnotes:\n" + "\n".join(lines) + "\n"


NOTES: list[tuple[str, int, str, str]] = [
    ("deck: A\nnotes:\n- id: a\n", 3, "kind is missing", f"one of {', '.join(KINDS)}"),
    ("deck: A\nnotes:\n- id: a\n  kind: questoin\n", 4, "unknown kind questoin", "one of question"),
    ("deck: A\nnotes:\n- id: a\n  kind:\n", 4, "unknown kind None", "one of question"),
    ("deck: A\nnotes:\n- id: a\n  kind: [basic]\n", 4, "unknown kind ['basic']", "one of question"),
    ("deck: A\nnotes:\n- kind: basic\n  front: x\n  back: y\n", 3, "id is missing", "needed: id"),
    (
        "deck: A\nnotes:\n- kind: basic\n  id: a\n  front: x\n", 3,
        "back is missing", "needed: id, front, back",
    ),
    (note("basic", fornt="x"), 7, "unknown field fornt", "known are id, competency, refs, tags"),
    (note("basic", front=5), 5, "front is a number", QUOTE),
    (note("basic", front=True), 5, "front is yes or no", QUOTE),
    (note("basic", front=None), 5, "front is empty", GIVE),
    (note("basic", front=" "), 5, "front is empty", GIVE),
    (note("basic", front=["x"]), 5, "front is a list", QUOTE),
    (note("basic", front={"x": "y"}), 5, "front is a mapping", QUOTE),
    (note("basic", front="x" * 20_001), 5, "front has 20,001 characters", "at most 20,000"),
    (note("basic", id="Äh"), 4, "id is Äh", "a-z, 0-9, - _ . only, at most 100 characters"),
    (note("basic", id="a/b"), 4, "id is a/b", "a-z, 0-9"),
    (note("basic", id="-a"), 4, "id is -a", "a-z, 0-9"),
    (note("basic", id="a\n"), 4, r"id is a\n", "a-z, 0-9"),
    (note("basic", id="a" * 101), 4, "id has 101 characters", "at most 100"),
    (note("basic", id=5), 4, "id is a number", QUOTE),
    (note("basic", weight=6), 7, "weight is 6", "a whole number from 1 to 5"),
    (note("basic", weight=0), 7, "weight is 0", "a whole number from 1 to 5"),
    (note("basic", weight=2.5), 7, "weight is 2.5", "a whole number from 1 to 5"),
    (note("basic", weight="high"), 7, "weight is high", "a whole number from 1 to 5"),
    (note("basic", weight=True), 7, "weight is True", "a whole number from 1 to 5"),
    (note("basic", both_ways="always"), 7, "both_ways is a text", "write true or false"),
    (note("basic", tags="one"), 7, "tags is a text", LIST),
    (note("basic", tags=["a b"]), 7, "tags item 1 is a b", "no spaces or quotes"),
    (note("basic", tags=["a", "b\n"]), 7, r"tags item 2 is b\n", "no spaces or quotes"),
    (note("basic", refs=[5]), 7, "refs item 1 is a number", QUOTE),
    (note("basic", competency="cooking"), 7, "unknown competency cooking", "one of customer-rec"),
    (note("basic", competency=5), 7, "competency is a number", QUOTE),
    (note("question", key_points="one"), 7, "key_points is a text", LIST),
    (note("question", key_points=[]), 7, "key_points is empty", GIVE),
    (note("question", key_points=["a", 5]), 7, "key_points item 2 is a number", QUOTE),
    (note("question", key_points=["a"] * 51), 7, "key_points has 51 items", "at most 50"),
    (note("question", question_kind="odd"), 8, "question_kind is odd", "one of behavioural, tech"),
    (note("red_flag", looks_like=[" "]), 6, "looks_like item 1 is empty", GIVE),
    (note("red_flag", looks_like=" "), 6, "looks_like is empty", GIVE),
    (note("red_flag", looks_like=5), 6, "looks_like is a number", LIST),
    (note("script", slots="Name"), 8, "slots is a text", LIST),
    (note("script", slots={}), 8, "slots has 0 names", "1 to 50"),
    (note("script", slots={"Name": 5}), 8, "slots has a problem: Name is a number", QUOTE),
    (note("steps", steps=[]), 7, "steps is empty", GIVE),
    (note("steps", steps=["x"]), 7, "steps item 1 is a text", "known are text, cue"),
    (
        note("steps", steps=[{"text": "x"}]), 7,
        "steps item 1 has a problem: cue is missing", "needed: text, cue",
    ),
    (
        note("steps", steps=[{"text": "x", "cue": "y", "due": "z"}]), 7,
        "steps item 1 has a problem: unknown field due", "known are text, cue",
    ),
    (
        note("steps", steps=[{"text": "x", "cue": "y"}] * (MOST_ITEMS + 1)), 7,
        "steps has 21 items", "at most 20",
    ),
    (
        note("checklist", items=[{"text": "x", "due": "soon"}]), 6,
        "items item 1 has a problem: due is soon", "for example: 3 days before",
    ),
    (
        note("checklist", items=[{"text": "x", "due": "٣ days before"}]), 6,
        "items item 1 has a problem: due is ٣ days before", "for example: 3 days before",
    ),
    (note("cloze", text="no gap"), 5, "text is no gap", "write every gap as {{c1::hidden}}"),
    (note("cloze", text="{{c1::}}"), 5, "text is {{c1::}}", "write every gap as {{c1::hidden}}"),
    (note("story", competencies=["cooking"]), 10, "unknown competency cooking", "one of customer"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "what", "mend"), NOTES)
def test_a_problem_of_a_note_is_told(text: str, line: int, what: str, mend: str) -> None:
    told = one_problem(text)
    assert told[:2] == (line, what) and told[2].startswith(mend)


@pytest.mark.parametrize("kind", KINDS)
def test_every_missing_field_is_told(kind: str) -> None:
    told = problems_of(f"deck: A\nnotes:\n- kind: {kind}\n")
    required = [name for name in least(kind) if name != "kind"]
    assert sorted(problem.what for problem in told) == sorted(f"{n} is missing" for n in required)
    assert {problem.line for problem in told} == {3}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_is_looked_at(kind: str) -> None:
    """A mapping of nonsense fits no field: each is told, and all of them."""
    nonsense = {name: {"non": ["sense"]} for name in full(kind) if name != "kind"}
    deck, told = read({"kind": kind, **nonsense})
    assert deck is None
    assert len({problem.line for problem in told}) == len(nonsense)
    assert {problem.what.split()[0] for problem in told} == nonsense.keys()


def test_all_problems_of_a_file_are_told_in_one_run() -> None:
    told = problems_of(
        "deck: 1\n"
        "notes:\n"
        "- kind: basic\n"
        "  id: A\n"
        "  front: 2\n"
        "  front: 3\n"
        "  colour: !red x\n"
        "- nothing\n"
        "- kind: steps\n"
        "  id: s\n"
        "  title: t\n"
        "  when: w\n"
        "  steps:\n"
        "  - {text: 1, cue: 2}\n"
        "  - {text: a, hint: b}\n"
        "- kind: script\n"
        "  id: t\n"
        "  title: t\n"
        "  use_when: u\n"
        "  text: x\n"
        "  slots: {A: 1, B: 2}\n"
    )
    assert sorted((problem.line, problem.what) for problem in told) == [
        (1, "deck is a number"),
        (3, "back is missing"),
        (4, "id is A"),
        (6, "front is a number"),
        (6, "front stands twice"),
        (7, "a tag (!red)"),
        (7, "unknown field colour"),
        (8, "a text instead of a note"),
        (13, "steps item 1 has a problem: cue is a number"),
        (13, "steps item 1 has a problem: text is a number"),
        (13, "steps item 2 has a problem: cue is missing"),
        (13, "steps item 2 has a problem: unknown field hint"),
        (21, "slots has a problem: A is a number"),
        (21, "slots has a problem: B is a number"),
    ]


def test_a_deck_with_a_problem_gives_no_notes_at_all(write: Callable[..., Path]) -> None:
    good = write("good.yaml", "a")
    bad = write("bad.yaml", "b", least("basic") | {"id": "c", "front": 5})
    reading = read_decks([good, bad])
    assert [ids(deck) for deck in reading.decks] == [["a"]]
    assert [(problem.file, problem.what) for problem in reading.problems] == [
        (str(bad), "front is a number")
    ]


def test_problems_come_by_file_and_line(write: Callable[..., Path]) -> None:
    bad = [least("basic") | {"id": "x", "front": 5}, {"kind": "odd"}]
    second, first = write("b.yaml", *bad), write("a.yaml", *bad)
    reading = read_decks([second, first])
    told = [(problem.file, problem.line) for problem in reading.problems]
    assert told == sorted(told) and {file for file, _ in told} == {str(first), str(second)}


def test_a_problem_reads_as_file_line_what_and_mend() -> None:
    assert str(Problem("a.yaml", 7, "front is empty", "write it")) == (
        "a.yaml:7: front is empty (write it)"
    )


def test_problems_without_end_are_cut_short() -> None:
    told = problems_of("deck: A\nnotes:\n" + "- x\n" * 50_000)
    assert len(told) < 1_100
    assert told[-1].what == "more than 1,000 problems" and told[-1].mend == "mend these first"


def test_many_competencies_of_ones_own_do_not_flood_the_mends() -> None:
    own = {f"area-{n}": "ours" for n in range(2_000)}
    notes = [least("basic") | {"id": f"n{n}", "competency": "gone"} for n in range(500)]
    deck, told = read(*notes, competencies=own)
    assert deck is None and len(told) == 500
    assert all(len(problem.mend) < 1_000 for problem in told)


# ------------------------------------------------------------------ competencies


@pytest.mark.parametrize("area", COMPETENCIES)
def test_each_of_the_twelve_competencies_is_known(area: str) -> None:
    deck, problems = read(least("basic") | {"competency": area})
    assert deck is not None and problems == []


def test_a_competency_of_ones_own_is_known_when_the_deck_declares_it() -> None:
    cook = least("basic") | {"competency": "cooking"}
    tell = least("story") | {"competencies": ["cooking", "interview-craft"]}
    assert read(cook, tell, competencies={"cooking": "Pots and pans"})[1] == []
    told = [problem.what for problem in read(cook, tell)[1]]
    assert told == ["unknown competency cooking"] * 2


def test_a_competency_declared_in_one_deck_is_unknown_in_another(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    cook = least("basic") | {"competency": "cooking"}
    (tmp_path / "own.yaml").write_bytes(deck_bytes(cook, competencies={"cooking": "Pots"}))
    other = write("other.yaml", cook | {"id": "b"})
    reading = read_decks([tmp_path / "own.yaml", other])
    assert [problem.file for problem in reading.problems] == [str(other)]


# ------------------------------------------------------------------ ids over files


def test_an_id_twice_in_a_file_is_a_problem_with_both_lines(write: Callable[..., Path]) -> None:
    path = write("a.yaml", "x", "y", "x")
    reading = read_decks([path])
    assert reading.decks == ()
    (problem,) = reading.problems
    first, _, third = (
        n for n, line in enumerate(path.read_text().splitlines(), 1) if "kind" in line
    )
    assert problem == Problem(
        str(path), third, f"id x is taken by {path}:{first}", "choose another id"
    )


def test_an_id_in_two_files_is_a_problem_of_the_later(write: Callable[..., Path]) -> None:
    one, two = write("one.yaml", "x"), write("two.yaml", "a", "x")
    reading = read_decks([one, two])
    assert [ids(deck) for deck in reading.decks] == [["x"]]
    (problem,) = reading.problems
    assert problem.file == str(two) and problem.what == f"id x is taken by {one}:3"


def test_every_doubled_id_is_told(write: Callable[..., Path]) -> None:
    paths = [write(f"{n}.yaml", "x", "y") for n in range(3)]
    assert len(read_decks(paths).problems) == 4


def test_an_id_that_another_deck_holds_already_is_told() -> None:
    deck, _ = read(least("basic") | {"id": "x"}, least("basic") | {"id": "y"})
    assert deck is not None
    held = {"y": ("decks/other.yaml", 9)}
    assert doubled_elsewhere([deck], held) == [
        Problem(
            "sample.yaml",
            deck.notes[1].line,
            "id y is taken by decks/other.yaml:9",
            "choose another id",
        )
    ]


def test_an_own_file_of_the_same_name_takes_the_places_of_its_notes(
    write: Callable[..., Path],
) -> None:
    shipped = write("shipped/s.yaml", "a", "b", "c")
    own = write("own/s.yaml", least("basic") | {"id": "b", "back": "mine"}, "d")
    reading = read_decks([shipped, own])
    assert reading.problems == ()
    assert [(deck.file, ids(deck)) for deck in reading.decks] == [
        (str(shipped), ["a", "c"]),
        (str(own), ["b", "d"]),
    ]
    assert [card.back for card in cards_of(reading.decks[1].notes[0].note)] == ["mine"]


def test_an_own_file_of_another_name_takes_no_places(write: Callable[..., Path]) -> None:
    shipped, own = write("shipped/s.yaml", "a"), write("own/t.yaml", "a")
    assert [problem.file for problem in read_decks([shipped, own]).problems] == [str(own)]


def test_an_id_twice_in_an_own_file_is_still_a_problem(write: Callable[..., Path]) -> None:
    shipped, own = write("shipped/s.yaml", "a"), write("own/s.yaml", "a", "a")
    assert [problem.file for problem in read_decks([shipped, own]).problems] == [str(own)]


def test_a_broken_own_file_leaves_the_shipped_notes_as_they_are(write: Callable[..., Path]) -> None:
    shipped = write("shipped/s.yaml", "a")
    own = write("own/s.yaml", least("basic") | {"id": "a", "front": 5})
    reading = read_decks([shipped, own])
    assert [ids(deck) for deck in reading.decks] == [["a"]]
    assert [problem.file for problem in reading.problems] == [str(own)]


# ------------------------------------------------------------------ files


def told_of(path: Path) -> tuple[str, str]:
    deck, problems = read_deck(path)
    (problem,) = problems
    assert deck is None and (problem.file, problem.line) == (str(path), 1)
    return problem.what, problem.mend


def test_a_file_larger_than_allowed_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    assert told_of(path) == ("too large: 64 MB, more than 64", "split the deck")


def test_a_file_as_large_as_allowed_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(deck_bytes(least("basic")))
    monkeypatch.setattr(decks, "LARGEST", path.stat().st_size)
    assert read_deck(path)[1] == []


def test_a_folder_named_like_a_deck_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.mkdir()
    assert told_of(path) == ("a folder", "a deck is a YAML file")


def test_a_pipe_is_told_and_never_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    os.mkfifo(path)
    assert told_of(path) == ("not a plain file", "a deck is a YAML file")


def test_a_device_is_told() -> None:
    assert told_of(Path("/dev/zero"))[0] == "not a plain file"


def test_a_link_to_nowhere_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.symlink_to(tmp_path / "gone.yaml")
    assert told_of(path) == ("not readable: No such file or directory", "check the file")


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.symlink_to(path)
    assert told_of(path)[0].startswith("not readable: Too many levels")


def test_a_link_to_a_deck_is_the_deck(tmp_path: Path, write: Callable[..., Path]) -> None:
    path = tmp_path / "x.yaml"
    path.symlink_to(write("real/r.yaml", "a"))
    deck, problems = read_deck(path)
    assert deck is not None and problems == [] and deck.file == str(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_one_may_not_read_is_told(write: Callable[..., Path]) -> None:
    path = write("x.yaml", "a")
    path.chmod(0)
    assert told_of(path) == ("not readable: Permission denied", "check the file")


def test_the_decks_of_a_folder_come_by_name_and_nothing_else_does(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "c.yaml~", "notes.txt", ".#b.yaml", ".hidden.yaml", ".yaml"):
        (tmp_path / name).touch()
    assert [path.name for path in deck_paths(tmp_path)] == ["a.yml", "b.yaml"]


def test_a_folder_that_is_not_there_has_no_decks(tmp_path: Path) -> None:
    assert deck_paths(tmp_path / "gone") == []


def test_reading_no_files_gives_nothing() -> None:
    assert read_decks([]) == ((), ())


@pytest.mark.parametrize("collecting", [True, False])
def test_reading_leaves_the_garbage_collector_as_it_was(
    collecting: bool, write: Callable[..., Path]
) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        read_decks([write("a.yaml", "x")])
        assert gc.isenabled() == collecting
    finally:
        (gc.enable if before else gc.disable)()


# ------------------------------------------------------------------ without libyaml


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_deck_is_read_the_same_without_libyaml(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_libyaml = read_deck(path)
    monkeypatch.setattr(yamlfile, "_Parser", yaml.SafeLoader)
    assert read_deck(path) == with_libyaml


def test_the_example_is_read_the_same_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    data = opened(example("acme")).encode()
    with_libyaml = deck_of(data, "a.yaml")
    monkeypatch.setattr(yamlfile, "_Parser", yaml.SafeLoader)
    assert deck_of(data, "a.yaml") == with_libyaml


# ------------------------------------------------------------------ deck new

COMMENT = re.compile(r"^( *)# ((?: *- | +)?[{a-z_-]+:.*| *- \{.*)$", re.M)


def opened(text: str) -> str:
    """The example with every commented field in force."""
    return COMMENT.sub(r"\1\2", text).replace("yaml-language-server:", "# yaml-language-server:", 1)


def test_the_example_loads_as_it_is() -> None:
    deck, problems = deck_of(example("acme-interview").encode(), "acme-interview.yaml")
    assert problems == [] and deck is not None
    assert deck.title == "Acme interview"
    assert ids(deck) == ["acme-interview-difficult-customer", "acme-interview-first-fact"]


def test_the_example_loads_with_every_comment_opened_and_holds_every_kind() -> None:
    deck, problems = deck_of(opened(example("acme")).encode(), "acme.yaml")
    assert problems == [] and deck is not None
    assert {placed.note.kind for placed in deck.notes} == KINDS.keys()


def test_the_opened_example_shows_every_field_of_every_kind() -> None:
    deck = yaml.safe_load(opened(example("acme")))
    assert deck.keys() == {"deck", "about", "language", "competencies", "notes"}
    shared = {"competency", "tags", "weight", "refs", "note"}
    for note in deck["notes"]:
        assert full(note["kind"]).keys() - shared <= note.keys() | {"script_when"}, note["id"]


def test_the_example_names_its_schema_so_that_editors_check_it() -> None:
    assert example("a").startswith("# yaml-language-server: $schema=deck.schema.json\n")


@pytest.mark.parametrize(
    "name", ["_", "-", "TITLE", "NAME", 'a "b"', "a\\b", "面接", "x" * 80, "ß", "1"]
)
def test_the_example_loads_whatever_it_is_named(name: str) -> None:
    deck, problems = deck_of(opened(example(name)).encode(), "x.yaml")
    assert problems == [] and deck is not None


@examples(max_examples=50)
@given(st.text(characters, min_size=1, max_size=80).filter(str.isprintable))
def test_the_example_loads_under_any_printable_name(name: str) -> None:
    assert deck_of(example(name).encode(), "x.yaml")[1] == []


@pytest.mark.parametrize(
    ("kind", "field", "what"),
    [
        ("question", "key_points", "list"),
        ("question", "question", "text"),
        ("question", "weight", "number"),
        ("red_flag", "looks_like", "text"),
        ("steps", "ordered", "boolean"),
        ("steps", "steps", "list"),
        ("basic", "no_such_field", "text"),
    ],
)
def test_what_a_field_takes_is_known(kind: str, field: str, what: str) -> None:
    assert takes(kind, field) == what


# ------------------------------------------------------------------ the JSON Schema

VALIDATOR = Draft202012Validator(schema())


def accepts(deck: object) -> bool:
    """Whether an editor that knows the schema finds nothing wrong."""
    return bool(VALIDATOR.is_valid(deck))


def test_the_schema_is_a_valid_2020_12_schema() -> None:
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema())


def test_the_schema_survives_json() -> None:
    assert json.loads(json.dumps(schema())) == schema()


def test_the_patterns_of_the_schema_mean_the_same_to_an_editor() -> None:
    """Editors read them as JavaScript does, in Unicode mode: no \\A, \\Z or needless backslash."""
    patterns = set(_patterns(schema()))
    assert len(patterns) >= 5
    for pattern in patterns:
        escapes = set(re.findall(r"\\(.)", pattern))
        assert escapes <= set("sSnd{}.$^*+?()[]|/\\"), pattern


def _patterns(part: object) -> list[str]:
    if isinstance(part, Mapping):
        here = [part["pattern"]] if isinstance(part.get("pattern"), str) else []
        return here + [found for each in part.values() for found in _patterns(each)]
    return [found for each in part for found in _patterns(each)] if isinstance(part, list) else []


def test_the_schema_tells_what_the_competencies_are() -> None:
    for kind in KINDS:
        field = schema()["$defs"][kind]["properties"]["competency"]
        assert field["examples"] == list(COMPETENCIES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_accepts_the_samples_of_every_kind(kind: str) -> None:
    assert accepts({"deck": "A", "notes": [least(kind), full(kind)]})


BEYOND = ("unknown competency",)
"""What no schema can say: which competencies a deck declares."""


@pytest.mark.parametrize(
    "text", [text for text, _, what, _ in HEADERS + NOTES if not what.startswith(BEYOND)]
)
def test_the_schema_refuses_what_the_reader_refuses(text: str) -> None:
    assert problems_of(text)
    assert not accepts(yaml.load(text, Loader=yaml.CSafeLoader))


@examples(max_examples=200)
@given(any_notes)
def test_the_schema_and_the_reader_accept_any_valid_note(note: Given) -> None:
    assert read(note)[1] == []
    assert accepts({"deck": "A", "notes": [note]})


JSON_VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-9, 9), st.just(2.5),
        st.sampled_from(["", " ", "x", "a b\n"]),
        st.sampled_from([*KINDS, "3 days before", "general", "{{c1::x}}", "x" * 101, "x" * 20_001]),
    ),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.dictionaries(st.sampled_from(["text", "cue", "due", "x", " "]), inside, max_size=3),
    ),
    max_leaves=4,
)  # fmt: skip


@examples(max_examples=300)
@given(any_notes, st.data())
def test_the_schema_and_the_reader_agree_on_any_damaged_note(
    note: Given, data: st.DataObject
) -> None:
    names = [*full(note["kind"]), "x"]
    for _ in range(data.draw(st.integers(1, 2))):
        name = data.draw(st.sampled_from(names))
        if data.draw(st.booleans()):
            note = {key: value for key, value in note.items() if key != name}
        else:
            note = {**note, name: data.draw(JSON_VALUES)}
    problems = [p for p in read(note)[1] if not p.what.startswith(BEYOND)]
    assert accepts({"deck": "A", "notes": [note]}) == (not problems), problems


@examples(max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(["deck", "about", "language", "competencies", "notes", "x"]), JSON_VALUES
    )
)
def test_the_schema_and_the_reader_agree_on_any_header(header: dict[str, Any]) -> None:
    data = yaml.safe_dump(header).encode()
    assert accepts(header) == (deck_of(data, "x.yaml")[1] == [])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_decks_fit_the_schema(path: Path) -> None:
    deck = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    found = [f"{list(error.path)}: {error.message[:200]}" for error in VALIDATOR.iter_errors(deck)]
    assert found == []


# ------------------------------------------------------------------ the guide


def yaml_blocks() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```", GUIDE.read_text("utf-8"), re.M | re.S)


def test_the_guide_shows_a_whole_deck_and_single_notes() -> None:
    blocks = yaml_blocks()
    assert len(blocks) >= 3
    assert any("\ndeck:" in f"\n{block}" for block in blocks)


@pytest.mark.parametrize("number", range(len(yaml_blocks())))
def test_every_deck_in_the_guide_loads(number: int) -> None:
    block = yaml_blocks()[number]
    whole = block if re.search(r"^deck:", block, re.M) else f"deck: A\nnotes:\n{block}"
    deck, problems = deck_of(whole.encode(), f"{GUIDE}, block {number + 1}")
    assert problems == [] and deck is not None and deck.notes
    assert all(cards_of(placed.note) for placed in deck.notes)


def test_the_guide_tells_of_every_kind() -> None:
    text = GUIDE.read_text("utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []


def test_the_limits_in_the_guide_are_the_real_ones() -> None:
    text = GUIDE.read_text("utf-8")
    for limit in (
        f"{fields.LONGEST:,} characters",
        f"{fields.MOST} items",
        f"{LARGEST // 2**20} MB",
        f"{yamlfile.MOST_NODES_BY_ALIAS:,} aliases",
        f"{yamlfile.DEEPEST} levels",
    ):
        assert limit in text
