"""One service calling another inside the process,
through the same ASGI app and the same faults as from outside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive


async def call(
    app: ASGIApp, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> tuple[int, bytes]:
    """Status and body of one exchange with ``app``; a dropped connection raises ``ConnectionError``."""
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": unquote(path), "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": None, "server": None,
    }  # fmt: skip
    status = 0
    parts: list[bytes] = []

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await app(scope, once(body), send)
    return status, b"".join(parts)


def once(body: bytes, after: Receive | None = None) -> Receive:
    """A ``receive`` that gives the body once and then waits: for ``after``, or for ever."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        if after is not None:
            return await after()
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return receive
