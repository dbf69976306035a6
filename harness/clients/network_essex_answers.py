"""Answers of nova-network 2012.1, read into values.

Raises ``KeyError``, ``TypeError`` or ``ValueError`` on anything else.
"""

from __future__ import annotations

from typing import Any

from harness.clients.values import FixedNetwork, FloatingAddress, GroupRule, SecurityGroup


def network_of(row: Any) -> FixedNetwork:
    """A network of nova-network."""
    return FixedNetwork(
        id=str(row["id"]),
        label=str(row["label"]),
        cidr=str(row["cidr"]),
        bridge=row.get("bridge") or "",
        gateway=row.get("gateway") or "",
        dhcp_start=row.get("dhcp_start") or "",
        dns=tuple(str(row[name]) for name in ("dns1", "dns2") if row.get(name)),
        vlan=None if row.get("vlan") is None else int(row["vlan"]),
        multi_host=bool(row.get("multi_host")),
    )


def address_of(row: Any) -> FloatingAddress:
    """A floating address; server and fixed address are null where it leads nowhere."""
    return FloatingAddress(
        id=str(row["id"]),
        address=str(row["ip"]),
        pool=row.get("pool") or "",
        server=row.get("instance_id") or "",
        fixed=row.get("fixed_ip") or "",
    )


def group_of(row: Any) -> SecurityGroup:
    """A security group with its rules."""
    return SecurityGroup(
        id=str(row["id"]),
        name=str(row["name"]),
        description=row.get("description") or "",
        tenant=row.get("tenant_id") or "",
        rules=tuple(rule_of(rule) for rule in row.get("rules") or ()),
    )


def rule_of(row: Any, source_group: str = "") -> GroupRule:
    """A rule: nova tells the source group by its name, or ``{}``; an address range likewise.

    ``source_group`` is the id that was asked for, where it is known.
    """
    group, addresses = row.get("group") or {}, row.get("ip_range") or {}
    return GroupRule(
        id=str(row["id"]),
        group=str(row["parent_group_id"]),
        protocol=row.get("ip_protocol") or "",
        from_port=_port(row.get("from_port")),
        to_port=_port(row.get("to_port")),
        cidr=addresses.get("cidr") or "",
        source_group=(source_group or str(group.get("name") or "")) if group else "",
    )


def _port(value: Any) -> int | None:
    return None if value is None else int(value)
