from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.testing import Cloud, Refused, scenario

LOGIN = ("identity.token",)


@dataclass(frozen=True)
class Person:
    """A user of a tenant of their own, made for one story."""

    id: str
    name: str
    password: str
    tenant: str
    tenant_name: str

    def log_in(self, cloud: Cloud, password: str = "") -> str:
        """The id of a fresh token for the tenant."""
        token = cloud.identity.authenticate(
            self.name, password or self.password, tenant_name=self.tenant_name
        )
        held = token.tenant.id if token.tenant else "none"
        cloud.check("the token is for the tenant", held == self.tenant, self.tenant, held)
        return token.id


@contextmanager
def somebody(cloud: Cloud) -> Iterator[Person]:
    """A tenant, a user and the role that this run's user has; user and tenant are removed at the end."""
    identity, password = cloud.admin.identity, cloud.new_password()
    with cloud.step("make a tenant, and a user with a role in it"):
        tenant = identity.create_tenant(description="made by a deployment test")
        user = identity.create_user(password=password, tenant_id=tenant.id)
        mine = set(cloud.identity.token.roles)
        role = next(role for role in identity.list_roles() if role.name in mine)
        identity.grant(tenant.id, user.id, role.id)
    yield Person(user.id, user.name, password, tenant.id, tenant.name)
    with cloud.step("remove the user and the tenant"):
        identity.delete_user(user.id)
        identity.delete_tenant(tenant.id)


@scenario("identity.user_disabled", gate="identity", needs=LOGIN, requires=("admin",), cost=0.5)
def test_user_disabled(cloud: Cloud) -> None:
    """A disabled user is refused, and let in again once enabled."""
    with somebody(cloud) as user:
        with cloud.step("log in, then disable the user"):
            user.log_in(cloud)
            cloud.admin.identity.enable_user(user.id, False)
        with cloud.expects("the disabled user is refused", Refused):
            user.log_in(cloud)
        with cloud.step("enable the user and log in again"):
            cloud.admin.identity.enable_user(user.id, True)
            user.log_in(cloud)


@scenario("identity.tenant_disabled", gate="identity", needs=LOGIN, requires=("admin",), cost=0.5)
def test_tenant_disabled(cloud: Cloud) -> None:
    """Nobody gets a token for a disabled tenant, and everybody does once it is enabled again."""
    with somebody(cloud) as user:
        with cloud.step("log in, then disable the tenant"):
            user.log_in(cloud)
            cloud.admin.identity.update_tenant(user.tenant, enabled=False)
        with cloud.expects("a token for the disabled tenant is refused", Refused):
            user.log_in(cloud)
        with cloud.step("enable the tenant and log in again"):
            cloud.admin.identity.update_tenant(user.tenant, enabled=True)
            user.log_in(cloud)


@scenario("identity.password_changed", gate="identity", needs=LOGIN, requires=("admin",), cost=0.5)
def test_password_changed(cloud: Cloud) -> None:
    """After a change of password the new one opens the account, and the old one does not."""
    with somebody(cloud) as user:
        fresh = cloud.new_password()
        with cloud.step("log in, then change the password"):
            user.log_in(cloud)
            cloud.admin.identity.set_password(user.id, fresh)
        with cloud.step("log in with the new password"):
            user.log_in(cloud, fresh)
        with cloud.expects("the old password is refused", Refused):
            user.log_in(cloud)


@scenario("identity.role_life", gate="identity", needs=LOGIN, requires=("admin",), cost=0.7)
def test_role_life(cloud: Cloud) -> None:
    """A role is made; given to a user it stands in the next token, taken away it does not."""
    identity = cloud.admin.identity
    with somebody(cloud) as user:
        with cloud.step("make a role and give it to the user"):
            role = identity.create_role()
            identity.grant(user.tenant, user.id, role.id)
        with cloud.step("log in and look at the roles"):
            roles = set(_roles(cloud, user))
            cloud.check("the new role is among them", role.name in roles, role.name, ", ".join(roles))
        with cloud.step("take the role away"):
            identity.revoke_role(user.tenant, user.id, role.id)
        with cloud.step("log in again"):
            roles = set(_roles(cloud, user))
            cloud.check("the role is gone", role.name not in roles, "without it", ", ".join(roles))
            cloud.check("the other role stayed", bool(roles), expected="at least one role")
        with cloud.step("remove the role"):
            identity.delete_role(role.id)


def _roles(cloud: Cloud, user: Person) -> tuple[str, ...]:
    token = cloud.identity.authenticate(user.name, user.password, tenant_name=user.tenant_name)
    return token.roles
