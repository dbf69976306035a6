"""Answers about volumes, in either spelling of Essex, turned into values.

The volume service's own API says ``display_name`` and has ids in text, compute's says ``displayName`` and has
numbers.
"""

from __future__ import annotations

from typing import Any

from harness.clients.values import Attachment, Snapshot, Volume


def volume_of(row: Any) -> Volume:
    """A volume; Essex spells the absence of a type ``"None"``, and compute that of attachments ``[{}]``."""
    kind, origin = _either(row, "volume_type", "volumeType"), _either(row, "snapshot_id", "snapshotId")
    return Volume(
        id=str(row["id"]),
        name=_either(row, "display_name", "displayName") or "",
        status=str(row["status"]),
        size=int(row["size"]),
        zone=_either(row, "availability_zone", "availabilityZone") or "",
        type=None if kind in (None, "None") else str(kind),
        snapshot=None if origin in (None, "None") else str(origin),
        attachments=tuple(attachment_of(item) for item in row.get("attachments") or () if item),
        metadata={str(key): str(value) for key, value in (row.get("metadata") or {}).items()},
    )


def attachment_of(row: Any) -> Attachment:
    """A volume at a server; the answer to attaching tells neither server nor device."""
    return Attachment(
        id=str(row["id"]),
        volume=str(_either(row, "volume_id", "volumeId")),
        server=str(_either(row, "server_id", "serverId") or ""),
        device=str(row.get("device") or ""),
    )


def snapshot_of(row: Any) -> Snapshot:
    """A snapshot."""
    return Snapshot(
        id=str(row["id"]),
        name=_either(row, "display_name", "displayName") or "",
        status=str(row["status"]),
        size=int(row["size"]),
        volume=str(_either(row, "volume_id", "volumeId")),
    )


def _either(row: Any, snake: str, camel: str) -> Any:
    return row[snake] if snake in row else row.get(camel)
