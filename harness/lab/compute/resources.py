"""Nova's resource layer: from a routed request to a handler, and from what it raises to a fault; what nobody
foresaw is a 500 as in nova, and a line in the lab's log.

A collection has the five REST methods on its URL whether or not its controller implements them: a method
that is not implemented is an item-level 404 (JSON), an unknown URL a route-level one (text).
"""

from __future__ import annotations

import json
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.lab.compute.call import Call, Handler
from harness.lab.compute.refusals import Refusal, bad
from harness.lab.http import Routes, Stop, context_of, read_body
from harness.lab.world import World

_log = logging.getLogger(__name__)
_REST = {
    "index": ("GET", ""), "create": ("POST", ""), "show": ("GET", "/{id}"), "update": ("PUT", "/{id}"),
    "delete": ("DELETE", "/{id}"),
}  # fmt: skip


async def not_implemented(call: Call) -> Response:
    """A method that the controller does not have."""
    raise Refusal(404)


class Resources:
    """The routes of one API version; an ASGI app behind the token check, below ``/<version>``."""

    def __init__(self, world: World, version: str) -> None:
        self.world = world
        self.version = version
        self.routes = Routes()

    def add(self, method: str, path: str, handler: Handler, *, body: bool = False) -> None:
        """Answer ``method`` on ``/{tenant}/path``; with ``body`` the handler cannot do without a document."""

        async def handle(request: Request) -> Response:
            return await self._handle(request, handler, body)

        self.routes.add(method, f"/{{tenant}}/{path}", handle)

    def collection(self, path: str, **handlers: Handler) -> None:
        """A collection by its REST methods: index, create, show, update,
        delete; ``detail`` and others by name.
        """
        for name, handler in handlers.items():
            if name not in _REST:
                self.add("GET", f"{path}/{name}", handler)
        for name, (method, rest) in _REST.items():
            known = handlers.get(name, not_implemented)
            self.add(method, path + rest, known, body=name in ("create", "update") and name in handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        await self.routes(scope, receive, send)

    async def _handle(self, request: Request, handler: Handler, needs_body: bool) -> Response:
        request_id = f"req-{self.world.ids.uuid()}"
        xml = wants_xml(request)
        try:
            body = await _body(request)
            call = Call(
                world=self.world, request=request, context=context_of(request), parts=request.path_params,
                version=self.version, request_id=request_id, body=body, xml=xml,
            )  # fmt: skip
            if call.parts["tenant"] != call.context.tenant_id:
                raise bad("Malformed request url")
            if needs_body and body is None:
                raise bad()
            return await handler(call)
        except Refusal as refusal:
            return refusal.response(request_id, xml)
        except Stop:
            raise
        except Exception:
            _log.exception("%s %s tripped the lab", request.method, request.url.path)
            return Refusal(500).response(request_id, xml)


def wants_xml(request: Request) -> bool:
    """Whether the client asked for XML, by header or by the ending of the URL."""
    chosen = request.scope.get("format")
    accept = request.headers.get("accept", "")
    return chosen == "xml" or (chosen is None and accept.split(";")[0].strip() == "application/xml")


async def _body(request: Request) -> Any:
    """The document; a body without a JSON label does not count, as nova sees none then."""
    if request.method not in ("POST", "PUT"):
        return None
    raw = await read_body(request)
    label = request.headers.get("content-type", "").split(";")[0].strip()
    if not raw or label != "application/json":
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise bad("Malformed request body") from None


class Endings:
    """Takes ``.json`` and ``.xml`` off the URL, which nova reads as the wanted format."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        path, _, ending = scope["path"].rpartition(".")
        if scope["type"] == "http" and path and ending in ("json", "xml"):
            scope = {**scope, "path": path, "raw_path": path.encode(), "format": ending}
        await self.app(scope, receive, send)
