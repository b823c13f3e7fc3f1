"""`mock`: a mock interview."""

from __future__ import annotations

from collections.abc import Callable

import click

from greenflag import terminal
from greenflag.cli.app import App, Command, Number, pass_app, stdin_is_pipe
from greenflag.cli.day import Day
from greenflag.cli.filters import check_filters
from greenflag.cli.mockpage import document, list_document, list_text, page
from greenflag.cli.rehearsing import Desk, Wanted, plan_of, told_of, when
from greenflag.errors import GreenflagError
from greenflag.interview.prompt import Front, Interview, Keys, Lines
from greenflag.store import notes, rehearsals
from greenflag.store.rehearsals import Mock
from greenflag.store.today import Filters

QUESTION_KINDS = ("behavioural", "technical", "situational", "general")


@click.command("mock", cls=Command)
@click.option("--questions", type=click.IntRange(1, 50), default=6, help="How many; 6.")
@click.option("--minutes", type=Number(0.1, 60), default=2, help="For each answer; 2.")
@click.option("--think", type=click.IntRange(0, 600), default=10, help="Seconds to think; 10.")
@click.option("--competency", "competencies", multiple=True, help="Only this competency.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(QUESTION_KINDS),
    metavar="KIND",
    help="behavioural, technical, situational, general.",
)
@click.option("--unseen", is_flag=True, help="Only questions whose cards were never seen.")
@click.option("--seed", type=click.IntRange(0), help="Draw the same questions again.")
@click.option("--follow-ups/--no-follow-ups", default=None, help="Ask on; not at a pipe.")
@click.option(
    "--transcript",
    type=click.Path(),
    default="",
    metavar="FILE",
    help="What f reads, such as a recorder's captions.",
)
@click.option("--new", is_flag=True, help="Begin anew, whatever was broken off.")
@click.option("--list", "lists", is_flag=True, help="Earlier ones.")
@click.option("--show", type=int, metavar="ID", help="How an earlier one went.")
@pass_app
def mock(  # one option each
    app: App,
    questions: int,
    minutes: float,
    think: int,
    competencies: tuple[str, ...],
    kinds: tuple[str, ...],
    unseen: bool,
    seed: int | None,
    follow_ups: bool | None,
    transcript: str,
    new: bool,
    lists: bool,
    show: int | None,
) -> int:
    """A mock interview: answer aloud against the clock.

    \b
    Example: greenflag mock --questions 4 --competency team-leadership
    """
    day = Day(app)
    if lists or show is not None:
        _look(app, day, show)
        return 0
    check_filters(Filters(competencies=competencies), [], notes.competencies(day.db))
    follows = not (app.json or stdin_is_pipe()) if follow_ups is None else follow_ups
    wanted = Wanted(questions, minutes, think, competencies, kinds, unseen, follows, seed)
    latest = rehearsals.latest(day.db)
    broken_off = latest if latest and latest.finished is None and not new else None
    return _hold(app, Desk(app, day), wanted, broken_off, transcript)


def _hold(app: App, desk: Desk, wanted: Wanted, broken_off: Mock | None, file: str) -> int:
    """Hold the interview, a new one or the one broken off, and say how it went."""
    resumed = broken_off is not None
    if terminal.is_interactive() and not app.json:
        with terminal.Screen() as screen:
            keys = Keys(screen, app.color)
            choice = _choose(keys, broken_off) if broken_off else "n"
            if choice == "end":
                return 0
            resumed = choice == "go"
            status = _run(desk, keys, wanted, broken_off if resumed else None, file)
    else:
        if broken_off and not app.json:
            app.say(f"{_broken_off(broken_off)} It goes on; --new begins another.")
        lines = Lines(_writer(app))
        status = _run(desk, lines, wanted, broken_off, file)
    if app.json:
        app.emit(document(desk, desk.kept) | {"resumed": resumed})
    else:
        app.show(page(desk, desk.kept))
    return status


def _writer(app: App) -> Callable[[str], None]:
    """Where prompts by lines go: with --json only to somebody who types, beside the document."""
    if not app.json:
        return click.echo
    return (lambda _: None) if stdin_is_pipe() else app.warn


def _run(desk: Desk, front: Front, wanted: Wanted, broken_off: Mock | None, file: str) -> int:
    """Ask the questions; Ctrl-C ends it as a program is ended, with everything kept."""
    say = ""
    if broken_off:
        desk.take_up(broken_off)
    else:
        desk.begin(wanted)
        if (count := len(desk.kept.plan)) < wanted.questions:
            say = f"Only {count} question{'s' * (count > 1)} fit{'s' * (count == 1)}."
    minutes, think = (float(desk.kept.options[name]) for name in ("minutes", "think"))
    interview = Interview(desk, front, minutes=minutes, think=think, file=file, say=say)
    try:
        interview.run(plan_of(desk.kept), told_of(rehearsals.of_mock(desk.db, desk.kept.id)))
    except KeyboardInterrupt:
        return 130
    return 0


def _choose(front: Keys, broken_off: Mock) -> str:
    """Whether to go on with the one broken off (`go`), begin another (`n`) or leave (`end`)."""
    front.show(
        f"{_broken_off(broken_off)} Go on with it?",
        "Mock interview",
        "enter go on   n a new one   q leave",
    )
    while True:
        name = front.command("choice", ticking=False).name
        if name in ("go", "n"):
            return name
        if name in ("stop", "end"):
            return "end"


def _broken_off(kept: Mock) -> str:
    return f"The mock interview of {when(kept.started)} was broken off."


def _look(app: App, day: Day, show: int | None) -> None:
    """Earlier mock interviews: all of them in a line each, or one whole."""
    if show is None:
        rows = [
            (kept, rehearsals.of_mock(day.db, kept.id)) for kept in rehearsals.all_mocks(day.db)
        ]
        if app.json:
            app.emit(list_document(rows))
        else:
            app.say(list_text(rows))
        return
    kept = rehearsals.find(day.db, show)
    if kept is None:
        raise GreenflagError(f"no mock interview {show}", "see: greenflag mock --list")
    desk = Desk(app, day, kept)
    if app.json:
        app.emit(document(desk, kept))
    else:
        app.show(page(desk, kept, whole=True))
