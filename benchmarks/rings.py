"""Our reading and audit of rings beside the ``swift`` package's own, on one ring, in one run.

Anchors, taken in turn with ours so that a busy moment meets all: plain decompression of the same file; the
calls ``RingData.load``, ``RingBuilder.validate`` and the dispersion graph; the commands
``swift-ring-builder validate`` and ``dispersion``. Prints median, least and greatest, n, and ratios; both
sides must find the same balance and dispersion. The ring (part power 20, 3 replicas, 1,000 devices in 5
zones) is dealt, not built by the builder, which would take minutes.
"""

from __future__ import annotations

import argparse
import array
import contextlib
import io
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from swift.common.ring import RingBuilder, RingData
from swift.common.ring.utils import dispersion_report

from harness.rings import Copies, audit, compare, handoff_devices, read_ring

ZONES, NODES, DISKS, REPLICAS = 5, 100, 10, 3
MEMORY = """
import sys
from pathlib import Path
from harness.rings import audit, read_ring
small = Path(sys.argv[1]).read_bytes()
audit(read_ring(small))
data = Path(sys.argv[2]).read_bytes()
def kilobytes(name):
    rows = Path("/proc/self/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith(name))
Path("/proc/self/clear_refs").write_text("5")
before = kilobytes("VmRSS")
ring = read_ring(data)
audit(ring)
print((kilobytes("VmHWM") - before) * 1024 / ring.assigned, sum(r.nbytes for r in ring.table) / ring.assigned)
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=7)
    options.add_argument("--power", type=int, default=20)
    options.add_argument("--most", type=int, default=22, help="the greater power of the memory figures")
    options.add_argument("--only", choices=("calls", "commands", "agreement", "handoffs", "memory"))
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for power in sorted({8, chosen.power, chosen.most}):
            dealt(power).get_ring().save(str(folder / f"{power}.ring.gz"))
        builder = dealt(chosen.power)
        if chosen.only in (None, "calls", "commands"):
            builder._build_dispersion_graph()
        builder.save(str(folder / "it.builder"))
        ring = folder / f"{chosen.power}.ring.gz"
        parts: dict[str, Callable[[], None]] = {
            "calls": lambda: calls(ring, builder, chosen.times),
            "commands": lambda: commands(ring, folder / "it.builder", chosen.times),
            "agreement": lambda: agreement(ring),
            "handoffs": lambda: handoffs(ring),
            "memory": lambda: memories(folder, (chosen.power, chosen.most)),
        }
        for part, measure in parts.items():
            if chosen.only in (None, part):
                measure()
                sys.stdout.flush()


def dealt(power: int) -> Any:
    """A builder of Swift's with a balanced table of distinct zones."""
    builder = RingBuilder(power, REPLICAS, 1)
    for number in range(NODES * DISKS):
        node = number // DISKS
        place = {"region": 1, "zone": 1 + node % ZONES, "ip": f"10.0.{node // 250}.{node % 250 + 1}"}
        builder.add_dev(place | {"port": 6200, "device": f"sd{number % DISKS}", "weight": 100.0})
    dice, size = np.random.default_rng(1), NODES * DISKS // ZONES
    zones = (dice.integers(ZONES, size=1 << power)[:, None] + np.array([[0, 1, 3]])) % ZONES
    by_zone = np.array([[d["id"] for d in builder.devs if d["zone"] == z + 1] for z in range(ZONES)])
    flat, devices = zones.T.ravel(), np.zeros(REPLICAS << power, dtype=np.uint16)
    for zone in range(ZONES):
        there = np.flatnonzero(flat == zone)
        devices[dice.permutation(there)] = by_zone[zone][np.arange(len(there)) % size]
    table = devices.reshape(REPLICAS, -1)
    builder._replica2part2dev = [array.array("H", row.tobytes()) for row in table]
    for device, held in zip(builder.devs, np.bincount(devices, minlength=NODES * DISKS), strict=True):
        device["parts"] = int(held)
    builder.devs_changed = False
    return builder


def calls(path: Path, builder: Any, times: int) -> None:
    """Call against call, and against plain decompression."""
    data = path.read_bytes()
    rows: dict[str, Callable[[], Any]] = {
        "decompression": lambda: zlib.decompress(data, 31),
        "ours: read": lambda: read_ring(data),
        "ours: read and audit": lambda: audit(read_ring(data)),
        "swift: RingData.load": lambda: RingData.load(str(path)),
        "swift: validate": builder.validate,
        "swift: dispersion, kept": lambda: dispersion_report(builder),
    }
    spent = measured(rows, times)
    spent |= measured({"counted anew": lambda: dispersion_report(builder, recalculate=True)}, 1, warm=False)
    found = audit(read_ring(data))
    same("balance", found.balance, builder.get_balance())
    same("dispersion", found.dispersion, builder.dispersion)
    print(f"calls, power {builder.part_power}, {len(data) / 1e6:.1f} MB")
    for name, values in spent.items():
        print(f"  {name:24}{spread(values)}")
    ours, plain = spent["ours: read and audit"], spent["decompression"]
    theirs = [sum(row) for row in zip(*(v for name, v in spent.items() if "swift" in name), strict=True)]
    anew = [total + spent["counted anew"][0] for total in theirs]
    print(f"  ours / decompression      {ratio(ours, plain)}   (goal: at most 3)")
    print(f"  swift's sum / ours        {ratio(anew, ours)}   (goal: at least 10)")
    print(f"  without counting anew     {ratio(theirs, ours)}   (dispersion as the builder kept it)")


