"""What to look at first."""

from __future__ import annotations

from pydantic import Field

from reports.model.base import CauseKind, Model
from reports.model.scenarios import Deviation


class Cause(Model):
    """One thing to look at, with everything that hangs on it."""

    kind: CauseKind
    component: str = Field(
        description="The service behind the failing exchange, or ssh; empty if none is to be seen."
    )
    title: str
    symptom: str
    scenarios: list[str] = Field(description="The failed scenarios that this explains, the first one first.")
    blocked: list[str] = Field(description="The scenarios that could not run because of it.")
    deviations: list[Deviation]
    next: list[str] = Field(description="Commands to look further, most telling first.")
    request_id: str
    cites: list[str]
    logs: list[str] = Field(
        default=[], description="The entries of hosts' logs that tell most of it, in a line each."
    )
    log_file: str = Field(default="", description="The file in the run's folder that has all of them.")
