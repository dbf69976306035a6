"""Ways in which snapshots of volumes can be broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.lab.compute.machine import KEEP, Row
from harness.lab.faults.answers import edited
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Exchange
from harness.lab.faults.tenants import as_owner
from harness.lab.faults.volume_answers import V1, deleted_anyway, swept
from harness.lab.volume.state import store


@fault(
    "volumes.apis_disagree_on_snapshots",
    component="nova",
    caught_by=("volumes.snapshot_both_apis",),
    story="Compute's API lists no snapshots.",
)
def apis_disagree_on_snapshots(bench: Bench) -> Iterator[None]:
    """An empty list."""
    none = edited(lambda document: {"snapshots": []})
    with bench.rule("nova", methods=("GET",), path=r"/v2/[^/]+/os-snapshots(/detail)?", response=none):
        yield


@fault(
    "volumes.snapshot_never_available",
    component="nova-volume",
    seam="machine",
    caught_by=("volumes.snapshot", "volumes.delete", "cleanup.resources"),
    story="Snapshots stay in creating; neither they nor their volumes can be deleted.",
)
def snapshot_never_available(bench: Bench) -> Iterator[None]:
    """Snapshots are never made."""
    with swept(bench), bench.machine("snapshot.create", (Row("creating"),)):
        yield


@fault(
    "volumes.snapshot_delete_ignored",
    component="nova-volume",
    seam="machine",
    caught_by=("volumes.snapshot_delete", "volumes.delete", "cleanup.resources"),
    story="The deletion of a snapshot is accepted, and the snapshot stays, with its volume.",
)
def snapshot_delete_ignored(bench: Bench) -> Iterator[None]:
    """Deleting changes nothing."""
    with swept(bench), bench.machine("snapshot.delete", (Row(KEEP),)):
        yield


@fault(
    "volumes.snapshot_passed_over",
    component="nova-volume",
    caught_by=("volumes.from_snapshot",),
    story="A volume that was to be made of a snapshot is an empty one.",
)
def snapshot_passed_over(bench: Bench) -> Iterator[None]:
    """Forget the origin before the bytes are copied."""

    def empty(document: Any) -> Any:
        bench.world.volumes[document["volume"]["id"]].snapshot_id = None
        return document

    with bench.rule("nova-volume", methods=("POST",), path=f"{V1}/volumes", response=edited(empty)):
        yield


@fault(
    "volumes.deletion_order_ignored",
    component="nova-volume",
    caught_by=("volumes.deletion_order", "volumes.delete"),
    story="A volume is deleted under its snapshots.",
)
def deletion_order_ignored(bench: Bench) -> Iterator[None]:
    """Carry out what was refused."""
    anyway = deleted_anyway(bench, refusal=b"dependent snapshots")
    with bench.rule("nova-volume", methods=("DELETE",), path=rf"{V1}/volumes/\d+", response=anyway):
        yield


@fault(
    "volumes.foreign_snapshot_visible",
    component="nova-volume",
    caught_by=("volumes.other_tenant_snapshot",),
    story="A snapshot is shown to tenants that do not own it.",
)
def foreign_snapshot_visible(bench: Bench) -> Iterator[None]:
    """Whoever asks for a snapshot is taken for its owner."""

    def request(exchange: Exchange) -> Exchange:
        rows: Mapping[str, Any] = {str(number): row for number, row in store(bench.world).snapshots.items()}
        return as_owner(bench.world, rows)(exchange)

    with bench.rule("nova-volume", methods=("GET",), path=rf"{V1}/snapshots/\d+", request=request):
        yield
