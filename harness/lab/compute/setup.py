"""Nova's state as the architecture describes it: hosts, flavors, quotas, the fixed network, floating pools.

What an architecture does not say (address ranges, capacities) is the lab's own choice, made here.
"""

from __future__ import annotations

import ipaddress
import itertools
from typing import Any

from harness.lab.compute.limiter import Limiter
from harness.lab.compute.state import KEY, Compute, Flavor, FloatingAddress, Host, Network
from harness.lab.world import World

_FIXED = "10.0.0.0"
_POOLS = ipaddress.IPv4Network("172.16.0.0/12")
_POOL_PREFIX = 20


def set_up(world: World) -> Compute:
    """Build nova's part of ``world`` from its architecture, once."""
    if KEY not in world.parts:
        model = world.arch.model
        described, network = model.compute, model.network
        world.parts[KEY] = Compute(
            hosts=[Host(name, tuple(row.services)) for name, row in described.hosts.items()]
            if described
            else [],
            network=_network(world, network),
            flavors=dict(_flavor(name, row) for name, row in described.flavors.items()) if described else {},
            default_quotas=_numbers(described.quotas) if described else dict.fromkeys(_QUOTAS, 0),
            limiter=Limiter.of(described.rate_limits if described else ()),
            floating=_floating(network),
        )
    made: Compute = world.parts[KEY]
    return made


def _flavor(name: str, row: Any) -> tuple[str, Flavor]:
    flavor = Flavor(
        id=str(row.id), name=name, ram=row.ram, vcpus=row.vcpus, disk=row.disk, ephemeral=row.ephemeral or 0,
        swap=row.swap or 0,
    )  # fmt: skip
    return flavor.id, flavor


_QUOTAS = (
    "instances",
    "cores",
    "ram",
    "floating_ips",
    "metadata_items",
    "injected_files",
    "injected_file_content_bytes",
    "security_groups",
    "security_group_rules",
    "volumes",
    "gigabytes",
)


def _numbers(quotas: Any) -> dict[str, int]:
    return {name: getattr(quotas, name) for name in _QUOTAS}


def _network(world: World, described: Any) -> Network:
    fixed = getattr(described, "fixed", None)
    size = str(getattr(fixed, "size", None) or "/24").lstrip("/")
    return Network(
        id=world.ids.uuid(),
        label=getattr(described, "label", None) or "private",
        cidr=f"{_FIXED}/{size}",
        bridge=getattr(described, "bridge", None),
        dns=getattr(described, "dns", None),
        vlan=getattr(described, "vlan", None),
        multi_host=bool(getattr(described, "multi_host", False)),
        created=world.clock.exact(),
    )


def _floating(described: Any) -> dict[int, FloatingAddress]:
    """Every pool gets a range of its own, with as many addresses as are described."""
    rows: dict[int, FloatingAddress] = {}
    pools = getattr(described, "floating", None) or {}
    ranges = _POOLS.subnets(new_prefix=_POOL_PREFIX)
    for pool, row in pools.items():
        for address in itertools.islice(next(ranges).hosts(), row.at_least):
            number = len(rows) + 1
            rows[number] = FloatingAddress(number, str(address), pool)
    return rows
