"""`debrief`: what came up in an interview, how it went, and what follows from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from greenflag.cli import choosing
from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.editing import new_id
from greenflag.cli.notes import OWN_DECK
from greenflag.cli.sync import sync_quietly
from greenflag.errors import GreenflagError
from greenflag.store import debriefs, interviews, notes
from greenflag.store.debriefs import Asked, Debrief
from greenflag.store.interviews import Interview
from greenflag.studyday import moment, moment_text

if TYPE_CHECKING:
    from greenflag.cli.asking import Asker
    from greenflag.interview.debrief import Known, Line, Match
    from greenflag.interview.form import Field

OUTCOMES = ("waiting", "next-round", "offer", "no")
"""What may come of an interview; spelled out so that help need not load the rules (a test holds it
true)."""
MOST_ASKED = 60
"""Questions that one interview may have."""


@click.command("debrief", cls=Command)
@click.argument("id_", metavar="[ID]", type=int, required=False)
@click.option("--outcome", type=click.Choice(OUTCOMES), help="What came of it, once you know.")
@click.option("--set", "given", multiple=True, metavar="NAME=TEXT", help="Set one answer.")
@click.option("--asked", "asked", multiple=True, metavar="LINE", help="Add a question, see docs.")
@click.option("--editor", is_flag=True, help="Fill in the whole form in $EDITOR.")
@pass_app
def debrief(
    app: App,
    id_: int | None,
    outcome: str | None,
    given: tuple[str, ...],
    asked: tuple[str, ...],
    editor: bool,
) -> None:
    """Look back on an interview: what came up, how it went, what you do next.

    What came up counts more in the plan for a while, and what went weakly most of all. The last
    interview without a debrief unless ID is given; shows it when it has one.

    \b
    Example: greenflag debrief 1 --asked 'angry customer = 2' --outcome waiting
    """
    sync_quietly(app)
    each = choosing.to_debrief(app, id_)
    desk = Desk(app, each)
    held = debriefs.find(app.db, each.id)
    if given or asked or outcome:
        _finish(desk, held, desk.changed(held, given, asked, outcome), whole=False)
    elif editor:
        found = desk.in_editor(debriefs.draft(app.db, each.id) or held)
        _finish(desk, held, found, whole=True)
    elif app.json or each.id in debriefs.debriefed(app.db):
        _show(desk, held)
    else:
        _ask_all(desk, held)


class Desk:
    """What a debrief of one interview needs: the bank of questions, the stories, the answers."""

    def __init__(self, app: App, interview: Interview) -> None:
        self.app, self.db, self.interview = app, app.db, interview
        self.bank, self.stories = _bank(app)
        self.texts = {known.note: known.wordings[0] for known in self.bank}

    def blank(self) -> Debrief:
        """A debrief in which nothing is answered yet."""
        return Debrief(self.interview.id, {})

    def changed(
        self, held: Debrief | None, given: Sequence[str], asked: Sequence[str], outcome: str | None
    ) -> Debrief:
        """A debrief with what options say put in."""
        from greenflag.interview.debrief import NAMES
        from greenflag.interview.form import assignments

        before = held or self.blank()
        answers = {**before.answers, **assignments(given, NAMES)}
        questions = before.asked
        for text in asked:
            questions = with_asked(questions, self.read(text))
        return before._replace(
            answers={name: text for name, text in answers.items() if text},
            asked=questions,
            outcome=outcome or before.outcome,
        )

    def in_editor(self, held: Debrief | None) -> Debrief:
        """A debrief as somebody filled it in in the editor."""
        from greenflag.cli.asking import edited
        from greenflag.interview.form import write_form

        before = held or self.blank()
        form = write_form([f"Debrief: {choosing.called(self.interview)}"], self._fields(before))
        return edited(self.app, form, lambda text: self._read_form(before, text))

    def read(self, text: str) -> Asked:
        """A question that came up from its line; the bank's note when one is like it enough."""
        from greenflag.interview.debrief import SURE, line_of

        line = line_of(text)
        matches = [] if line.new else self.like(line.words)
        if not line.new and (not matches or matches[0].likeness < SURE):
            near = f"; nearest: {matches[0].wording}" if matches else ""
            raise GreenflagError(
                f"no question like {line.words[:60]!r}{near[:120]}", "+ before it adds it as new"
            )
        note = matches[0].known.note if matches else ""
        return Asked(note, line.words, line.went, self.story(line.story), line.landed)

    def like(self, words: str) -> list[Match]:
        """The questions of the bank like some words, best first."""
        from greenflag.interview.debrief import likest

        return likest(words, self.bank)

    def story(self, name: str) -> str | None:
        """The story meant by its number, its id or the beginning of its title."""
        if not name:
            return None
        for number, (id_, title) in enumerate(self.stories, 1):
            if name in (str(number), id_) or title.lower().startswith(name.lower()):
                return id_
        there = ", ".join(id_ for id_, _ in self.stories[:8]) or "none yet"
        raise GreenflagError(f"no story {name[:60]!r}", f"there are: {there}")

    def text(self, asked: Asked) -> str:
        """The question as the bank words it, or as it was written down."""
        return self.texts.get(asked.note, asked.wording)

    def _fields(self, before: Debrief) -> list[Field]:
        from greenflag.interview.debrief import MET, MET_HINT, SIX
        from greenflag.interview.form import Field

        values = before.answers
        lines = "\n".join(_line_text(self, each) for each in before.asked)
        hint = (
            "A line each: some of its words or its id = how it went (1 weak, 2 fine, 3 strong);\n"
            "+ before it when no deck has it. After a bar the story you told, and how it landed\n"
            "(1 flat, 2 fine, 3 made them ask on):   angry customer = 2 | my-refund-story = 3"
        )
        stories = "".join(f"\n{id_}: {title}" for id_, title in self.stories)
        return [
            Field(*MET, MET_HINT, values.get(MET[0], "")),
            Field("asked", "Which questions came up?", hint + stories, lines),
            *(Field(name, asks, value=values.get(name, "")) for name, asks in SIX),
            Field("outcome", f"{', '.join(OUTCOMES)}, or nothing yet.", "", before.outcome or ""),
        ]

    def _read_form(self, before: Debrief, text: str) -> Debrief:
        from greenflag.interview.debrief import NAMES
        from greenflag.interview.form import read_form

        found = read_form(text, (*NAMES, "asked", "outcome"))
        answers = {name: found.get(name, before.answers.get(name, "")) for name in NAMES}
        outcome = found.get("outcome", before.outcome or "")
        if outcome and outcome not in OUTCOMES:
            raise GreenflagError(f"no outcome {outcome[:40]!r}", f"one of {', '.join(OUTCOMES)}")
        asked: tuple[Asked, ...] = () if "asked" in found else before.asked
        for line in found.get("asked", "").splitlines():
            if line.strip():
                asked = with_asked(asked, self._same(before, self.read(line)))
        return before._replace(
            answers={name: text for name, text in answers.items() if text},
            asked=asked,
            outcome=outcome or None,
        )

    def _same(self, before: Debrief, asked: Asked) -> Asked:
        """A question with the wording it was first written down in."""
        for each in before.asked:
            if each.note and each.note == asked.note:
                return asked._replace(wording=each.wording)
        return asked


