"""What the lab keeps of its guests, and how they follow the lives of servers and volumes.

``guests(world)`` is the one door: ``.of(server_id)`` is a guest as it is by now, ``.volume_block(number)``
and ``.snapshot_block(number)`` are the bytes behind a volume or a snapshot. Tests and services of the lab may
look; what they change there is seen by the guest.
"""

from __future__ import annotations

import json
import shutil
import string
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.lab.compute.machine import Engine, Row
from harness.lab.compute.scheduler import engine
from harness.lab.compute.state import Server, compute
from harness.lab.content import Content
from harness.lab.guests.booting import EFFECTS
from harness.lab.guests.disks import GB, Block, as_disk
from harness.lab.guests.guest import Disk, Guest
from harness.lab.guests.policies import MACHINES, policies
from harness.lab.guests.roots import remember_stock, root_of
from harness.lab.guests.tree import Tree
from harness.lab.volume.state import Snapshot, Volume, snapshots, store, volumes
from harness.lab.world import Resource, World

KEY = "guests"
FOLDER = "guests.folder"
_CONFIG_DRIVE = 64 << 20


class Guests:
    """The guests of a world, and the bytes of its volumes and snapshots."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: dict[str, Guest] = {}
        self._since = 0.0
        self.engine = Engine(world, EFFECTS, pace=lambda: compute(world).pace)

    @property
    def folder(self) -> Path:
        """Where blocks lie: the lab's folder, or one of its own where there is no lab."""
        if FOLDER not in self.world.parts:
            made = self.world.parts[FOLDER] = Path(tempfile.mkdtemp(prefix="deployday-guests-"))
            weakref.finalize(self, shutil.rmtree, made, ignore_errors=True)
        return Path(self.world.parts[FOLDER])

    def settle(self) -> None:
        """Let servers, volumes and guests reach the states that they have by now."""
        engine(self.world).advance(list(self.world.servers.values()))
        volumes(self.world)
        snapshots(self.world)
        self.engine.advance(self.rows.values())
        for guest in [row for row in self.rows.values() if row.server.deleted is not None]:
            self._gone(guest)

    def listed(self) -> list[Resource]:
        """The guests that there are, for the inventory: whose server is gone should not be among them."""
        self.settle()
        rows = [guest.server for guest in self.rows.values()]
        return [Resource("guest", row.id, row.name, row.tenant_id) for row in rows]

    def of(self, server_id: str) -> Guest | None:
        """The guest of a server that has run, as it is by now."""
        self.settle()
        return self.rows.get(server_id)

    def volume_block(self, number: int) -> Block:
        """The bytes of a volume."""
        volume: Volume | None = self.world.volumes.get(str(number))
        return self._block(f"volume-{number}", (volume.size if volume else 0) * GB)

    def snapshot_block(self, number: int) -> Block:
        """The bytes of a snapshot."""
        row = store(self.world).snapshots.get(number)
        return self._block(f"snapshot-{number}", (row.size if row else 0) * GB)

    def _block(self, name: str, size: int) -> Block:
        return Block(self.folder / name, size)

    def entered(self, thing: Any, row: Row) -> None:
        """A server, a volume or a snapshot has entered a state."""
        self._since = self.world.moment
        if isinstance(thing, Server):
            self._server(thing, row)
        elif isinstance(thing, Volume):
            self._volume(thing, row)
        elif isinstance(thing, Snapshot):
            self._snapshot(thing, row)

    def _volume(self, volume: Volume, row: Row) -> None:
        block = self.volume_block(volume.id)
        if row.does == "filled" and volume.snapshot_id is not None:
            block.become(self.snapshot_block(volume.snapshot_id))
        elif row.does == "attached" and volume.attached:
            self._plug(volume, *volume.attached)
        elif row.does == "detached":
            self._unplug(volume)
        elif row.does == "gone":
            block.clear()

    def _snapshot(self, snapshot: Snapshot, row: Row) -> None:
        block = self.snapshot_block(snapshot.id)
        if row.does == "captured":
            for guest in self.rows.values():
                if any(disk.volume == snapshot.volume_id for disk in guest.disks.values()):
                    guest.sync()
            block.become(self.volume_block(snapshot.volume_id))
        elif row.does == "gone":
            block.clear()

    def _plug(self, volume: Volume, server_id: str, device: str) -> None:
        guest, block = self.rows.get(server_id), self.volume_block(volume.id)
        if not policies(self.world).keeps_bytes(volume.id):
            block.clear()
        wanted = device.removeprefix("/dev/")
        if guest is not None:
            name = wanted if _is_name(wanted) and wanted not in guest.disks else _free(guest)
            guest.disks[name] = Disk(name, block.size, block, volume.id)

    def _unplug(self, volume: Volume) -> None:
        for guest in self.rows.values():
            for name, disk in list(guest.disks.items()):
                if disk.volume == volume.id and name != "vda":
                    guest.sync()
                    guest.mounts = {at: row for at, row in guest.mounts.items() if row.disk is not disk}
                    del guest.disks[name]

    def _server(self, server: Server, row: Row) -> None:
        self.engine.advance(self.rows.values())
        guest = self.rows.get(server.id)
        if guest is None:
            if row.does == "launched" and server.vm_state != "error":
                self._install(server)
            return
        happening = _SERVER.get(row.does)
        if happening is not None:
            happening(self, guest)
        if not guest.powered and not guest.paused:
            guest.hang_up()

    def _install(self, server: Server) -> None:
        """Give a new guest its disks and start it."""
        guest = self.rows[server.id] = Guest(server, self.world)
        mapped, _, kind = policies(self.world).root(server).partition(":")
        if mapped.isdecimal() and not kind.startswith("snap") and mapped in self.world.volumes:
            block = self.volume_block(int(mapped))
            guest.disks["vda"] = Disk("vda", block.size, block, int(mapped))
            fresh = block.files()
        else:
            guest.disks["vda"] = Disk("vda", 0)
            fresh = root_of(self.world, server.image_id)
        self._size_disks(guest)
        self._start(guest, policies(self.world).boots_from(guest, fresh), "guests.first_boot")

    def _size_disks(self, guest: Guest) -> None:
        """The server's own disks as its flavor has them."""
        size, root = guest.size, guest.disks["vda"]
        if root.block is None:
            root.size = max(size.disk, 1) * GB
        kept = {name: disk for name, disk in guest.disks.items() if name == "vda" or disk.volume is not None}
        guest.disks = kept
        extras = {"ephemeral": size.ephemeral * GB, "swap": size.swap << 20}
        if guest.server.config_drive:
            extras["config"] = _CONFIG_DRIVE
        for kind, each in extras.items():
            if each:
                name = "vdz" if kind == "config" else _free(guest)
                guest.disks[name] = Disk(name, each, self._block(f"server-{guest.server.id}-{kind}", each))
        if guest.server.config_drive and (block := guest.disks["vdz"].block):
            block.store(_config_drive(guest))

    def _start(self, guest: Guest, root: Tree | None, machine: str) -> None:
        guest.hang_up()
        guest.sync()
        guest.mounts.clear()
        guest.console.clear()
        guest.booted = self._since
        guest.tree = root if root is not None else Tree()
        self.engine.begin(guest, machine if root is not None else "guests.nothing_to_boot", self._since)

    def _boot(self, guest: Guest) -> None:
        """Start it again from the disk that it has."""
        bootable = guest.tree if "/etc/passwd" in guest.tree.nodes else None
        self._start(guest, bootable, "guests.boot")

    def _rebooted(self, guest: Guest) -> None:
        if policies(self.world).restarts(guest):
            self._boot(guest)

    def _resized(self, guest: Guest) -> None:
        self._size_disks(guest)
        self._boot(guest)

    def _rebuilt(self, guest: Guest) -> None:
        fresh = policies(self.world).rebuilt(guest, root_of(self.world, guest.server.image_id))
        self._start(guest, fresh, "guests.first_boot")

    def _rescued(self, guest: Guest) -> None:
        """It runs from a fresh disk of its image; its own disk is the second one."""
        guest.rescue = self._block(f"server-{guest.server.id}-rescue", guest.disks["vda"].size)
        guest.rescue.store(guest.tree)
        name = _free(guest)
        guest.disks[name] = Disk(name, guest.rescue.size, guest.rescue)
        self._start(guest, root_of(self.world, guest.server.image_id), "guests.first_boot")

    def _unrescued(self, guest: Guest) -> None:
        if guest.rescue is None:
            return
        guest.sync()
        mine, guest.rescue = guest.rescue, None
        guest.disks = {name: disk for name, disk in guest.disks.items() if disk.block is not mine}
        self._start(guest, mine.files(), "guests.boot")
        mine.clear()

    def _imaged(self, guest: Guest) -> None:
        """The image of a server has the bytes of its root disk."""
        image = self.world.images.get(guest.server.imaged or "")
        if image is not None and image.status == "active":
            image.content = Content(as_disk(policies(self.world).saved(guest)))
            image.size, image.checksum = image.content.size, image.content.checksum

    def _gone(self, guest: Guest) -> None:
        guest.sync()
        if guest.powered:
            return
        guest.hang_up()
        for disk in guest.disks.values():
            if disk.block is not None and disk.volume is None:
                disk.block.clear()
        del self.rows[guest.server.id]


