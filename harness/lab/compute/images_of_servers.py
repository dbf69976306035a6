"""Images made from servers: snapshots and backups."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call, Handler
from harness.lab.compute.find import find_server
from harness.lab.compute.refusals import bad
from harness.lab.compute.scheduler import engine
from harness.lab.http import answer
from harness.lab.world import Image


async def _snapshot(call: Call) -> Response:
    given = call.body["createImage"] or {}
    if not given.get("name"):
        raise bad("createImage entity requires name attribute")
    return _make(call, "compute.snapshot", str(given["name"]), "snapshot", given.get("metadata") or {})


async def _backup(call: Call) -> Response:
    given = call.body["createBackup"] or {}
    for name in ("name", "backup_type", "rotation"):
        if name not in given:
            raise bad(f"createBackup entity requires {name} attribute")
    more = {"backup_type": given["backup_type"]}
    return _make(call, "compute.backup", str(given["name"]), "backup", more)


def _make(call: Call, machine: str, name: str, kind: str, more: dict[str, Any]) -> Response:
    server, world = find_server(call, call.parts["id"]), call.world
    base, now = world.images.get(server.image_id), world.clock.exact()
    properties = {
        **{str(key): str(value) for key, value in more.items()},
        "image_type": kind, "instance_uuid": server.id, "user_id": call.context.user_id,
    }  # fmt: skip
    image = Image(
        id=world.ids.uuid(),
        name=name,
        owner=server.tenant_id,
        status="queued",
        disk_format=base.disk_format if base else None,
        container_format=base.container_format if base else None,
        properties=properties,
        created_at=now,
        updated_at=now,
    )
    world.images[image.id] = image
    server.snapshot = image.id
    engine(world).begin(server, machine)
    headers = [("Content-Type", "text/html; charset=UTF-8"), ("Content-Length", "0")]
    return answer(202, b"", [*headers, ("Location", call.link(f"images/{image.id}"))])


ACTIONS: dict[str, Handler] = {"createImage": _snapshot, "createBackup": _backup}