def with_asked(asked: Sequence[Asked], each: Asked) -> tuple[Asked, ...]:
    """The questions that came up and one more; a question has one place."""
    same = [
        place
        for place, other in enumerate(asked)
        if (each.note and other.note == each.note)
        or (not each.note and other.wording.lower() == each.wording.lower())
    ]
    if same:
        return (*asked[: same[0]], each, *asked[same[0] + 1 :])
    if len(asked) >= MOST_ASKED:
        raise GreenflagError(f"more than {MOST_ASKED} questions", "leave some out")
    return (*asked, each)


def _bank(app: App) -> tuple[list[Known], list[tuple[str, str]]]:
    """The questions of the decks, and the stories as (id, title)."""
    from greenflag.interview.debrief import Known

    bank, stories = [], []
    for note in notes.all_notes(app.db):
        if note.kind == "question":
            body = json.loads(note.body)
            bank.append(Known(note.id, (body["question"], *body.get("also_asked", ()))))
        elif note.kind == "story":
            stories.append((note.id, json.loads(note.body)["title"]))
    return bank, stories


def _line_text(desk: Desk, each: Asked) -> str:
    from greenflag.interview.debrief import Line, text_of

    known = each.note in desk.texts
    words = each.note if known else each.wording
    line = text_of(Line(words, not known, each.went, each.story or "", each.landed))
    return f"# {desk.texts[each.note]}\n{line}" if known else line


