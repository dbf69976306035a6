'''Everything that a scenario imports: the decorator, what it sees of a cloud, and errors in its language.

    from harness.testing import Cloud, scenario

    @scenario("compute.show", gate="compute", needs=("compute.boot",), cost=0.5)
    def test_show(cloud: Cloud) -> None:
        """The server is listed and shown as it was asked for."""

A story that cannot be completed fails with ``AssertionError`` (``cloud.check``) or ``CloudError``;
``OutOfReach`` says that the access does not suffice; any other exception is a defect of the story: unknown,
never a pass.
'''

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from harness.arch import Architecture
from harness.clients.errors import (
    Conflict,
    Invalid,
    NotFound,
    OverQuota,
    RateLimited,
    Refused,
    ServerFault,
    Unreachable,
)
from harness.clients.values import CatalogueEntry, Image, Server, Snapshot, Volume
from harness.cloud import Cloud
from harness.cloud.guests import Guests
from harness.errors import CloudError, OutOfReach, Untold
from harness.hosts import Guest, LoginRefused
from harness.plan.declared import Applies, Need, Scenario, Subjects
from harness.rings import Device, Finding, Placement

__all__ = [
    "Architecture",
    "CatalogueEntry",
    "Cloud",
    "CloudError",
    "Conflict",
    "Device",
    "Finding",
    "Guest",
    "Guests",
    "Image",
    "Invalid",
    "LoginRefused",
    "NotFound",
    "OutOfReach",
    "OverQuota",
    "Placement",
    "RateLimited",
    "Refused",
    "Scenario",
    "Server",
    "ServerFault",
    "Snapshot",
    "Unreachable",
    "Untold",
    "Volume",
    "scenario",
]

Story = TypeVar("Story", bound=Callable[..., None])


def scenario(
    id: str,
    *,
    gate: str,
    needs: tuple[Need, ...] = (),
    after: tuple[Need, ...] = (),
    subjects: Subjects = None,
    applies: Applies = None,
    requires: tuple[str, ...] = (),
    owns: tuple[str, ...] = (),
    level: str = "must",
    servers: int = 0,
    creates: int | None = None,
    foreign: int = 0,
    until: tuple[Need, ...] = (),
    holds: tuple[str, ...] = (),
    spread: bool = False,
    cost: float = 1.0,
    limit: float | None = None,
    after_all: bool = False,
    disturbs: str = "",
) -> Callable[[Story], Story]:
    """Declare a test function as a scenario; ``docs/reference/scenarios.md`` explains every word.

    Raises ``TypeError`` or ``ValueError`` where the declaration makes no sense.
    """

    def declare(story: Story) -> Story:
        declared = Scenario(
            id=id,
            gate=gate,
            needs=needs,
            after=after,
            subjects=subjects,
            applies=applies,
            requires=requires,
            owns=owns,
            level=level,
            servers=servers,
            creates=creates,
            foreign=foreign,
            until=until,
            holds=holds,
            spread=spread,
            cost=cost,
            limit=limit,
            after_all=after_all,
            disturbs=disturbs,
            story=story,
        )
        marked: Story = pytest.mark.scenario(declared)(story)
        return marked

    return declare
