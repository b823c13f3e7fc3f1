"""`review` on a real terminal: single keys, and the terminal afterwards as it was before."""

from __future__ import annotations

import os
import re
import signal
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from rich.cells import cell_len

from greenflag import terminal as screen_of
from greenflag.content.decks import deck_paths, read_decks
from greenflag.content.notes import cards_of
from tests.cli.conftest import Open
from tests.cli.runner import PROGRAM, TOP, Terminal, User

FRONT = "space turn"
BACK = "1 again"
TALL = "deck: Tall\nnotes:\n- kind: basic\n  id: tall\n  front: How tall?\n  back: |\n" + "".join(
    f"    - Line {number:03} of the answer\n" for number in range(60)
)


def ratings(user: User) -> list[int]:
    return [rating for (rating,) in user.rows("SELECT rating FROM reviews ORDER BY id")]


def begin(terminal: Terminal, *arguments: str) -> list[str]:
    """Start a sitting; the first front on the screen."""
    terminal.line(
        " ".join(
            ("clear; echo BEFORE; stty -g > $GREENFLAG_HOME/stty; greenflag review", *arguments)
        )
    )
    return terminal.wait(FRONT)


def given_back(user: User, terminal: Terminal) -> None:
    """Claim: screen, cursor and settings of the terminal are what they were."""
    terminal.wait("BEFORE", "ready>")
    assert (terminal.fact("alternate_on"), terminal.fact("cursor_flag")) == ("0", "1")
    terminal.line("stty -g | diff - $GREENFLAG_HOME/stty && echo THE''SAME")
    terminal.wait("THESAME")


# Keys


def test_keys_turn_rate_and_stop(user: User, terminal: Open) -> None:
    shell = terminal(user)
    front = begin(shell)
    assert shell.fact("alternate_on") == "1"
    shell.type("Space")
    back = shell.wait(BACK)
    assert back[: len(front) - 3][2] == front[2], "the front stands above the back"
    shell.type("3")
    shell.wait(FRONT, "19 left")
    shell.type("1")
    assert FRONT in "\n".join(shell.screen()), "a rating on the front does nothing"
    shell.type("Enter")
    shell.wait(BACK)
    shell.type("1")
    shell.wait(FRONT)
    shell.type("q")
    said = shell.wait("2 cards in 1 min: 1 known (50%)")
    assert any("Hard this time" in line for line in said)
    assert ratings(user) == [3, 1]
    given_back(user, shell)


def test_undo_why_help_suspend_and_bury_by_keys(user: User, terminal: Open) -> None:
    shell = terminal(user)
    begin(shell)
    shell.type("Space", "4")
    shell.wait("19 left")
    shell.type("u")
    shell.wait("Taken back: the rating of", "20 left")
    shell.type("i")
    shell.wait("New to you; weight")
    shell.type("?")
    shell.wait("why this card", "any key: back")
    shell.type("x")
    shell.wait(FRONT, gone="any key")
    shell.type("s")
    shell.wait("Suspended", "19 left")
    shell.type("b")
    shell.wait("Left for tomorrow", "18 left")
    shell.type("é")
    shell.wait("Keys: space turns, 1 to 4 rate")
    shell.type("F5")
    shell.type("Escape")
    shell.type("C-d")
    shell.wait("Nothing rated this time.")
    assert ratings(user) == []


def test_the_editor_gets_the_terminal_and_gives_it_back(user: User, terminal: Open) -> None:
    script = "stty -a | grep -o -- '-\\?icanon'; echo EDITING; read line"
    editor = user.editor(f"{script}; echo '  note: NOTED' >> $file")
    shell = terminal(user, EDITOR=editor)
    begin(shell)
    shell.type("e")
    shell.wait("EDITING", "icanon")
    assert "-icanon" not in "\n".join(shell.screen()), "lines and echo as the user has them"
    assert shell.fact("alternate_on") == "0"
    shell.type("Enter")
    shell.wait("Saved: 1 reworded.", FRONT)
    shell.type("Space")
    shell.wait("NOTED")
    shell.type("q")
    given_back(user, shell)


