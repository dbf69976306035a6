"""What nova's own tools say on a host, told from the state of the lab's cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.lab.compute.state import compute, live
from harness.lab.hostside.commands import Done
from harness.lab.hostside.furnishing.plan import HostPlan
from harness.lab.volume.state import volumes
from harness.lab.world import World

Alive = Callable[[str, str], bool]
"""``alive(host, job)``."""
_STATES = {"active": "running", "paused": "paused", "suspended": "shut off", "stopped": "shut off"}


def nova_manage(world: World, alive: Alive, words: list[str]) -> Done:
    """``service list``, ``network list``, ``floating list``, ``host list`` in the words of 2012.1.3."""
    told: dict[str, Callable[[], str]] = {
        "service list": lambda: "".join(_services(world, alive)),
        "network list": lambda: _network(world),
        "floating list": lambda: _floating(world),
        "host list": lambda: _hosts(world),
        "db version": lambda: "82\n",
    }
    what = " ".join(words[:2])
    if world.arch.model.compute is None or what not in told:
        return Done(1, f"{what} does not match any options\n")
    return Done(0, told[what]())


def _services(world: World, alive: Alive) -> Iterator[str]:
    yield f"{'Binary':<16} {'Host':<36} {'Zone':<16} {'Status':<10} State Updated_At\n"
    stamp = world.clock.exact().strftime("%Y-%m-%d %H:%M:%S.%f")
    for host in compute(world).hosts:
        for service in host.services:
            job = f"nova-{service}"
            face = ":-)" if alive(host.name, job) else "XXX"
            yield f"{job:<16} {host.name:<36} {'nova':<16} {'enabled':<10} {face}   {stamp}\n"


def _network(world: World) -> str:
    network = compute(world).network
    head = ("id", "IPv4", "IPv6", "start address", "DNS1", "DNS2", "VlanID", "project", "uuid")
    start = f"{network.cidr.split('/')[0].rsplit('.', 1)[0]}.2"
    row = (
        "1",
        network.cidr,
        "None",
        start,
        network.dns or "8.8.4.4",
        "None",
        str(network.vlan),
        "None",
        network.id,
    )
    return "".join(
        "\t".join(f"{word:<{5 if place == 0 else 15}}" for place, word in enumerate(line)) + "\n"
        for line in (head, row)
    )


def _floating(world: World) -> str:
    rows = compute(world).floating.values()
    return "".join(f"{one.tenant_id}\t{one.address}\t{one.server_id}\t{one.pool}\teth0\n" for one in rows)


def _hosts(world: World) -> str:
    rows = [f"{'host':<25}\t{'zone':<15}\n"]
    return "".join([*rows, *(f"{host.name:<25}\t{'nova':<15}\n" for host in compute(world).hosts)])


def domains(world: World, node: str) -> str:
    """Number, name and state of every domain on a host."""
    if world.arch.model.compute is None:
        return ""
    world.settle()
    rows = [server for server in live(world) if server.host == node and server.vm_state != "building"]
    return "".join(
        f"{server.number}|{server.key}|{_STATES.get(server.vm_state, 'shut off')}\n"
        for server in reversed(rows)
    )


def logical_volumes(world: World, host: HostPlan) -> str:
    """Group, logical volume and GB of every volume that is there."""
    group = host.described.volume_group
    if group is None or world.arch.model.volumes is None:
        return ""
    return "".join(f"{group.name}|volume-{one.id:08x}|{one.size}\n" for one in volumes(world))


def targets(world: World) -> str:
    """What ``tgtadm --op show --mode target`` prints: a target a volume, a session where it is attached."""
    if world.arch.model.volumes is None:
        return ""
    rows = enumerate(volumes(world), 1)
    return "".join(target(n, f"volume-{one.id:08x}", attached=bool(one.attached)) for n, one in rows)


def target(number: int, name: str, *, attached: bool) -> str:
    """One target with the logical volume behind it."""
    nexus = "    I_T nexus information:\n"
    if attached:
        nexus += "        I_T nexus: 1\n            Initiator: iqn.1993-08.org.debian:01:8a2f\n"
    return (
        f"Target {number}: iqn.2010-10.org.openstack:{name}\n"
        "    System information:\n        Driver: iscsi\n        State: ready\n"
        f"{nexus}    LUN information:\n        LUN: 0\n            Type: controller\n"
        f"        LUN: 1\n            Type: disk\n            Backing store path: /dev/nova-volumes/{name}\n"
        "    Account information:\n    ACL information:\n        ALL\n"
    )
