"""HTTP over lines that somebody else opens, such as a node that forwards connections.

The door stays the one that records, bounds and obeys; only where its connections come from is another one.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ProtocolError

from harness.clients.door import Door
from harness.clients.routes import Routes
from harness.clients.trail import Record


class Line(Protocol):
    """An open TCP connection: what paramiko's channels and sockets have in common."""

    def recv(self, size: int, /) -> bytes:
        """Up to so many bytes; none at the end."""
        ...

    def sendall(self, data: Any, /) -> Any:
        """Send it all."""
        ...

    def settimeout(self, seconds: float | None, /) -> None:
        """How long to wait for bytes."""
        ...

    def close(self) -> None:
        """End it."""
        ...


Opener = Callable[[str, int], Line]
"""Opens a line to an address and port; raises ``OSError`` where nothing takes it up."""


class DoorThrough(Door):
    """A door whose connections an opener makes. Plain HTTP alone: storage servers speak nothing else."""

    def __init__(self, record: Record, routes: Routes, opener: Opener) -> None:
        self._opener = opener
        super().__init__(record, routes)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **how: Any) -> None:
        """What ``requests`` calls once."""
        manager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **how)
        manager.pool_classes_by_scheme = {"http": partial(_pool, self._opener)}  # type: ignore[dict-item]
        self.poolmanager = manager


def _pool(opener: Opener, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
    pool = HTTPConnectionPool(*args, **kwargs)
    pool.ConnectionCls = partial(_Connection, opener)  # type: ignore[assignment]
    return pool


class _Connection(HTTPConnection):
    """An HTTP connection over a line."""

    def __init__(self, opener: Opener, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._opener = opener

    def _new_conn(self) -> Any:
        try:
            return _Socket(self._opener(self.host.strip("[]"), int(self.port or 80)))
        except OSError as error:
            raise ProtocolError(str(error)) from None  # its words are ours; what is below it speaks paramiko

    @property
    def is_connected(self) -> bool:
        """Whether it is open and its other end has not said goodbye."""
        return isinstance(self.sock, _Socket) and not self.sock.ended


class _Socket:
    """A line as ``http.client`` wants it: closed when all files made of it are closed, too."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._users = 1
        self._closed = False
        self.sendall, self.settimeout = line.sendall, line.settimeout

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to come, as far as the line tells."""
        return bool(getattr(self.line, "closed", False) or getattr(self.line, "eof_received", False))

    def makefile(self, mode: str = "rb", buffering: int = -1) -> io.BufferedReader:
        """What is received as a file."""
        self._users += 1
        return io.BufferedReader(_Stream(self))

    def close(self) -> None:
        """Close it for its owner."""
        if not self._closed:
            self._closed = True
            self.release()

    def release(self) -> None:
        """One user less; the last one ends the line."""
        self._users -= 1
        if not self._users:
            self.line.close()


class _Stream(io.RawIOBase):
    def __init__(self, sock: _Socket) -> None:
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        piece = self._sock.line.recv(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._sock.release()
