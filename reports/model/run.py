"""Which run a report is of, and what of a lab stood in for a cloud."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from reports.model.base import Model


class Double(Model):
    """A part of the lab that stands in for a real one."""

    what: str
    why: str


class Waited(Model):
    """How long a cloud that was coming up was waited for before the run."""

    asked: str = Field(description="As it was asked for: 30m.")
    seconds: float
    polls: int
    requests: int
    open: bool = Field(description="Whether preflight opened.")
    opened: dict[str, float] = Field(
        default={}, description="Preflight scenario to the seconds after which a poll first found it open."
    )
    closed: dict[str, str] = Field(default={}, description="Those that the last poll found closed, and why.")
    told: str = Field(default="", description="All of it in one sentence.")


class Run(Model):
    """Which run this was: of what, from where, by which version."""

    id: str
    site: str
    architecture: str
    release: str
    fingerprint: str
    started: float
    ended: float | None
    version: str
    machine: dict[str, Any]
    options: dict[str, Any]
    workers: int
    lab: bool = Field(description="Whether the site was a lab and no real cloud.")
    accounts: list[str]
    tags: list[str] = []
    waited: Waited | None = None
    load: list[float] = Field(
        default=[], description="Load of the machine, the last minute's: as the run began, as it ended."
    )
