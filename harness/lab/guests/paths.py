"""Who reaches whom: from a node or a guest to a fixed or a floating address, by the security groups in force.

As with nova-network's FlatDHCP: a node reaches fixed addresses when it runs nova-network, which gives it an
address on the bridge that it comes from; floating addresses are there for every node, which comes from its
own. What a group does not let in is dropped. With VLANs tenants have networks of their own.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

from harness.lab.compute.state import compute
from harness.lab.guests.guest import Guest
from harness.lab.guests.policies import Packet, policies
from harness.lab.guests.state import guests
from harness.lab.world import World

Outcome = Literal["open", "refused", "no route", "timeout"]
ECHO = 8
"""The type of an ICMP echo request."""
SSH = 22


@dataclass(frozen=True)
class Reached:
    """What came of it; ``guest`` is the one that answers, where one does."""

    outcome: Outcome
    guest: Guest | None = None


def from_node(world: World, node: str, address: str, port: int, protocol: str = "tcp") -> Reached:
    """A node of the cloud opens a connection."""
    if _is_fixed(world, address):
        if not _on_bridge(world, node):
            return Reached("no route")
        return _reach(world, Packet(gateway(world), protocol, port), address)
    source = str(world.addresses.get(node, "0.0.0.0"))  # noqa: S104 - an unknown sender
    return _reach(world, Packet(source, protocol, port), address)


def from_guest(guest: Guest, address: str, port: int, protocol: str = "tcp", size: int = 84) -> Reached:
    """A guest opens a connection; to floating addresses through its host, under another address."""
    world = guest.world
    if address in ("127.0.0.1", "localhost", *guest.server.fixed):
        return _at(guest, port, protocol)
    if _is_fixed(world, address):
        if address == gateway(world):
            return Reached("open" if protocol == "icmp" else "refused")
        if _apart(guest, address):
            return Reached("timeout")
        mine = guest.server.fixed[0] if guest.server.fixed else "0.0.0.0"  # noqa: S104
        return _reach(world, Packet(mine, protocol, port, frozenset(guest.server.groups), size), address)
    if address in world.addresses.values():
        return Reached("open" if policies(world).outside(world, address) else "timeout")
    return _reach(world, Packet(_outside_address(guest), protocol, port, size=size), address)


def _apart(guest: Guest, address: str) -> bool:
    """Whether an address is in another tenant's network."""
    world = guest.world
    described = world.arch.model.network
    other = world.servers.get(compute(world).network.used.get(address, ""))
    apart = described is not None and described.manager == "VLAN"
    return apart and other is not None and other.tenant_id != guest.server.tenant_id


def gateway(world: World) -> str:
    """The address of the bridge, which guests have as their way out."""
    return str(ipaddress.ip_network(compute(world).network.cidr)[1])


def _outside_address(guest: Guest) -> str:
    """Under which a guest is seen outside: its floating address, or its host's own."""
    rows = compute(guest.world).floating.values()
    own = next((row.address for row in rows if row.server_id == guest.server.id), None)
    return own or str(guest.world.addresses.get(guest.server.host or "", "0.0.0.0"))  # noqa: S104


def _is_fixed(world: World, address: str) -> bool:
    return _parsed(address) in ipaddress.ip_network(compute(world).network.cidr)


def _parsed(address: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(address)
    except ValueError:
        return ipaddress.IPv4Address(0)


def _on_bridge(world: World, node: str) -> bool:
    hosts = compute(world).hosts
    networked = {host.name for host in hosts if "network" in host.services}
    return node in (networked or {host.name for host in hosts if host.runs_servers})


def _reach(world: World, packet: Packet, address: str) -> Reached:
    kept = guests(world)
    kept.settle()
    server_id = (
        policies(world).holds(world, address)
        if _is_fixed(world, address)
        else policies(world).behind(world, address)
    )
    guest = kept.rows.get(server_id or "")
    if guest is None or not (guest.powered or guest.paused):
        return Reached("no route")
    if guest.paused or not policies(world).admits(world, guest.server, packet):
        return Reached("timeout")
    return _at(guest, packet.port, packet.protocol)


def _at(guest: Guest, port: int, protocol: str) -> Reached:
    if not guest.up:
        return Reached("no route")
    if protocol == "icmp" or port == SSH or port in guest.listeners:
        return Reached("open", guest)
    return Reached("refused")
