"""A run that must end in time: whether it can, what there is time for, and when the last story is cut."""

from __future__ import annotations

import math
from collections.abc import Iterable

from harness.errors import Problem, UsageError
from harness.evidence.folder import RunFolder, read_json
from harness.plan.pacing import Pacing
from harness.plan.planned import PlannedScenario
from harness.plan.within import Costs, Fitting, Wall, fitting, with_costs
from harness.plugin.state import Run

_LAB = 4.0
"""Seconds that the end of a lab may take."""


def suffices(run: Run, folder: RunFolder | None, now: float) -> None:
    """Raise ``UsageError`` where ``--within`` leaves no time for preflight and an orderly end."""
    wall = run.options.wall(run.born)
    if wall is not None:
        least = _fitting(run, wall, folder, now)[1].least
        check(wall, least, now, run.options.began or run.born)


def check(wall: Wall, least: float, now: float, began: float) -> None:
    """Raise ``UsageError`` where less than ``least`` seconds are left of a wall."""
    if wall.ends - now >= least:
        return
    need = math.ceil(least + max(now - began, 0.0))
    raise UsageError(
        Problem(
            "--within",
            "too little: clean-up, leak proof and report have their time first, then preflight",
            expected=f"{need}s or more",
            found=wall.asked,
        )
    )


def pacing(run: Run, now: float) -> Pacing | None:
    """How to play, from the plan as it stands; the record says so. None where there is all the time."""
    wall = run.options.wall(run.born)
    if wall is None:
        return None
    rows, fits = _fitting(run, wall, run.folder, now)
    run.stories_until = wall.ends - fits.reserve
    run.recorder.write(
        "run",
        phase="wall",
        within=wall.asked,
        ends=round(wall.ends, 3),
        stories_until=round(run.stories_until, 3),
        reserve=round(fits.reserve, 1),
        likely=round(fits.likely, 1),
        spare=len(fits.spare),
    )
    return Pacing({row.key: row for row in rows}, fits.ranks, run.stories_until, _workers(run))


def _fitting(
    run: Run, wall: Wall, folder: RunFolder | None, now: float
) -> tuple[tuple[PlannedScenario, ...], Fitting]:
    rows = with_costs(run.plan.scenarios, _costs(folder))
    lab = _LAB if getattr(run.site.file, "lab", None) else 0.0
    return rows, fitting(rows, wall.ends - now, _workers(run), lab)


def _workers(run: Run) -> int:
    return run.config.getoption("numprocesses", None) or 1


def _costs(folder: RunFolder | None) -> Costs:
    """What ``deployday run`` knows of earlier runs; plain pytest knows of none."""
    if folder is None or not folder.costs.exists():
        return {}
    return costs_of(read_json(folder.costs).get("costs", ()))


def costs_of(rows: Iterable[tuple[str, str, float]]) -> Costs:
    """Seconds by key and content, from the rows of ``costs.json``."""
    return {(str(key), str(version)): float(seconds) for key, version, seconds in rows}
