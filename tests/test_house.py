"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import harness
from harness.arch import load
from harness.cli import build
from harness.lab.faults import faults
from harness.plan.declared import Scenario

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))

UNCAUGHT: set[str] = set()
"""Scenarios that no fault catches yet. A new one comes with its fault."""

# written in parts, so that this file does not name what it looks for
FOLDERS = "|".join(("work", "root", "home/[a-z]+", "Users/[a-z]+", "opt/[a-z]+"))
MACHINE_PATH = re.compile(rf"(?<![\w/.~{{}})-])/(?:{FOLDERS})(?:/|\b)")
REGISTRY = re.compile(
    "|".join((r"py" + r"pi\.", "python" + "hosted", r"//[\w.-]+/simple\b", "index-" + "url[ =]http"))
)
ID = re.compile(r"(?<![0-9a-f-])(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f-])")

RECORDINGS = ("tests/rings/fixtures/", "tests/lab/conformance/")
"""What is recorded itself, or says which recording is whose."""
GUESTS = (
    "harness/lab/guests/",
    "harness/lab/hostside/",
    "tests/lab/test_guests",
    "tests/lab/test_host_",
    "tests/hosts/test_fingerprints",
    "tests/hosts/facts/",
    "tests/hosts/test_logs",
)
"""Guests and hosts, of the lab and recorded ones, have homes of their own."""


def texts() -> Iterator[tuple[str, str]]:
    """Path and content of every text file of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content:
            yield name, content.decode()


def found(pattern: re.Pattern[str]) -> list[str]:
    return [f"{name}: {match.group()}" for name, text in texts() for match in pattern.finditer(text)]


def scenarios() -> dict[str, Scenario]:
    """What the suites declare, by id."""
    import importlib

    declared: dict[str, Scenario] = {}
    for path in sorted((ROOT / "scenarios").rglob("test_*.py")):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for thing in vars(module).values():
            for mark in getattr(thing, "pytestmark", []):
                if mark.name == "scenario":
                    declared[mark.args[0].id] = mark.args[0]
    return declared


def test_every_scenario_is_caught_by_a_fault() -> None:
    arch = load("essex/six-node")
    caught = {key.partition("[")[0] for row in faults().values() for key in row.catchers(arch)}
    declared = set(scenarios())
    assert caught <= declared
    assert declared - caught == UNCAUGHT


def waits() -> Iterator[str]:
    """The sentence of every wait that is written in the suites."""
    for path in sorted((ROOT / "scenarios").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            match call:
                case ast.Call(
                    func=ast.Attribute(attr="wait" | "wait_gone"), args=[ast.Constant(value=str(what)), *_]
                ):
                    yield what


def test_no_two_stories_write_the_same_wait() -> None:
    told = list(waits())
    assert len(told) > 10
    assert sorted({what for what in told if told.count(what) > 1}) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert [place for place in found(MACHINE_PATH) if not place.startswith(GUESTS)] == []


def test_no_file_names_a_registry() -> None:
    assert found(REGISTRY) == []


@pytest.mark.parametrize("sample", ["cd /" + "work/x", "'/" + "root'", "=/" + "home/ada/x"])
def test_a_path_of_a_machine_would_be_seen(sample: str) -> None:
    assert MACHINE_PATH.search(sample)


@pytest.mark.parametrize(
    "sample", ["https://py" + "pi.org/simple", "files.python" + "hosted.org", "--index-" + "url http://x/y"]
)
def test_a_registry_would_be_seen(sample: str) -> None:
    assert REGISTRY.search(sample)


@pytest.mark.wire
def test_no_file_has_an_identifier_out_of_the_recordings(essex_wire: Path) -> None:
    recorded = {id for path in essex_wire.glob("*.jsonl") for id in ID.findall(path.read_text())}
    assert recorded
    recorded -= {id for id in recorded if len(set(id)) < 8}  # invented ones, such as 11111111-2222-…
    ours = [
        f"{name}: {id}"
        for name, text in texts()
        if not name.startswith(RECORDINGS)
        for id in recorded.intersection(ID.findall(text))
    ]
    assert ours == []


def requirements() -> Iterator[str]:
    """Every package that ``pyproject.toml`` asks for."""
    project = PROJECT["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    groups += PROJECT["dependency-groups"].values()
    for requirement in (row for group in groups for row in group):
        yield re.split(r"[<>=!~;\[ ]", requirement)[0]


def test_every_dependency_has_its_reason() -> None:
    told = (ROOT / "docs" / "dependencies.md").read_text()
    rows = " ".join(line.split("|")[1] for line in told.splitlines() if line.startswith("|"))
    names = set(re.findall(r"[\w.-]+", rows)) | {name for name in requirements() if name.startswith("types-")}
    assert "types-*" in rows
    assert sorted(set(requirements()) - names) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    rows = re.split(r"\n(?=\S)", text.strip())
    assert len(rows) > 50
    assert [row.splitlines()[0] for row in rows if not re.match(r"[\w.-]+==[^ ]+", row)] == []
    assert [row.splitlines()[0] for row in rows if "--hash=sha256:" not in row] == []
    assert "://" not in text


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_every_dependency(lock: Path) -> None:
    locked = {row.partition("==")[0].lower() for row in lock.read_text().splitlines() if "==" in row}
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["lab"]]
    named = {re.split(r"[<>=!~;\[ ]", row)[0].lower().replace("_", "-") for row in wanted}
    assert sorted(name for name in named if name not in locked and name.replace(".", "-") not in locked) == []


def verbs(command: Any, words: str = "deployday") -> Iterator[str]:
    """Every command line that there is, without its arguments."""
    commands = getattr(command, "commands", None)
    if not commands:
        yield words
        return
    for name, below in commands.items():
        yield from verbs(below, f"{words} {name}")


def test_every_verb_is_in_the_documentation() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    told = "\n".join(page.read_text() for page in pages)
    lines = list(verbs(typer.main.get_command(build())))
    assert len(lines) > 8
    assert [line for line in lines if not re.search(rf"\b{line}\b", told)] == []


def test_the_version_stands_once() -> None:
    assert harness.__version__ == PROJECT["project"]["version"]
    assert f"## {harness.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_decisions_are_numbered_one_after_the_other() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [page.name.partition("-")[0] for page in pages]
    assert numbers == [f"{number:04d}" for number in range(1, len(pages) + 1)]
    assert all(page.read_text().startswith(f"# {page.name[:4]}: ") for page in pages)


def test_the_architecture_in_the_readme_loads(tmp_path: Path) -> None:
    example = (ROOT / "README.md").read_text().split("```yaml\n")[1].split("```")[0]
    (tmp_path / "rack7.yaml").write_text(example)
    assert load(tmp_path / "rack7.yaml").name == "rack7"
