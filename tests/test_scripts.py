"""The commands a person types in a fresh checkout: sound bash, from any folder, any Python."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
SCRIPTS = TOP / "scripts"
BASH = [path for path in sorted(SCRIPTS.iterdir()) if path.suffix == "" and path.is_file()]
ENOUGH, OLD, BROKEN = "exit 0", "exit 1", "exit 127"


def bash(script: str, folder: Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a bash script in a folder, with only these programs when a path is given."""
    environment = {**os.environ, "PATH": path if path is not None else os.environ["PATH"]}
    return subprocess.run(
        [shutil.which("bash") or "bash", "-c", script],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("script", BASH, ids=lambda path: path.name)
def test_each_script_is_bash(script: Path, tmp_path: Path) -> None:
    assert script.read_text("utf-8").startswith(("#!/usr/bin/env bash\n", "# "))
    checked = bash(f"bash -n '{script}'", tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("name", ["run", "test", "docs"])
def test_what_is_typed_can_be_run_and_says_what_it_does(name: str) -> None:
    script = SCRIPTS / name
    assert os.access(script, os.X_OK)
    assert script.read_text("utf-8").split("\n")[1].startswith("# ")


# Which Python


def programs(folder: Path, **kinds: str) -> str:
    """A folder of fake Pythons that say whether they are new enough, as the only PATH."""
    folder.mkdir()
    for name, answer in kinds.items():
        path = folder / name.replace("_", ".")
        path.write_text(f"#!{shutil.which('bash')}\n{answer}\n", "utf-8")
        path.chmod(0o755)
    return str(folder)


def picked(tmp_path: Path, **kinds: str) -> subprocess.CompletedProcess[str]:
    path = programs(tmp_path / "bin", **kinds)
    # The helpers of bash that `venv` needs are looked up before the PATH is taken away.
    source = f"dirname() {{ {shutil.which('dirname')} \"$@\"; }}; . '{SCRIPTS}/venv'"
    return bash(f"{source}; python_at_least_3_11", tmp_path, path)


@pytest.mark.parametrize(
    ("kinds", "chosen"),
    [
        ({"python3": ENOUGH, "python3_12": ENOUGH}, "python3"),
        ({"python3": OLD, "python3_12": ENOUGH, "python3_11": ENOUGH}, "python3.12"),
        ({"python3": OLD, "python3_11": ENOUGH, "python": ENOUGH}, "python3.11"),
        ({"python3": BROKEN, "python": ENOUGH}, "python"),
        ({"python": ENOUGH}, "python"),
    ],
)
def test_the_first_python_that_is_new_enough_is_taken(
    tmp_path: Path, kinds: dict[str, str], chosen: str
) -> None:
    said = picked(tmp_path, **kinds)
    assert (said.returncode, said.stdout, said.stderr) == (0, f"{chosen}\n", "")


@pytest.mark.parametrize("kinds", [{}, {"python3": OLD, "python": OLD}, {"python3": BROKEN}])
def test_without_one_it_says_what_is_needed(tmp_path: Path, kinds: dict[str, str]) -> None:
    said = picked(tmp_path, **kinds)
    assert said.returncode == 1 and said.stdout == ""
    assert "needs Python 3.11 or newer" in said.stderr and said.stderr.count("\n") == 1


# A checkout that is set up


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a folder with a blank in its name; its environment is a stand-in."""
    top = tmp_path / "a checkout"
    shutil.copytree(SCRIPTS, top / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (top / "src").mkdir()
    (top / "pyproject.toml").write_text("")
    bin_ = top / ".venv" / "bin"
    bin_.mkdir(parents=True)
    for name in ("python", "greenflag", "ruff", "mypy"):
        path = bin_ / name
        path.write_text(f'#!/bin/sh\n[ "$1" = -c ] || echo "{name} in $PWD: $*"\n', "utf-8")
        path.chmod(0o755)
    for stamp in ("installed", "installed-dev", "compiled"):
        (top / ".venv" / stamp).touch()
    return top


def test_run_reviews_from_wherever_it_is_called(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    said = bash(f"'{checkout}/scripts/run'", folder)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == f"greenflag in {folder}: review\n"
    said = bash("'../a checkout/scripts/run' deck check 'my deck.yaml'", folder)
    assert said.stdout == f"greenflag in {folder}: deck check my deck.yaml\n"


def test_run_works_through_a_relative_path_and_leaves_with_the_programs_status(
    checkout: Path,
) -> None:
    (checkout / ".venv" / "bin" / "greenflag").write_text("#!/bin/sh\nexit 7\n", "utf-8")
    assert bash("cd scripts && ./run next", checkout).returncode == 7


def test_test_lints_checks_types_and_tests_at_the_top(checkout: Path, tmp_path: Path) -> None:
    said = bash(f"'{checkout}/scripts/test' -k step", tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    lines = said.stdout.splitlines()
    assert all(f" in {checkout}: " in f"{line} " for line in lines)
    assert [line.partition(" ")[0] for line in lines] == ["ruff", "ruff", "mypy", "python"]
    assert lines[-1].endswith("-m pytest -k step")


def test_test_stops_at_the_first_that_fails(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".venv" / "bin" / "mypy").write_text("#!/bin/sh\nexit 3\n", "utf-8")
    said = bash(f"'{checkout}/scripts/test'", tmp_path)
    assert said.returncode == 3 and "-m pytest" not in said.stdout


def test_it_is_installed_again_when_what_it_needs_has_changed(
    checkout: Path, tmp_path: Path
) -> None:
    os.utime(checkout / ".venv" / "installed", (0, 0))
    said = bash(f"'{checkout}/scripts/run' next", tmp_path)
    assert said.returncode == 0
    assert "Installing greenflag" in said.stderr and "pip install" in said.stderr
    assert said.stdout == f"greenflag in {tmp_path}: next\n", "only the program's own output"
    assert bash(f"'{checkout}/scripts/run' next", tmp_path).stderr == ""


def test_a_failed_installation_is_not_taken_for_one(checkout: Path, tmp_path: Path) -> None:
    os.utime(checkout / ".venv" / "installed", (0, 0))
    failing = '#!/bin/sh\n[ "$1" = -c ] || exit 1\n'
    (checkout / ".venv" / "bin" / "python").write_text(failing, "utf-8")
    for _ in range(2):
        said = bash(f"'{checkout}/scripts/run' next", tmp_path)
        assert said.returncode == 1 and said.stdout == ""
