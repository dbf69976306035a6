"""Ways for storage servers and devices not to be what the rings say of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.errors import LabError
from harness.lab.faults.hosts_where import with_alike
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rings import last_storage, on_last

_FILTERS = "harness.lab.objects.broken_storage"


def last_device(arch: Any) -> str:
    """The last device of the last storage node."""
    devices = arch.model.nodes[last_storage(arch)].devices
    if not devices:
        raise LabError(f"{last_storage(arch)} is described without devices")
    return str(devices[-1])


@fault(
    "rings.object_server_dead",
    component="swift",
    caught_by=with_alike("object-storage", "rings.servers", "hosts.services", "hosts.ports"),
    story="Nothing listens at the object ring's port on the last storage node.",
    seam="real",
)
def object_server_dead(bench: Bench) -> Iterator[None]:
    """The object server is killed."""
    with bench.doing("stop storage server", last_storage(bench.world.arch), "object"):
        yield


@fault(
    "rings.server_swapped",
    component="swift",
    caught_by=with_alike("object-storage", "rings.servers", "hosts.services"),
    story="A container server listens at the object ring's port on the last storage node.",
    seam="real",
)
def server_swapped(bench: Bench) -> Iterator[None]:
    """Another server is started in its place."""
    with bench.doing("other storage server", last_storage(bench.world.arch), "object", "container"):
        yield


@fault(
    "rings.device_gone",
    component="swift",
    caught_by=on_last("rings.devices"),
    story="A device of the last storage node is not there: its folder is gone.",
    seam="real",
)
def device_gone(bench: Bench) -> Iterator[None]:
    """The device's folder is moved away."""
    arch = bench.world.arch
    with bench.doing("device gone", last_storage(arch), last_device(arch)):
        yield


@fault(
    "rings.device_unmounted",
    component="swift",
    caught_by=on_last("rings.devices"),
    story="The container server of the last storage node says of its devices that they are not mounted.",
    seam="real",
)
def device_unmounted(bench: Bench) -> Iterator[None]:
    """A filter before the server answers 507."""
    with bench.doing(
        "storage filter", last_storage(bench.world.arch), "container", f"{_FILTERS}:not_mounted"
    ):
        yield


@fault(
    "rings.device_unknown",
    component="swift",
    caught_by=on_last("rings.unknown_devices"),
    story="The last storage node has a device that no ring knows.",
    seam="real",
)
def device_unknown(bench: Bench) -> Iterator[None]:
    """A folder is made beside those of the devices."""
    with bench.doing("device made", last_storage(bench.world.arch), "forgotten"):
        yield
