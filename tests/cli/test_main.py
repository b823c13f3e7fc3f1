"""The program as a whole: statuses, streams, options, and nothing that makes a traceback."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from anki.collection import Collection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from greenflag.cli import today
from greenflag.cli.main import COMMANDS, program
from tests.cli.runner import PROGRAM, User, one_line
from tests.cli.servers import PASSWORD, serving


def names() -> Iterator[tuple[str, ...]]:
    """Every command, those of groups as well."""
    context = click.Context(program)
    for name in program.list_commands(context):
        yield (name,)
        command = program.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ((name, below) for below in command.commands)


NAMES = list(names())
OPENING = [  # commands that open the store, each with what it needs
    (), ("next",), ("rate", "one/front", "good"), ("review",), ("undo",), ("search", "x"),
    ("add", "basic", "front=F", "back=B"), ("edit", "one"), ("show", "one"), ("suspend", "one"),
    ("resume", "one"), ("bury", "one"), ("reset", "one"), ("deck", "list"), ("deck", "sync"),
    ("deck", "new", "x"), ("anki", "export", "x.apkg"), ("anki", "import", "x.apkg"),
    ("rebuild",), ("mock",), ("mock", "--list"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, where files may be left lying about."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


# Help


@pytest.mark.parametrize("name", [(), *NAMES], ids=" ".join)
def test_help_fits_one_screen(small: User, name: tuple[str, ...]) -> None:
    said = small.does(*name, "--help").out
    lines = said.splitlines()
    assert len(lines) < 24 and max(map(len, lines)) <= 80
    assert re.search(r"^  Example: greenflag( |$)", said, re.M)


def test_help_names_every_command(small: User) -> None:
    listed = small.does("--help").out.partition("Commands:\n")[2]
    told = re.findall(r"[a-z]+", "".join(line[:30] for line in listed.splitlines()))
    assert sorted(told) == sorted(COMMANDS)


def test_the_examples_of_help_run(user: User, elsewhere: Path) -> None:
    """In the order of the commands, in processes, by one user."""
    card = "q-saying-no/intent"
    while (shown := user.json("next", "--kind", "question", "--deck", deck_of(user, card)))[
        "card"
    ] != card:
        user.does("suspend", shown["card"])
    (elsewhere / "my-deck.yaml").write_text("deck: D\nnotes: []\n", "utf-8")
    (elsewhere / "spanish.txt").write_text("el pan\tbread\n", "utf-8")
    (elsewhere / "my-answer.txt").write_text("I led five agents.\n", "utf-8")
    (elsewhere / "my-weakness.txt").write_text(
        "I say yes too fast\nPromises slip\nA note before each yes\n9 to 2 a month\n\n", "utf-8"
    )
    (elsewhere / "my-profile").mkdir()
    Collection(str(elsewhere / "my-profile" / "collection.anki2")).close()
    (elsewhere / "server").mkdir()
    ran = 0
    with serving(elsewhere / "server", 1) as server:
        for name in [(), *NAMES]:
            if name == ("plan",):
                user.does("interview", "add", "--company", "Beta", "--date", "2026-12-01")
            (line,) = re.findall(r"^  Example: (.*)$", user.does(*name, "--help").out, re.M)
            line = line.replace(":8080/ --user me", f":{server.port}/ --user user1")
            said = user.shell(line, EDITOR="true", GREENFLAG_ANKI_PASSWORD=PASSWORD)
            assert said.status == 0, (line, said)
            assert (said.out or ">" in line) and said.err == "", (line, said)
            ran += 1
    assert ran == len(NAMES) + 1
    assert (elsewhere / "decks.apkg").exists() and (elsewhere / "deck.schema.json").exists()


def deck_of(user: User, card: str) -> str:
    return str(user.json("show", card)["deck"])


# Statuses


def test_zero_when_done(small: User) -> None:
    assert small("next").status == 0


def test_one_with_one_line_when_something_is_wrong(small: User) -> None:
    assert re.fullmatch(r"greenflag: .+ \(.+\)\n", one_line(small("show", "nowhere")))


@pytest.mark.parametrize(
    "arguments",
    [("frobnicate",), ("next", "--nope"), ("rate",), ("rate", "a", "superb"), ("--home",),
     ("deck", "frob"), ("review", "extra"), ("\x1b[31m",), ("--\x1b[31m",)],
)  # fmt: skip
def test_two_when_it_is_used_wrongly(small: User, arguments: tuple[str, ...]) -> None:
    said = small(*arguments)
    assert said.status == 2 and said.out == ""
    assert re.search(r"^Error: .+", said.err, re.M)
    assert "\x1b" not in said.err
    assert not small.home.exists()


def test_three_for_a_bug_with_a_log_to_paste(
    small: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_: object) -> None:
        raise ZeroDivisionError("a mistake of ours: \udcff")

    monkeypatch.setattr(today, "show_today", wrong)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said = one_line(small(), status=3)
    (log,) = tmp_path.glob("greenflag-bug-*.log")
    assert str(log) in said and "ZeroDivisionError" in said
    text = log.read_text("utf-8")
    assert "Traceback" in text and "Python 3." in text and text.startswith("greenflag ")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert "a mistake of ours" in one_line(small(), status=3)


def test_a_hundred_and_thirty_when_interrupted(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(today, "show_today", interrupted)
    assert small() == (130, "", "\n")


def test_ctrl_c_during_a_sitting_by_lines_keeps_ratings(user: User) -> None:
    with subprocess.Popen(
        [PROGRAM, "review"], env=user.environment(PYTHONUNBUFFERED="1"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(b"3\n")
        process.stdin.flush()
        while b"19 left" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert b"1 card" in process.stdout.read() and process.stderr.read() == b""
    assert user.rows("SELECT count(*) FROM reviews") == [(1,)]


# Streams


@pytest.mark.parametrize("command", ["deck schema", "deck list", "search a --limit 500", "next"])
def test_a_reader_that_leaves_early_is_no_trouble(user: User, command: str) -> None:
    said = user.shell(f"greenflag {command} | true; greenflag {command} | head -c 1")
    assert (said.status, said.err) == (0, "")


@pytest.mark.parametrize("close", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_lead_nowhere(user: User, close: str) -> None:
    said = user.shell(
        f"for c in next review 'deck check' doctor; do greenflag $c {close} || exit; done"
    )
    assert said.status == 0 and "Traceback" not in said.err and said.err == ""
    assert user.json("doctor")["ok"], "and nothing was written into the store"


def test_a_full_disk_is_one_line(user: User) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this machine has no /dev/full")
    for command in ("deck schema", "next --json", "", "doctor"):
        said = user.shell(f"greenflag {command} > /dev/full")
        assert said.status == 1 and said.err.count("\n") == 1
        assert "No space left on device" in said.err


def test_output_that_cannot_be_encoded_is_escaped(user: User) -> None:
    user.deck("own.yaml", "deck: D\nnotes:\n- {kind: basic, id: a, front: Two is 二, back: B}\n")
    said = user.process("next", "--deck", "D", PYTHONIOENCODING="latin-1")
    assert said.status == 0 and "Two is \\u4e8c" in said.out
    told = user.process("show", "a", "--json", PYTHONIOENCODING="latin-1")
    assert told.status == 0 and told.json["fields"]["front"] == "Two is 二"


def test_bytes_that_are_not_text_are_refused_as_arguments(user: User) -> None:
    for arguments in (("show", "\udcff"), ("search", "a\udc80"), ("add", "basic", "front=\udcff")):
        assert "not UTF-8" in one_line(user.process(*arguments), status=2)


def test_standard_output_holds_one_document_with_json(small: User) -> None:
    small.deck("own.yaml", "nonsense")
    for arguments in ((), ("next",), ("deck", "list"), ("deck", "check"), ("doctor",)):
        assert small(*arguments, "--json").json["format"] == 1


def test_it_also_runs_as_a_module(user: User) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "greenflag", "next", "--json"],
        env=user.environment(), capture_output=True, check=True,
    )  # fmt: skip
    assert b'"card"' in done.stdout


def test_the_version_is_told(small: User) -> None:
    assert re.fullmatch(r"greenflag, version \d+\.\d+\.\d+\n", small.does("--version").out)


def test_a_shell_completes_commands_and_options(user: User) -> None:
    """As the README sets it up for bash."""
    said = user.shell("_GREENFLAG_COMPLETE=bash_source greenflag")
    assert said.status == 0 and "complete -o nosort -F" in said.out
    for words, expected in (("re", "review"), ("deck ", "check"), ("review --li", "--limit")):
        line = f"COMP_WORDS='greenflag {words}' COMP_CWORD={words.count(' ') + 1}"
        said = user.shell(f"{line} _GREENFLAG_COMPLETE=bash_complete greenflag")
        assert f"plain,{expected}" in said.out.splitlines(), (words, said)


# Options that every command takes


@pytest.mark.parametrize(
    "arguments",
    [("--json", "next"), ("next", "--json"), ("--json", "deck", "list"), ("deck", "--json", "list"),
     ("deck", "list", "--json"), ("--json",), ("search", "--json", "x"), ("search", "x", "--json")],
)  # fmt: skip
def test_json_may_stand_anywhere(small: User, arguments: tuple[str, ...]) -> None:
    assert small.does(*arguments).json["format"] == 1


def test_home_and_time_may_stand_anywhere_and_the_last_counts(small: User, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for arguments in (
        ("--home", other, "--at", "2027-01-05T12:00", "--json"),
        ("--home", tmp_path / "first", "next", "--home", other, "--json"),
        ("deck", "list", "--home", "../other", "--json"),
        ("--no-color", "show", "one", "--no-color", "--at=2027-01-05", f"--home={other}", "--json"),
    ):
        small.does(*arguments)
    assert (other / "greenflag.db").exists()
    assert not small.home.exists() and not (tmp_path / "first").exists()


def test_the_environment_gives_home_and_time(user: User) -> None:
    said = user.process("--json", GREENFLAG_NOW="2027-01-05T12:00")
    assert said.json["day"] == "2027-01-05"
    assert "is not a moment" in one_line(user.process(GREENFLAG_NOW="soon"))
    assert user.process("--at", "2027-01-05T12:00", GREENFLAG_NOW="soon").status == 0


def test_a_home_may_begin_with_a_tilde(user: User, hidden_home: Path) -> None:
    assert user.process("--home", "~/greenflag-data").status == 0
    assert (hidden_home / "greenflag-data" / "greenflag.db").exists()


def test_without_a_home_the_platforms_folder_is_taken(user: User, hidden_home: Path) -> None:
    assert user.process("next", GREENFLAG_HOME="").status == 0
    assert (hidden_home / ".local/share/greenflag/greenflag.db").exists()


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-02", "2026-03-01"), ("2026-03-02T10:00", "2026-03-02"),
        ("20260302T1000", "2026-03-02"), ("2026-03-02 10:00:30.5", "2026-03-02"),
        ("2026-W10-1T10", "2026-03-02"), ("1990-01-02T12:00", "1990-01-02"),
        ("2199-12-30T12:00", "2199-12-30"),
    ],
)  # fmt: skip
def test_a_moment_without_offset_is_local(small: User, at: str, day: str) -> None:
    assert small.json("--at", at)["day"] == day


@pytest.mark.parametrize(
    ("at", "utc"),
    [
        ("2026-03-02T10:00Z", "2026-03-02T10:00:00Z"),
        ("2026-03-02T10:00+05:30", "2026-03-02T04:30:00Z"),
        ("2026-03-02T10:00:00.250-08:00", "2026-03-02T18:00:00.250000Z"),
    ],
)
def test_a_moment_with_an_offset_is_what_it_says(small: User, at: str, utc: str) -> None:
    shown = small.json("next", "--at", at)
    assert small.json("rate", shown["card"], "good", "--at", at)["at"] == utc


@pytest.mark.parametrize(
    "at",
    ["soon", "2026-13-01", "2026-02-30", "10:00", "1989-12-31T12:00Z", "2200-01-02", "0001-01-01",
     "9999-12-31T23:59", "2026-03-02T10:00+25:00", "-1", " ", "²", "1e9", "2026-03-02T10:00\x1b"],
)  # fmt: skip
def test_what_is_no_moment_is_refused(small: User, at: str) -> None:
    assert "\x1b" not in one_line(small("next", "--at", at))


# A store that cannot be used


def refused(user: User, *, words: str) -> None:
    """Claim: every command that opens the store says so in one line."""
    for arguments in OPENING:
        said = one_line(user(*arguments))
        assert words in said and "Traceback" not in said, (arguments, said)
    assert user("doctor").status == 1


def broken_store(user: User, data: bytes) -> Path:
    user.home.mkdir(mode=0o700, exist_ok=True)
    path = user.home / "greenflag.db"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("data", [b"not a store\n" * 999, random.Random(1).randbytes(40_000)])
def test_random_bytes_are_no_store_and_stay_as_they_are(small: User, data: bytes) -> None:
    path = broken_store(small, data)
    refused(small, words="file is not a database")
    assert path.read_bytes() == data


def test_an_empty_file_becomes_a_store(small: User) -> None:
    broken_store(small, b"")
    assert small.does("next").err == ""


def test_a_truncated_or_flipped_store_never_makes_a_traceback(small: User, tmp_path: Path) -> None:
    small.does("review", lines="3\n" * 9)
    small.does("search", "first")
    whole = (small.home / "greenflag.db").read_bytes()
    rng, refusals = random.Random(5), 0
    for number in range(24):
        data = bytearray(whole[: rng.randrange(100, len(whole))] if number % 3 == 0 else whole)
        for _ in range(rng.choice([0, 3, 300])):
            data[rng.randrange(len(data))] = rng.randrange(256)
        user = User(tmp_path / f"damaged-{number}", small.at)
        broken_store(user, bytes(data))
        for arguments in ((), ("next",), ("review",), ("search", "first"), ("doctor",), ("undo",)):
            said = user(*arguments, lines="3\nu\n")
            assert said.status in (0, 1) and said.err.count("\n") <= 2, (number, arguments, said)
            refusals += said.status
    assert refusals > 30


def test_a_folder_in_the_place_of_the_store_is_one_line(small: User) -> None:
    (small.home / "greenflag.db").mkdir(parents=True)
    refused(small, words="unable to open database file")


def test_a_store_of_a_newer_greenflag_is_refused_by_name_and_left_alone(small: User) -> None:
    small.does("next")
    with small.database() as db:
        db.execute("PRAGMA user_version = 99")
    before = (small.home / "greenflag.db").read_bytes()
    refused(small, words="was made by a newer greenflag (upgrade greenflag)")
    assert (small.home / "greenflag.db").read_bytes() == before


def test_a_home_that_is_a_file_is_one_line(small: User) -> None:
    small.home.write_text("a file")
    refused(small, words=str(small.home))
    assert small.home.read_text() == "a file"


def test_a_home_below_a_file_or_with_an_endless_name_is_one_line(
    small: User, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for home in (tmp_path / "file" / "home", tmp_path / ("x" * 300), "/proc/nowhere"):
        assert str(home) in one_line(small("next", "--home", home))
    one_line(small("deck", "check", "--home", tmp_path / ("x" * 300)))


def test_a_store_that_another_program_holds_is_one_line(
    small: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.does("next")
    connect = sqlite3.connect

    def impatient(*arguments: object, **more: object) -> sqlite3.Connection:
        opened: sqlite3.Connection = connect(*arguments, **{**more, "timeout": 0.05})  # type: ignore[call-overload]
        return opened

    with small.database() as other:
        monkeypatch.setattr(sqlite3, "connect", impatient)
        other.execute("BEGIN IMMEDIATE")
        said = one_line(small("next"))
        assert "database is locked (another greenflag is at work: wait for it)" in said
        other.execute("ROLLBACK")
    assert small.does("next").err == ""


def test_a_home_one_may_not_write_to_is_one_line(user: User, tmp_path: Path) -> None:
    (user.home / "greenflag.db").chmod(0o400)
    user.home.chmod(0o500)
    try:
        for arguments in (("next",), ("review",), ("suspend", "q-budget"), ("rebuild",)):
            said = one_line(user.ordinarily(*arguments))
            assert "the store cannot be used" in said and str(user.home) in said
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        assert "Permission denied" in one_line(user.ordinarily("next", "--home", locked / "home"))
    finally:
        user.home.chmod(0o700)


def test_decks_and_settings_one_may_not_read_are_one_line(user: User) -> None:
    user.deck("own.yaml", "deck: D\nnotes: []\n").chmod(0o000)
    said = user.ordinarily("next")
    assert said.status == 0 and said.err.startswith("1 problem in ") and said.err.count("\n") == 1
    assert "not readable: Permission denied" in user.ordinarily("deck", "check").out
    (user.home / "settings.toml").write_text("")
    (user.home / "settings.toml").chmod(0o000)
    assert "settings.toml: not readable" in one_line(user.ordinarily("next"))
    (user.home / "settings.toml").unlink()
    user.decks.chmod(0o000)
    assert "decks: Permission denied" in one_line(user.ordinarily("next"))
    user.decks.chmod(0o700)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense", "=", "retention = 2", 'retention = "high"', "retention = nan",
        "rollover_hour = 24", "rollover_hour = 4.5", "new_per_day = -1", "new_per_day = true",
        "colour = 1", "retention_by_deck = 3", "[retention_by_deck]\nSmall = 1.5", "a = [" * 50_000,
        f"new_per_day = {'9' * 5000}", "\x00", '"\\u001b[31m" = 1', "retention = 2020-01-01",
    ],
)  # fmt: skip
def test_settings_that_are_none_are_one_line(small: User, text: str) -> None:
    small.home.mkdir(mode=0o700)
    (small.home / "settings.toml").write_text(text)
    said = one_line(small("next"))
    assert "settings.toml" in said and "\x1b" not in said


def test_settings_that_are_no_text_are_one_line(small: User) -> None:
    small.home.mkdir(mode=0o700)
    (small.home / "settings.toml").write_bytes(b"\xff\xfe")
    assert "settings.toml" in one_line(small("next"))
    (small.home / "settings.toml").unlink()
    (small.home / "settings.toml").mkdir()
    assert "settings.toml" in one_line(small("next"))


# Whatever is typed


WORDS = st.sampled_from(
    [*{word for name in NAMES for word in name}, "--home", "--json", "--at", "--no-color", "--help",
     "--deck", "--kind", "--tag", "--competency", "--limit", "--minutes", "--ahead", "--cram",
     "--shown", "--seconds", "--questions", "--new", "--list", "--show", "--transcript",
     "--days", "--id", "--by", "--", "-", "one", "two/front", "three",
     "nowhere", "good", "1", "0", "-1", "99999999999999999999", "nan", "basic", "cloze", "front=F",
     "back=B", "weight=²", "Small", "even", "x.apkg", "2026-03-02T10:00", "soon", "", " ", "\udcff"]
) | st.text(st.characters(exclude_characters="/~\0"), max_size=8)  # fmt: skip


def test_no_arguments_make_a_traceback_or_harm_the_store(small: User) -> None:
    """The home goes on from one example to the next, and is sound in the end."""

    @given(
        name=st.sampled_from([(), *NAMES]),
        arguments=st.lists(WORDS, max_size=6),
        lines=st.binary(max_size=12),
    )
    @example(name=("add",), arguments=["basic", "front=\x85\u2028", "back=\ud800"], lines=b"")
    @example(name=("review",), arguments=["--minutes", "nan", "--limit", "1"], lines=b"3\n")
    @example(name=("rate",), arguments=["one/front", "good", "--seconds", "nan"], lines=b"")
    @example(name=("mock",), arguments=["--show", "99999999999999999999"], lines=b"")
    @settings(max_examples=500)
    def holds(name: tuple[str, ...], arguments: list[str], lines: bytes) -> None:
        said = small(*name, *arguments, lines=lines)
        assert said.status in (0, 1, 2), said
        assert "Traceback" not in said.err and "\x1b" not in said.out + said.err
        if said.status == 2:
            assert any(words in said.err for words in ("Error: ", "not UTF-8", "Usage: "))
        if said.status == 1 and "doctor" not in name:
            assert said.err

    holds()
    checks = {check["name"]: check["ok"] for check in small("doctor", "--json").json["checks"]}
    assert checks["store"] and checks["references"] and checks["memories"]
