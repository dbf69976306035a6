"""Ways for object storage to be broken: a proxy that is dead,
or one with a filter that should not be there.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.lab.faults.hosts_where import on
from harness.lab.faults.registry import Bench, fault

_FILTERS = "harness.lab.objects.broken"


@fault(
    "objects.proxy_dead",
    component="swift",
    caught_by=lambda arch: (
        "preflight.endpoints_answer[object-store]",
        *on("object-proxy", "hosts.services", "hosts.ports")(arch),
    ),
    story="Nothing listens at the address of object storage: every proxy has been killed.",
    seam="real",
)
def proxy_dead(bench: Bench) -> Iterator[None]:
    """The proxies are stopped."""
    with bench.doing("stop object proxies"):
        yield


@fault(
    "objects.etag_unchecked",
    component="swift",
    caught_by=("objects.bad_etag",),
    story="An upload that was torn on the way is stored, although its announced checksum does not fit.",
    seam="real",
)
def etag_unchecked(bench: Bench) -> Iterator[None]:
    """The proxy loses the ETag of uploads."""
    with bench.doing("proxy filter", f"{_FILTERS}:etag_unchecked"):
        yield


@fault(
    "objects.body_corrupted",
    component="swift",
    caught_by=(
        "objects.chunked",
        "objects.large",
        "objects.manifest",
        "objects.public_read",
        "objects.put_get",
        "objects.ranges",
        "objects.worldly_names",
    ),
    story="What is read back differs from what was stored, in one byte.",
    seam="real",
)
def body_corrupted(bench: Bench) -> Iterator[None]:
    """The proxy changes the first byte of every object that it serves."""
    with bench.doing("proxy filter", f"{_FILTERS}:body_corrupted"):
        yield


@fault(
    "objects.listing_drops",
    component="swift",
    caught_by=(
        "objects.folders",
        "objects.listing",
        "objects.pages",
        "objects.worldly_names",
    ),
    story="A stored object does not turn up in the listing of its container.",
    seam="real",
)
def listing_drops(bench: Bench) -> Iterator[None]:
    """The proxy loses the last row of every listing."""
    with bench.doing("proxy filter", f"{_FILTERS}:listing_drops"):
        yield


@fault(
    "objects.foreign_readable",
    component="swift",
    caught_by=("objects.other_tenant",),
    story="An object can be read with any token, another tenant's too.",
    seam="real",
)
def foreign_readable(bench: Bench) -> Iterator[None]:
    """The proxy asks nobody before it serves an object."""
    with bench.doing("proxy filter", f"{_FILTERS}:foreign_readable"):
        yield


@fault(
    "objects.delete_ignored",
    component="swift",
    caught_by=("cleanup.resources", "objects.delete"),
    story="A deleted object is still there; so its container cannot be removed, and the run leaves both.",
    seam="real",
)
def delete_ignored(bench: Bench) -> Iterator[None]:
    """The proxy answers deletions and does not do them."""
    with bench.doing("proxy filter", f"{_FILTERS}:delete_ignored"):
        yield


@fault(
    "objects.containers_unlisted",
    component="swift",
    caught_by=("objects.container",),
    story="A container that was made does not turn up in the listing of its account.",
    seam="real",
)
def containers_unlisted(bench: Bench) -> Iterator[None]:
    """The proxy lists no container of any account."""
    with bench.doing("proxy filter", f"{_FILTERS}:containers_unlisted"):
        yield


@fault(
    "objects.nonempty_delete_confirmed",
    component="swift",
    caught_by=("objects.delete_nonempty",),
    story="Deleting a container that still holds objects is confirmed, and nothing happens.",
    seam="real",
)
def nonempty_delete_confirmed(bench: Bench) -> Iterator[None]:
    """The proxy turns the conflict into a success."""
    with bench.doing("proxy filter", f"{_FILTERS}:nonempty_delete_confirmed"):
        yield
