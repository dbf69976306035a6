"""What is asked of identity, images and object storage beyond the first needs; shapes as recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from harness.clients.errors import Invalid
from harness.clients.keeper import NoKeeper
from harness.clients.session import CloudSession
from tests.clients.fake import TENANT, Rows, Service, access, open_session

ADMIN = "/identity/v2.0"
IMAGES = "/image/v1/images"
ACCOUNT = f"/object-store/v1/AUTH_{TENANT}"


class Kept(NoKeeper):
    """Notes what was written down."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    def name(self, kind: str) -> str:
        return f"a-{kind}"

    @contextmanager
    def creating(self, kind: str, name: str) -> Iterator[Any]:
        yield SimpleNamespace(made=lambda id: self.rows.append((kind, name, id)))


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def cloud(service: Service, rows: Rows, kept: Kept) -> CloudSession:
    return open_session(service, rows, keeper=kept)


def headers(service: Service) -> dict[str, str]:
    return {name.lower(): value for name, value in service.asked[-1].headers.items()}


def sent(service: Service) -> Any:
    return json.loads(service.asked[-1].body)


def test_a_token_is_exchanged(cloud: CloudSession, service: Service, rows: Rows) -> None:
    service.on("POST", "/v2.0/tokens", body=access(service.url))
    assert cloud.identity.exchange("an-old-token", tenant_id=TENANT).tenant is not None
    assert sent(service) == {"auth": {"token": {"id": "an-old-token"}, "tenantId": TENANT}}
    assert "an-old-token" in rows.secrets


def test_users_and_roles(cloud: CloudSession, service: Service, kept: Kept) -> None:
    service.on("PUT", f"{ADMIN}/users/u/OS-KSADM/enabled", body={"user": {"id": "u", "extra": {}}})
    cloud.identity.enable_user("u", False)
    assert sent(service) == {"user": {"id": "u", "enabled": False}}
    service.on("POST", f"{ADMIN}/OS-KSADM/roles", body={"role": {"id": "r", "name": "a-role"}})
    service.on("DELETE", f"{ADMIN}/OS-KSADM/roles/r", status=204)
    assert cloud.identity.create_role().name == "a-role"
    cloud.identity.delete_role("r")
    assert kept.rows == [("role", "a-role", "r")]


def test_keys_for_ec2(cloud: CloudSession, service: Service, rows: Rows, kept: Kept) -> None:
    row = {"access": "acc", "secret": "sec-ret", "tenant_id": TENANT, "user_id": "u"}
    path = "/v2.0/users/u/credentials/OS-EC2"
    service.on("POST", path, body={"credential": row})
    service.on("GET", path, body={"credentials": [row]})
    service.on("DELETE", f"{path}/acc", status=204)
    made = cloud.identity.create_ec2_credentials("u", TENANT)
    assert sent(service) == {"tenant_id": TENANT}
    assert list(cloud.identity.ec2_credentials("u")) == [made]
    assert "sec-ret" not in repr(made)
    assert "sec-ret" in rows.secrets
    cloud.identity.delete_ec2_credentials("u", "acc")
    assert kept.rows == [("credential", "", "u/acc")]


def image(**facts: Any) -> dict[str, Any]:
    return {"image": {"id": "i", "name": "a-image", "status": "queued", "size": 0, **facts}}


def test_an_image_in_two_steps(cloud: CloudSession, service: Service, kept: Kept) -> None:
    service.on("POST", IMAGES, status=201, body=image())
    service.on("PUT", f"{IMAGES}/i", body=image(status="active"))
    assert cloud.images.reserve(properties={"k": "v"}).status == "queued"
    assert headers(service)["x-image-meta-property-k"] == "v"
    assert service.asked[-1].body == b""
    assert cloud.images.store("i", b"content").status == "active"
    assert (service.asked[-1].body, headers(service)["x-image-meta-disk_format"]) == (b"content", "raw")
    assert headers(service)["x-glance-registry-purge-props"] == "False"
    assert kept.rows == [("image", "a-image", "i")]


