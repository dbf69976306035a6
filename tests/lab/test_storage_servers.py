"""The lab's storage servers are Swift's own: what they take, what they refuse, and what they hold."""

from dataclasses import dataclass

import pytest

from harness.clients.select import door_to
from harness.clients.storage import StorageClient
from tests.clients.fake import Rows

pytestmark = pytest.mark.lab

PORTS = {"account": 6002, "container": 6001, "object": 6000}


@dataclass(frozen=True)
class Disk:
    ip: str
    port: int
    name: str = "sdb"


@pytest.fixture
def client():
    door = door_to(Rows())
    yield StorageClient(door)
    door.close()


@pytest.mark.parametrize("kind", PORTS)
def test_a_server_is_known_by_the_paths_that_it_takes(live_lab, client, kind):
    for node in ("storage-1", "storage-3"):
        told = client.told(Disk(live_lab.nodes[node], PORTS[kind]), "nobody")
        assert told.kind == kind
        assert set(told.statuses) == {400, 404}
        away = client.told(Disk(live_lab.nodes[node], PORTS[kind], "sdz"), "nobody")
        assert (away.kind, set(away.statuses)) == (kind, {400, 507})


@pytest.mark.parametrize("port", [8080, 5000, 8774])
def test_other_services_are_no_storage_servers(live_lab, client, port):
    assert client.told(Disk(live_lab.nodes["controller"], port), "nobody").kind == ""


def test_a_server_of_another_kind_at_a_port(live_lab, client):
    disk = Disk(live_lab.nodes["storage-3"], PORTS["object"])
    assert live_lab.control("POST", "faults/rings.server_swapped").status == 200
    try:
        assert client.told(disk, "nobody").kind == "container"
    finally:
        live_lab.control("DELETE", "faults/rings.server_swapped")
    assert client.told(disk, "nobody").kind == "object"


def test_copies_and_databases_are_as_swift_tells_them(live_lab, client):
    account = live_lab.login("demo")
    path = f"/AUTH_{account.tenant_id}"
    assert account.send("PUT", "object-store/held").status in (201, 202)
    etag = account.send("PUT", "object-store/held/thing", b"some bytes").headers["etag"]
    try:
        found = [one for one in every(live_lab, client, "object", f"{path}/held/thing") if one]
        assert len(found) == 3
        assert {one.etag for one in found} == {etag}
        assert len({one.timestamp for one in found}) == 1
        (held,) = {
            (one.objects, one.bytes) for one in every(live_lab, client, "container", f"{path}/held") if one
        }
        assert held == (1, 10)
    finally:
        account.send("DELETE", "object-store/held/thing")
        account.send("DELETE", "object-store/held")


def every(live_lab, client, kind, path):
    """What each device holds of a name, wherever it belongs."""
    ring = live_lab.folder / "rings" / f"{kind}.ring.gz"
    partition = partition_of(live_lab, ring, path)
    for node in ("storage-1", "storage-2", "storage-3"):
        for device in ("sdb", "sdc"):
            yield client.copy(Disk(live_lab.nodes[node], PORTS[kind], device), partition, path)


def partition_of(live_lab, ring, path):
    """By the lab's own swift.conf."""
    from harness.rings import hash_settings, locate, read_ring

    conf = (live_lab.folder / "nodes" / "storage-1" / "etc" / "swift" / "swift.conf").read_text()
    names = path.lstrip("/").split("/", 2)
    return locate(read_ring(ring.read_bytes()), *names, suffix=hash_settings(conf).suffix).partition
