"""What the volume service can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.clients.values import Attachment, Extension, Snapshot, Volume


class Volumes(Protocol):
    """Volumes, their snapshots, and how servers get them.

    A release may tell the same volumes through compute's API, too: the methods ``…_by_compute``.
    """

    quirks: frozenset[str]

    def list(self) -> Sequence[Volume]:
        """The tenant's volumes."""
        ...

    def show(self, volume_id: str) -> Volume:
        """One volume; raises ``NotFound``."""
        ...

    def create(
        self,
        size: int,
        name: str | None = None,
        *,
        snapshot: str | None = None,
        type: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Volume:
        """Ask for a volume of so many GB, empty or with the bytes of a snapshot (id); ``type`` is a name.

        Raises ``OverQuota``, and ``NotFound`` for a snapshot or a type that is not there.
        """
        ...

    def delete(self, volume_id: str) -> None:
        """Ask for the end of a volume; raises ``Invalid`` or ``Conflict`` while its state does not allow it:
        while a server has it, while snapshots of it are there.
        """
        ...

    def snapshots(self) -> Sequence[Snapshot]:
        """The tenant's snapshots."""
        ...

    def snapshot(self, snapshot_id: str) -> Snapshot:
        """One snapshot; raises ``NotFound``."""
        ...

    def create_snapshot(self, volume_id: str, name: str | None = None, *, force: bool = False) -> Snapshot:
        """Ask for a snapshot of a volume; with ``force`` also while a server has it.

        Raises ``NotFound``, and ``Invalid`` or ``Conflict`` where the volume's state does not allow it.
        """
        ...

    def delete_snapshot(self, snapshot_id: str) -> None:
        """Ask for the end of a snapshot; raises ``NotFound``, ``Invalid`` or ``Conflict``."""
        ...

    def attach(self, server_id: str, volume_id: str, device: str) -> Attachment:
        """Give a server a free volume as a device (``/dev/vdc``).

        Raises ``NotFound``, and ``Invalid`` or ``Conflict`` where the volume is not free.
        """
        ...

    def attachments(self, server_id: str) -> Sequence[Attachment]:
        """The volumes of a server; raises ``NotFound``."""
        ...

    def attachment(self, server_id: str, attachment_id: str) -> Attachment:
        """One volume of a server; raises ``NotFound``."""
        ...

    def detach(self, server_id: str, attachment_id: str) -> None:
        """Take a volume off a server; raises ``NotFound`` where the server does not have it."""
        ...

    def types(self) -> Sequence[str]:
        """Names of the volume types."""
        ...

    def extensions(self) -> Sequence[Extension]:
        """Every extension of the API."""
        ...

    def list_by_compute(self) -> Sequence[Volume]:
        """The tenant's volumes as compute's API tells them."""
        ...

    def show_by_compute(self, volume_id: str) -> Volume:
        """One volume as compute's API tells it; raises ``NotFound``."""
        ...

    def snapshots_by_compute(self) -> Sequence[Snapshot]:
        """The tenant's snapshots as compute's API tells them."""
        ...

    def types_by_compute(self) -> Sequence[str]:
        """Names of the volume types as compute's API tells them."""
        ...
