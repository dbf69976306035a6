"""How nova shows its things in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from harness.lab.compute.call import Call
from harness.lab.compute.scheduler import host_id
from harness.lab.compute.state import Flavor, FloatingAddress, Group, GroupRule, Server, compute

_WITH_PROGRESS = ("ACTIVE", "BUILD", "REBUILD", "RESIZE", "VERIFY_RESIZE")
_WITH_FAULT = ("ERROR", "DELETED")


def stamp(moment: datetime) -> str:
    """``2012-05-04T06:00:00Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def row_stamp(moment: datetime | None) -> str | None:
    """A time as it stands in a row of the database, which some answers pass on."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") if moment else None


def flavor_view(call: Call, flavor: Flavor) -> dict[str, Any]:
    """A flavor in full."""
    return {
        "vcpus": flavor.vcpus,
        "disk": flavor.disk,
        "name": flavor.name,
        "links": call.links(f"flavors/{flavor.id}"),
        "rxtx_factor": flavor.rxtx_factor,
        "OS-FLV-EXT-DATA:ephemeral": flavor.ephemeral,
        "ram": flavor.ram,
        "id": flavor.id,
        "swap": flavor.swap or "",
    }


def brief(call: Call, kind: str, item_id: str, name: str | None) -> dict[str, Any]:
    """A row of a listing without details."""
    return {"id": item_id, "links": call.links(f"{kind}/{item_id}"), "name": name}


def addresses(call: Call, server: Server) -> dict[str, list[dict[str, Any]]]:
    """A server's addresses by network: fixed ones first, each followed by its floating ones."""
    state = compute(call.world)
    rows: list[str] = []
    for fixed in server.fixed:
        rows.append(fixed)
        rows += [
            row.address for row in state.floating.values() if (row.server_id, row.fixed) == (server.id, fixed)
        ]
    return {state.network.label: [{"version": 4, "addr": row} for row in rows]} if rows else {}


def server_view(call: Call, server: Server, *, extended: bool = True) -> dict[str, Any]:
    """A server in full; extended with its states where it is being read,
    and with its place for administrators.
    """
    view: dict[str, Any] = {
        "id": server.id,
        "name": server.name,
        "status": server.status,
        "tenant_id": server.tenant_id,
        "user_id": server.user_id,
        "metadata": dict(server.metadata),
        "hostId": host_id(server),
        "image": _reference(call, "images", server.image_id),
        "flavor": _reference(call, "flavors", server.flavor.id),
        "created": stamp(server.created),
        "updated": stamp(server.updated),
        "addresses": addresses(call, server),
        "accessIPv4": server.access_v4,
        "accessIPv6": server.access_v6,
        "links": call.links(f"servers/{server.id}"),
        "key_name": server.key_name or "",
        "config_drive": server.config_drive,
        "OS-DCF:diskConfig": server.disk_config,
    }
    if server.status in _WITH_FAULT and server.fault:
        view["fault"] = dict(server.fault)
    if server.status in _WITH_PROGRESS:
        view["progress"] = 0
    return {**view, **_extension(call, server)} if extended else view


def _extension(call: Call, server: Server) -> dict[str, Any]:
    rows: dict[str, Any] = {
        "OS-EXT-STS:task_state": server.task_state,
        "OS-EXT-STS:vm_state": server.vm_state,
        "OS-EXT-STS:power_state": server.power_state,
    }
    if call.context.admin:
        rows["OS-EXT-SRV-ATTR:instance_name"] = server.key
        rows["OS-EXT-SRV-ATTR:host"] = server.host
        rows["OS-EXT-SRV-ATTR:hypervisor_hostname"] = None
    return rows


def _reference(call: Call, kind: str, item_id: str) -> dict[str, Any]:
    return {"id": item_id, "links": [{"href": call.bookmark(f"{kind}/{item_id}"), "rel": "bookmark"}]}


def group_view(call: Call, group: Group) -> dict[str, Any]:
    """A security group with its rules."""
    return {
        "rules": [rule_view(call, rule) for rule in group.rules],
        "tenant_id": group.tenant_id,
        "id": group.id,
        "name": group.name,
        "description": group.description,
    }


def rule_view(call: Call, rule: GroupRule) -> dict[str, Any]:
    """A rule of a security group; its source is either a group or a range of addresses."""
    source = compute(call.world).groups.get(rule.source or 0)
    return {
        "from_port": rule.from_port,
        "group": {"tenant_id": source.tenant_id, "name": source.name} if source else {},
        "ip_protocol": rule.protocol,
        "to_port": rule.to_port,
        "parent_group_id": rule.parent,
        "ip_range": {} if source else {"cidr": rule.cidr},
        "id": rule.id,
    }


def floating_view(row: FloatingAddress) -> dict[str, Any]:
    """A floating address."""
    return {
        "instance_id": row.server_id,
        "ip": row.address,
        "fixed_ip": row.fixed,
        "id": row.id,
        "pool": row.pool,
    }
