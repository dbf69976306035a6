"""What cannot be, or is unwise, about the rings."""

from __future__ import annotations

from collections.abc import Iterator

from harness.arch.doubts import Doubts
from harness.arch.grammar import Ring
from harness.arch.layout import RINGS, STORAGE
from harness.arch.paths import Path
from harness.errors import Problem

MAX_DEVICES = 20_000


def rings(doubts: Doubts) -> Iterator[Problem]:
    """Disks, zones and what each ring needs for itself."""
    layout, rings = doubts.layout, doubts.layout.rings
    storage = layout.nodes_with(STORAGE)
    for node in storage:
        if not doubts.description.nodes[node].devices:
            where = doubts.at(("nodes", node, "roles"))
            message = f"has the role {STORAGE} ({where}) but no devices"
            yield doubts.problem(("nodes", node), message, hint="add devices: [sdb]")
    zoned = [node for node in storage if doubts.description.nodes[node].zone]
    if zoned and len(zoned) < len(storage):
        other = next(node for node in storage if node not in zoned)
        message = f"a zone is given here but not for {other} ({doubts.at(('nodes', other))})"
        yield doubts.problem(
            ("nodes", zoned[0], "zone"), message, hint="give all storage nodes a zone, or none"
        )
    if sum(1 for _ in layout.devices()) > MAX_DEVICES:
        yield doubts.problem(("nodes",), "too many ring devices", expected=f"at most {MAX_DEVICES:,}")
    elif rings:
        for name in RINGS:
            yield from _ring(doubts, name)
        yield from _zones(doubts)


def _ring(doubts: Doubts, name: str) -> Iterator[Problem]:
    """What each ring needs for itself."""
    layout, above = doubts.layout, ("objects", "rings")
    ring, rings = getattr(layout.rings, name), layout.rings
    for part in ("part_power", "replicas", "min_part_hours", "balance"):
        if getattr(ring, part) is None and getattr(rings, part) is None:
            yield doubts.problem(
                (*above, part), "is missing", expected=f"a value for the {name} ring at least"
            )
    if ring.port is None:
        yield doubts.problem((*above, name, "port"), "is missing", expected="the port of its server")


def _zones(doubts: Doubts) -> Iterator[Problem]:
    """The builder of Swift 1.4.8 raises ``IndexError`` where there are fewer zones than replicas."""
    if doubts.description.release != "essex":
        return
    for path, replicas, names in _replicas(doubts):
        for zones, rule in {
            (len(set(doubts.layout.zones(ring).values())), _zone_rule(doubts, name)) for name, ring in names
        }:
            if 0 < zones < replicas:
                rings = ", ".join(name for name, _ in names)
                message = f"fewer zones than replicas, with which the ring builder of Essex fails ({rings})"
                where = doubts.at(("nodes", doubts.layout.nodes_with(STORAGE)[0]))
                found = f"{replicas} replicas; {zones} zones by {rule} and the storage nodes at {where}"
                hint = "add storage nodes, or write zone: each device"
                yield doubts.problem(path, message, found=found, hint=hint)


def _zone_rule(doubts: Doubts, name: str) -> str:
    above = ("objects", "rings")
    return doubts.at(doubts.sources.first((*above, name, "zone"), (*above, "zone")))


def _replicas(doubts: Doubts) -> list[tuple[Path, int, list[tuple[str, Ring]]]]:
    """Where a number of replicas was written, the number, and the rings that it is for."""
    rings, above = doubts.layout.rings, ("objects", "rings")
    found: dict[Path, tuple[int, list[tuple[str, Ring]]]] = {}
    for name in RINGS if rings else ():
        ring = getattr(rings, name)
        replicas = ring.replicas or (rings.replicas if rings else None) or 0
        path = doubts.sources.first((*above, name, "replicas"), (*above, "replicas"))
        found.setdefault(path, (replicas, []))[1].append((name, ring))
    return [(path, replicas, names) for path, (replicas, names) in found.items()]


def shared_nodes(doubts: Doubts) -> Iterator[Problem]:
    """Fewer storage nodes than replicas: some node holds two copies."""
    nodes = doubts.layout.nodes_with(STORAGE)
    for path, replicas, names in _replicas(doubts):
        if len(nodes) < replicas:
            found = (
                f"{replicas} replicas ({', '.join(n for n, _ in names)}), storage nodes: {', '.join(nodes)}"
            )
            where = doubts.at(("nodes", nodes[0]))
            yield doubts.problem(path, f"replicas must share a node ({where})", found=found)


def few_partitions(doubts: Doubts) -> Iterator[Problem]:
    """Swift's deployment guide asks for about a hundred partitions a disk."""
    rings, above = doubts.layout.rings, ("objects", "rings")
    disks = sum(1 for _ in doubts.layout.devices())
    for _, replicas, names in _replicas(doubts):
        for name, ring in names if disks else ():
            power = ring.part_power or (rings.part_power if rings else None) or 0
            if 2**power * replicas < 100 * disks:
                path = doubts.sources.first((*above, name, "part_power"), (*above, "part_power"))
                found = f"{2**power * replicas // disks} partitions a disk in the {name} ring"
                yield doubts.problem(path, "few partitions", expected="about 100 a disk", found=found)
