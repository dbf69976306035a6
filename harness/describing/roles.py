"""Who has which role: by the catalogue, nova's own list, the rings, and what runs where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.arch.layout import STORAGE, natural
from harness.describing.endpoints import Answering
from harness.describing.found import Found
from harness.describing.names import Names

API = "compute-api"
_BEHIND = ("database", "bus")
"""Roles that no API shows and that stand, where nobody can look, beside what needs them."""


@dataclass
class Roles:
    """The roles of each node, as they are found out; ``answering`` maps a service type to its role."""

    table: Mapping[str, Any]
    held: dict[str, set[str]] = field(default_factory=dict)
    answering: dict[str, str] = field(default_factory=dict)

    def give(self, node: str, role: str) -> None:
        """A node has a role."""
        self.held.setdefault(node, set()).add(role)

    def nodes_with(self, role: str) -> list[str]:
        """The nodes that have it, in natural order."""
        return sorted((node for node, roles in self.held.items() if role in roles), key=natural)

    def row(self, role: str) -> Mapping[str, Any]:
        """What the base's table says of a role."""
        return self.table.get(role) or {}


def by_hosts(roles: Roles, found: Found, hosts: Mapping[str, set[str]], names: Names) -> None:
    """What nova lists for its hosts; a service that no role brings makes a role of its own."""
    brings = {service: role for role in roles.table for service in roles.row(role).get("host_services", ())}
    listed: dict[str, set[str]] = {}
    for host, services in hosts.items():
        for service in services:
            listed.setdefault(service, set()).add(names.called(host))
    for service, nodes in listed.items():
        role = brings.get(service, service)
        if role not in roles.table:
            found.put(("roles", role), {"services": [f"nova-{service}"], "host_services": [service]})
        for node in nodes:
            roles.give(node, role)
    for role in {role for held in roles.held.values() for role in held}:
        _listed(roles, found, role, listed)


def _listed(roles: Roles, found: Found, role: str, listed: Mapping[str, set[str]]) -> None:
    """What nova lists for hosts of a role, where that is less than the role brings."""
    wanted = roles.row(role).get("host_services", ())
    nodes = set(roles.nodes_with(role))
    there = [service for service in wanted if nodes <= listed.get(service, set())]
    if len(there) < len(wanted):
        found.put(("roles", role, "host_services"), there)
        lacking = ", ".join(sorted(set(wanted) - set(there)))
        found.odd.append(f"nova does not list {lacking} on every node with the role {role}")


def by_catalogue(
    roles: Roles, found: Found, services: Mapping[str, Answering], hosts: Mapping[str, set[str]], names: Names
) -> None:
    """The nodes on which services answer; what is called is what the base calls it, or its own type."""
    _same_controller(roles, found, services, hosts, names)
    for kind, service in services.items():
        role = found.based(("catalogue", kind, "role")) or kind
        known = roles.nodes_with(role)
        places = {each: names.at(at.host) for each, at in service.at.items()}
        if kind == "volume" and known and places["internal"] not in known:
            role = API
        roles.answering[kind] = role
        if role not in roles.table:
            found.put(("roles", role, "services"), [])
        if not roles.nodes_with(role):
            roles.give(places["internal"], role)
        for node in places.values():
            if node not in roles.held:
                roles.give(node, role)


def _same_controller(
    roles: Roles, found: Found, services: Mapping[str, Answering], hosts: Mapping[str, set[str]], names: Names
) -> None:
    """Where no host of the site says whose address it is: compute answers on the one host with its cert."""
    kept = set(roles.row(API).get("host_services", ()))
    own = sorted(host for host, listed in hosts.items() if kept & listed)
    if "compute" in services and len(own) == 1:
        address = services["compute"].at["internal"].host
        if not names.knows(address):
            node = names.called(own[0])
            names.same(address, node)
            found.assumed.append(f"{address} is {node}: compute answers where nova keeps certificates")


def by_services(roles: Roles, running: Mapping[str, set[str]]) -> None:
    """What runs on each node: the first service of a role and half of them, or more than half."""
    for node, services in running.items():
        for role in roles.table:
            brings = list(roles.row(role).get("services", ()))
            share = sum(service in services for service in brings) / max(1, len(brings))
            if brings and (share > 0.5 or (share == 0.5 and brings[0] in services)):
                roles.give(node, role)


def settle(roles: Roles, found: Found, *, inside: bool) -> None:
    """Roles that something needs and nobody saw; ``inside``: hosts were looked into, nothing is assumed."""
    assumed: dict[str, list[str]] = {}
    for role in _BEHIND:
        needing = [node for name in roles.table for node in _needing(roles, name, role)]
        if needing and not roles.nodes_with(role) and not inside:
            roles.give(needing[0], role)
            assumed.setdefault(needing[0], []).append(role)
    for node, names in assumed.items():
        told = " and ".join(names)
        found.assumed.append(f"{node} runs the {told}: something must, and no API tells where")
    for name in roles.table:
        needs = list(roles.row(name).get("needs", ()))
        met = [role for role in needs if roles.nodes_with(role)]
        if len(met) < len(needs) and roles.nodes_with(name):
            found.put(("roles", name, "needs"), met)
            for role in (role for role in needs if role not in met):
                found.blind(f"the nodes with the role {role}", "no host was seen to have it")


def _needing(roles: Roles, name: str, role: str) -> Iterable[str]:
    return roles.nodes_with(name) if role in roles.row(name).get("needs", ()) else ()


def put(roles: Roles, found: Found) -> None:
    """The nodes with their roles, in natural order: the first with a role answers for it."""
    order = list(roles.table)
    for node in sorted(roles.held, key=natural):
        held = sorted(roles.held[node], key=lambda role: order.index(role) if role in order else len(order))
        found.put(("nodes", node, "roles"), held)


def storage(roles: Roles) -> list[str]:
    """The storage nodes."""
    return roles.nodes_with(STORAGE)
