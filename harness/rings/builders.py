"""Builder files: a pickle without gzip. Essex writes a dict; before it, the builder object itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.rings.errors import RingError
from harness.rings.formats import pickled_rows
from harness.rings.gzipped import LARGEST_RING
from harness.rings.model import Builder
from harness.rings.parts import UNREADABLE, devices, within
from harness.rings.unpickle import unpickle


def builder(data: bytes) -> Builder:
    """What a builder file says; raises ``RingError``."""
    if len(data) > LARGEST_RING:
        raise RingError(f"{len(data)} bytes; at most {LARGEST_RING} are read")
    content = unpickle(data)
    if not isinstance(content, dict):
        raise RingError(f"a builder is a dict, found a {type(content).__name__}")
    try:
        return _builder(content)
    except RingError:
        raise
    except KeyError as error:
        raise RingError(f"not a builder: {error} is missing") from None
    except UNREADABLE as error:
        raise RingError(f"not a builder: {type(error).__name__}: {error}") from None


def _builder(content: Mapping[str, Any]) -> Builder:
    power = within("part_power", content["part_power"], 0, 32)
    listed, rows = content.get("devs", []), content.get("_replica2part2dev")
    hours = within("min_part_hours", content["min_part_hours"], 0, 1 << 31)
    following, dispersion = content.get("next_part_power"), content.get("dispersion")
    return Builder(
        part_power=power,
        replicas=_number("replicas", content["replicas"], 1 << 16),
        min_part_hours=hours,
        version=within("version", content.get("version", 0), 0, 1 << 62),
        devices=devices(listed),
        table=pickled_rows("_replica2part2dev", rows, power) if rows else (),
        overload=_number("overload", content.get("overload", 0.0), 1 << 31),
        changed=bool(content.get("devs_changed", False)),
        removed=_removed(content.get("_remove_devs", [])),
        places=len(listed),
        next_part_power=None if following is None else within("next_part_power", following, 0, 32),
        dispersion=None if dispersion is None else _number("dispersion", dispersion, 1 << 31),
        moved=_moved(content.get("_last_part_moves"), hours),
        id=str(content.get("id") or "")[:64],
    )


def _number(name: str, value: Any, most: float) -> float:
    if type(value) not in (int, float) or not 0 <= value <= most:
        raise RingError(f"{name} is {str(value)[:40]!r}, expected a number from 0 to {most}")
    return float(value)


def _removed(rows: Any) -> tuple[int, ...]:
    if not isinstance(rows, list):
        raise RingError("_remove_devs is not a list")
    return tuple(within("the id of a removed device", row["id"], 0, 1 << 32) for row in rows)


def _moved(hours_ago: Any, hours: int) -> int | None:
    """How many partitions moved too short a time ago to be moved again."""
    if isinstance(hours_ago, list) and all(type(ago) is int for ago in hours_ago):
        return sum(1 for ago in hours_ago if ago < hours)
    return int(np.count_nonzero(hours_ago < hours)) if isinstance(hours_ago, np.ndarray) else None
