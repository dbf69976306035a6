"""A lab, and runs against it: what every case of the matrix starts from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.arch import load
from harness.credentials import read_credentials
from harness.lab import LabInfo, down, up

ARCHITECTURE = "essex/six-node"


@dataclass(frozen=True)
class Ran:
    """One run that ended: its exit code, its folder, its report."""

    code: int
    folder: Path
    output: str

    @property
    def report(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "report.json").read_text()))

    @property
    def verdicts(self) -> dict[str, str]:
        return {row["key"]: row["verdict"] for row in self.report["scenarios"]}

    @property
    def told(self) -> str:
        """Every scenario that did not pass, with its reason and what deviated."""
        rows = [row for row in self.report["scenarios"] if row["verdict"] != "pass"]
        return "\n".join(
            f"{row['key']}: {row['verdict']}: {row['reason']} {row['deviations']}" for row in rows
        )

    def having(self, verdict: str) -> set[str]:
        return {key for key, found in self.verdicts.items() if found == verdict}


@dataclass(frozen=True)
class Rig:
    """A lab that is up, and a folder for runs."""

    lab: LabInfo
    home: Path

    @classmethod
    @contextmanager
    def up(
        cls, home: Path, *, faults: Sequence[str] = (), architecture: str | Path = ARCHITECTURE
    ) -> Iterator[Rig]:
        arch = load(str(architecture))
        info = up(arch, home=home / "labs", faults=tuple(faults), ref=architecture, tied=True)
        try:
            yield cls(info, home)
        finally:
            down(info.name, home=home / "labs")

    @property
    def site(self) -> str:
        return str(self.lab.site_file)

    @property
    def password(self) -> str:
        """The lab administrator's."""
        return read_credentials(self.lab.name, self.lab.folder / "clouds.yaml").password

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-P", "-m", "harness.cli", *words]

    def call(self, *words: str, timeout: float = 900) -> subprocess.CompletedProcess[str]:
        """One ``deployday`` command to its end."""
        return subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=timeout, cwd=self.home, check=False
        )

    def run(self, *words: str, workers: int = 1, site: str = "") -> Ran:
        """``deployday run`` on the lab's site, or on another site file of the same lab."""
        runs = self.home / f"runs-{os.urandom(4).hex()}"
        done = self.call("run", site or self.site, "--runs", str(runs), "--workers", str(workers), *words)
        folders = [path.parent for path in runs.glob("*/run.json")]
        assert len(folders) == 1, done.stdout + done.stderr
        return Ran(done.returncode, folders[0], done.stdout + done.stderr)

    def pytest(self, plugin: str, environment: Mapping[str, str], workers: int = 1) -> Ran:
        """Plain ``pytest scenarios`` with a further plugin, then ``deployday report``."""
        folder = self.home / f"plain-{os.urandom(4).hex()}"
        words = [sys.executable, "-P", "-m", "pytest", "--pyargs", "scenarios", "-c", os.devnull, "-q"]
        words += [
            "--rootdir",
            str(self.home),
            "--import-mode=importlib",
            "-p",
            "no:cacheprovider",
            "-p",
            plugin,
        ]
        words += ["--site", self.site, "--run-dir", str(folder)]
        words += ["-n", str(workers)] if workers > 1 else []
        root = str(Path(__file__).resolve().parents[2])
        drove = subprocess.run(
            words,
            capture_output=True,
            text=True,
            timeout=900,
            cwd=self.home,
            check=False,
            env={**os.environ, **environment, "PYTHONPATH": root},
        )
        done = self.call("report", str(folder))
        return Ran(done.returncode, folder, drove.stdout + drove.stderr + done.stdout + done.stderr)

    def ask(self, method: str, path: str) -> Any:
        """The lab's own control address."""
        url, headers = f"{self.lab.control_url}{path}", {"X-Lab-Password": self.password}
        request = urllib.request.Request(url, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        """The lab is broken in this way inside the context."""
        self.ask("POST", f"/_lab/faults/{name}")
        try:
            yield
        finally:
            self.ask("DELETE", f"/_lab/faults/{name}")

    @contextmanager
    def jitter(self, milliseconds: int, seed: int) -> Iterator[None]:
        """Answers and states take up to so much longer inside the context."""
        self.ask("POST", f"/_lab/jitter/{milliseconds}/{seed}")
        try:
            yield
        finally:
            self.ask("DELETE", "/_lab/jitter")

    def inventory(self) -> dict[str, list[dict[str, Any]]]:
        return dict(self.ask("GET", "/_lab/inventory"))


def inventory(rig: Rig) -> Counter[tuple[str, str]]:
    """Everything in the cloud by kind and id, less what stays on purpose."""
    found = rig.inventory()
    return Counter(
        (kind, row["id"]) for kind, rows in found.items() for row in rows if not lasting(kind, row)
    )


EXPIRING = ".expiring_objects/"


def lasting(kind: str, row: dict[str, str]) -> bool:
    """What stays on purpose: the accounts deployday-1…n, as the report says; and Swift's own list of objects
    that are to expire, which is no tenant's and which its expirer empties.
    """
    if kind in ("tenant", "user"):
        return row["name"].startswith("deployday-") and row["name"].count("-") == 1
    return kind in ("container", "object") and row["id"].startswith(EXPIRING)
