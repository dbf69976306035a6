"""Results of an earlier run that a run carries, instead of telling their stories again: whose they are, how
old, and the rows that they rest on, copied so that the folder of a run holds all that it is judged by.

``carried.json`` says which and from where, ``carried.jsonl`` holds the rows, each under the name of its
writer with the digits of its run before it: ``3f2a/gw0:17``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from harness.errors import UsageError
from harness.evidence.folder import RunFolder, read_json, write_json
from harness.evidence.reader import Row, read_record, row_id

VERSION = 1
STALE = "stale"
"""The phase of a run's row that names carried results which hold no more, and why."""
_CITING = ("told",)
_LATEST = 1e11


@dataclass(frozen=True)
class From:
    """Where a carried result is from: the run that told it, when that began, and when it was told.

    In epoch seconds. In a chain of runs it stays the run that told the story, however often it was carried.
    """

    run: str
    started: float
    at: float


@dataclass(frozen=True)
class Carried:
    """What a run carries. ``of`` is the run that was run again, ``folder`` where it lay then.

    ``results`` may name more than the plan carries in the end: what runs now counts for itself.
    ``resources`` are ids of things that the earlier runs made; ``found`` is what ``of`` had discovered of the
    cloud; ``selected`` says why what runs again does, ``scope`` what ``of`` was about.
    """

    of: str = ""
    folder: str = ""
    results: Mapping[str, From] = field(default_factory=dict)
    rows: Sequence[Row] = ()
    resources: frozenset[str] = frozenset()
    found: Mapping[str, Any] = field(default_factory=dict)
    selected: Mapping[str, str] = field(default_factory=dict)
    scope: str = "all"

    def write(self, folder: RunFolder) -> None:
        """Put both files into the folder of a run."""
        descriptor = os.open(folder.carried_rows, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows)
        head = {name: getattr(self, name) for name in ("of", "folder", "found", "selected", "scope")}
        results = {key: asdict(each) for key, each in self.results.items()}
        facts = {"carried": VERSION, **head, "results": results, "resources": sorted(self.resources)}
        write_json(folder.carried, facts)


def read_carried(folder: RunFolder, *, rows: bool = True) -> Carried:
    """What a run carries; nothing where it carries nothing, or where that cannot be read.

    What cannot be read is missing then: the judge says *unknown* of it.
    """
    if not folder.carried.exists():
        return Carried()
    try:
        facts = read_json(folder.carried)
        return Carried(
            of=str(facts.get("of") or ""),
            folder=str(facts.get("folder") or ""),
            results={str(key): _from(each) for key, each in _mapping(facts, "results").items()},
            rows=read_record(folder.carried_rows) if rows else (),
            resources=frozenset(map(str, facts.get("resources") or ())),
            found=_mapping(facts, "found"),
            selected={str(key): str(why) for key, why in _mapping(facts, "selected").items()},
            scope=str(facts.get("scope") or "all"),
        )
    except (UsageError, KeyError, TypeError, ValueError):
        return Carried()


def lifted(rows: Iterable[Row], keys: Collection[str], digits: str) -> list[Row]:
    """The rows of some scenarios and what they cite, as another run may hold them.

    ``digits`` go before the name of each writer; none where it has some already. What is cited of other
    scenarios comes as evidence alone, and says nothing of them.
    """
    everything = list(rows)
    cited = {cite for row in everything if row.get("scenario") in keys for cite in _cites(row)}
    return [
        _moved(row if row.get("scenario") in keys else {**row, "scenario": None}, digits)
        for row in everything
        if row.get("scenario") in keys or row_id(row) in cited
    ]


def in_order(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What ran and what is carried, as rows of ``plan.json``, in the order of the plan."""
    carried = [row for row in plan.get("carried") or () if isinstance(row, dict) and "key" in row]
    rows = [*plan["scenarios"], *carried]
    place = {key: number for number, key in enumerate(plan.get("order") or ())}
    return sorted(rows, key=lambda row: place.get(row["key"], len(place))) if carried else rows


def _moved(row: Row, digits: str) -> Row:
    moved = {**row, "worker": _named(row["worker"], digits)}
    if isinstance(row.get("cites"), list):
        moved["cites"] = [_named(str(cite), digits) for cite in row["cites"]]
    for name in _CITING:
        if isinstance(row.get(name), str):
            moved[name] = _named(row[name], digits)
    return moved


def _named(name: str, digits: str) -> str:
    return f"{digits}/{name}" if digits and "/" not in name else name


def _cites(row: Row) -> Iterable[str]:
    cites = row.get("cites")
    yield from (str(cite) for cite in cites) if isinstance(cites, list) else ()
    yield from (str(row[name]) for name in _CITING if row.get(name))


def _from(data: Mapping[str, Any]) -> From:
    found = From(str(data["run"]), float(data["started"]), float(data["at"]))
    if not (0 <= found.started < _LATEST and 0 <= found.at < _LATEST):
        raise ValueError(f"no time of a run: {found}")
    return found


def _mapping(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = facts.get(name)
    return found if isinstance(found, dict) else {}
