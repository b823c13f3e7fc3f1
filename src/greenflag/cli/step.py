"""`next` and `rate`: the sitting for scripts and editors, one card and one rating at a time."""

from __future__ import annotations

import re
from zlib import crc32

import click

from greenflag.cli.app import App, Command, Number, pass_app
from greenflag.cli.day import Day, back_of
from greenflag.cli.filters import card_filters, check_filters
from greenflag.cli.sync import with_media
from greenflag.errors import GreenflagError, Stale, UnknownCard
from greenflag.memory.schedule import after, futures, retrievability
from greenflag.memory.state import RATINGS, Memory
from greenflag.review.queue import LATER
from greenflag.store import notes, reviews, today
from greenflag.store.rows import Review
from greenflag.store.today import Filters
from greenflag.studyday import day_text, milliseconds, moment, moment_text


@click.command("next", cls=Command)
@card_filters
@pass_app
def next_card(app: App, filters: Filters) -> None:
    """The next card, for scripts and editors.

    \b
    Example: greenflag next --json
    """
    day = Day(app)
    if filters:
        check_filters(filters, notes.deck_titles(day.db), notes.competencies(day.db))
    else:
        day.plan_today()
    with day.snapshot():  # so that a card rated elsewhere just now is not shown as not yet rated
        id_, reason, left = upcoming(day, filters)
        card = notes.card(day.db, id_) if id_ else None
        memory = reviews.memory_of(day.db, card.id) if card else None
        seen = reviews.last_review(day.db, card.id) if card else 0
    if card is None:
        return _nothing_left(app)
    token = f"{seen}-{milliseconds(app.now()):x}-{_mark(card.id)}"
    reviews.show(day.db, card.id, token)
    if app.json:
        parameters = day.parameters_of(card.deck)
        after_each = zip(RATINGS, futures(memory, day.day, parameters), strict=True)
        app.emit(
            {
                "card": card.id,
                "note": card.note,
                "kind": card.kind,
                "deck": card.deck,
                "competency": card.competency,
                "front": card.front,
                "back": back_of(day.db, card),
                "retrievability": retrievability(memory, day.day, parameters) if memory else None,
                "ratings": {
                    name: {"due": day_text(then.due), "stability": then.stability}
                    for name, then in after_each
                },
                "left": left,
                "reason": reason,
                "shown": token,
            }
        )
        return
    app.show(with_media(app, card.file, card.front))
    app.say(f"\n{card.id}  ·  {left} left  ·  {reason}")
    app.say(f"Answer: greenflag show {card.id}")
    app.say(f"Rate:   greenflag rate {card.id} again|hard|good|easy")


@click.command("rate", cls=Command)
@click.argument("card")
@click.argument("rating", type=click.Choice([*RATINGS, "1", "2", "3", "4"]))
@click.option("--shown", metavar="TOKEN", help="The showing it answers, as `next` gave it.")
@click.option("--seconds", type=Number(0, 86_400), help="How long it took.")
@pass_app
def rate(app: App, card: str, rating: str, shown: str | None, seconds: float | None) -> None:
    """Rate the card that `next` showed: again, hard, good or easy.

    \b
    Example: greenflag rate q-saying-no/intent good
    """
    day = Day(app)
    kept = notes.card(day.db, card)
    if kept is None:
        raise UnknownCard(card)
    token = shown or reviews.showing(day.db, card)
    seen = _seen_at(token, card)
    number = int(rating) if rating.isdigit() else RATINGS.index(rating) + 1
    with day.snapshot():  # a memory and the review that led to it
        before, latest = reviews.memory_of(day.db, card), reviews.last_review(day.db, card)
    if latest != seen:
        raise Stale(card)
    memory = after(before, number, day.day, day.parameters_of(kept.deck))
    review = Review(card, app.now_ms, day.day, number, seconds)
    written, _ = reviews.rate_showing(day.db, review, memory, seen, token)
    _say_rated(app, written, memory)


def upcoming(day: Day, filters: Filters) -> tuple[str | None, str, int]:
    """The card to ask now, why, and how many are left; None when the day is done."""
    if filters:
        chosen = day.choose(filters)
        first, count = chosen[:1], len(chosen)
    else:
        first, count = today.left(day.db, 1), today.count(day.db)
    looks = today.second_looks(day.db, day.day, filters)
    if looks and (not first or looks[0][1] >= LATER):
        return looks[0][0], "rated again today; a second look", count + len(looks)
    if first:
        return *first[0], count + len(looks)
    return None, "", 0


def _seen_at(token: str, card: str) -> int:
    """The number of the card's latest review when it was shown, as its token says."""
    said = re.fullmatch(r"([0-9]{1,18})-[0-9a-f]{1,18}-([0-9a-f]+)", token)
    if said is None or said[2] != _mark(card):
        raise GreenflagError(f"{token!r} is no showing of {card}", "use the one `next` gave")
    return int(said[1])


def _mark(card: str) -> str:
    """What tells the showings of one card from those of another."""
    return f"{crc32(card.encode()):x}"


def _nothing_left(app: App) -> None:
    if app.json:
        app.emit({"card": None, "left": 0})
    else:
        app.say("Nothing left for today. Look ahead with: greenflag review --ahead 1")


def _say_rated(app: App, review: Review, memory: Memory) -> None:
    if app.json:
        app.emit(
            {
                "card": review.card,
                "rating": RATINGS[review.rating - 1],
                "at": moment_text(moment(review.at)),
                "due": day_text(memory.due),
                "state": memory.state,
                "stability": memory.stability,
                "difficulty": memory.difficulty,
            }
        )
    else:
        app.say(f"{review.card}: {RATINGS[review.rating - 1]}, next on {day_text(memory.due)}")
