"""Hosts against each other, and against what nova's own tools say."""

from typing import Any

from harness.arch import load
from harness.fleet import naming, nova
from harness.fleet.sealed import unequal_secrets
from harness.fleet.strangers import dhcp_servers, orphaned_targets
from harness.hosts.facts.model import (
    Broker,
    Config,
    Cpu,
    File,
    Interface,
    Listener,
    Managed,
    ManagedService,
    Process,
    Space,
    System,
    Target,
    Unknown,
    VolumeGroup,
)
from tests.fleet.hosts import fleet, host

MODEL = load("essex/six-node").model
NOVA = "dnsmasq --dhcp-range=10.0.0.2 --conf-file= --dhcp-hostsfile=/var/lib/nova/networks/nova-br100.conf"
LIBVIRT = "dnsmasq --dhcp-range 192.168.122.2 --pid-file=/var/run/libvirt/network/default.pid"


def test_names_are_compared_without_domain_and_case() -> None:
    hosts = {
        "a": host("a", system=System(hostname="Rack7.example.org")),
        "b": host("b", system=System(hostname="")),
    }
    found = naming.names(hosts)
    assert found["a"] == "rack7"
    assert isinstance(found["b"], Unknown)


def test_no_address_of_a_sound_fleet_is_shared() -> None:
    assert naming.shared_addresses(fleet(20)) == {}


def test_an_address_that_two_have_is_told_with_both() -> None:
    same = {"eth0": Interface(mac="52:54:00:00:00:01", addresses=("10.0.0.2/24",), physical=True)}
    hosts = fleet(3, {2: {"interfaces": same}})
    shared = naming.shared_addresses(hosts)
    assert shared == {
        "52:54:00:00:00:01": ["compute-001", "compute-002"],
        "10.0.0.2": ["compute-001", "compute-002"],
    }


def test_what_every_host_gives_itself_is_not_shared() -> None:
    own = {
        "virbr0": Interface(addresses=("192.168.122.1/24",)),
        "lo": Interface(addresses=("127.0.0.1/8", "169.254.169.254/32")),
    }
    assert naming.shared_addresses(fleet(2, {1: {"interfaces": own}, 2: {"interfaces": own}})) == {}


def processes(*commands: str) -> tuple[Process, ...]:
    return tuple(Process(pid=n, user="root", command=each) for n, each in enumerate(commands, 100))


def test_the_managers_own_dhcp_server_is_no_stranger_where_it_belongs() -> None:
    facts = host(processes=processes(NOVA, LIBVIRT, "dnsmasq --no-dhcp-interface"))
    assert dhcp_servers("compute-1", facts, MODEL) == ()
    assert dhcp_servers("storage-1", facts, MODEL) != ()


def test_a_second_dhcp_server_is_a_stranger() -> None:
    for command in ("/usr/sbin/dhcpd -q eth0", "dnsmasq --dhcp-range=10.0.0.100,10.0.0.200"):
        (told,) = dhcp_servers("compute-1", host(processes=processes(NOVA, command)), MODEL)
        assert "pid 101" in told
    port = Listener(protocol="udp", address="0.0.0.0", port=67, process="odhcpd")
    assert dhcp_servers("compute-1", host(listeners=(port,)), MODEL) == ("odhcpd at 0.0.0.0:67",)


def sealed(number: int, option: str = "rabbit_password", file: str = "/etc/nova/nova.conf") -> dict[str, Any]:
    value = f"hmac:{number:016x}"
    return {"configs": {file: Config(form="ini", options={"DEFAULT": {option: (value,)}})}}


def test_equal_secrets_are_no_news() -> None:
    assert unequal_secrets(fleet(10)) == ()


def test_the_odd_ones_among_secrets_are_named_and_the_secret_is_not() -> None:
    (told,) = unequal_secrets(fleet(10, {3: sealed(1), 7: sealed(2)}))
    assert (
        str(told)
        == "/etc/nova/nova.conf: rabbit_password: other than on most nodes: compute-003, compute-007"
    )


def test_two_sides_of_one_size_are_told_so() -> None:
    hosts = fleet(2, {1: sealed(1), 2: sealed(2)})
    assert str(unequal_secrets(hosts)[0]).endswith("no two sides agree: compute-001, compute-002")


