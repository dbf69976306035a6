from harness.testing import Cloud, scenario

SAMPLE_TOKEN = "ADMIN"  # noqa: S105 - everybody knows it
KNOWN = (
    ("admin", "secrete"),
    ("admin", "password"),
    ("admin", "openstack"),
    ("nova", "nova"),
    ("glance", "glance"),
    ("swift", "swift"),
)
"""What guides and installers of the time write; each is tried once, so that no account is locked."""


@scenario(
    "identity.sample_token",
    gate="identity",
    needs=("preflight.admin_answers[identity]",),
    cost=0.3,
)
def test_sample_token(cloud: Cloud) -> None:
    """The administrators' token of the sample configuration opens nothing."""
    with cloud.step("list all users with the token that stands in the sample"):
        answer = cloud.raw("identity").send("GET", "/users", token=SAMPLE_TOKEN, interface="admin")
        refused = answer.status in (401, 403)
        cloud.check("it is refused", refused, expected="401", found=str(answer.status))


@scenario(
    "identity.default_passwords",
    gate="identity",
    needs=("identity.token",),
    level="should",
    cost=0.5,
)
def test_default_passwords(cloud: Cloud) -> None:
    """No account of the cloud's own has a password that stands in an installation guide."""
    for user, password in KNOWN:
        with cloud.step(f"try a well-known password of {user}"):
            answer = cloud.raw("identity").send(
                "POST", "/tokens", token=None, body=_login(user, password), headers=_XML
            )
            cloud.check("it is refused", answer.status == 401, expected="401", found=str(answer.status))


_XML = {"Content-Type": "application/xml"}
"""In JSON each of these words would be taken for a secret of this cloud, and cut out of the whole record."""


def _login(user: str, password: str) -> str:
    credentials = f'<passwordCredentials username="{user}" password="{password}"/>'
    return f'<auth xmlns="http://docs.openstack.org/identity/api/v2.0">{credentials}</auth>'
