"""Tokens of the lab's identity service: issued, exchanged, validated, revoked."""

from datetime import timedelta

import pytest

from tests.lab.apis import Apis


@pytest.fixture
def cloud() -> Apis:
    return Apis()


def test_a_login_gives_tenant_roles_and_an_expanded_catalogue(cloud: Apis) -> None:
    access = cloud.login(tenantName="one").json()["access"]
    assert access["token"]["tenant"]["id"] == cloud.tenants["one"]
    assert [role["name"] for role in access["user"]["roles"]] == ["Member"]
    urls = {entry["type"]: entry["endpoints"][0]["publicURL"] for entry in access["serviceCatalog"]}
    assert set(urls) == set(cloud.arch.model.catalogue)
    assert urls["compute"].endswith(f":8774/v2/{cloud.tenants['one']}")
    assert urls["object-store"].endswith(f"/AUTH_{cloud.tenants['one']}")


def test_the_described_lifetime_is_kept() -> None:
    cloud = Apis("identity.token_lifetime=2 h")
    token = cloud.world.token(cloud.login(tenantName="one").json()["access"]["token"]["id"])
    assert token is not None
    assert timedelta(hours=1, minutes=59) < token.expires - cloud.world.clock.now() <= timedelta(hours=2)


@pytest.mark.parametrize("tenant", [{}, {"tenantName": ""}, {"tenantName": "nobody knows it"}])
def test_without_a_known_tenant_name_a_token_is_unscoped(cloud: Apis, tenant: dict[str, str]) -> None:
    access = cloud.login(**tenant).json()["access"]
    assert "tenant" not in access["token"]
    assert access["serviceCatalog"] == {}
    assert access["user"]["roles"] == []


@pytest.mark.parametrize(
    ("name", "password", "tenant", "message"),
    [
        ("one", "wrong", {"tenantName": "one"}, "Invalid user / password"),
        ("nobody", "secrete", {"tenantName": "one"}, "Invalid user / password"),
        ("one", "secrete", {"tenantName": "two"}, "Invalid tenant"),
        ("one", "secrete", {"tenantId": "deadbeef"}, "Invalid tenant"),
    ],
)
def test_a_login_is_refused(
    cloud: Apis, name: str, password: str, tenant: dict[str, str], message: str
) -> None:
    answer = cloud.login(name, password, **tenant)
    assert answer.status_code == 401
    assert answer.json() == {"error": {"message": message, "code": 401, "title": "Not Authorized"}}


def test_an_unscoped_token_is_exchanged_for_a_scoped_one_that_lasts_no_longer(cloud: Apis) -> None:
    first = cloud.login().json()["access"]["token"]
    auth = {"token": {"id": first["id"]}, "tenantName": "one"}
    second = cloud.public("POST", "/tokens", json={"auth": auth}).json()["access"]["token"]
    assert second["id"] != first["id"]
    assert second["expires"] == first["expires"]
    assert second["tenant"]["name"] == "one"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 500),
        (b"", "", 500),
        (b'{"auth": {}}', "text/plain", 500),
        (b'{"auth": ', "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"auth": {"passwordCredentials": 1}}', "application/json", 500),
        (b"[" * 100_000, "application/json", 400),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><auth/>', "application/xml", 400),
    ],
)
def test_what_is_no_login(cloud: Apis, content: bytes, kind: str, status: int) -> None:
    headers = {"Content-Type": kind} if kind else {}
    assert cloud.public("POST", "/tokens", content=content, headers=headers).status_code == status


def test_a_login_in_xml(cloud: Apis) -> None:
    body = b'<auth tenantName="one"><passwordCredentials username="one" password="secrete"/></auth>'
    kind = {"Content-Type": "application/xml", "Accept": "application/xml"}
    answer = cloud.public("POST", "/tokens", content=body, headers=kind)
    assert answer.headers["content-type"] == "application/xml"
    assert '<tenant name="one"' in answer.text or 'name="one"' in answer.text
    assert "<service " in answer.text


def test_validation_tells_the_administrator_whose_token_it_is(cloud: Apis) -> None:
    access = cloud.admin("GET", f"/tokens/{cloud.tokens['one']}").json()["access"]
    assert access["user"]["name"] == "one"
    assert access["token"]["tenant"]["id"] == cloud.tenants["one"]
    assert "serviceCatalog" not in access
    assert cloud.admin("HEAD", f"/tokens/{cloud.tokens['one']}").status_code == 204


def test_validation_with_a_tenant(cloud: Apis) -> None:
    path = f"/tokens/{cloud.tokens['one']}?belongsTo="
    assert cloud.admin("GET", path + cloud.tenants["one"]).json()["access"]["serviceCatalog"]
    assert cloud.admin("GET", path + cloud.tenants["two"]).status_code == 500


def test_who_may_validate(cloud: Apis) -> None:
    path = f"/tokens/{cloud.tokens['one']}"
    assert cloud.admin("GET", path, who="two").status_code == 403
    assert cloud.admin("GET", path, who=None).status_code == 401
    assert cloud.admin("GET", path, token=cloud.world.admin_token).status_code == 200
    assert cloud.public("GET", path, who="boss").status_code == 404


def test_a_revoked_token_is_worth_nothing_anywhere(cloud: Apis) -> None:
    token = cloud.tokens["one"]
    assert cloud.images("GET", "/images").status_code == 200
    assert cloud.admin("DELETE", f"/tokens/{token}").status_code == 204
    assert cloud.admin("GET", f"/tokens/{token}").status_code == 404
    assert cloud.admin("DELETE", f"/tokens/{token}").status_code == 404
    assert cloud.public("GET", "/tenants", who="one").status_code == 401
    assert cloud.images("GET", "/images").status_code == 401


def test_an_expired_token_is_worth_nothing(cloud: Apis) -> None:
    cloud.world.clock.ahead = cloud.world.token_lifetime.total_seconds() + 1
    assert cloud.public("GET", "/tenants", who="one").status_code == 401


def test_a_token_keeps_the_roles_that_it_was_issued_with(cloud: Apis) -> None:
    cloud.world.grants.clear()
    user = cloud.admin("GET", f"/tokens/{cloud.tokens['one']}").json()["access"]["user"]
    assert [role["name"] for role in user["roles"]] == ["Member"]


def test_versions(cloud: Apis) -> None:
    answer = cloud.call("keystone", "GET", "/")
    assert answer.status_code == 300
    version = answer.json()["versions"]["values"][0]
    assert (version["id"], version["status"]) == ("v2.0", "beta")
    assert cloud.call("keystone", "GET", "/v2.0").status_code == 500
    assert cloud.public("GET", "/").json()["version"]["id"] == "v2.0"


def test_without_an_identity_endpoint_there_is_no_version(cloud: Apis) -> None:
    cloud.world.endpoints.clear()
    assert cloud.call("keystone", "GET", "/").status_code == 501


def test_only_the_administrators_port_has_the_described_extensions(cloud: Apis) -> None:
    listed = cloud.admin("GET", "/extensions").json()["extensions"]["values"]
    assert [row["alias"] for row in listed] == list(cloud.arch.model.identity.extensions)
    assert cloud.public("GET", "/extensions").json() == {"extensions": {"values": []}}
