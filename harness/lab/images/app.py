"""The image service put together: version negotiation in front, the token guard, then the resources."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.lab.http import Guard, Routes, crash, json_answer
from harness.lab.images.changes import Changes
from harness.lab.images.members import Members
from harness.lab.images.reading import Reading
from harness.lab.world import Resource, World

_ACCEPT = re.compile(r"application/vnd\.openstack\.images-v(\d+(?:\.\d+)?)")
_SPOKEN = ("1", "1.0")


def image_api(world: World, identity: ASGIApp) -> ASGIApp:
    """The whole service."""
    routes = Routes()
    routes.add("*", "", _without_slash)
    reading = Reading(world)
    reading.add_to(routes)
    Changes(world, reading).add_to(routes)
    Members(world, reading).add_to(routes)
    world.sources["image"] = lambda: [
        Resource("image", i.id, i.name, i.owner) for i in world.images.values() if not i.deleted
    ]
    return Negotiation(Guard(routes, world, identity), world)


def registry(world: World, identity: ASGIApp) -> ASGIApp:
    """The registry behind the API, for those who ask it themselves: the lists only."""
    routes = Routes()
    reading = Reading(world)
    routes.add("GET", "/images", reading.index)
    routes.add("GET", "/images/detail", reading.detail)
    return Guard(routes, world, identity)


async def _without_slash(request: Request) -> Response:
    """``/v1`` alone makes Essex's router trip."""
    return crash()


class Negotiation:
    """Finds the version by path or Accept; everything else gets the list of versions, without a token."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        rest = _below_version(request)
        if rest is None:
            await self.versions(request)(scope, receive, send)
            return
        await self.app({**scope, "path": rest}, receive, send)

    def versions(self, request: Request) -> Response:
        """300 with both names of the one version; the first is what the description says."""
        href = f"http://{request.headers.get('host', '')}/v1/"
        current = self.world.arch.model.catalogue["image"].version
        rows = [("CURRENT", current), ("SUPPORTED", "v1.0")]
        links = [{"href": href, "rel": "self"}]
        listed = [{"status": status, "id": version, "links": links} for status, version in rows]
        return json_answer({"versions": listed}, 300)


def _below_version(request: Request) -> str | None:
    """The path below the version, or None where no version that is spoken here was asked for."""
    path = request.scope["path"]
    first, slash, rest = path.lstrip("/").partition("/")
    if first in {f"v{version}" for version in _SPOKEN}:
        return f"{slash}{rest}"
    asked = _ACCEPT.search(request.headers.get("accept", ""))
    return str(path) if asked and asked[1] in _SPOKEN and first != "versions" else None
