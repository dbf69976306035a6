"""What the image service answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Image:
    """An image; size in bytes, min_ram in MB, min_disk in GB;
    ``properties`` are the free ones (kernel_id…).
    """

    id: str
    name: str
    status: str = ""
    disk_format: str | None = None
    container_format: str | None = None
    size: int = 0
    checksum: str = ""
    public: bool = False
    protected: bool = False
    min_ram: int = 0
    min_disk: int = 0
    owner: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
