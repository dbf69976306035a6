"""Who runs what and listens where: most derivations and contradictions rest on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from harness.arch.grammar import Description, Ring, Rings, Service
from harness.arch.paths import Path

INTERFACES = ("public", "internal", "admin")
RINGS = ("account", "container", "object")
STORAGE, PROXY = "object-storage", "object-proxy"
AREAS = {"database": "database", "bus": "bus", "identity": "identity", "compute": "compute-api"}
AREAS |= {"network": "network", "volumes": "volume", "objects": STORAGE}
"""The role without which a cloud does not have an area."""
OBJECTIVES = {"boot": "compute-api", "delete": "compute-api", "volume": "volume", "token": "identity"}
OBJECTIVES |= {"image": "images", "object": STORAGE}
"""The role without which an objective promises nothing; clock_skew always promises something."""


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key under which numbers inside of names count as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((0, int(p), p) if p.isdecimal() else (1, 0, p) for p in parts)


@dataclass(frozen=True)
class Address:
    """Where an interface of a service points to."""

    scheme: str
    node: str
    port: int
    path: str


@dataclass(frozen=True)
class Claim:
    """Something that wants a port of a node: who, and where that was written."""

    node: str
    port: int
    by: str
    path: Path


@dataclass(frozen=True)
class Layout:
    """Reads a description; unknown roles count as bringing nothing."""

    description: Description

    def nodes_with(self, role: str) -> list[str]:
        """The nodes that have a role, in natural order."""
        return self._by_role.get(role, [])

    @cached_property
    def _by_role(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in sorted(self.description.nodes, key=natural):
            for role in self.description.nodes[name].roles:
                found.setdefault(role, []).append(name)
        return found

    @cached_property
    def services(self) -> dict[str, Service]:
        """The services of the catalogue that some node answers."""
        return {kind: each for kind, each in self.description.catalogue.items() if self.nodes_with(each.role)}

    def addresses(self, kind: str) -> dict[str, Address]:
        """The three interfaces of a service;
        each falls back to the service and the first node of its role.
        """
        service = self.services[kind]
        found = {}
        for interface in INTERFACES:
            own = getattr(service, interface)
            node = own.node or self.nodes_with(service.role)[0]
            found[interface] = Address(
                own.scheme or service.scheme, node, own.port or service.port, own.path or service.path
            )
        return found

    @cached_property
    def claims(self) -> list[Claim]:
        """Every port that something wants: roles, the catalogue, the servers of the rings."""
        return [*self._role_claims(), *self._catalogue_claims(), *self._ring_claims()]

    def ports(self, node: str) -> list[int]:
        """The ports of a node."""
        return sorted(self._ports.get(node, ()))

    @cached_property
    def _ports(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for claim in self.claims:
            found.setdefault(claim.node, set()).add(claim.port)
        return found

    def _role_claims(self) -> Iterator[Claim]:
        for role, row in self.description.roles.items():
            for node in self.nodes_with(role):
                for port in row.ports:
                    yield Claim(node, port, f"the role {role}", ("roles", role, "ports"))

    def _catalogue_claims(self) -> Iterator[Claim]:
        for kind in self.services:
            for interface, address in self.addresses(kind).items():
                path = ("catalogue", kind, interface, "port")
                yield Claim(address.node, address.port, f"the {kind} endpoint", path)

    def _ring_claims(self) -> Iterator[Claim]:
        rings = self.rings
        for name in RINGS if rings else ():
            port = getattr(rings, name).port
            for node in self.nodes_with(STORAGE) if port else ():
                yield Claim(node, port, f"the {name} server", ("objects", "rings", name, "port"))

    @property
    def rings(self) -> Rings | None:
        """What is said of the rings, if there are storage nodes."""
        objects = self.description.objects
        return objects.rings if objects and self.nodes_with(STORAGE) else None

    def devices(self) -> Iterator[tuple[str, str]]:
        """Node and device of every disk of the rings, in natural order."""
        for node in self.nodes_with(STORAGE):
            for device in sorted(self.description.nodes[node].devices or {}, key=natural):
                yield node, device

    def zones(self, ring: Ring) -> dict[tuple[str, str], int]:
        """The zone of each device: the node's own word, else the rule of the ring."""
        rule = ring.zone or (self.rings.zone if self.rings else None) or "each node"
        numbers = {node: number for number, node in enumerate(self.nodes_with(STORAGE), start=1)}
        found = {}
        for index, (node, device) in enumerate(self.devices(), start=1):
            by_rule = {"each node": numbers[node], "each device": index}
            found[node, device] = self.description.nodes[node].zone or by_rule.get(rule) or int(rule)
        return found
