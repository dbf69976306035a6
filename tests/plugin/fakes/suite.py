"""A small suite; a test puts something else in the place of a `pass`."""

import os  # noqa: F401
import time  # noqa: F401
from typing import Any

import pytest  # noqa: F401

from harness.testing import OutOfReach, scenario  # noqa: F401


@scenario("cleanup.resources", gate="cleanup", after_all=True)
def test_clean(cloud: Any) -> None:
    """What was made is removed."""
    cloud.exchange("nova")


@scenario("token.given", gate="preflight")
def test_token(cloud: Any) -> None:
    """A token is given."""
    pass  # token


@scenario("hosts.reachable", gate="preflight", subjects="nodes:object-storage", requires=("hosts",))
def test_hosts(cloud: Any, subject: str) -> None:
    """A host lets us in."""


@scenario("catalogue.read", gate="preflight", needs=("token.given",))
def test_catalogue(cloud: Any) -> None:
    """The catalogue is read."""
    pass  # catalogue


@scenario("api.answers", gate="preflight", needs=("catalogue.read",), subjects="services")
def test_api(cloud: Any, subject: str) -> None:
    """An endpoint answers."""
    pass  # api


@scenario("server.booted", gate="compute", needs=("api.answers[compute]", "api.answers[image]"), servers=1)
def test_boot(cloud: Any) -> None:
    """A server boots."""
    pass  # boot


@scenario("server.shown", gate="compute", needs=("server.booted",))
def test_show(cloud: Any) -> None:
    """A server is shown."""
    pass  # show


@scenario("server.deleted", gate="compute", needs=("server.booted",), after=("server.shown",))
def test_delete(cloud: Any) -> None:
    """A server is deleted."""


@scenario("tenants.listed", gate="identity", needs=("token.given",), requires=("admin",))
def test_tenants(cloud: Any) -> None:
    """Tenants are listed."""


@scenario("rings.read", gate="rings", needs=("hosts.reachable[=]",), subjects="nodes:object-storage")
def test_rings(cloud: Any, subject: str) -> None:
    """Rings are read."""
    pass  # rings


@scenario("rings.equal", gate="rings", needs=("rings.read",), subjects="rings")
def test_equal(cloud: Any, subject: str) -> None:
    """Rings are equal."""


@scenario("ring.of_nobody", gate="rings", subjects="nodes:no-such-role")
def test_nobody(cloud: Any, subject: str) -> None:
    """There is nothing to look at."""