def _ask_all(desk: Desk, before: Debrief | None) -> None:
    """Ask everything line by line; each answer is kept as a draft as soon as it is given."""
    from greenflag.cli.asking import Asker, Ended
    from greenflag.interview.debrief import MET, MET_HINT, SIX
    from greenflag.interview.form import Field

    app = desk.app
    held = debriefs.draft(desk.db, desk.interview.id) or before
    now = held or desk.blank()
    asker = Asker(app, "debrief", patient=True)
    asker.tell(f"Debrief: {choosing.called(desk.interview)}")
    if held:
        asker.tell("Going on with what you wrote before.")
    asker.tell("Enter keeps what is there or leaves it open, - takes it out.")

    def keep(changed: Debrief) -> Debrief:
        if changed != now:
            debriefs.keep_draft(desk.db, changed._replace(at=app.now_ms))
        return changed

    def answer(now: Debrief, name: str, asks: str, hint: str = "") -> Debrief:
        text = asker.answer(Field(name, asks, hint, now.answers.get(name, "")))
        answers = {**now.answers, name: text}
        return keep(now._replace(answers={name: text for name, text in answers.items() if text}))

    try:
        now = answer(now, *MET, MET_HINT)
        now = _ask_questions(desk, asker, now, keep)
        for name, asks in SIX:
            now = answer(now, name, asks)
        now = _ask_outcome(asker, now)
    except Ended:
        _say_ended(desk)
        return
    _finish(desk, before, now, whole=True)


def _say_ended(desk: Desk) -> None:
    id_ = desk.interview.id
    if debriefs.draft(desk.db, id_):
        desk.app.say(f"What you answered is kept as a draft. Go on with: greenflag debrief {id_}")
    else:
        desk.app.say("Nothing answered, nothing kept.")


def _ask_questions(
    desk: Desk, asker: Asker, now: Debrief, keep: Callable[[Debrief], Debrief]
) -> Debrief:
    """Ask which questions came up, one after the other, until an empty line."""
    from greenflag.cli.asking import Ended, TooLong

    asker.tell("\nWhich questions came up? One at a time, in a few words; Enter when that was all.")
    for number, each in enumerate(now.asked, 1):
        asker.tell(f"  noted: {desk.text(each)}  (-{number} takes it out)")
    while True:
        text = asker.line("a question")
        if not text:
            return now
        if text.startswith("-") and text[1:] in map(str, range(1, len(now.asked) + 1)):
            place = int(text[1:])
            now = keep(now._replace(asked=(*now.asked[: place - 1], *now.asked[place:])))
            asker.tell("Taken out. The next question, or Enter.")
            continue
        try:
            asked = _ask_about(desk, asker, text)
            if asked:
                now = keep(now._replace(asked=with_asked(now.asked, asked)))
                asker.tell(f"Noted: {desk.text(asked)}\nThe next question, or Enter.")
            else:
                asker.tell("Left out. The next question, or Enter.")
        except (Ended, TooLong):
            raise
        except GreenflagError as error:
            asker.tell(f"{error}\nAgain, or the next question, or Enter.")


