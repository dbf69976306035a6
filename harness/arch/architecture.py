"""An architecture as the rest of the harness sees it: the resolved model, its clauses, its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.arch.clauses import Clause, ClauseTable
from harness.arch.layout import natural
from harness.arch.leaves import Leaf, walk
from harness.arch.model import ReferenceArchitecture
from harness.arch.paths import Path, show
from harness.errors import Problem


@dataclass(frozen=True)
class Architecture:
    """A loaded reference architecture. ``warnings`` are things that can be built but are unwise.

    ``absent`` are nodes that are not there yet, with the reason: ``model`` is without them, ``whole`` is the
    architecture with them, and ``table`` is the same in both.
    """

    model: ReferenceArchitecture
    table: ClauseTable
    warnings: tuple[Problem, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    whole: Architecture | None = None

    @property
    def name(self) -> str:
        """The name that the description gives itself."""
        return self.model.name

    @property
    def release(self) -> str:
        """Which dialect the cloud should speak: ``essex``."""
        return self.model.release

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what is described, whatever the order, the files or the comments it was written in."""
        return self.table.fingerprint

    def nodes_with(self, role: str) -> tuple[str, ...]:
        """The nodes that have a role, in natural order (``storage-2`` before ``storage-10``)."""
        found = (name for name, node in self.model.nodes.items() if role in node.roles)
        return tuple(sorted(found, key=natural))

    def alike(self) -> dict[str, tuple[str, ...]]:
        """Nodes that have all their roles in common with another one, by the first of these roles.

        No node stands twice: compute hosts that do the network, too, are named by ``compute`` alone.
        """
        groups: dict[frozenset[str], list[str]] = {}
        for name, node in self.model.nodes.items():
            groups.setdefault(frozenset(node.roles), []).append(name)
        found: dict[str, list[str]] = {}
        for roles, names in groups.items():
            first = next((role for role in self.model.roles if role in roles), None)
            if len(names) > 1 and first:
                found.setdefault(first, []).extend(names)
        return {role: tuple(sorted(names, key=natural)) for role, names in found.items()}

    def without(self, absent: Mapping[str, str]) -> Architecture:
        """The same architecture where some nodes are not there yet; nothing is derived again.

        ``absent`` says why of each. The nodes are gone from the model with all that is theirs: their row
        among the compute hosts, their devices in rings, their name among those that hold ring files.
        """
        if not absent:
            return self
        model = ReferenceArchitecture.model_validate(_without(self.model.model_dump(), set(absent)))
        return replace(self, model=model, absent=dict(absent), whole=self)

    def with_changes(self, changes: Mapping[Path, Any]) -> Architecture:
        """The same architecture with other values at some leaves,
        derived ones too; nothing is derived again.

        This is how the proof that verdicts can fail describes a cloud that is not there. Raises ``KeyError``
        for a path that is no clause and pydantic's ``ValidationError`` for a value that the model cannot
        hold.
        """
        data = self.model.model_dump()
        clauses = dict(self.table.clauses)
        for path, value in changes.items():
            clauses[path] = replace(clauses[path], value=value)
            _put(data, path, value)
        model = ReferenceArchitecture.model_validate(data)
        return Architecture(model, make_table(model, clauses, self.table.captured), self.warnings)


def make_table(
    model: ReferenceArchitecture, known: Mapping[Path, Clause], captured: tuple[str, ...] = ()
) -> ClauseTable:
    """The table of a model; ``known`` gives origin and level of each clause,
    and says which leaves are one.
    """
    clauses: dict[Path, Clause] = {}
    collections: dict[Path, bool] = {}
    for path, value, mark in walk(model):
        if isinstance(mark, Leaf):
            if path in known:
                clauses[path] = replace(known[path], value=value)
        else:
            collections[path] = mark.closed
    digest = fingerprint(model.release, clauses, collections)
    return ClauseTable(model.name, model.release, digest, clauses, collections, captured)


def fingerprint(release: str, clauses: Mapping[Path, Clause], collections: Mapping[Path, bool]) -> str:
    """SHA-256 over canonical JSON of what is promised: values, levels and closedness, not origins."""
    rows = [
        [show(c.path), _canonical(c.value, c.comparator), c.level, c.visible, c.comparator]
        for c in clauses.values()
    ]
    maps = [[show(path), closed] for path, closed in collections.items()]
    text = json.dumps(
        [release, sorted(rows, key=lambda r: str(r[0])), sorted(maps)], sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any, comparator: str) -> Any:
    if comparator in ("includes", "exactly"):
        return sorted(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _put(data: Any, path: Path, value: Any) -> None:
    for part in path[:-1]:
        data = data[part]
    if path[-1] not in data:
        raise KeyError(show(path))
    data[path[-1]] = value


def _without(data: Any, nodes: set[str]) -> Any:
    """A dumped model without some nodes: with their rows among nodes, compute hosts and devices of rings."""
    found = {**data, "nodes": _left(data["nodes"], nodes)}
    if data["compute"]:
        found["compute"] = {**data["compute"], "hosts": _left(data["compute"]["hosts"], nodes)}
    if data["objects"]:
        rings = data["objects"]["rings"].items()
        found["objects"] = {"rings": {name: _left(ring, nodes) for name, ring in rings}}
    return found


def _left(data: Any, nodes: set[str]) -> Any:
    """Maps by node or ``node/device`` and lists of nodes, without these."""
    if isinstance(data, dict):
        kept = {name: child for name, child in data.items() if name.partition("/")[0] not in nodes}
        return {
            name: _left(child, nodes) if name in ("devices", "holders") else child
            for name, child in kept.items()
        }
    return [each for each in data if each not in nodes]
