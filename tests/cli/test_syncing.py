"""`anki sync` and `anki push` with a real server and other real Ankis: nothing lost or doubled."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pexpect
import pytest
from anki.collection import Collection

from greenflag.anki.ledger import PRESET
from greenflag.cli import syncing
from greenflag.cli.step import _mark
from greenflag.store.connection import open_store
from tests.cli.conftest import a_place
from tests.cli.runner import PROGRAM, User, one_line
from tests.cli.servers import (
    PASSWORD,
    Device,
    SyncServer,
    as_ours,
    free_port,
    log,
    on,
    rate,
    same_everywhere,
    serving,
)
from tests.store.parts import sound

QUIET = {"reviews_in": 0, "reviews_out": 0, "notes_new": 0, "notes_updated": 0, "cards": 0}
OWN = "deck: Mine\nnotes:\n- {kind: basic, id: own, front: Own?, back: %s}\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncServer]:
    with a_place(tmp_path_factory) as folder, serving(folder) as server:
        yield server


@pytest.fixture
def account(server: SyncServer) -> str:
    return server.someone()


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(syncing.PASSWORD, PASSWORD)


@pytest.fixture
def here(small: User, server: SyncServer, account: str) -> User:
    """A user who rated two cards some days ago, and synced for the first time."""
    rate(small, "one/front", "good", days=-9)
    rate(small, "two/front", "easy", days=-8)
    small.does("anki", "sync", server.url, "--user", account)
    return small


@pytest.fixture
def phone(here: User, server: SyncServer, account: str, place: Path) -> Iterator[Device]:
    """Another device, which has what the server has."""
    device = Device(place / "phone", server, account)
    device.sync()
    yield device
    device.close()


# A first sync


def test_to_an_empty_account_brings_notes_and_progress_to_the_other_devices(
    here: User, phone: Device
) -> None:
    same_everywhere(here, phone)
    due, stability = here.rows("SELECT due, stability FROM memory WHERE card = 'one/front'")[0]
    card = phone.card("one")
    today = datetime.now().date().toordinal() - (datetime.now().hour < 4)
    assert card.due - phone.col.sched.today == due - today
    assert (card.type, card.queue, card.reps) == (2, 2, 1)
    assert card.memory_state
    assert card.memory_state.stability == pytest.approx(stability, abs=1e-4)
    again = phone.col.compute_memory_state(card.id)
    assert again.stability == pytest.approx(stability, rel=1e-5)
    assert phone.col.get_config("fsrs") is True
    preset = phone.col.decks.config_dict_for_deck_id(card.did)
    assert preset["name"] == PRESET and preset["desiredRetention"] == pytest.approx(0.9)


def test_says_what_happened(small: User, server: SyncServer, account: str) -> None:
    said = small.does("anki", "sync", server.url, "--user", account)
    assert said.err == ""
    assert said.out.splitlines() == [
        f"First sync with {server.url}: from now on greenflag is one of its devices.",
        "The server has greenflag's collection now.",
        "In:  nothing new.",
        "Out: 4 new notes.",
    ]
    assert small.does("anki", "sync").out.splitlines() == [
        "In:  nothing new.",
        "Out: nothing new.",
    ]
    document = small.json("anki", "sync")
    assert {name: document[name] for name in QUIET} == QUIET
    assert (document["server"], document["user"]) == (server.url, account)


def test_to_an_account_in_use_joins_it_and_loses_nothing_there(
    small: User, server: SyncServer, account: str, place: Path
) -> None:
    phone = Device(place / "phone", server, account)
    model = phone.col.models.by_name("Basic")
    assert model
    note = phone.col.new_note(model)
    note["Front"] = "theirs"
    phone.col.add_note(note, phone.col.decks.id("Theirs"))  # type: ignore[arg-type]
    phone.col.sched.set_due_date(phone.col.find_cards(""), "3")
    phone.sync()
    rate(small, "one/front", "good")
    said = small.json("anki", "sync", server.url, "--user", account)
    assert (said["full"], said["notes_new"], said["reviews_out"]) == ("download", 4, 1)
    assert not said["fsrs"]
    assert "FSRS" in small.does("anki", "sync").out
    phone.sync()
    assert phone.col.note_count() == 5 and len(as_ours(phone) & log(small)) == 1
    assert phone.rows("SELECT due FROM cards WHERE nid = ?", note.id) == [(3,)]
    assert not phone.col.get_config("fsrs")
    phone.close()


# Reviews on several sides


def test_offline_reviews_on_both_sides_end_as_the_union_everywhere(
    here: User, phone: Device, server: SyncServer, account: str, place: Path
) -> None:
    tablet = Device(place / "tablet", server, account)
    tablet.sync()
    rate(here, "one/front", "hard", days=-2)
    rate(here, "three/back", "good")
    phone.answer("one", 3)
    phone.answer("two", 1)
    tablet.answer("four", 4, ord=1)
    phone.sync()
    tablet.sync()
    said = here.json("anki", "sync")
    assert (said["reviews_in"], said["reviews_out"], said["cards"]) == (3, 2, 2)
    for device in (phone, tablet):
        device.sync()
    same_everywhere(here, phone, tablet)
    assert len(log(here)) == 7
    assert here.rows("SELECT source FROM reviews WHERE card = 'four/why'") == [("anki",)]
    for device in (phone, tablet):
        card, kept = device.card("one"), here.rows("SELECT * FROM memory WHERE card = 'one/front'")
        assert card.memory_state and card.reps == kept[0][5] == 3
        assert card.memory_state.stability == pytest.approx(kept[0][1], abs=1e-4)
        again = device.col.compute_memory_state(card.id)
        assert again.stability == pytest.approx(kept[0][1], rel=1e-5)
    again_said = here.json("anki", "sync")
    assert {name: again_said[name] for name in QUIET} == QUIET
    tablet.close()


def test_progress_reaches_a_card_that_is_there_and_was_new_there(here: User, phone: Device) -> None:
    assert phone.card("three", 1).type == 0
    for days, rating in ((-30, "good"), (-25, "good"), (-3, "again")):
        rate(here, "three/back", rating, days=days)
    here.does("anki", "sync")
    phone.sync()
    card = phone.card("three", 1)
    assert (card.type, card.reps, card.lapses) == (2, 3, 1)
    same_everywhere(here, phone)


def test_a_review_from_there_counts_in_todays_list_and_for_what_was_shown(
    here: User, phone: Device
) -> None:
    token = here.json("next", "--tag", "even")["shown"]
    card = here.json("next", "--tag", "even")["card"]
    note, _, face = card.partition("/")
    phone.answer(note, 3, ord=int(face == "why"))
    phone.sync()
    here.does("anki", "sync")
    assert "reviewed after this showing" in one_line(here("rate", card, "good", "--shown", token))
    assert here.json("next", "--tag", "even")["card"] != card
    same_everywhere(here, phone)


def test_cards_rated_in_one_moment_stay_apart(here: User, phone: Device) -> None:
    here.does("next")
    moment = here.at
    for card in ("three/front", "four/why", "two/front"):
        (last,) = here.rows("SELECT coalesce(max(id), 0) FROM reviews WHERE card = ?", card)[0]
        here.at = moment
        here.does("rate", card, "good", "--shown", f"{last}-0-{_mark(card)}")
    assert here.json("anki", "sync")["reviews_out"] == 3
    phone.sync()
    same_everywhere(here, phone)
    assert {name: here.json("anki", "sync")[name] for name in QUIET} == QUIET


def test_what_is_taken_back_here_stays_away(here: User, phone: Device) -> None:
    rate(here, "one/front", "again")
    here.does("anki", "sync")
    before = log(here)
    here.does("undo")
    said = here.json("anki", "sync")
    assert (said["reviews_in"], said["reviews_out"], said["cards"]) == (0, 0, 1)
    assert len(log(here)) == len(before) - 1
    phone.sync()
    assert phone.card("one").lapses == 0
    assert {name: here.json("anki", "sync")[name] for name in QUIET} == QUIET


def test_a_reset_goes_both_ways(here: User, phone: Device) -> None:
    here.does("reset", "one")
    phone.col.sched.schedule_cards_as_new([phone.card("two").id], reset_counts=True)
    phone.sync()
    assert here.json("anki", "sync")["reviews_in"] == 1
    phone.sync()
    assert [phone.card(note).type for note in ("one", "two")] == [0, 0]
    assert here.rows("SELECT * FROM memory") == []
    same_everywhere(here, phone)


def test_an_undo_from_before_a_sync_still_ends_in_what_the_log_says(
    here: User, phone: Device
) -> None:
    rate(here, "one/front", "hard", days=-1)
    phone.answer("one", 4)
    phone.sync()
    here.does("anki", "sync")
    here.does("undo")
    here.does("next")
    assert len(log(here)) == 3


# Notes and marks


def test_notes_added_and_reworded_here_arrive_there(here: User, phone: Device) -> None:
    here.deck("mine.yaml", OWN % "First")
    assert here.json("anki", "sync")["notes_new"] == 1
    phone.sync()
    assert phone.card("own").note()["Back"] == "First"
    phone.answer("own", 3)
    phone.sync()
    on(here, 0.001)
    time.sleep(1)  # stamps are whole seconds
    here.deck("mine.yaml", OWN % "Second")
    said = here.json("anki", "sync")
    assert (said["notes_updated"], said["reviews_in"]) == (1, 1)
    phone.sync()
    assert phone.card("own").note()["Back"] == "Second"
    assert phone.card("own").reps == 1


def test_suspended_here_is_suspended_there_and_reported_the_other_way(
    here: User, phone: Device
) -> None:
    here.does("suspend", "one")
    phone.col.sched.suspend_cards([phone.card("two").id])
    phone.sync()
    said = here.json("anki", "sync")
    assert said["suspended_there"] == ["two/front"]
    assert "two/front" in here.does("anki", "sync").out
    phone.sync()
    assert [phone.card(note).queue for note in ("one", "two")] == [-1, -1]
    here.does("resume", "one")
    here.does("anki", "sync")
    phone.sync()
    assert [phone.card(note).queue for note in ("one", "two")] == [2, -1]


def test_a_note_no_deck_holds_any_more_rests_there_until_it_returns(
    here: User, phone: Device
) -> None:
    path = here.deck("mine.yaml", OWN % "First")
    here.does("anki", "sync")
    path.unlink()
    here.does("anki", "sync")
    phone.sync()
    assert phone.card("own").queue == -1
    here.deck("mine.yaml", OWN % "First")
    here.does("anki", "sync")
    phone.sync()
    assert phone.card("own").queue == 0


def test_a_note_deleted_there_is_not_sent_again(here: User, phone: Device) -> None:
    phone.col.remove_notes([phone.card("one").nid])
    phone.sync()
    assert here.json("anki", "sync")["deleted_there"] == ["one"]
    assert here.json("anki", "sync")["deleted_there"] == ["one"]
    phone.sync()
    assert phone.col.note_count() == 3
    assert len(log(here)) == 2, "what was learned is kept"


def test_media_goes_both_ways(here: User, phone: Device) -> None:
    media = here.home / "anki" / "collection.media"
    (media / "ours.txt").write_text("ours")
    phone.col.media.write_data("theirs.txt", b"theirs")
    phone.sync()
    here.does("anki", "sync", "--no-media")
    assert not (media / "theirs.txt").exists()
    here.does("anki", "sync")
    phone.sync()
    assert (media / "theirs.txt").read_text() == "theirs"
    assert phone.col.media.have("ours.txt")


# One side in the place of the other


def parted(here: User, phone: Device) -> None:
    """Let a device change the shape of its collection, and take the server with it."""
    phone.answer("three", 3)
    model = phone.col.models.by_name("Basic")
    assert model
    phone.col.models.add_field(model, phone.col.models.new_field("Extra"))
    phone.col.models.update_dict(model)
    phone.sync(full="upload")
    rate(here, "one/front", "good")


def test_a_full_sync_is_never_taken_unasked(here: User, phone: Device) -> None:
    parted(here, phone)
    before = here.content()
    said = one_line(here("anki", "sync"))
    assert "--full download" in said and "--full upload" in said
    assert here.content() == before


def test_download_loses_nothing_of_ours(here: User, phone: Device) -> None:
    parted(here, phone)
    said = here.json("anki", "sync", "--full", "download")
    assert (said["full"], said["reviews_in"], said["reviews_out"]) == ("download", 1, 1)
    phone.sync()
    same_everywhere(here, phone)


def test_upload_puts_ours_in_the_place_of_theirs(here: User, phone: Device) -> None:
    parted(here, phone)
    assert here.json("anki", "sync", "--full", "upload")["full"] == "upload"
    phone.sync(full="download")
    same_everywhere(here, phone)
    assert len(log(here)) == 3, "what the phone alone had is gone, as was asked for"


def test_at_a_terminal_it_is_asked(here: User, phone: Device) -> None:
    parted(here, phone)
    for answer, status in (("", 1), ("cancel", 1), ("download", 0)):
        shell = pexpect.spawn(
            str(PROGRAM),
            ["anki", "sync"],
            env=here.environment(),
            encoding="utf-8",
            timeout=30,
        )
        shell.expect_exact("have parted: one has to take the place of the other")
        shell.expect_exact("Which")
        shell.sendline(answer)
        shell.expect(pexpect.EOF)
        shell.close()
        assert shell.exitstatus == status, shell.before
    phone.sync()


@pytest.mark.parametrize("way", ["upload", "download"])
def test_a_server_that_lost_all_is_not_filled_unasked(small: User, place: Path, way: str) -> None:
    (place / "server").mkdir()
    server = SyncServer(place / "server", 1)
    try:
        rate(small, "one/front", "good")
        small.does("anki", "sync", server.url, "--user", "user1")
        server.stop()
        for path in (place / "server" / "user1").iterdir():
            path.unlink() if path.is_file() else None
        server.start()
        assert "no collection any more" in one_line(small("anki", "sync", "--no-media"))
        assert small.json("anki", "sync", "--no-media", "--full", way)["full"] == way
        phone = Device(place / "phone", server, "user1")
        phone.sync()
        same_everywhere(small, phone)
        phone.close()
    finally:
        server.stop()


def test_what_happens_on_the_server_meanwhile_is_met(
    here: User, phone: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, meanwhile = syncing.exchange, [parted]

    def slowly(*arguments: Any) -> syncing.Exchanged:
        done = exchange(*arguments)
        if meanwhile:
            meanwhile.pop()(here, phone)
        return done

    rate(here, "four/why", "good")
    monkeypatch.setattr(syncing, "exchange", slowly)
    said = here.json("anki", "sync", "--full", "download")
    assert (said["full"], said["reviews_in"]) == (None, 1)
    phone.sync()
    same_everywhere(here, phone)
    assert len(log(here)) == 5


def test_a_first_sync_that_another_device_outran_is_begun_again(
    small: User, server: SyncServer, account: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = syncing.exchange
    phone = Device(place / "phone", server, account)
    phone.col.decks.id("Theirs")
    model = phone.col.models.by_name("Basic")
    assert model
    phone.col.add_note(phone.col.new_note(model), 1)  # type: ignore[arg-type]

    def slowly(*arguments: Any) -> syncing.Exchanged:
        done = exchange(*arguments)
        phone.sync()
        return done

    with monkeypatch.context() as patch:
        patch.setattr(syncing, "exchange", slowly)
        said = one_line(small("anki", "sync", server.url, "--user", account))
        assert "changed meanwhile" in said
    assert small.json("anki", "sync", server.url, "--user", account)["full"] == "download"
    phone.sync()
    assert phone.col.note_count() == 5
    phone.close()


def test_another_account_begins_anew_with_all_of_ours(
    here: User, phone: Device, server: SyncServer, place: Path
) -> None:
    phone.answer("two", 2)
    phone.sync()
    here.does("anki", "sync")
    other = server.someone()
    assert here.json("anki", "sync", "--user", other)["reviews_out"] == 3
    there = Device(place / "there", server, other)
    there.sync()
    same_everywhere(here, phone, there)
    there.close()


# Name, password, key


def everything_kept(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_the_password_is_kept_nowhere_and_all_is_private(here: User) -> None:
    folder = here.home / "anki"
    assert PASSWORD.encode() not in everything_kept(here.home)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    key = json.loads((folder / "account.json").read_text())["key"]
    said = here.does("anki", "sync")
    assert key not in said.out + said.err


def test_the_key_is_enough_and_can_be_forgotten(
    here: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(syncing.PASSWORD)
    here.does("anki", "sync")
    key = json.loads((here.home / "anki" / "account.json").read_text())["key"]
    assert "removed" in here.does("anki", "sync", "--forget").out
    assert key.encode() not in everything_kept(here.home)
    assert here.json("anki", "sync", "--forget") == {"format": 1, "forgotten": False}
    assert "no password" in one_line(here("anki", "sync"))
    assert here.does("anki", "sync", lines=f"{PASSWORD}\n").status == 0
    assert {name: here.json("anki", "sync")[name] for name in QUIET} == QUIET


def test_at_a_terminal_name_and_password_are_asked_and_the_password_is_not_shown(
    small: User, server: SyncServer, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(syncing.PASSWORD)
    small.does("next")
    shell = pexpect.spawn(
        str(PROGRAM),
        ["anki", "sync", server.url],
        env=small.environment(),
        encoding="utf-8",
        timeout=30,
    )
    shell.expect_exact("Name on the server")
    shell.sendline(account)
    shell.expect_exact(f"Password of {account} (not kept)")
    shell.waitnoecho()
    shell.sendline(PASSWORD)
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 0
    assert shell.before and PASSWORD not in shell.before and "new notes" in shell.before


def test_a_wrong_password_is_one_line_and_keeps_nothing(
    small: User, server: SyncServer, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(syncing.PASSWORD, "wrong one")
    said = one_line(small("anki", "sync", server.url, "--user", account))
    assert "does not know this name and password" in said and "wrong one" not in said
    assert not (small.home / "anki" / "account.json").exists()


def test_a_key_the_server_no_longer_takes_is_dropped(here: User) -> None:
    path = here.home / "anki" / "account.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"key": "old"}))
    assert "does not know" in one_line(here("anki", "sync"))
    assert here.does("anki", "sync").status == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"server": 1}', "\xff"])
def test_an_account_file_that_is_none_is_one_line(small: User, text: str) -> None:
    (small.home / "anki").mkdir(parents=True)
    (small.home / "anki" / "account.json").write_text(text, "latin-1")
    assert "not readable" in one_line(small("anki", "sync"))


# Servers that are none


@contextmanager
def answering(reply: bytes) -> Iterator[str]:
    """A web server that is no sync server."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{web.server_port}/"
    finally:
        web.shutdown()
        web.server_close()
        thread.join()


