"""A ring as arrays: devices, and which of them holds which replica of which partition.

Nothing here loads numpy: the arrays bring their own methods, so that a command which only names a ring stays
fast.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from harness.rings.tiers import Tiers

    Row = NDArray[np.unsignedinteger[Any]]

UNBALANCED = 999.99
"""Swift's figure for a device of weight 0 that holds partitions."""
_BLOCK = 1 << 18


@dataclass(frozen=True)
class Device:
    """One device of a ring. Essex knows no regions: all of its devices are in region 1."""

    id: int
    region: int
    zone: int
    ip: str
    port: int
    name: str
    weight: float
    meta: str = ""

    @property
    def disk(self) -> tuple[str, int, str]:
        """What makes it the same disk in another ring file: address, port and name."""
        return self.ip, self.port, self.name

    @property
    def label(self) -> str:
        """The name an operator knows it by: ``d7 r1z2-10.0.0.3:6200/sdb``."""
        return f"d{self.id} r{self.region}z{self.zone}-{self.ip}:{self.port}/{self.name}"


@dataclass(frozen=True, eq=False)
class Ring:
    """A ring file's content.

    ``table[replica][partition]`` is a device id, as wide as the file keeps it (1, 2 or 4 bytes); a last row
    may be short (part replicas). An id may be one that no device has: ``audit`` says so. ``places`` is the
    length of the device list with the holes that removed devices left. ``version`` is the builder's count of
    changes and ``next_part_power`` is set while the part power is being raised; Essex writes neither.
    """

    part_power: int
    devices: tuple[Device, ...]
    table: tuple[Row, ...] = field(repr=False)
    format: str = ""
    places: int = 0
    version: int | None = None
    next_part_power: int | None = None

    def __post_init__(self) -> None:
        least = 1 + max((device.id for device in self.devices), default=-1)
        object.__setattr__(self, "places", max(self.places, least))

    @property
    def partitions(self) -> int:
        """How many partitions there are."""
        return 1 << self.part_power

    @property
    def assigned(self) -> int:
        """How many replicas of partitions the table assigns."""
        return sum(len(row) for row in self.table)

    @property
    def replicas(self) -> int | float:
        """Replicas of each partition; a fraction means that some have one more."""
        if not self.table:
            return 0
        count = len(self.table) - 1 + len(self.table[-1]) / self.partitions
        return int(count) if count == int(count) else count

    @cached_property
    def by_id(self) -> dict[int, Device]:
        """The devices by id."""
        return {device.id: device for device in self.devices}

    @cached_property
    def tiers(self) -> Tiers:
        """The failure domains of the devices."""
        from harness.rings.tiers import Tiers

        return Tiers.of(self.devices, self.places)

    def primaries(self, partition: int) -> tuple[int, ...]:
        """The devices of a partition, in order of replica, each once."""
        ids = (int(row[partition]) for row in self.table if partition < len(row))
        return tuple(dict.fromkeys(ids))

    @cached_property
    def counts(self) -> dict[int, int]:
        """Every id in the table, living or not → how many replicas of partitions it holds."""
        from harness.rings.counting import held

        return held(self.table)

    @property
    def parts(self) -> dict[int, int]:
        """Device id → how many replicas of partitions it holds."""
        return {device.id: self.counts.get(device.id, 0) for device in self.devices}

    @property
    def off_balance(self) -> dict[int, float]:
        """Device id → by how many percent it is off the share that its weight alone asks for."""
        weights, assigned = sum(device.weight for device in self.devices), self.assigned
        found = {}
        for device in self.devices:
            held = self.counts.get(device.id, 0)
            if device.weight and assigned:
                found[device.id] = 100.0 * held / (device.weight * assigned / weights) - 100.0
            else:
                found[device.id] = UNBALANCED if held else 0.0
        return found

    @property
    def balance(self) -> float:
        """By how many percent the worst device is off its fair share, as swift-ring-builder counts it."""
        return round(max((abs(off) for off in self.off_balance.values()), default=0.0), 2)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the ring says, whatever its file format: equal rings have equal digests."""
        summary = hashlib.sha256()
        rows = [[d.id, d.region, d.zone, d.ip, d.port, d.name, float(d.weight), d.meta] for d in self.devices]
        summary.update(json.dumps([self.part_power, sorted(rows)]).encode())
        for row in self.table:
            summary.update(len(row).to_bytes(8, "big"))
            for at in range(0, len(row), _BLOCK):
                summary.update(row[at : at + _BLOCK].astype(">u4").tobytes())
        return summary.hexdigest()


@dataclass(frozen=True, eq=False)
class Builder:
    """What a builder file says: the ring that it would write, and what only it knows.

    ``overload`` is the share by which devices may be filled past their weight for the sake of dispersion;
    ``changed`` says that devices changed since the last rebalance; ``removed`` are devices that the next
    rebalance will take out; ``moved`` counts the partitions that moved less than ``min_part_hours`` ago, as
    of the last rebalance.
    """

    part_power: int
    replicas: float
    min_part_hours: int
    version: int = 0
    devices: tuple[Device, ...] = ()
    table: tuple[Row, ...] = field(default=(), repr=False)
    overload: float = 0.0
    changed: bool = False
    removed: tuple[int, ...] = ()
    places: int = 0
    next_part_power: int | None = None
    dispersion: float | None = None
    moved: int | None = None
    id: str = ""

    @cached_property
    def ring(self) -> Ring:
        """The ring that this builder would write now."""
        return Ring(
            self.part_power,
            self.devices,
            self.table,
            "builder",
            self.places,
            self.version,
            self.next_part_power,
        )
