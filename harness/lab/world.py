"""The state of the lab's cloud: plain dataclasses in memory, changed only between two awaits.

Services keep what is theirs in the dictionaries of ``World``; nothing here speaks HTTP. Identifiers and
random values come from ``Ids``, time from ``Clock``, so that a test can pin both.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.lab.content import Content


class Ids:
    """Identifiers in the spellings of the services; unpredictable unless a seed is given."""

    def __init__(self, seed: int | None = None) -> None:
        self.random: random.Random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311
        self._last: dict[str, int] = {}

    def hex(self) -> str:
        """32 hex digits: identity's ids and tokens."""
        return f"{self.random.getrandbits(128):032x}"

    def uuid(self) -> str:
        """A random UUID: images and servers."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def number(self, kind: str) -> int:
        """The next integer of a kind, from 1: volumes, groups, addresses."""
        self._last[kind] = self._last.get(kind, 0) + 1
        return self._last[kind]

    def text(self, length: int = 12) -> str:
        """Letters and digits: passwords that a service makes up."""
        letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        return "".join(self.random.choice(letters) for _ in range(length))


class Clock:
    """The cloud's time: the machine's, plus ``ahead`` seconds."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self.ahead

    def now(self) -> datetime:
        """The same as an aware UTC datetime without microseconds."""
        return datetime.fromtimestamp(self.time(), UTC).replace(microsecond=0)

    def exact(self) -> datetime:
        """Now with microseconds: the image service keeps them."""
        return datetime.fromtimestamp(self.time(), UTC)

    def stamp(self) -> str:
        """``2012-05-04T06:00:00Z``, the spelling of most answers."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Tenant:
    """A tenant; ``extra`` holds whatever else a client sent (Essex keeps it)."""

    id: str
    name: str | None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def enabled(self) -> bool:
        """Disabled only by an explicit false."""
        return self.extra.get("enabled", True) is not False


@dataclass
class User:
    """A user; the password in clear, for the lab alone; ``extra`` as with tenants."""

    id: str
    name: str | None
    password: str | None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def enabled(self) -> bool:
        """Disabled only by an explicit false."""
        return self.extra.get("enabled", True) is not False


@dataclass(frozen=True)
class Role:
    """A role of the identity service."""

    id: str
    name: str


@dataclass
class Service:
    """A row of the service table behind the catalogue."""

    id: str
    type: str | None
    name: str | None
    description: str | None = None


@dataclass
class Endpoint:
    """A row of the endpoint table; URLs are templates with ``$(tenant_id)s``."""

    id: str
    service_id: str
    region: str | None
    publicurl: str
    internalurl: str
    adminurl: str


@dataclass
class Token:
    """An issued token, scoped to a tenant or not.

    Essex keeps user, tenant and roles as they were when it was issued.
    """

    id: str
    user_id: str
    tenant_id: str | None
    expires: datetime
    user_name: str = ""
    tenant: dict[str, Any] | None = None
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True)
class Context:
    """Who is asking, as a service learns it when it has a token validated."""

    token: str
    user_id: str
    user_name: str
    tenant_id: str | None
    tenant_name: str | None
    roles: frozenset[str]

    @property
    def admin(self) -> bool:
        """Whether the services' stock policy takes this caller for an administrator."""
        return "admin" in {role.lower() for role in self.roles}


@dataclass
class Image:
    """An image of the image service.

    ``content`` is a path on disk of the lab's folder, or bytes, or None when queued.
    """

    id: str
    name: str | None
    owner: str | None
    status: str = "queued"
    size: int = 0
    checksum: str | None = None
    disk_format: str | None = None
    container_format: str | None = None
    public: bool = False
    protected: bool = False
    min_ram: int = 0
    min_disk: int = 0
    properties: dict[str, str] = field(default_factory=dict)
    members: dict[str, bool] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    content: Content | bytes | None = None

    @property
    def deleted(self) -> bool:
        """Whether clients have seen the last of it: deleted, or an upload that failed and left a row."""
        return self.deleted_at is not None or self.status in ("killed", "deleted")


