"""Nova put together."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp

from harness.lab.compute import (
    actions,
    aggregates,
    certificates,
    extensions,
    extras,
    flavors,
    floating,
    groups,
    hosts,
    images,
    keypairs,
    limits,
    metadata,
    servers,
    unbuilt,
    usage,
)
from harness.lab.compute.resources import Endings, Resources
from harness.lab.compute.scheduler import engine
from harness.lab.compute.setup import set_up
from harness.lab.compute.state import compute, live
from harness.lab.compute.versions import COMPUTE, Front, Root
from harness.lab.guests.state import guests
from harness.lab.http import Guard
from harness.lab.volume import on_compute
from harness.lab.world import Resource, World

_VERSIONS = ("v2", "v1.1")
_FILES = (
    actions,
    aggregates,
    certificates,
    extensions,
    extras,
    flavors,
    floating,
    groups,
    hosts,
    images,
    keypairs,
    limits,
    metadata,
    servers,
    usage,
    on_compute,
    unbuilt,
)


def build(world: World, identity: ASGIApp) -> ASGIApp:
    """The app of port 8774."""
    set_up(world)
    engine(world)
    guests(world)
    world.settling.append(lambda: engine(world).advance(world.servers.values()))
    _register(world)
    apps: dict[str, ASGIApp] = {}
    for version in _VERSIONS:
        resources = Resources(world, version)
        for file in _FILES:
            file.routes(resources)
        root = Root(world, COMPUTE, Endings(resources))
        apps[version] = Guard(limits.Limited(root, world), world, identity)
    return Front(COMPUTE, apps)


def _register(world: World) -> None:
    def servers_of() -> Iterable[Resource]:
        engine(world).advance(world.servers.values())
        return [Resource("server", row.id, row.name, row.tenant_id) for row in live(world)]

    def keypairs_of() -> Iterable[Resource]:
        return [
            Resource("keypair", f"{row.user_id}/{row.name}", row.name, None)
            for row in world.keypairs.values()
        ]

    def groups_of() -> Iterable[Resource]:
        rows = compute(world).groups.values()
        return [
            Resource("group", str(row.id), row.name, row.tenant_id) for row in rows if row.name != "default"
        ]

    def addresses_of() -> Iterable[Resource]:
        rows = compute(world).floating.values()
        return [Resource("address", str(row.id), row.address, row.tenant_id) for row in rows if row.tenant_id]

    world.sources.update(server=servers_of, keypair=keypairs_of, group=groups_of, address=addresses_of)


builders = {"nova": build}
