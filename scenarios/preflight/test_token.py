from harness.testing import Cloud, scenario


@scenario(
    "identity.token",
    gate="preflight",
    owns=("identity.token_lifetime", "identity.version", "objectives.token"),
    cost=0.5,
)
def test_token(cloud: Cloud) -> None:
    """Good credentials give a token for the tenant that was asked for."""
    account = cloud.account
    with cloud.step("log in"), cloud.timed("token"):
        token = cloud.login()
    cloud.observe(("identity", "token_lifetime"), round(token.lifetime))
    cloud.observe(("identity", "version"), cloud.identity.version)
    with cloud.step("look at what was granted"):
        tenant = token.tenant.name if token.tenant else "none"
        cloud.check(
            "it is for the user who asked", token.user.name == account.username, found=token.user.name
        )
        cloud.check("it is for the tenant", tenant == account.tenant_name, account.tenant_name, tenant)
        cloud.check("it comes with a role", bool(token.roles), expected="at least one role", found="none")
        cloud.check(
            "it has not expired", token.lifetime > 0, expected="a time to come", found=f"{token.expires}"
        )
