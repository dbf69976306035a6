"""One command over an open connection, and what came of it: bounded in size and time, whoever answers."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

import paramiko

from harness.hosts.becoming import Become, shell
from harness.hosts.errors import HostError
from harness.hosts.streams import session

COMMAND_TIMEOUT = 60.0
LARGEST_OUTPUT = 1024 * 1024
LARGEST_ERROR = 65536
RECORDED = 2000
"""Characters of a command and of what it printed that the record keeps."""


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

    def recorded(self) -> dict[str, Any]:
        """As a row has it."""
        return {"status": self.status, "stdout": self.text[:RECORDED], "stderr": self.error[:RECORDED]}

    def __str__(self) -> str:
        said = " ".join(f"{self.text} {self.error}".split())[:300]
        return f"{self.command} ended with {self.status}" + (f": {said}" if said else "")


@dataclass(frozen=True)
class Asked:
    """What a host answered to a script: ``text``, and whether that is all of it.

    Where it is not ``complete``, ``why`` says what ended it, and ``text`` is what came before. ``error`` is
    what stood on the other stream, ``status`` how the script ended, ``row`` where the record has it.
    """

    text: str
    complete: bool = True
    why: str = ""
    error: str = ""
    status: int | None = None
    row: str = ""

    def recorded(self) -> dict[str, Any]:
        """As a row has it: how much it was, and not what."""
        return {"status": self.status, "stdout": digest(self.text.encode()), "stderr": self.why}

    def __str__(self) -> str:
        return f"{len(self.text)} characters" + ("" if self.complete else f", then {self.why}")


def digest(content: bytes) -> str:
    """Size and digest: they tell two contents apart, without what either holds."""
    return f"{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}"


def ask(
    transport: paramiko.Transport, become: Become | None, script: str, limit: int, timeout: float
) -> Asked:
    """Feed a script to ``sh -s``, once, and give what came before it was done, or hung, or said too much.

    Raises ``BecomeRefused``, or what the connection raises before the shell has begun.
    """
    end = time.monotonic() + timeout
    streams = shell(transport, become, end)
    with closing(streams):
        heard = _Heard(limit)
        try:
            streams.send(script.encode(), end)
            streams.finish()
            while (came := streams.next(end)) is not None:
                heard.add(*came)
            status = streams.status(end)
        except TimeoutError:
            return heard.asked(f"it was not done within {timeout:g} s")
        except (OSError, EOFError, HostError, paramiko.SSHException) as error:
            return heard.asked(str(error) or "the connection ended before the script did")
        if status is None:
            return heard.asked("the connection ended before the script did")
        return heard.asked("", status)


def execute_as_root(transport: paramiko.Transport, become: Become, line: str, timeout: float) -> Output:
    """Run one line as root; raises ``BecomeRefused``, and what ``execute`` does."""
    answer = ask(transport, become, f"exec {line} </dev/null\n", LARGEST_OUTPUT, timeout)
    if answer.status is None:
        raise HostError(answer.why)
    return Output(line, answer.status, answer.text, answer.error)


class _Heard:
    """What a script has printed so far, of both streams no more than a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._text = bytearray()
        self._error = bytearray()

    def add(self, text: bytes, error: bytes) -> None:
        """Raises ``HostError`` when the limit is reached."""
        self._text += text
        if len(self._error) < LARGEST_ERROR:
            self._error += error[:LARGEST_ERROR]
        if len(self._text) > self._limit:
            del self._text[self._limit :]
            raise HostError(f"it printed more than {self._limit} bytes")

    def asked(self, why: str, status: int | None = None) -> Asked:
        text, error = (bytes(part).decode("utf-8", "replace") for part in (self._text, self._error))
        return Asked(text, not why, why, error, status)


def execute(transport: paramiko.Transport, line: str, stdin: bytes, timeout: float) -> Output:
    """Run one line; raises ``TimeoutError`` after so many seconds, ``HostError`` for more than 1 MB."""
    end = time.monotonic() + timeout
    channel = session(transport)
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
