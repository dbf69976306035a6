"""Ways in which volumes can be broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.lab.compute.machine import KEEP, Row
from harness.lab.compute.state import compute
from harness.lab.faults.answers import edited
from harness.lab.faults.registry import Bench, fault
from harness.lab.faults.rules import Exchange, read
from harness.lab.faults.tenants import as_owner
from harness.lab.faults.volume_answers import V1, made_anyway, swept, told
from harness.lab.volume.app import volume_view
from harness.lab.volume.state import Volume, VolumeType, store

_VOLUMES = f"{V1}/volumes"


@fault(
    "volumes.dead",
    component="nova-volume",
    caught_by=("preflight.endpoints_answer[volume]",),
    story="The volume API is down: its port resets every connection.",
)
def dead(bench: Bench) -> Iterator[None]:
    """Drop every connection."""
    with bench.rule("nova-volume", drop=True):
        yield


@fault(
    "volumes.never_available",
    component="nova-volume",
    seam="machine",
    caught_by=("volumes.create", "cleanup.resources"),
    story="No nova-volume takes up its work: volumes stay in creating and cannot even be deleted.",
)
def never_available(bench: Bench) -> Iterator[None]:
    """Volumes are never made."""
    with swept(bench), bench.machine("volume.create", (Row("creating"),)):
        yield


@fault(
    "volumes.delete_ignored",
    component="nova-volume",
    seam="machine",
    caught_by=("volumes.delete", "cleanup.resources"),
    story="The deletion of a volume is accepted, and the volume stays.",
)
def delete_ignored(bench: Bench) -> Iterator[None]:
    """Deleting changes nothing."""
    with swept(bench), bench.machine("volume.delete", (Row(KEEP),)):
        yield


@fault(
    "volumes.foreign_volume_visible",
    component="nova-volume",
    caught_by=("volumes.other_tenant",),
    story="A volume is shown to tenants that do not own it.",
)
def foreign_volume_visible(bench: Bench) -> Iterator[None]:
    """Whoever asks for a volume is taken for its owner."""
    owner = as_owner(bench.world, bench.world.volumes)
    with bench.rule("nova-volume", methods=("GET",), path=rf"{_VOLUMES}/\d+", request=owner):
        yield


@fault(
    "volumes.never_made_found",
    component="nova-volume",
    caught_by=("volumes.unknown",),
    story="A volume is shown under a number that no volume ever had.",
)
def never_made_found(bench: Bench) -> Iterator[None]:
    """Numbers far beyond those in use show a volume."""

    def found(exchange: Exchange) -> Exchange:
        if exchange.status != 404:
            return exchange
        number = int(exchange.path.rpartition("/")[2])
        nobody = Volume(number, "", 1, None, None, bench.world.clock.exact(), status="available")
        return told(exchange, {"volume": volume_view(nobody)})

    with bench.rule("nova-volume", methods=("GET",), path=rf"{_VOLUMES}/\d{{7,}}", response=found):
        yield


@fault(
    "volumes.listing_drops_volume",
    component="nova-volume",
    caught_by=("volumes.show",),
    story="Volumes that nobody uses are missing in listings.",
)
def listing_drops_volume(bench: Bench) -> Iterator[None]:
    """Cut what is available out of every listing."""

    def shortened(document: Any) -> Any:
        return {"volumes": [row for row in document["volumes"] if row["status"] != "available"]}

    with bench.rule(
        "nova-volume", methods=("GET",), path=f"{_VOLUMES}(/detail)?", response=edited(shortened)
    ):
        yield


@fault(
    "volumes.type_undescribed",
    component="nova-volume",
    seam="real",
    caught_by=("volumes.described",),
    story="Somebody left a volume type behind that was not described.",
)
def type_undescribed(bench: Bench) -> Iterator[None]:
    """One type more."""
    types = store(bench.world).types
    number = bench.world.ids.number("volume type")
    types[number] = VolumeType(number, "left-behind", bench.world.clock.exact())
    try:
        yield
    finally:
        del types[number]


@fault(
    "volumes.made_twice",
    component="nova-volume",
    caught_by=("cleanup.no_leak",),
    story="A request for a volume is carried out twice, and only one of the two volumes is told.",
)
def made_twice(bench: Bench) -> Iterator[None]:
    """A twin of the first new volume, which nobody asked for."""
    world, twins = bench.world, list[str]()

    def doubled(exchange: Exchange) -> Exchange:
        if exchange.status == 200 and not twins:
            told = world.volumes[json.loads(exchange.body)["volume"]["id"]]
            twin = replace(told, id=world.ids.number("volume"), status="available", run=None)
            twins.append(str(twin.id))
            world.volumes[twins[-1]] = twin
        return exchange

    with bench.rule("nova-volume", methods=("POST",), path=_VOLUMES, response=doubled):
        try:
            yield
        finally:
            for twin in twins:
                world.volumes.pop(twin, None)


@fault(
    "volumes.metadata_lost",
    component="nova-volume",
    caught_by=("volumes.show",),
    story="The metadata of a new volume is thrown away.",
)
def metadata_lost(bench: Bench) -> Iterator[None]:
    """Forget what was asked for."""

    def forgotten(document: Any) -> Any:
        bench.world.volumes[document["volume"]["id"]].metadata.clear()
        return document

    with bench.rule("nova-volume", methods=("POST",), path=_VOLUMES, response=edited(forgotten)):
        yield


@fault(
    "volumes.apis_disagree",
    component="nova",
    caught_by=("volumes.both_apis",),
    story="Compute's API tells another size of a volume than the volume service.",
)
def apis_disagree(bench: Bench) -> Iterator[None]:
    """Sizes in MB where GB are meant."""

    def larger(document: Any) -> Any:
        volume = document["volume"]
        return {"volume": {**volume, "size": volume["size"] * 1024}}

    with bench.rule("nova", methods=("GET",), path=r"/v2/[^/]+/os-volumes/\d+", response=edited(larger)):
        yield


@fault(
    "volumes.quota_ignored",
    component="nova-volume",
    seam="real",
    caught_by=("volumes.quota",),
    story="A tenant's quota of gigabytes is told, and nobody holds anybody to it.",
)
def quota_ignored(bench: Bench) -> Iterator[None]:
    """There is no limit any more, and the API of quotas goes on telling the one of before."""
    quotas = compute(bench.world).default_quotas
    before = quotas["gigabytes"]

    def as_before(document: Any) -> Any:
        row = document["quota_set"]
        return {"quota_set": {**row, "gigabytes": before if row["gigabytes"] < 0 else row["gigabytes"]}}

    quotas["gigabytes"] = -1
    try:
        with bench.rule(
            "nova", methods=("GET",), path=r"/v2/[^/]+/os-quota-sets/.*", response=edited(as_before)
        ):
            yield
    finally:
        quotas["gigabytes"] = before


@fault(
    "volumes.any_size_accepted",
    component="nova-volume",
    caught_by=("volumes.sizes", "cleanup.no_leak"),
    story="A volume whose size is no size is made all the same.",
)
def any_size_accepted(bench: Bench) -> Iterator[None]:
    """Make one of 1 GB."""
    granted = made_anyway(bench, 500)
    posts = bench.rule("nova-volume", methods=("POST",), path=_VOLUMES, request=read, response=granted)
    with swept(bench), posts:
        yield
