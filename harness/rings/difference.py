"""What moved between two rings: how many partitions, between which zones, and what share of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harness.rings.errors import RingError
from harness.rings.findings import Places
from harness.rings.model import Device, Ring
from harness.rings.survey import Spots

_BLOCK = 1 << 16
_NONE = -2
Zone = tuple[int, int]
Ids = list[NDArray[np.int64]]
Rows = Sequence[NDArray[np.int64]]


@dataclass(frozen=True)
class Difference:
    """From one ring to another, by disks (address, port and name), whatever their ids and order.

    ``replicas`` replicas of ``partitions`` lie elsewhere, which is ``share`` of the second ring's data;
    ``lost`` partitions have no disk in common. ``moves`` counts replicas from zone to zone, a zone being
    (region, zone); ``added`` and ``dropped`` count replicas that only one of the two has. ``changed`` names
    the devices whose zone, weight or meta differ.
    """

    partitions: Places = field(default_factory=Places)
    replicas: int = 0
    share: float = 0.0
    lost: Places = field(default_factory=Places)
    moves: dict[tuple[Zone, Zone], int] = field(default_factory=dict)
    added: int = 0
    dropped: int = 0
    joined: tuple[Device, ...] = ()
    left: tuple[Device, ...] = ()
    changed: tuple[Device, ...] = ()

    @property
    def same(self) -> bool:
        """Whether both rings say the same of every partition and every device."""
        return not (self.partitions.count or self.joined or self.left or self.changed)

    @property
    def across(self) -> int:
        """How many replicas moved to another zone."""
        return sum(count for (source, target), count in self.moves.items() if source != target)

    @property
    def gains(self) -> dict[Zone, int]:
        """Zone → replicas won, less replicas lost, by moves."""
        found: Counter[Zone] = Counter()
        for (source, target), count in self.moves.items():
            found[target] += count
            found[source] -= count
        return dict(found)


def diff(old: Ring, new: Ring) -> Difference:
    """From the old ring to the new; raises ``RingError`` where their part powers differ by more than one.

    A ring whose part power was raised by one is compared with both halves of each old partition.
    """
    if new.part_power == old.part_power + 1:
        old = _raised(old)
    if new.part_power != old.part_power:
        raise RingError(f"part powers {old.part_power} and {new.part_power}: no partition can be compared")
    return _Comparison(old, new).difference()


def _raised(ring: Ring) -> Ring:
    table = tuple(np.repeat(row, 2) for row in ring.table)
    return Ring(ring.part_power + 1, ring.devices, table, ring.format, ring.places, ring.version)


class _Comparison:
    def __init__(self, old: Ring, new: Ring) -> None:
        self.old, self.new = old, new
        self.disks: dict[tuple[object, ...], int] = {}
        self.codes = [self._codes(old), self._codes(new)]
        zones = dict.fromkeys((device.region, device.zone) for device in (*old.devices, *new.devices))
        self.zones = list(zones)
        self.zone_of = [self._zones(old), self._zones(new)]
        self.moves = np.zeros((len(self.zones) + 1) ** 2, dtype=np.int64)
        self.changed, self.lost = Spots(), Spots()
        self.replicas = self.added = self.dropped = 0

    def _codes(self, ring: Ring) -> NDArray[np.int64]:
        """Device id → a number of its disk, the same in both rings; ids of no device get numbers below 0."""
        codes, mine = np.full(ring.places + 1, -1, dtype=np.int64), set()
        for device in ring.devices:
            key: tuple[object, ...] = device.disk
            if key in mine:
                key = (*key, device.id)  # one disk under two ids: its second place is another one
            mine.add(key)
            codes[device.id] = self.disks.setdefault(key, len(self.disks))
        return codes

    def _zones(self, ring: Ring) -> NDArray[np.int64]:
        found = np.full(ring.places + 1, len(self.zones), dtype=np.int64)
        for device in ring.devices:
            found[device.id] = self.zones.index((device.region, device.zone))
        return found

    def difference(self) -> Difference:
        if self.old.digest != self.new.digest:
            for start in range(0, self.new.partitions, _BLOCK):
                self._block(start)
        old = {device.disk: device for device in self.old.devices}
        new = {device.disk: device for device in self.new.devices}
        return Difference(
            self.changed.places(),
            self.replicas,
            self.replicas / self.new.assigned if self.new.assigned else 0.0,
            self.lost.places(),
            self._named_moves(),
            self.added,
            self.dropped,
            tuple(device for disk, device in new.items() if disk not in old),
            tuple(device for disk, device in old.items() if disk not in new),
            tuple(device for disk, device in new.items() if disk in old and _other(old[disk], device)),
        )

    def _named_moves(self) -> dict[tuple[Zone, Zone], int]:
        size, names = len(self.zones) + 1, [*self.zones, (-1, -1)]
        return {
            (names[place // size], names[place % size]): int(self.moves[place])
            for place in np.flatnonzero(self.moves).tolist()
        }

    def _block(self, start: int) -> None:
        """Partitions of one block: those whose rows are not alike are compared as sets of disks."""
        olds, news = (_padded(ring, start) for ring in (self.old, self.new))
        before = [_coded(self.codes[0], row) for row in olds]
        after = [_coded(self.codes[1], row) for row in news]
        alike = np.ones(len(before[0] if before else after[0]), dtype=bool)
        for place in range(max(len(before), len(after))):
            one = before[place] if place < len(before) else _NONE
            alike &= one == (after[place] if place < len(after) else _NONE)
        at = np.flatnonzero(~alike)
        if not len(at):
            return
        before, after = [row[at] for row in before], [row[at] for row in after]
        gone, come = _without(before, after), _without(after, before)
        touched = gone.any(axis=1) | come.any(axis=1)
        self.changed.add(at[touched] + start)
        common = sum((row != _NONE).astype(np.int64) for row in before) - gone.sum(axis=1)
        self.lost.add(at[touched & (common == 0)] + start)
        self.replicas += int(come.sum())
        self._count_moves(gone, come, [row[at] for row in olds], [row[at] for row in news])

    def _count_moves(
        self,
        gone: NDArray[np.bool_],
        come: NDArray[np.bool_],
        olds: Rows,
        news: Rows,
    ) -> None:
        """The first that went goes with the first that came, as the builder replaces them row by row."""
        went, came = gone.sum(axis=1), come.sum(axis=1)
        both = np.minimum(went, came)
        self.dropped += int((went - both).sum())
        self.added += int((came - both).sum())
        source = self._first(gone, both, olds, 0)
        target = self._first(come, both, news, 1)
        self.moves += np.bincount(source * (len(self.zones) + 1) + target, minlength=len(self.moves))

    def _first(
        self, chosen: NDArray[np.bool_], many: NDArray[np.int64], rows: Rows, side: int
    ) -> NDArray[np.int64]:
        """The zones of the first so many chosen replicas of each partition, partition by partition."""
        rank = np.cumsum(chosen, axis=1)
        at, replica = np.nonzero(chosen & (rank <= many[:, None]))
        ids = np.stack(rows, axis=1)[at, replica]
        ring = (self.old, self.new)[side]
        found: NDArray[np.int64] = self.zone_of[side][np.clip(ids, 0, ring.places)]
        return found


def _padded(ring: Ring, start: int) -> list[NDArray[np.int64]]:
    """Rows of a block; where the last row has ended, -1."""
    found, end = [], min(start + _BLOCK, ring.partitions)
    for row in ring.table:
        piece = row[start:end].astype(np.int64)
        found.append(np.pad(piece, (0, end - start - len(piece)), constant_values=-1))
    return found


def _coded(codes: NDArray[np.int64], ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of disks; an id of no device stands for itself, and -2 for no replica."""
    found: NDArray[np.int64] = codes[np.clip(ids, 0, len(codes) - 1)]
    strange = (found == -1) & (ids >= 0)
    found[strange] = -3 - ids[strange]
    found[ids < 0] = _NONE
    return found


def _without(rows: Ids, others: Ids) -> NDArray[np.bool_]:
    """For each partition and replica: whether its disk is on no replica of the other ring."""
    found = np.ones((len(rows[0]) if rows else len(others[0]), len(rows)), dtype=bool)
    for place, row in enumerate(rows):
        for other in others:
            found[:, place] &= row != other
        found[:, place] &= row != _NONE
    return found


def _other(one: Device, another: Device) -> bool:
    return any(getattr(one, part) != getattr(another, part) for part in ("region", "zone", "weight", "meta"))
