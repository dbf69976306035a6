"""``deployday run``: drive the cloud, show how it goes, write the report, and end with its verdict."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from harness.cli import COULD_NOT_JUDGE
from harness.cli.child import complain, start
from harness.cli.options import Cloud, Overlay, Runs, Scope, Set
from harness.cli.repeating import Ended, Repeat, Turns
from harness.cli.rerunning import Rerun, choose_again, of_the_run, refuse_beside
from harness.cli.timing import Deadline, Within, in_time
from harness.cli.waiting import Wait, Waited, limit_of, wait_for
from harness.errors import DeployDayError, UsageError
from harness.evidence.folder import RunFolder, create_run
from harness.hosts.passwords import prepare
from harness.plan.scope import scope_of
from harness.site import Site, load_site

Lab = Annotated[
    bool, typer.Option("--lab", help="Bring the described cloud up on this machine, run, take it down.")
]
Workers = Annotated[
    int,
    typer.Option("--workers", "-n", max=16, help="Processes that run scenarios; 0: one for a lab, else two."),
]
Only = Annotated[
    str, typer.Option("--only", "-k", help="Scenarios by name, as pytest's -k; their needs run too.")
]
First = Annotated[
    bool, typer.Option("--fail-fast", "-x", help="Stop at the first failure; clean up all the same.")
]
Tag = Annotated[list[str], typer.Option("--tag", help="A word that the run is found by later; repeatable.")]
Keep = Annotated[
    int, typer.Option("--keep", min=0, metavar="N", help="Then remove older runs of this series; 0: none.")
]
Fault = Annotated[list[str], typer.Option("--fault", help="Break the lab in this way first (with --lab).")]


@dataclass
class Spent:
    """Seconds by phase, for the line at the end."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, phase: str) -> Iterator[None]:
        """Count what happens inside for one phase."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[phase] = self.seconds.get(phase, 0.0) + time.monotonic() - started

    def __str__(self) -> str:
        return " · ".join(f"{phase} {seconds:.1f} s" for phase, seconds in self.seconds.items())


def run(
    target: Annotated[
        str,
        typer.Argument(
            metavar="SITE|ARCH",
            help="A site file; or an architecture with --cloud or --lab. With --rerun not needed.",
        ),
    ] = "",
    cloud: Cloud = None,
    lab: Lab = False,
    fault: Fault = [],  # noqa: B006 - typer copies it
    overlay: Overlay = [],  # noqa: B006
    set_: Set = [],  # noqa: B006
    workers: Workers = 0,
    only: Only = "",
    fail_fast: First = False,
    scope: Scope = [],  # noqa: B006
    tag: Tag = [],  # noqa: B006
    keep: Keep = 0,
    within: Within = "",
    wait: Wait = "",
    rerun: Rerun = "",
    repeat: Repeat = 1,
    runs: Runs = Path("var/runs"),
) -> None:
    """Drive a cloud end to end and report GO (exit 0), NO-GO (1) or that it could not be judged (2)."""
    if rerun:
        beside = {"--lab": lab, "-k": bool(only), "--scope": bool(scope), "--repeat": repeat > 1}
        refuse_beside("--rerun", beside)
        meant = of_the_run(rerun, runs, target, cloud, overlay, set_)
        rerun, target, cloud, overlay, set_, scope = meant
    elif not target:
        raise UsageError("which cloud? Name a site file, or an architecture with --cloud or --lab")
    if fault and not lab:
        raise UsageError("--fault breaks the lab alone: it needs --lab")
    if lab and cloud:
        raise UsageError("--lab and --cloud name two different clouds")
    deadline = Deadline(within)
    deadline.check()
    if wait:
        limit_of(wait)
    spent = Spent()
    signal.signal(signal.SIGTERM, _interrupt)
    with _target(target, lab, fault, overlay, set_, spent) as ref:
        site = load_site(ref, cloud=cloud, overlays=overlay, sets=set_)
        site.credentials()
        prepare(site.file.ssh)
        workers = workers or (1 if site.file.lab else 2)
        waited: Waited | None = None
        if wait:
            most = deadline.left - deadline.least(site, workers, runs)
            with spent.on("waiting"):
                waited = wait_for(wait, _words(ref, cloud, overlay, set_, 1, "", False), most)
        chosen = choose_again(site, rerun, runs) if rerun else None
        scope_of(scope, site.arch)
        words = _words(ref, cloud, overlay, set_, workers, only, fail_fast)
        words += [f"--scope={each}" for each in scope]
        turns = Turns(repeat, tag)
        for turn in in_time(turns, deadline):
            folder = create_run(site.name, home=runs)
            told = [*words, *(f"--tag={each}" for each in turn.tags(folder)), *deadline.words]
            deadline.reckon(folder, site.name, site.arch.name, runs)
            if waited and not turn.folders:
                waited.write(folder)
            if chosen:
                chosen.carried.write(folder)
            turn.over(folder, _one(folder, told, spent))
    code = turns.code
    turns.show(runs)
    if keep:
        _rotate(runs, site, keep)
    if within:
        typer.echo(deadline.told())
    raise typer.Exit(code)


def _interrupt(number: int, frame: object) -> None:
    """End on SIGTERM as on Ctrl-C: the run is reported, its lab taken down."""
    raise KeyboardInterrupt


@contextmanager
def _target(
    target: str, lab: bool, faults: Sequence[str], overlays: Sequence[Path], sets: Sequence[str], spent: Spent
) -> Iterator[str]:
    """The site to run on; with ``--lab``, one of a lab that lives as long as the run."""
    if not lab:
        yield target
        return
    from harness.arch import load
    from harness.lab import down, up

    arch = load(target, overlays=list(overlays), sets=list(sets))
    with tempfile.TemporaryDirectory(prefix="deployday-lab-") as folder:
        home = Path(folder)
        with spent.on("lab"):
            info = up(arch, home=home, faults=tuple(faults), ref=target, tied=True)
        try:
            yield str(info.site_file)
        finally:
            with spent.on("lab down"):
                down(info.name, home=home)


def _words(
    ref: str,
    cloud: str | None,
    overlays: Sequence[Path],
    sets: Sequence[str],
    workers: int,
    only: str,
    fail_fast: bool,
) -> list[str]:
    """The options that the child, pytest with our plugin, is started with."""
    words = ["--arch", ref, "--cloud", cloud] if cloud else ["--site", ref]
    for path in overlays:
        words += ["--overlay", str(path)]
    for text in sets:
        words += ["--set", text]
    words += ["-n", str(workers)] if workers > 1 else []
    words += ["-k", only] if only else []
    return words + (["-x"] if fail_fast else [])


def _drive(folder: RunFolder, words: Sequence[str]) -> bool:
    """Start pytest as a child, follow the record to its end; what pytest prints is shown only if it broke.
    Gives whether it was interrupted.
    """
    from harness.cli.live import follow
    from harness.cli.progress import Progress

    with tempfile.TemporaryFile() as output:
        child = start(folder, words, output)
        progress, asked = Progress(folder), 0
        while True:
            try:
                follow(folder, lambda: child.poll() is None, progress=progress)
                code = child.wait()
                break
            except KeyboardInterrupt:
                _end(child, asked, folder)
                asked += 1
        complain(code, folder, output)
    return asked > 0


def _end(child: subprocess.Popen[bytes], asked: int, folder: RunFolder) -> None:
    """Ask once for the clean-up, twice for the end; then end it. The record is judged in any case."""
    if asked == 0:
        typer.echo("stopping: what was made is removed first; once more to end at once", err=True)
    else:
        typer.echo(f"ending at once; then: deployday clean {folder.id}", err=True)
    with suppress(ProcessLookupError):
        if asked < 2:
            child.send_signal(signal.SIGINT)
        else:
            os.killpg(child.pid, signal.SIGKILL)


def _rotate(home: Path, site: Site, keep: int) -> None:
    """Let the series have its newest runs alone; what must stay stays, and what goes wrong ends no run."""
    from harness.cli.pruning import rotate

    try:
        gone = rotate(home, site.name, site.arch.name, keep).going
    except (DeployDayError, OSError) as error:
        typer.echo(f"no older run was removed: {error}", err=True)
        return
    if gone:
        typer.echo(f"removed {len(gone)} older {'run' if len(gone) == 1 else 'runs'} of this series")


def _one(folder: RunFolder, words: Sequence[str], spent: Spent) -> Ended:
    """One run from its first row to its report."""
    try:
        with spent.on("suites"):
            interrupted = _drive(folder, words)
    finally:
        if not folder.run.exists():  # nothing was begun: nothing is left for `report latest` to find
            shutil.rmtree(folder.path, ignore_errors=True)
    if interrupted and not folder.run.exists():
        typer.echo("interrupted before the run began", err=True)
        return Ended(COULD_NOT_JUDGE, interrupted)
    return Ended(_report(folder, spent), interrupted)


def _report(folder: RunFolder, spent: Spent) -> int:
    """Judge the record, write every format, print the summary; gives the exit code."""
    from harness.cli.report import write_reports

    with spent.on("report"):
        code = write_reports(folder)
    typer.echo(f"{spent}")
    typer.echo(f"report: {folder.report_html}")
    return code
