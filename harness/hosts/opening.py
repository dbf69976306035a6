"""The nodes of a site, each opened when it is asked for, for as long as something is done with them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fabric import Connection

from harness.errors import OutOfReach
from harness.hosts.becoming import become_of
from harness.hosts.connection import connect, connect_gateway
from harness.hosts.node import Node, Record
from harness.place import Place


class Opened:
    """Gives a node by name, made once; raises ``OutOfReach`` where the site does not say where it is.

    Safe in threads; nodes behind one jump host share its connection.
    """

    def __init__(self, site: Place, record: Record) -> None:
        self._site, self._record = site, record
        self._made: dict[str, Node] = {}
        self._gateway: Connection | None = None
        self._become = become_of(site.file.ssh, record)
        self._lock = threading.Lock()

    def __call__(self, name: str) -> Node:
        """The node of this name."""
        if name not in self._site.hosts:
            raise OutOfReach(f"the site does not say where {name} is")
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def _make(self, name: str) -> Node:
        ssh = self._site.file.ssh
        self._gateway = self._gateway or connect_gateway(self._site.hosts, ssh)
        connection = connect(self._site.hosts[name], ssh, gateway=self._gateway)
        return Node(name, connection, self._record, self._become)

    def close(self) -> None:
        """Give all connections back."""
        for node in self._made.values():
            node.close()
        if self._gateway is not None:
            self._gateway.close()
        self._made.clear()
        self._gateway = None


@contextmanager
def opened(site: Place, record: Record) -> Iterator[Callable[[str], Node]]:
    """The same, with connections given back at the end."""
    nodes = Opened(site, record)
    try:
        yield nodes
    finally:
        nodes.close()
