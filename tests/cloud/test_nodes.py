"""Rings on nodes: read, compared, and told of when something is wrong."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.cloud import Cloud, RunSession
from harness.errors import CloudError, OutOfReach
from harness.hostlist import Host
from harness.hosts import FileMissing, HostError

pytest.importorskip("asyncssh")
from tests.hosts.machine import Machine, running

FIXTURES = Path(__file__).parents[1] / "rings" / "fixtures"
HOLDERS = ("controller", "storage-1", "storage-2", "storage-3")


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[dict[str, Machine]]:
    """One SSH server plays all nodes; each has a folder of its own behind a path of its own."""
    with running(tmp_path / "machine") as machine:
        swift = machine.root / "etc/swift"
        swift.mkdir(parents=True)
        for ring in ("account", "container", "object"):
            shutil.copy(FIXTURES / f"{ring}.ring.gz", swift)
        shutil.copy(FIXTURES / "object.builder", swift)
        yield {"all": machine}


@pytest.fixture
def cloud(machines: dict[str, Machine], opened: Callable[..., RunSession]) -> Cloud:
    machine = machines["all"]
    hosts = {name: Host("127.0.0.1", machine.port) for name in HOLDERS}
    return opened(
        hosts=hosts, user="ops", key_file=machine.client_key, known_hosts=machine.known_hosts
    ).cloud("x")


def test_rings_of_a_node(cloud: Cloud) -> None:
    assert cloud.nodes["storage-1"].ring_file("object").startswith(b"\x1f\x8b")
    assert cloud.nodes["storage-1"].ring("object").part_power == 10
    assert cloud.builder("object").min_part_hours == 1
    cloud.observe(("objects", "rings", "object", "min_part_hours"), 1)


def test_a_ring_that_is_missing_or_damaged(cloud: Cloud, machines: dict[str, Machine]) -> None:
    swift = machines["all"].root / "etc/swift"
    (swift / "account.ring.gz").unlink()
    (swift / "object.ring.gz").write_bytes(b"\x1f\x8bnonsense")
    with pytest.raises(FileMissing) as raised:
        cloud.nodes["storage-1"].ring_file("account")
    assert raised.value.component == "swift"
    with pytest.raises(HostError, match=r"storage-1: /etc/swift/object.ring.gz: .*torn") as broken:
        cloud.nodes["storage-1"].ring("object")
    assert (broken.value.component, len(broken.value.cites)) == ("swift", 1)
    with pytest.raises(OutOfReach, match=r"no node keeps /etc/swift/account.builder"):
        cloud.builder("account")


def test_all_agree(cloud: Cloud) -> None:
    assert cloud.majority("object") == (list(HOLDERS), [])


def test_the_majority(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """One node has another ring, one has none that can be read."""
    nodes = cloud.nodes
    other = nodes["storage-1"].ring("account")
    monkeypatch.setattr(nodes["storage-1"], "ring", lambda ring: other)

    def broken(ring: str) -> object:
        raise HostError("torn")

    monkeypatch.setattr(nodes["storage-3"], "ring", broken)
    assert cloud.majority("object") == (["controller", "storage-2"], ["storage-1", "storage-3"])


def test_nobody_has_a_ring(cloud: Cloud, machines: dict[str, Machine]) -> None:
    (machines["all"].root / "etc/swift/object.ring.gz").unlink()
    assert cloud.majority("object") == ([], list(HOLDERS))


def test_errors_of_hosts_fail_a_story(cloud: Cloud) -> None:
    assert issubclass(HostError, CloudError)
    with pytest.raises(CloudError, match="no such file"):
        cloud.nodes["storage-2"].fetch("/etc/nothing")
