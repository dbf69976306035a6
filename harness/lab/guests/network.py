"""Connections of a guest: to others, and to what listens in it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from harness.lab.guests.guest import Guest

LIMIT = 1 << 20
"""Bytes that one connection carries each way."""


class Listener:
    """A port of a guest with somebody behind it, for one connection."""

    def __init__(self, guest: Guest, port: int) -> None:
        self.guest, self.port = guest, port
        self._came: asyncio.Future[socket.socket] = asyncio.get_running_loop().create_future()
        guest.listeners[port] = self

    def take(self, sock: socket.socket) -> None:
        """Give it a connection; the port is closed to others then."""
        self.close()
        if self._came.done():
            sock.close()
        else:
            self._came.set_result(sock)

    def close(self) -> None:
        """Listen no longer."""
        if self.guest.listeners.get(self.port) is self:
            del self.guest.listeners[self.port]

    async def talk(self, say: bytes, limit: float) -> bytes | None:
        """Wait for a connection, say something and return what was heard; None where nobody came."""
        try:
            sock = await asyncio.wait_for(self._came, limit)
        except TimeoutError:
            return None
        finally:
            self.close()
        return await exchange(sock, say, limit)


async def exchange(sock: socket.socket, say: bytes, limit: float) -> bytes:
    """Say something on a connection, and hear the other until it ends or time is up."""
    reader, writer = await asyncio.open_connection(sock=sock)
    heard = bytearray()
    try:
        writer.write(say[:LIMIT])
        writer.write_eof()
        async with asyncio.timeout(limit):
            while len(heard) < LIMIT and (piece := await reader.read(65536)):
                heard += piece
    except (OSError, TimeoutError):
        pass
    finally:
        writer.close()
    return bytes(heard)


def pair(take: Callable[[socket.socket], None]) -> socket.socket:
    """One end of a connection, the other given to who listens."""
    mine, theirs = socket.socketpair()
    take(theirs)
    return mine
