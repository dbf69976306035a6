"""Whether what a run carries still holds at its end: what changed too late to be told again is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.cloud.visiting import read_visits
from harness.evidence.carried import STALE, read_carried
from harness.evidence.folder import RunFolder
from harness.evidence.reader import read_record
from harness.fleet.since import Changed, hosts_since, services_since
from harness.plan.earlier import by_scenario, found, rests
from harness.plugin.state import Run


def hold(run: Run) -> None:
    """Write down which carried results hold no more, and why. What was seen before the run runs again
    anyway: this is for what this run itself found to be otherwise.
    """
    if not run.plan.carried:
        return
    lost = dict(_lost(run))
    if lost:
        run.recorder.write("run", phase=STALE, keys=lost)


def _lost(run: Run) -> Iterator[tuple[str, str]]:
    kept = read_carried(run.folder)
    told = by_scenario(kept.rows)
    changed = [
        *_hosts(run, Path(kept.folder)),
        *services_since(kept.found, found(read_record(run.folder.events))),
    ]
    for key in (row.key for row in run.plan.carried):
        own = rests(told.get(key, ()))
        touched = next((each for each in changed if each.touches(own)), None)
        if touched is not None:
            yield key, touched.text


def _hosts(run: Run, earlier: Path) -> list[Changed]:
    """What the hosts say otherwise than in the run that is run again, where both have been visited."""
    before, now = (read_visits(folder.hosts) for folder in (RunFolder(earlier), run.folder))
    roles = {name: node.roles for name, node in run.site.arch.model.nodes.items()}
    return hosts_since(before, now, roles) if before and now else []
