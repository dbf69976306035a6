"""The proxy's token check: every token is validated at the admin port of the lab's identity service.

It does what Essex's ``keystone.middleware.auth_token`` did with ``delay_auth_decision``: it strips what a
client says of itself, sets the ``X-…`` headers that Swift's own ``keystoneauth`` reads, and leaves the
refusal of a bad token to that. Nothing is kept, so a revoked token is refused at once. With identity away
every request that brings a token is 503.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]

_OURS = (
    "IDENTITY_STATUS", "USER_ID", "USER_NAME", "TENANT_ID", "TENANT_NAME", "PROJECT_ID", "PROJECT_NAME",
    "USER", "TENANT", "ROLE", "ROLES", "SERVICE_IDENTITY_STATUS", "SERVICE_ROLES",
)  # fmt: skip
_LIMIT = 1 << 20
_AWAY = b"503 Service Unavailable"


class IdentityAway(Exception):  # noqa: N818 - a state of the cloud
    """The identity service did not answer a validation with anything that can be read."""


class TokenFilter:
    """WSGI middleware; ``host`` and ``port`` are identity's admin socket, ``admin_token`` opens it."""

    def __init__(self, app: App, host: str, port: int, admin_token: str) -> None:
        self.app = app
        self.address = (host, port)
        self.admin_token = admin_token

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """The WSGI entry."""
        for name in _OURS:
            environ.pop(f"HTTP_X_{name}", None)
        token = environ.get("HTTP_X_AUTH_TOKEN") or environ.get("HTTP_X_STORAGE_TOKEN")
        environ["HTTP_X_IDENTITY_STATUS"] = "Invalid"
        if token:
            try:
                access = self.validate(token)
            except IdentityAway:
                start("503 Service Unavailable", [("Content-Type", "text/plain; charset=UTF-8")])
                return [_AWAY]
            if access:
                environ.update(_headers(access))
        return self.app(environ, start)

    def validate(self, token: str) -> dict[str, Any] | None:
        """What identity says of a token, None where it does not know it; raises ``IdentityAway``."""
        connection = http.client.HTTPConnection(*self.address, timeout=10)
        try:
            path = f"/v2.0/tokens/{quote(token, safe='')}"
            connection.request("GET", path, headers={"X-Auth-Token": self.admin_token})
            answer = connection.getresponse()
            body = answer.read(_LIMIT)
            if answer.status == 200:
                found: dict[str, Any] = json.loads(body)["access"]
                return found
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
            raise IdentityAway from error
        finally:
            connection.close()
        if answer.status >= 500:
            raise IdentityAway
        return None


def _headers(access: dict[str, Any]) -> Environ:
    tenant = access["token"].get("tenant") or {}
    user = access["user"]
    roles = ",".join(role["name"] for role in user.get("roles", ()))
    who = {"USER_ID": user["id"], "USER_NAME": user.get("name"), "ROLES": roles}
    for word in ("TENANT", "PROJECT"):
        who |= {f"{word}_ID": tenant.get("id"), f"{word}_NAME": tenant.get("name")}
    headers = {f"HTTP_X_{name}": value or "" for name, value in who.items()}
    return headers | {"HTTP_X_IDENTITY_STATUS": "Confirmed", "keystone.token_info": {"access": access}}


def factory(global_conf: dict[str, str], **local: str) -> Callable[[App], TokenFilter]:
    """What paste.deploy calls."""
    host, port, token = local["auth_host"], int(local["auth_port"]), local["admin_token"]
    return lambda app: TokenFilter(app, host, port, token)
