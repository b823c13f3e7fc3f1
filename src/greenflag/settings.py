"""The user's settings.toml as one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from greenflag.errors import BadSettings

FILE = "settings.toml"


class Settings(NamedTuple):
    """What a user may set; every field has a default that needs no file."""

    rollover_hour: int = 4
    new_per_day: int = 20
    retention: float = 0.9
    retention_by_deck: tuple[tuple[str, float], ...] = ()

    def retention_of(self, deck: str) -> float:
        """The recall at which cards of a deck (by title) fall due."""
        return dict(self.retention_by_deck).get(deck, self.retention)


_RANGES: Mapping[str, tuple[type[int] | type[float], float, float]] = {
    "rollover_hour": (int, 0, 12),
    "new_per_day": (int, 0, 9999),
    "retention": (float, 0.7, 0.98),
}


def read_settings(home: str) -> Settings:
    """The settings in a home folder; the defaults when it has no settings.toml."""
    path = os.path.join(home, FILE)
    if not os.path.exists(path):
        return Settings()
    import tomllib

    try:
        with open(path, "rb") as file:
            found = tomllib.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise BadSettings(f"{path}: not readable: {error}", "mend or remove it") from None
    by_deck = found.pop("retention_by_deck", {})
    for name, value in found.items():
        _check(path, name, value, name)
    if not isinstance(by_deck, dict):
        raise BadSettings(f"{path}: retention_by_deck is not a table", 'write "Deck title" = 0.85')
    for deck, value in by_deck.items():
        _check(path, f"retention_by_deck.{deck}", value, "retention")
    return Settings(**found, retention_by_deck=tuple(sorted(by_deck.items())))


def _check(path: str, name: str, value: object, rule: str) -> None:
    if rule not in _RANGES:
        known = ", ".join((*_RANGES, "retention_by_deck"))
        raise BadSettings(f"{path}: unknown setting {name}", f"known are {known}")
    kind, low, high = _RANGES[rule]
    fits = isinstance(value, int | kind) and not isinstance(value, bool)
    if not fits or not low <= float(str(value)) <= high:
        raise BadSettings(f"{path}: {name} = {value}", f"a number from {low} to {high}")