def test_an_image_is_changed(cloud: CloudSession, service: Service) -> None:
    service.on("PUT", f"{IMAGES}/i", body=image(name="new", min_disk=3))
    cloud.images.update("i", name="new", min_disk=3, protected=False, keep=False)
    asked = headers(service)
    assert (asked["x-image-meta-name"], asked["x-image-meta-min_disk"]) == ("new", "3")
    assert asked["x-image-meta-protected"] == "False"
    assert not {"x-glance-registry-purge-props", "x-image-meta-min_ram"} & set(asked)


def test_an_image_is_shared(cloud: CloudSession, service: Service) -> None:
    service.on("PUT", f"{IMAGES}/i/members/t", status=204)
    service.on("DELETE", f"{IMAGES}/i/members/t", status=204)
    service.on("GET", f"{IMAGES}/i/members", body={"members": [{"member_id": "t", "can_share": False}]})
    cloud.images.share("i", "t")
    assert sent(service) == {"member": {"can_share": False}}
    assert list(cloud.images.members("i")) == ["t"]
    cloud.images.unshare("i", "t")


def test_images_are_filtered_page_by_page(cloud: CloudSession, service: Service) -> None:
    service.on("GET", f"{IMAGES}/detail", body={"images": [image()["image"]]})
    assert [found.id for found in cloud.images.list({"name": "a b"})] == ["i"]
    assert service.paths()[-1] == f"GET {IMAGES}/detail?name=a+b&limit=100"
    cloud.images.page(1, "m", {"status": "active"})
    assert service.paths()[-1] == f"GET {IMAGES}/detail?status=active&limit=1&marker=m"


def test_objects_are_copied_and_joined(cloud: CloudSession, service: Service, kept: Kept) -> None:
    service.on("COPY", f"{ACCOUNT}/c/o", status=201)
    for name in ("pulled", "whole"):
        service.on("PUT", f"{ACCOUNT}/c/{name}", status=201, Etag="e")
    cloud.objects.copy("c", "o", "c", "sent", metadata={"k": "v"})
    assert headers(service)["destination"] == "/c/sent"
    cloud.objects.copy("c", "ö", "c", "pulled", pull=True)
    assert (headers(service)["x-copy-from"], service.asked[-1].body) == ("/c/%C3%B6", b"")
    cloud.objects.put_manifest("c", "whole", "c/parts/")
    assert headers(service)["x-object-manifest"] == "c/parts/"
    assert kept.rows == [("object", f"c/{name}", f"c/{name}") for name in ("sent", "pulled", "whole")]


def test_facts_of_objects_and_containers(cloud: CloudSession, service: Service) -> None:
    service.on("POST", f"{ACCOUNT}/c/o", status=202)
    service.on("POST", f"{ACCOUNT}/c", status=204)
    service.on("PUT", f"{ACCOUNT}/c/o", status=201, Etag="e")
    cloud.objects.set_metadata("c", "o", {"k": "v"})
    assert headers(service)["x-object-meta-k"] == "v"
    cloud.objects.set_readers("c", ".r:*")
    assert headers(service)["x-container-read"] == ".r:*"
    cloud.objects.put("c", "o", b"x", expires_after=2, content_type="text/plain")
    assert (headers(service)["x-delete-after"], headers(service)["content-type"]) == ("2", "text/plain")
    service.on("POST", f"{ACCOUNT}/c/o", status=400)
    with pytest.raises(Invalid):
        cloud.objects.set_metadata("c", "o", {"k": "v" * 257})


def test_names_and_folders(cloud: CloudSession, service: Service) -> None:
    service.on("GET", f"{ACCOUNT}/c", body=[{"subdir": "a/"}, {"name": "b", "bytes": 1, "hash": "h"}])
    assert list(cloud.objects.names("c", delimiter="/", limit=2, marker="0")) == ["a/", "b"]
    assert service.paths()[-1].partition("?")[2] == "format=json&marker=0&limit=2&delimiter=/"


def test_a_request_without_any_length(cloud: CloudSession, service: Service) -> None:
    service.on("PUT", f"{ACCOUNT}/c/o", status=411)
    assert cloud.raw("object-store").send("PUT", "/c/o", sized=False).status == 411
    assert "content-length" not in headers(service)
    assert headers(service)["transfer-encoding"] == ""
