"""One guest: what it has, and whether it runs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from harness.lab.compute.machine import Run
from harness.lab.compute.state import Flavor, Server
from harness.lab.guests.disks import Block
from harness.lab.guests.policies import policies
from harness.lab.guests.roots import login_of
from harness.lab.guests.tree import FileProblem, Tree
from harness.lab.world import World


@dataclass
class Disk:
    """A disk of a guest: of a volume by its number, or the server's own.

    A root disk that is no volume has no block: its files are the guest's ``tree``.
    """

    name: str
    size: int
    block: Block | None = None
    volume: int | None = None


@dataclass
class Mount:
    """A file system of a disk, mounted; ``changed`` says that the disk does not have all of it yet."""

    disk: Disk
    tree: Tree
    changed: bool = False


@dataclass
class Guest:
    """The guest of one server; ``status`` is where ``run`` has brought it: booting, up, or no disk."""

    server: Server
    world: World
    tree: Tree = field(default_factory=Tree)
    status: str = "off"
    run: Run | None = None
    booted: float = 0.0
    hostname: str = "localhost"
    disks: dict[str, Disk] = field(default_factory=dict)
    mounts: dict[str, Mount] = field(default_factory=dict)
    listeners: dict[int, Any] = field(default_factory=dict)
    connections: set[Any] = field(default_factory=set)
    tasks: set[Any] = field(default_factory=set)
    console: list[str] = field(default_factory=list)
    changed: bool = False
    rescue: Block | None = None
    """Its own root disk while it runs from a rescue image."""
    host_key: Any = None
    """Its SSH host key, made when it first boots from a disk."""

    @property
    def login(self) -> str:
        """The user of its image."""
        return login_of(self.tree)

    @property
    def size(self) -> Flavor:
        """Memory, processors and disks, as the guest sees them."""
        return policies(self.world).size(self)

    @property
    def powered(self) -> bool:
        """Whether the guest runs at all; a paused one does not."""
        return policies(self.world).runs(self)

    @property
    def up(self) -> bool:
        """Whether it has booted and runs."""
        return self.powered and self.status == "up"

    @property
    def paused(self) -> bool:
        """Whether it stands still but holds its place."""
        return self.server.vm_state == "paused" and self.server.deleted is None

    @property
    def uptime(self) -> float:
        """Seconds since it was last started."""
        return max(0.0, self.world.clock.time() - self.booted)

    def hang_up(self) -> None:
        """Cut every connection."""
        for connection in list(self.connections):
            connection.abort()
        self.connections.clear()
        self.listeners.clear()

    def sync(self) -> None:
        """Have every disk hold what its file system shows."""
        for mount in self.mounts.values():
            _store(mount.disk, mount.tree, mount.changed)
            mount.changed = False
        root = self.disks.get("vda")
        if root is not None and self.status == "up":
            _store(root, self.tree, self.changed)
        self.changed = False


def _store(disk: Disk, tree: Tree, changed: bool) -> None:
    if changed and disk.block is not None:
        with suppress(FileProblem):
            disk.block.store(tree)