def _ask_about(desk: Desk, asker: Asker, text: str) -> Asked | None:
    """Ask which question of the bank was meant, how it went, and which story was told."""
    from greenflag.interview.debrief import LANDED, WENT, line_of

    said = line_of(text)
    note = "" if said.new else _ask_which(desk, asker, said)
    if note is None:
        return None
    went = said.went or asker.one("How did your answer go?", WENT)
    story = desk.story(said.story) if said.story else _ask_story(desk, asker)
    landed = said.landed
    if story and not landed:
        landed = asker.one("How did the story land?", LANDED)
    return Asked(note, said.words, went, story, landed)


def _ask_which(desk: Desk, asker: Asker, said: Line) -> str | None:
    """The note of the question that was meant, empty for a new one, None to leave it out."""
    matches = desk.like(said.words)
    for number, match in enumerate(matches, 1):
        asker.tell(f"  {number}  {match.wording}")
    first = "Enter takes the first, a" if matches else "No deck has it. A"
    asker.tell(f"  {first} number another, + adds it as new, 0 leaves it out.")
    while True:
        text = asker.line("the number")
        if text == "0":
            return None
        if text == "+" or (not text and not matches):
            return ""
        place = 1 if not text else int(text) if text.isdecimal() and len(text) < 4 else 0
        if 1 <= place <= len(matches):
            return matches[place - 1].known.note
        asker.tell(f"  {text[:40]!r} is none of them.")


def _ask_story(desk: Desk, asker: Asker) -> str | None:
    from greenflag.cli.asking import Ended, TooLong

    if not desk.stories:
        return None
    asker.tell("Which story did you tell? Enter for none.")
    for number, (_, title) in enumerate(desk.stories, 1):
        asker.tell(f"  {number}  {title}")
    while True:
        try:
            return desk.story(asker.line("the story"))
        except (Ended, TooLong):
            raise
        except GreenflagError as error:
            asker.tell(str(error))


def _ask_outcome(asker: Asker, now: Debrief) -> Debrief:
    before = OUTCOMES.index(now.outcome) + 1 if now.outcome in OUTCOMES else None
    number = asker.one("\nWhat came of it, as far as you know?", OUTCOMES, before)
    return now._replace(outcome=OUTCOMES[number - 1] if number else None)


def _finish(desk: Desk, before: Debrief | None, found: Debrief, *, whole: bool) -> None:
    """Keep a debrief: missing questions as notes, what was learnt in the dossier, then the rest."""
    from greenflag.cli.checklist import items_that
    from greenflag.cli.editing import kept_for_undo, put_back, write_decks

    app, each = desk.app, desk.interview
    named = _with_ids(desk, found.asked)
    known = desk.texts.keys() | {asked.note for asked in (before.asked if before else ())}
    missing = [asked for asked in named if asked.note not in known]
    changes = write_decks(app, _texts(desk, found, before, missing))
    forecast = interviews.last_forecast(app.db, each.id)
    expected = before.expected if before else forecast.expected if forecast else None
    kept = found._replace(asked=named, expected=expected, at=app.now_ms)
    try:
        debriefs.keep(
            app.db,
            kept,
            before,
            about=each.company,
            whole=whole,
            done=[item.item for item in items_that(app, each, "debrief")] if whole else (),
            files=kept_for_undo(changes),
        )
    except BaseException:
        put_back(app, changes)
        raise
    _show(Desk(app, each), kept, [asked.note for asked in missing])


def _with_ids(desk: Desk, asked: Sequence[Asked]) -> tuple[Asked, ...]:
    """The questions that came up, those the bank does not have with ids of their own."""
    taken = {each.note for each in asked}
    out = []
    for each in asked:
        note = each.note or new_id(desk.app, f"asked {each.wording}", taken=taken)
        taken.add(note)
        out.append(each._replace(note=note))
    return tuple(out)


