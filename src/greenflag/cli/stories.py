"""The story bank: new, list, check, matrix, for a question, and a weakness told as growth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from greenflag.cli.app import App, Group, pass_app
from greenflag.cli.sync import OWN, sync_quietly
from greenflag.errors import GreenflagError
from greenflag.store import debriefs, notes

if TYPE_CHECKING:
    from greenflag.content.notes import Story
    from greenflag.interview.faults import Fault
    from greenflag.interview.stories import Matrix, Row
    from greenflag.store.interviews import Interview

STORIES, REFRAMES = "stories", "reframes"
NAME_WIDTH, CELL_WIDTH = 26, 4
NO_STORY = "No story yet. Begin with: greenflag story new"

_deck = click.option("--deck", metavar="NAME", help="The own deck file to write it to.")


class Kept(NamedTuple):
    """A story of the user's own, and where it stands."""

    story: Story
    file: str


@click.group("story", cls=Group)
def story() -> None:
    """Your own stories: tell, check and weigh them against the questions.

    \b
    Example: greenflag story list
    """


@story.command("new")
@click.option("--editor", is_flag=True, help="Write it in $EDITOR instead of being asked.")
@click.option("--competency", "competencies", multiple=True, help="What it shows; not asked then.")
@click.option("--answers", multiple=True, metavar="QUESTION", help="A question it answers.")
@_deck
@pass_app
def new(
    app: App,
    editor: bool,
    competencies: tuple[str, ...],
    answers: tuple[str, ...],
    deck: str | None,
) -> None:
    """Tell a story in its STAR+ parts; it becomes cards, and undo takes it back.

    Without a terminal each part is a line of input, the action several and an empty one.

    \b
    Example: greenflag story new --editor
    """
    from greenflag.cli import telling

    sync_quietly(app)
    telling.check_deck(app, deck or STORIES)
    if editor:
        told = telling.edited_story(app)
        if told is None:
            _answer(app, {"note": None, "cards": []}, "Nothing written.")
            return
    else:
        told = telling.asked_story(app, competencies, answers)
    written = telling.write_story(app, told, deck or STORIES)
    if editor:
        telling.forget_draft(app)
    found = _faults(app, _named(_stories(app), written.note).story)
    mend = f" {_count(len(found), 'thing')} to mend: greenflag story check {written.note}"
    words = f"{written.said} Its id is {written.note}.{mend if found else ''}"
    cards = notes.cards_of(app.db, written.note)
    _answer(app, {"note": written.note, "cards": cards, "findings": len(found)}, words)


@story.command("list")
@pass_app
def list_(app: App) -> None:
    """Each story: what it shows and answers, how long it takes to tell, what is to mend.

    \b
    Example: greenflag story list
    """
    from greenflag.cli.asking import laid_out
    from greenflag.cli.telling import questions_of
    from greenflag.interview.stories import spoken_seconds

    sync_quietly(app)
    kept = _stories(app)
    asked = {question.id for question in questions_of(app)}
    rows: list[dict[str, Any]] = [
        {
            "story": each.story.id,
            "title": each.story.title,
            "file": each.file,
            "competencies": list(each.story.competencies),
            "answers": list(each.story.answers or ()),
            "unknown": [id_ for id_ in each.story.answers or () if id_ not in asked],
            "seconds": spoken_seconds(each.story),
            "findings": len(_faults(app, each.story)),
            "told_to": debriefs.told_to(app.db, each.story.id),
        }
        for each in kept
    ]
    if app.json:
        app.emit({"stories": rows})
        return
    for each, row in zip(kept, rows, strict=True):
        lines = [
            f"{_one_line(each.story.title)}  ·  {_clock(spoken_seconds(each.story))} spoken"
            f"  ·  {row['findings']} to mend  ·  {each.story.id}",
            f"  shows {', '.join(each.story.competencies)}",
            f"  answers {', '.join(each.story.answers or ()) or 'no question yet'}",
        ]
        if row["told_to"]:
            lines.append(f"  told to {', '.join(row['told_to'])}")
        if row["unknown"]:
            lines.append(f"  no deck has the question: {', '.join(row['unknown'])}")
        app.say(laid_out("\n".join(lines)))
    app.say(_after_list(len(kept)))


@story.command("check")
@click.argument("names", nargs=-1, metavar="[STORY]…")
@pass_app
def check(app: App, names: tuple[str, ...]) -> None:
    """What is to mend in your stories, part by part, with the words, why and how.

    A STORY is an id or a title; all without any. Told at 140 words a minute, in two minutes.

    \b
    Example: greenflag story check
    """
    from greenflag.interview.stories import spoken_seconds

    sync_quietly(app)
    every = _stories(app)
    kept = [_named(every, name) for name in names] or every
    checked = [(each.story, _faults(app, each.story)) for each in kept]
    if app.json:
        app.emit(
            {
                "stories": [
                    {
                        "story": told.id,
                        "title": told.title,
                        "seconds": spoken_seconds(told),
                        "findings": [fault._asdict() for fault in found],
                    }
                    for told, found in checked
                ]
            }
        )
        return
    for told, found in checked:
        state = f"{_count(len(found), 'thing')} to mend" if found else "nothing to mend"
        app.say(f"{_one_line(told.title)}  ·  {_clock(spoken_seconds(told))} spoken  ·  {state}")
        for fault in found:
            app.say("\n".join(_fault_lines(fault)))
        if found:
            app.say(f"  Mend with: greenflag edit {told.id}")
    if not checked:
        app.say(NO_STORY)


