"""What a mock interview needs of the store and the decks, and how its values are carried over."""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from greenflag import terminal
from greenflag.cli.answers import power_verbs, read_bounded
from greenflag.cli.app import App
from greenflag.cli.choosing import may_be_asked
from greenflag.cli.day import Day
from greenflag.content.faces import items_of
from greenflag.content.notes import GreenFlag, Question, RedFlag, Script, Story, from_json
from greenflag.errors import GreenflagError
from greenflag.interview import draw, transcript
from greenflag.interview.answer import Analysis, PowerVerb, analyse, read_rules
from greenflag.interview.answer.gate import NO_ANSWER, NOT_ENGLISH
from greenflag.interview.debrief import Came, weights
from greenflag.interview.mock import Answer, Draw, Told
from greenflag.interview.practice import Rehearsed
from greenflag.interview.prompt import Shown
from greenflag.interview.stories import parts_of
from greenflag.store import debriefs, interviews, notes, rehearsals
from greenflag.store.rehearsals import Mock, Rehearsal
from greenflag.studyday import moment, study_day

HOLDING = "surprise-question", "SC-04"
"""The tag, or else the ref, of a script with words to gain time."""
CRAFT = "interview-craft"
"""The competency whose flags belong to every answer."""
MOST_FLAGS = 3
MOST_MENDS = 3


class Wanted(NamedTuple):
    """What a new mock interview is to be like; `minutes` for an answer, `think` in seconds."""

    questions: int
    minutes: float
    think: float
    competencies: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    unseen: bool = False
    follow_ups: bool = True
    seed: int | None = None


