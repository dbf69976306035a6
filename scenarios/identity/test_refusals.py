from harness.testing import Cloud, NotFound, Refused, scenario
from scenarios.subjects import services

LISTS = {
    "identity": "/tenants",
    "compute": "/servers",
    "image": "/images",
    "volume": "/volumes",
    "object-store": "",
}


@scenario("identity.bad_password", gate="identity", needs=("identity.token",), cost=0.3)
def test_bad_password(cloud: Cloud) -> None:
    """A wrong password gives no token."""
    account = cloud.account
    with cloud.expects("a wrong password is refused", Refused):
        cloud.identity.authenticate(account.username, cloud.name("password"), tenant_name=account.tenant_name)


@scenario("identity.unknown_user", gate="identity", needs=("identity.token",), cost=0.3)
def test_unknown_user(cloud: Cloud) -> None:
    """A user whom nobody made gets no token."""
    with cloud.expects("an unknown user is refused", Refused):
        cloud.identity.authenticate(
            cloud.name("user"), cloud.name("password"), tenant_name=cloud.account.tenant_name
        )


@scenario(
    "identity.tenant_without_role",
    gate="identity",
    needs=("identity.token",),
    requires=("second_account",),
    cost=0.3,
)
def test_tenant_without_role(cloud: Cloud) -> None:
    """Good credentials give no token for a tenant in which the user has no role."""
    with cloud.expects("a tenant without a role is refused", Refused):
        cloud.login(tenant_id=cloud.other.account.tenant_id)


@scenario(
    "identity.no_token",
    gate="identity",
    needs=("preflight.endpoints_answer[=]",),
    subjects=services,
    cost=0.3,
)
def test_no_token(cloud: Cloud, subject: str) -> None:
    """Each service turns away who brings no token."""
    with cloud.step("ask for a list without a token"):
        answer = cloud.raw(subject).send("GET", LISTS[subject], token=None)
        cloud.check("it is unauthorized", answer.status == 401, expected="401", found=str(answer.status))


@scenario(
    "identity.bad_token",
    gate="identity",
    needs=("preflight.endpoints_answer[=]",),
    subjects=services,
    cost=0.3,
)
def test_bad_token(cloud: Cloud, subject: str) -> None:
    """Each service turns away who brings a token that identity never gave."""
    with cloud.step("ask for a list with an invented token"):
        answer = cloud.raw(subject).send("GET", LISTS[subject], token=cloud.invented_token())
        cloud.check("it is unauthorized", answer.status == 401, expected="401", found=str(answer.status))


@scenario("identity.revoked", gate="identity", needs=("identity.token",), requires=("admin",), cost=1.0)
def test_revoked(cloud: Cloud) -> None:
    """A revoked token is worth nothing to identity any more."""
    with cloud.step("take a token of its own"):
        token = cloud.login()
    with cloud.step("revoke it"):
        cloud.admin.identity.revoke(token.id)
    with cloud.expects("the revoked token is not valid", NotFound):
        cloud.admin.identity.validate(token.id)
