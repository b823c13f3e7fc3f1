"""The Anki note types: one for each kind of note, with fields, templates and ids that stay.

Anki takes a note type for the same one only while the number and order of its fields and templates
stay, so both are written down in `SHAPES` and there are spare ones of each. Names may change: every
field and template carries an id of its own. Order and number never may.

A card in Anki is a note's guid and the number of a template, `ord`; ours is `<note id>/<face>`.
`card_ord` and `face_of` are the exact way there and back.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from greenflag.anki.media import SHOWN, with_media
from greenflag.anki.text import Html, clean, cloze_html, escape, html_of, is_gap, list_html
from greenflag.content.faces import Face, Section, items_of
from greenflag.content.gaps import cloze_numbers
from greenflag.content.notes import KINDS, MOST_ITEMS, Checklist, Cloze, Note, Question, Steps

CHANGED = 1_795_305_700
"""When templates or css last changed, in seconds since 1970: raise it with every such change.

Anki takes the new look only when this rose, and keeps a user's own css that is younger.
"""

SPARE_FIELDS, SPARE_CARDS = 6, 4
_GUID = "greenflag/"
_FIRST_MODEL = 1_763_700_000_000


class Shape(NamedTuple):
    """What Anki holds a note type to: its number, its fields and its cards, in order for ever.

    Before `fields` come the note's id and its competency. A field added later goes at the end and
    takes the first spare: lower `spare_fields` by one. So with `faces` and `spare_cards`.
    """

    number: int
    title: str
    fields: str
    faces: str
    spare_fields: int = SPARE_FIELDS
    spare_cards: int = SPARE_CARDS

    @property
    def model(self) -> int:
        """The id of the note type."""
        return _FIRST_MODEL + self.number

    @property
    def names(self) -> list[str]:
        """The names of all fields, spare ones too."""
        first = SPARE_FIELDS - self.spare_fields + 1
        spare = [f"Spare {number}" for number in range(first, SPARE_FIELDS + 1)]
        return ["ID", "Competency", *map(label_of, self.fields.split()), *spare]


def _numbered(*names: str) -> str:
    return " ".join(f"{name}{number}" for number in range(1, MOST_ITEMS + 1) for name in names)


SHAPES: Mapping[str, Shape] = {
    "question": Shape(
        1,
        "Questions",
        "question question_kind also_asked intent key_points avoid sample note story",
        "intent answer avoid",
        spare_fields=SPARE_FIELDS - 1,
    ),
    "power_verb": Shape(
        2,
        "Power verbs",
        "verb meaning instead_of use_when untrue_when example note",
        "meaning verb example untrue",
    ),
    "reframe": Shape(
        3, "Reframes", "weakness reframe practice metric note", "reframe practice metric"
    ),
    "red_flag": Shape(4, "Red flags", "flag looks_like instead why note", "flag instead"),
    "green_flag": Shape(5, "Green flags", "flag looks_like evidence note", "flag evidence"),
    "rewrite": Shape(6, "Rewrites", "weak strong missing note", "strong missing"),
    "script": Shape(7, "Scripts", "title use_when text slots note", "text when slots"),
    "scenario": Shape(
        8,
        "Scenarios",
        "title trigger signals first_hour script_when script measures outcome weak strong note",
        "first_hour signals script measures outcome weak strong",
    ),
    "metric": Shape(
        9,
        "Metrics",
        "name abbreviation definition formula source misleads_when pair_with note",
        "definition formula misleads pair",
    ),
    "concept": Shape(10, "Concepts", "term definition why example note", "definition why example"),
    "steps": Shape(
        11,
        "Steps",
        f"title when ordered count {_numbered('step_', 'cue_')} note",
        _numbered("step-"),
        spare_cards=0,
    ),
    "cloze": Shape(12, "Gap texts", "text hint note", "gaps", spare_cards=0),
    "basic": Shape(13, "Cards", "front back both_ways note", "front back"),
    "story": Shape(
        14,
        "Stories",
        "title situation task action result takeaway answers competencies figures note",
        "situation task action result takeaway figures",
    ),
    "checklist": Shape(
        15,
        "Checklists",
        f"title {_numbered('item_', 'due_', 'cue_')} note",
        _numbered("item-"),
        spare_cards=0,
    ),
}


# --- notes and cards, there and back


def guid_of(note_id: str) -> str:
    """The name a note has for ever in Anki; it depends on nothing but the note's id."""
    return _GUID + note_id


