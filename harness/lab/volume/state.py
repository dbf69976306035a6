"""What nova-volume remembers, and how its volumes and snapshots change state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from harness.lab.compute.machine import Effect, Engine, Machine, Row, Run
from harness.lab.compute.scheduler import engine
from harness.lab.world import World

VOLUMES: dict[str, Machine] = {
    "volume.create": (Row("creating", seconds=0.08), Row("available", does="filled")),
    "volume.delete": (Row("deleting", does="gone"),),
    "volume.attach": (Row("attaching", seconds=0.06), Row("in-use", does="attached")),
    "volume.detach": (Row("in-use", seconds=0.06, does="detaching"), Row("available", does="detached")),
    "snapshot.create": (Row("creating", does="captured"), Row("available")),
    "snapshot.delete": (Row("deleting", does="gone"),),
}
"""Seconds are those of the fake driver.

What happens to bytes is told by effects that others follow: ``filled`` (a new volume, from its snapshot where
it has one), ``captured`` (a snapshot), ``attached`` and ``detached`` (a server's disk comes and goes),
``gone``. ``said attached`` and ``said detached`` change what the APIs say, and nothing else.
"""


@dataclass
class Volume:
    """A volume; size in GB. ``attached`` is (server id, device) while a server has it."""

    id: int
    tenant_id: str
    size: int
    name: str | None
    description: str | None
    created: datetime
    zone: str = "nova"
    type_name: str | None = None
    snapshot_id: int | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    status: str = "creating"
    attached: tuple[str, str] | None = None
    attaching: tuple[str, str] | None = None
    deleted: bool = False
    run: Run | None = None


@dataclass
class Snapshot:
    """A snapshot of a volume."""

    id: int
    tenant_id: str
    volume_id: int
    size: int
    name: str | None
    description: str | None
    created: datetime
    status: str = "creating"
    deleted: bool = False
    run: Run | None = None


@dataclass
class VolumeType:
    """A kind of volume that an administrator offers."""

    id: int
    name: str
    created: datetime
    extra_specs: dict[str, str] = field(default_factory=dict)


@dataclass
class Store:
    """Snapshots and types; volumes are in ``world.volumes``."""

    engine: Engine
    snapshots: dict[int, Snapshot] = field(default_factory=dict)
    types: dict[int, VolumeType] = field(default_factory=dict)


def store(world: World) -> Store:
    """Nova-volume's part of the world, set up from the architecture when first asked for."""
    from harness.lab.volume.servers import follow

    found = world.parts.get("volume")
    if not isinstance(found, Store):
        for name, rows in VOLUMES.items():
            world.machines.setdefault(name, rows)
        found = Store(Engine(world, _EFFECTS))
        described = world.arch.model.volumes
        for name in described.types if described else ():
            number = world.ids.number("volume type")
            found.types[number] = VolumeType(number, name, world.clock.exact())
        world.parts["volume"] = found
        follow(world)
    return found


def volumes(world: World, tenant: str | None = None) -> list[Volume]:
    """The volumes there are by now, of one tenant or of all, in order of id."""
    kept = store(world)
    engine(world).advance(list(world.servers.values()))
    kept.engine.advance(world.volumes.values())
    rows: list[Volume] = [row for row in world.volumes.values() if not row.deleted]
    return [row for row in rows if tenant is None or row.tenant_id == tenant]


def snapshots(world: World, tenant: str | None = None) -> list[Snapshot]:
    """The snapshots there are by now."""
    kept = store(world)
    kept.engine.advance(kept.snapshots.values())
    rows = [row for row in kept.snapshots.values() if not row.deleted]
    return [row for row in rows if tenant is None or row.tenant_id == tenant]


def _gone(world: World, thing: Any) -> None:
    thing.deleted = True
    rows: dict[Any, Any] = world.volumes if isinstance(thing, Volume) else store(world).snapshots
    rows.pop(str(thing.id) if isinstance(thing, Volume) else thing.id, None)


def _attached(world: World, volume: Volume) -> None:
    volume.attached, volume.attaching = volume.attaching, None


def _detaching(world: World, volume: Volume) -> None:
    volume.attaching = None


def _detached(world: World, volume: Volume) -> None:
    volume.attached = None


def _bytes_only(world: World, thing: Any) -> None:
    """Something happens to the bytes, which the guests' disks keep."""


_EFFECTS: dict[str, Effect] = {
    "gone": _gone,
    "detaching": _detaching,
    **dict.fromkeys(("attached", "said attached"), _attached),
    **dict.fromkeys(("detached", "said detached"), _detached),
    **dict.fromkeys(("filled", "captured"), _bytes_only),
}
