"""A ring held against what else speaks of it: its builder, or a description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.rings.findings import Finding, counted, named
from harness.rings.model import Builder, Device, Ring


@dataclass(frozen=True)
class DescribedDevice:
    """One device as it was meant to be. ``ip`` None: nobody says what address its node has."""

    name: str
    ip: str | None
    region: int
    zone: int
    port: int
    weight: float
    label: str = ""


@dataclass(frozen=True)
class Described:
    """A ring as it was meant to be; what is None is not described."""

    part_power: int | None
    replicas: float | None
    devices: tuple[DescribedDevice, ...]
    min_part_hours: int | None = None


def against_builder(ring: Ring, builder: Builder) -> list[Finding]:
    """What a builder says otherwise than the ring: power, replicas, devices, assignments, version."""
    from harness.rings.difference import diff

    found = list(_heads(ring, builder))
    found += _listed({d.id: d for d in ring.devices}, {d.id: d for d in builder.devices})
    if builder.table and builder.part_power == ring.part_power:
        moved = diff(builder.ring, ring)
        if moved.partitions.count:
            told = counted(moved.partitions.count, "partition", "lies", "lie")
            sentence = (
                f"{told} elsewhere than the builder says"
                f" ({100 * moved.share:.2g} % of the data; partitions {moved.partitions})"
            )
            found.append(
                Finding("builder-assigns-otherwise", "error", sentence, moved.replicas, moved.partitions)
            )
    if builder.changed or builder.removed:
        sentence = "the builder has changes that no rebalance has put into a ring yet"
        found.append(
            Finding("builder-pending", "warning", sentence, len(builder.removed), devices=builder.removed)
        )
    return found


def _heads(ring: Ring, builder: Builder) -> Iterator[Finding]:
    if builder.part_power != ring.part_power:
        sentence = f"part power {ring.part_power}, the builder has {builder.part_power}"
        yield Finding("part-power", "error", sentence, ring.part_power)
    if abs(builder.replicas - ring.replicas) * ring.partitions >= 1:
        sentence = f"{ring.replicas:g} replicas, the builder has {builder.replicas:g}"
        yield Finding("replicas", "error", sentence, len(ring.table))
    if ring.version is not None and ring.version != builder.version:
        word = "newer" if builder.version > ring.version else "older"
        sentence = f"the builder is {word} (version {builder.version}) than the ring (version {ring.version})"
        yield Finding(f"builder-{word}", "error", sentence, abs(builder.version - ring.version))


def _listed(ring: Mapping[int, Device], builder: Mapping[int, Device]) -> Iterator[Finding]:
    for kind, ids, told in (
        ("device-not-in-builder", ring.keys() - builder.keys(), "in the ring and not in the builder"),
        ("device-not-in-ring", builder.keys() - ring.keys(), "in the builder and not in the ring"),
    ):
        if ids:
            labels = [(ring.get(n) or builder[n]).label for n in sorted(ids)]
            yield Finding(kind, "error", f"{told}: {named(labels)}", len(ids), devices=tuple(sorted(ids)))
    both = {n: _changed(ring[n], builder[n]) for n in sorted(ring.keys() & builder.keys())}
    other = {ring[n].label: told for n, told in both.items() if told}
    if other:
        sentence = named([f"{label}: the builder has {told}" for label, told in other.items()])
        yield Finding("device-differs", "error", sentence, len(other), devices=_told(both))


def _told(by_id: Mapping[int, str]) -> tuple[int, ...]:
    return tuple(number for number, told in by_id.items() if told)


def _changed(one: Device, other: Device) -> str:
    parts = ("region", "zone", "ip", "port", "name", "weight", "meta")
    return ", ".join(
        f"{part} {getattr(other, part)!r}" for part in parts if getattr(one, part) != getattr(other, part)
    )


def against_description(ring: Ring, described: Described, builder: Builder | None = None) -> list[Finding]:
    """What is otherwise than described: power, replicas, hours, and the devices both ways."""
    found = list(_numbers(ring, described, builder))
    missing, strange, pairs = _matched(ring.devices, described.devices)
    if missing:
        labels = named([device.label or device.name for device in missing])
        found.append(Finding("described-device-missing", "error", f"not in the ring: {labels}", len(missing)))
    if strange:
        ids = tuple(device.id for device in strange)
        labels = named([device.label for device in strange])
        found.append(
            Finding("device-not-described", "error", f"not described: {labels}", len(ids), devices=ids)
        )
    both = {device.id: _otherwise(device, wanted) for device, wanted in pairs}
    other = [f"{ring.by_id[number].label}: {told} as described" for number, told in both.items() if told]
    if other:
        found.append(
            Finding("device-not-as-described", "error", named(other), len(other), devices=_told(both))
        )
    return found


def _otherwise(device: Device, wanted: DescribedDevice) -> str:
    return ", ".join(
        f"{part} {getattr(device, part)} and not {getattr(wanted, part)}"
        for part in ("region", "zone", "port", "weight")
        if getattr(device, part) != getattr(wanted, part)
    )


def _numbers(ring: Ring, described: Described, builder: Builder | None) -> Iterator[Finding]:
    rows: list[tuple[str, float | None, float | None]] = [
        ("part-power", ring.part_power, described.part_power),
        ("replicas", ring.replicas, described.replicas),
        ("min-part-hours", builder.min_part_hours if builder else None, described.min_part_hours),
    ]
    for kind, found, wanted in rows:
        if found is not None and wanted is not None and abs(found - wanted) > 1e-9:
            sentence = f"{kind.replace('-', ' ')} {found:g}, described as {wanted:g}"
            yield Finding(f"{kind}-not-as-described", "error", sentence, 1)


def _matched(
    devices: Sequence[Device], described: Iterable[DescribedDevice]
) -> tuple[list[DescribedDevice], list[Device], list[tuple[Device, DescribedDevice]]]:
    """Pairs by address and name; a described device of unknown address takes what is left of its name."""
    rest: dict[str, list[Device]] = {}
    for device in devices:
        rest.setdefault(device.name, []).append(device)
    missing, pairs = [], []
    for wanted in sorted(described, key=lambda one: one.ip is None):
        near = [device for device in rest.get(wanted.name, ()) if wanted.ip in (None, device.ip)]
        near.sort(key=lambda d: (d.zone != wanted.zone, d.region != wanted.region, d.port != wanted.port))
        if not near:
            missing.append(wanted)
            continue
        rest[wanted.name].remove(near[0])
        pairs.append((near[0], wanted))
    left = {device.id for some in rest.values() for device in some}
    return missing, [device for device in devices if device.id in left], pairs
