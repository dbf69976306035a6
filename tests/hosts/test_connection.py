"""The one door: host keys, old algorithms, ``~/.ssh/config``, jump hosts, and many hosts at once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from harness.hostlist import Host
from harness.hosts import HostUnreachable, Node, connect, connect_gateway
from harness.site import Ssh
from tests.clients.fake import Rows
from tests.hosts.guest import _mute_of_signatures
from tests.hosts.posix import Posix, posix
from tests.hosts.sshd import real_sshd

OLDEST = {
    "kex_algs": ["diffie-hellman-group1-sha1"],
    "encryption_algs": ["3des-cbc"],
    "mac_algs": ["hmac-md5"],
    "signature_algs": ["ssh-rsa"],
}
OLD = {
    "kex_algs": ["diffie-hellman-group14-sha1"],
    "encryption_algs": ["aes128-cbc"],
    "mac_algs": ["hmac-sha1"],
    "signature_algs": ["ssh-rsa"],
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of our own: nobody's ``~/.ssh`` and agent."""
    (tmp_path / "home/.ssh").mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return tmp_path / "home"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Posix]:
    with posix(tmp_path / "machine") as one:
        yield one


def banner(host: Host, ssh: Ssh, **how: Any) -> str:
    node = Node("n", connect(host, ssh, **how), Rows())
    try:
        return node.reach()
    finally:
        node.close()


def refusal(host: Host, ssh: Ssh, **how: Any) -> str:
    with pytest.raises(HostUnreachable) as raised:
        banner(host, ssh, **how)
    return str(raised.value)


# algorithms


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
@pytest.mark.parametrize("offered", [OLDEST, OLD], ids=["oldest", "old"])
def test_old_algorithms_only_where_the_site_asks(tmp_path: Path, offered: dict[str, Any]) -> None:
    with _mute_of_signatures(), posix(tmp_path / "old", key="ssh-rsa", client="ssh-rsa", **offered) as one:
        said = refusal(one.host, one.ssh())
        assert "no algorithm in common" in said
        assert "`ssh: {legacy: true}`" in said
        node = Node("n", connect(one.host, one.ssh(legacy=True)), Rows())
        assert node.shell("echo old").stdout == b"old\n"
        node.close()


