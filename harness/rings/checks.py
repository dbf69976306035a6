"""From what an audit counted to what is wrong, doubtful or worth knowing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from harness.rings.findings import Finding, Places, Severity, counted, named
from harness.rings.model import Device, Ring
from harness.rings.shares import LevelSpread, held_by_device
from harness.rings.survey import Spots
from harness.rings.tiers import LEVELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.rings.auditing import Audit

SLACK_PARTS = 8
"""A device may be off its entitlement by this many replicas of partitions,"""
SLACK_SHARE = 0.1
"""and by this share of it, before it is called over- or underfull: Swift's builder rests that far off."""
TORN_SHARE = 0.25
"""Where even spread and weights contradict each other it rests off by this share of the partitions more."""
FEW_PARTITIONS = 100
"""Swift's rule of thumb: at least so many partitions a device."""


def findings(audit: Audit) -> list[Finding]:
    """What one ring by itself gives away."""
    if not audit.ring.table or not audit.ring.devices:
        return list(_empty(audit.ring))
    return [*_assigned(audit), *_devices(audit.ring), *_close(audit), *_filled(audit), *_facts(audit)]


def _empty(ring: Ring) -> Iterator[Finding]:
    if not ring.devices:
        yield Finding("no-devices", "error", "the ring has no devices")
    if not ring.table:
        yield Finding("no-partitions", "error", "no partition is assigned: the ring was never balanced")


def _assigned(audit: Audit) -> Iterator[Finding]:
    """Every partition on a living device, none twice on one."""
    ring, seen = audit.ring, audit.seen
    if seen.strangers.count:
        yield from _strangers(ring, seen.strangers.places())
    if len(ring.table) == 1 and len(ring.table[0]) < ring.partitions:
        places = Places(ring.partitions - len(ring.table[0]), ((len(ring.table[0]), ring.partitions - 1),))
        yield Finding(
            "unassigned", "error", f"partitions {places} have no replica at all", places.count, places
        )
    if seen.twice.count:
        devices = np.flatnonzero(seen.close["device"].excess).tolist()
        ids = tuple(ring.devices[place].id for place in devices)
        places = seen.twice.places()
        count = int(seen.close["device"].excess.sum())
        told = counted(places.count, "partition", "has", "have")
        sentence = f"{told} two replicas on one device (partitions {places})"
        yield Finding("twice-on-device", "error", sentence, count, places, ids)
    if seen.weightless.count:
        ids = tuple(d.id for d in ring.devices if not d.weight and ring.counts.get(d.id))
        count, places = sum(ring.counts[number] for number in ids), seen.weightless.places()
        labels = named([ring.by_id[number].label for number in ids])
        sentence = f"devices of weight 0 hold {counted(count, 'replica')}: {labels}"
        yield Finding("weightless-holds", "warning", sentence, count, places, ids)


def _strangers(ring: Ring, places: Places) -> Iterator[Finding]:
    """Replicas on ids that no device has: gone, never assigned, or out of range."""
    none = {(1 << 8 * row.dtype.itemsize) - 1 for row in ring.table}
    groups: dict[str, list[int]] = defaultdict(list)
    for number in ring.counts:
        if number not in ring.by_id:
            hole = "removed-device" if number < ring.places else "unknown-device"
            groups["unassigned" if number in none else hole].append(number)
    told = {
        "removed-device": "on removed devices",
        "unknown-device": f"on devices that the ring does not have (it has places for {ring.places})",
        "unassigned": "on no device at all",
    }
    for kind, numbers in groups.items():
        count = sum(ring.counts[number] for number in numbers)
        shown = f" {named([str(number) for number in numbers])}" if kind != "unassigned" else ""
        sentence = f"{counted(count, 'replica', 'is', 'are')} {told[kind]}{shown} (partitions {places})"
        yield Finding(kind, "error", sentence, count, places, tuple(numbers))


def _devices(ring: Ring) -> Iterator[Finding]:
    """The list of devices by itself."""
    weighted = [device for device in ring.devices if device.weight]
    if not weighted:
        yield Finding("no-weight", "error", "no device has a weight", len(ring.devices))
    elif len(weighted) < ring.replicas:
        sentence = f"{counted(len(weighted), 'device')} with a weight for {ring.replicas} replicas"
        yield Finding("too-few-devices", "error", sentence, len(weighted))
    yield from _twins(ring)
    lost = [device for device in ring.devices if not device.port or not device.ip or not device.name]
    if lost:
        sentence = f"no address, port or name: {named([device.label for device in lost])}"
        yield Finding("no-address", "error", sentence, len(lost), devices=tuple(d.id for d in lost))


def _twins(ring: Ring) -> Iterator[Finding]:
    disks: dict[object, list[Device]] = defaultdict(list)
    domains: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for device in ring.devices:
        disks[device.disk].append(device)
        domains[device.ip].add((device.region, device.zone))
    twins = [device for same in disks.values() if len(same) > 1 for device in same]
    if twins:
        labels = named([device.label for device in twins])
        sentence = f"one disk stands in the ring under several ids: {labels}"
        yield Finding("same-disk", "error", sentence, len(twins), devices=tuple(d.id for d in twins))
    torn = {ip: places for ip, places in domains.items() if len(places) > 1}
    if torn:
        places = {ip: named([f"r{r}z{z}" for r, z in sorted(found)]) for ip, found in torn.items()}
        where = [f"{ip} in {zones}" for ip, zones in places.items()]
        ids = tuple(device.id for device in ring.devices if device.ip in torn)
        sentence = f"a server stands in several zones, which fail together: {named(where)}"
        yield Finding("server-in-zones", "warning", sentence, len(torn), devices=ids)


