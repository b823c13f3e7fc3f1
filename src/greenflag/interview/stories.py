"""The story bank: what the stories show, where the gaps are, and which story fits a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import fsum, log
from typing import NamedTuple

from greenflag.content.faces import items_of
from greenflag.content.notes import Question, Story, cards_of
from greenflag.interview.answer.gate import COMMON
from greenflag.interview.answer.parts import PARTS
from greenflag.interview.answer.timing import USUAL_PACE
from greenflag.interview.answer.words import count_words, sentences_of

LEAST, MOST = 5, 7
"""How many stories a bank holds: fewer leave gaps, more are not told well."""
UNSEEN = 0.2
"""The recall of a card never seen, as the planner takes it."""
ASIDE = 0.25
"""What a question counts that is answered from knowledge rather than with a story."""
TOLD = ("behavioural", "situational", None)
"""The kinds of question that a story answers; a question without a kind may be one."""
MOST_SHARED = 5
"""How many shared words are named."""
_CHOSEN, _SHOWS = 4.0, 2.0
_LEAST_SHARED = 0.08
"""Share of a question's words (by weight) from which shared words alone make a story fit."""


class Coverage(NamedTuple):
    """Which stories (ids) show each competency, which are shown by none, and the share shown.

    `missing` has the heaviest first; `share` is 0 to 1, by weight.
    """

    shown: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]
    share: float


def coverage(stories: Iterable[Story], competencies: Mapping[str, float]) -> Coverage:
    """How far stories show the competencies, each with the weight it has."""
    found: dict[str, list[str]] = {name: [] for name in competencies}
    for story in stories:
        for name in dict.fromkeys(story.competencies):
            if name in found:
                found[name].append(story.id)
    missing = sorted((n for n in found if not found[n]), key=lambda name: -competencies[name])
    won = fsum(weight for name, weight in competencies.items() if found[name])
    total = fsum(competencies.values())
    share = won / total if total else float(not missing)
    return Coverage({n: tuple(ids) for n, ids in found.items()}, tuple(missing), share)


def needs(questions: Iterable[Question], focus: Iterable[str] = ()) -> dict[str, float]:
    """How much each competency asks for stories, heaviest first; those in focus count double.

    A question counts its weight, and a quarter of it when no story answers its kind.
    """
    total: dict[str, float] = {}
    for question in questions:
        if question.competency:
            counts = question.weight * (1 if question.question_kind in TOLD else ASIDE)
            total[question.competency] = total.get(question.competency, 0.0) + counts
    for name in set(focus):
        if name in total:
            total[name] *= 2
    return dict(sorted(total.items(), key=lambda each: -each[1]))


# ------------------------------------------------------------------------------- telling


def parts_of(story: Story) -> dict[str, str]:
    """The text of each part a story has, in the order they are told."""
    texts = {part: "\n".join(items_of(getattr(story, part))) for part in PARTS}
    return {part: text for part, text in texts.items() if text}


def words_in(story: Story) -> int:
    """How many words are spoken when a story is told."""
    return sum(map(count_words, parts_of(story).values()))


def spoken_seconds(story: Story) -> float:
    """How long a story takes to tell, at 140 words a minute."""
    return round(words_in(story) / USUAL_PACE * 60, 1)


# ------------------------------------------------------------------------------- the matrix


class Column(NamedTuple):
    """A story in the matrix: its letter, and the recall of its own cards on the day (0 to 1)."""

    letter: str
    id: str
    title: str
    recall: float


class Row(NamedTuple):
    """A competency, or a cluster of questions (competency and kind), and who covers it.

    `cells` holds the recall of each story (by id) that does.
    """

    competency: str
    question_kind: str | None
    questions: int
    weight: float
    cells: Mapping[str, float]


class Remark(NamedTuple):
    """Something to mend in the bank: the rule, what it is, and the command that mends it."""

    rule: str
    what: str
    do: str


class Matrix(NamedTuple):
    """Stories against competencies and question clusters, and what to mend, most urgent first."""

    stories: tuple[Column, ...]
    competencies: tuple[Row, ...]
    clusters: tuple[Row, ...]
    share: float
    remarks: tuple[Remark, ...]


