"""`checklist`: what to do around an interview, what is done, and the thank-you note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from greenflag.cli import choosing
from greenflag.cli.app import App, Group, pass_app
from greenflag.cli.sync import sync_quietly
from greenflag.errors import GreenflagError
from greenflag.store import debriefs, notes, ticks
from greenflag.store.interviews import Interview
from greenflag.store.ticks import Tick
from greenflag.studyday import moment, moment_text

if TYPE_CHECKING:
    from greenflag.interview.checklist import Entry, Progress
    from greenflag.interview.thanks import Letter

HEADS = (
    ("overdue", "Overdue"),
    ("now", "Due now"),
    ("later", "Later"),
    ("open", "Around an interview"),
    ("missed", "Not done before the interview"),
    ("done", "Done"),
    ("skipped", "Not needed"),
)
"""The states of an item in the order they are shown, each with its heading."""
BRIEFLY = ("missed", "done", "skipped")
"""States whose items are shown as numbers unless all are asked for."""
FEW = 5
"""Items shown of those that are due later."""

_about = click.option(
    "--interview", "about", type=int, metavar="ID", help="Which one; the next unless given."
)


@click.group("checklist", cls=Group, invoke_without_command=True)
@_about
@click.option("--all", "all_", is_flag=True, help="Every item in full, however late.")
@pass_app
def checklist(app: App, about: int | None, all_: bool) -> None:
    """What to do before and after an interview: done, due now, overdue, later.

    \b
    Example: greenflag checklist
    """
    context = click.get_current_context()
    if context.invoked_subcommand is not None:
        context.meta["interview"] = about
        return
    sync_quietly(app)
    each = choosing.next_or_last(app, about)
    _show(app, each, entries_of(app, each), all_)


@checklist.command("done")
@click.argument("items", nargs=-1, required=True, metavar="ITEM…")
@_about
@pass_app
def done(app: App, items: tuple[str, ...], about: int | None) -> None:
    """Tick items off, by their numbers or ids.

    \b
    Example: greenflag checklist done 1 2 --interview 1
    """
    _tick(app, items, about, "done")


@checklist.command("skip")
@click.argument("items", nargs=-1, required=True, metavar="ITEM…")
@_about
@pass_app
def skip(app: App, items: tuple[str, ...], about: int | None) -> None:
    """Leave items out that this interview does not need; the id of a list means all of it.

    \b
    Example: greenflag checklist skip checklist-virtual-interview --interview 1
    """
    _tick(app, items, about, "skipped")


@checklist.command("undone")
@click.argument("items", nargs=-1, required=True, metavar="ITEM…")
@_about
@pass_app
def undone(app: App, items: tuple[str, ...], about: int | None) -> None:
    """Open items again that were ticked off or left out.

    \b
    Example: greenflag checklist undone 2 --interview 1
    """
    _tick(app, items, about, "open again")


@checklist.command("thanks")
@click.argument("id_", metavar="[ID]", type=int, required=False)
@click.option("--to", "names", multiple=True, metavar="NAME", help="Whom you met.")
@click.option("--topic", metavar="TEXT", help="What was said that stayed with you.")
@pass_app
def thanks(app: App, id_: int | None, names: tuple[str, ...], topic: str | None) -> None:
    """Write a thank-you note to each person you met: from the decks' script and the debrief.

    \b
    Example: greenflag checklist thanks 1 --to 'Ms Lim' --topic 'the night shift'
    """
    from greenflag.interview.form import clean

    sync_quietly(app)
    each = choosing.last_or_next(app, id_)
    people = [(clean(name, "--to"), "") for name in names] or _met(app, each)
    people = people or [("", "")]
    spoken = clean(topic, "--topic") if topic else _topic(app, people)
    letters = _letters(app, each, people, spoken)
    _show_letters(app, each, letters)


def progress_of(app: App, each: Interview) -> Progress:
    """How far the checklist of an interview is, on the side of it that counts now."""
    from greenflag.interview.checklist import progress

    return progress(entries_of(app, each), before=app.now_ms < each.at)


def items_that(app: App, each: Interview, do: str) -> list[Entry]:
    """The items of an interview's checklist that a command does; none when no deck has one."""
    return [item for item in _entries(app, each) if item.do == f"greenflag {do} {each.id}"]


