"""The machine that drives a run: what could make its times other than those of another."""

from __future__ import annotations

import os
from pathlib import Path
from platform import node, platform, processor, python_version
from typing import Any


def machine() -> dict[str, Any]:
    """Name, system, processors, memory (MB) and load: averages over 1, 5 and 15 minutes, as it begins."""
    return {
        "node": node(),
        "platform": platform(),
        "python": python_version(),
        "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "cpu": _cpu(),
        "memory_mb": _memory(),
        "load": load(),
    }


def load() -> list[float]:
    """The load averages of now, or nothing where the system has none."""
    try:
        return [round(each, 2) for each in os.getloadavg()]
    except OSError:
        return []


def _cpu() -> str:
    """The processor's model, as far as the system tells."""
    try:
        rows = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        rows = []
    named = (row.partition(":")[2].strip() for row in rows if row.startswith("model name"))
    return next(named, processor())[:120]


def _memory() -> int | None:
    try:
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 20))
    except (OSError, ValueError):
        return None
