"""One host that a process opens its connections from: the way to what cannot be reached directly."""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import paramiko
from fabric import Connection

from harness.errors import OutOfReach
from harness.hosts.connection import CONNECT_TIMEOUT, FAILURES, connect, connect_gateway, reason
from harness.hosts.errors import HostUnreachable
from harness.hosts.ways import NotTaken, tunnel
from harness.place import Place

_AGAIN = 30.0
"""Seconds for which a jump host that could not be entered is not tried again."""
_KEEPALIVE = 30
"""Seconds between signs of life: what stands between forgets connections that say nothing."""
_ENDING = 0.2
"""Seconds in which a connection that broke off has told all its lines, and then itself."""
Connecting = Callable[[], Connection]


class Jump:
    """A host that forwards; entered when the first connection is asked for, and again after it was lost.

    >>> jump.line_to("keystone.rack7", 5000)
    """

    def __init__(self, name: str, connecting: Connecting, now: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self._connecting, self._now = connecting, now
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self._refused: tuple[float, str] | None = None

    def line_to(self, address: str, port: int) -> paramiko.Channel:
        """A TCP connection that the host opens for us; a name is resolved there.

        Raises ``NotTaken`` where nothing takes it up behind the host, ``HostUnreachable`` where the host
        itself cannot be entered, ``OutOfReach`` where it forwards nothing.
        """
        with self._lock:
            transport = self._transport()
        try:
            return tunnel(transport, self.name, address, port)
        except NotTaken:
            if _lives(transport):
                raise
        with self._lock:
            self._drop()
        raise HostUnreachable(f"{self.name}: the connection was lost", component="ssh")

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._drop()

    def _transport(self) -> paramiko.Transport:
        if self._connection is None or not self._connection.is_connected:
            self._drop()
            self._enter()
        assert self._connection is not None
        transport: paramiko.Transport = self._connection.transport
        return transport

    def _enter(self) -> None:
        if self._refused is not None and self._now() - self._refused[0] < _AGAIN:
            raise HostUnreachable(self._refused[1], component="ssh")
        connection = self._connecting()
        try:
            connection.open()
            connection.transport.set_keepalive(_KEEPALIVE)
        except FAILURES as error:
            connection.client.close()
            why = f"{self.name} ({connection.host}:{connection.port}): {reason(error)}"
            self._refused = (self._now(), why)
            raise HostUnreachable(why, component="ssh") from error
        self._connection, self._refused = connection, None

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*FAILURES):
                connection.close()
                if isinstance(connection.gateway, Connection):
                    connection.gateway.close()


def _lives(transport: paramiko.Transport) -> bool:
    """Whether the host itself still answers; a refusal is an answer."""
    try:
        transport.open_session(timeout=CONNECT_TIMEOUT).close()
    except paramiko.ChannelException:
        return True
    except FAILURES:
        return False
    return True


def cut_off(line: paramiko.Channel) -> bool:
    """Whether a line ended with the connection that it led through, not by its other end."""
    if line.eof_received:
        return False
    line.get_transport().join(_ENDING)
    return not line.get_transport().is_active()


def jump_of(site: Place) -> Jump | None:
    """The host that a site's API is reached through (``api.via``), entered once a process; None where it is
    reached directly.
    """
    via = site.file.api.via
    if via == "direct":
        return None
    named = site.file.ssh.via or "" if via == "ssh" else via
    if not named:
        raise OutOfReach("the site names no jump host (ssh.via)")

    def connecting() -> Connection:
        before = connect_gateway(site.hosts, site.file.ssh)
        if via == "ssh" or named == site.file.ssh.via:
            assert before is not None
            return before
        return connect(site.hosts[named], site.file.ssh, gateway=before)

    return _kept(os.getpid(), named, _Place(repr((site.hosts.get(named), site.file.ssh)), connecting))


class _Place:
    """Where a jump leads, and how to get there: equal where it leads to the same host in the same way."""

    def __init__(self, key: str, connecting: Connecting) -> None:
        self.key, self.connecting = key, connecting

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, _Place) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


@cache
def _kept(process: int, name: str, place: _Place) -> Jump:
    jump = Jump(name, place.connecting)
    atexit.register(jump.close)
    return jump
