"""Ways in which the image service can be broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from harness.lab.faults.callers import as_anybody, with_token
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Change, Exchange
from harness.lab.identity.access import issue
from harness.lab.images.metadata import DISK_FORMATS
from harness.lab.images.views import headers
from harness.lab.world import Image, World

_API = ("glance",)
_LIST = "/v1/images"
_ONE = "/v1/images/(?!detail$)[^/]+"
_WRONG = "0" * 32


@fault(
    "images.dead",
    component="glance",
    caught_by=("preflight.endpoints_answer[image]",),
    story="Glance's API is down: its port resets every connection.",
)
def dead(bench: Bench) -> Iterator[None]:
    """Drop every connection."""
    with bench.rule(*_API, drop=True):
        yield


@fault(
    "images.clock_ahead",
    component="glance",
    caught_by=("preflight.clock",),
    story="The clock of the image service is two minutes ahead of all others.",
)
def clock_ahead(bench: Bench) -> Iterator[None]:
    """Every answer carries a date to come."""
    world = bench.world

    def later(exchange: Exchange) -> Exchange:
        date = format_datetime(world.clock.now() + timedelta(minutes=2), usegmt=True)
        return replace(exchange, headers=(*exchange.headers, ("Date", date)))

    with bench.rule(*_API, response=later):
        yield


@fault(
    "images.image_missing",
    component="glance",
    caught_by=("images.described",),
    story="An image that was described is not there: the kernel or ramdisk of another, where there is such.",
    seam="real",
)
def image_missing(bench: Bench) -> Iterator[None]:
    """One described image is taken out of the world."""
    images, described = bench.world.images, bench.world.arch.model.images
    there = [image for image in images.values() if image.name in described]
    parts = [image for image in there if image.disk_format in ("ari", "aki")]
    gone = (parts or there)[-1]
    del images[gone.id]
    try:
        yield
    finally:
        images[gone.id] = gone


@fault(
    "images.wrong_checksum",
    component="glance",
    caught_by=("images.upload",),
    story="The checksum that the image service states is not that of what was stored.",
)
def wrong_checksum(bench: Bench) -> Iterator[None]:
    """Documents and headers about one image state another checksum."""

    def stated(exchange: Exchange) -> Exchange:
        names = ("x-image-meta-checksum", "etag")
        rows = tuple((k, _WRONG if k.lower() in names else v) for k, v in exchange.headers)
        body = exchange.body
        if exchange.method == "POST" and exchange.status == 201:
            data = json.loads(body)
            data["image"]["checksum"] = _WRONG
            body = json.dumps(data).encode()
        return replace(exchange, headers=rows, body=body)

    with bench.rule(*_API, methods=("POST", "HEAD"), path=f"{_LIST}|{_ONE}", response=stated):
        yield


@fault(
    "images.download_corrupted",
    component="glance",
    caught_by=(
        "images.download",
        "images.members",
    ),
    story="What is read back differs from what was stored, in its first byte.",
)
def download_corrupted(bench: Bench) -> Iterator[None]:
    """The first byte of every download is changed."""

    def corrupted(exchange: Exchange) -> Exchange:
        if exchange.status != 200 or not exchange.body:
            return exchange
        return replace(exchange, body=bytes([exchange.body[0] ^ 0xFF]) + exchange.body[1:])

    with bench.rule(*_API, methods=("GET",), path=_ONE, response=corrupted):
        yield


@fault(
    "images.bad_format_accepted",
    component="glance",
    caught_by=("images.bad_format",),
    story="A disk format that nobody knows is taken without complaint.",
)
def bad_format_accepted(bench: Bench) -> Iterator[None]:
    """Unknown formats become raw on their way in."""

    def raw(exchange: Exchange) -> Exchange:
        name = "x-image-meta-disk_format"
        rows = tuple(
            (k, "raw" if k == name and v not in DISK_FORMATS else v) for k, v in exchange.request_headers
        )
        return replace(exchange, request_headers=rows)

    with bench.rule(*_API, methods=("POST",), path=_LIST, request=raw):
        yield


@fault(
    "images.private_visible",
    component="glance",
    caught_by=(
        "images.members",
        "images.private",
    ),
    story="A tenant finds the private images of others when it knows their ids.",
)
def private_visible(bench: Bench) -> Iterator[None]:
    """A valid token's request for one image is made as its owner."""
    with bench.rule(*_API, methods=("GET", "HEAD"), path=_ONE, request=_as_owner(bench.world)):
        yield


