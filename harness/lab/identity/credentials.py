"""EC2 credentials: a user's own, on both ports."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.http import Routes
from harness.lab.identity import access, wire
from harness.lab.world import World

_PATH = "/v2.0/users/{user}/credentials/OS-EC2"


class Credentials:
    """The handlers."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, routes: Routes) -> None:
        """Answer on one port."""
        routes.add("GET", _PATH, self.all)
        routes.add("POST", _PATH, self.create)
        routes.add("GET", _PATH + "/{access}", self.one)
        routes.add("DELETE", _PATH + "/{access}", self.delete)

    def _owner(self, request: Request) -> str:
        """The user of the path: the caller, or anyone for an administrator."""
        user = str(request.path_params["user"])
        sent = request.headers.get("x-auth-token", "")
        if self.world.admin_token and sent == self.world.admin_token:
            return user
        token = access.caller(self.world, request)
        administers = "admin" in {role.name.lower() for role in token.roles}
        if token.user_id != user and not administers:
            raise wire.forbidden(request)
        return user

    async def all(self, request: Request) -> Response:
        """The user's credentials."""
        user = self._owner(request)
        rows = [row for row in self.world.ec2_credentials.values() if row["user_id"] == user]
        return wire.reply(request, {"credentials": rows})

    async def create(self, request: Request) -> Response:
        """A pair of access key and secret for one tenant."""
        user = self._owner(request)
        tenant = str((await wire.parameters(request)).get("tenant_id"))
        if tenant not in self.world.tenants:
            raise wire.missing(request, "tenant", tenant)
        row = {
            "access": self.world.ids.hex(),
            "tenant_id": tenant,
            "secret": self.world.ids.hex(),
            "user_id": user,
        }
        self.world.secret("ec2 secret", row["secret"])
        self.world.ec2_credentials[row["access"]] = row
        return wire.reply(request, {"credential": row})

    def _found(self, request: Request) -> dict[str, str]:
        user, key = self._owner(request), request.path_params["access"]
        row = self.world.ec2_credentials.get(key)
        if row is None or row["user_id"] != user:
            raise wire.missing(request, "credential", key)
        return row

    async def one(self, request: Request) -> Response:
        """One pair by its access key."""
        return wire.reply(request, {"credential": self._found(request)})

    async def delete(self, request: Request) -> Response:
        """The pair is gone."""
        del self.world.ec2_credentials[self._found(request)["access"]]
        return wire.gone()
