"""What is known of a company before the interview, kept as notes of a deck of its own (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from greenflag.content.decks import Deck, deck_of
from greenflag.content.decktext import head, with_notes
from greenflag.content.fields import given_fields
from greenflag.content.notes import Basic, Note
from greenflag.errors import DeckProblems
from greenflag.interview.form import several

OPENING = re.compile('[“"](.+)[”"]')
"""How the note of a question to ask holds the question itself."""


class Fact(NamedTuple):
    """One thing to find out: its name, what the card asks, where to look, and if several fit."""

    name: str
    front: str
    hint: str
    many: bool = False


FACTS = (
    Fact("mission", "What is {company} there for?", "Their own words, from the page about them."),
    Fact("values", "What does {company} value?", "Values, each with a sign of it.", True),
    Fact("news", "What is new at {company}?", "Launches, results, hires of this year.", True),
    Fact(
        "service",
        "What does {company} promise its customers, and in which figures?",
        "Response times, ratings, awards, what reviews praise or blame.",
        True,
    ),
    Fact("difference", "What does {company} do that its rivals do not?", "In one sentence."),
    Fact("people", "Whom do you meet at {company}?", "Name, post; one for each person.", True),
    Fact("questions", "What do you ask {company}?", "Five questions of your own.", True),
)
"""What to find out before an interview."""
LEARNED = Fact("learned", "What did the talk tell you about {company}?", "From the debrief.", True)
NAMES = tuple(fact.name for fact in FACTS)


def slug(company: str) -> str:
    """A company's name as a part of file names and ids; two companies never share one by chance."""
    plain = unicodedata.normalize("NFKD", company).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:40].strip("-")
    letters = sum(each.isalnum() for each in unicodedata.normalize("NFC", company))
    if words and len(company) <= 40 and sum(each.isalnum() for each in plain) >= letters:
        return words
    mark = blake2b(company.casefold().encode(), digest_size=4).hexdigest()
    return f"{words[:30]}-{mark}".strip("-")


def deck_name(company: str) -> str:
    """The name of the own deck file that holds a company's dossier."""
    return f"company-{slug(company)}.yaml"


def of_another(file: str, company: str) -> bool:
    """Whether a deck file (`decks/x.yaml`) is the dossier of another company than this one."""
    name = file.rpartition("/")[2]
    return name.startswith("company-") and name != deck_name(company)


def note_id(company: str, fact: str) -> str:
    """The id of the note of one fact; it stays when the fact changes."""
    return f"company-{slug(company)}-{fact}"


def facts_of(text: str, company: str, file: str) -> dict[str, str]:
    """The facts a company's deck file holds, by name; several are lines. Raises DeckProblems."""
    deck = _deck(text, file)
    notes = {placed.note.id: placed.note for placed in deck.notes} if deck else {}
    held = {}
    for fact in (*FACTS, LEARNED):
        note = notes.get(note_id(company, fact.name))
        if isinstance(note, Basic):
            held[fact.name] = "\n".join(several(note.back)) if fact.many else note.back
    return held


def with_facts(text: str, company: str, facts: Mapping[str, str], file: str) -> str:
    """A company's deck file with some facts put in or changed; an empty one is taken out."""
    deck = _deck(text, file)
    placed = {each.note.id: each for each in deck.notes} if deck else {}
    notes = []
    for fact in (*FACTS, LEARNED):
        if fact.name in facts:
            id_ = note_id(company, fact.name)
            old = placed[id_].note if id_ in placed else None
            if facts[fact.name] or old:
                notes.append((id_, _fields(company, fact, facts[fact.name], old)))
    lines = {id_: each.line for id_, each in placed.items()}
    return with_notes(text or head(company), lines, notes)


def wording(note: Note) -> str:
    """The question in a note about a question to ask."""
    for name in ("question", "term", "front", "text"):
        text = getattr(note, name, None)
        if isinstance(text, str):
            found = OPENING.search(text)
            return found[1] if found and name != "question" else text
    return note.id


def chosen(given: Iterable[str], suggestions: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The questions meant by numbers, ids and words; suggestions are (note id, question)."""
    by_id = dict(suggestions)
    out: list[str] = []
    for each in given:
        numbers = re.fullmatch(r"[0-9]{1,3}(?:[ ,]+[0-9]{1,3})*", each)
        places = [int(n) for n in re.findall(r"[0-9]+", each)] if numbers else []
        if places and all(1 <= place <= len(suggestions) for place in places):
            out += [suggestions[place - 1][1] for place in places]
        else:
            out.append(by_id.get(each, each))
    return tuple(dict.fromkeys(out))


def people(text: str) -> tuple[tuple[str, str], ...]:
    """Each person with what is said of them: `Name, post` or `Name: what they said`."""
    found = []
    for each in several(text):
        name, _, about = each.partition(":") if ":" in each else each.partition(",")
        if name.strip():
            found.append((name.strip(), about.strip()))
    return tuple(found)


def _deck(text: str, file: str) -> Deck | None:
    if not text.strip():
        return None
    deck, problems = deck_of(text.encode(), file)
    if problems:
        raise DeckProblems([" ".join(str(problem).splitlines()) for problem in problems])
    return deck


def _fields(company: str, fact: Fact, text: str, old: Note | None) -> dict[str, object] | None:
    """The fields of a fact's note; what somebody changed about it in the file stays."""
    if not text:
        return None
    parts = several(text) if fact.many else (text,)
    back = parts[0] if len(parts) == 1 else "\n".join(f"- {part}" for part in parts)
    if isinstance(old, Basic):
        return {"kind": "basic", **given_fields(old.replacing(back=back))}
    return {
        "kind": "basic",
        "id": note_id(company, fact.name),
        "competency": "interview-craft",
        "tags": ["company", fact.name],
        "weight": 4,
        "front": fact.front.format(company=company),
        "back": back,
    }
