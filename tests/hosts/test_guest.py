"""The inside of a server: entered over a real SSH connection, directly and through a real jump host."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import paramiko
import pytest

from harness.errors import OutOfReach
from harness.hostlist import Host
from harness.hosts import Direct, Entry, Guest, HostError, HostUnreachable, Node, NotTaken, Way, connect
from harness.hosts.keys import fresh_key, public_line, read_key
from harness.site import Ssh
from tests.clients.fake import Rows
from tests.hosts.guest import Inside, Mapped, a_guest
from tests.hosts.machine import running

KEY = read_key(fresh_key())
PUBLIC = public_line(KEY, "run")


@pytest.fixture
def inside() -> Iterator[Inside]:
    with a_guest(PUBLIC) as one:
        one.answers["hostname"] = says(b"vm-1\n")
        yield one


def says(text: bytes, status: int = 0, error: bytes = b"") -> Any:
    def answer(process: Any) -> int:
        process.stdout.write(text)
        process.stderr.write(error)
        return status

    return answer


def guest_of(inside: Inside, rows: Rows, way: Way | None = None, **more: Any) -> Guest:
    entry = Entry("cirros", more.get("key", KEY), more.get("check", lambda key: None))
    return Guest("vm-1", "10.0.0.3", Mapped(way or Direct(), inside), entry, rows)


def test_a_command_and_what_came_of_it(inside: Inside) -> None:
    rows = Rows()
    guest = guest_of(inside, rows)
    assert guest.run("hostname").text == "vm-1\n"
    missing = guest.run("lsblk", "-a b", "c'd")
    assert (missing.status, missing.error, missing.ok) == (127, "sh: not found\n", False)
    assert inside.commands == ["hostname", "lsblk '-a b' 'c'\"'\"'d'"], "words stay words"
    assert inside.entered == 1
    row = rows.of("command")[0]
    assert (row["host"], row["via"], row["command"], row["stdout"]) == (
        "guest vm-1", "jump", "hostname", "vm-1\n",
    )  # fmt: skip
    with pytest.raises(HostError, match="lsblk ended with 127: sh: not found"):
        guest.expect("lsblk")
    guest.sh("a && b")
    assert inside.commands[-1] == "sh -c 'a && b'"


def test_through_a_node_that_forwards(inside: Inside, tmp_path: Path) -> None:
    with running(tmp_path) as machine:
        ssh = Ssh(user="anybody", key_file=machine.client_key, known_hosts=machine.known_hosts)
        node = Node("compute-1", connect(Host("127.0.0.1", machine.port), ssh), Rows())
        guest = guest_of(inside, Rows(), node)
        assert guest.answers()
        assert guest.run("hostname").ok
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with pytest.raises(NotTaken, match="from compute-1"):
            node.line_to("127.0.0.1", port)
        node.close()


def test_a_node_that_forbids_forwarding_is_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path) as machine:
        ssh = Ssh(user="anybody", key_file=machine.client_key, known_hosts=machine.known_hosts)
        node = Node("compute-1", connect(Host("127.0.0.1", machine.port), ssh), Rows())

        def forbid(*_: object) -> bool:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "no")

        monkeypatch.setattr("tests.hosts.machine._Server.connection_requested", forbid)
        with pytest.raises(OutOfReach, match="forwards no connections"):
            node.line_to("127.0.0.1", machine.port)
        node.close()


def test_a_guest_of_2012_speaks_sha1(tmp_path: Path) -> None:
    with a_guest(PUBLIC, old=True) as inside:
        inside.answers["hostname"] = says(b"old\n")
        guest = guest_of(inside, Rows())
        assert guest.run("hostname").text == "old\n"
        assert not guest.opens_with(paramiko.RSAKey.generate(2048))
        assert guest.opens_with(KEY), "what refuses is the key, not the signature"


def test_another_key_does_not_open_it(inside: Inside) -> None:
    guest = guest_of(inside, Rows())
    assert not guest.opens_with(paramiko.RSAKey.generate(2048))
    assert guest.opens_with(KEY)
    stranger = guest_of(inside, Rows(), key=paramiko.RSAKey.generate(2048))
    with pytest.raises(HostUnreachable, match="does not let cirros in with the run's key"):
        stranger.run("hostname")


def test_a_strange_host_key_is_not_spoken_to(inside: Inside) -> None:
    def strange(key: paramiko.PKey) -> None:
        raise HostUnreachable("not the one of the console")

    guest = guest_of(inside, Rows(), check=strange)
    with pytest.raises(HostUnreachable, match="not the one of the console"):
        guest.run("hostname")
    assert inside.entered == 0
    assert guest.answers(), "it still answers"


def test_it_answers_or_not(inside: Inside) -> None:
    rows = Rows()
    assert guest_of(inside, rows).answers()
    assert "SSH-2.0" in rows.of("command")[0]["stdout"]
    with socket.create_server(("127.0.0.1", 0)) as other:
        mute = Inside(port=other.getsockname()[1])

        def close() -> None:
            other.accept()[0].close()

        thread = threading.Thread(target=close)
        thread.start()
        assert not guest_of(mute, rows).answers(), "a port that says nothing is no SSH server"
        thread.join()
    assert not guest_of(mute, rows).answers()
    assert "no SSH server spoke" in rows.of("command")[1]["stderr"]
    with pytest.raises(HostUnreachable, match="vm-1"):
        guest_of(mute, rows).run("hostname")


def test_what_a_guest_says_is_bounded(inside: Inside) -> None:
    inside.answers["flood"] = says(b"x" * (1024 * 1024 + 1))
    inside.answers["binary"] = says(b"\xff\xfe\x00")
    inside.answers["hang"] = lambda process: None
    inside.answers["cut"] = lambda process: process.channel.get_connection().abort()
    rows = Rows()
    guest = guest_of(inside, rows)
    with pytest.raises(HostError, match="more than 1048576 bytes"):
        guest.run("flood")
    assert guest.run("binary").text == "\ufffd\ufffd\x00"
    with pytest.raises(HostError, match=r"was not done within 0\.3 s"):
        guest.run("hang", timeout=0.3)
    with pytest.raises(HostError, match="ended before the command did"):
        guest.run("cut")
    assert all(len(row["stdout"]) <= 2000 for row in rows.of("command"))
    assert guest.run("hostname").ok, "the next command enters anew"


def test_what_is_sent_arrives(inside: Inside) -> None:
    def echo(process: Any) -> int:
        process.stdout.write(b"got it")
        return 0

    inside.answers["tee /tmp/x"] = echo
    assert guest_of(inside, Rows()).run("tee", "/tmp/x", stdin=b"abc").text == "got it"


def test_a_connection_that_was_cut_is_made_anew(inside: Inside) -> None:
    guest = guest_of(inside, Rows())
    assert guest.run("hostname").ok
    transport = guest._transport
    assert transport is not None
    transport.close()
    assert guest.run("hostname").ok
    assert inside.entered == 2
