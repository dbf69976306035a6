"""The README's first command by phase, and the suites with 1, 2 and 4 workers beside each other in one run.

The anchor is one worker. Prints median, spread and n.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time

PHASE = re.compile(r"(lab down|lab|suites|report) ([0-9.]+) s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--architecture", default="essex/six-node")
    chosen = options.parse_args()
    figures: dict[int, dict[str, list[float]]] = {workers: {} for workers in (1, 2, 4)}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(chosen.times):
            for workers, phases in figures.items():
                for phase, seconds in once(chosen.architecture, workers, folder).items():
                    phases.setdefault(phase, []).append(seconds)
    anchor = statistics.median(figures[1]["suites"])
    for workers, phases in figures.items():
        ratio = statistics.median(phases["suites"]) / anchor
        told = ", ".join(f"{phase} {spread(values)}" for phase, values in phases.items())
        print(f"{workers} workers: {told}; suites {ratio:.2f} of one worker's (n={chosen.times})")


def once(architecture: str, workers: int, folder: str) -> dict[str, float]:
    """One run from nothing; seconds by phase."""
    command = [sys.executable, "-P", "-m", "harness.cli", "run", architecture, "--lab"]
    command += ["--workers", str(workers), "--runs", folder]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    whole = time.monotonic() - started
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    return {**{name: float(seconds) for name, seconds in PHASE.findall(done.stdout)}, "whole": whole}


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} s ({min(values):.1f} to {max(values):.1f})"


if __name__ == "__main__":
    main()
