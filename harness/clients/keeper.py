"""How a client tells of what it creates, before it creates it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from harness.errors import DeployDayError


class Entry(Protocol):
    """One thing that is about to exist."""

    def made(self, id: str) -> None:
        """It exists now, under this id."""
        ...


class Keeper(Protocol):
    """Names what is created and keeps account of it: a ledger, or nobody."""

    def name(self, kind: str) -> str:
        """A fresh name for a thing of some kind."""
        ...

    def creating(self, kind: str, name: str) -> AbstractContextManager[Entry]:
        """Write down the intent; the request is sent inside."""
        ...


class _Forgotten:
    def made(self, id: str) -> None:
        """Nobody asks."""


class NoKeeper:
    """For sessions that create nothing, such as those that clean up:
    a name must be given, and no account is kept.
    """

    def name(self, kind: str) -> str:
        """There is nobody to invent one."""
        raise DeployDayError(f"a {kind} without a name, and no run to name it after")

    @contextmanager
    def creating(self, kind: str, name: str) -> Iterator[Entry]:
        """Nothing is written."""
        yield _Forgotten()
