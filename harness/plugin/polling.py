"""A look at whether preflight opens (``--poll``), told by the run's own stories.

No account is leased and nothing is made, so nothing is to be cleaned up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from harness.plan.discover import declared
from harness.plan.planned import Plan
from harness.plugin.state import key_of

EVERYTHING = "all"
_GATE, _CLEANUP = "preflight", "cleanup"


def polled(items: Iterable[pytest.Item], asked: Iterable[str]) -> list[str]:
    """Keys of the preflight stories to tell: those asked for, or all; none that asks for a server."""
    wanted = set(asked)
    found = []
    for item in items:
        scenario, key = declared(getattr(item, "function", None)), key_of(item)
        if scenario is None or key is None or scenario.gate != _GATE or scenario.creations:
            continue
        if EVERYTHING in wanted or key in wanted:
            found.append(key)
    return found


def without_cleanup(plan: Plan) -> Plan:
    """The plan of a look: nothing is made, so nothing is to be removed."""
    return replace(plan, scenarios=tuple(row for row in plan.scenarios if row.gate != _CLEANUP))
