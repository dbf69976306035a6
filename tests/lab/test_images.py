"""The lab's image service."""

import hashlib

import pytest

from tests.lab.apis import Apis


@pytest.fixture
def cloud() -> Apis:
    return Apis()


def test_what_was_described_is_there(cloud: Apis) -> None:
    rows = {row["name"]: row for row in cloud.images("GET", "/images/detail").json()["images"]}
    described = cloud.arch.model.images
    assert set(rows) == set(described)
    for name, row in described.items():
        shown = rows[name]
        assert (shown["disk_format"], shown["container_format"]) == (row.disk_format, row.container_format)
        assert (shown["is_public"], shown["status"]) == (row.public, "active")
        if row.kernel:
            assert shown["properties"]["kernel_id"] == rows[row.kernel]["id"]


def test_an_upload_is_read_back_byte_by_byte(cloud: Apis) -> None:
    content = bytes(range(256)) * 300
    made = cloud.upload(content, property__arch="x86_64")
    image = made.json()["image"]
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert made.status_code == 201
    assert (image["status"], image["size"], image["checksum"]) == ("active", len(content), digest)
    assert made.headers["location"].endswith(f"/v1/images/{image['id']}")
    read = cloud.images("GET", f"/images/{image['id']}", headers={"Range": "bytes=0-9"})
    assert (read.status_code, read.content) == (200, content)
    head = cloud.images("HEAD", f"/images/{image['id']}")
    assert head.headers["x-image-meta-property-arch"] == "x86_64"
    assert head.headers["x-image-meta-size"] == str(len(content))
    assert head.headers["etag"] == digest


def test_a_large_image_goes_to_disk_and_comes_back(cloud: Apis) -> None:
    content = b"0123456789abcdef" * (5 << 16)
    image = cloud.upload(content).json()["image"]["id"]
    assert cloud.images("GET", f"/images/{image}").content == content


def test_a_queued_image_takes_its_bytes_once(cloud: Apis) -> None:
    headers = {"x-image-meta-name": "q", "Content-Length": "0"}
    image = cloud.images("POST", "/images", headers=headers).json()["image"]
    path = f"/images/{image['id']}"
    assert (image["status"], image["checksum"]) == ("queued", None)
    assert cloud.images("GET", path).status_code == 404
    stream = {"Content-Type": "application/octet-stream"}
    assert cloud.images("PUT", path, content=b"x", headers=stream).status_code == 400
    formats = {"x-image-meta-disk_format": "raw", "x-image-meta-container_format": "bare"}
    image = cloud.images("POST", "/images", headers=headers).json()["image"]
    path = f"/images/{image['id']}"
    done = cloud.images("PUT", path, content=b"x", headers={**stream, **formats})
    assert done.json()["image"]["status"] == "active"
    assert cloud.images("PUT", path, content=b"y", headers=stream).status_code == 409


@pytest.mark.parametrize(
    ("meta", "status", "words"),
    [
        ({"disk_format": "zz"}, 400, "Invalid disk format 'zz' for image."),
        ({"container_format": "zz"}, 400, "Invalid container format 'zz' for image."),
        ({"disk_format": "ami"}, 400, "Invalid mix of disk and container formats."),
        ({"checksum": "abc"}, 400, "did not match. Setting image status to 'killed'."),
        ({"min_ram": "many"}, 400, "to an integer"),
        ({"location": "file:///etc/passwd"}, 400, "External sourcing not supported"),
    ],
)
def test_an_upload_is_refused_and_leaves_nothing(
    cloud: Apis, meta: dict[str, str], status: int, words: str
) -> None:
    answer = cloud.upload(**meta)
    assert answer.status_code == status
    assert words in answer.text
    assert len(cloud.images("GET", "/images").json()["images"]) == len(cloud.arch.model.images)
    listed = [row for row in cloud.world.inventory() if row.kind == "image"]
    assert len(listed) == len(cloud.arch.model.images)


def test_bytes_need_their_content_type(cloud: Apis) -> None:
    headers = {"x-image-meta-disk_format": "raw", "x-image-meta-container_format": "bare"}
    answer = cloud.images("POST", "/images", content=b"x", headers=headers)
    assert answer.text.startswith("400 Bad Request\n\nContent-Type must be application/octet-stream")