@story.command("matrix")
@pass_app
def matrix_(app: App) -> None:
    """Stories against competencies and questions: the gaps, and the next step.

    Numbers are the recall of the story's cards in percent, at the next interview or today. Only
    questions that the next interview takes in count.

    \b
    Example: greenflag story matrix
    """
    from greenflag.cli.choosing import may_be_asked
    from greenflag.cli.telling import questions_of
    from greenflag.interview.stories import matrix

    day, recall, coming = _recall_on_the_day(app)
    told = [each.story for each in _stories(app)]
    asked = {note.id for note in may_be_asked(app, coming)}
    questions = [question for question in questions_of(app) if question.id in asked]
    found = matrix(told, questions, recall, coming.focus if coming else ())
    if app.json:
        app.emit(_matrix_document(found, day))
        return
    for line in _matrix_lines(found, day):
        app.say(line)


@story.command("for")
@click.argument("question")
@pass_app
def for_(app: App, question: str) -> None:
    """Which of your stories fits a question, and why.

    \b
    Example: greenflag story for q-irate-customer
    """
    from greenflag.cli.asking import laid_out
    from greenflag.cli.telling import questions_of
    from greenflag.interview.stories import Bank

    sync_quietly(app)
    questions = questions_of(app)
    name = question.partition("/")[0]
    asked = next((each for each in questions if each.id == name), None)
    if asked is None:
        raise GreenflagError(f"no question {question!r}", "find it with: greenflag search WORDS")
    titles = {each.story.id: each.story for each in _stories(app)}
    fits = Bank(questions).stories_for(asked, titles.values())
    if app.json:
        plain = [
            {
                "story": fit.story,
                "title": titles[fit.story].title,
                "chosen": fit.chosen,
                "competency": fit.competency,
                "shares": list(fit.shares),
                "why": fit.why(),
            }
            for fit in fits
        ]
        app.emit({"question": asked.id, "fits": plain})
        return
    app.say(laid_out(_one_line(asked.question)))
    for fit in fits:
        title = _one_line(titles[fit.story].title)
        app.say(laid_out(f"  {title}: {fit.why()}  ·  {fit.story}"))
    if not fits:
        app.say(f"No story fits. Tell one: greenflag story new --answers {asked.id}")


@story.command("reframe")
@_deck
@pass_app
def reframe(app: App, deck: str | None) -> None:
    """Tell a weakness as growth: weakness, impact, practice, metric, growth line.

    The practice has to be a habit or tool, the metric has to have a number. Without a terminal
    each is a line of input.

    \b
    Example: greenflag story reframe < my-weakness.txt
    """
    from greenflag.cli import telling

    sync_quietly(app)
    telling.check_deck(app, deck or REFRAMES)
    told = telling.asked_reframe(app)
    written = telling.write_reframe(app, told, deck or REFRAMES)
    cards = notes.cards_of(app.db, written.note)
    document = {"note": written.note, "cards": cards, "fields": written.fields}
    _answer(app, document, f"{written.said} Its id is {written.note}.")


# ------------------------------------------------------------------------------- gathering


def own_stories(app: App) -> list[Story]:
    """The user's own stories, in file order."""
    return [each.story for each in _stories(app)]


def _stories(app: App) -> list[Kept]:
    """The user's own stories, in file order."""
    from greenflag.content.notes import Story, from_json

    return [
        Kept(held, note.file)
        for note in notes.all_notes(app.db)
        if note.kind == "story" and note.file.startswith(f"{OWN}/")
        if isinstance(held := from_json(note.body), Story)
    ]


def _named(kept: Sequence[Kept], name: str) -> Kept:
    """The story of this id or title."""
    wanted = " ".join(name.split()).casefold()
    found = [each for each in kept if each.story.id == name.partition("/")[0]] or [
        each for each in kept if _one_line(each.story.title).casefold() == wanted
    ]
    if len(found) > 1:
        ids = ", ".join(each.story.id for each in found[:5])
        raise GreenflagError(f"{len(found)} stories are called {name!r}", f"name one by id: {ids}")
    if not found:
        raise GreenflagError(f"no story {name!r}", "see: greenflag story list")
    return found[0]


def _faults(app: App, told: Story) -> list[Fault]:
    from greenflag.cli.answers import power_verbs
    from greenflag.interview.answer import read_rules
    from greenflag.interview.faults import faults

    return faults(told, read_rules(), tuple(power_verbs(app)))