def test_a_server_that_is_down_is_one_line(small: User) -> None:
    said = one_line(small("anki", "sync", f"http://127.0.0.1:{free_port()}/", "--user", "me"))
    assert "cannot be reached" in said


def test_a_server_that_is_down_is_one_line_later_too(here: User, server: SyncServer) -> None:
    path = here.home / "anki" / "account.json"
    away = f"http://127.0.0.1:{free_port()}/"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"server": away}))
    assert "cannot be reached" in one_line(here("anki", "sync"))


def test_another_server_is_one_line(small: User, server: SyncServer) -> None:
    with answering(b"<html>") as url:
        said = one_line(small("anki", "sync", url, "--user", "me"))
        assert "does not answer as a sync server" in said
    assert "no sync server" in one_line(small("anki", "sync", f"{server.url}x/", "--user", "me"))


def test_a_server_that_hangs_is_one_line(here: User) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(8)
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        said = one_line(here("anki", "sync", url, "--user", "me", "--timeout", "1"))
        assert "does not answer" in said
        path = here.home / "anki" / "account.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"server": url}))
        assert "does not answer" in one_line(here("anki", "sync", "--timeout", "1"))


def test_ctrl_c_ends_a_sync_with_a_server_that_hangs(here: User) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(8)
        path = here.home / "anki" / "account.json"
        account = json.loads(path.read_text()) | {
            "server": f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        }
        path.write_text(json.dumps(account))
        with (
            subprocess.Popen(
                [PROGRAM, "anki", "sync"], env=here.environment(), stderr=subprocess.PIPE
            ) as process,
            deaf.accept()[0],
        ):
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=20)
    assert (process.returncode, said.strip()) == (130, b"")


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:80", "ftp://x/", "http://", ".", "http://a b/", "http://x:y/", "http://[::1/",
     "file:///etc/passwd", "http://127.0.0.1/\x1b"],
)  # fmt: skip
def test_what_is_no_address_is_one_line(small: User, url: str) -> None:
    assert "is no address" in one_line(small("anki", "sync", url, "--user", "me"))


