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
    size: int = 84


@dataclass(frozen=True)
class Policies:
    """Who decides what; each is a function of its own, so that a fault replaces one."""

    hostname: Callable[[Guest], str]
    size: Callable[[Guest], Flavor]
    keys: Callable[[Guest], list[str]]
    """The public keys that a guest is given when it first boots."""
    opens: Callable[[Guest, str, str], bool]
    """Whether a user gets in with a public key (``ssh-rsa AAAA…``)."""
    account: Callable[[str], str]
    """The account that a user who got in really has."""
    drive: Callable[[Guest], dict[str, str]]
    """The metadata on a config drive."""
    boots_from: Callable[[Guest, Tree | None], Tree | None]
    """The root that a new guest gets, given that of its image or volume; None boots nothing."""
    runs: Callable[[Guest], bool]
    """Whether a guest is running, as its server's states have it."""
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
    outside: Callable[[World, str], str | None]
    """The node that is at an address or name outside of the guests' network, where a guest gets there."""
    behind: Callable[[World, str], str | None]
    """The id of the server that answers at a floating address."""
    holds: Callable[[World, str], str | None]
    """The id of the server that answers at a fixed address."""


def hostname(guest: Guest) -> str:
    """As nova's DHCP gives it: the server's name at its first boot, as far as it is a host name."""
    kept = "".join(char if char.isalnum() or char == "-" else "-" for char in guest.server.name.lower())
    return kept.strip("-")[:63] or f"server-{guest.server.id}"


def _size(guest: Guest) -> Flavor:
    return guest.server.flavor


def _keys(guest: Guest) -> list[str]:
    return [guest.server.key_data] if guest.server.key_data else []


def opens(guest: Guest, user: str, key: str) -> bool:
    """As the file of authorised keys in the user's home has it; only the image's own user has one."""
    home = "/root" if user == "root" else f"/home/{user}"
    node = guest.tree.nodes.get(f"{home}/.ssh/authorized_keys")
    lines = (node.data or b"").decode(errors="replace").splitlines() if node is not None else []
    return user == guest.login and key.split()[:2] in [line.split()[:2] for line in lines]


_DOWN = ("rebooting", "rebooting_hard", "deleting")


def runs(guest: Guest) -> bool:
    """Active or rescued, and not on its way down; a task that never ends, of a locked server, is none."""
    server = guest.server
    if server.deleted is not None or server.vm_state not in ("active", "rescued"):
        return False
    return server.task_state not in _DOWN or server.run is None


def _told_of(guest: Guest) -> Server:
    return guest.server


def _saved(guest: Guest) -> Tree:
    return guest.tree


def _rebuilt(guest: Guest, fresh: Tree | None) -> Tree | None:
    return fresh


def admits(world: World, server: Server, packet: Packet) -> bool:
    """One rule of one of the server's groups that matches is enough; without any nothing comes in.

    Unless nova.conf says ``allow_same_net_traffic = false``, all that comes from the fixed network gets in,
    that of hosts on it too: so nova 2012.1 does it (nova/virt/firewall.py, ``_do_project_network_rules``).
    """
    if _inside(world, packet.source) and not groups_hold_inside(world):
        return True
    groups = compute(world).groups
    rules = [rule for number in server.groups if number in groups for rule in groups[number].rules]
    return any(_matches(rule, packet) for rule in rules)


def groups_hold_inside(world: World) -> bool:
    """Whether groups count between those on the fixed network."""
    told = world.arch.model.config.get("nova.conf", {}).get("allow_same_net_traffic", "true")
    return str(told).lower() in ("false", "0", "no")


def _inside(world: World, source: str) -> bool:
    return ipaddress.ip_address(source) in ipaddress.ip_network(compute(world).network.cidr)


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


def holds(world: World, address: str) -> str | None:
    """The server that nova has given the address to."""
    return compute(world).network.used.get(address)


def outside(world: World, named: str) -> str | None:
    """Nodes are all that lies outside of this cloud's guests: by address, and by name as DNS gives it."""
    return next((node for node, address in world.addresses.items() if named in (node, address)), None)


def honest() -> Policies:
    """The decisions of a cloud in which nothing is broken."""
    return Policies(
        hostname=hostname,
        account=lambda user: user,
        size=_size,
        keys=_keys,
        opens=opens,
        drive=lambda guest: dict(guest.server.metadata),
        boots_from=lambda guest, tree: tree,
        runs=runs,
        told_of=_told_of,
        saved=_saved,
        rebuilt=_rebuilt,
        root=lambda server: server.block_devices.get("vda", ""),
        restarts=lambda guest: True,
        keeps_bytes=lambda volume: True,
        admits=admits,
        behind=behind,
        outside=outside,
        holds=holds,
    )


def policies(world: World) -> Policies:
    """Those in force."""
    found = world.machines.setdefault(KEY, honest())
    assert isinstance(found, Policies)
    return found
