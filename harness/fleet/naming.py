"""Names and addresses of hosts against each other: what must be one host's alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.hosts.facts.model import Facts, Interface, Unknown

_OF_ITS_OWN = ("lo", "virbr", "docker", "podman")
"""Interfaces whose addresses every host may give itself."""


def names(fleet: Mapping[str, Facts]) -> dict[str, str | Unknown]:
    """Node → its own host name, without domain, in small letters."""
    return {node: _name(facts) for node, facts in fleet.items()}


def _name(facts: Facts) -> str | Unknown:
    if isinstance(facts.system, Unknown):
        return facts.system
    return facts.system.hostname.partition(".")[0].lower() or Unknown(unknown="it tells no host name")


def shared_addresses(fleet: Mapping[str, Facts]) -> dict[str, list[str]]:
    """IP addresses, and MACs of physical interfaces, that several nodes have → these nodes."""
    holders: dict[str, dict[str, None]] = {}
    for node, facts in fleet.items():
        interfaces = {} if isinstance(facts.interfaces, Unknown) else facts.interfaces
        for name, interface in interfaces.items():
            for address in _addresses(name, interface):
                holders.setdefault(address, {})[node] = None
    return {address: list(nodes) for address, nodes in holders.items() if len(nodes) > 1}


def _addresses(name: str, interface: Interface) -> Iterator[str]:
    if name.startswith(_OF_ITS_OWN):
        return
    if interface.physical and interface.mac:
        yield interface.mac
    for address in interface.addresses:
        bare = address.partition("/")[0]
        if not bare.startswith(("127.", "169.254.", "fe80:", "::1")):
            yield bare
