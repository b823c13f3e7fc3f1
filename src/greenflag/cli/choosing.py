"""Which interview a command is about, and how it is called."""

from __future__ import annotations

from greenflag.cli.app import App
from greenflag.errors import GreenflagError
from greenflag.store import debriefs, interviews, notes
from greenflag.store.interviews import Interview
from greenflag.studyday import moment, moment_text

NONE_YET = "greenflag interview add --company … --date …"


def next_or_last(app: App, id_: int | None) -> Interview | None:
    """The interview of an id; else the next one planned, else the last one that took place."""
    if id_ is not None:
        return by_id(app, id_)
    ahead = interviews.ahead(app.db, app.now_ms)
    return ahead[0] if ahead else next(iter(past(app)), None)


def last_or_next(app: App, id_: int | None) -> Interview:
    """The interview of an id; else the last one that took place, else the next one planned."""
    found = next(iter(past(app)), None) if id_ is None else None
    return found or needed(next_or_last(app, id_))


def to_debrief(app: App, id_: int | None) -> Interview:
    """The interview to debrief: that of an id, else the last one without a debrief."""
    if id_ is None:
        done = debriefs.debriefed(app.db)
        over = past(app)
        left = [each for each in over if each.id not in done]
        if left or over:
            return (left or over)[0]
        ahead = interviews.ahead(app.db, app.now_ms)
        if not ahead:
            return needed(None)
        id_ = ahead[0].id
    found = by_id(app, id_)
    if found.at > app.now_ms and found.state != "done":
        at = moment(found.at).astimezone()
        raise GreenflagError(
            f"the interview at {found.company} is still to come ({at:%a %d %b %H:%M})",
            f"when it is over: greenflag debrief {found.id}",
        )
    return found


def needed(found: Interview | None) -> Interview:
    """An interview there must be."""
    if found is None:
        raise GreenflagError("there is no interview yet", f"add one: {NONE_YET}")
    return found


def by_id(app: App, id_: int) -> Interview:
    """The interview of an id; refused when it was cancelled."""
    found = interviews.find(app.db, id_) if 0 < id_ < 2**63 else None
    if found is None:
        raise GreenflagError(f"no interview {id_}", "see: greenflag interview list")
    if found.state == "cancelled":
        raise GreenflagError(
            f"the interview at {found.company} was cancelled", "see: greenflag interview list"
        )
    return found


def past(app: App) -> list[Interview]:
    """The interviews that took place, the latest first."""
    return [
        each
        for each in reversed(interviews.all_interviews(app.db))
        if each.state != "cancelled" and each.at <= app.now_ms
    ]


def may_be_asked(app: App, each: Interview | None) -> list[notes.KeptNote]:
    """The questions of the decks and competencies an interview takes in; without one, all."""
    decks, without = (each.decks, each.without) if each else ((), ())
    return [
        note
        for note in notes.all_notes(app.db, decks)
        if note.kind == "question" and note.competency not in without
    ]


def called(each: Interview) -> str:
    """An interview in a few words."""
    at = moment(each.at).astimezone()
    return "  ·  ".join(
        part for part in (each.company, each.role, f"{at:%a %d %b %Y %H:%M}") if part
    )


def told(each: Interview) -> dict[str, object]:
    """An interview for programs, in short."""
    at = moment_text(moment(each.at))
    return {"id": each.id, "company": each.company, "role": each.role, "at": at}
