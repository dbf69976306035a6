"""What object storage can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.clients.values import AccountUsage, Container, StoredObject


class Objects(Protocol):
    """Containers and objects of one account. There is no deletion of an account here, on purpose."""

    quirks: frozenset[str]

    def account(self) -> AccountUsage:
        """What the account holds."""
        ...

    def containers(self) -> Sequence[Container]:
        """The account's containers."""
        ...

    def put_container(self, name: str | None = None) -> str:
        """Make a container (or touch an existing one) and give its name."""
        ...

    def delete_container(self, name: str) -> None:
        """Remove an empty container; raises ``Conflict`` where it is not empty."""
        ...

    def put(
        self,
        container: str,
        name: str,
        data: bytes,
        *,
        etag: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> StoredObject:
        """Store an object; raises ``Invalid`` when ``etag`` is not the MD5 of the data."""
        ...

    def get(self, container: str, name: str) -> bytes:
        """The content of an object; raises ``NotFound``."""
        ...

    def head(self, container: str, name: str) -> StoredObject:
        """What is known of an object without its content; raises ``NotFound``."""
        ...

    def list(self, container: str, prefix: str = "") -> Sequence[StoredObject]:
        """The objects of a container, in order of name."""
        ...

    def delete(self, container: str, name: str) -> None:
        """Remove an object; raises ``NotFound``."""
        ...
