"""Guests as a client reaches them: SSH through a node of the lab, with paramiko and with OpenSSH."""

import base64
import contextlib
import hashlib
import shutil
import subprocess
import time

import paramiko
import pytest

pytestmark = pytest.mark.lab
SHUT = "Connect failed"


class Rack:
    """A tenant's servers, and the way to them through a node."""

    def __init__(self, lab, account):
        self.lab, self.account = lab, account
        self.key = paramiko.RSAKey.generate(1024)
        self.public = f"{self.key.get_name()} {self.key.get_base64()}"
        body = {"keypair": {"name": "mine", "public_key": self.public}}
        assert account.send("POST", "compute/os-keypairs", body).status == 200
        self.image = account.send("GET", "compute/images").json()["images"][0]["id"]
        self.made = []
        group = self.rule(cidr="0.0.0.0/0", ip_protocol="tcp", from_port=22, to_port=22)
        self.ssh_rule = group["id"]

    def rule(self, **values):
        groups = self.account.send("GET", "compute/os-security-groups").json()["security_groups"]
        default = next(row["id"] for row in groups if row["name"] == "default")
        body = {"security_group_rule": {"parent_group_id": default, **values}}
        reply = self.account.send("POST", "compute/os-security-group-rules", body)
        assert reply.status == 200, reply.body
        return reply.json()["security_group_rule"]

    def boot(self, name="one", **more):
        wanted = {"name": name, "imageRef": self.image, "flavorRef": "1", "key_name": "mine", **more}
        server = self.account.send("POST", "compute/servers", {"server": wanted}).json()["server"]["id"]
        self.made.append(server)
        return self.wait(server)

    def wait(self, server, status="ACTIVE"):
        for _ in range(200):
            shown = self.account.send("GET", f"compute/servers/{server}").json()["server"]
            if shown["status"] == status:
                return shown
            time.sleep(0.02)
        raise AssertionError(shown)

    def act(self, server, **action):
        return self.account.send("POST", f"compute/servers/{server}/action", action)

    @contextlib.contextmanager
    def node(self, name="compute-1"):
        client = paramiko.SSHClient()
        client.load_host_keys(str(self.lab.folder / "known_hosts"))
        key = paramiko.Ed25519Key.from_private_key_file(str(self.lab.folder / "ssh_key"))
        client.connect(
            self.lab.nodes[name], 10022, username="lab", pkey=key, look_for_keys=False, allow_agent=False
        )
        try:
            yield client.get_transport()
        finally:
            client.close()

    @contextlib.contextmanager
    def guest(self, address, *, node="compute-1", user="cirros", **auth):
        with self.node(node) as transport:
            channel = transport.open_channel("direct-tcpip", (address, 22), ("127.0.0.1", 0))
            client = paramiko.SSHClient()
            client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
            client.connect(
                address, username=user, sock=channel, look_for_keys=False, allow_agent=False,
                **(auth or {"pkey": self.key}),
            )  # fmt: skip
            try:
                yield client
            finally:
                client.close()

    def run(self, address, line, stdin=b"", **how):
        with self.guest(address, **how) as client:
            sent, out, err = client.exec_command(line)
            sent.write(stdin)
            sent.channel.shutdown_write()
            text = out.read().decode()
            return out.channel.recv_exit_status(), text, err.read().decode()

    def answers(self, address, node="compute-1"):
        with self.node(node) as transport:
            try:
                transport.open_channel("direct-tcpip", (address, 22), ("127.0.0.1", 0), timeout=5).close()
            except paramiko.ChannelException as refused:
                return refused.text
            return "open"


def fixed(shown):
    return shown["addresses"]["private"][0]["addr"]


@pytest.fixture(scope="module")
def rack(live_lab):
    made = Rack(live_lab, live_lab.stranger("guest-owner"))
    yield made
    for server in made.made:
        made.account.send("DELETE", f"compute/servers/{server}")


def until(asked, wanted, limit=5.0):
    deadline = time.monotonic() + limit
    while (found := asked()) != wanted and time.monotonic() < deadline:
        time.sleep(0.03)
    return found


@pytest.fixture(scope="module")
def server(rack):
    shown = rack.boot("First-One")
    assert until(lambda: rack.answers(fixed(shown)), "open") == "open"
    return shown


def test_a_guest_says_who_it_is(rack, server):
    assert rack.run(fixed(server), "hostname; nproc; whoami") == (0, "first-one\n1\ncirros\n", "")
    assert rack.run(fixed(server), "nonsense") == (127, "", "sh: nonsense: not found\n")
    assert rack.run(fixed(server), "cat | tr -d b; exit 7", stdin=b"abc")[:2] == (7, "ac")
    assert rack.run(fixed(server), "wc -c", stdin=bytes(300_000))[1].strip() == "300000"


