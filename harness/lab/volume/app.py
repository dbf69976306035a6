"""Nova-volume's own API on port 8776: ids are texts, names are in snake case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from starlette.responses import Response
from starlette.types import ASGIApp

from harness.lab.compute.call import Call
from harness.lab.compute.resources import Endings, Resources
from harness.lab.compute.setup import set_up
from harness.lab.compute.versions import VOLUME, Front, Root
from harness.lab.compute.views import row_stamp
from harness.lab.compute.xml import attributes
from harness.lab.http import Guard, answer
from harness.lab.volume import work
from harness.lab.volume.handlers import SNAPSHOTS, VOLUMES, Handlers, index_types, show_type
from harness.lab.volume.state import Snapshot, Volume, snapshots, store, volumes
from harness.lab.world import Resource, World


def build(world: World, identity: ASGIApp) -> ASGIApp:
    """The app of port 8776."""
    set_up(world)
    store(world)
    _register(world)
    resources = Resources(world, "v1")
    _Volumes(VOLUMES, volume_view).add_to(resources, "volumes")
    Handlers(SNAPSHOTS, _snapshot_view).add_to(resources, "snapshots")
    resources.collection("types", index=index_types, show=show_type)
    resources.collection("extensions", index=extensions)
    return Front(VOLUME, {"v1": Guard(Root(world, VOLUME, Endings(resources)), world, identity)})


def _register(world: World) -> None:
    def rows(kind: str, found: Iterable[Any]) -> list[Resource]:
        return [Resource(kind, str(row.id), row.name, row.tenant_id) for row in found]

    world.sources["volume"] = lambda: rows("volume", volumes(world))
    world.sources["snapshot"] = lambda: rows("snapshot", snapshots(world))


def volume_view(volume: Volume) -> dict[str, Any]:
    """A volume as this API shows it."""
    attachments = []
    if volume.attached:
        server, device = volume.attached
        number = str(volume.id)
        attachments = [{"device": device, "server_id": server, "id": number, "volume_id": number}]
    return {
        "status": volume.status,
        "display_name": volume.name,
        "attachments": attachments,
        "availability_zone": volume.zone,
        "created_at": row_stamp(volume.created),
        "display_description": volume.description,
        "volume_type": str(volume.type_name),
        "snapshot_id": str(volume.snapshot_id) if volume.snapshot_id else None,
        "size": volume.size,
        "id": str(volume.id),
        "metadata": dict(volume.metadata),
    }


def _xml(view: dict[str, Any]) -> str:
    own = {key: value for key, value in view.items() if key not in ("attachments", "metadata")}
    attachments = "".join(f"<attachment{attributes(row)}/>" for row in view["attachments"])
    metadata = "".join(
        f"<{key}>{escape(value)}</{key}>" for key, value in view["metadata"].items() if key.isidentifier()
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<volume{attributes(own)}>"
        f"<attachments>{attachments}</attachments><metadata>{metadata}</metadata></volume>"
    )


class _Volumes(Handlers[Volume]):
    """One volume can be had as XML, too."""

    async def show(self, call: Call) -> Response:
        """One volume."""
        if not call.xml:
            return await super().show(call)
        view = self.view(work.find_volume(call, call.parts["id"]))
        headers = [("X-Compute-Request-Id", call.request_id), ("Content-Type", "application/xml")]
        return answer(200, _xml(view), headers)


def _snapshot_view(row: Snapshot) -> dict[str, Any]:
    return {
        "status": row.status,
        "display_name": row.name,
        "created_at": row_stamp(row.created),
        "display_description": row.description,
        "volume_id": str(row.volume_id),
        "id": str(row.id),
        "size": row.size,
    }


async def extensions(call: Call) -> Response:
    """None, in this API."""
    return call.ok({"extensions": []})
