"""One POSIX shell on a node, kept open: a command costs one round trip, and leaves no file there.

A command is a text in a subshell without input, so that neither ``cd`` nor ``exit`` nor a trap of one reaches
the next. Both of its streams end in a mark that nobody who writes them knows; what stands before its first
mark was written by something that earlier commands left behind, and is dropped.
"""

from __future__ import annotations

import re
import secrets
import shlex
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import paramiko

from harness.hosts.commands import COMMAND_TIMEOUT, LARGEST_OUTPUT, RECORDED, digest
from harness.hosts.errors import HostError
from harness.hosts.streams import Streams

Begin = Callable[[float], Streams]
"""Begins ``sh -s`` on the node before a moment of the monotonic clock."""
_KILLING = 10.0
_FILE = re.compile(r"\s*cat\s")
_KILL = """\
all=
for stat in /proc/[0-9]*/stat; do
    read -r line < "$stat" || continue
    pid=${line%% *}
    set -- ${line##*) }
    all="$all $pid:$2"
done 2>/dev/null
doomed= next=@PID@
while [ -n "$next" ]; do
    parents=$next next=
    for parent in $parents; do
        doomed="$doomed $parent"
        for entry in $all; do
            [ "${entry#*:}" = "$parent" ] && next="$next ${entry%%:*}"
        done
    done
done
kill -9 $doomed
"""
"""Ends a shell and whatever it has started, with what every POSIX shell knows, and Linux's /proc."""


@dataclass(frozen=True)
class Ran:
    """What a command came to: its status and its streams, as they came."""

    command: str
    status: int
    stdout: bytes = b""
    stderr: bytes = b""

    def recorded(self) -> dict[str, Any]:
        """As a row has it; of a file that is shown the size and the digest."""
        file = _FILE.match(self.command) and not self.status
        text, error = (part.decode("utf-8", "replace")[:RECORDED] for part in (self.stdout, self.stderr))
        return {"status": self.status, "stdout": digest(self.stdout) if file else text, "stderr": error}


class Shell:
    """The shell of one node; begun with the first command, and again after it was lost. Safe in threads."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._lock = threading.Lock()
        self._open: _Open | None = None

    def run(self, command: str, *, timeout: float = COMMAND_TIMEOUT, limit: int = LARGEST_OUTPUT) -> Ran:
        """Run a text of the shell's language.

        Raises ``HostError`` where it prints more than ``limit`` bytes, is not done within ``timeout`` seconds
        or ends the shell itself; what it started is then ended, and the next command has a new shell.
        """
        if "\0" in command:
            raise ValueError("no command holds a NUL")
        with self._lock:
            end = time.monotonic() + timeout
            try:
                return self._once(command, end, limit)
            except _NotBegunError:  # the shell was gone before: nobody has seen the command
                self._drop()
                return self._once(command, end, limit)
            except TimeoutError as error:
                raise HostError(f"it was not done within {timeout:g} s") from error

    def close(self) -> None:
        """End the shell."""
        with self._lock:
            self._drop()

    def _once(self, command: str, end: float, limit: int) -> Ran:
        fresh = self._open is None
        if self._open is None:
            self._open = _Open(self._begin(end))
        try:
            return self._open.run(command, end, limit)
        except _NotBegunError as error:
            if fresh:
                self._drop()
                raise HostError(f"no POSIX shell answers there{error}") from error
            raise
        except (HostError, TimeoutError):
            self._end()
            raise
        except BaseException:
            self._drop()
            raise

    def _end(self) -> None:
        """Kill what still runs; the channel's end alone would leave it there."""
        pid = self._open.pid if self._open is not None and not self._open.ended else 0
        if pid:
            with suppress(HostError, OSError, EOFError, paramiko.SSHException):
                _kill(self._begin(time.monotonic() + _KILLING), pid)
        self._drop()

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None


class _NotBegunError(HostError):
    """The shell was gone before the command began."""


class _Open:
    """A shell that runs; ``pid`` is its process there, 0 until it has said so."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._nonce = f"deployday-{secrets.token_hex(8)}-"
        self._number = 0
        self.pid = 0

    @property
    def ended(self) -> bool:
        return self._streams.ended

    def run(self, command: str, end: float, limit: int) -> Ran:
        mark = self._mark()
        self._streams.send(_framed(command, mark).encode("utf-8", "surrogateescape"), end)
        out, err = _Stream(mark, limit), _Stream(mark, limit)
        while not (out.done and err.done):
            came = self._streams.next(end)
            if came is None:
                if not out.begun:
                    raise _NotBegunError(_said(out.text, err.text))
                raise HostError("it ended the shell that it ran in")
            out.add(came[0])
            err.add(came[1])
            self.pid = int(out.first or 0)
        return Ran(command, int(out.last), bytes(out.text), bytes(err.text))

    def _mark(self) -> bytes:
        self._number += 1
        return f"{self._nonce}{self._number}-".encode()

    def close(self) -> None:
        self._streams.close()


class _Stream:
    """One stream of one command: what stands between its two marks."""

    def __init__(self, mark: bytes, limit: int) -> None:
        self._first = re.compile(re.escape(mark) + rb"b(\d+)\n")
        self._last = re.compile(re.escape(mark) + rb"e(\d+)\n")
        self._margin = len(mark) + 16
        self._limit = limit
        self.text = bytearray()
        self.begun = self.done = False
        self.first = self.last = b""

    def add(self, piece: bytes) -> None:
        if not piece:
            return
        since = max(0, len(self.text) - self._margin)
        self.text += piece
        if not self.begun and (found := self._first.search(self.text, since)):
            self.begun, self.first = True, found[1]
            del self.text[: found.end()]
            since = 0
        if self.begun and (found := self._last.search(self.text, since)):
            self.done, self.last = True, found[1]
            del self.text[found.start() :]
        if len(self.text) > self._limit + self._margin * (not self.done):
            raise HostError(f"it printed more than {self._limit} bytes")


def _framed(command: str, mark: bytes) -> str:
    """One line for the shell, whatever the command holds; a syntax error in it ends its subshell."""
    sign = mark.decode()
    return (
        f"echo {sign}b$$;echo {sign}b0 >&2;"
        f"(eval {shlex.quote(command)}) </dev/null;"
        f"echo {sign}e$?;echo {sign}e0 >&2\n"
    )


def _said(text: bytearray, error: bytearray) -> str:
    said = " ".join(bytes(error + b" " + text).decode("utf-8", "replace").split())[:300]
    return f" ({said})" if said else ""


def _kill(streams: Streams, pid: int) -> None:
    end = time.monotonic() + _KILLING
    try:
        streams.send(_KILL.replace("@PID@", str(pid)).encode(), end)
        streams.finish()
        while streams.next(end) is not None:
            pass
    except TimeoutError:
        pass
    finally:
        streams.close()
