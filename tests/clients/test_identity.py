"""What is asked of Keystone, and how its answers are read; shapes as recorded, values of our own."""

import json
from datetime import UTC, datetime

import pytest

from harness.clients.errors import NotFound, Refused, ServerFault
from harness.clients.session import CloudSession
from tests.clients.fake import TENANT, TOKEN, Service, access

ADMIN = "/identity/v2.0"


def sent(service: Service) -> object:
    return json.loads(service.asked[-1].body)


def test_the_token(session: CloudSession, service: Service) -> None:
    token = session.identity.token
    assert TOKEN not in repr(token)
    assert token.expires == datetime(2099, 11, 21, 12, 45, 47, tzinfo=UTC)
    assert token.lifetime == 86400, "by the clock of the service"
    assert (token.user.name, token.roles) == ("demo", ("Member",))
    assert token.tenant is not None
    assert [entry.type for entry in token.catalogue] == [
        "identity",
        "compute",
        "volume",
        "image",
        "object-store",
    ]
    assert session.identity.version == "v2.0"
    assert session.account.tenant_id == TENANT
    assert sent(service) == {
        "auth": {"passwordCredentials": {"username": "demo", "password": "s3cret-pass"}, "tenantName": "demo"}
    }
    assert len(service.asked) == 1


def test_a_token_without_tenant_has_an_empty_object_for_a_catalogue(
    session: CloudSession, service: Service
) -> None:
    answer = access(service.url)["access"]
    del answer["token"]["tenant"]
    service.on(
        "POST",
        "/v2.0/tokens",
        body={"access": answer | {"serviceCatalog": {}, "user": answer["user"] | {"roles": []}}},
    )
    token = session.identity.authenticate("demo", "s3cret-pass", tenant_name="nobody's")
    assert (token.tenant, token.roles, token.catalogue) == (None, (), ())


def test_bad_credentials(session: CloudSession, service: Service) -> None:
    error = {"error": {"message": "Invalid user / password", "code": 401, "title": "Not Authorized"}}
    service.on("POST", "/v2.0/tokens", status=401, body=error)
    with pytest.raises(Refused, match="Invalid user / password"):
        session.identity.authenticate("demo", "wrong", tenant_id=TENANT)
    assert sent(service) == {
        "auth": {"passwordCredentials": {"username": "demo", "password": "wrong"}, "tenantId": TENANT}
    }
    with pytest.raises(Refused) as raised:
        session.compute.flavors()
    assert raised.value.component == "keystone", "a story of compute that finds no token blames identity"


def test_administration(session: CloudSession, service: Service) -> None:
    tenant = {"enabled": True, "description": None, "name": "t", "id": "t1"}
    user = {"name": "u", "enabled": True, "email": "u@example.com", "id": "u1", "tenantId": "t1"}
    service.on("GET", f"{ADMIN}/tenants", body={"tenants_links": [], "tenants": [tenant]})
    service.on("GET", f"{ADMIN}/tenants/t1", body={"tenant": tenant})
    service.on("POST", f"{ADMIN}/tenants/t1", body={"tenant": {"id": "t1", "name": "t", "extra": {}}})
    service.on("GET", f"{ADMIN}/users", body={"users": [user]})
    service.on("GET", f"{ADMIN}/tenants/t1/users", body={"users": [user]})
    service.on("POST", f"{ADMIN}/users", body={"user": user | {"password": "$6$hash"}})
    service.on(
        "PUT", f"{ADMIN}/users/u1/OS-KSADM/password", body={"user": {"id": "u1", "name": "u", "extra": {}}}
    )
    service.on("GET", f"{ADMIN}/OS-KSADM/roles", body={"roles": [{"id": "r1", "name": "admin"}]})
    service.on(
        "PUT", f"{ADMIN}/tenants/t1/users/u1/roles/OS-KSADM/r1", body={"role": {"id": "r1", "name": "admin"}}
    )
    service.on("DELETE", f"{ADMIN}/tenants/t1/users/u1/roles/OS-KSADM/r1", status=204)
    identity = session.identity
    assert [(found.id, found.description) for found in identity.list_tenants()] == [("t1", "")]
    identity.update_tenant("t1", description="new")
    assert sent(service) == {"tenant": {"id": "t1", "name": "t", "description": "new", "enabled": True}}
    assert [found.tenant for found in identity.list_users()] == ["t1"]
    assert identity.list_users("t1")[0].email == "u@example.com"
    assert identity.create_user("u", password="pw123456", tenant_id="t1").id == "u1"
    identity.set_password("u1", "pw234567")
    assert sent(service) == {"user": {"id": "u1", "password": "pw234567"}}
    assert identity.list_roles()[0].name == "admin"
    identity.grant("t1", "u1", "r1")
    identity.revoke_role("t1", "u1", "r1")


def test_validate_and_revoke(session: CloudSession, service: Service) -> None:
    service.on("GET", f"{ADMIN}/tokens/abc", body=access(service.url))
    service.on("DELETE", f"{ADMIN}/tokens/abc", status=204)
    assert session.identity.validate("abc", belongs_to="t1").user.name == "demo"
    assert service.asked[-1].path.endswith("/tokens/abc?belongsTo=t1")
    session.identity.revoke("abc")
    with pytest.raises(NotFound):
        session.identity.validate("other/../abc")
    assert service.asked[-1].path.endswith("/tokens/other%2F..%2Fabc")


def test_stored_catalogue(session: CloudSession, service: Service) -> None:
    row = {
        "adminurl": "http://c:$(admin_port)s/v2.0",
        "region": "RegionOne",
        "service_id": "s1",
        "id": "e1",
        "internalurl": "http://c:$(public_port)s/v2.0",
        "publicurl": "http://c:$(public_port)s/v2.0",
    }
    service.on("GET", f"{ADMIN}/endpoints", body={"endpoints": [row]})
    endpoints = session.identity.list_endpoints()
    assert endpoints is not None
    assert endpoints[0].admin == "http://c:$(admin_port)s/v2.0"
    service.on(
        "GET", f"{ADMIN}/endpoints", status=501, body={"error": {"message": "no", "code": 501, "title": None}}
    )
    assert session.identity.list_endpoints() is None
    service.on("GET", f"{ADMIN}/endpoints", status=500)
    with pytest.raises(ServerFault):
        session.identity.list_endpoints()
    service.on(
        "GET",
        f"{ADMIN}/OS-KSADM/services",
        body={"OS-KSADM:services": [{"id": "1", "type": "identity", "name": "keystone"}]},
    )
    assert session.identity.list_services()[0].name == "keystone"


def test_extensions_of_identity(session: CloudSession, service: Service) -> None:
    row = {
        "updated": "2011-08-19T13:25:27-06:00",
        "name": "Openstack Keystone Admin",
        "links": [],
        "alias": "OS-KSADM",
    }
    service.on("GET", f"{ADMIN}/extensions", body={"extensions": {"values": [row]}})
    service.on("GET", "/v2.0/extensions", body={"extensions": {"values": []}})
    assert [found.alias for found in session.identity.list_extensions("admin")] == ["OS-KSADM"]
    assert list(session.identity.list_extensions()) == []
