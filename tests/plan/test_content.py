"""A content version changes with what a story says, and with nothing else."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from harness.plan.content import content_version
from harness.plan.discover import discover

STORY = '''
from suite{n}.helping import settled, PATIENCE

def test_boot(cloud):
    """A server becomes ACTIVE."""
    with cloud.step("ask for a server"):
        settled(cloud, PATIENCE)
'''
HELPER = """
PATIENCE = 30

def settled(cloud, seconds):
    with cloud.step("wait until it is ACTIVE"):
        look(cloud)

def look(cloud):
    return cloud.server

def unused():
    return 1
"""
Version = Callable[..., str]
NUMBERS = count()


@pytest.fixture
def version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Version:
    """The version of the story in a suite of its own, with words of it replaced."""

    def of(*changes: tuple[str, str], **limits: Any) -> str:
        name = f"suite{next(NUMBERS)}"
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        for file, text in (("helping.py", HELPER), ("test_boot.py", STORY.replace("{n}", name[5:]))):
            for old, new in changes:
                text = text.replace(old, new)
            (folder / file).write_text(text)
        monkeypatch.syspath_prepend(str(tmp_path))
        return content_version(_module(folder / "test_boot.py").test_boot, limits)

    return of


def _module(path: Path) -> ModuleType:
    """Imported by a name that is not its package's, as pytest may do."""
    name = f"loose_{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_same_text_is_the_same_version(version: Version) -> None:
    assert version() == version()


@pytest.mark.parametrize(
    "change",
    [
        ("ask for a server", "ask for a server of 1 GB"),
        ("wait until it is ACTIVE", "wait until it is up"),
        ("PATIENCE = 30", "PATIENCE = 60"),
        ("return cloud.server", "return cloud.server or None"),
    ],
)
def test_it_changes_with_the_story_and_what_it_uses(version: Version, change: tuple[str, str]) -> None:
    assert version(change) != version()


def test_it_changes_with_a_limit(version: Version) -> None:
    assert version(limit=60) != version(limit=30)


def test_what_the_story_does_not_use_is_not_in_it(version: Version) -> None:
    assert version(("return 1", "return 2")) == version()


def test_every_shipped_scenario_has_one_of_its_own() -> None:
    found = discover()
    assert len({scenario.version for scenario in found}) == len(found)
    assert [scenario.version for scenario in found] == [scenario.version for scenario in found]
