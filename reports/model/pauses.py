"""What the run stood still for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reports.model.base import Model

PauseKind = Literal["need", "gate", "turn", "budget", "rate limit", "harness"]


class Pause(Model):
    """A stretch in which a worker told no story, or a story waited for a rate limit."""

    worker: str
    key: str = Field(description="The story that began after it, or that was held up within itself.")
    what: PauseKind = Field(
        description="need: for a story that had to end first; gate: for all others to end; turn: for "
        "one that held the same thing; budget: for servers to be gone; rate limit: told to wait; "
        "harness: none of these."
    )
    by: str = Field(default="", description="The story whose end was waited for.")
    began: float = Field(description="Seconds after the run's start.")
    seconds: float
