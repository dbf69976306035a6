"""Ways in which volumes can be broken."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lab.compute.machine import KEEP, Row
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.tenants import as_owner


@fault(
    "volumes.dead",
    component="nova-volume",
    caught_by=("preflight.endpoints_answer[volume]",),
    story="The volume API is down: its port resets every connection.",
)
def dead(bench: Bench) -> Iterator[None]:
    """Drop every connection."""
    with bench.rule("nova-volume", drop=True):
        yield


@fault(
    "volumes.never_available",
    component="nova-volume",
    seam="machine",
    caught_by=("volumes.create", "cleanup.resources"),
    story="No nova-volume takes up its work: volumes stay in creating and cannot even be deleted.",
)
def never_available(bench: Bench) -> Iterator[None]:
    """Volumes are never made."""
    with bench.machine("volume.create", (Row("creating"),)):
        yield


@fault(
    "volumes.delete_ignored",
    component="nova-volume",
    seam="machine",
    caught_by=("volumes.delete", "cleanup.resources"),
    story="The deletion of a volume is accepted, and the volume stays.",
)
def delete_ignored(bench: Bench) -> Iterator[None]:
    """Deleting changes nothing."""
    with bench.machine("volume.delete", (Row(KEEP),)):
        yield


@fault(
    "volumes.foreign_volume_visible",
    component="nova-volume",
    caught_by=("volumes.other_tenant",),
    story="A volume is shown to tenants that do not own it.",
)
def foreign_volume_visible(bench: Bench) -> Iterator[None]:
    """Whoever asks for a volume is taken for its owner."""
    owner = as_owner(bench.world, bench.world.volumes)
    with bench.rule("nova-volume", methods=("GET",), path=r"/v1/[^/]+/volumes/\d+", request=owner):
        yield
