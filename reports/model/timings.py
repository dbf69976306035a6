"""Where the time of a run went."""

from __future__ import annotations

from pydantic import Field

from reports.model.base import Model, State
from reports.model.pauses import Pause


class Phase(Model):
    """A named stretch of the run's wall time."""

    name: str
    seconds: float


class Slow(Model):
    """A scenario among the slowest."""

    key: str
    seconds: float
    waiting: float


class Objective(Model):
    """A measured clause: what a story took, beside what the architecture allows."""

    path: str
    limit: float
    seconds: float | None
    state: State


class Link(Model):
    """One story of a chain."""

    key: str
    seconds: float


class Chain(Model):
    """The longest chain of stories that had to wait for each other: no number of workers is faster."""

    seconds: float = 0.0
    links: list[Link] = []


class Timings(Model):
    """Where the time of the run went."""

    wall: float
    phases: list[Phase]
    gates: list[Phase]
    waiting: float = Field(description="Sum of all waits.")
    rate_limits: float = Field(default=0.0, description="Of these, waited because of rate limits.")
    chain: Chain = Chain()
    exchanges: int
    exchange_seconds: float
    via: list[str] = Field(
        default=[], description="Hosts that requests went through: their time is measured through these."
    )
    round_trip_ms: float | None = Field(default=None, description="The shortest exchange of the run.")
    answer_ms: float | None = Field(default=None, description="The median exchange of the run.")
    commands: int
    command_seconds: float
    slowest: list[Slow]
    objectives: list[Objective]
    pauses: list[Pause] = Field(default=[], description="What workers stood still for, and rate limits.")
