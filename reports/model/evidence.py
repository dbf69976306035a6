"""What happened during a story: its steps, with every request, command, wait and check."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reports.model.base import Model


class Exchange(Model):
    """One request and its answer; of ``times`` equal ones in a row (polling), this is the last."""

    kind: Literal["exchange"] = "exchange"
    row: str
    at: float
    component: str
    service: str
    method: str
    url: str
    status: int | None
    ms: float
    request_id: str
    error: str
    request: str = Field(description="Head of the request's body, redacted.")
    response: str = Field(description="Head of the answer's body, redacted.")
    response_bytes: int | None = None
    times: int = 1


class Command(Model):
    """One command, or one file fetched, on a host."""

    kind: Literal["command"] = "command"
    row: str
    at: float
    component: str
    host: str
    command: str
    status: int | None
    ms: float
    stdout: str
    stderr: str


class Wait(Model):
    """A bounded wait with every state that was seen and how long each lasted."""

    kind: Literal["wait"] = "wait"
    row: str
    at: float
    what: str
    goal: str
    limit: float
    outcome: str
    transitions: list[tuple[str, float]]


class Check(Model):
    """A fact that a story asserted."""

    kind: Literal["check"] = "check"
    row: str
    at: float
    sentence: str
    ok: bool
    expected: str
    found: str


Evidence = Annotated[Exchange | Command | Wait | Check, Field(discriminator="kind")]


class Step(Model):
    """One sentence of a story and what happened during it; number 0 is what stood outside of steps."""

    number: int
    title: str
    ok: bool | None = Field(description="None: the step was begun and never ended.")
    error: str
    seconds: float | None
    evidence: list[Evidence]
    observations: int = Field(description="How many observations the step recorded.")
