"""Healthy rings of every shape, made by Swift's own builder from a seed."""

from __future__ import annotations

import math
import random
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness.rings import Builder, Ring, read_builder, read_ring

SEEDS = range(20261121, 20261121 + 500)
SAMPLE = [seed for seed in SEEDS if seed % 40 == 0]
SHAPES = (1, 2, 3, 3, 3, 3, 4, 5, 6, 8, 1.5, 2.25, 3.5, 2.9, 4.75, 7.1)


def healthy(seed: int) -> Any:
    """A builder of the caller's own: asking it for figures changes its version."""
    return deepcopy(_made(seed))


@lru_cache(maxsize=512)
def _made(seed: int) -> Any:
    """A balanced builder: 1 to 8 replicas, 1 to 6 regions and zones, weights up to 1:1000, power 4 to 16.

    Some had devices removed or drained since they were first balanced. It is balanced until it rests.
    """
    dice = random.Random(seed)
    power = dice.randint(4, 9) if dice.random() < 0.95 else dice.randint(10, 16)
    builder = _builder(power, dice.choice(SHAPES), 1)
    builder.set_overload(dice.choice((0.0, 0.0, 0.1, 0.5, 2.0)))
    for device in _devices(dice, math.ceil(builder.replicas)):
        builder.add_dev(device)
    settle(builder, seed)
    if dice.random() < 0.5:
        _change(builder, dice)
        settle(builder, seed + 1)
    return builder


def _builder(power: int, replicas: float, hours: int) -> Any:
    from swift.common.ring import RingBuilder

    return RingBuilder(power, replicas, hours)


def _devices(dice: random.Random, least: int) -> list[dict[str, Any]]:
    """Regions of zones of servers of devices; at least two more than there are replicas."""
    regions = dice.choice((1, 1, 1, 2, 3, 6))
    zones = dice.randint(1, 6)
    weights = dice.choice(("equal", "equal", "mixed", "extreme"))
    found: list[dict[str, Any]] = []
    while len(found) < least + 2:
        for region in range(1, regions + 1):
            for zone in range(1, dice.randint(1, zones) + 1):
                for _ in range(dice.randint(1, 3)):
                    found += _server(dice, region, zone, len(found), weights)
    return found


def _server(dice: random.Random, region: int, zone: int, number: int, weights: str) -> list[dict[str, Any]]:
    scale = {"equal": (100.0,), "mixed": (50.0, 100.0, 200.0, 400.0), "extreme": (1.0, 30.0, 1000.0)}[weights]
    return [
        {
            "region": region,
            "zone": zone,
            "ip": f"10.{number // 250}.{number % 250}.1",
            "port": 6200,
            "device": f"sd{letter}",
            "weight": dice.choice(scale),
        }
        for letter in "bcde"[: dice.randint(1, 4)]
    ]


def _change(builder: Any, dice: random.Random) -> None:
    """Remove a device, drain another, as far as there are enough."""
    alive = [device for device in builder.devs if device]
    spare = len(alive) - math.ceil(builder.replicas)
    chosen = dice.sample(alive, 2) if spare > 3 else []
    if chosen:
        builder.remove_dev(chosen[0]["id"])
        builder.set_dev_weight(chosen[1]["id"], 0.0)


def settle(builder: Any, seed: int) -> None:
    """Rebalance until nothing moves any more, as an operator does over some days."""
    for turn in range(12 if builder.part_power < 10 else 3):
        builder.pretend_min_part_hours_passed()
        moved, _, _ = builder.rebalance(seed=seed + turn)
        if not moved:
            return


def files(builder: Any, version: int = 1) -> tuple[bytes, bytes]:
    """The ring file and the builder file that Swift writes."""
    with TemporaryDirectory() as folder:
        ring, kept = Path(folder) / "object.ring.gz", Path(folder) / "object.builder"
        builder.get_ring().save(str(ring), format_version=version)
        builder.save(str(kept))
        return ring.read_bytes(), kept.read_bytes()


def read(builder: Any, version: int = 1) -> tuple[Ring, Builder]:
    """Both as our reader understands them."""
    ring, kept = files(builder, version)
    return read_ring(ring), read_builder(kept)
