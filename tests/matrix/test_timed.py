"""A run with little time ends in it and leaves nothing behind; a cloud that comes up late is waited for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.evidence import read_json
from harness.lab.ready import control
from tests.cli.command import Lab, Running, start

pytestmark = [pytest.mark.matrix, pytest.mark.lab]
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
    """What the lab holds, but for the lasting accounts and what they always have."""
    found = control("GET", f"{lab.info['control_url']}/_lab/inventory")
    return {kind: rows for kind, rows in found.items() if kind in ("server", "volume", "image", "keypair")}


def report(running: Running) -> dict[str, object]:
    read: dict[str, object] = json.loads((running.folder / "report.json").read_text())
    return read


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_run_ends_in_its_time_with_nothing_left(lab: Lab, tmp_path: Path, workers: str) -> None:
    before, began = inventory(lab), time.monotonic()
    running = start(tmp_path, "run", lab.site, "--within", "80s", "-n", workers)
    done = running.end()
    took = time.monotonic() - began
    assert done.code in (0, 2), done.text
    assert took < 80, done.text
    told = report(running)
    verdicts = {row["key"]: row["verdict"] for row in told["scenarios"]}  # type: ignore[attr-defined]
    assert "fail" not in verdicts.values(), "what was cut says nothing against the cloud"
    assert verdicts["cleanup.resources"] == verdicts["cleanup.no_leak"] == "pass"
    assert (done.code == 0) == ("within 80s: nothing left out" in str(told["banner"]))
    assert inventory(lab) == before
    assert "within 80s: took" in done.out
    assert running.left() == []


def test_a_cloud_that_comes_up_late_is_waited_for(lab: Lab, tmp_path: Path) -> None:
    faults(lab, "POST", "identity.dead", "identity.internal_in_public")
    running = start(tmp_path, "run", lab.site, "--wait", "4m", "-k", "preflight")
    mending = threading.Thread(target=_mend, args=(lab, running))
    try:
        running.until("waiting for identity")
        mending.start()
        done = running.end()
    finally:
        faults(lab, "DELETE", "identity.dead", "identity.internal_in_public")
        mending.join()
    assert done.code == 0, done.text
    assert "preflight is open after" in done.out
    waited = report(running)["run"]["waited"]  # type: ignore[index]
    assert waited["open"]
    assert waited == {**read_json(running.folder / "waited.json"), "told": waited["told"]}
    token, volume = (
        waited["opened"][key] for key in ("identity.token", "preflight.endpoints_answer[volume]")
    )
    assert 5 < token < volume <= waited["seconds"]
    assert waited["requests"] < 400


def _mend(lab: Lab, running: Running) -> None:
    """Identity first, the volume service a while later."""
    time.sleep(5)
    faults(lab, "DELETE", "identity.dead")
    for _ in range(120):
        if running.process.poll() is not None or (running.home / "answered").exists():
            break
        time.sleep(0.1)
    faults(lab, "DELETE", "identity.internal_in_public")


def test_a_cloud_that_never_comes_up_is_reported_as_it_is(lab: Lab, tmp_path: Path) -> None:
    faults(lab, "POST", "identity.dead")
    try:
        done = (running := start(tmp_path, "run", lab.site, "--wait", "12s", "-k", "preflight")).end()
    finally:
        faults(lab, "DELETE", "identity.dead")
    assert done.code == 1, done.text
    assert "waited 12s in vain" in str(report(running)["banner"])
    assert "preflight did not open; running all the same" in done.out
