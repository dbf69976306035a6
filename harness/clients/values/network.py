"""What the network service answers with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FixedNetwork:
    """A network of fixed addresses as the administrator of nova-network sees it."""

    id: str
    label: str
    cidr: str
    bridge: str = ""
    gateway: str = ""
    dhcp_start: str = ""
    dns: tuple[str, ...] = ()
    vlan: int | None = None
    multi_host: bool = False


@dataclass(frozen=True)
class FloatingAddress:
    """An address of a pool that the tenant holds.

    ``server`` is the id of the server that it leads to and ``fixed`` that server's own address, both "" where
    it leads nowhere.
    """

    id: str
    address: str
    pool: str = ""
    server: str = ""
    fixed: str = ""


@dataclass(frozen=True)
class GroupRule:
    """What a group lets in: ``tcp``, ``udp`` or ``icmp`` from an address range, or from members of a group.

    ``group`` is the id of the group that the rule belongs to. Ports are -1 for every type of ICMP, None where
    the service names none.
    """

    id: str
    group: str
    protocol: str = ""
    from_port: int | None = None
    to_port: int | None = None
    cidr: str = ""
    source_group: str = ""


@dataclass(frozen=True)
class SecurityGroup:
    """A security group of a tenant."""

    id: str
    name: str
    description: str = ""
    tenant: str = ""
    rules: tuple[GroupRule, ...] = ()
