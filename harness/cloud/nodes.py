"""Hosts and rings joined: the described nodes, as stories see them."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator, Mapping

from harness.clients.trail import Trail
from harness.errors import OutOfReach
from harness.hosts import Node
from harness.hosts.opening import Opened
from harness.site import Site

NO_HOSTS = "the site names no hosts"


class Nodes(Mapping[str, Node]):
    """The described nodes by name; those that the site gives no address for are out of reach."""

    def __init__(self, site: Site, trail: Trail) -> None:
        self._site = site
        self._opened = Opened(site, trail)

    def __getitem__(self, name: str) -> Node:
        described = self._site.arch.model.nodes
        if name in self._site.arch.absent:
            raise OutOfReach(self._site.arch.absent[name])
        if name not in described:
            raise KeyError(f"no node {name!r} is described; there are {', '.join(described)}")
        if not self._site.hosts:
            raise OutOfReach(NO_HOSTS)
        return self._opened(name)

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

    def close(self) -> None:
        """Give all connections back."""
        self._opened.close()


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
