"""The runs that the golden files are of: all well, a dead Keystone, a deviation, a run that was killed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness.evidence.folder import RunFolder
from tests.reports.stage import BEGAN, KEYSTONE, PLAN, Stage

NOVA = "http://127.77.1.1:8774/v2/41c1"
REFUSED = "connection refused"


def go(home: Path) -> RunFolder:
    """Everything in reach is verified; one deviation is waived."""
    stage = Stage(home, lab=True)
    stage.folder.waivers.write_text(
        '- clause: compute.flavors["m1.small"].ram\n  observed: 1024\n  reason: small hosts\n'
        "  owner: ops@example.net\n  ticket: OPS-17\n  until: 2027-06-01\n"
    )
    preflight(stage)
    compute(stage, small=1024)
    rest(stage)
    made = [
        {
            "t": BEGAN,
            "n": 1,
            "phase": phase,
            "kind": "server",
            "name": "deployday-3f2a-server-1",
            "id": "s1",
            "tenant": "demo",
        }
        for phase in ("intend", "made", "gone")
    ]
    stage.ledger(*made)
    return stage.end()


def keystone_dead(home: Path) -> RunFolder:
    """No token: everything that needs one is blocked, rings are still looked at."""
    stage = Stage(home)
    with (
        stage.story(
            "identity.token", "failed", reason=f"keystone: {REFUSED}", component="keystone", cites=["gw0:4"]
        ),
        stage.told(
            1, "ask for a token with the site's credentials", f"POST {KEYSTONE}/v2.0/tokens: {REFUSED}"
        ),
    ):
        stage.exchange(
            "identity",
            "POST",
            f"{KEYSTONE}/v2.0/tokens",
            None,
            error=f"[Errno 111] {REFUSED}",
            answer=None,
            ms=1.2,
        )
    rings(stage)
    for row in PLAN:
        if row["key"] not in stage.judged and row["needs"]:
            stage.verdict(row["key"], "blocked", reason="blocked by identity.token", root="identity.token")
    with stage.story("cleanup.resources"):
        pass
    return stage.end()


def deviating(home: Path) -> RunFolder:
    """The cloud works and is not the described one: a flavor's memory, an endpoint too many."""
    stage = Stage(home)
    preflight(stage, names=["compute", "identity", "s3"])
    compute(stage, tiny=256)
    rest(stage)
    return stage.end()


def killed(home: Path) -> RunFolder:
    """Killed in the middle of a boot, in the middle of a row."""
    stage = Stage(home)
    preflight(stage)
    stage.scenario = "compute.boot"
    stage.row("scenario", phase="start")
    stage.step = 1
    stage.row("step", phase="start", number=1, title="boot a server of the smallest flavor")
    stage.exchange("compute", "POST", f"{NOVA}/servers", 202)
    stage.ledger(
        {
            "t": BEGAN,
            "n": 1,
            "phase": "intend",
            "kind": "server",
            "name": "deployday-3f2a-server-1",
            "tenant": "demo",
        }
    )
    with stage.folder.events.open("a") as file:
        file.write('{"t": 1800000000.9, "mono": 0.9, "worker": "gw0", "se')
    return stage.folder


def preflight(stage: Stage, names: list[str] | None = None) -> None:
    with stage.story("identity.token"), stage.told(1, "ask for a token with the site's credentials"):
        row = stage.exchange(
            "identity",
            "POST",
            f"{KEYSTONE}/v2.0/tokens",
            asked='{"auth": {"passwordCredentials": "[redacted]"}}',
        )
        stage.see("identity.version", "v2.0", [row])
    with stage.story("preflight.catalogue"), stage.told(1, "read the catalogue of the token"):
        row = stage.exchange("identity", "GET", f"{KEYSTONE}/v2.0/tokens/[redacted]/endpoints")
        stage.row("names", collection="catalogue", names=names or ["compute", "identity"], cites=[row])
        stage.see("region", "RegionOne", [row])
        stage.see("catalogue.identity.public.port", 5000, [row])
        stage.see("catalogue.compute.public.port", 8774, [row])
    with stage.story("preflight.endpoints_answer[compute]"), stage.told(1, "ask for the versions"):
        stage.exchange("compute", "GET", "http://127.77.1.1:8774/", 300)
    with stage.story("identity.described"), stage.told(1, "list the roles"):
        row = stage.exchange("identity", "GET", "http://127.77.1.1:35357/v2.0/OS-KSADM/roles")
        stage.see("identity.roles", ["Member", "admin", "service"], [row])


def compute(stage: Stage, tiny: int = 512, small: int = 2048) -> None:
    with stage.story("compute.flavors"), stage.told(1, "list the flavors in detail"):
        row = stage.exchange("compute", "GET", f"{NOVA}/flavors/detail", request_id="req-91d2", ms=31.0)
        stage.row("names", collection="compute.flavors", names=["m1.small", "m1.tiny"], cites=[row])
        stage.see('compute.flavors["m1.tiny"].ram', tiny, [row])
        stage.see('compute.flavors["m1.tiny"].disk', 0, [row])
        stage.see('compute.flavors["m1.small"].ram', small, [row])


def rest(stage: Stage) -> None:
    with stage.story("images.described"), stage.told(1, "list the images in detail"):
        row = stage.exchange("image", "GET", "http://127.77.1.1:9292/v1/images/detail")
        stage.see('images["cirros-0.3.0"].status', "active", [row])
    with stage.story("compute.boot"):
        with stage.told(1, "boot a server of the smallest flavor"):
            stage.exchange(
                "compute",
                "POST",
                f"{NOVA}/servers",
                202,
                asked='{"server": {"name": "deployday-3f2a-server-1"}}',
            )
        with stage.told(2, "wait until it is ACTIVE"):
            for _ in range(4):
                row = stage.exchange("compute", "GET", f"{NOVA}/servers/s1", ms=9.0)
            stage.row(
                "wait",
                what="the server",
                goal="ACTIVE",
                limit=60.0,
                outcome="reached",
                transitions=[["BUILD", 3.2], ["ACTIVE", 0.0]],
            )
            stage.row(
                "check",
                sentence="the server has an address",
                ok=True,
                expected="an address",
                found="10.0.0.2",
                cites=[row],
            )
            stage.see("objectives.boot", 3.2, [row], resource="s1")
    rings(stage)
    with stage.story("cleanup.resources"), stage.told(1, "remove what the ledger holds, newest first"):
        stage.exchange("compute", "DELETE", f"{NOVA}/servers/s1", 204, answer=None)


def rings(stage: Stage) -> None:
    with stage.story("rings.equal[object]"), stage.told(1, "fetch the ring from every node"):
        fields: dict[str, Any] = {"component": "swift", "status": 0, "stdout": "", "stderr": "", "ms": 4.0}
        row = stage.row("command", host="storage-1", command="sftp get /etc/swift/object.ring.gz", **fields)
        stage.see("objects.rings.object.replicas", 3, [row])
        stage.see("objects.rings.object.holders", ["storage-2", "storage-1"], [row])


RUNS: Mapping[str, Callable[[Path], RunFolder]] = {
    "go": go,
    "keystone-dead": keystone_dead,
    "deviating": deviating,
    "killed": killed,
}
