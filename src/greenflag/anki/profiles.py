"""Where the desktop program keeps the collections of its profiles."""

from __future__ import annotations

import os
import sys

from greenflag.errors import GreenflagError

COLLECTION = "collection.anki2"


def collection_of(profile: str | None) -> str:
    """The collection of a profile, by name or by path; without either, of the only one there is."""
    if profile is None:
        return _only_one()
    if os.path.basename(profile) == COLLECTION and os.path.isfile(profile):
        return os.path.abspath(profile)
    for folder in (profile, os.path.join(_base(), profile)):
        path = os.path.join(folder, COLLECTION)
        if "\0" not in path and os.path.isfile(path):
            return os.path.abspath(path)
    raise GreenflagError(f"no profile {profile!r} of Anki", _mend())


def _only_one() -> str:
    found = _profiles()
    if len(found) != 1:
        what = "several profiles of Anki" if found else f"no profile of Anki in {_base()}"
        raise GreenflagError(what, _mend())
    return os.path.join(_base(), found[0], COLLECTION)


def _mend() -> str:
    named = ", ".join(repr(name) for name in _profiles())
    return f"name one with --profile: {named}" if named else "name its folder with --profile"


def _profiles() -> list[str]:
    try:
        names = sorted(os.listdir(_base()))
    except OSError:
        return []
    return [name for name in names if os.path.isfile(os.path.join(_base(), name, COLLECTION))]


def _base() -> str:
    """The folder of all profiles, as Anki's manual names it for each system."""
    if given := os.environ.get("ANKI_BASE"):
        return given
    home = os.path.expanduser("~")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "Anki2")
    if sys.platform == "win32":
        return os.path.join(os.environ.get("APPDATA", home), "Anki2")
    return os.path.join(os.environ.get("XDG_DATA_HOME") or f"{home}/.local/share", "Anki2")