@fault(
    "images.unknown_found",
    component="glance",
    caught_by=(
        "cleanup.resources",
        "compute.image_of_server",
        "images.delete",
        "images.members",
        "images.private",
        "images.unknown",
    ),
    story="Whatever image is asked for, one is found.",
)
def unknown_found(bench: Bench) -> Iterator[None]:
    """Where there is no image, the facts of another are shown."""
    world = bench.world

    def found(exchange: Exchange) -> Exchange:
        other = next((image for image in world.images.values() if image.public), None)
        return _shown(exchange, other) if exchange.status == 404 and other else exchange

    with bench.rule(*_API, methods=("HEAD",), path=_ONE, response=found):
        yield


@fault(
    "images.deleted_still_found",
    component="glance",
    caught_by=(
        "cleanup.resources",
        "compute.image_of_server",
        "images.delete",
    ),
    story="A deleted image leaves the lists, but is still found by its id.",
)
def deleted_still_found(bench: Bench) -> Iterator[None]:
    """What is about to be deleted is remembered, and shown afterwards."""
    remembered: dict[str, Image] = {}

    def remember(exchange: Exchange) -> Exchange:
        key = exchange.path.rpartition("/")[2]
        if key in bench.world.images:
            remembered[key] = bench.world.images[key]
        return exchange

    def found(exchange: Exchange) -> Exchange:
        image = remembered.get(exchange.path.rpartition("/")[2])
        gone = image is not None and image.id not in bench.world.images
        return _shown(exchange, image) if exchange.status == 404 and image and gone else exchange

    with (
        bench.rule(*_API, methods=("DELETE",), path=_ONE, request=remember),
        bench.rule(*_API, methods=("HEAD",), path=_ONE, response=found),
    ):
        yield


@fault(
    "images.no_token_needed",
    component="glance",
    caught_by=("identity.no_token[image]",),
    story="The image service lists images to whoever asks, without a token.",
)
def no_token_needed(bench: Bench) -> Iterator[None]:
    """A request without a token gets one."""
    with bench.rule(*_API, path=_LIST, request=as_anybody(bench.world, without=True)):
        yield


@fault(
    "images.any_token_taken",
    component="glance",
    caught_by=("identity.bad_token[image]",),
    story="The image service lists images to whoever brings any token, valid or not.",
)
def any_token_taken(bench: Bench) -> Iterator[None]:
    """An invalid token is replaced by a valid one."""
    with bench.rule(*_API, path=_LIST, request=as_anybody(bench.world, without=False)):
        yield


def _as_owner(world: World) -> Change:
    def request(exchange: Exchange) -> Exchange:
        image = world.images.get(exchange.path.rpartition("/")[2])
        members = [user for user, tenant in world.grants if image and tenant == image.owner]
        owner = next((world.users[user] for user in members if user in world.users), None)
        if (
            image is None
            or image.public
            or owner is None
            or world.token(exchange.header("x-auth-token")) is None
        ):
            return exchange
        return with_token(exchange, issue(world, owner, world.tenants[str(image.owner)]))

    return request


def _shown(exchange: Exchange, image: Image) -> Exchange:
    rows: list[tuple[str, Any]] = [("Content-Type", "text/html; charset=UTF-8"), *headers(image)]
    return replace(exchange, status=200, headers=tuple(rows), body=b"")
