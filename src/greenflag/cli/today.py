"""`greenflag` on its own: today, and the one best next step."""

from __future__ import annotations

from collections.abc import Iterator

from greenflag.cli.app import App
from greenflag.cli.day import Day
from greenflag.cli.interviews import when
from greenflag.errors import GreenflagError
from greenflag.interview.readiness import percent
from greenflag.store import debriefs, interviews, reviews, today
from greenflag.store.interviews import Interview, Kept
from greenflag.studyday import day_text, moment, moment_text, study_day

RECENT = 14
"""Days after which nobody is reminded of a debrief any more."""


def show_today(app: App) -> None:
    """Say what today holds: due, new, minutes, done, and what to do now."""
    day = Day(app)
    left = day.cards_left()
    looks = today.second_looks(day.db, day.day)
    done = sum(count for _, count, *_ in today.asked_today(day.db, day.day).values())
    due = sum(today.due_counts(day.db, 0, day.day).values())
    count, new = (
        len(left) + len(looks),
        sum(not reviews.memory_of(day.db, card) for card, _ in left),
    )
    seconds = round(day.seconds(count - new, new))
    ahead, told = _next_interview(app)
    step = "greenflag review" if count else "greenflag review --ahead 1"
    if app.json:
        app.emit(
            {
                "day": day_text(day.day),
                "left": count,
                "due": due,
                "done": done,
                "seconds": seconds,
                "interview": _interview_json(app, ahead, told),
                "next": step,
            }
        )
        return
    if ahead:
        app.say(_interview_line(app, ahead, told))
    for line in _around(app, day.day, ahead):
        app.say(line)
    if count:
        cards = f"{count} card{'s' * (count > 1)} today, about {max(1, round(seconds / 60))} min"
        app.say(f"{cards}: {count - new} {'seen before' if ahead else 'due'}, the rest new.")
    else:
        app.say("All done for today.")
    if done:
        app.say(f"{done} rated so far.")
    app.say(f"Next: {step}")


def _around(app: App, today_: int, ahead: Interview | None) -> Iterator[str]:
    """What is to be done around the interviews: after one that is over, and before the next."""
    known = debriefs.debriefed(app.db)
    for each in interviews.all_interviews(app.db):
        days = today_ - study_day(moment(each.at), app.settings.rollover_hour)
        if each.state == "cancelled" or each.at > app.now_ms or days > RECENT:
            continue
        if each.id not in known:
            ago = {0: "is over", 1: "was yesterday"}.get(days, f"was {days} days ago")
            yield f"{each.company} {ago}. While it is fresh: greenflag debrief {each.id}"
        elif due := _due(app, each):
            things = f"{due} thing{'s' * (due > 1)}"
            yield f"{things} to do after {each.company}: greenflag checklist --interview {each.id}"
    if ahead and (due := _due(app, ahead)):
        yield f"{due} thing{'s' * (due > 1)} to prepare now: greenflag checklist"


def _due(app: App, each: Interview) -> int:
    """How many items of an interview's checklist are due, on the side of it that counts now."""
    from greenflag.cli.checklist import progress_of

    try:
        return len(progress_of(app, each).missing)
    except GreenflagError:  # no deck has a checklist
        return 0


def _next_interview(app: App) -> tuple[Interview | None, Kept | None]:
    """The next interview, and what today's plan expects of it."""
    id_ = interviews.next_ahead(app.db, app.now_ms)
    if id_ is None:
        return None, None
    return interviews.find(app.db, id_), interviews.last_forecast(app.db, id_)


def _interview_line(app: App, ahead: Interview, told: Kept | None) -> str:
    at, then = moment(ahead.at).astimezone(), when(app, ahead)
    line = f"{ahead.company} {then}{'' if then.startswith('in ') else f' at {at:%H:%M}'}."
    if told:
        line += f" Readiness then: {percent(told.expected)}, if you keep to the plan."
    return line


def _interview_json(
    app: App, ahead: Interview | None, told: Kept | None
) -> dict[str, object] | None:
    if ahead is None:
        return None
    return {
        "id": ahead.id,
        "company": ahead.company,
        "role": ahead.role,
        "at": moment_text(moment(ahead.at)),
        "days": study_day(moment(ahead.at), app.settings.rollover_hour) - app.today,
        "expected": told.expected if told else None,
        "low": told.low if told else None,
        "high": told.high if told else None,
    }
