"""What an administrator sees and arranges in Nova 2012.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.clients.compute_essex_answers import aggregate_of, capacity_of, quotas_of
from harness.clients.compute_essex_speech import Speech, part
from harness.clients.values import Aggregate, ComputeHost, HostCapacity, QuotaSet


class AdministrationEssex(Speech):
    """The ``ComputeAdministration`` part of the protocol."""

    def hosts(self) -> list[ComputeHost]:
        """Hosts and their services."""
        return self._get(
            "/os-hosts",
            lambda data: [ComputeHost(str(row["host_name"]), str(row["service"])) for row in data["hosts"]],
        )

    def host(self, name: str) -> HostCapacity:
        """What a compute host has and what of it is used."""
        return self._get(f"/os-hosts/{part(name)}", lambda data: capacity_of(name, data["host"]))

    def set_quotas(self, tenant_id: str, **values: int) -> QuotaSet:
        """Change a tenant's quotas."""
        path = f"/os-quota-sets/{part(tenant_id)}"
        body = {"quota_set": values}
        return self._send("PUT", path, body, lambda data: quotas_of(tenant_id, data["quota_set"]))

    def aggregates(self) -> list[Aggregate]:
        """Every aggregate."""
        return self._get("/os-aggregates", lambda data: [*map(aggregate_of, data["aggregates"])])

    def aggregate(self, aggregate_id: str) -> Aggregate:
        """One aggregate."""
        return self._get(_aggregate(aggregate_id), lambda data: aggregate_of(data["aggregate"]))

    def create_aggregate(self, name: str | None = None, *, zone: str) -> Aggregate:
        """Make an aggregate without hosts."""
        fresh = name or self._link.keeper.name("aggregate")
        body = {"aggregate": {"name": fresh, "availability_zone": zone}}
        with self._link.keeper.creating("aggregate", fresh) as entry:
            made = self._send("POST", "/os-aggregates", body, lambda data: aggregate_of(data["aggregate"]))
            entry.made(made.id)
        return made

    def add_host(self, aggregate_id: str, host: str) -> Aggregate:
        """Put a host in."""
        return self._act_on(aggregate_id, {"add_host": {"host": host}})

    def remove_host(self, aggregate_id: str, host: str) -> Aggregate:
        """Take a host out."""
        return self._act_on(aggregate_id, {"remove_host": {"host": host}})

    def set_aggregate_metadata(self, aggregate_id: str, values: Mapping[str, str | None]) -> Aggregate:
        """Add or remove metadata."""
        return self._act_on(aggregate_id, {"set_metadata": {"metadata": dict(values)}})

    def delete_aggregate(self, aggregate_id: str) -> None:
        """Remove an aggregate."""
        self._drop(_aggregate(aggregate_id))

    def _act_on(self, aggregate_id: str, body: Mapping[str, Any]) -> Aggregate:
        path = f"{_aggregate(aggregate_id)}/action"
        return self._send("POST", path, body, lambda data: aggregate_of(data["aggregate"]))


def _aggregate(aggregate_id: str) -> str:
    return f"/os-aggregates/{part(aggregate_id)}"
