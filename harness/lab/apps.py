"""From a world to one ASGI app a component, each behind the seam where faults take hold."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from harness.lab.control import control_app
from harness.lab.faults import Bench, Seam, Toggles
from harness.lab.holding import Hold, Holding
from harness.lab.http.dated import Dated
from harness.lab.world import World

Builder = Callable[[World, ASGIApp], ASGIApp]
"""``build(world, identity)``: ``identity`` is identity's admin port, where tokens are validated."""

_SERVICES = {
    "keystone": "harness.lab.identity",
    "keystone-admin": "harness.lab.identity",
    "glance": "harness.lab.images",
    "glance-registry": "harness.lab.images",
    "nova": "harness.lab.compute",
    "nova-volume": "harness.lab.volume",
}


def apps(world: World, bench: Bench | None = None) -> dict[str, ASGIApp]:
    """Component → app: keystone, keystone-admin, glance, glance-registry, nova,
    nova-volume, and ``control`` for ``/_lab/``.

    Each service's package has a ``builders: dict[component, Builder]``.
    """
    bench, hold = bench or Bench(world), Hold()
    made: dict[str, ASGIApp] = {}
    for component, package in _SERVICES.items():
        build: Builder = importlib.import_module(package).builders[component]
        seam = Seam(build(world, _Later(made, "keystone-admin")), component, bench.rules)
        made[component] = Holding(Dated(seam, world.clock), hold)
    made["control"] = control_app(world, Toggles(bench), hold)
    return made


class _Later:
    """An app that is made later, by name."""

    def __init__(self, made: dict[str, ASGIApp], component: str) -> None:
        self.made = made
        self.component = component

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.made[self.component](scope, receive, send)
