"""Ways for object storage to work as long as nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lab.faults.registry import Bench, fault


@fault(
    "rings.no_handoffs",
    component="swift",
    caught_by=("rings.node_out",),
    story="The proxies ask the devices that the ring names first, and no other: what one of them misses, no "
    "device holds for it.",
    seam="real",
)
def no_handoffs(bench: Bench) -> Iterator[None]:
    """The proxies' own option, at as many devices as there are replicas."""
    with bench.doing("proxy option", "request_node_count = 1 * replicas"):
        yield


@fault(
    "rings.never_repaired",
    component="swift",
    caught_by=("rings.repaired",),
    story="The rsync daemons of the storage nodes take no files: what a node missed is never brought to it.",
    seam="real",
)
def never_repaired(bench: Bench) -> Iterator[None]:
    """The modules are read only."""
    with bench.doing("rsync takes nothing"):
        yield


@fault(
    "rings.stays_out",
    component="swift",
    caught_by=("rings.node_out", "cleanup.resources"),
    story="Somebody changed the object servers' configuration since they were started: none of them would "
    "come back.",
    seam="real",
)
def stays_out(bench: Bench) -> Iterator[None]:
    """The configuration names an app that does not exist."""
    with bench.doing("no object server comes back"):
        yield