def test_a_long_complaint_leaves_room_for_the_card(user: User, terminal: Open) -> None:
    editor = user.editor(
        'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do echo "  odd$i: 1" >> $file; done'
    )
    shell = terminal(user, 60, 16, EDITOR=editor)
    front = begin(shell)
    shell.type("e")
    shown = shell.wait("unknown field odd1", "…", FRONT)
    assert shown[0] == front[0] and shown[2] == front[2]


# Scrolling and sizes


def lines_reached(shell: Terminal, key: str) -> Iterator[str]:
    """All lines on the screen from one page to the next, until none is said to follow."""
    while True:
        shown = settled(shell)
        yield from shown
        if "more: space" not in "\n".join(shown):
            return
        press(shell, key, shown)


def press(shell: Terminal, key: str, shown: list[str]) -> None:
    """Press a key and wait until the screen is no longer what it was."""
    shell.type(key)
    for _ in range(400):
        if shell.screen() != shown:
            return
        time.sleep(0.025)
    raise AssertionError(f"{key} changes nothing")


def settled(shell: Terminal) -> list[str]:
    """The screen when it no longer changes."""
    shown = shell.screen()
    for _ in range(200):
        time.sleep(0.05)
        if (now := shell.screen()) == shown:
            return shown
        shown = now
    raise AssertionError("the screen never rests")


@pytest.mark.parametrize(
    ("key", "rows"), [("Space", 24), ("PageDown", 24), ("Down", 16), ("Space", 4)]
)
def test_every_line_of_a_tall_back_can_be_reached(
    user: User, terminal: Open, key: str, rows: int
) -> None:
    user.deck("tall.yaml", TALL)
    shell = terminal(user, 60, rows)
    begin(shell, "--deck Tall")
    for _ in range(3):  # the front may need scrolling, too
        shown = settled(shell)
        if BACK not in "\n".join(shown):
            press(shell, "Space", shown)
    shell.wait(BACK, "more: space")
    reached = "\n".join(lines_reached(shell, key))
    assert re.findall(r"Line (\d{3})", reached.replace("\n", " ")) and all(
        f"Line {number:03}" in reached for number in range(60)
    )
    shell.type("PageUp" if key != "Down" else "Up")
    shell.wait("more: space")
    shell.resize(60, 24)
    shell.type("3")
    shell.wait("1 card in")


def test_a_resize_lays_the_card_out_anew(user: User, terminal: Open) -> None:
    user.deck(
        "wide.yaml",
        "deck: Wide\nnotes:\n- {kind: basic, id: wide, front: '"
        + "word " * 40
        + "end', back: B}\n",
    )
    shell = terminal(user, 100, 24)
    wide = begin(shell, "--deck Wide")
    shell.resize(40, 24)
    narrow = shell.wait("end", FRONT, gone="word " * 10)
    assert max(map(len, narrow)) <= 40 < max(map(len, wide))
    shell.resize(100, 12)
    shell.wait("word " * 10, FRONT)
    shell.type("Space")
    shell.wait(BACK)


@pytest.mark.parametrize("columns", [60, 160])
def test_cards_fit_the_terminal(user: User, terminal: Open, columns: int) -> None:
    shell = terminal(user, columns, 40)
    begin(shell)
    for number in range(5):
        for key in ("Space", "3"):
            shown = shell.wait(FRONT if key == "Space" else BACK)
            foot = [line for line in shown if line.strip()][-1]
            assert foot.endswith("q stop") or "4 easy" in foot or "easy ·" in foot
            assert max(map(cell_len, shown)) <= min(columns, screen_of.WIDEST)
            shell.type(key)
        shell.wait(FRONT, f"{19 - number} left")


