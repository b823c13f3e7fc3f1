"""The study day as every command sees it: the schedule in force, and today's list."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from greenflag.cli.app import App
from greenflag.cli.sync import sync_quietly
from greenflag.memory.schedule import DEFAULTS, Parameters, replayer, retrievability
from greenflag.memory.state import Memory
from greenflag.review import queue
from greenflag.store import interviews, notes, reviews, today
from greenflag.store.today import Filters
from greenflag.studyday import moment, study_day

PACE = 300
"""Reviews that tell how quick a user is now."""


def back_of(db: sqlite3.Connection, card: notes.KeptCard) -> str:
    """The back of a card as it is shown: a question's with the story one chose for it."""
    stories = notes.chosen_stories(db, card.note) if card.kind == "question" else ()
    if not stories:
        return card.back
    from greenflag.content.chosen import your_story

    return f"{card.back}\n\n{your_story([json.loads(story.body) for story in stories])}"


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

    @property
    def fitted(self) -> bool:
        """Whether the parameters in force were fitted to the user's own log."""
        return reviews.parameters(self.db) is not None

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
        ahead = interviews.next_ahead(self.db, self.app.now_ms)
        stamp = f"{self.day} {self.app.settings.new_per_day} {ahead or ''}".rstrip()
        while today.stamp(self.db) != stamp:
            before = self._others_wrote()
            today.keep(self.db, stamp, self._planned() if ahead else self.choose(Filters()))
            if self._others_wrote() != before:  # what was chosen may be rated or suspended by now
                today.forget(self.db)

    def _planned(self) -> list[tuple[str, str]]:
        """Today's cards as the plan has them; what it expects is kept, for `greenflag` to show."""
        from greenflag.cli.planning import Planning  # brings numpy

        planning = Planning(self)
        plans = planning.plans()
        planning.keep(plans)
        return planning.todays_order(plans)

    def choose_planned(self, filters: Filters) -> list[tuple[str, str]]:
        """What the plan would ask now among those a filter leaves, however many minutes it takes.

        Nothing without an interview ahead, or when nothing is worth its time.
        """
        if interviews.next_ahead(self.db, self.app.now_ms) is None:
            return []
        from greenflag.cli.planning import Planning  # brings numpy

        planning = Planning(self)
        return planning.order_of(planning.plans(), filters)

    def planned_minutes(self, day: int) -> float | None:
        """The minutes to study on a study day: 0 on a day off, None without an interview then."""
        for each in interviews.ahead(self.db, self.app.now_ms):
            if study_day(moment(each.at), self.app.settings.rollover_hour) > day:
                return 0.0 if day in each.days_off else each.minutes[(day - 1) % 7]
        return None

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

    def seconds(self, seen: int, new: int) -> float:
        """How long so many cards take this user, from stated beliefs and the newest reviews."""
        from greenflag.memory.evidence import Logged, learner
        from greenflag.store import statistics

        known = learner(Logged(*row) for row in statistics.evidence(self.db, PACE))
        again, *recalled, first = known.seconds
        usual = sum(share * taken for share, taken in zip(known.recalled, recalled, strict=True))
        return new * first + seen * (0.9 * usual + 0.1 * again)

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