def test_only_the_secret_of_a_connection_is_compared() -> None:
    def url(host_part: str) -> dict[str, Any]:
        value = f"mysql://nova:hmac:00112233aabbccdd@{host_part}/nova"
        options = {"DEFAULT": {"sql_connection": (value,)}}
        return {"configs": {"/etc/nova/nova.conf": Config(form="ini", options=options)}}

    assert unequal_secrets(fleet(2, {1: url("localhost"), 2: url("controller")})) == ()


def rows(**more: ManagedService) -> Managed:
    hosts = MODEL.compute.hosts if MODEL.compute else {}
    found = {
        f"{service}@{node}": ManagedService(binary=f"nova-{service}", host=node, enabled=True, alive=True)
        for node, each in hosts.items()
        for service in each.services
    }
    return Managed(services=tuple((found | more).values()))


NAMES = {node: node for node in MODEL.nodes}


def test_nova_lists_what_is_described() -> None:
    assert nova.managed_services(host(managed=rows()), NAMES, MODEL) == []


def test_what_is_dead_disabled_missing_or_left_over_is_told() -> None:
    def row(binary: str, where: str, *, enabled: bool = True, alive: bool = True) -> ManagedService:
        return ManagedService(binary=binary, host=where, enabled=enabled, alive=alive)

    managed = rows(
        **{
            "compute@compute-1": row("nova-compute", "compute-1", alive=False),
            "network@compute-2": row("nova-network", "compute-2", enabled=False),
            "old": row("nova-compute", "compute-9", alive=False),
        }
    )
    services = [each for each in managed.services if each.binary != "nova-scheduler"]  # type: ignore[union-attr]
    found = nova.managed_services(host(managed=Managed(services=tuple(services))), NAMES, MODEL)
    assert found == [
        "nova-scheduler on controller is not listed",
        "nova-compute on compute-1 is dead (XXX)",
        "nova-compute on compute-9 is dead (XXX)",
        "nova-network on compute-2 is disabled",
    ]


def test_kvm_needs_processors_that_can_and_its_device() -> None:
    kvm = {"/etc/nova/nova.conf": Config(form="ini", options={"DEFAULT": {"libvirt_type": ("kvm",)}})}
    there, absent = File(kind="other"), File(kind="absent")
    assert nova.unfit("compute-1", host(configs=kvm, files={"/dev/kvm": there}), MODEL) == ""
    assert "not loaded" in str(nova.unfit("compute-1", host(configs=kvm, files={"/dev/kvm": absent}), MODEL))
    weak = host(configs=kvm, cpu=Cpu(count=1, flags=("sse2",)), files={"/dev/kvm": there})
    assert "neither vmx nor svm" in str(nova.unfit("compute-1", weak, MODEL))


def test_a_full_file_system_is_told_whatever_its_size() -> None:
    space = {
        "/": Space(size_mb=900_000, free_mb=10),
        "/boot": Space(size_mb=90, free_mb=40),
        "/small": Space(size_mb=90, free_mb=0),
        "/proc": Space(size_mb=0, free_mb=0),
    }
    assert nova.full(host(space=space)) == ("/ (10 of 900000 MB free)", "/small (0 of 90 MB free)")


def test_queues_that_pile_up_are_told() -> None:
    assert nova.piling_queues(host(broker=Broker(queues={"compute": 3, "cert": 5000}))) == (
        "cert: 5000 messages",
    )


def test_a_target_without_its_volume_is_left_over() -> None:
    def target(number: int) -> Target:
        name = f"volume-{number:08d}"
        return Target(name=f"iqn.2010-10.org.openstack:{name}", stores=(f"/dev/nova-volumes/{name}",))

    groups = {"nova-volumes": VolumeGroup(size_gb=200, free_gb=199, volumes=("volume-00000001",))}
    facts = host(targets=(target(1), target(2)), volume_groups=groups)
    assert orphaned_targets(facts) == (
        "iqn.2010-10.org.openstack:volume-00000002 (/dev/nova-volumes/volume-00000002)",
    )


def test_the_chains_of_the_network_manager() -> None:
    names = {
        "filter": ("nova-filter-top", "nova-network-FORWARD", "nova-network-local"),
        "nat": ("nova-postrouting-bottom", "nova-network-POSTROUTING", "nova-network-snat"),
    }
    rules: dict[str, tuple[str, ...]] = {f"{table}/{chain}": () for table in names for chain in names[table]}
    assert nova.missing_chains(host(rules=rules)) == ()
    assert nova.missing_chains(host(rules={key: () for key in rules if "snat" not in key})) == (
        "nova-network-snat in nat",
    )
    assert len(nova.missing_chains(host(rules={}))) == 6
