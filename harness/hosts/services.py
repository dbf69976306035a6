"""Services of Swift on the described nodes, stopped and started through the node's own ``swift-init``."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from harness.hosts.commands import Output
from harness.hosts.errors import HostError
from harness.hosts.node import Node

COMPONENT = "swift"
_STOPPING = _STARTING = 15.0
_PAUSE = 0.1


@dataclass(frozen=True)
class Service:
    """``object-server`` on one node; ``become`` is how its user may do so (``ssh.become`` of the site).

    The words are those of Swift 1.4.8, and still understood today.
    """

    node: Node
    name: str
    become: str | None = None

    def __str__(self) -> str:
        return f"{self.name} on {self.node.name}"

    def runs(self) -> bool:
        """Whether the node says that it runs; raises ``HostError`` where it cannot say."""
        output = self._init("status")
        if output.status not in (0, 1):
            raise HostError(f"{self.node.name}: {output}", component=COMPONENT)
        return output.ok

    def stop(self) -> None:
        """Stop it; raises ``HostError`` where it still runs after 15 seconds."""
        self._until("stop", False, _STOPPING)

    def start(self) -> None:
        """Start it; raises ``HostError`` where it does not run after 15 seconds."""
        self._until("start", True, _STARTING)

    def _until(self, verb: str, wanted: bool, limit: float) -> None:
        output = self._init(verb)
        end = time.monotonic() + limit
        while self.runs() is not wanted:
            if time.monotonic() >= end:
                how = "runs" if not wanted else "does not run"
                message = f"{self.name} {how} {limit:g} s after {output}"
                raise HostError(f"{self.node.name}: {message}", component=COMPONENT)
            time.sleep(_PAUSE)

    def _init(self, verb: str) -> Output:
        root = self.become == "sudo"
        return self.node.run("swift-init", self.name, verb, component=COMPONENT, root=root)


ServiceAt = Callable[[str], Service]
"""Gives the service at a place, ``storage-1/object-server``; ``OutOfReach`` for a node without address."""


def services(open_: Callable[[str], Node], become: str | None) -> ServiceAt:
    """The services of a site's nodes, each node opened by its name."""

    def at(place: str) -> Service:
        node, _, name = place.partition("/")
        return Service(open_(node), name, become)

    return at
