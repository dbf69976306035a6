"""What is one host's own, as values that can be compared with the same host's on another day."""

from __future__ import annotations

from collections.abc import Iterator

from harness.fleet.values import Value, Values, as_set
from harness.hosts.facts.model import Facts, Managed, Unknown

_OF_GUESTS = ("vnet", "tap", "veth", "docker", "podman", "qvo", "qvb", "qbr")


def names(facts: Facts) -> Values | Unknown:
    """Host name, with and without domain."""
    found = facts.system
    if isinstance(found, Unknown):
        return found
    told = {"host name": found.hostname, "full host name": found.fqdn}
    return {what: name for what, name in told.items() if name}


def addresses(facts: Facts) -> Values | Unknown:
    """The addresses of each interface that is no guest's; a single one (/32) is a floating address."""
    found = facts.interfaces
    if isinstance(found, Unknown):
        return found
    own = {name: each for name, each in found.items() if not name.startswith(_OF_GUESTS)}
    kept = {name: [a for a in each.addresses if _lasting(a)] for name, each in own.items()}
    return {name: as_set(tuple(each)) for name, each in kept.items() if each}


def _lasting(address: str) -> bool:
    return not address.endswith(("/32", "/128")) and not address.startswith("fe80:")


def macs(facts: Facts) -> Values | Unknown:
    """The MAC of each physical interface."""
    found = facts.interfaces
    if isinstance(found, Unknown):
        return found
    return {name: each.mac for name, each in found.items() if each.physical and each.mac}


def managed(facts: Facts) -> Values | Unknown:
    """Nova's own list of services, its networks and the size of its pools of floating addresses."""
    return facts.managed if isinstance(facts.managed, Unknown) else dict(_managed(facts.managed))


def _managed(found: Managed) -> Iterator[tuple[str, Value]]:
    for row in () if isinstance(found.services, Unknown) else found.services:
        state = ("enabled" if row.enabled else "disabled", "alive" if row.alive else "dead")
        yield f"{row.binary} on {row.host}", ", ".join(state)
    for pool, size in ({} if isinstance(found.floating, Unknown) else found.floating).items():
        yield f"pool {pool}", f"{size} floating addresses"
    for network in () if isinstance(found.networks, Unknown) else found.networks:
        yield f"network {network}", "there"


def half_told(facts: Facts, name: str) -> bool:
    """Whether a thing of nova's may be there or not, for one of its lists was not told."""
    found = facts.managed
    if isinstance(found, Unknown):
        return True
    part = {"pool": found.floating, "network": found.networks}.get(name.split(" ")[0], found.services)
    return isinstance(part, Unknown)


def cluster(facts: Facts) -> Values | Unknown:
    """The running nodes of the message bus, and whether the database answers."""
    told: dict[str, Value] = {}
    if not isinstance(facts.broker, Unknown) and not isinstance(facts.broker.nodes, Unknown):
        told["nodes of the broker"] = as_set(facts.broker.nodes)
    if not isinstance(facts.database, Unknown):
        told["database server"] = "answers" if facts.database.answers else "does not answer"
    return told