def _recall_on_the_day(app: App) -> tuple[int, dict[str, float], Interview | None]:
    """The study day of the next interview (else today), recall by card then, the interview."""
    from greenflag.cli.day import Day
    from greenflag.memory.schedule import retrievability
    from greenflag.store import interviews, reviews
    from greenflag.studyday import moment, study_day

    today = Day(app)
    coming = next(iter(interviews.ahead(today.db, app.now_ms)), None)
    day = today.day
    if coming:
        day = study_day(moment(coming.at), app.settings.rollover_hour)
    cards = (card for each in _stories(app) for card in notes.cards_of(today.db, each.story.id))
    memories = {card: reviews.memory_of(today.db, card) for card in cards}
    recall = {
        card: retrievability(memory, max(day, memory.last_day), today.parameters)
        for card, memory in memories.items()
        if memory
    }
    return day, recall, coming


# ------------------------------------------------------------------------------- showing


def _matrix_document(found: Matrix, day: int) -> dict[str, object]:
    from greenflag.studyday import day_text

    def row(each: Row) -> dict[str, object]:
        cells = [{"story": id_, "recall": recall} for id_, recall in each.cells.items()]
        return {**each._asdict(), "cells": cells}

    clusters = [row(each) for each in found.clusters]
    competencies = [row(each) for each in found.competencies]
    for each in competencies:
        del each["question_kind"]
    return {
        "day": day_text(day),
        "stories": [
            {"story": s.id, "letter": s.letter, "title": s.title, "recall": s.recall}
            for s in found.stories
        ],
        "competencies": competencies,
        "clusters": clusters,
        "share": found.share,
        "remarks": [remark._asdict() for remark in found.remarks],
        "next": found.remarks[0].do if found.remarks else None,
    }


def _matrix_lines(found: Matrix, day: int) -> list[str]:
    """The matrix for 80 columns: rows are competencies, then clusters; columns are letters."""
    from greenflag.interview.stories import TOLD
    from greenflag.studyday import day_text

    lines = []
    if found.stories:
        names = {row.competency: row for row in found.competencies}
        lines += _table("competency", list(names), found.competencies, found)
        told = [row for row in found.clusters if row.question_kind in TOLD or row.cells]
        kinds = [f"{row.competency}, {row.question_kind or 'any'}" for row in told]
        lines += ["", *_table("questions", kinds, told, found), ""]
        lines += [f"{s.letter}  {_one_line(s.title)} ({s.recall:.0%})" for s in found.stories]
        lines.append(f"Recall in percent on {day_text(day)}; a card never seen counts 20.")
        lines.append(f"{found.share:.0%} of what the questions weigh has a story.")
    lines += _remark_lines(found)
    lines.append(f"Next: {found.remarks[0].do}" if found.remarks else "No gap.")
    return lines


def _remark_lines(found: Matrix) -> Iterator[str]:
    """What to mend, a line for each rule: the table shows which rows are empty."""
    empty = sum(remark.rule == "empty" for remark in found.remarks)
    seen = set()
    for remark in found.remarks:
        if remark.rule not in seen:
            seen.add(remark.rule)
            more = empty > 1 and remark.rule == "empty"
            rest = f", nor for {empty - 1} more" if more else ""
            yield f"{remark.what[:1].upper()}{remark.what[1:]}{rest}."


def _table(head: str, names: Sequence[str], rows: Sequence[Row], found: Matrix) -> list[str]:
    """A table in blocks of as many stories as 80 columns hold."""
    from greenflag import terminal

    width = max(NAME_WIDTH, *(terminal.columns(name) for name in names)) if names else NAME_WIDTH
    width = min(width, 40)
    many = (80 - width) // CELL_WIDTH
    lines = []
    for first in range(0, len(found.stories), many):
        block = found.stories[first : first + many]
        heads = "".join(f"{column.letter:>{CELL_WIDTH}}" for column in block)
        lines.append(f"{terminal.cropped(head, width)}{heads}")
        for name, row in zip(names, rows, strict=True):
            cells = "".join(f"{_cell(row.cells, s.id):>{CELL_WIDTH}}" for s in block)
            lines.append(f"{terminal.cropped(terminal.plain(name), width)}{cells}")
    return lines


def _cell(cells: Mapping[str, float], story: str) -> str:
    return f"{100 * cells[story]:.0f}" if story in cells else "·"


def _fault_lines(fault: Fault) -> Iterator[str]:
    from greenflag import terminal

    said = f" “{_short(fault.text)}”" if fault.text else ""
    yield f"  {fault.part}, {fault.rule}{said}"
    for text in (fault.reason, fault.advice):
        yield from (f"    {line}" for line in terminal.folded(text, terminal.text_width() - 4))


def _after_list(count: int) -> str:
    from greenflag.interview.stories import LEAST, MOST

    if not count:
        return NO_STORY
    if count < LEAST:
        return f"{_count(count, 'story')} of at least {LEAST}. Gaps: greenflag story matrix"
    if count > MOST:
        return f"{count} stories, more than {MOST}: choose. See: greenflag story matrix"
    return f"{count} stories. Gaps: greenflag story matrix"


def _answer(app: App, document: Mapping[str, object], words: str) -> None:
    if app.json:
        app.emit(document)
    else:
        app.say(words)


def _count(number: int, word: str) -> str:
    many = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number} {word if number == 1 else many}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    text = _one_line(text)
    return text if len(text) <= 50 else f"{text[:49]}…"
