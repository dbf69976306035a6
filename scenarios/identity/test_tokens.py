from harness.testing import Cloud, OutOfReach, Refused, scenario
from scenarios.subjects import services

USES = {
    "identity": "/tenants",
    "compute": "/servers",
    "image": "/images/detail",
    "volume": "/volumes",
    "object-store": "",
}
"""What a good token is used for at each service."""
ADMINISTRATION = ("/tenants", "/users", "/OS-KSADM/roles")


@scenario("identity.unscoped", gate="identity", needs=("identity.token",), cost=0.5)
def test_unscoped(cloud: Cloud) -> None:
    """A token for no tenant shows the user's own tenants, and is exchanged for one of them."""
    account = cloud.account
    with cloud.step("log in without a tenant"):
        token = cloud.identity.authenticate(account.username, account.password)
        cloud.check("the token is for no tenant", token.tenant is None, "none", str(token.tenant))
        cloud.check("it has no role", not token.roles, expected="none", found=", ".join(token.roles))
    with cloud.step("list the tenants of the user"):
        rows = cloud.raw("identity").send("GET", "/tenants", token=token.id).json()["tenants"]
        listed = [row["id"] for row in rows]
        cloud.check("the own tenant is listed", account.tenant_id in listed, account.tenant_id, str(listed))
    with cloud.step("exchange the token for one of the tenant"):
        scoped = cloud.identity.exchange(token.id, tenant_id=account.tenant_id)
        held = scoped.tenant.id if scoped.tenant else "none"
        cloud.check("it is for the tenant", held == account.tenant_id, account.tenant_id, held)
        cloud.check("it has a role", bool(scoped.roles), expected="at least one role", found="none")
        cloud.check("it is another token", scoped.id != token.id, expected="another id")


@scenario(
    "identity.tenants_apart",
    gate="identity",
    needs=("identity.token",),
    requires=("second_account",),
    cost=0.3,
)
def test_tenants_apart(cloud: Cloud) -> None:
    """A user is shown no tenant of which they are no member."""
    theirs = cloud.other.account.tenant_id
    with cloud.step("list the tenants of this user"):
        rows = cloud.raw("identity").send("GET", "/tenants").json()["tenants"]
        listed = [row["id"] for row in rows]
        cloud.check("there are tenants", bool(listed), expected="at least one")
        cloud.check("another's tenant is not listed", theirs not in listed, "not listed", theirs)


@scenario(
    "identity.member_refused",
    gate="identity",
    needs=("preflight.admin_answers[identity]",),
    subjects=("tenants", "users", "roles"),
    cost=0.3,
)
def test_member_refused(cloud: Cloud, subject: str) -> None:
    """A plain member lists neither tenants, users nor roles of the whole cloud."""
    if "admin" in {role.lower() for role in cloud.identity.token.roles}:
        raise OutOfReach("this run's user is an administrator; a plain member was needed")
    path = next(path for path in ADMINISTRATION if path.endswith(subject))
    with cloud.step(f"list {subject} at the administrators' address, as a member"):
        answer = cloud.raw("identity").send("GET", path, interface="admin")
        refused = answer.status in (401, 403)
        cloud.check("it is refused", refused, expected="403", found=str(answer.status))


@scenario(
    "identity.revoked_everywhere",
    gate="identity",
    needs=("preflight.endpoints_answer[=]",),
    subjects=services,
    requires=("admin",),
    cost=0.5,
)
def test_revoked_everywhere(cloud: Cloud, subject: str) -> None:
    """A token that worked is refused by each service as soon as it was revoked."""
    with cloud.step("take a token of its own, and use it"):
        token = cloud.login().id
        status = cloud.raw(subject).send("GET", USES[subject], token=token).status
        cloud.check("it is good", status in (200, 204), expected="200 or 204", found=str(status))
    with cloud.step("revoke it, and use it again"):
        cloud.admin.identity.revoke(token)
        cloud.wait(
            "the revoked token is refused",
            lambda: cloud.raw(subject).send("GET", USES[subject], token=token).status,
            goal=lambda status: status == 401,
            state=str,
            limit=cloud.patience("token"),
        )


@scenario("identity.ec2_keys", gate="identity", needs=("identity.token",), cost=0.5)
def test_ec2_keys(cloud: Cloud) -> None:
    """Keys for the EC2 API are made, listed and removed by their user."""
    identity, user, tenant = cloud.identity, cloud.identity.token.user.id, cloud.account.tenant_id
    with cloud.step("make a pair of keys"):
        made = identity.create_ec2_credentials(user, tenant)
        cloud.check("it is for the tenant", made.tenant == tenant, expected=tenant, found=made.tenant)
        cloud.check("it has both halves", bool(made.access and made.secret), expected="two keys")
    with cloud.step("list the keys of this user"):
        listed = {keys.access: keys for keys in identity.ec2_credentials(user)}
        same = made.access in listed and listed[made.access].secret == made.secret
        cloud.check("they are listed with the same secret", same, made.access, ", ".join(listed))
    with cloud.step("remove them and list again"):
        identity.delete_ec2_credentials(user, made.access)
        left = [keys.access for keys in identity.ec2_credentials(user)]
        cloud.check("they are gone", made.access not in left, expected="not listed", found=made.access)


@scenario(
    "identity.ec2_keys_apart",
    gate="identity",
    needs=("identity.token",),
    requires=("second_account",),
    cost=0.3,
)
def test_ec2_keys_apart(cloud: Cloud) -> None:
    """Nobody lists the EC2 keys of another user."""
    with cloud.expects("listing another's keys is refused", Refused):
        cloud.other.identity.ec2_credentials(cloud.identity.token.user.id)
