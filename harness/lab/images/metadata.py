"""What a request's headers say of an image, and what the registry makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from harness.lab.http import context_of
from harness.lab.images import refusals
from harness.lab.world import Image

_PREFIX = "x-image-meta-"
_PROPERTY = f"{_PREFIX}property-"
_TEXTS = ("name", "disk_format", "container_format")
_NUMBERS = ("min_ram", "min_disk")
_FLAGS = {"is_public": "public", "protected": "protected"}
DISK_FORMATS = ("ami", "ari", "aki", "vhd", "vmdk", "raw", "qcow2", "vdi", "iso")
_CONTAINER = ("ami", "ari", "aki", "bare", "ovf")
_AMAZON = ("ami", "ari", "aki")
_MIX = (
    "Invalid mix of disk and container formats. When setting a disk or container format to one of "
    "'ami', 'ari', or 'ami', the container and disk formats must match."
)
_MOST_PROPERTIES = 256


@dataclass
class Given:
    """The metadata of one request: fields of ``Image`` that are to be set, and properties."""

    fields: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    id: str | None = None
    checksum: str | None = None
    location: str | None = None
    copy_from: str | None = None
    size: int | None = None


def given(request: Request) -> Given:
    """Read the headers; 400 for numbers that are none."""
    found = Given()
    for name, value in request.headers.items():
        if name.startswith(_PROPERTY) and len(found.properties) < _MOST_PROPERTIES:
            found.properties[name.removeprefix(_PROPERTY).replace("-", "_")] = value
        elif name.startswith(_PREFIX):
            _take(request, found, name.removeprefix(_PREFIX).replace("-", "_"), value)
        elif name == "x-glance-api-copy-from":
            found.copy_from = value
    return found


def _take(request: Request, found: Given, name: str, value: str) -> None:
    if name in _TEXTS:
        found.fields[name] = value
    elif name in _NUMBERS:
        found.fields[name] = _number(request, name, value)
    elif name in _FLAGS:
        found.fields[_FLAGS[name]] = value.lower() in ("true", "1", "on", "yes")
    elif name == "owner" and context_of(request).admin:
        found.fields["owner"] = value
    elif name == "size":
        found.size = _number(request, name, value)
    elif name in ("id", "checksum", "location"):
        setattr(found, name, value)


def _number(request: Request, name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise refusals.bad(request, f'Cannot convert image {name} "{value}" to an integer.') from None


def check(request: Request, image: Image, *, activating: bool = False, action: str = "add") -> None:
    """The registry's rules: a format is known, there when the image becomes active,
    and Amazon's go together.
    """
    for what, value, known in (
        ("disk", image.disk_format, DISK_FORMATS),
        ("container", image.container_format, _CONTAINER),
    ):
        if (value or activating) and value not in known:
            raise refusals.bad_image(request, f"Invalid {what} format '{value}' for image.", action=action)
    formats = (image.disk_format, image.container_format)
    if any(each in _AMAZON for each in formats) and None not in formats and formats[0] != formats[1]:
        raise refusals.bad_image(request, _MIX, action=action)