@pytest.mark.parametrize("width", [60, 160])
def test_no_card_loses_a_word_or_is_wider_than_the_terminal(width: int) -> None:
    """Every third card of the shipped decks, both sides, as the screen lays them out."""
    reading = read_decks(deck_paths(TOP / "decks"))
    cards = [
        card for deck in reading.decks for placed in deck.notes for card in cards_of(placed.note)
    ]
    room = min(width, screen_of.WIDEST) - 2
    assert len(cards) > 1000
    for card in cards[:: 3 if width == 60 else 9]:
        lines = screen_of.render(f"{card.front}\n\n---\n\n{card.back}", room, color=False)
        assert max(map(cell_len, lines)) <= room, card.id
        assert letters("".join(lines)) == letters(card.front + card.back), card.id


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@pytest.mark.parametrize(
    "text",
    [
        "Use <template> and <b>bold</b>, not </div>.",
        "<table>\n<tr><td>kept</td></tr>\n</table>",
        "AT&T, R&D and 3 < 4 > 2",
        "A code block:\n\n    indented <code>\n\nand `<inline>`.",
        "95 % of a day\u202flate \u00b7 co\u00adoperate · 👩\u200d💻 · 二十四小时",
    ],
)
def test_what_looks_like_html_or_odd_is_shown_as_it_is(text: str) -> None:
    shown = "".join(screen_of.render(text, 40, color=False))
    assert letters(shown) == letters(text.replace("`", ""))
    assert "\ufffd" not in shown and shown.count("<") == text.count("<")


@pytest.mark.parametrize(
    "text", ["a\x1b[31mb", "a\x9b31mb", "a\u202eb", "a&#x202e;b", "a\x07b", "a&#27;[31mb"]
)
def test_nothing_a_terminal_obeys_reaches_it(text: str) -> None:
    shown = "".join(screen_of.render(text, 40, color=False))
    assert shown.isprintable() and shown.startswith("a") and shown.endswith("b")


def test_pictures_and_sounds_are_named_and_linked_where_that_can_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "a ![the *plan*](/decks/media/a%20b.png) **b**\n\n- ![](media/c.mp3)"
    plain = ["a [picture: the plan (a b.png)] b", "", " • [sound: media/c.mp3]"]
    assert screen_of.render(text, 60, color=False) == plain
    monkeypatch.setenv("TERM", "xterm-256color")
    colored = "\n".join(screen_of.render(text, 60, color=True))
    assert "file:///decks/media/a%20b.png\x1b\\[picture: the plan (a b.png)]\x1b]8;;" in colored
    assert "file://media" not in colored, "only what has its full place"
    monkeypatch.setenv("TERM", "linux")
    assert "\x1b]8;" not in "\n".join(screen_of.render(text, 60, color=True))


@pytest.mark.parametrize(
    "text", ["![a\x1b[31m](/x.png)", "![a](/&#27;]8;;x.png)", "![&#7;](b.png)"]
)
def test_a_picture_sends_no_codes_of_its_own(text: str) -> None:
    shown = "".join(screen_of.render(text, 60, color=False))
    assert shown.isprintable()


# Leaving


def test_stopped_by_ctrl_z_and_brought_back(user: User, terminal: Open) -> None:
    shell = terminal(user)
    begin(shell)
    shell.type("Space")
    shell.wait(BACK)
    shell.type("C-z")
    shell.wait("Stopped")
    given_back(user, shell)
    shell.line("fg")
    shell.wait(BACK, gone="THESAME")
    assert shell.fact("alternate_on") == "1"
    shell.type("3")
    shell.wait("19 left")
    shell.type("q")
    shell.wait("1 card in")
    given_back(user, shell)
    assert ratings(user) == [3]


