"""Answers of compute 2012.1, read into values.

Raises ``KeyError``, ``TypeError`` or ``ValueError`` on anything else.
"""

from __future__ import annotations

from typing import Any

from harness.clients.values import (
    Aggregate,
    Fault,
    Flavor,
    HostCapacity,
    HostShare,
    Image,
    Keypair,
    Limits,
    QuotaSet,
    RateLimit,
    Server,
    ServerUse,
    Usage,
)


def flavor_of(row: Any) -> Flavor:
    """A flavor; ``swap`` is "" where there is none."""
    return Flavor(
        id=str(row["id"]),
        name=str(row["name"]),
        ram=int(row["ram"]),
        vcpus=int(row["vcpus"]),
        disk=int(row["disk"]),
        ephemeral=int(row.get("OS-FLV-EXT-DATA:ephemeral") or 0),
        swap=int(row.get("swap") or 0),
    )


def server_of(row: Any) -> Server:
    """A server from a listing, a detail, or the short answer to a create."""
    fault = row.get("fault")
    return Server(
        id=str(row["id"]),
        name=row.get("name") or "",
        status=row.get("status") or "",
        vm_state=row.get("OS-EXT-STS:vm_state") or "",
        task_state=row.get("OS-EXT-STS:task_state"),
        flavor=_id(row.get("flavor")),
        image=_id(row.get("image")),
        tenant=row.get("tenant_id") or "",
        user=row.get("user_id") or "",
        key=row.get("key_name") or "",
        addresses={
            str(network): tuple(str(address["addr"]) for address in addresses)
            for network, addresses in (row.get("addresses") or {}).items()
        },
        host=row.get("OS-EXT-SRV-ATTR:host") or "",
        host_id=row.get("hostId") or "",
        instance_name=row.get("OS-EXT-SRV-ATTR:instance_name") or "",
        created=row.get("created") or "",
        updated=row.get("updated") or "",
        metadata={str(key): str(value) for key, value in (row.get("metadata") or {}).items()},
        config_drive=row.get("config_drive") or "",
        fault=Fault(int(fault.get("code", 0)), str(fault.get("message", ""))) if fault else None,
        admin_password=row.get("adminPass") or "",
    )


def _id(reference: Any) -> str:
    """The id in ``{"id": …, "links": …}``; "" where there is no reference."""
    return str(reference["id"]) if reference else ""


def keypair_of(row: Any) -> Keypair:
    """A keypair; listings wrap each one once more."""
    row = row.get("keypair", row)
    return Keypair(
        name=str(row["name"]),
        fingerprint=str(row["fingerprint"]),
        public_key=str(row["public_key"]),
        private_key=row.get("private_key") or "",
    )


def quotas_of(tenant: str, row: Any) -> QuotaSet:
    """The quotas of a tenant: every number of the answer."""
    return QuotaSet(tenant, {str(key): value for key, value in row.items() if type(value) is int})


def limits_of(row: Any) -> Limits:
    """Absolute and rate limits."""
    return Limits(
        absolute={str(key): int(value) for key, value in row["absolute"].items()},
        rates=tuple(
            RateLimit(
                verb=str(limit["verb"]),
                uri=str(rate["uri"]),
                value=int(limit["value"]),
                unit=str(limit["unit"]),
                remaining=int(limit.get("remaining", 0)),
            )
            for rate in row["rate"]
            for limit in rate["limit"]
        ),
    )


def compute_image_of(row: Any) -> Image:
    """An image as compute tells it: without formats; its metadata are the image service's properties."""
    return Image(
        id=str(row["id"]),
        name=row.get("name") or "",
        status=str(row.get("status") or "").lower(),
        min_ram=int(row.get("minRam") or 0),
        min_disk=int(row.get("minDisk") or 0),
        properties={str(key): str(value) for key, value in (row.get("metadata") or {}).items()},
    )


def pairs_of(row: Any) -> dict[str, str]:
    """Metadata: names and values as texts."""
    return {str(key): str(value) for key, value in row.items()}


_TOTAL, _NOW, _MOST = "(total)", "(used_now)", "(used_max)"


def capacity_of(name: str, rows: Any) -> HostCapacity:
    """A host's resources: one row in all, two for what is used, then one a tenant."""
    shares = {}
    for row in rows:
        found = row["resource"]
        shares[str(found["project"])] = HostShare(
            int(found["memory_mb"]), int(found["cpu"]), int(found["disk_gb"])
        )
    total, used = shares.pop(_TOTAL), shares.pop(_NOW)
    shares.pop(_MOST, None)
    return HostCapacity(name, total, used, shares)


def aggregate_of(row: Any) -> Aggregate:
    """An aggregate; the answer to its creation names neither hosts nor metadata."""
    return Aggregate(
        id=str(row["id"]),
        name=str(row["name"]),
        zone=row.get("availability_zone") or "",
        hosts=tuple(str(host) for host in row.get("hosts") or ()),
        metadata=pairs_of(row.get("metadata") or {}),
        state=row.get("operational_state") or "",
    )


def usage_of(tenant: str, row: Any) -> Usage:
    """What a tenant used; ``{}`` where that is nothing."""
    return Usage(
        tenant=str(row.get("tenant_id") or tenant),
        hours=float(row.get("total_hours", 0)),
        memory_mb_hours=float(row.get("total_memory_mb_usage", 0)),
        vcpu_hours=float(row.get("total_vcpus_usage", 0)),
        disk_gb_hours=float(row.get("total_local_gb_usage", 0)),
        servers=tuple(_server_use(each) for each in row.get("server_usages") or ()),
    )


def _server_use(row: Any) -> ServerUse:
    return ServerUse(
        name=str(row["name"]),
        flavor=str(row["flavor"]),
        state=str(row["state"]),
        hours=float(row["hours"]),
        memory_mb=int(row["memory_mb"]),
        vcpus=int(row["vcpus"]),
        disk_gb=int(row["local_gb"]),
        ended=row.get("ended_at") or "",
    )
