"""Block devices that keep their bytes, and what a file system looks like on one.

A device is a file in the lab's folder that holds no more than what was written; a copy of it is a second
name of the same file until somebody writes to one of the two.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from harness.lab.guests.tree import FileProblem, Tree

GB = 1 << 30
MOST_WRITTEN = 256 << 20
"""Bytes that one device takes of the machine; what a guest writes beyond is an I/O error."""
_MAGIC_AT, _MAGIC = 1080, b"\x53\xef"
_FILES_AT = 4096
_FILES = b"deployday lab files\0"
_HEAD = len(_FILES) + 8


class Block:
    """A device of ``size`` bytes in the file ``path``, which need not be there."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size

    def read(self, at: int, count: int) -> bytes:
        """Up to ``count`` bytes; zeros where nothing was written."""
        count = max(0, min(count, self.size - at))
        try:
            with self.path.open("rb") as file:
                file.seek(at)
                found = file.read(count)
        except FileNotFoundError:
            found = b""
        return found + bytes(count - len(found))

    def write(self, at: int, data: bytes) -> int:
        """How many bytes found room; raises ``FileProblem`` where the lab's own bound is reached."""
        data = data[: max(0, self.size - at)]
        if not data:
            return 0
        if data == bytes(len(data)) and at >= self._length():
            return len(data)
        self._own()
        with self.path.open("r+b") as file:
            if os.fstat(file.fileno()).st_blocks * 512 + len(data) > MOST_WRITTEN + (1 << 20):
                raise FileProblem("Input/output error")
            file.seek(at)
            file.write(data)
        return len(data)

    def _length(self) -> int:
        """Bytes of the file; what lies behind them is zeros, which need no room."""
        return self.path.stat().st_size if self.path.exists() else 0

    def _own(self) -> None:
        """Have a file that no other device shares."""
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
        elif self.path.stat().st_nlink > 1:
            making = self.path.with_name(self.path.name + ".making")
            shutil.copyfile(self.path, making)
            making.replace(self.path)

    def become(self, other: Block) -> None:
        """Have the same bytes as another device, at no cost until one of them is written to."""
        self.clear()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            os.link(other.path, self.path)

    def clear(self) -> None:
        """Zeros everywhere; also what removes a device."""
        self.path.unlink(missing_ok=True)

    def format(self) -> None:
        """Make an empty file system."""
        if self.size < 1 << 16:
            raise FileProblem("File system too small")
        self.store(Tree())

    def store(self, tree: Tree) -> None:
        """Write the files of the file system that is on this device."""
        packed = tree.packed()
        if _FILES_AT + _HEAD + len(packed) > self.size:
            raise FileProblem("No space left on device")
        self.write(_MAGIC_AT, _MAGIC)
        self.write(_FILES_AT, _FILES + len(packed).to_bytes(8, "big") + packed)

    def has_files(self) -> bool:
        """Whether a file system was made on it."""
        return self.read(_MAGIC_AT, 2) == _MAGIC

    def files(self) -> Tree | None:
        """The file system on this device, None where there is none that can be read."""
        return files_in(self.read(_MAGIC_AT, 2), self.read(_FILES_AT, _HEAD), self.read, self.size)


def files_in(magic: bytes, head: bytes, read: object, size: int) -> Tree | None:
    """The file system behind a superblock and the head of the lab's own file list."""
    if magic != _MAGIC or not head.startswith(_FILES) or not callable(read):
        return None
    length = int.from_bytes(head[len(_FILES) :], "big")
    if length > MOST_WRITTEN:
        return None
    try:
        return Tree.unpacked(read(_FILES_AT + _HEAD, length), size - (1 << 16))
    except FileProblem:
        return None


def as_disk(tree: Tree) -> bytes:
    """A file system as the bytes of a whole disk image, no longer than it has to be."""
    packed = tree.packed()
    body = _FILES + len(packed).to_bytes(8, "big") + packed
    head = bytes(_MAGIC_AT) + _MAGIC
    return head + bytes(_FILES_AT - len(head)) + body


def from_disk(image: bytes, size: int) -> Tree | None:
    """The file system of a disk image, None where the lab can read none."""

    def read(at: int, count: int) -> bytes:
        return image[at : at + count]

    return files_in(read(_MAGIC_AT, 2), read(_FILES_AT, _HEAD), read, size)
