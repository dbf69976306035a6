"""What a story may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from harness.plugin.state import RUN

if TYPE_CHECKING:
    from harness.cloud import Cloud


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Cloud:
    """The cloud as this scenario sees it: clients, steps, observations, checks, waits."""
    run = request.config.stash[RUN]
    planned = run.planned(request.node.nodeid)
    if planned is None:
        raise LookupError(f"{request.node.nodeid} is no scenario of this run")
    seen: Cloud = run.session().cloud(planned.key, planned.subject)
    return seen


@pytest.fixture
def nodes(cloud: Cloud) -> Mapping[str, object]:
    """The described nodes that can be reached: ``nodes["storage-1"].fetch(path)``."""
    return cloud.nodes
