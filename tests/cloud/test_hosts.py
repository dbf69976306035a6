"""What hosts said of themselves, as a story sees it; the visits are files of the run's folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from harness.cloud import Cloud, RunSession
from harness.cloud import hosts as module
from harness.errors import CloudError, OutOfReach, Untold
from harness.evidence import RunFolder
from harness.hostlist import Host
from harness.hosts import HostError, HostUnreachable
from harness.hosts.facts.model import NOT_ASKED, ClockReading, Unknown
from harness.hosts.visiting import Visit
from tests.fleet.hosts import host

Record = Callable[[str], list[dict[str, Any]]]
NODES = ("controller", "compute-1", "compute-2", "storage-1", "storage-2", "storage-3")


@pytest.fixture
def cloud(opened: Callable[..., RunSession]) -> Cloud:
    hosts = {node: Host("127.0.0.1", 22) for node in NODES}
    return opened(hosts=hosts).cloud("hosts.services[compute-1]", "compute-1")


@pytest.fixture
def seen(cloud: Cloud, folder: RunFolder) -> Callable[[Visit], None]:
    folder.hosts.mkdir()

    def keep(visit: Visit) -> None:
        (folder.hosts / f"{visit.node}.json").write_text(visit.model_dump_json())

    return keep


def told(cloud: Cloud, node: str, **parts: Any) -> Visit:
    """A visit that brought facts, with a row of the record to cite."""
    row = cloud.ledger and cloud._run.trail.write("command", component="ssh", host=node, command="sh -s")
    return Visit(node=node, banner="SSH-2.0-OpenSSH_5.9p1", row=row, facts=host(node, **parts))


def test_a_visit_that_has_only_begun_tells_the_banner(cloud: Cloud, seen: Callable[[Visit], None]) -> None:
    seen(Visit(node="compute-1", over=False, banner="SSH-2.0-x"))
    assert cloud.hosts.banner("compute-1") == "SSH-2.0-x"


def test_a_story_waits_for_a_visit(cloud: Cloud, seen: Callable[[Visit], None]) -> None:
    seen(Visit(node="compute-1", over=False, banner="SSH-2.0-x"))
    whole = told(cloud, "compute-1")
    later = threading.Timer(0.2, lambda: seen(whole))
    later.start()
    assert cloud.hosts.facts("compute-1") == whole.facts
    later.join()


def test_a_story_does_not_wait_for_ever(
    cloud: Cloud, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.2)
    begin = time.monotonic()
    with pytest.raises(CloudError, match="compute-1: nothing came of the visit"):
        cloud.hosts.facts("compute-1")
    assert time.monotonic() - begin < 5


def test_who_cannot_be_entered_is_unreachable(cloud: Cloud, seen: Callable[[Visit], None]) -> None:
    row = cloud._run.trail.write("command", component="ssh", host="compute-1", command="ssh")
    seen(Visit(node="compute-1", refused="compute-1 (127.0.0.1:22): no answer", row=row))
    for ask in (cloud.hosts.banner, cloud.hosts.facts):
        with pytest.raises(HostUnreachable, match="no answer") as refused:
            ask("compute-1")
        assert (refused.value.component, refused.value.cites) == ("ssh", (row,))


def test_who_may_not_be_asked_is_out_of_reach(cloud: Cloud, seen: Callable[[Visit], None]) -> None:
    seen(Visit(node="compute-1", banner="SSH-2.0-x", mute="it says no shell"))
    assert cloud.hosts.banner("compute-1") == "SSH-2.0-x"
    with pytest.raises(OutOfReach, match="no shell"):
        cloud.hosts.facts("compute-1")
    seen(Visit(node="storage-1", mute="the site does not say where storage-1 is"))
    with pytest.raises(OutOfReach, match="does not say where"):
        cloud.hosts.banner("storage-1")


def test_who_told_nothing_fails(cloud: Cloud, seen: Callable[[Visit], None]) -> None:
    seen(Visit(node="compute-1", banner="SSH-2.0-x", torn="it says go away"))
    with pytest.raises(HostError, match="compute-1: it says go away"):
        cloud.hosts.facts("compute-1")


def test_what_is_held_is_observed_and_cites_the_visit(
    cloud: Cloud, seen: Callable[[Visit], None], record: Record
) -> None:
    visit = told(cloud, "compute-1")
    seen(visit)
    with cloud.step("compare"):
        cloud.hosts.hold("compute-1", "sysctl", "services")
    rows = record("observation")
    assert {"clause": 'nodes.compute-1.sysctl["net.ipv4.ip_forward"]', "observed": "1"}.items() <= rows[
        0
    ].items()
    shown = {row["command"]: row for row in record("command")}
    first, second = shown["sysctl -a"], shown["initctl list"]
    assert (first["component"], first["host"], first["status"]) == ("host", "compute-1", 0)
    assert visit.row in first["stdout"]
    cited = {f"{row['worker']}:{row['seq']}" for row in (first, second)}
    assert {cite for row in rows for cite in row["cites"]} == cited
    assert record("names")[0]["collection"] == "nodes.compute-1.services"


def test_what_is_unknown_says_whose_fault_it_is(
    cloud: Cloud, seen: Callable[[Visit], None], record: Record
) -> None:
    seen(told(cloud, "compute-1", sysctl=Unknown(unknown="sysctl is not on this host")))
    seen(told(cloud, "compute-2", sysctl=Unknown(unknown="this user may not see it", denied=True)))
    for node in ("compute-1", "compute-2"):
        with cloud.step("compare"):
            cloud.hosts.hold(node, "sysctl")
    assert [(row["reason"], row.get("unknown", False)) for row in record("unseen")] == [
        ("sysctl is not on this host", True),
        ("this user may not see it", False),
    ]


def test_a_fact_that_a_check_needs_is_untold_or_out_of_reach(
    cloud: Cloud, seen: Callable[[Visit], None]
) -> None:
    seen(told(cloud, "compute-1", clock=Unknown(unknown="date is not on this host")))
    with pytest.raises(Untold, match="compute-1: date is not on this host"):
        cloud.hosts.skew("compute-1")
    seen(told(cloud, "compute-2", listeners=Unknown(unknown="not yours", denied=True)))
    with pytest.raises(OutOfReach, match="compute-2: not yours"):
        cloud.hosts.open_ports("compute-2")


def test_a_clock_is_off_by_what_the_round_trip_leaves(cloud: Cloud, seen: Callable[[Visit], None]) -> None:
    seen(told(cloud, "compute-1", clock=ClockReading(offset=-3.5, error=0.25)))
    assert cloud.hosts.skew("compute-1") == 3.25
    seen(told(cloud, "compute-2", clock=ClockReading(offset=0.1, error=0.5)))
    assert cloud.hosts.skew("compute-2") == 0.0


def test_one_silent_node_hides_nothing_of_the_others(cloud: Cloud, seen: Callable[[Visit], None]) -> None:
    for node in NODES[:-1]:
        seen(told(cloud, node))
    seen(Visit(node="storage-3", refused="storage-3: no answer"))
    assert list(cloud.hosts.all()) == list(NODES[:-1])


def test_nobody_told_anything(cloud: Cloud, seen: Callable[[Visit], None]) -> None:
    for node in NODES:
        seen(Visit(node=node, refused=f"{node}: no answer"))
    with pytest.raises(OutOfReach, match="no host told any facts"):
        cloud.hosts.all()


def test_who_was_asked_says_why_nobody_can_tell(cloud: Cloud, seen: Callable[[Visit], None]) -> None:
    for node in NODES:
        seen(told(cloud, node, managed=NOT_ASKED))
    seen(told(cloud, "compute-2", managed=Unknown(unknown="nova-manage is not on this host")))
    with pytest.raises(Untold, match="compute-2: nova-manage is not on this host"):
        cloud.hosts.hold_any("floating", "managed")


def test_a_visit_that_somebody_spoiled_is_told(cloud: Cloud, folder: RunFolder) -> None:
    folder.hosts.mkdir()
    (folder.hosts / "compute-1.json").write_text('{"node": "compute-1", "facts": 7}')
    with pytest.raises(CloudError, match="compute-1: what came of the visit cannot be read"):
        cloud.hosts.facts("compute-1")
