"""The architecture, leaf by leaf, and how far it was verified."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from reports.model.base import Level, Model, State


class Clause(Model):
    """One leaf of the resolved architecture with its origin, its verdict and what was observed."""

    path: str
    area: str
    group: str = Field(description="The printed path of what it is a property of.")
    described: Any
    observed: Any = Field(description="Null where nothing was observed.")
    seen: bool = Field(description="Whether anything was observed at all.")
    comparator: str
    origin: str
    file: str
    line: int
    level: Level
    visible: Literal["api", "host", "ring", "none"]
    measured: bool
    state: State
    reason: str
    scenario: str
    waived: str
    cites: list[str]


class Area(Model):
    """How far one area of the architecture was verified."""

    name: str
    verified: int
    total: int
    counts: dict[State, int]


class Coverage(Model):
    """Verified clauses over all leaves of the resolved architecture."""

    verified: int
    total: int
    carried: int = Field(default=0, description="Of the verified: seen by an earlier run, not by this one.")
    counts: dict[State, int]
    areas: list[Area]
    visible: dict[str, tuple[int, int]] = Field(
        description="By means (api, host, ring, none): verified, total."
    )


class Unverified(Model):
    """Clauses that were not verified for one and the same reason."""

    state: State
    reason: str
    count: int
    paths: list[str] = Field(description="The first of them.")


class Absent(Model):
    """A described node that the site calls absent."""

    node: str
    reason: str
    until: str
    state: Literal["waiting", "there", "late"] = Field(
        description="There: it was seen nevertheless. Late: its time is over, and it counts again."
    )


class Waiver(Model):
    """A waiver of the site and what it did in this run."""

    target: str
    reason: str
    owner: str
    ticket: str
    until: str
    state: Literal["used", "unused", "expired", "changed", "resolved"] = Field(
        description="Unused: this run cannot say whether it is needed. Resolved: it asks to be removed."
    )
    covers: list[str]
    expected: Any = Field(default=None, description="The observation that it accepts.")
    seen: str = Field(default="", description="What was seen of what it is about; empty if nothing was.")
    says: str = Field(default="", description="What somebody should know of it; empty if nothing.")
    line: int = Field(default=0, description="Where it stands in the file of waivers.")
