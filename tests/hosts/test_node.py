"""Nodes over real SSH: what is fetched, what is refused, and what the record says of it."""

import errno
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import CloudError, OutOfReach
from harness.hostlist import Host
from harness.hosts import FileMissing, HostError, HostUnreachable, Node, connect, connect_gateway
from harness.site import Ssh
from tests.clients.fake import Rows

pytest.importorskip("asyncssh")
from tests.hosts.machine import Machine, running


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with running(tmp_path_factory.mktemp("machine")) as one:
        (one.root / "etc/swift").mkdir(parents=True)
        (one.root / "etc/swift/object.ring.gz").write_bytes(b"ring" * 1000)
        (one.root / "etc/passwd").write_text("root")
        (one.root / "etc/folder").mkdir()
        (one.root / "etc/away").symlink_to("/etc/hostname")
        os.mkfifo(one.root / "etc/pipe")
        for name in ("sdb", "sdc", ".hidden"):
            (one.root / "srv/node" / name).mkdir(parents=True)
        (one.root / "srv/node/notes").write_text("no device")
        (one.root / "srv/node/sdd").symlink_to("sdc")
        (one.root / "srv/node/gone").symlink_to("sdz")
        yield one


@pytest.fixture
def rows() -> Rows:
    return Rows()


def settings(machine: Machine, **changes: object) -> Ssh:
    given = {"user": "ops", "key_file": machine.client_key, "known_hosts": machine.known_hosts}
    return Ssh.model_validate(given | changes)


@pytest.fixture
def node(machine: Machine, rows: Rows) -> Iterator[Node]:
    one = Node("storage-1", connect(Host("127.0.0.1", machine.port), settings(machine)), rows)
    yield one
    one.close()


def test_reach(node: Node, rows: Rows) -> None:
    assert "SSH-2.0" in node.reach()
    row = rows.of("command")[0]
    assert (row["host"], row["component"], row["command"], row["status"]) == ("storage-1", "ssh", "ssh", 0)


def test_fetch(node: Node, rows: Rows, machine: Machine) -> None:
    before = machine.entered
    assert node.fetch("/etc/swift/object.ring.gz") == b"ring" * 1000
    content, cited = node.fetch_cited("/etc/passwd")
    assert (content, cited) == (b"root", "test:2")
    assert machine.entered == before + 1, "one connection for all"
    first, second = rows.of("command")
    assert (first["component"], first["command"]) == ("swift", "sftp get /etc/swift/object.ring.gz")
    assert first["stdout"].startswith("4000 bytes, sha256 ")
    assert (second["component"], second["stderr"]) == ("ssh", "")


@pytest.mark.parametrize(
    ("path", "kind", "said", "component"),
    [
        ("/etc/swift/account.ring.gz", FileMissing, "no such file", "swift"),
        ("/etc/folder", HostError, "no regular file", "ssh"),
        ("/etc/pipe", HostError, "no regular file", "ssh"),
        ("/etc/nova/../../../../../etc/nothing", FileMissing, "no such file", "nova"),
    ],
)
def test_what_cannot_be_fetched(
    node: Node, rows: Rows, path: str, kind: type[CloudError], said: str, component: str
) -> None:
    with pytest.raises(kind, match=said) as raised:
        node.fetch(path)
    assert raised.value.component == component
    assert raised.value.cites == ("test:1",)
    assert path in str(raised.value)
    row = rows.of("command")[0]
    assert row["status"] != 0
    assert row["stderr"]


def test_a_file_that_is_too_large_is_not_read(node: Node) -> None:
    with pytest.raises(HostError, match="has 4000 bytes; at most 3999 are read"):
        node.fetch("/etc/swift/object.ring.gz", limit=3999)
    assert len(node.fetch("/etc/swift/object.ring.gz", limit=4000)) == 4000


def test_folders_of_a_folder_and_links_to_folders(node: Node, rows: Rows) -> None:
    assert node.folders("/srv/node/", component="swift") == ["sdb", "sdc", "sdd"]
    row = rows.of("command")[0]
    assert (row["component"], row["command"], row["status"]) == ("swift", "sftp ls /srv/node/", 0)


