"""The report of one run, version 1: everything that a rendering or a comparison may rest on.

``report.json`` is this model and ``schema.json`` its JSON schema. Times are seconds since the epoch,
durations are seconds unless the name says ``ms``; paths of clauses are printed
(``compute.flavors["m1.tiny"].ram``); a row id (``gw0:17``) names a row of the run's ``events.jsonl``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

VERSION = 1

Go = Literal["GO", "NO-GO", "COULD NOT JUDGE"]
Verdict = Literal["pass", "fail", "blocked", "unknown", "not_applicable", "out_of_reach"]
State = Literal["verified", "deviates", "unknown", "blocked", "out_of_reach", "not_applicable"]
Level = Literal["must", "should", "info"]
CauseKind = Literal["failed", "deviates", "unknown", "ended early"]

VERDICTS: tuple[Verdict, ...] = ("fail", "unknown", "blocked", "pass", "out_of_reach", "not_applicable")
STATES: tuple[State, ...] = ("deviates", "unknown", "blocked", "verified", "out_of_reach", "not_applicable")


class Model(BaseModel):
    """A value: frozen, and without room for a misspelt field."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    reason: str
    root: str | None = Field(description="For a blocked scenario: the failed need nearest the root.")
    component: str
    duration: float
    started: float | None
    worker: str
    steps: list[Step]
    deviations: list[Deviation]
    waivers: list[str]


class Gate(Model):
    """A level of scenarios, in order."""

    name: str
    verdict: Verdict = Field(description="The worst verdict of its scenarios.")
    counts: dict[Verdict, int]
    seconds: float = Field(description="From its first scenario's start to its last one's end.")
    started: float | None


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


class Waiver(Model):
    """A waiver of the site and what it did in this run."""

    target: str
    reason: str
    owner: str
    ticket: str
    until: str
    state: Literal["used", "unused", "expired"]
    covers: list[str]


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
    commands: int
    command_seconds: float
    slowest: list[Slow]
    objectives: list[Objective]


class Remainder(Model):
    """Something that the run left on purpose or could not remove."""

    kind: str
    name: str
    id: str
    tenant: str
    why: str


class Ledger(Model):
    """What the run created and what became of it."""

    created: int
    removed: int
    left: list[Remainder]
    kinds: dict[str, tuple[int, int]] = Field(description="By kind: created, removed.")


class Double(Model):
    """A part of the lab that stands in for a real one."""

    what: str
    why: str


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


class Report(Model):
    """Everything about one run."""

    report: Literal[1] = 1
    verdict: Go
    exit_code: int = Field(ge=0, le=2)
    ended_early: bool
    banner: str
    because: list[str]
    run: Run
    causes: list[Cause]
    gates: list[Gate]
    scenarios: list[Scenario]
    clauses: list[Clause]
    undescribed: list[Deviation]
    coverage: Coverage
    unverified: list[Unverified]
    waivers: list[Waiver]
    timings: Timings
    remainders: list[Remainder]
    ledger: Ledger
    doubles: list[Double]
    omitted: list[str] = Field(
        description="What was left out of the report to keep it small; the record has it."
    )
    warnings: list[str]
