"""What history keeps of one run: who, when, its verdict; for each scenario verdict, content and seconds."""

from __future__ import annotations

import math
import re
from calendar import timegm
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import strptime
from typing import Any

from pydantic import ValidationError

from harness.errors import Problem, UsageError
from harness.evidence.folder import RunFolder
from reports.history.slim import SlimPlan, SlimReport, SlimRun, SlimScenario
from reports.model import VERSION
from reports.text import line
from reports.versions import bytes_of, newer, reason, report_of

VERDICTS = ("", "pass", "fail", "unknown", "blocked", "out_of_reach", "not_applicable")
"""Their place here is their number in the index, 0 is a word that this version does not know."""

WALL, COVERAGE = "run/wall time", "run/coverage"
"""Figures of a whole run stand among the scenarios, under names that no scenario can have."""

_LARGEST = 1e11
_NAME = re.compile(r"(\d{8}T\d{6})-(.+)-[0-9a-f]{4}\Z")
_MADE = re.compile(r"deployday-[0-9a-f]{4}-([a-z]+)[-\w]*")


@dataclass(frozen=True)
class Result:
    """A scenario in one run."""

    key: str
    verdict: str
    version: str
    seconds: float


@dataclass(frozen=True)
class Facts:
    """A run as a line of a list. ``why`` says what could not be read; ``verdict`` is empty then."""

    id: str
    site: str
    architecture: str
    started: float
    verdict: str = ""
    why: str = ""
    fingerprint: str = ""
    version: str = ""
    release: str = ""
    scope: str = ""
    early: bool = False
    wall: float = 0.0
    verified: int = 0
    total: int = 0
    tags: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    carried: int = 0

    @property
    def series(self) -> tuple[str, str]:
        """Site and architecture: runs of the same two can be laid side by side."""
        return self.site, self.architecture

    @property
    def whole(self) -> bool:
        """Whether it was judged, went through to its end, and told everything."""
        return bool(self.verdict) and not self.early and not self.carried and self.scope in ("", "all")


@dataclass(frozen=True)
class Entry:
    """All that the index knows of a run."""

    facts: Facts
    results: list[Result] = field(default_factory=list)
    steps: list[tuple[str, str, float]] = field(default_factory=list)
    figures: Mapping[str, float] = field(default_factory=dict)


def read_entry(folder: RunFolder) -> Entry:
    """Read a run that has ended; what has no report is judged here. A folder that is no run says why.

    What a run carries from an earlier one is a result of that one alone.
    """
    run, why = SlimRun(), ""
    try:
        run = _run(folder)
        report = _report(folder)
    except UsageError as error:
        why = line(error.problems[0].message, 200)
    if why:
        return Entry(_facts(folder, run, None, SlimPlan(), why))
    plan = _plan(folder)
    versions = {row.key: row.version for row in plan.scenarios}
    told = [row for row in report.scenarios if row.key.strip() and row.carried is None]
    return Entry(
        _facts(folder, run, report, plan, ""),
        [_result(row, versions) for row in told],
        [step for row in told for step in _steps(row)],
        _figures(report),
    )


def _run(folder: RunFolder) -> SlimRun:
    try:
        return SlimRun.model_validate_json(bytes_of(folder.run))
    except ValidationError as error:
        raise UsageError(Problem(str(folder.run), f"run.json: {reason(error)}")) from None


def _report(folder: RunFolder) -> SlimReport:
    if not folder.report_json.exists():
        return _judged(folder)
    data = bytes_of(folder.report_json)
    try:
        report = SlimReport.model_validate_json(data)
    except ValidationError as error:
        raise UsageError(Problem(str(folder.report_json), f"report.json: {reason(error)}")) from None
    if report.report > VERSION:
        raise newer(report.report, str(folder.report_json))
    if report.report < VERSION:
        return SlimReport.model_validate(report_of(data, str(folder.report_json)).model_dump())
    return report


