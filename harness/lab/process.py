"""What the lab asks of Linux for its processes: to die with their parent, and to be told apart in ``ps``."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however that ends (``man 2 prctl``).

    ``parent`` is the parent's id as taken before the fork: where it is gone already, this process ends here.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def name_process(name: str) -> None:
    """The name that ``ps -o comm`` shows, 15 bytes at most."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def started(pid: int) -> str | None:
    """When a process started, in clock ticks since boot with the boot's id:
    a pid is used again, this pair is not.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    fields = stat.rsplit(")", 1)[1].split()
    return None if fields[0] == "Z" else f"{boot}:{fields[19]}"


def alive(pid: int, since: str) -> bool:
    """Whether the very process that was recorded still runs."""
    return started(pid) == since


def memory(pid: int) -> int:
    """Proportional memory of a process in KiB; 0 where it cannot be read."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) for row in rows if row.startswith("Pss:")), 0)
