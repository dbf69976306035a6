"""What a story writes down is what the judge reads."""

from collections.abc import Callable
from typing import Any

from harness.arch import Architecture
from harness.cloud import Cloud
from harness.evidence import RunFolder, judge, read_record
from tests.clients.fake import TENANT, Service

PLAN = [
    {
        "id": "compute.boot",
        "key": "compute.boot",
        "subject": None,
        "gate": "compute",
        "needs": [],
        "owns": ["region", "catalogue.compute.public", "compute.flavors"],
        "level": "must",
        "title": "t",
    }
]


def test_observations_reach_the_judge(
    cloud: Cloud, service: Service, arch: Architecture, folder: RunFolder, record: Callable[[str], Any]
) -> None:
    recorder = cloud._run.recorder
    recorder.scenario = "compute.boot"
    recorder.write("scenario", phase="start")
    service.on("GET", f"/compute/v2/{TENANT}/flavors/detail", body={"flavors": []})
    with cloud.step("look"):
        cloud.compute.flavors()
        cloud.observe(("region",), "RegionOne")
        cloud.observe(("catalogue", "compute", "public", "port"), 1)
        cloud.cannot_see(("catalogue", "compute", "public", "node"), "the site names no hosts")
        cloud.observe_names(("compute", "flavors"), [])
    recorder.write(
        "verdict", outcome="completed", met=True, reason="", root=None, component="", cites=[], duration=1
    )
    judged = judge(arch.table, PLAN, read_record(folder.events))
    states = {path: judged.clauses[path].state for path in judged.clauses}
    assert states["region",] == "verified"
    assert states["catalogue", "compute", "public", "port"] == "deviates"
    assert states["catalogue", "compute", "public", "path"] == "unknown"
    assert states["compute", "flavors", "m1.tiny", "ram"] == "deviates"
    hidden = judged.clauses["catalogue", "compute", "public", "node"]
    assert (hidden.state, hidden.reason) == ("out_of_reach", "the site names no hosts")