def entries_of(app: App, each: Interview | None) -> tuple[Entry, ...]:
    """The items of the checklists for an interview; GreenflagError when no deck has any."""
    found = _entries(app, each)
    if not found:
        raise GreenflagError("no deck has a checklist", "how one is written: docs/decks.md")
    return found


def _entries(app: App, each: Interview | None) -> tuple[Entry, ...]:
    from greenflag.content.notes import Checklist, from_json
    from greenflag.interview.checklist import Mark, entries

    held = [from_json(note.body) for note in notes.all_notes(app.db) if note.kind == "checklist"]
    lists = [note for note in held if isinstance(note, Checklist)]
    known = ticks.ticks_of(app.db, each.id) if each else {}
    marks = {item: Mark(moment(at), needed) for item, (at, needed) in known.items()}
    about = (each.id, moment(each.at)) if each else None
    return entries(lists, marks, about, app.now(), app.settings.rollover_hour)


def _tick(app: App, names: Sequence[str], about: int | None, word: str) -> None:
    from greenflag.interview.checklist import picked

    sync_quietly(app)
    about = about if about is not None else click.get_current_context().meta.get("interview")
    each = choosing.needed(choosing.next_or_last(app, about))
    items = entries_of(app, each)
    found: dict[str, Entry] = {}
    for name in names:
        meant = picked(items, name)
        if not meant:
            raise GreenflagError(f"no item {name[:60]!r}", "see: greenflag checklist")
        found |= {item.item: item for item in meant}
    to = None if word == "open again" else Tick(app.now_ms, word == "done")
    count = ticks.tick(app.db, each.id, list(found), to, about=each.company, at=app.now_ms)
    items = entries_of(app, each)
    if app.json:
        app.emit({**_document(app, each, items), "changed": count})
        return
    for item in items:
        if item.item in found:
            app.say(f"{item.number:>3}  {item.text}")
    state = {"skipped": "not needed"}.get(word, word)
    app.say(f"{count} {state}. {_words(app, each, items)}" if count else f"Already {state}.")


def _show(app: App, each: Interview | None, items: Sequence[Entry], all_: bool) -> None:
    if app.json:
        app.emit(_document(app, each, items))
        return
    if each:
        app.say(f"{choosing.called(each)}\n{_words(app, each, items)}")
    for state, head in HEADS:
        group = [item for item in items if item.state == state]
        if group and state in BRIEFLY and not all_:
            app.say(f"\n{head}: {', '.join(str(item.number) for item in group)}")
        elif group:
            app.say(f"\n{head}")
            shown = group if all_ or state != "later" else group[:FEW]
            for item in shown:
                _say_item(app, item)
            if len(shown) < len(group):
                app.say(f"     {len(group) - len(shown)} more: greenflag checklist --all")
    if each is None:
        app.say(f"\nWith an interview these get their days: {choosing.NONE_YET}")
    else:
        app.say("\nTick off: greenflag checklist done NUMBER…  Leave out: … skip NUMBER…")
        _say_others(app, each)


def _say_item(app: App, item: Entry) -> None:
    from greenflag import terminal

    text = f"{item.text}  ·  {_time(item)}" if _time(item) else item.text
    lines = terminal.folded(terminal.plain(text).replace("\n", " "), terminal.text_width() - 5)
    app.say(f"{item.number:>3}  " + "\n     ".join(lines))
    if item.do and item.state not in ("done", "skipped", "missed"):
        app.say(f"     → {item.do}")


def _time(item: Entry) -> str:
    """When an item is or was to be done."""
    if item.done_at and item.state == "done":
        return f"{item.done_at.astimezone():%a %d %b}"
    if item.due is None or item.state in ("skipped", "missed"):
        return (item.when or "") if item.state == "open" else ""
    day = item.when and "day" in item.when
    return f"{item.due.opens.astimezone():%a %d %b}" if day else f"by {_clock(item.due.by)}"


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%a %d %b %H:%M}"


def _words(app: App, each: Interview, items: Sequence[Entry]) -> str:
    """How far the checklist is, and what is next, in a sentence or two."""
    from greenflag.interview.checklist import progress

    before = app.now_ms < each.at
    now = progress(items, before=before)
    side = "Before the interview" if before else "After the interview"
    parts = [f"{side}: {now.done} of {now.of} done."]
    if now.missing:
        overdue = sum(item.state == "overdue" for item in now.missing)
        late = f", {overdue} of them overdue" if overdue else ""
        parts.append(f"Due: {len(now.missing)}{late}.")
    elif now.next and now.next.due:
        parts.append(f"Next: number {now.next.number}, {_time(now.next)}.")
    return " ".join(parts)


