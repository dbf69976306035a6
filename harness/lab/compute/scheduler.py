"""Where servers go and which addresses they get; the effects that state machines of servers have."""

from __future__ import annotations

import hashlib
import ipaddress

from harness.lab.compute.machine import Effect, Engine
from harness.lab.compute.state import Compute, Host, Server, compute, live
from harness.lab.compute.states import SERVERS
from harness.lab.world import World

RAM_RATIO = 1.5
"""How far nova overcommits memory by default."""
ZONE = "nova"
_KEPT = 2000
"""Deleted servers that stay visible to ``changes-since``."""


def engine(world: World) -> Engine:
    """The one engine that drives the world's servers."""
    found = world.parts.get("compute.engine")
    if not isinstance(found, Engine):
        for name, rows in SERVERS.items():
            world.machines.setdefault(name, rows)
        found = Engine(world, _EFFECTS, _touched, lambda: compute(world).pace)
        world.parts["compute.engine"] = found
    return found


def host_id(server: Server) -> str:
    """What a tenant sees of a server's host: a digest, or nothing before there is one."""
    if server.host is None:
        return ""
    return hashlib.sha224(f"{server.tenant_id}{server.host}".encode()).hexdigest()


def used(world: World, host: Host) -> list[Server]:
    """The servers on a host."""
    return [server for server in live(world) if server.host == host.name]


def choose(world: World, server: Server) -> Host | None:
    """The described compute host with most free memory that can take the server, or None."""
    zone, _, wanted = (server.zone or ZONE).partition(":")
    if zone != ZONE:
        return None
    fitting = [
        (free, host)
        for host in compute(world).hosts
        if host.runs_servers and wanted in ("", host.name)
        if (free := _free(world, host)) >= server.flavor.ram
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _free(world: World, host: Host) -> float:
    return host.memory_mb * RAM_RATIO - sum(server.flavor.ram for server in used(world, host))


def next_address(state: Compute, server_id: str) -> str | None:
    """Take an address of the fixed network, in turn; None when all are in use."""
    network = state.network
    hosts = ipaddress.ip_network(network.cidr)
    for _ in range(hosts.num_addresses):
        network.last = network.last + 1 if network.last + 2 < hosts.num_addresses else 2
        address = str(hosts[network.last])
        if address not in network.used:
            network.used[address] = server_id
            return address
    return None


def release(world: World, server: Server) -> None:
    """Give a server's addresses back; the server goes on showing them."""
    state = compute(world)
    for address in server.fixed:
        state.network.used.pop(address, None)
    for floating in state.floating.values():
        if floating.server_id == server.id:
            floating.server_id = floating.fixed = None


def _place(world: World, server: Server) -> None:
    host = choose(world, server)
    if host is None:
        engine(world).begin(server, "compute.no_valid_host")
    else:
        server.host = host.name


def _connect(world: World, server: Server) -> None:
    if not server.fixed:
        address = next_address(compute(world), server.id)
        server.fixed = [address] if address else []
    server.power_state = 1


def _launched(world: World, server: Server) -> None:
    _connect(world, server)
    server.launched = world.clock.exact()


def _gone(world: World, server: Server) -> None:
    server.deleted = world.clock.exact()
    release(world, server)
    dead = [row.id for row in world.servers.values() if row.deleted is not None]
    for server_id in dead[: max(0, len(dead) - _KEPT)]:
        del world.servers[server_id]


def _resized(world: World, server: Server) -> None:
    if server.wanted_flavor is None:
        return
    server.before_resize = (server.flavor, server.host)
    others = [host for host in compute(world).hosts if host.runs_servers and host.name != server.host]
    fitting = [host for host in others if _free(world, host) >= server.wanted_flavor.ram]
    server.flavor, server.wanted_flavor = server.wanted_flavor, None
    server.host = fitting[0].name if fitting else server.host


def _confirmed(world: World, server: Server) -> None:
    server.before_resize = None


def _reverted(world: World, server: Server) -> None:
    if server.before_resize is not None:
        server.flavor, server.host = server.before_resize
        server.before_resize = None


def _snapshot(world: World, server: Server) -> None:
    image = world.images.get(server.snapshot or "")
    if image is not None and not image.deleted:
        base = world.images.get(server.image_id)
        image.content, image.size, image.checksum = (
            (base.content, base.size, base.checksum) if base is not None else (b"", 0, None)
        )
        image.status, image.updated_at = "active", world.clock.exact()
    server.imaged, server.snapshot = server.snapshot, None


def _guest_only(world: World, server: Server) -> None:
    """Something happens to the guest of which nova keeps nothing."""


def _touched(world: World, server: Server) -> None:
    server.updated = world.clock.exact()


_EFFECTS: dict[str, Effect] = {
    "place": _place, "connect": _connect, "launched": _launched, "gone": _gone, "resized": _resized,
    "confirmed": _confirmed, "reverted": _reverted, "snapshot": _snapshot,
    **dict.fromkeys(("rebooted", "started", "rebuilt", "rescued", "unrescued", "password"), _guest_only),
}  # fmt: skip
