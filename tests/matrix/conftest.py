"""What takes minutes: faults, kill points, mutations; ``--sample N`` takes some, chosen by ``--seed``."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.matrix.rig import Rig


def commit() -> str:
    """The commit that is checked out; "0" outside of a repository."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "0"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("matrix")
    group.addoption("--sample", type=int, default=0, help="Run so many cases of each kind; 0 runs all.")
    group.addoption("--seed", default=commit(), help="Chooses sample and kill points; by default the commit.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep a seeded sample of each kind of case."""
    size = config.getoption("--sample")
    if not size:
        return
    chosen: list[pytest.Item] = []
    for name in sorted({item.originalname for item in items if isinstance(item, pytest.Function)}):
        cases = [item for item in items if isinstance(item, pytest.Function) and item.originalname == name]
        seeded = random.Random(f"{config.getoption('--seed')} {name}")
        chosen += seeded.sample(cases, min(size, len(cases)))
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = [item for item in items if item in chosen]


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--seed"))


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A lab of the six-node cloud for each module: faults leave behind what nobody can remove."""
    home: Path = tmp_path_factory.mktemp("matrix")
    with Rig.up(home) as made:
        yield made
