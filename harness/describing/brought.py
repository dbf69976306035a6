"""Services that roles bring, where hosts were looked into: those that are nowhere, those in odd places."""

from __future__ import annotations

from collections.abc import Mapping

from harness.describing.found import Found
from harness.describing.roles import Roles

Services = Mapping[str, set[str]]


def services(roles: Roles, found: Found, there: Services, running: Services) -> None:
    """``there`` is node → every service that is known there, ``running`` those that run or start with it."""
    for role in roles.table:
        _lacking(roles, found, role, there)
    _elsewhere(roles, found, running)


def _lacking(roles: Roles, found: Found, role: str, there: Services) -> None:
    """What no node of the role knows is not brought by it here."""
    nodes = [node for node in roles.nodes_with(role) if node in there]
    brings = list(roles.row(role).get("services", ()))
    known = [name for name in brings if any(name in there[node] for node in nodes)]
    if nodes and len(known) < len(brings):
        found.put(("roles", role, "services"), known)


def _elsewhere(roles: Roles, found: Found, running: Services) -> None:
    """Services of one role on nodes that have not the role make a role of their own, wherever they run."""
    every = {name for role in roles.table for name in roles.row(role).get("services", ())}
    extra: set[str] = set()
    for node, services in running.items():
        if node in roles.held:
            brought = {name for role in roles.held[node] for name in roles.row(role).get("services", ())}
            extra |= (services & every) - brought
    for name in sorted(extra):
        role = f"also-{name}"
        found.put(("roles", role, "services"), [name])
        for node in (node for node, services in running.items() if name in services and node in roles.held):
            roles.give(node, role)
