"""Planning for the interviews ahead: gathers what the planner needs, and makes today's order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from greenflag.interview.debrief import Came, weights
from greenflag.interview.dossier import of_another
from greenflag.interview.minutes import Share, Wish, shared
from greenflag.interview.readiness import percent
from greenflag.memory.evidence import Learner, Logged, learner
from greenflag.memory.schedule import retrievability
from greenflag.memory.state import Candidate
from greenflag.store import debriefs, interviews, notes, statistics, today
from greenflag.store.interviews import Interview
from greenflag.store.today import Filters
from greenflag.studyday import moment, study_day

if TYPE_CHECKING:
    from greenflag.cli.day import Day
    from greenflag.memory.deadline import Learner as DeadlineLearner
    from greenflag.memory.plan import Forecast, PlanCard, Planner
    from greenflag.memory.simulate import Stay

USUAL_HOUR = 20.0
"""When people sit down to study, before their log says it."""
SITTINGS = 20
"""How many reviews the log needs to say it."""
DOSSIERS = "decks/company-*"
"""The own deck files that hold what is known of a company."""
FOCUS = 2.0
"""How many times a competency in focus counts."""
NORMAL = 3
"""The weight of a note that counts once."""


class Planned(NamedTuple):
    """The plan for one interview: all its cards, and today's order with what each card adds."""

    interview: Interview
    forecast: Forecast
    order: tuple[tuple[str, float], ...]  # cards worth a look today, with points a minute
    cards: tuple[Candidate, ...]
    share: Share  # of the time there is, and the cards that no earlier interview needs
    reviews: int  # of the user's, on which it rests
    planner: Planner


