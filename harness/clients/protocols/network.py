"""What the network service can do."""

from __future__ import annotations

from typing import Protocol

from harness.clients.values import FixedNetwork, FloatingAddress, GroupRule, SecurityGroup


class Network(Protocol):
    """Networks, floating addresses and security groups."""

    quirks: frozenset[str]

    def networks(self) -> list[FixedNetwork]:
        """Networks (administrators)."""
        ...

    def floating_pools(self) -> list[str]:
        """Names of the pools that floating addresses come from."""
        ...

    def floating_addresses(self) -> list[FloatingAddress]:
        """The addresses that the tenant holds."""
        ...

    def floating_address(self, id: str) -> FloatingAddress:
        """One address that the tenant holds; raises ``NotFound``."""
        ...

    def allocate(self, pool: str | None = None) -> FloatingAddress:
        """Take an address out of a pool, by default out of the service's own default pool.

        Raises ``OverQuota``, and ``Invalid`` where the pool has none left.
        """
        ...

    def release(self, id: str) -> None:
        """Give an address back; raises ``NotFound``."""
        ...

    def associate(self, server_id: str, address: str) -> None:
        """Lead an address (``203.0.113.66``) to a server."""
        ...

    def disassociate(self, server_id: str, address: str) -> None:
        """Lead it there no more."""
        ...

    def groups(self) -> list[SecurityGroup]:
        """The tenant's security groups, with their rules."""
        ...

    def group(self, id: str) -> SecurityGroup:
        """One group; raises ``NotFound``."""
        ...

    def server_groups(self, server_id: str) -> list[SecurityGroup]:
        """The groups that a server is a member of."""
        ...

    def create_group(self, name: str | None = None, description: str = "") -> SecurityGroup:
        """Make a group without rules: it lets nothing in.

        Raises ``Conflict`` or ``Invalid`` for a name that is taken, ``OverQuota`` or ``Invalid`` for one too
        many.
        """
        ...

    def delete_group(self, id: str) -> None:
        """Remove a group; raises ``NotFound``, and ``Conflict`` or ``Invalid`` while a server uses it."""
        ...

    def add_rule(
        self,
        group_id: str,
        protocol: str,
        from_port: int,
        to_port: int,
        *,
        cidr: str | None = None,
        source_group: str | None = None,
    ) -> GroupRule:
        """Let something in: from ``cidr`` (everywhere by default), or from the members of another group (id).

        ``protocol`` is ``tcp``, ``udp`` or ``icmp``, the latter with -1 and -1 for every type. Raises
        ``Conflict`` or ``Invalid`` for a rule that is there already.
        """
        ...

    def remove_rule(self, id: str) -> None:
        """Let it in no more; raises ``NotFound``."""
        ...