def note_of(guid: str) -> str | None:
    """The note id in a guid of ours; None for a note that is not from here."""
    return guid.removeprefix(_GUID) if guid.startswith(_GUID) else None


def card_ord(note: Note, face: str) -> int | None:
    """The number of a face among the note's cards in Anki; None when Anki has no such card.

    That is so only for gaps numbered 0 or above 500.
    """
    if isinstance(note, Cloze):
        number = int(face[1:])
        return number - 1 if is_gap(number) else None
    return SHAPES[note.kind].faces.split().index(face)


def face_of(kind: str, ord: int) -> str | None:
    """The face that a card number stands for; None when it is a spare or unknown one."""
    if kind == "cloze":
        return f"c{ord + 1}" if is_gap(ord + 1) else None
    faces = SHAPES[kind].faces.split() if kind in SHAPES else []
    return faces[ord] if 0 <= ord < len(faces) else None


def ords_of(note: Note) -> list[int]:
    """The cards a note gives in Anki, those of `cards_of`, without writing out their texts."""
    plan = _plan(note.kind)
    if plan.own_ords:
        return plan.own_ords(note)
    given = [ord for ord, has_all in plan.sometimes if has_all(note)]
    return sorted(plan.always + given) if given else plan.always


class _Plan(NamedTuple):
    """What of a kind is the same for all its notes, worked out once."""

    values: Callable[[Any], Sequence[object]]
    spare: list[str]
    own_ords: Callable[[Any], list[int]] | None
    always: list[int]
    sometimes: list[tuple[int, Callable[[Any], object]]]


@functools.cache
def _plan(kind: str) -> _Plan:
    shape, faces = SHAPES[kind], KINDS[kind].faces
    placed = [(shape.faces.split().index(face.name), face.needs) for face in faces]
    return _Plan(
        _OWN_VALUES.get(kind) or attrgetter(*shape.fields.split()),
        [""] * shape.spare_fields,
        _OWN_ORDS.get(kind),
        [ord for ord, needs in placed if not needs],
        [(ord, _has_all(needs)) for ord, needs in placed if needs],
    )


def _has_all(needs: tuple[str, ...]) -> Callable[[Any], object]:
    if len(needs) == 1:
        return attrgetter(needs[0])
    return lambda note: all(getattr(note, name) for name in needs)


_OWN_ORDS: Mapping[str, Callable[[Any], list[int]]] = {
    "cloze": lambda note: [n - 1 for n in cloze_numbers(note.text) if is_gap(n)],
    "steps": lambda note: list(range(len(note.steps))),
    "checklist": lambda note: [place for place, item in enumerate(note.items) if item.cue],
}


# --- fields


def fields_of(note: Note) -> list[str]:
    """The fields of a note as HTML, in the order of its note type."""
    plan = _plan(note.kind)
    area = _area(note.competency) if note.competency else ""
    html = [
        "" if not value else html_of(value) if type(value) is str else _html(value)
        for value in plan.values(note)
    ]
    return [note.id, area, *html, *plan.spare]


def with_story(fields: Sequence[str], story: str) -> list[str]:
    """The fields of a question with the story one chose for it (Markdown)."""
    place = SHAPES["question"].names.index("Story")
    html = html_of(story)
    if SHOWN in html:  # its pictures stand beside another deck file
        html, _ = with_media(html, lambda _: None)
    return [*fields[:place], html, *fields[place + 1 :]]


@functools.lru_cache(100)
def _area(competency: str) -> str:
    return escape(clean(words_of_slug(competency)))


def _steps(note: Steps) -> list[object]:
    rest = [None] * (2 * (MOST_ITEMS - len(note.steps)))
    parts = [part for step in note.steps for part in (step.text, step.cue)]
    return [note.title, note.when, note.ordered, str(len(note.steps)), *parts, *rest, note.note]


def _checklist(note: Checklist) -> list[object]:
    rest = [None] * (3 * (MOST_ITEMS - len(note.items)))
    parts = [part for item in note.items for part in (item.text, item.due, item.cue)]
    return [note.title, *parts, *rest, note.note]