def _judged(folder: RunFolder) -> SlimReport:
    """The report of a run that was killed before it wrote one."""
    from reports.build import build  # the judge and all that it needs: only where there is no report

    try:
        return SlimReport.model_validate(build(folder).model_dump())
    except UsageError:
        raise
    except Exception as error:  # one damaged folder must not hide the others
        raise UsageError(Problem(str(folder.path), f"cannot be judged: {error!r}")) from None


def _plan(folder: RunFolder) -> SlimPlan:
    """What was planned; a run that stopped before has none."""
    try:
        return SlimPlan.model_validate_json(bytes_of(folder.plan))
    except (UsageError, ValidationError):
        return SlimPlan()


def _facts(folder: RunFolder, run: SlimRun, report: SlimReport | None, plan: SlimPlan, why: str) -> Facts:
    site, started = _named(folder.id)
    facts: dict[str, Any] = {
        "id": folder.id,
        "site": line(run.site_name, 100) or site,
        "architecture": line(run.arch, 100),
        "started": _number(run.started) or started,
        "why": why,
        "fingerprint": line(run.fingerprint, 64),
        "version": line(run.version, 40),
        "tags": tuple(line(tag, 60) for tag in run.tags[:20]),
        "scope": line(plan.scope, 200),
        "conditions": _conditions(run),
    }
    if report is not None:
        facts |= {
            "verdict": line(report.verdict, 20),
            "release": line(report.run.release, 40),
            "early": report.ended_early,
            "wall": _number(report.timings.wall),
            "verified": report.coverage.verified,
            "total": report.coverage.total,
            "counts": _counted(row.verdict for row in report.scenarios),
            "carried": sum(row.carried is not None for row in report.scenarios),
        }
    return Facts(**facts)


def _named(name: str) -> tuple[str, float]:
    """Site and start as the name of a folder tells them."""
    match = _NAME.match(name)
    try:
        return (match[2], float(timegm(strptime(match[1], "%Y%m%dT%H%M%S")))) if match else ("", 0.0)
    except ValueError:
        return "", 0.0


def _conditions(run: SlimRun) -> dict[str, str]:
    """What a run was made with, apart from the description: where that differs, times may, too."""
    found = {
        f"option {name}": line(str(each), 200) for name, each in run.options.items() if _telling(name, each)
    }
    return found | {
        f"machine's {name}": line(str(each), 200) for name, each in run.machine.items() if name != "load"
    }


def _telling(name: str, each: Any) -> bool:
    return bool(each) and name not in ("site", "arch", "cloud")


def _counted(words: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        known = word if word in VERDICTS else ""
        counts[known] = counts.get(known, 0) + 1
    return counts


def _result(row: SlimScenario, versions: Mapping[str, str]) -> Result:
    version = row.version or versions.get(row.key, "")
    verdict = row.verdict if row.verdict in VERDICTS else ""
    return Result(line(row.key, 300), verdict, line(version, 64), _number(row.duration))


def _steps(row: SlimScenario) -> Iterable[tuple[str, str, float]]:
    """Sentence and seconds of a scenario that passed; what the run named is named by its kind alone."""
    found: dict[str, float] = {}
    for step in row.steps if row.verdict == "pass" else ():
        if step.number and step.seconds is not None:
            title = line(_MADE.sub(r"a \1", step.title), 160)
            found[title] = found.get(title, 0.0) + _number(step.seconds)
    return [(line(row.key, 300), title, seconds) for title, seconds in found.items()]


def _figures(report: SlimReport) -> dict[str, float]:
    covered = report.coverage
    found = {
        f"run/{line(each.path, 80)}": _number(each.seconds)
        for each in report.timings.objectives
        if each.seconds is not None
    }
    if any(row.carried for row in report.scenarios):
        return found  # a part of a run: neither its time nor its coverage is that of a whole one
    share = {COVERAGE: 100 * covered.verified / covered.total} if covered.total else {}
    return {WALL: _number(report.timings.wall), **share, **found}


def _number(thing: float) -> float:
    """A number that can be reckoned with."""
    return min(max(thing, 0.0), _LARGEST) if math.isfinite(thing) else 0.0
