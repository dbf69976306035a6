"""Tenants: the caller's own on the public port, all of them on the administrators' port."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.http import Routes
from harness.lab.identity import access, wire
from harness.lab.world import Tenant, World


class Tenants:
    """The handlers of both ports."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, routes: Routes, *, admin: bool) -> None:
        """Answer on one port."""
        if not admin:
            routes.add("GET", "/v2.0/tenants", self.own)
            return
        routes.add("GET", "/v2.0/tenants", self.all)
        routes.add("POST", "/v2.0/tenants", self.create)
        routes.add("GET", "/v2.0/tenants/{tenant}", self.one)
        routes.add("POST", "/v2.0/tenants/{tenant}", self.update)
        routes.add("DELETE", "/v2.0/tenants/{tenant}", self.delete)
        routes.add("GET", "/v2.0/tenants/{tenant}/users", self.users)

    async def own(self, request: Request) -> Response:
        """The tenants that the caller belongs to; an unscoped token will do. In order of joining."""
        token = access.caller(self.world, request)
        held = [tenant for user, tenant in self.world.grants if user == token.user_id]
        return self._page(request, [self.world.tenants[key] for key in held if key in self.world.tenants])

    async def all(self, request: Request) -> Response:
        """Every tenant; a filter by name is ignored."""
        access.administrator(self.world, request)
        return self._page(request, list(self.world.tenants.values()))

    def _page(self, request: Request, tenants: list[Tenant]) -> Response:
        marker, limit = request.query_params.get("marker"), request.query_params.get("limit")
        if marker is not None:
            at = next((n for n, tenant in enumerate(tenants) if tenant.id == marker), None)
            if at is None:
                raise wire.fail(request, 400, "Marker could not be found")
            tenants = tenants[at + 1 :]
        if limit is not None:
            if not limit.isdigit():
                raise wire.fail(request, 400, "Invalid limit value")
            tenants = tenants[: int(limit)]
        listed = [access.tenant_document(tenant) for tenant in tenants]
        return wire.reply(request, {"tenants_links": [], "tenants": listed})

    async def create(self, request: Request) -> Response:
        """200, even without a name."""
        access.administrator(self.world, request)
        data = await wire.wrapped(request, "tenant")
        name = data.get("name")
        self._free(request, name)
        tenant = Tenant(self.world.ids.hex(), name, _extra(data))
        self.world.tenants[tenant.id] = tenant
        return wire.reply(request, {"tenant": access.tenant_document(tenant)})

    def _free(self, request: Request, name: Any, but: Tenant | None = None) -> None:
        if name is not None and any(t.name == name for t in self.world.tenants.values() if t is not but):
            raise wire.conflict(request, "tenant", name)

    def _found(self, request: Request) -> Tenant:
        access.administrator(self.world, request)
        key = request.path_params["tenant"]
        if key not in self.world.tenants:
            raise wire.missing(request, "tenant", key)
        return self.world.tenants[key]

    async def one(self, request: Request) -> Response:
        """One tenant by id."""
        return wire.reply(request, {"tenant": access.tenant_document(self._found(request))})

    async def update(self, request: Request) -> Response:
        """Changes what is sent; the answer nests everything but id and name under ``extra``."""
        tenant = self._found(request)
        data = await wire.wrapped(request, "tenant")
        self._free(request, data.get("name"), tenant)
        tenant.name = data.get("name", tenant.name)
        tenant.extra.update(_extra(data))
        return wire.reply(request, {"tenant": {"id": tenant.id, "name": tenant.name, "extra": tenant.extra}})

    async def delete(self, request: Request) -> Response:
        """The tenant with every membership in it."""
        tenant = self._found(request)
        del self.world.tenants[tenant.id]
        self.world.grants = {key: held for key, held in self.world.grants.items() if key[1] != tenant.id}
        return wire.gone()

    async def users(self, request: Request) -> Response:
        """The users that belong to a tenant."""
        tenant = self._found(request)
        members = [user for user, held in self.world.grants if held == tenant.id]
        known = [self.world.users[key] for key in members if key in self.world.users]
        return wire.reply(request, {"users": [access.user_document(user) for user in known]})


def _extra(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in ("id", "name")}
