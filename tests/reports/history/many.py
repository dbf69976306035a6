"""Folders of many small runs, written in no time: what history reads of a run, and nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.evidence.folder import RunFolder

BEGAN = 1_790_000_000.0
DAY = 86_400.0


def folder(home: Path, number: int, site: str = "rack7") -> RunFolder:
    """The folder of the run of one day."""
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(BEGAN + number * DAY))
    return RunFolder(home / f"{stamp}-{site}-{number:04x}")


def write(
    home: Path,
    number: int,
    told: Mapping[str, tuple[str, float]] | None = None,
    *,
    site: str = "rack7",
    verdict: str = "GO",
    print_: str = "f1",
    content: str = "c1",
    report: Mapping[str, Any] | None = None,
    **facts: Any,
) -> RunFolder:
    """A run of ``told``: (verdict, seconds) by scenario. ``report`` replaces parts of ``report.json``."""
    run = folder(home, number, site)
    run.path.mkdir(parents=True)
    rows = {"compute.boot": ("pass", 3.0)} if told is None else told
    about = {
        "id": run.id,
        "site": {"name": site},
        "arch": "six-node",
        "fingerprint": print_,
        "version": "0.1.0",
    }
    about |= {"started": BEGAN + number * DAY, "options": {"servers": 4}, "machine": {"node": "vm"}, **facts}
    run.run.write_text(json.dumps(about))
    plan = [{"key": key, "version": content} for key in rows]
    run.plan.write_text(json.dumps({"scope": "all", "scenarios": plan}))
    run.report_json.write_text(json.dumps({**_report(rows, verdict), **(report or {})}))
    return run


def _report(rows: Mapping[str, tuple[str, float]], verdict: str) -> dict[str, Any]:
    return {
        "report": 1,
        "verdict": verdict,
        "ended_early": False,
        "run": {"release": "essex"},
        "scenarios": [
            {
                "key": key,
                "verdict": word,
                "duration": seconds,
                "steps": [
                    {"number": 1, "title": "boot deployday-3f2a-server-gw0-7", "seconds": seconds / 2},
                    {"number": 2, "title": "wait for it", "seconds": seconds / 2},
                ],
            }
            for key, (word, seconds) in rows.items()
        ],
        "coverage": {"verified": 90, "total": 100},
        "timings": {
            "wall": sum(seconds for _, seconds in rows.values()),
            "objectives": [{"path": "objectives.boot", "seconds": 3.0}],
        },
    }
