"""The study day as every command sees it: the schedule in force, and today's list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from greenflag.cli.app import App
from greenflag.cli.sync import sync_quietly
from greenflag.memory.schedule import DEFAULTS, Parameters, replayer, retrievability
from greenflag.memory.state import Memory
from greenflag.review import queue
from greenflag.store import notes, reviews, today
from greenflag.store.today import Filters

PRIOR_SECONDS, PRIOR_COUNT = 15.0, 20
"""What a card takes before there is evidence, and how many reviews that belief is worth."""


class Day:
    """Today for one user: opened once a command, after the deck files are taken in."""

    def __init__(self, app: App) -> None:
        self.app, self.db = app, app.db
        sync_quietly(app)
        self.day = app.today
        self._keep_schedule()

    @cached_property
    def parameters(self) -> Parameters:
        """The parameters in force: fitted ones when there are, at the retention of the settings."""
        fitted = reviews.parameters(self.db)
        model, numbers = fitted or (DEFAULTS.model, DEFAULTS.numbers)
        return Parameters(model, numbers, self.app.settings.retention)

    def parameters_of(self, deck: str) -> Parameters:
        """The parameters for cards of a deck, which may have a retention of its own."""
        return self.parameters._replace(retention=self.app.settings.retention_of(deck))

    def recall(self, memory: Memory) -> float:
        """The chance that a card with this memory is known today."""
        return retrievability(memory, self.day, self.parameters)

    def replay(self) -> Callable[[str, Sequence[tuple[int, int]]], Memory | None]:
        """What makes the memory of a card from its log."""
        default = replayer(self.parameters)
        if not self.app.settings.retention_by_deck:
            return lambda _, log: default(log)
        decks = notes.decks_by_card(self.db)
        own = {
            deck: replayer(self.parameters_of(deck))
            for deck, _ in self.app.settings.retention_by_deck
        }
        return lambda card, log: own.get(decks.get(card, ""), default)(log)

    def cards_left(self) -> list[tuple[str, str]]:
        """What is left of today's list, as (card, reason); worked out once a day."""
        self.plan_today()
        return today.left(self.db)

    def plan_today(self) -> None:
        """Work out today's list when the kept one is for another day or other settings."""
        stamp = f"{self.day} {self.app.settings.new_per_day}"
        while today.stamp(self.db) != stamp:
            before = self._others_wrote()
            today.keep(self.db, stamp, self.choose(Filters()))
            if self._others_wrote() != before:  # what was chosen may be rated or suspended by now
                today.forget(self.db)

    def choose(self, filters: Filters, ahead: int = 0) -> list[tuple[str, str]]:
        """The cards to ask now among those a filter leaves, as (card, reason)."""
        due = today.due_cards(self.db, self.day, self.day + ahead, filters)
        asked = today.asked_today(self.db, self.day)
        due = [card for card in due if card.card not in asked]
        if not filters and not ahead:
            wait = queue.waiting(due, self.day, today.due_counts(self.db, self.day, self.day + 6))
            due = [card for card in due if card.card not in wait]
        return queue.todays_cards(
            due,
            today.new_cards(self.db, self.day, filters),
            recall=self.recall,
            new_limit=max(0, self.app.settings.new_per_day - today.new_today(self.db, self.day)),
            asked_notes={note for note, *_ in asked.values()},
        )

    def cram(self, filters: Filters) -> list[tuple[str, str]]:
        """The cards to rehearse outside the schedule."""
        seen = today.due_cards(self.db, self.day, self.day + 40_000, filters)
        unseen = today.new_cards(self.db, self.day, filters)
        return queue.cram_cards([*seen, *unseen], recall=self.recall)

    def seconds_a_card(self) -> float:
        """How long a card takes this user, from a stated prior and the newest reviews."""
        count, seconds = reviews.pace(self.db)
        return (PRIOR_SECONDS * PRIOR_COUNT + seconds) / (PRIOR_COUNT + count)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read the store as it is at one moment, whatever another process does meanwhile."""
        self.db.execute("BEGIN")
        try:
            yield
        finally:
            self.db.execute("COMMIT")

    def _others_wrote(self) -> int:
        """A number that changes when another process has written to the store."""
        return int(self.db.execute("PRAGMA data_version").fetchone()[0])

    def _keep_schedule(self) -> None:
        """Make all memories anew when they were made with another retention than now is set."""
        settings = self.app.settings
        by_deck = settings.retention_by_deck
        where = notes.known_files(self.db) if by_deck else {}  # which deck a card is in may change
        schedule = json.dumps([settings.retention, by_deck, *([where] if where else [])])
        if reviews.schedule(self.db) != schedule:
            reviews.rebuild(self.db, self.replay(), schedule)
