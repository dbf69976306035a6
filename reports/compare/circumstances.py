"""What is not the cloud: the machine that drove it, the way to it, and what changed within a series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from reports.compare.columns import Column
from reports.compare.model import Circumstances
from reports.compare.reading import Seen

_FAR = 1.5
"""A round trip, or an answer, so many times as long could explain a difference."""
_BUSY = 0.8
"""Load for each processor from which on a machine is busy …"""
_BUSIER = 1.25
"""… and so many times the load of the other side."""


def circumstances(column: Column) -> Circumstances:
    """Of its newest run; round trip, answers and load as the median of its runs."""
    run = column.newest
    return Circumstances(
        machine=_said(run.machine.get("node")),
        processor=_said(run.machine.get("cpu")),
        system=_said(run.machine.get("platform")),
        cpus=_whole(run.machine.get("cpus")),
        memory_mb=_whole(run.machine.get("memory_mb")),
        load=_middle(max(each.load) for each in column.timed if each.load),
        round_trip_ms=_middle(each.round_trip_ms for each in column.timed),
        answer_ms=_middle(each.answer_ms for each in column.timed),
        workers=run.workers,
        servers=_whole(run.options.get("servers")),
        lab=run.lab,
    )


def could_explain(before: Circumstances, after: Circumstances) -> list[str]:
    """Sentences on what is otherwise than in the baseline and could explain a difference of times."""
    found = []
    for what, was, now in (
        ("machine", before.machine, after.machine),
        ("processor", before.processor, after.processor),
        ("system", before.system, after.system),
        ("processors", before.cpus, after.cpus),
        ("memory in MB", before.memory_mb, after.memory_mb),
    ):
        if was and now and was != now:
            found.append(f"another {what} drove it: {was} → {now}")
    found += _farther("shortest answer", before.round_trip_ms, after.round_trip_ms)
    return [*found, *_busier(before, after)]


def marks(base: Column, column: Column) -> list[str]:
    """What changed without breaking a series: the description, the version of the tool; and who is alone."""
    found = []
    same = base.newest.series == column.newest.series
    if same and base.newest.fingerprint != column.newest.fingerprint:
        found.append("the description changed")
    versions = list(dict.fromkeys(run.version for run in (*base.runs, *column.runs)))
    if len(versions) > 1:
        found.append(f"Deploy Day {' → '.join(versions)}")
    if len(column.timed) < len(column.runs):
        left = len(column.runs) - len(column.timed)
        found.append(f"{left} of its runs ran with other options: their times are left out")
    found += [f"run {run.short} ended early" for run in column.runs if run.ended_early]
    found += _scopes(column.runs)
    return found


def _scopes(runs: Sequence[Seen]) -> list[str]:
    return [f"run {run.short} was of {run.scope} alone" for run in runs if run.scope not in ("all", "")]


def _farther(what: str, was: float | None, now: float | None) -> list[str]:
    if not was or not now or 1 / _FAR < now / was < _FAR or abs(now - was) < 1:
        return []
    return [f"the {what} took {was:.3g} ms → {now:.3g} ms"]


def _busier(before: Circumstances, after: Circumstances) -> list[str]:
    if before.load is None or after.load is None:
        return []
    most, least = max(before.load, after.load), min(before.load, after.load)
    if most / max(before.cpus or 1, 1) < _BUSY or most < _BUSIER * least:
        return []
    return [
        f"load where it was driven from: {before.load:.1f} → {after.load:.1f}, processors {after.cpus or '?'}"
    ]


def _middle(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _said(thing: Any) -> str:
    return thing if isinstance(thing, str) else ""


def _whole(thing: Any) -> int | None:
    return thing if isinstance(thing, int) and not isinstance(thing, bool) else None
