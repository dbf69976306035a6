"""What was told: scenarios, their gates, and what deviated."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from reports.model.base import Level, Model, Verdict
from reports.model.evidence import Step


class Deviation(Model):
    """An observation that contradicts its clause, or a name that was not described at all."""

    path: str
    described: Any
    observed: Any
    level: Level
    reason: str = ""
    waived: str = Field(
        default="", description="The waiver that covers it, as a sentence; empty without one."
    )
    undescribed: bool = False
    cites: list[str] = []


class Carried(Model):
    """Whose result it is, where an earlier run told it: that run, when it began, when it told it, and in how
    many seconds.
    """

    run: str
    started: float
    at: float
    seconds: float = 0.0


class Lender(Model):
    """An earlier run, and how many results of it are carried."""

    run: str
    started: float
    scenarios: int


class Scenario(Model):
    """One scenario on one subject."""

    key: str
    id: str
    subject: str | None
    title: str
    gate: str
    level: Level
    nodeid: str
    needs: list[str]
    verdict: Verdict
    met: bool = Field(description="Whether the scenarios that need this one could run.")
    counts: bool = Field(description="Whether it stands against GO: not if waived, nor below level must.")
    outside: bool = Field(
        default=False,
        description="Outside of the scope: it ran for those that need it, and counts for nothing else.",
    )
    reason: str
    root: str | None = Field(description="For a blocked scenario: the failed need nearest the root.")
    component: str
    duration: float
    started: float | None
    worker: str
    steps: list[Step]
    deviations: list[Deviation]
    waivers: list[str]
    version: str = Field(default="", description="Digest of what the scenario says; empty where unknown.")
    samples: dict[str, list[float]] = Field(
        default={}, description="Seconds by what took them (boot, object PUT), where it was measured."
    )
    carried: Carried | None = Field(
        default=None,
        description="Set where an earlier run told it, and not this one, which has no times of it then.",
    )


class Gate(Model):
    """A level of scenarios, in order."""

    name: str
    verdict: Verdict = Field(description="The worst verdict of its scenarios.")
    counts: dict[Verdict, int]
    seconds: float = Field(description="From its first scenario's start to its last one's end.")
    started: float | None
