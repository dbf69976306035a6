"""Rebuilding and resizing servers."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call, Handler, bare, with_id
from harness.lab.compute.create import server_name
from harness.lab.compute.find import find_server
from harness.lab.compute.images import visible
from harness.lab.compute.metadata import checked_metadata
from harness.lab.compute.refusals import Refusal, bad
from harness.lab.compute.scheduler import engine
from harness.lab.compute.state import Server, compute
from harness.lab.compute.views import server_view
from harness.lab.http import json_answer


def _argument(call: Call, name: str) -> dict[str, Any]:
    given = call.body.get(name)
    return given if isinstance(given, dict) else {}


async def _rebuild(call: Call) -> Response:
    given = _argument(call, "rebuild")
    image_id = str(given.get("imageRef") or "").rpartition("/")[2]
    if not image_id:
        raise bad("Could not parse imageRef from request.")
    image = visible(call.world, call.context, image_id)
    if image is None:
        raise bad("Invalid imageRef provided.")
    server = find_server(call, call.parts["id"])
    _idle(server, "rebuild")
    server.name = server_name(given) if "name" in given else server.name
    if "metadata" in given:
        server.metadata = checked_metadata(call, given["metadata"])
    server.image_id = image.id
    server.admin_pass = str(given.get("adminPass") or call.world.ids.text(12))
    engine(call.world).begin(server, "compute.rebuild")
    view = {**server_view(call, server, extended=False), "adminPass": server.admin_pass}
    location = ("Location", call.link(f"servers/{server.id}"))
    return with_id(call.request_id, json_answer({"server": view}, 202), [location])


async def _resize(call: Call) -> Response:
    wanted = _argument(call, "resize").get("flavorRef")
    if not wanted:
        raise bad("Resize requires 'flavorRef' attribute.")
    server = find_server(call, call.parts["id"])
    flavor = compute(call.world).flavors.get(str(wanted).rpartition("/")[2])
    if flavor is None:
        raise bad("Unable to locate requested flavor.")
    if flavor.id == server.flavor.id:
        raise bad("Resize requires a change in size.")
    _idle(server, "resize")
    server.wanted_flavor = flavor
    engine(call.world).begin(server, "compute.resize")
    return bare(202)


async def _confirm(call: Call) -> Response:
    _verified(call, "confirmResize", "compute.confirm_resize")
    return bare(204)


async def _revert(call: Call) -> Response:
    _verified(call, "revertResize", "compute.revert_resize")
    return bare(202)


def _verified(call: Call, name: str, machine: str) -> None:
    server = find_server(call, call.parts["id"])
    if server.task_state != "resize_verify":
        raise Refusal(409, f"Instance is in an invalid state for '{name}'")
    engine(call.world).begin(server, machine)


def _idle(server: Server, name: str) -> None:
    for attribute, good in (
        ("vm_state", server.vm_state == "active"),
        ("task_state", server.task_state is None),
    ):
        if not good:
            raise Refusal(
                409, f"Cannot '{name}' while instance is in {attribute} {getattr(server, attribute)}"
            )


ACTIONS: dict[str, Handler] = {
    "rebuild": _rebuild, "resize": _resize, "confirmResize": _confirm, "revertResize": _revert,
}  # fmt: skip
