"""Decisions as a broken cloud takes them: what a fault puts in the place of an honest policy."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from harness.lab.compute.state import Flavor, GroupRule, Server, compute, live
from harness.lab.faults.registry import Bench
from harness.lab.guests.guest import Guest
from harness.lab.guests.policies import KEY, MACHINES, Packet, admits, behind, holds, outside, policies
from harness.lab.guests.roots import root_of
from harness.lab.guests.tree import Tree
from harness.lab.world import World

NOBODYS_KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQDGmdDykC4h6nFrbDGqqS5gkvXZn2pDbXfD5a7zG1cbV0x7 nobody"


@contextmanager
def deciding(bench: Bench, **changed: Any) -> Iterator[None]:
    """Other decisions (fields of ``Policies``) are in force inside the context."""
    with bench.machine(KEY, replace(policies(bench.world), **changed)):
        yield


def without(step: str) -> tuple[Any, ...]:
    """A first boot that leaves out a step."""
    return tuple(row for row in MACHINES["guests.first_boot"] if row.does != step)


def localhost(guest: Guest) -> str:
    """The host name that no DHCP server gave."""
    return "localhost"


def half_the_memory(guest: Guest) -> Flavor:
    """The flavor with half of its memory."""
    return replace(guest.server.flavor, ram=guest.server.flavor.ram // 2)


def small_disk(guest: Guest) -> Flavor:
    """The flavor with next to no disk."""
    return replace(guest.server.flavor, disk=1, ephemeral=0)


def somebody_else(guest: Guest) -> Server:
    """Another server, or one that was never made."""
    mine = guest.server
    other = next((row for row in live(guest.world) if row.id != mine.id and row.fixed), None)
    return other or replace(mine, number=mine.number + 1, fixed=["10.0.0.250"], user_data=b"")


def as_the_image(guest: Guest) -> Tree:
    """The files of the image that the server was made of, and nothing of its own."""
    return root_of(guest.world, guest.server.image_id) or Tree()


def as_before(guest: Guest, fresh: Tree | None) -> Tree | None:
    """The root that it had."""
    return guest.tree


def let_all_in(world: World, server: Server, packet: Packet) -> bool:
    """No group counts."""
    return True


class KeepsRules:
    """Rules that were ever in force stay so."""

    def __init__(self) -> None:
        self.seen: dict[int, list[GroupRule]] = {}

    def __call__(self, world: World, server: Server, packet: Packet) -> bool:
        """As the groups decide, with every rule that was there at an earlier packet."""
        groups = compute(world).groups
        for number in server.groups:
            if number in groups:
                known = self.seen.setdefault(number, [])
                known += [rule for rule in groups[number].rules if rule not in known]
        before = {number: groups[number].rules for number in self.seen if number in groups}
        for number in before:
            groups[number].rules = self.seen[number]
        try:
            return admits(world, server, packet)
        finally:
            for number, rules in before.items():
                groups[number].rules = rules


def _inside(world: World, packet: Packet) -> bool:
    """Whether a guest sent it: not the bridge, which hosts come from."""
    network = ipaddress.ip_network(compute(world).network.cidr)
    return ipaddress.ip_address(packet.source) in network and packet.source != str(network[1])


def nothing_from_inside(world: World, server: Server, packet: Packet) -> bool:
    """Guests do not reach one another."""
    return not _inside(world, packet) and admits(world, server, packet)


def all_from_inside(world: World, server: Server, packet: Packet) -> bool:
    """Whoever is on the fixed network gets in, whatever the groups say."""
    return _inside(world, packet) or admits(world, server, packet)


class NotOn:
    """No packet gets to the servers of one host."""

    def __init__(self, host: str) -> None:
        self.host = host

    def __call__(self, world: World, server: Server, packet: Packet) -> bool:
        """As the groups decide, elsewhere."""
        return server.host != self.host and admits(world, server, packet)


class FloatingStays:
    """An address goes on leading to a server: to the last it had, or (``first``) to the first."""

    def __init__(self, *, first: bool) -> None:
        self.first = first
        self.seen: dict[str, str] = {}

    def __call__(self, world: World, address: str) -> str | None:
        """The server behind an address, as it was when somebody came there before."""
        now = behind(world, address)
        known = self.seen.get(address)
        if self.first:
            if now is None:
                self.seen.pop(address, None)
                return None
            return self.seen.setdefault(address, now)
        if now is not None:
            self.seen[address] = now
        return now or known


def small_packets(world: World, server: Server, packet: Packet) -> bool:
    """Whatever is larger than a tunnel carries gets lost."""
    return packet.size <= 1400 and admits(world, server, packet)


class NeverEnds:
    """Guests run on after their servers are gone, and keep their addresses until another has them."""

    def __init__(self, runs: Callable[[Guest], bool]) -> None:
        self.honest = runs
        self.seen: dict[str, str] = {}

    def runs(self, guest: Guest) -> bool:
        """A deleted server's guest does."""
        return guest.server.deleted is not None or self.honest(guest)

    def holds(self, world: World, address: str) -> str | None:
        """The server that has an address, or had it when somebody came there."""
        now = holds(world, address)
        if now is not None:
            self.seen[address] = now
        return now or self.seen.get(address)


def nobody_behind(world: World, address: str) -> str | None:
    """No floating address leads anywhere."""
    return None


def no_way_out(world: World, named: str) -> str | None:
    """Names are known, and nothing gets to what they name."""
    return None if named in world.addresses.values() else outside(world, named)


def no_names(world: World, named: str) -> str | None:
    """Addresses are reached, and no name is known."""
    return outside(world, named) if named in world.addresses.values() else None