_SERVER: dict[str, Callable[[Guests, Guest], None]] = {
    "started": Guests._boot,
    "rebooted": Guests._rebooted,
    "resized": Guests._resized,
    "reverted": Guests._resized,
    "rebuilt": Guests._rebuilt,
    "rescued": Guests._rescued,
    "unrescued": Guests._unrescued,
    "snapshot": Guests._imaged,
    "gone": Guests._gone,
}


def guests(world: World) -> Guests:
    """The guests of a world, set up when first asked for; from then on they follow nova."""
    found = world.parts.get(KEY)
    if not isinstance(found, Guests):
        for name, rows in MACHINES.items():
            world.machines.setdefault(name, rows)
        policies(world)
        remember_stock(world)
        found = world.parts[KEY] = Guests(world)
        world.watchers.append(found.entered)
        world.sources["guest"] = found.listed
    return found


def _is_name(device: str) -> bool:
    return len(device) == 3 and device.startswith("vd") and device[2] in string.ascii_lowercase


def _free(guest: Guest) -> str:
    """The next name that no disk of the guest has."""
    names = (f"vd{letter}" for letter in string.ascii_lowercase)
    return next(name for name in names if name not in guest.disks)


def _config_drive(guest: Guest) -> Tree:
    """What nova puts on the drive: the metadata as JSON, the keys, the files of the request."""
    tree, server = Tree(), guest.server
    tree.put_all("/meta.js", json.dumps(policies(guest.world).drive(guest)).encode())
    keys = "".join(key.strip() + "\n" for key in policies(guest.world).keys(guest))
    tree.put_all("/root/.ssh/authorized_keys", keys.encode())
    for path, data in server.files:
        tree.put_all("/" + path.lstrip("/"), data)
    return tree
