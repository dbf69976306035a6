"""What one host is to be, read off the description once; everything that is written follows from it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.lab.hostside.ubuntu import BASE_JOBS, JOBS, KERNEL, Account, Job, accounts, packages
from harness.lab.layout import Layout

FIRST_PID = 812
_FLAGS = (
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse "
    "sse2 ss ht tm pbe syscall nx rdtscp lm constant_tsc pni vmx est tm2 ssse3 cx16 sse4_1 sse4_2 aes"
)


@dataclass(frozen=True)
class Passwords:
    """What services know of each other; the same on every host of the cloud."""

    bus: str
    database: Mapping[str, str]
    """Component → the password of its account at the database."""
    identity: Mapping[str, str]
    """Component → the password of its account at identity."""
    admin_token: str


@dataclass(frozen=True)
class HostPlan:
    """One host: ``name`` of the described ``model``, at its place in ``layout``, furnished in ``folder``."""

    name: str
    model: Any
    layout: Layout
    folder: Path
    passwords: Passwords
    served: frozenset[int]
    """Described ports at which the lab itself listens; the others are played."""
    described: Any = field(init=False)

    def __post_init__(self) -> None:
        """The described node itself."""
        object.__setattr__(self, "described", self.model.nodes[self.name])

    @property
    def address(self) -> str:
        """Where the lab has the host."""
        return self.layout.address(self.name)

    @property
    def roles(self) -> tuple[str, ...]:
        """Its roles, in order."""
        return tuple(self.described.roles)

    def holder(self, role: str) -> str:
        """The address of the first host with a role; its own where no host has it."""
        found = next((name for name, node in self.model.nodes.items() if role in node.roles), self.name)
        return self.layout.address(found)

    def has(self, role: str) -> bool:
        """Whether any host has a role."""
        return any(role in node.roles for node in self.model.nodes.values())

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """Its services: what its roles bring on Ubuntu, and what is described besides."""
        own = [*BASE_JOBS, *(job for role in self.roles for job in JOBS.get(role, ()))]
        known = {job.name for jobs in JOBS.values() for job in jobs} | {job.name for job in own}
        own += [Job(name, name, f"/usr/sbin/{name}") for name in self.described.services if name not in known]
        return tuple({job.name: job for job in own}.values())

    @cached_property
    def pids(self) -> dict[str, int]:
        """Job → the number of its process, as far as it is played."""
        return {job.name: FIRST_PID + 37 * place for place, job in enumerate(self.jobs)}

    @cached_property
    def packages(self) -> dict[str, str]:
        """Installed packages → version; a package that only the description knows has a plain version."""
        extra = {job.package: "1.0-1" for job in self.jobs}
        return dict(sorted({**extra, **packages(self.roles)}.items()))

    @cached_property
    def accounts(self) -> dict[str, Account]:
        """Its accounts by name; those that only the description knows get numbers from 200 on."""
        found = accounts(self.roles)
        for number, name in enumerate(name for name in self.described.users if name not in found):
            found[name] = Account(name, 200 + number, f"/home/{name}", "/bin/sh")
        return found

    @property
    def kernel(self) -> str:
        """The kernel's release."""
        return KERNEL

    @cached_property
    def disks(self) -> dict[str, int]:
        """Block device → GB. The first disk is the system's."""
        hardware = self.described.hardware
        wanted = {name: int(size.size_gb) for name, size in hardware.disks.items()} if hardware else {}
        found = {"sda": 250, **{_whole(name): 1000 for name in self.described.devices or ()}}
        group = self.described.volume_group
        if group:
            found["sdz"] = max(500, int(group.size_gb) + 50)
        return {name: max(size, wanted.get(name, 0)) for name, size in {**wanted, **found}.items()}

    @property
    def memory_mb(self) -> int:
        """Memory, what is described at least."""
        hardware = self.described.hardware
        wanted = (hardware.memory_mb if hardware else None) or 0
        return max(16384 if "compute" in self.roles else 8192, wanted + wanted // 8)

    @property
    def cpus(self) -> int:
        """Processors, what is described at least."""
        hardware = self.described.hardware
        return max(4, (hardware.cpus if hardware else None) or 0)

    @property
    def cpu_flags(self) -> tuple[str, ...]:
        """What the processors can; hardware virtualisation among it."""
        hardware = self.described.hardware
        return tuple(dict.fromkeys([*_FLAGS.split(), *(hardware.flags if hardware else ())]))

    @cached_property
    def interfaces(self) -> dict[str, Interface]:
        """Network interfaces by name, the loopback first."""
        return _interfaces(self)

    @property
    def fixed(self) -> ipaddress.IPv4Network | None:
        """The fixed network that servers are born on."""
        network = self.model.network
        return ipaddress.IPv4Network(f"10.0.0.0/{network.fixed.size}") if network else None


@dataclass(frozen=True)
class Interface:
    """A network interface: ``addresses`` with prefix lengths, the bridge that it is in."""

    name: str
    mac: str
    addresses: tuple[str, ...] = ()
    bridge: str = ""
    is_bridge: bool = False
    physical: bool = True
    vlan: int | None = None
    mtu: int = 1500


def _interfaces(host: HostPlan) -> dict[str, Interface]:
    number = host.layout.nodes.index(host.name) + 1
    described = host.described.hardware.nics if host.described.hardware else ()
    names = list(
        dict.fromkeys(["eth0", *(["eth1"] if {"network", "compute"} & set(host.roles) else ()), *described])
    )
    bridges = list(host.described.bridges)
    network = host.model.network
    runs_network = "network" in host.roles and network is not None
    if runs_network and network.bridge and network.bridge not in bridges:
        bridges.insert(0, network.bridge)
    found = [Interface("lo", "00:00:00:00:00:00", ("127.0.0.1/8",), physical=False, mtu=16436)]
    for place, name in enumerate(names):
        inside = bridges[0] if name == "eth1" and bridges else ""
        addresses = (f"{host.address}/24",) if place == 0 else ()
        found.append(Interface(name, f"52:54:00:4d:{number:02x}:{place:02x}", addresses, inside))
    for place, name in enumerate(bridges):
        own = _bridge_addresses(host, number) if runs_network and name == network.bridge else ()
        mac = f"52:54:00:4d:{number:02x}:{place + 1:02x}"
        found.append(Interface(name, mac, own, is_bridge=True, physical=False))
    return {one.name: one for one in found}


def _bridge_addresses(host: HostPlan, number: int) -> tuple[str, ...]:
    """nova-network puts the gateway's address on the bridge; with multi_host each host has one of its own."""
    fixed = host.fixed
    if fixed is None or host.model.network.manager == "Flat":
        return ()
    place = min(number, fixed.num_addresses - 2) if host.model.network.multi_host else 1
    return (f"{fixed[place]}/{fixed.prefixlen}",)


def _whole(device: str) -> str:
    """The disk of a partition: ``sdb1`` is on ``sdb``."""
    return device.rstrip("0123456789") if device.startswith(("sd", "vd", "xvd")) else device
