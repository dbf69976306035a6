"""A ring as arrays: devices, and which of them holds which replica of which partition."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

UNBALANCED = 999.99
"""Swift's figure for a device of weight 0 that holds partitions."""


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


@dataclass(frozen=True, eq=False)
class Ring:
    """A ring file's content.

    ``table[replica][partition]`` is a device id; a last row may be short (part replicas).
    """

    part_power: int
    devices: tuple[Device, ...]
    table: tuple[NDArray[np.uint32], ...] = field(repr=False)
    format: str = ""

    @property
    def partitions(self) -> int:
        """How many partitions there are."""
        return 1 << self.part_power

    @property
    def replicas(self) -> int | float:
        """Replicas of each partition; a fraction means that some have one more."""
        if not self.table:
            return 0
        count = len(self.table) - 1 + len(self.table[-1]) / self.partitions
        return int(count) if count == int(count) else count

    def primaries(self, partition: int) -> tuple[int, ...]:
        """The devices of a partition, in order of replica, each once."""
        ids = (int(row[partition]) for row in self.table if partition < len(row))
        return tuple(dict.fromkeys(ids))

    @cached_property
    def parts(self) -> dict[int, int]:
        """Device id → how many replicas of partitions it holds."""
        size = max((device.id for device in self.devices), default=-1) + 1
        counts = sum((np.bincount(row, minlength=size) for row in self.table), np.zeros(size, dtype=np.int64))
        return {device.id: int(counts[device.id]) for device in self.devices}

    @property
    def balance(self) -> float:
        """By how many percent the worst device is off its fair share, as swift-ring-builder counts it."""
        weights = sum(device.weight for device in self.devices)
        assigned = sum(len(row) for row in self.table)
        worst = 0.0
        for device in self.devices:
            held = self.parts[device.id]
            if not device.weight:
                off = UNBALANCED if held else 0.0
            else:
                off = abs(100.0 * held / (device.weight * assigned / weights) - 100.0)
            worst = max(worst, off)
        return round(worst, 2)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the ring says, whatever its file format:
        two rings are equal if their digests are.
        """
        summary = hashlib.sha256()
        rows = [[d.id, d.region, d.zone, d.ip, d.port, d.name, float(d.weight), d.meta] for d in self.devices]
        summary.update(json.dumps([self.part_power, sorted(rows)]).encode())
        for row in self.table:
            summary.update(len(row).to_bytes(8, "big") + row.astype(">u4").tobytes())
        return summary.hexdigest()


@dataclass(frozen=True)
class Builder:
    """What only the builder file says of a ring, and what it can be held against."""

    part_power: int
    replicas: float
    min_part_hours: int
    version: int = 0