def _close(audit: Audit) -> Iterator[Finding]:
    """Replicas that share a region, zone or server."""
    for level in audit.levels[:-1]:
        spots = audit.seen.close[level.level]
        if level.needless:
            yield _too_close(audit, level, "error", spots.hopeless)
        elif level.avoidable:
            yield _too_close(audit, level, "info", spots.partitions)
        if level.forced:
            told = counted(level.forced, "replica", "shares", "share")
            sentence = f"{told} a {level.level}: weights or too few devices force it"
            yield Finding(f"forced-{level.level}", "info", sentence, level.forced, spots.partitions.places())


def _too_close(audit: Audit, level: LevelSpread, severity: Severity, spots: Spots) -> Finding:
    tier = audit.plan.tiers.levels[LEVELS.index(level.level)]
    excess, places = audit.seen.close[level.level].excess, spots.places()
    worst = [tier.label(n) for n in np.argsort(-excess, kind="stable")[:3].tolist() if excess[n]]
    told = counted(level.avoidable, "replica", "shares", "share")
    sentence = (
        f"{told} a {level.level} with another of the same partition"
        f" and need not: most in {named(worst)} (partitions {places})"
    )
    return Finding(f"shared-{level.level}", severity, sentence, level.avoidable, places)


def _filled(audit: Audit) -> Iterator[Finding]:
    """Devices that hold more or less than they are entitled to."""
    plan, ring = audit.plan, audit.ring
    held = held_by_device(plan, audit.seen)
    fair = plan.weighted[-1] * ring.partitions
    if np.all(np.abs(held - fair) <= SLACK_PARTS + SLACK_SHARE * fair):
        return
    least, most = (bound * ring.partitions for bound in plan.bounds(len(LEVELS) - 1))
    room = _room(audit)
    over = (held > most + SLACK_PARTS + SLACK_SHARE * most + room) & (fair > 0)
    under = (held < least - SLACK_PARTS - SLACK_SHARE * least - room) & (fair > 0)
    for kind, chosen, more in (("overfull", over, held - most), ("underfull", under, least - held)):
        some = np.flatnonzero(chosen & (held > 0))
        if len(some):
            yield _unfair(audit, kind, some, more)
    idle = np.flatnonzero(under & (held == 0))
    if len(idle):
        devices = [ring.devices[place] for place in idle.tolist()]
        sentence = f"devices with a weight hold nothing: {named([device.label for device in devices])}"
        ids = tuple(device.id for device in devices)
        yield Finding("idle-device", "warning", sentence, int(least[idle].sum()), devices=ids)


def _room(audit: Audit) -> NDArray[np.float64]:
    """How many replicas a device may win or lose because even spread and weights contradict each other.

    Where a tier is entitled to more than an even spread, every replica that shares it may be on any of its
    devices; and the partitions with one more replica than others need one more device each.
    """
    ring, levels = audit.ring, audit.plan.tiers.levels
    ids = [device.id for device in ring.devices]
    room = np.full(len(ids), float(len(ring.table[-1]) % ring.partitions))
    for tier in levels[:-1]:
        room += audit.seen.close[tier.level].excess[tier.code[ids]]
    torn = room.any() or any(level.excess for level in audit.levels[:-1])
    return room + TORN_SHARE * ring.partitions * torn


def _unfair(audit: Audit, kind: str, chosen: NDArray[np.intp], more: NDArray[np.float64]) -> Finding:
    order = chosen[np.argsort(-more[chosen], kind="stable")]
    devices = [audit.ring.devices[place] for place in order.tolist()]
    labels = [f"{d.label} by {more[place]:.0f}" for d, place in zip(devices, order.tolist(), strict=True)]
    word = "more" if kind == "overfull" else "less"
    told = counted(len(devices), "device", "holds", "hold")
    sentence = f"{told} {word} than weight and overload give: {named(labels)}"
    return Finding(kind, "warning", sentence, int(more[chosen].sum()), devices=tuple(d.id for d in devices))


def _facts(audit: Audit) -> Iterator[Finding]:
    """Worth knowing, and no fault."""
    ring = audit.ring
    if ring.replicas != int(ring.replicas):
        sentence = f"{ring.replicas:g} replicas: partitions 0 to {len(ring.table[-1]) - 1} have one more"
        yield Finding("part-replicas", "info", sentence, len(ring.table[-1]))
    if ring.next_part_power is not None:
        sentence = f"the part power is being raised from {ring.part_power} to {ring.next_part_power}"
        yield Finding("power-rising", "info", sentence, ring.next_part_power)
    weighted = sum(1 for device in ring.devices if device.weight)
    if weighted and ring.assigned / weighted < FEW_PARTITIONS:
        sentence = (
            f"{ring.assigned / weighted:.0f} replicas of partitions a device: too few to balance finely"
        )
        yield Finding("few-partitions", "info", sentence, ring.assigned // weighted)
