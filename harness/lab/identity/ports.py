"""The two ports of the identity service, each with the routes that it has in Essex."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from harness.lab.http import Routes, crash, text_error
from harness.lab.identity.credentials import Credentials
from harness.lab.identity.roles import Roles
from harness.lab.identity.services import Services
from harness.lab.identity.tenants import Tenants
from harness.lab.identity.tokens import Tokens
from harness.lab.identity.users import Users
from harness.lab.identity.versions import Versions
from harness.lab.world import Resource, World


def public_port(world: World, identity: ASGIApp) -> ASGIApp:
    """What everyone may ask."""
    routes = Routes(_unknown)
    Versions(world, admin=False).add_to(routes)
    Tokens(world).add_to(routes, admin=False)
    Tenants(world).add_to(routes, admin=False)
    Credentials(world).add_to(routes)
    return routes


def admin_port(world: World, identity: ASGIApp) -> ASGIApp:
    """What administrators and the other services may ask."""
    routes = Routes(_unknown)
    Versions(world, admin=True).add_to(routes)
    Tokens(world).add_to(routes, admin=True)
    Tenants(world).add_to(routes, admin=True)
    Users(world).add_to(routes)
    Roles(world).add_to(routes)
    Services(world).add_to(routes)
    Credentials(world).add_to(routes)
    _list_resources(world)
    return routes


async def _unknown(request: Request) -> Response:
    """The route-level 404; asked for XML, keystone trips while writing it."""
    return crash() if request.headers.get("accept") == "application/xml" else text_error(request, 404)


def _list_resources(world: World) -> None:
    """Tell the inventory what the identity service holds;
    tokens come and go with every request and are left out.
    """
    world.sources["tenant"] = lambda: [Resource("tenant", t.id, t.name, t.id) for t in world.tenants.values()]
    world.sources["user"] = lambda: [
        Resource("user", u.id, u.name, u.extra.get("tenantId")) for u in world.users.values()
    ]
    world.sources["role"] = lambda: [Resource("role", r.id, r.name, None) for r in world.roles.values()]
    world.sources["service"] = lambda: [
        Resource("service", s.id, s.name, None) for s in world.services.values()
    ]
    world.sources["endpoint"] = lambda: [
        Resource("endpoint", e.id, e.publicurl, None) for e in world.endpoints.values()
    ]
