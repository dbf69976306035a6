"""The decision points of the guests and of the network between them, as data that a fault may replace.

They lie in ``world.machines[KEY]``; so ``bench.machine(KEY, replace(…))`` puts another decision in force.
How a guest boots is a state machine beside them: ``guests.first_boot`` and ``guests.boot``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.lab.compute.machine import Machine, Row
from harness.lab.compute.state import Flavor, GroupRule, Server, compute
from harness.lab.guests.tree import Tree

if TYPE_CHECKING:
    from harness.lab.guests.guest import Guest
    from harness.lab.world import World

KEY = "guests.policies"

MACHINES: dict[str, Machine] = {
    "guests.first_boot": (
        Row("booting", seconds=0.15, does="kernel"),
        Row("booting", does="host name"),
        Row("booting", does="key"),
        Row("booting", does="files"),
        Row("booting", does="user data"),
        Row("up", does="login"),
    ),
    "guests.boot": (
        Row("booting", seconds=0.15, does="kernel"),
        Row("booting", does="host name"),
        Row("up", does="login"),
    ),
    "guests.nothing_to_boot": (Row("no disk"),),
}
"""What a guest does when it is started: for the first time from a disk, again, and without one."""


@dataclass(frozen=True)
class Packet:
    """What wants to get to a guest. ``groups`` are the sender's where it is a guest of this cloud itself."""

    source: str
    protocol: str
    port: int
    groups: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Policies:
    """Who decides what; each is a function of its own, so that a fault replaces one."""

    hostname: Callable[[Guest], str]
    size: Callable[[Guest], Flavor]
    keys: Callable[[Guest], list[str]]
    told_of: Callable[[Guest], Server]
    """The server whose metadata a guest is given."""
    saved: Callable[[Guest], Tree]
    """The files that an image of a server carries."""
    rebuilt: Callable[[Guest, Tree | None], Tree | None]
    """The root of a rebuilt server, given that of its image."""
    root: Callable[[Server], str]
    """What the request mapped to the root disk, as nova writes a mapping; empty for none."""
    restarts: Callable[[Guest], bool]
    """Whether a reboot that nova reports reaches the guest."""
    keeps_bytes: Callable[[int], bool]
    """Whether a volume that is attached has the bytes that were written to it, by its number."""
    admits: Callable[[World, Server, Packet], bool]
    """Whether a server's security groups let a packet in."""
    behind: Callable[[World, str], str | None]
    """The id of the server that answers at a floating address."""


def hostname(guest: Guest) -> str:
    """As nova's DHCP gives it: the server's name at its first boot, as far as it is a host name."""
    kept = "".join(char if char.isalnum() or char == "-" else "-" for char in guest.server.name.lower())
    return kept.strip("-")[:63] or f"server-{guest.server.id}"


def _size(guest: Guest) -> Flavor:
    return guest.server.flavor


def _keys(guest: Guest) -> list[str]:
    return [guest.server.key_data] if guest.server.key_data else []


def _told_of(guest: Guest) -> Server:
    return guest.server


def _saved(guest: Guest) -> Tree:
    return guest.tree


def _rebuilt(guest: Guest, fresh: Tree | None) -> Tree | None:
    return fresh


def admits(world: World, server: Server, packet: Packet) -> bool:
    """One rule of one of the server's groups that matches is enough; without any nothing comes in."""
    groups = compute(world).groups
    rules = [rule for number in server.groups if number in groups for rule in groups[number].rules]
    return any(_matches(rule, packet) for rule in rules)


def _matches(rule: GroupRule, packet: Packet) -> bool:
    if rule.protocol and rule.protocol.lower() != packet.protocol:
        return False
    if not _covers(rule, packet):
        return False
    if rule.source is not None:
        return rule.source in packet.groups
    return ipaddress.ip_address(packet.source) in ipaddress.ip_network(rule.cidr or "0.0.0.0/0")


def _covers(rule: GroupRule, packet: Packet) -> bool:
    """Ports for TCP and UDP; for ICMP the lower end is a type, of which -1 is any."""
    if rule.from_port is None or rule.to_port is None:
        return True
    if packet.protocol == "icmp":
        return rule.from_port in (-1, packet.port)
    return rule.from_port <= packet.port <= rule.to_port


def behind(world: World, address: str) -> str | None:
    """The server that nova has associated the address with."""
    rows = compute(world).floating.values()
    return next((row.server_id for row in rows if row.address == address), None)


def honest() -> Policies:
    """The decisions of a cloud in which nothing is broken."""
    return Policies(
        hostname=hostname,
        size=_size,
        keys=_keys,
        told_of=_told_of,
        saved=_saved,
        rebuilt=_rebuilt,
        root=lambda server: server.block_devices.get("vda", ""),
        restarts=lambda guest: True,
        keeps_bytes=lambda volume: True,
        admits=admits,
        behind=behind,
    )


def policies(world: World) -> Policies:
    """Those in force."""
    found = world.machines.setdefault(KEY, honest())
    assert isinstance(found, Policies)
    return found
