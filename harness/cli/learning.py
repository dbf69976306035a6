"""What a plan may reckon with: how long its scenarios took in earlier runs of the same series."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.evidence.folder import runs
from harness.plan import Plan
from harness.plan.within import Costs

_LAST = 20


def costs(site: str, architecture: str, home: Path) -> Costs:
    """Likely seconds as the last 20 runs tell them, by scenario and its content."""
    if not runs(home):
        return {}
    from harness.lease import held
    from reports.history.durations import learned
    from reports.history.opening import ask

    return ask(
        home,
        lambda index: learned(index.series(site, architecture, _LAST)),
        alive=lambda folder: held(folder.lock),
    )


def reckoned(plan: Plan, site: str, architecture: str, home: Path) -> tuple[Plan, int]:
    """The plan with likely seconds as the last 20 runs tell them, and of how many scenarios they do.

    A scenario whose content is another than then keeps what it declares. Walls and worst cases stay as they
    are: that something was fast so far must not end it early.
    """
    seconds = costs(site, architecture, home)
    told = [(row, seconds.get((row.key, row.version))) for row in plan.scenarios]
    rows = tuple(row if cost is None else replace(row, cost=cost) for row, cost in told)
    return replace(plan, scenarios=rows), sum(cost is not None for row, cost in told if row.runs)
