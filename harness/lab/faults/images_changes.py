"""Ways in which changing, protecting and sharing an image can be without effect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Exchange

_API = ("glance",)
_ONE = "/v1/images/(?!detail$)[^/]+"
_BYTES = "application/octet-stream"


@fault(
    "images.queued_for_ever",
    component="glance",
    caught_by=("images.queued",),
    story="An image whose content comes later takes it in, and stays queued.",
)
def queued_for_ever(bench: Bench) -> Iterator[None]:
    """The image is set back to queued."""
    images = bench.world.images

    def queued(exchange: Exchange) -> Exchange:
        if exchange.status != 200:
            return exchange
        data = json.loads(exchange.body)
        data["image"]["status"] = images[data["image"]["id"]].status = "queued"
        return replace(exchange, body=json.dumps(data).encode())

    def with_content(exchange: Exchange) -> bool:
        return exchange.header("content-type") == _BYTES

    with bench.rule(*_API, methods=("PUT",), path=_ONE, when=with_content, response=queued):
        yield


@fault(
    "images.properties_dropped",
    component="glance",
    caught_by=("images.update",),
    story="A change of an image drops the properties that were to stay.",
)
def properties_dropped(bench: Bench) -> Iterator[None]:
    """The wish to keep them is lost."""

    def forgotten(exchange: Exchange) -> Exchange:
        name = "x-glance-registry-purge-props"
        return replace(
            exchange, request_headers=tuple(row for row in exchange.request_headers if row[0] != name)
        )

    with bench.rule(*_API, methods=("PUT",), path=_ONE, request=forgotten):
        yield


@fault(
    "images.protection_ignored",
    component="glance",
    caught_by=("images.protected",),
    story="A protected image is deleted like any other.",
)
def protection_ignored(bench: Bench) -> Iterator[None]:
    """The protection is taken away just before."""
    images = bench.world.images

    def unprotected(exchange: Exchange) -> Exchange:
        image = images.get(exchange.path.rpartition("/")[2])
        if image is not None:
            image.protected = False
        return exchange

    with bench.rule(*_API, methods=("DELETE",), path=_ONE, request=unprotected):
        yield


@fault(
    "images.member_kept",
    component="glance",
    caught_by=("images.members",),
    story="An image that is shared no more is still seen by the other tenant.",
)
def member_kept(bench: Bench) -> Iterator[None]:
    """The end of a membership is confirmed and not carried out."""

    def confirmed(exchange: Exchange) -> Exchange:
        rows = (("Content-Type", "text/html; charset=UTF-8"),)
        return replace(exchange, status=204, headers=rows, body=b"")

    with bench.rule(*_API, methods=("DELETE",), path=f"{_ONE}/members/[^/]+", instead=confirmed):
        yield
