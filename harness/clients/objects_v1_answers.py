"""Answers of the object storage API v1, read into values.

Raises ``KeyError``, ``TypeError`` or ``ValueError`` on anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.clients.values import AccountUsage, StoredObject

META = "x-object-meta-"


def usage_of(headers: Mapping[str, str]) -> AccountUsage:
    """What the headers of an account say."""
    counts = (headers[f"x-account-{name}"] for name in ("container-count", "object-count", "bytes-used"))
    return AccountUsage(*(int(count) for count in counts))


def listed_of(row: Any) -> StoredObject:
    """An object from a row of its container's listing."""
    return StoredObject(
        name=str(row["name"]),
        bytes=int(row["bytes"]),
        etag=str(row["hash"]),
        content_type=str(row.get("content_type") or ""),
        modified=str(row.get("last_modified") or ""),
    )


def headed_of(name: str, headers: Mapping[str, str]) -> StoredObject:
    """An object from the headers of its HEAD."""
    return StoredObject(
        name=name,
        bytes=int(headers["content-length"]),
        etag=headers["etag"].strip('"'),
        content_type=headers.get("content-type", ""),
        modified=headers.get("last-modified", ""),
        metadata={key.removeprefix(META): value for key, value in headers.items() if key.startswith(META)},
    )


def name_of(row: Any) -> str:
    """The name of a listed object, or of a folder of such, with its delimiter at the end."""
    return str(row["subdir"] if "subdir" in row else row["name"])
