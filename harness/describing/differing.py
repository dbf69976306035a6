"""What hosts show otherwise than a description says: said of the node where the grammar can, else told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from harness.arch import Architecture
from harness.arch.comparators import comparator
from harness.arch.paths import Path, show
from harness.describing.found import Found
from harness.describing.ranges import collapse
from harness.describing.roles import Roles
from harness.fleet import FAMILIES, observations
from harness.fleet.observed import Observed
from harness.hosts.facts import Facts

_FAMILIES = tuple(name for name in FAMILIES if name not in ("devices", "space"))
"""All but what rings tell better, and what is another every hour."""
_SAID = ("files", "users", "sysctl", "mounts", "system")
"""Parts of a host that a node may say for itself, whatever its roles say."""


def differing(arch: Architecture, facts: Mapping[str, Facts]) -> Iterator[Observed]:
    """Every observation of a clause that does not hold."""
    for node, told in facts.items():
        for each in observations(node, told, arch.model, _FAMILIES) if node in arch.model.nodes else ():
            clause = arch.table.clauses.get(each.path)
            if clause is None or each.unknown or each.names is not None:
                continue
            if not comparator(clause.comparator).holds(clause.value, each.value):
                yield each


def settle(found: Found, roles: Roles, arch: Architecture, facts: Mapping[str, Facts]) -> None:
    """Let nodes say what is so on most of those that a clause is about; what most of a role's nodes lack, the
    role does not bring. One odd host is no description.
    """
    told: dict[tuple[Path, Any], set[str]] = defaultdict(set)
    for each in differing(arch, facts):
        if each.path[0] == "nodes" and each.path[2] in _SAID and not isinstance(each.value, list):
            told[each.path[2:], each.value or None].add(each.path[1])
    for (where, value), nodes in told.items():
        about = {node for node in facts if ("nodes", node, *where) in arch.table.clauses}
        if 2 * len(nodes) <= len(about):
            continue
        if value is None:
            _without(found, roles, where[:2], about)
        for node in about if value is not None else ():
            found.put(("nodes", node, *where), value)


def _without(found: Found, roles: Roles, path: Path, nodes: set[str]) -> None:
    """Roles whose nodes all lack something do not bring it."""
    for role in roles.table:
        having = set(roles.nodes_with(role))
        named = [name for name in roles.row(role).get(path[0]) or () if _stands_for(name, path[1])]
        for name in named if having and having <= nodes else ():
            found.put(("roles", role, path[0], name), None)


def _stands_for(pattern: str, name: str) -> bool:
    beginning, device, end = pattern.partition("{device}")
    return pattern == name or (bool(device) and name.startswith(beginning) and name.endswith(end))


def tell(found: Found, arch: Architecture, facts: Mapping[str, Facts]) -> None:
    """What still differs stands beside the description: as a run would find it."""
    by: dict[tuple[Path, str], list[str]] = defaultdict(list)
    for each in differing(arch, facts):
        where, node = (each.path[2:], each.path[1]) if each.path[0] == "nodes" else (each.path, "")
        value = "not there" if each.value in (None, False) else _flat(each.value)
        by[where, value].append(node)
    for (path, value), nodes in by.items():
        if path[0] not in ("packages", "config"):
            found.odd.append(f"{show(path)}{_of(nodes)} is {value[:80] or 'nothing'}")


def unseen(found: Found, arch: Architecture, facts: Mapping[str, Facts]) -> None:
    """What hosts could not tell, by the reason."""
    by: dict[tuple[str, str], set[str]] = defaultdict(set)
    for node, told in facts.items():
        for each in observations(node, told, arch.model, _FAMILIES) if node in arch.model.nodes else ():
            if each.unknown and each.path in arch.table.clauses and each.path[0] == "nodes":
                by[each.unknown, each.path[2]].add(node)
    parts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (why, part), nodes in by.items():
        parts[why, _of(list(nodes))].append(part)
    for (why, where), named in parts.items():
        found.blind(f"{', '.join(sorted(named))}{where}", why)


def _flat(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _of(nodes: list[str]) -> str:
    named = collapse(node for node in nodes if node)
    return f" of {', '.join(named[:6])}" if named else ""
