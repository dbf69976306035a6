"""Ways for stored content to be broken: a proxy with a filter that should not be there."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lab.faults.registry import Bench, fault

_FILTERS = "harness.lab.objects.broken_contents"


@fault(
    "objects.nothing_padded",
    component="swift",
    caught_by=("objects.zero_byte",),
    story="An object of no bytes is stored as one of a single byte.",
    seam="real",
)
def nothing_padded(bench: Bench) -> Iterator[None]:
    """The proxy puts a byte into empty uploads."""
    with bench.doing("proxy filter", f"{_FILTERS}:nothing_padded"):
        yield


@fault(
    "objects.chunks_lost",
    component="swift",
    caught_by=("objects.chunked",),
    story="The end of an upload whose length nobody announced is lost, and the upload confirmed.",
    seam="real",
)
def chunks_lost(bench: Bench) -> Iterator[None]:
    """The proxy drops the last bytes of chunked uploads."""
    with bench.doing("proxy filter", f"{_FILTERS}:chunks_lost"):
        yield


@fault(
    "objects.no_length_confirmed",
    component="swift",
    caught_by=("objects.no_length",),
    story="An upload that says nothing of its length is confirmed, and nothing is stored.",
    seam="real",
)
def no_length_confirmed(bench: Bench) -> Iterator[None]:
    """The proxy answers such uploads itself."""
    with bench.doing("proxy filter", f"{_FILTERS}:no_length_confirmed"):
        yield


@fault(
    "objects.large_truncated",
    component="swift",
    caught_by=("objects.large",),
    story="Of a large object only the first megabyte is read back.",
    seam="real",
)
def large_truncated(bench: Bench) -> Iterator[None]:
    """The proxy ends every answer there."""
    with bench.doing("proxy filter", f"{_FILTERS}:large_truncated"):
        yield


@fault(
    "objects.range_ignored",
    component="swift",
    caught_by=("objects.manifest", "objects.ranges"),
    story="Who asks for a part of an object gets all of it.",
    seam="real",
)
def range_ignored(bench: Bench) -> Iterator[None]:
    """The proxy loses the range."""
    with bench.doing("proxy filter", f"{_FILTERS}:range_ignored"):
        yield


@fault(
    "objects.conditions_ignored",
    component="swift",
    caught_by=("objects.conditions",),
    story="Objects are given even where the conditions of the request do not hold.",
    seam="real",
)
def conditions_ignored(bench: Bench) -> Iterator[None]:
    """The proxy loses the conditions."""
    with bench.doing("proxy filter", f"{_FILTERS}:conditions_ignored"):
        yield


@fault(
    "objects.segments_swapped",
    component="swift",
    caught_by=("objects.manifest",),
    story="The segments of a large object are joined in the wrong order.",
    seam="real",
)
def segments_swapped(bench: Bench) -> Iterator[None]:
    """The proxy turns the halves of joined objects round."""
    with bench.doing("proxy filter", f"{_FILTERS}:segments_swapped"):
        yield


@fault(
    "objects.manifest_unchecked",
    component="swift",
    caught_by=("objects.bad_manifest",),
    story="A manifest that names no segments is stored as an empty object.",
    seam="real",
)
def manifest_unchecked(bench: Bench) -> Iterator[None]:
    """The proxy loses such manifests."""
    with bench.doing("proxy filter", f"{_FILTERS}:manifest_unchecked"):
        yield


@fault(
    "objects.expiry_ignored",
    component="swift",
    caught_by=("objects.expiry",),
    story="An object whose time is over is still served.",
    seam="real",
)
def expiry_ignored(bench: Bench) -> Iterator[None]:
    """The proxy loses the time of expiry."""
    with bench.doing("proxy filter", f"{_FILTERS}:expiry_ignored"):
        yield
