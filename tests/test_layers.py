"""The import rules of docs/map.md, read off the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "greenflag"

GROUND = {"errors", "settings", "studyday", "__init__"}
ALLOWED: dict[str, set[str]] = {
    "errors": {"__init__"},
    "settings": {"errors"},
    "studyday": set(),
    "terminal": {"errors"},
    "content": {"content", *GROUND},
    "memory": {"memory", *GROUND},
    "store": {"store", "memory.state", *GROUND},
    "review": {"review", "memory", *GROUND},
    "interview": {"interview", "content", "memory", *GROUND},
    "anki": {"anki", "content", "memory", *GROUND},
    "cli": {
        "cli",
        "content",
        "memory",
        "store",
        "review",
        "interview",
        "anki",
        "terminal",
        *GROUND,
    },
    "__main__": {"cli"},
    "__init__": set(),
}
"""For each room, what of ours it may import."""

HOMES: dict[str, set[str]] = {
    "fsrs": {"memory.schedule"},
    "yaml": {"content.yamlfile"},
    "sqlite_utils": {"store.schema", "store.connection"},
    "sqlite3": {"store", "cli", "anki"},
    "genanki": {"anki"},
    "anki": {"anki.sync", "anki.exchange"},
    "simplemma": {"interview"},
    "icalendar": {"cli.calendar"},
    "numpy": {"memory"},
    "click": {"cli"},
    "rich": {"terminal"},
    "markdown_it": {"anki"},
    "zstandard": {"anki.packagefile"},
    "platformdirs": {"cli.app"},
}
"""For each third party, the only rooms that may import it."""

MAY_USE_TERMINAL = ("cli.", "review.prompt", "interview.prompt")


class Import(NamedTuple):
    """One import statement of ours: who imports what, and where."""

    importer: str
    imported: str
    line: int


def imports_of(source: str, importer: str) -> Iterator[Import]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(importer, name.name, node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.level:
                raise AssertionError(f"{importer}:{node.lineno}: a relative import")
            for name in node.names:
                yield Import(importer, f"{node.module}.{name.name}", node.lineno)


def all_imports() -> list[Import]:
    found: list[Import] = []
    for path in sorted(SOURCE.rglob("*.py")):
        importer = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        found += imports_of(path.read_text("utf-8"), importer)
    return found


def within(name: str, rooms: set[str] | tuple[str, ...]) -> bool:
    return any(name == room or name.startswith(f"{room.rstrip('.')}.") for room in rooms)


def forbidden(each: Import) -> str | None:
    """Why an import is against the rules; None when it is not."""
    top, _, rest = each.imported.partition(".")
    where = f"{each.importer}:{each.line}: {each.imported}"
    if top != "greenflag":
        if top in HOMES and not within(each.importer, HOMES[top]):
            return f"{where} has its home in {', '.join(sorted(HOMES[top]))}"
        return None
    if within(rest, {"terminal"}):
        if not each.importer.startswith(MAY_USE_TERMINAL) and each.importer != "terminal":
            return f"{where}: only cli and the prompt files use the terminal"
        return None
    room = each.importer.partition(".")[0]
    if rest == "__version__" or within(rest, ALLOWED[room]):
        return None
    return f"{where}: {room} may import {', '.join(sorted(ALLOWED[room])) or 'nothing of ours'}"


def test_every_import_points_down_and_every_third_party_stays_at_home() -> None:
    assert [why for each in all_imports() if (why := forbidden(each))] == []


def test_every_room_has_its_rule() -> None:
    rooms = {each.importer.partition(".")[0] for each in all_imports()}
    assert rooms <= ALLOWED.keys()


@pytest.mark.parametrize(
    ("importer", "line"),
    [
        ("content.decks", "from greenflag.memory.schedule import after"),
        ("memory.schedule", "from greenflag.content import notes"),
        ("store.reviews", "from greenflag.content.notes import Note"),
        ("store.reviews", "import greenflag.cli.app"),
        ("anki.package", "from greenflag.store import notes"),
        ("review.session", "from greenflag.store import reviews"),
        ("review.session", "from greenflag import terminal"),
        ("store.notes", "import click"),
        ("cli.step", "from fsrs import Scheduler"),
        ("cli.decks", "import yaml"),
        ("anki.package", "from anki.collection import Collection"),
    ],
)
def test_an_import_that_points_up_is_found(importer: str, line: str) -> None:
    assert any(forbidden(each) for each in imports_of(line, importer))


def test_the_quick_commands_import_nothing_heavy() -> None:
    """What `next` and `rate` import at the top of their files, directly or not."""
    heavy = {"genanki", "sqlite_utils", "rich", "numpy", "yaml", "pathlib", "tomllib"}
    seen, todo = set(), ["cli.main", "cli.step", "__main__"]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        path = SOURCE.joinpath(*name.split("."))
        file = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
        tree = ast.parse(file.read_text("utf-8"))
        tree.body = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
        for each in imports_of(ast.unparse(tree), name):
            assert each.imported.partition(".")[0] not in heavy, f"{name} imports {each.imported}"
            if each.imported.startswith("greenflag."):
                todo += _modules_of(each.imported.removeprefix("greenflag."))


def _modules_of(imported: str) -> list[str]:
    names = [imported, imported.rpartition(".")[0]]
    return [n for n in names if n and (SOURCE.joinpath(*n.split("."))).with_suffix(".py").exists()]
