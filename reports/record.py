"""A run's folder as the report needs it: everything read once, rows findable by id and by scenario.

What a crash kept from being written is missing here, too: an empty plan or table, and a word in ``warnings``.
Only a folder without a readable ``run.json`` is no run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.arch.clauses import ClauseTable
from harness.errors import Problem, UsageError
from harness.evidence.absence import Absence, absences
from harness.evidence.carried import From, in_order, read_carried
from harness.evidence.carrying import carried_of
from harness.evidence.folder import RunFolder, read_json
from harness.evidence.reader import Row, read_record, row_id
from harness.evidence.waiverfile import load_waivers
from harness.evidence.waivers import Waiver

_LARGEST_LEDGER = 256 * 1024 * 1024


@dataclass(frozen=True)
class Record:
    """Everything that a run left behind.

    ``rows`` are its own; ``earlier`` those of the results that it carries from other runs, and ``resources``
    the ids of what these had made.
    """

    run: Mapping[str, Any]
    table: ClauseTable
    plan: list[dict[str, Any]]
    scope: str
    deselected: list[dict[str, Any]]
    rows: list[Row]
    ledger: list[dict[str, Any]]
    waivers: tuple[Waiver, ...]
    warnings: list[str] = field(default_factory=list)
    hosts: Path | None = None
    bounds: list[str] | None = None
    tenants: Mapping[str, int] = field(default_factory=dict)
    carried: Mapping[str, From | None] = field(default_factory=dict)
    earlier: list[Row] = field(default_factory=list)
    resources: frozenset[str] = frozenset()

    @property
    def everything(self) -> list[Row]:
        """All rows that the run is judged by, those of earlier runs first."""
        return [*self.earlier, *self.rows] if self.earlier else self.rows

    @property
    def started(self) -> float:
        """When the run began, in epoch seconds: the time that it is judged as of."""
        return float(self.run.get("started") or (self.rows[0]["t"] if self.rows else 0.0))

    @property
    def site(self) -> Mapping[str, Any]:
        """What the run stored of its site: ``name``, ``lab``, …"""
        site = self.run.get("site")
        return site if isinstance(site, dict) else {"name": site}

    @property
    def racks(self) -> Mapping[str, str]:
        """Node → the rack it stands in, as far as the site says so."""
        racks = self.site.get("racks")
        found = racks.items() if isinstance(racks, dict) else ()
        return {name: rack for name, rack in found if isinstance(rack, str)}

    @property
    def absent(self) -> tuple[Absence, ...]:
        """The nodes that the site said are not there yet."""
        return absences(self.site.get("absent"))

    @property
    def lab(self) -> Mapping[str, Any] | None:
        """What the site said of the lab that it is, or None for a real cloud."""
        lab = self.site.get("lab") or self.run.get("lab")
        return lab if isinstance(lab, dict) else None

    @cached_property
    def ended(self) -> float | None:
        """When the last row was written."""
        return max((row["t"] for row in self.rows), default=None)

    @cached_property
    def by_id(self) -> Mapping[str, Row]:
        """Rows by what others cite them as."""
        return {row_id(row): row for row in self.everything}

    @cached_property
    def by_scenario(self) -> Mapping[str, list[Row]]:
        """Rows of each scenario key, in their writer's order."""
        found: dict[str, list[Row]] = {}
        for row in self.everything:
            if row.get("scenario"):
                found.setdefault(str(row["scenario"]), []).append(row)
        return found

    def cited(self, cites: Iterable[str]) -> list[Row]:
        """The rows with these ids, those that exist."""
        return [self.by_id[name] for name in cites if name in self.by_id]

    def of_run(self, phase: str) -> list[Row]:
        """Rows about the run itself, of one phase."""
        return [row for row in self.rows if row["kind"] == "run" and row.get("phase") == phase]


def read(folder: RunFolder) -> Record:
    """Read a run's folder; raises ``UsageError`` where it is none or a file of it is something else."""
    warnings: list[str] = []
    run = read_json(folder.run)
    table, plan = _table(folder, run, warnings), _plan(folder, warnings)
    deselected = plan.get("deselected")
    kept = read_carried(folder)
    carried = carried_of(plan, kept.results)
    return Record(
        run=run,
        table=table,
        plan=in_order(plan),
        scope=str(plan.get("scope") or "all"),
        deselected=[row for row in deselected if isinstance(row, dict)]
        if isinstance(deselected, list)
        else [],
        rows=read_record(folder.events),
        ledger=_ledger(folder.ledger),
        waivers=tuple(load_waivers(folder.waivers)) if folder.waivers.exists() else (),
        warnings=warnings,
        hosts=folder.hosts,
        bounds=_bounds(plan),
        tenants=_tenants(plan),
        carried=carried,
        earlier=[row for row in kept.rows if row.get("scenario") is None or row["scenario"] in carried],
        resources=kept.resources,
    )


def _table(folder: RunFolder, run: Mapping[str, Any], warnings: list[str]) -> ClauseTable:
    if not folder.architecture.exists():
        warnings.append("The run stopped before it stored its architecture: there is nothing to judge by.")
        name = str(run.get("arch", ""))
        return ClauseTable(name=name, release="", fingerprint=str(run.get("fingerprint", "")), clauses={})
    try:
        return ClauseTable.from_json(read_json(folder.architecture))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(Problem(str(folder.architecture), f"not a table of clauses: {error!r}")) from None


def _plan(folder: RunFolder, warnings: list[str]) -> Mapping[str, Any]:
    if not folder.plan.exists():
        warnings.append("The run stopped before it stored its plan: no scenario is in it.")
        return {"scenarios": []}
    plan = read_json(folder.plan)
    rows = plan.get("scenarios")
    wanted = ("id", "key", "gate")
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and all(isinstance(row.get(name), str) for name in wanted) for row in rows
    ):
        raise UsageError(
            Problem(str(folder.plan), "not a plan", expected=f"scenarios, each with {', '.join(wanted)}")
        )
    return plan


def _tenants(plan: Mapping[str, Any]) -> Mapping[str, int]:
    """Account → how many servers at once its tenant had room for."""
    found = plan.get("tenants")
    return (
        {str(name): most for name, most in found.items() if isinstance(most, int)}
        if isinstance(found, dict)
        else {}
    )


def _bounds(plan: Mapping[str, Any]) -> list[str] | None:
    """The printed paths that are in scope, None where all are."""
    found = plan.get("bounds")
    return [str(each) for each in found] if isinstance(found, list) else None


def _ledger(path: Path) -> list[dict[str, Any]]:
    """Whole rows of the ledger; a row torn by a crash is dropped."""
    if not path.exists():
        return []
    if path.stat().st_size > _LARGEST_LEDGER:
        raise UsageError(Problem(str(path), "too large", expected=f"at most {_LARGEST_LEDGER >> 20} MiB"))
    rows = []
    for line in path.read_bytes().splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            rows.append(row)
    return rows