def test_a_folder_that_is_not_there(node: Node) -> None:
    with pytest.raises(FileMissing, match="there is no such file"):
        node.folders("/srv/elsewhere")


def test_a_folder_of_too_much_is_not_read(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.hosts.transfers.LARGEST_FOLDER", 3)
    with pytest.raises(HostError, match="more than 3 entries"):
        node.folders("/srv/node")


def test_a_folder_that_this_user_may_not_look_into_is_out_of_reach(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("paramiko.SFTPClient.listdir_iter", refused)
    with pytest.raises(OutOfReach, match="storage-1: this user may not look into /srv/node"):
        node.folders("/srv/node")


def test_an_unknown_host_key_is_refused(machine: Machine, rows: Rows, tmp_path: Path) -> None:
    ssh = settings(machine, known_hosts=tmp_path / "empty")
    node = Node("n", connect(Host("127.0.0.1", machine.port), ssh), rows)
    with pytest.raises(HostUnreachable, match=r"host key of .* is not known .*accept_new"):
        node.reach()
    assert rows.of("command")[0]["component"] == "ssh"


def test_a_new_host_key_is_kept_where_that_is_allowed(machine: Machine, rows: Rows, tmp_path: Path) -> None:
    ssh = settings(machine, known_hosts=tmp_path / "new/known_hosts", accept_new=True)
    node = Node("n", connect(Host("127.0.0.1", machine.port), ssh), rows)
    node.reach()
    node.close()
    assert f"[127.0.0.1]:{machine.port} ssh-ed25519" in (tmp_path / "new/known_hosts").read_text()


def test_a_changed_host_key_is_refused_always(machine: Machine, rows: Rows, tmp_path: Path) -> None:
    with running(tmp_path / "other") as other:
        known = tmp_path / "known"
        key = other.known_hosts.read_text().partition(" ")[2]
        known.write_text(f"[127.0.0.1]:{machine.port} {key}")
        ssh = settings(machine, known_hosts=known, accept_new=True)
        with pytest.raises(HostUnreachable, match="its host key has changed"):
            Node("n", connect(Host("127.0.0.1", machine.port), ssh), rows).reach()


def test_a_strange_key_is_not_accepted(machine: Machine, rows: Rows, tmp_path: Path) -> None:
    with running(tmp_path / "other") as other:
        ssh = settings(machine, key_file=other.client_key)
        with pytest.raises(HostUnreachable, match="accepts none of our keys"):
            Node("n", connect(Host("127.0.0.1", machine.port), ssh), rows).reach()


def test_an_unreachable_host_is_asked_once(machine: Machine, rows: Rows) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        node = Node("n", connect(Host("127.0.0.1", closed.getsockname()[1]), settings(machine)), rows)
        for _ in range(2):
            with pytest.raises(HostUnreachable, match=r"n \(127.0.0.1:\d+\)") as raised:
                node.fetch("/etc/swift/object.ring.gz")
            assert raised.value.component == "ssh"
    assert len(rows.of("command")) == 2, "each attempt is told"


def test_a_silent_host_costs_one_timeout(
    machine: Machine, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.hosts.connection.ANSWER_TIMEOUT", 1.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        node = Node("n", connect(Host("127.0.0.1", silent.getsockname()[1]), settings(machine)), rows)
        begin = time.monotonic()
        for _ in range(3):
            with pytest.raises(HostUnreachable):
                node.reach()
    assert time.monotonic() - begin < 4


def test_through_a_jump_host(machine: Machine, rows: Rows) -> None:
    hosts = {"controller": Host("127.0.0.1", machine.port)}
    assert connect_gateway(hosts, settings(machine)) is None
    gateway = connect_gateway(hosts, settings(machine, via="controller"))
    assert gateway is not None
    assert (gateway.host, gateway.port) == ("127.0.0.1", machine.port)
    named = connect_gateway(hosts, settings(machine, via="jump.rack7:2222"))
    assert named is not None
    assert (named.host, named.port) == ("jump.rack7", 2222)
    node = Node("storage-1", connect(hosts["controller"], settings(machine), gateway=gateway), rows)
    before = machine.entered
    assert "SSH-2.0" in node.reach()
    assert machine.entered == before + 2, "the jump host, and the node through it"
    node.close()
    gateway.close()
