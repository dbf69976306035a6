"""The token check in front of a service, as Essex's auth_token middleware does it: one validation a request
at the admin port of the identity service, so that a fault there shows in every service.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.lab.http.answers import text_error
from harness.lab.http.inside import call
from harness.lab.world import Context, World

Check = Callable[[str], Awaitable[Context | None]]


class IdentityDown(Exception):  # noqa: N818 - a state of the cloud
    """The identity service did not answer a validation."""


def context_of(request: Request) -> Context:
    """Who is asking; only behind a guard."""
    found = request.scope["context"]
    assert isinstance(found, Context)
    return found


class Guard:
    """Lets requests with a valid token through to ``app``,
    with ``scope["context"]`` set; 401 or 503 otherwise.
    """

    def __init__(self, app: ASGIApp, world: World, identity: ASGIApp) -> None:
        self.app = app
        self.world = world
        self.identity = identity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        token = request.headers.get("x-auth-token") or request.headers.get("x-storage-token") or ""
        try:
            context = await self.check(token) if token else None
        except IdentityDown:
            await text_error(request, 503)(scope, receive, send)
            return
        if context is None:
            await self.refusal(request)(scope, receive, send)
            return
        await self.app({**scope, "context": context}, receive, send)

    def refusal(self, request: Request) -> Response:
        """The 401 page, which names the identity service."""
        where = [("Www-Authenticate", f"Keystone uri='{self.world.url('identity')}/'")]
        return text_error(request, 401, "Authentication required", headers=where)

    async def check(self, token: str) -> Context | None:
        """Have a token validated; None when the identity service does not know it."""
        headers = {"X-Auth-Token": self.world.admin_token}
        try:
            status, body = await call(self.identity, "GET", f"/v2.0/tokens/{quote(token, safe='')}", headers)
        except ConnectionError as error:
            raise IdentityDown from error
        if status != 200:
            return None
        return _context(token, json.loads(body)["access"])


def _context(token: str, access: dict[str, Any]) -> Context:
    tenant = access["token"].get("tenant") or {}
    user = access["user"]
    return Context(
        token=token,
        user_id=user["id"],
        user_name=user["name"] or "",
        tenant_id=tenant.get("id"),
        tenant_name=tenant.get("name"),
        roles=frozenset(role["name"] for role in user["roles"]),
    )