def test_ctrl_z_in_the_editor_leaves_the_editor_its_terminal(user: User, terminal: Open) -> None:
    shell = terminal(
        user, EDITOR=user.editor('echo EDITING; read line; echo "GOT $line"; read line')
    )
    begin(shell)
    shell.type("e")
    shell.wait("EDITING")
    shell.type("C-z")
    shell.wait("Stopped")
    shell.line("fg")
    shell.line("hello")
    shell.wait("GOT hello")
    assert shell.fact("alternate_on") == "0"
    shell.type("Enter")
    shell.wait("Nothing changed.", FRONT)


def test_ctrl_c_leaves_with_130_and_keeps_ratings(user: User, terminal: Open) -> None:
    shell = terminal(user)
    begin(shell)
    shell.type("Space", "3")
    shell.wait("19 left")
    shell.type("C-c")
    shell.wait("1 card in")
    shell.line("echo left with $?")
    shell.wait("left with 130")
    assert ratings(user) == [3]
    given_back(user, shell)


def test_a_kill_leaves_the_shell_its_terminal(user: User, terminal: Open) -> None:
    shell = terminal(user)
    begin(shell)
    shell.type("Space", "3")
    shell.wait("19 left")
    bash = shell.fact("pane_pid")
    children = Path(f"/proc/{bash}/task/{bash}/children")
    if not children.exists():
        pytest.skip("this machine does not tell the children of a process")
    (sitting,) = children.read_text().split()
    os.kill(int(sitting), signal.SIGTERM)
    given_back(user, shell)
    assert ratings(user) == [3]


@pytest.fixture
def child(user: User) -> Iterator[pexpect.spawn]:
    """A sitting on a terminal of its own, its first card shown."""
    spawned = pexpect.spawn(
        str(PROGRAM), ["review"], env=user.environment(TERM="xterm-256color"), dimensions=(24, 80),
        encoding="utf-8", timeout=20,
    )  # fmt: skip
    spawned.delaybeforesend = None
    spawned.expect_exact(FRONT)
    yield spawned
    spawned.close(force=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_kill_gives_the_terminal_back_and_keeps_ratings(
    user: User, child: pexpect.spawn, number: signal.Signals
) -> None:
    child.send(" ")
    child.expect_exact(BACK)
    child.send("3")
    child.expect_exact("19 left")
    child.kill(number)
    child.expect_exact("\x1b[?25h\x1b[?1049l")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 128 + number
    assert "Traceback" not in child.before and ratings(user) == [3]


def test_a_sitting_takes_keys_one_by_one_and_restores_the_settings(child: pexpect.spawn) -> None:
    assert not termios.tcgetattr(child.child_fd)[3] & (termios.ICANON | termios.ECHO)
    child.send("q")
    child.expect_exact("Nothing rated")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0


def test_a_terminal_that_goes_away_ends_the_sitting_with_all_kept(
    user: User, child: pexpect.spawn
) -> None:
    child.send(" ")
    child.expect_exact(BACK)
    child.send("3")
    child.expect_exact("19 left")
    child.close(force=False)
    assert child.exitstatus == 128 + signal.SIGHUP
    assert ratings(user) == [3]


def test_kill_minus_nine_loses_no_rating_whose_next_card_had_come(
    user: User, child: pexpect.spawn
) -> None:
    for left in (19, 18, 17):
        child.send(" ")
        child.expect_exact(BACK)
        child.send("3")
        child.expect_exact(f"{left} left")
    child.kill(signal.SIGKILL)
    child.wait()
    assert ratings(user) == [3, 3, 3]
    assert user.process("doctor").status == 0


def test_a_terminal_without_abilities_gets_lines(user: User) -> None:
    spawned = pexpect.spawn(
        str(PROGRAM), ["review"], env=user.environment(TERM="dumb"), encoding="utf-8", timeout=20
    )
    spawned.expect_exact(FRONT)
    spawned.sendline("3")
    spawned.expect_exact("19 left")
    spawned.sendeof()
    spawned.expect_exact("1 card")
    spawned.expect(pexpect.EOF)
    assert "\x1b" not in spawned.before
    spawned.wait()
    assert spawned.exitstatus == 0 and ratings(user) == [3]
