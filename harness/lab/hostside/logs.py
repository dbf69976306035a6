"""The log files of a node, written as the lab answers: a line a request as the component of 2012 wrote it,
ERROR and TRACE where the answer is a 5xx.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.lab.layout import Layout
from harness.lab.world import Clock

FILES = {
    "keystone": "keystone/keystone.log",
    "keystone-admin": "keystone/keystone.log",
    "glance": "glance/api.log",
    "nova": "nova/nova-api.log",
    "nova-volume": "nova/nova-api.log",
}
"""Component → its log below ``/var/log``."""
_LARGEST = 16 << 20
_LONGEST = 2000


@dataclass(frozen=True)
class Told:
    """One exchange as a log tells it."""

    method: str
    url: str
    path: str
    status: int
    size: int
    seconds: float
    request_id: str
    at: float


@dataclass
class NodeLogs:
    """The logs of all nodes; each file is kept open and begins anew when it is large."""

    nodes: Path
    layout: Layout
    clock: Clock
    _open: dict[Path, int] = field(default_factory=dict)

    def write(self, node: str, name: str, lines: Iterator[str]) -> None:
        """Append lines to a node's log."""
        path = self.nodes / node / "var" / "log" / name
        out = self._open.get(path)
        if out is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            out = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
            self._open[path] = out
        text = "".join(f"{_plain(line)}\n" for line in lines)
        os.write(out, text.encode("utf-8", "replace"))
        if os.fstat(out).st_size > _LARGEST:
            path.replace(path.with_name(f"{path.name}.1"))
            os.close(self._open.pop(path))

    def node_at(self, address: str) -> str | None:
        """The node that has an address."""
        return next((name for name, own in self.layout.addresses().items() if own == address), None)

    def close(self) -> None:
        """Close every file."""
        for out in self._open.values():
            os.close(out)
        self._open.clear()


class Logged:
    """Wraps the app behind an address."""

    def __init__(self, app: ASGIApp, component: str, logs: NodeLogs) -> None:
        self.app = app
        self.component = component
        self.logs = logs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        node = self.logs.node_at(scope["server"][0]) if scope["type"] == "http" else None
        if node is None:
            await self.app(scope, receive, send)
            return
        begin, status, size, request_id = time.perf_counter(), 0, 0, ""

        async def sending(message: Message) -> None:
            nonlocal status, size, request_id
            if message["type"] == "http.response.start":
                status = message["status"]
                request_id = _header(message, b"x-compute-request-id")
            else:
                size += len(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, sending)
        if status:
            path = _path(scope)
            url = f"http://{scope['server'][0]}:{scope['server'][1]}{path}"
            now, seconds = self.logs.clock.time(), time.perf_counter() - begin
            told = Told(scope["method"], url, path, status, size, seconds, request_id, now)
            self.logs.write(node, FILES[self.component], _LINES[FILES[self.component]](told))


def _nova(told: Told) -> Iterator[str]:
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(told.at))
    who = f"[{told.request_id or '-'} None None]"
    yield f"{stamp} INFO nova.api.openstack.wsgi {who} {told.method} {told.url}"
    if told.status >= 500:
        yield f"{stamp} ERROR nova.api.openstack {who} Caught error: {_error(told.status)}"
        for line in _traceback("nova/api/openstack/__init__.py", told.status):
            yield f"{stamp} TRACE nova.api.openstack {line}"
    yield f"{stamp} INFO nova.api.openstack.wsgi {who} {told.url} returned with HTTP {told.status}"


def _keystone(told: Told) -> Iterator[str]:
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(told.at)) + f",{int(told.at * 1000) % 1000:03d}"
    if told.status >= 500:
        yield f"(root): {stamp} ERROR {_error(told.status)}"
        yield from _traceback("keystone/common/wsgi.py", told.status)
    yield f"(eventlet.wsgi.server): {stamp} DEBUG {_access(told)}"


def _glance(told: Told) -> Iterator[str]:
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(told.at))
    if told.status >= 500:
        yield f"{stamp}    ERROR [glance.api.v1.images] {_error(told.status)}"
        yield from _traceback("glance/api/v1/images.py", told.status)
    yield f"{stamp}    DEBUG [eventlet.wsgi.server] {_access(told)}"


_LINES = {"keystone/keystone.log": _keystone, "glance/api.log": _glance, "nova/nova-api.log": _nova}


def _access(told: Told) -> str:
    stamp = time.strftime("%d/%b/%Y %H:%M:%S", time.gmtime(told.at))
    request = f'"{told.method} {told.path} HTTP/1.1"'
    return f"127.0.0.1 - - [{stamp}] {request} {told.status} {told.size} {told.seconds:.6f}"


def _error(status: int) -> str:
    return {503: "Service Unavailable", 500: "An unknown exception occurred."}.get(status, f"HTTP {status}")


def _traceback(file: str, status: int) -> Iterator[str]:
    yield "Traceback (most recent call last):"
    yield f'  File "/usr/lib/python2.7/dist-packages/{file}", line 41, in __call__'
    yield "    return req.get_response(self.application)"
    yield _error(status)


def _path(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return str(scope["path"]) + (f"?{query}" if query else "")


def _header(message: Mapping[str, object], name: bytes) -> str:
    headers = message.get("headers")
    assert isinstance(headers, list)
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")


def _plain(line: str) -> str:
    """One line, whatever a client wrote into its request."""
    return (line if line.isprintable() else line.encode("unicode_escape").decode())[:_LONGEST]
