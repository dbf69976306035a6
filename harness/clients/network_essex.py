"""The network service as nova-network 2012.1 speaks it, through compute's own API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from harness.clients.link import Link
from harness.clients.network_essex_answers import address_of, group_of, network_of, rule_of
from harness.clients.values import FixedNetwork, FloatingAddress, GroupRule, SecurityGroup

QUIRKS = frozenset(
    {
        "empty_pool_is_400",
        "foreign_address_is_500",
        "group_needs_description",
        "group_quota_is_400",
        "releases_while_associated",
        "taken_name_is_400",
        "unknown_pool_is_400",
    }
)
ANYWHERE = "0.0.0.0/0"
T = TypeVar("T")


class NetworkEssex:
    """The ``Network`` protocol over nova 2012.1."""

    quirks = QUIRKS

    def __init__(self, link: Link) -> None:
        self._link = link

    def networks(self) -> list[FixedNetwork]:
        """Networks."""
        return self._get("/os-networks", lambda data: [*map(network_of, data["networks"])])

    def floating_pools(self) -> list[str]:
        """Names of the pools."""
        return self._get(
            "/os-floating-ip-pools", lambda data: [str(row["name"]) for row in data["floating_ip_pools"]]
        )

    def floating_addresses(self) -> list[FloatingAddress]:
        """The addresses that the tenant holds."""
        return self._get("/os-floating-ips", lambda data: [*map(address_of, data["floating_ips"])])

    def floating_address(self, id: str) -> FloatingAddress:
        """One address that the tenant holds."""
        return self._get(f"/os-floating-ips/{_part(id)}", lambda data: address_of(data["floating_ip"]))

    def allocate(self, pool: str | None = None) -> FloatingAddress:
        """Take an address out of a pool; it has no name, so the ledger knows it by its id alone."""
        body = {} if pool is None else {"pool": pool}
        with self._link.keeper.creating("address", "") as entry:
            found = self._post("/os-floating-ips", body, lambda data: address_of(data["floating_ip"]))
            entry.made(found.id)
        return found

    def release(self, id: str) -> None:
        """Give an address back."""
        self._delete(f"/os-floating-ips/{_part(id)}")

    def associate(self, server_id: str, address: str) -> None:
        """Lead an address to a server."""
        self._act(server_id, "addFloatingIp", address)

    def disassociate(self, server_id: str, address: str) -> None:
        """Lead it there no more."""
        self._act(server_id, "removeFloatingIp", address)

    def groups(self) -> list[SecurityGroup]:
        """The tenant's security groups."""
        return self._get("/os-security-groups", lambda data: [*map(group_of, data["security_groups"])])

    def group(self, id: str) -> SecurityGroup:
        """One group."""
        return self._get(f"/os-security-groups/{_part(id)}", lambda data: group_of(data["security_group"]))

    def server_groups(self, server_id: str) -> list[SecurityGroup]:
        """The groups that a server is a member of."""
        return self._get(
            f"/servers/{_part(server_id)}/os-security-groups",
            lambda data: [*map(group_of, data["security_groups"])],
        )

    def create_group(self, name: str | None = None, description: str = "") -> SecurityGroup:
        """Make a group; nova wants words for it, so it is described by its name where nobody said any."""
        fresh = name or self._link.keeper.name("group")
        body = {"security_group": {"name": fresh, "description": description or fresh}}
        with self._link.keeper.creating("group", fresh) as entry:
            group = self._post("/os-security-groups", body, lambda data: group_of(data["security_group"]))
            entry.made(group.id)
        return group

    def delete_group(self, id: str) -> None:
        """Remove a group."""
        self._delete(f"/os-security-groups/{_part(id)}")

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
        """Let something in."""
        source = {"cidr": cidr or ANYWHERE} if source_group is None else {"group_id": source_group}
        rule = {
            "parent_group_id": group_id,
            "ip_protocol": protocol,
            "from_port": from_port,
            "to_port": to_port,
            **source,
        }
        return self._post(
            "/os-security-group-rules",
            {"security_group_rule": rule},
            lambda data: rule_of(data["security_group_rule"], source_group or ""),
        )

    def remove_rule(self, id: str) -> None:
        """Let it in no more."""
        self._delete(f"/os-security-group-rules/{_part(id)}")

    def _act(self, server_id: str, action: str, address: str) -> None:
        url = self._url(f"/servers/{_part(server_id)}/action")
        self._link.ask("POST", url, json={action: {"address": address}})

    def _get(self, path: str, reader: Callable[[Any], T]) -> T:
        return self._link.read("GET", self._url(path), reader)

    def _post(self, path: str, body: Any, reader: Callable[[Any], T]) -> T:
        return self._link.read("POST", self._url(path), reader, json=body)

    def _delete(self, path: str) -> None:
        self._link.ask("DELETE", self._url(path))

    def _url(self, path: str) -> str:
        return self._link.endpoint("compute") + path


def _part(text: str) -> str:
    return quote(text, safe="")
