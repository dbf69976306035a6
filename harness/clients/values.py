"""What services answer with, in the stories' words: frozen, and free of any client library's types.

Sizes keep the service's own unit, named in each docstring. Secrets never show in a ``repr``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Version(NamedTuple):
    """One API version of a root document: its id (``v2.0``) and status (``CURRENT``, ``beta``…)."""

    id: str
    status: str


@dataclass(frozen=True)
class Extension:
    """One API extension; ``updated`` is the service's text, to be compared as it is."""

    alias: str
    name: str
    updated: str = ""
    namespace: str = ""
    description: str = ""


# identity


@dataclass(frozen=True)
class Tenant:
    """A tenant (a project, in later words)."""

    id: str
    name: str
    description: str = ""
    enabled: bool = True


@dataclass(frozen=True)
class User:
    """A user; ``tenant`` is the id of the default tenant, if any."""

    id: str
    name: str
    email: str = ""
    enabled: bool = True
    tenant: str = ""


@dataclass(frozen=True)
class Role:
    """A role."""

    id: str
    name: str


@dataclass(frozen=True)
class CatalogueEntry:
    """One service of a token's catalogue, with its URLs in one region ("" where an interface is missing)."""

    type: str
    name: str
    region: str
    public: str
    internal: str
    admin: str

    def url(self, interface: str = "public") -> str:
        """The URL of an interface: ``public``, ``internal`` or ``admin``."""
        return {"public": self.public, "internal": self.internal, "admin": self.admin}[interface]


@dataclass(frozen=True)
class Token:
    """A token and what identity said with it; the id never shows in a ``repr``.

    ``issued`` is the answer's own Date where the service gives no time of issue, so that the life of a token
    does not depend on this machine's clock. ``tenant`` is None for a token without a tenant.
    """

    id: str = field(repr=False)
    expires: datetime
    issued: datetime
    user: User
    tenant: Tenant | None = None
    roles: tuple[str, ...] = ()
    catalogue: tuple[CatalogueEntry, ...] = ()

    @property
    def lifetime(self) -> float:
        """Seconds from issue to expiry."""
        return (self.expires - self.issued).total_seconds()

    def entries(self, service_type: str) -> tuple[CatalogueEntry, ...]:
        """The catalogue entries of a service type, one a region."""
        return tuple(entry for entry in self.catalogue if entry.type == service_type)


@dataclass(frozen=True)
class ServiceEntry:
    """A service as the administrator sees it."""

    id: str
    type: str
    name: str
    description: str = ""


@dataclass(frozen=True)
class EndpointTemplate:
    """An endpoint as the administrator sees it: URLs with their templates not filled in."""

    id: str
    service: str
    region: str
    public: str
    internal: str
    admin: str


# compute


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
class Network:
    """A network as the administrator of nova-network sees it."""

    id: str
    label: str
    cidr: str
    bridge: str = ""
    gateway: str = ""
    dhcp_start: str = ""
    dns: tuple[str, ...] = ()
    vlan: int | None = None
    multi_host: bool = False


# images, volumes


@dataclass(frozen=True)
class Image:
    """An image; size in bytes, min_ram in MB, min_disk in GB;
    ``properties`` are the free ones (kernel_id…).
    """

    id: str
    name: str
    status: str = ""
    disk_format: str | None = None
    container_format: str | None = None
    size: int = 0
    checksum: str = ""
    public: bool = False
    protected: bool = False
    min_ram: int = 0
    min_disk: int = 0
    owner: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Volume:
    """A volume; size in GB; ``type`` is None where the volume has none;
    ``servers`` are the ids it is attached to.
    """

    id: str
    name: str
    status: str
    size: int
    zone: str = ""
    type: str | None = None
    snapshot: str | None = None
    servers: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


# objects


@dataclass(frozen=True)
class AccountUsage:
    """What an account holds."""

    containers: int
    objects: int
    bytes: int


@dataclass(frozen=True)
class Container:
    """One line of an account's listing."""

    name: str
    objects: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class StoredObject:
    """One object, from a listing or a HEAD; ``etag`` is the MD5 of its content in hex, without quotes."""

    name: str
    bytes: int
    etag: str
    content_type: str = ""
    modified: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
