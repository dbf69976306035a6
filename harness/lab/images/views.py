"""An image as documents and headers show it."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from harness.lab.world import Image

_BRIEF = ("name", "container_format", "disk_format", "checksum", "id", "size")


def brief(image: Image) -> dict[str, Any]:
    """A row of the short list."""
    return {name: getattr(image, name) for name in _BRIEF}


def full(image: Image) -> dict[str, Any]:
    """A row of the detailed list, and the answer to a change."""
    return {
        "status": image.status,
        "name": image.name,
        "deleted": False,
        "container_format": image.container_format,
        "created_at": _stamp(image.created_at),
        "disk_format": image.disk_format,
        "updated_at": _stamp(image.updated_at),
        "properties": image.properties,
        "min_disk": image.min_disk,
        "protected": image.protected,
        "id": image.id,
        "checksum": image.checksum,
        "owner": image.owner,
        "is_public": image.public,
        "deleted_at": None,
        "min_ram": image.min_ram,
        "size": image.size,
    }


def headers(image: Image) -> list[tuple[str, str]]:
    """The metadata as headers, in the order and spelling of Essex; what is not set is left out."""
    shown: list[tuple[str, Any]] = [("Id", image.id)]
    shown += [(f"Property-{name.capitalize()}", value) for name, value in image.properties.items()]
    shown += [
        ("Deleted", False),
        ("Container_format", image.container_format),
        ("Checksum", image.checksum),
        ("Protected", image.protected),
        ("Min_disk", image.min_disk),
        ("Created_at", _stamp(image.created_at)),
        ("Size", image.size),
        ("Status", image.status),
        ("Is_public", image.public),
        ("Min_ram", image.min_ram),
        ("Owner", image.owner),
        ("Updated_at", _stamp(image.updated_at)),
        ("Disk_format", image.disk_format),
        ("Name", image.name),
    ]
    return [(f"X-Image-Meta-{name}", str(value)) for name, value in shown if value is not None]


def place(request: Request, image: Image) -> list[tuple[str, str]]:
    """Where an image is, and its checksum."""
    url = f"http://{request.headers.get('host', '')}/v1/images/{image.id}"
    return [("Location", url), ("Etag", str(image.checksum))]


def _stamp(moment: Any) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.%f")
