"""Handcrafted runs and a browser, for the tests of reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.evidence.folder import RunFolder
from tests.reports.browser import Browser, program
from tests.reports.runs import RUNS


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], RunFolder]:
    """Make one of the runs by name."""
    return lambda name: RUNS[name](tmp_path / name)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if program() is None:
        pytest.skip("no Chromium on this machine")
    with Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened
