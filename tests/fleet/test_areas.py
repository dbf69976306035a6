"""What only option files and tools tell: drivers, back ends, pools."""

import pytest

from harness.arch import load
from harness.fleet import FAMILIES
from harness.fleet.observed import Observed
from harness.hosts.facts.model import Broker, Config, Database, Managed, Unknown
from tests.fleet.hosts import host

MODEL = load("essex/six-node").model
GONE = Unknown(unknown="there is no such file")


def nova(**options: str) -> dict[str, Config]:
    """The option file of nova and nothing else."""
    return {"/etc/nova/nova.conf": Config(form="flags", options={"": {k: (v,) for k, v in options.items()}})}


def told(family: str, node: str = "compute-1", **parts: object) -> list[Observed]:
    return list(FAMILIES[family](node, host(node, **parts), MODEL))


def only(family: str, node: str = "compute-1", **parts: object) -> object:
    (found,) = told(family, node, **parts)
    return found.value


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({}, "kvm"),
        ({"libvirt_type": "qemu"}, "qemu"),
        ({"connection_type": "xenapi", "libvirt_type": "kvm"}, "xen"),
        ({"connection_type": "fake"}, "fake"),
    ],
)
def test_the_hypervisor_is_what_essex_would_take(options: dict[str, str], kind: str) -> None:
    assert only("hypervisor", configs=nova(**options)) == kind


def test_the_file_of_the_compute_package_wins() -> None:
    files = nova(libvirt_type="kvm") | {
        "/etc/nova/nova-compute.conf": Config(form="flags", options={"": {"libvirt_type": ("lxc",)}})
    }
    assert only("hypervisor", configs=files) == "lxc"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "filter"),
        ({"scheduler_driver": "nova.scheduler.simple.SimpleScheduler"}, "simple"),
        ({"compute_scheduler_driver": "nova.scheduler.chance.ChanceScheduler"}, "chance"),
        ({"scheduler_driver": "our.own.Scheduler"}, "Scheduler"),
    ],
)
def test_the_scheduler(options: dict[str, str], name: str) -> None:
    assert only("scheduler", configs=nova(**options)) == name


@pytest.mark.parametrize(
    ("options", "name"),
    [({}, "VLAN"), ({"network_manager": "nova.network.manager.FlatDHCPManager"}, "FlatDHCP")],
)
def test_the_network_manager(options: dict[str, str], name: str) -> None:
    assert only("manager", configs=nova(**options)) == name


def test_the_volume_driver() -> None:
    assert only("volumes", configs=nova()) == "lvm-iscsi"
    nexenta = "nova.volume.nexenta.volume.NexentaDriver"
    assert only("volumes", configs=nova(volume_driver=nexenta)) == "nexenta"


def test_the_identity_back_end() -> None:
    driver = {"driver": ("keystone.identity.backends.ldap.Identity",)}
    files = {"/etc/keystone/keystone.conf": Config(form="ini", options={"identity": driver})}
    assert only("identity", "controller", configs=files) == "ldap"
    empty = {"/etc/keystone/keystone.conf": Config(form="ini", options={})}
    assert only("identity", "controller", configs=empty) is None


def test_the_database_that_answers_and_the_one_that_is_used() -> None:
    files = nova(sql_connection="postgresql://nova:hmac:0011223344556677@controller/nova")
    server = Database(kind="mysql", version="5.5", answers=True)
    found = told("database", "controller", configs=files, database=server)
    assert [each.value for each in found] == ["mysql", "postgresql"]
    silent = Database(kind="mysql", answers=False)
    assert told("database", "controller", configs={}, database=silent)[0].value is None


def test_the_bus_that_answers_and_the_one_that_is_used() -> None:
    files = nova(rpc_backend="nova.rpc.impl_qpid")
    answers = Broker(version="2.7.1", nodes=("rabbit@controller",))
    assert [each.value for each in told("bus", "controller", configs=files, broker=answers)] == [
        "rabbitmq",
        "qpid",
    ]
    assert told("bus", "controller", configs={}, broker=Broker(nodes=()))[0].value is None


def test_a_pool_that_nobody_made_has_no_addresses() -> None:
    assert only("floating", managed=Managed(floating={"nova": 64})) == 64
    assert only("floating", managed=Managed(floating={"other": 64})) == 0


@pytest.mark.parametrize("family", ["hypervisor", "scheduler", "manager", "volumes", "identity"])
@pytest.mark.parametrize("denied", [True, False])
def test_what_cannot_be_read_is_unknown_with_its_reason(family: str, denied: bool) -> None:
    files = {path: Unknown(unknown="not for you", denied=denied) for path in FILES}
    (found,) = told(family, configs=files)
    assert (found.unknown, found.denied, found.value) == ("not for you", denied, None)


FILES = ("/etc/nova/nova.conf", "/etc/keystone/keystone.conf")
