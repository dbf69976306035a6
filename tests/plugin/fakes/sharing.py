"""A suite whose stories share a server and leave others running; each lasts long enough to meet others."""

import time
from typing import Any

from harness.testing import scenario


@scenario("one.booted", gate="compute", servers=1, until=("one.gone",))
def test_one(cloud: Any) -> None:
    """A server boots, and stays."""
    time.sleep(0.05)


@scenario("two.booted", gate="compute", servers=1, until=("two.gone",))
def test_two(cloud: Any) -> None:
    """Another server boots, and stays."""
    time.sleep(0.05)


@scenario("one.told", gate="compute", needs=("one.booted",), subjects=("a", "b", "c"), holds=("one",))
def test_told(cloud: Any, subject: str) -> None:
    """Something is told of the first server."""
    time.sleep(0.1)


@scenario("one.pair", gate="compute", needs=("one.booted",), servers=1, holds=("one",))
def test_one_pair(cloud: Any) -> None:
    """A third server stands beside the first."""
    time.sleep(0.05)


@scenario("two.pair", gate="compute", needs=("two.booted",), servers=1, holds=("two",))
def test_two_pair(cloud: Any) -> None:
    """A fourth server stands beside the second."""
    time.sleep(0.05)


@scenario("one.gone", gate="compute", needs=("one.booted",), after=("holds:one",))
def test_one_gone(cloud: Any) -> None:
    """The first server goes."""


@scenario("two.gone", gate="compute", needs=("two.booted",), after=("holds:two",))
def test_two_gone(cloud: Any) -> None:
    """The second server goes."""


@scenario("cleanup.resources", gate="cleanup", after_all=True)
def test_clean(cloud: Any) -> None:
    """What was made is removed."""
