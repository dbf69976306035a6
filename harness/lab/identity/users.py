"""Users on the administrators' port: life, password, enabling."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.http import Routes
from harness.lab.identity import access, wire
from harness.lab.world import User, World


class Users:
    """The handlers."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, routes: Routes) -> None:
        """Answer on the administrators' port."""
        routes.add("GET", "/v2.0/users", self.all)
        routes.add("POST", "/v2.0/users", self.create)
        routes.add("GET", "/v2.0/users/{user}", self.one)
        routes.add("PUT", "/v2.0/users/{user}", self.update)
        routes.add("DELETE", "/v2.0/users/{user}", self.delete)
        for what in ("password", "enabled", "tenant"):
            routes.add("PUT", f"/v2.0/users/{{user}}/OS-KSADM/{what}", self.update)
            routes.add("PUT", f"/v2.0/users/{{user}}/{what}", self.update)

    async def all(self, request: Request) -> Response:
        """Every user; a filter by name is ignored."""
        access.administrator(self.world, request)
        return wire.reply(request, {"users": [access.user_document(u) for u in self.world.users.values()]})

    async def create(self, request: Request) -> Response:
        """200; the answer carries the hash of the password."""
        access.administrator(self.world, request)
        data = await wire.wrapped(request, "user")
        self._free(request, data.get("name"))
        user = User(self.world.ids.hex(), data.get("name"), data.get("password"), _extra(data))
        self.world.users[user.id] = user
        self.world.secret("password", user.password)
        home = data.get("tenantId")
        if home:
            self.world.grants.setdefault((user.id, str(home)), [])
        return wire.reply(request, {"user": {**access.user_document(user), **self._hash(user)}})

    def _free(self, request: Request, name: Any, but: User | None = None) -> None:
        if name is not None and any(
            user.name == name for user in self.world.users.values() if user is not but
        ):
            raise wire.conflict(request, "user", name)

    def _hash(self, user: User) -> dict[str, str]:
        """The hash as Essex shows it, in form only: nothing ever checks it."""
        if user.password is None:
            return {}
        digest = hashlib.sha512(f"{user.id}{user.password}".encode()).digest()
        text = base64.b64encode(digest).decode().rstrip("=").replace("+", ".")
        return {"password": f"$6$rounds=40000${text[-16:]}${text}"}

    def _found(self, request: Request) -> User:
        access.administrator(self.world, request)
        key = request.path_params["user"]
        if key not in self.world.users:
            raise wire.missing(request, "user", key)
        return self.world.users[key]

    async def one(self, request: Request) -> Response:
        """One user by id."""
        return wire.reply(request, {"user": access.user_document(self._found(request))})

    async def update(self, request: Request) -> Response:
        """Changes what is sent. A new password or a disabled user ends the user's tokens."""
        user = self._found(request)
        data = await wire.wrapped(request, "user")
        self._free(request, data.get("name"), user)
        user.name = data.get("name", user.name)
        user.password = data.get("password", user.password)
        self.world.secret("password", user.password)
        user.extra.update(_extra(data))
        if "password" in data or not user.enabled:
            access.revoke_all(self.world, user.id)
        extra = {**self._hash(user), **user.extra}
        return wire.reply(request, {"user": {"id": user.id, "name": user.name, "extra": extra}})

    async def delete(self, request: Request) -> Response:
        """The user with every membership."""
        user = self._found(request)
        del self.world.users[user.id]
        self.world.grants = {key: held for key, held in self.world.grants.items() if key[0] != user.id}
        return wire.gone()


def _extra(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in ("id", "name", "password")}
