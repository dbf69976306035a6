"""What a run created, and what it left."""

from __future__ import annotations

from pydantic import Field

from reports.model.base import Model


class Remainder(Model):
    """Something that the run left on purpose or could not remove."""

    kind: str
    name: str
    id: str
    tenant: str
    why: str


class Ledger(Model):
    """What the run created and what became of it."""

    created: int
    removed: int
    left: list[Remainder]
    kinds: dict[str, tuple[int, int]] = Field(description="By kind: created, removed.")
