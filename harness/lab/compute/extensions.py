"""The listing of API extensions."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call
from harness.lab.compute.extension_rows import EXTENSIONS
from harness.lab.compute.refusals import missing
from harness.lab.compute.resources import Resources

_BASE = "http://docs.openstack.org/"


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("extensions", index=index, show=show)


def _view(row: tuple[str, str, str, str, str]) -> dict[str, Any]:
    alias, name, namespace, updated, description = row
    return {
        "updated": updated, "name": name, "links": [], "namespace": _BASE + namespace, "alias": alias,
        "description": description,
    }  # fmt: skip


async def index(call: Call) -> Response:
    """All extensions."""
    return call.ok({"extensions": [_view(row) for row in EXTENSIONS]})


async def show(call: Call) -> Response:
    """One extension by alias."""
    row = next((row for row in EXTENSIONS if row[0] == call.parts["id"]), None)
    if row is None:
        raise missing()
    return call.ok({"extension": _view(row)})
