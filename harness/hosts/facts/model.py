"""The facts of one host. A part that could not be told is ``Unknown`` and says why: it is never just empty.

Units: MB of memory and of free space, GB of disks (1024-based), seconds. Everything here comes from a host
and is hostile until it is shown: the readers cut texts at 4,096 characters, collections at 20,000 entries.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """Base of all facts: nothing unknown to the model, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Unknown(Fact):
    """Why a part could not be told. ``denied``: this user may not see it, another could."""

    unknown: str
    denied: bool = False


NOT_ASKED = Unknown(unknown="it was not asked")
"""What a part is that nobody wanted to know."""
NO_SUCH_FILE = Unknown(unknown="there is no such file")
"""What an option file is that was asked for and is not there."""


class System(Fact):
    """The operating system: ``id`` ``ubuntu``, ``version`` ``12.04``, ``kernel`` ``3.2.0-23-generic``."""

    hostname: str
    fqdn: str = ""
    id: str = ""
    version: str = ""
    pretty: str = ""
    kernel: str = ""
    machine: str = ""
    uptime: float | None = None


class ClockReading(Fact):
    """How far the host's clock is ahead of the harness', and the bound of the error of that, in seconds."""

    offset: float
    error: float


class Cpu(Fact):
    """Processors that the host sees."""

    count: int
    model: str = ""
    flags: tuple[str, ...] = ()


class Memory(Fact):
    """Memory and swap; ``free`` counts what caches would give back."""

    total: int
    free: int
    swap: int = 0


class Disk(Fact):
    """A block device that is no partition."""

    size_gb: float


class VolumeGroup(Fact):
    """An LVM volume group and its logical volumes."""

    size_gb: float
    free_gb: float
    volumes: tuple[str, ...] = ()


class Mount(Fact):
    """What is mounted at a path."""

    device: str
    type: str
    options: tuple[str, ...] = ()


class Space(Fact):
    """Room of the file system at a path."""

    size_mb: int
    free_mb: int


class Interface(Fact):
    """A network interface; ``addresses`` with prefix lengths, the ``bridge`` it is in, its ``vlan``."""

    mac: str = ""
    mtu: int | None = None
    up: bool = True
    addresses: tuple[str, ...] = ()
    bridge: str = ""
    is_bridge: bool = False
    vlan: int | None = None
    physical: bool = False


class Listener(Fact):
    """A socket that waits for others: ``address`` as the kernel has it (``0.0.0.0``, ``::``), its holder."""

    protocol: Literal["tcp", "udp"]
    address: str
    port: int
    process: str = ""


class Process(Fact):
    """A process; ``command`` with its arguments, secrets cut out."""

    pid: int
    user: str
    command: str


class Service(Fact):
    """A service by the name of its init job; None where its manager does not tell."""

    manager: Literal["upstart", "sysv", "systemd", "container"]
    running: bool | None
    enabled: bool | None = None


class User(Fact):
    """An account; ``groups`` with its primary one."""

    uid: int
    gid: int
    home: str = ""
    shell: str = ""
    groups: tuple[str, ...] = ()


class File(Fact):
    """A path that was asked for; ``mode`` as ``0640``. Of what is absent only ``kind`` is told."""

    kind: Literal["file", "folder", "link", "other", "absent"]
    owner: str = ""
    group: str = ""
    mode: str = ""
    size: int | None = None
    sha256: str = ""


class Config(Fact):
    """An option file: section → option → its values, in order. A secret is ``hmac:…`` (see ``secrets``).

    ``form``: ``ini`` (oslo's rules) or ``flags`` (``--key=value`` of the time before). ``problems`` name
    lines that are neither.
    """

    form: Literal["ini", "flags"]
    options: dict[str, dict[str, tuple[str, ...]]]
    problems: tuple[str, ...] = ()


class Target(Fact):
    """An iSCSI target."""

    name: str
    stores: tuple[str, ...] = ()
    sessions: int = 0


class ManagedService(Fact):
    """A line of ``nova-manage service list``."""

    binary: str
    host: str
    enabled: bool
    alive: bool


class Managed(Fact):
    """What ``nova-manage`` tells on a node that has it; pools → how many floating addresses."""

    version: str = ""
    services: tuple[ManagedService, ...] | Unknown = ()
    floating: dict[str, int] | Unknown = {}
    networks: tuple[str, ...] | Unknown = ()


class Broker(Fact):
    """RabbitMQ as its own tool tells: queue → messages waiting, the nodes of its cluster that run."""

    version: str = ""
    nodes: tuple[str, ...] | Unknown = ()
    queues: dict[str, int] | Unknown = {}


class Database(Fact):
    """A database server that answers on this node."""

    kind: str
    version: str = ""
    answers: bool


class Facts(Fact):
    """Everything that one host said, ``taken`` seconds after the epoch by the harness' clock.

    ``doubles`` names the parts that a lab plays instead of having them.
    """

    node: str
    taken: float
    seconds: float = 0.0
    doubles: tuple[str, ...] = ()
    system: System | Unknown
    clock: ClockReading | Unknown
    cpu: Cpu | Unknown
    memory: Memory | Unknown
    disks: dict[str, Disk] | Unknown
    volume_groups: dict[str, VolumeGroup] | Unknown
    mounts: dict[str, Mount] | Unknown
    space: dict[str, Space] | Unknown
    interfaces: dict[str, Interface] | Unknown
    resolvers: tuple[str, ...] | Unknown
    listeners: tuple[Listener, ...] | Unknown
    processes: tuple[Process, ...] | Unknown
    services: dict[str, Service] | Unknown
    packages: dict[str, str] | Unknown
    users: dict[str, User] | Unknown
    files: dict[str, File | Unknown] | Unknown
    configs: dict[str, Config | Unknown] | Unknown
    sysctl: dict[str, str] | Unknown
    rules: dict[str, tuple[str, ...]] | Unknown
    domains: dict[str, str] | Unknown
    targets: tuple[Target, ...] | Unknown
    managed: Managed | Unknown
    broker: Broker | Unknown
    database: Database | Unknown
