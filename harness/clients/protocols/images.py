"""What the image service can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.clients.values import Image


class Images(Protocol):
    """Images of the image service."""

    quirks: frozenset[str]

    def list(self) -> Sequence[Image]:
        """The images that this tenant sees, with all details."""
        ...

    def show(self, image_id: str) -> Image:
        """One image; raises ``NotFound``."""
        ...

    def upload(
        self,
        data: bytes,
        name: str | None = None,
        *,
        disk_format: str = "raw",
        container_format: str = "bare",
        public: bool = False,
        properties: Mapping[str, str] | None = None,
    ) -> Image:
        """Store an image in one request; raises ``Invalid`` for a format that the service does not know."""
        ...

    def download(self, image_id: str) -> bytes:
        """The content of an image; raises ``NotFound``."""
        ...

    def delete(self, image_id: str) -> None:
        """Remove an image; raises ``NotFound``, ``Refused`` where it is protected."""
        ...
