"""`greenflag` on its own: today, and the one best next step."""

from __future__ import annotations

from greenflag.cli.app import App
from greenflag.cli.day import Day
from greenflag.store import reviews, today
from greenflag.studyday import day_text


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
    minutes = round(count * day.seconds_a_card() / 60)
    step = "greenflag review" if count else "greenflag review --ahead 1"
    if app.json:
        app.emit(
            {
                "day": day_text(day.day),
                "left": count,
                "due": due,
                "done": done,
                "seconds": round(count * day.seconds_a_card()),
                "interview": None,
                "next": step,
            }
        )
        return
    if count:
        cards = f"{count} card{'s' * (count > 1)} today, about {max(1, minutes)} min"
        app.say(f"{cards}: {count - new} due, the rest new.")
    else:
        app.say("All done for today.")
    if done:
        app.say(f"{done} rated so far.")
    app.say(f"Next: {step}")
