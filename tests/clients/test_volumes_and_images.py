"""What is asked of nova-volume and Glance; shapes as recorded, values of our own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from harness.clients.errors import Invalid, OverQuota, ServerFault
from harness.clients.keeper import NoKeeper
from harness.clients.session import CloudSession
from harness.clients.values import Attachment, Snapshot, Volume
from tests.clients.fake import TENANT, Asked, Reply, Rows, Service, open_session

VOLUME = f"/volume/v1/{TENANT}"
COMPUTE = f"/compute/v2/{TENANT}"
HELD = {"device": "/dev/vdb", "server_id": "s1", "id": "6", "volume_id": "6"}
IMAGE = "/image/v1"


def sent(service: Service) -> object:
    return json.loads(service.asked[-1].body)


def test_volumes(session: CloudSession, service: Service) -> None:
    row = {
        "status": "creating",
        "display_name": "v",
        "attachments": [],
        "availability_zone": "nova",
        "id": "6",
        "created_at": "2026-11-20 12:50:46.193719",
        "display_description": None,
        "volume_type": "None",
        "snapshot_id": None,
        "size": 1,
        "metadata": {},
    }
    service.on("POST", f"{VOLUME}/volumes", body={"volume": row})
    service.on(
        "GET", f"{VOLUME}/volumes/6", body={"volume": row | {"attachments": [{}], "volume_type": "fast"}}
    )
    service.on("GET", f"{VOLUME}/volumes/detail", body={"volumes": [row | {"attachments": [HELD]}]})
    service.on("GET", f"{VOLUME}/types", body={"volume_types": [{"id": 1, "name": "fast"}]})
    service.on("GET", f"{VOLUME}/extensions", body={"extensions": []})
    service.on("DELETE", f"{VOLUME}/volumes/6", status=202)
    made = session.volumes.create(1, "v")
    assert (made.id, made.type, made.servers) == ("6", None, ())
    assert sent(service) == {"volume": {"size": 1, "display_name": "v"}}
    assert (session.volumes.show("6").type, session.volumes.show("6").servers) == ("fast", ())
    assert session.volumes.list()[0].servers == ("s1",)
    assert list(session.volumes.types()) == ["fast"]
    assert list(session.volumes.extensions()) == []
    session.volumes.delete("6")
    over = {"overLimit": {"message": "QuotaError", "code": 413, "retryAfter": 0}}
    service.on("POST", f"{VOLUME}/volumes", status=413, body=over)
    with pytest.raises(OverQuota):
        session.volumes.create(5000, "v")


def test_volumes_from_snapshots(session: CloudSession, service: Service) -> None:
    row = {
        "status": "creating",
        "display_name": "s",
        "created_at": "2026-11-20 12:50:46.519570",
        "display_description": None,
        "volume_id": "6",
        "id": "3",
        "size": 1,
    }
    service.on("POST", f"{VOLUME}/snapshots", body={"snapshot": row})
    service.on("GET", f"{VOLUME}/snapshots/3", body={"snapshot": row | {"status": "available"}})
    service.on("GET", f"{VOLUME}/snapshots/detail", body={"snapshots": [row]})
    service.on("DELETE", f"{VOLUME}/snapshots/3", status=202)
    made = session.volumes.create_snapshot("6", "s")
    assert made == Snapshot("3", "s", "creating", 1, "6")
    assert sent(service) == {"snapshot": {"volume_id": "6", "display_name": "s", "force": False}}
    assert session.volumes.snapshot("3").status == "available"
    assert list(session.volumes.snapshots()) == [made]
    session.volumes.delete_snapshot("3")
    service.on("POST", f"{VOLUME}/volumes", body={"volume": row | {"snapshot_id": "3"}})
    assert session.volumes.create(1, "v", snapshot="3", type="fast", metadata={"k": "v"}).snapshot == "3"
    assert sent(service) == {
        "volume": {
            "size": 1,
            "display_name": "v",
            "snapshot_id": "3",
            "volume_type": "fast",
            "metadata": {"k": "v"},
        }
    }


class Kept(NoKeeper):
    """Notes what was written down, and how much had been sent by then."""

    def __init__(self, service: Service) -> None:
        self.service, self.rows = service, list[tuple[str, str, int]]()

    @contextmanager
    def creating(self, kind: str, name: str) -> Iterator[Any]:
        yield SimpleNamespace(made=lambda id: self.rows.append((kind, id, len(self.service.asked))))


def test_attaching(service: Service, rows: Rows) -> None:
    kept = Kept(service)
    session = open_session(service, rows, keeper=kept)
    assert session.compute.quirks
    path = f"{COMPUTE}/servers/s1/os-volume_attachments"
    shown = {"device": "/dev/vdc", "serverId": "s1", "id": 6, "volumeId": 6}
    service.on("POST", path, body={"volumeAttachment": {"id": 6, "volumeId": 6}})
    service.on("GET", path, body={"volumeAttachments": [shown]})
    service.on("GET", f"{path}/6", body={"volumeAttachment": shown})
    service.on("DELETE", f"{path}/6", status=202)
    made = session.volumes.attach("s1", "6", "/dev/vdc")
    assert made == Attachment("6", "6", "s1", "/dev/vdc")
    assert sent(service) == {"volumeAttachment": {"volumeId": 6, "device": "/dev/vdc"}}
    assert kept.rows == [("attachment", "s1/6", 0)], "it was written down after a request"
    assert list(session.volumes.attachments("s1")) == [made] == [session.volumes.attachment("s1", "6")]
    session.volumes.detach("s1", "6")
    refused = {"badRequest": {"message": "Invalid volume: status must be available", "code": 400}}
    service.on("POST", path, status=400, body=refused)
    with pytest.raises(Invalid, match="must be available"):
        session.volumes.attach("s1", "6", "/dev/vdc")


def test_the_same_volume_by_compute(session: CloudSession, service: Service) -> None:
    row = {
        "status": "available",
        "displayDescription": None,
        "availabilityZone": "nova",
        "displayName": "v",
        "attachments": [{}],
        "volumeType": None,
        "snapshotId": None,
        "size": 1,
        "id": 6,
        "createdAt": "2026-11-20 12:50:34.981306",
        "metadata": {},
    }
    snapshot = {"status": "available", "displayName": "s", "volumeId": 6, "id": 3, "size": 1}
    service.on("GET", f"{COMPUTE}/os-volumes/6", body={"volume": row})
    service.on("GET", f"{COMPUTE}/os-volumes/detail", body={"volumes": [row]})
    service.on("GET", f"{COMPUTE}/os-snapshots/detail", body={"snapshots": [snapshot]})
    service.on("GET", f"{COMPUTE}/os-volume-types", body={"volume_types": [{"id": 1, "name": "fast"}]})
    volume = session.volumes.show_by_compute("6")
    assert volume == Volume("6", "v", "available", 1, "nova") == session.volumes.list_by_compute()[0]
    assert list(session.volumes.snapshots_by_compute()) == [Snapshot("3", "s", "available", 1, "6")]
    assert list(session.volumes.types_by_compute()) == ["fast"]


def image(id: str) -> dict[str, object]:
    return {
        "status": "active",
        "name": "cirros",
        "deleted": False,
        "container_format": "ami",
        "disk_format": "ami",
        "properties": {"kernel_id": "k"},
        "min_disk": 0,
        "protected": False,
        "id": id,
        "checksum": "42bc",
        "owner": TENANT,
        "is_public": True,
        "deleted_at": None,
        "min_ram": 0,
        "size": 7,
    }


def test_images_page_by_page(session: CloudSession, service: Service) -> None:
    everything = [image(f"i{number:03}") for number in range(250)]

    def page(asked: Asked) -> Reply:
        marker = asked.path.partition("marker=")[2]
        start = next((n + 1 for n, row in enumerate(everything) if row["id"] == marker), 0)
        return Reply(200, {"images": everything[start : start + 100]})

    service.answers["GET", f"{IMAGE}/images/detail"] = page
    images = session.images.list()
    assert [found.id for found in images] == [row["id"] for row in everything]
    assert (images[0].public, images[0].properties) == (True, {"kernel_id": "k"})
    assert len(service.asked) == 1 + 3


def test_a_listing_that_goes_in_circles_ends(session: CloudSession, service: Service) -> None:
    service.on(
        "GET", f"{IMAGE}/images/detail", body={"images": [image(f"i{number}") for number in range(100)]}
    )
    assert len(session.images.list()) == 100
    assert len(service.asked) == 1 + 2


def test_the_headers_of_an_image(session: CloudSession, service: Service) -> None:
    headers = {
        "X-Image-Meta-Id": "i1",
        "X-Image-Meta-Name": "cirros",
        "X-Image-Meta-Container_format": "ami",
        "X-Image-Meta-Disk_format": "ami",
        "X-Image-Meta-Protected": "False",
        "X-Image-Meta-Is_public": "True",
        "X-Image-Meta-Status": "active",
        "X-Image-Meta-Size": "7",
        "X-Image-Meta-Min_ram": "64",
        "Etag": "None",
        "X-Image-Meta-Property-Kernel_id": "k",
    }
    service.answers["HEAD", f"{IMAGE}/images/i1"] = Reply(200, None, tuple(headers.items()))
    found = session.images.show("i1")
    assert (found.public, found.protected, found.container_format, found.min_ram) == (True, False, "ami", 64)
    assert found.properties == {"kernel_id": "k"}
    assert found.checksum == ""


def test_an_image_is_stored_and_read(session: CloudSession, service: Service) -> None:
    service.on("POST", f"{IMAGE}/images", status=201, body={"image": image("i1")})
    service.on("GET", f"{IMAGE}/images/i1", body=b"content")
    service.on("DELETE", f"{IMAGE}/images/i1", body=None)
    made = session.images.upload(
        b"content", "cirros", disk_format="ami", container_format="ami", properties={"arch": "x"}
    )
    asked = service.asked[-1]
    assert (made.id, asked.body) == ("i1", b"content")
    assert {
        name.lower(): text for name, text in asked.headers.items() if name.lower().startswith("x-image")
    } == {
        "x-image-meta-name": "cirros",
        "x-image-meta-disk_format": "ami",
        "x-image-meta-container_format": "ami",
        "x-image-meta-is_public": "False",
        "x-image-meta-size": "7",
        "x-image-meta-property-arch": "x",
    }
    assert session.images.download("i1") == b"content"
    session.images.delete("i1")
    service.on("GET", f"{IMAGE}/images/i2", status=300, body={"versions": []})
    with pytest.raises(ServerFault):
        session.images.download("i2")
