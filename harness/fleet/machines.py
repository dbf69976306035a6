"""The machine under a host, as values that can be compared with those of another machine."""

from __future__ import annotations

from harness.fleet.values import Value, Values, as_set
from harness.hosts.facts.model import Facts, Interface, Mount, Unknown

_PSEUDO = (
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "configfs",
    "debugfs",
    "dev",
    "efivarfs",
    "fuse.gvfs",
    "fusectl",
    "hugetlbfs",
    "mqueue",
    "nsfs",
    "overlay",
    "proc",
    "pstore",
    "ramfs",
    "rpc_pipefs",
    "securityfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
)


def system(facts: Facts) -> Values | Unknown:
    """Operating system, kernel, architecture."""
    found = facts.system
    if isinstance(found, Unknown):
        return found
    name = found.pretty or f"{found.id} {found.version}".strip()
    told = {"operating system": name, "kernel": found.kernel, "architecture": found.machine}
    return {what: value for what, value in told.items() if value}


def cpu(facts: Facts) -> Values | Unknown:
    """Number, model and flags of the processors."""
    found = facts.cpu
    if isinstance(found, Unknown):
        return found
    told: dict[str, Value] = {"processors": str(found.count), "flags of the processors": as_set(found.flags)}
    return {**told, "model of the processors": found.model} if found.model else told


def memory(facts: Facts) -> Values | Unknown:
    """Memory and swap, in MB."""
    found = facts.memory
    return found if isinstance(found, Unknown) else {"memory": found.total, "swap": found.swap}


def disks(facts: Facts) -> Values | Unknown:
    """Size of each disk, in GB."""
    found = facts.disks
    return found if isinstance(found, Unknown) else {name: disk.size_gb for name, disk in found.items()}


def volume_groups(facts: Facts) -> Values | Unknown:
    """Size of each volume group, in GB."""
    found = facts.volume_groups
    return found if isinstance(found, Unknown) else {name: group.size_gb for name, group in found.items()}


def nics(facts: Facts) -> Values | Unknown:
    """MTU, bridge and state of each physical interface."""
    found = facts.interfaces
    if isinstance(found, Unknown):
        return found
    return {name: _nic(each) for name, each in found.items() if each.physical}


def _nic(nic: Interface) -> tuple[str, ...]:
    in_bridge = f"in {nic.bridge}" if nic.bridge else ""
    parts = (f"mtu {nic.mtu}" if nic.mtu else "", in_bridge, "up" if nic.up else "down")
    return tuple(part for part in parts if part)


def virtual(facts: Facts) -> Values | Unknown:
    """Bridges and VLANs where they are: some come and go with guests."""
    found = facts.interfaces
    if isinstance(found, Unknown):
        return found
    kept = {name: each for name, each in found.items() if each.is_bridge or each.vlan is not None}
    return {name: f"mtu {each.mtu}" for name, each in kept.items() if each.mtu}


def resolvers(facts: Facts) -> Values | Unknown:
    """The name servers, in their order."""
    found = facts.resolvers
    return found if isinstance(found, Unknown) else {"name servers": found}


def mounts(facts: Facts) -> Values | Unknown:
    """Type and options of each lasting mount."""
    found = facts.mounts
    if isinstance(found, Unknown):
        return found
    return {path: (each.type, *as_set(each.options)) for path, each in found.items() if _lasting(path, each)}


def _lasting(path: str, mount: Mount) -> bool:
    return not mount.type.startswith(_PSEUDO) and not path.startswith(("/run/", "/proc/", "/sys/", "/dev/"))


def sizes(facts: Facts) -> Values | Unknown:
    """Size of each file system, in MB."""
    found = facts.space
    return found if isinstance(found, Unknown) else {path: each.size_mb for path, each in found.items()}
