"""What compute can do."""

from __future__ import annotations

from typing import Protocol

from harness.clients.values import (
    ComputeHost,
    Extension,
    Flavor,
    Image,
    Keypair,
    Limits,
    QuotaSet,
    Server,
)


class Compute(Protocol):
    """Servers and what they are made of."""

    quirks: frozenset[str]

    def flavors(self) -> list[Flavor]:
        """Every flavor, with all its sizes."""
        ...

    def flavor(self, flavor_id: str) -> Flavor:
        """One flavor; raises ``NotFound``."""
        ...

    def extensions(self) -> list[Extension]:
        """Every extension of the API."""
        ...

    def limits(self) -> Limits:
        """The caller's limits."""
        ...

    def quotas(self, tenant_id: str | None = None) -> QuotaSet:
        """The quotas of a tenant (the session's own by default)."""
        ...

    def default_quotas(self) -> QuotaSet:
        """The quotas that a tenant has when nobody set any."""
        ...

    def hosts(self) -> list[ComputeHost]:
        """Hosts and their services (administrators)."""
        ...

    def images(self) -> list[Image]:
        """The images that compute shows to this tenant."""
        ...

    def keypairs(self) -> list[Keypair]:
        """The user's keypairs."""
        ...

    def create_keypair(self, name: str | None = None, public_key: str | None = None) -> Keypair:
        """Make a keypair, or bring in a public key; raises ``Conflict``."""
        ...

    def delete_keypair(self, name: str) -> None:
        """Remove a keypair; raises ``NotFound``."""
        ...

    def create_server(
        self, name: str | None = None, *, image: str, flavor: str, key: str | None = None
    ) -> Server:
        """Ask for a server; ``image`` and ``flavor`` are ids, ``key`` a keypair's name.

        It is not built yet.
        """
        ...

    def servers(self, detail: bool = True, all_tenants: bool = False) -> list[Server]:
        """The tenant's servers, or every tenant's (administrators)."""
        ...

    def server(self, server_id: str) -> Server:
        """One server; raises ``NotFound``."""
        ...

    def delete_server(self, server_id: str) -> None:
        """Ask for the end of a server; it is gone when ``server`` raises ``NotFound``."""
        ...

    def console(self, server_id: str, lines: int | None = None) -> str:
        """What the server printed on its console: the last ``lines``, or all that compute keeps."""
        ...
