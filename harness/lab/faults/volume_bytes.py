"""Ways in which what is on volumes gets lost, though every API says that all is well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.lab.compute.machine import Row
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.volume_answers import on_hosts
from harness.lab.guests.policies import KEY, policies


@fault(
    "volumes.data_lost",
    component="nova",
    seam="machine",
    caught_by=("volumes.keeps_data",),
    story="A volume that is attached again is empty.",
)
def data_lost(bench: Bench) -> Iterator[None]:
    """No volume keeps its bytes."""
    forgetful = replace(policies(bench.world), keeps_bytes=lambda volume: False)
    with bench.machine(KEY, forgetful):
        yield


@fault(
    "volumes.snapshot_of_zeros",
    component="nova",
    seam="machine",
    caught_by=("volumes.snapshot_data",),
    story="Snapshots become available and hold nothing but zeros.",
)
def snapshot_of_zeros(bench: Bench) -> Iterator[None]:
    """Snapshots are noted, and nothing is copied."""
    with bench.machine("snapshot.create", (Row("creating"), Row("available"))):
        yield


@fault(
    "volumes.device_missing",
    component="nova",
    seam="machine",
    caught_by=on_hosts("volumes.device_on_host", "volumes.device_appears"),
    story="Volumes are in use, and the guests never see them.",
)
def device_missing(bench: Bench) -> Iterator[None]:
    """Attachments are noted, and no server is given a disk."""
    rows = (Row("attaching", seconds=0.06), Row("in-use", does="said attached"))
    with bench.machine("volume.attach", rows):
        yield


@fault(
    "volumes.device_stays",
    component="nova",
    seam="machine",
    caught_by=on_hosts("volumes.device_on_host", "volumes.device_appears"),
    story="Volumes are free again, and the guests still have them.",
)
def device_stays(bench: Bench) -> Iterator[None]:
    """Detachments are noted, and every server keeps its disk."""
    rows = (Row("in-use", seconds=0.06, does="detaching"), Row("available", does="said detached"))
    with bench.machine("volume.detach", rows):
        yield


@fault(
    "volumes.booted_from_image",
    component="nova",
    seam="machine",
    caught_by=("volumes.boot_from_volume",),
    story="A server that was to boot from a volume boots from its image, though it has the volume.",
)
def booted_from_image(bench: Bench) -> Iterator[None]:
    """What is mapped to the root disk is passed over."""
    with bench.machine(KEY, replace(policies(bench.world), root=lambda server: "")):
        yield