@dataclass(frozen=True)
class Resource:
    """One row of the inventory."""

    kind: str
    id: str
    name: str | None
    tenant: str | None


@dataclass
class World:
    """Everything that the lab's control plane knows.

    ``arch`` is the Architecture that was described; ``addresses`` maps its nodes to addresses. The
    dictionaries of compute and volumes belong to those services (their values are defined there).
    """

    arch: Any
    addresses: Mapping[str, str]
    ids: Ids = field(default_factory=Ids)
    clock: Clock = field(default_factory=Clock)
    region: str = "RegionOne"
    token_lifetime: timedelta = timedelta(days=1)
    templated_catalogue: bool = False
    templates: list[tuple[Service, Endpoint]] = field(default_factory=list)
    """The catalogue's rows where it comes from a file; the tables are empty then."""
    admin_token: str = ""
    tenants: dict[str, Tenant] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    grants: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    ec2_credentials: dict[str, dict[str, str]] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)
    servers: dict[str, Any] = field(default_factory=dict)
    volumes: dict[str, Any] = field(default_factory=dict)
    keypairs: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    """Other state of a service, under the service's own key (``"compute.flavors"``)."""
    machines: dict[str, Any] = field(default_factory=dict)
    """State machines as data, by name; a service registers its own, a fault replaces rows."""
    sources: dict[str, Callable[[], Iterable[Resource]]] = field(default_factory=dict)
    """Kind of resource → what lists it, for the inventory; each service registers its own."""
    settling: list[Callable[[], None]] = field(default_factory=list)
    """Called before one service shows what another one changes, such as the image of a server."""
    watchers: list[Callable[[Any, Any], None]] = field(default_factory=list)
    """Called with a thing and the row that it has just entered: who has to follow what nova does."""
    moment: float = 0.0
    """When that row was due, by the clock; it may be a while ago."""
    secrets: dict[str, set[str]] = field(default_factory=dict)
    """Kind → every token, password and key that was ever valid here; tests look for them elsewhere."""

    def secret(self, kind: str, value: str | None) -> None:
        """Remember a secret of a kind."""
        if value:
            self.secrets.setdefault(kind, set()).add(value)

    def token(self, token_id: str) -> Token | None:
        """The token if it is known and not expired."""
        found = self.tokens.get(token_id)
        return found if found is not None and found.expires > self.clock.now() else None

    def context(self, token_id: str) -> Context | None:
        """Who holds a valid token, or None; what in-process callers use where they need no HTTP."""
        token = self.token(token_id)
        if token is None:
            return None
        return Context(
            token=token.id,
            user_id=token.user_id,
            user_name=token.user_name,
            tenant_id=token.tenant_id,
            tenant_name=(token.tenant or {}).get("name"),
            roles=frozenset(role.name for role in token.roles),
        )

    def roles_of(self, user_id: str, tenant_id: str | None) -> list[Role]:
        """The roles that a user holds in a tenant, in order of granting."""
        held = self.grants.get((user_id, tenant_id), []) if tenant_id else []
        return [self.roles[role_id] for role_id in held if role_id in self.roles]

    def catalogue(self) -> list[tuple[Service, Endpoint]]:
        """The rows of the catalogue, from the file or from the tables."""
        if self.templated_catalogue:
            return self.templates
        ends = self.endpoints.values()
        return [(self.services[end.service_id], end) for end in ends if end.service_id in self.services]

    def url(self, kind: str, interface: str = "public") -> str | None:
        """``scheme://address:port`` of a described service (``image``),
        without a path; None where not described.
        """
        row = self.arch.model.catalogue.get(kind) if self.arch is not None else None
        if row is None:
            return None
        end = getattr(row, interface)
        return f"{end.scheme}://{self.addresses[end.node]}:{end.port}"

    def settle(self) -> None:
        """Let everything reach the state that it has by now."""
        for each in self.settling:
            each()

    def inventory(self) -> list[Resource]:
        """Every resource that the registered sources list, by kind, name and id."""
        rows = [row for source in self.sources.values() for row in source()]
        return sorted(rows, key=lambda row: (row.kind, row.name or "", row.id))
