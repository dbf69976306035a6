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


def kind_of(item: pytest.Item) -> str:
    """A test's name whatever its parameters; tests of a module are one kind where its mark says so."""
    mark = item.get_closest_marker("matrix")
    own = item.originalname if isinstance(item, pytest.Function) else item.name
    return str(mark.kwargs.get("kind", own)) if mark else own


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("matrix")
    group.addoption("--sample", type=int, default=0, help="Run so many cases of each kind; 0 runs all.")
    group.addoption("--seed", default=commit(), help="Chooses sample and kill points; by default the commit.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep a seeded sample of each kind of case."""
    size = config.getoption("--sample")
    if not size:
        return
    kinds: dict[str, list[pytest.Item]] = {}
    for item in items:
        kinds.setdefault(kind_of(item), []).append(item)
    chosen: list[pytest.Item] = []
    for kind, cases in sorted(kinds.items()):
        chosen += random.Random(f"{config.getoption('--seed')} {kind}").sample(cases, min(size, len(cases)))
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
