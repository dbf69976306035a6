"""The table of facts: each value once, with the hosts that have it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from harness.arch.layout import natural
from harness.arch.summing import by_value, sum_up
from harness.fleet.alike import shown
from harness.fleet.comparable import KINDS, OWN_KINDS
from harness.fleet.values import Kind
from harness.hosts.facts.model import Facts, Unknown

Row = tuple[str, str, str]
"""What, value, hosts."""
_KINDS = {kind.name: kind for kind in (*KINDS, *OWN_KINDS)}
_MANY = 30
_VALUES = 4


@dataclass(frozen=True)
class Figure:
    """A number that each host has its own of: only the least and the most are shown."""

    label: str
    unit: str
    of: Callable[[Facts], float | None]


def _clock(facts: Facts) -> float | None:
    return None if isinstance(facts.clock, Unknown) else round(facts.clock.offset, 3)


def _memory(facts: Facts) -> float | None:
    return None if isinstance(facts.memory, Unknown) else facts.memory.free


def _share(facts: Facts) -> float | None:
    if isinstance(facts.space, Unknown):
        return None
    sizes = [each for each in facts.space.values() if each.size_mb]
    return min((round(100 * each.free_mb / each.size_mb) for each in sizes), default=None)


def _days(facts: Facts) -> float | None:
    if isinstance(facts.system, Unknown) or facts.system.uptime is None:
        return None
    return round(facts.system.uptime / 86_400, 1)


def _length(part: str) -> Callable[[Facts], float | None]:
    def of(facts: Facts) -> float | None:
        found = getattr(facts, part)
        return None if isinstance(found, Unknown) else len(found)

    return of


PARTS: Mapping[str, tuple[str, ...]] = {
    "system": ("names", "system"),
    "clock": (),
    "cpu": ("cpu",),
    "memory": ("memory",),
    "disks": ("disks",),
    "volume_groups": ("volume_groups",),
    "interfaces": ("nics", "virtual", "addresses", "macs"),
    "resolvers": ("resolvers",),
    "mounts": ("mounts",),
    "space": ("sizes",),
    "listeners": ("ports",),
    "processes": (),
    "services": ("services",),
    "packages": ("packages",),
    "users": ("users",),
    "files": ("owners", "digests"),
    "configs": ("config files", "options"),
    "sysctl": ("sysctl",),
    "rules": (),
    "domains": (),
    "targets": (),
    "managed": ("managed",),
    "broker": ("versions", "cluster"),
    "database": (),
}
"""Part of the facts → the kinds of values that show it."""
_FIGURES: Mapping[str, tuple[Figure, ...]] = {
    "system": (Figure("up", "days", _days),),
    "clock": (Figure("ahead of this machine", "s", _clock),),
    "memory": (Figure("free", "MB", _memory),),
    "space": (Figure("free where it is least", "%", _share),),
    "processes": (Figure("processes", "", _length("processes")),),
    "rules": (Figure("chains", "", _length("rules")),),
    "domains": (Figure("servers", "", _length("domains")),),
    "targets": (Figure("targets", "", _length("targets")),),
}


def rows(part: str, fleet: Mapping[str, Facts], racks: Mapping[str, str], *, whole: bool) -> Iterator[Row]:
    """The rows of one part; ``whole``: all names, however many there are."""
    for figure in _FIGURES.get(part, ()):
        yield from _figure(figure, fleet)
    for kind in PARTS[part]:
        yield from _kind(part, _KINDS[kind], fleet, racks, whole)


def unknown(part: str, fleet: Mapping[str, Facts]) -> dict[str, str]:
    """Node → why it did not tell a part."""
    told = {node: getattr(facts, part) for node, facts in fleet.items()}
    return {node: found.unknown for node, found in told.items() if isinstance(found, Unknown)}


def _figure(figure: Figure, fleet: Mapping[str, Facts]) -> Iterator[Row]:
    found = {node: value for node, facts in fleet.items() if (value := figure.of(facts)) is not None}
    if not found:
        return
    least, most = min(found, key=lambda node: found[node]), max(found, key=lambda node: found[node])
    if found[least] == found[most]:
        yield figure.label, f"{found[least]:g} {figure.unit}".strip(), sum_up(found, fleet)
    else:
        span = f"{found[least]:g} to {found[most]:g} {figure.unit}".strip()
        yield figure.label, span, f"least {least}, most {most}"


def _kind(
    part: str, kind: Kind, fleet: Mapping[str, Facts], racks: Mapping[str, str], whole: bool
) -> Iterator[Row]:
    told = {
        node: values for node, facts in fleet.items() if not isinstance(values := kind.values(facts), Unknown)
    }
    names = sorted({name for values in told.values() for name in values}, key=natural)
    if len(names) > _MANY and not whole:
        yield kind.name, f"{len(names)} of them (--part {part})", sum_up(told, fleet)
        return
    for name in names:
        own = {node: shown(values[name]) for node, values in told.items() if name in values}
        yield from _values(kind.label.format(name), own, fleet, racks)


def _values(
    label: str, own: Mapping[str, str], fleet: Collection[str], racks: Mapping[str, str]
) -> Iterator[Row]:
    groups = by_value(own)
    if len(groups) > _VALUES and len(groups) == len(own):
        yield label, "each its own", sum_up(own, fleet, racks)
        return
    for place, (value, nodes) in enumerate(groups.items()):
        if place == _VALUES and len(groups) > _VALUES + 1:
            left = [node for value in [*groups][place:] for node in groups[value]]
            yield "", f"{len(groups) - place} other values", sum_up(left, fleet, racks)
            return
        yield label if not place else "", value, sum_up(nodes, fleet, racks)
