"""What identity can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harness.clients.values import (
    EC2Credentials,
    EndpointTemplate,
    Extension,
    Role,
    ServiceEntry,
    Tenant,
    Token,
    User,
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
        """A fresh token by password; without a tenant, one that is for none. Raises ``Refused``."""
        ...

    def exchange(self, token_id: str, tenant_name: str | None = None, tenant_id: str | None = None) -> Token:
        """A token for another: of a tenant, for one that is for none; raises ``Refused``."""
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

    def enable_user(self, user_id: str, enabled: bool) -> None:
        """Let a user log in, or no more (administrators)."""
        ...

    def delete_user(self, user_id: str) -> None:
        """Remove a user (administrators)."""
        ...

    def list_roles(self) -> list[Role]:
        """Every role (administrators)."""
        ...

    def create_role(self, name: str | None = None) -> Role:
        """A new role (administrators); raises ``Conflict``."""
        ...

    def delete_role(self, role_id: str) -> None:
        """Remove a role, from all who hold it (administrators)."""
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

    def ec2_credentials(self, user_id: str) -> Sequence[EC2Credentials]:
        """A user's keys for the EC2 API; raises ``Refused`` for those of another user."""
        ...

    def create_ec2_credentials(self, user_id: str, tenant_id: str) -> EC2Credentials:
        """New keys for the EC2 API in one tenant; raises ``Refused``."""
        ...

    def delete_ec2_credentials(self, user_id: str, access: str) -> None:
        """Remove keys for the EC2 API; raises ``NotFound``."""
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
