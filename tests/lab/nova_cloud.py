"""A described cloud in this process, for the tests of compute and volumes."""

import asyncio
import functools
from typing import Any

import httpx

from harness.arch import Architecture, load
from harness.lab.apps import apps
from harness.lab.building import build_world
from harness.lab.compute.state import compute
from harness.lab.faults import Bench, Toggles
from harness.lab.identity.access import issue
from harness.lab.world import Role, Tenant, User

LATER = 5.0
"""Seconds in which every state machine comes to its end."""


@functools.cache
def described(sets: tuple[str, ...]) -> Architecture:
    """The architecture of these tests; nobody changes it."""
    return load("essex/six-node", sets=list(sets))


class Cloud:
    """Nova, nova-volume and identity over one world, asked as an administrator or as one of two tenants."""

    def __init__(self, *sets: str, address: str = "127.0.0.1", seed: int = 7) -> None:
        self.arch = described(sets)
        addresses = dict.fromkeys(self.arch.model.nodes, address)
        self.world = build_world(self.arch, addresses, admin_password="secrete", seed=seed)
        self.bench = Bench(self.world)
        self.toggles = Toggles(self.bench)
        self.apps = apps(self.world, self.bench)
        self.tenants = {name: self._account(name) for name in ("one", "two", "boss")}
        self.tokens = {name: self._login(name) for name in self.tenants}

    def _account(self, name: str) -> str:
        world, role = self.world, "admin" if name == "boss" else "Member"
        tenant, user = Tenant(world.ids.hex(), name), User(world.ids.hex(), name, "secrete")
        held = next((row for row in world.roles.values() if row.name == role), None) or Role(
            world.ids.hex(), role
        )
        world.roles[held.id] = held
        world.tenants[tenant.id], world.users[user.id] = tenant, user
        world.grants[(user.id, tenant.id)] = [held.id]
        return tenant.id

    def _login(self, name: str) -> str:
        user = next(user for user in self.world.users.values() if user.name == name)
        return issue(self.world, user, self.world.tenants[self.tenants[name]]).id

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: str | None = "one",
        app: str = "nova",
        headers: dict[str, str] | None = None,
        of: str | None = None,
    ) -> httpx.Response:
        """One exchange; ``path`` goes under version and tenant unless it starts with a slash."""
        prefix = {"nova": "v2", "nova-volume": "v1"}[app]
        url = path if path.startswith("/") else f"/{prefix}/{self.tenants[of or who or 'one']}/{path}"
        sent = {"X-Auth-Token": self.tokens[who]} if who else {}
        return asyncio.run(self.send(app, method, url, body, {**sent, **(headers or {})}))

    async def send(
        self, app: str, method: str, url: str, body: Any, headers: dict[str, str]
    ) -> httpx.Response:
        """One exchange with one of the apps."""
        transport = httpx.ASGITransport(app=self.apps[app])
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8774") as client:
            return await client.request(method, url, json=body, headers=headers)

    def later(self, seconds: float = LATER) -> None:
        """Let time pass."""
        self.world.clock.ahead += seconds

    @property
    def image(self) -> str:
        """The id of an image that can be booted."""
        images = self.world.images.values()
        return next(row.id for row in images if row.disk_format in ("ami", "qcow2", "raw"))

    @property
    def flavor(self) -> str:
        """The id of the smallest flavor."""
        return min(compute(self.world).flavors.values(), key=lambda row: row.ram).id

    def boot(self, who: str = "one", **more: Any) -> httpx.Response:
        """A server that was asked for; the answer."""
        wanted = {"name": "s", "imageRef": self.image, "flavorRef": self.flavor, **more}
        return self.ask("POST", "servers", {"server": wanted}, who=who)

    def booted(self, who: str = "one", **more: Any) -> str:
        """The id of a server that has had time to start."""
        server = self.boot(who, **more).json()["server"]["id"]
        self.later()
        return server

    def show(self, server: str, who: str = "one") -> dict[str, Any]:
        """A server as it is shown."""
        return self.ask("GET", f"servers/{server}", who=who).json()["server"]

    def act(self, server: str, who: str = "one", **action: Any) -> httpx.Response:
        """An action on a server."""
        return self.ask("POST", f"servers/{server}/action", action, who=who)


def states(server: dict[str, Any]) -> tuple[str, str, str | None]:
    """Status, vm_state and task_state."""
    return server["status"], server["OS-EXT-STS:vm_state"], server["OS-EXT-STS:task_state"]
