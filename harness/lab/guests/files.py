"""A guest's files as one of its users sees them: its root, what is mounted, ``/proc`` and ``/dev``."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from harness.lab.guests.disks import Block, as_disk
from harness.lab.guests.guest import Disk, Guest, Mount
from harness.lab.guests.kernel import PROC
from harness.lab.guests.tree import LIMIT, FileProblem, Node, Tree

_DENIED = "Permission denied"


class Files:
    """Reading and changing; every refusal is a ``FileProblem`` in the words of the system."""

    def __init__(self, guest: Guest, user: str) -> None:
        self.guest = guest
        self.user = user

    def node(self, path: str) -> Node:
        """The node at a path; for devices and ``/proc`` one that is made up."""
        if path in ("/dev", "/proc"):
            return Node(None, mode=0o755)
        if path.startswith("/dev/") and path in self._devices():
            return Node(b"", mode=0o666 if path in _STREAMS else 0o660)
        if path in PROC:
            return Node(PROC[path](self.guest), mode=0o444)
        _, tree, inside = self._where(path)
        return tree.find(inside)

    def exists(self, path: str) -> bool:
        """Whether there is anything."""
        try:
            self.node(path)
        except FileProblem:
            return False
        return True

    def read(self, path: str) -> bytes:
        """The content of a file, or of a whole device as far as memory allows."""
        if path == "/dev/null":
            return b""
        if path in _STREAMS:
            raise FileProblem("endless: read it with dd and a count")
        disk = self.disk(path)
        if disk is not None:
            self._as_root()
            if disk.size > LIMIT:
                raise FileProblem("File too large")
            return self.blocks(disk).read(0, disk.size)
        node = self.node(path)
        if node.data is None:
            raise FileProblem("Is a directory")
        if not self._may(node, 4) or not self._may_enter(path):
            raise FileProblem(_DENIED)
        return node.data

    def write(self, path: str, data: bytes, *, append: bool = False) -> None:
        """Write a file; what goes to a device begins at its beginning."""
        if path in _STREAMS:
            return
        disk = self.disk(path)
        if disk is not None:
            self._as_root()
            if self.writable(disk).write(0, data) < len(data):
                raise FileProblem("No space left on device")
            return
        if path.startswith(("/proc/", "/dev/")):
            raise FileProblem(_DENIED)
        _, tree, inside = self._where(path)
        old = tree.nodes.get(inside)
        self._check_change(tree, inside)
        if old is not None and old.data is not None:
            fresh = replace(old, data=old.data + data if append else data, changed=self._now())
        else:
            fresh = Node(data, self.user, changed=self._now())
        tree.put(inside, fresh)
        self._changed(path)

    def make_directory(self, path: str) -> None:
        """Make a directory."""
        _, tree, inside = self._where(path)
        if inside in tree.nodes:
            raise FileProblem("File exists")
        self._check_change(tree, inside)
        tree.put(inside, Node(None, self.user, 0o755, self._now()))
        self._changed(path)

    def remove(self, path: str, *, whole: bool = False) -> None:
        """Remove a file; with ``whole`` a directory and all below it."""
        _, tree, inside = self._where(path)
        if tree.find(inside).data is None and not whole:
            raise FileProblem("Is a directory")
        if inside == "/":
            raise FileProblem("Device or resource busy")
        self._check_change(tree, inside, parent=True)
        tree.remove(inside)
        self._changed(path)

    def set_mode(self, path: str, mode: int) -> None:
        """Change who may do what."""
        _, tree, inside = self._where(path)
        node = tree.find(inside)
        if self.user not in ("root", node.owner):
            raise FileProblem("Operation not permitted")
        tree.nodes[inside] = replace(node, mode=mode)
        self._changed(path)

    def names(self, path: str) -> list[str]:
        """What a directory holds."""
        if path == "/dev":
            return sorted(name.removeprefix("/dev/") for name in self._devices())
        if path == "/proc":
            return sorted({name.split("/")[2] for name in PROC})
        if not self._may_enter(path + "/x"):
            raise FileProblem(_DENIED)
        _, tree, inside = self._where(path)
        return tree.names(inside)

    def disk(self, path: str) -> Disk | None:
        """The disk behind a device's path."""
        return self.guest.disks.get(path.removeprefix("/dev/")) if path.startswith("/dev/") else None

    def blocks(self, disk: Disk) -> Block | _Image:
        """The bytes of a disk, with all that its file system holds by now."""
        if disk.block is None:
            return _Image(as_disk(self.guest.tree), disk.size)
        self.guest.sync()
        return disk.block

    def writable(self, disk: Disk) -> Block:
        """The bytes of a disk that may be written to as such."""
        self._as_root()
        if disk.name == "vda" or disk.block is None or self.mounted(disk):
            raise FileProblem("Device or resource busy")
        return disk.block

    def mounted(self, disk: Disk) -> bool:
        """Whether a file system of the disk is mounted."""
        return disk.name == "vda" or any(mount.disk is disk for mount in self.guest.mounts.values())

    def mount(self, disk: Disk, at: str) -> None:
        """Mount the file system of a disk."""
        self._as_root()
        if self.node(at).data is not None:
            raise FileProblem("Not a directory")
        if self.mounted(disk) or at in self.guest.mounts or at == "/":
            raise FileProblem("Device or resource busy")
        tree = disk.block.files() if disk.block is not None else None
        if tree is None:
            raise FileProblem("Invalid argument")
        self.guest.mounts[at] = Mount(disk, tree)

    def unmount(self, what: str) -> None:
        """Unmount by device or by place."""
        self._as_root()
        found = [at for at, row in self.guest.mounts.items() if what in (at, f"/dev/{row.disk.name}")]
        if not found:
            raise FileProblem("Invalid argument")
        self.guest.sync()
        del self.guest.mounts[found[-1]]

    def _as_root(self) -> None:
        if self.user != "root":
            raise FileProblem(_DENIED)

    def _devices(self) -> list[str]:
        return [*_STREAMS, *(f"/dev/{name}" for name in self.guest.disks)]

    def _now(self) -> float:
        return self.guest.world.clock.time()

    def _where(self, path: str) -> tuple[Mount | None, Tree, str]:
        """The file system that a path is in, and its path there."""
        for at in sorted(self.guest.mounts, key=len, reverse=True):
            if path == at or path.startswith(at.rstrip("/") + "/"):
                mount = self.guest.mounts[at]
                return mount, mount.tree, posixpath.normpath("/" + path[len(at) :].lstrip("/"))
        return None, self.guest.tree, path

    def _changed(self, path: str) -> None:
        mount = self._where(path)[0]
        if mount is None:
            self.guest.changed = True
        else:
            mount.changed = True

    def _may(self, node: Node, what: int) -> bool:
        bits = node.mode >> 6 if node.owner == self.user else node.mode
        return self.user == "root" or bool(bits & what)

    def _may_enter(self, path: str) -> bool:
        """Whether every directory above a path may be entered."""
        _, tree, inside = self._where(path)
        while inside != "/":
            inside = posixpath.dirname(inside)
            node = tree.nodes.get(inside)
            if node is not None and not self._may(node, 1):
                return False
        return True

    def _check_change(self, tree: Tree, inside: str, parent: bool = False) -> None:
        node = None if parent else tree.nodes.get(inside)
        judged = node if node is not None else tree.find(posixpath.dirname(inside))
        if not self._may(judged, 2):
            raise FileProblem(_DENIED)


class _Image:
    """The bytes of a root disk, made of its files; it cannot be written to while it runs."""

    def __init__(self, image: bytes, size: int) -> None:
        self.image, self.size = image, size

    def read(self, at: int, count: int) -> bytes:
        """Up to ``count`` bytes."""
        found = self.image[at : at + count]
        return found + bytes(max(0, min(count, self.size - at)) - len(found))


_STREAMS = ("/dev/null", "/dev/random", "/dev/urandom", "/dev/zero")
