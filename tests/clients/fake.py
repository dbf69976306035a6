"""Services that answer what they are told, and a recorder that keeps rows in memory."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from harness.clients.select import dialect_of, door_to, link_to
from harness.clients.session import CloudSession
from harness.credentials import Account

TENANT = "7e0a5c1d7e0a5c1d7e0a5c1d7e0a5c1d"
TOKEN = "70ce9000000000000000000000000001"
DATE = "Fri, 20 Nov 2099 12:45:47 GMT"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    status: int = 200
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    length: bool = True

    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answer = Reply | Callable[[Asked], Reply]


@dataclass
class Service:
    """Answers by method and path (without its query); anything else is a plain 404."""

    url: str = ""
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def on(self, method: str, path: str, status: int = 200, body: Any = None, **headers: str) -> None:
        pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.answers[method, path] = Reply(status, body, pairs)

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        answer = self.answers.get((asked.method, asked.path.partition("?")[0]), Reply(404, b"404 Not Found"))
        return answer(asked) if callable(answer) else answer

    def paths(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.service.reply(Asked(self.command, self.path, dict(self.headers.items()), body))
        content = reply.content()
        self.send_response_only(reply.status)
        names = {name.lower() for name, _ in reply.headers}
        if "date" not in names:
            self.send_header("Date", DATE)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.length and "content-length" not in names:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_COPY = _any  # noqa: N815 - the library's names

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving() -> Iterator[Service]:
    service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Rows:
    """A recorder in memory; ``log`` shows in which order secrets and rows came."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.secrets: set[str] = set()

    def write(self, kind: str, **fields: Any) -> str:
        hidden = json.dumps(fields, default=repr)
        self.rows.append({"kind": kind, "known": frozenset(self.secrets), "text": hidden, **fields})
        return f"test:{len(self.rows)}"

    def secret(self, *values: str | None) -> None:
        self.secrets |= {value for value in values if value}

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["kind"] == kind]


def access(url: str, **endpoints: str) -> dict[str, Any]:
    """An answer to POST /tokens as Essex gives it;
    ``object_store=…`` names an endpoint other than the service's own.
    """
    paths = {
        "identity": ("/v2.0", "/v2.0"),
        "compute": (f"/v2/{TENANT}",) * 2,
        "volume": (f"/v1/{TENANT}",) * 2,
        "image": ("/v1", "/v1"),
        "object-store": (f"/v1/AUTH_{TENANT}", "/v1"),
    }
    catalogue = []
    for kind, (path, admin) in paths.items():
        base = endpoints.get(kind.replace("-", "_"), f"{url}/{kind}")
        places = {"publicURL": base + path, "internalURL": base + path, "adminURL": base + admin}
        catalogue.append(
            {"type": kind, "name": f"the {kind}", "endpoints": [{"region": "RegionOne", **places}]}
        )
    return {
        "access": {
            "token": {
                "expires": "2099-11-21T12:45:47Z",
                "id": TOKEN,
                "tenant": {"description": "demo tenant", "enabled": True, "id": TENANT, "name": "demo"},
            },
            "serviceCatalog": catalogue,
            "user": {
                "username": "demo",
                "roles_links": [],
                "id": "05e90000000000000000000000000001",
                "roles": [{"id": "601e0000000000000000000000000001", "name": "Member"}],
                "name": "demo",
            },
        }
    }


def open_session(service: Service, rows: Rows, **options: Any) -> CloudSession:
    """A session of the user ``demo``, whose identity the service is."""
    service.answers.setdefault(("POST", "/v2.0/tokens"), Reply(200, access(service.url)))
    account = Account(f"{service.url}/v2.0", "demo", "s3cret-pass", "demo", "RegionOne")
    dialect = dialect_of("essex")
    return CloudSession(link_to(account, dialect, door_to(rows), **options), dialect)
