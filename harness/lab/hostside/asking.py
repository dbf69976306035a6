"""What a double in a node's room asks of the lab's process: a line into a pipe, an answer in a folder.

The asker makes a folder with a pipe of its own (``end``), writes ``FOLDER UID WORD …`` into the node's
pipe, and waits at ``end`` for the status; ``out`` and ``err`` lie there by then. Whoever asks is hostile:
nothing is opened but plain files of the folder, and no link is followed.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from harness.lab.hostside.commands import Done

ASKS = "run/deployday-lab/asks"
_LINE = re.compile(r"(asked\.[A-Za-z0-9]{6,16}) (\d{1,9})(.*)")
_LONGEST = 4096
_AT_ONCE = 64
_PATIENCE = 5.0
Answer = Callable[[str, bool, list[str]], Done]
"""``answer(node, root, words)``; it may block."""


@dataclass
class Asks:
    """The pipe of one node, read for as long as the lab runs."""

    node: str
    folder: Path
    answer: Answer
    _pipe: int = -1
    _rest: bytes = b""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def open(self) -> None:
        """Make the pipe and listen at it, in the running loop."""
        path = self.folder / ASKS
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        os.mkfifo(path, 0o600)
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        asyncio.get_running_loop().add_reader(self._pipe, self._read)

    def close(self) -> None:
        """Listen no more."""
        if self._pipe >= 0:
            asyncio.get_running_loop().remove_reader(self._pipe)
            os.close(self._pipe)
            self._pipe = -1
        for task in self._tasks:
            task.cancel()

    def _read(self) -> None:
        with suppress(BlockingIOError):
            self._rest += os.read(self._pipe, 65536)
        *lines, self._rest = self._rest.split(b"\n")
        self._rest = self._rest[:_LONGEST]
        for line in lines:
            found = _LINE.fullmatch(line.decode("utf-8", "replace")[:_LONGEST])
            if found and len(self._tasks) < _AT_ONCE:
                task = asyncio.create_task(self._carry_out(found[1], found[2] == "0", found[3].split()))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, name: str, root: bool, words: list[str]) -> None:
        done = await asyncio.to_thread(self.answer, self.node, root, words)
        with suppress(OSError):
            await self._hand_over(name, done)

    async def _hand_over(self, name: str, done: Done) -> None:
        base = os.open((self.folder / ASKS).parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=base)
        finally:
            os.close(base)
        try:
            for part, text in (("out", done.out), ("err", done.err)):
                _write_new(folder, part, text)
            await _tell_end(folder, done.status)
        finally:
            os.close(folder)


def _write_new(folder: int, name: str, text: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(name, flags, 0o600, dir_fd=folder), "w", encoding="utf-8") as out:
        out.write(text)


async def _tell_end(folder: int, status: int) -> None:
    """The asker opens its end when it is ready; until then there is nobody to write to."""
    end = asyncio.get_running_loop().time() + _PATIENCE
    while True:
        try:
            pipe = os.open("end", os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW, dir_fd=folder)
        except OSError:
            if asyncio.get_running_loop().time() > end:
                raise
            await asyncio.sleep(0.002)
            continue
        try:
            if stat.S_ISFIFO(os.fstat(pipe).st_mode):
                os.write(pipe, f"{status}\n".encode())
        finally:
            os.close(pipe)
        return
