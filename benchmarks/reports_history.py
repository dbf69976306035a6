"""Indexing runs of 300 scenarios, then every question of ``deployday history``, with 1, 10, 100, 1,000 runs.

The runs are folders with whole reports (25 requests a scenario) in which durations and some verdicts differ.
Anchor of indexing: ``json.loads`` of the same files, in turn with it, which is the least that anybody must do
who reads them. Questions are asked as the command asks them: the index is opened, brought up to date (every
folder is looked at), and closed. Wall and processor seconds; on a busy machine trust the latter.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.evidence.folder import RunFolder, runs
from reports.build import build
from reports.history import durations, flaky, story, trend
from reports.history.entry import read_entry
from reports.history.index import Index
from reports.history.opening import FILE, ask
from reports.history.retention import Bounds, Stored, choose
from reports.render.json import to_json
from tests.reports.big import big

SITE, ARCHITECTURE = "rack7", "six-node"
DAY, BEGAN = 86_400.0, 1_700_000_000.0
_PLACE = re.compile(r'("verdict": )"pass"(.*?"duration": )([0-9.e+-]+)', re.DOTALL)


def main(words: Sequence[str]) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, nargs="+", default=[1, 10, 100, 1000])
    options.add_argument("--scenarios", type=int, default=300)
    options.add_argument("--times", type=int, default=7)
    options.add_argument("--at", type=Path, help="where the runs are written, and left")
    chosen = options.parse_args(words)
    with tempfile.TemporaryDirectory() as name:
        home = (chosen.at or Path(name)) / "all"
        with timed("writing the runs"):
            write(home, max(chosen.runs), chosen.scenarios)
        anchor(runs(home)[:30])
        for count in chosen.runs:
            some = Path(name) / str(count)
            some.mkdir()
            for run in runs(home)[:count]:
                (some / run.id).symlink_to(run.path.resolve())
            measure(some, count, chosen.times)


def write(home: Path, count: int, scenarios: int) -> None:
    """So many runs; those that are there are left."""
    home.mkdir(parents=True, exist_ok=True)
    if len(runs(home)) >= count:
        return
    with tempfile.TemporaryDirectory() as name:
        first = big(Path(name), scenarios=scenarios, each=25, leaves=420)
        parts = _PLACE.split(to_json(build(first)))
        plan = first.plan.read_text()
        table = first.architecture.read_bytes()
    print(f"a report: {sum(map(len, parts)) / 1e6:.2f} MB, {len(parts) // 4} places that differ")
    dice = random.Random(7)  # noqa: S311 - no secret
    for number in range(count):
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(BEGAN + number * DAY))
        run = RunFolder(home / f"{stamp}-{SITE}-{number:04x}")
        run.path.mkdir(exist_ok=True)
        run.run.write_text(json.dumps(facts(run.id, number)))
        run.plan.write_text(plan)
        run.architecture.write_bytes(table)
        run.report_json.write_text("".join(varied(parts, number / count, dice)))


def facts(name: str, number: int) -> dict[str, object]:
    return {
        "id": name,
        "site": {"name": SITE},
        "arch": ARCHITECTURE,
        "fingerprint": f"f{number // 200}",
        "started": BEGAN + number * DAY,
        "version": "0.1.0",
        "machine": {"node": "vm"},
    }


def varied(parts: Sequence[str], age: float, dice: random.Random) -> Iterator[str]:
    """The report with other seconds: a tenth of the scenarios is slower from 60 % on, one in fifty flaky."""
    yield parts[0]
    for n in range(1, len(parts), 4):
        place = n // 4
        slow = 1.3 if place % 10 == 0 and age > 0.6 else 1.0
        bad = place % 50 == 1 and dice.random() < 0.1
        seconds = (1 + place % 7) * dice.lognormvariate(0, 0.1) * slow
        yield f'{parts[n]}"{"fail" if bad else "pass"}"{parts[n + 1]}{seconds:.3f}{parts[n + 3]}'


def anchor(folders: Sequence[RunFolder]) -> None:
    ours, theirs = [], []
    for run in folders:
        ours.append(spent(lambda run=run: read_entry(run)))
        theirs.append(spent(lambda run=run: json.loads(run.report_json.read_bytes())))
    one, other = (statistics.median(cpu for _, cpu in each) * 1000 for each in (ours, theirs))
    print(f"reading a run, n={len(folders)}: {one:.1f} ms of processor", end="")
    print(f"; json.loads of its report {other:.1f} ms ({one / other:.2f})")


def measure(home: Path, count: int, times: int) -> None:
    wall, cpu = spent(lambda: ask(home, lambda index: None))
    size = (home / FILE).stat().st_size
    print(f"\n{count} runs: indexed in {wall:.2f} s ({cpu:.2f} s of processor), {size / 1e6:.2f} MB")
    for name, question in QUESTIONS.items():
        told = [
            spent(lambda question=question: ask(home, lambda index: question(index, home)))
            for _ in range(times)
        ]
        walls, cpus = [wall for wall, _ in told], [cpu for _, cpu in told]
        print(
            f"  {name:<10} median {statistics.median(walls) * 1000:7.1f} ms ({min(walls) * 1000:.1f} to "
            f"{max(walls) * 1000:.1f}), processor {statistics.median(cpus) * 1000:7.1f} ms, n={times}"
        )


def _stored(index: Index) -> list[Stored]:
    return [Stored(run.id, run.series, run.started, run.verdict, 2_000_000) for run in index.facts()]


def _durations(index: Index) -> None:
    series = index.series(SITE, ARCHITECTURE)
    durations.scenarios(series)
    durations.steps(index.steps(SITE, ARCHITECTURE), series)


QUESTIONS: dict[str, Callable[[Index, Path], object]] = {
    "nothing": lambda index, home: None,
    "list": lambda index, home: index.facts(),
    "show": lambda index, home: story.stories(index.series(SITE, ARCHITECTURE), "compute.story_25"),
    "trend": lambda index, home: trend.trend(index.series(SITE, ARCHITECTURE), home),
    "flaky": lambda index, home: flaky.flaky(index.series(SITE, ARCHITECTURE)),
    "durations": lambda index, home: _durations(index),
    "prune": lambda index, home: choose(_stored(index), Bounds(50, 90 * DAY, 10**9), BEGAN + 2000 * DAY),
}


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.1f} s", flush=True)