def _say_others(app: App, each: Interview) -> None:
    """Name the last interview when things are still to be done after it."""
    for other in choosing.past(app)[:1]:
        if other.id != each.id:
            open_ = len(progress_of(app, other).missing)
            if open_:
                app.say(
                    f"After {other.company} {open_} still to do:"
                    f" greenflag checklist --interview {other.id}"
                )


def _document(app: App, each: Interview | None, items: Sequence[Entry]) -> dict[str, object]:
    from greenflag.interview.checklist import progress

    before = each is None or app.now_ms < each.at
    now = progress(items, before=before)
    return {
        "interview": choosing.told(each) if each else None,
        "side": "before" if before else "after",
        "share": now.share,
        "done": now.done,
        "of": now.of,
        "next": now.next.number if now.next else None,
        "items": [
            {
                "number": item.number,
                "item": item.item,
                "note": item.note,
                "title": item.title,
                "text": item.text,
                "when": item.when,
                "side": "before" if item.before else "after",
                "due": moment_text(item.due.by) if item.due else None,
                "state": item.state,
                "done_at": moment_text(item.done_at) if item.done_at else None,
                "do": item.do,
            }
            for item in items
        ],
    }


def _met(app: App, each: Interview) -> list[tuple[str, str]]:
    """Who was met, with what they said: from the debrief, else names from the dossier."""
    from greenflag.cli.research import facts
    from greenflag.interview.dossier import people

    held = debriefs.find(app.db, each.id) or debriefs.draft(app.db, each.id)
    met = list(people(held.answers.get("met", ""))) if held else []
    return met or [(name, "") for name, _ in people(facts(app, each).get("people", ""))]


def _topic(app: App, people: Sequence[tuple[str, str]]) -> str:
    """What was talked about, asked for when somebody can answer and nobody's words are known."""
    from greenflag.cli.asking import Asker, Ended
    from greenflag.interview.form import Field

    if app.json or all(said for _, said in people):
        return ""
    asks = "What was said in the talk that stayed with you? In a few words; Enter leaves it open."
    try:
        return Asker(app, "note", patient=True).answer(Field("the topic", asks))
    except Ended:
        return ""


def _letters(
    app: App, each: Interview, people: Sequence[tuple[str, str]], topic: str
) -> list[Letter]:
    from greenflag.interview.thanks import letter, thank_you

    script = thank_you([note.body for note in notes.all_notes(app.db) if note.kind == "script"])
    if script is None:
        raise GreenflagError("no deck has a script for a thank-you note", "see: docs/decks.md")
    known = {
        "role": each.role,
        "company": each.company,
        "date": f"{moment(each.at).astimezone():%d %B}",
    }
    return [
        letter(script, {**known, "name": name, "topic": said or topic}) for name, said in people
    ]


def _show_letters(app: App, each: Interview, letters: Sequence[Letter]) -> None:
    items = items_that(app, each, "checklist thanks")
    due = items[0].due.by if items and items[0].due else None
    if app.json:
        told = [{"to": a.to, "text": a.text, "missing": list(a.missing)} for a in letters]
        app.emit(
            {
                "interview": choosing.told(each),
                "due": moment_text(due) if due else None,
                "notes": told,
            }
        )
        return
    for each_letter in letters:
        app.say(f"\n── {each_letter.to or 'to each person you met'}\n\n{each_letter.text}")
    for slot, hint in {k: v for a in letters for k, v in a.missing.items()}.items():
        app.say(f"\nStill to fill: [{slot}]{f' ({hint})' if hint else ''}")
    left = " ".join(str(item.number) for item in items if item.state not in ("done", "skipped"))
    when = f"Send it by {_clock(due)}. " if due and due > app.now() else ""
    late = f"It was due {_clock(due)}; late is better than never. " if due and not when else ""
    if each.at > app.now_ms:
        app.say("\nThe interview is still to come; this is how the note will look.")
    elif left:
        app.say(f"\n{when or late}Sent? greenflag checklist done {left} --interview {each.id}")
