"""The command, inside this process where it only reads, as a process of its own where it drives a lab."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cli import main
from tests.cli.command import Done, Lab, Running, start


class Here:
    """``deployday`` called inside this process, in a folder of its own, with nobody's credentials."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *words: str) -> Done:
        self._capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        out, err = self._capfd.readouterr()
        return Done(int(ended.value.code or 0), out, err)


@pytest.fixture
def deployday(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Here:
    for name in [name for name in os.environ if name.startswith("OS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return Here(capfd)


@pytest.fixture(scope="session")
def shared_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab that stays up while the commands of these tests ask and drive it."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.up()
    yield lab
    lab.down()


@pytest.fixture(scope="session")
def side_by_side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Running]]:
    """``deployday run ARCH --lab`` for the two architectures with servers, at the same time: a run waits
    more than it works.
    """
    runs = {}
    for name in ("six-node", "devstack-single"):
        runs[name] = start(tmp_path_factory.mktemp(name), "run", f"essex/{name}", "--lab")
    yield runs
    for running in runs.values():
        if running.done is None:
            running.process.kill()
            running.end()


@pytest.fixture(scope="session")
def whole_run(side_by_side: dict[str, Running]) -> Running:
    """``deployday run essex/six-node --lab``, ended."""
    running = side_by_side["six-node"]
    running.over()
    return running
