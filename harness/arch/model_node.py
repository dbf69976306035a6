"""One host of the resolved description: what stands on it, and what machine it is."""

from __future__ import annotations

from typing import Annotated

from harness.arch.leaves import Collection, Leaf
from harness.arch.resolved import HostFlag, HostNames, HostPattern, HostText, HostWord, Port, Resolved


class Service(Resolved):
    """A service of a node; what a role brings. ``enabled`` says that it starts when the node does."""

    state: HostText
    enabled: HostFlag = True


class System(Resolved):
    """The operating system of a node; both are patterns."""

    os: HostPattern = None
    kernel: HostPattern = None


class Size(Resolved):
    """A size at least, in GB."""

    size_gb: Annotated[float, Leaf("host", "nearly")]


class FreeSpace(Resolved):
    """Free space at least, in GB."""

    free_gb: Annotated[float, Leaf("host", "at_least")]


class Hardware(Resolved):
    """What the machine has at least."""

    cpus: Annotated[int | None, Leaf("host", "at_least")] = None
    memory_mb: Annotated[int | None, Leaf("host", "nearly")] = None
    disks: Annotated[dict[str, Size], Collection(closed=False)] = {}
    nics: HostNames = []
    flags: HostNames = []


class MountPoint(Resolved):
    """What is mounted at a path; ``device`` is a pattern."""

    type: HostText
    device: HostPattern = None


class File(Resolved):
    """A file or folder that is there; ``mode`` as 0640."""

    present: HostFlag = True
    owner: HostWord = None
    group: HostWord = None
    mode: HostWord = None
    sha256: Annotated[str | None, Leaf("host", "digest")] = None


class User(Resolved):
    """An account that is there."""

    present: HostFlag = True
    groups: HostNames = []
    home: HostWord = None
    shell: HostWord = None


class VolumeGroup(Resolved):
    """The LVM volume group that nova-volume carves from."""

    name: HostText
    size_gb: Annotated[float, Leaf("host", "at_least")]


class Logs(Resolved):
    """Log files besides those of packages, texts of errors that mean nothing; patterns, and no clause."""

    files: list[str] = []
    ignore: list[str] = []


class Node(Resolved):
    """One host, by name; no address."""

    roles: Annotated[list[str], Leaf("host", "exactly")]
    services: Annotated[dict[str, Service], Collection(closed=True)]
    ports: Annotated[list[Port], Leaf("host", "includes")]
    devices: Annotated[list[str] | None, Leaf("host", "includes")] = None
    volume_group: VolumeGroup | None = None
    system: System | None = None
    hardware: Hardware | None = None
    mounts: Annotated[dict[str, MountPoint], Collection(closed=False)] = {}
    space: Annotated[dict[str, FreeSpace], Collection(closed=False)] = {}
    files: Annotated[dict[str, File], Collection(closed=False)] = {}
    users: Annotated[dict[str, User], Collection(closed=False)] = {}
    sysctl: Annotated[dict[str, HostText], Collection(closed=False)] = {}
    bridges: HostNames = []
    may_listen: list[str] = []
    """Ports and ranges that may be open besides; a permission, no promise, hence no clause."""
    logs: Logs = Logs()
