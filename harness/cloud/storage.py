"""The storage servers behind the proxies, asked directly: through a node, since their network is private."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote, urlsplit

from harness.clients.raw import Answer
from harness.clients.routes import Routes
from harness.clients.storage import Copy, StorageClient, Told
from harness.clients.through import DoorThrough
from harness.clients.trail import Trail
from harness.cloud.nodes import NO_HOSTS, Nodes
from harness.errors import OutOfReach
from harness.hosts import HostUnreachable, NotTaken
from harness.rings import Device, Placement, locate
from harness.site import Site

if TYPE_CHECKING:
    from harness.cloud.story import Cloud

PROXY = "object-proxy"


class StorageLines:
    """How this process reaches storage servers: kept between stories, one line a server.

    Proxies have to reach every storage server, so a proxy that can be entered opens the lines; where none
    can be or none forwards, the node of the server itself does.
    """

    def __init__(self, site: Site, nodes: Nodes, trail: Trail) -> None:
        self._site, self._nodes = site, nodes
        self._given_up: dict[str, HostUnreachable | OutOfReach] = {}
        self.door = DoorThrough(trail, Routes(), self._open)
        self.client = StorageClient(self.door)

    def close(self) -> None:
        """Give all lines back."""
        self.door.close()

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


class Storage:
    """``cloud.storage``: where a name of this account belongs by the ring of the majority, and what the
    devices really hold of it.
    """

    def __init__(self, cloud: Cloud, lines: StorageLines) -> None:
        self._cloud, self._client = cloud, lines.client

    @property
    def account(self) -> str:
        """The account's name in Swift, from the endpoint: ``AUTH_<tenant id>``."""
        return unquote(urlsplit(self._cloud.endpoint("object-store")).path.rpartition("/")[2])

    def locate(
        self, container: str | None = None, object: str | None = None, *, handoffs: int | None = None
    ) -> Placement:
        """Where this account, a container or an object of it belongs, in the ring of its kind.

        Raises ``OutOfReach`` where no ring or no ``swift.conf`` can be read; ``CloudError`` where the ring of
        the majority cannot tell.
        """
        kind = "object" if object is not None else "container" if container is not None else "account"
        settings = self._cloud.rings.settings()
        ring = self._cloud.rings.ring(kind)
        return locate(
            ring,
            self.account,
            container,
            object,
            prefix=settings.prefix,
            suffix=settings.suffix,
            handoffs=handoffs,
        )

    def copy(self, device: Device, place: Placement) -> Copy | None:
        """What a device holds at a place; None where nothing.

        Raises ``Unreachable`` where its server does not answer, ``OutOfReach`` where no node forwards us to
        it, another ``ServiceError`` where it answers neither.
        """
        return self._client.copy(device, place.partition, place.path)

    def ask(self, method: Literal["HEAD", "GET"], device: Device, place: Placement) -> Answer:
        """One exchange of any status about a place on a device; raises ``Unreachable``, ``OutOfReach``."""
        return self._client.ask(method, device, place.partition, place.path)

    def told(self, device: Device) -> Told:
        """Which kind of server stands behind a device's port, by what it takes and refuses."""
        return self._client.told(device, self._cloud.name("nobody"))

    def mounted(self, device: Device, kind: str) -> bool:
        """Whether the server of a kind has this device mounted (it says 507 where not)."""
        depth = {"account": 1, "container": 2, "object": 3}[kind]
        path = f"/{self._cloud.name('nobody')}" * depth
        return self._client.ask("HEAD", device, 0, path).status != 507
