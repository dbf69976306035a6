"""Answers of the image service v1, read into values.

Raises ``KeyError``, ``TypeError`` or ``ValueError`` on anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.clients.values import Image

META = "x-image-meta-"
PROPERTY = "x-image-meta-property-"


def image_of(row: Any) -> Image:
    """An image from its JSON form."""
    return Image(
        id=str(row["id"]),
        name=row.get("name") or "",
        status=str(row.get("status") or ""),
        disk_format=row.get("disk_format"),
        container_format=row.get("container_format"),
        size=int(row.get("size") or 0),
        checksum=row.get("checksum") or "",
        public=_true(row.get("is_public", False)),
        protected=_true(row.get("protected", False)),
        min_ram=int(row.get("min_ram") or 0),
        min_disk=int(row.get("min_disk") or 0),
        owner=row.get("owner") or "",
        properties={str(key): str(value) for key, value in (row.get("properties") or {}).items()},
    )


def image_of_headers(headers: Mapping[str, str]) -> Image:
    """An image from the headers of a HEAD:
    ``X-Image-Meta-Container_format: ami``, ``…-Property-Kernel_id: …``.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    row: dict[str, Any] = {
        name.removeprefix(META): value
        for name, value in lower.items()
        if name.startswith(META) and not name.startswith(PROPERTY)
    }
    for name in ("disk_format", "container_format", "checksum", "owner"):
        row[name] = None if row.get(name) in (None, "None", "") else row[name]
    row["properties"] = {n.removeprefix(PROPERTY): v for n, v in lower.items() if n.startswith(PROPERTY)}
    return image_of(row)


def _true(value: object) -> bool:
    return value is True or str(value).lower() in ("true", "1", "on", "yes")
