"""From which node storage servers are asked, and where a name belongs."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from harness.arch import Architecture
from harness.clients.errors import Unreachable
from harness.clients.trail import Trail
from harness.cloud import Cloud
from harness.cloud.storagelines import StorageLines
from harness.errors import CloudError, OutOfReach
from harness.hostlist import Host
from harness.hosts import HostUnreachable, NotTaken
from harness.rings import HashSettings
from harness.rings.placement import hash_path
from harness.site import Site, SiteFile
from tests.clients.fake import TENANT, Rows, Service, serving
from tests.cloud.test_proof import ring_of


@dataclass
class Door:
    """A node that opens lines, or says why not."""

    why: Exception | None = None
    asked: list[tuple[str, int]] = field(default_factory=list)
    lines: list[socket.socket] = field(default_factory=list)

    def line_to(self, address: str, port: int) -> Any:
        self.asked.append((address, port))
        if self.why:
            raise self.why
        self.lines.append(socket.create_connection(("127.0.0.1", self.port), 5))
        return self.lines[-1]

    port: int = 0


@dataclass(frozen=True)
class Disk:
    ip: str = "10.9.0.31"
    port: int = 6000
    name: str = "sdb"


@pytest.fixture
def server() -> Iterator[Service]:
    with serving() as one:
        yield one


Reached = tuple[StorageLines, dict[str, Door]]


@pytest.fixture
def reached(server: Service, arch: Architecture) -> Iterator[Callable[..., Reached]]:
    """Lines from nodes that say what they are told to; only those that are named have an address."""
    made: list[Reached] = []

    def make(**whys: Exception | None) -> Reached:
        port = int(server.url.rpartition(":")[2])
        nodes = {name.replace("_", "-"): Door(why, port=port) for name, why in whys.items()}
        hosts = {name: Host(f"10.0.0.{n}", also=("10.9.0.31",)) for n, name in enumerate(nodes)}
        hosts = {name: host if name == "storage-1" else Host(host.address) for name, host in hosts.items()}
        file = SiteFile.model_validate({"name": "rack7", "architecture": "essex/six-node"})
        lines = StorageLines(Site("rack7", arch, None, file, hosts), nodes, Trail(Rows()))  # type: ignore[arg-type]
        made.append((lines, nodes))
        return made[-1]

    yield make
    for lines, nodes in made:
        lines.close()
        for line in (line for node in nodes.values() for line in node.lines):
            line.close()


PROHIBITED = OutOfReach("controller forwards no connections (AllowTcpForwarding)")


def test_a_proxy_asks_whatever_else_there_is(reached: Callable[..., Reached]) -> None:
    lines, nodes = reached(controller=None, storage_1=None)
    assert lines.client.copy(Disk(), 7, "/AUTH_1") is None
    assert (nodes["controller"].asked, nodes["storage-1"].asked) == ([("10.9.0.31", 6000)], [])


@pytest.mark.parametrize("why", [PROHIBITED, HostUnreachable("controller: no answer")])
def test_else_the_node_of_the_server_and_the_proxy_is_asked_once(
    reached: Callable[..., Reached], why: Exception
) -> None:
    lines, nodes = reached(controller=why, storage_1=None)
    for port in (6000, 6001):
        assert lines.client.copy(Disk(port=port), 7, "/AUTH_1") is None
    assert nodes["controller"].asked == [("10.9.0.31", 6000)]
    assert nodes["storage-1"].asked == [("10.9.0.31", 6000), ("10.9.0.31", 6001)]


def test_where_nobody_forwards_it_is_out_of_reach(reached: Callable[..., Reached]) -> None:
    lines, _ = reached(controller=PROHIBITED, storage_1=OutOfReach("storage-1 forwards no connections"))
    for _ in range(2):
        with pytest.raises(OutOfReach, match="storage-1 forwards no connections"):
            lines.client.copy(Disk(), 7, "/AUTH_1")


def test_without_hosts_it_is_out_of_reach(reached: Callable[..., Reached]) -> None:
    lines, _ = reached()
    with pytest.raises(OutOfReach, match="the site names no hosts"):
        lines.client.copy(Disk(), 7, "/AUTH_1")


def test_what_a_proxy_does_not_reach_is_the_servers_fault(reached: Callable[..., Reached]) -> None:
    lines, nodes = reached(controller=NotTaken("10.9.0.31:6000 from controller: refused"), storage_1=None)
    with pytest.raises(Unreachable, match="from controller: refused"):
        lines.client.copy(Disk(), 7, "/AUTH_1")
    assert nodes["storage-1"].asked == []


def test_a_name_is_located_by_the_account_of_the_endpoint(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring, account = ring_of(6), f"AUTH_{TENANT}"
    monkeypatch.setattr(type(cloud), "endpoint", lambda *_: f"http://10.0.0.1:8080/v1/{account}")
    monkeypatch.setattr(cloud.rings, "settings", lambda: HashSettings(suffix=b"s"))
    monkeypatch.setattr(cloud.rings, "ring", lambda _: ring)
    place = cloud.storage.locate("c", "o", handoffs=0)
    assert (place.path, place.hash) == hash_path(account, "c", "o", suffix=b"s")
    assert place.primaries == tuple(ring.by_id[number] for number in ring.primaries(place.partition))


def test_a_ring_that_cannot_tell_is_swifts_fault(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = ring_of(6)
    broken = type(ring)(ring.part_power, ring.devices[:1], ring.table)
    monkeypatch.setattr(type(cloud), "endpoint", lambda *_: "http://10.0.0.1:8080/v1/AUTH_1")
    monkeypatch.setattr(cloud.rings, "settings", lambda: HashSettings(suffix=b"s"))
    monkeypatch.setattr(cloud.rings, "ring", lambda _: broken)
    with pytest.raises(CloudError, match="the object ring: partition") as raised:
        cloud.storage.locate("c", "o", handoffs=0)
    assert raised.value.component == "swift"
