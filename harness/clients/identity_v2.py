"""Identity v2.0 as Keystone 2012.1 speaks it: tokens on the public side,
everything else on the admin side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from keystoneauth1.identity import v2

from harness.clients.door import Door, Seen, json_of
from harness.clients.errors import ServiceError
from harness.clients.identity_v2_answers import (
    ec2_of,
    extension_of,
    role_of,
    service_of,
    template_of,
    tenant_of,
    token_of,
    user_of,
    values_of,
)
from harness.clients.link import Link
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
from harness.credentials import Account

T = TypeVar("T")
QUIRKS = frozenset(
    {
        "unknown_tenant_gives_unscoped_token",
        "belongs_to_mismatch_is_a_fault",
        "no_time_of_issue",
        "version_needs_trailing_slash",
        "name_filter_ignored",
    }
)


class PasswordV2(v2.Password):  # type: ignore[misc]
    """keystoneauth's v2.0 plugin that keeps what the answer said,
    and does not hide a refused token behind a new one.
    """

    def __init__(self, door: Door, auth_url: str, **scope: str | None) -> None:
        super().__init__(auth_url_of(auth_url), **scope)
        self.token: Token | None = None
        self.seen: Seen | None = None
        self._door = door

    def get_auth_ref(self, session: Any) -> Any:
        """Fetch a token."""
        access = super().get_auth_ref(session)
        self.seen = self._door.last
        if self.seen is not None:
            self.token = token_of(json_of(self.seen), self.seen.headers)
        return access

    def invalidate(self) -> bool:
        """A 401 stays a 401; a token that is about to expire is renewed before it is used."""
        return False


def auth_url_of(url: str) -> str:
    """Where tokens are asked for: a bare host and port means v2.0."""
    return url.rstrip("/") if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/v2.0"


def password_plugin(account: Account, door: Door) -> PasswordV2:
    """An account's way to a token."""
    scope = {"tenant_id": account.tenant_id} if account.tenant_id else {"tenant_name": account.tenant_name}
    return PasswordV2(door, account.auth_url, username=account.username, password=account.password, **scope)


