"""Ways for metadata, listings and access lists of object storage to be broken: a proxy with a filter."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lab.faults.registry import Bench, fault

_FILTERS = "harness.lab.objects.broken_facts"


@fault(
    "objects.metadata_kept",
    component="swift",
    caught_by=("objects.metadata",),
    story="A change of an object's metadata is accepted and not made.",
    seam="real",
)
def metadata_kept(bench: Bench) -> Iterator[None]:
    """The proxy answers changes and does not make them."""
    with bench.doing("proxy filter", f"{_FILTERS}:metadata_kept"):
        yield


@fault(
    "objects.metadata_cut",
    component="swift",
    caught_by=("objects.limits[metadata_name]", "objects.limits[metadata_value]"),
    story="Metadata that are too long are cut without a word.",
    seam="real",
)
def metadata_cut(bench: Bench) -> Iterator[None]:
    """The proxy cuts names and values."""
    with bench.doing("proxy filter", f"{_FILTERS}:metadata_cut"):
        yield


@fault(
    "objects.copies_bare",
    component="swift",
    caught_by=("objects.copy",),
    story="A copy loses the metadata of its original.",
    seam="real",
)
def copies_bare(bench: Bench) -> Iterator[None]:
    """The proxy asks for fresh metadata."""
    with bench.doing("proxy filter", f"{_FILTERS}:copies_bare"):
        yield


@fault(
    "objects.account_unlisted",
    component="swift",
    caught_by=("identity.revoked_everywhere[object-store]", "objects.container", "preflight.object_lists"),
    story="The list of containers is refused with an error, while everything else works.",
    seam="real",
)
def account_unlisted(bench: Bench) -> Iterator[None]:
    """The proxy fails listings of accounts."""
    with bench.doing("proxy filter", f"{_FILTERS}:account_unlisted"):
        yield


@fault(
    "objects.markers_ignored",
    component="swift",
    caught_by=("objects.pages",),
    story="Every page of a listing is the first: a client that follows the markers never comes to an end.",
    seam="real",
)
def markers_ignored(bench: Bench) -> Iterator[None]:
    """The proxy loses the markers."""
    with bench.doing("proxy filter", f"{_FILTERS}:markers_ignored"):
        yield


@fault(
    "objects.delimiter_ignored",
    component="swift",
    caught_by=("objects.folders",),
    story="A listing knows no folders: it shows every name below.",
    seam="real",
)
def delimiter_ignored(bench: Bench) -> Iterator[None]:
    """The proxy loses delimiter and path."""
    with bench.doing("proxy filter", f"{_FILTERS}:delimiter_ignored"):
        yield


@fault(
    "objects.names_mangled",
    component="swift",
    caught_by=("objects.worldly_names",),
    story="Names beyond ASCII are listed with question marks in them.",
    seam="real",
)
def names_mangled(bench: Bench) -> Iterator[None]:
    """The proxy changes the names in listings."""
    with bench.doing("proxy filter", f"{_FILTERS}:names_mangled"):
        yield


@fault(
    "objects.readers_ignored",
    component="swift",
    caught_by=("objects.public_read",),
    story="A container that was opened to everybody stays closed.",
    seam="real",
)
def readers_ignored(bench: Bench) -> Iterator[None]:
    """The proxy loses who may read."""
    with bench.doing("proxy filter", f"{_FILTERS}:readers_ignored"):
        yield


@fault(
    "objects.foreign_writable",
    component="swift",
    caught_by=("objects.other_tenant_writes",),
    story="Another tenant changes the metadata of an object with a token of its own.",
    seam="real",
)
def foreign_writable(bench: Bench) -> Iterator[None]:
    """The proxy asks nobody before it changes an object."""
    with bench.doing("proxy filter", f"{_FILTERS}:foreign_writable"):
        yield
