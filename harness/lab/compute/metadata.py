"""Metadata of servers."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call
from harness.lab.compute.find import find_server
from harness.lab.compute.refusals import Refusal, bad, missing, over_quota
from harness.lab.compute.resources import Resources
from harness.lab.compute.state import Server, compute

_LENGTH = 255


def routes(into: Resources) -> None:
    """The routes of this file."""
    path = "servers/{server}/metadata"
    into.collection(path, index=index, create=create, show=show, update=update, delete=delete)
    into.add("PUT", path, replace, body=True)


def checked_metadata(call: Call, wanted: Any) -> dict[str, str]:
    """Metadata of a request, within the quota and of bearable length."""
    if not isinstance(wanted, dict):
        raise bad("Malformed request body")
    pairs = {str(key): str(value) for key, value in wanted.items()}
    limit = compute(call.world).quota(call.tenant)["metadata_items"]
    too_long = any(len(text) > _LENGTH for pair in pairs.items() for text in pair)
    if too_long or 0 <= limit < len(pairs):
        raise over_quota("MetadataLimitExceeded")
    if any(not key for key in pairs):
        raise bad("Metadata property key blank")
    return pairs


def _server(call: Call) -> Server:
    try:
        return find_server(call, call.parts["server"])
    except Refusal:
        raise missing("Server does not exist") from None


def _given(call: Call, name: str) -> Any:
    body = call.body
    if not isinstance(body, dict) or name not in body:
        raise bad("Malformed request body")
    return body[name]


async def index(call: Call) -> Response:
    """All metadata of a server."""
    return call.ok({"metadata": dict(_server(call).metadata)})


async def create(call: Call) -> Response:
    """Add to the metadata."""
    server = _server(call)
    server.metadata = checked_metadata(
        call, {**server.metadata, **checked_metadata(call, _given(call, "metadata"))}
    )
    return call.ok({"metadata": dict(server.metadata)})


async def replace(call: Call) -> Response:
    """Replace all metadata."""
    server = _server(call)
    server.metadata = checked_metadata(call, _given(call, "metadata"))
    return call.ok({"metadata": dict(server.metadata)})


async def show(call: Call) -> Response:
    """One item."""
    return call.ok({"meta": {call.parts["id"]: _item(call)}})


async def update(call: Call) -> Response:
    """Set one item, which must be the one that the URL names."""
    server, pair = _server(call), checked_metadata(call, _given(call, "meta"))
    if call.parts["id"] not in pair:
        raise bad("Request body and URI mismatch")
    if len(pair) > 1:
        raise bad("Request body contains too many items")
    server.metadata = checked_metadata(call, {**server.metadata, **pair})
    return call.ok({"meta": pair})


async def delete(call: Call) -> Response:
    """Remove one item."""
    _item(call)
    del _server(call).metadata[call.parts["id"]]
    return call.empty(204)


def _item(call: Call) -> str:
    metadata, key = _server(call).metadata, call.parts["id"]
    if key not in metadata:
        raise missing("Metadata item was not found")
    return metadata[key]
