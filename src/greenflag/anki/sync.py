"""A real Anki collection, and a server it is synced with by Anki's own protocol.

All talking to the server happens in a thread of its own, so that Ctrl-C and our patience end it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from anki.collection import Collection as Collection  # for the commands as well
from anki.errors import AnkiException, DBError, NetworkError, SyncError, SyncErrorKind
from anki.sync import SyncAuth, SyncOutput

from greenflag.errors import GreenflagError

_T = TypeVar("_T")
_SIDE_FILES = ("", "-wal", "-shm", "-journal")


class Full(Enum):
    """One side takes the place of the other."""

    UPLOAD = "upload"
    DOWNLOAD = "download"


class WrongLogin(GreenflagError):
    """The server knows no such name and password, or no longer the key."""


class Needed(NamedTuple):
    """How a sync went: `full` says that it did not, and one side has to replace the other.

    `has_theirs` and `has_ours` say which of the two sides holds anything, as far as it matters.
    """

    full: bool
    has_theirs: bool = True
    has_ours: bool = True
    message: str = ""


def server_url(text: str, insecure: bool = False) -> str:
    """The address of a sync server, checked: https, or http on this machine, or http if wanted."""
    try:
        url = urlsplit(text)
        host = url.hostname or ""
        _ = url.port  # fails when it is no number
    except ValueError:
        host = ""
    if not host or url.scheme not in ("http", "https") or not text.isprintable() or " " in text:
        raise GreenflagError(f"{text!r} is no address", "for example http://127.0.0.1:8080/")
    if url.username is not None or url.query or url.fragment:
        raise GreenflagError(
            "the address holds more than a place", "leave name and password out of it: use --user"
        )
    if url.scheme == "http" and not _is_here(host) and not insecure:
        raise GreenflagError(
            f"http to {host} can be read on the way: password, key and cards",
            "use https, or --insecure in a network you trust",
        )
    return text.rstrip("/") + "/"


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# --- collections


@contextmanager
def opened(path: str, what: str, mend: str = "is it a collection of Anki?") -> Iterator[Collection]:
    """A collection that is there or made, closed at the end.

    `what` names it when it is in use, `mend` is what to do when it cannot be read.
    """
    with private():
        try:
            col = Collection(path)
        except DBError as error:
            if "already open" in str(error) or "locked" in str(error):
                raise GreenflagError(f"{what} is in use", "close Anki, then again") from None
            raise GreenflagError(f"{path} cannot be opened: {_first_line(error)}", mend) from None
        try:
            with _as_one_line(path):
                if not col.v3_scheduler():
                    raise GreenflagError(
                        f"{what} uses an old scheduler", "choose v3 in Anki's preferences first"
                    )
                yield col
        finally:
            with contextlib.suppress(AnkiException):
                col.close()


@contextmanager
def private() -> Iterator[None]:
    """A time in which files made are their owner's only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def throw_away(path: str) -> None:
    """Remove a collection with its media, so that it can begin anew."""
    base = path.removesuffix(".anki2")
    for end in _SIDE_FILES:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path + end)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{base}.media.db2{end}")
    shutil.rmtree(f"{base}.media", ignore_errors=True)


def begin(col: Collection, rollover: int) -> None:
    """Let a collection nobody else has been in schedule as we do: FSRS, days that begin then."""
    prefs = col.get_preferences()
    if prefs.scheduling.rollover != rollover:
        prefs.scheduling.rollover = rollover
        col.set_preferences(prefs)
    if not uses_fsrs(col):
        col.set_config("fsrs", True)


def uses_fsrs(col: Collection) -> bool:
    """Whether a collection schedules by FSRS."""
    return bool(col.get_config("fsrs"))


# --- the server


