"""Rings, captured: what all three have in common, what differs, and the rule by which zones were given."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from harness.arch.layout import PROXY, STORAGE, natural
from harness.arch.units import percent as percentage
from harness.describing.found import Found
from harness.describing.names import Names
from harness.describing.ringfiles import Held
from harness.describing.roles import Roles
from harness.describing.spelling import number
from harness.rings import Device

Disk = tuple[str, str]
ABOVE = ("objects", "rings")
Disks = dict[str, dict[Disk, Device]]


def by_rings(roles: Roles, held: Mapping[str, Held], names: Names) -> Disks:
    """Storage nodes are those whose disks are in a ring. Gives ring → node and disk → device."""
    disks: Disks = {}
    for name, one in held.items():
        placed = {(names.at(each.ip), each.name): each for each in one.ring.devices}
        disks[name] = dict(sorted(placed.items(), key=lambda item: _order(item[0])))
    for node in {node for placed in disks.values() for node, _ in placed}:
        roles.give(node, STORAGE)
    return disks


def _order(disk: Disk) -> Any:
    return natural(disk[0]), natural(disk[1])


def describe(found: Found, roles: Roles, held: Mapping[str, Held], disks: Disks) -> None:
    """Say the devices of each node, and each ring. Nodes must have been put before."""
    every = sorted({disk for placed in disks.values() for disk in placed}, key=_order)
    for name, placed in disks.items():
        if lacking := [f"{node}/{disk}" for node, disk in every if (node, disk) not in placed]:
            found.odd.append(f"the {name} ring is without {', '.join(lacking[:6])}, which other rings have")
    weights = _weights(found, disks, every)
    for node in {node for node, _ in every}:
        own = {disk: weights.get((node, disk), {}) for name, disk in every if name == node}
        found.put(("nodes", node, "devices"), own)
    _shared(found, "part_power", {name: one.ring.part_power for name, one in held.items()})
    _shared(found, "replicas", {name: math.ceil(one.ring.replicas) for name, one in held.items()})
    hours = {name: one.min_part_hours for name, one in held.items() if one.min_part_hours is not None}
    _shared(found, "min_part_hours", hours)
    bounds = {name: _bound(found, "balance", one.ring.balance) for name, one in held.items()}
    _shared(found, "balance", bounds)
    _shared(found, "dispersion", {n: _bound(found, "dispersion", one.dispersion) for n, one in held.items()})
    _shared(
        found, "region", {name: _usual(placed, lambda each: each.region) for name, placed in disks.items()}
    )
    for name, placed in disks.items():
        found.put((*ABOVE, name, "port"), _usual(placed, lambda each: each.port))
    _zones(found, roles, disks)
    _uneven(found, disks)
    _holders(found, roles, held)


def _usual(placed: Mapping[Disk, Device], what: Callable[[Device], Any]) -> Any:
    return Counter(what(each) for each in placed.values()).most_common(1)[0][0]


def _shared(found: Found, part: str, values: Mapping[str, Any]) -> None:
    """What most rings have stands above them; a ring that differs says so itself."""
    if not values:
        return
    usual = Counter(map(str, values.values())).most_common(1)[0][0]
    for name, value in values.items():
        if str(value) == usual:
            found.put((*ABOVE, part), value)
        if str(value) != usual or found.based((*ABOVE, name, part)) is not None:
            found.put((*ABOVE, name, part), value)


def _bound(found: Found, part: str, percent: float) -> str:
    """The base's bound where it holds, else the next whole number."""
    based = found.based((*ABOVE, part))
    bound = percentage(str(based)) if based else -1.0
    return str(based) if percent <= bound else f"<= {math.ceil(percent)} %"


def _weights(found: Found, disks: Disks, every: list[Disk]) -> dict[Disk, dict[str, str]]:
    """One weight a ring, or one a disk; what neither can say is told."""
    usual = {name: _usual(placed, lambda each: each.weight) for name, placed in disks.items()}
    _shared(found, "weight", {name: number(weight) for name, weight in usual.items()})
    own: dict[Disk, dict[str, str]] = {}
    for disk in every:
        seen = {name: placed[disk].weight for name, placed in disks.items() if disk in placed}
        odd = {weight for name, weight in seen.items() if weight != usual[name]}
        if len(odd) == 1 and len(set(seen.values())) == 1:
            own[disk] = {"weight": number(odd.pop())}
        elif odd:
            told = ", ".join(f"{number(weight)} ({name})" for name, weight in seen.items())
            found.odd.append(f"{'/'.join(disk)} has a weight of its own in each ring: {told}")
    return own


def _zones(found: Found, roles: Roles, disks: Disks) -> None:
    """The rule that gives each device its zone; else a zone for each node."""
    rules = {name: _rule(placed, roles) for name, placed in disks.items()}
    if all(rules.values()):
        _shared(found, "zone", rules)
        return
    zones: dict[str, set[int]] = {}
    for placed in disks.values():
        for (node, _), device in placed.items():
            zones.setdefault(node, set()).add(device.zone)
    for node, numbers in zones.items():
        found.put(("nodes", node, "zone"), min(numbers))
        if len(numbers) > 1:
            told = ", ".join(map(str, sorted(numbers)))
            found.odd.append(f"the disks of {node} lie in several zones ({told}), by no rule")
    for name in ("", *disks):
        found.put((*ABOVE, *((name,) if name else ()), "zone"), None)


def _rule(placed: Mapping[Disk, Device], roles: Roles) -> str | None:
    """``each node``, ``each device``, one number, or None."""
    nodes = {node: index for index, node in enumerate(roles.nodes_with(STORAGE), 1)}
    if all(device.zone == nodes[node] for (node, _), device in placed.items()):
        return "each node"
    if all(device.zone == index for index, device in enumerate(placed.values(), 1)):
        return "each device"
    zones = {device.zone for device in placed.values()}
    return str(zones.pop()) if len(zones) == 1 else None


def _uneven(found: Found, disks: Disks) -> None:
    """Ports and regions of single devices, which the grammar has no word for."""
    for name, placed in disks.items():
        for part in ("port", "region"):
            usual = Counter(getattr(each, part) for each in placed.values()).most_common(1)[0][0]
            odd = [disk for disk, each in placed.items() if getattr(each, part) != usual]
            if odd:
                told = ", ".join("/".join(disk) for disk in odd[:6])
                found.odd.append(f"{told} in the {name} ring: another {part} than {usual}")


def _holders(found: Found, roles: Roles, held: Mapping[str, Held]) -> None:
    """Who should have the files by the grammar's rule, and who has them."""
    wanted = {*roles.nodes_with(STORAGE), *roles.nodes_with(PROXY)}
    for name, one in held.items():
        for sentence, nodes in (
            ("has not this ring, though it should", (wanted & set(one.asked)) - set(one.holders)),
            ("has the ring and needs none", set(one.holders) - wanted),
        ):
            if nodes:
                found.odd.append(f"{name} ring: {', '.join(sorted(nodes))} {sentence}")
