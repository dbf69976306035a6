"""Volumes as nova-volume 2012.1 speaks on its own port (v1), and through compute, which attaches them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote

from harness.clients.identity_v2_answers import extension_of
from harness.clients.link import Link
from harness.clients.values import Attachment, Extension, Snapshot, Volume
from harness.clients.volumes_v1_answers import attachment_of, snapshot_of, volume_of

QUIRKS = frozenset(
    {
        "accepts_size_zero",
        "bad_size_is_500",
        "create_answers_200",
        "detach_has_no_state",
        "no_quotas",
        "type_none_is_text",
        "type_by_number",
    }
)
T = TypeVar("T")


class VolumesV1:
    """The ``Volumes`` protocol over nova-volume v1, and over nova for servers' volumes."""

    quirks = QUIRKS

    def __init__(self, link: Link) -> None:
        self._link = link

    def list(self) -> Sequence[Volume]:
        """The tenant's volumes."""
        return self._get("volume", "/volumes/detail", lambda data: [*map(volume_of, data["volumes"])])

    def show(self, volume_id: str) -> Volume:
        """One volume."""
        return self._get("volume", f"/volumes/{_part(volume_id)}", lambda data: volume_of(data["volume"]))

    def create(
        self,
        size: int,
        name: str | None = None,
        *,
        snapshot: str | None = None,
        type: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Volume:
        """Ask for a volume of so many GB."""
        fresh = name or self._link.keeper.name("volume")
        further = {"snapshot_id": snapshot, "volume_type": type, "metadata": metadata and dict(metadata)}
        wanted = {"size": size, "display_name": fresh} | {k: v for k, v in further.items() if v is not None}
        with self._link.keeper.creating("volume", fresh) as entry:
            volume = self._post("volume", "/volumes", {"volume": wanted}, lambda d: volume_of(d["volume"]))
            entry.made(volume.id)
        return volume

    def delete(self, volume_id: str) -> None:
        """Ask for the end of a volume."""
        self._delete("volume", f"/volumes/{_part(volume_id)}")

    def snapshots(self) -> Sequence[Snapshot]:
        """The tenant's snapshots."""
        return self._get("volume", "/snapshots/detail", lambda data: [*map(snapshot_of, data["snapshots"])])

    def snapshot(self, snapshot_id: str) -> Snapshot:
        """One snapshot."""
        path = f"/snapshots/{_part(snapshot_id)}"
        return self._get("volume", path, lambda data: snapshot_of(data["snapshot"]))

    def create_snapshot(self, volume_id: str, name: str | None = None, *, force: bool = False) -> Snapshot:
        """Ask for a snapshot of a volume."""
        fresh = name or self._link.keeper.name("snapshot")
        body = {"snapshot": {"volume_id": volume_id, "display_name": fresh, "force": force}}
        with self._link.keeper.creating("snapshot", fresh) as entry:
            made = self._post("volume", "/snapshots", body, lambda data: snapshot_of(data["snapshot"]))
            entry.made(made.id)
        return made

    def delete_snapshot(self, snapshot_id: str) -> None:
        """Ask for the end of a snapshot."""
        self._delete("volume", f"/snapshots/{_part(snapshot_id)}")

    def attach(self, server_id: str, volume_id: str, device: str) -> Attachment:
        """Give a server a volume.

        The ledger knows an attachment by its two ends, before it is asked for: it has no name, and
        nova calls it by the volume's id.
        """
        number = int(volume_id) if volume_id.isdecimal() else volume_id
        body = {"volumeAttachment": {"volumeId": number, "device": device}}
        with self._link.keeper.creating("attachment", "") as entry:
            entry.made(f"{server_id}/{volume_id}")
            made = self._post(
                "compute", _of(server_id), body, lambda data: attachment_of(data["volumeAttachment"])
            )
        return replace(made, server=made.server or server_id, device=made.device or device)

    def attachments(self, server_id: str) -> Sequence[Attachment]:
        """The volumes of a server."""
        return self._get(
            "compute", _of(server_id), lambda data: [*map(attachment_of, data["volumeAttachments"])]
        )

    def attachment(self, server_id: str, attachment_id: str) -> Attachment:
        """One volume of a server."""
        path = f"{_of(server_id)}/{_part(attachment_id)}"
        return self._get("compute", path, lambda data: attachment_of(data["volumeAttachment"]))

    def detach(self, server_id: str, attachment_id: str) -> None:
        """Take a volume off a server."""
        self._delete("compute", f"{_of(server_id)}/{_part(attachment_id)}")

    def types(self) -> Sequence[str]:
        """Names of the volume types."""
        return self._get("volume", "/types", _type_names)

    def extensions(self) -> Sequence[Extension]:
        """Every extension of the API; stock Essex has none here."""
        return self._get("volume", "/extensions", lambda data: [*map(extension_of, data["extensions"])])

    def list_by_compute(self) -> Sequence[Volume]:
        """The tenant's volumes as compute tells them."""
        return self._get("compute", "/os-volumes/detail", lambda data: [*map(volume_of, data["volumes"])])

    def show_by_compute(self, volume_id: str) -> Volume:
        """One volume as compute tells it."""
        return self._get("compute", f"/os-volumes/{_part(volume_id)}", lambda data: volume_of(data["volume"]))

    def snapshots_by_compute(self) -> Sequence[Snapshot]:
        """The tenant's snapshots as compute tells them."""
        return self._get(
            "compute", "/os-snapshots/detail", lambda data: [*map(snapshot_of, data["snapshots"])]
        )

    def types_by_compute(self) -> Sequence[str]:
        """Names of the volume types as compute tells them."""
        return self._get("compute", "/os-volume-types", _type_names)

    def _get(self, service: str, path: str, reader: Callable[[Any], T]) -> T:
        return self._link.read("GET", self._link.endpoint(service) + path, reader)

    def _post(self, service: str, path: str, body: Any, reader: Callable[[Any], T]) -> T:
        return self._link.read("POST", self._link.endpoint(service) + path, reader, json=body)

    def _delete(self, service: str, path: str) -> None:
        self._link.ask("DELETE", self._link.endpoint(service) + path)


def _of(server_id: str) -> str:
    return f"/servers/{_part(server_id)}/os-volume_attachments"


def _type_names(data: Any) -> list[str]:
    return [str(row["name"]) for row in data["volume_types"]]


def _part(text: str) -> str:
    return quote(text, safe="")
