"""What happens to the partitions when a region, zone, server or device is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from harness.rings.findings import Places
from harness.rings.model import Device, Ring
from harness.rings.survey import Spots, blocks

Lost = Callable[[Device], bool]


@dataclass(frozen=True)
class Loss:
    """Partitions by what is left of them when some devices are lost.

    ``whole`` keep every replica; ``majority`` keep more than half, so that writes still meet their quorum on
    primaries alone (``whole`` ones are among them); ``minority`` keep fewer, but one at least: they can be
    read, and writes need handoffs; ``gone`` keep none.
    """

    devices: tuple[int, ...]
    partitions: int
    whole: int
    majority: int
    minority: Places
    gone: Places
    replicas: int

    @property
    def keeps_majority(self) -> float:
        """The share of partitions that keep a majority."""
        return self.majority / self.partitions


def what_if(ring: Ring, lost: Lost | Iterable[int]) -> Loss:
    """What is left when some devices are lost: ids, or a test such as ``in_zone(2)``."""
    chosen = [d for d in ring.devices if lost(d)] if callable(lost) else [ring.by_id[n] for n in set(lost)]
    out = np.zeros(ring.places + 1, dtype=bool)
    out[[device.id for device in chosen]] = True
    out[[n for n in range(ring.places + 1) if n not in ring.by_id]] = True
    minority, gone = Spots(), Spots()
    whole = majority = 0
    for start, ids in blocks(ring):
        left = sum((~out[row]).astype(np.int16) for row in ids) if ids else np.zeros(0, np.int16)
        whole += int(np.count_nonzero(left == len(ids)))
        enough = left >= len(ids) // 2 + 1
        majority += int(np.count_nonzero(enough))
        minority.add(np.flatnonzero(~enough & (left > 0)) + start)
        gone.add(np.flatnonzero(left == 0) + start)
    gone.add(np.arange(len(ring.table[0]) if ring.table else 0, ring.partitions))
    held = sum(ring.counts.get(device.id, 0) for device in chosen)
    numbers = tuple(sorted(device.id for device in chosen))
    return Loss(numbers, ring.partitions, whole, majority, minority.places(), gone.places(), held)


def in_zone(zone: int, region: int | None = None) -> Lost:
    """The devices of a zone."""
    return lambda device: device.zone == zone and region in (None, device.region)


def on_server(ip: str) -> Lost:
    """The devices of a server."""
    return lambda device: device.ip == ip
