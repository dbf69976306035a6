"""Facts as observations: every described clause is answered, unknown parts say why, nothing is echoed."""

from __future__ import annotations

from typing import Any

import pytest

from harness.arch import load
from harness.arch.architecture import Architecture
from harness.arch.comparators import comparator
from harness.arch.paths import parse, show
from harness.evidence.sight import judge_clause
from harness.fleet.holding import FAMILIES, nowhere, observations, open_ports
from harness.fleet.observed import Observed
from harness.hosts.facts.model import NO_SUCH_FILE, Config, Facts, File, Listener, Mount, Service, Unknown
from tests.fleet.hosts import COMPUTE, NO_TOOL, host

SMALL = ("nodes", "compute-1", "space", "/var/log", "free_gb")


@pytest.fixture(scope="module")
def arch() -> Architecture:
    node = "nodes.compute-1"
    return load(
        "essex/six-node",
        sets=[
            'packages["nova-*"].version=2012.1.3*',
            f"{node}.files={{/etc/nova/nova.conf: {{owner: nova, group: nova, mode: 0640}}}}",
            f"{node}.users={{nova: {{groups: [libvirtd], shell: /bin/false}}}}",
            f"{node}.sysctl={{net.ipv4.ip_forward: 1}}",
            f"{node}.mounts={{/: {{type: ext4, device: /dev/sda*}}}}",
            f"{node}.hardware={{disks: {{sda: 900 GB}}, flags: [vmx]}}",
        ],
    )


def seen(arch: Architecture, facts: Facts, family: str) -> dict[str, Observed]:
    found = FAMILIES[family](facts.node, facts, arch.model)
    return {show(each.path).removeprefix("nodes.compute-1."): each for each in found}


def states(arch: Architecture, facts: Facts) -> dict[str, str]:
    """The state of every host clause of the node, as the judge would have it."""
    table, found = arch.table.clauses, {}
    for each in observations(facts.node, facts, arch.model):
        for path in table:
            gone = each.names is not None and path[: len(each.path)] == each.path
            if gone and path[len(each.path)] not in (each.names or ()):
                found[show(path)] = "absent"
        if each.path in table:
            clause = table[each.path]
            found[show(each.path)] = "unknown" if each.unknown else judge_clause(clause, each.value)
    return found


def test_every_host_clause_of_a_sound_node_is_verified(arch: Architecture) -> None:
    facts = host(listeners=(Listener(protocol="tcp", address="0.0.0.0", port=22),), interfaces={
        **host().interfaces, "eth1": host().interfaces["eth0"]})  # fmt: skip
    found = states(arch, facts)
    wanted = {
        show(path) for path, clause in arch.table.clauses.items()
        if path[:2] == ("nodes", "compute-1") and clause.visible == "host"
    }  # fmt: skip
    assert wanted <= found.keys()
    assert {path for path in wanted if found[path] != "verified"} == {show(SMALL)}


@pytest.mark.parametrize("part", [name for name in Facts.model_fields if name not in
                                  ("node", "taken", "seconds", "doubles")])  # fmt: skip
def test_a_part_that_is_unknown_deviates_nowhere(arch: Architecture, part: str) -> None:
    before = states(arch, host())
    after = states(arch, host(**{part: Unknown(unknown="it hung", denied=True)}))
    assert {path for path in before if path.startswith("nodes")} <= after.keys()
    changed = {path for path in after if after[path] != before.get(path)}
    assert {after[path] for path in changed} <= {"unknown"}


def test_each_clause_of_the_node_that_is_described_otherwise_deviates(arch: Architecture) -> None:
    sound, wrong = states(arch, host()), []
    for path, clause in arch.table.clauses.items():
        other = comparator(clause.comparator).violate(clause.value)
        if sound.get(show(path)) == "verified" and other is not None:
            after = states(arch.with_changes({path: other}), host())[show(path)]
            wrong += [show(path)] if after == "verified" else []
    assert wrong == []


def test_services_are_seen_both_ways(arch: Architecture) -> None:
    found = dict.fromkeys(COMPUTE[1:], Service(manager="upstart", running=True, enabled=None))
    found["nova-volume"] = found["cron"] = found["libvirt-bin"]
    found["mysql"] = Service(manager="sysv", running=False, enabled=True)
    told = seen(arch, host(services=found), "services")
    assert told["services"].names == ("libvirt-bin", "nova-network", "nova-volume")
    assert told["services.libvirt-bin.state"].value == "running"
    assert "does not tell" in told["services.libvirt-bin.enabled"].unknown
    assert not any("nova-compute" in path for path in told)


def test_a_stopped_service_is_there_and_stopped(arch: Architecture) -> None:
    found = dict.fromkeys(COMPUTE, Service(manager="systemd", running=False, enabled=False))
    told = seen(arch, host(services=found), "services")
    assert told["services"].names == tuple(sorted(COMPUTE))
    assert (told["services.nova-compute.state"].value, told["services.nova-compute.enabled"].value) == (
        "stopped", False)  # fmt: skip


def test_a_port_open_to_the_world_is_told_and_one_for_the_host_alone_is_not(arch: Architecture) -> None:
    def at(address: str, port: int, protocol: Any = "tcp") -> Listener:
        return Listener(protocol=protocol, address=address, port=port)

    listeners = (at("0.0.0.0", 22), at("::", 5901), at("127.0.0.1", 4000), at("::ffff:127.0.0.1", 5),
                 at("::1", 4001), at("*", 4002), at("10.0.0.2", 4003), at("*", 4004, "udp"))  # fmt: skip
    found = open_ports("compute-1", host(listeners=listeners), arch.model)
    assert not isinstance(found, Unknown)
    assert [each.port for each in found] == [4002, 4003]
    assert open_ports("compute-1", host(listeners=NO_TOOL), arch.model) == NO_TOOL


