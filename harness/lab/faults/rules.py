"""Rules in front of a service: match an exchange, then change its request or answer, delay it, or drop it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.lab.http.inside import once

ABORT = "deployday.abort"
"""The ASGI extension by which the server offers to reset a connection."""
_BODY_LIMIT = 64 << 20


@dataclass(frozen=True)
class Exchange:
    """What a rule sees: the request, and the answer when it is there. Header names are lower case."""

    method: str
    path: str
    query: bytes = b""
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: bytes = b""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """A header of the request, or an empty text."""
        return next((value for key, value in self.request_headers if key == name), "")


Change = Callable[[Exchange], Exchange]


def read(exchange: Exchange) -> Exchange:
    """No change of the request, but a rule with it has the body read, for ``response`` to look at."""
    return exchange


@dataclass(frozen=True)
class Rule:
    """What happens to exchanges of ``apps`` (keys of ``harness.lab.apps.apps``) whose method and path match.

    ``path`` is a regular expression over the whole path; ``when`` looks at the request further.
    ``request`` runs before the service, ``response`` after it; ``instead`` answers without asking the
    service. A ``response`` that looks at the request's body needs a ``request``, at least ``read``.
    """

    apps: tuple[str, ...]
    methods: tuple[str, ...] = ()
    path: str = ".*"
    when: Callable[[Exchange], bool] | None = None
    request: Change | None = None
    response: Change | None = None
    instead: Change | None = None
    delay: float = 0.0
    drop: bool = False

    def matches(self, app: str, exchange: Exchange) -> bool:
        """Whether the rule is about this request."""
        return (
            app in self.apps
            and (not self.methods or exchange.method in self.methods)
            and re.fullmatch(self.path, exchange.path) is not None
            and (self.when is None or self.when(exchange))
        )


@dataclass
class Rules:
    """The rules in force, in order of adding."""

    rows: list[Rule] = field(default_factory=list)

    @contextmanager
    def adding(self, rule: Rule) -> Iterator[None]:
        """The rule is in force inside the context."""
        self.rows.append(rule)
        try:
            yield
        finally:
            self.rows = [row for row in self.rows if row is not rule]

    def on(self, app: str, exchange: Exchange) -> list[Rule]:
        """The rules that match a request."""
        return [rule for rule in self.rows if rule.matches(app, exchange)]


class Seam:
    """Wraps the ASGI app of a service; without a matching rule it passes everything through untouched."""

    def __init__(self, app: ASGIApp, name: str, rules: Rules) -> None:
        self.app = app
        self.name = name
        self.rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        rules = (
            self.rules.on(self.name, _exchange(scope)) if scope["type"] == "http" and self.rules.rows else []
        )
        if not rules:
            await self.app(scope, receive, send)
            return
        await asyncio.sleep(sum(rule.delay for rule in rules))
        if any(rule.drop for rule in rules):
            await _drop(scope, receive)
            return
        await self._changed(rules, scope, receive, send)

    async def _changed(self, rules: list[Rule], scope: Scope, receive: Receive, send: Send) -> None:
        changing = [rule for rule in rules if rule.request or rule.instead]
        exchange = (
            replace(_exchange(scope), request_body=await _body(receive)) if changing else _exchange(scope)
        )
        for rule in changing:
            exchange = rule.request(exchange) if rule.request else exchange
        answered = next((rule.instead for rule in rules if rule.instead), None)
        if answered:
            exchange = answered(exchange)
        elif changing or any(rule.response for rule in rules):
            if changing:
                scope, receive = _rescope(scope, exchange), once(exchange.request_body, receive)
            exchange = await _captured(self.app, scope, receive, exchange)
        else:
            await self.app(scope, receive, send)
            return
        for rule in rules:
            exchange = rule.response(exchange) if rule.response else exchange
        await _answer(exchange, send)


def _exchange(scope: Scope) -> Exchange:
    return Exchange(
        method=scope["method"],
        path=scope["path"],
        query=scope.get("query_string", b""),
        request_headers=tuple(
            (k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in scope["headers"]
        ),
    )


def _rescope(scope: Scope, exchange: Exchange) -> Scope:
    kept = [(k, v) for k, v in exchange.request_headers if k not in ("content-length", "transfer-encoding")]
    if exchange.request_body or exchange.header("content-length"):
        kept.append(("content-length", str(len(exchange.request_body))))
    return {
        **scope,
        "method": exchange.method,
        "path": exchange.path,
        "raw_path": exchange.path.encode(),
        "query_string": exchange.query,
        "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in kept],
    }


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more and len(body) <= _BODY_LIMIT:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return body


async def _captured(app: ASGIApp, scope: Scope, receive: Receive, exchange: Exchange) -> Exchange:
    status, headers, body = 0, (), b""  # type: int, tuple[tuple[str, str], ...], bytes

    async def send(message: Message) -> None:
        nonlocal status, headers, body
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in message["headers"])
        else:
            body += message.get("body", b"")

    await app(scope, receive, send)
    return replace(exchange, status=status, headers=headers, body=body)


async def _answer(exchange: Exchange, send: Send) -> None:
    kept = [(k, v) for k, v in exchange.headers if k.lower() not in ("content-length", "transfer-encoding")]
    if exchange.method != "HEAD":
        kept.append(("Content-Length", str(len(exchange.body))))
    encoded = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in kept]
    await send({"type": "http.response.start", "status": exchange.status, "headers": encoded})
    await send({"type": "http.response.body", "body": exchange.body})


async def _drop(scope: Scope, receive: Receive) -> None:
    """Reset the connection where the server can; in process the caller sees ``ConnectionResetError``."""
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionResetError("the lab dropped this connection on purpose")
    abort()
    while (await receive())["type"] != "http.disconnect":
        pass