class Desk:
    """Fetches questions, reads answers, and keeps what was told."""

    def __init__(self, app: App, day: Day, kept: Mock | None = None) -> None:
        self.app, self.day, self.db = app, day, day.db
        self._kept = kept
        self._read: tuple[str, Analysis] | None = None

    @property
    def kept(self) -> Mock:
        """The mock interview under way."""
        assert self._kept is not None
        return self._kept

    # Beginning, and going on

    def begin(self, wanted: Wanted) -> None:
        """Draw a new mock interview and keep it."""
        seed = random.SystemRandom().randrange(10**6) if wanted.seed is None else wanted.seed
        candidates = self.candidates(wanted)
        plan = draw.plan(
            candidates,
            wanted.questions,
            self.day.day,
            random.Random(seed),
            follow_ups=wanted.follow_ups,
        )
        if not plan:
            raise _nothing(wanted)
        options = {"minutes": wanted.minutes, "think": wanted.think, "seed": seed}
        about = self.app.now().astimezone().strftime("%Y-%m-%d %H:%M")
        draws = [each._asdict() for each in plan]
        self._kept = rehearsals.begin(self.db, draws, options, self.app.now_ms, about)

    def take_up(self, kept: Mock) -> None:
        """Go on with a mock interview that was broken off."""
        self._kept = kept

    def candidates(self, wanted: Wanted) -> list[draw.Candidate]:
        """The questions that may be drawn: those the next interview takes in, if there is one.

        A competency that is asked for by name is drawn from all decks.
        """
        seen, told = rehearsals.memories(self.db, "question"), rehearsals.last_told(self.db)
        came = weights(self._came_up(), self.day.day)
        ahead = next(iter(interviews.ahead(self.db, self.app.now_ms)), None)
        scope = None if wanted.competencies else ahead
        found = []
        for row in may_be_asked(self.app, scope) or may_be_asked(self.app, None):
            if wanted.competencies and row.competency not in wanted.competencies:
                continue
            if wanted.unseen and row.id in seen:
                continue
            note = from_json(row.body)
            assert isinstance(note, Question)
            if wanted.kinds and note.question_kind not in wanted.kinds:
                continue
            recalls = [self.day.recall(memory) for memory in seen.get(row.id, ())]
            day, wording = told.get(row.id, (None, ""))
            wordings = [
                " ".join(each.split()) for each in (note.question, *(note.also_asked or ()))
            ]
            found.append(
                draw.Candidate(
                    note=row.id,
                    competency=row.competency or "",
                    kind=note.question_kind or "",
                    weight=row.weight,
                    wordings=tuple(wordings),
                    recall=sum(recalls) / len(recalls) if recalls else None,
                    last_day=day,
                    last_wording=wording,
                    focus=ahead is not None and row.competency in ahead.focus,
                    came=came.get(row.id, 1.0),
                )
            )
        return found

    def _came_up(self) -> Iterator[Came]:
        rollover = self.app.settings.rollover_hour
        for note, went, at in debriefs.came_up(self.db):
            yield Came(note, went, study_day(moment(at), rollover))

    # What the interview asks for

    def fetch(self, draw_: Draw, told: Told | None) -> Shown | None:
        """The question ready to show; None when no deck holds it and nothing of it was told."""
        row = notes.note(self.db, draw_.note)
        if row is None or (row.removed is not None and told is None):
            return None
        note = from_json(row.body)
        if not isinstance(note, Question):  # its kind was changed since
            return None
        competency = row.competency or ""
        story = draw.story_for(row.id, competency, self._stories)
        return Shown(
            place=competency,
            points=note.key_points,
            story=story.id if story else None,
            telling=telling(story) if story else "",
            red=self._flags("red_flag", competency),
            green=self._flags("green_flag", competency),
            phrase=self._phrase if draw_.surprise else "",
        )

    def keep(self, told: Told, last: bool) -> None:
        """Write what was told; on the disk when this returns."""
        draw_ = plan_of(self.kept)[told.place]
        note = notes.note(self.db, draw_.note)
        row = row_of(
            told,
            draw_,
            competency=note.competency if note else None,
            at=self.app.now_ms,
            day=self.app.today,
            allowed=float(self.kept.options["minutes"]) * 60,
        )
        self._kept = rehearsals.keep(self.db, self.kept, row, last=last)

    def load(self, path: str) -> bytes:
        """What a file holds."""
        try:
            return read_bounded(os.path.expanduser(path))
        except OSError as error:
            raise GreenflagError(f"{path}: {error.strerror}") from None
        except ValueError:  # a zero in the name
            raise GreenflagError(f"{path!r} is no file") from None

    def read(self, data: bytes, name: str, source: str) -> Answer:
        """An answer from its text, with what the analysis notices counted."""
        found = self._analysis(transcript.read(data, name))
        words = found.text.strip()
        self._read = words, found
        return Answer(found.seconds, source, words, counts(found))

    def advice(self, words: str) -> Sequence[str]:
        """What the analysis would mend first, each a line of Markdown."""
        if self._read and self._read[0] == words:  # long ones are not read twice
            return mends(self._read[1])
        return mends(self._analysis(transcript.Transcript(words)))

    def write(self, given_back: Callable[[], object]) -> bytes | None:
        """What the learner writes in an editor; None without an editor."""
        handle, path = tempfile.mkstemp(prefix="answer-", suffix=".md", dir=self.app.home)
        os.close(handle)
        try:
            edited = terminal.edit_file(path, 1, given_back)
            return read_bounded(path) if edited else None
        finally:
            os.unlink(path)

    def _analysis(self, told: transcript.Transcript) -> Analysis:
        return analyse(told, read_rules(), self._verbs)

    # What the decks hold, read once

    @cached_property
    def _verbs(self) -> tuple[PowerVerb, ...]:
        return tuple(power_verbs(self.app))

    @cached_property
    def _stories(self) -> list[Story]:
        held = (from_json(row.body) for row in notes.of_kind(self.db, "story"))
        return [note for note in held if isinstance(note, Story)]

    @cached_property
    def _all_flags(self) -> list[notes.KeptNote]:
        return sorted(
            notes.of_kind(self.db, "red_flag", "green_flag"), key=lambda row: (-row.weight, row.id)
        )

    def _flags(self, kind: str, competency: str) -> tuple[str, ...]:
        """The weightiest flags of a competency; those of every answer when it has none."""
        for wanted in (competency, CRAFT):
            rows = [row for row in self._all_flags if row.kind == kind and row.competency == wanted]
            if rows:
                return tuple(_flag(row) for row in rows[:MOST_FLAGS])
        return ()

    @cached_property
    def _phrase(self) -> str:
        """The words of the decks that gain time; empty without any."""
        scripts = [from_json(row.body) for row in notes.of_kind(self.db, "script")]
        tag, ref = HOLDING
        found = [note for note in scripts if tag in note.tags] or [
            note for note in scripts if ref in note.refs
        ]
        return found[0].text if found and isinstance(found[0], Script) else ""


def _nothing(wanted: Wanted) -> GreenflagError:
    if wanted.competencies or wanted.kinds or wanted.unseen:
        return GreenflagError("no question fits", "leave out --unseen, --competency or --kind")
    return GreenflagError("the decks hold no questions", "write some with: greenflag deck new NAME")


