"""Words about disks and the bytes on them. What moves many bytes does so in a thread."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Coroutine, Iterator
from typing import TypeVar

from harness.lab.guests.shell import Call
from harness.lab.guests.tree import LIMIT, FileProblem
from harness.lab.guests.words.options import options

T = TypeVar("T")
_CHUNK = 1 << 20
_UNITS = {"c": 1, "w": 2, "b": 512, "k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
Reader = Callable[[int, int], bytes]


async def _aside(call: Call, work: Callable[[], T]) -> T:
    return work() if call.shell.hurry else await asyncio.to_thread(work)


async def dd(call: Call) -> int:
    """Copy blocks: if, of, bs, count, skip, seek; ``conv`` and flags change nothing that could be seen."""
    given = dict(arg.split("=", 1) for arg in call.args if "=" in arg)
    try:
        size = _bytes(given.get("bs", "512"))
        count = _bytes(given["count"]) if "count" in given else None
        skip, seek = _bytes(given.get("skip", "0")) * size, _bytes(given.get("seek", "0")) * size
    except ValueError as wrong:
        return call.fail(f"invalid number '{wrong}'")
    limit = None if count is None else count * size
    reader, length = await _source(call, given.get("if"), limit)
    if length is not None:
        limit = max(0, min(length - skip, limit if limit is not None else length))
    if limit is None:
        return call.fail("endless: say a count")
    pieces = _pieces(reader, skip, limit)
    target = given.get("of")
    problem = ""
    try:
        moved = await _aside(
            call, lambda: _move(call, pieces, target, seek, limit, "notrunc" in given.get("conv", ""))
        )
    except FileProblem as refused:
        moved, problem = 0, str(refused)
    if moved < limit and target and not problem:
        problem = "No space left on device"
    records = f"{moved // size}+{int(moved % size > 0)} records"
    call.err += f"{records} in\n{records} out\n".encode()
    if problem:
        return call.fail(f"{'writing' if target else 'reading'} '{target or given.get('if')}': {problem}")
    return 0


def _bytes(text: str) -> int:
    digits, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "c")
    if not digits.isdecimal() or len(digits) > 15:
        raise ValueError(text)
    return int(digits) * _UNITS[unit]


async def _source(call: Call, given: str | None, limit: int | None) -> tuple[Reader, int | None]:
    """How to read a source, and how long it is where it ends."""
    if given is None:
        data = await call.typed()
        return lambda at, count: data[at : at + count], len(data)
    path = call.shell.path(given)
    if path == "/dev/zero":
        return lambda at, count: bytes(count), None
    if path in ("/dev/urandom", "/dev/random"):
        return lambda at, count: os.urandom(count), None
    disk = call.files.disk(path)
    if disk is not None:
        if call.shell.user != "root":
            raise FileProblem("Permission denied")
        return call.files.blocks(disk).read, disk.size
    whole = call.files.read(path)
    return lambda at, count: whole[at : at + count], len(whole)


def _pieces(reader: Reader, start: int, length: int) -> Iterator[bytes]:
    for at in range(0, length, _CHUNK):
        yield reader(start + at, min(_CHUNK, length - at))


def _move(call: Call, pieces: Iterator[bytes], target: str | None, seek: int, limit: int, keep: bool) -> int:
    """Write pieces where they belong; returns how many bytes there was room for."""
    path = call.shell.path(target) if target else None
    if path == "/dev/null":
        return sum(len(piece) for piece in pieces)
    disk = call.files.disk(path) if path else None
    if disk is not None:
        block, moved = call.files.writable(disk), 0
        for piece in pieces:
            moved += block.write(seek + moved, piece)
        return moved
    if limit > LIMIT:
        raise FileProblem("No space left on device")
    data = b"".join(pieces)
    if path is None:
        call.out += data
        return len(data)
    old = call.files.read(path) if (keep or seek) and call.files.exists(path) else b""
    before = old[:seek] + bytes(max(0, seek - len(old)))
    call.files.write(path, before + data + (old[seek + len(data) :] if keep else b""))
    return len(data)


def _digest(name: str) -> Callable[[Call], Coroutine[None, None, int]]:
    async def digest(call: Call) -> int:
        for path in options(call)[1] or ["-"]:
            data = await call.typed() if path == "-" else b""
            try:
                found = await _aside(call, lambda path=path, data=data: _digested(call, name, path, data))  # type: ignore[misc]
            except FileProblem as problem:
                call.fail(f"can't open '{path}': {problem}")
                continue
            call.say(f"{found}  {path}")
        return int(bool(call.err))

    return digest


def _digested(call: Call, name: str, path: str, data: bytes) -> str:
    digest = hashlib.new(name, usedforsecurity=False)
    disk = None if path == "-" else call.files.disk(call.shell.path(path))
    if disk is not None:
        if call.shell.user != "root":
            raise FileProblem("Permission denied")
        for piece in _pieces(call.files.blocks(disk).read, 0, disk.size):
            digest.update(piece)
    else:
        digest.update(data if path == "-" else call.files.read(call.shell.path(path)))
    return digest.hexdigest()


md5sum, sha1sum, sha256sum, sha512sum = (_digest(name) for name in ("md5", "sha1", "sha256", "sha512"))


async def mkfs(call: Call) -> int:
    """An empty file system on a disk that is not in use."""
    device = next((arg for arg in call.args if arg.startswith("/dev/")), "")
    disk = call.files.disk(device)
    if disk is None:
        return call.fail(f"{device or 'no device'}: No such file or directory")
    await _aside(call, call.files.writable(disk).format)
    return call.say(f"Filesystem label=\nOS type: Linux\nBlock size=4096 (log=2)\n{disk.size // 4096} blocks")


async def mount(call: Call) -> int:
    """A file system of a disk at a directory; without arguments, what is mounted."""
    _, rest = options(call, "to")
    if not rest:
        call.say("/dev/vda on / type ext3 (rw,relatime)")
        return call.say(
            *(
                f"/dev/{row.disk.name} on {at} type ext3 (rw,relatime)"
                for at, row in call.guest.mounts.items()
            )
        )
    disk = call.files.disk(rest[0])
    if disk is None or len(rest) < 2:
        return call.fail(f"mounting {rest[0]} failed: No such file or directory", 255)
    try:
        call.files.mount(disk, call.shell.path(rest[1]))
    except FileProblem as problem:
        return call.fail(f"mounting {rest[0]} on {rest[1]} failed: {problem}", 255)
    return 0


async def umount(call: Call) -> int:
    """Take a file system off; all of it is on the disk then."""
    _, rest = options(call)
    for what in rest:
        try:
            call.files.unmount(call.shell.path(what))
        except FileProblem as problem:
            return call.fail(f"can't unmount {what}: {problem}")
    return 0


async def sync(call: Call) -> int:
    """Have disks hold what their file systems show."""
    await _aside(call, call.guest.sync)
    return 0


async def blkid(call: Call) -> int:
    """Which disks have a file system; 2 where a disk that was asked for has none."""
    _, rest = options(call)
    names = [arg.removeprefix("/dev/") for arg in rest] or sorted(call.guest.disks)
    for name in names:
        disk = call.guest.disks.get(name)
        if disk is not None and (disk.block is None or disk.block.has_files()):
            call.say(f'/dev/{name}: TYPE="ext3"')
    return 0 if call.out or not rest else 2
