"""``kill -9`` at thirty points: the record reads, the report says so, and ``clean`` brings the cloud back."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from harness.evidence import read_record
from tests.matrix.rig import Rig, inventory

pytestmark = [pytest.mark.matrix, pytest.mark.lab]

VICTIMS = ("command", "controller", "everything")
POINTS = [(victim, number) for victim in VICTIMS for number in range(10)]


@pytest.mark.parametrize(("victim", "number"), POINTS)
def test_a_killed_run_is_read_reported_and_cleaned(
    rig: Rig, seed: str, length: tuple[int, int], victim: str, number: int
) -> None:
    chance = random.Random(f"{seed} {victim} {number}")
    before = inventory(rig)
    runs = rig.home / f"kill-{victim}-{number}"
    child = subprocess.Popen(
        rig.command("run", rig.site, "--runs", str(runs), "--workers", str(chance.choice((1, 2)))),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=rig.home,
        start_new_session=True,
    )
    between = number % 3 == 0
    point = chance.randrange(1, length[between])
    if between:
        rig.ask("POST", f"/_lab/hold/{point}")
        reached = until(lambda: rig.ask("GET", "/_lab/hold")["reached"] or child.poll() is not None)
    else:
        reached = until(lambda: exchanges(runs) >= point or child.poll() is not None)
    assert reached
    assert child.poll() is None, "the run ended before its point"
    kill(child.pid, victim)
    child.wait()
    rig.ask("DELETE", "/_lab/hold")
    folder = next(path.parent for path in runs.glob("*/run.json"))
    until(lambda: not alive(str(folder)))

    rows = read_record(folder / "events.jsonl")
    failed = any(row["kind"] == "verdict" and row["outcome"] == "failed" for row in rows)
    report = rig.call("report", str(folder))
    assert report.returncode == (1 if failed else 2), report.stdout + report.stderr
    assert "ended early" in report.stdout
    clean = rig.call("clean", rig.site, "--runs", str(runs))
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert inventory(rig) == before, clean.stdout


@pytest.fixture(scope="module")
def length(rig: Rig) -> tuple[int, int]:
    """How many exchanges an undisturbed run records, and how many requests the lab's services see of it, each
    less a tenth, so that every point is reached before the end.
    """
    rig.ask("POST", "/_lab/hold/1000000")
    ran = rig.run()
    seen = rig.ask("DELETE", "/_lab/hold")["count"]
    recorded = (ran.folder / "events.jsonl").read_bytes().count(b'"kind":"exchange"')
    return recorded * 9 // 10, seen * 9 // 10


def exchanges(runs: Path) -> int:
    """How many answers the record holds so far."""
    return sum(path.read_bytes().count(b'"kind":"exchange"') for path in runs.glob("*/events.jsonl"))


def until(done: object, limit: float = 120.0) -> bool:
    """Ask until it holds; False at the limit."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if done():  # type: ignore[operator]
            return True
        time.sleep(0.005)
    return False


def kill(command: int, victim: str) -> None:
    """End the command, its child (pytest's controller), or every process of the run at once."""
    children = [command]
    for pid in children:
        children += descendants(pid)
    if victim == "command":
        chosen = [command]
    elif victim == "controller":
        chosen = descendants(command)[:1]
    else:
        chosen = children
    for pid in chosen:
        os.kill(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """The direct children of a process."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def alive(folder: str) -> bool:
    """Whether a process of this run still runs."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes()
        except OSError:
            continue
        if folder.encode() in words and b"pytest" in words:
            return True
    return False


def test_a_run_leaves_the_cloud_as_it_was(rig: Rig) -> None:
    before = inventory(rig)
    ran = rig.run()
    assert ran.code == 0, ran.output
    assert inventory(rig) == before
    kinds = {row["kind"] for row in ran.report["remainders"]}
    assert kinds <= {"tenant", "user", "account", "group"}, json.dumps(ran.report["remainders"])