def _flag(row: notes.KeptNote) -> str:
    note = from_json(row.body)
    assert isinstance(note, RedFlag | GreenFlag)
    return " ".join(note.flag.split())


def telling(story: Story) -> str:
    """A story as it is best told, as Markdown."""
    lines = [f"**Your story**: {_one_line(story.title)}"]
    for part, text in parts_of(story).items():
        words = " ".join(map(_sentence, text.split("\n"))) if "\n" in text else _one_line(text)
        lines.append(f"- {part.capitalize()}: {words}")
    told = _one_line("\n".join(items_of(story.result)))
    figures = [each for each in map(_one_line, items_of(story.figures)) if each not in told]
    if figures:  # those that are words of the result stand there
        lines.append(f"- Figures: {'; '.join(figures)}")
    return f"{lines[0]}\n\n" + "\n".join(lines[1:])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sentence(text: str) -> str:
    """A line that ends as a sentence does, so that another may follow."""
    text = _one_line(text)
    return text if not text or text[-1] in ".!?…:;。" else f"{text}."


def counts(found: Analysis) -> dict[str, int]:
    """How often each rule found something."""
    return dict(Counter(finding.rule for finding in found.findings))


def mends(found: Analysis) -> list[str]:
    """The rules that found most, each with its first words and the mend; then what is not said.

    What could not be read in it comes first; of a text the rules cannot read, that is all.
    """
    if NOT_ENGLISH in found.notices or NO_ANSWER in found.notices:
        return list(found.notices)
    by_rule = Counter(counts(found)).most_common()
    lines = []
    for rule, times in by_rule:
        if rule not in ("figure", "green-flag"):
            first = next(finding for finding in found.findings if finding.rule == rule)
            often = f" ({times} times)" if times > 1 else ""
            lines.append(f"**{rule}**{often} “{first.text}”: {first.advice}")
    lines = [*found.notices, *lines[:MOST_MENDS]]
    if not any(rule == "figure" for rule, _ in by_rule):
        lines.append("**no figure**: give one, with its start, its end and its period.")
    return lines


# Between the values of the store and those of the interview


def plan_of(kept: Mock) -> tuple[Draw, ...]:
    """The draws of a mock interview."""
    return tuple(Draw(**each) for each in kept.plan)


def told_of(rows: Iterable[Rehearsal]) -> tuple[Told, ...]:
    """What was told in a mock interview, as its state machine knows it."""
    return tuple(
        Told(
            row.place or 0,
            row.state,
            Answer(row.seconds, row.source, row.answer, row.findings) if row.source else None,
            _follow_up(row),
            row.points,
            row.said,
            row.story,
            row.remark,
        )
        for row in rows
    )


def _follow_up(row: Rehearsal) -> Answer | None:
    if row.follow_seconds is None and row.follow_answer is None:
        return None
    return Answer(row.follow_seconds, words=row.follow_answer)


def row_of(
    told: Told, draw_: Draw, *, competency: str | None, at: int, day: int, allowed: float
) -> Rehearsal:
    """What was told of a question, ready for the store."""
    answer, follow_up = told.answer, told.follow_up
    return Rehearsal(
        note=draw_.note,
        wording=draw_.wording,
        at=at,
        day=day,
        state=told.state,
        allowed=allowed,
        place=told.place,
        competency=competency,
        source=answer.source if answer else "",
        seconds=answer.seconds if answer else None,
        answer=answer.words if answer else None,
        follow_up=draw_.follow_up,
        follow_seconds=follow_up.seconds if follow_up else None,
        follow_answer=follow_up.words if follow_up else None,
        points=told.points,
        said=told.said,
        story=told.story,
        remark=told.remark,
        findings=answer.findings if answer else None,
    )


def rehearsed(row: Rehearsal) -> Rehearsed:
    """A kept answer as practice counts it; key points count once they were gone through."""
    compared = row.state in ("ticked", "done")
    return Rehearsed(
        row.note,
        row.competency or "",
        row.day,
        row.seconds,
        row.allowed,
        len(row.said) if compared else 0,
        row.points if compared else 0,
        row.findings,
    )


def when(at: int) -> str:
    """A moment (in ms) as the user's clock and calendar showed it."""
    local = moment(at).astimezone()
    return f"{local.day} {local.strftime('%B %Y, %H:%M')}"
