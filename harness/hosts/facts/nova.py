"""What Nova's own tool and libvirt tell on a node."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import TypeVar

from harness.hosts.facts.frames import Part, Section
from harness.hosts.facts.model import Managed, ManagedService, Unknown

T = TypeVar("T")
_SERVICE = re.compile(
    r"(?P<binary>nova-[\w-]+|cinder-[\w-]+)\s+(?P<host>\S+)\s+(?P<zone>\S+\s+)??(?P<enabled>enabled|disabled)\s+"
    r"(?P<alive>:-\)|XXX|xxx)(?:\s|$)"
)
_VERSION = re.compile(r"\d{1,4}(?:\.\w+)+(?:-\w+)?(?: \([\w.:+-]+\))?")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_RANGE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}|[0-9a-fA-F:]+:[0-9a-fA-F:]*/\d{1,3}")
_STATES = (
    "running",
    "idle",
    "blocked",
    "paused",
    "in shutdown",
    "shut off",
    "crashed",
    "dying",
    "pmsuspended",
    "no state",
)


def read_managed(section: Section) -> Managed | Unknown:
    """``nova-manage``; each of its lists for itself."""
    if not any(part.came for part in section.parts.values()):
        return section.unknown("nova-manage", "version", "service")
    return Managed(
        version=_version(section.part("version")),
        services=_told(section, "service", _services),
        floating=_told(section, "floating", _floating),
        networks=_told(section, "network", _networks),
    )


def _told(section: Section, label: str, read: Callable[[Part], T]) -> T | Unknown:
    part = section.part(label)
    return read(part) if part is not None and part.ok else section.unknown(label)


def _version(part: Part | None) -> str:
    """The last line that looks like one: warnings of libraries come before."""
    lines = [line.strip() for line in part.lines if _VERSION.fullmatch(line.strip())] if part else []
    return lines[-1].partition(" ")[0] if lines else ""


def _services(part: Part) -> tuple[ManagedService, ...]:
    return tuple(
        ManagedService(
            binary=match["binary"],
            host=match["host"],
            enabled=match["enabled"] == "enabled",
            alive=match["alive"] == ":-)",
        )
        for match in filter(None, map(_SERVICE.match, part.lines))
    )


def _floating(part: Part) -> dict[str, int]:
    """Project, address, instance, pool, interface; Diablo has no pools: host, address, instance. The name of
    a pool may hold blanks where tabs stand between.
    """
    pools: dict[str, int] = {}
    for line in part.lines:
        words = line.split("\t") if "\t" in line else line.split()
        if len(words) >= 3 and _ADDRESS.fullmatch(words[1]):
            pool = words[3] if len(words) > 4 else ""
            pools[pool] = pools.get(pool, 0) + 1
    return pools


def _networks(part: Part) -> tuple[str, ...]:
    """The ranges, in order: id, IPv4, IPv6, start address, …"""
    found: list[str] = []
    for line in part.lines:
        for word in line.split():
            if _RANGE.fullmatch(word) and _is_range(word):
                found.append(word)
    return tuple(found)


def _is_range(word: str) -> bool:
    try:
        ip_network(word, strict=False)
    except ValueError:
        return False
    return True


def read_domains(section: Section) -> dict[str, str] | Unknown:
    """Domains of libvirt → their state."""
    part = section.part("virsh")
    if part is None or not part.ok:
        return section.unknown("virsh")
    found: dict[str, str] = {}
    for line in part.lines:
        number, _, rest = line.strip().partition(" ")
        state = next((state for state in _STATES if rest.endswith(f" {state}")), "")
        if state and (number == "-" or number.isdecimal()):
            found[rest.removesuffix(state).strip()] = state
    return found
