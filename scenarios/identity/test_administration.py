from harness.testing import Cloud, NotFound, Refused, scenario


@scenario(
    "identity.described",
    gate="identity",
    needs=("preflight.endpoints_answer[identity]",),
    requires=("admin",),
    owns=(
        "identity.roles",
        "identity.tenants",
        "identity.users",
        "identity.extensions",
        "identity.catalogue",
    ),
    cost=0.5,
)
def test_described(cloud: Cloud) -> None:
    """Roles, tenants, users and the kind of catalogue are as described."""
    identity = cloud.admin.identity
    with cloud.step("list roles"):
        cloud.observe(("identity", "roles"), sorted(role.name for role in identity.list_roles()))
    with cloud.step("list tenants"):
        cloud.observe(("identity", "tenants"), sorted(tenant.name for tenant in identity.list_tenants()))
    with cloud.step("list users"):
        cloud.observe(("identity", "users"), sorted(user.name for user in identity.list_users()))
    with cloud.step("list extensions of the administrator's side"):
        aliases = sorted(extension.alias for extension in identity.list_extensions("admin"))
        cloud.observe(("identity", "extensions"), aliases)
    with cloud.step("ask for stored endpoints"):
        kind = "templated" if identity.list_endpoints() is None else "sql"
        cloud.observe(("identity", "catalogue"), kind)


@scenario("identity.validate", gate="identity", needs=("identity.token",), requires=("admin",), cost=0.5)
def test_validate(cloud: Cloud) -> None:
    """Identity says of a token what it was given for, and knows no token that it never gave."""
    token = cloud.login()
    with cloud.step("let the administrator validate a token of this user"):
        seen = cloud.admin.identity.validate(token.id)
        cloud.check(
            "it is the same user", seen.user.id == token.user.id, expected=token.user.id, found=seen.user.id
        )
        tenant = seen.tenant.id if seen.tenant else ""
        cloud.check("it is the same tenant", tenant == cloud.account.tenant_id, found=tenant)
        cloud.check("it has the same roles", set(seen.roles) == set(token.roles), found=", ".join(seen.roles))
    with cloud.expects("an invented token is unknown", NotFound):
        cloud.admin.identity.validate(cloud.invented_token())


@scenario("identity.tenant_life", gate="identity", needs=("identity.token",), requires=("admin",), cost=1.5)
def test_tenant_life(cloud: Cloud) -> None:
    """A tenant, a user and a role are made; the user logs in; all is removed; the user is refused."""
    identity, password = cloud.admin.identity, cloud.new_password()
    with cloud.step("make a tenant and a user"):
        tenant = identity.create_tenant(description="made by a deployment test")
        user = identity.create_user(password=password, tenant_id=tenant.id)
    with cloud.step("give the user the role that this run's user has"):
        mine = set(cloud.identity.token.roles)
        role = next(role for role in identity.list_roles() if role.name in mine)
        identity.grant(tenant.id, user.id, role.id)
    with cloud.step("log in as that user"):
        token = cloud.identity.authenticate(user.name, password, tenant_name=tenant.name)
        cloud.check(
            "the token is for the new tenant", token.tenant is not None and token.tenant.id == tenant.id
        )
    with cloud.step("take the role away and remove user and tenant"):
        identity.revoke_role(tenant.id, user.id, role.id)
        identity.delete_user(user.id)
        identity.delete_tenant(tenant.id)
    with cloud.expects("the removed user is refused", Refused):
        cloud.identity.authenticate(user.name, password, tenant_name=tenant.name)
