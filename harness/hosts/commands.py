"""One command over an open connection, and what came of it: bounded in size and time, whoever answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass

import paramiko

from harness.hosts.errors import HostError

COMMAND_TIMEOUT = 60.0
LARGEST_OUTPUT = 1024 * 1024
RECORDED = 2000
"""Characters of a command and of what it printed that the record keeps."""
_OPEN_TIMEOUT = 15.0


@dataclass(frozen=True)
class Output:
    """What a command printed (``text``, ``error``), and how it ended; prints as all of it."""

    command: str
    status: int
    text: str = ""
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether it ended with 0."""
        return self.status == 0

    def __str__(self) -> str:
        said = " ".join(f"{self.text} {self.error}".split())[:300]
        return f"{self.command} ended with {self.status}" + (f": {said}" if said else "")


def execute(transport: paramiko.Transport, line: str, stdin: bytes, timeout: float) -> Output:
    """Run one line; raises ``TimeoutError`` after so many seconds, ``HostError`` for more than 1 MB."""
    end = time.monotonic() + timeout
    channel = transport.open_session(timeout=_OPEN_TIMEOUT)
    with closing(channel):
        channel.settimeout(timeout)
        channel.exec_command(line)
        with suppress(OSError):  # who does not read what is sent ends with a status of its own
            channel.sendall(stdin)
        channel.shutdown_write()
        text = _drain(channel, channel.recv, end)
        error = _drain(channel, channel.recv_stderr, end)
        if not channel.status_event.wait(max(0.0, end - time.monotonic())):
            raise TimeoutError
        status = channel.recv_exit_status()
        if status < 0:
            raise HostError("the connection ended before the command did")
        return Output(line, status, text, error)


def _drain(channel: paramiko.Channel, receive: Callable[[int], bytes], end: float) -> str:
    """Everything that comes until the other end closes; raises ``HostError`` for too much or too late."""
    pieces: list[bytes] = []
    size = 0
    while True:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        channel.settimeout(left)
        piece = receive(32768)
        if not piece:
            return b"".join(pieces).decode("utf-8", "replace")
        size += len(piece)
        if size > LARGEST_OUTPUT:
            raise HostError(f"it printed more than {LARGEST_OUTPUT} bytes")
        pieces.append(piece)
