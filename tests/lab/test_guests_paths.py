"""Who reaches whom, by groups, rules, addresses and the states of servers."""

import pytest

from harness.lab.guests.paths import ECHO, gateway
from tests.lab.guest_cloud import Guests

SSH = {"ip_protocol": "tcp", "from_port": 22, "to_port": 22}
PING = {"ip_protocol": "icmp", "from_port": -1, "to_port": -1}


@pytest.fixture
def lab():
    return Guests()


def test_without_a_rule_nothing_comes_in(lab):
    one, two = lab.boot("a"), lab.boot("b")
    assert lab.outcome(lab.address(one)) == "timeout"
    assert lab.between(two, lab.address(one)) == "timeout"
    assert lab.between(two, lab.address(one), ECHO, "icmp") == "timeout"
    assert lab.between(one, lab.address(one)) == "open"
    assert lab.between(one, gateway(lab.world), ECHO, "icmp") == "open"


def test_on_the_fixed_network_as_delivered_no_group_counts():
    lab = Guests(groups_hold_inside=False)
    one, two = lab.boot("a"), lab.boot("b", who="two")
    assert lab.outcome(lab.address(one)) == "open"
    assert lab.between(two, lab.address(one), ECHO, "icmp") == "open"
    address = lab.cloud.ask("POST", "os-floating-ips", {}).json()["floating_ip"]["ip"]
    lab.act(one, addFloatingIp={"address": address})
    assert lab.outcome(address) == "timeout"
    assert lab.between(two, address) == "timeout"


def test_with_vlans_tenants_are_apart():
    lab = Guests("network.manager=VLAN", groups_hold_inside=False)
    one, two, stranger = lab.boot("a"), lab.boot("b"), lab.boot("c", who="two")
    assert lab.between(one, lab.address(two)) == "open"
    assert lab.between(stranger, lab.address(two)) == "timeout"


def test_rules_count_for_their_protocol_port_and_source(lab):
    one, two = lab.boot("a"), lab.boot("b")
    rule = lab.rule(cidr=f"{lab.address(two)}/32", **SSH)
    assert lab.between(two, lab.address(one)) == "open"
    assert lab.between(two, lab.address(one), 23) == "timeout"
    assert lab.between(two, lab.address(one), ECHO, "icmp") == "timeout"
    assert lab.outcome(lab.address(one)) == "timeout"
    lab.rule(cidr="10.0.0.0/8", **PING)
    assert lab.between(two, lab.address(one), ECHO, "icmp") == "open"
    lab.rule(cidr="0.0.0.0/0", ip_protocol="tcp", from_port=1, to_port=100)
    assert lab.outcome(lab.address(one), port=80) == "refused"
    assert lab.cloud.ask("DELETE", f"os-security-group-rules/{rule}").status_code == 202
    assert lab.between(two, lab.address(one)) == "open"


def test_a_rule_for_a_group_is_for_its_members_alone(lab):
    wanted = {"security_group": {"name": "friends", "description": "d"}}
    friends = lab.cloud.ask("POST", "os-security-groups", wanted).json()["security_group"]["id"]
    one, stranger = lab.boot("a"), lab.boot("b")
    friend = lab.boot("c", security_groups=[{"name": "friends"}])
    lab.rule(group_id=friends, **SSH)
    assert lab.between(friend, lab.address(one)) == "open"
    assert lab.between(stranger, lab.address(one)) == "timeout"
    assert lab.outcome(lab.address(one)) == "timeout"


def test_tenants_are_apart_until_a_rule_says_otherwise(lab):
    mine, theirs = lab.boot("a"), lab.boot("b", who="two")
    lab.rule(group_id=1, **SSH)
    assert lab.between(theirs, lab.address(mine)) == "timeout"
    lab.rule(who="two", cidr="0.0.0.0/0", **SSH)
    assert lab.between(mine, lab.address(theirs)) == "open"


def test_floating_addresses_lead_where_they_are_associated(lab):
    lab.rule(cidr="0.0.0.0/0", **SSH)
    one, two = lab.boot("a"), lab.boot("b")
    address = lab.cloud.ask("POST", "os-floating-ips", {}).json()["floating_ip"]["ip"]
    assert lab.outcome(address, node="controller") == "no route"
    lab.act(one, addFloatingIp={"address": address})
    assert lab.outcome(address, node="controller") == "open"
    assert lab.between(two, address) == "open"
    lab.act(one, removeFloatingIp={"address": address})
    assert lab.outcome(address, node="controller") == "no route"
    lab.act(two, addFloatingIp={"address": address})
    lab.act(two, **{"os-stop": None})
    assert lab.outcome(address, node="controller") == "no route"


def test_a_guest_goes_outside_under_its_floating_or_its_hosts_address(lab):
    one, two = lab.boot("a"), lab.boot("b")
    rows = [lab.cloud.ask("POST", "os-floating-ips", {}).json()["floating_ip"]["ip"] for _ in range(2)]
    lab.act(one, addFloatingIp={"address": rows[0]})
    lab.rule(cidr=f"{rows[1]}/32", **SSH)
    assert lab.between(two, rows[0]) == "timeout"
    lab.act(two, addFloatingIp={"address": rows[1]})
    assert lab.between(two, rows[0]) == "open"


def test_words_say_what_paths_decide(lab):
    lab.rule(cidr="0.0.0.0/0", **SSH)
    one, two = lab.boot("a"), lab.boot("b")
    there, away = lab.address(two), "10.0.3.200"
    assert lab.do(one, f"nc -z -w 1 {there} 22").status == 0
    assert lab.text(one, f"nc -w 1 {there} 22").startswith("SSH-2.0-")
    assert b"No route" in lab.do(one, f"nc -z -w 1 {away} 22").err
    lost = lab.do(one, f"ping -c 2 -W 1 {there}")
    assert (lost.status, b"100% packet loss" in lost.out) == (1, True)
    lab.rule(cidr="0.0.0.0/0", **PING)
    found = lab.do(one, f"ping -c 2 {there}")
    assert (found.status, b"2 packets received, 0% packet loss" in found.out) == (0, True)
    assert b"bad address" in lab.do(one, "ping -c 1 www.example.net").err
    assert f"inet {lab.address(one)}/22" in lab.text(one, "ip addr show eth0")
    assert f"inet addr:{lab.address(one)} " in lab.text(one, "ifconfig eth0")
    assert lab.text(one, "route -n").splitlines()[2].split()[:2] == ["0.0.0.0", gateway(lab.world)]
