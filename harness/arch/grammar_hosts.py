"""What a user may write of hosts: of every one (``hosts``), of those with a role, of one node."""

from __future__ import annotations

from harness.arch.fields import (
    Digest,
    Disk,
    HostPath,
    Memory,
    Mode,
    Name,
    Names,
    Ports,
    Text,
    Whole,
)
from harness.arch.written import Written, key


class System(Written):
    """The operating system."""

    os: Name | None = key("its name and version, as a pattern: Ubuntu 12.04*", default=None)
    kernel: Name | None = key("release of its kernel, as a pattern: 3.2.*", default=None)


class Size(Written):
    """A size that is wanted at least."""

    short = "at_least"
    at_least: Disk = key("its size at least")


class Hardware(Written):
    """What the machine must have at least."""

    cpus: Whole | None = key("processors at least", default=None, ge=1)
    memory: Memory | None = key("memory at least", default=None)
    disks: dict[Name, Size] = key("disks by the name of their block device, at least so large", default={})
    nics: Names = key("physical network interfaces", default=[])
    flags: Names = key("flags of its processors: vmx, svm, aes", default=[])


class MountPoint(Written):
    """What is mounted at a path."""

    short = "type"
    type: Name = key("type of the file system: xfs, ext4, nfs")
    device: Name | None = key("the device, as a pattern: /dev/sdb*", default=None)


class File(Written):
    """A file or folder that must be there."""

    owner: Name | None = key("user that owns it", default=None)
    group: Name | None = key("group that owns it", default=None)
    mode: Mode | None = key("its permissions: 0640", default=None)
    sha256: Digest | None = key("digest of its content", default=None)


class User(Written):
    """An account that must be there."""

    groups: Names = key("groups it is in, at least", default=[])
    home: Name | None = key("its home folder", default=None)
    shell: Name | None = key("its shell", default=None)


class Logs(Written):
    """What services write, beside the files of their packages."""

    files: list[HostPath] = key("further log files, as patterns: /var/log/ha/*.log", default=[])
    ignore: list[Text] = key(
        "texts of errors that mean nothing, * for anything: Returning exception * to caller", default=[]
    )


class HostShape(Written):
    """What can be said of every host, of those with a role, and of one; the nearest word counts."""

    system: System | None = key("operating system", default=None)
    hardware: Hardware | None = key("processors, memory, disks, interfaces", default=None)
    mounts: dict[HostPath, MountPoint] = key(
        "mounts by path; /srv/node/{device} stands for each of the node's devices", default={}
    )
    space: dict[HostPath, Size] = key("free space by path, at least", default={})
    files: dict[HostPath, File] = key("files and folders by path", default={})
    users: dict[Name, User] = key("accounts by name", default={})
    sysctl: dict[Name, Text] = key("kernel settings by name", default={})
    may_listen: list[Ports] = key(
        "ports that may be open besides those of its services: 22, 5900-5999", default=[]
    )
    logs: Logs | None = key("further logs, and which errors in logs mean nothing", default=None)
