"""Telling something new: a story asked for part by part or opened in the editor, a reframe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, NamedTuple

from greenflag import terminal
from greenflag.cli.app import App
from greenflag.cli.asking import TITLE, Asker
from greenflag.cli.editing import add_note, file_named, new_id, own_deck, write_private
from greenflag.cli.sync import one_line
from greenflag.content import notes as kinds
from greenflag.content import yamlfile
from greenflag.content.decks import deck_of
from greenflag.content.decktext import as_yaml
from greenflag.content.fields import LONGEST, read_fields
from greenflag.content.notes import COMPETENCIES, Question, Reframe, Story
from greenflag.content.problem import Problem, shown
from greenflag.errors import DeckProblems, GreenflagError
from greenflag.store import notes

if TYPE_CHECKING:
    from greenflag.interview.stories import Bank

DRAFT = "draft-story.yaml"
"""Where a story waits that was begun in the editor and cannot be kept yet, in the home folder."""
LARGEST = 2**20
SUGGESTED = 6
"""How many questions are suggested for a story."""

Fields = dict[str, str | Sequence[str]]


class Told(NamedTuple):
    """A note that was written: its id, its words for people, and what it holds."""

    note: str
    said: str
    fields: Fields


def questions_of(app: App) -> list[Question]:
    """The questions of all decks."""
    return [
        held
        for note in notes.all_notes(app.db)
        if note.kind == "question" and isinstance(held := kinds.from_json(note.body), Question)
    ]


def areas_of(app: App) -> list[str]:
    """The competencies there are: those of the questions first, then the rest of the twelve."""
    return list(dict.fromkeys((*notes.competencies(app.db), *COMPETENCIES)))


def asked_story(app: App, competencies: Sequence[str], answers: Sequence[str]) -> Fields:
    """The parts of a story, asked one after the other; what is given already is not asked."""
    from greenflag.interview.stories import Bank

    questions = questions_of(app)
    areas = areas_of(app)
    _check_known("competency", competencies, areas, "greenflag story matrix")
    _check_known("question", answers, [q.id for q in questions], "greenflag search WORDS")
    ask = Asker(app, "story")
    ask.tell("A story in STAR+ parts, each on a line of its own. Ctrl-C leaves; nothing is kept.")
    told: Fields = {
        "title": ask.text("Title", "the name you will remember it by.", most=TITLE),
        "situation": ask.text("Situation", "where and when, what was wrong; two sentences."),
        "task": ask.text("Task", 'what was yours to do: "I was to ..."'),
        "action": ask.lines("Action", "what you did, one step a line; an empty line ends it."),
        "result": ask.text("Result", "what came of it: number before, number after, time taken."),
    }
    hint = "what you have done differently since (empty: none yet)."
    if takeaway := ask.text("Takeaway", hint, needed=False):
        told["takeaway"] = takeaway
    bank = Bank(questions)
    told["competencies"] = list(competencies) or _asked_competencies(ask, bank, told, areas)
    if chosen := list(answers) or _asked_answers(ask, bank, told):
        told["answers"] = chosen
    return told | _figures(told)


def _asked_competencies(ask: Asker, bank: Bank, told: Fields, areas: Sequence[str]) -> list[str]:
    nearest = bank.competencies_for(_story(told))
    offered = {name: name for name in dict.fromkeys((*nearest, *areas))}
    few = {0: "", 1: " The first seems to fit."}
    fitting = few.get(len(nearest), f" The first {len(nearest)} seem to fit.")
    hint = f"what it shows; numbers or names.{fitting}"
    return ask.some("Competencies", hint, offered, areas, needed=True)


def _asked_answers(ask: Asker, bank: Bank, told: Fields) -> list[str]:
    texts = {question.id: question.question for question in bank.questions}
    fits = bank.questions_for(_story(told))[:SUGGESTED]
    offered = {fit.question: _beside(fit.question, texts[fit.question]) for fit in fits}
    hint = "which it answers; numbers or ids (empty: none yet)."
    return ask.some("Questions", hint, offered, list(texts), needed=False)


def _check_known(what: str, given: Sequence[str], known: Sequence[str], find: str) -> None:
    for name in given:
        if name not in known:
            raise GreenflagError(f"no {what} {name!r}", f"see: {find}")


def _beside(id_: str, text: str) -> str:
    """An id and the beginning of a text, on one line of 80 columns."""
    return f"{id_}  {shorten(text, max(20, 72 - len(id_)), placeholder='…')}"


def _figures(told: Fields) -> Fields:
    """The numbers that prove a story, taken from its result word by word."""
    from greenflag.interview.faults import proofs

    found = proofs(str(told["result"]))
    return {"figures": found} if found and not told.get("figures") else {}


def _story(told: Fields) -> Story:
    """A story of what is told so far."""
    values = {n: v if isinstance(v, str) else tuple(v) for n, v in told.items()}
    return Story(**{"id": "story", "competencies": (), **values})


# ------------------------------------------------------------------------------- the editor


def edited_story(app: App) -> Fields | None:
    """The parts of a story written in the editor; None when the template was left as it is.

    What cannot be kept yet stays as a draft, which the next call opens again.
    """
    path = Path(app.home) / DRAFT
    template = _template(areas_of(app)).encode()
    if not path.exists():
        write_private(path, template)
    if not terminal.edit_file(str(path), 1, nullcontext):
        if path.read_bytes() == template:
            path.unlink()
        mend = "set EDITOR, for example: export EDITOR=nano"
        raise GreenflagError("no editor, or it failed", mend)
    if path.stat().st_size > LARGEST:
        raise GreenflagError(f"{path} is larger than {LARGEST // 2**20} MB", "shorten it")
    data = path.read_bytes()
    if data == template:
        path.unlink()
        return None
    return _parts_in(app, data, str(path))


def forget_draft(app: App) -> None:
    """Put the draft away, once it is a note."""
    (Path(app.home) / DRAFT).unlink(missing_ok=True)


def _template(areas: Sequence[str]) -> str:
    text = (Path(kinds.__file__).with_name("story.yaml")).read_text("utf-8")
    return text.replace("COMPETENCIES", "\n#   ".join(areas))


def _parts_in(app: App, data: bytes, file: str) -> Fields:
    """The parts that a draft holds; DeckProblems names all that is wrong, by line."""
    value, problems = yamlfile.read(data, file)
    if not problems and not isinstance(value, yamlfile.Mapping):
        problems = [Problem(file, 1, "no story in it", "keep the names of the parts")]
    given: Fields = {}
    if not problems:
        given = {n: part for n, raw in value.items() if (part := _without_blanks(raw))}
        _, found = read_fields(Story, {"id": "story", **given})
        problems = [
            Problem(file, value.lines.get(each.field or "", 1), each.what, each.mend)
            for each in found
        ]
    if not problems:
        problems = list(_unknown(app, given, value.lines, file))
    if problems:
        lines = [" ".join(str(problem).splitlines()) for problem in problems]
        raise DeckProblems([*lines, "nothing was written; greenflag story new --editor goes on"])
    return given | _figures(given)


def _unknown(app: App, given: Fields, lines: Mapping[str, int], file: str) -> Iterator[Problem]:
    """The competencies and questions of a draft that there are not."""
    for field, what, known, mend in (
        ("competencies", "competency", areas_of(app), "one of the list above it"),
        ("answers", "question", [q.id for q in questions_of(app)], "greenflag search WORDS"),
    ):
        for name in given.get(field, ()):
            if name not in known:
                yield Problem(file, lines[field], f"no {what} {shown(name)}", mend)


def _without_blanks(part: Any) -> Any:
    return [each for each in part if each is not None] if isinstance(part, list) else part


# ------------------------------------------------------------------------------- writing


def check_deck(app: App, deck: str) -> None:
    """See that an own deck file can take a note, before somebody tells one; DeckProblems if not."""
    path, text = own_deck(app, file_named(deck))
    _, problems = deck_of(text.encode(), str(path)) if text.strip() else (None, [])
    if problems:
        raise DeckProblems([one_line(problem) for problem in problems])


def write_story(app: App, told: Fields, deck: str) -> Told:
    """Put a story into an own deck file; undoable."""
    areas = [area for area in told["competencies"] if area not in COMPETENCIES]
    return _write(app, "story", str(told["title"]), told, deck, areas)


def write_reframe(app: App, told: Fields, deck: str) -> Told:
    """Put a reframe into an own deck file; undoable."""
    return _write(app, "reframe", str(told["weakness"]), told, deck, ())


def _write(app: App, kind: str, name: str, told: Fields, deck: str, areas: Sequence[str]) -> Told:
    note_id = str(told.get("id") or new_id(app, name, kind))
    fields: Fields = {"kind": kind, "id": note_id, **told}
    said = add_note(app, file_named(deck), as_yaml(fields), note_id, areas)
    return Told(note_id, said, fields)


# ------------------------------------------------------------------------------- reframes


def asked_reframe(app: App) -> Fields:
    """A weakness and what one does about it, asked step by step with examples of the decks."""
    from greenflag.interview.reframes import draft, like, metric_fault, practice_fault

    examples = [
        held
        for note in notes.all_notes(app.db)
        if note.kind == "reframe" and isinstance(held := kinds.from_json(note.body), Reframe)
    ]
    ask = Asker(app, "reframe")
    ask.tell("A weakness told as growth: what it is, what it cost, what you do now, a number.")
    hint = 'a real one, in a sentence: "I ..."'
    weakness = ask.text("Weakness", f"{hint}{_examples([e.weakness for e in like('', examples)])}")
    near = like(weakness, examples)
    impact = ask.text(
        "Impact", f"what it cost you or others.{_examples([e.reframe for e in near[:1]])}"
    )
    practice = ask.text(
        "Practice",
        f"the habit or tool you use against it.{_examples([e.practice for e in near])}",
        practice_fault,
    )
    metric = ask.text(
        "Metric",
        f"the number that shows it gets better.{_examples([e.metric or '' for e in near])}",
        metric_fault,
    )
    drafted = draft(impact, practice, metric)
    line = ask.text(
        "Growth line",
        f"how you would say it, in three or four sentences. Empty keeps:\n  {drafted}",
        needed=False,
    )
    return {
        "weakness": weakness,
        "reframe": line or drafted[:LONGEST],
        "practice": practice,
        "metric": metric,
    }


def _examples(texts: Sequence[str]) -> str:
    """Lines that show how others said it, each on a few lines of a terminal at the most."""
    plain = (" ".join(text.replace("*", "").split()) for text in texts)
    return "".join(
        f"\n  for example: {shorten(text, 220, placeholder='…')}" for text in plain if text
    )
