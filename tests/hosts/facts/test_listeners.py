from __future__ import annotations

import pytest

from harness.hosts.facts.listeners import read_listeners
from harness.hosts.facts.model import Listener, Process, Unknown
from tests.hosts.facts.answers import part, recorded, section

NOT_ASKED = Unknown(unknown="it was not asked")


def listeners(
    *parts: str, processes: tuple[Process, ...] | Unknown = NOT_ASKED
) -> set[tuple[str, str, int, str]]:
    found = read_listeners(section(*parts), processes)
    assert not isinstance(found, Unknown), found
    return {(one.protocol, one.address, one.port, one.process) for one in found}


def test_ss_of_today() -> None:
    assert listeners(part("ss", recorded("ss.txt"))) == {
        ("tcp", "0.0.0.0", 3260, "tgtd"),
        ("tcp", "::", 3260, "tgtd"),
    }


def test_ss_for_an_ordinary_user_names_no_holder() -> None:
    assert listeners(part("ss", recorded("ss-user.txt"))) == {
        ("tcp", "0.0.0.0", 3260, ""),
        ("tcp", "::", 3260, ""),
    }


def test_ss_of_centos_7_writes_a_star_for_every_ipv4_address() -> None:
    assert listeners(part("ss", recorded("ss-centos7.txt"))) == {
        ("tcp", "0.0.0.0", 8774, "nova-api"),
        ("tcp", "0.0.0.0", 8778, "httpd"),
    }


def test_a_star_of_today_is_every_address() -> None:
    text = (
        "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n"
        'udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=5,fd=1))\n'
        "tcp LISTEN 0 511 *:80 *:*\ntcp LISTEN 0 1 [fe80::1]%eth0:546 [::]:*\n"
        "tcp LISTEN 0 1 [::ffff:10.0.0.1]:99 *:*\n"
    )
    assert listeners(part("ss", text)) == {
        ("udp", "127.0.0.53", 53, "systemd-resolve"),
        ("tcp", "::", 80, ""),
        ("tcp", "10.0.0.1", 99, ""),
        ("tcp", "fe80::1", 546, ""),
    }


def test_ss_of_2012() -> None:
    text = (
        "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
        'tcp LISTEN 0 128 *:8774 *:* users:(("nova-api",1234,5),("nova-api",1235,5))\n'
        'tcp LISTEN 0 128 :::22 :::* users:(("sshd",801,4))\ntcp LISTEN 0 50 127.0.0.1:3306 *:*\n'
    )
    assert listeners(part("ss", text)) == {
        ("tcp", "0.0.0.0", 8774, "nova-api"),
        ("tcp", "::", 22, "sshd"),
        ("tcp", "127.0.0.1", 3306, ""),
    }


def test_a_script_of_python_is_told_by_its_own_name() -> None:
    processes = (Process(pid=1279, user="glance", command="/usr/bin/python -s /usr/bin/glance-api --x"),)
    text = "tcp 0 0 0.0.0.0:9292 0.0.0.0:* LISTEN 1279/python\n"
    assert listeners(part("netstat", text), processes=processes) == {("tcp", "0.0.0.0", 9292, "glance-api")}
    text = 'tcp LISTEN 0 128 0.0.0.0:9292 0.0.0.0:* users:(("python2.7",pid=1279,fd=4))\n'
    assert listeners(part("ss", text), processes=processes) == {("tcp", "0.0.0.0", 9292, "glance-api")}


@pytest.mark.parametrize(("name", "holder"), [("netstat.txt", "tgtd"), ("netstat-user.txt", "")])
def test_netstat(name: str, holder: str) -> None:
    assert listeners(part("netstat", recorded(name))) == {
        ("tcp", "0.0.0.0", 3260, holder),
        ("tcp", "::", 3260, holder),
    }


def test_netstat_without_its_option() -> None:
    refused = part("netstat", "netstat: invalid option -- 'p'\n", "1")
    plain = part("netstat-plain", "tcp        0      0 127.0.0.1:25        0.0.0.0:*         LISTEN      \n")
    assert listeners(refused, plain) == {("tcp", "127.0.0.1", 25, "")}


def test_tables_of_the_kernel() -> None:
    parts = [part(f"/proc/net/{name}", recorded(f"proc-net-{name}.txt")) for name in ("tcp", "tcp6", "udp6")]
    assert listeners(*parts) == {
        ("tcp", "10.0.0.1", 8774, ""),
        ("tcp", "::", 22, ""),
        ("udp", "::1", 123, ""),
    }


def test_what_is_no_listener_is_left_out() -> None:
    text = (
        "tcp 0 0 192.168.0.1:53 192.168.0.53:53 ESTABLISHED 12/dnsd\n"
        "tcp 0 0 1.2.3.4:http 0.0.0.0:* LISTEN -\n"
    )
    assert listeners(part("netstat", text)) == set()
    assert Listener(protocol="tcp", address="::", port=1)


def test_no_tool_is_unknown() -> None:
    found = read_listeners(section(part("netstat", "", "missing")), NOT_ASKED)
    assert found == Unknown(unknown="netstat is not on this host")
