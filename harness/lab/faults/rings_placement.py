"""Ways for copies not to be where, or what, they should be, although the proxy has confirmed them."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rings import last_storage

_FILTERS = "harness.lab.objects.broken_storage"


@fault(
    "rings.copy_lost",
    component="swift",
    caught_by=("rings.placed",),
    story="The last storage node confirms every object and keeps none: each has one copy less than it seems.",
    seam="real",
)
def copy_lost(bench: Bench) -> Iterator[None]:
    """A filter before the object server removes what was just stored."""
    with bench.doing("storage filter", last_storage(bench.world.arch), "object", f"{_FILTERS}:copy_lost"):
        yield


@fault(
    "rings.copy_changed",
    component="swift",
    caught_by=("rings.placed",),
    story="A storage node keeps every object with another content, and a checksum that fits it.",
    seam="real",
)
def copy_changed(bench: Bench) -> Iterator[None]:
    """A filter before the object server changes what was just stored.

    On a node in the middle: reads ask the first one first, and a copy inside of the cloud, which takes the
    newest replica, the last one of equally new ones.
    """
    nodes = bench.world.arch.nodes_with("object-storage")
    with bench.doing("storage filter", nodes[len(nodes) // 2], "object", f"{_FILTERS}:copy_changed"):
        yield


@fault(
    "rings.copy_older",
    component="swift",
    caught_by=("rings.placed",),
    story="What the last storage node keeps says that it was stored years ago, so any other copy is newer.",
    seam="real",
)
def copy_older(bench: Bench) -> Iterator[None]:
    """A filter before the object server changes the time of what was just stored."""
    with bench.doing("storage filter", last_storage(bench.world.arch), "object", f"{_FILTERS}:copy_older"):
        yield


@fault(
    "rings.disk_full",
    component="swift",
    caught_by=("rings.placed",),
    story="The object server of the last storage node has no room: its copies lie elsewhere.",
    seam="real",
)
def disk_full(bench: Bench) -> Iterator[None]:
    """A filter before the object server refuses whatever is to be stored."""
    with bench.doing("storage filter", last_storage(bench.world.arch), "object", f"{_FILTERS}:full"):
        yield


@fault(
    "rings.container_behind",
    component="swift",
    caught_by=("rings.databases",),
    story="The last storage node's copies of containers are behind: no object of late is in them.",
    seam="real",
)
def container_behind(bench: Bench) -> Iterator[None]:
    """A filter before the container server confirms what it is told of objects, and forgets it."""
    with bench.doing("storage filter", last_storage(bench.world.arch), "container", f"{_FILTERS}:rows_lost"):
        yield


@fault(
    "rings.account_behind",
    component="swift",
    caught_by=("rings.databases",),
    story="The last storage node's copies of accounts are behind: no container of late is in them.",
    seam="real",
)
def account_behind(bench: Bench) -> Iterator[None]:
    """A filter before the account server confirms what it is told of containers, and forgets it."""
    with bench.doing(
        "storage filter", last_storage(bench.world.arch), "account", f"{_FILTERS}:containers_lost"
    ):
        yield


@fault(
    "rings.stale_on_proxy",
    component="swift",
    caught_by=("rings.equal[object]", "rings.placed"),
    story="The proxies have an object ring of another rebalance than the storage nodes: they store and find "
    "everything, where nobody else looks for it.",
    seam="real",
)
def stale_on_proxy(bench: Bench) -> Iterator[None]:
    """Another ring of the same devices on every proxy."""
    proxies = bench.world.arch.nodes_with("object-proxy")
    with bench.doing("other ring", proxies, "object", {"seed": 1}, "ring.gz"):
        yield
