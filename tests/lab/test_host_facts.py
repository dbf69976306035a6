"""What hosts of the lab say of themselves, as the harness reads it."""

import time

import pytest

from harness.hosts.facts import Questions, Unknown
from harness.hosts.facts.reading import read_facts
from harness.hosts.facts.script import script
from harness.hosts.facts.secrets import Secrets
from harness.lab.faults import faults
from tests.lab.test_host_shell import nodes, said  # noqa: F401 - a fixture

pytestmark = pytest.mark.lab
_NONCE = "0123456789abcdef0123"
_ASKED = Questions(
    files=("/etc/nova/nova.conf", "/etc/swift/swift.conf", "/srv/node/sdb", "/etc/none"),
    configs=("/etc/nova/nova.conf", "/etc/swift/swift.conf"),
    sysctl=("net.ipv4.ip_forward", "kernel.hostname"),
)
_ONLY = {
    "domains": ("compute-1",),
    "managed": ("controller", "compute-1"),
    "broker": ("controller",),
    "database": ("controller",),
    "targets": ("controller",),
    "volume_groups": ("controller",),
}
"""Parts that only these of the three nodes have."""


@pytest.fixture(scope="module")
def facts(nodes):  # noqa: F811
    return {name: asked(nodes[name], name) for name in ("controller", "compute-1", "storage-2")}


def asked(client, name, secrets=None):
    begin = time.time()
    out, _ = said(client, "sudo -n sh -s", script(_ASKED, _NONCE).encode())
    return read_facts(name, out, _ASKED, _NONCE, secrets or Secrets(), begin, time.time())


@pytest.mark.parametrize("name", ["controller", "compute-1", "storage-2"])
def test_every_part_is_told_where_it_belongs(facts, name):
    told = dict(facts[name])
    unknown = {part for part, value in told.items() if isinstance(value, Unknown)}
    assert unknown == {part for part, holders in _ONLY.items() if name not in holders}


def test_the_system_is_that_of_2012_and_the_node_has_its_name(facts):
    for name, each in facts.items():
        system = each.system
        assert (system.hostname, system.id, system.version) == (name, "ubuntu", "12.04")
        assert system.kernel == "3.2.0-23-generic"
        assert abs(each.clock.offset) <= each.clock.error + 1


def test_what_is_played_is_named(facts):
    for each in facts.values():
        assert {"clock", "packages", "services", "mounts"} <= set(each.doubles)
        assert not {"configs", "users", "resolvers"} & set(each.doubles)
        assert set(each.doubles) <= set(type(each).model_fields)


def test_the_sockets_of_the_lab_are_seen_under_their_described_ports(facts):
    ports = {name: {one.port: one for one in each.listeners} for name, each in facts.items()}
    assert {22, 80, 3306, 5000, 5672, 8080, 8774, 9191, 9292, 35357} <= set(ports["controller"])
    assert {22, 873, 6000, 6001, 6002} <= set(ports["storage-2"])
    assert ports["storage-2"][6000].process == "swift-object-se"
    assert not {8774, 6000, 10022} & set(ports["compute-1"])


def test_services_are_those_of_the_roles(facts):
    assert {"nova-compute", "nova-network", "libvirt-bin"} <= set(facts["compute-1"].services)
    assert "nova-api" not in facts["compute-1"].services
    for each in facts.values():
        assert all(service.running and service.enabled for service in each.services.values())


def test_options_accounts_and_owners_are_those_of_a_deployer(facts):
    nova = facts["compute-1"].configs["/etc/nova/nova.conf"].options["DEFAULT"]
    assert nova["network_manager"] == ("nova.network.manager.FlatDHCPManager",)
    assert nova["rabbit_password"][0].startswith("hmac:")
    assert "libvirtd" in facts["compute-1"].users["nova"].groups
    file = facts["compute-1"].files["/etc/nova/nova.conf"]
    assert (file.owner, file.group, file.mode) == ("nova", "nova", "0640")
    assert facts["storage-2"].files["/etc/swift/swift.conf"].owner == "swift"
    assert facts["storage-2"].files["/srv/node/sdb"].kind == "folder"
    assert facts["storage-2"].mounts["/srv/node/sdb"].type == "xfs"


