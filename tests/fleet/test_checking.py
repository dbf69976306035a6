"""A whole fleet against its description and itself."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.arch import load
from harness.arch.architecture import Architecture
from harness.fleet.checking import Checked, check
from harness.hosts.facts.model import (
    ClockReading,
    Cpu,
    Disk,
    Facts,
    Interface,
    Listener,
    Process,
    Service,
    Unknown,
    VolumeGroup,
)
from tests.fleet.hosts import COMPUTE, NO_TOOL, PACKAGES, fleet, host
from tests.fleet.rack import rack

SIZE = 160
OPEN = Listener(protocol="tcp", address="0.0.0.0", port=22, process="sshd")


@pytest.fixture(scope="module")
def arch() -> Architecture:
    return load("essex/six-node", sets=['packages["nova-*"].version=2012.1.3*'])


def pair(*changes: dict[str, Any]) -> dict[str, Facts]:
    """The two compute nodes of the six, as described."""
    found = {}
    for number, change in enumerate((*changes, {}, {})[:2], 1):
        name = f"compute-{number}"
        facts = host(name, number)
        eth1 = {"eth1": Interface(mtu=1500, physical=True)}
        sound = {"interfaces": facts.interfaces | eth1, "listeners": (OPEN,)}
        space = {"/": facts.space["/"]}
        found[name] = host(name, number, **{**sound, "space": space, **change})
    return found


def lines(found: Checked) -> list[str]:
    return [f"{each.said.severity} {each} @ {', '.join(each.nodes)}" for each in found.findings]


def test_a_sound_pair_is_sound(arch: Architecture) -> None:
    found = check(pair(), arch)
    assert lines(found) == []
    assert found.verified > 50
    assert not found.bad()


DEAD = {each: Service(manager="upstart", running=each != "nova-compute", enabled=True) for each in COMPUTE}
WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"services": DEAD}, [
        "wrong roles: without compute", "wrong services.nova-compute.state: stopped instead of running",
        "odd compute, network: "
        "service nova-compute: split 1:1: stopped, enabled on compute-1; "
        "running, enabled on compute-2 @ compute-1, compute-2"]),
    ({"rules": {}}, [
        "wrong chain of nova-network that the packet filter lacks: nova-filter-top in filter"]),
    ({"clock": ClockReading(offset=-9.0, error=0.5)},
     ["wrong objectives.clock_skew: 8.5 instead of at most 1"]),
    ({"packages": PACKAGES | {"nova-common": "2012.1.1"}}, [
        'doubtful packages["nova-*"].version: 2012.1.1 (nova-common) instead of 2012.1.3*',
        "odd compute, network: "
        "package nova-common: split 1:1: 2012.1.1 on compute-1; "
        "2012.1.3-0ubuntu1 on compute-2 @ compute-1, compute-2"]),
    ({"listeners": (OPEN, OPEN.model_copy(update={"port": 9999, "process": "nc"}))}, [
        "wrong port open to others, and not described: 9999 (nc)",
        "odd compute, network: "
        "port 9999: split 1:1: nc on compute-1; absent on compute-2 @ compute-1, compute-2"]),
    ({"processes": (Process(pid=1, user="root", command="/usr/sbin/dhcpd eth0"),)},
     ["wrong DHCP server besides the network manager's: /usr/sbin/dhcpd eth0 (pid 1)"]),
    ({"services": {**dict.fromkeys(COMPUTE, DEAD["libvirt-bin"]), "nova-volume": DEAD["libvirt-bin"]}}, [
        "wrong services.nova-volume: there, and not described",
        "odd compute, network: "
        "service nova-volume: split 1:1: running, enabled on compute-1; "
        "absent on compute-2 @ compute-1, compute-2"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "told"), WRONG, ids=[each[1][0] for each in WRONG])
def test_what_is_wrong_on_one_host_is_told(
    arch: Architecture, change: dict[str, Any], told: list[str]
) -> None:
    found = lines(check(pair(change), arch))
    wanted = [line if "@" in line else f"{line} @ compute-1" for line in told]
    assert found[: len(wanted)] == wanted
    assert not found[len(wanted) :] or "rules" in change


def test_a_stranger_weighs_as_much_as_the_heaviest_clause_beside_it(arch: Architecture) -> None:
    services = dict.fromkeys((*COMPUTE, "nova-volume"), DEAD["libvirt-bin"])
    hosts = pair({"services": services}, {"services": services})
    assert [each.said.severity for each in check(hosts, arch).findings] == ["wrong"]
    clauses = {
        path: replace(clause, level="should") if path[:3] == ("nodes", "compute-1", "services") else clause
        for path, clause in arch.table.clauses.items()
    }
    lighter = replace(arch, table=replace(arch.table, clauses=clauses))
    found = check({"compute-1": hosts["compute-1"]}, lighter).findings
    assert [each.said.severity for each in found] == ["doubtful"]


def test_hosts_with_one_address_or_another_name(arch: Architecture) -> None:
    hosts = pair()
    hosts["compute-2"] = hosts["compute-2"].model_copy(
        update={"system": hosts["compute-1"].system, "interfaces": hosts["compute-1"].interfaces}
    )
    found = lines(check(hosts, arch))
    assert "wrong host name: compute-1 instead of the name of its node, compute-2 @ compute-2" in found
    assert "wrong address of several hosts: 10.0.0.2 @ compute-1, compute-2" in found


def test_what_cannot_be_seen_is_told_with_its_reason(arch: Architecture) -> None:
    found = check(pair({"services": NO_TOOL, "configs": Unknown(unknown="no", denied=True)}), arch)
    assert lines(found) == []
    assert found.unseen["services.nova-compute.state", "no such tool on this host"] == ("compute-1",)
    assert not any(what.startswith("compute.hypervisor") for what, _ in found.unseen)


BARE: dict[str, Any] = {part: {} for part in ("packages", "configs", "mounts", "files", "users")}
BARE |= {"services": NO_TOOL, "listeners": ()}


def test_a_bare_rack_is_held_by_its_machines(arch: Architecture) -> None:
    found = check(pair(BARE, BARE), arch, only_machines=True)
    assert (lines(found), dict(found.unseen)) == ([], {})
    weak = {**BARE, "cpu": Cpu(count=1, flags=("sse2",))}
    told = lines(check(pair(weak, BARE), arch, only_machines=True))
    assert told[:2] == [
        "wrong hardware.cpus: 1 instead of at least 2 @ compute-1",
        "wrong machine and hypervisor: its processors have neither vmx nor svm, which kvm needs (are they"
        " switched off in the firmware?) @ compute-1",
    ]
    assert all(line.startswith("odd compute, network: ") for line in told[2:])


@pytest.mark.parametrize(
    ("disks", "groups", "told"),
    [
        ({"sda": Disk(size_gb=50.0)}, {}, ["50 (sda, its largest disk) instead of at least 200"]),
        ({}, {}, ["absent (it has no disk) instead of at least 200"]),
        ({"sda": Disk(size_gb=250.0)}, {}, []),
        ({"sda": Disk(size_gb=250.0)}, {"nova-volumes": VolumeGroup(size_gb=100.0, free_gb=1.0)},
         ["100 instead of at least 200"]),
    ],
)  # fmt: skip
def test_a_bare_disk_is_large_enough_for_the_volume_group(
    arch: Architecture, disks: dict[str, Disk], groups: dict[str, VolumeGroup], told: list[str]
) -> None:
    facts = host("controller", 3, disks=disks, volume_groups=groups)
    found = lines(check({"controller": facts}, arch, only_machines=True))
    assert found == [f"wrong volume_group.size_gb: {each} @ controller" for each in told]


def test_a_hundred_and_sixty_hosts_are_summed_up(many: Architecture) -> None:
    hosts = fleet(SIZE, {17: {"services": DEAD}, 44: {"services": DEAD}})
    found = check(hosts, many)
    [state] = [each for each in found.findings if each.said.what == "services.nova-compute.state"]
    assert (state.nodes, len(state.of)) == (("compute-017", "compute-044"), SIZE)


def test_what_no_host_has_is_told_once_all_have_answered(tmp_path: Path) -> None:
    arch = load(rack(tmp_path, 2))
    hosts = fleet(2) | {"controller": host("controller", 9)}
    told = {each.said.what: str(each) for each in check(hosts, arch).findings}
    assert told['packages["glance-*"].version'].endswith("absent (it has no such package) instead of 2012.1*")
    none = {node: facts.model_copy(update={"configs": {}}) for node, facts in hosts.items()}
    assert "config" in {
        each.said.what.partition(".")[0].partition("[")[0] for each in check(none, arch).findings
    }
    del hosts["controller"]
    assert not [each for each in check(hosts, arch).findings if each.said.what.startswith("packages")]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Architecture:
    return load(rack(tmp_path_factory.mktemp("arch"), SIZE))


def test_a_thousand_hosts_are_checked_in_seconds(tmp_path_factory: pytest.TempPathFactory) -> None:
    arch = load(rack(tmp_path_factory.mktemp("arch"), 999))
    hosts = fleet(999)
    began = time.process_time()
    check(hosts, arch)
    assert time.process_time() - began < 10
