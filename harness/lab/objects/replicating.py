"""Repair in the lab: Swift's own replicator passes over each storage node, and the real rsync carries.

It runs from the moment that a node's object server is stopped until everything is where it belongs again,
and not beyond: nobody else pays for it. A pass looks at the partitions that were written since; the others
were in order before.
"""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from harness.lab.process import die_with_parent, name_process

_PAUSE = 0.3
_LONGEST = 600.0
_EARLIER = 2.0
"""Seconds before the stop: what is on its way when it comes is looked at, too."""


def supervise(rows: Sequence[dict[str, Any]], since: float) -> None:
    """Run rsync's daemon and the replicator of every node until all is repaired, ten minutes at most."""
    parent = os.getpid()
    for config in dict.fromkeys(row["rsyncd"] for row in rows):
        subprocess.Popen(
            ["rsync", "--daemon", "--no-detach", f"--config={config}"],
            preexec_fn=partial(die_with_parent, parent),
        )
    pids = [_fork(row, since, parent) for row in rows]
    for pid in pids:
        os.waitpid(pid, 0)


def _fork(row: dict[str, Any], since: float, parent: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        die_with_parent(parent)
        name_process("swift-replicate")
        from eventlet import hubs

        hubs.use_hub()
        _replicate(row, since)
        os._exit(0)
    except BaseException:
        logging.getLogger("lab").exception("the replicator of %s ended", row["conf"])
        os._exit(1)


def _replicate(row: dict[str, Any], since: float) -> None:
    from eventlet import sleep
    from swift.common.utils import get_logger, readconf
    from swift.obj.replicator import ObjectReplicator

    conf = readconf(row["conf"], "object-replicator", log_name="object-replicator")
    logger = get_logger(conf, log_route="object-replicator")
    ring = _ring(conf["swift_dir"])
    end = time.monotonic() + _LONGEST
    while time.monotonic() < end:
        whole = all(_listens(device["ip"], device["port"]) for device in ring.devs if device)
        written = _written(Path(conf["devices"]), since - _EARLIER)
        if written:
            ObjectReplicator(conf, logger).run_once(partitions=",".join(map(str, sorted(written))))
        if whole and not _misplaced(Path(conf["devices"]), row, ring, written):
            return
        sleep(_PAUSE)


def _ring(folder: str) -> Any:
    from swift.common.ring import Ring

    return Ring(folder, ring_name="object")


def _written(devices: Path, since: float) -> set[int]:
    """The partitions of a node that something was stored in or taken from since then."""
    found = set()
    for partition in devices.glob("*/objects/*"):
        if partition.name.isdigit() and _changed(partition) >= since:
            found.add(int(partition.name))
    return found


def _changed(partition: Path) -> float:
    """Swift notes each change of a partition in a file of it."""
    times = []
    for path in (partition, partition / "hashes.invalid"):
        try:
            times.append(path.stat().st_mtime)
        except OSError:
            continue
    return max(times, default=0.0)


def _misplaced(devices: Path, row: dict[str, Any], ring: Any, written: set[int]) -> bool:
    """Whether a device of this node holds one of these partitions and is no primary of it."""
    for partition in written:
        homes = ring.get_part_nodes(partition)
        mine = {home["device"] for home in homes if (home["ip"], home["port"]) == (row["host"], row["port"])}
        if any(path.parent.parent.name not in mine for path in devices.glob(f"*/objects/{partition}")):
            return True
    return False


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), 1.0):
            return True
    except OSError:
        return False
