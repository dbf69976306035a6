"""Ways to send an exchange into an app of this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

from harness.lab.http.inside import once
from tests.lab.conformance.recording import Answer
from tests.lab.conformance.replay import Send
from tests.lab.conformance.tables import COMPONENT_OF_PORT


def in_process(apps: Mapping[str, ASGIApp]) -> Send:
    """Send straight into the ASGI apps of a lab."""

    async def send(
        method: str, host: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        component = COMPONENT_OF_PORT.get(int(host.rpartition(":")[2]), "")
        app = apps.get(component)
        if app is None:
            raise LookupError(f"no app in this process for {host}")
        return await _asgi(app, method, host, path, headers, body)

    return send


async def _asgi(
    app: ASGIApp, method: str, host: str, path: str, headers: Mapping[str, str], body: bytes | None
) -> Answer:
    target, _, query = path.partition("?")
    sent = {"host": host, **{name.lower(): value for name, value in headers.items()}}
    if body and "content-length" not in sent:
        sent["content-length"] = str(len(body))
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": unquote(target), "raw_path": target.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", int(host.rpartition(":")[2])),
    }  # fmt: skip
    start: Message = {}
    parts: list[bytes] = []

    async def out(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope, once(body or b""), out)
    pairs = tuple((name.decode(), value.decode("latin-1")) for name, value in start["headers"])
    return Answer(start["status"], pairs, b"" if method == "HEAD" else b"".join(parts))