class Planning:
    """Today's planning for one user; what the log says of him is read once."""

    def __init__(self, day: Day) -> None:
        self.day, self.db, self.app = day, day.db, day.app

    @cached_property
    def known(self) -> Learner:
        """What the log says about this learner, from stated beliefs."""
        return learner(Logged(*row) for row in statistics.evidence(self.db))

    @cached_property
    def reviews(self) -> int:
        """How many reviews of the user it rests on."""
        return statistics.count_reviews(self.db)

    @cached_property
    def _spent(self) -> float:
        """The seconds of today's reviews so far."""
        return statistics.seconds_on(self.db, self.day.day)

    @cached_property
    def ahead(self) -> list[Interview]:
        """The interviews to come, soonest first."""
        return interviews.ahead(self.db, self.app.now_ms)

    def plans(self, coming: Sequence[Interview] | None = None) -> list[Planned]:
        """A plan for each interview to come (or for those given, soonest first)."""
        coming = self.ahead if coming is None else coming
        needs = [self.cards_for(each) for each in coming]
        shares = shared(list(map(self._wish, coming, needs)), self.day.day, self._spent)
        return [
            self._plan(each, cards, share)
            for each, cards, share in zip(coming, needs, shares, strict=True)
        ]

    def _wish(self, each: Interview, cards: Sequence[Candidate]) -> Wish:
        day = self.interview_day(each)
        weights = {card.card: self.weight_of(card, each) for card in cards}
        total = sum(weights.values()) or 1.0
        missing = {
            card.card: weights[card.card] / total * (1 - self._untouched(card, day))
            for card in cards
        }
        return Wish(day, each.minutes, each.days_off, missing)

    def _untouched(self, card: Candidate, day: int) -> float:
        """The chance that a card is known on a study day if it is not looked at before."""
        if card.memory is None:
            return self.known.unseen_recall
        return retrievability(card.memory, max(day, self.day.day), self.day.parameters)

    def _plan(self, each: Interview, cards: Sequence[Candidate], share: Share) -> Planned:
        planner = self._planner(each)
        with saying_so("Working out the plan…"):
            planner.open_day(self.day.day, share.seconds, self._plan_cards(cards, each))
            forecast = planner.forecast()
            order = tuple((card, planner.gain(card)) for card, _ in planner.order())
        return Planned(each, forecast, order, tuple(cards), share, self.reviews, planner)

    def keep(self, plans: Sequence[Planned]) -> None:
        """Keep what is expected of each interview, so that all commands show the same figure."""
        told = ((plan.interview.id, plan.forecast) for plan in plans)
        interviews.keep_forecasts(
            self.db, self.day.day, [(id_, f.expected, f.low, f.high) for id_, f in told]
        )

    def minutes_for(self, each: Planned, goal: float) -> float | None:
        """The minutes a day with which a goal is reached; None when no number does.

        They are those of a whole day: an interview that gets a part of each needs more of them.
        """
        from greenflag.memory.goal import MOST, minutes_for

        prospect, parts = each.planner.prospect(), each.share.parts
        if prospect is None:
            return None
        spent = self._spent * parts[0]
        own = minutes_for(goal, prospect, each.share.seconds, spent=spent)
        usual = sum(parts) / len(parts)
        return own / usual if own is not None and 0 < own <= MOST * usual else None

    def without(self, each: Planned, areas: Sequence[str]) -> float:
        """What would be expected of the other cards if some competencies were left out."""
        out = {card.card for card in each.cards if card.competency in areas}
        prospect = each.planner.prospect(without=out)
        return prospect.expected(each.share.seconds)[0] if prospect else 0.0

    def adds(self, plan: Planned, cards: Sequence[str], seconds: float = inf) -> float:
        """What looking at these cards today adds to readiness (0 to 1), as long as time lasts."""
        gains, by_id = dict(plan.order), {card.card: card for card in plan.cards}
        total = 0.0
        for id_ in cards:
            if seconds <= 0:
                break
            if id_ in gains:
                taken = self._seconds_of(by_id[id_])
                total += gains[id_] * taken / 60
                seconds -= taken
        return total

    def world(
        self, each: Interview
    ) -> tuple[DeadlineLearner, list[PlanCard], Stay, Sequence[float]]:
        """What a simulation needs: the learner believed in, the cards, the days, their seconds."""
        from greenflag.memory.deadline import Habits
        from greenflag.memory.deadline import Learner as DeadlineLearner
        from greenflag.memory.simulate import Stay

        cards = self.cards_for(each)
        believed = DeadlineLearner(
            self.day.parameters.numbers,
            self.known.seconds,
            self.known.unseen_recall,
            Habits(first=self.known.first_ratings, recalled=self.known.recalled),
        )
        stay = Stay(self.day.day, self.interview_day(each), self._gap_days(each))
        return (
            believed,
            self._plan_cards(cards, each),
            stay,
            shared([self._wish(each, cards)], self.day.day, self._spent)[0].seconds,
        )

    def todays_order(self, plans: Sequence[Planned]) -> list[tuple[str, str]]:
        """Today's cards with their reasons: best first, one a note, within the minutes.

        Siblings of a card come last, when there are minutes left for them. On the day of an
        interview nothing new is begun: what is least sure comes first.
        """
        asked = {note for note, *_ in today.asked_today(self.db, self.day.day).values()}
        merged, used = [], 0.0
        for plan in plans:
            if self.interview_day(plan.interview) == self.day.day:
                looks = list(self._last_looks(plan, asked))
                used += sum(self._seconds_of(card) for _, card, _ in looks)
                merged += [(sure, card.card, why) for sure, card, why in looks]
        others = sum(plan.share.today for plan in plans)
        left = max(0.0, 1 - used / others) if others else 0.0
        for plan in plans:
            merged += self._within_minutes(plan, asked, plan.share.today * left)
        merged.sort(key=lambda entry: -entry[0])
        return [(card, why) for _, card, why in merged]

    def order_of(self, plans: Sequence[Planned], filters: Filters) -> list[tuple[str, str]]:
        """The cards worth a look among those a filter leaves, best first, one a note."""
        asked = {note for note, *_ in today.asked_today(self.db, self.day.day).values()}
        wanted = {card.card for card in self._open(filters)}
        merged = [
            (gain, by_id[id_])
            for plan in plans
            for by_id in [{card.card: card for card in plan.cards}]
            for id_, gain in plan.order
            if id_ in wanted and id_ in plan.share.own
        ]
        chosen = []
        for gain, card in sorted(merged, key=lambda entry: -entry[0]):
            if card.note not in asked:
                asked.add(card.note)
                chosen.append((card.card, self._reason(card, gain)))
        return chosen

    def interview_day(self, each: Interview) -> int:
        """The study day an interview is on."""
        return study_day(moment(each.at), self.app.settings.rollover_hour)

    def cards_for(self, each: Interview) -> list[Candidate]:
        """The open cards an interview needs, seen and new."""
        decks = each.decks and (*each.decks, each.company)  # its dossier's title is the company
        cards = self._open(Filters(decks=decks))
        others = {note for note, file in self._dossiers if of_another(file, each.company)}
        return [
            card
            for card in cards
            if card.competency not in each.without and card.note not in others
        ]

    @cached_property
    def _dossiers(self) -> list[tuple[str, str]]:
        """The notes of all companies' dossiers, each with its file."""
        return notes.in_files(self.db, DOSSIERS)

    def _open(self, filters: Filters) -> list[Candidate]:
        seen = today.due_cards(self.db, self.day.day, self.day.day + 40_000, filters)
        return [*seen, *today.new_cards(self.db, self.day.day, filters)]

    def weight_of(self, card: Candidate, each: Interview) -> float:
        """How much a card counts for an interview; 1 is normal."""
        focus = FOCUS if card.competency in each.focus else 1.0
        return card.weight / NORMAL * focus * self._came_up.get(card.note, 1.0)

    @cached_property
    def _came_up(self) -> dict[str, float]:
        """How many times a note counts because its question came up in an interview lately."""
        rollover = self.app.settings.rollover_hour
        asked = debriefs.came_up(self.db)
        came = (Came(note, went, study_day(moment(at), rollover)) for note, went, at in asked)
        return weights(came, self.day.day)

    @cached_property
    def usual_hour(self) -> float:
        """The hour of the day at which this user sits down to study."""
        begins = self.app.settings.rollover_hour
        local = [moment(ms).astimezone() for ms in statistics.moments(self.db)]
        hours = sorted((at.hour - begins) % 24 + begins + at.minute / 60 for at in local)
        usual = (USUAL_HOUR - begins) % 24 + begins
        return hours[len(hours) // 2] if len(hours) >= SITTINGS else usual

    def _planner(self, each: Interview) -> Planner:
        from greenflag.memory.deadline import Habits
        from greenflag.memory.plan import Planner

        return Planner(
            parameters=self.day.parameters.numbers,
            interview_day=self.interview_day(each),
            gap_days=self._gap_days(each),
            seconds=self.known.seconds,
            unseen_recall=self.known.unseen_recall,
            habits=Habits(first=self.known.first_ratings, recalled=self.known.recalled),
        )

    def _gap_days(self, each: Interview) -> float:
        """By how much of a day the interview is earlier than a usual sitting."""
        local = moment(each.at).astimezone()
        begins = self.app.settings.rollover_hour
        hour = (local.hour - begins) % 24 + begins  # 2 a.m. is the 26th hour of its study day
        earlier = (self.usual_hour - hour - local.minute / 60) / 24
        return max(-0.9, min(0.9, earlier))

    def _plan_cards(self, cards: Sequence[Candidate], each: Interview) -> list[PlanCard]:
        """The cards as the planner knows them; none was last seen after today."""
        from greenflag.memory.plan import PlanCard

        return [
            PlanCard(
                card.card,
                self.weight_of(card, each),
                card.memory.stability if card.memory else None,
                card.memory.difficulty if card.memory else None,
                min(card.memory.last_day, self.day.day) if card.memory else None,
            )
            for card in cards
        ]

    def _within_minutes(
        self, plan: Planned, asked: set[str], seconds: float
    ) -> Iterator[tuple[float, str, str]]:
        by_id = {card.card: card for card in plan.cards}
        siblings: list[tuple[str, float]] = []
        for first_round in (True, False):
            for id_, gain in plan.order if first_round else siblings:
                if seconds <= 0:
                    return
                card = by_id[id_]
                if id_ not in plan.share.own:
                    continue
                if first_round and card.note in asked:
                    siblings.append((id_, gain))
                    continue
                asked.add(card.note)
                seconds -= self._seconds_of(card)
                yield gain, id_, self._reason(card, gain)

    def _last_looks(self, plan: Planned, asked: set[str]) -> Iterator[tuple[float, Candidate, str]]:
        """On the day itself: what is known least surely, by weight, as long as the minutes last."""
        each = plan.interview
        seen = [(card, self.day.recall(card.memory)) for card in plan.cards if card.memory]
        seen.sort(key=lambda pair: -self.weight_of(pair[0], each) * (1 - pair[1]))
        off = self.day.day in each.days_off
        seconds = 0.0 if off else each.minutes[(self.day.day - 1) % 7] * 60 - self._spent
        for card, recall in seen:
            if seconds <= 0:
                return
            if card.note not in asked:
                asked.add(card.note)
                seconds -= self._seconds_of(card)
                yield (
                    1 - recall,
                    card,
                    f"a last look before today's interview; {percent(recall)} sure",
                )

    def _reason(self, card: Candidate, gain: float) -> str:
        """Why the plan asks a card now, in a line a person understands."""
        points = gain * 100
        adds = (
            f"{points:.1f}"
            if points >= 0.095
            else f"{points:.2f}"
            if points >= 0.005
            else "a little"
        )
        adds = f"adds {adds} points to readiness per minute" if adds[0] != "a" else f"adds {adds}"
        if card.memory is None:
            return f"{adds}; new to you"
        ago = max(0, self.day.day - card.memory.last_day)
        when = {0: "today", 1: "yesterday"}.get(ago, f"{ago} days ago")
        return f"{adds}; last seen {when}"

    def _seconds_of(self, card: Candidate) -> float:
        """How long a card is expected to take this learner."""
        known = self.known
        if card.memory is None:
            return known.seconds[4]
        recall = self.day.recall(card.memory)
        knows = sum(
            share * taken for share, taken in zip(known.recalled, known.seconds[1:4], strict=True)
        )
        return (1 - recall) * known.seconds[0] + recall * knows


@contextmanager
def saying_so(what: str, after: float = 0.5) -> Iterator[None]:
    """Say on stderr what takes long, when it has taken longer than `after` seconds."""
    import threading

    from greenflag import terminal

    timer = threading.Timer(after, terminal.progress, (what,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
