"""``--within``: the time that a whole command may take, from its start to the report."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from harness.cli.learning import costs
from harness.errors import UsageError
from harness.evidence.folder import RunFolder, write_json
from harness.plan import Plan, PlannedScenario, make_plan, missing
from harness.plan.discover import discover
from harness.plan.granting import picking
from harness.plan.within import Costs, fitting, wall, with_costs
from harness.site import Site
from reports.text import count, seconds

Within = Annotated[
    str,
    typer.Option(
        "--within", metavar="TIME", help="All of it, clean-up and report included, ends in this time: 30m."
    ),
]
T = TypeVar("T")
_SHOWN = 5
_START = 10.0
"""Seconds for what a run does before its first story, and for a lab's end."""


def process_began() -> float:
    """When this process was started (epoch seconds): the interpreter's own start belongs to its time."""
    try:
        stat = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        up = time.clock_gettime(time.CLOCK_BOOTTIME) - int(stat[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        up = 0.0
    return time.time() - up


@dataclass(frozen=True)
class Deadline:
    """The time of one command, whatever it does in it: waits, one run or several of them.

    ``asked`` is the time as the user said it, "" where there is no bound; ``began`` epoch seconds.
    """

    asked: str = ""
    began: float = field(default_factory=process_began)

    def check(self) -> None:
        """Raise ``UsageError`` for what is no time."""
        if self.asked:
            wall(self.asked, self.began)

    @property
    def ends(self) -> float:
        """When it is over (epoch seconds); never where there is no bound."""
        return wall(self.asked, self.began).ends if self.asked else float("inf")

    @property
    def left(self) -> float:
        """Seconds that are left of it."""
        return self.ends - time.time()

    @property
    def words(self) -> list[str]:
        """The options that pytest is started with."""
        return ["--within", self.asked, "--began", f"{self.began:.3f}"] if self.asked else []

    def reckon(self, folder: RunFolder, site: str, architecture: str, home: Path) -> None:
        """Tell a run that is about to begin how long its scenarios took in earlier ones."""
        if self.asked:
            known = costs(site, architecture, home)
            rows = [[key, version, cost] for (key, version), cost in known.items()]
            write_json(folder.costs, {"costs": rows})

    def least(self, site: Site, workers: int, home: Path) -> float:
        """Seconds that a run of this site needs at least: preflight, clean-up, leak proof and report."""
        if not self.asked:
            return 0.0
        plan = make_plan(discover(), site.arch, missing=missing(site), pick=picking(site, datetime.now(UTC)))
        rows = with_costs(plan.scenarios, costs(site.name, site.arch.name, home))
        return fitting(rows, self.left, workers).least + _START

    def told(self) -> str:
        """How it went, once all is over."""
        took = time.time() - self.began
        over = -self.left
        late = f", {seconds(round(over, 1))} over: the end took longer than its reserve" if over > 0 else ""
        return f"within {self.asked}: took {seconds(round(took, 1))}{late}"


def in_time(turns: Iterable[T], deadline: Deadline) -> Iterator[T]:
    """Each of them while there is time for another one that takes as long as the longest so far."""
    longest = 0.0
    for turn in turns:
        if deadline.left < longest:
            about, left = seconds(round(longest)), seconds(round(max(deadline.left, 0.0)))
            typer.echo(f"not begun: it would take about {about}, and {left} of {deadline.asked} are left")
            return
        began = time.monotonic()
        yield turn
        longest = max(longest, time.monotonic() - began)


def show_fit(out: Console, planned: Plan, asked: str, workers: int, known: Costs) -> None:
    """Print what fits and what is likely to be left out; raises ``UsageError`` where nothing does."""
    rows = with_costs(planned.scenarios, known)
    time_ = wall(asked, 0.0).ends
    fits = fitting(rows, time_, workers)
    if time_ < fits.least:
        raise UsageError(
            f"--within {asked} is too little: clean-up, leak proof and report have {seconds(fits.reserve)}, "
            f"then comes preflight: {seconds(round(fits.least + 1))} is the least"
        )
    spare, running = set(fits.spare), sum(row.runs for row in rows)
    out.print(
        f"\nwithin {escape(asked)}: {running - len(spare)} of {count(running, 'scenario')} fit, likely "
        f"{seconds(round(fits.likely))}; clean-up, leak proof and report have {seconds(round(fits.reserve))}"
    )
    _left_out(out, [row for row in rows if row.key in spare])


def _left_out(out: Console, rows: Sequence[PlannedScenario]) -> None:
    """By gate, the longest last: preflight, areas and gates come first, then what is short."""
    gates: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.cost):
        gates[row.gate].append(f"{row.key} ({seconds(row.cost)})")
    for gate, names in gates.items():
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        shown = escape(", ".join(names[:_SHOWN]))
        out.print(f"[yellow]likely left out:[/] {gate} {len(names)}: {shown}{more}")
    if rows:
        out.print("  each of them runs all the same where the others take less than expected")
