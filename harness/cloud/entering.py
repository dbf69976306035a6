"""How this process enters guests: the way that the site grants, the run's key, and what was opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import paramiko

from harness.cloud.nodes import NO_HOSTS, Nodes
from harness.errors import OutOfReach
from harness.hosts import Direct, Entry, Guest, Node, Way, connect_gateway
from harness.hosts.keys import read_key
from harness.hosts.node import Record
from harness.plan.reach import no_guests
from harness.site import Site

_NEAR = ("network", "compute-api")
"""Roles of nodes that have an address on the servers' network, the likeliest first."""


Check = Callable[[paramiko.PKey], None]


@dataclass(frozen=True)
class Place:
    """Where a guest is entered: which server, at which address, as whom."""

    server: str
    name: str
    address: str
    login: str


class Entering:
    """Kept for the process: guests that were entered stay open between stories."""

    def __init__(self, site: Site, nodes: Nodes, key: str) -> None:
        self._site, self._nodes, self._pem = site, nodes, key
        self._open: dict[tuple[Place, str], Guest] = {}
        self._jump: Node | None = None

    @property
    def via(self) -> str:
        """``jump``, ``floating``, ``console`` or ``none``."""
        return self._site.file.guests.via

    @cached_property
    def key(self) -> paramiko.RSAKey:
        """The run's key; raises ``OutOfReach`` in a process that was given none."""
        if not self._pem:
            raise OutOfReach("this run has no key for guests")
        return read_key(self._pem)

    def allowed(self) -> None:
        """Raises ``OutOfReach`` where the site does not let guests be entered."""
        if why := no_guests(self._site):
            raise OutOfReach(why)

    def way(self, record: Record, host: str = "") -> Way:
        """The way to a server: for ``jump`` through its compute host, or the first node on its network."""
        self.allowed()
        if self.via == "floating":
            return self._outside(record)
        named = self._site.node_of(host) or host
        if named in self._site.hosts and named in self._site.arch.model.nodes:
            return self._nodes[named]
        return self._nodes[self._first_near()]

    def _first_near(self) -> str:
        for role in _NEAR:
            for name in self._site.arch.nodes_with(role):
                if name in self._site.hosts:
                    return name
        raise OutOfReach("the site gives no address of a node with the role network or compute-api")

    def _outside(self, record: Record) -> Way:
        """From this machine, or through the jump host of ``ssh.via``."""
        ssh = self._site.file.ssh
        if not ssh.via:
            return Direct()
        if self._jump is None:
            connection = connect_gateway(self._site.hosts, ssh)
            if connection is None:
                raise OutOfReach(NO_HOSTS)
            self._jump = Node(ssh.via, connection, record)
        return self._jump

    def guest(self, place: Place, way: Way, check: Check, record: Record) -> Guest:
        """The guest at a place; the same one for the same place, so that it is entered once."""
        known = (place, way.name)
        if known not in self._open:
            entry = Entry(place.login, self.key, check)
            self._open[known] = Guest(place.name, place.address, way, entry, record)
        return self._open[known]

    def close(self) -> None:
        """Give all connections back."""
        for guest in self._open.values():
            guest.close()
        self._open.clear()
        if self._jump is not None:
            self._jump.close()
            self._jump = None
