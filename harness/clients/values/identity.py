"""What identity answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


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


@dataclass(frozen=True)
class EC2Credentials:
    """Keys by which a user enters the EC2 API in one tenant; the secret never shows in a ``repr``."""

    access: str
    secret: str = field(repr=False)
    tenant: str
    user: str
