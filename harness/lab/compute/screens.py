"""The screens of servers: a double of nova's noVNC proxy, where a token opens one screen for a while.

A small HTTP server: the page is there, a WebSocket is taken up as RFC 6455 says (with the subprotocols of its
time), and whoever brings a good token hears the first words of the VNC server behind it. There is no screen.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from harness.lab.compute.state import live
from harness.lab.world import World

PORT = 6080
PAGE = "vnc_auto.html"
BANNER = b"RFB 003.008\n"
LIFETIME = 600.0
"""Seconds for which a token is good, as nova-consoleauth keeps it."""
_KEY = "compute.screens"
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_PROTOCOLS = ("binary", "base64")
_PATIENCE = 10.0
_LARGEST = 16 * 1024
_HTML = b"<!DOCTYPE html>\n<html><head><title>noVNC</title></head><body><canvas></canvas></body></html>\n"


@dataclass
class Screens:
    """The tokens that were given, and the socket on which they are good."""

    world: World
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    _address: tuple[str, int] | None = None
    _listening: socket.socket | None = None
    _server: asyncio.Server | None = None
    _restarted: asyncio.Task[None] | None = None

    def token(self, server_id: str) -> str:
        """A new token for a server."""
        now, token = self.world.clock.time(), self.world.ids.uuid()
        self.tokens = {each: row for each, row in self.tokens.items() if row[1] > now}
        self.tokens[token] = (server_id, now + LIFETIME)
        self.world.secret("screen token", token)
        return token

    def opens(self, token: str) -> bool:
        """Whether a token is good, and its server still there."""
        server_id, until = self.tokens.get(token, ("", 0.0))
        return until > self.world.clock.time() and any(row.id == server_id for row in live(self.world))

    async def start(self, address: tuple[str, int]) -> None:
        """Listen and serve."""
        self._address = address
        self._bind()
        await self._accept()

    def stop(self) -> None:
        """Stop listening, as when nova-novncproxy is not there."""
        if self._server is not None:
            self._server.close()
        if self._listening is not None:
            self._listening.close()
        self._server = self._listening = None

    def stopped(self) -> Callable[[], None]:
        """Stop now; what is returned starts it again, from within the running loop."""
        self.stop()

        def again() -> None:
            self._bind()
            self._restarted = asyncio.get_running_loop().create_task(self._accept())

        return again

    def _bind(self) -> None:
        if self._address is not None:
            self._listening = socket.create_server(self._address, backlog=16)

    async def _accept(self) -> None:
        if self._listening is not None:
            self._server = await asyncio.start_server(self._serve, sock=self._listening)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                await self._answer(head, reader, writer)
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path, headers = _parsed(head)
        if "websocket" not in headers.get("upgrade", "").lower():
            there = urlsplit(path).path.strip("/") in ("", PAGE)
            writer.write(_page(_HTML) if there else _page(b"<h1>404 Not Found</h1>\n", "404 Not Found"))
            await writer.drain()
            return
        offered = re.split(r"\s*,\s*", headers.get("sec-websocket-protocol", ""))
        chosen = next((name for name in _PROTOCOLS if name in offered), "")
        if not chosen or not headers.get("sec-websocket-key"):
            writer.write(_page(b"no subprotocol that this proxy knows\n", "400 Bad Request"))
            await writer.drain()
            return
        writer.write(_switching(headers["sec-websocket-key"], chosen))
        await writer.drain()
        if self.opens(_token(path, headers)):
            writer.write(_frame(BANNER, chosen))
            await writer.drain()
            await reader.read(_LARGEST)


def screens(world: World) -> Screens:
    """The one double of the world."""
    found = world.parts.setdefault(_KEY, Screens(world))
    assert isinstance(found, Screens)
    return found


def _parsed(head: bytes) -> tuple[str, dict[str, str]]:
    first, *rows = head[:_LARGEST].decode("latin-1").split("\r\n")
    _, path, _ = first.split(" ", 2)
    pairs = (row.partition(":") for row in rows if ":" in row)
    return path, {name.strip().lower(): value.strip() for name, _, value in pairs}


def _token(path: str, headers: Mapping[str, str]) -> str:
    """The token of the URL, or of the cookie that the page has set."""
    asked = parse_qs(urlsplit(path).query).get("token")
    if asked:
        return asked[0]
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get("token")
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _page(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
    return (head + "Server: WebSockify\r\nConnection: close\r\n\r\n").encode() + body


def _switching(key: str, protocol: str) -> bytes:
    digest = hashlib.sha1((key + _GUID).encode("latin-1")).digest()  # noqa: S324 - RFC 6455, 4.2.2
    accept = base64.b64encode(digest).decode()
    head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return (f"{head}Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n").encode()


def _frame(payload: bytes, protocol: str) -> bytes:
    """One unmasked frame: text in base64 where the client speaks that, else binary."""
    content = base64.b64encode(payload) if protocol == "base64" else payload
    return bytes([0x81 if protocol == "base64" else 0x82, len(content)]) + content
