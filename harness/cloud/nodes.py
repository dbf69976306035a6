"""Hosts and rings joined: the described nodes, as stories see them."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from fabric import Connection

from harness.clients.trail import Trail
from harness.errors import OutOfReach
from harness.hosts import FileMissing, HostError, Node, connect, connect_gateway
from harness.rings import Builder, Ring, RingError, read_builder, read_ring
from harness.site import Site

T = TypeVar("T")
NO_HOSTS = "the site names no hosts"


class CloudNode(Node):
    """A node that may hold rings."""

    def __init__(self, name: str, connection: Connection, trail: Trail, site: Site) -> None:
        super().__init__(name, connection, trail)
        self._rings = site.file.rings.path.rstrip("/")
        self._builders = site.file.rings.builders.rstrip("/")

    def ring_file(self, ring: str) -> bytes:
        """The file of a ring (``account``, ``container``, ``object``); raises ``FileMissing``."""
        return self.fetch(f"{self._rings}/{ring}.ring.gz")

    def ring(self, ring: str) -> Ring:
        """A ring of this node; raises ``HostError`` where its file is missing or cannot be read."""
        return self._read(f"{self._rings}/{ring}.ring.gz", read_ring)

    def builder(self, ring: str) -> Builder:
        """The builder file of a ring on this node; raises ``HostError`` likewise."""
        return self._read(f"{self._builders}/{ring}.builder", read_builder)

    def _read(self, path: str, reader: Callable[[bytes], T]) -> T:
        content, row = self.fetch_cited(path)
        try:
            return reader(content)
        except RingError as error:
            raise HostError(f"{self.name}: {path}: {error}", component="swift", cites=(row,)) from None


class Nodes(Mapping[str, CloudNode]):
    """The described nodes by name; those that the site gives no address for are out of reach."""

    def __init__(self, site: Site, trail: Trail) -> None:
        self._site = site
        self._trail = trail
        self._made: dict[str, CloudNode] = {}
        self._gateway: Connection | None = None

    def __getitem__(self, name: str) -> CloudNode:
        described = self._site.arch.model.nodes
        if name not in described:
            raise KeyError(f"no node {name!r} is described; there are {', '.join(described)}")
        if name not in self._site.hosts:
            raise OutOfReach(f"the site does not say where {name} is" if self._site.hosts else NO_HOSTS)
        if name not in self._made:
            ssh = self._site.file.ssh
            self._gateway = self._gateway or connect_gateway(self._site.hosts, ssh)
            connection = connect(self._site.hosts[name], ssh, gateway=self._gateway)
            self._made[name] = CloudNode(name, connection, self._trail, self._site)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._site.arch.model.nodes if name in self._site.hosts)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def at(self, address: str) -> str:
        """The node that has an address or host name; the address itself where no node has it."""
        if not self._site.hosts:
            raise OutOfReach(NO_HOSTS)
        found = (self._site.node_of(candidate) for candidate in (address, *_resolved(address)))
        return next((node for node in found if node), address)

    def majority(self, ring: str) -> tuple[list[str], list[str]]:
        """The nodes that have the ring of the majority, and those that have another one or lack it.

        Every node of the site is looked at, whoever is described as a holder: a stray ring on a node without
        a role for it is found, and none is missed there.
        """
        arch = self._site.arch
        needing = {*arch.nodes_with("object-proxy"), *arch.nodes_with("object-storage")}
        found = {name: self._digest(name, ring) for name in self}
        digests = {name: digest for name, digest in found.items() if digest or name in needing}
        counts = [digest for digest in digests.values() if digest]
        common = max(counts, key=lambda digest: (counts.count(digest), -counts.index(digest)), default="")
        same = [name for name, digest in digests.items() if digest and digest == common]
        return same, [name for name in digests if name not in same]

    def builder(self, ring: str) -> Builder:
        """The builder of a ring, from the first proxy or storage node that keeps it."""
        arch = self._site.arch
        for name in (*arch.nodes_with("object-proxy"), *arch.nodes_with("object-storage")):
            try:
                return self[name].builder(ring)
            except FileMissing:
                continue
        raise OutOfReach(f"no node keeps {self._site.file.rings.builders}/{ring}.builder")

    def close(self) -> None:
        """Give all connections back."""
        for node in self._made.values():
            node.close()
        if self._gateway is not None:
            self._gateway.close()
        self._made.clear()
        self._gateway = None

    def _digest(self, name: str, ring: str) -> str:
        try:
            return self[name].ring(ring).digest
        except HostError:
            return ""


def _resolved(address: str) -> tuple[str, ...]:
    """The addresses of a host name; none for an address, or a name that nobody knows."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        try:
            found = socket.getaddrinfo(address, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return ()
        return tuple(dict.fromkeys(str(place[4][0]) for place in found))
    return ()
