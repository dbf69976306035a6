"""What servers do to volumes: what is mapped at boot is attached, what a deleted server had is free.

Nova 2012.1 looks at a mapped volume when the host builds the server, after the request was accepted: where it
is not free, the server ends in ERROR.
"""

from __future__ import annotations

from typing import Any

from harness.lab.compute.machine import Row
from harness.lab.compute.state import Server
from harness.lab.volume.state import Volume, store, volumes
from harness.lab.world import World


def follow(world: World) -> None:
    """From now on volumes follow the servers of a world."""

    def entered(thing: Any, row: Row) -> None:
        if isinstance(thing, Server) and row.does == "launched":
            _map(world, thing)
        elif isinstance(thing, Server) and row.does == "gone":
            _free(world, thing)

    world.watchers.insert(0, entered)


def _mapped(server: Server) -> dict[str, list[str]]:
    """Device → volume, type, size and whether it ends with the server, as texts."""
    return {device: (mapping + ":::").split(":")[:4] for device, mapping in server.block_devices.items()}


def _map(world: World, server: Server) -> None:
    mine = {str(volume.id): volume for volume in volumes(world, server.tenant_id)}
    for device, (wanted, kind, *_) in _mapped(server).items():
        volume = mine.get(wanted) if kind != "snap" else None
        if volume is None or volume.status != "available":
            server.run = None
            server.status, server.vm_state, server.task_state = "ERROR", "error", "block_device_mapping"
            return
        _attach(world, server, volume, device)


def _attach(world: World, server: Server, volume: Volume, device: str) -> None:
    """The root is there at once: the server is running from it."""
    volume.attaching = (server.id, f"/dev/{device}")
    if device == "vda":
        volume.attached, volume.attaching, volume.status = volume.attaching, None, "in-use"
    else:
        store(world).engine.begin(volume, "volume.attach")


def _free(world: World, server: Server) -> None:
    """A volume that is still being attached finds no server when it gets there."""
    ending = {
        int(wanted) for wanted, *_, ends in _mapped(server).values() if wanted.isdecimal() and _yes(ends)
    }
    for volume in volumes(world):
        if server.id in (volume.attached or volume.attaching or ("",)):
            volume.attached = volume.attaching = volume.run = None
            volume.status = "available"
            if volume.id in ending:
                store(world).engine.begin(volume, "volume.delete")


def _yes(text: str) -> bool:
    return text.strip().lower() in ("1", "true", "yes", "t", "y")
