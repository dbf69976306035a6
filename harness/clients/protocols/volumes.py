"""What the volume service can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harness.clients.values import Extension, Volume


class Volumes(Protocol):
    """Volumes of the volume service."""

    quirks: frozenset[str]

    def list(self) -> Sequence[Volume]:
        """The tenant's volumes."""
        ...

    def show(self, volume_id: str) -> Volume:
        """One volume; raises ``NotFound``."""
        ...

    def create(self, size: int, name: str | None = None) -> Volume:
        """Ask for a volume of so many GB; raises ``OverQuota``."""
        ...

    def delete(self, volume_id: str) -> None:
        """Ask for the end of a volume; raises ``Invalid`` while its state does not allow it."""
        ...

    def types(self) -> Sequence[str]:
        """Names of the volume types."""
        ...

    def extensions(self) -> Sequence[Extension]:
        """Every extension of the API."""
        ...