def commands(ring: Path, builder: Path, times: int) -> None:
    """Process against process: theirs read the builder, ours the ring, and checks more."""
    tool, ours = Path(sys.executable).with_name("swift-ring-builder"), shutil.which("deployday")
    ours = str(Path(sys.executable).with_name("deployday")) if ours is None else ours
    lines = {
        "deployday rings check": [ours, "rings", "check", str(ring)],
        "swift-ring-builder validate": [sys.executable, "-W", "ignore", str(tool), str(builder), "validate"],
        "swift-ring-builder dispersion": [
            sys.executable,
            "-W",
            "ignore",
            str(tool),
            str(builder),
            "dispersion",
        ],
    }
    for name, line in lines.items():
        if process(line) not in (0, 1):
            print(f"processes: {name} cannot be run here")
            return
    spent = measured({name: lambda line=line: process(line) for name, line in lines.items()}, times)
    print("processes")
    for name, values in spent.items():
        print(f"  {name:32}{spread(values)}")
    ours_spent, *others = spent.values()
    theirs = [sum(row) for row in zip(*others, strict=True)]
    print(f"  theirs / ours                   {ratio(theirs, ours_spent)}   (goal: at least 2)")


def agreement(path: Path, nodes: int = 1000) -> None:
    """A thousand equal copies, of which one is new, beside a thousand hashes and two audits."""
    data, other = path.read_bytes(), dealt(12).get_ring()
    with tempfile.NamedTemporaryFile(suffix=".gz") as file:
        other.save(file.name)
        stray = Path(file.name).read_bytes()
    copies, begin = Copies("object"), time.perf_counter()
    for node in range(nodes - 1):
        copies.add(f"storage-{node}", data)
    copies.add("proxy", stray)
    hashed = time.perf_counter() - begin
    found = compare(copies)
    assert len(found.outliers) == 1
    assert found.majority is not None
    audit(found.majority)
    whole = time.perf_counter() - begin
    print(f"agreement of {nodes} nodes: {whole:.2f} s, of which hashing {hashed:.2f} s (n=1)")


def handoffs(path: Path) -> None:
    """All handoffs of a partition, in today's order."""
    ring = read_ring(path.read_bytes())
    spent = measured({"": lambda: sum(1 for _ in handoff_devices(ring, 77, "today"))}, 5)[""]
    print(f"all handoffs of one partition: {spread(spent)}")


def memories(folder: Path, powers: Sequence[int]) -> None:
    for power in powers:
        memory(folder / "8.ring.gz", folder / f"{power}.ring.gz", power)


def memory(small: Path, path: Path, power: int) -> None:
    """Bytes a replica of a partition: at most while reading and auditing, and kept."""
    with contextlib.redirect_stderr(io.StringIO()):
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(small), str(path)], capture_output=True, text=True, check=True
        )
    peak, kept = (float(word) for word in done.stdout.split())
    print(f"memory at power {power}: {peak:.2f} bytes a replica at most, {kept:.2f} kept (file apart)")


def process(line: Sequence[str]) -> int:
    return subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode


def measured(rows: dict[str, Callable[[], Any]], times: int, warm: bool = True) -> dict[str, list[float]]:
    """Each in turn, so many times, after one that warms up."""
    spent: dict[str, list[float]] = {name: [] for name in rows}
    for turn in range(times + warm):
        for name, call in rows.items():
            begin = time.perf_counter()
            call()
            if turn or not warm:
                spent[name].append(time.perf_counter() - begin)
    return spent


def same(name: str, ours: float, theirs: float) -> None:
    if abs(ours - theirs) > 0.006:
        raise SystemExit(f"{name}: ours is {ours}, Swift's {theirs}")


def spread(values: Sequence[float]) -> str:
    low, middle, high = (1000 * value for value in (min(values), statistics.median(values), max(values)))
    return f"{middle:9.1f} ms ({low:.1f} to {high:.1f}, n={len(values)})"


def ratio(ones: Sequence[float], others: Sequence[float]) -> str:
    """Pair by pair."""
    found = [one / other for one, other in zip(ones, others, strict=True)]
    return f"{statistics.median(found):.1f} ({min(found):.1f} to {max(found):.1f})"


if __name__ == "__main__":
    main()
