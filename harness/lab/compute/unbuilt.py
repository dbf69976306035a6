"""Parts of nova 2012.1 that the lab does not build: they answer 501, so that nobody takes them for absent."""

from __future__ import annotations

from starlette.responses import Response

from harness.lab.compute.call import Call
from harness.lab.compute.refusals import Refusal
from harness.lab.compute.resources import Resources

_ROUTES = (
    "servers/{server}/consoles",
    "servers/{server}/consoles/{rest:path}",
    "os-floating-ip-dns/{rest:path}",
    "os-networks/{id}/action",
    "images/{id}/metadata/{key}",
    "os-volume-types/{id}/extra_specs",
    "os-volume-types/{id}/extra_specs/{key}",
    "os-hosts/{id}/{action}",
)


def routes(into: Resources) -> None:
    """The routes of this file; added last, so that whatever is built goes first."""
    for path in _ROUTES:
        into.add("*", path, unbuilt)


async def unbuilt(call: Call) -> Response:
    """Say so."""
    raise Refusal(501, "The lab does not build this part of nova.")
