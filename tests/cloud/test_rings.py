"""Rings on nodes: read, compared, and told of when something is wrong."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cloud import Cloud, RunSession
from harness.errors import CloudError, OutOfReach
from harness.hostlist import Host
from harness.hosts import NO_FILE, FileMissing, HostError
from harness.rings import Described, DescribedDevice

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


def change(cloud: Cloud, node: str, ring: str, content: bytes | None) -> None:
    """Let a visit have brought something else of one node."""
    files = cloud.rings.files.nodes[node]
    if content is None:
        del files.rings[ring]
        files.failed[ring] = FileMissing(f"{node}: sftp get x: {NO_FILE}")
    else:
        files.rings[ring] = replace(files.rings[ring], content=content)


def conf(cloud: Cloud, node: str, text: str | None) -> None:
    """The same for a node's hash settings."""
    files = cloud.rings.files.nodes[node]
    files.conf = None if text is None else replace(files.rings["object"], content=text.encode())


def test_rings_of_a_node(cloud: Cloud) -> None:
    assert cloud.rings.file("storage-1", "object").startswith(b"\x1f\x8b")
    assert cloud.rings.on("storage-1", "object").part_power == 10
    assert cloud.rings.builder("object").min_part_hours == 1
    cloud.observe(("objects", "rings", "object", "min_part_hours"), 1)


def test_a_ring_that_is_missing_or_damaged(cloud: Cloud, machines: dict[str, Machine]) -> None:
    swift = machines["all"].root / "etc/swift"
    (swift / "account.ring.gz").unlink()
    (swift / "object.ring.gz").write_bytes(b"\x1f\x8bnonsense")
    with pytest.raises(FileMissing) as raised:
        cloud.rings.file("storage-1", "account")
    assert raised.value.component == "swift"
    with pytest.raises(HostError, match=r"storage-1: /etc/swift/object.ring.gz: .*torn") as broken:
        cloud.rings.on("storage-1", "object")
    assert (broken.value.component, len(broken.value.cites)) == ("swift", 1)
    with pytest.raises(OutOfReach, match=r"no node keeps /etc/swift/account.builder"):
        cloud.rings.builder("account")
    with pytest.raises(OutOfReach, match="no node has a readable account ring"):
        cloud.rings.ring("account")
    assert set(cloud.rings.unjudged("object")) == set(HOLDERS)


def test_each_node_is_visited_once(cloud: Cloud, machines: dict[str, Machine]) -> None:
    first = cloud.rings.on("storage-1", "object")
    (machines["all"].root / "etc/swift/object.ring.gz").unlink()
    assert cloud.rings.on("storage-1", "object") is first
    assert cloud.rings.files.nodes["storage-2"].why("object") == NO_FILE


def test_all_agree(cloud: Cloud) -> None:
    found = cloud.rings.agreement("object")
    assert (found.holders, found.agreed) == (HOLDERS, True)
    assert not cloud.rings.strays("object")
    assert not cloud.rings.unjudged("object")
    assert not cloud.rings.audit("object").errors
    assert not cloud.rings.against_builder("object")
    contents = {id(files.rings["object"].content) for files in cloud.rings.files.nodes.values()}
    assert len(contents) == 1, "equal files are kept once"


def test_the_majority(cloud: Cloud) -> None:
    """One node has another ring, one has none that can be read, one has none at all."""
    account = cloud.rings.file("storage-1", "account")
    change(cloud, "storage-1", "object", account)
    change(cloud, "storage-3", "object", b"torn")
    change(cloud, "storage-2", "container", None)
    found = cloud.rings.agreement("object")
    assert found.holders == ("controller", "storage-2")
    assert [(one.holder, one.reason) for one in cloud.rings.strays("object")] == [("storage-1", "other-ring")]
    assert list(cloud.rings.unjudged("object")) == ["storage-3"]
    assert cloud.rings.unjudged("container") == {"storage-2": NO_FILE}


def test_a_server_in_several_zones_may_be_meant(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """All devices of the fixture are at one address, in four zones; and all hosts of the site are there."""
    rings = cloud.rings
    assert [finding.kind for finding in rings.audit("object").warnings] == ["server-in-zones"]
    assert rings.doubtful("object") == []
    device = DescribedDevice("sdb1", "127.0.0.1", 1, 1, 6010, 1.0)
    monkeypatch.setattr(rings, "described", lambda name: Described(None, None, (device,)))
    assert [finding.kind for finding in rings.doubtful("object")] == ["server-in-zones"]


def test_what_differs_is_cited(cloud: Cloud) -> None:
    files = cloud.rings.files
    change(cloud, "storage-3", "object", cloud.rings.file("storage-1", "account"))
    with cloud.step("compare"):
        cloud.rings.agreement("object")
        with pytest.raises(AssertionError, match="not so") as raised:
            cloud.check("no node differs", False)
    assert files.nodes["storage-3"].rings["object"].row in raised.value.cites  # type: ignore[attr-defined]
    assert raised.value.component == "swift"  # type: ignore[attr-defined]


SUFFIX = "[swift-hash]\nswift_hash_path_suffix = {}\n"


def test_hash_settings(cloud: Cloud) -> None:
    with pytest.raises(OutOfReach, match=r"no swift.conf can be read"):
        cloud.rings.settings()
    for node in HOLDERS:
        conf(cloud, node, SUFFIX.format("one"))
    assert cloud.rings.settings().suffix == b"one"
    assert not cloud.rings.odd_settings
    conf(cloud, "storage-2", SUFFIX.format("two"))
    conf(cloud, "storage-3", "[nothing]\n")
    conf(cloud, "controller", None)
    cloud.rings.files.nodes["controller"].failed["swift.conf"] = FileMissing("controller: x: not allowed")
    assert cloud.rings.unseen_settings == {"controller": "not allowed"}
    assert set(cloud.rings.odd_settings) == {"storage-2", "storage-3"}
    cloud.rings.files.nodes["controller"].failed.clear()
    assert cloud.rings.odd_settings["controller"] == NO_FILE


def test_no_digest_of_a_secret_file_is_recorded(
    cloud: Cloud, machines: dict[str, Machine], tmp_path: Path
) -> None:
    (machines["all"].root / "etc/swift/swift.conf").write_text(SUFFIX.format("one"))
    cloud.rings.settings()
    digest = hashlib.sha256(SUFFIX.format("one").encode()).hexdigest()
    records = [path.read_text() for path in tmp_path.rglob("*.jsonl")]
    assert any("swift.conf" in text for text in records)
    assert not any(digest in text for text in records)


def test_errors_of_hosts_fail_a_story(cloud: Cloud) -> None:
    assert issubclass(HostError, CloudError)
    with pytest.raises(CloudError, match="no such file"):
        cloud.nodes["storage-2"].fetch("/etc/nothing")
