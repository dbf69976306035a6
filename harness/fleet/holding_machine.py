"""The machine under a host: processors, memory, disks, interfaces, system, volume group, bridges."""

from __future__ import annotations

from collections.abc import Iterator

from harness.arch.model import ReferenceArchitecture
from harness.arch.paths import Path
from harness.fleet.observed import Observed, unseen, unseen_below
from harness.hosts.facts.model import Cpu, Disk, Facts, Interface, Memory, Unknown


def hardware(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """Processors with their flags, memory, disks, physical interfaces."""
    here, described = ("nodes", node, "hardware"), model.nodes[node].hardware
    if described is None:
        return
    yield from _cpu(here, facts.cpu)
    yield from _memory(here, facts.memory)
    if isinstance(facts.disks, Unknown):
        yield from unseen_below(described, here, facts.disks, ("disks",))
    else:
        yield from _disks(here, facts.disks, list(described.disks))
    yield from _nics(here, facts.interfaces)


def _cpu(here: Path, cpu: Cpu | Unknown) -> Iterator[Observed]:
    if isinstance(cpu, Unknown):
        yield unseen((*here, "cpus"), cpu)
        yield unseen((*here, "flags"), cpu)
        return
    yield Observed((*here, "cpus"), cpu.count)
    yield Observed((*here, "flags"), sorted(set(cpu.flags)))


def _memory(here: Path, memory: Memory | Unknown) -> Iterator[Observed]:
    path = (*here, "memory_mb")
    yield unseen(path, memory) if isinstance(memory, Unknown) else Observed(path, memory.total)


def _disks(here: Path, disks: dict[str, Disk], wanted: list[str]) -> Iterator[Observed]:
    for name in wanted:
        disk = disks.get(name)
        about = "" if disk else f"its disks are {', '.join(sorted(disks)) or 'none'}"
        yield Observed((*here, "disks", name, "size_gb"), disk.size_gb if disk else None, about=about)


def _nics(here: Path, interfaces: dict[str, Interface] | Unknown) -> Iterator[Observed]:
    path = (*here, "nics")
    if isinstance(interfaces, Unknown):
        yield unseen(path, interfaces)
    else:
        yield Observed(path, sorted(name for name, each in interfaces.items() if each.physical))


def devices(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The disks that a storage node could give to the rings, by name or by the folder of their mount."""
    path = ("nodes", node, "devices")
    if model.nodes[node].devices is None:
        return
    if isinstance(facts.disks, Unknown) and isinstance(facts.mounts, Unknown):
        yield unseen(path, facts.disks)
        return
    names = set() if isinstance(facts.disks, Unknown) else set(facts.disks)
    places = {} if isinstance(facts.mounts, Unknown) else facts.mounts
    names |= {place.rpartition("/")[2] for place in places if place.startswith("/srv/node/")}
    yield Observed(path, sorted(names))


def system(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """Name and version of the operating system, release of the kernel."""
    here, found = ("nodes", node, "system"), facts.system
    if isinstance(found, Unknown):
        yield from unseen_below(model.nodes[node].system, here, found)
        return
    for leaf, told in (
        ("os", found.pretty or f"{found.id} {found.version}".strip()),
        ("kernel", found.kernel),
    ):
        silent = Unknown(unknown="the host does not tell it")
        yield Observed((*here, leaf), told) if told else unseen((*here, leaf), silent)


def volume_group(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The volume group that servers' volumes are carved from."""
    here, described = ("nodes", node, "volume_group"), model.nodes[node].volume_group
    if described is None:
        return
    if isinstance(facts.volume_groups, Unknown):
        yield from unseen_below(described, here, facts.volume_groups)
        return
    group = facts.volume_groups.get(described.name)
    others = ", ".join(sorted(facts.volume_groups)) or None
    yield Observed((*here, "name"), described.name if group else others)
    yield Observed((*here, "size_gb"), group.size_gb if group else None)


def bridges(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The bridges of the host."""
    path = ("nodes", node, "bridges")
    if isinstance(facts.interfaces, Unknown):
        yield from unseen_below(model.nodes[node], path[:2], facts.interfaces, path[2:])
    else:
        yield Observed(path, sorted(name for name, each in facts.interfaces.items() if each.is_bridge))
