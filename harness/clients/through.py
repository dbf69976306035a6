"""HTTP over lines that somebody else opens, such as a node that forwards connections.

The door stays the one that records, bounds and obeys; only where its connections come from is another one.
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

import requests
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context, resolve_cert_reqs
from urllib3.util.ssltransport import SSLTransport

from harness.clients.door import Door
from harness.clients.reasons import WayError
from harness.clients.routes import Routes
from harness.clients.trail import Record

_PATIENCE = 60.0
"""Seconds for a connection whose request sets no bound of its own."""


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
"""Opens a line to an address, or to a name that is known at the other end, and a port.

Raises ``OSError`` where nothing takes it up; a ``WayError`` says what else is to blame.
"""


class Way(Protocol):
    """An opener with a name: the host that lines are opened from."""

    @property
    def name(self) -> str:
        """The host's name."""
        ...

    def __call__(self, address: str, port: int) -> Line:
        """Open a line."""
        ...


class DoorThrough(Door):
    """A door whose connections an opener makes, HTTP and HTTPS alike; ``via`` is what its rows say of it.

    The environment's proxies are none of its business: they are this machine's.
    """

    def __init__(self, record: Record, routes: Routes, opener: Opener, via: str = "") -> None:
        self._opener = opener
        super().__init__(record, routes)
        self.via = via

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **how: Any) -> None:
        """What ``requests`` calls once."""
        manager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **how)
        pools: dict[str, Any] = {
            "http": partial(_pool, HTTPConnectionPool, partial(_Plain, self._opener)),
            "https": partial(_pool, HTTPSConnectionPool, partial(_Secure, self._opener)),
        }
        manager.pool_classes_by_scheme = pools
        self.poolmanager = manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request over a line."""
        return super().send(request, stream, timeout, verify, cert, None)

    def line_to(self, host: str, port: int) -> Any:
        """An open TCP connection over a line."""
        return _opened(self._opener, host, port)


def secured(line: Any, context: ssl.SSLContext, name: str) -> Any:
    """TLS over a line of a door, checked against a name."""
    if isinstance(line, socket.socket):
        return context.wrap_socket(line, server_hostname=name)
    return SSLTransport(line, context, name)


def _pool(kind: type[HTTPConnectionPool], connection: Any, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
    pool = kind(*args, **kwargs)
    pool.ConnectionCls = connection
    return pool


def _opened(opener: Opener, host: str, port: int) -> Any:
    try:
        return _Socket(opener(host.strip("[]"), port))
    except OSError as error:  # its words are ours; what is below it speaks paramiko
        raise WayError(str(error), getattr(error, "component", "")) from None


class _Plain(HTTPConnection):
    """An HTTP connection over a line."""

    def __init__(self, opener: Opener, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._opener = opener

    def _new_conn(self) -> Any:
        return _patient(_opened(self._opener, self.host, int(self.port or self.default_port)), self.timeout)

    @property
    def is_connected(self) -> bool:
        """Whether it is open and its other end has not said goodbye."""
        return _is_open(self.sock)


class _Secure(HTTPSConnection):
    """The same with TLS inside of the line, so that who forwards it sees nothing of it.

    It is checked as ever: against the name of the endpoint, whatever the line leads through.
    """

    def __init__(self, opener: Opener, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._opener = opener

    def _new_conn(self) -> Any:
        return _patient(_opened(self._opener, self.host, int(self.port or self.default_port)), self.timeout)

    def connect(self) -> None:
        """Open the line, and speak TLS in memory: a line is no socket that ``ssl`` could take."""
        context = create_urllib3_context(cert_reqs=resolve_cert_reqs(self.cert_reqs))

        def wrap(sock: Any, server_hostname: str | None = None) -> SSLTransport:
            try:
                return SSLTransport(sock, context, server_hostname)
            except BaseException:
                sock.close()
                raise

        context.wrap_socket = wrap  # type: ignore[method-assign, assignment]
        self.ssl_context = context
        super().connect()

    @property
    def is_connected(self) -> bool:
        """Whether it is open and its other end has not said goodbye."""
        return isinstance(self.sock, SSLTransport) and _is_open(self.sock.socket)


def _patient(sock: _Socket, timeout: Any) -> _Socket:
    """The same, on which nobody waits for ever, not even for the first word of TLS."""
    sock.settimeout(timeout if isinstance(timeout, int | float) else _PATIENCE)
    return sock


def _is_open(sock: Any) -> bool:
    return isinstance(sock, _Socket) and not sock.ended


class _Socket:
    """A line as ``http.client`` and urllib3's TLS want it: closed when all files made of it are closed, too.

    Two names are those of ``socket.socket``, which both libraries count users with.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self._io_refs = 0
        self._closed = False
        self.sendall, self.settimeout, self.recv = line.sendall, line.settimeout, line.recv

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to come, as far as the line tells."""
        return bool(getattr(self.line, "closed", False) or getattr(self.line, "eof_received", False))

    def makefile(self, mode: str = "rb", buffering: int = -1) -> io.BufferedReader:
        """What is received as a file."""
        self._io_refs += 1
        return io.BufferedReader(_Stream(self))

    def close(self) -> None:
        """Close it for its owner; the last user ends the line."""
        self._closed = True
        if self._io_refs <= 0:
            self.line.close()

    def _decref_socketios(self) -> None:
        """One file less."""
        self._io_refs -= 1
        if self._closed:
            self.close()


class _Stream(io.RawIOBase):
    def __init__(self, sock: _Socket) -> None:
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        piece = self._sock.recv(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._sock._decref_socketios()