def test_secrets_are_the_same_on_every_host_under_one_key(nodes):  # noqa: F811
    secrets = Secrets()
    found = [asked(nodes[name], name, secrets) for name in ("controller", "compute-2")]
    seals = {each.configs["/etc/nova/nova.conf"].options["DEFAULT"]["rabbit_password"] for each in found}
    assert len(seals) == 1


def test_nova_manage_says_who_is_dead(live_lab, nodes):  # noqa: F811
    def dead():
        listed = said(nodes["controller"], "sudo -n nova-manage service list")[0]
        return [line.split()[:2] for line in listed.splitlines() if " XXX " in line]

    assert dead() == []
    assert live_lab.control("POST", "faults/hosts.managed_dead").status == 200
    try:
        assert dead() == [["nova-network", "compute-2"]]
    finally:
        live_lab.control("DELETE", "faults/hosts.managed_dead")
    assert dead() == []


def test_a_host_that_falls_silent_keeps_its_connection(live_lab, nodes):  # noqa: F811
    assert live_lab.control("POST", "faults/hosts.falls_silent").status == 200
    try:
        channel = nodes["storage-3"].get_transport().open_session()
        channel.settimeout(1)
        channel.exec_command("yes")
        assert channel.makefile("rb").read(3000) == b"y\n" * 1500
        with pytest.raises(TimeoutError):
            channel.recv(1)
        channel.close()
    finally:
        live_lab.control("DELETE", "faults/hosts.falls_silent")
    assert said(nodes["storage-3"], "seq 3000")[0].endswith("\n3000\n")


def test_forty_faults_break_hosts():
    assert len([name for name in faults() if name.startswith("hosts.")]) >= 40


def test_requests_stand_in_the_logs_of_the_node_that_took_them(live_lab, nodes):  # noqa: F811
    live_lab.login("admin").send("GET", "compute/flavors?marker=of-this-test")
    log = said(nodes["controller"], "sudo -n cat /var/log/nova/nova-api.log")[0]
    lines = [line for line in log.splitlines() if "marker=of-this-test" in line]
    assert " INFO nova.api.openstack.wsgi [req-" in lines[0]
    assert lines[-1].split(" returned with HTTP ")[1].isdecimal()


def test_an_answer_cannot_be_led_out_of_a_node(live_lab, nodes, tmp_path):  # noqa: F811
    """Whoever writes into a node's pipe gets answers in folders of the node alone."""
    place = f"{tmp_path}/out"
    script_ = f"""
        cd /run/deployday-lab
        ln -s {tmp_path} asked.linked0 && echo "asked.linked0 0 states" >asks
        echo "asked.../../../x 0 states" >asks
        mkdir asked.folder0 && ln -s {place} asked.folder0/out && echo "asked.folder0 0 states" >asks
        head -c 300000 /dev/zero | tr '\\000' A >asks
        echo >asks
        initctl list | head -n 1
        rm -r asked.linked0 asked.folder0
    """
    assert "start/running" in said(nodes["storage-1"], script_)[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("node", "job", "port"), [("controller", "rabbitmq-server", 5672), ("controller", "mysql", 3306)]
)
def test_a_service_that_is_stopped_runs_and_listens_no_more(nodes, node, job, port):  # noqa: F811
    assert said(nodes[node], f"service {job} stop", ended=1)[1]
    said(nodes[node], f"sudo -n service {job} stop")
    try:
        stopped = asked(nodes[node], node)
        assert stopped.services[job].running is False
        assert port not in {one.port for one in stopped.listeners}
    finally:
        said(nodes[node], f"sudo -n service {job} start")
    again = asked(nodes[node], node)
    assert again.services[job].running
    assert port in {one.port for one in again.listeners}
