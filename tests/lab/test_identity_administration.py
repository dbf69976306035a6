"""Tenants, users, roles, services and endpoints of the lab's identity service."""

import pytest

from tests.lab.apis import Apis


@pytest.fixture
def cloud() -> Apis:
    return Apis()


def made(cloud: Apis) -> tuple[str, str, str]:
    """A tenant, a user in it and the role Member; their ids."""
    tenant = cloud.admin("POST", "/tenants", json={"tenant": {"name": "t"}}).json()["tenant"]["id"]
    asked = {"name": "u", "password": "p", "tenantId": tenant}
    user = cloud.admin("POST", "/users", json={"user": asked}).json()["user"]["id"]
    roles = cloud.admin("GET", "/OS-KSADM/roles").json()["roles"]
    return tenant, user, next(role["id"] for role in roles if role["name"] == "Member")


def test_what_was_described_is_there(cloud: Apis) -> None:
    described = cloud.arch.model.identity
    for path, kind in (("/tenants", "tenants"), ("/users", "users"), ("/OS-KSADM/roles", "roles")):
        names = {row["name"] for row in cloud.admin("GET", path).json()[kind]}
        assert names >= set(getattr(described, kind))


def test_the_life_of_tenant_user_and_role(cloud: Apis) -> None:
    tenant, user, role = made(cloud)
    grant = f"/tenants/{tenant}/users/{user}/roles/OS-KSADM/{role}"
    assert cloud.admin("PUT", grant).status_code == 200
    assert cloud.admin("PUT", grant).status_code == 200
    held = cloud.admin("GET", f"/tenants/{tenant}/users/{user}/roles").json()["roles"]
    assert [row["name"] for row in held] == ["Member"]
    assert cloud.login("u", "p", tenantName="t").status_code == 200
    assert [row["name"] for row in cloud.admin("GET", f"/tenants/{tenant}/users").json()["users"]] == ["u"]
    assert cloud.admin("DELETE", grant).status_code == 204
    assert cloud.login("u", "p", tenantName="t").status_code == 401
    for path in (f"/users/{user}", f"/tenants/{tenant}"):
        assert cloud.admin("DELETE", path).status_code == 204
        assert cloud.admin("DELETE", path).status_code == 404
    assert cloud.login("u", "p").status_code == 401


def test_a_name_is_taken_once(cloud: Apis) -> None:
    made(cloud)
    assert cloud.admin("POST", "/tenants", json={"tenant": {"name": "t"}}).status_code == 409
    assert cloud.admin("POST", "/users", json={"user": {"name": "u"}}).status_code == 409
    assert cloud.admin("POST", "/OS-KSADM/roles", json={"role": {"name": "Member"}}).status_code == 409
    assert cloud.admin("POST", "/tenants", json={"tenant": {}}).json()["tenant"]["name"] is None


def test_a_new_password_ends_the_users_tokens(cloud: Apis) -> None:
    _, user, _ = made(cloud)
    token = cloud.login("u", "p", tenantName="t").json()["access"]["token"]["id"]
    change = {"user": {"id": user, "password": "other"}}
    shown = cloud.admin("PUT", f"/users/{user}/OS-KSADM/password", json=change).json()["user"]
    assert shown["extra"]["password"].startswith("$6$rounds=40000$")
    assert "other" not in str(shown)
    assert cloud.admin("GET", f"/tokens/{token}").status_code == 404
    assert cloud.login("u", "p").status_code == 401
    assert cloud.login("u", "other").status_code == 200


def test_a_disabled_user_or_tenant_gets_no_token(cloud: Apis) -> None:
    tenant, user, _ = made(cloud)
    for path, method, kind in (
        (f"/users/{user}/OS-KSADM/enabled", "PUT", "user"),
        (f"/tenants/{tenant}", "POST", "tenant"),
    ):
        cloud.admin(method, path, json={kind: {"enabled": False}})
        assert cloud.login("u", "p", tenantName="t").status_code == 401
        cloud.admin(method, path, json={kind: {"enabled": True}})
        assert cloud.login("u", "p", tenantName="t").status_code == 200


