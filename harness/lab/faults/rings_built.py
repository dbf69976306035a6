"""Ways for the ring of all nodes to be wrong alike: as described, as changed by hand, beside its builder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.errors import LabError
from harness.lab.faults.registry import Bench, fault
from harness.lab.ringbuild import ring_specs


@fault(
    "rings.two_on_one_device",
    component="swift",
    caught_by=("rings.sound[object]", "rings.described[object]"),
    story="The builder was changed by hand: two replicas of one partition lie on one device.",
    seam="real",
)
def two_on_one_device(bench: Bench) -> Iterator[None]:
    """One entry of the table is another one's."""
    with bench.doing("edited builder", "object", "two_on_one_device", True):
        yield


@fault(
    "rings.uneven",
    component="swift",
    caught_by=("rings.described[object]", "rings.even[object]"),
    story="A third of what the last device should hold lies on another device of its node.",
    seam="real",
)
def uneven(bench: Bench) -> Iterator[None]:
    """Many entries of the table are changed."""
    with bench.doing("edited builder", "object", "uneven", True):
        yield


@fault(
    "rings.not_pushed",
    component="swift",
    caught_by=("rings.builder[object]",),
    story="The object ring was rebalanced, and the new ring was copied to no node.",
    seam="real",
)
def not_pushed(bench: Bench) -> Iterator[None]:
    """The builder is newer than every ring."""
    with bench.doing("edited builder", "object", "rebalanced", False):
        yield


@fault(
    "rings.change_waits",
    component="swift",
    caught_by=("rings.rebalanced[object]",),
    story="Somebody changed the builder of the object ring and never rebalanced it.",
    seam="real",
)
def change_waits(bench: Bench) -> Iterator[None]:
    """The builder notes a change."""
    with bench.doing("edited builder", "object", "change_waits", False):
        yield


@fault(
    "rings.other_hours",
    component="swift",
    caught_by=("rings.described[object]",),
    story="The builder lets a partition move again three hours later than described.",
    seam="real",
)
def other_hours(bench: Bench) -> Iterator[None]:
    """Another ``min_part_hours``."""
    with bench.doing("edited builder", "object", "other_hours", False):
        yield


@fault(
    "rings.zones_merged",
    component="swift",
    caught_by=("rings.described[account]",),
    story="The account ring was built with the devices of the last node in the zone of the first one.",
    seam="real",
)
def zones_merged(bench: Bench) -> Iterator[None]:
    """A ring with a zone less on every node."""
    spec = next(spec for spec in ring_specs(bench.world.arch.model) if spec.name == "account")
    zones = [device.zone for device in spec.devices]
    if len(set(zones)) < 2:
        raise LabError("the account ring is described with one zone: there is none to merge")
    devices = [
        replace(device, zone=zones[0] if device.zone == zones[-1] else device.zone) for device in spec.devices
    ]
    with bench.doing("other ring", None, "account", {"devices": tuple(devices)}):
        yield
