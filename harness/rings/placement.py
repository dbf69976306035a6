"""Where a name belongs: partition, primary devices, and the order of handoffs of each era."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from harness.rings.errors import RingError
from harness.rings.model import Device, Ring

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Era = Literal["essex", "today"]
_MOST_STEPS = 65536


@dataclass(frozen=True)
class Placement:
    """Where one name belongs. ``hash`` names its folder on the device, ``handoffs`` come in order."""

    path: str
    hash: str
    partition: int
    primaries: tuple[Device, ...]
    handoffs: tuple[Device, ...]


def hash_path(
    account: str,
    container: str | None = None,
    object: str | None = None,
    *,
    prefix: bytes = b"",
    suffix: bytes = b"",
) -> tuple[str, str]:
    """The path of a name and its hash under a cloud's prefix and suffix (Essex has a suffix only)."""
    if object is not None and container is None:
        raise ValueError("an object has a container")
    path = "/" + "/".join(part for part in (account, container, object) if part is not None)
    text = prefix + path.encode("utf-8", "surrogateescape") + suffix
    return path, hashlib.md5(text, usedforsecurity=False).hexdigest()


def partition_of(ring: Ring, digest: str) -> int:
    """The partition of a hash: the first bits of it."""
    return int(digest[:8], 16) >> (32 - ring.part_power)


def locate(
    ring: Ring,
    account: str,
    container: str | None = None,
    object: str | None = None,
    *,
    prefix: bytes = b"",
    suffix: bytes = b"",
    era: Era | None = None,
    handoffs: int | None = None,
) -> Placement:
    """Where a name belongs, with at most so many handoffs; ``RingError`` as for ``handoff_devices``."""
    path, digest = hash_path(account, container, object, prefix=prefix, suffix=suffix)
    partition = partition_of(ring, digest)
    more = tuple(islice(handoff_devices(ring, partition, era), handoffs))
    return Placement(path, digest, partition, primary_devices(ring, partition), more)


def primary_devices(ring: Ring, partition: int) -> tuple[Device, ...]:
    """The devices of a partition, in order of replica; raises ``RingError`` where one is not there."""
    try:
        return tuple(ring.by_id[number] for number in ring.primaries(partition))
    except KeyError as error:
        raise RingError(f"partition {partition} is on device {error}, which is not there") from None


def era_of(ring: Ring) -> Era:
    """Whose order of handoffs a ring file is read for: pickled rings are Essex's."""
    return "essex" if ring.format == "pickle" else "today"


def handoff_devices(ring: Ring, partition: int, era: Era | None = None) -> Iterator[Device]:
    """The devices asked when primaries do not answer, in the order of a release.

    ``essex`` is the order of Swift 1.4.8: one device from each zone that has no primary. Where two primaries
    share a zone, that release fails with a ``ValueError``, and this raises ``RingError``. ``today`` is the
    order of today's Swift: other regions, other zones, other servers, other devices.
    """
    return (_essex if (era or era_of(ring)) == "essex" else _today)(ring, partition)


def _essex(ring: Ring, partition: int) -> Iterator[Device]:
    by_zone: dict[int, list[Device]] = {}
    for device in ring.devices:
        by_zone.setdefault(device.zone, []).append(device)
    zones = sorted(by_zone)
    for device in (ring.by_id[int(row[partition])] for row in ring.table if partition < len(row)):
        if device.zone not in zones:
            raise RingError(
                f"partition {partition} has two replicas in zone {device.zone}:"
                " Swift 1.4.8 fails to find handoffs"
            )
        zones.remove(device.zone)
    while zones:
        there = by_zone[zones.pop(partition % len(zones))]
        turned = (there[(partition + step) % len(there)] for step in range(len(there)))
        yield from islice((device for device in turned if device.weight), 1)


def _today(ring: Ring, partition: int) -> Iterator[Device]:
    import numpy as np

    order = _met(_walk(ring, partition), ring.places)
    taken = np.array(ring.primaries(partition), dtype=np.int64)
    for tier in ring.tiers.levels:
        codes = tier.code
        groups, first = np.unique(codes[order], return_index=True)
        fresh = np.sort(first[~np.isin(groups, codes[taken]) & (groups >= 0)])
        for number in order[fresh].tolist():
            yield ring.by_id[number]
        taken = np.concatenate([taken, order[fresh]])


def _walk(ring: Ring, partition: int) -> NDArray[np.int64]:
    """The ids met on the way round the ring that starts at a partition's own place."""
    import numpy as np

    size = len(ring.table[0]) if ring.table else 0
    digest = hashlib.md5(str(partition).encode(), usedforsecurity=False).hexdigest()
    start, step = partition_of(ring, digest), size // _MOST_STEPS or 1
    back = range(step - ((size - start) % step), start, step)
    places = np.concatenate([np.arange(start, size, step), np.arange(back.start, back.stop, step)])
    columns = [np.full(len(places), -1, dtype=np.int64) for _ in ring.table]
    for column, row in zip(columns, ring.table, strict=True):
        there = places < len(row)
        column[there] = row[places[there]]
    ids = np.stack(columns, axis=1).ravel()
    return ids[(ids >= 0) & (ids < ring.places)]


def _met(ids: NDArray[np.int64], places: int) -> NDArray[np.int64]:
    """The ids in the order in which each was met first; written backwards, the first one stays."""
    import numpy as np

    first = np.full(places, len(ids), dtype=np.int64)
    first[ids[::-1]] = np.arange(len(ids))[::-1]
    order = np.argsort(first, kind="stable")
    found: NDArray[np.int64] = order[: np.count_nonzero(first < len(ids))]
    return found
