"""What the image service can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.clients.values import Image


class Images(Protocol):
    """Images of the image service."""

    quirks: frozenset[str]

    def list(self, filters: Mapping[str, str] | None = None) -> Sequence[Image]:
        """The images that this tenant sees, with all details; ``filters`` as the API spells them
        (``status``, ``size_min``, ``property-arch``…).
        """
        ...

    def page(
        self, limit: int, marker: str | None = None, filters: Mapping[str, str] | None = None
    ) -> Sequence[Image]:
        """At most ``limit`` images of a listing, those behind the one with the id ``marker``."""
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
        protected: bool = False,
        properties: Mapping[str, str] | None = None,
        checksum: str | None = None,
    ) -> Image:
        """Store an image in one request.

        Raises ``Invalid`` for a format that the service does not know, or where ``checksum`` is not the MD5
        of the data.
        """
        ...

    def reserve(self, name: str | None = None, *, properties: Mapping[str, str] | None = None) -> Image:
        """Register an image without its content: it is queued until ``store`` brings that."""
        ...

    def store(
        self, image_id: str, data: bytes, *, disk_format: str = "raw", container_format: str = "bare"
    ) -> Image:
        """Give a queued image its content; raises ``Conflict`` where it has one."""
        ...

    def update(
        self,
        image_id: str,
        *,
        name: str | None = None,
        protected: bool | None = None,
        min_disk: int | None = None,
        min_ram: int | None = None,
        properties: Mapping[str, str] | None = None,
        keep: bool = True,
    ) -> Image:
        """Change what is given (``min_disk`` in GB, ``min_ram`` in MB).

        Without ``keep``, properties that are not given are dropped. Raises ``NotFound``, ``Refused``.
        """
        ...

    def download(self, image_id: str) -> bytes:
        """The content of an image; raises ``NotFound``."""
        ...

    def delete(self, image_id: str) -> None:
        """Remove an image; raises ``NotFound``, ``Refused`` where it is protected."""
        ...

    def share(self, image_id: str, tenant_id: str) -> None:
        """Let another tenant see and boot an image; raises ``Refused`` where it is not one's own."""
        ...

    def unshare(self, image_id: str, tenant_id: str) -> None:
        """Take that back; raises ``NotFound`` where it was not shared."""
        ...

    def members(self, image_id: str) -> Sequence[str]:
        """The ids of the tenants that an image is shared with."""
        ...
