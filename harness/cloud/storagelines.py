"""How storage servers are reached: their network is private, so a node opens the lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.clients.routes import Routes
from harness.clients.storage import StorageClient
from harness.clients.through import DoorThrough
from harness.clients.trail import Trail
from harness.cloud.nodes import NO_HOSTS, Nodes
from harness.errors import OutOfReach
from harness.hosts import HostUnreachable, NotTaken
from harness.site import Site

PROXY = "object-proxy"


class StorageLines:
    """Kept between stories: one line a server.

    Proxies have to reach every storage server, so a proxy that can be entered opens the lines; where none
    can be or none forwards, the node of the server itself does.
    """

    def __init__(self, site: Site, nodes: Nodes, trail: Trail) -> None:
        self._site, self._nodes = site, nodes
        self._given_up: dict[str, HostUnreachable | OutOfReach] = {}
        self._door = DoorThrough(trail, Routes(), self._open)
        self.client = StorageClient(self._door)

    @property
    def devices(self) -> str:
        """The folder below which storage nodes mount their devices."""
        return self._site.file.rings.devices.rstrip("/")

    def close(self) -> None:
        """Give all lines back."""
        self._door.close()

    def _open(self, address: str, port: int) -> Any:
        """A line to a storage server.

        Raises ``ConnectionError`` where nothing takes it up, ``OutOfReach`` where no node that could be
        entered forwards, ``HostUnreachable`` where none can be entered.
        """
        why: HostUnreachable | OutOfReach = OutOfReach(NO_HOSTS)
        for name in dict.fromkeys(self._vantages(address)):
            try:
                if name not in self._given_up:
                    return self._nodes[name].line_to(address, port)
            except NotTaken as error:
                raise ConnectionError(str(error)) from error
            except (HostUnreachable, OutOfReach) as error:
                self._given_up[name] = error
            why = self._given_up[name]
        raise why

    def _vantages(self, address: str) -> Iterator[str]:
        yield from (name for name in self._site.arch.nodes_with(PROXY) if name in self._site.hosts)
        own = self._site.node_of(address)
        if own and own in self._site.arch.model.nodes:
            yield own
