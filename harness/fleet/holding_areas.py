"""What only option files and tools on hosts tell of the cloud's areas: drivers, back ends, pools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from harness.arch.model import ReferenceArchitecture
from harness.arch.paths import Path
from harness.fleet.holding_software import option_of
from harness.fleet.observed import Observed, unseen
from harness.hosts.facts.model import Config, Facts, Unknown

NOVA = "/etc/nova/nova.conf"
_NOVA_COMPUTE = "/etc/nova/nova-compute.conf"
_KEYSTONE = "/etc/keystone/keystone.conf"
_MANAGERS = {"FlatManager": "Flat", "FlatDHCPManager": "FlatDHCP", "VlanManager": "VLAN"}
_SCHEDULERS = {"FilterScheduler": "filter", "SimpleScheduler": "simple", "ChanceScheduler": "chance"}
_VOLUMES = {
    "ISCSIDriver": "lvm-iscsi",
    "NexentaDriver": "nexenta",
    "SanISCSIDriver": "san",
    "HpSanISCSIDriver": "san",
    "SolarisISCSIDriver": "san",
    "FakeISCSIDriver": "fake",
}
_BUSES = {"impl_kombu": "rabbitmq", "impl_carrot": "rabbitmq", "impl_qpid": "qpid", "impl_fake": "fake"}
_DEFAULTS = {
    "connection_type": "libvirt",
    "libvirt_type": "kvm",
    "network_manager": "nova.network.manager.VlanManager",
    "scheduler_driver": "nova.scheduler.multi.MultiScheduler",
    "compute_scheduler_driver": "nova.scheduler.filter_scheduler.FilterScheduler",
    "volume_driver": "nova.volume.driver.ISCSIDriver",
    "rpc_backend": "nova.rpc.impl_kombu",
}
"""What Essex takes for an option that its file does not set (nova 2012.1: nova/flags.py, nova/virt/libvirt,
nova/scheduler/manager.py and multi.py, nova/volume/manager.py, nova/rpc/__init__.py).
"""


def hypervisor(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """How a compute node runs servers."""
    path = ("compute", "hypervisor")
    options = _options(facts, NOVA, _NOVA_COMPUTE)
    if isinstance(options, Unknown):
        yield unseen(path, options)
        return
    kind = options("connection_type")
    yield Observed(path, options("libvirt_type") if kind == "libvirt" else _xen(kind))


def _xen(kind: str) -> str:
    return "xen" if kind == "xenapi" else kind


def scheduler(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """What chooses a server's host."""
    path = ("compute", "scheduler")
    options = _options(facts, NOVA)
    if isinstance(options, Unknown):
        yield unseen(path, options)
        return
    driver = _last(options("scheduler_driver"))
    driver = _last(options("compute_scheduler_driver")) if driver == "MultiScheduler" else driver
    yield Observed(path, _SCHEDULERS.get(driver, driver))


def manager(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The network manager."""
    yield from _driver(("network", "manager"), facts, "network_manager", _MANAGERS)


def volumes(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """What keeps volumes."""
    yield from _driver(("volumes", "driver"), facts, "volume_driver", _VOLUMES)


def identity(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """Where Keystone keeps its users: ``keystone.identity.backends.sql.Identity``."""
    path = ("identity", "backend")
    copy = _copy(facts, _KEYSTONE)
    if isinstance(copy, Unknown):
        yield unseen(path, copy)
        return
    driver = option_of(copy, "identity/driver").get("identity", "")
    parts = driver.split(".")
    yield Observed(path, parts[-2] if len(parts) > 1 else driver or None)


def database(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The product that answers as database, and the one that the services of this node are told to use."""
    path = ("database", "kind")
    if "database" in model.nodes[node].roles:
        found = facts.database
        if isinstance(found, Unknown):
            yield unseen(path, found)
        else:
            yield Observed(path, found.kind if found.answers else None, about="the server on this node")
    for file, copy in _read(facts):
        for value in (
            *option_of(copy, "sql_connection").values(),
            *option_of(copy, "sql/connection").values(),
        ):
            yield Observed(path, urlsplit(value).scheme.partition("+")[0] or None, about=file)


def bus(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The product behind the message bus: what runs here, and what nova of this node is told to use."""
    path = ("bus", "kind")
    if "bus" in model.nodes[node].roles:
        found = facts.broker
        if isinstance(found, Unknown):
            yield unseen(path, found)
        else:
            yield Observed(path, "rabbitmq" if found.nodes != () else None, about="the server on this node")
    copy = _copy(facts, NOVA)
    if isinstance(copy, Config):
        yield from _driver(path, facts, "rpc_backend", _BUSES)


def floating(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """How many addresses each described pool has."""
    for pool in model.network.floating if model.network else ():
        path = ("network", "floating", pool, "at_least")
        pools = facts.managed if isinstance(facts.managed, Unknown) else facts.managed.floating
        yield unseen(path, pools) if isinstance(pools, Unknown) else Observed(path, pools.get(pool, 0))


class _Options:
    """The options of one program, read from several files; a later one wins."""

    def __init__(self, *copies: Config) -> None:
        self._copies = copies

    def __call__(self, option: str) -> str:
        found = [value for copy in self._copies for value in option_of(copy, option).values()]
        return found[-1] if found else _DEFAULTS[option]


def _options(facts: Facts, first: str, *more: str) -> _Options | Unknown:
    """The options of a program; its first file must be there, the others may."""
    copy = _copy(facts, first)
    if isinstance(copy, Unknown):
        return copy
    others = (_copy(facts, path) for path in more)
    return _Options(copy, *(each for each in others if isinstance(each, Config)))


def _copy(facts: Facts, path: str) -> Config | Unknown:
    if isinstance(facts.configs, Unknown):
        return facts.configs
    return facts.configs.get(path, Unknown(unknown=f"the host was not asked for {path}"))


def _read(facts: Facts) -> Iterator[tuple[str, Config]]:
    """Every option file of a host that could be read."""
    known = {} if isinstance(facts.configs, Unknown) else facts.configs
    return ((path, copy) for path, copy in known.items() if isinstance(copy, Config))


def _driver(path: Path, facts: Facts, option: str, words: Mapping[str, str]) -> Iterator[Observed]:
    options = _options(facts, NOVA)
    if isinstance(options, Unknown):
        yield unseen(path, options)
        return
    name = _last(options(option))
    yield Observed(path, words.get(name, name))


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]
