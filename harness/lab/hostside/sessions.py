"""Sessions on a node: each command in a room of its own (``room``), which ends with its channel."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from harness.lab.hostside import room
from harness.lab.hostside.user import USER

AT_ONCE = 96
"""Rooms of one lab at once; who comes after them is turned away."""
NO_SHELL = "this node has no shell: user namespaces are not allowed here"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PIECE = 65536


@dataclass
class Rooms:
    """The rooms of a lab's nodes; ``programs`` is the folder that all of them see."""

    programs: Path
    open: set[asyncio.subprocess.Process] = field(default_factory=set)
    _probe: asyncio.Task[str] | None = None

    def probe(self, folder: Path) -> None:
        """Find out once whether there can be rooms, in the folder of some node."""
        self._probe = asyncio.get_running_loop().create_task(self._refusal(folder))

    async def refusal(self) -> str:
        """Why there are no rooms here; empty where there are."""
        return await self._probe if self._probe is not None else NO_SHELL

    async def start(self, folder: Path, command: str | None) -> asyncio.subprocess.Process:
        """A room with a command, or with a shell that reads its input."""
        words = ["/bin/sh", "-c", command] if command is not None else ["/bin/sh"]
        process = await self._enter(folder, words)
        self.open.add(process)
        return process

    def end(self, process: asyncio.subprocess.Process) -> None:
        """Kill a room with everything in it, where it has not ended."""
        self.open.discard(process)
        with suppress(ProcessLookupError):
            process.kill()

    def close(self) -> None:
        """End them all."""
        for process in list(self.open):
            self.end(process)

    async def _refusal(self, folder: Path) -> str:
        try:
            child = await self._enter(folder, ["/bin/sh", "-c", "exit 0"])
        except OSError as error:
            return f"{NO_SHELL} ({error.strerror})"
        _, said = await child.communicate()
        if child.returncode == 0:
            return ""
        why = said.decode("utf-8", "replace").strip().splitlines()
        return f"{NO_SHELL} ({why[-1] if why else child.returncode})"

    async def _enter(self, folder: Path, words: Sequence[str]) -> asyncio.subprocess.Process:
        home = f"/home/{USER}"
        environment = {"PATH": _PATH, "HOME": home, "USER": USER, "LOGNAME": USER, "SHELL": "/bin/sh"}
        pairs = [f"{name}={value}" for name, value in environment.items()]
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-S", room.__file__, str(os.getpid()), str(folder), str(self.programs)),
            *(*pairs, "--", *words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
        )


@dataclass
class Manner:
    """How a node's sessions misbehave: after so many bytes nothing comes any more."""

    silent_after: int | None = None


async def attend(
    process: asyncssh.SSHServerProcess[bytes], rooms: Rooms, folder: Path, manner: Manner
) -> None:
    """Carry out one session to its end, or to the end of its channel."""
    if len(rooms.open) >= AT_ONCE:
        process.stderr.write(f"too many sessions at once: {AT_ONCE}\n".encode())
        process.exit(1)
        return
    try:
        child = await rooms.start(folder, process.command)
    except OSError as error:
        process.stderr.write(f"no room for this session: {error.strerror}\n".encode())
        process.exit(1)
        return
    feeding = asyncio.create_task(_feed(process, child))
    closed = asyncio.create_task(process.channel.wait_closed())
    telling = asyncio.create_task(_tell_all(process, child, manner))
    try:
        await asyncio.wait({telling, closed}, return_when=asyncio.FIRST_COMPLETED)
        if telling.done() and not closed.done():
            process.exit(await child.wait())
    finally:
        rooms.end(child)
        for task in (feeding, closed, telling):
            task.cancel()
        await asyncio.gather(feeding, closed, telling, return_exceptions=True)
        await child.wait()


async def _tell_all(
    process: asyncssh.SSHServerProcess[bytes], child: asyncio.subprocess.Process, manner: Manner
) -> None:
    """Both streams to their ends."""
    out, err = _tell(child.stdout, process.stdout, manner), _tell(child.stderr, process.stderr, Manner())
    await asyncio.gather(out, err)


async def _feed(process: asyncssh.SSHServerProcess[bytes], child: asyncio.subprocess.Process) -> None:
    """What the client sends goes in; a signal of the client's ends the room."""
    assert child.stdin is not None
    try:
        while piece := await process.stdin.read(_PIECE):
            child.stdin.write(piece)
            await child.stdin.drain()
    except asyncssh.BreakReceived:
        child.kill()
    except asyncssh.SignalReceived:
        child.kill()
    except (OSError, asyncssh.Error):
        pass
    with suppress(OSError):
        child.stdin.close()


async def _tell(source: asyncio.StreamReader | None, target: Any, manner: Manner) -> None:
    """What the room says goes out, as the node's manner has it."""
    assert source is not None
    said = 0
    while piece := await source.read(_PIECE):
        limit = manner.silent_after
        if limit is not None and said + len(piece) > limit:
            target.write(piece[: max(0, limit - said)])
            await asyncio.Event().wait()
        said += len(piece)
        target.write(piece)
        await target.drain()