def test_rsa_keys_of_2012_need_sha1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exchange of keys may be newer than the signatures that a server knows, and it does not say so."""
    verify = asyncssh.public_key.SSHKey.verify

    def old(self: Any, data: bytes, signature: bytes) -> bool:
        return b"rsa-sha2" not in signature[:32] and verify(self, data, signature)

    monkeypatch.setattr("asyncssh.public_key.SSHKey.verify", old)
    with _mute_of_signatures(), posix(tmp_path / "old", client="ssh-rsa") as one:
        said = refusal(one.host, one.ssh())
        assert "accepts none of our keys for ops" in said
        assert "legacy: true" in said
        assert banner(one.host, one.ssh(legacy=True))


def test_a_host_of_today_does_not_mind_that_old_ones_are_allowed(machine: Posix) -> None:
    assert banner(machine.host, machine.ssh(legacy=True))
    assert machine.entered == 1


@pytest.mark.parametrize(
    ("kex", "cipher", "mac"),
    [
        ("diffie-hellman-group1-sha1", "3des-cbc", "hmac-md5"),
        ("diffie-hellman-group14-sha1", "aes128-cbc", "hmac-sha1"),
    ],
)
def test_a_real_sshd_that_knows_old_ones_only(tmp_path: Path, kex: str, cipher: str, mac: str) -> None:
    lines = (f"KexAlgorithms {kex}", f"Ciphers {cipher}", f"MACs {mac}", "HostKeyAlgorithms ssh-rsa")
    with real_sshd(tmp_path / "d", *lines, "PubkeyAcceptedAlgorithms ssh-rsa", kind="ssh-rsa") as one:
        assert "legacy: true" in refusal(one.host, one.ssh)
        old = one.ssh.model_copy(update={"legacy": True})
        node = Node("n", connect(one.host, old), Rows())
        assert node.shell("echo old").stdout == b"old\n"
        assert node.ask("cat /etc/hostname").complete
        node.close()


# host keys


def key_of(machine: Posix) -> str:
    return " ".join((machine.folder / "known_hosts").read_text().split()[1:3])


def hashed(name: str) -> str:
    salt = os.urandom(20)
    made = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(made).decode()}"


OTHER = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + b"x" * 32).decode()
RSA = "ssh-rsa " + base64.b64encode(b"\0\0\0\x07ssh-rsa" + b"x" * 270).decode()
LINES: dict[str, Callable[[str, str], str]] = {
    "plain": lambda name, key: f"{name} {key}",
    "with a comment": lambda name, key: f"# words\n\n{name} {key} installed by hand",
    "hashed": lambda name, key: f"{hashed(name)} {key}",
    "among names": lambda name, key: f"controller,{name},10.0.0.1 {key}",
    "by pattern": lambda name, key: f"[127.0.0.*]:* {key}",
    "the second of two": lambda name, key: f"{name} {OTHER}\n{name} {key}",
    "beside another type": lambda name, key: f"{name} {RSA}\n{name} {key}",
    "after nonsense": lambda name, key: f"{name} ssh-ed25519 !!!\n|1|x {key}\n\x00\n{name} {key}",
}
REFUSED: dict[str, Callable[[str, str], str]] = {
    "nothing": lambda name, key: "",
    "another port": lambda name, key: f"[127.0.0.1]:1 {key}",
    "no port": lambda name, key: f"127.0.0.1 {key}",
    "hashed for another": lambda name, key: f"{hashed('10.0.0.1')} {key}",
    "not this one": lambda name, key: f"!{name},[127.0.0.*]:* {key}",
    "an authority": lambda name, key: f"@cert-authority {name} {key}",
}
CHANGED: dict[str, Callable[[str, str], str]] = {
    "another key": lambda name, key: f"{name} {OTHER}",
    "another key, hashed": lambda name, key: f"{hashed(name)} {OTHER}",
    "another type": lambda name, key: f"{name} {RSA}",
    "revoked": lambda name, key: f"{name} {key}\n@revoked * {key}",
}


def known(machine: Posix, tmp_path: Path, text: str) -> Path:
    path = tmp_path / "known"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", LINES)
def test_a_known_host_key(machine: Posix, tmp_path: Path, name: str) -> None:
    text = LINES[name](f"[127.0.0.1]:{machine.port}", key_of(machine))
    assert banner(machine.host, machine.ssh(known_hosts=known(machine, tmp_path, text)))


@pytest.mark.parametrize("name", REFUSED)
def test_an_unknown_host_key(machine: Posix, tmp_path: Path, name: str) -> None:
    text = REFUSED[name](f"[127.0.0.1]:{machine.port}", key_of(machine))
    said = refusal(machine.host, machine.ssh(known_hosts=known(machine, tmp_path, text)))
    assert "is not known (ssh-ed25519 SHA256:" in said
    assert "accept_new: true" in said
    assert machine.users == [], "nobody says who he is to a stranger"


@pytest.mark.parametrize("name", CHANGED)
@pytest.mark.parametrize("accept", [False, True])
def test_a_changed_host_key(machine: Posix, tmp_path: Path, name: str, accept: bool) -> None:
    text = CHANGED[name](f"[127.0.0.1]:{machine.port}", key_of(machine))
    path = known(machine, tmp_path, text)
    said = refusal(machine.host, machine.ssh(known_hosts=path, accept_new=accept))
    assert "revoked" in said or f"ssh-keygen -f {path} -R '[127.0.0.1]:{machine.port}'" in said
    assert path.read_text() == text
    assert machine.users == []


def test_openssh_reads_what_we_keep_and_we_what_it_hashes(machine: Posix, tmp_path: Path) -> None:
    path = known(machine, tmp_path, "# mine\n10.0.0.9 ssh-dss AAAA\n@cert-authority *.x ssh-rsa AAAA")
    before = path.read_text()
    assert banner(machine.host, machine.ssh(known_hosts=path, accept_new=True))
    assert path.read_text() == f"{before}\n[127.0.0.1]:{machine.port} {key_of(machine)}\n"
    found = ["ssh-keygen", "-f", str(path), "-F", f"[127.0.0.1]:{machine.port}"]
    assert subprocess.run(found, capture_output=True, check=False).returncode == 0
    path.write_text(f"[127.0.0.1]:{machine.port} {key_of(machine)}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(path)], check=True, capture_output=True)
    assert path.read_text().startswith("|1|")
    assert banner(machine.host, machine.ssh(known_hosts=path))


def test_many_new_hosts_at_once_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "new/known_hosts"
    with ExitStack() as stack:
        machines = [stack.enter_context(posix(tmp_path / f"m{n}")) for n in range(6)]
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda one: banner(one.host, one.ssh(known_hosts=path, accept_new=True)), machines))
        assert len(path.read_text().splitlines()) == 6
        assert path.stat().st_mode & 0o777 == 0o600
        assert all(banner(one.host, one.ssh(known_hosts=path)) for one in machines)


# ~/.ssh/config


def test_what_the_site_does_not_say_the_configuration_may(machine: Posix, home: Path) -> None:
    (home / ".ssh/config").write_text(
        f"Host ctl\n  HostName 127.0.0.1\n  Port {machine.port}\n  User deploy\n"
        f"  IdentityFile {machine.folder}/nothing\n  IdentityFile {machine.folder}/key\n"
        f"  UserKnownHostsFile {machine.folder}/known_hosts\n"
    )
    assert banner(Host("ctl"), Ssh())
    assert machine.users == ["deploy"]
    assert banner(Host("ctl", machine.port), Ssh(user="site"))
    assert machine.users[1:] == ["site"], "what the site says wins"


def test_a_host_key_under_an_alias(machine: Posix, home: Path) -> None:
    (home / ".ssh/config").write_text("Host 127.0.0.1\n  HostKeyAlias rack7\n")
    (home / ".ssh/known_hosts").write_text(f"rack7 {key_of(machine)}\n")
    assert banner(machine.host, machine.ssh(known_hosts=None))


def test_jumps_of_the_configuration_in_their_order(tmp_path: Path, home: Path) -> None:
    with ExitStack() as stack:
        first, second, last = (
            stack.enter_context(posix(tmp_path / name)) for name in ("first", "second", "last")
        )
        known = home / ".ssh/known_hosts"
        known.write_text("".join((one.folder / "known_hosts").read_text() for one in (first, second, last)))
        text = "".join(
            f"Host {name}\n  HostName 127.0.0.1\n  Port {one.port}\n  IdentityFile {one.folder}/key\n"
            for name, one in (("one", first), ("two", second), ("end", last))
        )
        (home / ".ssh/config").write_text(text + "Host end\n  ProxyJump one,two\n")
        nodes = [Node(f"n{n}", connect(Host("end"), Ssh()), Rows()) for n in range(4)]
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(lambda node: node.reach(), nodes))
        assert first.forwarded == [("127.0.0.1", second.port)], "the jump hosts are entered once for all"
        assert second.forwarded == [("127.0.0.1", last.port)] * 4
        for node in nodes:
            node.close()
        known.write_text(
            (last.folder / "known_hosts").read_text() + (second.folder / "known_hosts").read_text()
        )
        said = refusal(Host("end"), Ssh())
        assert "jump host" in said
        assert "is not known" in said, "a jump host's key is checked, too"


def test_a_proxy_command(machine: Posix, home: Path, tmp_path: Path) -> None:
    relay = tmp_path / "relay.py"
    relay.write_text(
        "import os, socket, sys, threading\n"
        "line = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
        "def back():\n"
        "    while data := line.recv(65536):\n"
        "        os.write(1, data)\n"
        "threading.Thread(target=back, daemon=True).start()\n"
        "while data := os.read(0, 65536):\n"
        "    line.sendall(data)\n"
    )
    (home / ".ssh/config").write_text(f"Host 127.0.0.1\n  ProxyCommand {sys.executable} {relay} %h %p\n")
    assert banner(machine.host, machine.ssh())


def test_a_configuration_without_proxy(machine: Posix, home: Path) -> None:
    (home / ".ssh/config").write_text("Host *\n  ProxyJump none\n  ProxyCommand none\n")
    assert banner(machine.host, machine.ssh())


# keys


def test_no_key_at_all(machine: Posix) -> None:
    said = refusal(machine.host, machine.ssh(key_file=None))
    assert "there is no key to enter with: set `ssh.key_file`" in said


def test_a_key_with_a_passphrase(machine: Posix, tmp_path: Path) -> None:
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret-words", "-f", str(tmp_path / "locked")]
    subprocess.run(made, check=True)
    said = refusal(machine.host, machine.ssh(key_file=tmp_path / "locked"))
    assert f"the key {tmp_path}/locked has a passphrase; load it into the agent" in said


def test_a_key_that_is_not_let_in(machine: Posix, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "other")], check=True)
    said = refusal(machine.host, machine.ssh(key_file=tmp_path / "other"))
    assert f"accepts none of our keys for ops ({tmp_path}/other)" in said
    assert "~ops/.ssh/authorized_keys" in said


@pytest.mark.skipif(not shutil.which("ssh-agent"), reason="this machine has no agent")
def test_the_agent(machine: Posix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(place)], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(place))
        end = time.monotonic() + 5
        while not place.exists() and time.monotonic() < end:
            time.sleep(0.02)
        subprocess.run(["ssh-add", "-q", str(machine.folder / "key")], check=True, capture_output=True)
        assert banner(machine.host, machine.ssh(key_file=None))
    finally:
        agent.terminate()
        agent.wait(5)


# what is not there, and many at once


@contextmanager
def silent() -> Iterator[int]:
    """A port that takes connections up and says nothing."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen(64)
        yield int(one.getsockname()[1])


