"""What the network service answers with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """A network as the administrator of nova-network sees it."""

    id: str
    label: str
    cidr: str
    bridge: str = ""
    gateway: str = ""
    dhcp_start: str = ""
    dns: tuple[str, ...] = ()
    vlan: int | None = None
    multi_host: bool = False
