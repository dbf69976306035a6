"""A run of a site with hosts and owners: boots fail on two of six nodes, and a flavor deviates."""

from __future__ import annotations

import json
from pathlib import Path

from harness.evidence.folder import RunFolder
from tests.reports.stage import BEGAN, KEYSTONE, Stage, clause, planned

HOME = "/" + "home"
NODES = {f"acme-nova-{n:02}": f"10.20.0.{n}" for n in range(1, 7)}
OWNERS = {"compute": "compute-team@acme.example", "default": "ops@acme.example"}
SITE = {
    "name": "acme-rack7",
    "path": f"{HOME}/jdoe/clouds/acme.yaml",
    "cloud": "acme",
    "hosts": NODES,
    "racks": {name: "A" if 0 < n < 4 else "B" for n, name in enumerate(NODES)},
    "owners": OWNERS,
    "lab": None,
}
PLAN = [
    planned("identity.token", "preflight", "A token.", owns=["region"]),
    *(
        planned(f"compute.boots_on_host[{name}]", "compute", "A server boots.", ["identity.token"])
        for name in NODES
    ),
    planned("compute.flavors", "compute", "Flavors are as described.", owns=["compute.flavors", "nodes"]),
    planned("compute.boot", "compute", "A server boots.", ["compute.boots_on_host[acme-nova-02]"]),
]


def failing(home: Path, *, text: str = "") -> RunFolder:
    """``text`` stands wherever a cloud or a host can put one."""
    rows = [clause("region", "RegionOne"), clause('compute.flavors["m1.tiny"].ram', 512)]
    rows += [clause(f"nodes.{name}.roles", ["compute"], visible="host") for name in NODES]
    stage = Stage(home, rows=rows, plan=PLAN)
    facts = json.loads(stage.folder.run.read_text())
    stage.file("run.json", {**facts, "site": SITE})
    with stage.story("identity.token"), stage.told(1, "ask for a token"):
        row = stage.exchange("identity", "POST", f"{KEYSTONE}/v2.0/tokens", request_id="req-0001")
        stage.see("region", "RegionOne", [row])
    for n, name in enumerate(NODES):
        _boot(stage, name, n in (1, 2), text)
    with stage.story("compute.flavors"), stage.told(1, "list the flavors"):
        row = stage.exchange("compute", "GET", "http://10.20.0.1:8774/v2/x/flavors", request_id="req-0009")
        stage.see('compute.flavors["m1.tiny"].ram', 256, [row])
        for name in NODES:
            row = stage.row("command", host=name, command="services", component="ssh", status=0, ms=1)
            stage.see(f"nodes.{name}.roles", ["compute"] if name != "acme-nova-05" else [], [row])
    stage.verdict("compute.boot", "blocked", root="compute.boots_on_host[acme-nova-02]", reason="blocked")
    _files(stage.folder.path, text)
    return stage.end()


def _boot(stage: Stage, name: str, failed: bool, text: str) -> None:
    said = f"the server went to ERROR {text}".strip()
    with (
        stage.story(
            f"compute.boots_on_host[{name}]", "failed" if failed else "completed", reason=failed * said
        ),
        stage.told(1, "boot a server", failed * said),
    ):
        stage.exchange(
            "compute", "GET", f"http://10.20.0.1:8774/v2/x/servers/{name}", 500 if failed else 200,
            request_id=f"req-boot-{name[-2:]}", answer=text or "{}",
        )  # fmt: skip
        if failed:
            entry = {
                "at": BEGAN,
                "file": "/var/log/nova/nova-compute.log",
                "level": "ERROR",
                "request": "req-1",
            }
            entry["text"] = f"2027-01-15 08:00:00 ERROR nova.compute [-] No space left {text}"
            stage.row("log", component="nova", host=name, since=BEGAN, until=BEGAN + 1, lines=[entry],
                      files=["/var/log/nova/nova-compute.log"], left_out=0, errors=1, why="",
                      kept=f"logs/compute.boots_on_host-{name}.txt")  # fmt: skip


def _files(home: Path, text: str) -> None:
    for folder in ("hosts", "logs"):
        (home / folder).mkdir()
    for name in NODES:
        (home / "hosts" / f"{name}.json").write_text(json.dumps({"node": name, "facts": {"said": text}}))
        (home / "logs" / f"compute.boots_on_host-{name}.txt").write_text(f"{name}: No space left {text}\n")
