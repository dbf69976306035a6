"""The failure domains of a ring as arrays: regions, zones, servers (by address) and devices, nested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.rings.model import Device

LEVELS = ("region", "zone", "server", "device")
Codes = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Tier:
    """One level: tiers are numbered; ``code[device id]`` is a device's tier, -1 where there is no device.

    ``parent`` is each tier's tier one level up (0, the cluster, for regions), ``living`` how many devices
    with a weight it has.
    """

    level: str
    keys: tuple[tuple[object, ...], ...]
    code: Codes
    parent: Codes
    living: NDArray[np.int64]

    def label(self, number: int) -> str:
        """``r1``, ``r1z2``, ``r1z2-10.0.0.3`` or ``r1z2-10.0.0.3 d7``."""
        key = [str(part) for part in self.keys[number]]
        parts = [f"r{key[0]}", *(f"z{zone}" for zone in key[1:2]), *(f"-{ip}" for ip in key[2:3])]
        return "".join(parts) + (f" d{key[3]}" if len(key) > 3 else "")


@dataclass(frozen=True, eq=False)
class Tiers:
    """All levels of a ring's devices, from region to device."""

    levels: tuple[Tier, ...]

    @classmethod
    def of(cls, devices: Sequence[Device], places: int) -> Tiers:
        """The failure domains of devices; two servers of one address in two zones are two, as to Swift."""
        above: dict[tuple[object, ...], int] = {(): 0}
        levels = []
        for depth, level in enumerate(LEVELS, 1):
            keys = [(d.region, d.zone, d.ip, d.id)[:depth] for d in devices]
            numbers: dict[tuple[object, ...], int] = {
                key: number for number, key in enumerate(dict.fromkeys(keys))
            }
            code = np.full(places + 1, -1, dtype=np.int32)
            living = np.zeros(len(numbers), dtype=np.int64)
            for device, key in zip(devices, keys, strict=True):
                code[device.id] = numbers[key]
                living[numbers[key]] += device.weight > 0
            parent = np.array([above[key[:-1]] for key in numbers], dtype=np.int32)
            levels.append(Tier(level, tuple(numbers), code, parent, living))
            above = numbers
        return cls(tuple(levels))

    def most(self, replicas: float) -> tuple[NDArray[np.int64], ...]:
        """For each level, how many replicas of a partition each tier has to hold at most.

        A tier's share is its parent's, divided evenly among the siblings that have a device with a weight,
        and rounded up, as Swift counts it. Tiers without such a device have to hold none.
        """
        shares, found = np.array([float(replicas)]), []
        for tier in self.levels:
            shares = np.ceil(shares[tier.parent] / self._siblings(tier))
            if tier.level == "device":
                shares = np.minimum(shares, 1.0)
            shares[tier.living == 0] = 0.0
            found.append(shares.astype(np.int64))
        return tuple(found)

    def even(self, replicas: float) -> tuple[NDArray[np.float64], ...]:
        """The same shares without rounding."""
        shares, found = np.array([float(replicas)]), []
        for tier in self.levels:
            shares = shares[tier.parent] / self._siblings(tier)
            if tier.level == "device":
                shares = np.minimum(shares, 1.0)
            shares[tier.living == 0] = 0.0
            found.append(shares)
        return tuple(found)

    def _siblings(self, tier: Tier) -> NDArray[np.int64]:
        alive = np.bincount(tier.parent[tier.living > 0], minlength=int(tier.parent.max(initial=0)) + 1)
        return np.maximum(alive, 1)[tier.parent]

    @cached_property
    def children(self) -> tuple[tuple[list[int], ...], ...]:
        """For the cluster and each level above devices: the living tiers under each tier."""
        sizes = [1, *(len(tier.keys) for tier in self.levels[:-1])]
        found: tuple[tuple[list[int], ...], ...] = tuple(tuple([] for _ in range(size)) for size in sizes)
        for depth, tier in enumerate(self.levels):
            for number in np.flatnonzero(tier.living).tolist():
                found[depth][tier.parent[number]].append(number)
        return found

    def summed(self, depth: int, by_device: NDArray[np.float64]) -> NDArray[np.float64]:
        """A figure of each device (by place on the device level), summed over the tiers of a level."""
        codes = self._up(depth)
        weights = by_device.astype(np.float64)
        return np.bincount(codes, weights, len(self.levels[depth].keys)).astype(np.float64)

    def _up(self, depth: int) -> Codes:
        codes: Codes = np.arange(len(self.levels[-1].keys), dtype=np.int32)
        for level in range(len(self.levels) - 1, depth, -1):
            codes = self.levels[level].parent[codes]
        return codes

    def down(self) -> Iterator[tuple[int, int]]:
        """Depth and number of every living tier, from the cluster (depth 0) downwards, devices left out."""
        for depth, numbers in enumerate(self.children):
            yield from ((depth, number) for number, under in enumerate(numbers) if under)
