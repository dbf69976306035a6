"""The few fields of a run's files that history needs: everything else is passed over while it is parsed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Slim(BaseModel):
    """A part of a file; fields that it does not name are no business of it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class SlimRun(Slim):
    """Of ``run.json``."""

    site: Any = ""
    arch: str = ""
    fingerprint: str = ""
    started: float = 0.0
    version: str = ""
    options: dict[str, Any] = {}
    machine: dict[str, Any] = {}
    tags: list[str] = []

    @property
    def site_name(self) -> str:
        """The name of the site, which the oldest runs kept as a text."""
        name = self.site.get("name", "") if isinstance(self.site, dict) else self.site
        return name if isinstance(name, str) else ""


class SlimPlanned(Slim):
    """Of a row of ``plan.json``."""

    key: str
    version: str = ""


class SlimPlan(Slim):
    """Of ``plan.json``."""

    scope: str = ""
    scenarios: list[SlimPlanned] = []


class SlimStep(Slim):
    """Of a step."""

    number: int
    title: str
    seconds: float | None


class SlimCarried(Slim):
    """Of the run that told it, where this one did not."""

    run: str = ""


class SlimScenario(Slim):
    """Of a scenario."""

    key: str
    verdict: str
    duration: float
    version: str = ""
    steps: list[SlimStep] = []
    carried: SlimCarried | None = None


class SlimCoverage(Slim):
    """Of the coverage."""

    verified: int
    total: int


class SlimObjective(Slim):
    """A measured clause."""

    path: str
    seconds: float | None


class SlimTimings(Slim):
    """Of the timings."""

    wall: float
    objectives: list[SlimObjective] = []


class SlimReportRun(Slim):
    """Of what a report says of its run."""

    release: str = ""


class SlimReport(Slim):
    """Of ``report.json``."""

    report: int
    verdict: str
    ended_early: bool
    run: SlimReportRun
    scenarios: list[SlimScenario]
    coverage: SlimCoverage
    timings: SlimTimings