class Server:
    """A sync server, spoken to for one collection."""

    def __init__(self, col: Collection, url: str, patience: int) -> None:
        self._col, self._url, self._patience = col, url, patience
        self._auth = SyncAuth(endpoint=url, io_timeout_secs=patience)
        self._media_usn: int | None = None

    def log_in(self, user: str, password: str) -> str:
        """Exchange name and password for a key."""
        answer = self._ask(
            lambda: self._col.sync_login(user, password, self._url), self._patience + 1
        )
        self.use(answer.hkey)
        return answer.hkey

    def use(self, key: str) -> None:
        """Speak under a key of earlier."""
        self._auth.hkey = key

    def sync(self) -> Needed:
        """Bring both sides together, or say why that cannot be."""
        out = self._ask(lambda: self._col.sync_collection(self._auth, False))
        self._media_usn = out.server_media_usn
        if out.new_endpoint:
            self._auth.endpoint = server_url(out.new_endpoint)
        kinds = SyncOutput
        return Needed(
            out.required in (kinds.FULL_SYNC, kinds.FULL_UPLOAD, kinds.FULL_DOWNLOAD),
            has_theirs=out.required != kinds.FULL_UPLOAD,
            has_ours=out.required != kinds.FULL_DOWNLOAD,
            message=out.server_message,
        )

    def replace(self, which: Full) -> None:
        """Put one side in the place of the other."""
        self._col.close_for_full_sync()
        try:
            self._ask(
                lambda: self._col.full_upload_or_download(
                    auth=self._auth, server_usn=None, upload=which is Full.UPLOAD
                )
            )
        except BaseException:
            with contextlib.suppress(Exception):
                self._col.reopen()
            raise
        self._col.reopen(after_full_sync=True)

    def sync_media(self) -> None:
        """Bring the media files together."""
        import time

        self._ask(lambda: self._col.sync_media(self._auth))
        waited, last = 0.0, ""
        while True:
            status = self._ask(self._col.media_sync_status)
            if not status.active:
                return
            now = str(status.progress)
            waited = 0.0 if now != last else waited + 0.05
            last = now
            if waited > self._patience:
                self._col.abort_media_sync()
                raise self._silent()
            time.sleep(0.05)

    def _ask(self, question: Callable[[], _T], patience: float | None = None) -> _T:
        """Do something in a thread; what goes wrong there is one line."""
        answers: list[_T] = []
        failures: list[BaseException] = []

        def ask() -> None:
            try:
                answers.append(question())
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        try:
            thread.join(patience)
        except BaseException:
            self._col.abort_sync()
            self._col.abort_media_sync()
            thread.join(3)
            raise
        if answers:
            return answers[0]
        if not failures:
            raise self._silent()
        raise self._in_words(failures[0]) from None

    def _silent(self) -> GreenflagError:
        return GreenflagError(
            f"{self._url} does not answer", "try again later, or give it longer with --timeout"
        )

    def _in_words(self, error: BaseException) -> BaseException:
        """An error of Anki's as one of ours, by what can be done about it."""
        text = _first_line(error)
        details = str(error)
        if isinstance(error, SyncError) and error.kind is SyncErrorKind.AUTH:
            return WrongLogin(f"{self._url} does not know this name and password", "type them anew")
        if isinstance(error, NetworkError):
            if "timed out" in details:
                return self._silent()
            if "HTTP status" in details or "404" in details:
                return GreenflagError(
                    f"{self._url} is no sync server of Anki's", "look at the address"
                )
            return GreenflagError(
                f"{self._url} cannot be reached", "is the server up, and the address right?"
            )
        if isinstance(error, SyncError) and "HttpError" in details:
            return GreenflagError(
                f"{self._url} does not answer as a sync server of Anki's", "look at the address"
            )
        if isinstance(error, AnkiException):
            return GreenflagError(f"{self._url}: {text}", "sync again")
        return error


@contextmanager
def _as_one_line(path: str) -> Iterator[None]:
    """What Anki finds wrong with a collection, as one line."""
    try:
        yield
    except AnkiException as error:
        raise GreenflagError(
            f"{path}: {_first_line(error)}", "open it in Anki and choose Tools, Check Database"
        ) from error


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
