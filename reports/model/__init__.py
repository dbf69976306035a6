"""The report of one run, version 1: everything that a rendering or a comparison may rest on.

One file a noun. ``report.json`` is this model and ``schema.json`` its JSON schema. Times are seconds since
the epoch, durations are seconds unless the name says ``ms``; paths of clauses are printed
(``compute.flavors["m1.tiny"].ram``); a row id (``gw0:17``) names a row of the run's ``events.jsonl``.
"""

from __future__ import annotations

from reports.model.base import STATES, VERDICTS, VERSION, CauseKind, Go, Level, Model, State, Verdict
from reports.model.causes import Cause
from reports.model.clauses import Absent, Area, Clause, Coverage, Unverified, Waiver
from reports.model.discovered import Discovered
from reports.model.evidence import Check, Command, Evidence, Exchange, Log, LogLine, Step, Wait
from reports.model.ledger import Ledger, Remainder
from reports.model.pauses import Pause
from reports.model.report import Report
from reports.model.rings import Map, Picture, Ring, Said, Strip, Together, Zone
from reports.model.run import Double, Run, Waited
from reports.model.scenarios import Carried, Deviation, Gate, Lender, Scenario
from reports.model.timings import Chain, Link, Objective, Phase, Slow, Timings

__all__ = [
    "STATES",
    "VERDICTS",
    "VERSION",
    "Absent",
    "Area",
    "Carried",
    "Cause",
    "CauseKind",
    "Chain",
    "Check",
    "Clause",
    "Command",
    "Coverage",
    "Deviation",
    "Discovered",
    "Double",
    "Evidence",
    "Exchange",
    "Gate",
    "Go",
    "Ledger",
    "Lender",
    "Level",
    "Link",
    "Log",
    "LogLine",
    "Map",
    "Model",
    "Objective",
    "Pause",
    "Phase",
    "Picture",
    "Remainder",
    "Report",
    "Ring",
    "Run",
    "Said",
    "Scenario",
    "Slow",
    "State",
    "Step",
    "Strip",
    "Timings",
    "Together",
    "Unverified",
    "Verdict",
    "Wait",
    "Waited",
    "Waiver",
    "Zone",
]
