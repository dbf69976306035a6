"""What compute answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Flavor:
    """A flavor: ram and swap in MB, disk and ephemeral in GB; Essex's "" for no swap reads 0."""

    id: str
    name: str
    ram: int
    vcpus: int
    disk: int
    ephemeral: int = 0
    swap: int = 0


@dataclass(frozen=True)
class Fault:
    """Why a server is in ERROR, in compute's words."""

    code: int
    message: str


@dataclass(frozen=True)
class Server:
    """A server; what a short listing does not tell is empty. ``flavor`` and ``image`` are ids.

    ``host`` and ``instance_name`` are told to administrators only; ``admin_password`` only by the answer to a
    create.
    """

    id: str
    name: str = ""
    status: str = ""
    vm_state: str = ""
    task_state: str | None = None
    flavor: str = ""
    image: str = ""
    tenant: str = ""
    user: str = ""
    key: str = ""
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    host: str = ""
    host_id: str = ""
    instance_name: str = ""
    created: str = ""
    updated: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    config_drive: str = ""
    fault: Fault | None = None
    admin_password: str = field(default="", repr=False)

    @property
    def state(self) -> str:
        """Status, vm_state and task_state in one line, as waits record them:
        ``BUILD/building/networking``.
        """
        return "/".join(part or "-" for part in (self.status, self.vm_state, self.task_state))


@dataclass(frozen=True)
class Keypair:
    """A keypair; the private key is told once, to who created it here, and never shows in a ``repr``."""

    name: str
    fingerprint: str
    public_key: str
    private_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class QuotaSet:
    """The quotas of a tenant, by the service's own names (``instances``, ``cores``, ``ram`` in MB…)."""

    tenant: str
    values: Mapping[str, int]


@dataclass(frozen=True)
class RateLimit:
    """So many requests a unit of time on URIs of a kind; prints as ``POST * 10/MINUTE``."""

    verb: str
    uri: str
    value: int
    unit: str
    remaining: int = 0

    def __str__(self) -> str:
        return f"{self.verb} {self.uri} {self.value}/{self.unit}"


@dataclass(frozen=True)
class Limits:
    """Absolute limits by name, and the rate limits (none when rate limiting is off)."""

    absolute: Mapping[str, int]
    rates: tuple[RateLimit, ...] = ()


@dataclass(frozen=True)
class ComputeHost:
    """One service of one host, as compute's host list tells it."""

    name: str
    service: str


@dataclass(frozen=True)
class HostShare:
    """So much of a compute host: memory in MB, disk in GB."""

    memory_mb: int
    cpus: int
    disk_gb: int


@dataclass(frozen=True)
class HostCapacity:
    """What a compute host has in all, and what of it each tenant's servers (by id) take, and all together."""

    name: str
    total: HostShare
    used: HostShare
    tenants: Mapping[str, HostShare] = field(default_factory=dict)


@dataclass(frozen=True)
class Aggregate:
    """A set of hosts in a zone; ``state`` is the release's own word for whether it can be used."""

    id: str
    name: str
    zone: str
    hosts: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    state: str = ""


@dataclass(frozen=True)
class ServerUse:
    """What one server counted for in a tenant's usage; ``ended`` is empty while it is there."""

    name: str
    flavor: str
    state: str
    hours: float
    memory_mb: int
    vcpus: int
    disk_gb: int
    ended: str = ""


@dataclass(frozen=True)
class Usage:
    """What a tenant used in a period: hours of servers, and these by memory (MB), cpus and disk (GB)."""

    tenant: str
    hours: float = 0.0
    memory_mb_hours: float = 0.0
    vcpu_hours: float = 0.0
    disk_gb_hours: float = 0.0
    servers: tuple[ServerUse, ...] = ()


@dataclass(frozen=True)
class Screen:
    """What a screen's URL leads to: the page's status, the WebSocket's (101 where it was taken up), whether
    the handshake was answered rightly, and the first words behind it (``RFB 003.008`` and a line's end).
    """

    page: int
    socket: int = 0
    accepted: bool = False
    words: str = ""
