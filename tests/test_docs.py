"""The pages cannot lie: generated ones are as generated, examples run, links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from greenflag.cli.main import program
from tests.cli.runner import User

TOP = Path(__file__).parent.parent
PAGES = [TOP / "README.md", TOP / "CHANGELOG.md", *sorted((TOP / "docs").glob("*.md"))]
SHIPPED = [
    *PAGES, TOP / "LICENSE", TOP / "pyproject.toml", *sorted((TOP / "decks").iterdir()),
    *sorted((TOP / "scripts").iterdir()), *sorted((TOP / "src").rglob("*.py")),
    *sorted((TOP / "src").rglob("*.yaml")),
]  # fmt: skip
EVENING = "2026-11-21T18:30"
"""When the examples of the README happen, by the local clock."""
MACHINE = re.compile(rf"{re.escape(str(TOP))}|(?<![\w~.])/(?:home|Users|tmp)/\w")
REGISTRIES = re.compile(r"https?://[\w.-]+/simple\b|index-url")


def named(path: Path) -> str:
    return str(path.relative_to(TOP))


@pytest.fixture(scope="module")
def generator() -> Iterator[ModuleType]:
    """scripts/generate_docs.py, which is no part of a package."""
    found = importlib.util.spec_from_file_location(
        "generate_docs", TOP / "scripts/generate_docs.py"
    )
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules["generate_docs"] = module
    found.loader.exec_module(module)
    yield module
    del sys.modules["generate_docs"]


def test_generated_pages_are_as_they_would_be_generated_now(generator: ModuleType) -> None:
    """When this fails: scripts/docs writes them anew."""
    pages: dict[Path, str] = generator.pages()
    assert {named(path) for path in pages} == {
        "docs/commands.md", "docs/schema.md", "decks/deck.schema.json",
    }  # fmt: skip
    stale = [named(path) for path, text in pages.items() if path.read_text("utf-8") != text]
    assert stale == []


def test_every_command_has_its_section() -> None:
    page = (TOP / "docs" / "commands.md").read_text("utf-8")
    context = click.Context(program)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        below = list(command.commands) if isinstance(command, click.Group) else []
        for full in (name, *(f"{name} {each}" for each in below)):
            assert page.count(f"\n## greenflag {full}\n") == 1, full
            section = page.partition(f"\n## greenflag {full}\n")[2].partition("\n## ")[0]
            assert f"```\ngreenflag {full}" in section and "Example: `greenflag" in section, full


def blocks() -> list[list[tuple[str, list[str]]]]:
    """The console blocks of the README: commands, each with the lines shown below it."""
    text = (TOP / "README.md").read_text("utf-8")
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        commands: list[tuple[str, list[str]]] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            elif line.strip():
                assert commands, f"output before any command: {line}"
                commands[-1][1].append(line.rstrip())
        found.append(commands)
    return found


def fits(shown: list[str], printed: list[str]) -> bool:
    """Whether output is as shown; a line `…` stands for any number of lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "…" else re.escape(f"{line}\n") for line in shown
    )
    return (
        re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed if line)) is not None
    )


def test_the_examples_of_the_readme_run_and_say_what_they_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In order, in a fresh home, from a folder that holds answers for a sitting on a pipe."""
    user = User(tmp_path / "home", EVENING)
    here = tmp_path / "here"
    here.mkdir()
    (here / "answers.txt").write_text("3\n" * 4, "utf-8")
    monkeypatch.chdir(here)
    ran = 0
    for command, shown in [each for block in blocks() for each in block]:
        if command.partition(" ")[0] == "greenflag":
            said = user.shell(command, EDITOR="true")
            assert said.status == 0, (command, said)
            if shown:
                printed = (said.out + said.err).splitlines()
                assert fits(shown, printed), f"$ {command}\n{said.out}{said.err}"
            ran += 1
    assert ran > 5


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)", text):
        if re.match(r"[a-z][a-z+.-]*:", target):
            continue
        name, _, heading = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists() and file.is_relative_to(TOP), target
        if heading:
            assert heading in headings(file), target


def headings(page: Path) -> set[str]:
    """The anchors of a page, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_code_blocks_are_closed(page: Path) -> None:
    assert len(re.findall(r"^ *```", page.read_text("utf-8"), re.M)) % 2 == 0


@pytest.mark.parametrize("word", ["docs/decks.md", "src/greenflag/cli/main.py"])
def test_the_map_of_files_names_files_that_exist(word: str) -> None:
    assert (TOP / word).exists()
    page = (TOP / "docs" / "map.md").read_text("utf-8")
    rooms = page.partition("## Rooms")[2].partition("\n## ")[0]
    for name in re.findall(r"`([\w/]+\.(?:py|yaml))`", rooms):
        assert (TOP / "src" / "greenflag" / name).exists(), name


def test_nothing_shipped_names_a_place_of_the_machine_it_was_written_on() -> None:
    for path in SHIPPED:
        if path.is_file():
            text = path.read_text("utf-8")
            found = MACHINE.search(text) or REGISTRIES.search(text)
            assert found is None, (named(path), found)


@pytest.mark.parametrize(
    "text",
    [f"see {TOP}", "in /home/me/.cache", "(/tmp/x)", "https://mirror-3.example.net/simple",
     "--index-url x", "/home/me/x"],
)  # fmt: skip
def test_such_a_place_would_be_found(text: str) -> None:
    assert MACHINE.search(text) or REGISTRIES.search(text)


@pytest.mark.parametrize("text", ["at work/life", "~/tmp", "the root cause", "and/or /rooting"])
def test_words_are_no_places(text: str) -> None:
    assert not MACHINE.search(text) and not REGISTRIES.search(text)
