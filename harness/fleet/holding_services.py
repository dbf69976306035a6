"""Services and ports of a host: what runs of all that the roles know, what listens, what should not."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from harness.arch.model import ReferenceArchitecture
from harness.fleet.observed import Observed, unseen, unseen_below
from harness.hosts.facts.model import Facts, Interface, Listener, Service, Unknown

_SILENT = Unknown(unknown="its service manager does not tell")


def services(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """State of each described service, and the names of those that run: of any role, whoever has it here.

    A service that is there and stopped is no deviation on a node which should not have it.
    """
    here = ("nodes", node, "services")
    if isinstance(facts.services, Unknown):
        yield from unseen_below(model.nodes[node], here[:2], facts.services, ("services",))
        return
    described = model.nodes[node].services
    known = {name for role in model.roles.values() for name in role.services}
    running = {name for name, service in facts.services.items() if service.running}
    yield Observed(here, names=tuple(sorted((described.keys() & facts.services.keys()) | (known & running))))
    for name in described:
        if name in facts.services:
            yield from _service((*here, name), facts.services[name])


def _service(path: tuple[str, ...], service: Service) -> Iterator[Observed]:
    for leaf, told, words in (
        ("state", service.running, {True: "running", False: "stopped"}),
        ("enabled", service.enabled, {True: True, False: False}),
    ):
        yield unseen((*path, leaf), _SILENT) if told is None else Observed((*path, leaf), words[told])


def roles(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The roles of which every service runs here; one that is known to bring no service cannot be seen."""
    path = ("nodes", node, "roles")
    if isinstance(facts.services, Unknown):
        yield unseen(path, facts.services)
        return
    running = {name for name, service in facts.services.items() if service.running}
    rows = {name: set(role.services) for name, role in model.roles.items()}
    if all(rows.get(role, {role}) for role in model.nodes[node].roles):
        yield Observed(path, sorted(name for name, brings in rows.items() if brings and brings <= running))
    else:
        yield unseen(path, Unknown(unknown="one of its roles brings no service"))


def ports(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The TCP ports on which something listens, at whatever address."""
    path = ("nodes", node, "ports")
    if isinstance(facts.listeners, Unknown):
        yield from unseen_below(model.nodes[node], path[:2], facts.listeners, path[2:])
    else:
        yield Observed(path, sorted({each.port for each in facts.listeners if each.protocol == "tcp"}))


def open_ports(node: str, facts: Facts, model: ReferenceArchitecture) -> tuple[Listener, ...] | Unknown:
    """The TCP listeners that others can reach and that nobody described; an answer, no clause."""
    if isinstance(facts.listeners, Unknown):
        return facts.listeners
    described = model.nodes[node]
    allowed = [_range(text) for text in described.may_listen]
    allowed += [range(port, port + 1) for port in described.ports]
    interfaces = {} if isinstance(facts.interfaces, Unknown) else facts.interfaces
    own = {address for name, each in interfaces.items() if name != "lo" for address in _bare(each)}
    return tuple(
        each
        for each in facts.listeners
        if each.protocol == "tcp"
        and not any(each.port in ports for ports in allowed)
        and (each.address in own or not _only_here(each.address))
    )


def _range(text: str) -> range:
    low, _, high = text.partition("-")
    return range(int(low), int(high or low) + 1)


def _bare(interface: Interface) -> Iterator[str]:
    return (address.partition("/")[0] for address in interface.addresses)


def _only_here(address: str) -> bool:
    """Whether only the host itself reaches an address: loopback, in either family."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0].strip("[]"))
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
