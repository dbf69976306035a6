"""A record for those who only look: nothing of it is kept."""

from __future__ import annotations

from typing import Any


class Forgetting:
    """A record that keeps nothing."""

    def write(self, kind: str, **fields: Any) -> str:
        """Forget a row."""
        return "none:0"

    def secret(self, *values: str | None) -> None:
        """Nothing is written, so nothing must be hidden."""
