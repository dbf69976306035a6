"""The nodes as an operator reaches them."""

import io

import paramiko
import pytest

from harness.lab.faults import faults

pytestmark = pytest.mark.lab


@pytest.fixture
def open_node(live_lab):
    clients = []

    def connect(node, *, user="lab", key=None):
        client = paramiko.SSHClient()
        client.load_host_keys(str(live_lab.folder / "known_hosts"))
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        clients.append(client)
        client.connect(
            live_lab.nodes[node], 10022, username=user, look_for_keys=False, allow_agent=False, timeout=10,
            pkey=key or paramiko.Ed25519Key.from_private_key_file(str(live_lab.folder / "ssh_key")),
        )  # fmt: skip
        return client

    yield connect
    for client in clients:
        client.close()


def test_the_ring_files_are_where_an_operator_keeps_them(live_lab, open_node):
    for node in ("controller", "storage-1", "storage-3"):
        sftp = open_node(node).open_sftp()
        assert {"account.ring.gz", "container.ring.gz", "object.ring.gz", "swift.conf"} <= set(
            sftp.listdir("/etc/swift")
        )
        content = io.BytesIO()
        sftp.getfo("/etc/swift/object.ring.gz", content)
        assert content.getvalue() == (live_lab.folder / "rings" / "object.ring.gz").read_bytes()
    assert "object.builder" in open_node("controller").open_sftp().listdir("/etc/swift")
    assert "swift" not in open_node("compute-1").open_sftp().listdir("/etc")


def test_a_node_shows_its_own_folder_and_nothing_above(open_node):
    sftp = open_node("storage-1").open_sftp()
    assert sorted(sftp.listdir("/")) == sorted(sftp.listdir("/../../.."))
    assert b"swift:x:115:" in sftp.open("/etc/passwd").read()
    for path in ("/../../settings.json", __file__, "../controller/etc/swift/proxy-server.conf"):
        with pytest.raises(OSError):
            sftp.open(path).read()


def test_a_link_cannot_lead_out_of_a_node(live_lab, open_node):
    link = live_lab.folder / "nodes" / "storage-1" / "out"
    link.symlink_to(live_lab.folder / "settings.json")
    try:
        with pytest.raises(OSError):
            open_node("storage-1").open_sftp().open("/out").read()
    finally:
        link.unlink()


@pytest.mark.parametrize(("user", "own_key"), [("lab", False), ("root", True)])
def test_no_other_key_and_no_other_user_gets_in(open_node, user, own_key):
    key = None if own_key else paramiko.RSAKey.generate(2048)
    with pytest.raises(paramiko.SSHException):
        open_node("storage-1", user=user, key=key)


def test_a_password_does_not_get_in(live_lab):
    transport = paramiko.Transport((live_lab.nodes["storage-1"], 10022))
    try:
        transport.start_client(timeout=10)
        with pytest.raises(paramiko.BadAuthenticationType) as refused:
            transport.auth_password("lab", "lab")
        assert refused.value.allowed_types == ["publickey"]
    finally:
        transport.close()


def test_there_is_no_terminal(open_node):
    channel = open_node("storage-1").get_transport().open_session()
    channel.get_pty()
    channel.invoke_shell()
    assert channel.recv_exit_status() == 1


@pytest.mark.parametrize("node", ["controller", "storage-2"])
def test_a_node_with_rings_leads_to_the_storage_servers(live_lab, open_node, node):
    line = (
        open_node(node)
        .get_transport()
        .open_channel("direct-tcpip", (live_lab.nodes["storage-1"], 6000), ("127.0.0.1", 0), timeout=10)
    )
    line.settimeout(10)
    line.sendall(b"HEAD /sdb/1/account/container/object HTTP/1.0\r\n\r\n")
    assert line.recv(100).split(b"\r\n")[0].endswith(b"404 Not Found")


@pytest.mark.parametrize(
    ("node", "target", "port", "says"),
    [
        ("controller", "storage-1", 10022, b"SSH-2.0-"),
        ("storage-1", "controller", 5000, b"HTTP/1.1 300"),
    ],
)
def test_a_node_leads_to_other_nodes_and_to_endpoints(live_lab, open_node, node, target, port, says):
    line = (
        open_node(node)
        .get_transport()
        .open_channel("direct-tcpip", (live_lab.nodes[target], port), ("127.0.0.1", 0), timeout=10)
    )
    line.settimeout(10)
    line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" if port == 5000 else b"")
    assert line.recv(100).startswith(says)


@pytest.mark.parametrize(
    ("node", "target", "port"),
    [
        ("compute-1", "storage-1", 6000),
        ("controller", "controller", 3306),
    ],
)
def test_a_node_leads_nowhere_else(live_lab, open_node, node, target, port):
    with pytest.raises(paramiko.ChannelException):
        open_node(node).get_transport().open_channel(
            "direct-tcpip", (live_lab.nodes[target], port), ("127.0.0.1", 0), timeout=10
        )


def test_an_unreachable_node_comes_back_with_the_same_key(live_lab, open_node):
    assert "hosts.unreachable" in faults()
    assert live_lab.control("POST", "faults/hosts.unreachable").status == 200
    try:
        with pytest.raises(paramiko.ssh_exception.NoValidConnectionsError):
            open_node("storage-3")
        open_node("storage-2")
    finally:
        live_lab.control("DELETE", "faults/hosts.unreachable")
    open_node("storage-3")
