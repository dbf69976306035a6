"""How the faults of identity and images about users, tokens, lists and changes show from outside."""

from collections.abc import Callable
from typing import Any

from tests.lab.apis import PASSWORD, Apis

FRESH = {"name": "guest", "password": "first", "tenantId": "", "enabled": True}


def catalogue(cloud: Apis, kind: str, interface: str) -> str:
    entries = cloud.login(tenantName="one").json()["access"]["serviceCatalog"]
    return str(next(entry for entry in entries if entry["type"] == kind)["endpoints"][0][interface])


def guest(cloud: Apis) -> tuple[str, str, str]:
    """Ids of a new user, of a tenant and of the role that the user has there."""
    number = len(cloud.world.users)
    tenant = cloud.admin("POST", "/tenants", json={"tenant": {"name": f"t{number}"}}).json()["tenant"]["id"]
    body = {"user": {**FRESH, "name": f"u{number}", "tenantId": tenant}}
    user = cloud.admin("POST", "/users", json=body).json()["user"]["id"]
    role = cloud.admin("GET", "/OS-KSADM/roles").json()["roles"][0]["id"]
    path = f"/tenants/{tenant}/users/{user}/roles/OS-KSADM/{role}"
    assert cloud.admin("PUT", path).status_code == 200
    return user, tenant, role


def enters(cloud: Apis, user: str, tenant: str, password: str = "first") -> bool:
    return cloud.login(cloud.world.users[user].name, password, tenantId=tenant).status_code == 200


def disabled_user_enters(cloud: Apis) -> bool:
    user, tenant, _ = guest(cloud)
    body = {"user": {"id": user, "enabled": False}}
    assert cloud.admin("PUT", f"/users/{user}/OS-KSADM/enabled", json=body).status_code == 200
    return enters(cloud, user, tenant)


def disabled_tenant_open(cloud: Apis) -> bool:
    user, tenant, _ = guest(cloud)
    body = {"tenant": {"id": tenant, "enabled": False}}
    assert cloud.admin("POST", f"/tenants/{tenant}", json=body).status_code == 200
    return enters(cloud, user, tenant)


def old_password_kept(cloud: Apis) -> bool:
    user, tenant, _ = guest(cloud)
    body = {"user": {"id": user, "password": "second"}}
    assert cloud.admin("PUT", f"/users/{user}/OS-KSADM/password", json=body).status_code == 200
    assert enters(cloud, user, tenant, "second")
    return enters(cloud, user, tenant)


def keeps_roles(cloud: Apis) -> bool:
    user, tenant, role = guest(cloud)
    path = f"/tenants/{tenant}/users/{user}/roles"
    assert cloud.admin("DELETE", f"{path}/OS-KSADM/{role}").status_code == 204
    return bool(cloud.admin("GET", path).json()["roles"])


def opens_with_defaults(cloud: Apis) -> bool:
    answers = (cloud.login("nova", "nova"), cloud.admin("GET", "/users", who=None, token="ADMIN"))
    return [answer.status_code for answer in answers] == [200, 200]


def keys(cloud: Apis, who: str) -> Any:
    user = next(user.id for user in cloud.world.users.values() if user.name == "one")
    path = f"/users/{user}/credentials/OS-EC2"
    tenant = next(tenant.id for tenant in cloud.world.tenants.values() if tenant.name == "one")
    made = cloud.public("POST", path, who="one", json={"tenant_id": tenant})
    assert made.status_code == 200
    return cloud.public("GET", path, who=who)


def every_second_fails(cloud: Apis) -> bool:
    return sorted(cloud.images("GET", "/images").status_code for _ in range(4)) == [200, 200, 500, 500]


def reserved(cloud: Apis, **headers: str) -> str:
    made = cloud.images("POST", "/images", headers={"x-image-meta-name": "i", **headers})
    return str(made.json()["image"]["id"])


def queued_for_ever(cloud: Apis) -> bool:
    formats = {"x-image-meta-disk_format": "raw", "x-image-meta-container_format": "bare"}
    headers = {"Content-Type": "application/octet-stream", **formats}
    stored = cloud.images("PUT", f"/images/{reserved(cloud)}", content=b"x", headers=headers)
    return bool(stored.json()["image"]["status"] == "queued")


def properties_dropped(cloud: Apis) -> bool:
    image = reserved(cloud, **{"x-image-meta-property-first": "1"})
    headers = {"x-glance-registry-purge-props": "False", "x-image-meta-min_ram": "64"}
    changed = cloud.images("PUT", f"/images/{image}", headers=headers)
    return not changed.json()["image"]["properties"]


def protection_ignored(cloud: Apis) -> bool:
    image = reserved(cloud, **{"x-image-meta-protected": "True"})
    return cloud.images("DELETE", f"/images/{image}").status_code == 200


def member_kept(cloud: Apis) -> bool:
    image = reserved(cloud)
    tenant = next(tenant.id for tenant in cloud.world.tenants.values() if tenant.name == "two")
    path = f"/images/{image}/members/{tenant}"
    assert cloud.images("PUT", path).status_code == cloud.images("DELETE", path).status_code == 204
    return bool(cloud.images("GET", f"/images/{image}/members").json()["members"])


def page_of_one(cloud: Apis) -> bool:
    reserved(cloud), reserved(cloud)
    first = cloud.images("GET", "/images/detail?limit=1").json()["images"][0]["id"]
    second = cloud.images("GET", f"/images/detail?limit=1&marker={first}").json()["images"][0]["id"]
    return bool(first == second)


def links_lost(cloud: Apis) -> bool:
    return not cloud.upload(property__kernel_id="k").json()["image"]["properties"]


SYMPTOMS: dict[str, Callable[[Apis], bool]] = {
    "identity.internal_address_dead": lambda c: ":9/" in catalogue(c, "image", "internalURL"),
    "identity.internal_in_public": lambda c: ".250:" in catalogue(c, "volume", "publicURL"),
    "identity.admin_address_fails": lambda c: c.call("keystone-admin", "GET", "/").status_code == 500,
    "identity.list_fails": lambda c: c.public("GET", "/extensions").status_code == 500,
    "identity.disabled_user_enters": disabled_user_enters,
    "identity.disabled_tenant_open": disabled_tenant_open,
    "identity.old_password_kept": old_password_kept,
    "identity.role_removal_ignored": keeps_roles,
    "identity.defaults_kept": opens_with_defaults,
    "identity.unscoped_scoped": lambda c: "tenant" in c.login("one", PASSWORD).json()["access"]["token"],
    "identity.all_tenants_shown": lambda c: (
        len(c.public("GET", "/tenants", who="one").json()["tenants"]) == len(c.world.tenants)
    ),
    "identity.member_administers": lambda c: c.admin("GET", "/users", who="one").status_code == 200,
    "identity.keys_unlisted": lambda c: not keys(c, "one").json()["credentials"],
    "identity.keys_of_others": lambda c: keys(c, "two").status_code == 200,
    "images.every_second_fails": every_second_fails,
    "images.filters_ignored": lambda c: bool(c.images("GET", "/images/detail?name=nope").json()["images"]),
    "images.marker_ignored": page_of_one,
    "images.bad_container_accepted": lambda c: c.upload(container_format="shoebox").status_code == 201,
    "images.checksum_unchecked": lambda c: c.upload(checksum="0" * 32).status_code == 201,
    "images.links_lost": links_lost,
    "images.queued_for_ever": queued_for_ever,
    "images.properties_dropped": properties_dropped,
    "images.protection_ignored": protection_ignored,
    "images.member_kept": member_kept,
}
