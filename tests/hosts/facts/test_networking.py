from __future__ import annotations

import pytest

from harness.hosts.facts.model import Interface, Unknown
from harness.hosts.facts.networking import read_interfaces, read_resolvers, read_rules
from tests.hosts.facts.answers import part, recorded, section

LO = Interface(mac="00:00:00:00:00:00", mtu=65536, addresses=("127.0.0.1/8", "::1/128"))


def test_interfaces_of_iproute() -> None:
    sys = part("sys", "bridge br100\nport br100 vnet0\nport br100\n")
    assert read_interfaces(section(part("ip", recorded("ip-addr.txt")), sys)) == {
        "lo": LO,
        "br100": Interface(
            mac="56:7a:e4:44:29:7a",
            mtu=1500,
            addresses=("10.0.0.1/24", "fd00::1/64", "fe80::547a:e4ff:fe44:297a/64"),
            is_bridge=True,
        ),
    }


def test_interfaces_of_net_tools() -> None:
    found = read_interfaces(section(part("ip", "", "missing"), part("ifconfig", recorded("ifconfig-a.txt"))))
    assert isinstance(found, dict)
    assert found["br100"].addresses == ("10.0.0.1/24", "fe80::547a:e4ff:fe44:297a/64", "fd00::1/64")
    assert (found["br100"].mac, found["br100"].mtu, found["br100"].up) == ("56:7a:e4:44:29:7a", 1500, True)
    found = read_interfaces(section(part("ifconfig", recorded("ifconfig-1.60.txt"))))
    assert isinstance(found, dict)
    assert found["em1"].addresses[0] == "131.252.209.153/24"
    assert found["lo"].mtu == 16436


def test_interfaces_of_busybox() -> None:
    found = read_interfaces(section(part("ifconfig", recorded("ifconfig-busybox.txt"))))
    assert isinstance(found, dict)
    assert found["br100"].addresses[0] == "10.0.0.1/22"
    assert (found["br100"].up, found["br100"].mtu) == (True, 1500)


def test_vlans_bridges_and_devices() -> None:
    links = (
        "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9000 qdisc mq state UP qlen 1000\n"
        "    link/ether 00:1E:67:00:00:01 brd ff:ff:ff:ff:ff:ff\n"
        "5: vlan100@eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue master br100 state DOWN\n"
        "6: wan@eth0: <UP> mtu 1500\n    inet 10.0.0.9 peer 10.0.0.10/32 scope global wan\n"
    )
    table = (
        "VLAN Dev name\t | VLAN ID\nName-Type: VLAN_NAME_TYPE_PLUS_VID_NO_PAD\n"
        "vlan100        | 100  | eth0\nwan  | 7  | eth0\n"
    )
    sys = part("sys", "physical eth0\n")
    found = read_interfaces(section(part("ip", links), sys, part("/proc/net/vlan/config", table)))
    assert found == {
        "eth0": Interface(mac="00:1e:67:00:00:01", mtu=9000, physical=True),
        "vlan100": Interface(mtu=1500, up=False, bridge="br100", vlan=100),
        "wan": Interface(mtu=1500, addresses=("10.0.0.9/32",), vlan=7),
    }
    denied = part("/proc/net/vlan/config", "", "denied")
    found = read_interfaces(section(part("ip", links), sys, denied))
    assert isinstance(found, dict)
    assert (found["vlan100"].vlan, found["wan"].vlan) == (100, None)


def test_no_interface_is_unknown() -> None:
    assert isinstance(read_interfaces(section(part("ip", "Usage: ip …\n"))), Unknown)
    assert read_interfaces(section(part("ip", "", "missing"), part("ifconfig", "", "missing"))) == Unknown(
        unknown="ip is not on this host"
    )


def test_resolvers() -> None:
    text = "# by resolvconf\ndomain example.net\nnameserver 10.0.0.2\nnameserver\tfd00::2\nnameserver\n"
    assert read_resolvers(section(part("/etc/resolv.conf", text))) == ("10.0.0.2", "fd00::2")


@pytest.mark.parametrize("name", ["iptables-save.txt", "iptables-legacy-save.txt"])
def test_rules(name: str) -> None:
    found = read_rules(section(part("iptables-save", recorded(name))))
    assert isinstance(found, dict)
    assert found["nat/nova-network-PREROUTING"] == (
        "-d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8775",
    )
    assert found["filter/INPUT"] == ("-j nova-network-INPUT",)
    assert found["nat/nova-network-snat"] == ()


def test_rules_are_for_root() -> None:
    found = read_rules(section(part("iptables-save", recorded("iptables-save-denied.txt"), "4")))
    assert found == Unknown(unknown="this user may not see it", denied=True)
