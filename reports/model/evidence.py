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


class LogLine(Model):
    """One entry of a log, with the lines that go on with it."""

    at: float | None = Field(description="Seconds since the epoch by our clock; None where nothing told.")
    file: str
    level: str
    text: str
    request: str = Field(
        description="Id, or method and path, of the request of the story that it belongs to."
    )


class Log(Model):
    """What the services of a host wrote while a story was told that failed."""

    kind: Literal["log"] = "log"
    row: str
    at: float
    component: str
    host: str
    since: float
    until: float
    files: list[str]
    lines: list[LogLine]
    left_out: int
    errors: int = Field(description="Entries of the window that tell of an error, those left out too.")
    why: str = Field(description="Why not all of it came.")


Evidence = Annotated[Exchange | Command | Wait | Check | Log, Field(discriminator="kind")]


class Step(Model):
    """One sentence of a story and what happened during it; number 0 is what stood outside of steps."""

    number: int
    title: str
    ok: bool | None = Field(description="None: the step was begun and never ended.")
    error: str
    seconds: float | None
    evidence: list[Evidence]
    observations: int = Field(description="How many observations the step recorded.")
