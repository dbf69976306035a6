"""Comparing runs of 1,000 scenarios and 50,000 events each, once their reports are there, and how it grows.

The reports are built from whole records (50 rows a scenario), then copied with other times and some other
verdicts: ten runs are two configurations of five. Anchor: ``json.load`` of the same files, in turn with it,
which is the least that anybody must do who reads them. Prints median, least and greatest of wall and of
processor seconds; on a busy machine trust the latter.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from reports.build import build
from reports.compare.build import compare
from reports.compare.reading import read
from reports.compare.render import FORMATS
from reports.render.json import to_json
from tests.reports.big import big


def main(words: Sequence[str]) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, nargs="+", default=[2, 10, 30])
    options.add_argument("--scenarios", type=int, default=1000)
    options.add_argument("--times", type=int, default=5)
    chosen = options.parse_args(words)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        files = made(home, chosen.scenarios, max(chosen.runs))
        size = sum(file.stat().st_size for file in files) / len(files) / 1e6
        print(f"{chosen.scenarios} scenarios a run, report.json of {size:.1f} MB")
        for runs in chosen.runs:
            measure(files[:runs], chosen.times)


def made(home: Path, scenarios: int, runs: int) -> list[Path]:
    """Report files of two configurations in turn: of the second, stories take a fifth longer, a few fail."""
    began = time.process_time()
    folder = big(home / "record", scenarios=scenarios, each=25)
    rows = sum(1 for _ in folder.events.open("rb"))
    report = json.loads(to_json(build(folder)))
    print(f"one report built from {rows} events in {time.process_time() - began:.1f} s of processor time")
    return [written(home, report, number) for number in range(runs)]


def written(home: Path, report: dict[str, Any], number: int) -> Path:
    dice, second = random.Random(number), number % 2  # noqa: S311 - no secret
    run = report["run"] | {
        "id": f"20270115T{number:06d}-rack7-{number:04x}",
        "started": 1.8e9 + number * 3600,
    }
    run["fingerprint"] = f"{second}" * 64
    told = [changed(each, place, dice, second) for place, each in enumerate(report["scenarios"])]
    path = home / f"{number}.json"
    path.write_text(json.dumps(report | {"run": run, "scenarios": told}, indent=1))
    return path


def changed(told: dict[str, Any], place: int, dice: random.Random, second: int) -> dict[str, Any]:
    factor = dice.lognormvariate(0.2 * second, 0.1)
    steps = [step | {"seconds": 2 * factor * dice.lognormvariate(0, 0.1)} for step in told["steps"]]
    samples = (
        {"boot": [3 * dice.lognormvariate(0.1 * second, 0.2) for _ in range(3)]} if not place % 10 else {}
    )
    verdict = "fail" if second and not place % 50 else "pass"
    more = {"version": "c0ffee", "duration": 10 * factor, "steps": steps, "samples": samples}
    return told | more | {"verdict": verdict, "reason": "" if verdict == "pass" else "no valid host"}


def measure(files: Sequence[Path], times: int) -> None:
    sides = compare([read(file) for file in files])
    words = sides.against[1].words
    print(f"\n{len(files)} runs: {sides.rules.tested} tests, {dict(words)}, {sides.against[1].worse} worse")
    parts: dict[str, Callable[[], Any]] = {
        "json.load of the files (anchor)": lambda: [json.loads(file.read_bytes()) for file in files],
        "read": lambda: [read(file) for file in files],
        "read and compare": lambda: compare([read(file) for file in files]),
        **{f"render {form}": (lambda to=to: to(sides)) for form, to in FORMATS.items()},
    }
    spent: dict[str, list[tuple[float, float]]] = {part: [] for part in parts}
    for _ in range(times):
        for part, work in parts.items():
            wall, used = time.perf_counter(), time.process_time()
            work()
            spent[part].append((time.perf_counter() - wall, time.process_time() - used))
    anchor = statistics.median(used for _, used in spent["json.load of the files (anchor)"])
    for part, pairs in spent.items():
        walls, useds = zip(*pairs, strict=True)
        print(
            f"  {part:34} wall {shown(walls)}, processor {shown(useds)}, "
            f"x {statistics.median(useds) / anchor:.2f} (n {times})"
        )


def shown(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} s ({min(values):.2f} to {max(values):.2f})"
