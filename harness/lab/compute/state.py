"""What nova remembers: servers, flavors, key pairs, groups, addresses, quotas.

Plain dataclasses without HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from harness.lab.compute.limiter import Limiter
from harness.lab.compute.machine import Run
from harness.lab.world import World

KEY = "compute"


@dataclass
class Flavor:
    """A flavor; memory and swap in MB, disks in GB. ``rxtx_factor`` is "" unless a client set one."""

    id: str
    name: str
    ram: int
    vcpus: int
    disk: int
    ephemeral: int = 0
    swap: int = 0
    rxtx_factor: float | str = ""
    extra_specs: dict[str, str] = field(default_factory=dict)


@dataclass
class Server:
    """A server. Its states change as ``run`` says; ``status`` is what clients of the API mostly look at."""

    id: str
    number: int
    name: str
    tenant_id: str
    user_id: str
    image_id: str
    flavor: Flavor
    created: datetime
    updated: datetime
    status: str = "BUILD"
    vm_state: str = "building"
    task_state: str | None = "scheduling"
    power_state: int = 0
    host: str | None = None
    zone: str | None = None
    key_name: str | None = None
    key_data: str = ""
    user_data: bytes = b""
    files: list[tuple[str, bytes]] = field(default_factory=list)
    block_devices: dict[str, str] = field(default_factory=dict)
    """Device → ``volume:type:size:delete`` as the request mapped it."""
    metadata: dict[str, str] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    mac: str = ""
    interface: str = ""
    access_v4: str = ""
    access_v6: str = ""
    disk_config: str = "MANUAL"
    config_drive: str = ""
    reservation: str = ""
    admin_pass: str = ""
    locked: bool = False
    launched: datetime | None = None
    deleted: datetime | None = None
    fault: dict[str, Any] | None = None
    before_resize: tuple[Flavor, str | None] | None = None
    wanted_flavor: Flavor | None = None
    snapshot: str | None = None
    imaged: str | None = None
    """The image that was last made of it."""
    run: Run | None = None

    @property
    def key(self) -> str:
        """The name that the hypervisor knows it by."""
        return f"instance-{self.number:08x}"


@dataclass(frozen=True)
class Keypair:
    """A key pair of a user; the private half is never kept."""

    name: str
    user_id: str
    public_key: str
    fingerprint: str


@dataclass
class GroupRule:
    """A rule of a security group: from addresses (``cidr``) or from members of another group."""

    id: int
    parent: int
    protocol: str | None
    from_port: int | None
    to_port: int | None
    cidr: str | None
    source: int | None = None


@dataclass
class Group:
    """A security group."""

    id: int
    name: str
    description: str
    tenant_id: str
    rules: list[GroupRule] = field(default_factory=list)


@dataclass
class FloatingAddress:
    """An address of a pool; owned by a tenant while it is allocated."""

    id: int
    address: str
    pool: str
    tenant_id: str | None = None
    server_id: str | None = None
    fixed: str | None = None


@dataclass(frozen=True)
class Host:
    """A node as nova's service table knows it, with what its hypervisor offers."""

    name: str
    services: tuple[str, ...]
    memory_mb: int = 8192
    vcpus: int = 4
    disk_gb: int = 1024

    @property
    def runs_servers(self) -> bool:
        """Whether the scheduler may choose it."""
        return "compute" in self.services


@dataclass
class Network:
    """The fixed network: a range of addresses, handed out in turn."""

    id: str
    label: str
    cidr: str
    bridge: str | None
    dns: str | None
    vlan: int | None
    multi_host: bool
    created: datetime
    used: dict[str, str] = field(default_factory=dict)
    last: int = 1


@dataclass
class Compute:
    """All of it. ``pace`` stretches (or, below 1, shortens) how long states last."""

    hosts: list[Host]
    network: Network
    flavors: dict[str, Flavor]
    default_quotas: dict[str, int]
    limiter: Limiter
    quotas: dict[str, dict[str, int]] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    floating: dict[int, FloatingAddress] = field(default_factory=dict)
    aggregates: dict[int, dict[str, Any]] = field(default_factory=dict)
    pace: float = 1.0

    def quota(self, tenant: str) -> dict[str, int]:
        """What a tenant may use; the defaults where nobody set anything, even for an unknown tenant."""
        return {**self.default_quotas, **self.quotas.get(tenant, {})}

    def group(self, tenant: str, name: str) -> Group | None:
        """A tenant's group by name."""
        return next((g for g in self.groups.values() if (g.tenant_id, g.name) == (tenant, name)), None)

    def default_group(self, world: World, tenant: str) -> Group:
        """The group ``default`` of a tenant, made when nova first meets the tenant."""
        found = self.group(tenant, "default")
        if found is None:
            found = Group(world.ids.number("group"), "default", "default", tenant)
            self.groups[found.id] = found
        return found


def compute(world: World) -> Compute:
    """Nova's part of the world."""
    found = world.parts[KEY]
    assert isinstance(found, Compute)
    return found


def live(world: World) -> list[Server]:
    """The servers that are not deleted, newest first."""
    rows: list[Server] = [server for server in world.servers.values() if server.deleted is None]
    return sorted(rows, key=lambda server: server.number, reverse=True)
