"""What somebody did to a builder by hand, by name; each takes Swift's ``RingBuilder`` and changes it.

>>> edit(builder_file, "change_waits", target)      # writes the builder, and the ring that it gives
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.errors import LabError

Edit = Callable[[Any], None]


def two_on_one_device(builder: Any) -> None:
    """Two replicas of the first partition lie on one device."""
    table = builder._replica2part2dev
    table[1][0] = table[0][0]


def uneven(builder: Any) -> None:
    """The last device has given a third of what it holds to another one on its node."""
    giving = builder.devs[-1]
    taking = next((dev for dev in builder.devs[:-1] if dev["ip"] == giving["ip"]), builder.devs[0])
    for row in builder._replica2part2dev:
        mine = [partition for partition, device in enumerate(row) if device == giving["id"]]
        for partition in mine[::3]:
            row[partition] = taking["id"]


def rebalanced(builder: Any) -> None:
    """It was rebalanced once more, for a device of another weight."""
    builder.set_dev_weight(builder.devs[0]["id"], builder.devs[0]["weight"] * 2)
    builder.pretend_min_part_hours_passed()
    builder.rebalance(seed=1)


def change_waits(builder: Any) -> None:
    """Replicas were set to one more and back: a change, for a builder, until it is rebalanced."""
    builder.set_replicas(builder.replicas + 1)
    builder.set_replicas(builder.replicas - 1)


def other_hours(builder: Any) -> None:
    """Partitions may move again after three hours more."""
    builder.change_min_part_hours(builder.min_part_hours + 3)


EDITS: dict[str, Edit] = {
    edit.__name__: edit for edit in (two_on_one_device, uneven, rebalanced, change_waits, other_hours)
}


def edit(file: Path, name: str, target: Path) -> None:
    """Write builder and ring, as changed, into ``target``; raises ``LabError`` for an edit nobody knows."""
    from swift.common.ring import RingBuilder

    from harness.lab.ringbuild import save

    if name not in EDITS:
        raise LabError(f"no such edit of a builder: {name}")
    target.mkdir(parents=True, exist_ok=True)
    builder = RingBuilder.load(str(file))
    EDITS[name](builder)
    save(builder, target, file.name.removesuffix(".builder"))
