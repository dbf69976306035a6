"""What each service can do, in the stories' words; a dialect's file says how a release does it.

Every method raises a ``ServiceError`` of ``harness.clients.errors`` when the service refuses. Methods that
create take ``name=None`` for a fresh name of this run; they write to the ledger before the request is sent.
``quirks`` names what a release does differently from what one would expect, for stories that must know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.clients.values import (
    AccountUsage,
    ComputeHost,
    Container,
    EndpointTemplate,
    Extension,
    Flavor,
    Image,
    Keypair,
    Limits,
    Network,
    QuotaSet,
    Role,
    Server,
    ServiceEntry,
    StoredObject,
    Tenant,
    Token,
    User,
    Volume,
)


class Identity(Protocol):
    """Tokens for everyone; tenants, users, roles and endpoints for administrators."""

    quirks: frozenset[str]

    @property
    def token(self) -> Token:
        """The token of this session's user, fetched when first asked for."""
        ...

    @property
    def version(self) -> str:
        """The version of the API that gave this session's token: ``v2.0``."""
        ...

    def authenticate(
        self, username: str, password: str, tenant_name: str | None = None, tenant_id: str | None = None
    ) -> Token:
        """A fresh token by password; raises ``Refused``."""
        ...

    def validate(self, token_id: str, belongs_to: str | None = None) -> Token:
        """What a token stands for (administrators);
        raises ``NotFound`` for an unknown, expired or revoked one.
        """
        ...

    def revoke(self, token_id: str) -> None:
        """End a token (administrators)."""
        ...

    def list_tenants(self) -> list[Tenant]:
        """Every tenant (administrators)."""
        ...

    def create_tenant(self, name: str | None = None, description: str = "", enabled: bool = True) -> Tenant:
        """A new tenant (administrators); raises ``Conflict``."""
        ...

    def update_tenant(
        self, tenant_id: str, *, description: str | None = None, enabled: bool | None = None
    ) -> None:
        """Change a tenant, leave the rest as it is (administrators)."""
        ...

    def tenant(self, tenant_id: str) -> Tenant:
        """One tenant (administrators)."""
        ...

    def delete_tenant(self, tenant_id: str) -> None:
        """Remove a tenant (administrators)."""
        ...

    def list_users(self, tenant_id: str | None = None) -> list[User]:
        """Every user, or those with a role in a tenant (administrators)."""
        ...

    def create_user(
        self, name: str | None = None, *, password: str, tenant_id: str | None = None, email: str = ""
    ) -> User:
        """A new user (administrators); raises ``Conflict``."""
        ...

    def set_password(self, user_id: str, password: str) -> None:
        """Give a user another password (administrators)."""
        ...

    def delete_user(self, user_id: str) -> None:
        """Remove a user (administrators)."""
        ...

    def list_roles(self) -> list[Role]:
        """Every role (administrators)."""
        ...

    def user_roles(self, tenant_id: str, user_id: str) -> list[Role]:
        """The roles of a user in a tenant (administrators)."""
        ...

    def grant(self, tenant_id: str, user_id: str, role_id: str) -> None:
        """Give a user a role in a tenant (administrators)."""
        ...

    def revoke_role(self, tenant_id: str, user_id: str, role_id: str) -> None:
        """Take a role in a tenant from a user (administrators)."""
        ...

    def list_extensions(self, interface: str = "public") -> list[Extension]:
        """Extensions of the ``public`` or ``admin`` side (the admin side wants an administrator's
        session).
        """
        ...

    def list_services(self) -> list[ServiceEntry]:
        """The services of the stored catalogue (administrators); empty with a templated catalogue."""
        ...

    def list_endpoints(self) -> list[EndpointTemplate] | None:
        """The endpoints of the stored catalogue (administrators);
        None where the catalogue is a template file.
        """
        ...


