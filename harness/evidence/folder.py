"""The folder of a run: its name, the names of the files in it, and how it is made and found.

A run is ``var/runs/<run-id>/`` with run-id ``20120504T060000-rack7-3f2a``: UTC start, site, four random hex
digits. It is written in phases, so that a crash at any point leaves a folder that can be read.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import Problem, UsageError

RUNS = Path("var/runs")
_ID = re.compile(r"\d{8}T\d{6}-[A-Za-z0-9_.-]+-[0-9a-f]{4}\Z")
_LARGEST_JSON = 64 * 1024 * 1024


@dataclass(frozen=True)
class RunFolder:
    """One run's folder; every other part asks here for a file instead of spelling its name."""

    path: Path

    @property
    def id(self) -> str:
        """The run-id, also the folder's name."""
        return self.path.name

    @property
    def short(self) -> str:
        """The four hex digits that distinguish this run in names of resources."""
        return self.id.rpartition("-")[2]

    @property
    def prefix(self) -> str:
        """What the name of every resource that this run creates begins with."""
        return f"deployday-{self.short}-"

    @property
    def run(self) -> Path:
        """Facts about the run itself (JSON)."""
        return self.path / "run.json"

    @property
    def architecture(self) -> Path:
        """The clause table that the run is judged by (JSON)."""
        return self.path / "architecture.json"

    @property
    def plan(self) -> Path:
        """The scenarios in scope (JSON)."""
        return self.path / "plan.json"

    @property
    def events(self) -> Path:
        """The record (JSON lines)."""
        return self.path / "events.jsonl"

    @property
    def ledger(self) -> Path:
        """The resources that the run created (JSON lines)."""
        return self.path / "ledger.jsonl"

    @property
    def cleaning(self) -> Path:
        """What ``deployday clean`` did for this run (JSON lines, as the record)."""
        return self.path / "cleaning.jsonl"

    @property
    def lock(self) -> Path:
        """Held, shared, by every process of the run."""
        return self.path / "run.lock"

    @property
    def costs(self) -> Path:
        """How long scenarios took in earlier runs, where this one has to end in time (JSON)."""
        return self.path / "costs.json"

    @property
    def waited(self) -> Path:
        """How long the cloud was waited for before the run, and what opened when (JSON)."""
        return self.path / "waited.json"

    @property
    def limits(self) -> Path:
        """Locked by the process whose turn it is to wait for a rate limit."""
        return self.path / "limits.lock"

    @property
    def hosts(self) -> Path:
        """What each host said of itself: ``NODE.json``, and its raw answer without secrets, ``NODE.txt``."""
        return self.path / "hosts"

    @property
    def logs(self) -> Path:
        """What the logs of hosts say of failed stories, for people: a file a story."""
        return self.path / "logs"

    @property
    def waivers(self) -> Path:
        """The waivers as they were when the run started (YAML)."""
        return self.path / "waivers.yaml"

    @property
    def carried(self) -> Path:
        """What the run carries of an earlier one (JSON)."""
        return self.path / "carried.json"

    @property
    def carried_rows(self) -> Path:
        """The rows that this rests on (JSON lines, as the record)."""
        return self.path / "carried.jsonl"

    @property
    def report_json(self) -> Path:
        """The report for machines."""
        return self.path / "report.json"

    @property
    def report_html(self) -> Path:
        """The report for people."""
        return self.path / "report.html"

    @property
    def junit(self) -> Path:
        """The report for continuous integration."""
        return self.path / "junit.xml"

    @property
    def summary(self) -> Path:
        """The report in one page of Markdown."""
        return self.path / "summary.md"


def run_id(site: str, started: float, token: str) -> str:
    """``started`` is epoch seconds; what cannot stand in a file name becomes a dash."""
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(started))
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", site).strip("-.")[:60] or "site"
    return f"{stamp}-{name}-{token}"


def create_run(site: str, *, home: Path = RUNS, started: float | None = None) -> RunFolder:
    """Make the folder of a new run, readable by its owner alone; never one that exists already."""
    begin = time.time() if started is None else started
    make_folder(home)
    used = {run.short for run in runs(home)}
    for _ in range(1000):
        token = secrets.token_hex(2)
        if token in used:
            continue
        path = home / run_id(site, begin, token)
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return RunFolder(path)
    raise UsageError(Problem(str(home), "no free run-id was found", hint="remove old runs"))


def make_folder(path: Path) -> None:
    """Make a folder of runs; raises ``UsageError`` where that cannot be."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(path, os.W_OK | os.X_OK)
    except OSError as error:
        raise UsageError(Problem(str(path), f"cannot be made: {error.strerror}", hint="--runs DIR")) from None
    if not writable:
        raise UsageError(Problem(str(path), "nothing can be written there", hint="--runs DIR"))


def runs(home: Path = RUNS) -> list[RunFolder]:
    """All runs below ``home``, oldest first."""
    if not home.is_dir():
        return []
    with os.scandir(home) as found:
        names = sorted(each.name for each in found if _ID.match(each.name) and each.is_dir())
    return [RunFolder(home / name) for name in names]


def open_run(ref: str | Path | None = None, *, home: Path = RUNS) -> RunFolder:
    """Find a run by folder, run-id, how that begins or its last four digits; or the newest (``None``,
    ``latest`` or ``last``).
    """
    text = "latest" if ref is None else str(ref)
    known = runs(home)
    if text in ("latest", "last"):
        if known:
            return known[-1]
        raise UsageError(Problem(str(home), "there is no run yet", hint="deployday run SITE"))
    direct = Path(text)
    if direct.is_dir():
        return RunFolder(direct.resolve())
    found = (
        [run for run in known if run.id == text]
        or [run for run in known if run.short == text]
        or [run for run in known if text and run.id.startswith(text)]
    )
    if len(found) == 1:
        return found[0]
    names = ", ".join(run.id for run in (found or known)[-5:]) or "none"
    problem = "several runs are called so" if found else "no such run"
    raise UsageError(Problem(text, problem, expected="a run folder, a run-id or 'latest'", found=names))


def write_json(path: Path, data: Any) -> None:
    """Replace a file in one step, so that a reader (or a crash) sees the old one or the new one whole."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_json(path: Path) -> Mapping[str, Any]:
    """Read one of the run's JSON files; a missing, huge or broken one is a usage error that names it."""
    try:
        if path.stat().st_size > _LARGEST_JSON:
            raise UsageError(Problem(str(path), "too large", expected=f"at most {_LARGEST_JSON >> 20} MiB"))
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            Problem(str(path), "not there: this is no run, or it stopped before it began")
        ) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(Problem(str(path), f"not JSON: {error}")) from None
    if not isinstance(data, dict):
        raise UsageError(Problem(str(path), "not a JSON object"))
    return data
