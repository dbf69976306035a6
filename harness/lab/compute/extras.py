"""Corners of the API that are there but of little use: accounts, users, cloudpipe."""

from __future__ import annotations

from starlette.responses import Response

from harness.lab.compute.call import Call
from harness.lab.compute.refusals import Refusal
from harness.lab.compute.resources import Resources


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("accounts", index=accounts)
    into.collection("users", index=users)
    into.collection("os-cloudpipe", index=cloudpipes)


async def accounts(call: Call) -> Response:
    """Nova's own accounts, of which no authentication with keystone knows."""
    raise Refusal(501)


async def users(call: Call) -> Response:
    """Nova's own users, of which there are none with keystone."""
    call.require_admin("users")
    return call.ok({"users": []})


async def cloudpipes(call: Call) -> Response:
    """VPN servers of tenants."""
    call.require_admin("cloudpipe")
    return call.ok({"cloudpipes": []})
