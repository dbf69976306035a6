"""The nodes of a site, each opened when it is asked for, for as long as something is done with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fabric import Connection

from harness.errors import OutOfReach
from harness.hosts.connection import connect, connect_gateway
from harness.hosts.node import Node, Record
from harness.site import Site


@contextmanager
def opened(site: Site, record: Record) -> Iterator[Callable[[str], Node]]:
    """Gives a node by name, or raises ``OutOfReach``; connections are given back at the end."""
    made: dict[str, Node] = {}
    gateway: list[Connection] = []

    def node(name: str) -> Node:
        if name not in site.hosts:
            raise OutOfReach(f"the site does not say where {name} is")
        if name not in made:
            through = connect_gateway(site.hosts, site.file.ssh) if not gateway else gateway[0]
            gateway.extend([through] if through and not gateway else [])
            made[name] = Node(name, connect(site.hosts[name], site.file.ssh, gateway=through), record)
        return made[name]

    try:
        yield node
    finally:
        for connection in (*made.values(), *gateway):
            connection.close()
