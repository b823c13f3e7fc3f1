"""`answer` on files and standard input."""

from __future__ import annotations

from pathlib import Path

from tests.cli.runner import User

ANSWER = """At a parcel firm I led twelve agents, and 40% of our calls were about late vans.
My task was to halve them before the summer. I set up a notice that goes out when a van is late,
and I trained the team in two short sessions. Basically we handled the rest by phone. Calls about
late vans fell from 40% to 18% in three months. Since then I ask for the reason of a call before
I plan the shifts.
"""


def test_json_has_the_keys_that_scripts_rely_on(user: User, tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(ANSWER)
    told = user.json("answer", str(file))
    wanted = {"words", "seconds", "words_per_minute", "text", "sentences", "parts", "findings"}
    assert wanted <= told.keys()
    for finding in told["findings"]:
        assert told["text"][finding["start"] : finding["end"]] == finding["text"]
        assert finding["advice"]


def test_a_rule_can_be_left_out(user: User, tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(ANSWER)
    rules = {finding["rule"] for finding in user.json("answer", str(file))["findings"]}
    assert {"figure", "filler"} <= rules
    fewer = user.json("answer", str(file), "--without", "filler")["findings"]
    assert {finding["rule"] for finding in fewer} == rules - {"filler"}


def test_people_get_the_parts_and_the_mends(user: User, tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(ANSWER)
    said = user("answer", str(file))
    assert said.status == 0
    assert "Parts: " in said.out
    assert "“Basically”" in said.out


def test_an_unknown_rule_is_named_in_one_line(user: User, tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(ANSWER)
    said = user("answer", str(file), "--without", "charm")
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("greenflag: There is no rule 'charm' (the rules are figure, we,")


def test_a_file_that_is_too_large_is_refused_in_one_line(user: User, tmp_path: Path) -> None:
    file = tmp_path / "talk.vtt"
    file.write_bytes(b"WEBVTT\n" + b"a" * (9 << 20))
    said = user("answer", str(file))
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert "talk.vtt has more than the 8 MiB that are read" in said.err
