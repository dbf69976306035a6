"""Since when a scenario does not pass any more, as the index over runs knows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from reports.history.opening import FILE, ask
from reports.history.series import FAIL, PASS, UNKNOWN, Series
from reports.model import Report


@dataclass(frozen=True)
class Since:
    """``run`` and ``started`` of the first of ``runs`` in a row that did not pass; ``passed`` is the last
    that did, empty where none is known.
    """

    run: str
    started: float
    runs: int
    passed: str = ""
    passed_at: float = 0.0


def since(home: Path, report: Report, key: str) -> Since | None:
    """What the index in ``home`` says; None where nobody keeps one, or it does not know this run."""
    if not (home / FILE).is_file():
        return None
    try:
        return ask(
            home, lambda index: _since(index.series(report.run.site, report.run.architecture), report, key)
        )
    except UsageError:
        return None


def _since(series: Series, report: Report, key: str) -> Since | None:
    known = [run.id for run in series.runs]
    if report.run.id not in known or key not in series.keys:
        return None
    column, last = series.verdicts[:, series.column(key)], known.index(report.run.id)
    first, count, passed = last, 0, None
    for place in range(last, -1, -1):
        verdict = int(column[place])
        if verdict == PASS:
            passed = place
            break
        if verdict in (FAIL, UNKNOWN):
            first, count = place, count + 1
    return Since(
        run=series.runs[first].id,
        started=series.runs[first].started,
        runs=count,
        passed=series.runs[passed].id if passed is not None else "",
        passed_at=series.runs[passed].started if passed is not None else 0.0,
    )
