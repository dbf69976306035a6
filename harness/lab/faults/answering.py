"""Ways for single addresses and single lists of a cloud to fail while everything else works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from urllib.parse import urlsplit, urlunsplit

from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Exchange
from harness.lab.world import Endpoint, World

_JSON = (("Content-Type", "application/json"),)
_NOBODY = 250
"""The last part of an address that no node of a lab has."""
_CLOSED = 9
"""A port at which nothing listens."""


def _failed(exchange: Exchange) -> Exchange:
    body = json.dumps({"error": {"message": "it tripped over its own code", "code": 500}}).encode()
    return replace(exchange, status=500, headers=_JSON, body=body)


def _row(world: World, kind: str) -> Endpoint:
    return next(end for service, end in world.catalogue() if service.type == kind)


@fault(
    "identity.internal_address_dead",
    component="glance",
    caught_by=("preflight.catalogue", "preflight.internal_answers[image]"),
    story="The catalogue names an internal address of the image service at which nothing listens.",
    seam="real",
)
def internal_address_dead(bench: Bench) -> Iterator[None]:
    """Another port stands in the row."""
    row = _row(bench.world, "image")
    before = row.internalurl
    parts = urlsplit(before)
    row.internalurl = urlunsplit(parts._replace(netloc=f"{parts.hostname}:{_CLOSED}"))
    try:
        yield
    finally:
        row.internalurl = before


@fault(
    "identity.internal_in_public",
    component="nova-volume",
    caught_by=("preflight.catalogue", "preflight.endpoints_answer[volume]"),
    story="The catalogue gives an address of the inner network for the public one of the volume service.",
    seam="real",
)
def internal_in_public(bench: Bench) -> Iterator[None]:
    """The public URL names an address that nobody has out here."""
    row = _row(bench.world, "volume")
    before = row.publicurl
    parts = urlsplit(before)
    network = str(parts.hostname).rpartition(".")[0]
    row.publicurl = urlunsplit(parts._replace(netloc=f"{network}.{_NOBODY}:{parts.port}"))
    try:
        yield
    finally:
        row.publicurl = before


@fault(
    "identity.admin_address_fails",
    component="keystone",
    caught_by=("preflight.admin_answers[identity]",),
    story="The administrators' address of identity answers the question for its versions with an error.",
)
def admin_address_fails(bench: Bench) -> Iterator[None]:
    """The root of the administrators' port trips."""
    with bench.rule("keystone-admin", methods=("GET",), path="/", instead=_failed):
        yield


@fault(
    "identity.list_fails",
    component="keystone",
    caught_by=("preflight.identity_lists[extensions]",),
    story="Identity lists everything but the extensions of its public side.",
)
def identity_list_fails(bench: Bench) -> Iterator[None]:
    """That list trips."""
    with bench.rule("keystone", methods=("GET",), path="/v2.0/extensions", instead=_failed):
        yield


@fault(
    "compute.list_fails",
    component="nova",
    caught_by=("preflight.compute_lists[os-snapshots]",),
    story="Compute lists everything but snapshots of volumes.",
)
def compute_list_fails(bench: Bench) -> Iterator[None]:
    """That list trips."""
    with bench.rule("nova", methods=("GET",), path=r"/v2/[^/]+/os-snapshots", instead=_failed):
        yield


@fault(
    "volumes.list_fails",
    component="nova-volume",
    caught_by=("preflight.volume_lists[extensions]", "volumes.described"),
    story="The volume service lists everything but its extensions.",
)
def volume_list_fails(bench: Bench) -> Iterator[None]:
    """That list trips."""
    with bench.rule("nova-volume", methods=("GET",), path=r"/v1/[^/]+/extensions", instead=_failed):
        yield


@fault(
    "images.every_second_fails",
    component="glance",
    caught_by=("preflight.image_lists[short]",),
    story="One of two registries behind the image service is broken: every second short listing fails.",
)
def every_second_fails(bench: Bench) -> Iterator[None]:
    """Good answers and errors take turns."""
    turns = cycle((False, True))

    def taking_turns(exchange: Exchange) -> Exchange:
        return _failed(exchange) if exchange.status == 200 and next(turns) else exchange

    with bench.rule("glance", methods=("GET",), path="/v1/images", response=taking_turns):
        yield