def matrix(
    stories: Sequence[Story],
    questions: Sequence[Question],
    recall: Mapping[str, float],
    focus: Iterable[str] = (),
) -> Matrix:
    """The whole bank at a glance.

    `recall` is the chance, by card id, that a card is known on the day; a card that is not in it
    was never seen and counts 0.2.
    """
    columns = tuple(
        Column(letter_of(number), story.id, story.title, _recall(story, recall))
        for number, story in enumerate(stories)
    )
    known = {column.id: column.recall for column in columns}
    wanted = needs(questions, focus)
    for name in (name for story in stories for name in story.competencies):
        wanted.setdefault(name, 0.0)
    covered = coverage(stories, wanted)
    rows = tuple(
        Row(
            name,
            None,
            sum(question.competency == name for question in questions),
            weight,
            {id_: known[id_] for id_ in covered.shown[name]},
        )
        for name, weight in wanted.items()
    )
    needed = [row for row in rows if row.weight]
    share = coverage(stories, {row.competency: row.weight for row in needed}).share
    clusters = _clusters(stories, questions, known, wanted)
    return Matrix(columns, rows, clusters, share, tuple(_remarks(columns, needed)))


def letter_of(number: int) -> str:
    """The short name of the nth story (from 0): A to Z, then AA, AB …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _recall(story: Story, recall: Mapping[str, float]) -> float:
    ids = [card.id for card in cards_of(story)]
    return sum(recall.get(id_, UNSEEN) for id_ in ids) / len(ids)


def _clusters(
    stories: Sequence[Story],
    questions: Sequence[Question],
    known: Mapping[str, float],
    wanted: Mapping[str, float],
) -> tuple[Row, ...]:
    """A row for each competency and kind of question; a story covers it by answering one of it."""
    groups: dict[tuple[str, str | None], list[Question]] = {}
    for question in questions:
        if question.competency:
            groups.setdefault((question.competency, question.question_kind), []).append(question)
    by_question: dict[str, list[str]] = {}
    for story in stories:
        for id_ in dict.fromkeys(story.answers or ()):
            by_question.setdefault(id_, []).append(story.id)
    order = list(wanted)
    found = []
    for (competency, kind), group in groups.items():
        ids = dict.fromkeys(id_ for q in group for id_ in by_question.get(q.id, ()))
        weight = float(sum(question.weight for question in group))
        found.append(Row(competency, kind, len(group), weight, {id_: known[id_] for id_ in ids}))
    return tuple(
        sorted(found, key=lambda r: (order.index(r.competency), r.question_kind or "", -r.weight))
    )


def _remarks(columns: Sequence[Column], rows: Sequence[Row]) -> Iterable[Remark]:
    """What is to mend, most urgent first; rows are the competencies that questions ask for."""
    empty = [row for row in rows if not row.cells]
    new = "greenflag story new"
    if not columns:
        first = f" --competency {empty[0].competency}" if empty else ""
        yield Remark("none", "no story yet", new + first)
        return
    for row in empty:
        do = f"{new} --competency {row.competency}"
        if len(columns) >= MOST:  # an eighth story is no gain: let one of the others show it
            do = f"greenflag edit {_least_used(columns, rows)}"
        count = f"{row.questions} question{'s' * (row.questions != 1)}"
        yield Remark("empty", f"no story for {row.competency} ({count})", do)
    if name := _overused(columns, rows):
        column = next(column for column in columns if column.id == name)
        what = f"one story is used for nearly everything: {column.title}"
        yield Remark("one-for-all", what, new)
    if len(columns) < LEAST:
        what = f"{len(columns)} of at least {LEAST} stories"
        yield Remark("few", what, new)
    if len(columns) > MOST:
        what = f"{len(columns)} stories, more than {MOST}: tell the best of them well"
        yield Remark("many", what, "greenflag story check")
    weak = min(columns, key=lambda column: column.recall)
    if weak.recall < 0.7:
        what = f"you would not recall all of it: {weak.title} ({weak.recall:.0%})"
        yield Remark("weak", what, "greenflag review --kind story")


def _least_used(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    return min(columns, key=lambda column: sum(column.id in row.cells for row in rows)).id


def _overused(columns: Sequence[Column], rows: Sequence[Row]) -> str | None:
    """The story that stands in more than half of all rows, or alone in most of those covered."""
    covered = [row for row in rows if row.cells]
    if len(columns) < 2 or len(covered) < 3:
        return None
    for column in columns:
        here = [row for row in covered if column.id in row.cells]
        alone = [row for row in here if len(row.cells) == 1]
        if 2 * len(here) > len(rows) or (len(alone) >= 3 and 2 * len(alone) > len(covered)):
            return column.id
    return None


# ------------------------------------------------------------------------------- fitting


class Fit(NamedTuple):
    """Why a story fits a question: chosen by its `answers`, the competency, the words they share.

    `score` orders fits of one question; it means nothing beside another question's.
    """

    story: str
    question: str
    score: float
    chosen: bool
    competency: str | None
    shares: tuple[str, ...]

    def why(self) -> str:
        """The reasons in words."""
        reasons = ["you chose it" if self.chosen else ""]
        if self.competency:
            reasons.append(f"shows {self.competency}, which this question is about")
        if self.shares:
            reasons.append(f"shares: {', '.join(self.shares)}")
        return "; ".join(filter(None, reasons))


Weights = Mapping[str, float]


class Bank:
    """The questions there are, with their words weighed: a rare word says most."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = questions
        self._words = {question.id: _words_of_question(question) for question in questions}
        counts: dict[str, int] = {}
        for words in self._words.values():
            for word in words:
                counts[word] = counts.get(word, 0) + 1
        most = max(2, len(questions) // 6)  # a word in so many questions tells nothing
        self._weights = {
            word: log(1 + len(questions) / count) for word, count in counts.items() if count <= most
        }

    def stories_for(self, question: Question, stories: Iterable[Story]) -> list[Fit]:
        """The stories that fit a question, best first."""
        fits = (self._fit(question, story, words_of_story(story)) for story in stories)
        return _best(fits, lambda fit: fit.story)

    def questions_for(self, story: Story) -> list[Fit]:
        """The questions a story fits, best first; only those of a kind that stories answer."""
        words = words_of_story(story)
        told = (question for question in self.questions if question.question_kind in TOLD)
        return _best((self._fit(each, story, words) for each in told), lambda fit: fit.question)

    def competencies_for(self, story: Story, most: int = 3) -> list[str]:
        """The competencies of the questions whose words a story shares, best first."""
        words = words_of_story(story)
        total: dict[str, float] = {}
        for question in self.questions:
            fit = self._fit(question, story, words)
            if question.competency and fit.shares:
                gain = fit.score - _CHOSEN * fit.chosen - _SHOWS * bool(fit.competency)
                total[question.competency] = total.get(question.competency, 0.0) + gain**2
        return sorted(total, key=lambda name: -total[name])[:most]

    def _fit(self, question: Question, story: Story, words: frozenset[str]) -> Fit:
        about = self._words.get(question.id) or _words_of_question(question)
        weights = {word: self._weights.get(word, 0.0) for word in about}
        shared = sorted(words & about, key=lambda word: (-weights[word], word))
        shared = [word for word in shared if weights[word]]
        whole = sum(weights.values())
        overlap = sum(weights[word] for word in shared) / whole if whole else 0.0
        chosen = question.id in (story.answers or ())
        shows = question.competency if question.competency in story.competencies else None
        if overlap < _LEAST_SHARED and not (chosen or shows):
            shared, overlap = [], 0.0
        score = _CHOSEN * chosen + _SHOWS * bool(shows) + overlap
        return Fit(story.id, question.id, score, chosen, shows, tuple(shared[:MOST_SHARED]))


def _best(fits: Iterable[Fit], name: Callable[[Fit], str]) -> list[Fit]:
    return sorted((fit for fit in fits if fit.score), key=lambda fit: (-fit.score, name(fit)))


def words_of_story(story: Story) -> frozenset[str]:
    """The lemmas of a story that say what it is about."""
    return words_of("\n".join((story.title, *parts_of(story).values())))


def _words_of_question(question: Question) -> frozenset[str]:
    asked = (question.question, *(question.also_asked or ()), question.intent, *question.key_points)
    tags = (tag.replace("-", " ") for tag in question.tags)
    return words_of("\n".join((*asked, *tags)))


def words_of(text: str) -> frozenset[str]:
    """The lemmas of a text that say what it is about: no short, common or counting words."""
    return frozenset(
        token.lemma
        for sentence in sentences_of(text)
        for token in sentence.tokens
        if token.is_word and len(token.lemma) > 3 and token.word not in COMMON | EMPTY
    )


EMPTY = frozenset(
    "tell about time when give example describe what which where have your yours with from that"
    " this would could should been were they them their there than then also very much many more"
    " most some other others another after before first last make made take took come came went"
    " going gone goes done does doing said says tell told asked asks used uses using like just"
    " into onto over under upon while until since because whole every each both only same such"
    " even still again never ever once twice three four five seven eight nine month week year day"
    " days weeks months years quarter quarters minute minutes hour hours people somebody someone"
    " anybody something anything thing things really happen happened handle handled work worked"
    " need needed want wanted know known knew think thought good better best well back without"
    " within between against through yourself themselves himself herself itself".split()
)
"""Words that stand in any story and in any question."""
