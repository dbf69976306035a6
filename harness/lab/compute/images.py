"""Images as nova shows them: a view on the image service's rows, for those who may see them."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from harness.lab.compute.call import Call, bare, page_of
from harness.lab.compute.refusals import Refusal, missing
from harness.lab.compute.resources import Resources
from harness.lab.compute.views import stamp
from harness.lab.world import Context, Image, World

_STATUS = {
    "queued": ("SAVING", 25),
    "saving": ("SAVING", 50),
    "active": ("ACTIVE", 100),
    "deleted": ("DELETED", 0),
}


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("images", index=index, detail=detail, show=show, delete=delete)
    into.add("GET", "images/{id}/metadata", metadata)
    into.add("GET", "images/{id}/metadata/{key}", metadata_item)


def visible(world: World, context: Context, image_id: str) -> Image | None:
    """An image that the caller may use, or None."""
    image = world.images.get(image_id)
    return image if image is not None and _may_see(context, image) else None


def _may_see(context: Context, image: Image) -> bool:
    shared = context.tenant_id in image.members
    return not image.deleted and (image.public or context.admin or image.owner == context.tenant_id or shared)


def _find(call: Call) -> Image:
    call.world.settle()
    found = visible(call.world, call.context, call.parts["id"])
    if found is None:
        raise missing("Image not found.")
    return found


def _page(call: Call) -> tuple[list[Image], dict[str, Any]]:
    call.world.settle()
    rows = [row for row in call.world.images.values() if _may_see(call.context, row)]
    rows.sort(key=lambda row: (row.created_at is not None, row.created_at, row.id), reverse=True)
    name, status = call.query("name"), call.query("status")
    if name is not None:
        rows = [row for row in rows if row.name == name]
    if status is not None:
        rows = [row for row in rows if _STATUS.get(row.status, ("UNKNOWN", 0))[0] == status.upper()]
    rows, more = page_of(call, rows, lambda row: row.id)
    return rows, {"images_links": [{"href": call.link(f"images?{more}"), "rel": "next"}]} if more else {}


def _links(call: Call, image: Image) -> list[dict[str, str]]:
    alternate = f"{call.world.url('image')}/{call.tenant}/images/{image.id}"
    return [
        *call.links(f"images/{image.id}"),
        {"href": alternate, "type": "application/vnd.openstack.image", "rel": "alternate"},
    ]


def _view(call: Call, image: Image) -> dict[str, Any]:
    status, progress = _STATUS.get(image.status, ("UNKNOWN", 0))
    view: dict[str, Any] = {
        "status": status,
        "updated": stamp(image.updated_at) if image.updated_at else None,
        "name": image.name,
        "links": _links(call, image),
        "created": stamp(image.created_at) if image.created_at else None,
        "progress": progress,
        "minRam": image.min_ram,
        "minDisk": image.min_disk,
        "id": image.id,
        "metadata": dict(image.properties),
    }
    server = image.properties.get("instance_uuid")
    if server:
        rests = ((f"{call.version}/", "self"), ("", "bookmark"))
        links = [{"href": f"{call.host}/{rest}servers/{server}", "rel": rel} for rest, rel in rests]
        view["server"] = {"id": server, "links": links}
    return view


async def index(call: Call) -> Response:
    """Names and ids."""
    rows, links = _page(call)
    brief = [{"id": row.id, "links": _links(call, row), "name": row.name} for row in rows]
    return call.ok({"images": brief, **links})


async def detail(call: Call) -> Response:
    """Everything that nova tells of images."""
    rows, links = _page(call)
    return call.ok({"images": [_view(call, row) for row in rows], **links})


async def show(call: Call) -> Response:
    """One image."""
    return call.ok({"image": _view(call, _find(call))})


async def delete(call: Call) -> Response:
    """Delete an image of the caller's tenant."""
    image = _find(call)
    if image.protected or (image.owner != call.tenant and not call.context.admin):
        raise Refusal(403)
    image.deleted_at = call.world.clock.exact()
    image.status = "deleted"
    return bare(204)


async def metadata(call: Call) -> Response:
    """The properties of an image."""
    return call.ok({"metadata": dict(_find(call).properties)})


async def metadata_item(call: Call) -> Response:
    """One property of an image."""
    properties, key = _find(call).properties, call.parts["key"]
    if key not in properties:
        raise missing()
    return call.ok({"meta": {key: properties[key]}})
