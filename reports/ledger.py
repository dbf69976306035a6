"""The ledger of a run summed up: what was created, what is gone, what stayed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reports.model import Ledger, Remainder
from reports.stories import text


def summary(rows: Iterable[Mapping[str, Any]]) -> Ledger:
    """Fold the rows ``intend``, ``made``, ``gone`` by number; what is not gone is left."""
    entries: dict[Any, dict[str, Any]] = {}
    for row in rows:
        entry = entries.setdefault(row.get("n"), {"phases": set()})
        entry["phases"].add(row.get("phase"))
        entry.update({name: row[name] for name in ("kind", "name", "id", "tenant") if row.get(name)})
    created = [entry for entry in entries.values() if "made" in entry["phases"]]
    gone = [entry for entry in created if "gone" in entry["phases"]]
    left = [entry for entry in entries.values() if "gone" not in entry["phases"]]
    kinds = dict.fromkeys(sorted(text(entry.get("kind")) for entry in created), (0, 0))
    for entry in created:
        made, removed = kinds[text(entry.get("kind"))]
        kinds[text(entry.get("kind"))] = (made + 1, removed + ("gone" in entry["phases"]))
    return Ledger(created=len(created), removed=len(gone), left=[_left(entry) for entry in left], kinds=kinds)


def ids(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Ids of everything that this run created: such a resource verifies nothing about what was deployed."""
    return {str(row["id"]) for row in rows if row.get("phase") == "made" and row.get("id")}


def _left(entry: Mapping[str, Any]) -> Remainder:
    made = "made" in entry["phases"]
    why = "created and not removed" if made else "creation was begun; whether it exists is not known"
    names = ("kind", "name", "id", "tenant")
    return Remainder(**{name: text(entry.get(name)) for name in names}, why=why)
