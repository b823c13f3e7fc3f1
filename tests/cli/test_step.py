"""`next` and `rate`: one card and one rating at a time, and what holds over a month of them."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fsrs import Card, Rating, Scheduler, State

from greenflag.memory.state import RATINGS
from greenflag.review.queue import LATER
from tests.cli.runner import User, one_line

NEXT = {
    "format", "card", "note", "kind", "deck", "competency", "front", "back", "retrievability",
    "ratings", "left", "reason", "shown",
}  # fmt: skip
RATE = {"format", "card", "rating", "at", "due", "state", "stability", "difficulty"}


def rate_next(user: User, rating: str, *filters: str) -> dict[str, Any]:
    """Rate whatever comes next; gives what `next` said."""
    shown: dict[str, Any] = user.json("next", *filters)
    user.does("rate", shown["card"], rating, "--shown", shown["shown"])
    return shown


# What they say


def test_next_says_what_the_contract_promises(small: User) -> None:
    said = small.json("next")
    assert said.keys() == NEXT
    assert said["format"] == 1
    assert said["card"].startswith(f"{said['note']}/")
    assert said["ratings"].keys() == set(RATINGS)
    assert all(each.keys() == {"due", "stability"} for each in said["ratings"].values())
    assert said["retrievability"] is None and said["left"] == 4


def test_rate_says_what_the_contract_promises_and_does_what_next_announced(small: User) -> None:
    shown = small.json("next")
    said = small.json("rate", shown["card"], "good")
    assert said.keys() == RATE
    assert (said["card"], said["rating"], said["state"]) == (shown["card"], "good", "review")
    assert {"due": said["due"], "stability": said["stability"]} == shown["ratings"]["good"]
    at = datetime.fromisoformat(small.at).astimezone(UTC)
    assert datetime.fromisoformat(said["at"]) == at


def test_retrievability_is_a_probability_once_a_card_was_seen(small: User) -> None:
    rate_next(small, "good")
    small.at = "2026-03-20T10:00"
    seen = [small.json("next", "--kind", "basic") for _ in range(1)]
    assert 0 < seen[0]["retrievability"] < 1


def test_the_card_is_null_when_the_day_is_done(small: User) -> None:
    for _ in range(4):
        rate_next(small, "easy")
    assert small.json("next") == {"format": 1, "card": None, "left": 0}
    assert "Nothing left for today" in small.does("next").out


def test_a_person_is_told_how_to_go_on(small: User) -> None:
    said = small.does("next").out
    card = small.json("next")["card"]
    assert f"greenflag show {card}" in said and f"greenflag rate {card}" in said


@pytest.mark.parametrize(("given", "rating"), [("1", "again"), ("4", "easy"), ("hard", "hard")])
def test_a_rating_is_a_word_or_a_number(small: User, given: str, rating: str) -> None:
    shown = small.json("next")
    assert small.json("rate", shown["card"], given)["rating"] == rating


def test_seconds_are_kept_with_the_review(small: User) -> None:
    shown = small.json("next")
    small.does("rate", shown["card"], "good", "--seconds", "12.5")
    assert small.json("show", shown["card"])["cards"][0]["reviews"][0]["seconds"] == 12.5


@pytest.mark.parametrize("given", ["-1", "86401", "soon"])
def test_seconds_that_cannot_be_are_wrong_usage(small: User, given: str) -> None:
    shown = small.json("next")
    assert small("rate", shown["card"], "good", "--seconds", given).status == 2
    assert small.json("show", shown["card"])["cards"][0]["reviews"] == []


# Which showing a rating answers


def test_without_a_token_a_rating_answers_the_latest_showing_once(small: User) -> None:
    shown = small.json("next")
    small.does("rate", shown["card"], "good")
    assert "has not been shown" in one_line(small("rate", shown["card"], "good"))
    assert len(small.rows("SELECT 1 FROM reviews")) == 1


def test_a_card_that_was_never_shown_is_not_rated(small: User) -> None:
    small.does("next")
    assert "has not been shown" in one_line(small("rate", "four/why", "good"))
    assert "no card" in one_line(small("rate", "nowhere/front", "good"))


def test_a_token_is_refused_once_its_card_was_reviewed(small: User) -> None:
    shown = small.json("next")
    small.does("rate", shown["card"], "again", "--shown", shown["shown"])
    for rating in RATINGS:
        said = one_line(small("rate", shown["card"], rating, "--shown", shown["shown"]))
        assert "was reviewed after this showing" in said
    assert len(small.rows("SELECT 1 FROM reviews")) == 1


def test_an_older_token_holds_as_long_as_the_card_was_not_reviewed(small: User) -> None:
    first = small.json("next")
    small.at = "2026-03-02T10:05"
    second = small.json("next")
    assert first["card"] == second["card"] and first["shown"] != second["shown"]
    small.does("rate", first["card"], "good", "--shown", first["shown"])
    assert "reviewed after" in one_line(
        small("rate", first["card"], "good", "--shown", second["shown"])
    )


def test_two_shells_that_show_the_same_card_get_one_rating_through(user: User) -> None:
    """Two processes, as two terminals would."""
    one, two = (user.process("next", "--json").json for _ in range(2))
    assert one["card"] == two["card"]
    rated = [
        user.process("rate", each["card"], "good", "--shown", each["shown"]) for each in (one, two)
    ]
    assert [said.status for said in rated] == [0, 1]
    one_line(rated[1])
    assert user.rows("SELECT count(*) FROM reviews") == [(1,)]


def test_the_token_of_another_card_is_refused(small: User) -> None:
    """Both cards are new, so that only the card itself tells their tokens apart."""
    one = small.json("next", "--kind", "basic")
    other = small.json("next", "--kind", "concept")
    said = one_line(small("rate", one["card"], "good", "--shown", other["shown"]))
    assert f"is no showing of {one['card']}" in said
    assert small.rows("SELECT * FROM reviews") == []


@pytest.mark.parametrize(
    "token", ["0", "-", "0-", "-1", "0-zz", "²-1", "1e9-1-1", "0-1-2-3", "9" * 5000 + "-1-1", " "]
)
def test_garbage_is_no_token(small: User, token: str) -> None:
    card = small.json("next")["card"]
    assert "is no showing of" in one_line(small("rate", card, "good", f"--shown={token}"))
    assert small.rows("SELECT * FROM reviews") == []


def test_a_reset_makes_older_showings_stale(small: User) -> None:
    shown = small.json("next")
    small.does("rate", shown["card"], "good")
    again = small.json("next", "--kind", shown["kind"])
    small.does("reset", shown["card"])
    assert small("rate", shown["card"], "good", "--shown", shown["shown"]).status == 1
    assert again["card"] != shown["card"]


# Which card comes


@pytest.mark.parametrize(
    ("filters", "notes"),
    [
        (("--kind", "concept"), {"four"}),
        (("--tag", "even"), {"two", "four"}),
        (("--tag", "even", "--kind", "basic"), {"two"}),
        (("--competency", "team-leadership"), {"two"}),
        (("--kind", "concept", "--kind", "basic"), {"one", "two", "three", "four"}),
        (("--deck", "Small"), {"one", "two", "three", "four"}),
        (("--tag", "odd"), set()),
    ],
)
def test_filters_leave_only_what_they_name(
    small: User, filters: tuple[str, ...], notes: set[str]
) -> None:
    seen = set()
    while (shown := small.json("next", *filters))["card"]:
        small.does("rate", shown["card"], "easy")
        seen.add(shown["note"])
    assert seen == notes


@pytest.mark.parametrize("filters", [("--deck", "Nowhere"), ("--competency", "juggling")])
def test_a_deck_or_competency_nobody_has_is_refused(small: User, filters: tuple[str, str]) -> None:
    assert filters[1] in one_line(small("next", *filters))


def test_a_card_rated_from_outside_the_list_keeps_its_siblings_away(small: User) -> None:
    """`three` gives two cards: the list holds one, the filter is answered with the same note."""
    listed = small.json("next")
    assert listed["left"] == 4
    while small.json("next", "--kind", "basic")["note"] != "three":
        rate_next(small, "easy", "--kind", "basic")
    rate_next(small, "easy", "--kind", "basic")
    rest = []
    while (shown := small.json("next"))["card"]:
        rest.append(shown["note"])
        small.does("rate", shown["card"], "easy")
    assert "three" not in rest


def test_a_card_rated_again_returns_once_after_others(user: User) -> None:
    hard = rate_next(user, "again")["card"]
    others = [rate_next(user, "good") for _ in range(LATER)]
    assert hard not in [each["card"] for each in others]
    back = rate_next(user, "again")
    assert back["card"] == hard and "second look" in back["reason"]
    assert hard not in [rate_next(user, "good")["card"] for _ in range(LATER + 2)]


def test_a_card_rated_again_returns_at_once_when_nothing_else_is_left(small: User) -> None:
    hard = rate_next(small, "again", "--kind", "concept")["card"]
    assert rate_next(small, "again", "--kind", "concept")["card"] == hard
    assert small.json("next", "--kind", "concept")["card"] is None


def test_the_second_look_counts_as_left(small: User) -> None:
    rate_next(small, "again")
    assert small.json("next")["left"] == 4
    rate_next(small, "good")
    assert small.json("next")["left"] == 3


def test_at_most_as_many_new_cards_as_the_settings_say(small: User) -> None:
    small.home.mkdir(mode=0o700)
    (small.home / "settings.toml").write_text("new_per_day = 2\n")
    assert small.json("next")["left"] == 2
    for _ in range(2):
        rate_next(small, "easy")
    assert small.json("next")["card"] is None
    assert small.json("next", "--kind", "concept")["card"] is None
    small.at = "2026-03-03T10:00"
    assert small.json("next")["left"] == 2


def test_the_list_follows_the_clock_back_and_forth(small: User) -> None:
    card = rate_next(small, "good")["card"]
    due = small.json("show", card)["cards"][0]["due"]
    small.at = f"{due}T10:00"
    assert card in cards_of_today(small)
    small.at = "2026-03-03T10:00"
    assert card not in cards_of_today(small)


def cards_of_today(user: User) -> set[str]:
    """The cards of the day, by looking at the list that `next` makes."""
    user.does("next")
    return {card for (card,) in user.rows("SELECT card FROM today")}


# A month


class Mirror:
    """py-fsrs on its own: no steps, no fuzz, moments aligned to study days."""

    def __init__(self) -> None:
        self._scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
        self._cards: dict[str, Card] = {}

    def rate(self, card: str, rating: str, day: date) -> tuple[str, float, float]:
        """What fsrs says after a rating on a study day: due day, stability, difficulty."""
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        held = self._cards.get(card) or Card(card_id=len(self._cards), due=at)
        held, _ = self._scheduler.review_card(held, Rating(RATINGS.index(rating) + 1), at)
        assert held.state is State.Review and held.stability and held.difficulty
        self._cards[card] = held
        return held.due.date().isoformat(), held.stability, held.difficulty


def test_thirty_days_on_the_shipped_decks(user: User) -> None:
    rng, mirror = random.Random(30), Mirror()
    first = date(2026, 3, 10)  # the clocks change on the way, where they do
    log: list[tuple[str, str, str, float]] = []
    new_a_day: Counter[date] = Counter()
    notes_a_day: dict[tuple[date, str], set[str]] = defaultdict(set)
    ratings_a_day: dict[tuple[date, str], list[str]] = defaultdict(list)
    tokens = set()
    for number in range(30):
        day = first + timedelta(days=number)
        moment = datetime(day.year, day.month, day.day, rng.choice([4, 9, 18, 23]), 30)
        if rng.random() < 0.2:
            continue  # a day off
        for _ in range(rng.choice([5, 15, 30, 60])):
            moment += timedelta(seconds=rng.randint(3, 60))
            user.at = moment.isoformat()
            shown = user.json("next")
            card = shown["card"]
            if card is None:
                break
            rating = rng.choices(RATINGS, [15, 15, 60, 10])[0]
            rated = user.json("rate", card, rating, "--shown", shown["shown"], "--seconds", 9)
            expected = mirror.rate(card, rating, (moment - timedelta(hours=4)).date())
            assert (rated["due"], rated["stability"], rated["difficulty"]) == expected
            assert shown["shown"] not in tokens
            tokens.add(shown["shown"])
            log.append((card, rated["at"], rating, 9.0))
            new_a_day[day] += shown["retrievability"] is None
            notes_a_day[day, shown["note"]].add(card)
            ratings_a_day[day, card].append(rating)

    assert len(log) > 400
    assert sum(len(ratings) > 1 for ratings in ratings_a_day.values()) > 5
    assert any(due for due in user.rows("SELECT 1 FROM memory WHERE reviews > 2"))
    assert max(new_a_day.values()) == 20
    assert all(len(cards) == 1 for cards in notes_a_day.values())
    assert all(len(rated) == 1 or rated[0] == "again" for rated in ratings_a_day.values())
    assert all(len(rated) <= 2 for rated in ratings_a_day.values())
    assert kept_log(user) == log
    assert all(check["ok"] for check in user.json("doctor")["checks"])
    take_all_back(user, log)


def kept_log(user: User) -> list[tuple[str, str, str, float]]:
    """The review log of the store, as (card, moment, rating, seconds)."""
    return [
        (card, moment_text(at), RATINGS[rating - 1], seconds)
        for card, at, rating, seconds in user.rows(
            "SELECT card, at, rating, seconds FROM reviews WHERE kind = 'review' ORDER BY id"
        )
    ]


def moment_text(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat().replace("+00:00", "Z")


def take_all_back(user: User, log: list[tuple[str, str, str, float]]) -> None:
    """Undo gives back, act by act, the memory of a replay of what is left; in fresh processes."""
    before = {row[0]: row for row in user.rows("SELECT * FROM memory")}
    card = log[-1][0]
    told = user.process("show", card, "--json").json["cards"][0]
    shown = user.json("next")
    user.does("rate", shown["card"], "good")
    assert user.process("undo").status == 0
    assert {row[0]: row for row in user.rows("SELECT * FROM memory")} == before
    assert user.process("show", card, "--json").json["cards"][0] == told
    for count in range(1, 40):
        assert user.json("undo")["card"] == log[-count][0]
    assert kept_log(user) == log[:-39]
    assert user.process("doctor", "--json").json["ok"]