def _cloze(note: Cloze) -> list[object]:
    return [cloze_html(note.text), note.hint, note.note]


_of_question = attrgetter(*SHAPES["question"].fields.split()[:-1])


def _question(note: Question) -> Sequence[object]:
    """Its fields, and an empty one for a story."""
    return (*_of_question(note), None)


_OWN_VALUES: Mapping[str, Callable[[Any], Sequence[object]]] = {
    "question": _question,
    "steps": _steps,
    "checklist": _checklist,
    "cloze": _cloze,
}


def _html(value: object) -> str:
    if isinstance(value, Html):
        return value
    return "yes" if value is True else list_html(items_of(value))


def label_of(field: str) -> str:
    """What a field is called in Anki: `key_points` is `Key points`."""
    return "ID" if field == "id" else words_of_slug(field.replace("_", "-"))


def words_of_slug(slug: str) -> str:
    """A name with hyphens as words: `team-leadership` is `Team leadership`."""
    words = slug.replace("-", " ")
    return words[:1].upper() + words[1:]


# --- templates


class Template(NamedTuple):
    """One card of a note type; Anki makes it only for notes with all fields in `needs`."""

    name: str
    needs: tuple[str, ...]
    front: str
    back: str


def type_name(kind: str) -> str:
    """What the note type of a kind is called in Anki."""
    return f"Greenflag {label_of(kind).lower()}"


def note_type(kind: str) -> dict[str, Any]:
    """The Anki note type of a kind, as genanki's Model takes it."""
    shape = SHAPES[kind]
    return {
        "model_id": shape.model,
        "name": type_name(kind),
        "fields": [_field(shape, place, name) for place, name in enumerate(shape.names)],
        "templates": [
            {
                "id": shape.model * 1000 + 500 + ord,
                "name": template.name,
                "qfmt": template.front,
                "afmt": template.back,
            }
            for ord, template in enumerate(templates(kind))
        ],
        "css": Path(__file__).with_name("card.css").read_text("utf-8"),
        "model_type": 1 if kind == "cloze" else 0,
        "sort_field_index": 2,  # the id comes first, but the browser lists notes by their text
    }


def required(kind: str) -> list[list[Any]]:
    """Which fields each card needs, as Anki's old format writes it."""
    names = SHAPES[kind].names
    return [
        [ord, "all", [names.index(label_of(field)) for field in template.needs]]
        for ord, template in enumerate(templates(kind))
    ]


def templates(kind: str) -> list[Template]:
    """The templates of a kind in the order of its shape, spare ones at the end."""
    shape = SHAPES[kind]
    if kind == "cloze":
        return [_gaps()]
    if kind == "steps":
        return [_step(number) for number in range(1, MOST_ITEMS + 1)]
    if kind == "checklist":
        return [_template(kind, _item(number)) for number in range(1, MOST_ITEMS + 1)]
    faces = {face.name: face for face in KINDS[kind].faces}
    made = [_template(kind, faces[name]) for name in shape.faces.split()]
    first = SPARE_CARDS - shape.spare_cards + 1
    return made + [_spare_card(number) for number in range(first, SPARE_CARDS + 1)]


def _field(shape: Shape, place: int, name: str) -> dict[str, Any]:
    field: dict[str, Any] = {"id": shape.model * 1000 + place, "name": name, "font": "Arial"}
    if place == 0:
        field["description"] = "The note's name in greenflag; leave it as it is"
    if name.startswith("Spare "):
        field["collapsed"] = True
        field["description"] = "For later; greenflag empties it"
    return field


def _template(kind: str, face: Face) -> Template:
    shown = "".join([_section(section) for section in face.shows]) + _ask(face.ask)
    typed = _TYPED.get((kind, face.name), "")
    answer = "".join([_section(section) for section in face.answer])
    if (kind, face.name) == ("question", "answer"):
        answer += _section(Section("story", "", "quote"))
    used = face.needs + tuple(section.field for section in face.shows[:1])
    used += tuple(re.findall(r"\{(\w+)\}", face.ask))
    return _card(kind, face.name, tuple(dict.fromkeys(used)), shown, answer, typed)


