"""What the volume service answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Attachment:
    """A volume at a server: both ids, and the device (``/dev/vdc``) where the service tells it.

    ``id`` is what detaching asks for; it is unique at one server only.
    """

    id: str
    volume: str
    server: str
    device: str = ""


@dataclass(frozen=True)
class Volume:
    """A volume; size in GB; ``type`` is None where the volume has none, ``snapshot`` the id of its origin."""

    id: str
    name: str
    status: str
    size: int
    zone: str = ""
    type: str | None = None
    snapshot: str | None = None
    attachments: tuple[Attachment, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def servers(self) -> tuple[str, ...]:
        """Ids of the servers that it is attached to."""
        return tuple(attachment.server for attachment in self.attachments)


@dataclass(frozen=True)
class Snapshot:
    """A snapshot of a volume (its id); size in GB."""

    id: str
    name: str
    status: str
    size: int
    volume: str
