"""The options that pick cards, the same for every command that asks them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from greenflag.errors import GreenflagError
from greenflag.store.today import Filters

KINDS = (
    "question", "power_verb", "reframe", "red_flag", "green_flag", "rewrite", "script", "scenario",
    "metric", "concept", "steps", "cloze", "basic", "story", "checklist",
)  # fmt: skip
"""The kinds of note; spelled out so that a start need not load them (a test holds it true)."""


def card_filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --deck, --competency, --kind and --tag; the command gets them as `filters`."""

    @click.option("--deck", "decks", multiple=True, metavar="TITLE", help="Only this deck.")
    @click.option("--competency", "competencies", multiple=True, help="Only this competency.")
    @click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice(KINDS),
        metavar="KIND",
        help="Only this kind of note.",
    )
    @click.option("--tag", "tags", multiple=True, help="Only this tag.")
    @wraps(function)
    def wrapper(
        *args: Any,
        decks: tuple[str, ...],
        competencies: tuple[str, ...],
        kinds: tuple[str, ...],
        tags: tuple[str, ...],
        **kwargs: Any,
    ) -> Any:
        return function(*args, filters=Filters(decks, competencies, kinds, tags), **kwargs)

    return wrapper


def check_filters(filters: Filters, decks: list[str], competencies: list[str]) -> None:
    """Refuse a deck or competency that no card has, with those there are."""
    for given, known, what in (
        (filters.decks, decks, "deck"),
        (filters.competencies, competencies, "competency"),
    ):
        for name in given:
            if name not in known:
                there = f"there are: {', '.join(known)}" if known else "there are none"
                raise GreenflagError(f"no {what} {name!r}", there)
