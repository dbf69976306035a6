"""What a run asks of the parts that it is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Accounts(Protocol):
    """The accounts of one run, held by the main process."""

    @property
    def missing(self) -> Mapping[str, str]:
        """Requirement (``admin``, ``second_account``) → why this run cannot have it."""
        ...

    def wire(self) -> dict[str, Any]:
        """Everything that another process needs to use them: plain values, in memory only."""
        ...

    def release(self) -> None:
        """Scramble the passwords and give the accounts back; called once, after the clean-up scenarios."""
        ...


class Visits(Protocol):
    """The visits to hosts that go on beside the stories."""

    def end(self) -> None:
        """Called once, when all stories are over."""
        ...


class Session(Protocol):
    """One process's session with the cloud."""

    def cloud(self, key: str, subject: str | None) -> Any:
        """What one scenario sees of the cloud (``harness.cloud.Cloud``)."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
