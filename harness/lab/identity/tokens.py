"""``/tokens``: issuing, exchanging, validating and revoking."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.http import Routes
from harness.lab.identity import access, wire
from harness.lab.world import Tenant, Token, User, World

_NOT_ITERABLE = "argument of type 'NoneType' is not iterable"


class Tokens:
    """The handlers of both ports; validation stands on the administrators' port only."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, routes: Routes, *, admin: bool) -> None:
        """Answer on one port."""
        routes.add("POST", "/v2.0/tokens", self.authenticate)
        if admin:
            routes.add("GET", "/v2.0/tokens/{token}", self.validate)
            routes.add("HEAD", "/v2.0/tokens/{token}", self.check)
            routes.add("DELETE", "/v2.0/tokens/{token}", self.revoke)
            routes.add("GET", "/v2.0/tokens/{token}/endpoints", self.endpoints)

    async def authenticate(self, request: Request) -> Response:
        """A token for a password, or for another token."""
        auth = (await wire.parameters(request)).get("auth")
        if not isinstance(auth, dict):
            raise wire.unexpected(request, _NOT_ITERABLE)
        credentials, old = auth.get("passwordCredentials"), auth.get("token")
        if isinstance(credentials, dict):
            user, expires = self._by_password(request, credentials), None
        elif isinstance(old, dict):
            user, expires = self._by_token(request, old)
        else:
            raise wire.unexpected(request, "local variable 'token_ref' referenced before assignment")
        tenant = self._tenant(request, auth, user)
        if not user.enabled or (tenant is not None and not tenant.enabled):
            raise wire.unauthorized(request)
        token = access.issue(self.world, user, tenant, expires)
        return wire.reply(request, access.access(token, access.catalogue(self.world, token)))

    def _by_password(self, request: Request, credentials: dict[str, Any]) -> User:
        name, key = credentials.get("username"), credentials.get("userId")
        users = self.world.users
        user = next((each for each in users.values() if name and each.name == name), users.get(str(key)))
        password = credentials.get("password")
        if user is None or user.password is None or user.password != password:
            raise wire.fail(request, 401, "Invalid user / password")
        return user

    def _by_token(self, request: Request, old: dict[str, Any]) -> tuple[User, datetime]:
        found = self.world.token(str(old.get("id")))
        user = self.world.users.get(found.user_id) if found else None
        if found is None or user is None:
            raise wire.unauthorized(request)
        return user, found.expires

    def _tenant(self, request: Request, auth: dict[str, Any], user: User) -> Tenant | None:
        """The tenant asked for. An unknown name is not an error: the token is then unscoped."""
        name = auth.get("tenantName")
        named = next((each for each in self.world.tenants.values() if name and each.name == name), None)
        key = named.id if named else auth.get("tenantId")
        if not key:
            return None
        if (user.id, str(key)) not in self.world.grants:
            raise wire.fail(request, 401, "Invalid tenant")
        return self.world.tenants[str(key)]

    async def validate(self, request: Request) -> Response:
        """The document about a token; with ``belongsTo`` it has the catalogue too."""
        token = self._found(request)
        tenant = request.query_params.get("belongsTo")
        shown = access.catalogue(self.world, token) if tenant else None
        return wire.reply(request, access.access(token, shown))

    async def check(self, request: Request) -> Response:
        """The same without a body."""
        self._found(request)
        return wire.empty()

    def _found(self, request: Request) -> Token:
        access.administrator(self.world, request)
        key = request.path_params["token"]
        token = self.world.token(key)
        if token is None:
            raise wire.missing(request, "token", key)
        tenant = request.query_params.get("belongsTo")
        if tenant is not None and token.tenant_id != tenant:
            raise wire.unexpected(request)
        return token

    async def revoke(self, request: Request) -> Response:
        """The token ends now."""
        access.administrator(self.world, request)
        key = request.path_params["token"]
        if self.world.tokens.pop(key, None) is None:
            raise wire.missing(request, "token", key)
        return wire.gone()

    async def endpoints(self, request: Request) -> Response:
        """Never implemented in Essex."""
        access.administrator(self.world, request)
        raise wire.absent(request)
