"""`interview research`: what is known of a company, kept as a deck of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shlex import quote

import click

from greenflag.cli import choosing
from greenflag.cli.app import App, Command, pass_app
from greenflag.cli.sync import sync_quietly
from greenflag.store import journal, notes
from greenflag.store.connection import transaction
from greenflag.store.interviews import Interview

SHOWN = 8
"""Suggested questions shown before somebody asks for all."""


@click.command("research", cls=Command)
@click.argument("id_", metavar="[ID]", type=int, required=False)
@click.option(
    "--set", "given", multiple=True, metavar="FACT=TEXT", help="Set one fact; may repeat."
)
@click.option("--editor", is_flag=True, help="Fill in the whole form in $EDITOR.")
@pass_app
def research(app: App, id_: int | None, given: tuple[str, ...], editor: bool) -> None:
    """What you know of the company: mission, values, news, service, people, your questions.

    Each fact becomes a card. --json shows what there is, and changes only what --set says.

    \b
    Example: greenflag interview research 1 --set 'values=Calm; plain words'
    """
    from greenflag.interview.form import assignments

    sync_quietly(app)
    each = choosing.needed(choosing.next_or_last(app, id_))
    known = facts(app, each)
    if given:
        found = assignments(given, _names())
    elif app.json:
        found = {}
    else:
        found = _written(app, each, known) if editor else _asked(app, each, known)
    changed = _keep(app, each, known, _with_questions(app, found))
    _tell(app, each, facts(app, each), changed)


def facts(app: App, each: Interview) -> dict[str, str]:
    """The facts of a company's dossier, by name."""
    from greenflag.cli.editing import own_deck
    from greenflag.interview.dossier import deck_name, facts_of

    path, text = own_deck(app, deck_name(each.company))
    return facts_of(text, each.company, str(path))


def dossier_with(app: App, each: Interview, changes: Mapping[str, str]) -> tuple[str, str]:
    """The name and the new text of a company's deck file once some facts are changed."""
    from greenflag.cli.editing import own_deck
    from greenflag.interview.dossier import deck_name, with_facts

    name = deck_name(each.company)
    path, text = own_deck(app, name)
    return name, with_facts(text, each.company, changes, str(path))


def suggestions(app: App) -> list[tuple[str, str]]:
    """The questions to ask that the decks hold, as (note id, question), the weightiest first."""
    from greenflag.content.notes import from_json
    from greenflag.interview.dossier import wording

    found = [
        (note.weight, note.id, wording(held))
        for note in notes.all_notes(app.db)
        if '"ask"' in note.body and "ask" in (held := from_json(note.body)).tags
    ]
    return [(id_, text) for _, id_, text in sorted(found, key=lambda each: -each[0])]


def _names() -> tuple[str, ...]:
    from greenflag.interview.dossier import FACTS, LEARNED

    return (*(fact.name for fact in FACTS), LEARNED.name)


def _keep(
    app: App, each: Interview, known: Mapping[str, str], found: Mapping[str, str]
) -> list[str]:
    """Write the facts that changed into the company's deck; gives their names."""
    from greenflag.cli.editing import kept_for_undo, put_back, write_decks

    changes = {name: text for name, text in found.items() if text != known.get(name, "")}
    if changes:
        name, text = dossier_with(app, each, changes)
        written = write_decks(app, {name: text})
        try:
            if files := kept_for_undo(written):
                with transaction(app.db):
                    journal.remember(app.db, app.now_ms, "research", each.company, {"files": files})
        except BaseException:
            put_back(app, written)
            raise
    return list(changes)


