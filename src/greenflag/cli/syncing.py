"""What `anki sync` and `anki push` do: our notes and progress and Anki's, made one.

In an order that may be broken off anywhere: reviews come into our log before anything goes out, in
one transaction; what goes out rests on the whole log; what is there already is left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import click

from greenflag.anki.account import Account, keep_account, read_account
from greenflag.cli.app import App, stdin_is_pipe
from greenflag.cli.day import Day
from greenflag.errors import GreenflagError, MissingExtra
from greenflag.store import arrivals, marks, names, notes
from greenflag.studyday import study_day_at

if TYPE_CHECKING:
    from greenflag.anki.package import Subdecks
    from greenflag.anki.sync import Collection, Full, Needed, Server

FOLDER = "anki"
COLLECTION = "collection.anki2"
PASSWORD = "GREENFLAG_ANKI_PASSWORD"
MOST_NAMED = 5
ANOTHER_FSRS = (
    "Anki schedules here without FSRS; its deck options turn it on. What greenflag knows is there."
)


class Options(NamedTuple):
    """How a sync was asked for."""

    url: str | None
    user: str | None
    full: str | None
    by: Subdecks
    media: bool
    insecure: bool
    timeout: int


class Exchanged(NamedTuple):
    """What came in and what went out."""

    reviews_in: int
    reviews_out: int
    notes_new: int
    notes_updated: int
    cards: int
    marks: int
    unknown_notes: int
    skipped: int
    suspended_there: list[str]
    deleted_there: list[str]
    fsrs: bool

    @property
    def went_out(self) -> bool:
        """Whether the collection was changed."""
        return any((self.reviews_out, self.notes_new, self.notes_updated, self.cards, self.marks))


# --- sync


def sync(app: App, options: Options) -> None:
    """Sync our own collection with a server, and say what came and went."""
    with _extra():
        from greenflag.anki import sync as anki_sync
    folder = os.path.join(app.home, FOLDER)
    day = Day(app)
    with anki_sync.private():
        os.makedirs(folder, mode=0o700, exist_ok=True)
    with _alone(folder):
        account = _account(app, folder, options)
        path = os.path.join(folder, COLLECTION)
        if not os.path.exists(path):
            account = account._replace(synced=False)
        if not account.synced:  # whatever there is was begun and broken off, or for another account
            anki_sync.throw_away(path)
        with anki_sync.opened(path, "greenflag's copy", f"remove {path}: it is made anew") as col:
            server = anki_sync.Server(col, account.server, options.timeout)
            server.use(account.key)
            try:
                done, full = _sync(app, day, col, server, account, options)
            except anki_sync.WrongLogin:
                keep_account(folder, account._replace(key=""))
                raise
            if not account.synced:
                keep_account(folder, account._replace(synced=True))
            if options.media:
                _progress("Syncing media …")
                server.sync_media()
    _tell_sync(app, account, done, full)


def _sync(
    app: App, day: Day, col: Collection, server: Server, account: Account, options: Options
) -> tuple[Exchanged, Full | None]:
    """Take what the server has, make both one, and give it back."""
    from greenflag.anki.sync import Full, begin

    wanted = Full(options.full) if options.full else None
    _progress(f"Asking {account.server} …")
    needed = server.sync()
    _say_message(app, needed)
    upload = not account.synced and (wanted is Full.UPLOAD or not needed.has_theirs)
    replaced = None
    if needed.full and not upload:
        replaced = _decide(app, needed, wanted) if account.synced else Full.DOWNLOAD
        server.replace(replaced)
    elif not account.synced and not col.card_count():
        begin(col, app.settings.rollover_hour)
    _progress("Making both one …")
    done = exchange(app, day, col, options.by)
    if done.went_out or upload or not account.synced:
        needed = server.sync()
        if needed.full:
            if account.synced:
                which = _decide(app, needed, wanted)
            elif upload or not needed.has_theirs:
                which = Full.UPLOAD
            else:
                raise GreenflagError("the server was changed meanwhile", "sync again")
            server.replace(which)
            if which is Full.DOWNLOAD:  # what went out is not in it
                return _sync(app, day, col, server, account, options)
            replaced = which
    return done, replaced


def _decide(app: App, needed: Needed, wanted: Full | None) -> Full:
    """Which side replaces the other: as the user said, or says now; never on our own."""
    from greenflag.anki.sync import Full

    if wanted:
        return wanted
    if not needed.has_theirs:
        what = "the server has no collection any more"
    elif not needed.has_ours:
        what = "greenflag's copy is empty"
    else:
        what = "the server and greenflag's copy have parted"
    if stdin_is_pipe() or app.json:
        raise GreenflagError(
            what,
            "sync again with --full download, which loses nothing of greenflag's, or --full upload,"
            " which replaces what the server has",
        )
    app.warn(f"{what[:1].upper()}{what[1:]}: one has to take the place of the other.")
    app.warn("  download  greenflag's copy is made anew; your reviews and notes go there again")
    app.warn("  upload    the server's is replaced; what others synced there since is lost")
    chosen = click.prompt(
        "Which",
        type=click.Choice(["download", "upload", "cancel"]),
        default="cancel",
        show_choices=False,
        err=True,
    )
    if chosen == "cancel":
        raise GreenflagError("not synced", "nothing was changed on the server")
    return Full(chosen)


def _say_message(app: App, needed: Needed) -> None:
    if needed.message:
        app.warn(f"The server says: {needed.message}")


# --- the account


def forget(app: App) -> None:
    """Remove the key to the server."""
    folder = os.path.join(app.home, FOLDER)
    account = read_account(folder)
    known = bool(account and account.key)
    if account:
        keep_account(folder, account._replace(key=""))
    if app.json:
        app.emit({"forgotten": known})
    else:
        app.say("The key is removed." if known else "There was no key.")


def _account(app: App, folder: str, options: Options) -> Account:
    """The account to sync with, logged in."""
    from greenflag.anki.sync import server_url

    known = read_account(folder)
    if options.url:
        url = server_url(options.url, options.insecure)
    elif known:
        url = server_url(known.server, options.insecure)
    else:
        raise GreenflagError("no server yet", "greenflag anki sync URL --user NAME")
    user = options.user or (known.user if known and known.server == url else _ask_user(app))
    account = known if known and (known.server, known.user) == (url, user) else Account(url, user)
    if not account.key:
        account = account._replace(key=_log_in(app, account, options.timeout))
        keep_account(folder, account)
    return account


def _ask_user(app: App) -> str:
    if stdin_is_pipe():
        raise GreenflagError("no name for the server", "say it with --user NAME")
    return str(click.prompt("Name on the server", err=True))


def _log_in(app: App, account: Account, patience: int) -> str:
    """Exchange the password for a key; nothing of it is kept."""
    import tempfile

    from greenflag.anki.sync import Server, opened

    password = _password(account)
    with (
        tempfile.TemporaryDirectory(prefix="greenflag-") as folder,
        opened(os.path.join(folder, COLLECTION), "an empty collection") as col,
    ):
        return Server(col, account.server, patience).log_in(account.user, password)


def _password(account: Account) -> str:
    from greenflag.terminal import read_line

    password = os.environ.get(PASSWORD)
    if password is None and stdin_is_pipe():
        password = read_line()
    elif password is None:
        asked = f"Password of {account.user} (not kept)"
        password = str(click.prompt(asked, hide_input=True, err=True))
    if not password:
        raise GreenflagError("no password", f"type it, or give it on a pipe or in {PASSWORD}")
    return password


@contextmanager
def _alone(folder: str) -> Iterator[None]:
    """A time in which no other greenflag syncs."""
    import fcntl

    with open(os.path.join(folder, "lock"), "w") as file:
        os.fchmod(file.fileno(), 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GreenflagError("another greenflag is syncing", "wait for it") from None
        yield


# --- push


def push(app: App, profile: str | None, by: Subdecks) -> None:
    """Make our progress and that of a desktop profile one, after a backup of the profile."""
    with _extra():
        from greenflag.anki import sync as anki_sync
    from greenflag.anki.profiles import collection_of

    path = collection_of(profile)
    day = Day(app)
    with anki_sync.opened(path, "the collection") as col:
        backups = os.path.join(os.path.dirname(path), "backups")
        os.makedirs(backups, exist_ok=True)
        _progress("Backing up …")
        col.create_backup(backup_folder=backups, force=True, wait_for_completion=True)
        done = exchange(app, day, col, by)
    if app.json:
        app.emit({"collection": path, "backups": backups, **done._asdict()})
        return
    _tell(app, done)
    app.say(f"A backup from before is in {backups}.")


# --- both


def exchange(app: App, day: Day, col: Collection, by: Subdecks) -> Exchanged:
    """Take the reviews a collection has of our cards, then give it our notes and progress."""
    from greenflag.anki.exchange import Exchange
    from greenflag.anki.ledger import Entry
    from greenflag.anki.sync import uses_fsrs
    from greenflag.cli.exporting import exported, study

    there = Exchange(col, notes.kinds(day.db), notes.card_ids(day.db))
    found, unknown, skipped = there.answers(names.names(day.db))
    rollover = app.settings.rollover_hour
    came = arrivals.take_in(
        day.db,
        sorted(found.items()),
        day_of=lambda at: study_day_at(at, rollover),
        replay=day.replay(),
    )
    names.name(day.db, there.owner)
    decks = notes.decks_by_card(day.db)

    def deck_of(card: str) -> str:
        return decks.get(card, "")

    new, updated, deleted = there.give_notes(exported(app, ()), by, study(day), deck_of)
    out_of_use = marks.out_of_use(day.db)
    cards, rows = there.give_progress(
        names.names(day.db),
        lambda card: [Entry(*entry) for entry in names.log(day.db, card)],
        lambda card: day.parameters_of(deck_of(card)),
        {card for card, _ in names.withdrawn(day.db)},
    )
    marked = there.give_marks(out_of_use)
    return Exchanged(
        came.added, rows, new, updated, cards, marked, unknown, skipped + came.left_out,
        there.suspended_there(out_of_use), deleted, uses_fsrs(col),
    )  # fmt: skip


# --- telling


def _tell_sync(app: App, account: Account, done: Exchanged, full: Full | None) -> None:
    if app.json:
        about = {"server": account.server, "user": account.user, "full": full and full.value}
        app.emit({**about, **done._asdict()})
        return
    if not account.synced:
        app.say(f"First sync with {account.server}: from now on greenflag is one of its devices.")
    if full:
        app.say("The server has greenflag's collection now." if full.value == "upload"
                else "greenflag's copy is the server's collection now.")  # fmt: skip
    _tell(app, done)


def _tell(app: App, done: Exchanged) -> None:
    going = [
        _count(number, what)
        for number, what in (
            (done.notes_new, "new note"),
            (done.notes_updated, "changed note"),
            (done.reviews_out, "review"),
            (0 if done.reviews_out else done.cards, "moved card"),
            (done.marks, "suspended or resumed card"),
        )
        if number
    ]
    app.say(f"In:  {_count(done.reviews_in, 'review') if done.reviews_in else 'nothing new'}.")
    app.say(f"Out: {', '.join(going) or 'nothing new'}.")
    if done.suspended_there:
        named = _named(done.suspended_there)
        app.say(f"Suspended in Anki, not here: {named}. Here: greenflag suspend CARD")
    if done.deleted_there:
        app.say(f"Deleted in Anki, not sent again: {_named(done.deleted_there)}.")
    if done.unknown_notes:
        app.say(f"{_count(done.unknown_notes, 'review')} of cards that no deck here holds: left.")
    if not done.fsrs:
        app.say(ANOTHER_FSRS)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _named(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _progress(text: str) -> None:
    """Say on stderr what takes long, to somebody at a terminal."""
    from greenflag.terminal import plain, progress

    progress(plain(text))


@contextmanager
def _extra() -> Iterator[None]:
    """The optional package of Anki, or one line that says how to get it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "anki":
            raise
        raise MissingExtra("the package of Anki", "sync") from None
