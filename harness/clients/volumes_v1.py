"""Volumes as nova-volume 2012.1 speaks on its own port: v1, snake case, ids that are numbers in text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from harness.clients.identity_v2_answers import extension_of
from harness.clients.link import Link
from harness.clients.values import Extension, Volume

QUIRKS = frozenset({"create_answers_200", "accepts_size_zero", "type_none_is_text", "no_quotas"})


class VolumesV1:
    """The ``Volumes`` protocol over nova-volume v1."""

    quirks = QUIRKS

    def __init__(self, link: Link) -> None:
        self._link = link

    def list(self) -> Sequence[Volume]:
        """The tenant's volumes."""
        return self._link.read("GET", self._url("/volumes/detail"), lambda d: [*map(volume_of, d["volumes"])])

    def show(self, volume_id: str) -> Volume:
        """One volume."""
        return self._link.read(
            "GET", self._url("/volumes", volume_id), lambda data: volume_of(data["volume"])
        )

    def create(self, size: int, name: str | None = None) -> Volume:
        """Ask for a volume of so many GB."""
        fresh = name or self._link.keeper.name("volume")
        body = {"volume": {"size": size, "display_name": fresh}}
        with self._link.keeper.creating("volume", fresh) as entry:
            volume = self._link.read(
                "POST", self._url("/volumes"), lambda d: volume_of(d["volume"]), json=body
            )
            entry.made(volume.id)
        return volume

    def delete(self, volume_id: str) -> None:
        """Ask for the end of a volume."""
        self._link.ask("DELETE", self._url("/volumes", volume_id))

    def types(self) -> Sequence[str]:
        """Names of the volume types."""
        return self._link.read(
            "GET", self._url("/types"), lambda data: [str(row["name"]) for row in data["volume_types"]]
        )

    def extensions(self) -> Sequence[Extension]:
        """Every extension of the API; stock Essex has none here."""
        return self._link.read(
            "GET", self._url("/extensions"), lambda data: [*map(extension_of, data["extensions"])]
        )

    def _url(self, path: str, id: str | None = None) -> str:
        return self._link.endpoint("volume") + path + (f"/{quote(id, safe='')}" if id is not None else "")


def volume_of(row: Any) -> Volume:
    """A volume; Essex spells the absence of a type ``"None"``."""
    kind = row.get("volume_type")
    attachments = [item for item in row.get("attachments") or () if item]
    return Volume(
        id=str(row["id"]),
        name=row.get("display_name") or "",
        status=str(row["status"]),
        size=int(row["size"]),
        zone=row.get("availability_zone") or "",
        type=None if kind in (None, "None") else str(kind),
        snapshot=None if row.get("snapshot_id") is None else str(row["snapshot_id"]),
        servers=tuple(str(item.get("server_id") or item.get("serverId") or "") for item in attachments),
        metadata={str(key): str(value) for key, value in (row.get("metadata") or {}).items()},
    )