class Compute(Protocol):
    """Servers and what they are made of."""

    quirks: frozenset[str]

    def flavors(self) -> list[Flavor]:
        """Every flavor, with all its sizes."""
        ...

    def flavor(self, flavor_id: str) -> Flavor:
        """One flavor; raises ``NotFound``."""
        ...

    def extensions(self) -> list[Extension]:
        """Every extension of the API."""
        ...

    def limits(self) -> Limits:
        """The caller's limits."""
        ...

    def quotas(self, tenant_id: str | None = None) -> QuotaSet:
        """The quotas of a tenant (the session's own by default)."""
        ...

    def default_quotas(self) -> QuotaSet:
        """The quotas that a tenant has when nobody set any."""
        ...

    def hosts(self) -> list[ComputeHost]:
        """Hosts and their services (administrators)."""
        ...

    def networks(self) -> list[Network]:
        """Networks (administrators)."""
        ...

    def floating_pools(self) -> list[str]:
        """Names of the pools that floating addresses come from."""
        ...

    def images(self) -> list[Image]:
        """The images that compute shows to this tenant."""
        ...

    def keypairs(self) -> list[Keypair]:
        """The user's keypairs."""
        ...

    def create_keypair(self, name: str | None = None, public_key: str | None = None) -> Keypair:
        """Make a keypair, or bring in a public key; raises ``Conflict``."""
        ...

    def delete_keypair(self, name: str) -> None:
        """Remove a keypair; raises ``NotFound``."""
        ...

    def create_server(
        self, name: str | None = None, *, image: str, flavor: str, key: str | None = None
    ) -> Server:
        """Ask for a server; ``image`` and ``flavor`` are ids, ``key`` a keypair's name.

        It is not built yet.
        """
        ...

    def servers(self, detail: bool = True, all_tenants: bool = False) -> list[Server]:
        """The tenant's servers, or every tenant's (administrators)."""
        ...

    def server(self, server_id: str) -> Server:
        """One server; raises ``NotFound``."""
        ...

    def delete_server(self, server_id: str) -> None:
        """Ask for the end of a server; it is gone when ``server`` raises ``NotFound``."""
        ...

    def console(self, server_id: str, lines: int | None = None) -> str:
        """What the server printed on its console: the last ``lines``, or all that compute keeps."""
        ...


class Images(Protocol):
    """Images of the image service."""

    quirks: frozenset[str]

    def list(self) -> Sequence[Image]:
        """The images that this tenant sees, with all details."""
        ...

    def show(self, image_id: str) -> Image:
        """One image; raises ``NotFound``."""
        ...

    def upload(
        self,
        data: bytes,
        name: str | None = None,
        *,
        disk_format: str = "raw",
        container_format: str = "bare",
        public: bool = False,
        properties: Mapping[str, str] | None = None,
    ) -> Image:
        """Store an image in one request; raises ``Invalid`` for a format that the service does not know."""
        ...

    def download(self, image_id: str) -> bytes:
        """The content of an image; raises ``NotFound``."""
        ...

    def delete(self, image_id: str) -> None:
        """Remove an image; raises ``NotFound``, ``Refused`` where it is protected."""
        ...


class Volumes(Protocol):
    """Volumes of the volume service."""

    quirks: frozenset[str]

    def list(self) -> Sequence[Volume]:
        """The tenant's volumes."""
        ...

    def show(self, volume_id: str) -> Volume:
        """One volume; raises ``NotFound``."""
        ...

    def create(self, size: int, name: str | None = None) -> Volume:
        """Ask for a volume of so many GB; raises ``OverQuota``."""
        ...

    def delete(self, volume_id: str) -> None:
        """Ask for the end of a volume; raises ``Invalid`` while its state does not allow it."""
        ...

    def types(self) -> Sequence[str]:
        """Names of the volume types."""
        ...

    def extensions(self) -> Sequence[Extension]:
        """Every extension of the API."""
        ...


class Objects(Protocol):
    """Containers and objects of one account. There is no deletion of an account here, on purpose."""

    quirks: frozenset[str]

    def account(self) -> AccountUsage:
        """What the account holds."""
        ...

    def containers(self) -> Sequence[Container]:
        """The account's containers."""
        ...

    def put_container(self, name: str | None = None) -> str:
        """Make a container (or touch an existing one) and give its name."""
        ...

    def delete_container(self, name: str) -> None:
        """Remove an empty container; raises ``Conflict`` where it is not empty."""
        ...

    def put(
        self,
        container: str,
        name: str,
        data: bytes,
        *,
        etag: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> StoredObject:
        """Store an object; raises ``Invalid`` when ``etag`` is not the MD5 of the data."""
        ...

    def get(self, container: str, name: str) -> bytes:
        """The content of an object; raises ``NotFound``."""
        ...

    def head(self, container: str, name: str) -> StoredObject:
        """What is known of an object without its content; raises ``NotFound``."""
        ...

    def list(self, container: str, prefix: str = "") -> Sequence[StoredObject]:
        """The objects of a container, in order of name."""
        ...

    def delete(self, container: str, name: str) -> None:
        """Remove an object; raises ``NotFound``."""
        ...
