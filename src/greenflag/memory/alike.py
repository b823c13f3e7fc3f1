"""Cards as columns, and cards nearly alike taken as one."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from greenflag.memory.deadline import Indices, Learner
from greenflag.memory.formulae import Array, retrievability

FINE = (8, 6, 3)  # parts by stability, days since the last look, difficulty, for each weight
COARSE = (4, 3, 2)
REACH = 2  # with fewer cards for each group it is not worth grouping them


@dataclass(frozen=True, slots=True)
class States:
    """Cards as columns, each row standing for `count` cards: (n,) each."""

    seen: NDArray[np.bool_]
    stability: Array
    difficulty: Array
    last: Array  # study day of the last look
    again: NDArray[np.bool_]  # rated again today, without a second look yet
    weight: Array
    level: Indices  # the column of the table for that weight
    count: Array
    never: Array  # recall at the interview without another look

    def take(self, rows: Indices) -> States:
        """Some of the cards."""
        return States(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})


def kept(states: States, learner: Learner, moment: float) -> Array:
    """Recall at a moment (in study days) without another look: (n,)."""
    recall = retrievability(learner.parameters, moment - states.last, states.stability)
    return np.where(states.seen, recall, learner.unseen_recall)


def alike(states: States, day: int, parts: tuple[int, int, int]) -> tuple[States, Indices]:
    """Cards gathered into groups of nearly the same memory, and the group of each card.

    Never-seen cards of one level are the same. Seen ones are parted by stability, each part by
    the days since the last look, each of those by difficulty. A group has the mean of its cards
    (of log stability), so what is worked out for it is right but for second-order terms.
    """
    kind = np.where(states.seen, 1 + (states.last >= day) + states.again, 0)
    _, group = np.unique(states.level * 4 + kind, return_inverse=True)
    seen = np.flatnonzero(states.seen)
    size = len(np.unique(states.level)) * int(np.prod(parts))
    if len(seen) > REACH * size:
        stability = np.log(states.stability)
        for values, count in zip((stability, states.last, states.difficulty), parts, strict=True):
            group = _parted(group, values, np.where(states.seen, count, 1))
    else:
        group[seen] = len(states.seen) + np.arange(len(seen))
        _, group = np.unique(group, return_inverse=True)
    return _gathered(states, group), group


def _parted(group: Indices, values: Array, parts: Indices) -> Indices:
    """Each group cut into `parts` of nearly the same size, by rising values."""
    order = np.lexsort((values, group))
    sizes = np.bincount(group)
    place = np.empty(len(group), dtype=np.int64)
    place[order] = np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    part = place * parts // sizes[group]
    _, parted = np.unique(group * int(parts.max(initial=1)) + part, return_inverse=True)
    return parted


def _gathered(states: States, group: Indices) -> States:
    count: Array = np.bincount(group, states.count).astype(np.float64)

    def mean(column: Array) -> Array:
        result: Array = np.bincount(group, column * states.count) / count
        return result

    _, first = np.unique(group, return_index=True)
    return States(
        seen=states.seen[first],
        stability=np.exp(mean(np.log(states.stability))),
        difficulty=mean(states.difficulty),
        last=mean(states.last),
        again=states.again[first],
        weight=mean(states.weight),
        level=states.level[first],
        count=count,
        never=mean(states.never),
    )
