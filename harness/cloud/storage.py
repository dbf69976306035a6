"""The storage servers behind the proxies, asked directly: where a name belongs, and what is really there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from harness.clients.raw import Answer
from harness.clients.storage import Copy, Database, Told
from harness.cloud.proof import Proof, gathered, sampled
from harness.cloud.storagelines import StorageLines
from harness.errors import CloudError, OutOfReach
from harness.rings import Device, Placement, Ring, RingError, locate

if TYPE_CHECKING:
    from harness.cloud.story import Cloud

_DEPTH = {"account": 1, "container": 2, "object": 3}


class Storage:
    """``cloud.storage``: where names of this account belong by the ring of the majority, and what the devices
    hold of them.

    What asks a server raises ``Unreachable`` where it does not answer, another ``ServiceError`` where it
    answers something else, ``OutOfReach`` where no node that can be entered forwards us to it.
    """

    def __init__(self, cloud: Cloud, lines: StorageLines) -> None:
        self._cloud, self._lines, self._client = cloud, lines, lines.client

    # where

    @cached_property
    def account(self) -> str:
        """The account's name in Swift, from the endpoint: ``AUTH_<tenant id>``."""
        return unquote(urlsplit(self._cloud.endpoint("object-store")).path.rpartition("/")[2])

    def locate(
        self, container: str | None = None, object: str | None = None, *, handoffs: int | None = None
    ) -> Placement:
        """Where this account, a container or an object of it belongs, in the ring of its kind.

        Raises ``OutOfReach`` where no ring or no ``swift.conf`` can be read, or copies
        belong on a node that is not there yet; ``CloudError`` where the ring of
        the majority cannot tell.
        """
        kind = "object" if object is not None else "container" if container is not None else "account"
        hashed = self._cloud.rings.settings()
        ring = self._cloud.rings.ring(kind)
        self._all_there(ring)
        names = (self.account, container, object)
        try:
            return locate(ring, *names, prefix=hashed.prefix, suffix=hashed.suffix, handoffs=handoffs)
        except RingError as error:
            raise CloudError(f"the {kind} ring: {error}", component="swift") from None

    def _all_there(self, ring: Ring) -> None:
        """Raise ``OutOfReach`` where copies belong on a node that is not there yet."""
        absent = self._cloud.arch.absent
        for node in {self._cloud.node_at(device.ip) for device in ring.devices} if absent else ():
            if node in absent:
                raise OutOfReach(f"copies belong on a node that is not there: {absent[node]}")

    def label(self, device: Device) -> str:
        """What an operator calls a device: ``storage-1/sdb``; by its address where no node is known."""
        return f"{self._cloud.node_at(device.ip)}/{device.name}"

    def devices(self, node: str, ring: str) -> list[Device]:
        """The devices of a ring that are on a node."""
        found = self._cloud.rings.ring(ring).devices
        return [device for device in found if self._cloud.node_at(device.ip) == node]

    def folders(self, node: str) -> list[str]:
        """The folders below a node's devices' path; raises ``FileMissing`` or another ``HostError``."""
        return self._cloud.nodes[node].folders(self._lines.devices, component="swift")

    # what is there

    def copy(self, device: Device, place: Placement) -> Copy | None:
        """What a device holds at a place; None where nothing."""
        return self._client.copy(device, place.partition, place.path)

    def databases(self, place: Placement, prefix: str = "") -> dict[str, Database | None]:
        """Every copy of an account or container by its device's label: what it counts, and the names that
        begin so; None where there is none.
        """
        return {
            self.label(one): self._client.database(one, place.partition, place.path, prefix)
            for one in place.primaries
        }

    def ask(self, method: Literal["HEAD", "GET"], device: Device, place: Placement) -> Answer:
        """One exchange of any status about a place on a device."""
        return self._client.ask(method, device, place.partition, place.path)

    def told(self, device: Device) -> Told:
        """Which kind of server stands behind a device's port, by what it takes and refuses."""
        return self._client.told(device, self._cloud.name("nobody"))

    def mounted(self, device: Device, ring: str) -> bool:
        """Whether the server of a ring's kind can use this device: 507 says that it cannot."""
        path = f"/{self._cloud.name('nobody')}" * _DEPTH[ring]
        return self._client.ask("HEAD", device, 0, path).status != 507

    # a sample

    def sample(self, container: str) -> dict[str, Placement]:
        """Names for objects of a container, with their places and first handoffs: ``harness.cloud.proof``."""
        return sampled(
            self._cloud.rings.ring("object"), lambda name, more: self.locate(container, name, handoffs=more)
        )

    def gather(self, places: dict[str, Placement], limit: float) -> Proof:
        """The copies of a sample, of primaries and first handoffs; waits ``limit`` seconds for late ones."""
        return gathered(self._cloud, places, limit)