def _item(number: int) -> Face:
    """A face that asks like `Checklist.cards`."""
    return Face(
        f"item-{number}",
        (),
        f"**{{title}}**\n\n*{{cue_{number}}}*",
        (Section(f"item_{number}"), Section(f"due_{number}")),
        (f"item_{number}",),
    )


def _step(number: int) -> Template:
    """A template that asks like `Steps.cards`."""
    before = _when("ordered", _ask(f"After: {{step_{number - 1}}}")) if number > 1 else ""
    shown = _ask("**{title}** ({when})") + before + _ask(f"*{{cue_{number}}}*")
    place = _when("ordered", f"Step {number} of {_put('count')}")
    place += _unless("ordered", "One of the steps")
    answer = _section(Section(f"step_{number}")) + f'<div class="quiet">{place}</div>'
    return _card("steps", f"step-{number}", (f"step_{number}", f"cue_{number}"), shown, answer)


def _gaps() -> Template:
    """The one template of a gap text: Anki makes a card for each gap number."""
    text = _block("text", "{{cloze:Text}}")
    hint = _when("hint", f'<div class="ask"><em>{_put("hint")}</em></div>')
    front = f'{_head("cloze")}<div class="front">{text}{hint}</div>'
    back = f'{_head("cloze")}<div class="front">{text}</div>{_REMARK}'
    return Template("Gaps", ("text",), front, back)


def _spare_card(number: int) -> Template:
    """A template that makes no card, as its field is always empty; a later face takes its place."""
    field = f"Spare {SPARE_FIELDS}"
    front = f"{{{{#{field}}}}}Spare card {number}: {{{{{field}}}}}{{{{/{field}}}}}"
    return Template(f"Spare card {number}", (field,), front, "{{FrontSide}}")


def _card(
    kind: str, face: str, needs: tuple[str, ...], shown: str, answer: str, typed: str = ""
) -> Template:
    front = again = f'{_head(kind)}<div class="front">{shown}</div>'
    if typed:
        # Anki fills every type box on the back, that of {{FrontSide}} too: repeat it without.
        box = f"{{{{type:{label_of(typed)}}}}}"
        front, answer = f"{front}<div>{box}</div>", f"<div>{box}</div>{answer}"
    else:
        again = "{{FrontSide}}"
    for field in reversed(needs):
        front = _when(field, front)
    back = f'<div class="again">{again}</div><hr id="answer"><div class="answer">{answer}</div>'
    return Template(words_of_slug(face.replace("_", "-")), needs, front, back + _REMARK)


def _section(section: Section) -> str:
    html = _put(section.field)
    if section.style == "inline":
        label = f'<span class="label">{escape(section.label)}:</span> '
        return _when(section.field, f'<div class="inline" dir="auto">{label}{html}</div>')
    label = f'<div class="label">{escape(section.label)}</div>' if section.label else ""
    return _when(section.field, label + _block(section.style, html))


def _ask(ask: str) -> str:
    """The words of a face as HTML: its Markdown is no more than `**`, `*` and paragraphs."""
    html = escape(ask)
    html = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html)
    html = re.sub(r"\*(.+?)\*", r"<em>\1</em>", html)
    html = re.sub(r"\{(\w+)\}", lambda match: _put(match[1]), html)
    return "".join(
        [f'<div class="ask" dir="auto">{part}</div>' for part in html.split("\n\n") if part]
    )


def _head(kind: str) -> str:
    area = _when("competency", f"<span>{_put('competency')}</span>")
    return f'<div class="head">{area}<span>{label_of(kind)}</span></div>'


def _block(style: str, html: str) -> str:
    return f'<div class="{style}" dir="auto">{html}</div>'


def _put(field: str) -> str:
    return f"{{{{{label_of(field)}}}}}"


def _when(field: str, html: str) -> str:
    return f"{{{{#{label_of(field)}}}}}{html}{{{{/{label_of(field)}}}}}"


def _unless(field: str, html: str) -> str:
    return f"{{{{^{label_of(field)}}}}}{html}{{{{/{label_of(field)}}}}}"


_TYPED: Mapping[tuple[str, str], str] = {("power_verb", "verb"): "verb"}
_REMARK = _when("note", f'<div class="note" dir="auto">{_put("note")}</div>')
