"""Which of several answers wins. The orders are fixed and stand here alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from harness.arch.clauses import Level
from harness.evidence.verdicts import State, Verdict

T = TypeVar("T", bound=str)

FOLD: tuple[State, ...] = ("deviates", "unknown", "verified", "out_of_reach")
"""Several observations of one clause: any deviation, else any doubt, else verified; last, that it cannot be
seen.
"""

INHERITED: tuple[State, ...] = ("unknown", "blocked", "out_of_reach", "not_applicable")
"""A clause that nobody observed, from the scenarios that own it: the one that comes nearest to having looked.
"""

LEVELS: tuple[Level, ...] = ("must", "should", "info")
"""A whole weighs as much as its heaviest part."""

FROM_OUTCOME: dict[str, Verdict] = {
    "completed": "pass",
    "failed": "fail",
    "crashed": "unknown",
    "not_reached": "unknown",
    "left_out": "unknown",
    "blocked": "blocked",
    "out_of_reach": "out_of_reach",
    "not_applicable": "not_applicable",
}
"""The verdict of a scenario by how it ended, before what it saw is looked at."""

RAN = frozenset({"completed", "failed", "crashed"})
"""Outcomes of a scenario that began: what it owns and did not observe is unknown."""


def first(order: Iterable[T], found: Iterable[T], default: T) -> T:
    """The member of ``found`` that stands first in ``order``."""
    present = set(found)
    return next((each for each in order if each in present), default)
