"""What the volume service answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Volume:
    """A volume; size in GB; ``type`` is None where the volume has none;
    ``servers`` are the ids it is attached to.
    """

    id: str
    name: str
    status: str
    size: int
    zone: str = ""
    type: str | None = None
    snapshot: str | None = None
    servers: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
