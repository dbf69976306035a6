"""Facts of one host as observations of the clauses about it; the judge, not this, compares them.

Families are what a story asks for at a time: each is a pure function of node, facts and described cloud.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from harness.arch.model import ReferenceArchitecture
from harness.fleet.holding_areas import (
    bus,
    database,
    floating,
    hypervisor,
    identity,
    manager,
    scheduler,
    volumes,
)
from harness.fleet.holding_files import files, mounts, space, sysctl, users
from harness.fleet.holding_machine import bridges, devices, hardware, system, volume_group
from harness.fleet.holding_services import open_ports, ports, roles, services
from harness.fleet.holding_software import config, nowhere, packages
from harness.fleet.observed import Observed
from harness.hosts.facts.model import Facts

__all__ = ["FAMILIES", "Family", "nowhere", "observations", "open_ports"]

Family = Callable[[str, Facts, ReferenceArchitecture], Iterator[Observed]]

FAMILIES: Mapping[str, Family] = {
    "system": system,
    "hardware": hardware,
    "volume_group": volume_group,
    "bridges": bridges,
    "mounts": mounts,
    "space": space,
    "devices": devices,
    "roles": roles,
    "services": services,
    "ports": ports,
    "packages": packages,
    "config": config,
    "files": files,
    "users": users,
    "sysctl": sysctl,
    "hypervisor": hypervisor,
    "scheduler": scheduler,
    "manager": manager,
    "volumes": volumes,
    "identity": identity,
    "database": database,
    "bus": bus,
    "floating": floating,
}


def observations(
    node: str, facts: Facts, model: ReferenceArchitecture, families: Iterable[str] = tuple(FAMILIES)
) -> Iterator[Observed]:
    """Everything that facts say of clauses about a node. Raises ``KeyError`` for an unknown family."""
    for name in families:
        yield from FAMILIES[name](node, facts, model)