class IdentityV2:
    """The ``Identity`` protocol over v2.0."""

    quirks = QUIRKS

    def __init__(self, link: Link) -> None:
        self._link = link
        self._public = auth_url_of(link.account.auth_url)

    @property
    def token(self) -> Token:
        """The token of this session's user."""
        return self._link.token

    @property
    def version(self) -> str:
        """The version that gave the token, by the URL that it came from."""
        return self._link.token_url.rstrip("/").split("/")[-2]

    def authenticate(
        self, username: str, password: str, tenant_name: str | None = None, tenant_id: str | None = None
    ) -> Token:
        """A fresh token by password."""
        self._link.door.record.secret(password)
        credentials = {"username": username, "password": password}
        return self._tokens({"passwordCredentials": credentials}, tenant_name, tenant_id)

    def exchange(self, token_id: str, tenant_name: str | None = None, tenant_id: str | None = None) -> Token:
        """A token for another."""
        self._link.door.record.secret(token_id)
        return self._tokens({"token": {"id": token_id}}, tenant_name, tenant_id)

    def validate(self, token_id: str, belongs_to: str | None = None) -> Token:
        """What a token stands for."""
        self._link.door.record.secret(token_id)
        query = f"?belongsTo={_part(belongs_to)}" if belongs_to else ""
        seen = self._admin("GET", f"/tokens/{_part(token_id)}{query}")
        with self._link.reading(seen):
            return token_of(json_of(seen), seen.headers)

    def revoke(self, token_id: str) -> None:
        """End a token."""
        self._link.door.record.secret(token_id)
        self._admin("DELETE", f"/tokens/{_part(token_id)}")

    def list_tenants(self) -> list[Tenant]:
        """Every tenant."""
        return self._read("/tenants", lambda data: [*map(tenant_of, data["tenants"])])

    def tenant(self, tenant_id: str) -> Tenant:
        """One tenant."""
        return self._read(f"/tenants/{_part(tenant_id)}", lambda data: tenant_of(data["tenant"]))

    def create_tenant(self, name: str | None = None, description: str = "", enabled: bool = True) -> Tenant:
        """A new tenant; the service answers 200."""
        fresh = name or self._link.keeper.name("tenant")
        body = {"tenant": {"name": fresh, "description": description, "enabled": enabled}}
        with self._link.keeper.creating("tenant", fresh) as entry:
            tenant = self._read("/tenants", lambda data: tenant_of(data["tenant"]), "POST", body)
            entry.made(tenant.id)
        return tenant

    def update_tenant(
        self, tenant_id: str, *, description: str | None = None, enabled: bool | None = None
    ) -> None:
        """Change a tenant: v2.0 wants the whole of it, so what stays is read first."""
        now = self.tenant(tenant_id)
        body = {
            "id": tenant_id,
            "name": now.name,
            "description": now.description if description is None else description,
            "enabled": now.enabled if enabled is None else enabled,
        }
        self._admin("POST", f"/tenants/{_part(tenant_id)}", json={"tenant": body})

    def delete_tenant(self, tenant_id: str) -> None:
        """Remove a tenant."""
        self._admin("DELETE", f"/tenants/{_part(tenant_id)}")

    def list_users(self, tenant_id: str | None = None) -> list[User]:
        """Every user, or those with a role in a tenant."""
        path = f"/tenants/{_part(tenant_id)}/users" if tenant_id else "/users"
        return self._read(path, lambda data: [*map(user_of, data["users"])])

    def create_user(
        self, name: str | None = None, *, password: str, tenant_id: str | None = None, email: str = ""
    ) -> User:
        """A new user; the service answers 200 with a hash of the password."""
        self._link.door.record.secret(password)
        fresh = name or self._link.keeper.name("user")
        body = {"name": fresh, "password": password, "email": email, "enabled": True}
        if tenant_id:
            body["tenantId"] = tenant_id
        with self._link.keeper.creating("user", fresh) as entry:
            user = self._read("/users", lambda data: user_of(data["user"]), "POST", {"user": body})
            entry.made(user.id)
        return user

    def set_password(self, user_id: str, password: str) -> None:
        """Give a user another password."""
        self._link.door.record.secret(password)
        body = {"user": {"id": user_id, "password": password}}
        self._admin("PUT", f"/users/{_part(user_id)}/OS-KSADM/password", json=body)

    def enable_user(self, user_id: str, enabled: bool) -> None:
        """Let a user log in, or no more."""
        body = {"user": {"id": user_id, "enabled": enabled}}
        self._admin("PUT", f"/users/{_part(user_id)}/OS-KSADM/enabled", json=body)

    def delete_user(self, user_id: str) -> None:
        """Remove a user."""
        self._admin("DELETE", f"/users/{_part(user_id)}")

    def list_roles(self) -> list[Role]:
        """Every role."""
        return self._read("/OS-KSADM/roles", lambda data: [*map(role_of, data["roles"])])

    def create_role(self, name: str | None = None) -> Role:
        """A new role; the service answers 200."""
        fresh = name or self._link.keeper.name("role")
        with self._link.keeper.creating("role", fresh) as entry:
            role = self._read(
                "/OS-KSADM/roles", lambda data: role_of(data["role"]), "POST", {"role": {"name": fresh}}
            )
            entry.made(role.id)
        return role

    def delete_role(self, role_id: str) -> None:
        """Remove a role."""
        self._admin("DELETE", f"/OS-KSADM/roles/{_part(role_id)}")

    def user_roles(self, tenant_id: str, user_id: str) -> list[Role]:
        """The roles of a user in a tenant."""
        path = f"/tenants/{_part(tenant_id)}/users/{_part(user_id)}/roles"
        return self._read(path, lambda data: [*map(role_of, data["roles"])])

    def grant(self, tenant_id: str, user_id: str, role_id: str) -> None:
        """Give a user a role in a tenant."""
        self._admin("PUT", _role_path(tenant_id, user_id, role_id))

    def revoke_role(self, tenant_id: str, user_id: str, role_id: str) -> None:
        """Take a role in a tenant from a user."""
        self._admin("DELETE", _role_path(tenant_id, user_id, role_id))

    def ec2_credentials(self, user_id: str) -> Sequence[EC2Credentials]:
        """A user's keys for the EC2 API."""
        return self._link.read("GET", self._ec2(user_id), lambda data: [*map(ec2_of, data["credentials"])])

    def create_ec2_credentials(self, user_id: str, tenant_id: str) -> EC2Credentials:
        """New keys; they have no name, so the ledger knows them by user and access key only."""
        with self._link.keeper.creating("credential", "") as entry:
            made = self._link.read(
                "POST",
                self._ec2(user_id),
                lambda data: ec2_of(data["credential"]),
                json={"tenant_id": tenant_id},
            )
            entry.made(f"{user_id}/{made.access}")
        return made

    def delete_ec2_credentials(self, user_id: str, access: str) -> None:
        """Remove keys."""
        self._link.ask("DELETE", f"{self._ec2(user_id)}/{_part(access)}")

    def list_extensions(self, interface: str = "public") -> list[Extension]:
        """Extensions of the public or admin side; the stock public side has none."""
        url = self._public if interface == "public" else self._link.endpoint("identity", interface)
        return self._link.read(
            "GET", f"{url}/extensions", lambda data: [*map(extension_of, values_of(data["extensions"]))]
        )

    def list_services(self) -> list[ServiceEntry]:
        """The services of the stored catalogue."""
        return self._read("/OS-KSADM/services", lambda data: [*map(service_of, data["OS-KSADM:services"])])

    def list_endpoints(self) -> list[EndpointTemplate] | None:
        """The endpoints of the stored catalogue; with 501 a templated catalogue says that it stores none."""
        try:
            return self._read("/endpoints", lambda data: [*map(template_of, data["endpoints"])])
        except ServiceError as error:
            if error.status == 501:
                return None
            raise

    def _tokens(self, auth: dict[str, Any], tenant_name: str | None, tenant_id: str | None) -> Token:
        if tenant_id:
            auth["tenantId"] = tenant_id
        elif tenant_name:
            auth["tenantName"] = tenant_name
        seen = self._link.ask("POST", f"{self._public}/tokens", json={"auth": auth}, authenticated=False)
        with self._link.reading(seen):
            return token_of(json_of(seen), seen.headers)

    def _ec2(self, user_id: str) -> str:
        return f"{self._public}/users/{_part(user_id)}/credentials/OS-EC2"

    def _admin(self, method: str, path: str, json: Any = None) -> Seen:
        return self._link.ask(method, self._link.endpoint("identity", "admin") + path, json=json)

    def _read(self, path: str, reader: Callable[[Any], T], method: str = "GET", json: Any = None) -> T:
        return self._link.read(method, self._link.endpoint("identity", "admin") + path, reader, json=json)


def _part(text: str) -> str:
    return quote(text, safe="")


def _role_path(tenant_id: str, user_id: str, role_id: str) -> str:
    tenant, user, role = (_part(part) for part in (tenant_id, user_id, role_id))
    return f"/tenants/{tenant}/users/{user}/roles/OS-KSADM/{role}"
