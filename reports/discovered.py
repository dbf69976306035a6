"""What a run found, as far as it is of use beside another run: names, systems and packages of the hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.arch.summing import listed
from harness.errors import UsageError
from harness.evidence.folder import read_json
from reports.model import Discovered
from reports.record import Record
from reports.stories import text
from reports.text import line

_NAMES = 500
_COLLECTIONS = 500
_PACKAGES = 5_000
_VERSION = 80


def discovered(record: Record) -> Discovered:
    """Names as the last row of each collection tells them, and what ``hosts/NODE.json`` says."""
    hosts = dict(_hosts(record.hosts))
    return Discovered(
        names=_names(record),
        systems={node: said for node, facts in hosts.items() if (said := _system(facts))},
        packages=_packages(hosts),
    )


def _names(record: Record) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in record.everything:
        names = row.get("names")
        if row["kind"] == "names" and isinstance(names, list) and len(found) < _COLLECTIONS:
            found[line(text(row.get("collection")))] = [line(text(name)) for name in names[:_NAMES]]
    return found


def _hosts(folder: Path | None) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """What each host said of itself; a file that cannot be read tells nothing."""
    for path in sorted(folder.glob("*.json")) if folder is not None and folder.is_dir() else ():
        try:
            yield line(path.stem), _part(read_json(path), "facts")
        except UsageError:
            continue


def _system(facts: Mapping[str, Any]) -> str:
    system, cpu, memory = (_part(facts, name) for name in ("system", "cpu", "memory"))
    kernel, total = system.get("kernel"), memory.get("total")
    parts = [
        system.get("pretty") or f"{system.get('id') or ''} {system.get('version') or ''}".strip(),
        kernel and f"kernel {kernel}",
        cpu.get("count") and f"{cpu['count']} x {cpu.get('model') or 'processor'}",
        total and f"{total} MB",
    ]
    return line(", ".join(str(part) for part in parts if part))


def _part(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = facts.get(name)
    return part if isinstance(part, dict) else {}


def _packages(hosts: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, list[str]]] = {}
    for node, facts in hosts.items():
        packages = _part(facts, "packages")
        told = {} if "unknown" in packages else packages
        for name, version in told.items():
            found.setdefault(line(str(name)), {}).setdefault(line(str(version), _VERSION), []).append(node)
    return {
        name: {version: listed(nodes) for version, nodes in sorted(versions.items())}
        for name, versions in sorted(found.items())[:_PACKAGES]
    }