def _texts(
    desk: Desk, found: Debrief, before: Debrief | None, missing: Sequence[Asked]
) -> dict[str, str]:
    """The own deck files that a debrief changes, by name, with their new texts."""
    from greenflag.cli.editing import own_deck
    from greenflag.cli.research import dossier_with, facts
    from greenflag.content.decktext import as_yaml, head, with_note
    from greenflag.interview.debrief import question_fields
    from greenflag.interview.form import several

    texts: dict[str, str] = {}
    if missing:
        name = f"{OWN_DECK}.yaml"
        text = own_deck(desk.app, name)[1] or head(OWN_DECK.capitalize())
        for each in missing:
            fields = question_fields(each.note, each.wording, desk.interview.company)
            text, _ = with_note(text, as_yaml(fields))
        texts[name] = text
    learned = found.answers.get("learned", "")
    if learned and learned != (before.answers.get("learned") if before else None):
        known = several(facts(desk.app, desk.interview).get("learned", ""))
        lines = dict.fromkeys((*known, *several(learned)))
        name, text = dossier_with(desk.app, desk.interview, {"learned": "\n".join(lines)})
        texts[name] = text
    return texts


def _show(desk: Desk, held: Debrief | None, added: Sequence[str] = ()) -> None:
    if desk.app.json:
        desk.app.emit(_document(desk, held, added))
    elif held is None:
        desk.app.say(f"No debrief yet: greenflag debrief {desk.interview.id}")
    else:
        _say(desk, held, added)


def _say(desk: Desk, held: Debrief, added: Sequence[str]) -> None:
    from greenflag.cli.asking import laid_out
    from greenflag.cli.checklist import items_that
    from greenflag.interview.debrief import LANDED, MET, SIX, WENT, against

    app, id_ = desk.app, desk.interview.id
    thanks = items_that(app, desk.interview, "checklist thanks")
    outcome = f"  ·  {held.outcome}" if held.outcome else ""
    app.say(laid_out(f"\nDebrief: {choosing.called(desk.interview)}{outcome}"))
    for each in held.asked:
        went = WENT[each.went - 1] if each.went else "not judged"
        landed = f" ({LANDED[each.landed - 1]})" if each.landed else ""
        titles = dict(desk.stories)
        story = f"  ·  told: {titles.get(each.story, each.story)}{landed}" if each.story else ""
        app.say(laid_out(f"  {went}: {desk.text(each)}{story}"))
    for name, asks in (MET, *SIX):
        if held.answers.get(name):
            app.say(laid_out("\n  ".join([asks, *held.answers[name].splitlines()])))
    words = against(held.expected, [each.went for each in held.asked])
    if words:
        app.say(laid_out(words))
    for note in added:
        app.say(f"New in your deck; say what it is after: greenflag edit {note}")
    if any(each.went == 1 for each in held.asked):
        app.say(laid_out("What went weakly counts most in the plan for the next weeks."))
    if not held.outcome:
        app.say(f"Once you know what came of it: greenflag debrief {id_} --outcome …")
    if not thanks or any(item.state not in ("done", "skipped") for item in thanks):
        app.say(f"Next: greenflag checklist thanks {id_}")


def _document(desk: Desk, held: Debrief | None, added: Sequence[str]) -> dict[str, object]:
    from greenflag.interview.debrief import against, share_fine

    about: dict[str, object] = {"interview": choosing.told(desk.interview)}
    if held is None:
        return {**about, "debrief": None, "draft": _has_draft(desk)}
    went = [each.went for each in held.asked]
    told: Mapping[str, object] = {
        "at": moment_text(moment(held.at)),
        "answers": dict(held.answers),
        "asked": [{**each._asdict(), "question": desk.text(each)} for each in held.asked],
        "outcome": held.outcome,
        "expected": held.expected,
        "fine": share_fine(went),
        "words": against(held.expected, went),
    }
    return {**about, "debrief": told, "draft": _has_draft(desk), "added": list(added)}


def _has_draft(desk: Desk) -> bool:
    return debriefs.draft(desk.db, desk.interview.id) is not None