def test_an_upload_is_bounded(cloud: Apis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.lab.images.changes.LARGEST_UPLOAD", 10)
    assert cloud.upload(b"0123456789").status_code == 201
    assert cloud.upload(b"0123456789a").status_code == 413


def test_a_private_image_is_its_owners(cloud: Apis) -> None:
    image = cloud.upload().json()["image"]["id"]
    for method in ("GET", "HEAD", "DELETE", "PUT"):
        assert cloud.images(method, f"/images/{image}", who="two").status_code == 404
    assert image not in cloud.images("GET", "/images", who="two").text
    assert cloud.images("HEAD", f"/images/{image}", who="boss").status_code == 200
    assert image not in cloud.images("GET", "/images", who="boss").text
    assert image in cloud.images("GET", "/images?is_public=None", who="boss").text


def test_a_public_image_of_another_is_seen_and_not_touched(cloud: Apis) -> None:
    image = cloud.upload(is_public="True").json()["image"]["id"]
    assert cloud.images("HEAD", f"/images/{image}", who="two").status_code == 200
    assert cloud.images("DELETE", f"/images/{image}", who="two").status_code == 403
    assert cloud.images("PUT", f"/images/{image}", who="two").status_code == 403


def test_members_see_a_shared_image(cloud: Apis) -> None:
    image = cloud.upload().json()["image"]["id"]
    member = f"/images/{image}/members/{cloud.tenants['two']}"
    assert cloud.images("PUT", member, json={"member": {"can_share": False}}).status_code == 204
    assert cloud.images("HEAD", f"/images/{image}", who="two").status_code == 200
    shared = cloud.images("GET", f"/shared-images/{cloud.tenants['two']}", who="two").json()
    assert shared == {"shared_images": [{"image_id": image, "can_share": False}]}
    other = f"/images/{image}/members/{cloud.tenants['boss']}"
    assert cloud.images("PUT", other, who="two").status_code == 403
    assert cloud.images("PUT", member, json={"member": 1}).status_code == 400
    assert cloud.images("DELETE", member).status_code == 204
    assert cloud.images("DELETE", member).status_code == 404
    assert cloud.images("HEAD", f"/images/{image}", who="two").status_code == 404


def test_properties_that_are_not_sent_again_are_gone(cloud: Apis) -> None:
    image = cloud.upload(property__a="1").json()["image"]["id"]
    keep = {"x-glance-registry-purge-props": "False", "x-image-meta-min_ram": "64"}
    kept = cloud.images("PUT", f"/images/{image}", headers=keep).json()["image"]
    assert (kept["properties"], kept["min_ram"]) == ({"a": "1"}, 64)
    change = {"x-image-meta-name": "other", "x-image-meta-property-b": "2"}
    changed = cloud.images("PUT", f"/images/{image}", headers=change).json()["image"]
    assert (changed["name"], changed["properties"]) == ("other", {"b": "2"})


def test_a_protected_image_stays(cloud: Apis) -> None:
    image = cloud.upload(protected="True").json()["image"]["id"]
    assert cloud.images("DELETE", f"/images/{image}").status_code == 403
    cloud.images("PUT", f"/images/{image}", headers={"x-image-meta-protected": "False"})
    gone = cloud.images("DELETE", f"/images/{image}")
    assert (gone.status_code, gone.json()) == (200, None)
    assert cloud.images("DELETE", f"/images/{image}").status_code == 404


def test_filters_order_and_pages(cloud: Apis) -> None:
    ids = {
        name: cloud.upload(b"x" * size, name=name).json()["image"]["id"]
        for name, size in (("a", 3), ("b", 9))
    }

    def names(query: str) -> list[str]:
        return [row["name"] for row in cloud.images("GET", f"/images?{query}").json()["images"]]

    assert names("name=a") == ["a"]
    assert names("size_max=5") == ["a"]
    assert names("size_min=4&size_max=20") == ["b"]
    assert names("container_format=bare&sort_key=name&sort_dir=asc") == ["a", "b"]
    assert names("container_format=bare&limit=1") == ["b"]
    assert names(f"container_format=bare&marker={ids['b']}") == ["a"]
    for bad in ("limit=-1", "limit=x", "sort_key=zz", "sort_dir=up", "marker=x", "size_min=x"):
        assert cloud.images("GET", f"/images?{bad}").status_code == 400


def test_versions_need_no_token(cloud: Apis) -> None:
    for path in ("/", "/versions", "/v2/images", "/v1.1/", "/nope"):
        answer = cloud.call("glance", "GET", path)
        assert answer.status_code == 300
        assert [row["id"] for row in answer.json()["versions"]] == ["v1.1", "v1.0"]
    assert cloud.call("glance", "GET", "/v1", who="one").status_code == 500
    accept = {"Accept": "application/vnd.openstack.images-v1"}
    assert cloud.call("glance", "GET", "/images", who="one", headers=accept).status_code == 200


@pytest.mark.parametrize("token", [None, "x"])
def test_without_a_valid_token_nothing_is_shown(cloud: Apis, token: str | None) -> None:
    answer = cloud.images("GET", "/images", who=None, token=token)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Keystone uri='http://127.0.0.1:5000/'"
    assert len(answer.content) == 276


def test_with_identity_dead_every_request_is_503(cloud: Apis) -> None:
    with cloud.toggles.broken("identity.dead"):
        assert cloud.images("GET", "/images").status_code == 503
    assert cloud.images("GET", "/images").status_code == 200


def test_the_registry_lists_too(cloud: Apis) -> None:
    listed = cloud.call("glance-registry", "GET", "/images", who="one").json()["images"]
    assert len(listed) == len(cloud.arch.model.images)
