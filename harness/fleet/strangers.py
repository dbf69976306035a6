"""What answers on a host and should not: DHCP servers besides the network manager's own."""

from __future__ import annotations

from collections.abc import Iterator

from harness.arch.model import ReferenceArchitecture
from harness.hosts.facts.model import Facts, Listener, Process, Unknown

_DHCP = 67
_SERVERS = ("dhcpd", "dhcpd3", "udhcpd", "kea-dhcp4")
_LIBVIRT = "/libvirt/"
_NOVA = "/nova/networks"


def dhcp_servers(node: str, facts: Facts, model: ReferenceArchitecture) -> tuple[str, ...] | Unknown:
    """The DHCP servers of a node that are none of nova-network's; libvirt's own serve its own bridge only."""
    if isinstance(facts.processes, Unknown):
        return facts.processes
    serves = "network" in model.nodes[node].roles
    strays = [_told(each) for each in facts.processes if _is_stray(each, serves)]
    listeners = () if isinstance(facts.listeners, Unknown) else facts.listeners
    return tuple(dict.fromkeys([*strays, *_holders(listeners, facts.processes)]))


def _is_stray(process: Process, serves: bool) -> bool:
    program = process.command.split(" ")[0].rpartition("/")[2]
    if program in _SERVERS:
        return True
    if program != "dnsmasq" or "--dhcp-range" not in process.command or _LIBVIRT in process.command:
        return False
    return not (serves and _NOVA in process.command)


def _holders(listeners: tuple[Listener, ...], processes: tuple[Process, ...]) -> Iterator[str]:
    """Holders of the DHCP port of which no process is known."""
    known = {each.command.split(" ")[0].rpartition("/")[2] for each in processes}
    for each in listeners:
        if (each.protocol, each.port) == ("udp", _DHCP) and each.process and each.process not in known:
            yield f"{each.process} at {each.address}:{_DHCP}"


def _told(process: Process) -> str:
    return f"{process.command[:80]} (pid {process.pid})"


def orphaned_targets(facts: Facts) -> tuple[str, ...] | Unknown:
    """Targets of iSCSI whose volume is gone: what a deletion that failed half-way leaves behind."""
    if isinstance(facts.targets, Unknown):
        return facts.targets
    if isinstance(facts.volume_groups, Unknown):
        return facts.volume_groups
    kept = {volume for group in facts.volume_groups.values() for volume in group.volumes}
    return tuple(
        f"{target.name} ({store})"
        for target in facts.targets
        for store in target.stores
        if store.startswith("/dev/") and store.rpartition("/")[2] not in kept
    )
