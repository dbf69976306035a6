"""A server's screen through a noVNC proxy: the page, then the WebSocket that the page would open.

Small and bounded on purpose: one handshake (RFC 6455, 4.1), one frame, the first words of the VNC server
(RFC 6143, 7.1.1). The subprotocols are those of 2012: bytes as they are, or text in base64.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

from harness.clients.errors import Exchange, ServerFault, Unreachable
from harness.clients.link import Link
from harness.clients.raw import send
from harness.clients.reasons import blamed, plain
from harness.clients.through import Line, secured
from harness.clients.values import Screen

PATH = "/websockify"
PATIENCE = 10.0
"""Seconds for the handshake and the first words."""
_LARGEST_HEAD = 16 * 1024
_LONGEST = b"\x7d"
"""The second byte of a frame that is not masked and says its length there."""
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_PORTS = {"http": 80, "https": 443}


def open_screen(link: Link, url: str) -> Screen:
    """Open the page at ``url`` and the WebSocket behind it, with the token of the URL.

    Raises ``Unreachable`` where nothing answers, ``ServerFault`` where it speaks something else.
    """
    link.door.routes.learn(url, "compute")
    page = send(link, "GET", url, {"Accept": "text/html"})
    if page.status != 200:
        return Screen(page=page.status)
    token = (parse_qs(urlsplit(url).query).get("token") or [""])[0]
    return _Socket(link, url, token).greeted()


class _Socket:
    """One WebSocket, opened once."""

    def __init__(self, link: Link, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._link = link
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 80)
        self._url = f"{'wss' if self._secure else 'ws'}://{parts.netloc}{PATH}"
        self._key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._headers = {
            "Host": parts.netloc, "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": self._key, "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Protocol": "binary, base64", "Origin": f"{parts.scheme}://{parts.netloc}",
            "Cookie": f"token={token}",
        }  # fmt: skip
        self._begin = time.perf_counter()
        self._end = time.monotonic() + PATIENCE

    def greeted(self) -> Screen:
        """Shake hands, hear the first words, hang up."""
        status, headers, words = 0, {}, b""  # type: int, dict[str, str], bytes
        try:
            with closing(self._connected()) as line:
                status, headers, rest = self._shake(line)
                if status == 101:
                    words = self._frame(line, rest, headers.get("sec-websocket-protocol", ""))
        except (OSError, ValueError) as error:
            self._note(status or None, headers, words, error)
            self._fail(status, error)
        self._note(status, headers, words)
        digest = hashlib.sha1((self._key + _GUID).encode()).digest()  # noqa: S324 - RFC 6455, 4.2.2
        accepted = headers.get("sec-websocket-accept", "") == base64.b64encode(digest).decode()
        return Screen(200, status, accepted, words.decode("latin-1"))

    def _connected(self) -> Any:
        line = self._link.door.line_to(self._host, self._port)
        return secured(line, self._context(), self._host) if self._secure else line

    def _context(self) -> ssl.SSLContext:
        verify = self._link.verify
        context = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
        if verify is False:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    def _shake(self, line: Line) -> tuple[int, dict[str, str], bytes]:
        head = "".join(f"{name}: {value}\r\n" for name, value in self._headers.items())
        line.sendall(f"GET {PATH} HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
        seen = b""
        while b"\r\n\r\n" not in seen:
            seen += self._more(line)
            if len(seen) > _LARGEST_HEAD:
                raise ValueError(f"the answer's head is larger than {_LARGEST_HEAD} bytes")
        answer, _, rest = seen.partition(b"\r\n\r\n")
        first, *rows = answer.decode("latin-1").split("\r\n")
        words = first.split(" ", 2)
        if not words[0].startswith("HTTP/1.") or len(words) < 2 or not words[1].isdecimal():
            raise ValueError("the answer is not HTTP")
        pairs = (row.partition(":") for row in rows)
        return int(words[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}, rest

    def _frame(self, line: Line, seen: bytes, protocol: str) -> bytes:
        """What the first frame carries; nothing where the other side hangs up first."""
        while len(seen) < 2 or len(seen) < 2 + seen[1] or seen[1:2] > _LONGEST:
            if seen[1:2] > _LONGEST:
                raise ValueError("the first frame is no greeting: it is masked, or too long")
            more = self._more(line, may_end=True)
            if not more:
                return b""
            seen += more
        content = seen[2 : 2 + seen[1]] if seen[0] & 0x0F in (1, 2) else b""
        return base64.b64decode(content, validate=True) if protocol == "base64" else content

    def _more(self, line: Line, *, may_end: bool = False) -> bytes:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"not within {PATIENCE:g} s")
        line.settimeout(left)
        more = line.recv(4096)
        if not more and not may_end:
            raise ConnectionError("the connection was closed before the answer ended")
        return more

    def _note(
        self, status: int | None, headers: Mapping[str, str], words: bytes, error: Exception | None = None
    ) -> None:
        """Write the exchange down as the door does."""
        door = self._link.door
        service, component = door.routes.behind(self._url.replace("ws", "http", 1))
        component = (blamed(error) if error else "") or component
        row = door.record.write(
            "exchange",
            component=component,
            service=service,
            method="GET",
            url=self._url,
            status=status,
            ms=round((time.perf_counter() - self._begin) * 1000, 1),
            request_id="",
            request={"headers": self._headers, "body": None},
            response=None if status is None else {"headers": dict(headers), "body": words},
            error=plain(error) if error else None,
            **({"via": door.via} if door.via else {}),
        )
        self._exchange = Exchange("GET", self._url, status, "", component, row)

    def _fail(self, status: int, error: Exception) -> NoReturn:
        kind = ServerFault if status else Unreachable
        raise kind(f"the screen's WebSocket: {plain(error)}", self._exchange) from error
