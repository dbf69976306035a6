"""What cleaning asks of a cloud: list, delete, and say whether something is still there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, order=True)
class Thing:
    """A resource of the cloud as cleaning sees it.

    ``kind`` is one of ``harness.ledger.KINDS``. ``id`` is the service's own; for a keypair and a container
    the name, for an object ``container/name``. ``tenant`` is the name of the tenant that it belongs to (empty
    for users and tenants).
    """

    kind: str
    id: str
    name: str = ""
    tenant: str = ""

    def __str__(self) -> str:
        shown = f"{self.kind} {self.name or self.id}"
        shown += f" ({self.id})" if self.name and self.id != self.name else ""
        return f"{shown} of {self.tenant}" if self.tenant else shown

    def to_json(self) -> list[str]:
        """Four texts; ``Thing(*texts)`` reads them back."""
        return [self.kind, self.id, self.name, self.tenant]


class Cleaner(Protocol):
    """Lists and deletes as a member of each tenant; users and tenants as the administrator.

    Every method may raise ``harness.errors.CloudError`` where the cloud does not answer, or refuses; and
    ``harness.errors.OutOfReach`` where nobody can act in that tenant, or where this cloud has no such kind.
    """

    def list(self, kind: str, tenant: str) -> Sequence[Thing]:
        """The things of a kind that belong to the tenant itself: no public image of others,
        no object of a foreign account.

        For ``user`` and ``tenant`` the tenant is empty, and all of the cloud are listed. What every tenant
        has from its beginning (the default security group, the Swift account) is not listed: it cannot be
        removed.
        """
        ...

    def delete(self, thing: Thing) -> None:
        """Ask for the end of a thing, which may take a while.

        Raises ``harness.clients.errors.NotFound`` where it is not there. Never deletes a Swift account.
        """
        ...

    def exists(self, thing: Thing) -> bool:
        """Whether it is still there in any state; a thing that is being deleted still is."""
        ...