def test_packages_by_pattern_and_by_version(arch: Architecture) -> None:
    installed = {"nova-common": "2012.1.3-1", "nova-compute": "2012.1.1-1", "nova-network": "2012.1.3-1"}
    found = list(FAMILIES["packages"]("compute-1", host(packages=installed), arch.model))
    assert [(each.value, each.about) for each in found] == [
        ("2012.1.3-1", "nova-common, nova-network"), ("2012.1.1-1", "nova-compute")]  # fmt: skip
    assert {each.path[1] for each in found} == {"nova-*"}


def conf(**options: tuple[str, ...]) -> dict[str, Config]:
    return {"/etc/nova/nova.conf": Config(form="ini", options={"DEFAULT": options})}


def test_config_takes_the_last_value_and_says_what_is_not_set(arch: Architecture) -> None:
    told = seen(arch, host(configs=conf(libvirt_type=("kvm", "qemu"), iscsi_helper=("hmac:00",))), "config")
    assert told['config["nova.conf"].libvirt_type'].value == "qemu"
    assert told['config["nova.conf"].allow_same_net_traffic'].value is None
    assert "secret" in told['config["nova.conf"].iscsi_helper'].unknown


def test_a_file_that_belongs_to_a_service_and_is_not_there(arch: Architecture) -> None:
    for configs in ({}, {"/etc/nova/nova.conf": NO_SUCH_FILE}):
        told = seen(arch, host(configs=configs), "config")
        assert told['config["nova.conf"].libvirt_type'].about == "it has no nova.conf"
    told = seen(arch, host(configs={"/etc/nova/nova.conf": Unknown(unknown="no", denied=True)}), "config")
    assert told['config["nova.conf"].libvirt_type'].denied
    storage = host("storage-1", configs={})
    assert not list(FAMILIES["config"]("storage-1", storage, arch.model))


def test_what_no_host_has(arch: Architecture) -> None:
    fleet = {"compute-1": host(packages={"bash": "4"}, configs={}), "compute-2": host("compute-2", 2)}
    gone = {show(each.path) for each in nowhere(fleet, arch.model)}
    assert 'packages["glance-*"].version' in gone
    assert 'packages["nova-*"].version' not in gone
    assert not any(path.startswith("config") for path in gone)
    fleet["controller"] = host("controller", packages=NO_TOOL)
    assert not any(
        path.startswith("packages") for path in map(show, (e.path for e in nowhere(fleet, arch.model)))
    )


def test_a_file_that_is_gone_and_one_that_may_not_be_looked_at(arch: Architecture) -> None:
    path = "/etc/nova/nova.conf"
    place = f'files["{path}"]'
    told = seen(arch, host(files={path: File(kind="absent")}), "files")
    assert (told[f"{place}.present"].value, told[f"{place}.owner"].value) == (False, None)
    told = seen(arch, host(files={path: Unknown(unknown="permission denied", denied=True)}), "files")
    assert told[f"{place}.mode"].denied
    told = seen(arch, host(files={}), "files")
    assert "not asked" in told[f"{place}.mode"].unknown


def test_a_mount_that_is_missing_and_one_of_another_type(arch: Architecture) -> None:
    assert seen(arch, host(mounts={}), "mounts")['mounts["/"].type'].value is None
    other = {"/": Mount(device="/dev/vda1", type="xfs")}
    assert seen(arch, host(mounts=other), "mounts")['mounts["/"].device'].value == "/dev/vda1"


def test_free_space_is_that_of_the_file_system_that_holds_the_path(arch: Architecture) -> None:
    told = seen(arch, host(), "space")
    assert told['space["/var/log"].free_gb'].about == "it lies in /var"
    assert told['space["/"].free_gb'].value == pytest.approx(499_999 / 1024, abs=0.01)


def test_a_volume_group_of_another_name(arch: Architecture) -> None:
    facts = host("controller", volume_groups={"vg0": host().volume_groups["nova-volumes"]})
    name, size = FAMILIES["volume_group"]("controller", facts, arch.model)
    assert (name.value, size.value) == ("vg0", None)


def test_roles_are_those_whose_services_all_run(arch: Architecture) -> None:
    assert seen(arch, host(), "roles")["roles"].value == ["compute", "network"]
    few = {"nova-compute": Service(manager="upstart", running=True)}
    assert seen(arch, host(services=few), "roles")["roles"].value == []


def test_no_observation_is_an_echo_of_the_description(arch: Architecture) -> None:
    """Another description of the same shape is told the same of the same host."""
    other = load("essex/six-node", sets=["hosts.system.kernel=9.*", "hosts.hardware.cpus=99",
                                         'config["nova.conf"].iscsi_helper=ietadm'])  # fmt: skip
    first = {each.path: each for each in observations("compute-2", host("compute-2"), arch.model)}
    second = {each.path: each for each in observations("compute-2", host("compute-2"), other.model)}
    assert all(first[path] == second[path] for path in first.keys() & second.keys())
    assert parse('config["nova.conf"].iscsi_helper') in first.keys() & second.keys()
