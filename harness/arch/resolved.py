"""What the parts of the resolved description have in common: their base, and their leaves' usual marks."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from harness.arch.leaves import Leaf

Port = Annotated[int, Field(ge=1, le=65535)]

ApiText = Annotated[str, Leaf("api", "equal")]
ApiNumber = Annotated[int, Leaf("api", "equal")]
ApiFlag = Annotated[bool, Leaf("api", "equal")]
HostText = Annotated[str, Leaf("host", "equal")]
HostFlag = Annotated[bool, Leaf("host", "equal")]
HostNames = Annotated[list[str], Leaf("host", "includes")]
HostPattern = Annotated[str | None, Leaf("host", "matches")]
HostWord = Annotated[str | None, Leaf("host", "equal")]
RingNumber = Annotated[int, Leaf("ring", "equal")]
Objective = Annotated[float, Leaf("api", "objective", measured=True)]


class Resolved(BaseModel):
    """Base of the resolved model: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
