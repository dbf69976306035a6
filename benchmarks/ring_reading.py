"""Our reader of ring files beside Swift's own, on rings of Swift's builder, in one run.

The anchor is ``RingData.load`` of the swift package. Prints median, spread, n and the ratio; both readers
must find the same placements.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from swift.common.ring import RingData

from harness.lab.ringbuild import DeviceSpec, RingSpec, build
from harness.rings import Ring, read_ring

POWERS = (10, 14, 16)
REPLICAS, NODES, DEVICES = 3, 12, 4


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=15)
    times = options.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        for power in POWERS:
            path = Path(folder) / f"{power}.ring.gz"
            built(power).get_ring().save(str(path))
            compare(power, path, times)


def built(power: int) -> Any:
    """A balanced ring of 48 devices in four zones."""
    devices = tuple(
        DeviceSpec(f"storage-{node}", f"sd{letter}", 1, 1 + node % 4, 6200, 100.0)
        for node in range(NODES)
        for letter in "bcde"[:DEVICES]
    )
    return build(RingSpec("object", power, REPLICAS, 1, devices), lambda node: f"10.0.0.{node[8:]}")


def compare(power: int, path: Path, times: int) -> None:
    """Read the file with one and the other in turn, so that a busy moment meets both."""
    ours: list[float] = []
    swifts: list[float] = []
    for _ in range(times + 1):
        own, spent = timed(lambda: read_ring(path.read_bytes()))
        ours.append(spent)
        theirs, spent = timed(lambda: RingData.load(str(path)))
        swifts.append(spent)
    same(own, theirs)
    del ours[0], swifts[0]  # the first of each warms up
    ratio = statistics.median(ours) / statistics.median(swifts)
    size = path.stat().st_size / 1024
    print(
        f"power {power} ({size:.0f} KiB): ours {spread(ours)}, Swift's {spread(swifts)}; "
        f"ratio {ratio:.2f} (n={times})"
    )


def timed(read: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    ring = read()
    return ring, time.perf_counter() - started


def same(own: Ring, theirs: Any) -> None:
    rows = [row.tolist() for row in own.table]
    if rows != [list(row) for row in theirs._replica2part2dev_id]:
        raise SystemExit("the two readers disagree about the placements")


def spread(values: list[float]) -> str:
    low, middle, high = (1000 * value for value in (min(values), statistics.median(values), max(values)))
    return f"{middle:.2f} ms ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    main()
