"""A run with little time ends in it and leaves nothing behind; a cloud that comes up late is waited for."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.evidence import read_json
from harness.lab.ready import control
from tests.cli.command import Lab, Running, start

pytestmark = [pytest.mark.matrix(kind="timed"), pytest.mark.lab]
SITE = "devstack-single"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    found = Lab(tmp_path_factory.mktemp("lab"), SITE)
    found.up()
    yield found
    found.down()


def faults(lab: Lab, method: str, *names: str) -> None:
    for name in names:
        control(method, f"{lab.info['control_url']}/_lab/faults/{name}")


def inventory(lab: Lab) -> dict[str, list[object]]:
    """What the lab holds that a run could have left."""
    found = control("GET", f"{lab.info['control_url']}/_lab/inventory")
    return {kind: rows for kind, rows in found.items() if kind in ("server", "volume", "image", "keypair")}


def report(running: Running) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((running.folder / "report.json").read_text())
    return read


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_run_ends_in_its_time_with_nothing_left(lab: Lab, tmp_path: Path, workers: str) -> None:
    """Every answer takes up to half a second longer: there is no time for all of it."""
    before, began = inventory(lab), time.monotonic()
    jitter = f"{lab.info['control_url']}/_lab/jitter"
    control("POST", f"{jitter}/500/7")
    try:
        running = start(tmp_path, "run", lab.site, "--within", "150s", "-n", workers)
        done = running.end()
    finally:
        control("DELETE", jitter)
    took = time.monotonic() - began
    assert done.code == 2, done.text
    assert took < 150, done.text
    told = report(running)
    verdicts = {row["key"]: row["verdict"] for row in told["scenarios"]}
    assert "fail" not in verdicts.values(), "what was cut says nothing against the cloud"
    assert verdicts["cleanup.resources"] == verdicts["cleanup.no_leak"] == "pass"
    assert re.search(r"within 150s: [0-9]+ left out", told["banner"])
    assert "within 150s: took" in done.out
    assert inventory(lab) == before
    cleaned = start(tmp_path, "clean", lab.site, "--runs", str(tmp_path / "runs")).end()
    assert "no run left anything behind" in cleaned.out, cleaned.text
    assert running.left() == []


def test_a_cloud_that_comes_up_late_is_waited_for(lab: Lab, tmp_path: Path) -> None:
    faults(lab, "POST", "identity.dead", "identity.internal_in_public")
    running = start(tmp_path, "run", lab.site, "--wait", "4m", "-k", "preflight")
    try:
        running.until("waiting for identity")
        faults(lab, "DELETE", "identity.dead")
        running.until("waiting for volume")
    finally:
        faults(lab, "DELETE", "identity.dead", "identity.internal_in_public")
    done = running.end()
    assert done.code == 0, done.text
    assert "preflight is open after" in done.out
    waited = report(running)["run"]["waited"]
    assert waited["open"]
    assert waited == {**read_json(running.folder / "waited.json"), "told": waited["told"]}
    late = ("identity.token", "preflight.endpoints_answer[volume]")
    token, volume = (waited["opened"][key] for key in late)
    assert 2 < token < volume <= waited["seconds"]
    assert waited["requests"] < 400


def test_a_cloud_that_never_comes_up_is_reported_as_it_is(lab: Lab, tmp_path: Path) -> None:
    faults(lab, "POST", "identity.dead")
    try:
        done = (running := start(tmp_path, "run", lab.site, "--wait", "12s", "-k", "preflight")).end()
    finally:
        faults(lab, "DELETE", "identity.dead")
    assert done.code == 1, done.text
    assert "waited 12s in vain" in str(report(running)["banner"])
    assert "preflight did not open; running all the same" in done.out