def test_secrets_in_the_address_and_open_ways_are_refused(small: User) -> None:
    said = one_line(small("anki", "sync", "https://me:hush@example.net/", "--user", "me"))
    assert "leave name and password out" in said and "hush" not in said
    said = one_line(small("anki", "sync", "http://example.net/", "--user", "me"))
    assert "--insecure" in said


def test_without_an_address_or_a_name_it_says_so(small: User, server: SyncServer) -> None:
    assert "no server yet" in one_line(small("anki", "sync"))
    assert "--user" in one_line(small("anki", "sync", server.url))


def test_without_the_extra_it_says_how_to_get_it(small: User, tmp_path: Path) -> None:
    (tmp_path / "anki").mkdir()
    (tmp_path / "anki" / "__init__.py").write_text("raise ModuleNotFoundError(name='anki')")
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    small.does("next")
    for command in (["sync", "http://127.0.0.1:1/", "--user", "me"], ["push"]):
        said = small.process("anki", *command, PYTHONPATH=paths)
        assert 'pip install "greenflag[sync]"' in one_line(said)


def test_the_doctor_sees_a_key_that_others_may_read(here: User) -> None:
    path = here.home / "anki" / "account.json"
    path.chmod(0o644)
    checks = {each["name"]: each for each in here("doctor", "--json").json["checks"]}
    assert not checks["permissions"]["ok"] and str(path) in checks["permissions"]["what"]


