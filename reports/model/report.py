"""The whole of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reports.model.base import Go, Model
from reports.model.causes import Cause
from reports.model.clauses import Absent, Clause, Coverage, Unverified, Waiver
from reports.model.discovered import Discovered
from reports.model.ledger import Ledger, Remainder
from reports.model.rings import Ring
from reports.model.run import Double, Run
from reports.model.scenarios import Deviation, Gate, Lender, Scenario
from reports.model.timings import Timings


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
    carried: list[Lender] = Field(
        default=[], description="The earlier runs that told what this one did not tell again, newest first."
    )
    clauses: list[Clause]
    undescribed: list[Deviation]
    coverage: Coverage
    unverified: list[Unverified]
    discovered: Discovered = Discovered()
    rings: list[Ring] = Field(default=[], description="Pictures of the rings that the run looked into.")
    waivers: list[Waiver]
    absent: list[Absent] = []
    timings: Timings
    remainders: list[Remainder]
    ledger: Ledger
    doubles: list[Double]
    omitted: list[str] = Field(
        description="What was left out of the report to keep it small; the record has it."
    )
    warnings: list[str]
