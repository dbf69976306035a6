"""Volumes as the compute API shows them (8774): ids are numbers,
names in camel case; and their attachments.
"""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from harness.lab.compute import create as servers
from harness.lab.compute.call import Call, bare
from harness.lab.compute.find import find_server
from harness.lab.compute.refusals import Refusal, bad, missing
from harness.lab.compute.resources import Resources
from harness.lab.compute.views import row_stamp
from harness.lab.volume import work
from harness.lab.volume.handlers import SNAPSHOTS, VOLUMES, Handlers, index_types, show_type
from harness.lab.volume.state import Snapshot, Volume, VolumeType, store, volumes

_DEVICE = re.compile(r"/dev/x?[a-z]d[a-z]+")


def routes(into: Resources) -> None:
    """The routes of this file."""
    Handlers(VOLUMES, _volume_view).add_to(into, "os-volumes")
    Handlers(SNAPSHOTS, _snapshot_view).add_to(into, "os-snapshots")
    into.collection(
        "os-volume-types", index=index_types, create=create_type, show=show_type, delete=delete_type
    )
    into.add("POST", "os-volumes_boot", servers.create, body=True)
    into.collection(
        "servers/{server}/os-volume_attachments",
        index=attachments,
        create=attach,
        show=attachment,
        delete=detach,
    )


def _attachment(volume: Volume) -> dict[str, Any]:
    if volume.attached is None:
        return {}
    server, device = volume.attached
    return {"device": device, "serverId": server, "id": volume.id, "volumeId": volume.id}


def _volume_view(volume: Volume) -> dict[str, Any]:
    return {
        "status": volume.status,
        "displayDescription": volume.description,
        "availabilityZone": volume.zone,
        "displayName": volume.name,
        "attachments": [_attachment(volume)],
        "volumeType": volume.type_name,
        "snapshotId": volume.snapshot_id,
        "size": volume.size,
        "id": volume.id,
        "createdAt": row_stamp(volume.created),
        "metadata": dict(volume.metadata),
    }


def _snapshot_view(row: Snapshot) -> dict[str, Any]:
    return {
        "status": row.status, "displayDescription": row.description, "displayName": row.name,
        "volumeId": row.volume_id, "id": row.id, "createdAt": row_stamp(row.created), "size": row.size,
    }  # fmt: skip


async def create_type(call: Call) -> Response:
    """A new type, by an administrator."""
    call.require_admin("volume_types")
    if not call.body:
        raise Refusal(422)
    wanted, types = call.entity("volume_type"), store(call.world).types
    name = wanted.get("name")
    if not isinstance(name, str) or not name:
        raise Refusal(422)
    if any(row.name == name for row in types.values()):
        raise Refusal(409)
    specs = wanted.get("extra_specs") or {}
    number = call.world.ids.number("volume type")
    texts = {str(key): str(value) for key, value in specs.items()} if isinstance(specs, dict) else {}
    types[number] = VolumeType(number, name, call.world.clock.exact(), texts)
    return call.ok({"volume_type": work.type_view(types[number])})


async def delete_type(call: Call) -> Response:
    """Remove a type."""
    call.require_admin("volume_types")
    del store(call.world).types[work.type_by_number(call).id]
    return call.empty(200)


async def attachments(call: Call) -> Response:
    """The volumes of a server."""
    server = find_server(call, call.parts["server"])
    rows = [row for row in volumes(call.world) if row.attached and row.attached[0] == server.id]
    return call.ok({"volumeAttachments": [_attachment(row) for row in rows]})


def _attached(call: Call) -> Volume:
    server = find_server(call, call.parts["server"])
    volume = work.find_volume(call, call.parts["id"])
    if not volume.attached or volume.attached[0] != server.id:
        raise missing()
    return volume


async def attachment(call: Call) -> Response:
    """One volume of a server."""
    return call.ok({"volumeAttachment": _attachment(_attached(call))})


async def attach(call: Call) -> Response:
    """Give a server a free volume; nova trips over a device of no known form."""
    if not call.body:
        raise Refusal(422)
    wanted = call.entity("volumeAttachment")
    if "volumeId" not in wanted or "device" not in wanted:
        raise Refusal(500)
    server, device = find_server(call, call.parts["server"]), str(wanted["device"])
    if not _DEVICE.fullmatch(device):
        raise Refusal(500)
    volume = work.find_volume(call, wanted["volumeId"])
    if volume.status != "available":
        raise bad("Invalid volume: status must be available")
    volume.attaching = (server.id, device)
    store(call.world).engine.begin(volume, "volume.attach")
    return call.ok({"volumeAttachment": {"id": volume.id, "volumeId": volume.id}})


async def detach(call: Call) -> Response:
    """Take a volume off a server."""
    store(call.world).engine.begin(_attached(call), "volume.detach")
    return bare(202)