def test_openssh_gets_there_through_a_node(rack, server, tmp_path):
    if shutil.which("ssh") is None:
        pytest.skip("no OpenSSH on this machine")
    key = tmp_path / "key"
    rack.key.write_private_key_file(str(key))
    lab, address = rack.lab, fixed(server)
    proxy = (
        f"ssh -i {lab.folder}/ssh_key -p 10022 -o UserKnownHostsFile={lab.folder}/known_hosts "
        f"-F none -o BatchMode=yes -W {address}:22 lab@{lab.nodes['compute-2']}"
    )
    command = [
        "ssh", "-F", "none", "-i", str(key), "-o", f"ProxyCommand={proxy}", "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=accept-new", "-o", f"UserKnownHostsFile={tmp_path}/known",
        f"cirros@{address}", "cat /proc/partitions && uname -n",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert "vda" in done.stdout
    assert done.stdout.endswith("first-one\n")


def test_the_console_shows_the_host_key(rack, server):
    reply = rack.act(server["id"], **{"os-getConsoleOutput": {}}).json()["output"]
    with rack.guest(fixed(server)) as client:
        key = client.get_transport().get_remote_server_key()
    digest = hashlib.md5(base64.b64decode(key.get_base64())).hexdigest()
    assert ":".join(digest[at : at + 2] for at in range(0, 32, 2)) in reply
    assert f"{key.get_name()} {key.get_base64()}" in reply


def test_other_keys_and_users_stay_out(rack, server):
    for how in (
        {"pkey": paramiko.RSAKey.generate(1024)},
        {"password": server["id"]},
        {"user": "root", "pkey": rack.key},
    ):
        with pytest.raises(paramiko.AuthenticationException):
            rack.run(fixed(server), "true", **how)
    assert rack.run(fixed(server), "true", password="cubswin:)")[0] == 0


def test_only_nodes_with_networking_lead_to_fixed_addresses(rack, server):
    assert rack.answers(fixed(server), "compute-2") == "open"
    assert rack.answers(fixed(server), "controller") == SHUT
    assert rack.answers(fixed(server), "storage-1") == SHUT
    assert rack.answers("10.0.3.77") == SHUT
    assert rack.answers("127.0.0.1") == SHUT


def test_a_rule_that_goes_cuts_new_connections_at_once(rack, server):
    taken = rack.account.send("POST", "compute/os-floating-ips", {"pool": "nova"}).json()["floating_ip"]
    rack.act(server["id"], addFloatingIp={"address": taken["ip"]})
    rack.account.send("DELETE", f"compute/os-security-group-rules/{rack.ssh_rule}")
    assert rack.answers(taken["ip"]) == SHUT
    node = f"{rack.lab.nodes['compute-2']}/32"
    narrow = rack.rule(cidr=node, ip_protocol="tcp", from_port=22, to_port=22)
    assert rack.answers(taken["ip"], "compute-2") == "open"
    assert rack.answers(taken["ip"], "compute-1") == SHUT
    rack.account.send("DELETE", f"compute/os-security-group-rules/{narrow['id']}")
    rack.ssh_rule = rack.rule(cidr="0.0.0.0/0", ip_protocol="tcp", from_port=22, to_port=22)["id"]
    assert rack.answers(taken["ip"]) == "open"
    rack.act(server["id"], removeFloatingIp={"address": taken["ip"]})
    rack.account.send("DELETE", f"compute/os-floating-ips/{taken['id']}")


def test_a_stopped_server_is_gone_and_comes_back_with_a_new_uptime(rack, server):
    rack.act(server["id"], **{"os-stop": None})
    rack.wait(server["id"], "STOPPED")
    assert rack.answers(fixed(server)) == SHUT
    rack.act(server["id"], **{"os-start": None})
    shown = rack.wait(server["id"])
    assert until(lambda: rack.answers(fixed(shown)), "open") == "open"
    assert float(rack.run(fixed(shown), "cat /proc/uptime")[1].split()[0]) < 5
    server["addresses"] = shown["addresses"]


def test_a_floating_address_leads_to_who_has_it(rack, server):
    pool = rack.account.send("POST", "compute/os-floating-ips", {"pool": "nova"}).json()["floating_ip"]
    address = pool["ip"]
    assert rack.answers(address, "controller") == SHUT
    rack.act(server["id"], addFloatingIp={"address": address})
    assert rack.answers(address, "controller") == "open"
    assert (
        rack.run(
            address, "wget -q -O - http://169.254.169.254/latest/meta-data/public-ipv4", node="storage-1"
        )[1]
        == address
    )
    rack.act(server["id"], removeFloatingIp={"address": address})
    assert rack.answers(address, "controller") == SHUT
    rack.account.send("DELETE", f"compute/os-floating-ips/{pool['id']}")


def test_what_listens_in_a_guest_can_be_reached(rack, server):
    rule = rack.rule(cidr="0.0.0.0/0", ip_protocol="tcp", from_port=7000, to_port=7000)
    with rack.guest(fixed(server)) as client, rack.node() as transport:
        with pytest.raises(paramiko.ChannelException, match="failed"):
            transport.open_channel("direct-tcpip", (fixed(server), 7000), ("127.0.0.1", 0))
        sent, out, _ = client.exec_command("nc -l -p 7000")
        sent.write(b"from the guest")
        sent.channel.shutdown_write()
        time.sleep(0.2)
        channel = transport.open_channel("direct-tcpip", (fixed(server), 7000), ("127.0.0.1", 0))
        channel.sendall(b"from outside")
        channel.shutdown_write()
        heard = b""
        while piece := channel.recv(100):
            heard += piece
        assert heard == b"from the guest"
        assert out.read() == b"from outside"
    rack.account.send("DELETE", f"compute/os-security-group-rules/{rule['id']}")
