"""A folder with a fake cloud and a small suite, and runs in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import harness.plugin.activation
import harness.testing  # noqa: F401 - both here: pytester forgets what it imported, numpy cannot be imported again
from harness.evidence import Row, RunFolder, read_json, read_record

PLUGINS = ("harness.plugin", "xdist.plugin", "pytest_timeout")
PLAIN = ("-p", "no:cacheprovider", "--import-mode=importlib", "--strict-markers", "-rA")
TOLD = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
"""A run in this process meets the plugin that its own pytest has imported."""
SOURCES = Path(__file__).parent / "fakes"


@dataclass
class Ran:
    """One run: pytest's own result and what was recorded."""

    result: pytest.RunResult
    folder: RunFolder

    @property
    def rows(self) -> list[Row]:
        return read_record(self.folder.events)

    @property
    def verdicts(self) -> dict[str, Row]:
        """The verdict rows by key; every key has exactly one."""
        rows = [row for row in self.rows if row["kind"] == "verdict"]
        keys = [row["scenario"] for row in rows]
        assert len(keys) == len(set(keys)), "a scenario has two verdicts"
        return {row["scenario"]: row for row in rows}

    @property
    def outcomes(self) -> dict[str, str]:
        return {key: row["outcome"] for key, row in self.verdicts.items()}

    @property
    def facts(self) -> dict[str, tuple[object, ...]]:
        """Everything of the verdicts that must not depend on the number of workers."""
        names = ("outcome", "met", "reason", "root", "component")
        return {key: tuple(row[name] for name in names) for key, row in self.verdicts.items()}

    @property
    def phases(self) -> list[str]:
        return [row["phase"] for row in self.rows if row["kind"] == "run"]

    @property
    def plan(self) -> dict[str, dict[str, object]]:
        return {row["key"]: row for row in read_json(self.folder.plan)["scenarios"]}

    def keys(self, outcome: str) -> set[str]:
        return {key for key, found in self.outcomes.items() if found == outcome}


Drive = Callable[..., Ran]


@pytest.fixture
def drive(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Drive:
    """Run a suite, some stories of it replaced; the run is written into ``run-0``, ``run-1``…"""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    plugins = [word for name in PLUGINS for word in ("-p", name)]

    def drive(*words: str, source: str | None = None, **broken: str) -> Ran:
        pytester.makeconftest((SOURCES / "cloud.py").read_text())
        text = source if source is not None else (SOURCES / "suite.py").read_text()
        for name, line in broken.items():
            assert f"pass  # {name}\n" in text
            text = text.replace(f"pass  # {name}\n", f"{line}\n")
        pytester.makepyfile(test_suite=text)
        folder = pytester.path / f"run-{sum(1 for _ in pytester.path.glob('run-*'))}"
        given = ("--arch", "essex/six-node", "--cloud", "fake", "--run-dir", str(folder))
        arguments = (*plugins, *given, *PLAIN, *TOLD, *words)
        if "-n" in words:
            return Ran(pytester.runpytest_subprocess(*arguments, timeout=90), RunFolder(folder))
        return Ran(pytester.runpytest_inprocess(*arguments), RunFolder(folder))

    return drive
