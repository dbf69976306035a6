"""The front of nova and of nova-volume: version documents, and which path belongs to which version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.lab.compute.call import with_id
from harness.lab.compute.resources import wants_xml
from harness.lab.http import Routes, answer, json_answer
from harness.lab.world import World

_XML = "<?xml version='1.0' encoding='UTF-8'?>\n"
_ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns="http://docs.openstack.org/common/api/v1.0"'


@dataclass(frozen=True)
class Version:
    """The one version that a service tells of; ``described_by`` are (URL, media type)."""

    id: str
    prefix: str
    updated: str
    media: str
    described_by: tuple[tuple[str, str], ...]

    def media_types(self) -> list[dict[str, str]]:
        """The two formats that the service claims."""
        return [
            {"base": f"application/{kind}", "type": self.media.format(kind=kind)} for kind in ("xml", "json")
        ]

    def listing(self, host: str) -> dict[str, Any]:
        """The document at ``/``."""
        link = {"href": f"{host}/{self.prefix}/", "rel": "self"}
        row = {"status": "CURRENT", "updated": self.updated, "id": self.id, "links": [link]}
        return {"versions": [row]}

    def choices(self, host: str, path: str) -> dict[str, Any]:
        """What an unknown version gets: 300 with the path pasted behind the known one."""
        link = {"href": f"{host}/{self.prefix}/{path.strip('/')}", "rel": "self"}
        row = {
            "status": "CURRENT", "media-types": self.media_types(), "id": self.id, "links": [link],
        }  # fmt: skip
        return {"choices": [row]}

    def document(self, host: str, prefix: str) -> dict[str, Any]:
        """The document at ``/v2/``, for those with a token."""
        about = [{"href": url, "type": kind, "rel": "describedby"} for url, kind in self.described_by]
        row = {
            "status": "CURRENT", "updated": self.updated, "media-types": self.media_types(), "id": self.id,
            "links": [{"href": f"{host}/{prefix}/", "rel": "self"}, *about],
        }  # fmt: skip
        return {"version": row}


COMPUTE = Version(
    id="v2.0",
    prefix="v2",
    updated="2011-01-21T11:33:21Z",
    media="application/vnd.openstack.compute+{kind};version=2",
    described_by=(
        (
            "http://docs.openstack.org/api/openstack-compute/1.1/os-compute-devguide-1.1.pdf",
            "application/pdf",
        ),
        (
            "http://docs.openstack.org/api/openstack-compute/1.1/wadl/os-compute-1.1.wadl",
            "application/vnd.sun.wadl+xml",
        ),
    ),
)
VOLUME = Version(
    id="v1.0",
    prefix="v1",
    updated="2012-01-04T11:33:21Z",
    media="application/vnd.openstack.volume+{kind};version=1",
    described_by=(
        ("http://jorgew.github.com/block-storage-api/content/os-block-storage-1.0.pdf", "application/pdf"),
        ("http://docs.rackspacecloud.com/servers/api/v1.1/application.wadl", "application/vnd.sun.wadl+xml"),
    ),
)


class Front:
    """Sends ``/v2/…`` to the app of that version and answers everything else with version documents."""

    def __init__(self, version: Version, apps: Mapping[str, ASGIApp]) -> None:
        self.version = version
        self.apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] != "http":
            await Routes()(scope, receive, send)
            return
        prefix, slash, rest = scope["path"].lstrip("/").partition("/")
        if prefix in self.apps:
            inner = {**scope, "path": slash + rest, "version": prefix, "whole": scope["path"]}
            await self.apps[prefix](inner, receive, send)
            return
        await self._versions(Request(scope, receive))(scope, receive, send)

    def _versions(self, request: Request) -> Response:
        host, path = _host(request), request.url.path
        if path.strip("/"):
            return json_answer(self.version.choices(host, path), 300)
        if wants_xml(request):
            return answer(200, _listing_xml(self.version, host), [("Content-Type", "application/xml")])
        return json_answer(self.version.listing(host))


class Root:
    """Behind the token check: the version's own document, or its resources."""

    def __init__(self, world: World, version: Version, resources: ASGIApp) -> None:
        self.world = world
        self.version = version
        self.resources = resources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        host, prefix = _host(Request(scope, receive)), scope["version"]
        if scope["path"] == "":
            headers = [("Content-Type", "text/plain; charset=utf8"), ("Location", f"{host}/{prefix}/")]
            await answer(302, b"", headers)(scope, receive, send)
        elif scope["path"] == "/":
            found = json_answer(self.version.document(host, prefix))
            await with_id(f"req-{self.world.ids.uuid()}", found)(scope, receive, send)
        else:
            await self.resources(scope, receive, send)


def _host(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}"


def _listing_xml(version: Version, host: str) -> str:
    link = f'<atom:link href={quoteattr(f"{host}/{version.prefix}/")} rel="self"/>'
    row = f'<version status="CURRENT" updated="{version.updated}" id="{version.id}">{link}</version>'
    return f"{_XML}<versions {_ATOM}>{row}</versions>"
