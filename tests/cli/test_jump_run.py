"""A cloud whose endpoints only one of its hosts reaches: the same verdicts, and no connection from here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Lab, start

pytestmark = pytest.mark.lab

WALL = """import errno, socket
_connect = socket.socket.connect
def connect(self, address):
    inside = isinstance(address, tuple) and str(address[0]).startswith("127.77.")
    if inside and address[1] not in (10022, 8999):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    return _connect(self, address)
socket.socket.connect = connect
"""
"""Python's own start-up file: of the lab's addresses only SSH and the control address can be reached."""
SOME = "preflight or images or compute.boot or compute.vnc or objects.put or volumes.create"


def test_through_a_node_alone(shared_lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Path(shared_lab.site)
    through = site.with_name("through.yaml")
    through.write_text(site.read_text() + "api: {via: controller}\n")
    for name in ("wall", "direct", "plan", "through"):
        (tmp_path / name).mkdir()
    (tmp_path / "wall" / "sitecustomize.py").write_text(WALL)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "wall"))

    direct = start(tmp_path / "direct", "run", str(site), "-k", "preflight.catalogue")
    assert direct.end().code == 1, direct.over().text
    assert "connection refused" in direct.over().text

    plan = start(tmp_path / "plan", "plan", str(through)).end()
    assert plan.code == 0, plan.text
    running = start(tmp_path / "through", "run", str(through), "-k", SOME)
    done = running.end()
    assert done.code == 0, done.text
    report = json.loads((running.folder / "report.json").read_text())
    verdicts = {row["key"]: row["verdict"] for row in report["scenarios"]}
    assert len(verdicts) > 50
    assert set(verdicts.values()) == {"pass"}
    assert report["timings"]["via"] == ["controller"]
    assert running.left() == []
