"""Ways in which what the image service lists and takes in can be wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Change, Exchange

_API = ("glance",)
_LISTS = "/v1/images(/detail)?"
_FILTER = re.compile(rb"(name|status|container_format|disk_format|size_min|size_max|property-[^=]*)=")
_CONTAINERS = ("ami", "ari", "aki", "bare", "ovf")


@fault(
    "images.filters_ignored",
    component="glance",
    caught_by=(
        "images.filters[container_format]",
        "images.filters[disk_format]",
        "images.filters[name]",
        "images.filters[property]",
        "images.filters[size_max]",
        "images.filters[size_min]",
        "images.filters[status]",
        "images.pages",
    ),
    story="A listing shows every image, whatever it was to be filtered by.",
)
def filters_ignored(bench: Bench) -> Iterator[None]:
    """Filters are taken out of the query."""
    change = _query(lambda word: not _FILTER.match(word))
    with bench.rule(*_API, methods=("GET",), path=_LISTS, request=change):
        yield


@fault(
    "images.marker_ignored",
    component="glance",
    caught_by=("images.pages",),
    story="Every page of a listing is the first.",
)
def marker_ignored(bench: Bench) -> Iterator[None]:
    """The marker is taken out of the query."""
    change = _query(lambda word: not word.startswith(b"marker="))
    with bench.rule(*_API, methods=("GET",), path=_LISTS, request=change):
        yield


@fault(
    "images.bad_container_accepted",
    component="glance",
    caught_by=("images.bad_container",),
    story="A container format that nobody knows is taken without complaint.",
)
def bad_container_accepted(bench: Bench) -> Iterator[None]:
    """Unknown containers become bare on their way in."""
    name = "x-image-meta-container_format"
    change = _headers(lambda key, value: "bare" if key == name and value not in _CONTAINERS else value)
    with bench.rule(*_API, methods=("POST",), path="/v1/images", request=change):
        yield


@fault(
    "images.checksum_unchecked",
    component="glance",
    caught_by=("images.bad_checksum",),
    story="An image that was torn on its way is stored, although its announced checksum does not fit.",
)
def checksum_unchecked(bench: Bench) -> Iterator[None]:
    """The announced checksum is lost."""
    change = _headers(lambda key, value: None if key == "x-image-meta-checksum" else value)
    with bench.rule(*_API, methods=("POST",), path="/v1/images", request=change):
        yield


@fault(
    "images.links_lost",
    component="glance",
    caught_by=("images.amazon_trio",),
    story="An image forgets which kernel and which ramdisk it is started with.",
)
def links_lost(bench: Bench) -> Iterator[None]:
    """Both properties are lost on their way in."""
    lost = ("x-image-meta-property-kernel_id", "x-image-meta-property-ramdisk_id")
    change = _headers(lambda key, value: None if key in lost else value)
    with bench.rule(*_API, methods=("POST",), path="/v1/images", request=change):
        yield


def _query(keep: Callable[[bytes], bool]) -> Change:
    """Only some words of the query are kept."""

    def request(exchange: Exchange) -> Exchange:
        words = [word for word in exchange.query.split(b"&") if keep(word)]
        return replace(exchange, query=b"&".join(words))

    return request


def _headers(change: Callable[[str, str], str | None]) -> Change:
    """Every header has another value, or goes where that is None."""

    def request(exchange: Exchange) -> Exchange:
        rows = ((key, change(key, value)) for key, value in exchange.request_headers)
        return replace(
            exchange, request_headers=tuple((key, value) for key, value in rows if value is not None)
        )

    return request
