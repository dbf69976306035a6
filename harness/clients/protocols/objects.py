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
        content_type: str = "application/octet-stream",
        expires_after: int | None = None,
        chunked: bool = False,
    ) -> StoredObject:
        """Store an object; raises ``Invalid`` when ``etag`` is not the MD5 of the data.

        ``expires_after`` is in seconds; ``chunked`` sends the data without saying how long they are.
        """
        ...

    def put_manifest(self, container: str, name: str, segments: str) -> None:
        """An object that reads as all objects together whose names begin with ``segments``
        (``container/prefix``), in order of name.
        """
        ...

    def copy(
        self,
        container: str,
        name: str,
        to_container: str,
        to_name: str,
        *,
        metadata: Mapping[str, str] | None = None,
        pull: bool = False,
    ) -> None:
        """Copy an object with its metadata, to which ``metadata`` are added; raises ``NotFound``.

        ``pull`` asks the new object for it instead of the old one: the API has both ways.
        """
        ...

    def set_metadata(self, container: str, name: str, metadata: Mapping[str, str]) -> None:
        """Replace the metadata of an object; raises ``NotFound``, ``Invalid`` for what is too long."""
        ...

    def set_readers(self, container: str, readers: str) -> None:
        """Say who may read a container (``.r:*`` is everybody), nobody else with an empty text."""
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

    def names(
        self,
        container: str,
        *,
        limit: int | None = None,
        marker: str | None = None,
        end_marker: str | None = None,
        prefix: str | None = None,
        delimiter: str | None = None,
        path: str | None = None,
    ) -> Sequence[str]:
        """One page of a container's names as the service gives it; folders end with the delimiter."""
        ...

    def delete(self, container: str, name: str) -> None:
        """Remove an object; raises ``NotFound``."""
        ...