def _asked(app: App, each: Interview, known: Mapping[str, str]) -> dict[str, str]:
    """The answers typed line by line; at the end of input, those that were."""
    from greenflag.cli.asking import Asker, Ended
    from greenflag.interview.dossier import FACTS
    from greenflag.interview.form import Field

    asker = Asker(app, "dossier")
    asker.tell(choosing.called(each))
    asker.tell(
        "Enter keeps what is there, - takes it out. Ctrl-D ends early, Ctrl-C keeps nothing."
    )
    offered = suggestions(app)
    found: dict[str, str] = {}
    try:
        for fact in FACTS:
            hint = fact.hint + (" Part them with ;" if fact.many else "")
            if fact.name == "questions":
                hint += _offer(offered[:SHOWN], len(offered))
            asks = fact.front.format(company=each.company)
            answer = asker.answer(Field(fact.name, asks, hint, known.get(fact.name, "")))
            if fact.name == "questions" and answer == "?":
                hint = f"{fact.hint}{_offer(offered, len(offered))}"
                answer = asker.answer(Field(fact.name, asks, hint, known.get(fact.name, "")))
            found[fact.name] = answer
    except Ended:
        pass
    return found


def _written(app: App, each: Interview, known: Mapping[str, str]) -> dict[str, str]:
    """The answers of the form in the editor."""
    from greenflag.cli.asking import edited
    from greenflag.interview.dossier import FACTS
    from greenflag.interview.form import Field, read_form, write_form

    offered = suggestions(app)
    fields = []
    for fact in FACTS:
        hint = f"{fact.hint}{' One a line.' if fact.many else ''}"
        hint += _offer(offered, len(offered)) if fact.name == "questions" else ""
        asks = fact.front.format(company=each.company)
        fields.append(Field(fact.name, asks, hint, known.get(fact.name, "")))
    form = write_form([choosing.called(each)], fields)
    return edited(app, form, lambda text: read_form(text, _names()))


def _offer(offered: Sequence[tuple[str, str]], of: int) -> str:
    """The suggested questions, to pick by number."""
    if not offered:
        return ""
    lines = [f"{number:>2}  {text}" for number, (_, text) in enumerate(offered, 1)]
    more = [f"? shows all {of}."] if of > len(offered) else []
    return "\n" + "\n".join(
        ["From the decks, by number (as 1 4 7), or words of yours:", *lines, *more]
    )


def _with_questions(app: App, found: Mapping[str, str]) -> dict[str, str]:
    """The answers, several of them as lines, and questions picked by number in words."""
    from greenflag.interview.dossier import FACTS, LEARNED, chosen
    from greenflag.interview.form import several

    many = {fact.name for fact in (*FACTS, LEARNED) if fact.many}
    out = {}
    for name, text in found.items():
        parts: Sequence[str] = several(text) if name in many else (text,)
        out[name] = "\n".join(chosen(parts, suggestions(app)) if name == "questions" else parts)
    return out


def _tell(app: App, each: Interview, held: Mapping[str, str], changed: Sequence[str]) -> None:
    from greenflag.cli.asking import laid_out
    from greenflag.interview.dossier import FACTS, LEARNED, deck_name, people
    from greenflag.interview.form import several

    name = deck_name(each.company)
    if app.json:
        app.emit(
            {
                "interview": choosing.told(each),
                "file": name,
                "deck": each.company,
                "facts": {fact.name: held.get(fact.name) for fact in (*FACTS, LEARNED)},
                "people": [{"name": n, "about": a} for n, a in people(held.get("people", ""))],
                "questions": list(several(held.get("questions", ""))),
                "suggestions": [{"note": id_, "question": q} for id_, q in suggestions(app)],
                "changed": list(changed),
            }
        )
        return
    app.say("")
    for fact in (*FACTS, LEARNED):
        if held.get(fact.name):
            lines = held[fact.name].splitlines()
            words = f" {lines[0]}" if len(lines) == 1 else "\n  ".join(["", *lines])
            app.say(laid_out(f"{fact.name}:{words}"))
    missing = [fact.name for fact in FACTS if not held.get(fact.name)]
    if missing:
        app.say(f"Not known yet: {', '.join(missing)}.")
    if changed:
        app.say(
            f"Saved: {', '.join(changed)}. Cards now: greenflag review --deck {quote(each.company)}"
        )
    if each.decks and each.company not in each.decks and held:
        decks = ",".join([*each.decks, each.company])
        app.say(
            f"The plan for this interview leaves them out; take them in:"
            f" greenflag interview change {each.id} --decks {quote(decks)}"
        )
