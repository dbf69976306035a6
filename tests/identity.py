"""An identity service in memory, as far as leasing needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from harness.clients.errors import Conflict, NotFound
from harness.clients.values import Role, Tenant, User


@dataclass
class Directory:
    """The part of ``harness.clients.protocols.Identity`` that only administrators use.

    ``passwords`` by user id, ``grants`` as (tenant, user, role); ``before_update`` is called before a tenant
    is changed, to let somebody else be faster.
    """

    tenants: dict[str, Tenant] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    grants: set[tuple[str, str, str]] = field(default_factory=set)
    roles: tuple[str, ...] = ("admin", "KeystoneAdmin", "Member")
    before_update: Callable[[str], None] = lambda tenant: None
    _count: int = 0

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-id-{self._count}"

    def list_tenants(self) -> list[Tenant]:
        return list(self.tenants.values())

    def tenant(self, tenant_id: str) -> Tenant:
        if tenant_id not in self.tenants:
            raise NotFound(tenant_id)
        return self.tenants[tenant_id]

    def create_tenant(self, name: str, description: str = "") -> Tenant:
        if any(tenant.name == name for tenant in self.tenants.values()):
            raise Conflict(name)
        tenant = Tenant(self._new("tenant"), name, description)
        self.tenants[tenant.id] = tenant
        return tenant

    def update_tenant(self, tenant_id: str, *, description: str) -> None:
        self.before_update(tenant_id)
        self.tenants[tenant_id] = replace(self.tenant(tenant_id), description=description)

    def delete_tenant(self, tenant_id: str) -> None:
        self.tenant(tenant_id)
        del self.tenants[tenant_id]

    def list_users(self) -> list[User]:
        return list(self.users.values())

    def create_user(self, name: str, *, password: str, tenant_id: str) -> User:
        user = User(self._new("user"), name, tenant=tenant_id)
        self.users[user.id] = user
        self.passwords[user.id] = password
        return user

    def set_password(self, user_id: str, password: str) -> None:
        self.passwords[user_id] = password

    def delete_user(self, user_id: str) -> None:
        del self.users[user_id]

    def list_roles(self) -> list[Role]:
        return [Role(f"role-{name}", name) for name in self.roles]

    def user_roles(self, tenant_id: str, user_id: str) -> list[Role]:
        held = {role for tenant, user, role in self.grants if (tenant, user) == (tenant_id, user_id)}
        return [role for role in self.list_roles() if role.id in held]

    def grant(self, tenant_id: str, user_id: str, role_id: str) -> None:
        if (tenant_id, user_id, role_id) in self.grants:
            raise Conflict("granted already")
        self.grants.add((tenant_id, user_id, role_id))
