"""Building the report of 1,000 scenarios and 50,000 events from its record, and writing its files.

Anchor: ``json.loads`` of every line of the same record, in turn with it, which is the least that anybody must
do who reads it. Prints median, least and greatest of wall and of processor seconds; on a busy machine trust
the latter. Growth is shown with fewer scenarios.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.evidence.folder import RunFolder
from reports.build import build
from reports.render import FORMATS
from tests.reports.big import big

EACH = 35
"""Requests of a scenario; with its steps and checks fifty rows and more."""


def main(words: Sequence[str]) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scenarios", type=int, nargs="+", default=[10, 100, 1000])
    options.add_argument("--times", type=int, default=7)
    chosen = options.parse_args(words)
    for scenarios in chosen.scenarios:
        with tempfile.TemporaryDirectory() as home:
            measure(big(Path(home), scenarios=scenarios, each=EACH, leaves=420), scenarios, chosen.times)


def measure(folder: RunFolder, scenarios: int, times: int) -> None:
    rows = sum(1 for _ in folder.events.open("rb"))
    report = build(folder)
    parts: dict[str, Callable[[], object]] = {
        "json.loads of each row (anchor)": lambda: [json.loads(row) for row in folder.events.open("rb")],
        "build": lambda: build(folder),
        **{f"write {form}": (lambda to=to: to(report)) for form, to in FORMATS.items()},
    }
    spent: dict[str, list[tuple[float, float]]] = {part: [] for part in parts}
    for _ in range(times):
        for part, work in parts.items():
            wall, used = time.perf_counter(), time.process_time()
            work()
            spent[part].append((time.perf_counter() - wall, time.process_time() - used))
    print(f"\n{scenarios} scenarios, {rows} events, {folder.events.stat().st_size / 1e6:.1f} MB (n {times})")
    anchor = statistics.median(used for _, used in next(iter(spent.values())))
    for part, pairs in spent.items():
        walls, useds = zip(*pairs, strict=True)
        ratio = statistics.median(useds) / anchor
        print(f"  {part:32} wall {shown(walls)}, processor {shown(useds)}, x {ratio:.2f}")


def shown(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.3f} s ({min(values):.3f} to {max(values):.3f})"
