"""Taking back the last act, in the store and in the deck file it changed."""

from __future__ import annotations

from greenflag.cli.app import App
from greenflag.review.prompt import Undone
from greenflag.store import journal
from greenflag.store.journal import last_act
from greenflag.store.undo import undo as undo_in_store

_WORDS = {
    "rate": "Taken back: the rating of {}.",
    "suspend": "Taken back: {} is in again.",
    "resume": "Taken back: {} is out again.",
    "bury": "Taken back: {} is asked again today.",
    "reset": "Taken back: {} has its history again.",
    "interview": "Taken back: the interview at {} is as it was.",
    "mock": "Taken back: the mock interview of {} and what was told in it.",
    "answer": "Taken back: the rehearsal of {}.",
    "tick": "Taken back: the checklist for {} is as it was.",
    "research": "Taken back: the dossier of {} is as it was.",
    "debrief": "Taken back: the debrief of {} is as it was before.",
    "add": "Taken back: {} is no longer in the deck.",
    "edit": "Taken back: {} is as it was.",
    "pull": "Taken back: all that came from {}.",
    "import": "Taken back: what came in with {}.",
}
_OF_CARDS = ("rate", "suspend", "bury", "reset")


def let_stand(app: App) -> Undone:
    """Let the last act stand for good, as when its deck file was changed by hand since."""
    act = journal.let_stand(app.db)
    return Undone(None, False, f"Left as it is: {act.what} of {act.about}. Undo goes on before it.")


def take_back(app: App) -> Undone:
    """Take back the last act, whenever it was done; words for it and the card it was about."""
    act = last_act(app.db)
    if act.what == "import":
        from greenflag.cli.importing import restore_files

        restore_files(app, act)
    elif "file" in act.before or "files" in act.before:
        from greenflag.cli.editing import restore_decks

        restore_decks(app, act)
    act = undo_in_store(app.db)
    if "first" in act.before:
        from greenflag.cli.day import Day

        Day(app)  # makes the memories anew, from the log without what came from Anki
    words = _WORDS[act.what].format(act.about)
    is_card = act.what in _OF_CARDS and "/" in act.about and " " not in act.about
    return Undone(act.about if is_card else None, act.what == "rate", words)
