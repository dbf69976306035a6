"""Options and fixtures of the whole test suite."""

import os
import secrets
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000)
settings.load_profile(os.environ.get("DEPLOYDAY_HYPOTHESIS", "same"))  # a commit is judged by what it holds


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("deployday tests")
    group.addoption(
        "--essex-wire",
        metavar="DIR",
        type=lambda text: Path(text).resolve(),
        default=None,
        help="the folder of recorded Essex exchanges",
    )
    group.addoption(
        "--conformance-seed",
        metavar="N",
        type=int,
        default=None,
        help="seed of names, sizes and order in the conformance replay (random by default, printed)",
    )


@pytest.fixture(scope="session")
def essex_wire(request: pytest.FixtureRequest) -> Path:
    """The folder of recorded exchanges; without ``--essex-wire=DIR`` the test is skipped, visibly."""
    folder = request.config.getoption("--essex-wire")
    if folder is None:
        pytest.skip("needs --essex-wire=DIR, the folder of recorded Essex exchanges")
    return folder


@pytest.fixture(scope="session")
def conformance_seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run's replays."""
    given = request.config.getoption("--conformance-seed")
    return secrets.randbelow(2**32) if given is None else given