def test_two_at_once_is_one_line(here: User) -> None:
    with syncing._alone(str(here.home / "anki")):
        assert "another greenflag is syncing" in one_line(here("anki", "sync"))
    with_it = Collection(str(here.home / "anki" / "collection.anki2"))
    assert "in use" in one_line(here("anki", "sync"))
    with_it.close()


# Push


@pytest.fixture
def desktop(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of Anki's profiles, with one profile."""
    base = place / "Anki2"
    (base / "User 1").mkdir(parents=True)
    Collection(str(base / "User 1" / "collection.anki2")).close()
    monkeypatch.setenv("ANKI_BASE", str(base))
    return base


def test_push_brings_notes_and_progress_and_takes_reviews_first(small: User, desktop: Path) -> None:
    rate(small, "one/front", "good", days=-3)
    said = small.json("anki", "push")
    assert said["collection"] == str(desktop / "User 1" / "collection.anki2")
    assert (said["notes_new"], said["reviews_out"], said["cards"]) == (4, 1, 1)
    assert any(name.endswith(".colpkg") for name in os.listdir(said["backups"]))
    col = Collection(said["collection"])
    (id_,) = col.find_cards("is:review")
    assert col.get_card(id_).reps == 1
    col.set_config("fsrs", True)
    card = col.get_card(id_)
    card.start_timer()
    states = col._backend.get_scheduling_states(card.id)
    col.sched.answer_card(  # type: ignore[union-attr]
        col.sched.build_answer(card=card, states=states, rating=2)  # type: ignore[union-attr, arg-type]
    )
    col.close()
    rate(small, "two/front", "good")
    said = small.json("anki", "push", "--profile", "User 1")
    assert (said["reviews_in"], said["reviews_out"], said["notes_new"]) == (1, 1, 0)
    assert len(log(small)) == 3
    told = small.does("anki", "push", "--profile", desktop / "User 1").out
    assert told.startswith("In:  nothing new.\nOut: nothing new.") and "backup" in told


def test_an_open_anki_is_one_line(small: User, desktop: Path) -> None:
    path = desktop / "User 1" / "collection.anki2"
    col = Collection(str(path))
    assert "in use (close Anki, then again)" in one_line(small("anki", "push"))
    col.close()
    small.does("anki", "push", "--profile", path)


def test_an_old_scheduler_is_one_line(small: User, desktop: Path) -> None:
    col = Collection(str(desktop / "User 1" / "collection.anki2"))
    col.set_v3_scheduler(False)
    col.close()
    assert "v3" in one_line(small("anki", "push"))


def test_which_profile_is_said_when_it_is_not_clear(small: User, desktop: Path) -> None:
    (desktop / "Second").mkdir()
    Collection(str(desktop / "Second" / "collection.anki2")).close()
    assert "'Second', 'User 1'" in one_line(small("anki", "push"))
    assert "no profile 'Third'" in one_line(small("anki", "push", "--profile", "Third"))
    for name in ("User 1", "Second"):
        (desktop / name / "collection.anki2").unlink()
    assert "no profile of Anki" in one_line(small("anki", "push"))


def test_a_file_that_is_no_collection_is_one_line(small: User, desktop: Path) -> None:
    path = desktop / "User 1" / "collection.anki2"
    path.write_bytes(b"not a collection" * 99)
    assert "cannot be opened" in one_line(small("anki", "push"))
    assert path.read_bytes() == b"not a collection" * 99


def test_a_damaged_copy_of_ours_is_one_line_and_can_be_removed(here: User, phone: Device) -> None:
    path = here.home / "anki" / "collection.anki2"
    path.write_bytes(b"not a collection" * 99)
    assert f"remove {path}" in one_line(here("anki", "sync"))
    rate(here, "three/back", "good")
    path.unlink()
    assert here.json("anki", "sync")["full"] == "download"
    phone.sync()
    same_everywhere(here, phone)
    db = open_store(str(here.home))
    assert sound(db)
    db.close()