def test_a_name_that_nobody_knows(machine: Posix) -> None:
    assert "there is no such name" in refusal(Host("nowhere.invalid"), machine.ssh())


def test_thirty_two_at_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        machines = [stack.enter_context(posix(tmp_path / f"m{n}")) for n in range(4)]
        nodes = [Node(f"n{n}", connect(m.host, m.ssh()), Rows()) for n, m in enumerate(machines * 8)]
        with ThreadPoolExecutor(32) as pool:
            said = list(pool.map(lambda node: node.ask("echo $((6 * 7))").text, nodes))
        assert said == ["42\n"] * 32
        for node in nodes:
            node.close()


def test_many_through_a_jump_host_enter_it_once(machine: Posix) -> None:
    ssh = machine.ssh(via=f"127.0.0.1:{machine.port}")
    gateway = connect_gateway({}, ssh)
    nodes = [Node(f"n{n}", connect(machine.host, ssh, gateway=gateway), Rows()) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda node: node.reach(), nodes))
    assert machine.entered == 1 + 8
    for node in nodes:
        node.close()
    assert gateway is not None
    gateway.close()


def test_a_dead_jump_host_costs_one_timeout_for_all(machine: Posix, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.hosts.connection.ANSWER_TIMEOUT", 1.0)
    with silent() as port:
        ssh = machine.ssh(via=f"127.0.0.1:{port}")
        gateway = connect_gateway({}, ssh)
        nodes = [Node(f"n{n}", connect(machine.host, ssh, gateway=gateway), Rows()) for n in range(8)]
        begin = time.monotonic()
        said: list[str] = []

        def reach(node: Node) -> None:
            with pytest.raises(HostUnreachable) as raised:
                node.reach()
            said.append(str(raised.value))

        threads = [threading.Thread(target=reach, args=(node,)) for node in nodes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.monotonic() - begin < 4
        assert all(f"the jump host 127.0.0.1:{port} cannot be entered" in one for one in said)
        assert len(said) == 8


def test_what_a_jump_host_does_not_reach(machine: Posix, monkeypatch: pytest.MonkeyPatch) -> None:
    ssh = machine.ssh(via=f"127.0.0.1:{machine.port}")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        said = refusal(Host("127.0.0.1", closed.getsockname()[1]), ssh, gateway=connect_gateway({}, ssh))
    assert f"not reached from the jump host 127.0.0.1:{machine.port}" in said
    machine.forwards = False
    said = refusal(machine.host, ssh, gateway=connect_gateway({}, ssh))
    assert "forwards no connections (AllowTcpForwarding)" in said


def test_a_jump_host_that_waits_for_a_dead_host(machine: Posix, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.hosts.connection.CONNECT_TIMEOUT", 0.7)

    async def never(*_: object) -> None:
        await asyncio.sleep(1.5)

    monkeypatch.setattr("tests.hosts.posix._Server.connection_requested", lambda self, *_: never())
    ssh = machine.ssh(via=f"127.0.0.1:{machine.port}")
    begin = time.monotonic()
    said = refusal(Host("127.0.0.1", 9), ssh, gateway=connect_gateway({}, ssh))
    assert time.monotonic() - begin < 5
    assert "no answer within 0.7 s through the jump host" in said
    time.sleep(1)


def test_signs_of_life(machine: Posix, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.hosts.connection.KEEPALIVE", 1)
    connection = connect(machine.host, machine.ssh())
    connection.open()
    before = connection.transport.packetizer._Packetizer__sent_packets
    time.sleep(2.5)
    assert connection.transport.packetizer._Packetizer__sent_packets > before
    connection.close()
