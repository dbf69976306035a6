"""Version documents and extensions: the part of identity that needs no token."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.http import Routes, crash
from harness.lab.identity import wire
from harness.lab.world import World

_DOCUMENTS = "http://docs.openstack.org/api/openstack-identity-service/2.0"
_MEDIA = "application/vnd.openstack.identity-v2.0"
_EXTENSIONS = {
    "OS-KSADM": {
        "name": "Openstack Keystone Admin",
        "namespace": "http://docs.openstack.org/identity/api/ext/OS-KSADM/v1.0",
        "alias": "OS-KSADM",
        "updated": "2011-08-19T13:25:27-06:00",
        "description": "Openstack extensions to Keystone v2.0 API enabling Admin Operations.",
        "links": [
            {"rel": "describedby", "type": "text/html", "href": "https://github.com/openstack/identity-api"}
        ],
    }
}


class Versions:
    """``/``, ``/v2.0/`` and ``/v2.0/extensions`` of one port."""

    def __init__(self, world: World, *, admin: bool) -> None:
        self.world = world
        self.admin = admin

    def add_to(self, routes: Routes) -> None:
        """Answer on this port."""
        routes.add("GET", "/", self.all)
        routes.add("GET", "/v2.0/", self.one)
        routes.add("*", "/v2.0", self.without_slash)
        routes.add("GET", "/v2.0/extensions", self.extensions)
        routes.add("GET", "/v2.0/extensions/{alias}", self.extension)

    async def all(self, request: Request) -> Response:
        """The list of versions: 300, and inside an object ``values``."""
        return wire.reply(request, {"versions": {"values": [self._version(request)]}}, 300)

    async def one(self, request: Request) -> Response:
        """The one version there is."""
        return wire.reply(request, {"version": self._version(request)})

    async def without_slash(self, request: Request) -> Response:
        """Essex trips over an empty path below the version."""
        return crash()

    async def extensions(self, request: Request) -> Response:
        """The public port has none."""
        return wire.reply(request, {"extensions": {"values": list(self._known().values())}})

    async def extension(self, request: Request) -> Response:
        """One extension by alias."""
        alias = request.path_params["alias"]
        if alias not in self._known():
            raise wire.fail(request, 404, f"Could not find: {alias}")
        return wire.reply(request, {"extension": self._known()[alias]})

    def _known(self) -> dict[str, Any]:
        described = self.world.arch.model.identity.extensions
        known = {alias: row for alias, row in _EXTENSIONS.items() if alias in described}
        return known if self.admin else {}

    def _version(self, request: Request) -> dict[str, Any]:
        """Keystone finds its own address in the catalogue and cannot answer without one."""
        row = next((end for service, end in self.world.catalogue() if service.type == "identity"), None)
        if row is None:
            raise wire.absent(request)
        links = [
            {"rel": "self", "href": (row.adminurl if self.admin else row.publicurl).rstrip("/") + "/"},
            {"rel": "describedby", "type": "text/html", "href": f"{_DOCUMENTS}/content/"},
            {
                "rel": "describedby",
                "type": "application/pdf",
                "href": f"{_DOCUMENTS}/identity-dev-guide-2.0.pdf",
            },
        ]
        media = [{"base": f"application/{kind}", "type": f"{_MEDIA}+{kind}"} for kind in ("json", "xml")]
        return {
            "id": self.world.arch.model.identity.version,
            "status": "beta",
            "updated": "2011-11-19T00:00:00Z",
            "links": links,
            "media-types": media,
        }
