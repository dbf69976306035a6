"""Ways in which a server's states change as they should, and its guest notices nothing."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lab.compute.machine import Row
from harness.lab.compute.scheduler import engine
from harness.lab.faults.registry import Bench, fault

_SHORT = 0.05
_DISK_LOST = "image without the disk"


@fault(
    "guests.reboot_ignored",
    component="nova",
    seam="machine",
    caught_by=("guests.reboot[soft]",),
    story="A soft reboot goes through its states, and the guest runs on.",
)
def reboot_ignored(bench: Bench) -> Iterator[None]:
    """The states alone."""
    rows = (Row("REBOOT", "active", "rebooting", _SHORT), Row("ACTIVE", "active", None))
    with bench.machine("compute.reboot_soft", rows):
        yield


@fault(
    "guests.rebuild_keeps_disk",
    component="nova",
    seam="machine",
    caught_by=("guests.rebuild",),
    story="A rebuilt server has its old disk.",
)
def rebuild_keeps_disk(bench: Bench) -> Iterator[None]:
    """The states alone."""
    rows = (Row("REBUILD", "rebuilding", None, _SHORT), Row("ACTIVE", "active", None))
    with bench.machine("compute.rebuild", rows):
        yield


@fault(
    "guests.image_without_disk",
    component="nova",
    seam="machine",
    caught_by=("guests.snapshot",),
    story="An image of a server is that of which the server was made: what was written since is missing.",
)
def image_without_disk(bench: Bench) -> Iterator[None]:
    """Nobody looks at the guest's disk."""
    effects = engine(bench.world).effects
    effects[_DISK_LOST] = effects["snapshot"]
    rows = (
        Row("ACTIVE", "active", "image_snapshot", _SHORT),
        Row("ACTIVE", "active", None, 0, _DISK_LOST),
    )
    try:
        with bench.machine("compute.snapshot", rows):
            yield
    finally:
        del effects[_DISK_LOST]