def test_an_update_nests_what_is_not_id_or_name(cloud: Apis) -> None:
    tenant, _, _ = made(cloud)
    change = {"tenant": {"name": "t2", "description": "new"}}
    answer = cloud.admin("POST", f"/tenants/{tenant}", json=change).json()["tenant"]
    assert answer == {"id": tenant, "name": "t2", "extra": {"description": "new"}}
    assert cloud.admin("GET", f"/tenants/{tenant}").json()["tenant"]["description"] == "new"


def test_own_tenants_come_in_pages(cloud: Apis) -> None:
    user = next(user.id for user in cloud.world.users.values() if user.name == "one")
    cloud.world.grants[(user, cloud.tenants["two"])] = []
    both = [row["name"] for row in cloud.public("GET", "/tenants", who="one").json()["tenants"]]
    assert both == ["one", "two"]
    first = cloud.public("GET", "/tenants?limit=1", who="one").json()["tenants"]
    assert [row["name"] for row in first] == ["one"]
    rest = cloud.public("GET", f"/tenants?marker={first[0]['id']}", who="one").json()["tenants"]
    assert [row["name"] for row in rest] == ["two"]
    assert cloud.public("GET", "/tenants?limit=x", who="one").status_code == 400


@pytest.mark.parametrize(
    "path", ["/tenants", "/users", "/OS-KSADM/roles", "/OS-KSADM/services", "/endpoints"]
)
def test_only_administrators_see(cloud: Apis, path: str) -> None:
    assert cloud.admin("GET", path).status_code == 200
    assert cloud.admin("GET", path, who="one").status_code == 403
    assert cloud.admin("GET", path, who=None).status_code == 401


def test_a_new_endpoint_is_in_the_next_catalogue(cloud: Apis) -> None:
    wanted = {"OS-KSADM:service": {"name": "s", "type": "dns", "description": "d"}}
    service = cloud.admin("POST", "/OS-KSADM/services", json=wanted).json()["OS-KSADM:service"]
    row = {"service_id": service["id"], "region": "r", "publicurl": "http://h/$(tenant_id)s"}
    end = cloud.admin("POST", "/endpoints", json={"endpoint": row}).json()["endpoint"]
    catalogue = cloud.login(tenantName="one").json()["access"]["serviceCatalog"]
    found = next(entry for entry in catalogue if entry["type"] == "dns")
    assert found["endpoints"][0]["publicURL"] == f"http://h/{cloud.tenants['one']}"
    assert cloud.admin("DELETE", f"/endpoints/{end['id']}").status_code == 204
    assert cloud.admin("DELETE", f"/OS-KSADM/services/{service['id']}").status_code == 204
    assert "dns" not in str(cloud.login(tenantName="one").json())


def test_a_templated_catalogue_has_no_tables() -> None:
    cloud = Apis("identity.catalogue=templated")
    assert cloud.admin("GET", "/endpoints").status_code == 501
    assert cloud.admin("GET", "/OS-KSADM/services").json() == {"OS-KSADM:services": []}
    types = {entry["type"] for entry in cloud.login(tenantName="one").json()["access"]["serviceCatalog"]}
    assert types == set(cloud.arch.model.catalogue)


def test_ec2_credentials_are_a_users_own(cloud: Apis) -> None:
    ids = {user.name: user.id for user in cloud.world.users.values()}
    path = f"/users/{ids['one']}/credentials/OS-EC2"
    made = cloud.public("POST", path, who="one", json={"tenant_id": cloud.tenants["one"]}).json()[
        "credential"
    ]
    assert cloud.public("GET", path, who="one").json() == {"credentials": [made]}
    assert cloud.public("GET", path, who="two").status_code == 403
    assert cloud.public("GET", f"{path}/{made['access']}", who="boss").json() == {"credential": made}
    assert cloud.public("DELETE", f"{path}/{made['access']}", who="one").status_code == 204
    assert cloud.public("DELETE", f"{path}/{made['access']}", who="one").status_code == 404
