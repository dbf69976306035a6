"""What several faults of volumes have in common: carrying out what the service refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from harness.arch import Architecture
from harness.lab.faults.registry import Bench
from harness.lab.faults.rules import Change, Exchange
from harness.lab.volume.app import volume_view
from harness.lab.volume.state import Volume, store

V1 = r"/v1/[^/]+"
_JSON = (("Content-Type", "application/json"),)


def on_hosts(story: str, *keys: str) -> Callable[[Architecture], tuple[str, ...]]:
    """These keys, and a story's of every compute host."""

    def caught_by(arch: Architecture) -> tuple[str, ...]:
        return (*keys, *(f"{story}[{node}]" for node in arch.nodes_with("compute")))

    return caught_by


@contextmanager
def swept(bench: Bench) -> Iterator[None]:
    """What came meanwhile and could not be deleted ends with the fault: nobody after it has less room."""
    kept = store(bench.world)
    volumes, snapshots = set(bench.world.volumes), set(kept.snapshots)
    try:
        yield
    finally:
        for number in kept.snapshots.keys() - snapshots:
            kept.engine.begin(kept.snapshots[number], "snapshot.delete")
        for key in bench.world.volumes.keys() - volumes:
            kept.engine.begin(bench.world.volumes[key], "volume.delete")


def told(exchange: Exchange, document: Any) -> Exchange:
    """A good answer instead."""
    return replace(exchange, status=200, headers=_JSON, body=json.dumps(document).encode())


def deleted_anyway(bench: Bench, *, refusal: bytes) -> Change:
    """A deletion of a volume that was refused with these words is carried out."""

    def response(exchange: Exchange) -> Exchange:
        volume = bench.world.volumes.get(exchange.path.rpartition("/")[2])
        if volume is None or exchange.status != 400 or refusal not in exchange.body:
            return exchange
        store(bench.world).engine.begin(volume, "volume.delete")
        return replace(exchange, status=202, headers=(), body=b"")

    return response


def made_anyway(bench: Bench, status: int) -> Change:
    """A volume that was refused with a status is made, of 1 GB."""

    def response(exchange: Exchange) -> Exchange:
        if exchange.status != status:
            return exchange
        wanted, world = json.loads(exchange.request_body)["volume"], bench.world
        tenant, name = exchange.path.split("/")[2], wanted.get("display_name")
        number, now = world.ids.number("volume"), world.clock.exact()
        made = Volume(number, tenant, 1, name, None, now, status="available")
        world.volumes[str(number)] = made
        return told(exchange, {"volume": volume_view(made)})

    return response
