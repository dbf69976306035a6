"""Roles and who holds them, on the administrators' port."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.http import Routes, crash
from harness.lab.identity import access, wire
from harness.lab.world import Role, World

_GRANT = "/v2.0/tenants/{tenant}/users/{user}/roles/OS-KSADM/{role}"


class Roles:
    """The handlers."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, routes: Routes) -> None:
        """Answer on the administrators' port."""
        routes.add("GET", "/v2.0/OS-KSADM/roles", self.all)
        routes.add("POST", "/v2.0/OS-KSADM/roles", self.create)
        routes.add("GET", "/v2.0/OS-KSADM/roles/{role}", self.one)
        routes.add("DELETE", "/v2.0/OS-KSADM/roles/{role}", self.delete)
        routes.add("GET", "/v2.0/tenants/{tenant}/users/{user}/roles", self.held)
        routes.add("PUT", _GRANT, self.grant)
        routes.add("DELETE", _GRANT, self.ungrant)
        routes.add("GET", "/v2.0/users/{user}/roles", self.everywhere)
        routes.add("GET", "/v2.0/users/{user}/roleRefs", self.references)

    async def all(self, request: Request) -> Response:
        """Every role."""
        access.administrator(self.world, request)
        return wire.reply(request, {"roles": [_document(role) for role in self.world.roles.values()]})

    async def create(self, request: Request) -> Response:
        """A role; its name is free or it is a conflict."""
        access.administrator(self.world, request)
        name = (await wire.wrapped(request, "role")).get("name")
        if any(role.name == name for role in self.world.roles.values()):
            raise wire.conflict(request, "role", name)
        role = Role(self.world.ids.hex(), str(name))
        self.world.roles[role.id] = role
        return wire.reply(request, {"role": _document(role)})

    def _found(self, request: Request) -> Role:
        access.administrator(self.world, request)
        key = request.path_params["role"]
        if key not in self.world.roles:
            raise wire.missing(request, "role", key)
        return self.world.roles[key]

    async def one(self, request: Request) -> Response:
        """One role by id."""
        return wire.reply(request, {"role": _document(self._found(request))})

    async def delete(self, request: Request) -> Response:
        """The role, for everyone who holds it."""
        role = self._found(request)
        del self.world.roles[role.id]
        return wire.gone()

    async def held(self, request: Request) -> Response:
        """The roles of a user in a tenant."""
        access.administrator(self.world, request)
        roles = self.world.roles_of(request.path_params["user"], request.path_params["tenant"])
        return wire.reply(request, {"roles": [_document(role) for role in roles]})

    async def grant(self, request: Request) -> Response:
        """Twice is once; the user belongs to the tenant from now on."""
        role = self._found(request)
        user, tenant = request.path_params["user"], request.path_params["tenant"]
        if user not in self.world.users:
            raise wire.missing(request, "user", user)
        if tenant not in self.world.tenants:
            raise wire.missing(request, "tenant", tenant)
        held = self.world.grants.setdefault((user, tenant), [])
        if role.id not in held:
            held.append(role.id)
        return wire.reply(request, {"role": _document(role)})

    async def ungrant(self, request: Request) -> Response:
        """With the last role the user leaves the tenant."""
        role = self._found(request)
        key = request.path_params["user"], request.path_params["tenant"]
        held = self.world.grants.get(key, [])
        if role.id not in held:
            raise wire.missing(request, "role", role.id)
        held.remove(role.id)
        if not held:
            del self.world.grants[key]
        return wire.gone()

    async def everywhere(self, request: Request) -> Response:
        """Roles without a tenant were never finished in Essex."""
        access.administrator(self.world, request)
        return crash()

    async def references(self, request: Request) -> Response:
        """The older spelling of grants."""
        access.administrator(self.world, request)
        user = request.path_params["user"]
        rows = [(t, role) for (u, t), held in self.world.grants.items() if u == user for role in held]
        return wire.reply(request, {"roles": [_reference(user, tenant, role) for tenant, role in rows]})


def _document(role: Role) -> dict[str, Any]:
    return {"id": role.id, "name": role.name}


def _reference(user: str, tenant: str, role: str) -> dict[str, str]:
    key = f"roleId={role}&userId={user}&tenantId={tenant}"
    return {"roleId": role, "userId": user, "id": key, "tenantId": tenant}
