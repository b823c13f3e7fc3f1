"""Drawing the questions of a mock interview, each for a reason that can be said.

A question comes up by its weight (more when it is in focus or came up lately), by how badly its
cards are known now, and by how long ago it was last rehearsed; a competency that was drawn already
gives way to others. Chance is passed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from greenflag.content import yamlfile
from greenflag.content.notes import Story
from greenflag.interview.mock import Draw

UNSEEN = 0.5
"""The recall that a card never seen counts as here: such questions come, but not mostly."""
LATELY = 14
"""Study days after a rehearsal until a question is as likely again as before."""
AGAIN = 0.4
"""How much less likely a competency is for each question of it that was drawn already."""
FOLLOWED = 0.5
"""The share of answers that are followed up."""


class Candidate(NamedTuple):
    """A question that may be drawn.

    `recall` is the mean recall of its seen cards now, None when none was ever seen; `last_day` is
    the study day of its last rehearsal and `last_wording` how it was asked then. `focus` is whether
    the next interview is to be about its competency, `came` how many times it counts because it
    came up in an interview lately.
    """

    note: str
    competency: str
    kind: str
    weight: int
    wordings: tuple[str, ...]
    recall: float | None = None
    last_day: int | None = None
    last_wording: str = ""
    focus: bool = False
    came: float = 1.0


def plan(
    candidates: Sequence[Candidate], count: int, today: int, rng: Random, *, follow_ups: bool
) -> tuple[Draw, ...]:
    """So many questions (fewer when there are no more), one of them a surprise.

    The same candidates, day and seed give the same plan, in whatever order the candidates come.
    """
    left = sorted(candidates, key=lambda each: each.note)
    drawn: list[Candidate] = []
    asked: dict[str, int] = {}
    count = min(count, len(left))
    surprising = count > 1
    while len(drawn) < count - surprising:
        chances = [chance(each, today) * AGAIN ** asked.get(each.competency, 0) for each in left]
        (each,) = rng.choices(left, chances)
        left.remove(each)
        drawn.append(each)
        asked[each.competency] = asked.get(each.competency, 0) + 1
    draws = [Draw(each.note, _wording(each, rng), why(each, today)) for each in drawn]
    kinds = [each.kind for each in drawn]
    if surprising:
        each = _surprise(left, rng)
        place = rng.randrange(1, len(draws) + 1)
        reason = f"A surprise, drawn by chance alone: {_history(each, today)}."
        draws.insert(place, Draw(each.note, _wording(each, rng), reason, surprise=True))
        kinds.insert(place, each.kind)
    return _followed(draws, kinds, rng) if follow_ups else tuple(draws)


def chance(each: Candidate, today: int) -> float:
    """How likely a question is against others: weight, times what is not known, times its rest.

    One in focus counts double, as in the plan, and so does what came up lately count more.
    """
    recall = UNSEEN if each.recall is None else each.recall
    rest = 1.0 if each.last_day is None else (today - each.last_day) / LATELY
    weight = each.weight * (2 if each.focus else 1) * each.came
    return weight * (1.1 - recall) * min(1.0, max(0.05, rest))


def why(each: Candidate, today: int) -> str:
    """The reason of a draw in words."""
    focus = ", in focus" if each.focus else ""
    came = ", came up in an interview lately" if each.came > 1 else ""
    return f"Weight {each.weight} of 5{focus}{came}; {_history(each, today)}."


def _history(each: Candidate, today: int) -> str:
    known = (
        "its cards not seen yet"
        if each.recall is None
        else f"its cards would be known {each.recall:.0%} now"
    )
    if each.last_day is None:
        return f"{known}; never rehearsed"
    days = max(0, today - each.last_day)
    ago = "today" if not days else "yesterday" if days == 1 else f"{days} days ago"
    return f"{known}; rehearsed {ago}"


def _surprise(left: Sequence[Candidate], rng: Random) -> Candidate:
    """Any question, whatever its weight; one never rehearsed if there is one."""
    return rng.choice([each for each in left if each.last_day is None] or left)


def _wording(each: Candidate, rng: Random) -> str:
    fresh = [words for words in each.wordings if words != each.last_wording]
    return rng.choice(fresh or each.wordings)


def _followed(draws: Sequence[Draw], kinds: Sequence[str], rng: Random) -> tuple[Draw, ...]:
    """About half of the draws with a follow-up question, none of them twice."""
    asked: set[str] = set()
    followed = []
    for draw, kind in zip(draws, kinds, strict=True):
        lists = follow_ups()
        fitting = [
            words for words in (*lists.get("any", ()), *lists.get(kind, ())) if words not in asked
        ]
        if fitting and rng.random() < FOLLOWED:
            draw = draw._replace(follow_up=rng.choice(fitting))
            asked.add(draw.follow_up)
        followed.append(draw)
    return tuple(followed)


@lru_cache(maxsize=1)
def follow_ups() -> Mapping[str, Sequence[str]]:
    """The follow-up questions by the kind of question they fit."""
    path = Path(__file__).with_name("followups.yaml")
    found, problems = yamlfile.read(path.read_bytes(), path.name)
    if problems:
        raise ValueError("\n".join(map(str, problems)))
    lists: Mapping[str, Sequence[str]] = found["follow_ups"]
    return lists


def story_for(note: str, competency: str, stories: Sequence[Story]) -> Story | None:
    """The user's own story for a question: one that names it, else the best of its competency.

    Best is the one that has figures and names the competency first.
    """
    naming = [story for story in stories if note in (story.answers or ())]
    fitting = naming or [story for story in stories if competency in story.competencies]

    def rank(story: Story) -> tuple[bool, int, str]:
        names = story.competencies
        place = names.index(competency) if competency in names else len(names)
        return not story.figures, place, story.id

    return min(fitting, key=rank, default=None)
